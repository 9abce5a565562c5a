"""The lexicon: everyday words and the concepts that they mean. The entries are data (``data/lexicon.toml``)."""

from __future__ import annotations

import re
import tomllib
import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache, lru_cache
from importlib.resources import files

from tsunagari_indexer.analysis import boundaries, encodable, to_katakana
from tsunagari_indexer.errors import DataFileError

_HIRAGANA = re.compile("[ぁ-ゖー]*")
_SENTENCE_END = re.compile("[。．.!?\n]")
#: Particles that people leave out: after a noun in ideographs or katakana, or one such as 赤ちゃん and 子ども, before two characters
#: more or a gap.
_PARTICLE_BETWEEN = re.compile(
    "(?:(?<=[㐀-鿿々ァ-ヺー])|(?<=さん)|(?<=ちゃん)|(?<=ども))(?:が(?!ん)|[をには])(?=…|[^ …]{2})"
)
_SHORTEST_IMPLIED = 4
_APOSTROPHES = str.maketrans("’‘ʼ", "'''")

#: What … stands for in a phrase: up to so many characters.
MAX_GAP = 8
_GAP = "…"
_WORD_LISTS = ("official", "everyday", "readings", "misspellings", "english")
#: The rest of an office's name: 介護 in 介護保険課 and 人権 in 人権推進室 are no need of anybody.
_OFFICE = re.compile("[㐀-鿿々ァ-ヺー]*(?:課|係|(?:推進|対策|企画|政策|支援)室)(?![㐀-鿿々])")
#: What may follow a word in hiragana, or stand before a phrase.
_PARTICLES = "でにをがはものと"
_LISTS = (*_WORD_LISTS, "phrases", "body", "desks", "test")
_FIELDS = frozenset({"label", "broader", "elsewhere", "urgent", *_LISTS})


@dataclass(frozen=True, slots=True)
class Concept:
    """A meaning with the words for it.

    ``label`` is what pages call it, and one of its words. ``words`` mean it where they stand whole; ``phrases`` are beginnings, which
    match whatever hiragana follows, and may hold a gap (…). ``body`` are words of descriptions that carry the concept where no offer
    does. ``broader`` is the concept that is looked for where no listing holds this one; ``elsewhere`` is a matter of another counter, for
    which none is. ``desks`` are the ids of lines that stand first;
    ``urgent`` brings them to the top of any page. ``tests`` are queries that must find it.
    """

    id: str
    label: str
    words: tuple[str, ...]
    phrases: tuple[str, ...] = ()
    body: tuple[str, ...] = ()
    broader: str | None = None
    desks: tuple[str, ...] = ()
    urgent: bool = False
    elsewhere: bool = False
    tests: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ConceptMatch:
    """A concept found in a query: offsets in the query's folded form (:func:`fold`), which keeps every character's place."""

    concept: Concept
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class _Text:
    """What is read: as it was typed, in folded form, and where the dictionary's words begin and end (offsets hold for both forms)."""

    raw: str
    folded: str
    edges: frozenset[int]


@dataclass(frozen=True, slots=True)
class Lexicon:
    """All concepts, by id. ``surfaces`` maps each word and phrase in folded form to its concept; ``open_ended`` are the phrases among them.

    ``implied`` are the surfaces without their particles, as people type on a phone (家賃払えない, 家賃 払えない for 家賃が払えない).
    ``gapped`` maps what stands before a phrase's gap to what may follow it, with the concept. ``longest`` has the length of the longest
    surface, or beginning of a gapped one, by its first character.
    """

    concepts: Mapping[str, Concept]
    surfaces: Mapping[str, Concept]
    implied: Mapping[str, Concept]
    open_ended: frozenset[str]
    gapped: Mapping[str, tuple[tuple[str, Concept], ...]]
    longest: Mapping[str, int]

    def find(self, query: str) -> list[ConceptMatch]:
        """The concepts of a query, longest words first where they overlap, in the query's order."""
        text = _Text(query, fold(query), boundaries(query))
        found = []
        at = 0
        while at < len(query):
            match = self._at(text, at)
            if match:
                found.append(match)
                at = match.end
            else:
                at += 1
        return found

    def _at(self, text: _Text, at: int) -> ConceptMatch | None:
        """The longest match that begins here, with the ending that belongs to it."""
        longest = self._longest_at(text, at)
        if longest is None:
            return None
        concept, end, is_open = longest
        return ConceptMatch(concept, at, self._with_ending(text, end) if is_open else end)

    def _longest_at(self, text: _Text, at: int) -> tuple[Concept, int, bool] | None:
        """The concept whose words reach farthest from here, where they end, and whether an ending may follow."""
        best = self._plain_at(text, at)
        for surface in self._beginnings(text, at):
            for tail, concept in self.gapped.get(surface, ()):
                end = self._end_of_gapped(text, at, at + len(surface), tail)
                if end is not None and (best is None or end > best[1]):
                    best = (concept, end, True)
        return best

    def _plain_at(self, text: _Text, at: int) -> tuple[Concept, int, bool] | None:
        """The same of words and phrases without a gap."""
        for surface in self._beginnings(text, at):
            concept = self.surfaces.get(surface) or self.implied.get(surface)
            is_open = surface in self.open_ended
            if concept and _is_whole(text, at, at + len(surface), open_end=is_open):
                return concept, at + len(surface), is_open
        return None

    def _beginnings(self, text: _Text, at: int) -> Iterator[str]:
        """What could be a surface from here on, the longest first."""
        for length in range(min(self.longest.get(text.folded[at], 0), len(text.folded) - at), 0, -1):
            yield text.folded[at : at + length]

    def _end_of_gapped(self, text: _Text, start: int, gap: int, tail: str) -> int | None:
        """Where a phrase with a gap ends whose beginning stands from ``start`` to ``gap``; None where its rest does not follow."""
        if not _begins(text, start, open_end=True):
            return None
        end = text.folded.find(tail, gap, gap + MAX_GAP + len(tail))
        between = text.folded[gap:end]
        # People type words apart (夫 怖い); what stands between two spaces, or in another sentence, is another matter.
        if end < 0 or " " in between.strip() or _SENTENCE_END.search(between):
            return None
        # Danger is never covered up: of 「お金がなくて死にたくない」 both are seen.
        if any(self._is_danger_before(text, at, end) for at in range(gap, end)):
            return None
        return end + len(tail)

    def _with_ending(self, text: _Text, end: int) -> int:
        """The end with the hiragana that belong to a phrase (殴ら and れました), up to where another concept begins."""
        match = _HIRAGANA.match(text.raw, end)
        last = match.end() if match else end
        return next((at for at in range(end, last) if self._plain_at(text, at)), last)

    def _is_danger_before(self, text: _Text, at: int, end: int) -> bool:
        """Whether words of danger begin here and are over by ``end``, so that they are no part of a phrase whose rest begins there."""
        plain = self._plain_at(text, at)
        return plain is not None and plain[0].urgent and plain[1] <= end


def fold(text: str) -> str:
    """The text for comparing surfaces: NFKC of single characters, lower case, hiragana as katakana; one for one."""
    return "".join(_fold_char(char) for char in text)


def load_lexicon(text: str, *, where: str) -> Lexicon:
    """Read a lexicon file: one concept a line.

    Raises:
        DataFileError: not TOML, a concept twice, a word that means two concepts, an empty word, a field that does not exist, a
            broader concept that does not exist or leads in a circle. The message names the concept and the word.
    """
    try:
        entries: Mapping[str, object] = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise DataFileError(f"{where}：語彙の表として読めません（{error}）") from error
    return lexicon_of({name: _concept(name, entry, where) for name, entry in entries.items()}, where=where)


def lexicon_of(concepts: Mapping[str, Concept], *, where: str) -> Lexicon:
    """The lexicon of these concepts.

    Raises:
        DataFileError: as :func:`load_lexicon` says.
    """
    surfaces: dict[str, Concept] = {}
    for concept in concepts.values():
        for word in (*concept.words, *concept.phrases):
            folded = fold(word)
            if not folded.strip():
                raise DataFileError(f"{where}：「{concept.id}」に空の語があります")
            if surfaces.setdefault(folded, concept) is not concept:
                raise DataFileError(f"{where}：「{word}」が「{surfaces[folded].id}」と「{concept.id}」の両方にあります")
        _check_broader(concept, concepts, where)
    open_ended = {fold(phrase) for concept in concepts.values() for phrase in concept.phrases}
    implied: dict[str, Concept] = {}
    for concept in concepts.values():
        for word in (*concept.words, *concept.phrases):
            for shorter in map(fold, without_particles(word)):
                if (
                    shorter not in surfaces
                    and implied.setdefault(shorter, concept) is concept
                    and word in concept.phrases
                ):
                    open_ended.add(shorter)
    gapped: dict[str, list[tuple[str, Concept]]] = {}
    for surface, concept in (surfaces | implied).items():
        if _GAP in surface:
            head, _, tail = surface.partition(_GAP)
            if not head or not tail or _GAP in tail:
                raise DataFileError(
                    f"{where}：「{concept.id}」の「{surface}」の「…」は、ことばのあいだに1つだけ使えます"
                )
            gapped.setdefault(head, []).append((tail, concept))
    return Lexicon(
        concepts,
        surfaces,
        implied,
        frozenset(open_ended),
        {head: tuple(tails) for head, tails in gapped.items()},
        _longest_by_beginning([*surfaces, *implied]),
    )


def without_particles(word: str) -> Iterator[str]:
    """A surface with the particles between its words left out, or a space in their place; too short ones would mean anything."""
    pieces = _PARTICLE_BETWEEN.split(word)
    if len(pieces) > 1:
        for joint in ("", " "):
            shorter = joint.join(pieces).replace(f"{joint}{_GAP}", _GAP)
            if len(shorter) >= _SHORTEST_IMPLIED:
                yield shorter


def _longest_by_beginning(surfaces: Iterable[str]) -> dict[str, int]:
    longest: dict[str, int] = {}
    for surface in surfaces:
        longest[surface[0]] = max(longest.get(surface[0], 0), len(surface.partition(_GAP)[0]))
    return longest


def _check_broader(concept: Concept, concepts: Mapping[str, Concept], where: str) -> None:
    seen = {concept.id}
    at = concept
    while at.broader is not None:
        if at.broader not in concepts:
            raise DataFileError(f"{where}：「{at.id}」の broader「{at.broader}」という項目はありません")
        if at.broader in seen:
            raise DataFileError(f"{where}：「{concept.id}」の broader がめぐって戻ります")
        seen.add(at.broader)
        at = concepts[at.broader]


@cache
def known_lexicon() -> Lexicon:
    """The lexicon of ``data/lexicon.toml``."""
    return load_lexicon(
        (files("tsunagari_indexer") / "data" / "lexicon.toml").read_text(encoding="utf-8"),
        where="lexicon.toml",
    )


def _concept(name: str, entry: object, where: str) -> Concept:
    if not isinstance(entry, dict):
        raise DataFileError(f"{where}：「{name}」は {{ label = …, everyday = […] }} の形で書いてください")
    if unknown := sorted(entry.keys() - _FIELDS):
        raise DataFileError(f"{where}：「{name}」に知らない項目「{'、'.join(unknown)}」があります")
    lists = {field: entry.get(field, []) for field in _LISTS}
    for field, values in lists.items():
        if not isinstance(values, list) or not all(isinstance(value, str) for value in values):
            raise DataFileError(f'{where}：「{name}」の {field} は ["…", "…"] の形で書いてください')
    label, broader = entry.get("label"), entry.get("broader")
    if entry.get("elsewhere") is True and (broader is not None or entry.get("urgent") is True):
        raise DataFileError(f"{where}：「{name}」は elsewhere なので、broader と urgent は書けません")
    if not isinstance(label, str) or not label:
        raise DataFileError(f"{where}：「{name}」に label がありません")
    return Concept(
        id=name,
        label=label,
        words=tuple(dict.fromkeys([label, *(word for field in _WORD_LISTS for word in lists[field])])),
        phrases=tuple(lists["phrases"]),
        body=tuple(lists["body"]),
        broader=str(broader) if broader is not None else None,
        desks=tuple(lists["desks"]),
        urgent=entry.get("urgent") is True,
        elsewhere=entry.get("elsewhere") is True,
        tests=tuple(lists["test"]),
    )


@lru_cache(maxsize=1 << 16)
def _fold_char(char: str) -> str:
    folded = to_katakana(unicodedata.normalize("NFKC", char).lower()).translate(_APOSTROPHES)
    return folded if len(folded) == 1 else char


def urgent_in(text: str, lexicon: Lexicon | None = None) -> frozenset[str]:
    """The urgent concepts that a text of any length speaks of."""
    found = (lexicon or known_lexicon()).find(unicodedata.normalize("NFKC", encodable(text)))
    return frozenset(match.concept.id for match in found if match.concept.urgent)


def _is_whole(text: _Text, start: int, end: int, *, open_end: bool) -> bool:
    """Not a piece of a longer word: ライン is not in オンライン, line not in online, 生理 not in 生理学, しにた not in 話しにたくさん.

    Between ideographs and between hiragana the dictionary's word boundaries decide; katakana and Latin letters run on without any.
    """
    return _begins(text, start, open_end=open_end) and (open_end or _ends(text, end))


def _begins(text: _Text, start: int, *, open_end: bool) -> bool:
    if not start:
        return True
    # The dictionary cuts katakana and Latin letters that it does not know wherever it likes.
    if is_run_on(text.raw, start):
        return False
    if start in text.edges:
        return True
    before, after = text.raw[start - 1], text.raw[start]
    if _is_hiragana(after):
        # A phrase may follow a particle of which the dictionary made a piece of another word (夫になぐられた).
        return before in _PARTICLES if open_end else not (_is_hiragana(before) or _is_ideograph(before))
    return not (_is_ideograph(before) and _is_ideograph(after))


def _ends(text: _Text, end: int) -> bool:
    if end == len(text.raw):
        return True
    if is_run_on(text.raw, end) or _OFFICE.match(text.raw, end):
        return False
    if end in text.edges:
        return True
    before, after = text.raw[end - 1], text.raw[end]
    if _is_hiragana(before) and _is_hiragana(after):
        return after in _PARTICLES
    return not (_is_ideograph(before) and _is_ideograph(after))


def is_run_on(text: str, at: int) -> bool:
    """Whether katakana or Latin letters run on over this offset: ライン begins within オンライン, not in a word of its own."""
    if not 0 < at < len(text):
        return False
    return any(script(text[at - 1]) and script(text[at]) for script in (_is_katakana, _is_latin))


def _is_ideograph(char: str) -> bool:
    return "\u3400" <= char <= "\u9fff" or char == "々"


def _is_hiragana(char: str) -> bool:
    return "ぁ" <= char <= "ゖ"


def _is_katakana(char: str) -> bool:
    return "ァ" <= char <= "ヺ" or char == "ー"


def _is_latin(char: str) -> bool:
    return char.isascii() and char.isalnum()
