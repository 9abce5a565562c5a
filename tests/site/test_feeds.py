"""What changed in the lists, as feeds (RFC 4287): for each prefecture and for the whole country."""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from xml.etree import ElementTree as Tree

import pytest
from fixtures.years import LAST_YEAR, THIS_YEAR, Years, list_pdf, years
from starlette.testclient import TestClient
from tests.conftest import NATIONAL_LIST, UNLIMITED, publish
from tests.pdfs import table_pdf
from tests.site_walks import site_at
from typer.testing import CliRunner

from tsunagari.cli import app
from tsunagari.importing import EditionOptions, import_documents
from tsunagari_indexer.feed_entries import feed_of
from tsunagari_indexer.workspace import Workspace
from tsunagari_parsers.places import prefectures
from tsunagari_site.feed_xml import atom

NOW = datetime(2026, 11, 21, tzinfo=UTC)
ATOM = "{http://www.w3.org/2005/Atom}"
DATE = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)")


def run(root: Path, *arguments: str) -> None:
    answer = CliRunner().invoke(app, [*arguments, "--data-dir", str(root)])
    assert answer.exit_code == 0, answer.output


@pytest.fixture(scope="module")
def both() -> Years:
    return years()


@pytest.fixture(scope="module")
def two_years(tmp_path_factory: pytest.TempPathFactory, both: Years) -> Path:
    """A data folder with last year's list and this year's, published."""
    root = tmp_path_factory.mktemp("two-years")
    publish(root / "data", [NATIONAL_LIST], EditionOptions(year=LAST_YEAR))
    (root / "next.pdf").write_bytes(list_pdf(both))
    workspace = Workspace(root / "data")
    import_documents(workspace, [root / "next.pdf"], EditionOptions(year=THIS_YEAR))
    workspace.publish(force="一覧を比べるため")
    return root / "data"


@pytest.fixture(scope="module")
def client(two_years: Path) -> Iterator[TestClient]:
    with site_at(two_years, NOW) as client:
        yield client


def feed(client: TestClient, name: str = "all") -> Tree.Element:
    answer = client.get(f"/feeds/{name}.atom")
    assert answer.status_code == 200
    return Tree.fromstring(answer.content)  # noqa: S314 - this site's own


def titles(root: Tree.Element) -> list[str]:
    return [str(one.findtext(f"{ATOM}title")) for one in root.iter(f"{ATOM}entry")]


@pytest.mark.parametrize("name", ["all", "01", "27", "47"])
def test_a_feed_is_what_the_standard_asks_for(client: TestClient, name: str) -> None:
    root = feed(client, name)
    assert root.tag == f"{ATOM}feed"
    assert root.get("{http://www.w3.org/XML/1998/namespace}lang") == "ja"
    entries = root.findall(f"{ATOM}entry")
    for element in (root, *entries):
        for needed in ("id", "title", "updated"):
            assert len(element.findall(f"{ATOM}{needed}")) == 1, needed
        assert re.fullmatch(r"urn:uuid:[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", str(element.findtext(f"{ATOM}id")))
        assert DATE.fullmatch(str(element.findtext(f"{ATOM}updated")))
        alternates = [one for one in element.findall(f"{ATOM}link") if one.get("rel") == "alternate"]
        assert len(alternates) == 1
        assert str(alternates[0].get("href")).startswith("/")
    # An author of the feed is the author of its entries.
    assert root.findtext(f"{ATOM}author/{ATOM}name")
    assert [one.get("href") for one in root.findall(f"{ATOM}link") if one.get("rel") == "self"] == [
        f"/feeds/{name}.atom"
    ]
    ids = [str(one.findtext(f"{ATOM}id")) for one in (root, *entries)]
    assert len(set(ids)) == len(ids)
    moments = [datetime.fromisoformat(str(one.findtext(f"{ATOM}updated"))) for one in entries]
    assert moments == sorted(moments, reverse=True)
    # Nothing is listed in 沖縄県: its feed is there for what comes.
    assert bool(entries) == (name != "47")
    assert not moments or datetime.fromisoformat(str(root.findtext(f"{ATOM}updated"))) == moments[0]


def test_each_change_of_a_year_is_told_once_and_leads_to_its_programme(client: TestClient, both: Years) -> None:
    root = feed(client)
    told = titles(root)
    new = [one for one, before in zip(both.after, both.same, strict=True) if before is None]
    assert sum(one.startswith("新しい事業：") for one in told) >= len(new)
    for one in new:
        assert f"新しい事業：{one.prefecture}{one.municipality or ''}「{one.program_name}」" in told
    for change in both.changes:
        before = both.before[change.at]
        where = f"{before.prefecture}{before.municipality or ''}"
        if change.kind == "gone":
            assert f"新しい一覧にない事業：{where}「{before.program_name}」" in told
        elif change.kind == "phone":
            assert f"電話番号の変更：{where}「{before.program_name}」" in told
        elif change.kind == "department":
            assert f"担当の変更：{where}「{before.program_name}」" in told
        elif change.kind == "phone and department":
            assert f"電話番号・担当の変更：{where}「{before.program_name}」" in told
    assert told.count("2021年度の資料を読み取りました") == 1
    for entry in root.iter(f"{ATOM}entry"):
        (link,) = entry.findall(f"{ATOM}link")
        assert client.get(str(link.get("href"))).status_code == 200


def test_what_a_newer_list_lacks_is_told_in_the_words_of_the_pages(client: TestClient) -> None:
    gone = [
        entry.findtext(f"{ATOM}content")
        for entry in feed(client).iter(f"{ATOM}entry")
        if str(entry.findtext(f"{ATOM}title")).startswith("新しい一覧にない")
    ]
    assert gone
    assert set(gone) == {"2022年度の一覧にはありません（終わったとは限りません）"}


def test_no_number_stands_in_a_feed(client: TestClient, both: Years) -> None:
    text = client.get("/feeds/all.atom").text
    numbers = {one.phone for one in (*both.before, *both.after)}
    assert len(numbers) > 50
    assert not [one for one in numbers if one in text]


def test_the_feeds_of_prefectures_have_together_what_the_country_has(client: TestClient) -> None:
    whole = [one for one in titles(feed(client)) if "資料を読み取りました" not in one]
    parts = [
        one
        for prefecture in prefectures()
        for one in titles(feed(client, prefecture.code))
        if "資料を読み取りました" not in one
    ]
    assert sorted(whole) == sorted(parts)
    for prefecture in prefectures():
        others = [one.name for one in prefectures() if one != prefecture]
        assert not [one for one in titles(feed(client, prefecture.code)) if any(f"：{name}" in one for name in others)]


def test_a_feed_is_the_same_at_every_request_and_when_everything_is_built_again(
    two_years: Path, client: TestClient, tmp_path: Path
) -> None:
    first = client.get("/feeds/27.atom").content
    assert client.get("/feeds/27.atom").content == first
    again = tmp_path / "again"
    shutil.copytree(two_years, again)
    run(again, "reindex")
    Workspace(again).publish(force="一覧を比べるため")
    assert Workspace(again).current() != Workspace(two_years).current()
    with site_at(again, NOW) as other:
        assert other.get("/feeds/27.atom").content == first


def test_a_reader_that_has_it_is_told_that_nothing_changed(client: TestClient) -> None:
    whole = client.get("/feeds/01.atom")
    assert whole.headers["content-type"] == "application/atom+xml; charset=utf-8"
    assert whole.headers["x-robots-tag"] == "noindex"
    assert whole.headers["cache-control"] == "no-store"
    tag = whole.headers["etag"]
    for asked in (tag, f"W/{tag}", f'"other", {tag}', "*"):
        answer = client.get("/feeds/01.atom", headers={"If-None-Match": asked})
        assert (answer.status_code, answer.content, answer.headers["etag"]) == (304, b"", tag)
    for asked in ('"other"', "", tag.strip('"')):
        assert client.get("/feeds/01.atom", headers={"If-None-Match": asked}).content == whole.content
    assert client.get("/feeds/27.atom", headers={"If-None-Match": tag}).status_code == 200


@pytest.mark.parametrize("name", ["00", "48", "011002", "x", "ALL", "%00"])
def test_of_what_is_no_prefecture_there_is_no_feed(client: TestClient, name: str) -> None:
    answer = client.get(f"/feeds/{name}.atom")
    assert answer.status_code == 404
    assert "tel:" in answer.text


@pytest.mark.parametrize("prefix", ["", "/en", "/easy"])
def test_the_pages_of_regions_lead_to_their_feed(client: TestClient, prefix: str) -> None:
    for page, address in (("/areas/01", "/feeds/01.atom"), ("/areas", "/feeds/all.atom")):
        text = client.get(prefix + page).text
        assert f'<link rel="alternate" type="application/atom+xml" hreflang="ja" href="{address}">' in text
        assert f'<a href="{address}" hreflang="ja">' in text
    assert "/feeds/" not in client.get(f"{prefix}/areas/011002").text
    assert "/feeds/" not in client.get(f"{prefix}/").text


def test_a_first_list_is_one_entry_and_what_somebody_found_out_another(tmp_path: Path) -> None:
    row = ("北海道", "札幌市", "つながり<b>&事業", "電話相談を行う。", "市民課", "011-211-2962")
    (tmp_path / "old.pdf").write_bytes(table_pdf([[row]]))
    publish(tmp_path / "data", [tmp_path / "old.pdf"], EditionOptions(year=2021))
    with site_at(tmp_path / "data", NOW) as client:
        assert titles(feed(client, "01")) == ["2021年度の資料を読み取りました"]
        assert titles(feed(client, "13")) == []
        assert DATE.fullmatch(str(feed(client, "13").findtext(f"{ATOM}updated")))
        listing = client.get("/api/v1/programs").json()["items"][0]["id"]
    run(
        tmp_path / "data",
        *(
            "confirm",
            listing,
            "--way",
            "電話",
            "--outcome",
            "継続",
            "--on",
            "2026-11-03",
            "--by",
            "係の名前",
            "--note",
            "ひみつ",
        ),
    )
    run(tmp_path / "data", "reindex")
    run(tmp_path / "data", "publish")
    with site_at(tmp_path / "data", NOW) as client:
        (entry,) = [
            one
            for one in feed(client, "01").iter(f"{ATOM}entry")
            if [of.get("term") for of in one.findall(f"{ATOM}category")] == ["confirmed"]
        ]
        assert entry.findtext(f"{ATOM}title") == "確かめた事業：北海道札幌市「つながり<b>&事業」"
        assert entry.findtext(f"{ATOM}content") == "2026年11月3日に確かめました（電話）。続いています。"
        assert entry.findtext(f"{ATOM}updated") == "2026-11-03T00:00:00+09:00"
        text = client.get("/feeds/all.atom").text
        assert "係の名前" not in text
        assert "ひみつ" not in text


def test_what_xml_cannot_hold_is_left_out(two_years: Path) -> None:
    with UNLIMITED.catalogue(two_years).reading() as reading:
        whole = feed_of(reading.generation, "01", 200)
    entry = next(one for one in whole.entries if one.listing)
    assert entry.listing
    spoiled = replace(entry, listing=replace(entry.listing, program_name="あ\x00\x0b\ud800い\ufffe]]>"))
    root = Tree.fromstring(atom(replace(whole, entries=(spoiled,)), "/feeds/01.atom"))  # noqa: S314 - this site's own
    assert titles(root)[0].endswith("「あい]]>」")
