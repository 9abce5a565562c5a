"""From what somebody typed to what an engine is asked: concepts, places, words and readings, and what was done on the way.

A term that no listing holds is never sent. It is mended (a typing error), mapped (to a broader concept), or dropped; each is told.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Collection
from dataclasses import dataclass, field
from functools import cache

from tsunagari_indexer.analysis import Token, is_kana, to_katakana, tokens
from tsunagari_indexer.lexicon import Concept, Lexicon, fold
from tsunagari_indexer.mending import Mender
from tsunagari_indexer.place_names import PlaceMatch, names_of_places, place_named
from tsunagari_indexer.romaji import romaji_to_katakana

#: How much a term weighs: the lighter is dropped first when not all fit.
ERRAND, PART, WORD, CONCEPT = range(4)

#: Words of asking. They say nothing of what is looked for, and dropping them needs no telling.
_ASKING = frozenset(
    [
        "知る", "教える", "探す", "捜す", "助ける", "欲しい", "貰える", "頂く", "行く", "来る", "使う", "思う", "言う", "聞く", "分かる",
        "困る", "出来る", "遣る", "近い", "近く", "近所", "辺り", "今", "直ぐ", "場所", "所", "事", "為", "人", "私", "自分", "何", "何処",
        "誰", "如何", "呉れる", "下さる", "御願い", "願う", "一寸", "凄い", "迚も", "時", "様", "方", "物", "中", "良い", "駄目", "いる",
        "受ける", "できる", "ある", "ところ", "無料", "相手", "電話番号", "番号", "情報", "一覧", "検索", "支援", "事業", "制度", "サービス",
    ]
)  # fmt: skip
#: Errands: what is to be done with a thing, whatever it is. Without the thing they say nothing of what is looked for.
_ERRANDS = frozenset(
    [
        "予約", "更新", "申し込み", "申し込む", "申告", "申請", "手続き", "登録", "届け出", "受け取り", "受け取る", "発行", "交付", "再発行", "調整",
        "業者", "会社", "教室", "料金", "値段", "費用", "代行", "修理", "販売", "購入", "売る", "買う", "方法", "遣り方", "時間", "日程", "会場", "期限",
        "店", "アプリ", "募集", "抽選", "当選", "接種", "日", "予定", "カード", "書類", "用紙", "免許", "時刻", "問い合わせ", "問い合わせる",
    ]
)  # fmt: skip
_PIECE = re.compile(r"[^\s、。，．,.!?！？「」『』（）()・/／;:'\"<>*{}\[\]|&=]+")
#: Shorter pieces in Latin letters are words of a sentence, not places (no, to, shiga is one).
_SHORTEST_LATIN = 4
#: What is called so is a department, if an unknown one: 住民課 is no 住民票.
_DEPARTMENT = re.compile("[課係局部室]$")
_HIRAGANA = re.compile("[ぁ-ゖー]+")
_PARTICLES = "でにをがはものとへや"
#: Nothing is mended to shorter words of danger.
SHORTEST_OF_DANGER = 5


@dataclass(frozen=True, slots=True)
class Relaxation:
    """Something that was done to a search so that it finds: a stable ``code``, what it was done to, and what it became."""

    code: str
    text: str
    to: str = ""


@dataclass(frozen=True, slots=True)
class Term:
    """A term for the engine, and the words of the query that it stands for (as they were typed).

    ``words`` are the terms of those words themselves, where the term is a concept's: of all who offer an event, who says 講座 comes first.
    """

    term: str
    surface: str
    weight: int
    words: tuple[str, ...] = ()

    def is_part_with(self, other: Term) -> bool:
        """Whether both are parts of one word of the query, or the same."""
        return self == other or (self.weight == other.weight == PART and self.surface == other.surface)


@dataclass(frozen=True, slots=True)
class PlaceMention:
    """A place of the query."""

    surface: str
    match: PlaceMatch


@dataclass(slots=True)
class Understood:
    """What was made of a query. It grows while the query is read.

    ``concepts`` are all concepts found, those without a listing included; ``asks``: there were words of asking (教えて).
    """

    terms: list[Term] = field(default_factory=list)
    places: list[PlaceMention] = field(default_factory=list)
    concepts: list[Concept] = field(default_factory=list)
    relaxed: list[Relaxation] = field(default_factory=list)
    asks: bool = False

    @property
    def urgent(self) -> frozenset[str]:
        """The urgent concepts that the words speak of."""
        return frozenset(concept.id for concept in self.concepts if concept.urgent)


def understand(
    text: str, knows: Callable[[str], bool], lexicon: Lexicon, mender: Mender, names: Collection[str] = ()
) -> Understood:
    """What a query means to an index.

    Args:
        text: what was typed.
        knows: whether any listing holds a term.
        lexicon: the words for concepts.
        mender: what typing errors are mended to.
        names: words of the text that stand in names, and so are no typing errors.
    """
    reader = _Reader(knows, lexicon, mender, frozenset(names))
    reader.read(unicodedata.normalize("NFKC", text))
    return reader.understood


def mender_for(lexicon: Lexicon, words: frozenset[str]) -> Mender:
    """Mends towards the lexicon, the names of places, and ``words`` of the listings."""
    places = frozenset(fold(name) for name in names_of_places())
    # One letter is too little to take しりたい for しにたい; frequent misspellings of such words stand in the lexicon.
    surfaces = {
        surface
        for surface, concept in lexicon.surfaces.items()
        if not concept.urgent or len(surface) >= SHORTEST_OF_DANGER
    }
    return Mender({*surfaces, *places, *(fold(word) for word in words)})


@dataclass(slots=True)
class _Reader:
    knows: Callable[[str], bool]
    lexicon: Lexicon
    mender: Mender
    names: frozenset[str] = frozenset()
    understood: Understood = field(default_factory=Understood)
    is_sentence: bool = False

    def read(self, text: str, *, may_mend: bool = True) -> None:
        """Take in a text: first the pieces that are places as a whole, and the concepts, then the words between them."""
        matches = self.lexicon.find(text)
        spans: list[tuple[int, int, Concept | PlaceMatch]] = []
        for piece in _PIECE.finditer(text):
            # Latin letters spell many a place that nobody meant (me, die): what they mean in English is looked at first.
            if piece[0].isascii() and any(match.start < piece.end() and piece.start() < match.end for match in matches):
                continue
            whole = place_meant(piece[0]) if fold(piece[0]) not in self.lexicon.surfaces else None
            if whole:
                spans.append((piece.start(), piece.end(), whole))
        spans += [
            (match.start, match.end, match.concept)
            for match in matches
            if not any(start < match.end and match.start < end for start, end, _ in spans)
        ]
        self.is_sentence = any(isinstance(found, Concept) for _, _, found in spans)
        at = 0
        for start, end, found in sorted(spans, key=lambda span: span[:2]):
            self._between(text[at:start], text, at, may_mend=may_mend)
            if isinstance(found, Concept):
                self._concept(found, text[start:end].strip())
            else:
                self.understood.places.append(PlaceMention(text[start:end], found))
            at = end
        self._between(text[at:], text, at, may_mend=may_mend)

    def _between(self, stretch: str, text: str, offset: int, *, may_mend: bool) -> None:
        """Take in what stands between concepts, piece by piece; only a piece that no concept has cut is mended."""
        for piece in _PIECE.finditer(stretch):
            start, end = offset + piece.start(), offset + piece.end()
            is_whole = not (start and _PIECE.match(text[start - 1])) and not (
                end < len(text) and _PIECE.match(text[end])
            )
            # Of a sentence in Latin letters its concepts are all that is understood; the words between them are grammar.
            if piece[0].isascii() and piece[0].isalpha() and self.is_sentence:
                continue
            self._words(piece[0], may_mend=may_mend and is_whole, is_whole=is_whole)

    def _concept(self, concept: Concept, surface: str) -> None:
        self.understood.concepts.append(concept)
        at: Concept | None = concept
        while at is not None:
            if self.knows(f"c:{at.id}"):
                self.understood.terms.append(Term(f"c:{at.id}", surface, CONCEPT, self._own_words(surface)))
                if at is not concept:
                    self.understood.relaxed.append(Relaxation("mapped", surface, at.label))
                return
            at = self.lexicon.concepts[at.broader] if at.broader else None
        if concept.elsewhere or not concept.desks:
            self.understood.relaxed.append(Relaxation("unknown_word", surface))

    def _own_words(self, surface: str) -> tuple[str, ...]:
        """The terms of a concept's words as they stand, if listings hold them all; kana alone may be any word."""
        if _HIRAGANA.fullmatch(surface):
            return ()
        words = [token.word for token in tokens(surface) if token.word not in _ASKING]
        return tuple(f"w:{word}" for word in words) if all(self.knows(f"w:{word}") for word in words) else ()

    def _words(self, text: str, *, may_mend: bool, is_whole: bool) -> None:
        """Take in a stretch that holds no concept; ``is_whole``: no concept has cut it from a longer one."""
        text = text.strip(_PARTICLES) if not is_kana(text) else text
        if not text or (is_kana(text) and len(text) == 1):
            return
        if self._place(text, text) or self._kana(text):
            return
        found = list(tokens(text))
        if may_mend and not self._is_all_known(found, text) and self._mend(text):
            return
        content = [
            token
            for token in found
            if not (
                token.is_place and (self._place(token.surface, token.surface) or self._place(token.word, token.surface))
            )
        ]
        # Of a thing that is not there no part stands for the whole: 英会話教室 is no 会話, バスの時刻表 no バス.
        holds_name = any(text in name or name in text for name in self.names)
        if is_whole and not holds_name and any(map(self._is_unknown, content)):
            self.understood.relaxed.append(Relaxation("unknown_word", text))
            content = []
        for token in content:
            self._word(token)
        if not found and not is_kana(text) and any(char.isalnum() for char in text):
            self.understood.relaxed.append(Relaxation("unknown_word", text))

    def _kana(self, text: str) -> bool:
        """Take an all-kana or romanised piece by its reading, if listings have that."""
        kana = to_katakana(text) if is_kana(text) else romaji_to_katakana(text)
        if kana is None or len(kana) < 2 or not self.knows(f"r:{kana}"):
            return False
        self.understood.terms.append(Term(f"r:{kana}", text, PART))
        return True

    def _place(self, name: str, surface: str) -> bool:
        match = place_meant(name)
        if match is None:
            return False
        self.understood.places.append(PlaceMention(surface, match))
        return True

    def _is_all_known(self, found: list[Token], text: str) -> bool:
        return (
            bool(found)
            and all(self._known_terms(token) or token.word in _ASKING for token in found)
            and (sum(len(token.surface) for token in found) * 2 > len(text))
        )

    def _mend(self, text: str) -> bool:
        mended = None if self._is_name(text) or _DEPARTMENT.search(text) else self.mender.mend(fold(text), text)
        if mended is None:
            return False
        before = len(self.understood.terms) + len(self.understood.places) + len(self.understood.concepts)
        self.read(mended, may_mend=False)
        if len(self.understood.terms) + len(self.understood.places) + len(self.understood.concepts) == before:
            return False
        self.understood.relaxed.append(Relaxation("mended", text, self._shown(mended)))
        return True

    def _is_name(self, text: str) -> bool:
        """Whether the text is a part of a name."""
        return any(text in name for name in self.names)

    def _is_unknown(self, token: Token) -> bool:
        if token.word in _ASKING or token.word in _ERRANDS or self._known_terms(token):
            return False
        return not (len(token.reading) > 1 and is_kana(token.surface) and self.knows(f"r:{token.reading}"))

    def _shown(self, folded: str) -> str:
        """A mended word as people write it, not as it is compared."""
        concept = self.lexicon.surfaces.get(folded)
        if concept is not None:
            return next((word for word in concept.words if fold(word) == folded), concept.label)
        match = names_of_places().get(folded)
        if match is not None:
            return match.prefecture.name if match.prefecture else match.municipalities[0].name
        return folded

    def _known_terms(self, token: Token) -> list[str]:
        # The ending of a place name alone (市, 町) would find every place that has it.
        parts = [] if token.is_place else token.parts
        return [f"w:{form}" for form in (token.word, *parts) if self.knows(f"w:{form}")]

    def _word(self, token: Token) -> None:
        if token.word in _ASKING:
            self.understood.asks = True
            return
        known = self._known_terms(token)
        if f"w:{token.word}" in known:
            weight = ERRAND if token.word in _ERRANDS else WORD
            self.understood.terms.append(Term(f"w:{token.word}", token.surface, weight))
        elif known:
            self.understood.terms += [Term(term, token.surface, PART) for term in known]
        elif len(token.reading) > 1 and is_kana(token.surface) and self.knows(f"r:{token.reading}"):
            self.understood.terms.append(Term(f"r:{token.reading}", token.surface, PART))
        else:
            self.understood.relaxed.append(Relaxation("unknown_word", token.surface))


def place_meant(name: str) -> PlaceMatch | None:
    """The place that somebody means who types this name alone."""
    if name.isascii() and len(name) < _SHORTEST_LATIN:
        return None
    match = place_named(name)
    return None if match is None or (is_kana(name) and _is_ordinary_word(name)) else match


def says_no_need(text: str) -> bool:
    """Whether a text holds words of asking and of errands alone, which say nothing of what is looked for."""
    return all(token.word in _ASKING or token.word in _ERRANDS for token in tokens(text))


@cache
def _is_ordinary_word(kana: str) -> bool:
    """Whether a kana name that could be a place is a word of its own (いわい, あさひ): the dictionary knows it as no place."""
    found = list(tokens(kana))
    return len(found) == 1 and found[0].surface == kana and not found[0].is_place
