"""The JSON API: ``/api/v1/programs`` and ``/api/v1/programs/{id}``. Errors are ``{error: {code, message, details}}``.

A parameter that is not known, or a value that cannot be, is refused with its name; nothing is guessed for a program.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from tsunagari_crawler import LICENCES
from tsunagari_indexer.catalogue import Catalogue
from tsunagari_indexer.listings import OTHER_KINDS, PROGRAM_KINDS, Listing, SourceDocument
from tsunagari_indexer.offers import offer_kinds, public_offers
from tsunagari_indexer.search import MAX_PER_PAGE, MAX_QUERY, SearchRequest
from tsunagari_parsers.places import (
    Municipality,
    PlaceError,
    Prefecture,
    municipalities,
    municipalities_named,
    municipality_of,
    prefecture_named,
    prefecture_of,
    prefectures,
)
from tsunagari_site.errors import RequestError
from tsunagari_site.site import ask

_PARAMETERS = ("q", "prefecture", "municipality", "offer", "year", "kind", "page", "per_page")
_KINDS = tuple(sorted(PROGRAM_KINDS | OTHER_KINDS))


@dataclass(frozen=True, slots=True)
class Api:
    """The API's views, over a catalogue."""

    catalogue: Catalogue

    async def programs(self, request: Request) -> Response:
        """Search and filter programmes."""
        search = _request(_parameters(request))
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
                    "items": [_item(listing, documents[listing.document]) for listing in listings],
                    "facets": {name: _facet(name, counts) for name, counts in result.facets.items()},
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
            return JSONResponse(_item(listing, reading.generation.documents[listing.document]))


def error_response(error: RequestError) -> JSONResponse:
    """The envelope of an error."""
    body = {"error": {"code": error.code, "message": str(error), "details": error.details}}
    return JSONResponse(body, status_code=error.status)


def _parameters(request: Request) -> dict[str, str]:
    given: dict[str, str] = {}
    for name, value in request.query_params.multi_items():
        if name not in _PARAMETERS:
            raise RequestError(
                400, "unknown_parameter", f"パラメーター「{name}」はありません", {"known": list(_PARAMETERS)}
            )
        if name in given:
            raise RequestError(400, "repeated_parameter", f"パラメーター「{name}」が2回あります", {"parameter": name})
        given[name] = value
    return given


def _request(given: Mapping[str, str]) -> SearchRequest:
    text = given.get("q", "")
    if "\ufffd" in text:
        raise _invalid("q", text[:40], "UTF-8")
    if len(text) > MAX_QUERY:
        raise _invalid("q", text[:40] + "…", f"{MAX_QUERY}文字まで")
    filters = {"kind": PROGRAM_KINDS}
    prefecture = _prefecture(given["prefecture"]) if given.get("prefecture") else None
    if prefecture:
        filters["prefecture"] = frozenset({prefecture.code})
    if given.get("municipality"):
        filters["municipality"] = frozenset({_municipality(given["municipality"], prefecture).code})
    if given.get("offer"):
        known = [kind.id for kind in offer_kinds()]
        filters["offer"] = frozenset({_one_of("offer", given["offer"], known)})
    if given.get("year"):
        filters["year"] = frozenset({str(_number("year", given["year"], 1990, 2100))})
    if given.get("kind"):
        filters["kind"] = frozenset({_one_of("kind", given["kind"], _KINDS)})
    page = _number("page", given.get("page", "1"), 1, 10_000)
    per_page = _number("per_page", given.get("per_page", "20"), 1, MAX_PER_PAGE)
    return SearchRequest(text, filters, page, per_page)


def _number(name: str, value: str, low: int, high: int) -> int:
    if not re.fullmatch(r"[0-9]{1,9}", value) or not low <= int(value) <= high:
        raise _invalid(name, value, f"{low}〜{high}の整数")
    return int(value)


def _one_of(name: str, value: str, known: list[str] | tuple[str, ...]) -> str:
    if value not in known:
        raise _invalid(name, value, "、".join(known))
    return value


def _prefecture(value: str) -> Prefecture:
    found = prefecture_named(value)
    if found:
        return found
    try:
        return prefecture_of(value)
    except PlaceError:
        raise _invalid("prefecture", value, "都道府県の名前（大阪府）か番号（27）") from None


def _municipality(value: str, prefecture: Prefecture | None) -> Municipality:
    if re.fullmatch(r"[0-9]{6}", value):
        try:
            return municipality_of(value)
        except PlaceError:
            raise _invalid("municipality", value, "市区町村の名前か6桁の番号") from None
    found = municipalities_named(value, prefecture)
    if not found:
        raise _invalid("municipality", value, "市区町村の名前か6桁の番号")
    if len(found) > 1:
        candidates = [{"code": one.code, "prefecture": one.prefecture.name, "municipality": one.name} for one in found]
        raise RequestError(400, "ambiguous_place", f"「{value}」は{len(found)}つあります", candidates)
    return found[0]


def _invalid(name: str, value: str, allowed: str) -> RequestError:
    message = f"{name} の値「{value}」は使えません（{allowed}）"
    return RequestError(400, "invalid_parameter", message, {"parameter": name, "value": value, "allowed": allowed})


def _facet(name: str, counts: Mapping[str, int]) -> list[dict[str, Any]]:
    """The values of a facet, plain names with their codes: by code, years newest first."""
    labels: dict[str, str] = {}
    if name == "prefecture":
        labels = {one.code: one.name for one in prefectures()}
    elif name == "municipality":
        labels = {one.code: one.name for one in municipalities() if one.code in counts}
    elif name == "offer":
        labels = {kind.id: kind.label for kind in offer_kinds()}
    ordered = sorted(counts, reverse=name == "year")
    return [{"value": labels.get(code, code), "code": code, "count": counts[code]} for code in ordered]


def _item(listing: Listing, document: SourceDocument) -> dict[str, Any]:
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
        "confirmed": False,
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
