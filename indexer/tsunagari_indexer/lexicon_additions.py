"""Words that administrators add to the lexicon's concepts, as the ledger keeps them and as a generation carries them.

A word is added to a concept that is there; it is looked for as the lexicon's own words are (whole, in any width and kana). Nothing in
the lexicon's file changes, and no word of the file can be taken away. What may be added is decided in :mod:`tsunagari_indexer.adding_words`.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from tsunagari_indexer.imported import DocumentFinding
from tsunagari_indexer.lexicon import Concept, Lexicon, fold, lexicon_of
from tsunagari_parsers import Finding, Level

#: The key under which a generation notes the words that it was built with.
WORDS = "lexicon_additions"
#: The code of the finding on a word that does not fit the lexicon any more.
LEFT_OUT = "added_word_left_out"

#: A concept's id and a word for it.
Word = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Addition:
    """One entry of the ledger: the word ``surface`` (in NFKC) stands for ``concept`` (an id), or no longer does (``taken_back``)."""

    concept: str
    surface: str
    reason: str = ""
    by: str = ""
    at: str = ""
    taken_back: bool = False

    @property
    def key(self) -> Word:
        """What it is known by: the same word in another width or kana is the same."""
        return self.concept, fold(self.surface)


def in_force(additions: Iterable[Addition]) -> tuple[Addition, ...]:
    """The words that stand after all of these (oldest first), by concept and word: of several entries on one the last holds."""
    latest = {one.key: one for one in additions}
    return tuple(one for _, one in sorted(latest.items()) if not one.taken_back)


def with_words(lexicon: Lexicon, words: Sequence[Word]) -> tuple[Lexicon, tuple[Word, ...]]:
    """The lexicon with these words, and those that do not fit it: their concept is gone, or they mean another one by now.

    The lexicon itself where nothing is added. A word that its concept has anyway stays where it is.
    """
    concepts: dict[str, Concept] = dict(lexicon.concepts)
    meaning = {surface: concept.id for surface, concept in (*lexicon.implied.items(), *lexicon.surfaces.items())}
    left_out: list[Word] = []
    for concept_id, surface in words:
        concept = concepts.get(concept_id)
        if concept is None or meaning.setdefault(fold(surface), concept_id) != concept_id:
            left_out.append((concept_id, surface))
        elif fold(surface) not in lexicon.surfaces:
            concepts[concept_id] = replace(concept, words=(*concept.words, surface))
    if len(left_out) == len(words):
        return lexicon, tuple(left_out)
    return lexicon_of(concepts, where="言葉の追加"), tuple(left_out)


def left_out_findings(words: Iterable[Word]) -> tuple[DocumentFinding, ...]:
    """For the review: words that were added and that the lexicon cannot take any more."""
    return tuple(
        DocumentFinding(
            "",
            "言葉の追加",
            Finding(
                Level.NOTE,
                LEFT_OUT,
                f"足した言葉「{surface}」（{concept}）は、いまのことばの表に合わないので使いません。tsunagari word list で確かめてください",
                value=surface,
            ),
        )
        for concept, surface in words
    )


def words_to_meta(words: Sequence[Word]) -> str:
    """The words as a generation notes them: who added them, and why, stays in the ledger."""
    return json.dumps(words, ensure_ascii=False, separators=(",", ":"))


def words_from_meta(text: str) -> tuple[Word, ...]:
    """What :func:`words_to_meta` wrote."""
    return tuple((concept, surface) for concept, surface in json.loads(text))
