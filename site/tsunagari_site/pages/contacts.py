"""The desks and lines that help now: what answers at this hour first, and what can be reached without a voice."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from tsunagari_parsers import Desk
from tsunagari_parsers.answering import DeskNow, order_for_now
from tsunagari_parsers.places import Prefecture, prefecture_of
from tsunagari_site.forms import read_form
from tsunagari_site.i18n import language_of
from tsunagari_site.rendering import render
from tsunagari_site.sealed import CONTACTS
from tsunagari_site.shown_desks import page_desks, shown_desks
from tsunagari_site.site import Site

#: What the desks can be narrowed to, each with what its button says.
FILTERS: Mapping[str, str] = {
    "silent": "声を出さずに（チャット・メールなど）",
    "any_gender": "女性でない方も相談できるところ",
    "children": "子ども・10代",
    "dying": "死にたい気持ちがあるとき",
}


@dataclass(frozen=True, slots=True)
class ContactsPage:
    """Desks and lines. ``chosen`` is the filter that is set, or empty; ``language`` the tag of one, or empty; ``languages`` those that
    any desk answers in.
    """

    chosen: str
    language: str
    languages: tuple[str, ...]
    filters: tuple[tuple[str, str], ...]
    now: tuple[DeskNow, ...]
    others: tuple[DeskNow, ...]
    by_prefecture: tuple[DeskNow, ...]
    pages: tuple[tuple[Prefecture, str], ...]


def routes(site: Site, at: str) -> list[Route]:
    """The page of all desks, and the page of those that a button leaves, under a sealed address. They need no generation."""

    async def contacts(request: Request) -> Response:
        token = request.query_params.get("s", "")
        payload = site.sealer.open(CONTACTS, token) if token else {}
        page = contacts_page(site, str(payload.get("f", "")), str(payload.get("l", "")))
        path = f"/contacts?s={token}" if token else "/contacts"
        return render("contacts.html", page, language_of(request.url.path), path=path)

    async def narrow(request: Request) -> Response:
        fields = await read_form(request)
        chosen = fields["only"] if fields.get("only") in FILTERS else ""
        language = fields["language"] if fields.get("language") in _languages() else ""
        if not chosen and not language:
            return RedirectResponse(f"{at}/contacts", status_code=303)
        token = site.sealer.seal(CONTACTS, {"f": chosen, "l": language})
        return RedirectResponse(f"{at}/contacts?s={token}", status_code=303)

    return [Route(f"{at}/contacts", contacts), Route(f"{at}/contacts", narrow, methods=["POST"])]


def contacts_page(site: Site, chosen: str = "", language: str = "") -> ContactsPage:
    """The desks and lines that a filter leaves, what answers now first."""
    shown = order_for_now((desk for desk in shown_desks() if _fits(desk, chosen, language)), site.clock())
    national = [one for one in shown if one.desk.prefecture is None]
    return ContactsPage(
        chosen=chosen if chosen in FILTERS else "",
        language=language,
        languages=_languages(),
        filters=tuple(FILTERS.items()),
        now=tuple(one for one in national if one.answers_anybody),
        others=tuple(one for one in national if not one.answers_anybody),
        by_prefecture=tuple(one for one in shown if one.desk.prefecture),
        pages=tuple((prefecture_of(desk.prefecture), desk.url) for desk in page_desks() if desk.prefecture)
        if not chosen and not language
        else (),
    )


def _languages() -> tuple[str, ...]:
    """The tags of the languages that any desk answers in."""
    return tuple(sorted({tag for desk in shown_desks() for tag in desk.languages}))


def _fits(desk: Desk, chosen: str, language: str) -> bool:
    if language and language not in desk.languages:
        return False
    match chosen:
        case "silent":
            return bool(desk.silent_ways)
        case "any_gender":
            return desk.any_gender
        case "children":
            return desk.for_children
        case "dying":
            return desk.for_dying
        case _:
            return True
