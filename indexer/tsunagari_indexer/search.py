"""Searching in everyday Japanese: from what somebody typed to the programmes that fit, and what was done on the way.

The application decides here what an engine is asked; a term that no listing holds is never sent. Whatever is dropped or read in
another way is told in :attr:`SearchResult.relaxed`. Words of which none is known find no programme: desks and lines then stand alone.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import partial

from tsunagari_indexer.analysis import encodable
from tsunagari_indexer.asked_places import AskedPlaces, Filters
from tsunagari_indexer.engine import FACETS, MAX_TERMS, EngineQuery, EngineResult, SearchEngine
from tsunagari_indexer.generation import Generation
from tsunagari_indexer.highlights import Reason, reasons
from tsunagari_indexer.lexicon import Lexicon
from tsunagari_indexer.listings import OTHER_KINDS, PROGRAM_KINDS, Listing, fold_label
from tsunagari_indexer.missed_concepts import missed_by
from tsunagari_indexer.names import is_office, name_pieces
from tsunagari_indexer.precedence import NamedFirst, WordedFirst, ask
from tsunagari_indexer.understanding import CONCEPT, ERRAND, Relaxation, Term, Understood, understand
from tsunagari_parsers.phones import find_numbers
from tsunagari_parsers.places import Municipality
from tsunagari_parsers.text import comparable, fold_width

#: What is typed beyond this many characters is not read, and the page says so.
MAX_QUERY = 200
MAX_PER_PAGE = 100
#: Which filter is given up first when nothing is found.
_FILTERS_BY_WEIGHT = ("year", "kind", "municipality", "offer", "prefecture")


@dataclass(frozen=True, slots=True)
class SearchRequest:
    """What is looked for. ``filters`` maps a facet to the values of which one must hold; ``page`` is from 1. The filters that ``keep``
    names are never given up: nothing is then found rather than something of another kind.
    """

    text: str = ""
    filters: Mapping[str, frozenset[str]] = field(default_factory=dict)
    page: int = 1
    per_page: int = 20
    keep: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class SearchResult:
    """The hits of one page, how many in all, the counts, and what was done to find them.

    ``urgent`` are the urgent concepts that the words speak of, ``desks`` the ids of the lines that fit all the concepts;
    ``prefecture_codes`` are those of the prefectures that the words name, of themselves or through a municipality that stands in no
    other. ``missed`` are the ids of the concepts that no listing holds here (:func:`missed_concepts.missed_by`). ``candidates`` are the municipalities among which a shared name leaves the choice. ``reasons`` say for each listing's id why
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
    missed: tuple[str, ...] = ()


def search(
    generation: Generation, engine: SearchEngine, request: SearchRequest, lexicon: Lexicon | None = None
) -> SearchResult:
    """Answer one search.

    Raises:
        EngineError: the engine did not answer.
    """
    lexicon = lexicon or generation.lexicon
    text = encodable(request.text).strip()
    relaxed = [Relaxation("cut", text[MAX_QUERY:])] if len(text) > MAX_QUERY else []
    text = text[:MAX_QUERY]
    # A word that only other kinds hold (a plan's measures) is unknown to these, and mapped to a broader one.
    knows = partial(generation.knows, kinds=request.filters.get("kind"))
    pieces = name_pieces(unicodedata.normalize("NFKC", text), generation.is_called, lexicon)
    understood = (
        understand(text, knows, lexicon, generation.mender, names=[one.text for one in pieces])
        if text
        else Understood()
    )
    exact = _exact(text, generation)
    if exact and generation.among(exact, EngineQuery(filters=request.filters, per_page=0)).total:
        return _of_exact(generation, exact, request, tuple(relaxed), understood)
    name = generation.name_like(text) if not pieces and _is_unknown(text, understood) else None
    if name:
        mended = search(generation, engine, replace(request, text=name), lexicon)
        return replace(mended, relaxed=(Relaxation("mended", text, name), *mended.relaxed))
    terms, beyond = _heaviest(understood.terms)
    relaxed += dict.fromkeys([*understood.relaxed, *(Relaxation("dropped_word", term.surface) for term in beyond)])
    places = AskedPlaces.of(understood.places)
    if places:
        places = places.within(request.filters)
    filters = dict(request.filters)
    if places:
        filters, climbed = _climb(engine, filters.get("kind", PROGRAM_KINDS), filters, places)
        relaxed += climbed
    named = NamedFirst(generation, engine, tuple(pieces), tuple(terms), filters) if pieces else None
    missed: tuple[str, ...] = ()
    if named and named.are_there:
        relaxed = [one for one in relaxed if one.code != "unknown_word" or not named.hold(one.text)]
        answer: Callable[[int, int], EngineResult] = named.answer
        result = answer(request.page, request.per_page)
    else:
        named = None
        if all(term.weight == ERRAND for term in terms) and any(one.code == "unknown_word" for one in relaxed):
            # An errand whose thing is not there: any other thing with the same errand is none.
            terms = []
        if not terms and not places and _says_something(text, understood):
            return _found_nothing(request, text, relaxed, understood, missed_by(understood.concepts, knows))
        result, told = _relax(engine, request, terms, filters)
        relaxed += told
        holds = partial(_holds, engine, filters) if any(one.code == "dropped_word" for one in told) else knows
        missed = missed_by(understood.concepts, lambda term: knows(term) and holds(term))
        if understood.terms and not terms and not filters.keys() - {"kind"}:
            # Everything there is would be no answer to words of which none is left.
            return _found_nothing(request, text, relaxed, understood, missed, even_beside_desks=True)
        worded = WordedFirst.of(engine, tuple(terms), filters, result)
        answer = worded.answer if worded else partial(ask, engine, terms, filters)
        if worded:
            result = answer(request.page, request.per_page)
    relaxed += _read_by_parts(text, generation, terms)
    last = max(1, -(-result.total // max(1, request.per_page)))
    if request.page > last:
        request = replace(request, page=last)
        relaxed.append(Relaxation("last_page", str(last)))
        result = answer(request.page, request.per_page)
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
        reasons=reasons(listings, terms, generation.surfaces, lexicon, [one.text for one in pieces if named]),
        missed=missed,
    )


def _climb(
    engine: SearchEngine, asked: frozenset[str], filters: Filters, places: AskedPlaces
) -> tuple[Filters, list[Relaxation]]:
    """The filters of the first rung on which anything of the kinds that were ``asked`` for stands, and what to tell of the climb."""
    base = {name: values for name, values in filters.items() if name not in {"prefecture", "municipality"}}
    # Whether a place has anything at all decides, not whether that passes the other filters, which can be given up.
    kinds = {"kind": asked if asked & OTHER_KINDS else PROGRAM_KINDS}
    for name, rung in places.rungs():
        if ask(engine, [], kinds | rung, 1, 0, facets=()).total:
            return base | rung, [Relaxation("climbed", places.surface, name)] if name else []
    return base | next(iter(places.rungs()))[1], [Relaxation("unknown_place", places.surface)]


def _relax(
    engine: SearchEngine, request: SearchRequest, terms: list[Term], filters: Filters
) -> tuple[EngineResult, list[Relaxation]]:
    """Ask, and give up what leaves nothing: first filters that do so whatever the words are, then the lightest words.

    ``terms`` and ``filters`` are left as they were asked last.
    """
    told: list[Relaxation] = []
    result = ask(engine, terms, filters, request.page, request.per_page)
    if result.total == 0 and filters:
        told += [Relaxation("dropped_filter", name) for name in _give_up(engine, filters, request.keep)]
        result = ask(engine, terms, filters, request.page, request.per_page)
    while result.total == 0 and terms:
        dropped, may_find = _droppable(engine, terms, filters)
        terms[:] = [term for term in terms if not dropped.is_part_with(term)]
        told.append(Relaxation("dropped_word", dropped.surface))
        if may_find or not terms:
            result = ask(engine, terms, filters, request.page, request.per_page)
    return result, told


def _give_up(engine: SearchEngine, filters: Filters, keep: frozenset[str]) -> list[str]:
    """Take filters away until anything passes the rest, and put back those without which no more is found; the names of those that are gone.

    What somebody asked for stays while there is any elsewhere: of pads in a prefecture with nothing, the prefecture is given up.
    """
    given_up: Filters = {}
    for name in [name for name in _FILTERS_BY_WEIGHT if name in filters and name not in keep]:
        if ask(engine, [], filters, 1, 0, facets=()).total:
            break
        # A plan or a network never stands as a programme; only a kind of which there is nothing at all is given up.
        if name == "kind" and ask(engine, [], {name: filters[name]}, 1, 0, facets=()).total:
            continue
        given_up[name] = filters.pop(name)
    for name in reversed(given_up):
        if ask(engine, [], filters | {name: given_up[name]}, 1, 0, facets=()).total:
            filters[name] = given_up[name]
    return [name for name in given_up if name not in filters]


def _droppable(engine: SearchEngine, terms: Sequence[Term], filters: Filters) -> tuple[Term, bool]:
    """Of the lightest terms the one without which something is found, the later in the query the sooner; else the last.

    And whether something may be found without it: False where that is known not to be so. A word that is found by its parts is given
    up whole: half of it is another word.
    """
    least = min(term.weight for term in terms)
    lightest = [term for term in reversed(terms) if term.weight == least]
    if all(lightest[0].is_part_with(term) for term in lightest):
        return lightest[0], True
    for term in lightest:
        others = [other for other in terms if not term.is_part_with(other)]
        if ask(engine, others, filters, 1, 0, facets=()).total:
            return term, True
    return lightest[0], False


def _heaviest(terms: Sequence[Term]) -> tuple[list[Term], list[Term]]:
    """At most :data:`MAX_TERMS` terms, each once, the heaviest of them in the query's order; and those left out."""
    once = list({term.term: term for term in reversed(terms)}.values())[::-1]
    kept = sorted(once, key=lambda term: -term.weight)[:MAX_TERMS]
    return [term for term in once if term in kept], [term for term in once if term not in kept]


def _desks(understood: Understood) -> tuple[str, ...]:
    """The lines that fit, urgent ones first, each once."""
    ordered = sorted(understood.concepts, key=lambda concept: not concept.urgent)
    return tuple(dict.fromkeys(desk for concept in ordered for desk in concept.desks))


def _found_nothing(
    request: SearchRequest,
    text: str,
    relaxed: list[Relaxation],
    understood: Understood,
    missed: tuple[str, ...],
    *,
    even_beside_desks: bool = False,
) -> SearchResult:
    """No programme; the lines of the concepts, if there are any, answer instead. ``text`` is what was looked for."""
    if even_beside_desks or all(concept.elsewhere for concept in understood.concepts):
        relaxed.append(Relaxation("nothing_matched", text))
    return SearchResult(
        total=0,
        page=1,
        per_page=request.per_page,
        listings=(),
        facets={name: {} for name in FACETS},
        relaxed=tuple(relaxed),
        urgent=understood.urgent,
        desks=_desks(understood),
        missed=missed,
    )


def _holds(engine: SearchEngine, filters: Filters, term: str) -> bool:
    """Whether any listing that passes the filters holds this term."""
    return ask(engine, [Term(term, "", CONCEPT)], filters, 1, 0, facets=()).total > 0


def _read_by_parts(text: str, generation: Generation, terms: Sequence[Term]) -> list[Relaxation]:
    """Offices that no listing names: what is found instead has the words of which their names are made, and that is told."""
    told = []
    for word in unicodedata.normalize("NFKC", text).split():
        within = [term for term in terms if term.surface in word and term.weight < CONCEPT]
        if len(within) > 1 and is_office(word) and not generation.is_called(fold_label(word)):
            parts = dict.fromkeys(one.term[2:] if one.surface == word else one.surface for one in within)
            told.append(Relaxation("mapped", word, "・".join(parts)))
    return told


def _is_unknown(text: str, understood: Understood) -> bool:
    """Whether nothing of the text is known."""
    return not understood.terms and not understood.concepts and len(text.split()) == 1


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
    places = AskedPlaces.of(understood.places)
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
