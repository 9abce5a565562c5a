"""Language analysis: from Japanese text to the terms that are searched, the same for documents and for queries.

Sudachi gives the words: its longest units (mode C) and their parts (mode A), in normalised form, content words only. The raw
text is fed, so that offsets hold. A term is a word with a letter for its sort: ``w:`` a normalised word, ``r:`` a reading in
katakana, ``c:`` a concept or offer. One tokenizer shared by threads fails; making one costs under a microsecond, so each call
makes its own.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from importlib.metadata import version

from sudachipy import Dictionary, SplitMode
from sudachipy.morpheme import Morpheme

#: Changes whenever the terms of a text change; a part of every generation.
ANALYSIS_VERSION = f"1/sudachi-{version('sudachipy')}/core-{version('sudachidict-core')}"

#: A longer word would not be indexed by Meilisearch in its ASCII form (250 bytes), so that both engines cut here (bytes of UTF-8).
MAX_TERM_BYTES = 120

_CONTENT = frozenset({"名詞", "動詞", "形容詞", "形状詞", "副詞", "接頭辞"})
#: Verbs and nouns that carry no meaning of their own in these descriptions.
_EMPTY = frozenset(
    [
        "為る",
        "有る",
        "居る",
        "成る",
        "出来る",
        "行う",
        "行なう",
        "事",
        "物",
        "等",
        "為",
        "様",
        "此れ",
        "其れ",
        "其の",
        "又",
        "及び",
        "御",
        "下さる",
        "たい",
        "無い",
        "良い",
        "欲しい",
        "貰う",
        "所",
        "方",
        "こと",
        "何",
        "何処",
    ]
)
_INFLECTED = frozenset({"動詞", "形容詞", "形状詞"})
_JOINTS = frozenset({"助詞", "助動詞", "補助記号", "空白"})
_BRACKETED_KANA = re.compile(r"[「『（(“]([ぁ-ゖァ-ヺー]{2,})[」』）)”]")
_SURROGATE = re.compile("[\ud800-\udfff]")
_KANA = re.compile(r"[ぁ-ゖァ-ヺー・]+")
_KATAKANA = {code: code + 0x60 for code in range(ord("ぁ"), ord("ゖ") + 1)}


@dataclass(frozen=True, slots=True)
class Token:
    """One content word: its terms, and where it stands in the text that was fed (offsets in characters).

    ``is_place``: the dictionary has it as the name of a place.
    """

    surface: str
    start: int
    end: int
    word: str
    reading: str
    parts: tuple[str, ...]
    part_readings: tuple[str, ...]
    is_place: bool


@dataclass(frozen=True, slots=True)
class _Sort:
    """What a part of speech says of its words."""

    is_content: bool
    is_place: bool


#: By the dictionary's number of the part of speech.
_SORTS: dict[int, _Sort] = {}


@cache
def _dictionary() -> Dictionary:
    return Dictionary(dict="core")


def tokens(text: str) -> Iterator[Token]:
    """The content words of ``text``, in its order."""
    for morpheme in _dictionary().tokenizer(mode=SplitMode.C).tokenize(text):
        word = morpheme.normalized_form()
        sort = _sort_of(morpheme)
        if _is_said(sort, word):
            parts = [
                (form, part)
                for part in morpheme.split(SplitMode.A, add_single=False)
                if _is_said(_sort_of(part), form := part.normalized_form())
            ]
            yield Token(
                surface=morpheme.surface(),
                start=morpheme.begin(),
                end=morpheme.end(),
                word=_cut(word),
                reading=_cut(to_katakana(morpheme.reading_form())),
                parts=tuple(_cut(form) for form, _ in parts if form != word),
                is_place=sort.is_place,
                part_readings=tuple(_cut(to_katakana(part.reading_form())) for _, part in parts),
            )


@dataclass(frozen=True, slots=True)
class Analysed:
    """The terms of a text. ``surfaces`` maps each to the words of the text from which it was made."""

    words: frozenset[str]
    readings: frozenset[str]
    surfaces: Mapping[str, frozenset[str]]


def analyse(text: str) -> Analysed:
    """The terms of ``text``: ``w:`` each word and its parts; ``r:`` the readings of two kana or more of each word, its parts, and
    each two adjoining words."""
    made: dict[str, set[str]] = defaultdict(set)
    # A name in kana within brackets (「まいさぽ」) is no word of any dictionary; it is found whole.
    for name in _BRACKETED_KANA.findall(text):
        made[f"r:{_cut(to_katakana(name))}"].add(name)
    before: Token | None = None
    for token in tokens(text):
        for form in (token.word, *token.parts):
            made[f"w:{form}"].add(token.surface)
        for reading in (token.reading, *token.part_readings):
            if len(reading) > 1:
                made[f"r:{reading}"].add(token.surface)
        if before is not None and before.end == token.start:
            made[f"r:{_cut(before.reading + token.reading)}"].add(before.surface + token.surface)
        before = token
    return Analysed(
        frozenset(term for term in made if term.startswith("w:")),
        frozenset(term for term in made if term.startswith("r:")),
        {term: frozenset(surfaces) for term, surfaces in made.items()},
    )


def words(text: str) -> frozenset[str]:
    """The ``w:`` terms of ``text``."""
    return analyse(text).words


def readings(text: str) -> frozenset[str]:
    """The ``r:`` terms of ``text``."""
    return analyse(text).readings


def boundaries(text: str) -> frozenset[int]:
    """Where Sudachi's longest units begin and end in ``text`` (offsets in characters)."""
    morphemes = _dictionary().tokenizer(mode=SplitMode.C).tokenize(text)
    return frozenset(offset for morpheme in morphemes for offset in (morpheme.begin(), morpheme.end()))


def units(text: str) -> tuple[tuple[int, int], ...]:
    """Where each of Sudachi's longest units stands that a name can begin or end with: no particle, auxiliary, sign or space."""
    return tuple(
        (morpheme.begin(), morpheme.end())
        for morpheme in _dictionary().tokenizer(mode=SplitMode.C).tokenize(text)
        if morpheme.part_of_speech()[0] not in _JOINTS
    )


def reading_of(text: str) -> str:
    """The whole of ``text`` in katakana, symbols and spaces left out."""
    return "".join(
        to_katakana(morpheme.reading_form())
        for morpheme in _dictionary().tokenizer(mode=SplitMode.C).tokenize(text)
        if morpheme.part_of_speech()[0] not in {"補助記号", "空白"}
    )


def is_dictionary_word(text: str) -> bool:
    """Whether ``text`` is one word of Sudachi's dictionary."""
    morphemes = _dictionary().tokenizer(mode=SplitMode.C).tokenize(text)
    return len(morphemes) == 1 and not morphemes[0].is_oov()


def is_good_japanese(text: str) -> bool:
    """Whether ``text`` is no typing error, as far as the dictionary can tell.

    One word of it; an inflected one with its auxiliaries (消えた, 飲みたい); or words joined by particles (夏休みの宿題). All in kana,
    and nouns side by side, are not enough: of せいりよひん and 生理洋品 every piece is some word.
    """
    morphemes = list(_dictionary().tokenizer(mode=SplitMode.C).tokenize(text))
    if not morphemes or any(morpheme.is_oov() for morpheme in morphemes):
        return False
    if len(morphemes) == 1:
        return True
    sorts = [morpheme.part_of_speech() for morpheme in morphemes]
    if sorts[0][0] in _INFLECTED and len(morphemes[0].surface()) + len(morphemes[1].surface()) > 2:
        return all(sort[0] in {"助動詞", "助詞"} or sort[1] == "非自立可能" for sort in sorts[1:])
    joints = [sort[0] == "助詞" and sort[1] in {"格助詞", "係助詞"} for sort in sorts]
    if is_kana(text) or sorts[0][0] != "名詞" or not any(joints[1:-1]) or joints[-1]:
        return False
    return all(
        sort[0] in {"助詞", "助動詞"}
        or (sort[0] in _CONTENT and (len(morpheme.surface()) > 1 or not is_kana(morpheme.surface())))
        for sort, morpheme in zip(sorts, morphemes, strict=True)
    )


def encodable(text: str) -> str:
    """The text with a space for each lone surrogate, which no encoder, analyser or page can take."""
    return _SURROGATE.sub(" ", text)


def is_kana(text: str) -> bool:
    """Whether ``text`` is hiragana and katakana only."""
    return bool(_KANA.fullmatch(text))


def to_katakana(text: str) -> str:
    """Hiragana as katakana; everything else as it is."""
    return text.translate(_KATAKANA)


def _sort_of(morpheme: Morpheme) -> _Sort:
    """What its part of speech says, looked at once for each of the dictionary's some thousand."""
    number = morpheme.part_of_speech_id()
    if number not in _SORTS:
        position = morpheme.part_of_speech()
        is_content = position[0] in _CONTENT and position[:2] != ("名詞", "助動詞語幹")
        _SORTS[number] = _Sort(is_content, position[2] == "地名")
    return _SORTS[number]


def _is_said(sort: _Sort, word: str) -> bool:
    """Whether a word of this sort, in normalised form, is one that is searched."""
    return sort.is_content and word not in _EMPTY and bool(word.strip())


def _cut(term: str) -> str:
    if len(term) <= MAX_TERM_BYTES // 4:
        return term
    encoded = term.encode()
    return term if len(encoded) <= MAX_TERM_BYTES else encoded[:MAX_TERM_BYTES].decode(errors="ignore")
