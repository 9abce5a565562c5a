"""What happens when somebody calls or asks, need by need, and the words to say first.

The data file is ``data/calling.toml``. A statement is one fact that a page of a ministry, the police, an operator, a prefecture or a
municipality states, with the words that state it; it says no more than they do, and whose practice it is. Where a need has none on a
topic, nothing is known: the page says so instead of guessing. Words to say and the sentences of the card are suggestions of this
project, and have no source.

No text of the file holds a telephone number: numbers stand with the desks (``tsunagari_parsers/data/lines.toml``), where an ended one
cannot be kept by mistake.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from functools import cache
from importlib.resources import files

from tsunagari_parsers.desks import Standing, known_desks
from tsunagari_site.data_entries import DataEntryError, Entry, read_entries

#: What a statement names in place of a desk where no desk of the data files is meant.
GENERAL = "general"
#: The card's sentence that takes the name of a language.
INTERPRETER = "interpreter"

_FILE = "calling.toml"
_LANGUAGE_HERE = "%(language)s"
_WISHES = {"voice", INTERPRETER, "no_callback", "write_please", "quiet_place", "female_staff"}
_SAYINGS_OF_A_NEED = 3
_QUOTE_LENGTH = 120
_STANDINGS = {Standing.OFFICIAL, Standing.LOCAL}
_LANGUAGE = re.compile(r"[a-z]{2,3}(-[A-Z][a-z]{3})?")
_ADDRESS = re.compile(r"https://[a-z0-9-]+(\.[a-z0-9-]+)+/\S*")
_DATED = re.compile(r"\d{4}(-(0[1-9]|1[0-2])(-(0[1-9]|[12]\d|3[01]))?)?")


class Need(StrEnum):
    """A need, as the home page asks for it; the ids are those of its tiles."""

    FAMILY_VIOLENCE = "family_violence"
    SEXUAL_VIOLENCE = "sexual_violence"
    TONIGHT = "tonight"
    MONEY = "money"
    PERIOD = "period"
    PREGNANCY_BODY = "pregnancy_body"
    MIND = "mind"
    ALONE = "alone"
    PARENTING = "parenting"
    UNDER20 = "under20"
    LANGUAGE_STATUS = "language_status"
    UNSAID = "unsaid"


class Topic(StrEnum):
    """What a statement is about, in the order in which a page goes through it."""

    HAPPENS = "happens"
    ASKED = "asked"
    MAY_REFUSE = "may_refuse"
    COST = "cost"
    NAME = "name"
    SECRET = "secret"  # noqa: S105 (a topic, not a password)
    AFTER = "after"


class CardKind(StrEnum):
    """What a sentence of the card says: the need, or how the talk should go."""

    NEED = "need"
    WISH = "wish"


@dataclass(frozen=True, slots=True)
class Source:
    """A page that was opened. ``seen`` is the day it was looked at; ``dated`` its own date (ISO 8601: year, month or day), empty: none."""

    name: str
    standing: Standing
    url: str
    seen: date
    dated: str = ""


@dataclass(frozen=True, slots=True)
class Evidence:
    """The words of a page that carry a statement."""

    source: Source
    quote: str


@dataclass(frozen=True, slots=True)
class Statement:
    """One sourced fact. ``desks`` holds ids of desks that are shown, or :data:`GENERAL` alone."""

    id: str
    needs: tuple[Need, ...]
    desks: tuple[str, ...]
    topic: Topic
    text: str
    evidence: tuple[Evidence, ...]


@dataclass(frozen=True, slots=True)
class Saying:
    """Words to say first, as a suggestion. ``need`` None: for any need."""

    id: str
    need: Need | None
    text: str


@dataclass(frozen=True, slots=True)
class CardSentence:
    """A sentence to show to somebody at a desk; the id of one of kind ``need`` is that need's."""

    id: str
    kind: CardKind
    text: str


@dataclass(frozen=True, slots=True)
class Calling:
    """Everything of the data file. ``labels`` has every topic in its order, ``languages`` the Japanese name of each language code."""

    labels: Mapping[Topic, str]
    statements: tuple[Statement, ...]
    sayings: tuple[Saying, ...]
    card: tuple[CardSentence, ...]
    languages: Mapping[str, str]

    def about(self, need: Need) -> Mapping[Topic, tuple[Statement, ...]]:
        """The statements for a need under every topic, also those of which nothing is known (an empty tuple)."""
        fitting = [statement for statement in self.statements if need in statement.needs]
        return {topic: tuple(one for one in fitting if one.topic == topic) for topic in Topic}

    def to_say(self, need: Need | None) -> tuple[Saying, ...]:
        """The words to say first for a need; for None, those that fit any need."""
        return tuple(saying for saying in self.sayings if saying.need == need)

    def strings(self) -> frozenset[str]:
        """Every string that a visitor reads in her own language. Names and quotes of sources, and the names of languages, stay Japanese."""
        entries: tuple[Statement | Saying | CardSentence, ...] = (*self.statements, *self.sayings, *self.card)
        return frozenset(self.labels.values()) | {entry.text for entry in entries}


@cache
def known_calling() -> Calling:
    """The project's own data, checked against the desks that are shown."""
    text = (files("tsunagari_site") / "data" / _FILE).read_text(encoding="utf-8")
    return load_calling(text, where=_FILE, desks={desk.id for desk in known_desks() if not desk.proposal})


def load_calling(text: str, *, where: str, desks: Collection[str]) -> Calling:
    """Read a data file (TOML); ``desks`` are the ids that a statement may name.

    Raises:
        DataEntryError: a value is missing, malformed or unknown; two entries of one id; a statement without its page or its words; a
            source that is neither official nor local, or that nothing rests on; a telephone number in a text; a need without words to
            say or without its sentence on the card.
    """
    try:
        tables = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise DataEntryError(f"{where}：読めません（{error}）") from error
    if unknown := tables.keys() - {"topic", "source", "statement", "say", "card", "language"}:
        raise DataEntryError(f"{where}：表 {sorted(unknown)} は使えません")
    sources = {entry.id: _source(entry) for entry in read_entries(tables, "source", where)}
    read = Calling(
        labels=dict(map(_label, read_entries(tables, "topic", where))),
        statements=tuple(_statement(entry, sources, desks) for entry in read_entries(tables, "statement", where)),
        sayings=tuple(_saying(entry) for entry in read_entries(tables, "say", where)),
        card=tuple(_card_sentence(entry) for entry in read_entries(tables, "card", where)),
        languages=dict(map(_language, read_entries(tables, "language", where, key="code"))),
    )
    _check_whole(read, where)
    if len({source.url for source in sources.values()}) < len(sources):
        raise DataEntryError(f"{where}：同じページの出典が2つあります")
    used = {evidence.source for statement in read.statements for evidence in statement.evidence}
    if unused := [id_ for id_, source in sources.items() if source not in used]:
        raise DataEntryError(f"{where}：出典 {unused} を使う文がありません")
    return read


def _label(entry: Entry) -> tuple[Topic, str]:
    entry.only("id", "label")
    return entry.choice("id", Topic), entry.text("label")


def _language(entry: Entry) -> tuple[str, str]:
    entry.only("code", "name")
    if not _LANGUAGE.fullmatch(entry.id):
        raise entry.error("code", "は、ことばの記号ではありません")
    return entry.id, entry.text("name")


def _source(entry: Entry) -> Source:
    entry.only("id", "name", "standing", "url", "seen", "dated")
    standing = entry.choice("standing", Standing)
    if standing not in _STANDINGS:
        raise entry.error("standing", "の出典には頼れません")
    url = entry.line("url")
    if not _ADDRESS.fullmatch(url):
        raise entry.error("url", "は、https のアドレスではありません")
    seen = entry.values.get("seen")
    if type(seen) is not date:
        raise entry.error("seen", "は、日付ではありません")
    dated = entry.line("dated") if "dated" in entry.values else ""
    if dated and not _DATED.fullmatch(dated):
        raise entry.error("dated", "は、年、年-月、年-月-日のどれかにしてください")
    return Source(entry.line("name"), standing, url, seen, dated)


def _statement(entry: Entry, sources: Mapping[str, Source], desks: Collection[str]) -> Statement:
    entry.only("id", "needs", "desks", "topic", "text", "evidence")
    named = entry.words("desks")
    if named != [GENERAL] and (unknown := [one for one in named if one not in desks]):
        raise entry.error("desks", f"の {unknown} は、載せている窓口にありません")
    text = entry.text("text")
    if not text.endswith("。"):
        raise entry.error("text", "は、文（「。」で終わるもの）ではありません")
    found = entry.values.get("evidence")
    if not isinstance(found, list) or not found or not all(isinstance(one, dict) for one in found):
        raise entry.error("evidence", "がありません。出典のない文は載せられません")
    evidence = tuple(_evidence(Entry(one, entry.at, entry.id), sources) for one in found)
    return Statement(entry.id, entry.choices("needs", Need), tuple(named), entry.choice("topic", Topic), text, evidence)


def _evidence(entry: Entry, sources: Mapping[str, Source]) -> Evidence:
    entry.only("source", "quote")
    source = sources.get(entry.line("source"))
    if source is None:
        raise entry.error("source", "という出典はありません")
    quote = entry.text("quote")
    if len(quote) > _QUOTE_LENGTH:
        raise entry.error("quote", f"が長すぎます（{_QUOTE_LENGTH}文字まで）")
    return Evidence(source, quote)


def _saying(entry: Entry) -> Saying:
    entry.only("id", "need", "text")
    return Saying(entry.id, entry.choice("need", Need) if "need" in entry.values else None, entry.text("text"))


def _card_sentence(entry: Entry) -> CardSentence:
    entry.only("id", "kind", "text")
    text = entry.text("text", but=_LANGUAGE_HERE if entry.id == INTERPRETER else "")
    return CardSentence(entry.id, entry.choice("kind", CardKind), text)


def _check_whole(read: Calling, where: str) -> None:
    if list(read.labels) != list(Topic):
        raise DataEntryError(f"{where}：[[topic]] は、{'、'.join(Topic)} の順に、ぜんぶ書いてください")
    for need in Need:
        if not 1 <= len(read.to_say(need)) <= _SAYINGS_OF_A_NEED:
            raise DataEntryError(
                f"{where}：「{need}」の最初に言うことばは、1つから{_SAYINGS_OF_A_NEED}つにしてください"
            )
    for kind, ids in ((CardKind.NEED, {str(need) for need in Need}), (CardKind.WISH, _WISHES)):
        if differing := ids ^ {sentence.id for sentence in read.card if sentence.kind == kind}:
            raise DataEntryError(f"{where}：カードの {kind} の文 {sorted(differing)} が足りないか、余っています")
    interpreter = next(sentence for sentence in read.card if sentence.id == INTERPRETER)
    if interpreter.text.count(_LANGUAGE_HERE) != 1:
        raise DataEntryError(f"{where}「{INTERPRETER}」：「{interpreter.text}」に {_LANGUAGE_HERE} が一つ必要です")
