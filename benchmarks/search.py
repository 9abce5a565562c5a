"""Relevance and speed of the search, each peer in the same run: `make bench-search` (82, 5,000 and 50,000 programmes; `--all`: 1,000,000 too).

Relevance is that of the judged queries over the list of fiscal 2021. Speed is that of a whole search (analysis, facets over all municipalities,
20 listings, why each was found) over the judged queries and random ones (:func:`~benchmarks.judged.requests`). Larger
lists are made of that list's paragraphs at random municipalities.

Peers: tantivy (and Meilisearch, as :class:`~tsunagari_indexer.engines.meili.MeiliEngine`) behind the same search; SQLite's FTS5 with its trigram tokenizer, and
Meilisearch as it comes, over the raw text. Meilisearch is measured up to 50,000 programmes where TSUNAGARI_TEST_MEILI_URL and
TSUNAGARI_TEST_MEILI_MASTER_KEY name a server; then hits, order and counts of both engines are compared too.

What runs in this process is timed in its thread's processor time, which other work on the machine does not lengthen; a server by the clock.

Exits with 1 where a promise of the project is not kept.
"""

from __future__ import annotations

import argparse
import math
import os
import resource
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from benchmarks.judged import KINDS, KNOWN, Judged, answered, mean_ndcg, read_judged, requests, words_of
from benchmarks.made import MadeListings
from benchmarks.odd import ODD_QUERIES
from benchmarks.peers import Fts5, OwnMeilisearch, StockMeilisearch, TantivyEngine

from tsunagari.importing import EditionOptions, import_documents
from tsunagari.settings import Settings
from tsunagari_indexer.build import Contents
from tsunagari_indexer.catalogue import Reading
from tsunagari_indexer.engine import EngineRecord, SearchEngine
from tsunagari_indexer.engines.meili import MeiliSettings
from tsunagari_indexer.generation import Generation, write_generation
from tsunagari_indexer.lexicon import known_lexicon
from tsunagari_indexer.listings import Listing, engine_record
from tsunagari_indexer.offers import known_offer_rules
from tsunagari_indexer.search import SearchRequest, search
from tsunagari_indexer.workspace import Workspace

ROOT = Path(__file__).parent.parent
LIST = ROOT / "fixtures" / "national_list_r3" / "national-list-r3.pdf"
#: Promised p95 of a whole search in milliseconds, by how many programmes there are.
LIMITS = {82: 1.0, 50_000: 4.0, 1_000_000: 60.0}
#: Milliseconds that no query may take over the list of fiscal 2021, however it is made.
SLOWEST_ODD = 50.0
#: A larger list is not sent to a server.
MOST_FOR_MEILI = 50_000
RANDOM_QUERIES = 1_000
#: Each query is asked so often, all of them before any of them again; the median counts.
ROUNDS = 3
#: Seconds that a peer may take for its first round.
PEER_BUDGET = 60.0


def main() -> int:
    """Run all; 0 if every promise is kept."""
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--all", action="store_true", help="1,000,000 programmes too")
    options.add_argument("--sizes", type=int, nargs="*", help="how many programmes, instead of 82, 5,000 and 50,000")
    options.add_argument("--queries", type=Path, action="append", default=[], help="more judged queries (JSON)")
    given = options.parse_args()
    judged = [one for path in (None, *given.queries) for one in (read_judged(path) if path else read_judged())]
    sizes = given.sizes or (82, 5_000, 50_000, *((1_000_000,) if given.all else ()))
    server = meilisearch_server()
    print("Meilisearch:", server.url if server else "not measured (TSUNAGARI_TEST_MEILI_URL is not set)")
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        workspace = Workspace(folder / "data")
        import_documents(workspace, [LIST], EditionOptions())
        workspace.publish()
        with Settings().catalogue(workspace.root).reading() as reading:
            real = list(reading.generation.all_listings())
            kept = [relevance(reading, judged), odd(reading)]
            if len(real) in sizes:
                kept.append(measured(List.real(reading, real), judged, folder, server))
        kept += [made(count, real, judged, folder, server) for count in sizes if count != len(real)]
    print(f"largest memory: {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6:.1f} GB")
    return 0 if all(kept) else 1


def relevance(reading: Reading, judged: Sequence[Judged]) -> bool:
    """nDCG@10, reciprocal ranks, known items and wrong empty results over the programmes of fiscal 2021."""
    answers = answered(judged, reading.search)
    given = [one for one in answers if one.judged.given]
    wrong = {
        "known items not first": [one for one in answers if one.is_known_item_missed],
        "wrong empty results": [one for one in answers if one.is_wrongly_empty],
        "found what is not there": [one for one in answers if one.is_wrongly_found],
        "places with others or not with all": [one for one in answers if one.is_place_overrun],
    }
    there = [one for one in answers if one.judged.relevant]
    print(
        f"relevance: nDCG@10 {mean_ndcg(given):.3f} over the {len(given)} given queries (at least 0.95), {mean_ndcg(answers):.3f} over all {len(answers)}; "
        f"mean reciprocal rank {statistics.fmean(one.reciprocal_rank for one in there):.3f}; "
        f"{sum(one.judged.kind in KNOWN for one in answers)} known items"
    )
    for kind in sorted({one.judged.kind for one in answers}):
        of_kind = [one for one in answers if one.judged.kind == kind]
        if mean_ndcg(of_kind) < 0.995:
            worst = "、".join(
                f"{one.judged.query} {one.ndcg:.2f}" for one in sorted(of_kind, key=lambda one: one.ndcg)[:5]
            )
            print(f"  {kind}: {mean_ndcg(of_kind):.2f} over {len(of_kind)} ({worst})")
    for what, which in wrong.items():
        print(f"  {what}: {len(which)} {'、'.join(one.judged.query for one in which)}")
    return mean_ndcg(given) >= 0.95 and not any(wrong.values())


def odd(reading: Reading) -> bool:
    """Whether each of :data:`~benchmarks.odd.ODD_QUERIES` is answered in time."""
    asked = [SearchRequest(text, {}) for text in ODD_QUERIES]
    times = timed(reading.search, asked).median
    slowest, text = max(zip(times, ODD_QUERIES, strict=True))
    print(
        f"odd queries: {len(times)}, the slowest {slowest:.1f} ms (at most {SLOWEST_ODD:g}): {text[:12]!a}~{len(text)}"
    )
    return slowest <= SLOWEST_ODD


@dataclass(frozen=True, slots=True)
class List:
    """A list to measure: its generation and engine, and how its listings and records are got."""

    generation: Generation
    listings: Sequence[Listing]
    records: Callable[[], Iterable[EngineRecord]]

    @classmethod
    def real(cls, reading: Reading, listings: Sequence[Listing]) -> List:
        """The list of fiscal 2021."""
        return cls(reading.generation, listings, lambda: (engine_record(one, known_lexicon()) for one in listings))


def made(
    count: int, real: Sequence[Listing], judged: Sequence[Judged], folder: Path, server: MeiliSettings | None
) -> bool:
    """Build a list of ``count`` programmes and measure it."""
    listings = MadeListings(real, count, known_offer_rules())
    path = folder / f"{count}.sqlite"
    surfaces = listings.surfaces
    began = time.perf_counter()
    write_generation(path, Contents((), listings, (), ()), listings.records(), surfaces, {"records": str(count)})
    built = time.perf_counter() - began
    generation = Generation.open(path)
    ((bitmaps,),) = generation.connection.execute("SELECT sum(length(bitmap) + length(key)) FROM bitmaps")
    print(
        f"{count:,} programmes: built in {built:.1f} s, the making of the texts included; "
        f"{path.stat().st_size / 1e6:.0f} MB, of which {bitmaps / 1e6:.1f} MB bitmaps"
    )
    try:
        return measured(List(generation, listings, listings.records), judged, folder, server)
    finally:
        generation.close()
        path.unlink()


def measured(of: List, judged: Sequence[Judged], folder: Path, server: MeiliSettings | None) -> bool:
    """The time of a search, ours and the peers', over the same queries."""
    count = len(of.listings)
    asked = requests(judged, words_of(of.generation), RANDOM_QUERIES)
    engine = of.generation.embedded
    ours = timed(lambda one: search(of.generation, engine, one), asked)
    kept = told(f"{count:,} programmes: a search", ours, LIMITS.get(count))
    for what, peer in peers(of, folder, server):
        try:
            theirs = timed(peer.ask, asked, PEER_BUDGET, time.perf_counter if peer.is_server else time.thread_time)
            kept = told(f"  {what}", theirs, None, ours) and kept
            if peer.engine:
                kept = same(of.generation, engine, peer.engine, asked[: len(theirs.median)]) and kept
            if peer.note:
                print(f"    {peer.note()}")
        finally:
            peer.close()
    return kept


@dataclass(frozen=True, slots=True)
class Peer:
    """Something to ask the same; ``engine`` where it is one behind the project's own search, so that it has to answer the same."""

    ask: Callable[[SearchRequest], object]
    close: Callable[[], None]
    engine: SearchEngine | None = None
    note: Callable[[], str] | None = None
    is_server: bool = False


def peers(of: List, folder: Path, server: MeiliSettings | None) -> Iterable[tuple[str, Peer]]:
    """The peers, each built when its turn comes; the time to build it is told."""
    count = len(of.listings)
    began = time.perf_counter()
    tantivy = TantivyEngine(folder / f"tantivy{count}", of.records())
    print(f"  tantivy: built in {time.perf_counter() - began:.1f} s")
    yield (
        "tantivy behind the same search",
        Peer(lambda one: search(of.generation, tantivy, one), tantivy.close, tantivy),
    )
    began = time.perf_counter()
    path = folder / f"fts{count}.sqlite"
    fts = Fts5(path, of.listings)
    print(f"  FTS5: built in {time.perf_counter() - began:.1f} s, {path.stat().st_size / 1e6:.0f} MB")
    yield "SQLite FTS5, raw text by trigrams", Peer(lambda one: fts.search(one.text, one.filters), fts.close)
    path.unlink()
    if server is None or count > MOST_FOR_MEILI:
        return
    began = time.perf_counter()
    own = OwnMeilisearch(server, list(of.records()))
    print(f"  Meilisearch: built in {time.perf_counter() - began:.1f} s")
    yield (
        "Meilisearch behind the same search",
        Peer(lambda one: search(of.generation, own.engine, one), own.close, own.engine),
    )
    stock = StockMeilisearch(server, of.listings)

    def note() -> str:
        return f"of which by its own account p50 {statistics.median(stock.server_ms):.0f} ms, p95 {quantile(stock.server_ms, 95):.0f} ms"

    yield (
        "Meilisearch as it comes, raw text",
        Peer(lambda one: stock.search(one.text, one.filters), stock.close, note=note),
    )


@dataclass(frozen=True, slots=True)
class Times:
    """Milliseconds of each query: the first time that it was asked, and the median of all times."""

    first: Sequence[float]
    median: Sequence[float]

    def of_first(self, queries: int) -> Times:
        """Those of the first so many queries."""
        return Times(self.first[:queries], self.median[:queries])


def timed(
    ask: Callable[[SearchRequest], object],
    asked: Sequence[SearchRequest],
    budget: float = math.inf,
    clock: Callable[[], float] = time.thread_time,
) -> Times:
    """Ask all of them :data:`ROUNDS` times; or, where the first round takes more than ``budget`` seconds, as many as fit, once."""
    ask(SearchRequest("相談", KINDS))
    first: list[float] = []
    began = time.perf_counter()
    for one in asked:
        first.append(milliseconds(ask, one, clock))
        if time.perf_counter() - began > budget:
            return Times(first, first)
    rounds = [first, *([milliseconds(ask, one, clock) for one in asked] for _ in range(ROUNDS - 1))]
    return Times(first, [statistics.median(times) for times in zip(*rounds, strict=True)])


def milliseconds(ask: Callable[[SearchRequest], object], one: SearchRequest, clock: Callable[[], float]) -> float:
    """How long one search takes."""
    began = clock()
    ask(one)
    return (clock() - began) * 1000


def told(what: str, times: Times, limit: float | None, ours: Times | None = None) -> bool:
    """Print the percentiles and how much longer it takes than we do; whether the limit is kept and ours is the shorter time at p95."""
    p50, p95, p99 = (quantile(times.median, at) for at in (50, 95, 99))
    line = f"{what}: p50 {p50:.2f} ms, p95 {p95:.2f}, p99 {p99:.2f}; asked for the first time p95 {quantile(times.first, 95):.2f}"
    if limit is not None:
        line += f" (p95 at most {limit:g})"
    faster = True
    if ours is not None:
        same_ones = ours.of_first(len(times.median)).median
        ratios = p50 / quantile(same_ones, 50), p95 / quantile(same_ones, 95)
        line += f"; takes {ratios[0]:.1f} times as long as ours at p50, {ratios[1]:.1f} times at p95 (more than 1)"
        line += f"; {len(times.median)} of {len(ours.median)} queries" if len(times.median) < len(ours.median) else ""
        faster = ratios[1] > 1
    print(line, flush=True)
    return faster and (limit is None or p95 <= limit)


def same(generation: Generation, ours: SearchEngine, theirs: SearchEngine, asked: Sequence[SearchRequest]) -> bool:
    """Whether another engine behind the same search gives the same hits in the same order, and the same counts."""
    different = []
    for one in asked:
        mine, other = search(generation, ours, one), search(generation, theirs, one)
        if (mine.total, [hit.id for hit in mine.listings], mine.facets) != (
            other.total,
            [hit.id for hit in other.listings],
            other.facets,
        ):
            different.append(one.text)
    print(
        f"    {len(asked) - len(different)} of {len(asked)} searches with the same hits, order and counts",
        *different[:5],
    )
    return not different


def quantile(times: Sequence[float], percent: int) -> float:
    """The value below which ``percent`` of a hundred lie."""
    return sorted(times)[min(len(times) - 1, len(times) * percent // 100)]


def meilisearch_server() -> MeiliSettings | None:
    """The server that the environment names."""
    url = os.environ.get("TSUNAGARI_TEST_MEILI_URL")
    return MeiliSettings(url, os.environ["TSUNAGARI_TEST_MEILI_MASTER_KEY"]) if url else None


if __name__ == "__main__":
    sys.exit(main())
