"""Why a listing was found: which of its words, or which of its offers, answer which word of the query.

An engine gives ids only. The words of a term are looked up in the generation's table of surfaces (生理用品 for the term of ナプキン is an
offer and has its own evidence), and looked for in the text that is shown, so that offsets are those of that text.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from tsunagari_indexer.lexicon import Lexicon, is_run_on
from tsunagari_indexer.listings import Listing
from tsunagari_indexer.understanding import Term

#: As many marks as help the eye.
MAX_SPANS = 8


@dataclass(frozen=True, slots=True)
class Reason:
    """One word of the query and what answers it.

    ``surface`` is what was typed; ``label`` the concept's name where it is another word, else empty. ``spans`` are offsets in the
    description, ``name_spans`` in the name, from the left and without overlaps.
    """

    surface: str
    label: str
    spans: tuple[tuple[int, int], ...]
    name_spans: tuple[tuple[int, int], ...]


def reasons(
    listings: Iterable[Listing],
    terms: Sequence[Term],
    surfaces: Callable[[str], tuple[str, ...]],
    lexicon: Lexicon,
    names: Sequence[str] = (),
) -> dict[str, tuple[Reason, ...]]:
    """For each listing's id a reason for each term, before them one for each of ``names`` that stands in its name or description."""
    words = {term.term: _words(term.term, surfaces, lexicon) for term in terms}
    return {
        listing.id: (
            *_names(listing, names),
            *(_reason(listing, term, words[term.term], lexicon) for term in terms),
        )
        for listing in listings
    }


def _names(listing: Listing, names: Sequence[str]) -> tuple[Reason, ...]:
    found = (
        Reason(
            name,
            "",
            _without_overlaps(_occurrences(listing.description, [name])),
            _without_overlaps(_occurrences(listing.program_name, [name])),
        )
        for name in names
    )
    return tuple(reason for reason in found if reason.spans or reason.name_spans)


def _words(term: str, surfaces: Callable[[str], tuple[str, ...]], lexicon: Lexicon) -> tuple[str, ...]:
    if not term.startswith("c:"):
        return surfaces(term)
    concept = lexicon.concepts.get(term.removeprefix("c:"))
    return concept.body if concept else ()


def _reason(listing: Listing, term: Term, words: tuple[str, ...], lexicon: Lexicon) -> Reason:
    label = ""
    spans: list[tuple[int, int]] = []
    if term.term.startswith("c:"):
        concept = lexicon.concepts.get(term.term.removeprefix("c:"))
        label = concept.label if concept and concept.label != term.surface else ""
        spans = [(offer.start, offer.end) for offer in listing.offers if f"c:{offer.kind}" == term.term]
    return Reason(
        term.surface,
        label,
        _without_overlaps([*spans, *_occurrences(listing.description, words)]),
        _without_overlaps(_occurrences(listing.program_name, words)),
    )


def _occurrences(text: str, words: Iterable[str]) -> list[tuple[int, int]]:
    found: list[tuple[int, int]] = []
    for word in words:
        at = text.find(word)
        if at < 0:
            continue
        # Only at a letter that can run on is there anything to ask of the text.
        runs_left, runs_right = is_run_on(word[0] * 2, 1), is_run_on(word[-1] * 2, 1)
        while at >= 0 and len(found) < MAX_SPANS:
            end = at + len(word)
            if not (runs_left and is_run_on(text, at)) and not (runs_right and is_run_on(text, end)):
                found.append((at, end))
            at = text.find(word, end)
    return found


def _without_overlaps(spans: list[tuple[int, int]]) -> tuple[tuple[int, int], ...]:
    kept: list[tuple[int, int]] = []
    for start, end in sorted(spans, key=lambda span: (span[0], -span[1])):
        if not kept or start >= kept[-1][1]:
            kept.append((start, end))
    return tuple(kept[:MAX_SPANS])
