"""What ``parse --report`` and ``import --report-html`` give: complete, aligned, safe, and clear about what stays with administrators."""

from __future__ import annotations

import json
import re
import unicodedata
from dataclasses import asdict, replace
from pathlib import Path

import pytest
from tests.cli.test_commands import ROW, tsunagari
from tests.conftest import NATIONAL_LIST
from tests.pdfs import table_pdf, text_pdf
from tests.site.test_import_report import SECRET, _account, _desk, _measure, _network, _sheet

from tsunagari.lines import Unreadable, parse_line, report_json
from tsunagari.terminal import clean, display_width, report_table, table
from tsunagari_parsers.records import Rect
from tsunagari_parsers.report import Finding, Level, ParsedDocument, Skip

MARK = "管理者だけの情報（公開しません）"


@pytest.fixture
def mixed() -> ParsedDocument:
    """A document with a record of each kind, a restricted part, a skip and findings."""
    skips = (Skip(1, 5, "小計の行", "計 4件"),)
    findings = (
        Finding(Level.NOTE, "title", "表題に年度がありません"),
        Finding(Level.MUST_LOOK, "outside", "表の外に文字があります", page=1, row=2, rect=Rect(1, 2, 3, 4)),
    )
    return ParsedDocument(
        programs=(_sheet(1),),
        measures=(_measure(3),),
        networks=(_network(2),),
        desks=(_desk(4),),
        report=_account(5, skips=skips, findings=findings),
    )


def test_a_line_of_each_kind_says_its_kind(mixed: ParsedDocument) -> None:
    lines = [parse_line(one) for one in mixed.in_order]
    assert [line["kind"] for line in lines] == ["sheet", "network", "measure", "desk"]
    sheet, network, measure, desk = lines
    assert (sheet["number"], sheet["budget"], sheet["grant"]) == ("1", 3021, 2266)
    assert [goal["target"] for goal in sheet["goals"]] == ["20件"]
    assert (network["one_stop_desk"], network["answers"][0]["points"]) == (
        "人権男女共同参画課",
        ["どなたでも", "匿名でも"],
    )
    assert (measure["number"], measure["departments"]) == (13, ["市長室", "教育指導支援課"])
    assert (desk["desk_kind"], desk["phones"][0]["number"], desk["proposal"]) == ("women", "03-5261-3110", True)
    for line in lines:
        assert {"page", "row", "rect", "document_sha256"} <= line.keys()


def test_a_line_of_what_was_read_from_a_picture_says_how_sure_it_is(mixed: ParsedDocument) -> None:
    assert parse_line(replace(mixed.programs[0], confidence=61.5))["confidence"] == 61.5
    assert parse_line(mixed.programs[0])["confidence"] is None


def test_lines_that_are_handed_around_leave_restricted_parts_out(mixed: ParsedDocument) -> None:
    lines = json.dumps([parse_line(one) for one in mixed.in_order], ensure_ascii=False)
    assert SECRET not in lines
    assert "連携団体" not in lines
    assert "今後の課題" in lines


def test_the_json_report_has_every_record_finding_and_skip(mixed: ParsedDocument) -> None:
    whole = json.loads(
        json.dumps(report_json([mixed], [Unreadable("a.pdf", "a.pdf：[empty] 空", "empty")]), ensure_ascii=False)
    )
    (document,) = whole["documents"]
    assert whole["unreadable"] == [{"document": "a.pdf", "code": "empty", "page": None, "message": "a.pdf：[empty] 空"}]
    assert document["rows_seen"] == document["records"] + document["skipped"] == len(document["items"]) + 1
    assert document["skips"] == [{"page": 1, "row": 5, "reason": "小計の行", "text": "計 4件"}]
    assert [(one["level"], one["rect"]) for one in document["findings"]] == [
        ("note", None),
        ("must look", [1, 2, 3, 4]),
    ]
    sections = document["items"][0]["sections"]
    assert [(one["heading"], one["is_restricted"]) for one in sections] == [("今後の課題", False), ("連携団体", True)]
    assert (whole["holds_restricted"], document["holds_restricted"]) == (True, True)


def test_no_field_of_a_record_is_lost_in_the_json_report(mixed: ParsedDocument) -> None:
    """Every word and number of the records comes out again, whatever its key is."""

    def values(thing: object) -> set[object]:
        if isinstance(thing, dict):
            return {value for one in thing.values() for value in values(one)}
        if isinstance(thing, list | tuple):
            return {value for one in thing for value in values(one)}
        return {thing.isoformat() if hasattr(thing, "isoformat") else thing}

    shown = values(report_json([mixed], []))
    for record in mixed.in_order:
        assert values(asdict(record)) <= shown


def test_the_table_says_findings_first_then_counts_then_rows(mixed: ParsedDocument) -> None:
    text = report_table([mixed], [Unreadable("a.pdf", "a.pdf：[empty] 空です")], 120)
    parts = [
        "読めなかったファイル：1件", "a.pdf：[empty] 空です", "■ example.pdf", "要確認 1件、参考 1件",
        "要確認 1ページ 2行目：表の外に文字があります [outside]", "参考　 表題に年度がありません [title]",
        "1ページ、5行＝事業の個票 1件、支援ネットワーク 1件、計画の取組 1件、相談窓口 1件＋除いた行 1（小計の行 1）",
        "除いた行：1ページ 5行目（小計の行）計 4件", MARK, f"1行目「連携団体」{SECRET}", "ページ  行  種類", "女性パーソナルサポート事業",
        "上尾市女性支援ネットワーク", "13 啓発と周知", "女性相談支援センター", "03-5261-3110",
    ]  # fmt: skip
    positions = [text.index(part) for part in parts]
    assert positions == sorted(positions)


@pytest.mark.parametrize("columns", [40, 80, 120, 300])
def test_columns_begin_at_the_same_place_of_the_screen(columns: int) -> None:
    rows = [
        ("1", "1", "事業", "北海道", "ＮＰＯと*半角*ｶﾅが混ざる名前" * 4, "011-206-6954"),
        ("12", "103", "支援ネットワーク", "埼玉県上尾市", "short", "0120-279-338（内線12345）、03-1234-5678"),
    ]
    lines = list(table(("ページ", "行", "種類", "場所", "名称", "電話番号"), rows, columns))
    rule = lines[1]
    starts = [match.start() for match in re.finditer("-+", rule)]
    assert len(starts) == 6
    for line in (lines[0], *lines[2:]):
        cells = _screen(line).ljust(len(rule))
        assert len(cells.rstrip()) <= len(rule)
        for start in starts[1:]:
            assert cells[start - 2 : start] == "  ", line
    # Nothing is cut off: a long cell goes on below.
    ends = [*(start - 2 for start in starts[1:]), None]
    for index, (start, end) in enumerate(zip(starts, ends, strict=True)):
        column = "".join(_screen(line).ljust(len(rule))[start:end].replace("\0", "").strip() for line in lines[2:])
        assert column == "".join(row[index] for row in rows)


def _screen(line: str) -> str:
    """The line as a terminal places it: a wide character takes its place and the next one."""
    return "".join(one + ("\0" if unicodedata.east_asian_width(one) in "WF" else "") for one in line)


@pytest.mark.parametrize(
    ("text", "width"),
    [("abc", 3), ("札幌市", 6), ("ｶﾞ", 2), ("か\u3099", 2), ("ＮＰＯ", 6), ("011-206", 7), ("", 0), ("①", 1)],
)
def test_width_is_that_of_the_screen(text: str, width: int) -> None:
    assert display_width(text) == width


def test_a_document_does_not_steer_the_terminal(mixed: ParsedDocument) -> None:
    attack = "\x1b[2J\x1b]0;x\x07事業\u202e\x9b31m\r\n偽の行"
    program = replace(mixed.programs[0], program_name=attack, municipality=attack)
    finding = Finding(Level.MUST_LOOK, "x", attack, page=1)
    report = replace(mixed.report, findings=(finding,), name=attack, skips=(Skip(1, 5, attack, attack),))
    text = report_table([replace(mixed, programs=(program,), report=report)], [Unreadable("a", attack)], 100)
    assert not [one for one in text if unicodedata.category(one) in {"Cc", "Cf"} and one != "\n"]
    assert not [line for line in text.splitlines() if line.startswith("偽の行")]
    assert clean("あ\n い") == "あ い"


def test_parse_reports_as_a_table() -> None:
    done = tsunagari("parse", NATIONAL_LIST, "--report", "table")
    assert (done.returncode, done.stderr) == (0, "")
    assert "確かめることはありません。" in done.stdout
    assert "15ページ、82行＝事業 82件＋除いた行 0" in done.stdout
    assert len(re.findall(r"\b0\d{1,4}-\d{1,4}-\d{4}\b", done.stdout)) >= 82


def test_parse_reports_as_json_with_what_it_could_not_read(tmp_path: Path) -> None:
    bad, output = tmp_path / "letter.pdf", tmp_path / "report.json"
    bad.write_bytes(text_pdf("お知らせ"))
    done = tsunagari("parse", bad, NATIONAL_LIST, "--report", "json", "--output", output)
    assert (done.returncode, done.stdout) == (2, "")
    assert "letter.pdf：[no-table]" in done.stderr
    whole = json.loads(output.read_text(encoding="utf-8"))
    assert [one["code"] for one in whole["unreadable"]] == ["no-table"]
    assert len(whole["documents"][0]["items"]) == 82


def test_parse_reports_as_one_html_file(tmp_path: Path) -> None:
    bad, output = tmp_path / "letter.pdf", tmp_path / "report.html"
    bad.write_bytes(text_pdf("お知らせ"))
    done = tsunagari("parse", bad, NATIONAL_LIST, "--report", "html", "--output", output)
    assert (done.returncode, done.stdout) == (2, "")
    html = output.read_text(encoding="utf-8")
    assert html.startswith("<!doctype html>")
    assert "letter.pdf：[no-table]" in html
    assert html.count("data:image/webp;base64,") == 15
    # Ten pages of such a list stay below five megabytes.
    assert len(html.encode()) / 15 * 10 < 5_000_000


def test_lines_can_go_to_a_file(tmp_path: Path) -> None:
    output = tmp_path / "list.jsonl"
    done = tsunagari("parse", NATIONAL_LIST, "--output", output)
    assert (done.returncode, done.stdout) == (0, "")
    lines = output.read_text(encoding="utf-8").splitlines()
    assert [json.loads(line)["kind"] for line in lines] == ["program"] * 82


@pytest.mark.parametrize("command", [("parse", "--report", "html", "--output"), ("import", "--report-html")])
def test_a_report_does_not_overwrite_what_it_reads(tmp_path: Path, command: tuple[str, ...]) -> None:
    path = tmp_path / "list.pdf"
    content = table_pdf([[ROW]])
    path.write_bytes(content)
    more = ("--data-dir", tmp_path / "data", "--year", 2021) if command[0] == "import" else ()
    done = tsunagari(*command, path, *more, path)
    assert done.returncode == 1
    assert "読み取るファイルには書き出せません" in done.stderr
    assert path.read_bytes() == content


def test_a_report_that_cannot_be_written_is_told(tmp_path: Path) -> None:
    path = tmp_path / "list.pdf"
    path.write_bytes(table_pdf([[ROW]]))
    done = tsunagari("parse", path, "--report", "json", "--output", tmp_path / "away" / "report.json")
    assert done.returncode == 1
    assert "report.json：書き出せません" in done.stderr
    assert "Traceback" not in done.stderr
    assert "フォルダーです" in tsunagari("parse", path, "--output", tmp_path).stderr


def test_import_writes_a_report_on_all_its_documents_and_says_what_it_said_before(tmp_path: Path) -> None:
    bad, good, again = tmp_path / "letter.pdf", tmp_path / "list.pdf", tmp_path / "report.html"
    bad.write_bytes(text_pdf("お知らせ"))
    good.write_bytes(table_pdf([[ROW, ROW]]))
    arguments = ("import", "--year", 2021, bad, good)
    plain = tsunagari(*arguments, "--data-dir", tmp_path / "one")
    done = tsunagari(*arguments, "--data-dir", tmp_path / "two", "--report-html", again)
    assert (done.returncode, done.stderr) == (plain.returncode, plain.stderr)
    assert _without_suffix(done.stdout) == _without_suffix(plain.stdout)
    html = again.read_text(encoding="utf-8")
    assert "letter.pdf：[no-table]" in html
    assert html.count("<article") == 2
    # What building the generation finds (here the same programme twice) is on top too.
    codes = set(re.findall(r"\[([a-z-]+)\]", done.stdout))
    assert codes
    assert codes <= set(re.findall(r"<code>([a-z-]+)</code>", html))


def _without_suffix(text: str) -> str:
    """A generation's name has a random part."""
    return re.sub(r"世代 1_\w+", "世代 1", text)


def test_an_import_that_reads_nothing_still_says_why(tmp_path: Path) -> None:
    bad, output = tmp_path / "letter.pdf", tmp_path / "report.html"
    bad.write_bytes(text_pdf("お知らせ"))
    done = tsunagari("import", "--data-dir", tmp_path / "data", "--year", 2021, bad, "--report-html", output)
    assert done.returncode == 2
    assert "letter.pdf：[no-table]" in output.read_text(encoding="utf-8")
