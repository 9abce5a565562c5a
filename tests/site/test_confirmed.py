"""What somebody found out about a programme stands on the pages in place of the doubt, for a year."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from starlette.testclient import TestClient
from tests.conftest import publish
from tests.pdfs import table_pdf
from tests.site_walks import find, follow, opened, sections, site_at, text_of, token_of
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
        # Nobody is told to ask whether a programme goes on that has ended; the number's other sentences stay.
        programme = text_of(opened(client, page))
        assert ("は、いまもありますか" in programme) is (outcome != "終了")
        assert "「この番号には折り返さないでください」" in programme


def test_a_call_that_nobody_took_says_nothing(asked: Path) -> None:
    confirm(asked, "つながらず")
    for client in at(asked, 2026):
        page = find(client, prefecture="01")
        assert "確かめました" not in page
        assert DOUBT in text_of(opened(client, page))


@pytest.fixture
def two(tmp_path: Path) -> Path:
    """A data folder with two programmes of one town, of this fiscal year."""
    other = ("北海道", "札幌市", "ひろば事業", "電話相談と居場所。", "市民課", "011-211-2963")
    (tmp_path / "new.pdf").write_bytes(table_pdf([[ROW, other]]))
    publish(tmp_path / "data", [tmp_path / "new.pdf"], EditionOptions(year=2026))
    return tmp_path / "data"


def test_what_goes_on_can_be_filtered_for_by_a_button_and_in_the_api_for_a_year(two: Path) -> None:
    for client in at(two, 2026):
        assert "confirmed=yes" not in find(client, prefecture="01")
        assert client.get("/api/v1/programs").json()["facets"]["confirmed"] == []
        assert client.get("/api/v1/programs?confirmed=yes").json()["total"] == 0
    confirm(two, "継続")
    for client in at(two, 2026):
        page = find(client, prefecture="01")
        assert 'value="confirmed=yes"' in page
        _, narrowed = follow(client, "/results", {"s": token_of(page), "set": "confirmed=yes"})
        assert "つながり事業" in narrowed
        assert "ひろば事業" not in narrowed
        _, whole = follow(client, "/results", {"s": token_of(narrowed), "set": "confirmed="})
        assert "ひろば事業" in whole
        answer = client.get("/api/v1/programs?confirmed=yes&q=電話").json()
        (item,) = answer["items"]
        assert (item["program_name"], item["confirmed"]) == ("つながり事業", True)
        assert item["confirmation"] == {"on": "2026-11-03", "way": "電話", "outcome": "継続", "url": None}
        assert answer["facets"]["confirmed"] == [{"value": "yes", "code": "yes", "count": 1}]
        assert sorted(one["confirmed"] for one in client.get("/api/v1/programs").json()["items"]) == [False, True]
        nearby = client.get("/api/v1/nearby?municipality=札幌市").json()["rungs"][0]["items"]
        assert {one["program_name"]: one["confirmed"] for one in nearby if "confirmed" in one}["つながり事業"] is True
    # 3 November 2026 is good until 3 November 2027, as the sentence on the page is.
    for client in at(two, 2027):
        assert client.get("/api/v1/programs?confirmed=yes").json()["total"] == 0
        assert client.get("/api/v1/programs").json()["facets"]["confirmed"] == []
        assert not any(one["confirmed"] for one in client.get("/api/v1/programs").json()["items"])
        assert "confirmed=yes" not in find(client, prefecture="01")


@pytest.mark.parametrize("value", ["no", "1", "YES", "2026-11-03"])
def test_the_api_refuses_what_no_confirmation_is(two: Path, value: str) -> None:
    for client in at(two, 2026):
        answer = client.get("/api/v1/programs", params={"confirmed": value})
        assert answer.status_code == 400
        assert answer.json()["error"]["code"] == "invalid_parameter"


def test_what_has_ended_stands_last_under_its_own_heading_and_is_not_called_this_years(two: Path) -> None:
    for client in at(two, 2026):
        first = client.get("/api/v1/programs").json()["items"][0]
        assert first["program_name"] == "つながり事業"
    confirm(two, "終了")
    for client in at(two, 2026):
        for query in ("", "電話", "電話相談"):
            names = [one["program_name"] for one in client.get("/api/v1/programs", params={"q": query}).json()["items"]]
            assert names == ["ひろば事業", "つながり事業"], query
        page = sections(find(client, prefecture="01"))
        assert "つながり事業" in page["終わったと確かめられた事業"]
        assert "つながり事業" not in page["今年度の一覧にある事業"]
        programme = text_of(client.get(f"/programs/{first['id']}").text)
        assert "2026年11月3日に確かめました（電話）。終わっています。" in programme
        assert DOUBT not in programme
        assert "2026年度の一覧に書かれていたこと" in programme


def test_a_change_stands_in_place_of_the_doubt_too(asked: Path) -> None:
    confirm(asked, "変更")
    for client in at(asked, 2026):
        programme = text_of(opened(client, find(client, prefecture="01")))
        assert "変わったところがあります。" in programme
        assert DOUBT not in programme


def test_a_list_of_a_later_year_counts_more_than_an_old_end(asked: Path, tmp_path: Path) -> None:
    confirm(asked, "終了")
    (tmp_path / "new.pdf").write_bytes(table_pdf([[ROW]]))
    publish(asked, [tmp_path / "new.pdf"], EditionOptions(year=2027))
    for client in at(asked, 2027):
        page = sections(find(client, prefecture="01"))
        assert "つながり事業" in page["今年度の一覧にある事業"]
        assert "終わったと確かめられた事業" not in page


def test_a_list_older_than_a_year_and_a_half_says_so_until_somebody_has_asked(asked: Path) -> None:
    said = "2021年度の一覧は、1年半より前のものです。番号や担当が変わっていることがあります。"
    for moment, is_said in (
        (datetime(2022, 9, 30, 14, tzinfo=UTC), False),
        (datetime(2022, 9, 30, 15, tzinfo=UTC), True),
    ):
        # In Japan it is 1 October from 15 o'clock (UTC) on.
        with site_at(asked, moment) as client:
            assert (said in text_of(find(client, prefecture="01"))) == is_said
            assert (said in text_of(client.get("/areas/011002").text)) == is_said
    confirm(asked, "継続")
    for client in at(asked, 2026):
        assert said not in text_of(find(client, prefecture="01"))
        assert said not in text_of(client.get("/areas/011002").text)
