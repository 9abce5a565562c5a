"""Where: the prefecture, then the municipality; a name or a postal code; or no place at all.

What was chosen before comes in a sealed address and goes on in one.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from tsunagari_indexer.place_names import place_named
from tsunagari_parsers.places import Municipality, PlaceError, Prefecture, municipalities, prefecture_of, prefectures
from tsunagari_parsers.places.geo import nearest_municipality
from tsunagari_parsers.places.postal import municipalities_of_postal
from tsunagari_parsers.places.wards import ward_named
from tsunagari_site.forms import read_form
from tsunagari_site.i18n import language_of
from tsunagari_site.looking import Looking
from tsunagari_site.needs import Need
from tsunagari_site.rendering import render
from tsunagari_site.sealed import looking_of, redirect_to
from tsunagari_site.site import Site

_REGIONS = (
    ("北海道・東北", ("01", "02", "03", "04", "05", "06", "07")),
    ("関東", ("08", "09", "10", "11", "12", "13", "14")),
    ("中部", ("15", "16", "17", "18", "19", "20", "21", "22", "23")),
    ("近畿", ("24", "25", "26", "27", "28", "29", "30")),
    ("中国・四国", ("31", "32", "33", "34", "35", "36", "37", "38", "39")),
    ("九州・沖縄", ("40", "41", "42", "43", "44", "45", "46", "47")),
)
#: Longer than any place's name; what is typed beyond is no place.
_MAX_PLACE = 60
#: What is no name: a postal code, or part of one.
_POSTAL = re.compile(r"[0-9]")
#: So many places are offered for a name that fits several.
_MAX_CANDIDATES = 60


@dataclass(frozen=True, slots=True)
class Region:
    """Prefectures that stand together."""

    label: str
    prefectures: tuple[Prefecture, ...]


@dataclass(frozen=True, slots=True)
class WherePage:
    """The question of where. ``prefecture`` is set once it is chosen; ``candidates`` are the places that a typed name may mean;
    ``problem`` says why what was given is no place.
    """

    token: str
    need: Need | None
    regions: tuple[Region, ...]
    prefecture: Prefecture | None
    municipalities: tuple[Municipality, ...]
    candidates: tuple[Municipality, ...]
    problem: str


def regions() -> tuple[Region, ...]:
    """The 47 prefectures in six regions."""
    return tuple(Region(label, tuple(one for one in prefectures() if one.code in codes)) for label, codes in _REGIONS)


def region_labels() -> tuple[str, ...]:
    """What the regions are called."""
    return tuple(label for label, _ in _REGIONS)


def routes(site: Site, at: str) -> list[Route]:
    """The page that asks where, and its answers."""

    async def where(request: Request) -> Response:
        payload, token = looking_of(site, request)
        prefecture = prefecture_of(payload.prefecture) if payload.prefecture else None
        page = WherePage(
            token=token,
            need=payload.chosen_need,
            regions=regions(),
            prefecture=prefecture,
            municipalities=tuple(one for one in municipalities() if one.prefecture == prefecture) if prefecture else (),
            candidates=tuple(one for one in municipalities() if one.code in set(payload.towns.split())),
            problem=payload.place_problem,
        )
        return render("where.html", page, language_of(request.url.path), path=f"/where?s={token}")

    async def answer(request: Request) -> Response:
        fields = await read_form(request)
        looking = Looking.from_payload(site.sealer.open("results", fields.get("s", ""))).without_place_questions()
        if "near" in fields:
            return redirect_to(site, request, *_near(looking, fields["near"]))
        if "place" in fields:
            return redirect_to(site, request, *_typed(looking, fields["place"].strip()))
        if "town" in fields or "skip" in fields:
            return redirect_to(site, request, "results", looking.changed(fields))
        chosen = looking.changed(fields)
        if "all" in fields:
            return redirect_to(site, request, "results", chosen)
        return redirect_to(site, request, "where", chosen)

    return [Route(f"{at}/where", where), Route(f"{at}/where", answer, methods=["POST"])]


def _typed(looking: Looking, text: str) -> tuple[str, Looking]:
    """Where a typed place leads: to the results of the one place that it names, else back with the question."""
    text = text[:_MAX_PLACE]
    if _POSTAL.search(unicodedata.normalize("NFKC", text)):
        try:
            return _among(looking, municipalities_of_postal(text), "postal")
        except PlaceError:
            return "where", looking.asking_again("postal")
    ward = ward_named(text)
    if ward:
        return _among(looking, (ward.city,), "unknown")
    found = place_named(text) if text else None
    if found and found.prefecture and not found.municipalities:
        return "where", looking.changed({"prefecture": found.prefecture.code})
    return _among(looking, found.municipalities if found else (), "unknown")


def _among(looking: Looking, named: Sequence[Municipality], problem: str) -> tuple[str, Looking]:
    # Of towns that share a name, the one in the prefecture that was chosen is meant.
    towns = [town for town in named if town.prefecture.code == looking.prefecture] or named
    if len(towns) == 1:
        return "results", looking.changed({"town": towns[0].code})
    if towns:
        return "where", looking.asking_among(towns[:_MAX_CANDIDATES])
    return "where", looking.asking_again(problem)


def _near(looking: Looking, text: str) -> tuple[str, Looking]:
    """Where a position leads (「43.06,141.36」, degrees): to what is near the nearest office."""
    latitude, _, longitude = text.partition(",")
    try:
        town = nearest_municipality(float(latitude), float(longitude))
    except (PlaceError, ValueError):
        return "where", looking.asking_again("outside")
    return "nearby", looking.at_position_of(town)
