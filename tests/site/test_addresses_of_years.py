"""The address of any year's record of a programme opens the programme; one that was left out says so and shows the lines."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from starlette.testclient import TestClient
from tests.conftest import publish
from tests.pdfs import table_pdf
from tests.site_walks import find, opened, site_at
from typer.testing import CliRunner

from tsunagari.cli import app
from tsunagari.importing import EditionOptions
from tsunagari_indexer.generation import Generation
from tsunagari_indexer.workspace import Workspace

ROW = ("北海道", "札幌市", "つながり事業", "電話相談を行う。", "市民課", "011-211-2962")
OTHER = ("北海道", "函館市", "ひろば事業", "居場所をひらく。", "福祉課", "0138-21-3000")
NOW = datetime(2026, 11, 21, tzinfo=UTC)


@pytest.fixture(scope="module")
def years(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data folder with two programmes in the lists of two years."""
    root = tmp_path_factory.mktemp("years")
    for year in (2025, 2026):
        (root / f"{year}.pdf").write_bytes(table_pdf([[(*ROW[:3], f"{year}年も、電話相談を行う。", *ROW[4:]), OTHER]]))
        publish(root / "data", [root / f"{year}.pdf"], EditionOptions(year=year))
    return root / "data"


@pytest.fixture(scope="module")
def client(years: Path) -> Iterator[TestClient]:
    with site_at(years, NOW) as client:
        yield client


def ids_of(root: Path, name: str) -> tuple[str, list[str]]:
    """The id of a programme, and those of all its years."""
    workspace = Workspace(root)
    generation = Generation.open(workspace.generation_path(workspace.current()))
    (listing,) = [one for one in generation.all_listings() if one.program_name == name]
    generation.close()
    return listing.id, [one.id for one in listing.history]


@pytest.mark.parametrize("prefix", ["", "/en"])
def test_each_years_address_opens_the_programme_as_it_is_now_and_names_the_one_that_counts(
    client: TestClient, years: Path, prefix: str
) -> None:
    listing, seen = ids_of(years, ROW[2])
    assert len(set(seen)) == 2
    assert listing in seen
    for one in seen:
        answer = client.get(f"{prefix}/programs/{one}")
        assert answer.status_code == 200
        assert "2026年も、電話相談を行う。" in answer.text
        assert f'<link rel="canonical" href="{prefix}/programs/{listing}">' in answer.text


def test_each_years_id_is_the_same_programme_in_the_api(client: TestClient, years: Path) -> None:
    listing, seen = ids_of(years, ROW[2])
    answers = [client.get(f"/api/v1/programs/{one}").json() for one in seen]
    assert answers[0] == answers[1]
    assert (answers[0]["id"], answers[0]["fiscal_year"], answers[0]["first_year"]) == (listing, 2026, 2025)


def test_a_sealed_page_names_no_readable_address(client: TestClient) -> None:
    page = opened(client, find(client, q="つながり事業"))
    assert "canonical" not in page
    assert "/programs/" not in page


def test_what_was_left_out_is_gone_from_every_year_and_the_lines_stand_in_its_place(
    years: Path,
) -> None:
    listing, seen = ids_of(years, OTHER[2])
    root = years
    # The id of a programme means its newest row: once that is left out, the row of the year before.
    for _ in seen:
        for arguments in (("review", "--reject", listing, "--note", "まちがい", "--by", "係"), ("reindex",)):
            done = CliRunner().invoke(app, [*arguments, "--data-dir", str(root)])
            assert done.exit_code == 0, done.output
    Workspace(root).publish(force="試験のため")
    with site_at(root, NOW) as client:
        for one in {listing, *seen}:
            for prefix in ("", "/en"):
                answer = client.get(f"{prefix}/programs/{one}")
                assert answer.status_code == 404
                assert "tel:0120279338" in answer.text
                assert OTHER[2] not in answer.text
            of_api = client.get(f"/api/v1/programs/{one}")
            assert of_api.status_code == 404
            assert of_api.json()["error"]["code"] == "unknown_program"
