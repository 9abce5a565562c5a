"""Typing errors: a word that nobody knows, as the known word that it is nearly the same as.

The distance is that of single insertions, deletions, substitutions and swapped neighbours (optimal string alignment). A word of the
dictionary is never changed into another, inflected or not: 「パスポート」 and 「消えた」 stay what they are, although no list holds them.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache

from rapidfuzz import process
from rapidfuzz.distance import OSA

from tsunagari_indexer.analysis import is_good_japanese

#: Shorter words are too near to too many others.
_SHORTEST = 3
#: Three or four Latin letters are an abbreviation that is near to every other (asdf, ASD).
_SHORTEST_LATIN = 5
#: From this length on two errors are mended, below it one.
_LONG = 7


class Mender:
    """Mends words towards a vocabulary. ``vocabulary`` is in the form in which words are compared (:func:`lexicon.fold`)."""

    def __init__(self, vocabulary: Iterable[str]) -> None:
        by_length: dict[int, list[str]] = {}
        for word in sorted(set(vocabulary)):
            if len(word) >= _SHORTEST:
                by_length.setdefault(len(word), []).append(word)
        self._by_length = by_length
        self._mended = lru_cache(maxsize=1024)(self._look)

    def mend(self, folded: str, raw: str) -> str | None:
        """The nearest known word, or None where there is none near enough, or where ``raw`` is a good word as it stands."""
        if len(folded) < _SHORTEST or len(folded) > max(self._by_length, default=0) + 2:
            return None
        if (raw.isascii() and len(raw) < _SHORTEST_LATIN) or is_good_japanese(raw):
            return None
        return self._mended(folded)

    def _look(self, folded: str) -> str | None:
        most = 2 if len(folded) >= _LONG else 1
        best: tuple[int, int, str] | None = None
        for length in range(len(folded) - most, len(folded) + most + 1):
            found = process.extractOne(
                folded, self._by_length.get(length, ()), scorer=OSA.distance, score_cutoff=most, processor=None
            )
            if found:
                candidate = (int(found[1]), abs(length - len(folded)), str(found[0]))
                best = min(best, candidate) if best else candidate
        return best[2] if best and best[0] else None
