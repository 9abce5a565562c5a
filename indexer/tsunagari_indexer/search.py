"""Searching in everyday Japanese: from what somebody typed to the programmes that fit, and what was done on the way.

The application decides here what an engine is asked; a term that no listing holds is never sent. Whatever is dropped or read in
another way is told in :attr:`SearchResult.relaxed`, and no search ends in nothing while there is a listing at all.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from tsunagari_indexer.analysis import is_kana, to_katakana, tokens
from tsunagari_indexer.engine import FACETS, MAX_TERMS, EngineQuery, EngineResult, SearchEngine
from tsunagari_indexer.generation import Generation
from tsunagari_indexer.lexicon import Lexicon, known_lexicon
from tsunagari_indexer.listings import Listing
from tsunagari_parsers.text import comparable, fold_width

#: What is typed beyond this many characters is not read, and the page says so.
MAX_QUERY = 200
MAX_PER_PAGE = 100
_PART, _WORD, _CONCEPT, _PLACE = range(1, 5)
#: Which filter is given up first when nothing is found.
_FILTERS_BY_WEIGHT = ("year", "municipality", "offer", "prefecture")


@dataclass(frozen=True, slots=True)
class SearchRequest:
    """What is looked for. ``filters`` maps a facet to the values of which one must hold; ``page`` is from 1."""

    text: str = ""
    filters: Mapping[str, frozenset[str]] = field(default_factory=dict)
    page: int = 1
    per_page: int = 20


@dataclass(frozen=True, slots=True)
class Relaxation:
    """Something that was done to a search so that it finds: a stable ``code`` and the words or the filter that it was done to."""

    code: str
    text: str


@dataclass(frozen=True, slots=True)
class SearchResult:
    """The hits of one page, how many in all, the counts, what was relaxed, and the urgent concepts that the words speak of."""

    total: int
    page: int
    per_page: int
    listings: tuple[Listing, ...]
    facets: Mapping[str, Mapping[str, int]]
    relaxed: tuple[Relaxation, ...]
    urgent: frozenset[str]


@dataclass(frozen=True, slots=True)
class _Term:
    """A term for the engine, and the words of the query that it stands for. The lighter is dropped first.

    A place weighs most: help elsewhere is of less use than other help here.
    """

    term: str
    surface: str
    weight: int


@dataclass(frozen=True, slots=True)
class _Understood:
    terms: tuple[_Term, ...]
    dropped: tuple[str, ...]
    urgent: frozenset[str]


def search(
    generation: Generation, engine: SearchEngine, request: SearchRequest, lexicon: Lexicon | None = None
) -> SearchResult:
    """Answer one search.

    Raises:
        EngineError: the engine did not answer.
    """
    text = request.text.strip()
    relaxed = [Relaxation("cut", text[MAX_QUERY:])] if len(text) > MAX_QUERY else []
    text = text[:MAX_QUERY]
    understood = _understand(text, generation, lexicon or known_lexicon())
    exact = _exact(text, generation, request)
    if exact:
        return _of_listings(exact, request, tuple(relaxed), understood.urgent)
    terms = list(understood.terms)
    relaxed += [Relaxation("unknown_word", word) for word in understood.dropped]
    filters = dict(request.filters)
    result = _ask(engine, request, terms, filters)
    if result.total == 0 and filters:
        # Words are worth more than filters that leave nothing whatever the words are.
        for name in [name for name in _FILTERS_BY_WEIGHT if name in filters]:
            if _ask(engine, request, [], filters).total:
                break
            del filters[name]
            relaxed.append(Relaxation("dropped_filter", name))
        result = _ask(engine, request, terms, filters)
    while result.total == 0 and terms:
        lightest = min(terms, key=lambda term: term.weight)
        terms.remove(lightest)
        relaxed.append(Relaxation("dropped_word", lightest.surface))
        result = _ask(engine, request, terms, filters)
    last = max(1, -(-result.total // max(1, request.per_page)))
    if request.page > last:
        request = replace(request, page=last)
        relaxed.append(Relaxation("last_page", str(last)))
        result = _ask(engine, request, terms, filters)
    return SearchResult(
        total=result.total,
        page=request.page,
        per_page=request.per_page,
        listings=tuple(generation.listings(result.orders)),
        facets=result.facets,
        relaxed=tuple(relaxed),
        urgent=understood.urgent,
    )


def _ask(
    engine: SearchEngine,
    request: SearchRequest,
    terms: Sequence[_Term],
    filters: Mapping[str, frozenset[str]],
) -> EngineResult:
    return engine.search(
        EngineQuery(
            terms=tuple(dict.fromkeys(term.term for term in terms)),
            filters=filters,
            facets=FACETS,
            page=request.page,
            per_page=request.per_page,
        )
    )


def _understand(text: str, generation: Generation, lexicon: Lexicon) -> _Understood:
    """The terms of a query that the listings hold, the words that they do not hold, and what is urgent in it."""
    matches = lexicon.find(text)
    terms: list[_Term] = []
    dropped: list[str] = []
    at = 0
    for match in matches:
        _words(text[at : match.start], generation, terms, dropped)
        at = match.end
        term = f"c:{match.concept.id}"
        if generation.knows(term):
            terms.append(_Term(term, text[match.start : match.end], _CONCEPT))
        elif not match.concept.urgent:
            dropped.append(text[match.start : match.end])
    _words(text[at:], generation, terms, dropped)
    urgent = frozenset(match.concept.id for match in matches if match.concept.urgent)
    return _Understood(tuple(terms[:MAX_TERMS]), tuple(dict.fromkeys(dropped)), urgent)


def _words(text: str, generation: Generation, terms: list[_Term], dropped: list[str]) -> None:
    """Add the terms of a stretch of the query that holds no concept."""
    for chunk in text.split():
        reading = f"r:{to_katakana(chunk)}"
        if is_kana(chunk) and len(chunk) > 1 and generation.knows(reading):
            terms.append(_Term(reading, chunk, _PART))
            continue
        for token in tokens(chunk):
            known = [f"w:{form}" for form in (token.word, *token.parts) if generation.knows(f"w:{form}")]
            if f"w:{token.word}" in known:
                terms.append(_Term(f"w:{token.word}", token.surface, _PLACE if token.is_place else _WORD))
            elif known:
                terms += [_Term(term, token.surface, _PLACE if token.is_place else _PART) for term in known]
            elif len(token.reading) > 1 and is_kana(token.surface) and generation.knows(f"r:{token.reading}"):
                terms.append(_Term(f"r:{token.reading}", token.surface, _PART))
            else:
                dropped.append(token.surface)


def _exact(text: str, generation: Generation, request: SearchRequest) -> list[Listing]:
    """The listings whose whole name, or whose phone number, was typed, as far as the filters allow."""
    digits = re.sub(r"[\s()-]", "", fold_width(text))
    is_phone = bool(re.fullmatch(r"0\d{8,10}", digits))
    found = generation.exactly(digits if is_phone else comparable(text)) if text else []
    return [listing for listing in found if _passes(listing, request.filters)]


def _passes(listing: Listing, filters: Mapping[str, frozenset[str]]) -> bool:
    values = _facet_values(listing)
    return all(wanted & values[name] for name, wanted in filters.items())


def _facet_values(listing: Listing) -> dict[str, frozenset[str]]:
    return {
        "kind": frozenset({listing.kind}),
        "prefecture": frozenset({listing.prefecture_code}),
        "municipality": frozenset({listing.municipality_code} if listing.municipality_code else ()),
        "offer": frozenset(offer.kind for offer in listing.offers),
        "year": frozenset({str(listing.fiscal_year)}),
    }


def _of_listings(
    found: Sequence[Listing], request: SearchRequest, relaxed: tuple[Relaxation, ...], urgent: frozenset[str]
) -> SearchResult:
    page = min(request.page, max(1, -(-len(found) // max(1, request.per_page))))
    start = (page - 1) * request.per_page
    counts = {name: Counter(value for one in found for value in _facet_values(one)[name]) for name in FACETS}
    return SearchResult(
        total=len(found),
        page=page,
        per_page=request.per_page,
        listings=tuple(found[start : start + request.per_page]),
        facets=counts,
        relaxed=relaxed,
        urgent=urgent,
    )
