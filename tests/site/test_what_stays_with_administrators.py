"""Who runs a short stay, and where, goes into no public output (DESIGN.md rule 9): pages, API, and the generation that is served."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from tsunagari_indexer.generation import Generation
from tsunagari_indexer.lexicon import known_lexicon
from tsunagari_indexer.listings import engine_record
from tsunagari_indexer.offers import offer_kinds
from tsunagari_indexer.workspace import Workspace
from tsunagari_parsers.places import prefectures

#: As the sheet of 国立市 and its overview name them, in every width.
NAMES = (
    "夢ファーム", "ゆめふぁーむ", "Ｊｉｋｋａ", "Jikka", "jikka", "JIKKA", "近隣市のホテル", "シェアハウス", "所有する部屋", "一時住居",
)  # fmt: skip


@pytest.fixture(scope="module")
def generation(demo: Path) -> Path:
    workspace = Workspace(demo)
    return workspace.generation_path(workspace.current())


def test_the_sheet_itself_names_them() -> None:
    """So that this module cannot pass because the sheet changed."""
    text = (Path(__file__).parents[2] / "fixtures/sheet_kunitachi_r6/sheet-kunitachi-r6.txt").read_text(
        encoding="utf-8"
    )
    assert {"夢ファーム", "Ｊｉｋｋａ", "近隣市のホテル", "シェアハウス", "所有する部屋", "一時住居"} <= {
        name for name in NAMES if name in text
    }


def test_the_generation_that_is_served_holds_none_of_them(generation: Path) -> None:
    connection = sqlite3.connect(generation)
    tables = [name for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
    for table in tables:
        for row in connection.execute(f"SELECT * FROM {table}"):  # noqa: S608 - names of this file's own tables
            text = " ".join(value.decode(errors="ignore") if isinstance(value, bytes) else str(value) for value in row)
            assert not [name for name in NAMES if name in text], (table, text[:200])
    connection.close()


def test_no_term_of_an_index_is_made_from_them(generation: Path) -> None:
    opened = Generation.open(generation)
    for listing in opened.all_listings():
        record = engine_record(listing, known_lexicon())
        terms = " ".join(term for field in record.fields.values() for term in field)
        assert not [name for name in NAMES if name in terms], listing.program_name
    opened.close()


def test_no_page_and_no_answer_of_the_api_holds_them(demo_client: TestClient, generation: Path) -> None:
    opened = Generation.open(generation)
    listings = list(opened.all_listings())
    opened.close()
    paths = ["/", "/about", "/contacts", "/en/", "/robots.txt"]
    paths += [f"/areas/{prefecture.code}" for prefecture in prefectures()]
    paths += [
        f"/areas/{code}" for code in {listing.municipality_code for listing in listings if listing.municipality_code}
    ]
    paths += [f"/programs/{listing.id}" for listing in listings] + [
        f"/en/programs/{listing.id}" for listing in listings
    ]
    paths += [f"/api/v1/programs/{listing.id}" for listing in listings]
    paths += ["/feeds/all.atom", *(f"/feeds/{prefecture.code}.atom" for prefecture in prefectures())]
    paths += ["/coverage", "/coverage.csv", "/figures", "/api/v1/points.geojson"]
    paths += [f"/api/v1/nearby?municipality={name}" for name in ("国立市", "立川市")]
    paths += [f"/api/v1/programs?per_page=100&kind={kind}" for kind in ("program", "sheet", "measure", "network")]
    for path in paths:
        answer = demo_client.get(path)
        assert answer.status_code == 200, path
        assert not [name for name in NAMES if name in answer.text], path
    for words in ("短期宿泊", "国立市 泊まるところ", "シェルター", "Jikka", "ホテル"):
        page = demo_client.post("/search", data={"q": words}, follow_redirects=True)
        results = page.text
        # What was typed may be told back; nothing else may hold it.
        assert not [name for name in NAMES if name not in words and name in results], words


def test_no_filter_facet_or_count_singles_out_stays(demo_client: TestClient) -> None:
    assert "stay" not in {kind.id for kind in offer_kinds()}
    facets = demo_client.get("/api/v1/programs").json()["facets"]
    assert "stay" not in {value["code"] for value in facets["offer"]}
    assert demo_client.get("/api/v1/programs?offer=stay").status_code == 400
