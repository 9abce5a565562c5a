"""The search of test_what_stays_with_administrators.py, over two invented sheets that offer a stay in other words."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from pathlib import Path

import pytest
from starlette.testclient import TestClient
from tests.conftest import UNLIMITED
from tests.stay_sheets import SHEETS

from tsunagari.importing import EditionOptions, import_documents
from tsunagari.serving import build_site
from tsunagari_indexer.generation import Generation
from tsunagari_indexer.workspace import Workspace
from tsunagari_parsers.places import prefectures

NAMES = tuple(name for _, secrets in SHEETS for name in secrets)
#: Places that the pages name for other reasons: municipalities, and desks of the area.
ELSEWHERE = ("久留米", "博多", "天神", "堺区", "堺東")


@pytest.fixture(scope="module")
def published(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("stays")
    workspace = Workspace(root / "data")
    for number, (text, _) in enumerate(SHEETS):
        path = root / f"sheet{number}.txt"
        path.write_text(text, encoding="utf-8")
        outcome = import_documents(workspace, [path], EditionOptions(year=2024, part=str(number)))
        assert outcome.failures == ()
        assert outcome.staged
        assert outcome.staged.must_look == ()
    workspace.publish()
    return root / "data"


@pytest.fixture(scope="module")
def generation(published: Path) -> Path:
    workspace = Workspace(published)
    return workspace.generation_path(workspace.current())


@pytest.fixture(scope="module")
def client(published: Path) -> Iterator[TestClient]:
    with TestClient(build_site(UNLIMITED, published), follow_redirects=False) as client:
        yield client


def test_the_generation_that_is_served_holds_none_of_them(generation: Path) -> None:
    connection = sqlite3.connect(generation)
    tables = [name for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
    assert tables
    for table in tables:
        for row in connection.execute(f"SELECT * FROM {table}"):  # noqa: S608 - names of this file's own tables
            text = " ".join(value.decode(errors="ignore") if isinstance(value, bytes) else str(value) for value in row)
            found = [name for name in NAMES if name in text and name not in ELSEWHERE]
            assert not found, (table, text[:200])
    connection.close()


def test_no_listing_page_or_answer_holds_them(client: TestClient, generation: Path) -> None:
    opened = Generation.open(generation)
    ids = [listing.id for listing in opened.all_listings()]
    codes = {listing.municipality_code for listing in opened.all_listings() if listing.municipality_code}
    opened.close()
    assert len(ids) == 2
    own = [f"/programs/{id_}" for id_ in ids] + [f"/en/programs/{id_}" for id_ in ids]
    own += [f"/api/v1/programs/{id_}" for id_ in ids] + ["/api/v1/programs?per_page=100&kind=sheet"]
    for path in own:
        answer = client.get(path)
        assert answer.status_code == 200, path
        assert not [name for name in NAMES if name in answer.text], path
    codes |= {prefecture.code for prefecture in prefectures()}
    for path in (f"/areas/{code}" for code in codes):
        answer = client.get(path)
        assert answer.status_code == 200, path
        assert not [name for name in NAMES if name in answer.text and name not in ELSEWHERE], path


@pytest.mark.parametrize(
    "words", ["ことりの家", "ほしのわ", "コーポすみれ", "ステップハウスあかねぞら", "サザンステイ"]
)
def test_no_search_by_a_name_finds_its_sheet(client: TestClient, words: str) -> None:
    page = client.post("/search", data={"q": words}, follow_redirects=True).text
    assert not [name for name in NAMES if name in page and name not in ELSEWHERE and name not in words]
    items = client.get("/api/v1/programs", params={"q": words, "kind": "sheet"}).json()["items"]
    assert all(name not in str(items) for name in NAMES)
