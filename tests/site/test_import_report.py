"""The page with which an administrator checks a list: everything that was read, everything that was not, and nothing from outside."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date
from html.parser import HTMLParser
from itertools import pairwise

import pytest
from tests.conftest import NATIONAL_LIST
from tests.pdfs import table_pdf

from tsunagari_parsers.desks import Desk, DeskKind, DeskPhone, DeskSource, Standing
from tsunagari_parsers.document import parse_document
from tsunagari_parsers.pictures import PagePicture, page_pictures
from tsunagari_parsers.records import (
    Answer,
    Goal,
    Measure,
    Network,
    Program,
    Provenance,
    Rect,
    Section,
    SourceKind,
)
from tsunagari_parsers.report import Finding, Level, ParsedDocument, ParseReport, Skip
from tsunagari_site.import_report import ReportedDocument, report_html

ATTACK = "<script>alert(1)</script>\"'><img src=https://example.com/x onerror=alert(1)>"
SECRET = "区内のシェアハウス"
RESTRICTED = "管理者だけの情報（公開しません）"
WARNING = "管理者だけの報告です。公開しないでください。"
VOID = {"meta", "link", "br", "hr", "img", "input", "wbr"}
BLOCKS = {"article", "dd", "div", "dt", "h1", "h2", "h3", "h4", "header", "li", "p", "section", "summary", "td", "th"}
SHA = "a" * 64


class Page(HTMLParser):
    """What a reader of the page meets: its elements, its text, and what stands around each piece of text."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str]]] = []
        self.words: list[tuple[str, tuple[str, ...]]] = []
        self._open: list[tuple[str, str]] = []
        self.feed(html)
        self.close()
        assert not self._open, "elements that nothing closes"

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        self.elements.append((tag, given))
        if tag not in VOID:
            self._open.append((tag, given.get("class", "")))

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, {name: value or "" for name, value in attrs}))

    def handle_endtag(self, tag: str) -> None:
        assert self._open.pop()[0] == tag, f"</{tag}> closes something else"
        if tag in BLOCKS:
            self.words.append((" ", ()))

    def handle_data(self, data: str) -> None:
        if not self._open or self._open[-1][0] != "style":
            self.words.append((data, tuple(one for _, classes in self._open for one in classes.split())))

    @property
    def text(self) -> str:
        return spaced("".join(word for word, _ in self.words))

    def values(self, name: str) -> list[str]:
        return [given[name] for _, given in self.elements if name in given]

    def within(self, class_: str) -> str:
        return "".join(word for word, classes in self.words if class_ in classes)


def spaced(text: str) -> str:
    """The text with every white space as one space."""
    return " ".join(text.split())


def _report(parsed: ParsedDocument, content: bytes) -> str:
    return report_html([ReportedDocument(parsed, tuple(page_pictures(content)))])


@pytest.fixture(scope="module")
def listed(national_list: ParsedDocument) -> str:
    return _report(national_list, NATIONAL_LIST.read_bytes())


def _account(rows: int, *, skips: tuple[Skip, ...] = (), findings: tuple[Finding, ...] = ()) -> ParseReport:
    return ParseReport(
        document_sha256=SHA,
        name="example.pdf",
        layout="example",
        series="example",
        title="令和６年度 例",
        era_year="令和６年度",
        pages=1,
        rows_seen=rows,
        records=rows - len(skips),
        skips=skips,
        findings=findings,
    )


def _at(row: int, *, line: int | None = None, rect: Rect | None = None) -> Provenance:
    return Provenance(SHA, 1, rect, row, line)


def _sheet(row: int = 1, **changes: object) -> Program:
    sheet = Program(
        source_kind=SourceKind.PROGRAM_SHEET,
        prefecture="東京都",
        municipality="国立市",
        program_name="女性パーソナルサポート事業",
        description="包括的な相談支援体制を整備する。",
        department="",
        phones=(),
        provenance=_at(row, line=3),
        number="1",
        budget=3021,
        grant=2266,
        sections=(Section("今後の課題", "情報共有が必要。"), Section("連携団体", SECRET, is_restricted=True)),
        goals=(Goal("事業目標", "課題解決につながった件数", "20件", "7件"),),
    )
    return replace(sheet, **changes)  # type: ignore[arg-type]


def _measure(row: int, line: int | None = None) -> Measure:
    return Measure(
        prefecture="東京都",
        municipality="国立市",
        number=13,
        heading="啓発と周知",
        issue="DVの根絶と被害者支援",
        policy="DVの未然防止と早期発見",
        departments=("市長室", "教育指導支援課"),
        action="DVの未然防止のための啓発を行う。",
        related=("主な取組３",),
        provenance=_at(row, line=line),
    )


def _network(row: int, line: int | None = None) -> Network:
    return Network(
        prefecture="埼玉県",
        municipality="上尾市",
        name="上尾市女性支援ネットワーク",
        one_stop_desk="人権男女共同参画課",
        purpose="切れ目のない支援",
        departments=("生活支援課",),
        partners=("社会福祉協議会",),
        activities=("年２回の会議",),
        answers=(Answer("だれが相談できますか", ("どなたでも", "匿名でも")),),
        provenance=_at(row, line=line),
    )


def _desk(row: int) -> Desk:
    return Desk(
        id=f"{SHA[:8]}-{row}",
        name="女性相談支援センター",
        kind=DeskKind.WOMEN,
        summary="",
        sources=(DeskSource("一覧", Standing.LIST, date(2026, 1, 1)),),
        prefecture="13",
        phones=(DeskPhone("03-5261-3110"),),
        hours="9時から21時",
        proposal=True,
        provenance=_at(row),
    )


def _documents() -> tuple[str, str]:
    """A list with all kinds of trouble, and the report on it and on a text with records of all kinds."""
    rows = [
        ("北海道", "札幌市", ATTACK, "電話相談を行う。", "市民課", "011-211-2962"),
        ("北海道", "架空市", "居場所事業", "", "男女共同参画課", "内線のみ"),
        ("北海道", "函館市", "生理用品の配布", "配る。", "", ""),
    ]
    content = table_pdf([rows, [("北海道", "小樽市", "つながり事業", "相談。", "課", "0134-32-4111")]])
    parsed = parse_document(content, name="list.pdf", fiscal_year=2021)
    skip = Skip(2, 5, "小計の行", "計 4件")
    rect = Rect(200, 60, 300, 80)
    findings = (
        *parsed.report.findings,
        Finding(Level.MUST_LOOK, "outside", "表の外に文字があります", page=2, value="欄外の注", rect=rect),
        Finding(Level.NOTE, "title", "表題に年度がありません"),
        Finding(Level.NOTE, "skipped", "小計の行を除きました", page=2, row=5),
    )
    report = replace(parsed.report, rows_seen=5, skips=(skip,), findings=findings)
    text = "欄外の前書き\n\n女性パーソナルサポート事業\n連携団体\n区内のシェアハウス\n\f主な取組⑬\n啓発\nネットワーク\n"
    others = ParsedDocument(
        programs=(_sheet(),),
        measures=(_measure(2, 6),),
        networks=(_network(3, 8),),
        desks=(_desk(4),),
        report=replace(_account(4), name="sheet.txt"),
    )
    html = report_html(
        [
            ReportedDocument(replace(parsed, report=report), tuple(page_pictures(content))),
            ReportedDocument(others, text=text),
        ],
        [f"broken.pdf：[truncated] PDFが途中で切れています {ATTACK}"],
        ["前の一覧.pdf：要確認：同じ事業が2つあります"],
    )
    return html, text


@pytest.fixture(scope="module")
def troubled() -> tuple[str, str]:
    return _documents()


@pytest.fixture(params=["listed", "troubled"])
def html(request: pytest.FixtureRequest) -> str:
    value: str | tuple[str, str] = request.getfixturevalue(request.param)
    return value if isinstance(value, str) else value[0]


def test_every_record_stands_on_the_page_with_its_phone(listed: str, national_list: ParsedDocument) -> None:
    page = Page(listed)
    for program in national_list.programs:
        assert spaced(program.program_name) in page.text
        for phone in program.phones:
            assert phone.number in page.text
        for line in program.description.split("\n"):
            assert spaced(line) in page.text
    articles = [given for tag, given in page.elements if tag == "article"]
    assert len(articles) == len(national_list.programs)


def test_every_rectangle_lies_on_its_page_and_leads_to_its_record(listed: str, national_list: ParsedDocument) -> None:
    page = Page(listed)
    width = height = 0.0
    found = []
    link = ""
    for tag, given in page.elements:
        if tag == "svg" and given.get("class") == "picture":
            width, height = (float(value) for value in given["viewbox"].split()[2:])
        elif tag == "svg":
            width = 0.0
        elif tag == "a" and given.get("class", "").startswith("row"):
            link = given["href"]
        elif tag == "rect":
            x, y, across, down = (float(given[name]) for name in ("x", "y", "width", "height"))
            assert 0 <= x < x + across <= width
            assert 0 <= y < y + down <= height
            if "class" not in given:
                found.append((link, Rect(x, y, x + across, y + down)))
    targets = {given["id"] for tag, given in page.elements if tag == "article"}
    assert {link[1:] for link, _ in found} == targets
    for (_, rect), program in zip(found, national_list.programs, strict=True):
        expected = program.provenance.rect
        assert expected
        assert (rect.x0, rect.top) == pytest.approx((expected.x0, expected.top), abs=0.02)
        assert (rect.x1, rect.bottom) == pytest.approx((expected.x1, expected.bottom), abs=0.02)


def test_nothing_is_loaded_and_nothing_runs(html: str) -> None:
    page = Page(html)
    for tag, given in page.elements:
        assert tag not in {"script", "link", "iframe", "object", "embed", "base", "img", "form", "animate", "set"}
        assert not [name for name in given if name.startswith("on") or name in {"style", "srcset", "ping", "action"}]
        for name in ("src", "href", "xlink:href", "data", "poster"):
            if name in given:
                wanted = "data:image/webp;base64," if tag == "image" else "#"
                assert given[name].startswith(wanted), (tag, given[name][:60])
    (style,) = re.findall(r"<style>(.*?)</style>", html, re.DOTALL)
    assert not re.search(r"url\(|@import|@font-face|https?:", style)
    (policy,) = [given["content"] for _, given in page.elements if given.get("http-equiv") == "Content-Security-Policy"]
    assert policy.startswith("default-src 'none'; img-src data:; style-src 'unsafe-inline'")


def test_what_a_document_says_stays_text(troubled: tuple[str, str]) -> None:
    html, _ = troubled
    assert "<script" not in html
    assert "<img" not in html
    assert "<script>alert(1)</script>" in Page(html).text


def test_each_id_is_there_once_and_each_link_leads_somewhere(html: str) -> None:
    page = Page(html)
    ids = page.values("id")
    assert len(ids) == len(set(ids))
    known = set(ids)
    assert not [link for link in page.values("href") if link.startswith("#") and link[1:] not in known]
    for name in ("aria-labelledby", "aria-describedby"):
        assert not [one for value in page.values(name) for one in value.split() if one not in known]


def test_the_page_can_be_walked_without_seeing_it(html: str) -> None:
    page = Page(html)
    levels = [int(tag[1]) for tag, _ in page.elements if re.fullmatch(r"h[1-6]", tag)]
    assert levels.count(1) == 1
    assert levels[0] == 1
    assert all(after <= before + 1 for before, after in pairwise(levels))
    tags = [tag for tag, _ in page.elements]
    assert (tags.count("main"), page.elements[0][1]["lang"]) == (1, "ja")
    for tag, given in page.elements:
        if tag in {"image", "section", "nav", "article"} or given.get("role") in {"img", "group", "region"}:
            assert given.get("aria-label") or given.get("aria-labelledby"), (tag, given)
        if tag == "a" and given.get("class", "").startswith(("row", "found")):
            assert given["aria-label"]
        if "scroll" in given.get("class", "").split():
            assert given["tabindex"] == "0"


def test_every_finding_stands_on_top_with_a_way_to_its_place(troubled: tuple[str, str]) -> None:
    html, _ = troubled
    page = Page(html)
    content_begins = html.index('<section class="document"')
    codes = ["unknown-prefecture", "place-not-in-prefecture", "no-description", "phone-not-understood", "no-department"]
    shown = [code for code in [*codes, "no-phone", "outside", "title", "skipped"] if f"<code>{code}</code>" in html]
    assert shown == [
        code for code in [*codes, "no-phone", "outside", "title", "skipped"] if code != "unknown-prefecture"
    ]
    assert all(html.index(f"<code>{code}</code>") < content_begins for code in shown)
    findings = page.within("findings")
    assert "2ページ 5行目　除いた行（小計の行）" in findings
    assert "1ページ 2行目　北海道　架空市　居場所事業" in findings
    assert "該当の箇所：欄外の注" in findings
    assert findings.index("要確認 1") < findings.index("参考")
    # A finding with a place of its own is marked there.
    marks = [given for tag, given in page.elements if tag == "a" and given.get("class") == "found marked"]
    assert [given["aria-label"] for given in marks] == ["要確認 5：表の外に文字があります"]
    rows = [given for tag, given in page.elements if tag == "a" and given.get("class", "").startswith("row")]
    assert [given["class"] for given in rows] == ["row marked", "row marked", "row", "row"]


def test_what_could_not_be_read_comes_first(troubled: tuple[str, str]) -> None:
    html, _ = troubled
    text = Page(html).text
    assert "読めなかった文書 1件" in text
    assert text.index("broken.pdf：[truncated]") < text.index("要確認 1")
    assert "前の一覧.pdf：要確認：同じ事業が2つあります" in text


def test_the_account_of_rows_and_the_rows_left_out_are_told(troubled: tuple[str, str]) -> None:
    text = Page(troubled[0]).text
    assert "5行を見つけ、事業4件を読み取りました。1行は除きました。行の数は合っています。" in text
    assert "小計の行 計 4件" in text


def test_empty_fields_are_said_to_be_empty(troubled: tuple[str, str]) -> None:
    # No description and no phone that can be dialled in the second row; no department and no phone in the third.
    assert Page(troubled[0]).within("empty").count("（読み取った値はありません）") == 4


def test_a_text_stands_beside_its_records_line_by_line(troubled: tuple[str, str]) -> None:
    html, text = troubled
    cells = re.findall(r'<td class="line-number">(\d+)</td><td>([^<]*)</td>', html)
    assert [int(number) for number, _ in cells] == list(range(1, len(text.split("\n")) + 1))
    assert [line for _, line in cells] == text.replace("\f", "").split("\n")
    assert (
        html.index("最初の記録より前の本文") < html.index("本文の3行目から5行目") < html.index("本文の8行目から9行目")
    )


def test_records_of_every_kind_are_shown_with_their_own_fields(troubled: tuple[str, str]) -> None:
    text = Page(troubled[0]).text
    for words in (
        "個別事業費 3,021千円",
        "交付金額 2,266千円",
        "課題解決につながった件数 20件 7件",
        "今後の課題 情報共有が必要。",
        "課題 DVの根絶と被害者支援",
        "担当課 市長室 教育指導支援課",
        "関連事項 主な取組３",
        "ワンストップの窓口 人権男女共同参画課",
        "問：だれが相談できますか どなたでも 匿名でも",
        "対象の地域 東京都",
        "受付時間 9時から21時",
        "確かめるまで公開しない候補",
        "事業の個票1件、計画の取組1件、支援ネットワーク1件、相談窓口1件",
    ):
        assert words in text, words


def test_restricted_parts_are_marked_and_the_page_begins_by_saying_so(troubled: tuple[str, str], listed: str) -> None:
    page = Page(troubled[0])
    assert SECRET in page.within("restricted")
    assert RESTRICTED in page.within("restricted")
    assert "情報共有が必要。" not in page.within("restricted")
    assert page.text.index(WARNING) < page.text.index("読み取り結果の確認", 20)
    for words in (WARNING, RESTRICTED):
        assert words not in listed


def test_a_page_without_a_picture_says_why_and_keeps_its_records(national_list: ParsedDocument) -> None:
    pictures = [PagePicture(1, None, "1ページの画像を作れません（壊れています）"), PagePicture(2, None, "2ページも")]
    text = Page(report_html([ReportedDocument(national_list, tuple(pictures))])).text
    assert "1ページの画像を作れません（壊れています）" in text
    assert all(spaced(program.program_name) in text for program in national_list.programs)
    text = Page(report_html([ReportedDocument(national_list, problem="ページの画像を作れません（壊れています）")])).text
    assert "ページの画像を作れません（壊れています）" in text
    assert all(spaced(program.program_name) in text for program in national_list.programs)


def test_a_page_with_no_record_is_shown_all_the_same() -> None:
    row = ("北海道", "札幌市", "つながり事業", "電話相談を行う。", "市民課", "011-211-2962")
    content = table_pdf([[row]])
    parsed = parse_document(content, name="list.pdf")
    pictures = (*page_pictures(content), PagePicture(2, next(page_pictures(content)).picture))
    text = Page(report_html([ReportedDocument(parsed, pictures)])).text
    assert "このページから読み取った記録はありません。画像に事業の行があれば、読み落としです。" in text
