"""Which desks may be shown, once somebody has looked: the data files and the lists propose, and the last answer about each decides.

What continues is shown with the day, also where it was a proposal. What has ended is not. Of what has changed the number that is held is
known to be another now: it is not shown until its entry is put right and somebody confirms that. No day of a source brings it back: a copy
of an old list may be looked at on any day.
An answer does not wear off: after :data:`~tsunagari_indexer.confirmations.DESK_GOOD_FOR` it is asked again, and stands with its day.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date

from tsunagari_indexer.confirmations import Confirmation, Outcome
from tsunagari_parsers import Desk, DeskKind
from tsunagari_parsers.desks import DeskSource, Standing

#: What the address where it was seen is called among a desk's sources.
SEEN_AT = "公式ページ"


@dataclass(frozen=True, slots=True)
class TakenOff:
    """A desk that no page shows because of what somebody found out."""

    desk: Desk
    word: Confirmation


def standing_desks(desks: Iterable[Desk], words: Mapping[str, Confirmation]) -> tuple[Desk, ...]:
    """The desks that may be shown, in their order, each with the day of its last answer.

    A desk of a list whose numbers a desk before it has in the same prefecture is that desk, and not shown again.

    Args:
        desks: those of the data files, then those of lists.
        words: the last answer about each, by its id.
    """
    shown: list[Desk] = []
    numbers: set[tuple[str | None, str]] = set()
    for held in desks:
        word = words.get(held.id)
        if _is_taken_off(held, word):
            continue
        desk = _confirmed(held, word) if word and word.outcome is Outcome.CONTINUES else held
        if desk.proposal:
            continue
        own = {(desk.prefecture, phone.number) for phone in desk.phones}
        if desk.provenance and own and own <= numbers:
            continue
        numbers |= own
        shown.append(desk)
    return tuple(shown)


def taken_off(desks: Iterable[Desk], words: Mapping[str, Confirmation]) -> Iterator[TakenOff]:
    """What an administrator should know: the desks that have ended or changed, whose entries are to be put right."""
    for desk in desks:
        word = words.get(desk.id)
        if word and _is_taken_off(desk, word):
            yield TakenOff(desk, word)


def _is_taken_off(desk: Desk, word: Confirmation | None) -> bool:
    # The police and the fire brigade do not end by a slip of the pen, and no page may be without them.
    if word is None or desk.kind is DeskKind.EMERGENCY or word.outcome is Outcome.CONTINUES:
        return False
    return word.outcome in {Outcome.ENDED, Outcome.CHANGED}


def _confirmed(desk: Desk, word: Confirmation) -> Desk:
    sources = desk.sources
    if word.url:
        sources = (*sources, DeskSource(SEEN_AT, Standing.OFFICIAL, date.fromisoformat(word.on), word.url))
    return replace(
        desk, proposal=False, check_first=False, sources=sources, confirmed_on=word.on, confirmed_by=str(word.way)
    )
