"""The JSON API: ``/api/v1/programs`` and ``/api/v1/programs/{id}``. Errors are ``{error: {code, message, details}}``.

A parameter that is not known, or a value that cannot be, is refused with its name; nothing is guessed for a program.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from tsunagari_crawler import LICENCES
from tsunagari_indexer.catalogue import Catalogue
from tsunagari_indexer.confirmations import days_good
from tsunagari_indexer.listings import OTHER_KINDS, PROGRAM_KINDS, Listing, SourceDocument
from tsunagari_indexer.offers import offer_kinds, public_offers
from tsunagari_indexer.search import MAX_PER_PAGE, MAX_QUERY, SearchRequest
from tsunagari_parsers.places import municipalities, prefectures
from tsunagari_site.api_places import PLACE_PARAMETERS, invalid, place_given
from tsunagari_site.calendar import day_in_japan
from tsunagari_site.errors import RequestError
from tsunagari_site.site import ask

_PARAMETERS = ("q", *PLACE_PARAMETERS, "offer", "year", "kind", "confirmed", "page", "per_page")
_KINDS = tuple(sorted(PROGRAM_KINDS | OTHER_KINDS))


@dataclass(frozen=True, slots=True)
class Api:
    """The API's views, over a catalogue."""

    catalogue: Catalogue
    clock: Callable[[], datetime]

    async def programs(self, request: Request) -> Response:
        """Search and filter programmes."""
        today = day_in_japan(self.clock())
        search = _request(parameters_of(request, _PARAMETERS), today)
        with self.catalogue.reading() as reading:
            result = await ask(reading, search)
            documents = reading.generation.documents
            # People get the last page instead of one beyond it; a program that reads on until nothing comes must end.
            listings = result.listings if result.page == search.page else ()
            return JSONResponse(
                {
                    "total": result.total,
                    "page": search.page,
                    "per_page": result.per_page,
                    "items": [listing_item(listing, documents[listing.document], today) for listing in listings],
                    "facets": {name: _facet(name, counts, today) for name, counts in result.facets.items()},
                    "relaxed": [
                        {"code": one.code, "text": one.text} | ({"to": one.to} if one.to else {})
                        for one in result.relaxed
                        if one.code != "last_page"
                    ],
                }
            )

    async def program(self, request: Request) -> Response:
        """One programme."""
        with self.catalogue.reading() as reading:
            listing = reading.generation.listing(request.path_params["id"])
            if listing is None:
                raise RequestError(
                    404, "unknown_program", "この id の事業はありません", {"id": request.path_params["id"]}
                )
            today = day_in_japan(self.clock())
            return JSONResponse(listing_item(listing, reading.generation.documents[listing.document], today))


def error_response(error: RequestError) -> JSONResponse:
    """The envelope of an error."""
    body = {"error": {"code": error.code, "message": str(error), "details": error.details}}
    return JSONResponse(body, status_code=error.status)


def parameters_of(request: Request, known: Sequence[str]) -> dict[str, str]:
    """The parameters of a request, each once and known.

    Raises:
        RequestError: one is not known, or stands there twice.
    """
    given: dict[str, str] = {}
    for name, value in request.query_params.multi_items():
        if name not in known:
            raise RequestError(400, "unknown_parameter", f"パラメーター「{name}」はありません", {"known": list(known)})
        if name in given:
            raise RequestError(400, "repeated_parameter", f"パラメーター「{name}」が2回あります", {"parameter": name})
        given[name] = value
    return given


def _request(given: Mapping[str, str], today: date) -> SearchRequest:
    text = given.get("q", "")
    if "\ufffd" in text:
        raise invalid("q", text[:40], "UTF-8")
    if len(text) > MAX_QUERY:
        raise invalid("q", text[:40] + "…", f"{MAX_QUERY}文字まで")
    filters = {"kind": PROGRAM_KINDS}
    place = place_given(given)
    if given.get("prefecture") and place:
        filters["prefecture"] = frozenset({place.prefecture.code})
    if place and place.municipality:
        filters["municipality"] = frozenset({place.municipality.code})
    if given.get("offer"):
        known = [kind.id for kind in offer_kinds()]
        filters["offer"] = frozenset({one_of("offer", given["offer"], known)})
    if given.get("year"):
        filters["year"] = frozenset({str(_number("year", given["year"], 1990, 2100))})
    if given.get("kind"):
        filters["kind"] = frozenset({one_of("kind", given["kind"], _KINDS)})
    if given.get("confirmed"):
        one_of("confirmed", given["confirmed"], ("yes",))
        filters["confirmed"] = days_good(today)
    page = _number("page", given.get("page", "1"), 1, 10_000)
    per_page = _number("per_page", given.get("per_page", "20"), 1, MAX_PER_PAGE)
    return SearchRequest(text, filters, page, per_page)


def _number(name: str, value: str, low: int, high: int) -> int:
    if not re.fullmatch(r"[0-9]{1,9}", value) or not low <= int(value) <= high:
        raise invalid(name, value, f"{low}〜{high}の整数")
    return int(value)


def one_of(name: str, value: str, known: Sequence[str]) -> str:
    """A value that must be one of those known.

    Raises:
        RequestError: it is none.
    """
    if value not in known:
        raise invalid(name, value, "、".join(known))
    return value


def _facet(name: str, counts: Mapping[str, int], today: date) -> list[dict[str, Any]]:
    """The values of a facet, plain names with their codes: by code, years newest first. Of ``confirmed`` only 「yes」, if there are any."""
    if name == "confirmed":
        good = days_good(today)
        count = sum(number for day, number in counts.items() if day in good)
        counts = {"yes": count} if count else {}
    labels: dict[str, str] = {}
    if name == "prefecture":
        labels = {one.code: one.name for one in prefectures()}
    elif name == "municipality":
        labels = {one.code: one.name for one in municipalities() if one.code in counts}
    elif name == "offer":
        labels = {kind.id: kind.label for kind in offer_kinds()}
    ordered = sorted(counts, reverse=name == "year")
    return [{"value": labels.get(code, code), "code": code, "count": counts[code]} for code in ordered]


def listing_item(listing: Listing, document: SourceDocument, today: date) -> dict[str, Any]:
    """A listing as the API gives it. ``today`` says whether its confirmation is still good."""
    word = listing.confirmation
    labels = {kind.id: kind.label for kind in offer_kinds()}
    licence = LICENCES.get(document.licence)
    return {
        "id": listing.id,
        "kind": listing.kind,
        "prefecture": listing.prefecture,
        "prefecture_code": listing.prefecture_code,
        "municipality": listing.municipality,
        "municipality_code": listing.municipality_code,
        "program_name": listing.program_name,
        "description": listing.description,
        "department": listing.department,
        "phones": [
            {
                "number": one.number,
                "extension": one.extension,
                "note": one.note,
                "role": one.role,
                "role_evidence": one.role_evidence,
            }
            for one in listing.phones
        ],
        "number": listing.number or None,
        "budget_thousand_yen": listing.budget,
        "grant_thousand_yen": listing.grant,
        "sections": [{"heading": one.heading, "text": one.text} for one in listing.sections],
        "goals": [
            {"kind": one.kind, "name": one.name, "target": one.target, "actual": one.actual, "rate": one.rate}
            for one in listing.goals
        ],
        "excluded_areas": [
            {"code": one.code, "name": one.name, "evidence": {"start": one.start, "end": one.end}}
            for one in listing.excluded
        ],
        "fiscal_year": listing.fiscal_year,
        "first_year": listing.first_year,
        "in_newest_edition": listing.is_in_newest_edition,
        "confirmed": listing.goes_on_since in days_good(today),
        "confirmation": {"on": word.on, "way": str(word.way), "outcome": str(word.outcome), "url": word.url or None}
        if word
        else None,
        "offers": [
            {
                "id": offer.kind,
                "label": labels[offer.kind],
                "evidence": {
                    "start": offer.start,
                    "end": offer.end,
                    "text": listing.description[offer.start : offer.end],
                },
                "marks": list(offer.marks),
            }
            for offer in public_offers(listing.offers)
        ],
        "venues": [
            {
                "kind": venue.kind,
                "name": venue.name or None,
                "users": venue.users or None,
                "evidence": {
                    "start": venue.start,
                    "end": venue.end,
                    "text": listing.description[venue.start : venue.end],
                },
                "marks": list(venue.marks),
            }
            for venue in listing.venues
        ],
        "source": {
            "document_sha256": document.sha256,
            "title": document.title,
            "publisher": document.publisher,
            "url": document.url or None,
            "licence": document.licence,
            "licence_url": licence.url if licence else None,
            "origin": document.origin,
            "page": listing.page,
            "row": listing.row,
            "line": listing.line,
            "rect": [listing.rect.x0, listing.rect.top, listing.rect.x1, listing.rect.bottom] if listing.rect else None,
        },
    }
