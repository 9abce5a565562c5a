"""The Cabinet Office's yearly list of programmes: one ruled table over many pages, a row for each programme.

Columns 都道府県, 実施主体, 事業名, 事業概要 and, under 「事業の詳細についての問い合わせ先」, 担当部署 and 電話番号. The prefecture is a merged
cell beside the rows of its bodies; where a page ends within it, its text stands on one of the two pages only. Nothing but
that cell says where a programme belongs.
"""

from __future__ import annotations

from collections.abc import Collection

from tsunagari_parsers.layouts.base import Layout, LayoutResult, Source
from tsunagari_parsers.programs import read_programs
from tsunagari_parsers.rows import has_list, read_rows

_REQUIRED = frozenset({"prefecture", "implementing_body", "program_name", "description", "department", "phone"})


def recognises(source: Source) -> bool:
    """Whether any table of the document has all the columns of the national list."""
    return has_list(source.pages, source.names, _has_all)


def read(source: Source) -> LayoutResult:
    """Every row of every table, in the order of the paper."""
    listed = read_rows(source.pages, source.names, _has_all, "program_name")
    programs, skips, findings = read_programs(listed, source.sha256, needs_prefecture=True)
    return LayoutResult(listed.seen, programs, skips=skips, findings=findings)


LAYOUT = Layout(name="national_list", rank=10, series="national_list", recognises=recognises, read=read)


def _has_all(fields: Collection[str]) -> bool:
    return set(fields) >= _REQUIRED
