"""The form for one confirmation: what was typed, and what is wrong with it, field by field."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

from tsunagari_indexer.confirmations import AskedBy, Confirmation, Outcome
from tsunagari_indexer.confirming import seen_address
from tsunagari_indexer.errors import ReviewError
from tsunagari_indexer.typed_text import fault_of_text

#: The longest note, in characters.
MAX_NOTE = 1000
#: No list and no desk of this directory is older.
_EARLIEST = date(2020, 1, 1)


@dataclass(frozen=True, slots=True)
class ConfirmationForm:
    """The fields as they stand, and the sentences beside those that are wrong."""

    on: str
    way: str
    outcome: str
    url: str = ""
    note: str = ""
    faults: Mapping[str, str] = field(default_factory=dict)


def empty_form(today: date, *, is_desk: bool) -> ConfirmationForm:
    """The form before anything is typed: desks are looked up first, so that a line stays free for who needs it."""
    return ConfirmationForm(today.isoformat(), AskedBy.OFFICIAL_PAGE if is_desk else AskedBy.PHONE, "")


def read_confirmation(
    sent: Mapping[str, str], today: date, *, is_desk: bool
) -> tuple[ConfirmationForm, Confirmation | None]:
    """The form as it was sent, with what is wrong; and the confirmation, where nothing is."""
    typed = {name: sent.get(name, "") for name in ("on", "way", "outcome", "url", "note")}
    faults: dict[str, str] = {}
    on = _day(typed["on"], today, faults)
    if typed["way"] not in set(AskedBy):
        faults["way"] = "どうやって確かめたかを選んでください。"
    if typed["outcome"] not in set(Outcome):
        faults["outcome"] = "どうだったかを選んでください。"
    url = _address(typed["url"], faults, is_needed=is_desk)
    if fault := fault_of_text(typed["note"], MAX_NOTE, lines=True):
        faults["note"] = f"覚え書き{fault}"
    form = ConfirmationForm(**typed, faults=faults)
    if faults or on is None:
        return form, None
    return form, Confirmation(on.isoformat(), AskedBy(typed["way"]), Outcome(typed["outcome"]), url)


def note_of(form: ConfirmationForm) -> str:
    """The note as it is kept: one sort of line end."""
    return form.note.replace("\r\n", "\n").replace("\r", "\n").strip()


def _day(text: str, today: date, faults: dict[str, str]) -> date | None:
    plain = unicodedata.normalize("NFKC", text[:20]).strip()
    day: date | None = None
    if re.fullmatch(r"\d{4}-\d{2}-\d{2}", plain, re.ASCII):
        try:
            day = date.fromisoformat(plain)
        except ValueError:
            day = None
    if day is None:
        faults["on"] = f"日付を {today.isoformat()} の形で入れてください。"
    elif day > today:
        faults["on"] = f"{plain} は、まだ来ていない日です。"
    elif day < _EARLIEST:
        faults["on"] = f"{plain} は古すぎます。年をたしかめてください。"
    else:
        return day
    return None


def _address(text: str, faults: dict[str, str], *, is_needed: bool) -> str:
    if not text.strip():
        if is_needed:
            faults["url"] = "窓口を確かめたときは、見たページのアドレスを入れてください。"
        return ""
    try:
        return seen_address(text)
    except ReviewError as error:
        faults["url"] = f"{error.plain}。"
        return ""
