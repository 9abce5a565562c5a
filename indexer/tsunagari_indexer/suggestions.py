"""What somebody may be about to type: concepts, places and names that begin so, by their letters or by their reading."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache

from tsunagari_indexer.lexicon import Lexicon, fold
from tsunagari_indexer.place_names import names_of_places
from tsunagari_indexer.romaji import romaji_to_katakana

#: As many as fit a phone's screen beside the keyboard.
LIMIT = 8
#: More is no beginning of a word.
_LONGEST = 30
#: So many entries that begin alike are looked at; a single letter has thousands.
_LOOKED_AT = 400


@dataclass(frozen=True, slots=True)
class Suggestion:
    """``text`` is what to search for, ``kind`` what it is: ``concept``, ``place`` or ``name``; ``note`` tells equal ones apart."""

    kind: str
    text: str
    note: str = ""


@dataclass(frozen=True, slots=True)
class SuggestionIndex:
    """Suggestions under their folded letters and readings, sorted by those."""

    keys: Sequence[str]
    suggestions: Sequence[Suggestion]

    @classmethod
    def of(cls, entries: Iterable[tuple[str, Suggestion]]) -> SuggestionIndex:
        """The index of (folded key, suggestion) pairs."""
        ordered = sorted(set(entries), key=lambda entry: (entry[0], entry[1].kind, entry[1].text, entry[1].note))
        return cls([key for key, _ in ordered], [suggestion for _, suggestion in ordered])

    def starting_with(self, key: str) -> list[Suggestion]:
        """What begins with ``key``: prefectures before their towns, the shortest keys first, each suggestion once."""
        start = bisect_left(self.keys, key)
        found: list[tuple[bool, int, int]] = []
        for index in range(start, min(start + _LOOKED_AT, len(self.keys))):
            if not self.keys[index].startswith(key):
                break
            found.append((bool(self.suggestions[index].note), len(self.keys[index]), index))
        return list(dict.fromkeys(self.suggestions[index] for _, _, index in sorted(found)))


def suggest(typed: str, concepts: SuggestionIndex, names: SuggestionIndex, limit: int = LIMIT) -> list[Suggestion]:
    """At most ``limit`` suggestions for a beginning, of each kind some: concepts first, then places, then names.

    ``concepts`` and ``names`` are the generation's.
    """
    text = typed.strip()
    if not text or len(text) > _LONGEST:
        return []
    keys = [fold(text)]
    keys += _kana_beginning(text)
    found = list(
        dict.fromkeys(one for key in keys for index in (concepts, _places(), names) for one in index.starting_with(key))
    )
    by_kind = {kind: [one for one in found if one.kind == kind] for kind in ("concept", "place", "name")}
    taken = {kind: len(ones[: limit // 2 if kind == "concept" else limit // 4]) for kind, ones in by_kind.items()}
    for kind, ones in by_kind.items():
        room = limit - sum(taken.values())
        taken[kind] += min(room, len(ones) - taken[kind])
    return [one for kind, ones in by_kind.items() for one in ones[: taken[kind]]]


def _kana_beginning(text: str) -> list[str]:
    """What a beginning in romaji spells so far: サ and what may follow for sapp."""
    for length in range(len(text), max(0, len(text) - 3), -1):
        kana = romaji_to_katakana(text[:length])
        if kana:
            return (
                [kana + "ッ", kana]
                if length < len(text) and text[length:][:1] == text[length + 1 : length + 2]
                else [kana]
            )
    return []


def concept_suggestions(lexicon: Lexicon) -> SuggestionIndex:
    """Each word of the lexicon leads to its concept's label; misspellings do so as well."""
    return SuggestionIndex.of(
        (fold(word), Suggestion("concept", concept.label))
        for concept in lexicon.concepts.values()
        for word in (concept.label, *concept.words, *(phrase.partition("…")[0] for phrase in concept.phrases))
    )


@cache
def _places() -> SuggestionIndex:
    entries = []
    for name, match in names_of_places().items():
        if match.prefecture:
            entries.append((fold(name), Suggestion("place", match.prefecture.name)))
        entries += [
            (fold(name), Suggestion("place", place.name, place.prefecture.name)) for place in match.municipalities
        ]
    return SuggestionIndex.of(entries)
