"""From when on a list is old, and which ones an administrator is told of."""

from __future__ import annotations

from datetime import date

import pytest

from tsunagari_indexer.listings import SourceDocument
from tsunagari_indexer.outdated import is_outdated, outdated


def paper(series: str, year: int, publisher: str = "内閣府", part: str = "") -> SourceDocument:
    return SourceDocument(
        f"{series}{year}{publisher}{part}", "a.pdf", series, year, part, publisher, "一覧", "", "unknown", "original", "2026-01-01", 1
    )  # fmt: skip


@pytest.mark.parametrize(
    ("year", "today", "is_old"),
    [
        (2021, date(2021, 4, 1), False),
        (2021, date(2022, 9, 30), False),
        (2021, date(2022, 10, 1), True),
        (2025, date(2026, 11, 21), True),
        (2026, date(2026, 11, 21), False),
    ],
)
def test_a_list_is_old_eighteen_months_after_its_year_began(year: int, today: date, is_old: bool) -> None:
    assert is_outdated(year, today) == is_old


def test_only_papers_without_a_newer_edition_are_told_the_oldest_first() -> None:
    papers = [
        paper("national_list", 2021),
        paper("national_list", 2023),
        paper("sheet", 2022, "国立市"),
        paper("sheet", 2026, "群馬県"),
        paper("plan", 2026),
    ]
    told = outdated(papers, date(2026, 11, 21))
    assert [(one.series, one.fiscal_year) for one in told] == [("sheet", 2022), ("national_list", 2023)]
    assert outdated([], date(2026, 11, 21)) == ()
