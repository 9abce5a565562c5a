"""What a column means, decided by its header and never by its position. The names are data: ``data/columns.toml``."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from tsunagari_parsers.errors import ColumnDataError
from tsunagari_parsers.records import PhoneRole
from tsunagari_parsers.tables import Cell, Table
from tsunagari_parsers.text import comparable

FIELDS = ("prefecture", "implementing_body", "program_name", "description", "department", "phone", "number")


@dataclass(frozen=True, slots=True)
class ColumnNames:
    """The headers of each field, and what headers say of the phone under them; all in comparable form."""

    fields: Mapping[str, str]
    phone_roles: Mapping[str, PhoneRole]


@dataclass(frozen=True, slots=True)
class Header:
    """A table's header: how many rows it takes, which columns of the grid hold each field, and who answers the phones.

    ``role_evidence`` is the header text that decided ``phone_role``; ``repeated`` are headers of a field that another column has
    already, ``unmapped`` those of no known field.
    """

    rows: int
    columns: Mapping[str, range]
    phone_role: PhoneRole
    role_evidence: str
    repeated: tuple[str, ...] = ()
    unmapped: tuple[str, ...] = ()


@cache
def known_column_names() -> ColumnNames:
    """The names of ``data/columns.toml``."""
    return load_column_names(
        (files("tsunagari_parsers") / "data" / "columns.toml").read_text(encoding="utf-8"),
        where="columns.toml",
    )


def load_column_names(text: str, *, where: str) -> ColumnNames:
    """Read a file of column names.

    Raises:
        ColumnDataError: not TOML, a field or role that does not exist, or one header for two fields.
    """
    try:
        data = tomllib.loads(text)
        names: dict[str, str] = {}
        for field, headers in data["fields"].items():
            if field not in FIELDS:
                raise ColumnDataError(f"{where}：項目「{field}」はありません（使えるのは {'、'.join(FIELDS)}）")
            for header in headers:
                if names.setdefault(comparable(header), field) != field:
                    raise ColumnDataError(f"{where}：見出し「{header}」が2つの項目にあります")
        roles = {
            comparable(header): PhoneRole(role)
            for role, headers in data.get("phone_role", {}).items()
            for header in headers
        }
    except (tomllib.TOMLDecodeError, KeyError, ValueError) as error:
        raise ColumnDataError(f"{where}：見出しの表として読めません（{error}）") from error
    return ColumnNames(names, roles)


def find_header(table: Table, names: ColumnNames, required: frozenset[str]) -> Header | None:
    """The header at the top of ``table`` if it names every field of ``required``, else None.

    A header takes one row, or as many as its merged cells span; rows below it are data.
    """
    top = [cell for cell in table.cells if cell.row == 0]
    if not top:
        return None
    rows = 1 + max((cell.last_row for cell in top if _field(cell, names)), default=0)
    header_cells = [cell for cell in table.cells if cell.row < rows]
    columns: dict[str, range] = {}
    repeated: list[str] = []
    unmapped: list[str] = []
    for cell in header_cells:
        field = _field(cell, names)
        if field and field in columns:
            repeated.append(" ".join(cell.text.split()))
        elif field:
            columns[field] = range(cell.column, cell.last_column + 1)
        elif cell.last_row == rows - 1 and cell.text.strip() and comparable(cell.text) not in names.phone_roles:
            unmapped.append(" ".join(cell.text.split()))
    if not required <= columns.keys():
        return None
    role, evidence = _phone_role(header_cells, columns, names)
    return Header(rows, columns, role, evidence, tuple(repeated), tuple(unmapped))


def header_texts(table: Table) -> list[str]:
    """The texts of the first row's cells, for telling what a refused table had."""
    return [" ".join(cell.text.split()) for cell in table.cells if cell.row == 0 and cell.text.strip()]


def _field(cell: Cell, names: ColumnNames) -> str | None:
    return names.fields.get(comparable(cell.text))


def _phone_role(cells: list[Cell], columns: Mapping[str, range], names: ColumnNames) -> tuple[PhoneRole, str]:
    """The most telling header above the phone column decides."""
    column = columns.get("phone")
    above = [cell for cell in cells if column and cell.column <= column.start <= cell.last_column]
    best = PhoneRole.UNKNOWN, ""
    for cell in above:
        text = comparable(cell.text)
        role = names.phone_roles.get(text)
        if role and len(text) > len(comparable(best[1])):
            best = role, " ".join(cell.text.split())
    return best
