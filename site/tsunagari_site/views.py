"""The pages. Words are taken by POST only and go into a sealed address; readable addresses serve arrivals from outside."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import UTC, datetime

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response

from tsunagari_crawler import LICENCES
from tsunagari_indexer.catalogue import Catalogue, Reading
from tsunagari_indexer.lexicon import urgent_in
from tsunagari_indexer.listings import Listing
from tsunagari_indexer.offers import main_offer_kinds, offer_groups, offer_kinds
from tsunagari_indexer.search import MAX_QUERY, SearchRequest, SearchResult
from tsunagari_indexer.suggestions import Suggestion, suggest
from tsunagari_parsers.places import PlaceError, municipality_of, prefecture_of, prefectures
from tsunagari_site import contexts
from tsunagari_site.errors import RequestError, SealError
from tsunagari_site.forms import read_form
from tsunagari_site.i18n import LANGUAGES, Language, language_of
from tsunagari_site.looking import PER_PAGE, Looking
from tsunagari_site.rendering import render, static_files, static_url
from tsunagari_site.seal import Sealer

_MEDIA_TYPES = {"css": "text/css", "js": "text/javascript", "svg": "image/svg+xml"}
#: The series of the country's yearly lists.
NATIONAL_SERIES = "national_list"
_REGIONS = (
    ("北海道・東北", ("01", "02", "03", "04", "05", "06", "07")),
    ("関東", ("08", "09", "10", "11", "12", "13", "14")),
    ("中部", ("15", "16", "17", "18", "19", "20", "21", "22", "23")),
    ("近畿", ("24", "25", "26", "27", "28", "29", "30")),
    ("中国・四国", ("31", "32", "33", "34", "35", "36", "37", "38", "39")),
    ("九州・沖縄", ("40", "41", "42", "43", "44", "45", "46", "47")),
)


@dataclass(frozen=True, slots=True)
class Pages:
    """The views, over a catalogue. ``clock`` gives the moment, with its time zone."""

    catalogue: Catalogue
    sealer: Sealer
    clock: Callable[[], datetime] = lambda: datetime.now(UTC)

    async def home(self, request: Request) -> Response:
        """The way in."""
        with self.reading() as reading:
            documents = reading.generation.documents.values()
            # What the home page says is said of the country's lists; a city's own paper may be of any year.
            years = sorted({one.fiscal_year for one in documents if one.series == NATIONAL_SERIES}, reverse=True)
        page = contexts.HomePage(
            offers=main_offer_kinds(),
            regions=tuple(
                contexts.Region(label, tuple(one for one in prefectures() if one.code in codes))
                for label, codes in _REGIONS
            ),
            years=tuple(years),
        )
        return render("home.html", page, language_of(request.url.path), path="/")

    async def to_home(self, request: Request) -> Response:
        """A language's path without its slash."""
        return RedirectResponse(f"{request.url.path}/", status_code=308)

    async def search(self, request: Request) -> Response:
        """Words or filters by POST, to a sealed address; ``?q=`` serves links from elsewhere in the same way."""
        fields = dict(request.query_params) if request.method in {"GET", "HEAD"} else await read_form(request)
        looking = Looking.from_fields(fields)
        if looking == Looking():
            return RedirectResponse(f"{language_of(request.url.path).prefix}/", status_code=303)
        return self._to_results(looking, request)

    async def suggest(self, request: Request) -> Response:
        """What somebody may be about to type; the words come by POST and go into no log."""
        fields = await read_form(request)
        with self.reading() as reading:
            found = suggest(fields.get("q", "")[:MAX_QUERY], reading.generation.names)
        return JSONResponse({"suggestions": [{"kind": one.kind, "text": one.text, "note": one.note} for one in found]})

    async def refine(self, request: Request) -> Response:
        """One button of the results page: a filter set or taken away, or another page."""
        fields = await read_form(request)
        looking = Looking.from_payload(self.sealer.open("results", fields.get("s", "")))
        name, _, value = fields.get("set", "").partition("=")
        return self._to_results(looking.changed({name: value}), request)

    async def results(self, request: Request) -> Response:
        """What a sealed search finds."""
        token = request.query_params.get("s", "")
        looking = Looking.from_payload(self.sealer.open("results", token))
        return await self._results(looking, request, path=f"/results?s={token}")

    async def area(self, request: Request) -> Response:
        """The programmes of a prefecture (two digits) or a municipality (six), for arrivals from outside."""
        code = request.path_params["code"]
        try:
            if len(code) == 2:
                looking = Looking(prefecture=prefecture_of(code).code)
            else:
                place = municipality_of(code)
                looking = Looking(prefecture=place.prefecture.code, municipality=place.code)
        except PlaceError as error:
            raise RequestError(404, "unknown_area", "この番号の地域はありません") from error
        return await self._results(looking, request, path=f"/areas/{code}")

    async def offer(self, request: Request) -> Response:
        """The programmes with one kind of offer, under a code that says nothing."""
        for kind in offer_kinds():
            if kind.code == request.path_params["code"]:
                return await self._results(Looking(offer=kind.id), request, path=f"/offers/{kind.code}")
        raise RequestError(404, "unknown_offer", "このページはありません")

    async def sealed_program(self, request: Request) -> Response:
        """A programme opened from a search."""
        token = request.query_params.get("s", "")
        listing_id = str(self.sealer.open("program", token).get("id", ""))
        return self._program(listing_id, request, path=f"/program?s={token}")

    async def program(self, request: Request) -> Response:
        """A programme under its readable address, for arrivals from outside."""
        listing_id = request.path_params["id"]
        return self._program(listing_id, request, path=f"/programs/{listing_id}")

    async def contacts(self, request: Request) -> Response:
        """The desks and lines that help now. It needs no generation."""
        return render("contacts.html", contexts.contacts_page(), language_of(request.url.path), path="/contacts")

    async def about(self, request: Request) -> Response:
        """Where the information comes from, and what this site does not do."""
        with self.reading() as reading:
            documents = tuple(reading.generation.documents.values())
        page = contexts.AboutPage(documents, {name: (one.name, one.url) for name, one in LICENCES.items()})
        return render("about.html", page, language_of(request.url.path), path="/about")

    async def healthz(self, request: Request) -> Response:  # noqa: ARG002
        """200 when a published generation is being served."""
        with self.reading():
            return Response("ok\n", media_type="text/plain")

    async def static(self, request: Request) -> Response:
        """A static file, under an address that changes with it."""
        name = request.path_params["name"]
        if name not in static_files() or request.url.path != static_url(name):
            raise RequestError(404, "not_found", "このページはありません")
        media_type = _MEDIA_TYPES[name.rpartition(".")[2]]
        headers = {"Cache-Control": "public, max-age=31536000, immutable"}
        return Response(static_files()[name], media_type=media_type, headers=headers)

    async def robots(self, request: Request) -> Response:  # noqa: ARG002
        """What crawlers may read: everything but what somebody looked for."""
        closed = [f"{one.prefix}/{page}" for one in LANGUAGES for page in ("results", "program?", "search")]
        lines = ["User-agent: *", *(f"Disallow: {path}" for path in (*closed, "/api/"))]
        return Response("\n".join(lines) + "\n", media_type="text/plain")

    def reading(self) -> AbstractContextManager[Reading]:
        """The published generation for one request."""
        return self.catalogue.reading()

    async def _results(self, looking: Looking, request: Request, *, path: str) -> Response:
        language = language_of(request.url.path)
        with self.reading() as reading:
            result = await ask(reading, looking.to_request())
            others = await ask(reading, looking.to_request_of_others()) if looking.municipality else None
            near = suggest(looking.text, reading.generation.names) if looking.text else []
        page = self._results_page(looking, result, others.listings if others else (), near, language)
        return render("results.html", page, language, path=path)

    def _results_page(
        self,
        looking: Looking,
        result: SearchResult,
        others: Sequence[Listing],
        near: Sequence[Suggestion],
        language: Language,
    ) -> contexts.ResultsPage:
        now = self.clock()
        cards = [
            contexts.card(
                listing, self.sealer.seal("program", {"id": listing.id}), now, result.reasons.get(listing.id, ())
            )
            for listing in result.listings
        ]
        area = looking.prefecture or (result.prefecture_codes[0] if len(result.prefecture_codes) == 1 else None)
        urgent = contexts.urgent_desks(result.urgent | set(looking.urgent.split()))
        facets = _choices(result, looking, language)
        unknown = [one.text for one in result.relaxed if one.code == "unknown_word"]
        relaxed = ((("unknown_word", "・".join(unknown), ""),) if unknown else ()) + tuple(
            (one.code, one.text, one.to)
            for one in result.relaxed
            if one.code not in {"last_page", "unknown_word"}
            # The box with the lines has answered such words already; they are not repeated to whoever looks on.
            and not (one.code == "dropped_word" and urgent_in(one.text))
        )
        return contexts.ResultsPage(
            looking=looking,
            token=self.sealer.seal("results", looking.to_payload()),
            total=result.total,
            page=result.page,
            pages=max(1, -(-result.total // PER_PAGE)),
            current=tuple(card for card in cards if card.is_current),
            earlier=tuple(card for card in cards if not card.is_current),
            others=tuple(
                contexts.card(listing, self.sealer.seal("program", {"id": listing.id}), now)
                for listing in others
                if not listing.is_program and listing.municipality_code == looking.municipality
            ),
            candidates=result.candidates,
            suggestions=tuple(one for one in near if one.text != looking.text),
            relaxed=((("cut", "", ""),) if looking.cut else ()) + relaxed,
            urgent=urgent,
            desks=tuple(
                desk
                for desk in dict.fromkeys((*contexts.desks_named(result.desks), *contexts.desks_for(area)))
                if desk not in urgent
            ),
            prefecture_page=contexts.prefecture_page(area),
            gap_of_8778=contexts.has_gap_of_8778(area),
            chosen=tuple(
                choice
                for choices in facets.values()
                for choice in choices
                if choice.value == getattr(looking, choice.name)
            ),
            facets=tuple(
                (name, _grouped(name, choices))
                for name, choices in facets.items()
                if choices and not getattr(looking, name)
            ),
            prefecture=prefecture_of(area) if area else None,
        )

    def _program(self, listing_id: str, request: Request, *, path: str) -> Response:
        with self.reading() as reading:
            listing = reading.generation.listing(listing_id)
            if listing is None:
                raise RequestError(404, "unknown_program", "この事業のページはありません")
            document = reading.generation.documents[listing.document]
        page = contexts.program_page(listing, document, self.clock())
        return render("program.html", page, language_of(request.url.path), path=path)

    def _to_results(self, looking: Looking, request: Request) -> Response:
        token = self.sealer.seal("results", looking.to_payload())
        prefix = language_of(request.url.path).prefix
        return RedirectResponse(f"{prefix}/results?s={token}", status_code=303)


async def ask(reading: Reading, request: SearchRequest) -> SearchResult:
    """Search in place with the embedded engine; one that waits for a server gets a thread."""
    if reading.engine.blocks:
        return await run_in_threadpool(reading.search, request)
    return reading.search(request)


def expired(error: SealError) -> contexts.MessagePage:
    """What an address shows that has ended: the beginning, the way out, 110 and 119, nothing else."""
    del error  # Whether it is too old or not ours makes no difference to anybody who stands before it.
    return contexts.MessagePage(410, "このページは終わりました", "はじめからやり直してください。", bare=True)


def _grouped(name: str, choices: Sequence[contexts.Choice]) -> tuple[tuple[str, tuple[contexts.Choice, ...]], ...]:
    """The choices of a filter under headings: offers in their groups, the others under none."""
    if name != "offer":
        return (("", tuple(choices)),)
    by_value = {choice.value: choice for choice in choices}
    groups = (
        (group.label, tuple(by_value[kind.id] for kind in group.kinds if kind.id in by_value))
        for group in offer_groups()
    )
    return tuple((label, members) for label, members in groups if members)


def _choices(result: SearchResult, looking: Looking, language: Language) -> dict[str, tuple[contexts.Choice, ...]]:
    """The values of each filter, in the order of the page; municipalities once there is a prefecture."""
    counts = result.facets

    def choices(name: str, labels: dict[str, str]) -> tuple[contexts.Choice, ...]:
        chosen = getattr(looking, name)
        return tuple(
            contexts.Choice(name, value, label, counts[name].get(value, 0))
            for value, label in labels.items()
            if counts[name].get(value) or value == chosen
        )

    codes = sorted({*counts["municipality"], *filter(None, [looking.municipality])}) if looking.prefecture else []
    places = [place for place in map(municipality_of, codes) if place.prefecture.code == looking.prefecture]
    years = sorted(counts["year"], reverse=True)
    return {
        "prefecture": choices(
            "prefecture",
            {one.code: one.name if language.tag == "ja" else one.english for one in prefectures()},
        ),
        "municipality": choices("municipality", {place.code: place.name for place in places}),
        "offer": choices("offer", {kind.id: kind.label for kind in offer_kinds()}),
        "year": choices("year", {year: year for year in years}) if len(years) > 1 or looking.year else (),
    }
