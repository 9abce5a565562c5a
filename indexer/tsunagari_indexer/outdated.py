"""Lists that are older than a year and a half.

A list tells of one fiscal year, and the next year's comes out within the year after. Its age is counted from the first day of its fiscal year
(1 April): on which day it was published stands in no list, and no list is younger than that. So a list is old from 1 October of the following year.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from tsunagari_indexer.listings import SourceDocument


def is_outdated(fiscal_year: int, today: date) -> bool:
    """Whether a list of a fiscal year is older than 18 months."""
    return today >= date(fiscal_year + 1, 10, 1)


def outdated(documents: Iterable[SourceDocument], today: date) -> tuple[SourceDocument, ...]:
    """The papers that are older than 18 months and have no newer edition, the oldest first: those for which a newer one is to be looked for."""
    papers = tuple(documents)
    newest: dict[tuple[str, str, str], int] = {}
    for one in papers:
        newest[_paper(one)] = max(one.fiscal_year, newest.get(_paper(one), one.fiscal_year))
    old = [one for one in papers if one.fiscal_year == newest[_paper(one)] and is_outdated(one.fiscal_year, today)]
    return tuple(sorted(old, key=lambda one: (one.fiscal_year, one.series, one.part, one.sha256)))


def _paper(one: SourceDocument) -> tuple[str, str, str]:
    # Sheets and plans of different bodies may be of one series; their publishers tell them apart.
    return one.series, one.part, one.publisher
