"""What comes before the rest of the hits, and how a page of both is made: listings that are called so, and those that say the typed word.

Both ask the engine the same kind of query as ever, once with more terms and once with fewer, so that every engine gives the same.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Self

from tsunagari_indexer.asked_places import Filters
from tsunagari_indexer.engine import FACETS, MAX_TERMS, EngineQuery, EngineResult, SearchEngine
from tsunagari_indexer.generation import Generation
from tsunagari_indexer.names import NamePiece, beside, united
from tsunagari_indexer.understanding import WORD, Term


def ask(
    engine: SearchEngine,
    terms: Sequence[Term],
    filters: Mapping[str, frozenset[str]],
    page: int,
    per_page: int,
    *,
    facets: tuple[str, ...] = FACETS,
) -> EngineResult:
    """What an engine answers to these terms, each asked once.

    Raises:
        EngineError: the engine did not answer.
    """
    return engine.search(
        EngineQuery(
            terms=tuple(dict.fromkeys(term.term for term in terms)),
            filters=filters,
            facets=facets,
            page=page if per_page else 1,
            per_page=per_page,
        )
    )


@dataclass(frozen=True, slots=True)
class NamedFirst:
    """The listings in whose labels pieces of the query stand whole, before those that its words find otherwise.

    Of the first the words beside those pieces hold too. ``terms`` are all of the query's; where no listing holds them all,
    nothing is given up for them: there is something that is called so.
    """

    generation: Generation
    engine: SearchEngine
    pieces: tuple[NamePiece, ...]
    terms: tuple[Term, ...]
    filters: Filters

    @property
    def are_there(self) -> bool:
        """Whether any listing is called so and passes the filters."""
        return self._called(beside(self.terms, self.pieces), 1, 0, ()).total > 0

    def hold(self, text: str) -> bool:
        """Whether a word of the query is a part of such a piece."""
        return any(text in piece.text for piece in self.pieces)

    def answer(self, page: int, per_page: int) -> EngineResult:
        """One page of both, with the total and the counts of both together."""
        first = self._called(beside(self.terms, self.pieces), page, per_page)
        if not self.terms:
            return first
        rest = ask(self.engine, self.terms, self.filters, 1, 0)
        every = tuple(dict.fromkeys(term.term for term in self.terms))
        both = self._called(every, 1, 0)
        orders = list(first.orders)
        room = per_page - len(orders)
        if room and rest.total > both.total:
            skipped = max(0, (page - 1) * per_page - first.total)
            shown = frozenset(self._called(every, 1, both.total, ()).orders)
            ranked = ask(self.engine, self.terms, self.filters, 1, skipped + room + both.total, facets=()).orders
            orders += [order for order in ranked if order not in shown][skipped : skipped + room]
        return united(first, rest, both, orders)

    def _called(
        self, terms: tuple[str, ...], page: int, per_page: int, facets: tuple[str, ...] = FACETS
    ) -> EngineResult:
        query = EngineQuery(terms, self.filters, facets, page, per_page)
        return self.generation.called([(piece.text, piece.last) for piece in self.pieces], query)


@dataclass(frozen=True, slots=True)
class WordedFirst:
    """Of the listings that hold the concepts asked for, those that say so in the very words that were typed, then the others.

    ``total`` and ``facets`` are those of all of them.
    """

    engine: SearchEngine
    terms: tuple[Term, ...]
    words: tuple[Term, ...]
    filters: Filters
    all: EngineResult
    first: int

    @classmethod
    def of(cls, engine: SearchEngine, terms: tuple[Term, ...], filters: Filters, found: EngineResult) -> Self | None:
        """None where the order is the same without: none of them says so, or all do."""
        held = {term.term for term in terms}
        words = dict.fromkeys(word for term in terms for word in term.words if word not in held)
        added = tuple(Term(word, "", WORD) for word in list(words)[: MAX_TERMS - len(held)])
        first = ask(engine, (*terms, *added), filters, 1, 0, facets=()).total if added and found.total > 1 else 0
        return cls(engine, terms, added, filters, found, first) if 0 < first < found.total else None

    def answer(self, page: int, per_page: int) -> EngineResult:
        """One page of them."""
        worded = (*self.terms, *self.words)
        orders = list(ask(self.engine, worded, self.filters, page, per_page, facets=()).orders)
        room = per_page - len(orders)
        if room:
            skipped = max(0, (page - 1) * per_page - self.first)
            shown = frozenset(ask(self.engine, worded, self.filters, 1, self.first, facets=()).orders)
            ranked = ask(self.engine, self.terms, self.filters, 1, skipped + room + self.first, facets=()).orders
            orders += [order for order in ranked if order not in shown][skipped : skipped + room]
        return EngineResult(self.all.total, tuple(orders), self.all.facets)
