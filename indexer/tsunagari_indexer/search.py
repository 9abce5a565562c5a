"""Searching in everyday Japanese: from what somebody typed to the programmes that fit, and what was done on the way.

The application decides here what an engine is asked; a term that no listing holds is never sent. Whatever is dropped or read in
another way is told in :attr:`SearchResult.relaxed`. Words of which none is known find no programme: desks and lines then stand alone.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import partial

from tsunagari_indexer.engine import FACETS, MAX_TERMS, EngineQuery, EngineResult, SearchEngine
from tsunagari_indexer.generation import Generation
from tsunagari_indexer.highlights import Reason, reasons
from tsunagari_indexer.lexicon import Lexicon, known_lexicon
from tsunagari_indexer.listings import OTHER_KINDS, PROGRAM_KINDS, Listing
from tsunagari_indexer.place_names import neighbouring_prefectures
from tsunagari_indexer.understanding import PlaceMention, Relaxation, Term, Understood, understand
from tsunagari_parsers.phones import find_numbers
from tsunagari_parsers.places import Municipality, Prefecture
from tsunagari_parsers.text import comparable, fold_width

#: What is typed beyond this many characters is not read, and the page says so.
MAX_QUERY = 200
MAX_PER_PAGE = 100
#: So many neighbouring prefectures stand in for a place of which nothing is known.
_NEIGHBOURS = 3
#: Of a region no prefecture's desks stand first.
_MOST_WITH_DESKS = 2
#: Which filter is given up first when nothing is found.
_FILTERS_BY_WEIGHT = ("year", "kind", "municipality", "offer", "prefecture")

_Filters = dict[str, frozenset[str]]


@dataclass(frozen=True, slots=True)
class SearchRequest:
    """What is looked for. ``filters`` maps a facet to the values of which one must hold; ``page`` is from 1."""

    text: str = ""
    filters: Mapping[str, frozenset[str]] = field(default_factory=dict)
    page: int = 1
    per_page: int = 20


@dataclass(frozen=True, slots=True)
class SearchResult:
    """The hits of one page, how many in all, the counts, and what was done to find them.

    ``urgent`` are the urgent concepts that the words speak of, ``desks`` the ids of the lines that fit all the concepts;
    ``prefecture_codes`` are those of the prefectures that the words name, of themselves or through a municipality that stands in no
    other. ``candidates`` are the municipalities among which a shared name leaves the choice. ``reasons`` say for each listing's id why
    it was found.
    """

    total: int
    page: int
    per_page: int
    listings: tuple[Listing, ...]
    facets: Mapping[str, Mapping[str, int]]
    relaxed: tuple[Relaxation, ...]
    urgent: frozenset[str]
    prefecture_codes: tuple[str, ...] = ()
    desks: tuple[str, ...] = ()
    candidates: tuple[Municipality, ...] = ()
    reasons: Mapping[str, tuple[Reason, ...]] = field(default_factory=dict)


def search(
    generation: Generation, engine: SearchEngine, request: SearchRequest, lexicon: Lexicon | None = None
) -> SearchResult:
    """Answer one search.

    Raises:
        EngineError: the engine did not answer.
    """
    lexicon = lexicon or known_lexicon()
    text = request.text.strip()
    relaxed = [Relaxation("cut", text[MAX_QUERY:])] if len(text) > MAX_QUERY else []
    text = text[:MAX_QUERY]
    # A word that only other kinds hold (a plan's measures) is unknown to these, and mapped to a broader one.
    knows = partial(generation.knows, kinds=request.filters.get("kind"))
    understood = understand(text, knows, lexicon, generation.mender) if text else Understood()
    exact = _exact(text, generation)
    if exact and generation.among(exact, EngineQuery(filters=request.filters, per_page=0)).total:
        return _of_exact(generation, exact, request, tuple(relaxed), understood)
    terms, beyond = _heaviest(understood.terms)
    relaxed += dict.fromkeys([*understood.relaxed, *(Relaxation("dropped_word", term.surface) for term in beyond)])
    places = _Places.of(understood.places)
    if places:
        places = places.within(request.filters)
    if not terms and not places and _says_something(text, understood):
        if not understood.concepts:
            relaxed.append(Relaxation("nothing_matched", text))
        return _found_nothing(request, tuple(relaxed), understood)
    filters = dict(request.filters)
    if places:
        filters, climbed = _climb(engine, request, filters, places)
        relaxed += climbed
    result, told = _relax(engine, request, terms, filters)
    relaxed += told
    if understood.terms and not terms and not filters.keys() - {"kind"}:
        # Everything there is would be no answer to words of which none is left.
        relaxed.append(Relaxation("nothing_matched", text))
        return _found_nothing(request, tuple(relaxed), understood)
    last = max(1, -(-result.total // max(1, request.per_page)))
    if request.page > last:
        request = replace(request, page=last)
        relaxed.append(Relaxation("last_page", str(last)))
        result = _ask(engine, request, terms, filters)
    listings = tuple(generation.listings(result.orders))
    return SearchResult(
        total=result.total,
        page=request.page,
        per_page=request.per_page,
        listings=listings,
        facets=result.facets,
        relaxed=tuple(relaxed),
        urgent=understood.urgent,
        prefecture_codes=places.prefecture_codes if places else (),
        desks=_desks(understood),
        candidates=places.candidates if places else (),
        reasons=reasons(listings, terms, generation.surfaces, lexicon),
    )


@dataclass(frozen=True, slots=True)
class _Places:
    """The places of a query, a shared name narrowed by the prefectures that stand beside it (「日野町 滋賀」)."""

    surface: str
    prefectures: tuple[Prefecture, ...]
    municipalities: tuple[Municipality, ...]
    candidates: tuple[Municipality, ...]

    @classmethod
    def of(cls, mentions: Sequence[PlaceMention]) -> _Places | None:
        if not mentions:
            return None
        named = {prefecture.code: prefecture for one in mentions for prefecture in one.match.named}
        municipalities: dict[str, Municipality] = {}
        candidates: dict[str, Municipality] = {}
        for mention in mentions:
            places = mention.match.municipalities
            within = tuple(place for place in places if place.prefecture.code in named) or places
            municipalities |= {place.code: place for place in within}
            if len(within) > 1:
                candidates |= {place.code: place for place in within}
        among = named or {place.prefecture.code: place.prefecture for place in municipalities.values()}
        surface = "・".join(dict.fromkeys(_shown(one) for one in mentions))
        return cls(surface, tuple(among.values()), tuple(municipalities.values()), tuple(candidates.values()))

    def within(self, filters: Mapping[str, frozenset[str]]) -> _Places | None:
        """These places as far as filters leave them: who chose one of two towns of a name meant that one; None where they leave none."""
        codes, among = filters.get("municipality"), filters.get("prefecture")
        if codes:
            chosen = tuple(place for place in self.municipalities if place.code in codes)
            return replace(self, municipalities=chosen, candidates=()) if chosen else None
        if among:
            chosen = tuple(place for place in self.municipalities if place.prefecture.code in among)
            prefectures = tuple(one for one in self.prefectures if one.code in among)
            if (self.municipalities and not chosen) or not prefectures:
                return None
            return replace(
                self, prefectures=prefectures, municipalities=chosen, candidates=chosen if len(chosen) > 1 else ()
            )
        return self

    @property
    def prefecture_codes(self) -> tuple[str, ...]:
        """Those whose desks stand first: none where a shared name leaves the choice among several."""
        codes = dict.fromkeys(place.prefecture.code for place in self.municipalities)
        if self.candidates and len(codes) > 1:
            return ()
        codes = codes or dict.fromkeys(one.code for one in self.prefectures)
        return tuple(codes) if len(codes) <= _MOST_WITH_DESKS else ()

    def rungs(self) -> Iterator[tuple[str, _Filters]]:
        """The ladder: the place itself, its prefecture, the neighbouring prefectures one after another, each with its name."""
        if self.municipalities:
            yield "", {"municipality": frozenset(place.code for place in self.municipalities)}
        codes = dict.fromkeys(place.prefecture.code for place in self.municipalities) or dict.fromkeys(
            one.code for one in self.prefectures
        )
        among = [one for one in self.prefectures if one.code in codes] or list(self.prefectures)
        if not self.candidates or len(codes) == 1:
            yield "・".join(one.name for one in among) if self.municipalities else "", {"prefecture": frozenset(codes)}
            nearest = [one for one in neighbouring_prefectures(among[0]) if one.code not in codes]
            for start in range(0, len(nearest), _NEIGHBOURS):
                group = nearest[start : start + _NEIGHBOURS]
                yield "・".join(one.name for one in group), {"prefecture": frozenset(one.code for one in group)}


def _shown(mention: PlaceMention) -> str:
    """A place as the pages call it: its own name where only one is meant."""
    if mention.match.region:
        return mention.surface
    if mention.match.prefecture:
        return mention.match.prefecture.name
    names = {place.name for place in mention.match.municipalities}
    return names.pop() if len(names) == 1 else mention.surface


def _climb(
    engine: SearchEngine, request: SearchRequest, filters: _Filters, places: _Places
) -> tuple[_Filters, list[Relaxation]]:
    """The filters of the first rung on which anything stands, and what to tell of the climb."""
    base = {name: values for name, values in filters.items() if name not in {"prefecture", "municipality"}}
    asked = filters.get("kind", PROGRAM_KINDS)
    # Whether a place has anything at all decides, not whether that passes the other filters, which can be given up.
    kinds = {"kind": asked if asked & OTHER_KINDS else PROGRAM_KINDS}
    for name, rung in places.rungs():
        if _ask(engine, replace(request, per_page=0), [], kinds | rung, facets=()).total:
            return base | rung, [Relaxation("climbed", places.surface, name)] if name else []
    return base | next(iter(places.rungs()))[1], [Relaxation("unknown_place", places.surface)]


def _relax(
    engine: SearchEngine, request: SearchRequest, terms: list[Term], filters: _Filters
) -> tuple[EngineResult, list[Relaxation]]:
    """Ask, and give up what leaves nothing: first filters that do so whatever the words are, then the lightest words.

    ``terms`` and ``filters`` are left as they were asked last.
    """
    told: list[Relaxation] = []
    result = _ask(engine, request, terms, filters)
    if result.total == 0 and filters:
        for name in [name for name in _FILTERS_BY_WEIGHT if name in filters]:
            if _ask(engine, replace(request, per_page=0), [], filters, facets=()).total:
                break
            del filters[name]
            told.append(Relaxation("dropped_filter", name))
        result = _ask(engine, request, terms, filters)
    while result.total == 0 and terms:
        dropped, may_find = _droppable(engine, request, terms, filters)
        terms.remove(dropped)
        told.append(Relaxation("dropped_word", dropped.surface))
        if may_find or not terms:
            result = _ask(engine, request, terms, filters)
    return result, told


def _droppable(
    engine: SearchEngine, request: SearchRequest, terms: Sequence[Term], filters: _Filters
) -> tuple[Term, bool]:
    """Of the lightest terms the one without which something is found, the later in the query the sooner; else the last.

    And whether something may be found without it: False where that is known not to be so.
    """
    least = min(term.weight for term in terms)
    lightest = [term for term in reversed(terms) if term.weight == least]
    if len(lightest) == 1:
        return lightest[0], True
    for term in lightest:
        others = [other for other in terms if other is not term]
        if _ask(engine, replace(request, per_page=0), others, filters, facets=()).total:
            return term, True
    return lightest[0], False


def _ask(
    engine: SearchEngine,
    request: SearchRequest,
    terms: Sequence[Term],
    filters: Mapping[str, frozenset[str]],
    facets: tuple[str, ...] = FACETS,
) -> EngineResult:
    return engine.search(
        EngineQuery(
            terms=tuple(dict.fromkeys(term.term for term in terms)),
            filters=filters,
            facets=facets,
            page=request.page if request.per_page else 1,
            per_page=request.per_page,
        )
    )


def _heaviest(terms: Sequence[Term]) -> tuple[list[Term], list[Term]]:
    """At most :data:`MAX_TERMS` terms, each once, the heaviest of them in the query's order; and those left out."""
    once = list({term.term: term for term in reversed(terms)}.values())[::-1]
    kept = sorted(once, key=lambda term: -term.weight)[:MAX_TERMS]
    return [term for term in once if term in kept], [term for term in once if term not in kept]


def _desks(understood: Understood) -> tuple[str, ...]:
    """The lines that fit, urgent ones first, each once."""
    ordered = sorted(understood.concepts, key=lambda concept: not concept.urgent)
    return tuple(dict.fromkeys(desk for concept in ordered for desk in concept.desks))


def _found_nothing(request: SearchRequest, relaxed: tuple[Relaxation, ...], understood: Understood) -> SearchResult:
    return SearchResult(
        total=0,
        page=1,
        per_page=request.per_page,
        listings=(),
        facets={name: {} for name in FACETS},
        relaxed=relaxed,
        urgent=understood.urgent,
        desks=_desks(understood),
    )


def _says_something(text: str, understood: Understood) -> bool:
    """Whether something is looked for, so that everything there is would be no answer: not so with signs, or with words of asking alone."""
    if understood.concepts or understood.relaxed:
        return True
    return not understood.asks and any(char.isalnum() for char in text)


def _exact(text: str, generation: Generation) -> frozenset[int]:
    """The listings (by order number) whose phone number stands in the text, or whose whole name was typed."""
    if not text:
        return frozenset()
    # People type numbers with a long-vowel mark for a hyphen, or as they are called from abroad.
    dialled = re.sub(r"\+81[- ]?\(?0?\)?", "0", re.sub(r"(?<=\d)[ー―](?=\d)", "-", fold_width(text)))
    numbers = find_numbers(re.sub(r"(?<=\d) (?=\d)", "-", dialled))
    return generation.exactly(number.replace("-", "") for number in numbers) or generation.exactly([comparable(text)])


def _of_exact(
    generation: Generation,
    found: frozenset[int],
    request: SearchRequest,
    relaxed: tuple[Relaxation, ...],
    understood: Understood,
) -> SearchResult:
    def asked(page: int) -> EngineResult:
        return generation.among(found, EngineQuery((), request.filters, FACETS, page, request.per_page))

    page, result = request.page, asked(request.page)
    last = max(1, -(-result.total // max(1, request.per_page)))
    if page > last:
        page, result = last, asked(last)
    places = _Places.of(understood.places)
    return SearchResult(
        total=result.total,
        page=page,
        per_page=request.per_page,
        listings=tuple(generation.listings(result.orders)),
        facets=result.facets,
        relaxed=relaxed,
        urgent=understood.urgent,
        prefecture_codes=places.prefecture_codes if places else (),
        desks=_desks(understood),
    )
