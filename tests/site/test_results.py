"""Results in the order in which they help; what a past year's list says is told as past; whom to ask, and what is not known."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from starlette.testclient import TestClient
from tests.conftest import publish
from tests.pdfs import table_pdf
from tests.site_walks import choose, find, follow, main_of, opened, sections, site_at, text_of, token_of

from tsunagari.importing import EditionOptions
from tsunagari_indexer.generation import Generation
from tsunagari_indexer.listings import Listing
from tsunagari_indexer.workspace import Workspace
from tsunagari_parsers.answering import order_for_now
from tsunagari_site.listing_cards import enquiry_of, says_free, says_nameless
from tsunagari_site.needs import known_needs
from tsunagari_site.shown_desks import desks_named

NOW = datetime(2026, 11, 20, 3, 0, tzinfo=UTC)  # Friday, noon in Japan


@pytest.fixture(scope="module")
def listings(demo: Path) -> tuple[Listing, ...]:
    workspace = Workspace(demo)
    generation = Generation.open(workspace.generation_path(workspace.current()))
    found = tuple(generation.all_listings())
    generation.close()
    return found


@pytest.fixture(scope="module")
def now(demo: Path) -> Iterator[TestClient]:
    with site_at(demo, NOW) as client:
        yield client


@pytest.fixture(scope="module")
def both_years(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TestClient]:
    """A site with a list of this year and one of an earlier year, which another series brought."""
    root = tmp_path_factory.mktemp("years")
    rows = {
        2022: ("北海道", "函館市", "前の事業", "生理用品を配布する。", "市民課", "0138-21-3000"),
        2026: ("北海道", "札幌市", "今の事業", "学校の保健室で生理用品を配布する。", "市民課", "011-211-2962"),
    }
    for year, row in rows.items():
        path = root / f"{year}.pdf"
        path.write_bytes(table_pdf([[row]]))
        publish(root / "data", [path], EditionOptions(year=year, series=f"list{year}"))
    with site_at(root / "data", NOW) as client:
        yield client


def test_what_helps_now_stands_before_what_a_list_says(both_years: TestClient) -> None:
    page = find(both_years, need="period", prefecture="01")
    assert list(sections(page)) == [
        "いま、話せるところ",
        "電話で相談できるところ",
        "生理用品を受け取るには",
        "今年度の一覧にある事業",
        "以前の一覧にあった事業",
    ]
    found = sections(page)
    assert "北海道立女性相談支援センター" in found["電話で相談できるところ"]
    assert "今の事業" in found["今年度の一覧にある事業"]
    assert "書かれていること" in found["今年度の一覧にある事業"]
    assert "前の事業" in found["以前の一覧にあった事業"]
    assert "書かれていたこと" in found["以前の一覧にあった事業"]
    assert "書かれていること" not in found["以前の一覧にあった事業"]
    assert "いまも続いているかは、まだ確認できていません。" in found["以前の一覧にあった事業"]
    assert "まだ確認できていません" not in found["今年度の一覧にある事業"]


@pytest.mark.parametrize(
    "moment",
    [NOW, datetime(2026, 11, 22, 18, 30, tzinfo=UTC), datetime(2026, 12, 31, 15, 1, tzinfo=UTC)],
    ids=["friday-noon", "monday-half-past-three-at-night", "new-year"],
)
@pytest.mark.parametrize("need", list(known_needs()))
def test_of_the_lines_that_fit_those_that_answer_now_stand_first(demo: Path, need: str, moment: datetime) -> None:
    with site_at(demo, moment) as client:
        lines = sections(choose(client, need))["いま、話せるところ"]
    expected = [one.desk.name for one in order_for_now(desks_named(known_needs()[need].desks), moment)]
    items = re.findall(r"<li>(.*?)</li>", lines, re.DOTALL)
    assert len(items) == len(expected)
    assert all(name in item for name, item in zip(expected, items, strict=True))
    is_open = ["いま開いています" in item for item in items]
    assert is_open == sorted(is_open, reverse=True)
    assert is_open[0]


def test_no_page_promises_that_anything_is_given_out(now: TestClient, listings: tuple[Listing, ...]) -> None:
    pages = [choose(now, need) for need in known_needs()]
    pages += [now.get(f"/programs/{one.id}").text for one in listings]
    pages += [now.get(path).text for path in ("/", "/about", "/areas/01", "/areas/011002")]
    for page in pages:
        own = re.sub(r'<(q|p|h3|div|span|a)\b[^>]* lang="ja".*?</\1>', "", page, flags=re.DOTALL)
        assert not re.search(r"もらえます|もらえる。|受け取れます|利用できます|配布しています", own)


def test_every_old_card_shows_its_year_and_its_page_says_that_it_is_old(now: TestClient) -> None:
    page = choose(now, "period")
    cards = re.findall(r'<li class="card">(.*?)\n</li>', page, re.DOTALL)
    assert len(cards) == 20
    assert all(re.search(r'<span class="year">20\d\d年度の(?:一覧|事業の資料)</span>', card) for card in cards)
    assert "今年度の一覧にある事業" not in page
    shown = text_of(opened(now, page))
    assert re.search(
        r"20\d\d年度（令和.年度）の.{2,5}の情報です。いまも続いているかは、まだ確認できていません。", shown
    )


def test_whom_to_ask_stands_on_the_card_with_what_the_number_is(now: TestClient) -> None:
    page = text_of(find(now, q="恵庭市つながりサポート女性支援事業"))
    assert "聞くところ 総務部総務課 0123-33-3131 内線 2211 （役所の問い合わせ先）" in page
    assert "役所の番号には、相談員が出るとは限りません。くわしく話さなくてだいじょうぶです。" in page


@pytest.mark.parametrize("kind", ["sheet", "measure", "network"])
def test_what_has_no_number_shows_the_newest_of_the_same_body_with_its_year(
    now: TestClient, listings: tuple[Listing, ...], kind: str
) -> None:
    without = [one for one in listings if one.kind == kind and not one.phones]
    assert without
    for one in without:
        same = [
            other
            for other in listings
            if other.phones
            and (other.prefecture_code, other.municipality_code) == (one.prefecture_code, one.municipality_code)
        ]
        contact = text_of(sections(now.get(f"/programs/{one.id}").text)["問い合わせ先"])
        if same:
            newest = max(other.fiscal_year for other in same)
            numbers = {phone.number for other in same if other.fiscal_year == newest for phone in other.phones}
            assert f"この資料に電話番号はありません。同じ役所の、{newest}年度の一覧にあった番号です。" in contact
            assert any(number in contact for number in numbers)
        else:
            assert "電話番号は書かれていません。上の窓口に聞いてみてください。" in contact
    borrowed = [one for one in without if enquiry_of(one, listings)]
    assert borrowed or kind == "network"


def test_of_two_years_the_newer_number_is_borrowed(listings: tuple[Listing, ...]) -> None:
    (sheet,) = [one for one in listings if one.kind == "sheet" and one.prefecture == "群馬県"]
    (listed,) = [
        one for one in listings if one.kind == "program" and one.prefecture == "群馬県" and not one.municipality
    ]
    enquiry = enquiry_of(sheet, listings)
    assert enquiry is not None
    assert enquiry.borrowed
    assert (enquiry.fiscal_year, enquiry.phones) == (listed.fiscal_year, listed.phones)
    assert enquiry_of(listed, listings) == enquiry_of(listed, ())
    assert enquiry_of(sheet, [one for one in listings if one.prefecture != "群馬県"]) is None


def test_money_and_names_are_answered_in_the_papers_own_words_or_not_at_all(
    now: TestClient, listings: tuple[Listing, ...]
) -> None:
    answered = 0
    for one in listings:
        page = sections(now.get(f"/programs/{one.id}").text)["よく聞かれること"]
        for question, pattern in (
            ("お金はかかりますか", "無料|無償"),
            ("名前を言わなくていいですか", "匿名|名乗|名前"),
        ):
            (answer,) = re.findall(rf"<dt>{question}</dt><dd>(.*?)</dd>", page)
            quotes = re.findall(r'<q lang="ja">(.*?)</q>', answer)
            if quotes:
                answered += 1
                quote = text_of(quotes[0]).strip().strip("…").strip()
                assert quote in text_of(one.description.replace("&", "&amp;").replace("<", "&lt;")), one.program_name
                assert re.search(pattern, quote)
            else:
                assert answer == "書かれていません。最初に聞けます。"
    assert answered >= 5


@pytest.mark.parametrize(
    ("text", "free", "nameless"),
    [
        ("相談は無料です。予約が要ります。", "相談は無料です", ""),
        ("・生理用品を無償で配布\n・相談", "・生理用品を無償で配布", ""),
        ("電話で話せる。匿名で相談できます。", "", "匿名で相談できます"),
        ("名前を言わなくても相談できる。", "", "名前を言わなくても相談できる"),
        # What officers do with each other's cases says nothing of whether she is asked for her name.
        ("対象者を匿名化した上で検討する。", "", ""),
        ("有料の講座を行う。", "", ""),
        ("", "", ""),
    ],
)
def test_what_counts_as_an_answer(listings: tuple[Listing, ...], text: str, free: str, nameless: str) -> None:
    one = replace(listings[0], description=text, offers=(), venues=())
    assert (says_free(one), says_nameless(one)) == (free, nameless)


def test_things_come_with_the_places_where_they_were_given_out_and_for_whom(
    now: TestClient, listings: tuple[Listing, ...]
) -> None:
    for_pupils = [one for one in listings if any(venue.users == "pupils" for venue in one.venues)]
    assert len(for_pupils) > 5
    for one in for_pupils:
        page = sections(now.get(f"/programs/{one.id}").text)
        (said,) = [body for heading, body in page.items() if heading.endswith("に書かれていたこと")]
        assert re.search(r"<b>[^<]+</b>（その学校に通う人）", said)
    others = [one for one in listings if one.venues and not any(venue.users == "pupils" for venue in one.venues)]
    for one in others[:10]:
        assert "その学校に通う人" not in now.get(f"/programs/{one.id}").text
    found = choose(now, "period", place="釧路市")
    assert "場所として書かれていたこと" in found
    assert re.search(r'（その学校に通う人） <q lang="ja">学校の保健室</q>', found)
    # Other needs do not ask for things.
    assert "場所として書かれていたこと" not in choose(now, "family_violence")


def test_advice_is_marked_as_advice_and_comes_before_the_lists(now: TestClient) -> None:
    for page in (choose(now, "period"), find(now, q="ナプキン"), find(now, offer="period_products")):
        found = sections(page)
        advice = text_of(found["生理用品を受け取るには"])
        assert "（一般的な助言です）：学校の保健室の先生、市区町村の役所、社会福祉協議会。" in advice
        assert "いまもあるかは、行く前に電話で聞いてください。" in advice
        assert "「生理用品の配布は、いまもありますか」と見せるカード" in advice
        assert list(found).index("生理用品を受け取るには") < list(found).index("以前の一覧にあった事業")
    assert "生理用品を受け取るには" not in choose(now, "mind")


def test_a_town_shows_what_its_prefecture_runs_and_what_else_it_plans(demo_client: TestClient) -> None:
    found = sections(choose(demo_client, "money", town="132152"))
    assert "このまちの計画や、連携のしくみ" in found
    assert "事業の一覧ではありません。" in found["このまちの計画や、連携のしくみ"]
    assert text_of(found["このまちの計画や、連携のしくみ"]).count("年度の計画") > 5


@pytest.mark.parametrize("how", ["tile", "place", "words"])
def test_a_town_s_plan_or_network_never_stands_as_a_programme(demo_client: TestClient, how: str) -> None:
    """上尾市 has a network and no programme."""
    page = {
        "tile": lambda: choose(demo_client, "money", town="112194"),
        "place": lambda: find(demo_client, prefecture="11", municipality="112194"),
        "words": lambda: find(demo_client, q="上尾市 相談"),
    }[how]()
    found = sections(page)
    network = "上尾市困難女性支援ネットワーク"
    assert network not in found.get("以前の一覧にあった事業", "") + found.get("今年度の一覧にある事業", "")
    if how != "words":
        assert network in found["このまちの計画や、連携のしくみ"]
        assert "条件に合う事業がないので、ほかの市区町村のものも出しています。" in page


def test_pages_go_on_and_back_with_the_same_tile(now: TestClient) -> None:
    first = choose(now, "unsaid")
    assert re.search(r"1／(\d+)ページ", text_of(first))
    _, second = follow(now, "/results", {"s": token_of(first), "set": "page=2"})
    assert re.search(r"2／\d+ページ", text_of(second))
    cards = re.findall(r'<li class="card">.*?</li>', without_tokens(first), re.DOTALL)
    assert len(cards) == 20
    assert not [card for card in cards if card in without_tokens(second)]
    _, again = follow(now, "/results", {"s": token_of(second), "set": "page=1"})
    assert main_of(without_tokens(again)) == main_of(without_tokens(first))


def without_tokens(page: str) -> str:
    return re.sub(r's=[\w-]+|value="[\w-]{60,}"', "", page)
