"""Searching in everyday Japanese: from what somebody typed to the programmes that fit, and what was done on the way.

The application decides here what an engine is asked; a term that no listing holds is never sent. Whatever is dropped or read in
another way is told in :attr:`SearchResult.relaxed`, and no search ends in nothing while there is a listing at all.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from tsunagari_indexer.analysis import Token, is_kana, to_katakana, tokens
from tsunagari_indexer.engine import FACETS, MAX_TERMS, EngineQuery, EngineResult, SearchEngine
from tsunagari_indexer.generation import Generation
from tsunagari_indexer.lexicon import Lexicon, known_lexicon
from tsunagari_indexer.listings import Listing
from tsunagari_indexer.offers import public_offers
from tsunagari_parsers.phones import find_numbers
from tsunagari_parsers.places import municipalities_named, prefecture_named, prefectures
from tsunagari_parsers.text import comparable, fold_width

#: What is typed beyond this many characters is not read, and the page says so.
MAX_QUERY = 200
MAX_PER_PAGE = 100
_PART, _WORD, _CONCEPT, _PLACE = range(1, 5)
#: Which filter is given up first when nothing is found.
_FILTERS_BY_WEIGHT = ("year", "kind", "municipality", "offer", "prefecture")


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
    """The hits of one page, how many in all, the counts, and what was done to find them.

    ``urgent`` are the urgent concepts that the words speak of; ``prefecture_codes`` those of the prefectures that they name, of
    themselves or through a municipality that stands in no other.
    """

    total: int
    page: int
    per_page: int
    listings: tuple[Listing, ...]
    facets: Mapping[str, Mapping[str, int]]
    relaxed: tuple[Relaxation, ...]
    urgent: frozenset[str]
    prefecture_codes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class _Term:
    """A term for the engine, and the words of the query that it stands for. The lighter is dropped first.

    A place weighs most: help elsewhere is of less use than other help here.
    """

    term: str
    surface: str
    weight: int


@dataclass(slots=True)
class _Understood:
    """What was made of a query. It grows while the query is read."""

    terms: list[_Term] = field(default_factory=list)
    relaxed: list[Relaxation] = field(default_factory=list)
    urgent: frozenset[str] = frozenset()
    prefecture_codes: list[str] = field(default_factory=list)


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
    exact = _exact(text, generation)
    if any(_passes(listing, request.filters) for listing in exact):
        return _of_listings(exact, request, tuple(relaxed), understood)
    terms, beyond = _heaviest(understood.terms)
    relaxed += dict.fromkeys([*understood.relaxed, *(Relaxation("dropped_word", term.surface) for term in beyond)])
    if text and not terms and not understood.urgent:
        relaxed.append(Relaxation("nothing_matched", text))
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
        prefecture_codes=tuple(dict.fromkeys(understood.prefecture_codes)),
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
    understood = _Understood(urgent=frozenset(match.concept.id for match in matches if match.concept.urgent))
    at = 0
    for match in matches:
        _words(text[at : match.start], generation, understood)
        at = match.end
        term, surface = f"c:{match.concept.id}", text[match.start : match.end]
        if generation.knows(term):
            understood.terms.append(_Term(term, surface, _CONCEPT))
        elif not match.concept.urgent:
            understood.relaxed.append(Relaxation("unknown_word", surface))
    _words(text[at:], generation, understood)
    return understood


def _words(text: str, generation: Generation, understood: _Understood) -> None:
    """Add the terms of a stretch of the query that holds no concept."""
    for chunk in text.split():
        reading = f"r:{to_katakana(chunk)}"
        if _place(chunk, chunk, generation, understood):
            continue
        if is_kana(chunk) and len(chunk) > 1 and generation.knows(reading):
            understood.terms.append(_Term(reading, chunk, _PART))
            continue
        for token in tokens(chunk):
            if not (token.is_place and _place(token.word, token.surface, generation, understood)):
                _word(token, generation, understood)


def _word(token: Token, generation: Generation, understood: _Understood) -> None:
    # The ending of a place name alone (市, 町) would find every place that has it.
    parts = [] if token.is_place else token.parts
    known = [f"w:{form}" for form in (token.word, *parts) if generation.knows(f"w:{form}")]
    if f"w:{token.word}" in known:
        understood.terms.append(_Term(f"w:{token.word}", token.surface, _PLACE if token.is_place else _WORD))
    elif known:
        understood.terms += [_Term(term, token.surface, _PART) for term in known]
    elif len(token.reading) > 1 and is_kana(token.surface) and generation.knows(f"r:{token.reading}"):
        understood.terms.append(_Term(f"r:{token.reading}", token.surface, _PART))
    else:
        understood.relaxed.append(Relaxation("unknown_word", token.surface))


def _place(name: str, surface: str, generation: Generation, understood: _Understood) -> bool:
    """Take a word as a prefecture or municipality, if it is the name of one; say so if no listing stands there."""
    prefecture = prefecture_named(name) or next((one for one in prefectures() if one.name[:-1] == name), None)
    # A name without its ending means the city before the town of the same name (横浜市, not 横浜町).
    named = (municipalities_named(name + ending) for ending in ("", *"市区町村"))
    found = () if prefecture else next(filter(None, named), ())
    if prefecture is None and not found:
        return False
    among = {prefecture} if prefecture else {place.prefecture for place in found}
    if len(among) == 1:
        understood.prefecture_codes.append(next(iter(among)).code)
    forms = [prefecture.name] if prefecture else [place.name for place in found]
    known = [f"w:{form}" for form in (*forms, name) if generation.knows(f"w:{form}")]
    if known:
        understood.terms.append(_Term(known[0], surface, _PLACE))
        return True
    understood.relaxed.append(Relaxation("unknown_place", forms[0] if len(set(forms)) == 1 else surface))
    wider = f"w:{next(iter(among)).name}"
    if len(among) == 1 and generation.knows(wider):
        understood.terms.append(_Term(wider, surface, _PLACE))
    return True


def _heaviest(terms: Sequence[_Term]) -> tuple[list[_Term], list[_Term]]:
    """At most :data:`MAX_TERMS` terms, each once, the heaviest of them in the query's order; and those left out."""
    once = list({term.term: term for term in reversed(terms)}.values())[::-1]
    kept = sorted(once, key=lambda term: -term.weight)[:MAX_TERMS]
    return [term for term in once if term in kept], [term for term in once if term not in kept]


def _exact(text: str, generation: Generation) -> list[Listing]:
    """The listings whose phone number stands in the text, or whose whole name was typed."""
    if not text:
        return []
    # People type numbers with a long-vowel mark for a hyphen, or as they are called from abroad.
    dialled = re.sub(r"\+81[- ]?\(?0?\)?", "0", re.sub(r"(?<=\d)[ー―](?=\d)", "-", fold_width(text)))
    keys = [number.replace("-", "") for number in find_numbers(re.sub(r"(?<=\d) (?=\d)", "-", dialled))]
    found = [listing for key in keys for listing in generation.exactly(key)]
    return found or generation.exactly(comparable(text))


def _passes(listing: Listing, filters: Mapping[str, frozenset[str]]) -> bool:
    values = _facet_values(listing)
    return all(wanted & values[name] for name, wanted in filters.items())


def _facet_values(listing: Listing) -> dict[str, frozenset[str]]:
    return {
        "kind": frozenset({listing.kind}),
        "prefecture": frozenset({listing.prefecture_code}),
        "municipality": frozenset({listing.municipality_code} if listing.municipality_code else ()),
        "offer": frozenset(offer.kind for offer in public_offers(listing.offers)),
        "year": frozenset({str(listing.fiscal_year)}),
    }


def _of_listings(
    found: Sequence[Listing], request: SearchRequest, relaxed: tuple[Relaxation, ...], understood: _Understood
) -> SearchResult:
    hits = [one for one in found if _passes(one, request.filters)]
    page = min(request.page, max(1, -(-len(hits) // max(1, request.per_page))))
    start = (page - 1) * request.per_page
    counts = {}
    for name in FACETS:
        others = {other: values for other, values in request.filters.items() if other != name}
        counts[name] = Counter(value for one in found if _passes(one, others) for value in _facet_values(one)[name])
    return SearchResult(
        total=len(hits),
        page=page,
        per_page=request.per_page,
        listings=tuple(hits[start : start + request.per_page]),
        facets=counts,
        relaxed=relaxed,
        urgent=understood.urgent,
        prefecture_codes=tuple(understood.prefecture_codes),
    )
