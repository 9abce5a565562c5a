"""How long the ladder of a place takes, and the nearest of many points, each beside a peer in the same run: `python -m benchmarks.nearby`.

The ladder is that of each municipality of Japan in turn, asked for the first time (its listings are read from the file) and again, without a filter and
for sanitary products; over the list of fiscal 2021 and over 50,000 programmes made of its paragraphs, of which every fortieth is a
prefecture's. Its peer works out the distance of every programme and sorts them all. The points are 50,000 around the offices; their peer
compares with all of them. Both have to give the same as their peer.

Processor time of this thread, so that other work on the machine does not lengthen it. Exits with 1 where a promise is not kept.
"""

from __future__ import annotations

import heapq
import random
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path

from benchmarks.made import MadeListings

from tsunagari.importing import EditionOptions, import_documents
from tsunagari_indexer.build import Contents
from tsunagari_indexer.generation import Generation, write_generation
from tsunagari_indexer.listings import Listing
from tsunagari_indexer.nearby import AROUND_KM, MOST_NEIGHBOURS, MOST_OF_A_NEIGHBOUR, Place, RungName, ladder
from tsunagari_indexer.offers import known_offer_rules, public_offers
from tsunagari_indexer.place_index import place_index
from tsunagari_indexer.points import NearestPoints, points
from tsunagari_indexer.workspace import Workspace
from tsunagari_parsers.places import Municipality, municipalities, municipality_of
from tsunagari_parsers.places.geo import Vector, chord_to_km, office_vector, squared_chord, vector

LIST = Path(__file__).parent.parent / "fixtures" / "national_list_r3" / "national-list-r3.pdf"
#: The 95th percentile in milliseconds, by the number of programmes.
LIMITS = {82: 3.0, 50_000: 10.0}
POINTS, NEAREST, POINT_LIMIT = 50_000, 20, 2.0
FILTERS = (frozenset[str](), frozenset({"period_products"}))
#: So many places are asked of a peer, which takes long.
PEER_PLACES = 40


def main() -> int:
    """Run, print, and return the exit code."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        workspace = Workspace(folder / "data")
        import_documents(workspace, [LIST], EditionOptions())
        workspace.publish()
        generation = Generation.open(workspace.generation_path(workspace.current()))
        real = list(generation.all_listings())
        kept = [ladders(generation, real)]
        generation.close()
        made = WithPrefectures(MadeListings(real, 50_000, known_offer_rules()))
        path = folder / "made.sqlite"
        write_generation(path, Contents((), made, (), ()), (), {}, {})
        generation = Generation.open(path)
        kept.append(ladders(generation, made))
        generation.close()
    kept.append(nearest_points())
    return 0 if all(kept) else 1


class WithPrefectures(Sequence[Listing]):
    """Made listings of which every fortieth is the prefecture's own."""

    def __init__(self, made: MadeListings) -> None:
        self._made = made

    def __len__(self) -> int:
        return len(self._made)

    def __getitem__(self, order: int) -> Listing:  # type: ignore[override]
        listing = self._made[order]
        return listing if order % 40 else replace(listing, municipality=None, municipality_code=None)


def ladders(generation: Generation, listings: Sequence[Listing]) -> bool:
    """The ladder of every municipality: first and second time, and the peer's time for the same neighbours."""
    began = time.process_time()
    place_index(generation)
    print(
        f"{len(listings):,} programmes: index made in {(time.process_time() - began) * 1000:.0f} ms, once for a generation"
    )
    began = time.process_time()
    found = points(generation)
    print(f"  {len(found):,} points made in {(time.process_time() - began) * 1000:.0f} ms, once for a generation")
    places = random.Random(1).sample(municipalities(), len(municipalities()))  # noqa: S311 - not for secrets
    kept = True
    for offers in FILTERS:
        what = f"  ladder{' of ' + '、'.join(sorted(offers)) if offers else ''}"
        first = ladder_times(generation, places, offers)
        again = ladder_times(generation, places[-100:], offers)
        kept = told(f"{what}, every municipality", first, LIMITS[len(listings)]) and kept
        told(f"{what}, again", again, None)
    rows = [
        (one.order, municipality_of(one.municipality_code))
        for one in listings
        if one.municipality_code and one.is_program
    ]
    theirs = [milliseconds(partial(sorted_all, generation, rows, town)) for town in places[:PEER_PLACES]]
    told("  peer: the distance of every programme, sorted, for the rung of neighbours alone", theirs, None)
    different = [
        town.name for town in places[:PEER_PLACES] if sorted_all(generation, rows, town) != neighbours(generation, town)
    ]
    print(f"  {PEER_PLACES - len(different)} of {PEER_PLACES} with the same neighbours", *different[:5])
    for offers in FILTERS[1:]:
        told_offers = {one.order for one in listings if offers & {offer.kind for offer in public_offers(one.offers)}}
        wrong = [
            town.name
            for town in places[:PEER_PLACES]
            if any(
                item.listing.order not in told_offers
                for rung in ladder(generation, Place(town.prefecture, town), offers=offers).rungs
                for item in rung.items
                if item.listing
            )
        ]
        kept = kept and not wrong
    return kept and not different


def ladder_times(generation: Generation, towns: Sequence[Municipality], offers: frozenset[str]) -> list[float]:
    """Milliseconds of the ladder of each."""
    return [milliseconds(partial(ladder, generation, Place(town.prefecture, town), offers=offers)) for town in towns]


def neighbours(generation: Generation, town: Municipality) -> list[int]:
    """The order numbers of the rung of neighbours."""
    rungs = {rung.name: rung for rung in ladder(generation, Place(town.prefecture, town)).rungs}
    return [item.listing.order for item in rungs[RungName.NEIGHBOURS].items if item.listing]


def sorted_all(generation: Generation, rows: Sequence[tuple[int, Municipality]], town: Municipality) -> list[int]:
    """The same by brute force: all programmes of other places by distance, then the rung's bounds."""
    here = office_vector(town)
    everything = sorted(
        (squared_chord(here, office_vector(other)), other.code, order) for order, other in rows if other != town
    )
    taken: dict[str, list[int]] = {}
    for square, code, order in everything:
        if code not in taken:
            if taken and (round(chord_to_km(square), 1) > AROUND_KM or len(taken) == MOST_NEIGHBOURS):
                break
            taken[code] = []
        if len(taken[code]) < MOST_OF_A_NEIGHBOUR:
            taken[code].append(order)
    orders = [order for of_town in taken.values() for order in of_town]
    return [listing.order for listing in generation.listings(orders)]


def nearest_points() -> bool:
    """The nearest 20 of 50,000 points around the offices, and the same by comparing with all."""
    choose = random.Random(2)  # noqa: S311 - not for secrets
    towns = choose.choices(municipalities(), k=POINTS)
    positions = [(town.latitude + choose.gauss(0, 0.05), town.longitude + choose.gauss(0, 0.05)) for town in towns]
    began = time.process_time()
    tree = NearestPoints(positions)
    print(f"{POINTS:,} points: tree made in {(time.process_time() - began) * 1000:.0f} ms, once for a generation")
    vectors = [(vector(*position), number) for number, position in enumerate(positions)]
    asked = [
        (town.latitude + choose.gauss(0, 0.2), town.longitude + choose.gauss(0, 0.2))
        for town in choose.choices(municipalities(), k=500)
    ]
    ours = [milliseconds(partial(tree.nearest, *at, NEAREST)) for at in asked]
    kept = told(f"  nearest {NEAREST}", ours, POINT_LIMIT)
    few = asked[:PEER_PLACES]
    told("  peer: comparing with all", [milliseconds(partial(compared, vectors, at)) for at in few], None)
    same = [[number for _, number in tree.nearest(*at, NEAREST)] == compared(vectors, at) for at in few]
    print(f"  {sum(same)} of {len(same)} with the same points")
    return kept and all(same)


def compared(vectors: Sequence[tuple[Vector, int]], at: tuple[float, float]) -> list[int]:
    """The nearest by comparing with all."""
    here = vector(*at)
    nearest = heapq.nsmallest(NEAREST, ((squared_chord(here, there), number) for there, number in vectors))
    return [number for _, number in nearest]


def milliseconds(ask: Callable[[], object]) -> float:
    """The processor time of one call."""
    began = time.thread_time()
    ask()
    return (time.thread_time() - began) * 1000


def told(what: str, times: Sequence[float], limit: float | None) -> bool:
    """Print the percentiles; whether the limit is kept."""
    ordered = sorted(times)
    p95 = ordered[min(len(ordered) - 1, len(ordered) * 95 // 100)]
    line = f"{what}: p50 {statistics.median(ordered):.2f} ms, p95 {p95:.2f}, longest {ordered[-1]:.2f}"
    print(line + (f" (p95 at most {limit:g})" if limit else ""), flush=True)
    return limit is None or p95 <= limit


if __name__ == "__main__":
    sys.exit(main())
