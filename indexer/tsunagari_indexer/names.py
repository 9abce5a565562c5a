"""What listings are called: exact names and phone numbers, and parts of names that stand in them whole.

People know a piece of a name (「スポーツ市民局」「よりそいホットライン」) and type it as it is written. The listings in whose name, venue or department
it stands whole come first, and what its words find otherwise comes after. Every generation holds its labels, so that this is the same
whatever engine answers the rest.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from tsunagari_indexer.analysis import is_dictionary_word, units
from tsunagari_indexer.engine import EngineResult
from tsunagari_indexer.lexicon import Lexicon, fold
from tsunagari_indexer.place_names import place_named
from tsunagari_indexer.understanding import Term

#: Shorter pieces stand in names by chance.
_SHORTEST = 3
_SHORTEST_WITHIN = 4
#: The sorts of labels that count (:func:`listings.labels_of`): departments are called after needs (子育て支援課), which are no names.
_WITH_VENUES, _WITH_DEPARTMENTS = 1, 2
_ENDS_AS_OFFICE = re.compile("[㐀-鿿々ァ-ヺーぁ-ゖ・]{2,}(?:[課係局部室班館所]|センター|プラザ|グループ|事務所|委員会)")
#: 南アルプス市 has six characters, and its prefecture may stand before it.
_LONGEST_PLACE = 10
_BRACKETS = "「」『』（）()【】[]\"'“”、。，．・"


@dataclass(frozen=True, slots=True)
class NamePiece:
    """A piece of the query that stands whole in a label; ``last`` is the last sort of label that counts for it."""

    text: str
    last: int


def name_pieces(text: str, is_called: Callable[[str], bool], lexicon: Lexicon) -> list[NamePiece]:
    """The pieces of a query that stand whole in a name, a venue or a department: all of it, else of each word as much as does."""
    whole = _piece(text.strip(_BRACKETS + " 　"), is_called, lexicon)
    if whole:
        return [whole]
    return [piece for word in text.split() for piece in _within(word.strip(_BRACKETS), is_called, lexicon)]


def _within(word: str, is_called: Callable[[str], bool], lexicon: Lexicon) -> Iterator[NamePiece]:
    """All of a word, or all after the place that it begins with; else the longest runs of words in it."""
    whole = _piece(word, is_called, lexicon) or _piece(_without_place(word), is_called, lexicon)
    if whole:
        yield whole
        return
    spans = units(word)
    at = 0
    while at < len(spans):
        start = end = at
        while end < len(spans) and is_called(word[spans[start][0] : spans[end][1]]):
            end += 1
        at = max(end, start + 1)
        if end - start > 1:
            run = word[spans[start][0] : spans[end - 1][1]]
            piece = _piece(run, is_called, lexicon) if len(run) >= _SHORTEST_WITHIN else None
            if piece:
                yield piece


def _piece(text: str, is_called: Callable[[str], bool], lexicon: Lexicon) -> NamePiece | None:
    if len(text) < _SHORTEST or not is_called(text) or is_dictionary_word(text) or place_named(text):
        return None
    is_need = fold(text) in lexicon.surfaces and not is_office(text)
    return NamePiece(text, _WITH_VENUES if is_need else _WITH_DEPARTMENTS)


def is_office(text: str) -> bool:
    """Whether a word is called as offices and facilities are."""
    return bool(_ENDS_AS_OFFICE.fullmatch(text))


def _without_place(word: str) -> str:
    """What follows the longest place that a word begins with, or nothing."""
    for length in range(min(_LONGEST_PLACE, len(word) - _SHORTEST), 1, -1):
        if place_named(word[:length]):
            return word[length:].removeprefix("の").removeprefix("・")
    return ""


def beside(terms: Sequence[Term], pieces: Sequence[NamePiece]) -> tuple[str, ...]:
    """The terms of the query's other words."""
    return tuple(dict.fromkeys(term.term for term in terms if not any(term.surface in piece.text for piece in pieces)))


def united(first: EngineResult, rest: EngineResult, both: EngineResult, orders: Sequence[int]) -> EngineResult:
    """The total and the counts of two results together, what both have counted once."""
    facets = {}
    for name, counts in rest.facets.items():
        counted = Counter(counts)
        counted.update(first.facets[name])
        counted.subtract(both.facets[name])
        facets[name] = {value: count for value, count in counted.items() if count}
    return EngineResult(first.total + rest.total - both.total, tuple(orders), facets)
