"""The lexicon: everyday words and the concepts that they mean. The entries are data (``data/lexicon.toml``)."""

from __future__ import annotations

import re
import tomllib
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from tsunagari_indexer.analysis import boundaries, to_katakana
from tsunagari_indexer.errors import DataFileError

_HIRAGANA = re.compile("[ぁ-ゖ]*")


@dataclass(frozen=True, slots=True)
class Concept:
    """A meaning with the words for it.

    ``stems`` are beginnings of words, which match whatever follows. ``body`` are words of descriptions that carry the concept where no offer does; ``urgent`` brings the lines that help now
    to the top of any page.
    """

    id: str
    words: tuple[str, ...]
    stems: tuple[str, ...] = ()
    body: tuple[str, ...] = ()
    urgent: bool = False


@dataclass(frozen=True, slots=True)
class ConceptMatch:
    """A concept found in a query: offsets in the query's folded form (:func:`fold`), which keeps every character's place."""

    concept: Concept
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Lexicon:
    """All concepts. ``surfaces`` maps each word and stem in folded form to its concept; ``stems`` are the latter's keys."""

    concepts: tuple[Concept, ...]
    surfaces: Mapping[str, Concept]
    stems: frozenset[str]

    def find(self, query: str) -> list[ConceptMatch]:
        """The concepts of a query, longest words first where they overlap, in the query's order."""
        text = fold(query)
        edges = boundaries(query)
        longest = max(map(len, self.surfaces))
        found = []
        at = 0
        while at < len(text):
            for length in range(min(longest, len(text) - at), 0, -1):
                surface = text[at : at + length]
                concept = self.surfaces.get(surface)
                if concept is not None and _is_whole(text, at, at + length, edges, open_end=surface in self.stems):
                    end = at + length
                    if surface in self.stems:
                        # The stem's own ending belongs to it: 殴ら and れました.
                        end = _HIRAGANA.match(query, end).end()  # type: ignore[union-attr]
                    found.append(ConceptMatch(concept, at, end))
                    at = end
                    break
            else:
                at += 1
        return found


def fold(text: str) -> str:
    """The text for comparing surfaces: NFKC of single characters, lower case, hiragana as katakana; one for one."""
    return "".join(_fold_char(char) for char in text)


def load_lexicon(text: str, *, where: str) -> Lexicon:
    """Read a lexicon file.

    Raises:
        DataFileError: not TOML, a concept twice, a word that means two concepts, an empty word.
    """
    try:
        entries: Sequence[dict[str, object]] = tomllib.loads(text)["concept"]
        concepts = tuple(_concept(entry) for entry in entries)
    except (tomllib.TOMLDecodeError, KeyError, TypeError) as error:
        raise DataFileError(f"{where}：語彙の表として読めません（{error}）") from error
    surfaces: dict[str, Concept] = {}
    for concept in concepts:
        for word in (*concept.words, *concept.stems):
            folded = fold(word)
            if not folded.strip():
                raise DataFileError(f"{where}：「{concept.id}」に空の語があります")
            if surfaces.setdefault(folded, concept) is not concept:
                raise DataFileError(f"{where}：「{word}」が「{surfaces[folded].id}」と「{concept.id}」の両方にあります")
    if len({concept.id for concept in concepts}) < len(concepts):
        raise DataFileError(f"{where}：同じ id の項目が2つあります")
    return Lexicon(concepts, surfaces, frozenset(fold(stem) for concept in concepts for stem in concept.stems))


@cache
def known_lexicon() -> Lexicon:
    """The lexicon of ``data/lexicon.toml``."""
    return load_lexicon(
        (files("tsunagari_indexer") / "data" / "lexicon.toml").read_text(encoding="utf-8"),
        where="lexicon.toml",
    )


def _concept(entry: Mapping[str, object]) -> Concept:
    words, stems, body = entry["words"], entry.get("stems", []), entry.get("body", [])
    if not isinstance(words, list) or not isinstance(stems, list) or not isinstance(body, list):
        raise TypeError(f"{entry.get('id')}: words, stems, body")
    return Concept(str(entry["id"]), tuple(words), tuple(stems), tuple(body), bool(entry.get("urgent", False)))


def _fold_char(char: str) -> str:
    folded = to_katakana(unicodedata.normalize("NFKC", char).lower())
    return folded if len(folded) == 1 else char


def urgent_in(text: str) -> frozenset[str]:
    """The urgent concepts that a text of any length speaks of."""
    return frozenset(match.concept.id for match in known_lexicon().find(text) if match.concept.urgent)


def _is_whole(text: str, start: int, end: int, edges: frozenset[int], *, open_end: bool) -> bool:
    """Not a piece of a longer word: ライン is not in オンライン, line not in online, 生理 not in 生理痛.

    Between ideographs the dictionary's word boundaries decide; katakana and Latin letters run on without any.
    """
    # Hiragana before a stem is a particle (夫にレイプされた); letters before one are another word (white me).
    free = open_end and not _is_latin(text[start])
    if start and not free and not _may_break(text[start - 1], text[start], start, edges):
        return False
    if open_end or end == len(text) or _may_break(text[end - 1], text[end], end, edges):
        return True
    # Hiragana is folded to katakana, so a particle may follow.
    return _is_katakana(text[end]) and text[end] in "デニヲガハモノト"


def _may_break(before: str, after: str, at: int, edges: frozenset[int]) -> bool:
    if _is_ideograph(before) and _is_ideograph(after):
        return at in edges
    return not any(script(before) and script(after) for script in (_is_katakana, _is_latin))


def _is_ideograph(char: str) -> bool:
    return "\u3400" <= char <= "\u9fff"


def _is_katakana(char: str) -> bool:
    return "ァ" <= char <= "ヺ" or char == "ー"


def _is_latin(char: str) -> bool:
    return char.isascii() and char.isalnum()
