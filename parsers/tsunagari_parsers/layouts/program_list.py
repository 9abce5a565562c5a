"""Any list of programmes with a header: those of a prefecture, of a year with other columns, of a survey.

It names its programmes, or tells what is done where it has no column of names, says who runs them or where (in a column, in headings between the rows, or in its title), and has at
least one of 事業概要, 担当部署, 電話番号 and 問合せ先; without names it needs what is done, where, and whom to ask. Where a row belongs, and what decided it, stands on each programme.
"""

from __future__ import annotations

from collections.abc import Collection

from tsunagari_parsers.layouts.base import Layout, LayoutResult, Source
from tsunagari_parsers.placing import PlaceWords, place_of_title
from tsunagari_parsers.programs import read_programs
from tsunagari_parsers.rows import has_list, read_rows

_TELLS = frozenset({"description", "department", "phone", "contact"})
_PLACES = frozenset({"prefecture", "implementing_body"})


def recognises(source: Source) -> bool:
    """Whether any table names programmes and what they are, and something says where they belong."""
    if has_list(source.pages, source.names, _tells_programs):
        return True
    if has_list(source.pages, source.names, lambda fields: _names_programs(fields) and bool(_PLACES & set(fields))):
        return True
    if not has_list(source.pages, source.names, _names_programs):
        return False
    listed = read_rows(source.pages, source.names, _names_programs, "program_name")
    return place_of_title(listed.title) != PlaceWords() or any(row.section != PlaceWords() for row in listed.rows)


def read(source: Source) -> LayoutResult:
    """Every row of every table, in the order of the paper."""
    if has_list(source.pages, source.names, _names_programs):
        listed = read_rows(source.pages, source.names, _names_programs, "program_name")
    else:
        listed = read_rows(source.pages, source.names, _tells_programs, "description")
    programs, skips, findings = read_programs(listed, source.sha256, needs_prefecture=False)
    return LayoutResult(listed.seen, programs, skips=skips, findings=findings)


LAYOUT = Layout(name="program_list", rank=5, series="program_list", recognises=recognises, read=read)


def _tells_programs(fields: Collection[str]) -> bool:
    """Whether a list without names of programmes or desks has all that makes one: what is done, where, and the office with its number."""
    said = set(fields)
    office = "contact" in said or {"department", "phone"} <= said
    return "description" in said and bool(_PLACES & said) and office and not {"program_name", "name"} & said


def _names_programs(fields: Collection[str]) -> bool:
    return "program_name" in fields and bool(_TELLS & set(fields))
