"""The lexicon as an administrator reads it: each concept with its words by their sort, and which concepts have to do with a text."""

from __future__ import annotations

import tomllib
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from tsunagari_indexer.lexicon import Concept, Lexicon, fold

#: A text longer than this is cut: no word is so long.
MAX_ASKED = 100


@dataclass(frozen=True, slots=True)
class ConceptWords:
    """The words of one concept as the lexicon's file has them, by their sort. ``phrases`` are beginnings; … in them stands for anything."""

    official: tuple[str, ...] = ()
    everyday: tuple[str, ...] = ()
    readings: tuple[str, ...] = ()
    misspellings: tuple[str, ...] = ()
    english: tuple[str, ...] = ()
    phrases: tuple[str, ...] = ()


@cache
def words_by_concept() -> Mapping[str, ConceptWords]:
    """The words of every concept of ``data/lexicon.toml``, by its id. What is wrong in that file is told by :func:`lexicon.known_lexicon`."""
    entries = tomllib.loads((files("tsunagari_indexer") / "data" / "lexicon.toml").read_text(encoding="utf-8"))
    sorts = ConceptWords.__slots__
    return {
        name: ConceptWords(**{sort: tuple(entry.get(sort, ())) for sort in sorts}) for name, entry in entries.items()
    }


def concepts_about(text: str, lexicon: Lexicon) -> tuple[Concept, ...]:
    """The concepts that a text means, as a search would read it, then those with a word in which it stands, by their names.

    Width, and hiragana against katakana, do not matter.
    """
    asked = " ".join(unicodedata.normalize("NFKC", text[:MAX_ASKED]).split())
    if not asked:
        return ()
    meant = {match.concept.id: match.concept for match in lexicon.find(asked)}
    wanted = fold(asked)
    named = {
        one.id: one
        for one in sorted(lexicon.concepts.values(), key=lambda one: (wanted not in fold(one.label), one.label))
        if wanted == one.id or any(wanted in fold(word) for word in (one.label, *one.words, *one.phrases))
    }
    return tuple((meant | named).values())
