"""What the pages of confirmations show of a desk or a programme: whom to call or what to open, what to say, and what was said before."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date

from tsunagari_indexer.confirmations import DESK_GOOD_FOR, Asked, Confirmation
from tsunagari_indexer.confirming import ToConfirm, must_be_opened, official_page, official_page_note
from tsunagari_indexer.desk_standing import standing_desks
from tsunagari_indexer.listings import Listing
from tsunagari_parsers import Desk, DeskKind
from tsunagari_parsers.places import prefecture_of
from tsunagari_site.calendar import era_year

WHOLE_COUNTRY = "全国"
#: What stands on a list where a programme has no municipality.
OWN = "都道府県の事業"


@dataclass(frozen=True, slots=True)
class PhoneView:
    """A number. ``note`` has its extension and what the paper says of it."""

    number: str
    note: str


@dataclass(frozen=True, slots=True)
class ItemView:
    """One to be confirmed.

    ``town`` is empty for a prefecture and for the whole country; ``address`` is its official page, or the nearest to it, of which ``address_note`` tells; ``standing`` says what people see of it now;
    ``last`` and ``tried`` tell of the last answer and the last attempt, or are empty. ``may_be_called`` is False for emergency numbers.
    """

    id: str
    is_desk: bool
    name: str
    prefecture: str
    town: str
    department: str
    phones: tuple[PhoneView, ...]
    may_be_called: bool
    address: str
    address_note: str
    hours: str
    standing: str
    last: str
    tried: str
    is_due: bool


@dataclass(frozen=True, slots=True)
class TownView:
    """The programmes of one place."""

    name: str
    items: tuple[ItemView, ...]


@dataclass(frozen=True, slots=True)
class EntryView:
    """One entry of the ledger: the day as people say it, what came of it, by whom, and the moment (ISO 8601) it was written down."""

    on: str
    way: str
    outcome: str
    address: str
    note: str
    who: str
    at: str


def item_view(one: ToConfirm) -> ItemView:
    """What a page shows of it."""
    return _desk(one, one.subject) if isinstance(one.subject, Desk) else _program(one, one.subject)


def towns(items: Iterable[ItemView]) -> tuple[TownView, ...]:
    """Programmes by their places, which follow each other."""
    found: dict[str, list[ItemView]] = {}
    for one in items:
        found.setdefault(one.town or OWN, []).append(one)
    return tuple(TownView(name, tuple(group)) for name, group in found.items())


def entry_view(one: Asked) -> EntryView:
    """An entry in plain words."""
    word = one.confirmation
    return EntryView(day_text(word.on), word.way, word.outcome, word.url, one.note, one.by, one.at)


def day_text(day: date | str) -> str:
    """「2026年11月3日」."""
    known = date.fromisoformat(day) if isinstance(day, str) else day
    return f"{known.year}年{known.month}月{known.day}日"


def sayings(item: ItemView) -> tuple[str, ...]:
    """What to say on the phone, in order: the questions that the public pages leave open (DESIGN.md rules 7 and 10)."""
    opening = "困っている女性のための案内サイト「つながり案内」の者です。" + (
        f"そちらの窓口「{item.name}」を案内しています。" if item.is_desk else f"「{item.name}」を載せています。"
    )
    return (
        f"{opening}載せている内容が合っているか、うかがえますか。",
        "いまも続いていますか。",
        "番号は合っていますか。" + "".join(f"（{one.number}）" for one in item.phones),
        "相談したい人が、この番号にかけてもよいですか。"
        + ("" if item.is_desk else "それとも、役所への問い合わせ用ですか。"),
        "受付の曜日や時間、使える人に、変わったところはありますか。",
        "サイトには、確かめた日と方法だけを載せます。お名前は載せません。ありがとうございました。",
    )


def _desk(one: ToConfirm, desk: Desk) -> ItemView:
    hours = "24時間" if desk.always_open else desk.hours
    seen = f"（{desk.hours_seen}）" if hours and desk.hours_seen else ""
    return ItemView(
        id=desk.id,
        is_desk=True,
        name=desk.name,
        prefecture=prefecture_of(desk.prefecture).name if desk.prefecture else WHOLE_COUNTRY,
        town=desk.municipality,
        department="",
        phones=tuple(PhoneView(phone.number, phone.note) for phone in desk.phones),
        may_be_called=desk.kind is not DeskKind.EMERGENCY,
        address=official_page(desk),
        address_note=official_page_note(desk),
        hours=f"{hours}{seen}",
        standing=_standing_of(desk, one.last),
        last=_said(one.last),
        tried=_said(one.tried),
        is_due=one.is_due,
    )


def _program(one: ToConfirm, listing: Listing) -> ItemView:
    lacks = "" if listing.is_in_newest_edition else f"。{listing.newest_year}年度の一覧にはありません"
    return ItemView(
        id=listing.id,
        is_desk=False,
        name=listing.program_name,
        prefecture=listing.prefecture,
        town=listing.municipality or "",
        department=listing.department,
        phones=tuple(
            PhoneView(phone.number, "、".join(_notes(phone.extension, phone.note))) for phone in listing.phones
        ),
        may_be_called=True,
        address="",
        address_note="",
        hours="",
        standing=f"{listing.fiscal_year}年度（{era_year(listing.fiscal_year)}）の一覧{lacks}",
        last=_said(one.last),
        tried=_said(one.tried),
        is_due=one.is_due,
    )


def _notes(extension: str | None, note: str | None) -> Iterator[str]:
    if extension:
        yield f"内線{extension}"
    if note:
        yield note


def _standing_of(desk: Desk, last: Confirmation | None) -> str:
    if last is None and desk.proposal:
        return "まだページに出していません。公式ページで確かめると出せます。"
    if last is None and must_be_opened(desk):
        return "ページに出ています。公式ページでは、まだ確かめていません。"
    if last is None:
        return "出典をもとに、ページに出ています。"
    again = f"確かめてから{DESK_GOOD_FOR.days}日で、もう一度確かめます。"
    if standing_desks([desk], {desk.id: last}):
        return f"ページに出す窓口です。{again}"
    return f"ページに出さない窓口です。{again}"


def _said(word: Confirmation | None) -> str:
    return f"{day_text(word.on)}（{word.way}、{word.outcome}）" if word else ""
