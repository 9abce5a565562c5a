"""The report as a table for a terminal: plain text, aligned by the width that characters have there (UAX #11)."""

from __future__ import annotations

import unicodedata
from collections import Counter
from collections.abc import Iterator, Sequence

from tsunagari.lines import Unreadable
from tsunagari_parsers.desks import Desk
from tsunagari_parsers.records import Measure, Network, Program
from tsunagari_parsers.report import Finding, Level, ParsedDocument, ParseReport, Record
from tsunagari_site.report_fields import kind_name

_HEADINGS = ("ページ", "行", "種類", "場所", "名称", "電話番号")
_RIGHT = (0, 1)
_GAP = "  "
#: The columns' widest: page, row, kind, place, name (what is left), phone.
_WIDEST = (6, 5, 16, 20, 0, 22)
_NARROWEST_NAME = 16
_SHOWN_TEXT = 60


def display_width(text: str) -> int:
    """How many places the text takes: two for wide and full-width characters, none for marks that combine.

    Ambiguous ones (①, ※) take one, as in terminals that follow Unicode; a terminal set to legacy widths shows them wider.
    """
    return sum(_width(character) for character in text)


def clean(text: str) -> str:
    """The text on one line without control characters: a document must not steer the terminal, nor turn its text around."""
    return " ".join(
        "".join("�" if unicodedata.category(one) in {"Cc", "Cf"} else one for one in part) for part in text.split()
    )


def report_table(documents: Sequence[ParsedDocument], unreadable: Sequence[Unreadable], columns: int) -> str:
    """The report of all documents, at most ``columns`` wide where that leaves room for names."""
    blocks = []
    if unreadable:
        blocks.append(
            [f"読めなかったファイル：{len(unreadable)}件", *(f"  {clean(one.message)}" for one in unreadable)]
        )
    blocks += [list(_document(one, columns)) for one in documents]
    return "\n\n".join("\n".join(block) for block in blocks) + "\n"


def _document(parsed: ParsedDocument, columns: int) -> Iterator[str]:
    report = parsed.report
    yield f"■ {clean(report.name)}"
    yield from _findings(report)
    yield from _counts(parsed)
    for skip in report.skips:
        text = clean(skip.text)
        shown = text if len(text) <= _SHOWN_TEXT else text[:_SHOWN_TEXT] + "…"
        yield f"  除いた行：{skip.page}ページ {skip.row}行目（{clean(skip.reason)}）{shown}"
    if parsed.has_restricted:
        yield "  管理者だけの情報（公開しません）："
        for program in parsed.programs:
            for section in program.sections:
                if section.is_restricted:
                    yield f"    {program.provenance.row}行目「{clean(section.heading)}」{clean(section.text)}"
    yield ""
    yield from table(_HEADINGS, [_row(one) for one in parsed.in_order], columns)


def _findings(report: ParseReport) -> Iterator[str]:
    ordered = sorted(report.findings, key=lambda one: one.level is not Level.MUST_LOOK)
    must = sum(one.level is Level.MUST_LOOK for one in ordered)
    if not ordered:
        yield "  確かめることはありません。"
        return
    yield f"  要確認 {must}件、参考 {len(ordered) - must}件"
    for one in ordered:
        mark = "要確認" if one.level is Level.MUST_LOOK else "参考　"
        yield f"    {mark} {_where(one)}{clean(one.message)} [{one.code}]"


def _where(one: Finding) -> str:
    page = f"{one.page}ページ" if one.page else ""
    row = f"{one.row}行目" if one.row else ""
    return f"{' '.join(part for part in (page, row) if part)}：" if page or row else ""


def _counts(parsed: ParsedDocument) -> Iterator[str]:
    report = parsed.report
    kinds = Counter(kind_name(one) for one in parsed.in_order)
    by_kind = "、".join(f"{kind} {count}件" for kind, count in kinds.items())
    reasons = Counter(clean(skip.reason) for skip in report.skips)
    skipped = "、".join(f"{reason} {count}" for reason, count in reasons.items())
    yield f"  {report.pages}ページ、{report.rows_seen}行＝{by_kind}＋除いた行 {len(report.skips)}{f'（{skipped}）' if skipped else ''}"


def _row(record: Record) -> tuple[str, ...]:
    at = record.provenance
    place, name, phones = _shown(record)
    cells = (
        str(at.page) if at else "-",
        str(at.row) if at else "-",
        kind_name(record),
        place,
        name or "（なし）",
        phones,
    )
    return tuple(clean(cell) for cell in cells)


def _shown(record: Record) -> tuple[str, str, str]:
    """Place, name and phones."""
    match record:
        case Program():
            phones = "、".join(
                one.number + (f"（内線{one.extension}）" if one.extension else "") for one in record.phones
            )
            return f"{record.prefecture}{record.municipality or ''}", record.program_name, phones or "（なし）"
        case Measure():
            return f"{record.prefecture}{record.municipality}", f"{record.number} {record.heading}", "-"
        case Network():
            return f"{record.prefecture}{record.municipality}", record.name, "-"
        case Desk():
            phones = "、".join(one.number for one in record.phones)
            return record.municipality or record.prefecture or "全国", record.name, phones or "（なし）"


def table(headings: Sequence[str], rows: Sequence[Sequence[str]], columns: int) -> Iterator[str]:
    """Lines of a table whose columns begin at the same place of the screen; a cell that is too long goes on in the next line."""
    natural = [max(display_width(row[index]) for row in (headings, *rows)) for index in range(len(headings))]
    widths = [min(width, widest or width) for width, widest in zip(natural, _WIDEST, strict=True)]
    flexible = _WIDEST.index(0)
    others = sum(widths) - widths[flexible] + len(_GAP) * (len(widths) - 1)
    widths[flexible] = min(widths[flexible], max(_NARROWEST_NAME, columns - others))
    yield from _lines(headings, widths)
    yield _GAP.join("-" * width for width in widths)
    for row in rows:
        yield from _lines(row, widths)


def _lines(row: Sequence[str], widths: Sequence[int]) -> Iterator[str]:
    wrapped = [_wrapped(cell, width) for cell, width in zip(row, widths, strict=True)]
    for number in range(max(map(len, wrapped))):
        cells = [
            _padded(lines[number] if number < len(lines) else "", width, right=index in _RIGHT)
            for index, (lines, width) in enumerate(zip(wrapped, widths, strict=True))
        ]
        yield _GAP.join(cells).rstrip()


def _wrapped(text: str, width: int) -> list[str]:
    lines, line, used = [], "", 0
    for character in text:
        needed = _width(character)
        if used + needed > width and line:
            lines.append(line)
            line, used = "", 0
        line += character
        used += needed
    return [*lines, line]


def _padded(text: str, width: int, *, right: bool) -> str:
    space = " " * (width - display_width(text))
    return space + text if right else text + space


def _width(character: str) -> int:
    if unicodedata.combining(character) or unicodedata.category(character) in {"Mn", "Me", "Cf"}:
        return 0
    return 2 if unicodedata.east_asian_width(character) in {"W", "F"} else 1
