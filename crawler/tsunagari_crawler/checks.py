"""Whether pages still stand, and what changed on them since they were last looked at. No network here: what came is handed in.

The record of the last look lies under ``data/checks/last.json``: by address the day, the state, the SHA-256 of the words that a reader sees
(of the bytes, for anything but a page) and the telephone numbers on it. A look that failed leaves what was known before.
"""

from __future__ import annotations

import hashlib
import json
import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from enum import StrEnum
from pathlib import Path
from typing import Any

from tsunagari_crawler.archive import write_atomically
from tsunagari_crawler.errors import CheckRecordError
from tsunagari_crawler.problems import Problem, ProblemCode


@dataclass(frozen=True, slots=True)
class Watched:
    """An address to look at: for whose sake (``names``), which telephone numbers should stand on it, and the SHA-256 of the files that
    are known to lie there, if it is a document."""

    url: str
    names: tuple[str, ...] = ()
    numbers: tuple[str, ...] = ()
    sha256s: tuple[str, ...] = ()


def merged(watched: Iterable[Watched]) -> tuple[Watched, ...]:
    """Each address once, for the sake of all who named it, in the order of their first naming."""
    found: dict[str, Watched] = {}
    for one in watched:
        url = one.url.partition("#")[0]
        had = found.get(url, Watched(url))
        found[url] = Watched(
            url,
            tuple(dict.fromkeys((*had.names, *one.names))),
            tuple(dict.fromkeys((*had.numbers, *one.numbers))),
            tuple(dict.fromkeys((*had.sha256s, *one.sha256s))),
        )
    return tuple(found.values())


@dataclass(frozen=True, slots=True)
class Content:
    """What stood at an address: ``sha256`` of its words or bytes, the numbers on it (None: not a page that can be read for numbers), and
    the conditions to ask with next time."""

    sha256: str
    numbers: tuple[str, ...] | None
    validators: Mapping[str, str] = field(default_factory=dict)


def page_content(text: str, numbers: Sequence[str], validators: Mapping[str, str]) -> Content:
    """The content of a page; white space and the width of signs are no change."""
    plain = "".join(unicodedata.normalize("NFKC", text).split())
    return Content(hashlib.sha256(plain.encode()).hexdigest(), tuple(dict.fromkeys(numbers)), dict(validators))


class State(StrEnum):
    """What a look at an address found."""

    STANDS = "stands"
    FIRST = "first"
    """Seen for the first time: it stands, and there is nothing to compare it with."""
    CHANGED = "changed"
    NUMBER_GONE = "number_gone"
    """A number of a desk that stood on it no longer does."""
    MOVED = "moved"
    GONE = "gone"
    ERROR_PAGE = "error_page"
    UNKNOWN = "unknown"
    """It could not be looked at."""


_STATES: Mapping[ProblemCode, State] = {
    ProblemCode.PAGE_MOVED: State.MOVED,
    ProblemCode.OFF_HOST: State.MOVED,
    ProblemCode.INSECURE: State.MOVED,
    ProblemCode.NOT_FOUND: State.GONE,
    ProblemCode.DNS: State.GONE,
    ProblemCode.ERROR_PAGE: State.ERROR_PAGE,
    ProblemCode.LOGIN_PAGE: State.ERROR_PAGE,
    ProblemCode.CHALLENGE_PAGE: State.UNKNOWN,
}


@dataclass(frozen=True, slots=True)
class LastLook:
    """The record of one address. ``read_on`` is the last day on which it could be read (ISO 8601; empty: never), ``numbers`` is None for what is no
    page; ``carried`` are the numbers of desks that have ever been seen on it: one that is missing stays news until it is back or no desk expects it."""

    looked_on: str
    state: State
    read_on: str = ""
    sha256: str = ""
    numbers: tuple[str, ...] | None = ()
    carried: tuple[str, ...] = ()
    validators: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Checked:
    """One address as it was found. ``gone_numbers`` are those of desks that have vanished from it, ``never_seen`` those that were not there at the
    first look either; ``appeared`` and ``vanished`` are all other numbers that came and went since ``since`` (ISO 8601)."""

    watched: Watched
    state: State
    problem: Problem | None = None
    gone_numbers: tuple[str, ...] = ()
    never_seen: tuple[str, ...] = ()
    appeared: tuple[str, ...] = ()
    vanished: tuple[str, ...] = ()
    since: str = ""

    @property
    def needs_a_person(self) -> bool:
        """Whether somebody has to open the page."""
        return self.state not in (State.STANDS, State.FIRST) or (self.state is State.FIRST and bool(self.never_seen))


def compare(
    watched: Watched, found: Content | Problem | None, last: LastLook | None, today: str
) -> tuple[Checked, LastLook]:
    """What the content of an address means beside the last look at it, and the record to keep. None: the server says that it is unchanged."""
    if isinstance(found, Problem):
        state = _STATES.get(found.code, State.UNKNOWN)
        kept = replace(last, looked_on=today, state=state) if last else LastLook(today, state)
        return Checked(watched, state, found, since=last.read_on if last else ""), kept
    known = last if last and last.read_on else None
    if found is None:
        # Only who has a record asks for changes alone.
        found = Content(known.sha256, known.numbers, known.validators) if known else Content("", None)
    numbers = found.numbers
    now = {digits(number) for number in numbers or ()}
    expected = watched.numbers if numbers is not None else ()
    carried = {digits(number) for number in known.carried} if known else set()
    absent = [number for number in expected if digits(number) not in now]
    gone = tuple(number for number in absent if digits(number) in carried)
    own = {digits(number) for number in watched.numbers}
    before = (known.numbers if known else None) or ()
    before_digits = {digits(number) for number in before}
    if known is None:
        changed = bool(watched.sha256s) and found.sha256 not in watched.sha256s and numbers is None
    else:
        changed = found.sha256 != known.sha256
    checked = Checked(
        watched,
        State.NUMBER_GONE if gone else State.CHANGED if changed else State.STANDS if known else State.FIRST,
        None,
        gone,
        tuple(number for number in absent if number not in gone),
        tuple(one for one in numbers or () if known and digits(one) not in before_digits),
        tuple(one for one in before if digits(one) not in now and digits(one) not in own),
        known.read_on if known else "",
    )
    record = LastLook(
        today,
        checked.state,
        today,
        found.sha256,
        numbers,
        tuple(one for one in watched.numbers if digits(one) in now | carried),
        dict(found.validators),
    )
    return checked, record


def digits(number: str) -> str:
    """A number as it is compared: its digits, and ``#`` for a short one."""
    return re.sub(r"[^\d#]", "", unicodedata.normalize("NFKC", number))


def read_record(folder: Path) -> dict[str, LastLook]:
    """The record of the last look by address; empty if there has been none.

    Raises:
        CheckRecordError: the file is there and cannot be read; the message names it.
    """
    path = folder / "last.json"
    try:
        values: Mapping[str, Mapping[str, Any]] = json.loads(path.read_text(encoding="utf-8"))
        return {url: _look(one) for url, one in values.items()}
    except FileNotFoundError:
        return {}
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise CheckRecordError(
            f"{path}：前回の記録として読めません（{error}）。別の場所に移すと、はじめから記録します"
        ) from error


def _look(values: Mapping[str, Any]) -> LastLook:
    numbers, carried = values["numbers"], tuple(map(str, values["carried"]))
    read = {"numbers": None if numbers is None else tuple(map(str, numbers)), "carried": carried}
    return LastLook(**{**values, **read, "state": State(values["state"])})


def write_record(folder: Path, record: Mapping[str, LastLook]) -> None:
    """Keep the record, whole or not at all.

    Raises:
        CheckRecordError: the folder cannot be written.
    """
    text = json.dumps({url: asdict(look) for url, look in sorted(record.items())}, ensure_ascii=False, indent=1)
    try:
        folder.mkdir(parents=True, exist_ok=True)
        write_atomically(folder / "last.json", f"{text}\n".encode())
    except OSError as error:
        raise CheckRecordError(f"{folder}：確かめた記録を書けません（{error}）") from error
