"""What an administrator confirms, and what was said of it: desks first, programmes by prefecture, one subject with its history, all entries.

:func:`tsunagari_indexer.review.calls` makes one list of all that is due, for a terminal. Pages need the same in parts, quickly however many
programmes there are: counts are taken without reading any programme, and only those of one prefecture are read whole.
"""

from __future__ import annotations

import json
import re
import sqlite3
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from urllib.parse import urlsplit

from tsunagari_indexer.confirmations import (
    DESK_GOOD_FOR,
    PROGRAM_GOOD_FOR,
    Asked,
    Confirmation,
    Subject,
    last_attempt,
    latest,
)
from tsunagari_indexer.errors import GenerationError, ReviewError
from tsunagari_indexer.generation import Generation
from tsunagari_indexer.listings import PROGRAM_KINDS, Listing
from tsunagari_parsers import Desk, known_desks

#: The longest address that is kept, in characters.
MAX_ADDRESS = 2000
#: Where to begin for lines whose entry has no address yet: the operator's or the ministry's own site (facts of the data file's sources).
_BEGIN_AT: Mapping[str, str] = {
    "line-8778": "https://anata-no-mikata.mhlw.go.jp/",
    "line-yorisoi": "https://www.since2011.net/yorisoi/",
    "line-kokoro": "https://www.mhlw.go.jp/",
}
#: A host with a name: an address in numbers is no page of a city, and may be a machine of our own.
_HOST = re.compile(r"([a-z0-9-]+\.)+[a-z][a-z0-9-]*", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class ToConfirm:
    """A desk or programme with the last answer, and the last attempt where that is another one (or there was no answer)."""

    subject: Listing | Desk
    last: Confirmation | None
    tried: Confirmation | None
    is_due: bool


@dataclass(frozen=True, slots=True)
class AreaCount:
    """How many programmes of a prefecture (JIS X 0401) there are, and how many are to be asked about."""

    code: str
    due: int
    programs: int


class Heard:
    """The ledger's confirmations by what they are about, each in the order in which they were written down."""

    def __init__(self, asked: Iterable[Asked]) -> None:
        self._about: dict[tuple[Subject, str], list[tuple[int, Asked]]] = defaultdict(list)
        for number, one in enumerate(asked):
            self._about[one.kind, one.subject].append((number, one))

    def about(self, subject: Listing | Desk) -> tuple[Asked, ...]:
        """What was said of a desk or a programme, under whichever of its years' ids."""
        kind, ids = _known_as(subject)
        found = [entry for one in ids for entry in self._about.get((kind, one), ())]
        return tuple(one for _, one in sorted(found, key=lambda entry: entry[0]))

    def state(self, subject: Listing | Desk, today: date) -> ToConfirm:
        """Where it stands today."""
        kind, ids = _known_as(subject)
        asked = self.about(subject)
        last, tried = latest(asked, kind, ids), last_attempt(asked, kind, ids)
        good_for = DESK_GOOD_FOR if kind is Subject.DESK else PROGRAM_GOOD_FOR
        return ToConfirm(subject, last, tried if tried != last else None, last is None or last.is_due(today, good_for))

    def programs(self, aliases: Mapping[str, str]) -> Iterator[tuple[str, Sequence[Asked]]]:
        """What was said of each programme, by its newest id."""
        found: dict[str, list[tuple[int, Asked]]] = defaultdict(list)
        for (kind, subject), entries in self._about.items():
            if kind is Subject.PROGRAM:
                found[aliases.get(subject, subject)] += entries
        for subject, entries in found.items():
            yield subject, [one for _, one in sorted(entries, key=lambda entry: entry[0])]


def desks_to_confirm(generation: Generation | None, heard: Heard, today: date) -> tuple[ToConfirm, ...]:
    """All desks and lines, those of the data files before those of lists; in both what no page shows yet, or was to be looked at first, first."""
    listed = generation.desks if generation else ()
    ordered = sorted(known_desks(), key=lambda one: not must_be_opened(one))
    return tuple(heard.state(one, today) for one in (*ordered, *listed))


def must_be_opened(desk: Desk) -> bool:
    """Whether somebody has to open its official page before anything else."""
    return desk.proposal or desk.check_first


def area_counts(generation: Generation | None, heard: Heard, today: date) -> tuple[AreaCount, ...]:
    """The prefectures that have programmes, by their codes.

    Raises:
        GenerationError: the generation cannot be read.
    """
    if generation is None:
        return ()
    answered = set()
    for subject, asked in heard.programs(generation.aliases):
        word = latest(asked, Subject.PROGRAM, {one.subject for one in asked})
        if word and not word.is_due(today, PROGRAM_GOOD_FOR):
            answered.add(subject)
    programs: Counter[str] = Counter()
    due: Counter[str] = Counter()
    for listing_id, code in _rows(generation, "SELECT id, json_extract(body, '$.prefecture_code') FROM listings"):
        programs[code] += 1
        due[code] += listing_id not in answered
    return tuple(AreaCount(code, due[code], programs[code]) for code in sorted(programs))


def programs_to_confirm(generation: Generation | None, heard: Heard, today: date, code: str) -> tuple[ToConfirm, ...]:
    """The programmes of a prefecture (JIS X 0401): its own, then by town, each in the order of the list.

    Raises:
        GenerationError: the generation cannot be read.
    """
    if generation is None:
        return ()
    rows = _rows(generation, "SELECT body FROM listings", " AND json_extract(body, '$.prefecture_code') = ?", code)
    found = [Listing.from_json(json.loads(body)) for (body,) in rows]
    found.sort(key=lambda one: (one.municipality_code or "", one.order))
    return tuple(heard.state(one, today) for one in found)


def subject_called(generation: Generation | None, subject: str) -> Listing | Desk:
    """The desk or programme of an id (of any of its years).

    Raises:
        ReviewError: there is none.
        GenerationError: the generation cannot be read.
    """
    listed = generation.desks if generation else ()
    desk = next((one for one in (*known_desks(), *listed) if one.id == subject), None)
    listing = generation.listing(subject) if generation and desk is None else None
    found = desk or listing
    if found is None:
        raise ReviewError(f"「{subject}」という番号の事業も窓口もありません")
    return found


def official_page(desk: Desk) -> str:
    """The address to open first: the desk's own, that of the best of its sources, the site where to begin; empty where none is known."""
    own = desk.url or next((one.url for one in desk.sources if one.url), "")
    return own or _BEGIN_AT.get(desk.id, "")


def official_page_note(desk: Desk) -> str:
    """What to know of that address where it is not the desk's own page: empty where it is, or where there is none."""
    if desk.url:
        return ""
    source = next((one for one in desk.sources if one.url), None)
    if source:
        return f"出典（{source.name}）のページです。"
    return "入口のページです。ここから、窓口の名前でさがしてください。" if desk.id in _BEGIN_AT else ""


def seen_address(text: str) -> str:
    """An address as it is kept: it may be shown on a public page as where something was seen.

    Raises:
        ReviewError: no http or https address with a host's name; or longer than :data:`MAX_ADDRESS`, with a name and password, or with
            characters that no address has.
    """
    address = text.strip()
    if len(address) > MAX_ADDRESS:
        raise ReviewError(f"アドレスは{MAX_ADDRESS}文字までです（{len(address)}文字あります）")
    if not address.isprintable() or any(char.isspace() or char in '<>"\\^`{|}' for char in address):
        raise ReviewError("アドレスに、空白や使えない文字が入っています")
    try:
        parts = urlsplit(address)
        host, _ = parts.hostname or "", parts.port
        ascii_host = host.encode("idna").decode()
    except (ValueError, UnicodeError):
        raise ReviewError(f"「{address}」は、アドレスとして読めません") from None
    if parts.scheme not in {"https", "http"}:
        raise ReviewError(f"アドレス「{address}」は https:// か http:// で始めてください")
    if not _HOST.fullmatch(ascii_host) or "@" in parts.netloc:
        raise ReviewError(f"「{address}」は、公開されているページのアドレスではありません")
    return address


def _known_as(subject: Listing | Desk) -> tuple[Subject, Collection[str]]:
    if isinstance(subject, Desk):
        return Subject.DESK, (subject.id,)
    return Subject.PROGRAM, subject.ids


def _rows(generation: Generation, statement: str, condition: str = "", *values: str) -> list[tuple[str, ...]]:
    """Rows of the programmes alone."""
    kinds = sorted(PROGRAM_KINDS)
    marks = ", ".join("?" for _ in kinds)
    try:
        return generation.connection.execute(
            f"{statement} WHERE json_extract(body, '$.kind') IN ({marks}){condition}", (*kinds, *values)
        ).fetchall()
    except sqlite3.Error as error:
        raise GenerationError(f"世代のファイル {generation.path} を読めません（{error}）") from error
