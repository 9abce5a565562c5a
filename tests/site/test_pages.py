"""The pages as a visitor meets them: what stands first, what is said of an old list, and that nothing ends in emptiness."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from starlette.testclient import TestClient
from tests.conftest import UNLIMITED, publish
from tests.pdfs import table_pdf
from tests.site_walks import PREFIXES, find, opened, sections, site_at, text_of

from tsunagari.importing import EditionOptions
from tsunagari.serving import build_site
from tsunagari_indexer.workspace import Workspace
from tsunagari_site.rendering import EXIT_URL, tel

ROW = ("北海道", "札幌市", "つながり事業", "電話相談を行う。", "市民課", "011-211-2962")


@pytest.fixture
def today(tmp_path: Path) -> Iterator[TestClient]:
    """A site over two years' lists, of which the newer one is this year's."""
    publish(
        tmp_path / "data",
        [_pdf(tmp_path, "old.pdf", ROW, ("岩手県", "岩手県", "県の事業", "居場所を提供", "課", "019-629-5348"))],
        EditionOptions(year=2021),
    )
    publish(tmp_path / "data", [_pdf(tmp_path, "new.pdf", ROW)], EditionOptions(year=2026))
    with site_at(tmp_path / "data", datetime(2026, 11, 21, tzinfo=UTC)) as client:
        yield client


def _pdf(folder: Path, name: str, *rows: tuple[str, ...]) -> Path:
    path = folder / name
    path.write_bytes(table_pdf([rows]))
    return path


@pytest.mark.parametrize("prefix", PREFIXES)
def test_every_page_has_the_lines_that_help_now_and_the_way_out(client: TestClient, prefix: str) -> None:
    listing = client.get("/api/v1/programs?per_page=1").json()["items"][0]["id"]
    for path in (
        "/",
        "/areas/01",
        "/areas/011002",
        "/offers/o1",
        f"/programs/{listing}",
        "/about",
        "/nowhere",
        "/programs/x",
    ):
        page = client.get(prefix + path).text
        assert 'href="tel:0120279338"' in page, path
        assert 'href="tel:110"' in page, path
        assert page.count(f'href="{EXIT_URL}" rel="nofollow noreferrer"') == 2, path
        assert f'href="{prefix}/contacts"' in page, path


def test_titles_say_nothing_of_what_is_looked_for(client: TestClient) -> None:
    for page in (
        find(client, q="夫に殴られた"),
        client.get("/").text,
        client.get("/contacts").text,
        opened(client, find(client, q="DV")),
    ):
        (title,) = re.findall(r"<title>(.*?)</title>", page)
        assert title in {
            "くらしの案内",
            "一覧 - くらしの案内",
            "くわしい内容 - くらしの案内",
            "電話番号 - くらしの案内",
        }


def test_home_asks_what_the_trouble_is_and_has_the_search_box_for_those_who_know(client: TestClient) -> None:
    page = client.get("/").text
    assert "どんなことで困っていますか" in page
    assert page.count('name="need"') == 12
    assert page.count('name="q"') == 1
    assert page.count("国の2021年度の一覧などをもとにしています。続いているか確認できていない事業があります。") == 1
    assert page.index("いま電話・チャットできるところ") < page.index("<h1>") < page.index("国の2021年度の一覧")
    assert "札幌市" in find(client, prefecture="01")
    assert "一覧に載っている事業：75件" in find(client, offer="period_products")


def test_desks_stand_before_programmes_and_an_old_list_is_told_as_old(client: TestClient) -> None:
    page = text_of(find(client, prefecture="01"))
    desk, heading, first = (
        page.index("北海道立女性相談支援センター"),
        page.index("以前の一覧にあった事業"),
        page.index("2021年度の一覧"),
    )
    assert desk < heading < first
    assert "もらえます" not in page
    assert "ここに載っていなくても、支援がないとは限りません" in page


def test_a_prefecture_without_a_known_desk_leads_to_the_common_numbers(client: TestClient) -> None:
    page = find(client, prefecture="13")
    assert 'href="tel:%238778"' in page
    assert 'href="tel:%238008"' in page
    assert "03-5467-1721" not in page  # one source only: a proposal for an administrator


@pytest.mark.parametrize(
    ("words", "link"),
    [
        ("札幌 レイプ", "tel:%238891"),
        ("死にたい", "tel:0120279338"),
        ("殺される", "tel:110"),
        ("夫に殴られた", "tel:0120279889"),
        ("今夜泊まるところがない", "tel:%238778"),
    ],
)
def test_words_of_danger_bring_the_lines_to_the_top(client: TestClient, words: str, link: str) -> None:
    page = find(client, q=words)
    top = page[page.index("いま、話せるところ") : page.index('role="search"')]
    assert f'href="{link}"' in top


def test_the_programme_page_has_every_field_and_what_the_number_is(client: TestClient) -> None:
    page = text_of(opened(client, find(client, q="恵庭市つながりサポート女性支援事業")))
    for expected in (
        "北海道 恵庭市",
        "2021年度（令和３年度）の一覧の情報です。いまも続いているかは、まだ確認できていません。電話で『いまもありますか』と聞けます。",
        "2021年度の一覧に書かれていたこと",
        "①コロナ禍における経済的な理由等で生理用品の購入が困難な方への支援",
        "総務部総務課",
        "0123-33-3131 内線 2211",
        "この事業の問い合わせ先（役所）です。相談員が出るとは限りません。くわしく話さなくてだいじょうぶです。",
        "「相談できるところを教えてください。くわしいことは相談員に話します。名前は言わなくてもいいですか」",
        "「この番号には折り返さないでください」",
        "内閣府男女共同参画局",
        "1ページ",
        "公開元のPDFそのものではなく、その文字から組み直した文書から読み取りました。",
        "公共データ利用規約（第1.0版）",
    ):
        assert expected in page
    assert page.index("北海道立女性相談支援センター") < page.index("0123-33-3131")


def test_a_stated_period_that_has_ended_is_said(client: TestClient) -> None:
    assert "書かれていた期間（令和4年3月まで）は過ぎています" in text_of(opened(client, find(client, q="石狩")))


def test_this_years_list_comes_first_and_a_vanished_programme_says_so(today: TestClient) -> None:
    page = text_of(today.get("/areas/03").text)
    assert "2026年度の一覧にはありません（終わったとは限りません）" in page
    current = text_of(find(today, prefecture="01"))
    assert "今年度の一覧にある事業" in current
    assert "以前の一覧にあった事業" not in current
    both = sections(find(today, q="事業"))
    assert list(both)[-2:] == ["今年度の一覧にある事業", "以前の一覧にあった事業"]
    assert "札幌市" in both["今年度の一覧にある事業"]
    assert "岩手県" in both["以前の一覧にあった事業"]


def test_a_place_that_is_typed_brings_its_desk(client: TestClient) -> None:
    page = find(client, q="夫に殴られた 千葉")
    assert "tel:0432068002" in page
    assert page.index("いま、話せるところ") < page.index("tel:0432068002")


def test_where_no_number_may_be_shown_the_prefectures_own_page_is_linked(client: TestClient) -> None:
    page = client.get("/areas/03").text
    assert 'href="https://www.pref.iwate.jp/fukushisoudan/josei/1015938.html" rel="noreferrer"' in page
    assert "#8778 がつながらない地域があるとされています" in page
    assert "tel:0196299610" not in page
    assert client.get("/contacts").text.count("pref.") > 20


def test_every_number_of_a_line_is_shown_with_whom_it_is_for(client: TestClient) -> None:
    for path in ("/", "/areas/04"):
        page = text_of(client.get(path).text)
        assert "岩手県・宮城県・福島県から 0120-279-226" in page
    assert "tel:0822540399" in client.get("/areas/34").text  # 夜間・休日


def test_danger_is_seen_in_all_that_was_written(client: TestClient) -> None:
    page = find(client, q="つらい話をします。" * 30 + "昨日、夫に殴られた")
    assert "いま、話せるところ" in page


def test_words_are_not_shown_again_to_whoever_goes_back(client: TestClient) -> None:
    for words in ("殴られた ナプキン", "札幌 殴られた ナプキン"):
        page = find(client, q=words)
        assert "殴" not in page[page.index('role="search"') : page.index('class="card"')]


@pytest.mark.parametrize(("path", "to"), [("/en", "/en/"), ("/results/", None), ("/search/", None)])
def test_no_redirect_repeats_the_host_that_a_request_claims(client: TestClient, path: str, to: str | None) -> None:
    answer = client.get(path, headers={"host": "evil.example"})
    assert answer.headers.get("location") == to


@pytest.mark.parametrize(
    "place", [{"prefecture": "02"}, {"prefecture": "13", "municipality": "131016"}, {"prefecture": "47"}]
)
def test_a_place_without_a_listing_still_leads_on(client: TestClient, place: dict[str, str]) -> None:
    page = find(client, **place)
    assert "条件に合う事業がないので" in page
    assert 'class="card"' in page
    assert "tel:%238778" in page


def test_filters_and_pages_are_buttons_of_one_form_and_lead_to_sealed_addresses(client: TestClient) -> None:
    page = find(client, q="相談")
    token = re.findall(r'name="s" value="([^"]+)"', page)[0]
    answer = client.post("/results", data={"s": token, "set": "prefecture=27"})
    assert answer.status_code == 303
    narrowed = client.get(answer.headers["location"]).text
    assert "大阪府" in narrowed
    second = client.post("/results", data={"s": token, "set": "page=2"})
    assert re.search(r"2／\d+ページ", text_of(client.get(second.headers["location"]).text))
    for nonsense in ("page=-1", "prefecture=99", "offer=x", "colour=red", "", "page=9999999999999"):
        answer = client.post("/results", data={"s": token, "set": nonsense})
        assert client.get(answer.headers["location"]).status_code == 200


def test_what_was_dropped_or_cut_is_said_on_the_page(client: TestClient) -> None:
    assert "「パスポート」は一覧に見つからないので" in find(client, q="ナプキン パスポート")
    assert "はじめの200文字でさがしました" in find(client, q="ナプキン" * 80)


def test_what_was_typed_is_shown_as_text_never_as_markup(client: TestClient) -> None:
    page = find(client, q='"><script>alert(1)</script>')
    assert "<script>" not in page
    assert "script" in page  # it is said that the word was not found


def test_an_ended_address_shows_the_beginning_the_way_out_and_two_numbers_only(client: TestClient) -> None:
    for path in ("/results?s=x", "/results", "/program?s=y", "/program"):
        answer = client.get(path)
        assert answer.status_code == 410
        body = answer.text[answer.text.index("<body>") :]
        links = re.findall(r'href="([^"]+)"', body)
        assert links == ["#main", EXIT_URL, "/", "tel:110", "tel:119", EXIT_URL]
        assert "はじめから" in body
    assert client.post("/results", data={"s": "x"}).status_code == 410


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/nowhere", 404),
        ("GET", "/areas/99", 404),
        ("GET", "/areas/x", 404),
        ("GET", "/offers/period_products", 404),
        ("GET", "/programs/p0000000000", 404),
        ("GET", "/static/0000000000/style.css", 404),
        ("DELETE", "/", 405),
        ("POST", "/about", 405),
    ],
)
def test_errors_are_pages_that_lead_on(client: TestClient, method: str, path: str, status: int) -> None:
    answer = client.request(method, path)
    assert answer.status_code == status
    assert 'href="/"' in answer.text
    assert "tel:0120279338" in answer.text


def test_forms_that_are_none_are_refused_kindly(client: TestClient) -> None:
    for body, kind, status in (
        (b"q=" + b"a" * 20_000, "application/x-www-form-urlencoded", 413),
        (b"q=%ff%fe", "application/x-www-form-urlencoded", 400),
        (b"{}", "application/json", 415),
        (b"&".join(b"a%d=1" % n for n in range(100)), "application/x-www-form-urlencoded", 400),
    ):
        answer = client.post("/search", content=body, headers={"content-type": kind})
        assert answer.status_code == status
        assert "tel:110" in answer.text
    assert client.post("/search", data={"q": "  "}).headers["location"] == "/"


def test_links_from_elsewhere_are_sealed_at_once(client: TestClient) -> None:
    answer = client.get("/search?q=ナプキン")
    assert answer.status_code == 303
    assert re.fullmatch(r"/results\?s=[\w-]+", answer.headers["location"])
    assert client.get("/en/search?q=x").headers["location"].startswith("/en/results?s=")


def test_a_result_page_is_light(client: TestClient) -> None:
    """Over the wire, styles and script included: under 40 KB, in three requests."""
    answer = client.post("/search", data={"q": "生理用品"})
    sizes = []
    page = client.get(answer.headers["location"])
    files = re.findall(r'(?:href|src)="(/static/[^"]+)"', page.text)
    assert len(files) == 2
    for path in (answer.headers["location"], *files):
        with client.stream("GET", path, headers={"accept-encoding": "gzip"}) as response:
            sizes.append(sum(len(chunk) for chunk in response.iter_raw()))
    assert 0 < sum(sizes) < 40_000


def test_without_a_published_list_the_lines_still_stand_there(tmp_path: Path) -> None:
    with TestClient(build_site(UNLIMITED, tmp_path)) as client:
        for path, status in (("/", 503), ("/healthz", 503), ("/contacts", 200), ("/api/v1/programs", 503)):
            assert client.get(path).status_code == status
        assert "tel:0120279338" in client.get("/").text
        assert client.get("/api/v1/programs").json()["error"]["code"] == "unavailable"


def test_a_damaged_list_is_told_without_a_trace(tmp_path: Path, published: Path) -> None:
    name = Workspace(published).current()
    (tmp_path / "generations").mkdir()
    (tmp_path / "generations" / f"{name}.sqlite").write_bytes(b"x" * 5000)
    (tmp_path / "CURRENT").write_text(name)
    with TestClient(build_site(UNLIMITED, tmp_path)) as client:
        answer = client.get("/")
        assert answer.status_code == 503
        assert "Traceback" not in answer.text


def test_health_and_robots(client: TestClient) -> None:
    assert client.get("/healthz").text == "ok\n"
    assert "Disallow: /results" in client.get("/robots.txt").text


@pytest.mark.parametrize(
    ("number", "link"), [("#8008", "tel:%238008"), ("06-6210-9321", "tel:0662109321"), ("110", "tel:110")]
)
def test_phone_links(number: str, link: str) -> None:
    assert tel(number) == link
