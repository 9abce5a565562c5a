"""The Cabinet Office's yearly list of programmes: one ruled table over many pages, a row for each programme.

Columns 都道府県, 実施主体, 事業名, 事業概要 and, under 「事業の詳細についての問い合わせ先」, 担当部署 and 電話番号. The prefecture is a merged
cell beside the rows of its bodies; where a page ends within it, its text stands on one of the two pages only.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from tsunagari_parsers.columns import Header, find_header, known_column_names
from tsunagari_parsers.layouts.base import Layout, LayoutResult, Source
from tsunagari_parsers.phones import find_extension, find_note, find_numbers, remainder
from tsunagari_parsers.places import municipalities_named, prefecture_named
from tsunagari_parsers.records import Phone, Program, Provenance, Rect, SourceKind
from tsunagari_parsers.report import Finding, Level, Skip
from tsunagari_parsers.tables import Cell, Table
from tsunagari_parsers.text import comparable, join_name, join_wrapped

_EMPTY = "事業名も事業概要もない行"
_FOREIGN = "見出しがなく、列の位置も一覧と違う表の行"
#: Columns of a page without a header are those of the page before if none lies further off (points).
_COLUMN_TOLERANCE = 3.0
_REQUIRED = frozenset({"prefecture", "implementing_body", "program_name", "description", "department", "phone"})


@dataclass(frozen=True, slots=True)
class _Row:
    """The cells of one programme, by field, with its place in the document."""

    page: int
    number: int
    rect: Rect
    cells: dict[str, Cell]
    prefecture: str
    is_first_of_page: bool
    is_last_of_page: bool

    def text(self, field: str) -> str:
        cell = self.cells.get(field)
        return cell.text if cell else ""


def recognises(source: Source) -> bool:
    """Whether any table of the document has all the columns of the national list."""
    return any(_header(table) for page in source.pages for table in page.tables)


def read(source: Source) -> LayoutResult:
    """Every row of every table, in the order of the paper."""
    rows, skips = _rows(source)
    seen = len(rows) + len(skips)
    findings: list[Finding] = []
    programs = []
    header = next(found for page in source.pages for table in page.tables if (found := _header(table)))
    for row in _carry_prefectures(rows):
        program, own = _program(row, header, source.sha256)
        if program is None:
            skips.append(Skip(row.page, row.number, _EMPTY, " / ".join(_texts(row))))
            if _texts(row):
                findings.append(
                    _must_look("row-without-program", "事業名も事業概要もない行です", row, " / ".join(_texts(row)))
                )
        else:
            programs.append(program)
        findings += own
    findings += _header_findings(header)
    findings += _page_findings(source, {row.page for row in rows})
    findings += [
        Finding(Level.MUST_LOOK, "row-outside-list", f"{skip.reason}に文字があります", skip.page, skip.row, skip.text)
        for skip in skips
        if skip.reason != _EMPTY and skip.text.strip(" /")
    ]
    return LayoutResult(seen, tuple(programs), skips=tuple(skips), findings=tuple(findings))


LAYOUT = Layout(name="national_list", rank=10, series="national_list", recognises=recognises, read=read)


def _header(table: Table) -> Header | None:
    return find_header(table, known_column_names(), _REQUIRED)


def _header_findings(header: Header) -> list[Finding]:
    """Columns that are read by nobody: a second one of a field hides what it says, an unknown one may say what matters."""
    repeated = [
        Finding(Level.MUST_LOOK, "column-twice", f"同じ意味の列がもう1つあり、読まれていません：「{text}」", value=text)
        for text in header.repeated
    ]
    unmapped = [
        Finding(Level.NOTE, "column-unknown", f"意味の分からない列があり、読まれていません：「{text}」", value=text)
        for text in header.unmapped
    ]
    return repeated + unmapped


def _page_findings(source: Source, pages_with_rows: set[int]) -> list[Finding]:
    """Pages and lines of text that may belong to the list and became no row of it."""
    findings = []
    for page in source.pages:
        if page.page not in pages_with_rows and (page.characters or page.pictures):
            message = "このページからは事業を1つも読み取れませんでした"
            findings.append(Finding(Level.MUST_LOOK, "page-without-rows", message, page=page.page))
        beside = [
            line.text
            for line in page.outside
            for table in page.tables
            if table.rect.top < (line.rect.top + line.rect.bottom) / 2 < table.rect.bottom
        ]
        if beside:
            message = f"表の横に、どの欄にも入らない文字があります：「{' / '.join(beside)[:60]}」"
            findings.append(
                Finding(Level.MUST_LOOK, "text-beside-table", message, page=page.page, value=" / ".join(beside))
            )
    return findings


def _rows(source: Source) -> tuple[list[_Row], list[Skip]]:
    """The rows of all pages; a table without a header goes on with the columns of the one before it, if it has the same."""
    rows: list[_Row] = []
    skips: list[Skip] = []
    columns: dict[str, tuple[float, float]] = {}
    lefts: tuple[float, ...] = ()
    number = 0
    for page in source.pages:
        of_page: list[_Row] = []
        for table in page.tables:
            header = _header(table)
            if header:
                columns = {field: _span(table, at) for field, at in header.columns.items()}
                lefts = table.column_lefts
            known = columns if header or _same_columns(table.column_lefts, lefts) else {}
            for first, last in _bands(table, header.rows if header else 0, known):
                number += 1
                cells = _cells(table, first, last, known)
                if not cells:
                    skips.append(Skip(page.page, number, _FOREIGN, _band_text(table, first, last)))
                    continue
                rect = Rect(
                    table.rect.x0,
                    table.row_tops[first],
                    table.rect.x1,
                    table.row_tops[last + 1] if last + 1 < len(table.row_tops) else table.rect.bottom,
                )
                of_page.append(_Row(page.page, number, rect.rounded(), cells, "", False, False))
        if of_page:
            of_page[0] = replace(of_page[0], is_first_of_page=True)
            of_page[-1] = replace(of_page[-1], is_last_of_page=True)
        rows += of_page
    return rows, skips


def _same_columns(some: Sequence[float], others: Sequence[float]) -> bool:
    return len(some) == len(others) and all(abs(x - y) <= _COLUMN_TOLERANCE for x, y in zip(some, others, strict=True))


def _span(table: Table, columns: range) -> tuple[float, float]:
    """The horizontal extent of some columns of the grid, in points."""
    lefts = (*table.column_lefts, table.rect.x1)
    return lefts[columns.start], lefts[columns.stop]


def _bands(table: Table, header_rows: int, columns: dict[str, tuple[float, float]]) -> Iterator[tuple[int, int]]:
    """The first and last grid row of each programme: its name's cell says how high it is."""
    row = header_rows
    while row < len(table.row_tops):
        last = row
        if columns:
            name = _cell_at(table, row, columns["program_name"])
            if name is not None:
                last = max(row, name.last_row)
        yield row, last
        row = last + 1


def _cells(table: Table, first: int, last: int, columns: dict[str, tuple[float, float]]) -> dict[str, Cell]:
    """The cell of each field; cells below one another in the band are read as one."""
    found = {}
    for field, span in columns.items():
        parts: list[Cell] = []
        for row in range(first, last + 1):
            cell = _cell_at(table, row, span)
            if cell is not None and cell not in parts:
                parts.append(cell)
        if parts:
            lines = tuple(line for part in parts for line in part.lines)
            overwritten = any(part.is_overwritten for part in parts)
            found[field] = replace(
                parts[0], lines=lines, bottom_drawn=parts[-1].bottom_drawn, is_overwritten=overwritten
            )
    return found


def _cell_at(table: Table, row: int, span: tuple[float, float]) -> Cell | None:
    middle = (span[0] + span[1]) / 2
    for cell in table.cells:
        if cell.row <= row <= cell.last_row and cell.rect.x0 <= middle <= cell.rect.x1:
            return cell
    return None


def _band_text(table: Table, first: int, last: int) -> str:
    return " / ".join(join_name(cell.text.split("\n")) for cell in table.cells if first <= cell.row <= last)


def _texts(row: _Row) -> list[str]:
    return [" ".join(cell.text.split()) for cell in row.cells.values() if cell.text.strip()]


def _carry_prefectures(rows: Sequence[_Row]) -> list[_Row]:
    """Each row with its prefecture: its own cell's, or that of the other half of a cell that a page break cut in two.

    An empty cell at the head of a page goes on from the page before; an empty one at its foot, if its lower edge is not
    drawn, goes on on the next page. An empty cell anywhere else stays empty: nothing is filled forward without a span.
    """
    texts = [join_name(row.text("prefecture").split("\n")) for row in rows]
    known = list(texts)
    for index, row in enumerate(rows):
        if not known[index] and index and _same_cell(rows[index - 1], row, known[index - 1]):
            known[index] = known[index - 1]
    for index in reversed(range(len(rows) - 1)):
        row, after = rows[index], rows[index + 1]
        if known[index]:
            continue
        within = row.page == after.page and row.cells.get("prefecture") == after.cells.get("prefecture")
        over = row.page != after.page and _open_below(row)
        if within or over:
            known[index] = known[index + 1]
    return [replace(row, prefecture=text) for row, text in zip(rows, known, strict=True)]


def _same_cell(before: _Row, row: _Row, text: str) -> bool:
    if before.page == row.page:
        return bool(text) and before.cells.get("prefecture") == row.cells.get("prefecture")
    return (
        row.is_first_of_page and before.is_last_of_page and not (_open_below(before) and not before.text("prefecture"))
    )


def _open_below(row: _Row) -> bool:
    cell = row.cells.get("prefecture")
    return cell is not None and not cell.bottom_drawn


def _program(row: _Row, header: Header, sha256: str) -> tuple[Program | None, list[Finding]]:
    name = join_name(row.text("program_name").split("\n"))
    body_cell = row.cells.get("description")
    description = join_wrapped((line.text, line.is_full) for line in body_cell.lines) if body_cell else ""
    if not name and not description:
        return None, []
    findings = _check_text(row, name, description)
    body = join_name(row.text("implementing_body").split("\n"))
    phones, found = _phones(row, header)
    findings += found
    department = join_name(row.text("department").split("\n"))
    if not department:
        findings.append(_missing("no-department", "担当部署", row, "department"))
    findings += _check_place(row, body)
    if find_numbers(department):
        findings.append(
            _must_look("phone-in-department", f"担当部署の欄に電話番号があります：「{department}」", row, department)
        )
    findings += [
        _must_look(
            "text-over-rule", "文字が重なっています。となりの欄の文字が混ざっているかもしれません", row, cell.text
        )
        for cell in row.cells.values()
        if cell.is_overwritten
    ]
    program = Program(
        source_kind=SourceKind.NATIONAL_LIST,
        prefecture=row.prefecture,
        municipality=None if comparable(body) == comparable(row.prefecture) else body,
        program_name=name,
        description=description,
        department=department,
        phones=phones,
        provenance=Provenance(sha256, row.page, row.rect, row.number),
    )
    return program, findings


def _phones(row: _Row, header: Header) -> tuple[tuple[Phone, ...], list[Finding]]:
    raw = row.text("phone")
    numbers = find_numbers(raw.replace("\n", " "))
    findings = []
    if not raw.strip():
        findings.append(_missing("no-phone", "電話番号", row, "phone"))
    elif not numbers or remainder(raw):
        findings.append(
            _must_look("phone-not-understood", f"電話番号を読み取れません：「{' '.join(raw.split())}」", row, raw)
        )
    elif len(numbers) > 1:
        findings.append(_must_look("several-phones", f"1つの欄に電話番号が{len(numbers)}つあります", row, raw))
    extension, note = find_extension(raw), find_note(raw)
    phones = tuple(
        Phone(
            number=number,
            raw=raw,
            extension=extension if index == 0 else None,
            note=note if index == 0 else None,
            role=header.phone_role,
            role_evidence=header.role_evidence,
        )
        for index, number in enumerate(numbers)
    )
    return phones, findings


def _check_text(row: _Row, name: str, description: str) -> list[Finding]:
    if not name:
        return [_must_look("no-name", "事業名がありません", row, description[:40])]
    if not description:
        return [_must_look("no-description", "事業概要がありません", row, name)]
    return []


def _check_place(row: _Row, body: str) -> list[Finding]:
    prefecture = prefecture_named(row.prefecture)
    if prefecture is None:
        return [_must_look("unknown-prefecture", f"都道府県「{row.prefecture}」を確かめられません", row, body)]
    if not body:
        return [_must_look("no-body", "実施主体がありません", row, row.prefecture)]
    if comparable(body) != comparable(row.prefecture) and not municipalities_named(body, prefecture):
        return [_must_look("place-not-in-prefecture", f"「{body}」は{row.prefecture}の市区町村にありません", row, body)]
    return []


def _missing(code: str, what: str, row: _Row, field: str) -> Finding:
    """An empty cell is the paper's own gap; a row without that cell may have lost it in reading."""
    if field in row.cells:
        return Finding(Level.NOTE, code, f"{what}の欄が空です", page=row.page, row=row.number)
    return _must_look(code, f"{what}の欄が見つかりません", row, "")


def _must_look(code: str, message: str, row: _Row, value: str) -> Finding:
    return Finding(Level.MUST_LOOK, code, message, page=row.page, row=row.number, value=value)
