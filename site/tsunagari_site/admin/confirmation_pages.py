"""The pages of confirmations as they are read: the first one, one of each prefecture, one of each desk and programme."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import TypeVar

from tsunagari_indexer.confirmations import AskedBy, Outcome
from tsunagari_indexer.confirming import (
    Heard,
    area_counts,
    desks_to_confirm,
    must_be_opened,
    programs_to_confirm,
    subject_called,
)
from tsunagari_indexer.errors import ReviewError
from tsunagari_indexer.generation import Generation
from tsunagari_indexer.review import ledger_of, newest_if_any
from tsunagari_indexer.workspace import Workspace
from tsunagari_parsers import Desk
from tsunagari_parsers.places import prefectures
from tsunagari_site.admin.confirmation_form import MAX_NOTE, ConfirmationForm, empty_form
from tsunagari_site.admin.to_confirm import (
    OWN,
    WHOLE_COUNTRY,
    EntryView,
    ItemView,
    TownView,
    day_text,
    entry_view,
    item_view,
    sayings,
    towns,
)
from tsunagari_site.errors import RequestError

#: The code that stands for the whole country where a prefecture's would.
COUNTRY = "00"
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class AreaView:
    """A line of the table of prefectures: programmes and desks to be asked about, and all programmes."""

    code: str
    name: str
    due: int
    programs: int
    desks: int


@dataclass(frozen=True, slots=True)
class ConfirmationsPage:
    """The first page, with the desks of the data files; those of lists stand in their prefectures.

    ``first`` must be opened before anything else, ``desks`` are the others that are due, ``good`` those that are not.
    """

    first: tuple[ItemView, ...]
    desks: tuple[ItemView, ...]
    good: tuple[ItemView, ...]
    areas: tuple[AreaView, ...]
    due: int
    programs: int


@dataclass(frozen=True, slots=True)
class Chosen:
    """What of a prefecture is asked for: a place's name (empty: all), those too that are not due, and the page's number as it was sent.

    ``per_page`` None: all programmes at once.
    """

    town: str = ""
    with_good: bool = False
    number: str = ""
    per_page: int | None = None


@dataclass(frozen=True, slots=True)
class AreaPage:
    """One prefecture (or the whole country), with what was chosen; of ``pages`` this is ``number``, and ``count`` are the programmes on all."""

    code: str
    name: str
    town: str
    all_towns: tuple[str, ...]
    with_good: bool
    desks: tuple[ItemView, ...]
    towns: tuple[TownView, ...]
    count: int
    number: int
    pages: int
    today: str


@dataclass(frozen=True, slots=True)
class OnePage:
    """One desk or programme, the form, and what was said before, newest first. ``area`` is the code of the page that it stands on."""

    item: ItemView
    area: str
    sayings: tuple[str, ...]
    form: ConfirmationForm
    today: str
    ways: tuple[AskedBy, ...]
    outcomes: tuple[Outcome, ...]
    longest_note: int
    history: tuple[EntryView, ...]


def first_page(workspace: Workspace, today: date) -> ConfirmationsPage:
    """The desks of the data files, and how much is to be asked in each prefecture."""
    return _reading(workspace, lambda generation, heard: _first(generation, heard, today))


def area_page(workspace: Workspace, today: date, code: str, chosen: Chosen) -> AreaPage:
    """The desks and programmes of a prefecture, or the desks that serve the whole country.

    Raises:
        RequestError: there is no such prefecture (404).
    """
    names = {COUNTRY: WHOLE_COUNTRY} | {one.code: one.name for one in prefectures()}
    if code not in names:
        raise RequestError(404, "not_found", "その都道府県はありません")
    return _reading(workspace, lambda generation, heard: _area(generation, heard, today, (code, names[code]), chosen))


def one_page(workspace: Workspace, today: date, subject: str, form: ConfirmationForm | None = None) -> OnePage:
    """The page of one desk or programme, with the form as it was sent, or empty.

    Raises:
        RequestError: there is none of this id (404).
    """
    return _reading(workspace, lambda generation, heard: _one(generation, heard, today, subject, form))


def page_number(asked: str, count: int, size: int) -> tuple[int, int]:
    """The number of the page that was asked for, or of the nearest that there is, and how many there are."""
    pages = max(1, -(-count // size))
    return (min(max(int(asked), 1), pages) if re.fullmatch(r"[0-9]{1,6}", asked) else 1), pages


def _reading(workspace: Workspace, read: Callable[[Generation | None, Heard], T]) -> T:
    with ledger_of(workspace) as ledger:
        heard = Heard(ledger.confirmations())
    with newest_if_any(workspace) as generation:
        return read(generation, heard)


def _first(generation: Generation | None, heard: Heard, today: date) -> ConfirmationsPage:
    known: list[tuple[bool, ItemView]] = []
    desks: Counter[str | None] = Counter()
    for one in desks_to_confirm(generation, heard, today):
        if not isinstance(one.subject, Desk):
            continue
        desks[one.subject.prefecture] += one.is_due
        if one.subject.provenance is None:
            known.append((must_be_opened(one.subject), item_view(one)))
    counts = {one.code: one for one in area_counts(generation, heard, today)}
    areas = [
        AreaView(
            place.code,
            place.name,
            counts[place.code].due if place.code in counts else 0,
            counts[place.code].programs if place.code in counts else 0,
            desks[place.code],
        )
        for place in prefectures()
    ]
    return ConfirmationsPage(
        first=tuple(one for is_first, one in known if one.is_due and is_first),
        desks=tuple(one for is_first, one in known if one.is_due and not is_first),
        good=tuple(one for _, one in known if not one.is_due),
        areas=tuple(areas),
        due=sum(one.due for one in areas),
        programs=sum(one.programs for one in areas),
    )


def _area(generation: Generation | None, heard: Heard, today: date, area: tuple[str, str], chosen: Chosen) -> AreaPage:
    code, name = area
    desks = [
        item_view(one)
        for one in desks_to_confirm(generation, heard, today)
        if isinstance(one.subject, Desk)
        and (one.subject.prefecture or COUNTRY) == code
        and (one.is_due or chosen.with_good)
    ]
    found = [item_view(one) for one in programs_to_confirm(generation, heard, today, code)]
    every_town = tuple(dict.fromkeys([one.town or OWN for one in found] + [one.town for one in desks if one.town]))
    town = chosen.town if chosen.town in every_town else ""
    shown = [one for one in found if (one.is_due or chosen.with_good) and town in {"", one.town or OWN}]
    size = chosen.per_page or max(len(shown), 1)
    number, pages = page_number(chosen.number, len(shown), size)
    return AreaPage(
        code=code,
        name=name,
        town=town,
        all_towns=every_town,
        with_good=chosen.with_good,
        # With a town chosen its own desks stand there; those of the whole prefecture on the page of all.
        desks=tuple(one for one in desks if number == 1 and (not town or one.town == town)),
        towns=towns(shown[(number - 1) * size : number * size]),
        count=len(shown),
        number=number,
        pages=pages,
        today=day_text(today),
    )


def _one(
    generation: Generation | None, heard: Heard, today: date, subject: str, form: ConfirmationForm | None
) -> OnePage:
    try:
        found = subject_called(generation, subject)
    except ReviewError as error:
        raise RequestError(404, "not_found", error.plain) from error
    item = item_view(heard.state(found, today))
    return OnePage(
        item=item,
        area=(found.prefecture or COUNTRY) if isinstance(found, Desk) else found.prefecture_code,
        sayings=sayings(item) if item.may_be_called else (),
        form=form or empty_form(today, is_desk=item.is_desk),
        today=today.isoformat(),
        ways=tuple(AskedBy),
        outcomes=tuple(Outcome),
        longest_note=MAX_NOTE,
        history=tuple(entry_view(one) for one in reversed(heard.about(found))),
    )
