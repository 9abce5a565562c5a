"""What somebody found out about a programme stands on the pages in place of the doubt, for a year."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from starlette.testclient import TestClient
from tests.conftest import publish
from tests.pdfs import table_pdf
from tests.site_walks import find, opened, sections, site_at, text_of
from typer.testing import CliRunner

from tsunagari.cli import app
from tsunagari.importing import EditionOptions

DOUBT = "いまも続いているかは、まだ確認できていません。"
ROW = ("北海道", "札幌市", "つながり事業", "電話相談を行う。", "市民課", "011-211-2962")


def run(root: Path, *arguments: str) -> None:
    answer = CliRunner().invoke(app, [*arguments, "--data-dir", str(root)])
    assert answer.exit_code == 0, answer.output


@pytest.fixture
def asked(tmp_path: Path) -> Path:
    """A data folder with one programme of fiscal 2021."""
    (tmp_path / "old.pdf").write_bytes(table_pdf([[ROW]]))
    publish(tmp_path / "data", [tmp_path / "old.pdf"], EditionOptions(year=2021))
    return tmp_path / "data"


def at(root: Path, year: int) -> Iterator[TestClient]:
    with site_at(root, datetime(year, 11, 21, tzinfo=UTC)) as client:
        yield client


def confirm(root: Path, outcome: str) -> None:
    for client in at(root, 2026):
        listing = client.get("/api/v1/programs").json()["items"][0]["id"]
    run(root, "confirm", listing, "--way", "電話", "--outcome", outcome, "--on", "2026-11-03", "--by", "係")
    run(root, "reindex")
    run(root, "publish")


def test_what_goes_on_stands_before_earlier_lists_with_the_day_and_the_way(asked: Path) -> None:
    confirm(asked, "継続")
    for client in at(asked, 2026):
        page = find(client, prefecture="01")
        assert "2026年11月3日に確かめました（電話）。続いています。" in text_of(
            sections(page)["続いていると確かめられた事業"]
        )
        assert "以前の一覧にあった事業" not in page
        programme = text_of(opened(client, page))
        assert "2026年11月3日に確かめました（電話）。続いています。" in programme
        assert DOUBT not in programme


def test_after_a_year_the_doubt_is_back_and_the_day_stays(asked: Path) -> None:
    confirm(asked, "継続")
    for client in at(asked, 2028):
        page = find(client, prefecture="01")
        assert "以前の一覧にあった事業" in page
        programme = text_of(opened(client, page))
        assert "2026年11月3日に確かめました（電話）。" in programme
        assert DOUBT in programme


@pytest.mark.parametrize(
    ("outcome", "said"),
    [("終了", "終わっています。"), ("変更", "変わったところがあります。電話で聞いてください。")],
)
def test_what_has_ended_or_changed_is_said_and_never_counts_as_going_on(asked: Path, outcome: str, said: str) -> None:
    confirm(asked, outcome)
    for client in at(asked, 2026):
        page = find(client, prefecture="01")
        assert f"2026年11月3日に確かめました（電話）。{said}" in text_of(page)
        assert "続いていると確かめられた事業" not in page


def test_a_call_that_nobody_took_says_nothing(asked: Path) -> None:
    confirm(asked, "つながらず")
    for client in at(asked, 2026):
        page = find(client, prefecture="01")
        assert "確かめました" not in page
        assert DOUBT in text_of(opened(client, page))
