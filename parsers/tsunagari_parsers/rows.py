"""From the tables of a document to the rows of one list: whatever a list layout needs to know before it knows its subject.

A list is one table that goes on over pages, or many. Its header stands on every page, on the first, or again in the middle; its
sections (「■北海道」) stand in rows of their own or in lines above a table; a row may go on over a page break. Nothing is filled
forward without a span, and every band of the grid is a row or a named skip.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from tsunagari_parsers.columns import Accepts, ColumnNames, Header, find_headers
from tsunagari_parsers.list_rows import (
    EMPTY,
    FOREIGN,
    NOTE,
    OTHER,
    SECTION,
    TOTAL,
    UNJOINED,
    WITHHELD,
    ListRow,
    ListRows,
)
from tsunagari_parsers.page_breaks import join_over_pages, with_carried
from tsunagari_parsers.phones import find_numbers
from tsunagari_parsers.places import municipalities_named
from tsunagari_parsers.placing import PlaceWords, place_of_heading
from tsunagari_parsers.records import Rect
from tsunagari_parsers.report import Finding, Level, Skip
from tsunagari_parsers.tables import Cell, PageTables, Table
from tsunagari_parsers.text import comparable, join_name
from tsunagari_parsers.wrapped import column_limit

#: Columns of a page without a header are those of the page before if none lies further off (points).
_COLUMN_TOLERANCE = 3.0
#: The same where the alignment of text made the columns.
_UNRULED_TOLERANCE = 12.0

_TOTAL = re.compile(
    r"(?:総?合計|小計|総計|計|全国計|都道府県計|市区?町村計)(?:[(][^()]*[)])?(?:[::]?[\d,]+(?:件|事業|団体|自治体|市区?町村|か所|箇所|千円|円))*"
    r"|.{1,8}(?:合計|小計)"
)
_NOTE_MARK = re.compile(r"[※*]|[(]?注(?:意|釈|記)?[)\d:.]|備考[::]")
_BODY_FIELDS = frozenset({"description", "phone", "contact", "department", "hours"})


def has_list(pages: Sequence[PageTables], names: ColumnNames, accepts: Accepts) -> bool:
    """Whether any table of the document has a header that ``accepts`` takes."""
    return any(find_headers(table, names, accepts) for page in pages for table in page.tables)


def read_rows(pages: Sequence[PageTables], names: ColumnNames, accepts: Accepts, key: str) -> ListRows:
    """Every row of every table.

    Args:
        pages: the document's pages in their order.
        names: what columns mean.
        accepts: whether the fields of a header make it one of this list.
        key: the field whose cell says how high a row is (``program_name``, ``name``).
    """
    items: list[ListRow | Skip] = []
    headers: list[Header] = []
    state = _State()
    repeated = _lines_of_many_pages(pages)
    below: PlaceWords | None = None
    for page in pages:
        of_page: list[ListRow | Skip] = []
        above = 0.0
        for table in page.tables:
            found = find_headers(table, names, accepts)
            heading = _heading_above(page, table, above)
            # A heading at the foot of a page, whose table begins on the next one.
            state.enter(heading or (below if found and found[0][0] == 0 else None))
            below = None
            above = table.rect.bottom
            headers += [header for _, header in found]
            of_page += _table_items(table, found, state, key)
        if of_page and isinstance(of_page[0], ListRow):
            of_page[0] = replace(of_page[0], is_first_of_page=True)
        if of_page and isinstance(of_page[-1], ListRow):
            of_page[-1] = replace(of_page[-1], is_last_of_page=True)
        items += of_page
        below = _heading_below(page, above, repeated) if page.tables else below
    joined = join_over_pages(items, key)
    numbered = [
        replace(item, number=at) if isinstance(item, ListRow) else replace(item, row=at)
        for at, item in enumerate(joined, start=1)
    ]
    rows = [item for item in numbered if isinstance(item, ListRow)]
    rows = _with_limits(with_carried(rows))
    skips = [item for item in numbered if isinstance(item, Skip)]
    findings = _skip_findings(skips)
    findings += _page_findings(pages, rows, skips, withheld=any(header.addresses for header in headers))
    return ListRows(tuple(rows), tuple(skips), tuple(findings), tuple(headers), _title(pages), _unit(pages))


class _State:
    """What holds from table to table: the columns of the header before, and the section."""

    def __init__(self) -> None:
        self.header: Header | None = None
        self.table: Table | None = None
        self.section = PlaceWords()

    def enter(self, heading: PlaceWords | None) -> None:
        """Into another section. A municipality without a prefecture stays in that of the section before."""
        if heading is not None:
            inherited = "" if heading.prefecture or not heading.municipality else self.section.prefecture
            self.section = PlaceWords(heading.prefecture or inherited, heading.municipality)


def _heading_above(page: PageTables, table: Table, above: float) -> PlaceWords | None:
    """The place that the nearest line between a table and the one above it names, if that is all it says."""
    lines = [line for line in page.outside if above - 1 <= line.rect.top and line.rect.bottom <= table.rect.top + 1]
    for line in sorted(lines, key=lambda line: -line.rect.top):
        place = place_of_heading(line.text)
        if place:
            return place
    return None


def _heading_below(page: PageTables, above: float, repeated: frozenset[str]) -> PlaceWords | None:
    """The place that the last line below a page's tables names; what stands at the foot of several pages names none."""
    lines = [line for line in page.outside if above - 1 <= line.rect.top and comparable(line.text) not in repeated]
    places = (place_of_heading(line.text) for line in sorted(lines, key=lambda line: -line.rect.top))
    return next((place for place in places if place), None)


def _lines_of_many_pages(pages: Sequence[PageTables]) -> frozenset[str]:
    counts = Counter(text for page in pages for text in {comparable(line.text) for line in page.outside})
    return frozenset(text for text, count in counts.items() if count > 1)


def _with_limits(rows: Sequence[ListRow]) -> list[ListRow]:
    """The rows with how far the lines of their columns go; a column is known by its edges."""
    columns: dict[tuple[str, int, int], list[Cell]] = {}
    for row in rows:
        for field, cell in row.cells.items():
            columns.setdefault(_column_key(field, cell), []).append(cell)
    limits = {key: column_limit(cells) for key, cells in columns.items()}
    return [
        replace(
            row,
            limits={
                field: limit
                for field, cell in row.cells.items()
                if (limit := limits[_column_key(field, cell)]) is not None
            },
        )
        for row in rows
    ]


def _column_key(field: str, cell: Cell) -> tuple[str, int, int]:
    return field, round(cell.rect.x0 / _COLUMN_TOLERANCE), round(cell.rect.x1 / _COLUMN_TOLERANCE)


def _table_items(
    table: Table, found: Sequence[tuple[int, Header]], state: _State, key: str
) -> Iterator[ListRow | Skip]:
    starts = dict(found)
    goes_on = 0 in starts or (state.table is not None and _goes_on(table, state.table, state.header))
    is_withheld = state.header is not None and bool(state.header.addresses)
    may_be_list = bool(starts) or is_withheld or _may_be_list(table)
    row = 0
    while row < len(table.row_tops):
        if row in starts:
            state.header, state.table, goes_on = starts[row], table, True
            row += starts[row].rows
            continue
        columns = state.header.columns if goes_on and state.header else {}
        spans = {field: _span(state.table, at) for field, at in columns.items()} if state.table else {}
        kept_out = [_span(state.table, at) for at in state.header.addresses] if state.table and state.header else []
        heading = _heading_of(table, row, spans.get("prefecture"), kept_out) if spans or starts else None
        if heading:
            yield _heading_item(table, row, heading, state)
            row += 1
            continue
        last = _last_of_band(table, row, spans[key]) if spans else row
        last = min(last, min((start - 1 for start in starts if start > row), default=last))
        cells = _cells(table, row, last, spans)
        if kept_out:
            cells = {field: _without_foreign_text(cell) if field != key else cell for field, cell in cells.items()}
        text = " / ".join(_cell_texts(table, row, last, kept_out if spans else ()))
        if not spans or state.header is None:
            # Which of these columns holds addresses, nobody knows.
            reason = FOREIGN if may_be_list else OTHER
            yield Skip(table.page, 0, reason, WITHHELD if kept_out and text.strip(" /") else text)
        elif not any(cell.text.strip() for cell in cells.values()):
            yield Skip(table.page, 0, EMPTY, text)
        elif _is_total(cells):
            yield Skip(table.page, 0, TOTAL, text)
        else:
            bottom = table.row_tops[last + 1] if last + 1 < len(table.row_tops) else table.rect.bottom
            rect = Rect(table.rect.x0, table.row_tops[row], table.rect.x1, bottom).rounded()
            yield ListRow(table.page, table.page, 0, rect, cells, state.header, state.section)
        row = last + 1


def _may_be_list(table: Table) -> bool:
    """Whether a table without a known header may hold rows of a list: it names municipalities, or numbers that can be dialled."""
    return any(
        find_numbers(cell.text) or municipalities_named("".join(cell.text.split()))
        for cell in table.cells
        if cell.lines
    )


def _goes_on(table: Table, before: Table, header: Header | None) -> bool:
    """Whether a table without a header has the columns of the one before it.

    A header of two rows may have more columns than its rows: what counts are the edges between the cells of data. Every edge
    of a field must be there, and no edge that the table before did not have.
    """
    if header is None:
        return False
    tolerance = _COLUMN_TOLERANCE if table.is_ruled and before.is_ruled else _UNRULED_TOLERANCE
    if _same(table.column_lefts, before.column_lefts, tolerance):
        return True
    if abs(table.rect.x0 - before.rect.x0) > tolerance or abs(table.rect.x1 - before.rect.x1) > tolerance:
        return False
    fields = {x for at in header.columns.values() for x in _span(before, at)}
    have = [*table.column_lefts, table.rect.x1]
    had = [*before.column_lefts, before.rect.x1]
    return all(_near(x, have, tolerance) for x in fields) and all(_near(x, had, tolerance) for x in have)


def _same(some: Sequence[float], others: Sequence[float], tolerance: float) -> bool:
    return len(some) == len(others) and all(abs(x - y) <= tolerance for x, y in zip(some, others, strict=True))


def _near(x: float, others: Sequence[float], tolerance: float) -> bool:
    return any(abs(x - other) <= tolerance for other in others)


def _span(table: Table, columns: range) -> tuple[float, float]:
    """The horizontal extent of some columns of the grid, in points."""
    lefts = (*table.column_lefts, table.rect.x1)
    return lefts[columns.start], lefts[columns.stop]


def _last_of_band(table: Table, row: int, span: tuple[float, float]) -> int:
    """The last grid row of the row that begins at ``row``: its key cell says how high it is."""
    return max((cell.last_row for cell in _cells_at(table, row, span)), default=row)


def _cells(table: Table, first: int, last: int, spans: Mapping[str, tuple[float, float]]) -> dict[str, Cell]:
    """The cell of each field; cells below and beside one another in its columns are read as one."""
    found = {}
    for field, span in spans.items():
        parts: list[Cell] = []
        for row in range(first, last + 1):
            parts += [cell for cell in _cells_at(table, row, span) if cell not in parts]
        if parts:
            found[field] = replace(
                parts[0],
                lines=tuple(line for part in parts for line in part.lines),
                bottom_drawn=parts[-1].bottom_drawn,
                is_overwritten=any(part.is_overwritten for part in parts),
            )
    return found


def _without_foreign_text(cell: Cell) -> Cell:
    """A cell into which text of another column has run is empty in a list with addresses: that text may be one."""
    return replace(cell, lines=()) if cell.is_overwritten else cell


def _cells_at(table: Table, row: int, span: tuple[float, float]) -> list[Cell]:
    middle = (span[0] + span[1]) / 2
    return [
        cell
        for cell in table.cells
        if cell.row <= row <= cell.last_row
        and (cell.rect.x0 <= middle <= cell.rect.x1 or span[0] <= (cell.rect.x0 + cell.rect.x1) / 2 <= span[1])
    ]


def _cell_texts(table: Table, first: int, last: int, without: Sequence[tuple[float, float]] = ()) -> list[str]:
    """The texts of the cells that begin in these rows, but those of columns of addresses, which are not kept."""
    return [
        join_name(cell.text.split("\n"))
        for cell in table.cells
        if first <= cell.row <= last and not any(span[0] <= _middle(cell) <= span[1] for span in without)
    ]


@dataclass(frozen=True, slots=True)
class _Heading:
    """A row of the grid that is no row of the list. ``place`` None: it names none."""

    reason: str
    place: PlaceWords | None


def _heading_of(
    table: Table, row: int, prefecture: tuple[float, float] | None, addresses: Sequence[tuple[float, float]]
) -> _Heading | None:
    """What a row says in which one cell only has text: a place, a note, a sum, another heading; None: it is a row.

    A single cell over all columns is always one of these; a text in one column only is one if it is a place's name, and a
    prefecture's name in the column of the prefectures is a row whose other cells are empty. What stands in a column of
    addresses is no heading.
    """
    cells = [cell for cell in table.cells if cell.row <= row <= cell.last_row]
    said = [cell for cell in cells if cell.text.strip()]
    if len(said) != 1 or said[0].row != row or said[0].last_row != row:
        return None
    text = join_name(said[0].text.split("\n"))
    spans_all = len(table.column_lefts) > 1 and said[0].last_column - said[0].column + 1 == len(table.column_lefts)
    if not spans_all and any(span[0] <= _middle(said[0]) <= span[1] for span in addresses):
        return None
    place = place_of_heading(text)
    if place and not spans_all and prefecture and prefecture[0] <= _middle(said[0]) <= prefecture[1]:
        return None
    if place:
        return _Heading(SECTION, place)
    plain = comparable(text)
    if _TOTAL.fullmatch(plain):
        return _Heading(TOTAL, None)
    if _NOTE_MARK.match(plain) and (spans_all or said[0].column == 0):
        return _Heading(NOTE, None)
    return _Heading(SECTION, None) if spans_all else None


def _middle(cell: Cell) -> float:
    return (cell.rect.x0 + cell.rect.x1) / 2


def _heading_item(table: Table, row: int, heading: _Heading, state: _State) -> Skip:
    if heading.reason == SECTION:
        state.enter(heading.place or PlaceWords())
    return Skip(table.page, 0, heading.reason, " / ".join(filter(None, _cell_texts(table, row, row))))


def _is_total(cells: Mapping[str, Cell]) -> bool:
    """Whether a row is a sum: it says so in one cell, perhaps over several columns, and has nothing of what a programme or a desk has."""
    sums = [cell for cell in cells.values() if _TOTAL.fullmatch(comparable(cell.text))]
    return bool(sums) and not any(
        cells[field].text.strip() for field in _BODY_FIELDS & cells.keys() if cells[field] not in sums
    )


def _skip_findings(skips: Sequence[Skip]) -> list[Finding]:
    findings = []
    others: list[Skip] = []
    for skip in skips:
        if not skip.text.strip(" /"):
            continue
        if skip.reason in {FOREIGN, EMPTY}:
            findings.append(_finding("row-outside-list", f"{skip.reason}に文字があります", skip))
        elif skip.reason == UNJOINED:
            message = "前のページの行の続きかもしれませんが、罫線で閉じているため、つなげていません"
            findings.append(_finding("row-not-joined", message, skip))
        elif skip.reason == OTHER:
            if not others or others[-1].page != skip.page:
                others.append(skip)
                message = "一覧ではない表があり、取り込んでいません"
                findings.append(_finding("table-outside-list", message, skip, Level.NOTE))
        elif skip.reason == NOTE:
            findings.append(_finding("note-row", "表の中に注があります", skip, Level.NOTE))
        elif skip.reason == SECTION and place_of_heading(skip.text) is None:
            findings.append(_finding("section-unknown", "場所の名前ではない見出しの行があります", skip, Level.NOTE))
    return findings


def _finding(code: str, message: str, skip: Skip, level: Level = Level.MUST_LOOK) -> Finding:
    return Finding(level, code, message, skip.page, skip.row, skip.text)


def _page_findings(
    pages: Sequence[PageTables], rows: Sequence[ListRow], skips: Sequence[Skip], *, withheld: bool
) -> list[Finding]:
    """Pages and lines of text that may belong to the list and became no row of it."""
    findings = []
    read = {page for row in rows for page in range(row.page, row.last_page + 1)}
    read |= {skip.page for skip in skips if skip.reason in {TOTAL, NOTE, SECTION, UNJOINED, OTHER}}
    for page in pages:
        if page.page not in read and (page.characters or page.pictures):
            message = "このページからは1件も読み取れませんでした"
            findings.append(Finding(Level.MUST_LOOK, "page-without-rows", message, page=page.page))
        beside = [
            line.text
            for line in page.outside
            for table in page.tables
            if table.rect.top < (line.rect.top + line.rect.bottom) / 2 < table.rect.bottom
        ]
        if beside:
            value = WITHHELD if withheld else " / ".join(beside)
            message = f"表の横に、どの欄にも入らない文字があります：「{value[:60]}」"
            findings.append(Finding(Level.MUST_LOOK, "text-beside-table", message, page=page.page, value=value))
    return findings


def _title(pages: Sequence[PageTables]) -> tuple[str, ...]:
    """The lines above the first table of the document."""
    first = next((page for page in pages if page.tables), None)
    if first is None:
        return ()
    top = first.tables[0].rect.top
    before = [line.text for page in pages if page.page < first.page for line in page.outside]
    return (*before, *(line.text for line in first.outside if line.rect.bottom <= top + 1))


def _unit(pages: Sequence[PageTables]) -> str:
    lines = (line.text for page in pages for line in page.outside)
    return next((line for line in lines if re.search(r"単位\s*[:：]", line)), "")
