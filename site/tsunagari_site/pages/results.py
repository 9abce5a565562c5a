"""What a search finds, in the order in which it helps: desks and lines, this year's programmes, those of earlier lists."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response
from starlette.routing import Route

from tsunagari_indexer.catalogue import Reading
from tsunagari_indexer.confirmations import days_good
from tsunagari_indexer.errors import IndexerError
from tsunagari_indexer.lexicon import Lexicon, known_lexicon, urgent_in
from tsunagari_indexer.listings import Listing
from tsunagari_indexer.offers import offer_groups, offer_kinds
from tsunagari_indexer.search import MAX_QUERY, SearchResult
from tsunagari_indexer.suggestions import Suggestion, suggest
from tsunagari_parsers.answering import DeskNow, order_for_now
from tsunagari_parsers.places import Municipality, Prefecture, municipality_of, prefecture_of, prefectures
from tsunagari_site.calendar import day_in_japan
from tsunagari_site.errors import RequestError
from tsunagari_site.forms import read_form
from tsunagari_site.i18n import Language, language_of
from tsunagari_site.listing_cards import Card, card, old_years
from tsunagari_site.looking import PER_PAGE, Looking
from tsunagari_site.needs import Need
from tsunagari_site.place_labels import place_label
from tsunagari_site.rendering import render
from tsunagari_site.same_body import Bodies
from tsunagari_site.sealed import PROGRAM, SEARCH, looking_of, redirect_to
from tsunagari_site.shown_desks import desks_for, desks_named, has_gap_of_8778, prefecture_page, urgent_desks
from tsunagari_site.site import Site, ask

#: What the filter of what somebody has confirmed is called: as the section of them is.
CONFIRMED = "続いていると確かめられた事業"


@dataclass(frozen=True, slots=True)
class Choice:
    """A value of a filter: one that is set, or one that can be, with how many listings it would leave."""

    name: str
    value: str
    label: str
    count: int


#: The values of one filter, in groups under headings.
Groups = tuple[tuple[str, tuple[Choice, ...]], ...]


@dataclass(frozen=True, slots=True)
class ResultsPage:
    """What a search found. ``lines`` fit what was looked for, ``desks`` the place; ``wide`` are the prefecture's own programmes where a
    municipality was chosen; ``others`` its plan and network. ``asks_programs``: there was anything to look for in the lists.
    """

    looking: Looking
    token: str
    need: Need | None
    place: Prefecture | Municipality | None
    urgent: bool
    lines: tuple[DeskNow, ...]
    desks: tuple[DeskNow, ...]
    prefecture: Prefecture | None
    prefecture_page: str
    gap_of_8778: bool
    asks_programs: bool
    total: int
    page: int
    pages: int
    confirmed: tuple[Card, ...]
    current: tuple[Card, ...]
    earlier: tuple[Card, ...]
    ended: tuple[Card, ...]
    old_years: tuple[int, ...]
    wide: tuple[Card, ...]
    others: tuple[Card, ...]
    about_goods: bool
    candidates: tuple[Municipality, ...]
    suggestions: tuple[Suggestion, ...]
    relaxed: tuple[tuple[str, str, str], ...]
    chosen: tuple[Choice, ...]
    facets: tuple[tuple[str, Groups], ...]


def routes(site: Site, at: str) -> list[Route]:
    """The search, its results, and what leads on from them."""

    async def search(request: Request) -> Response:
        fields = dict(request.query_params) if request.method in {"GET", "HEAD"} else await read_form(request)
        looking = Looking.from_fields(fields, lexicon_of(site))
        if looking == Looking():
            return RedirectResponse(f"{language_of(request.url.path).prefix}/", status_code=303)
        # A tile asks where; whoever named a place, or typed words, has said enough.
        asks_where = looking.need and not looking.prefecture and not looking.text
        return redirect_to(site, request, "where" if asks_where else "results", looking)

    async def suggestions(request: Request) -> Response:
        fields = await read_form(request)
        with site.reading() as reading:
            generation = reading.generation
            found = suggest(fields.get("q", "")[:MAX_QUERY], generation.concept_suggestions, generation.names)
        return JSONResponse({"suggestions": [{"kind": one.kind, "text": one.text, "note": one.note} for one in found]})

    async def refine(request: Request) -> Response:
        fields = await read_form(request)
        looking = Looking.from_payload(site.sealer.open(SEARCH, fields.get("s", "")))
        name, _, value = fields.get("set", "").partition("=")
        return redirect_to(site, request, "results", looking.changed({name: value}))

    async def results(request: Request) -> Response:
        looking, token = looking_of(site, request)
        language = language_of(request.url.path)
        page = await results_page(site, looking, token, language)
        return render("results.html", page, language, path=f"/results?s={token}")

    async def offer(request: Request) -> Response:
        """The programmes with one kind of offer, under a code that says nothing, for arrivals from outside."""
        for kind in offer_kinds():
            if kind.code == request.path_params["code"]:
                looking = Looking(offer=kind.id)
                language = language_of(request.url.path)
                page = await results_page(site, looking, site.sealer.seal(SEARCH, looking.to_payload()), language)
                return render("results.html", page, language, path=f"/offers/{kind.code}")
        raise RequestError(404, "unknown_offer", "このページはありません")

    return [
        Route(f"{at}/search", search, methods=["GET", "POST"]),
        Route(f"{at}/suggest", suggestions, methods=["POST"]),
        Route(f"{at}/results", results),
        Route(f"{at}/results", refine, methods=["POST"]),
        Route(f"{at}/offers/{{code}}", offer),
    ]


async def results_page(site: Site, looking: Looking, token: str, language: Language) -> ResultsPage:
    """What a search finds.

    Raises:
        IndexerError: nothing is published, or the engine did not answer.
    """
    now = site.clock()
    with site.reading() as reading:
        bodies = Bodies(reading)
        asks = looking.asks_programs
        result = await ask(reading, looking.to_request(day_in_japan(now))) if asks else None
        if result and _is_beside_the_need(looking, result):
            result = replace(result, total=0, listings=(), relaxed=(), facets={name: {} for name in result.facets})
        found = result.listings if result else ()
        # Relaxing a town with nothing may have led to the whole prefecture: its own programmes stand in the list then.
        kept_town = looking.municipality and not (result and any(one.text == "municipality" for one in result.relaxed))
        wide = await _wide(reading, looking, day_in_japan(now)) if asks and kept_town else ()
        others = (await ask(reading, looking.to_request_of_others())).listings if looking.municipality else ()
        generation = reading.generation
        lexicon = generation.lexicon
        near = suggest(looking.text, generation.concept_suggestions, generation.names) if looking.text else []
        enquiries = {one.id: await bodies.enquiry(one) for one in (*found, *wide, *others)}
    if site.counts and result and looking.page == 1:
        site.counts.missed(result.missed)
    about_goods = looking.is_about_goods(lexicon)

    def cards(listings: Iterable[Listing]) -> tuple[Card, ...]:
        return tuple(
            card(
                one,
                site.sealer.seal(PROGRAM, {"id": one.id}),
                now,
                enquiries[one.id],
                result.reasons.get(one.id, ()) if result else (),
                with_venues=about_goods,
            )
            for one in listings
        )

    shown = cards(found)
    wide_cards = cards(one for one in wide if one.id not in {listing.id for listing in found})
    area = looking.prefecture or (result.prefecture_codes[0] if result and len(result.prefecture_codes) == 1 else None)
    need = looking.chosen_need
    urgent = urgent_desks((result.urgent if result else frozenset()) | set(looking.urgent.split()))
    fitting = dict.fromkeys(
        (*urgent, *desks_named(need.desks if need else ()), *desks_named(result.desks if result else ()))
    )
    facets = _choices(result, looking, language, days_good(day_in_japan(now))) if result else {}
    page = prefecture_page(area)
    town = municipality_of(looking.municipality).name if looking.municipality else None
    return ResultsPage(
        looking=looking,
        token=token,
        need=need,
        place=municipality_of(looking.municipality)
        if looking.municipality
        else (prefecture_of(area) if area else None),
        urgent=bool(urgent) or bool(need and need.urgent),
        lines=order_for_now(tuple(fitting), now),
        desks=order_for_now(tuple(desk for desk in desks_for(area, town) if desk not in fitting), now),
        prefecture=prefecture_of(area) if area else None,
        prefecture_page=page.url if page else "",
        gap_of_8778=has_gap_of_8778(area),
        asks_programs=asks,
        total=result.total if result else 0,
        page=result.page if result else 1,
        pages=max(1, -(-result.total // PER_PAGE)) if result else 1,
        confirmed=tuple(one for one in shown if one.is_confirmed),
        current=tuple(one for one in shown if one.is_current and not one.is_confirmed),
        earlier=tuple(
            one for one in shown if not one.is_current and not one.is_confirmed and not one.listing.has_ended
        ),
        old_years=old_years((*shown, *wide_cards), now),
        ended=tuple(one for one in shown if one.listing.has_ended),
        wide=wide_cards,
        others=cards(one for one in others if not one.is_program and one.municipality_code == looking.municipality),
        about_goods=about_goods,
        candidates=result.candidates if result else (),
        suggestions=tuple(one for one in near if one.text != looking.text),
        relaxed=_told(looking, result, lexicon),
        chosen=tuple(
            choice for choices in facets.values() for choice in choices if choice.value == getattr(looking, choice.name)
        ),
        facets=tuple(
            (name, _grouped(name, choices))
            for name, choices in facets.items()
            if choices and not getattr(looking, name)
        ),
    )


def lexicon_of(site: Site) -> Lexicon:
    """The words of what is published; where that cannot be read, those of the lexicon: the page that follows says so."""
    try:
        with site.reading() as reading:
            return reading.generation.lexicon
    except IndexerError:
        return known_lexicon()


def _is_beside_the_need(looking: Looking, result: SearchResult) -> bool:
    """Whether nothing in the lists fits the need: programmes for something else would be no answer."""
    given_up = {one.text for one in result.relaxed if one.code == "dropped_filter"}
    return bool(looking.need) and not looking.text and "offer" in given_up


async def _wide(reading: Reading, looking: Looking, today: date) -> tuple[Listing, ...]:
    """The prefecture's own programmes, which serve its municipalities but those that the text excludes."""
    result = await ask(reading, looking.to_request_of_the_prefecture(today))
    if any(one.code == "dropped_filter" for one in result.relaxed):
        return ()
    return tuple(
        one
        for one in result.listings
        if one.municipality_code is None
        and one.prefecture_code == looking.prefecture
        and looking.municipality not in {place.code for place in one.excluded}
    )


def _told(looking: Looking, result: SearchResult | None, lexicon: Lexicon) -> tuple[tuple[str, str, str], ...]:
    """What was dropped, replaced or climbed, as (code, words, what stands for them)."""
    relaxed = result.relaxed if result else ()
    unknown = [one.text for one in relaxed if one.code == "unknown_word"]
    return (
        *([("cut", "", "")] if looking.cut else []),
        *([("unknown_word", "・".join(unknown), "")] if unknown else []),
        *(
            (one.code, one.text, one.to)
            for one in relaxed
            if one.code not in {"last_page", "unknown_word", "cut"}
            # The box with the lines has answered such words already; they are not repeated to whoever looks on.
            and not (one.code == "dropped_word" and urgent_in(one.text, lexicon))
        ),
    )


def _grouped(name: str, choices: Sequence[Choice]) -> Groups:
    """The choices of a filter under headings: offers in their groups, the others under none."""
    if name != "offer":
        return (("", tuple(choices)),)
    by_value = {choice.value: choice for choice in choices}
    groups = (
        (group.label, tuple(by_value[kind.id] for kind in group.kinds if kind.id in by_value))
        for group in offer_groups()
    )
    return tuple((label, members) for label, members in groups if members)


def _choices(
    result: SearchResult, looking: Looking, language: Language, good: frozenset[str]
) -> Mapping[str, tuple[Choice, ...]]:
    """The values of each filter, in the order of the page; municipalities once there is a prefecture."""
    confirmed = sum(count for day, count in result.facets["confirmed"].items() if day in good)
    counts = {**result.facets, "confirmed": {"yes": confirmed}}

    def choices(name: str, labels: Mapping[str, str]) -> tuple[Choice, ...]:
        chosen = getattr(looking, name)
        return tuple(
            Choice(name, value, label, counts[name].get(value, 0))
            for value, label in labels.items()
            if counts[name].get(value) or value == chosen
        )

    codes = sorted({*counts["municipality"], *filter(None, [looking.municipality])}) if looking.prefecture else []
    places = [place for place in map(municipality_of, codes) if place.prefecture.code == looking.prefecture]
    years = sorted(counts["year"], reverse=True)
    return {
        "confirmed": choices("confirmed", {"yes": CONFIRMED}),
        "prefecture": choices("prefecture", {one.code: place_label(one, language) for one in prefectures()}),
        "municipality": choices("municipality", {place.code: place_label(place, language) for place in places}),
        "offer": choices("offer", {kind.id: kind.label for kind in offer_kinds()}),
        "year": choices("year", {year: year for year in years}) if len(years) > 1 or looking.year else (),
    }
