"""What a search engine is: four things with at most ten terms, and one order that every engine computes by itself.

A hit holds every term. Its rank is the sum, over the terms, of the position of the best field in which the term stands
(:data:`FIELDS`, 0 for the first), ascending; then its ``order``, a number given at import. The application owns everything
else: analysis, concepts, mending, relaxing, highlighting, and what is pinned to the top.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol

#: The searched fields, best first.
FIELDS = ("concepts", "name", "place", "department", "body", "readings")
#: What hits can be filtered by and counted by. ``confirmed`` is the day on which somebody found that a programme goes on.
FACETS = ("kind", "prefecture", "municipality", "offer", "year", "confirmed")
MAX_TERMS = 10


@dataclass(frozen=True, slots=True)
class EngineRecord:
    """One record as engines see it. ``order`` is unique and from 0; ``fields`` are terms, ``facets`` values."""

    order: int
    id: str
    fields: Mapping[str, frozenset[str]]
    facets: Mapping[str, tuple[str, ...]]


@dataclass(frozen=True, slots=True)
class EngineQuery:
    """What an engine is asked: all ``terms``, and for each facet of ``filters`` one of its values.

    ``facets`` are counted without their own filter. ``page`` is from 1; ``per_page`` from 0.
    """

    terms: tuple[str, ...] = ()
    filters: Mapping[str, frozenset[str]] = field(default_factory=dict)
    facets: tuple[str, ...] = ()
    page: int = 1
    per_page: int = 20

    def __post_init__(self) -> None:
        if len(self.terms) > MAX_TERMS:
            raise ValueError(f"at most {MAX_TERMS} terms, not {len(self.terms)}")
        if self.page < 1 or self.per_page < 0:
            raise ValueError(f"page {self.page} must be from 1, per_page {self.per_page} from 0")
        for name in (*self.filters, *self.facets):
            if name not in FACETS:
                raise ValueError(f"{name!r} is no facet ({', '.join(FACETS)})")


@dataclass(frozen=True, slots=True)
class EngineResult:
    """The hits of one page as ``order`` numbers, how many there are in all, and the counts above zero of each facet's values."""

    total: int
    orders: tuple[int, ...]
    facets: Mapping[str, Mapping[str, int]]


class SearchEngine(Protocol):
    """An index of one generation, open for searching."""

    @property
    def blocks(self) -> bool:
        """Whether :meth:`search` waits for another process, so that a server calls it from a thread."""
        ...

    def search(self, query: EngineQuery) -> EngineResult:
        """Answer one query.

        Raises:
            EngineUnavailableError: the engine's server is away or late.
            EngineError: it answered with an error.
        """
        ...

    def count(self) -> int:
        """How many records the index holds."""
        ...

    def close(self) -> None:
        """Give back what the engine holds. Nothing is searched afterwards."""
        ...


class EngineWriter(Protocol):
    """Builds and removes the indexes of generations."""

    def build(self, name: str, records: Sequence[EngineRecord]) -> None:
        """Make the index ``name`` of ``records``, complete and counted, or leave none of that name.

        Raises:
            EngineError: the index could not be built, or holds another number of records.
        """
        ...

    def remove(self, name: str) -> None:
        """Remove the index ``name``; one that is not there is no error."""
        ...

    def names(self) -> Iterable[str]:
        """The names of the generations' indexes that exist."""
        ...
