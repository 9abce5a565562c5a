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
from tsunagari_indexer.listings import fold_label
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
    """The pieces of a query that stand whole in a name, a venue or a department: all of it, else of each word as much as does.

    Args:
        text: the query in NFKC.
        is_called: whether a folded piece (:func:`listings.fold_label`) stands whole in any label.
        lexicon: words of needs, which are pieces of names only with what is really called so.
    """
    whole = _Word(text.strip(_BRACKETS + " 　"), is_called, lexicon)
    if whole.is_called():
        piece = whole.piece(0, len(whole.text))
        if piece:
            return [piece]
    return [piece for word in text.split() for piece in _Word(word.strip(_BRACKETS), is_called, lexicon).pieces()]


class _Word:
    """A word of the query, folded once."""

    def __init__(self, text: str, is_called: Callable[[str], bool], lexicon: Lexicon) -> None:
        self.text, self._is_called, self._lexicon = text, is_called, lexicon
        self._folded = fold_label(text)

    def is_called(self, start: int = 0, end: int | None = None) -> bool:
        """Whether this stretch of it stands whole in a label."""
        # Folding keeps every character's place where no white space falls away.
        if len(self._folded) == len(self.text):
            return self._is_called(self._folded[start:end])
        return self._is_called(fold_label(self.text[start:end]))

    def piece(self, start: int, end: int) -> NamePiece | None:
        """This stretch as a piece of a name, if it is one: no word of the dictionary, and no place."""
        text = self.text[start:end]
        if len(text) < _SHORTEST or is_dictionary_word(text) or place_named(text):
            return None
        is_need = fold(text) in self._lexicon.surfaces and not is_office(text)
        return NamePiece(text, _WITH_VENUES if is_need else _WITH_DEPARTMENTS)

    def pieces(self) -> Iterator[NamePiece]:
        """All of it, or all after the place that it begins with; else the longest runs of words in it."""
        end = len(self.text)
        start = 0 if self.is_called() else self._after_place()
        whole = self.piece(start, end) if start is not None else None
        if whole:
            yield whole
            return
        if not any(self.is_called(at, at + _SHORTEST_WITHIN) for at in range(end - _SHORTEST_WITHIN + 1)):
            return
        spans = units(self.text)
        at = 0
        while at < len(spans):
            first = last = at
            while last < len(spans) and self.is_called(spans[first][0], spans[last][1]):
                last += 1
            at = max(last, first + 1)
            if last - first > 1 and spans[last - 1][1] - spans[first][0] >= _SHORTEST_WITHIN:
                piece = self.piece(spans[first][0], spans[last - 1][1])
                if piece:
                    yield piece

    def _after_place(self) -> int | None:
        """Where something that listings are called begins behind the place with which the word begins."""
        for place in range(min(_LONGEST_PLACE, len(self.text) - _SHORTEST), 1, -1):
            start = place + 1 if self.text[place] in "の・" else place
            if len(self.text) - start >= _SHORTEST and self.is_called(start) and place_named(self.text[:place]):
                return start
        return None


def is_office(text: str) -> bool:
    """Whether a word is called as offices and facilities are."""
    return bool(_ENDS_AS_OFFICE.fullmatch(text))


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
