"""Speed, each beside a named peer in the same run: `make bench`. Timings of one run compare; those of two machines do not.

Prints a line for each measure and exits with 1 where a promise of the project is not kept.
"""

from __future__ import annotations

import io
import json
import random
import sqlite3
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path

import pdfplumber
from starlette.testclient import TestClient

from tsunagari.importing import EditionOptions, import_documents
from tsunagari.serving import build_site
from tsunagari.settings import Settings
from tsunagari_indexer.analysis import tokens
from tsunagari_indexer.catalogue import Reading
from tsunagari_indexer.search import SearchRequest
from tsunagari_indexer.workspace import Workspace
from tsunagari_parsers.document import parse_document

ROOT = Path(__file__).parent.parent
LIST = ROOT / "fixtures" / "national_list_r3" / "national-list-r3.pdf"
QUERIES = (
    "ナプキン もらえる", "せいりようひん", "ナフキン", "札幌 生理用品", "北海道 相談", "岸和田", "おしゃまんべ", "お金がない",
    "夫に殴られた", "居場所", "サロン", "LINE相談", "電話相談 夜間", "シングルマザー", "引きこもり", "こども食堂", "生理痛",
    "まいさぽ", "0112112962", "パスポート 更新",
)  # fmt: skip


def main() -> int:
    """Run every benchmark; 0 if all promises are kept."""
    with tempfile.TemporaryDirectory() as folder:
        began = time.perf_counter()
        workspace = Workspace(Path(folder))
        import_documents(workspace, [ROOT / "fixtures" / "demo.toml"], EditionOptions())
        workspace.publish()
        with TestClient(build_site(Settings(), Path(folder))) as client:
            client.get("/").raise_for_status()
            to_first_page = time.perf_counter() - began
            size = _result_page(client)
        with Settings().catalogue(Path(folder)).reading() as reading:
            kept = [
                _parsing(),
                _searching(reading),
                _told("import, publish and first page", to_first_page, 20.0, "s"),
                _told("a result page over the wire, styles included", size / 1000, 60.0, "KB"),
            ]
    return 0 if all(kept) else 1


def _parsing() -> bool:
    """Reading the list against pdfplumber's own extract_tables() over the same file: processor time, the medians of seven taken in turn."""
    content = LIST.read_bytes()

    def stock() -> None:
        with pdfplumber.open(io.BytesIO(content)) as pdf:
            for page in pdf.pages:
                page.extract_tables()

    ours, theirs = _in_turn(lambda: parse_document(content, name=LIST.name), stock, times=7)
    middle, peer = statistics.median(ours), statistics.median(theirs)
    ratio = middle / peer
    print(f"parse the list: {middle:.2f} s; pdfplumber extract_tables(): {peer:.2f} s; ratio {ratio:.2f} (at most 1)")
    return ratio <= 1


def _searching(reading: Reading) -> bool:
    """A search in process, analysis, facets and the 20 listings included, against SQLite's FTS5 over the same words."""
    connection = sqlite3.connect(":memory:")
    connection.execute("CREATE VIRTUAL TABLE listings USING fts5(words, body UNINDEXED)")
    for listing in reading.generation.all_listings():
        text = f"{listing.program_name} {listing.prefecture} {listing.municipality or ''} {listing.department} {listing.description}"
        connection.execute(
            "INSERT INTO listings VALUES (?, ?)",
            (" ".join(token.word for token in tokens(text)), json.dumps(listing.to_json())),
        )

    def peer(query: str) -> None:
        words = " ".join(f'"{token.word}"' for token in tokens(query))
        if words:
            connection.execute(
                "SELECT body FROM listings WHERE listings MATCH ? ORDER BY rank LIMIT 20", (words,)
            ).fetchall()

    order = list(QUERIES) * 20
    random.Random(0).shuffle(order)  # noqa: S311 - an order, not a secret
    ours, theirs = [], []
    for query in order:
        ours.append(_timed(partial(reading.search, SearchRequest(query))))
        theirs.append(_timed(partial(peer, query)))
    connection.close()
    p50, p95 = statistics.median(ours) * 1000, statistics.quantiles(ours, n=20)[-1] * 1000
    ratio = statistics.median(ours) / statistics.median(theirs)
    print(
        f"a search over {reading.generation.meta['records']} programmes: p50 {p50:.2f} ms, p95 {p95:.2f} ms (under 2); "
        f"SQLite FTS5 without facets, concepts or relaxing: p50 {statistics.median(theirs) * 1000:.2f} ms; ratio {ratio:.1f}"
    )
    return p50 < 2


def _result_page(client: TestClient) -> int:
    """Bytes of a result page and its style sheet, compressed as they are sent."""
    page = client.post("/search", data={"q": "生理用品"}).text
    style = page.partition('rel="stylesheet" href="')[2].partition('"')[0]
    location = client.post("/search", data={"q": "生理用品"}, follow_redirects=False).headers["location"]
    total = 0
    for path in (location, style):
        with client.stream("GET", path, headers={"accept-encoding": "gzip"}) as response:
            total += sum(len(chunk) for chunk in response.iter_raw())
    return total


def _in_turn(one: Callable[[], object], other: Callable[[], object], times: int) -> tuple[list[float], list[float]]:
    ours, theirs = [], []
    for _ in range(times):
        ours.append(_timed(one, time.process_time))
        theirs.append(_timed(other, time.process_time))
    return ours, theirs


def _timed(call: Callable[[], object], clock: Callable[[], float] = time.perf_counter) -> float:
    began = clock()
    call()
    return clock() - began


def _told(what: str, value: float, limit: float, unit: str) -> bool:
    print(f"{what}: {value:.1f} {unit} (under {limit:g})")
    return value < limit


if __name__ == "__main__":
    sys.exit(main())
