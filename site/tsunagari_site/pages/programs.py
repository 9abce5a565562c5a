"""One programme, measure or network: all that its paper says, where that stands, whom to ask, and the picture of its row."""

from __future__ import annotations

from dataclasses import dataclass

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from tsunagari_crawler import LICENCES
from tsunagari_indexer.listings import Listing, SourceDocument
from tsunagari_indexer.row_pictures import RowPicture
from tsunagari_parsers.answering import DeskNow, order_for_now
from tsunagari_parsers.places import Prefecture, prefecture_of
from tsunagari_site.calendar import day_in_japan, ended_period, era_year
from tsunagari_site.errors import RequestError
from tsunagari_site.i18n import language_of
from tsunagari_site.listing_cards import (
    PAPERS,
    Card,
    Enquiry,
    ShownOffer,
    card,
    is_answered,
    is_current,
    offers_of,
    says_free,
    says_nameless,
    venues_of,
)
from tsunagari_site.rendering import render
from tsunagari_site.same_body import Bodies
from tsunagari_site.sealed import PROGRAM
from tsunagari_site.shown_desks import desks_for, has_gap_of_8778, prefecture_page
from tsunagari_site.site import Site

#: So many other listings of the same body stand on the page; the rest is behind the page of the region.
_MAX_OTHERS = 8


@dataclass(frozen=True, slots=True)
class ProgramPage:
    """A listing. ``paper`` is what kind of paper it stands on; ``free`` and ``nameless`` the sentences of that paper that say so, or empty;
    ``others`` what else the same body has; ``is_answered``: somebody's answer stands in place of the doubt. ``token`` is the sealed address's, empty at the readable one.
    """

    listing: Listing
    token: str
    paper: str
    offers: tuple[ShownOffer, ...]
    venues: tuple[ShownOffer, ...]
    enquiry: Enquiry | None
    free: str
    nameless: str
    others: tuple[Card, ...]
    document: SourceDocument
    licence_name: str
    licence_url: str
    era_year: str
    is_current: bool
    is_answered: bool
    ended: str | None
    desks: tuple[DeskNow, ...]
    prefecture: Prefecture
    prefecture_page: str
    gap_of_8778: bool
    picture_token: str
    picture: RowPicture | None


@dataclass(frozen=True, slots=True)
class SourcePage:
    """The row of a document from which a listing was read, as a picture."""

    listing: Listing
    picture: RowPicture
    document: SourceDocument
    token: str


def routes(site: Site, at: str) -> list[Route]:
    """The page of a listing: sealed, where it was opened from a search; readable, for arrivals from outside."""

    async def source(request: Request) -> Response:
        """The picture of a row on a page of its own, with what it is a picture of."""
        token = request.query_params.get("s", "")
        listing_id = str(site.sealer.open(PROGRAM, token).get("id", ""))
        with site.reading() as reading:
            listing = reading.generation.listing(listing_id)
            if listing is None or listing.picture is None:
                raise RequestError(404, "no_picture", "この画像はありません")
            document = reading.generation.documents[listing.document]
        page = SourcePage(listing, listing.picture, document, token)
        return render("source.html", page, language_of(request.url.path), path=f"/source?s={token}")

    async def sealed(request: Request) -> Response:
        token = request.query_params.get("s", "")
        listing_id = str(site.sealer.open(PROGRAM, token).get("id", ""))
        return await show(request, listing_id, token, f"/program?s={token}")

    async def readable(request: Request) -> Response:
        listing_id = request.path_params["id"]
        return await show(request, listing_id, "", f"/programs/{listing_id}")

    async def picture(request: Request) -> Response:
        """The picture of a row, which a phone may have to scroll: a picture alone, that a link opens."""
        listing_id = str(site.sealer.open(PROGRAM, request.query_params.get("s", "")).get("id", ""))
        with site.reading() as reading:
            listing = reading.generation.listing(listing_id)
            content = reading.row_picture(listing_id)
        if listing is None or listing.picture is None or content is None:
            raise RequestError(404, "no_picture", "この画像はありません")
        return Response(content, media_type=listing.picture.media_type)

    async def show(request: Request, listing_id: str, token: str, path: str) -> Response:
        now = site.clock()
        with site.reading() as reading:
            listing = reading.generation.listing(listing_id)
            if listing is None:
                raise RequestError(404, "unknown_program", "この事業のページはありません")
            document = reading.generation.documents[listing.document]
            bodies = Bodies(reading)
            enquiry = await bodies.enquiry(listing)
            same = [one for one in await bodies.listings(listing) if one.id != listing.id]
            picture = listing.picture
        licence = LICENCES.get(document.licence)
        area = prefecture_page(listing.prefecture_code)
        page = ProgramPage(
            listing=listing,
            token=token,
            paper=PAPERS[listing.kind],
            offers=offers_of(listing),
            venues=venues_of(listing),
            enquiry=enquiry,
            free=says_free(listing),
            nameless=says_nameless(listing),
            others=tuple(
                card(one, site.sealer.seal(PROGRAM, {"id": one.id}), now, None)
                for one in sorted(same, key=lambda one: not one.is_program)[:_MAX_OTHERS]
            ),
            document=document,
            licence_name=licence.name if licence else "",
            licence_url=licence.url if licence else "",
            era_year=era_year(listing.fiscal_year),
            is_answered=is_answered(listing, now),
            is_current=is_current(listing, now),
            ended=ended_period(listing.description, day_in_japan(now)),
            desks=order_for_now(desks_for(listing.prefecture_code, listing.municipality), now),
            prefecture=prefecture_of(listing.prefecture_code),
            prefecture_page=area.url if area else "",
            gap_of_8778=has_gap_of_8778(listing.prefecture_code),
            picture_token=site.sealer.seal(PROGRAM, {"id": listing.id}) if picture else "",
            picture=picture,
        )
        return render("program.html", page, language_of(request.url.path), path=path)

    return [
        Route(f"{at}/program", sealed),
        Route(f"{at}/programs/{{id}}", readable),
        Route(f"{at}/source", source),
        *([] if at else [Route("/picture", picture)]),
    ]
