"""What a column means, decided by its header and never by its position. The names are data: ``data/columns.toml``.

An administrator teaches new headers with a file of the same shape (:func:`load_column_names`), without code.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import cache
from importlib.resources import files
from itertools import groupby

from tsunagari_parsers.errors import ColumnDataError
from tsunagari_parsers.records import PhoneRole
from tsunagari_parsers.tables import Cell, Table
from tsunagari_parsers.text import comparable

FIELDS = (
    "prefecture",
    "implementing_body",
    "operator",
    "program_name",
    "description",
    "department",
    "phone",
    "extension",
    "contact",
    "number",
    "budget",
    "grant",
    "name",
    "hours",
    "address",
    "target",
    "note",
    "url",
    "fax",
    "mail",
)
#: Fields that no layout reads, or of which one column is enough: a second such column hides no programme, desk or number.
_SIDE_FIELDS = frozenset({"operator", "address", "target", "note", "url", "fax", "mail"})
#: A header takes at most so many rows of the grid.
_MOST_HEADER_ROWS = 3
#: What is longer than this (characters) is no header, and need not be looked at.
_LONGEST_HEADER = 80
_BRACKETS = re.compile(r"[(\[【〔<](.*?)[)\]】〕>]")
_PARTS = re.compile(r"[/・、,&]|及び|および")
#: What stands before a header without meaning: marks, and a number of its own.
_LEADING = re.compile(r"^(?:[※*●○■□◆◇]+|[(]?\d{1,2}[).]?(?=\D))")
_ASIDE = re.compile(r"[(\[](?:.*)[)\]]|単位.*|※.*")


@dataclass(frozen=True, slots=True)
class ColumnNames:
    """The fields of each header, in order of preference, and what headers say of the phone under them.

    All headers are in comparable form (:func:`tsunagari_parsers.text.comparable`). A header of several fields has the first
    one that no other column of its table has; a contact is possible only without columns of department and phone.
    """

    fields: Mapping[str, tuple[str, ...]]
    phone_roles: Mapping[str, PhoneRole]

    def merged_with(self, other: ColumnNames) -> ColumnNames:
        """These names and those of ``other``, which wins where both name a header."""
        return ColumnNames({**self.fields, **other.fields}, {**self.phone_roles, **other.phone_roles})


@dataclass(frozen=True, slots=True)
class Header:
    """A table's header: how many rows it takes, which columns of the grid hold each field, and who answers the phones.

    ``role_evidence`` is the header text that decided ``phone_role``; ``repeated`` are headers of a field that another column has
    already, ``unmapped`` those of no known field. ``texts`` are the headers of the fields, as they stand; ``with_fax`` the
    fields whose header says that fax numbers stand there too; ``addresses`` all columns of postal addresses, of which nothing is
    kept.
    """

    rows: int
    columns: Mapping[str, range]
    phone_role: PhoneRole
    role_evidence: str
    repeated: tuple[str, ...] = ()
    unmapped: tuple[str, ...] = ()
    texts: Mapping[str, str] = field(default_factory=dict)
    with_fax: frozenset[str] = frozenset()
    addresses: tuple[range, ...] = ()


_Rectangle = tuple[float, float, float, float]
#: Whether a set of fields is enough for a layout.
Accepts = Callable[[Collection[str]], bool]


@cache
def known_column_names() -> ColumnNames:
    """The names of ``data/columns.toml``."""
    return load_column_names(
        (files("tsunagari_parsers") / "data" / "columns.toml").read_text(encoding="utf-8"),
        where="columns.toml",
    )


def load_column_names(text: str, *, where: str) -> ColumnNames:
    """Read a file of column names.

    Every table of the file may be left out. ``[fields]`` gives each field (one of :data:`FIELDS`) its headers, ``[ambiguous]``
    each header its fields in order of preference, ``[phone_role]`` the headers above numbers that an office (``enquiry``) or
    a counsellor (``consultation``) answers::

        [fields]
        program_name = ["支援メニュー"]
        description = ["どんな支援か"]
        contact = ["お問い合わせはこちら"]

        [ambiguous]
        "窓口名" = ["name", "department"]

        [phone_role]
        enquiry = ["お問い合わせはこちら"]

    Raises:
        ColumnDataError: not TOML, a field or role that does not exist, or one header for two fields.
    """
    try:
        data = tomllib.loads(text)
        unknown = data.keys() - {"fields", "ambiguous", "phone_role"}
        if unknown or not data:
            raise ColumnDataError(f"{where}：{_given(unknown)}。書けるのは [fields]、[ambiguous]、[phone_role] です")
        names: dict[str, tuple[str, ...]] = {}
        for header, fields in _entries(data):
            wrong = [field for field in fields if field not in FIELDS]
            if wrong or not fields:
                raise ColumnDataError(
                    f"{where}：項目「{'、'.join(wrong)}」はありません（使えるのは {'、'.join(FIELDS)}）"
                )
            if names.setdefault(comparable(header), fields) != fields:
                raise ColumnDataError(f"{where}：見出し「{header}」が2つの項目にあります")
        roles = {
            comparable(header): PhoneRole(role)
            for role, headers in data.get("phone_role", {}).items()
            for header in _headers(headers)
        }
    except (tomllib.TOMLDecodeError, AttributeError, TypeError, ValueError) as error:
        raise ColumnDataError(f"{where}：見出しの表として読めません（{error}）") from error
    return ColumnNames(names, roles)


def _given(unknown: Collection[str]) -> str:
    return f"[{']、['.join(sorted(unknown))}] は使えません" if unknown else "何も書かれていません"


def _entries(data: Mapping[str, Mapping[str, object]]) -> Iterator[tuple[str, tuple[str, ...]]]:
    for one, headers in data.get("fields", {}).items():
        yield from ((header, (one,)) for header in _headers(headers))
    for header, fields in data.get("ambiguous", {}).items():
        yield header, tuple(_headers(fields))


def _headers(value: object) -> list[str]:
    if not isinstance(value, list) or not all(isinstance(one, str) and one.strip() for one in value):
        raise TypeError(f'["見出し", …] の形で書いてください：{value!r}')
    return value


def find_headers(table: Table, names: ColumnNames, accepts: Accepts) -> list[tuple[int, Header]]:
    """Every header of ``table`` whose fields are enough, with the row of the grid on which it begins, from the top.

    A header takes one row, or as many as its merged or divided cells need; a list may repeat it in the middle of a table.
    """
    grid = {
        (row, column): cell
        for cell in table.cells
        for row in range(cell.row, cell.last_row + 1)
        for column in range(cell.column, cell.last_column + 1)
    }
    telling = {cell.row for cell in table.cells if meaning_of(cell.text, names)[0]}
    found = []
    row = 0
    while row < len(table.row_tops):
        may_begin = not telling.isdisjoint(range(row, row + _MOST_HEADER_ROWS)) and not _is_alone(
            table, grid, row, names
        )
        header = _header_at(table, grid, row, names, accepts) if may_begin else None
        if header:
            found.append((row, header))
        row += header.rows if header else 1
    return found


def header_texts(table: Table) -> list[str]:
    """The texts of the first row's cells, for telling what a refused table had."""
    return [" ".join(cell.text.split()) for cell in table.cells if cell.row == 0 and cell.text.strip()]


def meaning_of(header: str, names: ColumnNames) -> tuple[tuple[str, ...], bool]:
    """The fields that a header's text can mean, best first (none: unknown), and whether it says that fax numbers stand there.

    「電話・FAX」 is a phone with fax numbers, 「担当課／電話番号」 a contact, 「交付決定額（千円）」 a grant, 「連絡先（FAX）」 a fax.
    """
    if not header or len(header) > _LONGEST_HEADER:
        return (), False
    text = comparable(header)
    if text in names.fields:
        return names.fields[text], False
    bare = _LEADING.sub("", text)
    core = _LEADING.sub("", _BRACKETS.sub("", bare))
    aside = [part for inside in _BRACKETS.findall(bare) for part in _PARTS.split(inside)]
    core = core if core in names.fields else core.removesuffix("等")
    fields = names.fields.get(bare) or names.fields.get(core) or _of_parts(core, names)
    says_fax = "fax" in _plain(aside, names)
    if says_fax and fields and "phone" not in fields[:1] and "phone" not in _plain(aside, names):
        return ("fax",), False
    return fields, says_fax or (bool(fields) and "fax" in _plain(_PARTS.split(core), names) and fields != ("fax",))


def _plain(parts: Collection[str], names: ColumnNames) -> set[str]:
    return {one for part in parts for one in names.fields.get(part, ())[:1]}


def _of_parts(core: str, names: ColumnNames) -> tuple[str, ...]:
    """The field of a header that names several: of those of one cell only some go together."""
    parts = [part for part in _PARTS.split(core) if part]
    if len(parts) < 2 or not all(part in names.fields for part in parts):
        return ()
    fields = {names.fields[part][0] for part in parts}
    if len(fields) == 1:
        return names.fields[parts[0]]
    phones = {"phone", "extension", "fax", "mail", "url"}
    if fields <= phones and fields & {"phone"}:
        return ("phone",)
    if fields <= phones | {"department", "contact"} and fields & {"phone", "contact"}:
        return ("contact",)
    if fields == {"prefecture", "implementing_body"}:
        return ("implementing_body",)
    if fields <= _SIDE_FIELDS:
        return ("address",) if "address" in fields else ("note",)
    return ()


def _is_alone(table: Table, grid: Mapping[tuple[int, int], Cell], row: int, names: ColumnNames) -> bool:
    """Whether one cell is all that has text in a row of several columns: a title or a section, not the top of a header."""
    said = {cell.rect: cell for cell in _cells_of(table, grid, row) if cell.text.strip()}
    if len(table.column_lefts) <= 1 or len(said) > 1:
        return False
    texts = {comparable(cell.text) for cell in said.values()}
    return texts.isdisjoint(names.fields) and texts.isdisjoint(names.phone_roles)


def _cells_of(table: Table, grid: Mapping[tuple[int, int], Cell], row: int) -> list[Cell]:
    return [grid[row, column] for column in range(len(table.column_lefts)) if (row, column) in grid]


@dataclass(frozen=True, slots=True)
class _Column:
    """What the stack of header cells above one or more columns of the grid says."""

    at: range
    text: str
    fields: tuple[str, ...]
    with_fax: bool
    first_row: int
    last_row: int


def _header_at(
    table: Table, grid: Mapping[tuple[int, int], Cell], row: int, names: ColumnNames, accepts: Accepts
) -> Header | None:
    best: Header | None = None
    for rows in range(1, min(_MOST_HEADER_ROWS, len(table.row_tops) - row) + 1):
        columns = _columns(table, grid, row, rows, names)
        if any(column.fields and column.last_row >= row + rows for column in columns):
            continue
        header = _header(columns, grid, row, rows, names)
        if not accepts(header.columns):
            continue
        last = row + rows - 1
        if best is None:
            is_better = rows == 1 or _is_merged(columns, row) or _is_known(table, grid, row, row, names)
        else:
            is_more = len(header.columns) > len(best.columns) and _is_known(table, grid, last, row, names)
            is_better = is_more or _is_aside(table, grid, last)
        best = header if is_better else best
    return best


def _is_merged(columns: list[_Column], row: int) -> bool:
    """Whether a field's name on the header's first row reaches into the next one."""
    return any(column.fields and column.first_row == row < column.last_row for column in columns)


def _is_known(table: Table, grid: Mapping[tuple[int, int], Cell], row: int, top: int, names: ColumnNames) -> bool:
    """Whether a row from ``top`` on reads like headers or parts of them.

    One datum 「電話」 makes no header of a row, and a row of data above a repeated header is none. A cell over several columns
    is the name of a group, and may be unknown.
    """
    known = unknown = 0
    for cell in dict.fromkeys(_cells_of(table, grid, row)):
        if cell.row != row or not cell.text.strip():
            continue
        near = [grid.get((row - 1, cell.column)) if row > top else None, grid.get((cell.last_row + 1, cell.column))]
        above, below = (one.text if one else "" for one in near)
        wholes = [cell.text, *_completed(comparable(above), cell.text), cell.text + below]
        if cell.last_column > cell.column or any(meaning_of(text, names)[0] for text in wholes):
            known += 1
        elif comparable(cell.text) not in names.phone_roles:
            unknown += 1
    return known >= unknown


def _is_aside(table: Table, grid: Mapping[tuple[int, int], Cell], row: int) -> bool:
    """Whether a row below a header only adds to it (「（千円）」)."""
    texts = [grid[row, column].text for column in range(len(table.column_lefts)) if (row, column) in grid]
    said = [comparable(text) for text in texts if text.strip()]
    return bool(said) and all(_ASIDE.fullmatch(text) for text in said)


def _columns(
    table: Table, grid: Mapping[tuple[int, int], Cell], row: int, rows: int, names: ColumnNames
) -> list[_Column]:
    single: list[tuple[_Rectangle, _Column]] = []
    for column in range(len(table.column_lefts)):
        stack: list[Cell] = []
        for at in range(row, row + rows):
            cell = grid.get((at, column))
            if cell is not None and cell.text.strip() and cell not in stack:
                stack.append(cell)
        if stack:
            cell, text, (fields, with_fax) = _decide(stack, names)
            rect = cell.rect
            one = _Column(range(column, column + 1), text, fields, with_fax, cell.row, cell.last_row)
            single.append(((rect.x0, rect.top, rect.x1, rect.bottom), one))
    together = []
    for _, group in groupby(single, key=lambda pair: pair[0]):
        columns = [one for _, one in group]
        first, last = columns[0], columns[-1]
        together.append(replace(first, at=range(first.at.start, last.at.stop)))
    return together


def _decide(stack: list[Cell], names: ColumnNames) -> tuple[Cell, str, tuple[tuple[str, ...], bool]]:
    """The cell of a stack that says what the column is: the lowest, if need be with what stands above it, else an upper one.

    「名称」 and 「概要」 below 「実施事業」 are the name and the outline of a programme: the end of the upper header completes the lower one.
    """
    lowest = stack[-1]
    joined = "".join(cell.text for cell in stack)
    upper = [(cell, cell.text) for cell in reversed(stack[:-1])]
    above = comparable("".join(cell.text for cell in stack[:-1]))
    whole = next((one for one in _completed(above, comparable(lowest.text)) if one in names.fields), "")
    for cell, text in [(lowest, whole), (lowest, lowest.text), (lowest, joined), *upper]:
        meaning = meaning_of(text, names)
        if meaning[0]:
            return cell, " ".join(text.split()), meaning
    return lowest, " ".join(lowest.text.split()), ((), False)


def _completed(above: str, lower: str) -> Iterator[str]:
    """A lower header behind each end of what stands above it, the longest first; what is too long for a header is left out."""
    for at in range(max(0, len(above) + len(lower) - _LONGEST_HEADER), len(above)):
        yield above[at:] + lower


def _header(
    columns: list[_Column], grid: Mapping[tuple[int, int], Cell], row: int, rows: int, names: ColumnNames
) -> Header:
    taken: dict[str, _Column] = {}
    repeated: list[_Column] = []
    unmapped: list[_Column] = []
    for column in sorted(columns, key=lambda one: (len(one.fields) > 1, one.at.start)):
        free = next((one for one in column.fields if _is_free(one, taken)), None)
        if free:
            taken[free] = column
        elif column.fields and not set(column.fields) <= _SIDE_FIELDS:
            repeated.append(column)
        elif column.text and comparable(column.text) not in names.phone_roles:
            unmapped.append(column)
    cells = {cell.rect: cell for (at, _), cell in grid.items() if row <= at < row + rows}
    role, evidence = _phone_role(list(cells.values()), taken, names)
    return Header(
        rows=rows,
        columns={one: column.at for one, column in taken.items()},
        phone_role=role,
        role_evidence=evidence,
        repeated=tuple(column.text for column in sorted(repeated, key=lambda one: one.at.start)),
        unmapped=tuple(column.text for column in sorted(unmapped, key=lambda one: one.at.start)),
        texts={one: column.text for one, column in taken.items()},
        with_fax=frozenset(one for one, column in taken.items() if column.with_fax),
        addresses=tuple(column.at for column in columns if "address" in column.fields),
    )


def _is_free(one: str, taken: Collection[str]) -> bool:
    if one == "contact":
        return not {"contact", "department", "phone"} & set(taken)
    return one not in taken


def _phone_role(cells: list[Cell], taken: Mapping[str, _Column], names: ColumnNames) -> tuple[PhoneRole, str]:
    """The most telling header above the numbers decides."""
    column = taken.get("phone") or taken.get("contact")
    above = [cell for cell in cells if column and cell.column <= column.at.start <= cell.last_column]
    best = PhoneRole.UNKNOWN, ""
    for cell in above:
        text = " ".join(cell.text.split())
        core = _BRACKETS.sub("", comparable(text))
        for said in (comparable(text), core, *_PARTS.split(core)):
            role = names.phone_roles.get(said)
            if role and len(said) > len(comparable(best[1])):
                best = role, text
    return best
