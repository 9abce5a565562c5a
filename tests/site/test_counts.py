"""What people look for and do not find is counted by concept and month, and nothing of it tells who looked for what."""

from __future__ import annotations

import logging
import sqlite3
import threading
import time
from collections.abc import Collection, Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from starlette.testclient import TestClient
from tests.conftest import UNLIMITED, publish
from tests.pdfs import table_pdf
from tests.site_walks import choose, find

from tsunagari.importing import EditionOptions
from tsunagari.serving import build_site, sealing_key
from tsunagari_indexer.errors import CountsError
from tsunagari_indexer.lexicon import known_lexicon
from tsunagari_indexer.missed_concepts import (
    MissedConcepts,
    add_counts,
    missed_by,
    missed_by_month,
    read_counts,
)
from tsunagari_site.app import build_app
from tsunagari_site.seal import Sealer
from tsunagari_site.site import Site

NOW = datetime(2026, 11, 21, tzinfo=UTC)
ROWS = [
    ("北海道", "札幌市", "つながり事業", "電話相談を行い、生理用品を配布する。", "市民課", "011-211-2962"),
    ("北海道", "函館市", "食の支援", "フードバンクから食品を配布し、居場所を開く。", "市民部", "0138-21-3470"),
]


class Kept:
    """Counts that a test can look at."""

    def __init__(self) -> None:
        self.concepts: list[str] = []
        self.closed = False

    def missed(self, concepts: Collection[str]) -> None:
        self.concepts += concepts

    def close(self) -> None:
        self.closed = True


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("counts")
    (folder / "list.pdf").write_bytes(table_pdf([ROWS]))
    publish(folder / "data", [folder / "list.pdf"], EditionOptions(year=2021))
    return folder / "data"


@pytest.fixture
def kept() -> Kept:
    return Kept()


@pytest.fixture
def client(root: Path, kept: Kept) -> Iterator[TestClient]:
    site = Site(UNLIMITED.catalogue(root), Sealer(sealing_key(root)), clock=lambda: NOW, counts=kept)
    with TestClient(build_app(site), follow_redirects=False) as client:
        yield client


# --- what counts


@pytest.mark.parametrize(
    ("typed", "counted"),
    [
        # No list holds it: what is shown instead is something else.
        ("家賃が払えない", ["rent"]),
        ("やちん", ["rent"]),
        ("rent", ["rent"]),
        ("家賃 離婚", ["divorce", "rent"]),
        ("家賃 家賃", ["rent"]),
        ("生理用品 離婚", ["divorce"]),
        # It is held, but not where it was looked for.
        ("函館 生理用品", ["period_products"]),
        ("函館 生理用品 家賃", ["period_products", "rent"]),
        # Found, alone or with what the words together do not find.
        ("生理用品", []),
        ("札幌 生理用品", []),
        ("生理用品 居場所", []),
        # A town of which nothing is known has its prefecture for an answer: that is the town's gap, no need's.
        ("旭川 生理用品", []),
        # Other counters, names, numbers, words that are no concept.
        ("年金", []),
        ("つながり事業", []),
        ("011-211-2962", []),
        ("ラーメン", []),
        ("🍙", []),
        # Danger: nothing of such a search.
        ("死にたい", []),
        ("死にたい 家賃が払えない", []),
        ("夫に殴られた 離婚したい", []),
    ],
)
def test_a_need_that_no_programme_meets_is_counted_and_nothing_else(
    client: TestClient, kept: Kept, typed: str, counted: list[str]
) -> None:
    find(client, q=typed)
    assert kept.concepts == counted


def test_it_is_counted_once_for_a_search_whatever_else_the_page_looks_up(client: TestClient, kept: Kept) -> None:
    find(client, q="家賃が払えない", prefecture="01", municipality="011002")
    assert kept.concepts == ["rent"]
    find(client, q="家賃が払えない", prefecture="01", page="2")
    assert kept.concepts == ["rent"], "turning a page is no search"


def test_tiles_places_and_the_api_count_nothing(client: TestClient, kept: Kept) -> None:
    choose(client, "period")
    choose(client, "money")
    client.get("/areas/012025")
    assert client.get("/api/v1/programs", params={"q": "家賃が払えない"}).status_code == 200
    client.post("/suggest", data={"q": "やちん"})
    assert kept.concepts == []


def test_a_site_without_counts_counts_nothing_and_works(root: Path) -> None:
    site = Site(UNLIMITED.catalogue(root), Sealer(sealing_key(root)), clock=lambda: NOW)
    with TestClient(build_app(site), follow_redirects=False) as client:
        assert "家賃" in find(client, q="家賃が払えない")
    assert not (root / "counts").exists()


def test_counts_are_kept_when_the_site_stops(root: Path, kept: Kept) -> None:
    site = Site(UNLIMITED.catalogue(root), Sealer(sealing_key(root)), clock=lambda: NOW, counts=kept)
    with TestClient(build_app(site)):
        assert not kept.closed
    assert kept.closed


def test_an_urgent_concept_and_one_of_another_counter_never_count() -> None:
    concepts = known_lexicon().concepts
    assert missed_by([concepts["rent"], concepts["divorce"]], lambda _: False) == ("divorce", "rent")
    assert missed_by([concepts["rent"]], lambda _: True) == ()
    for concept in concepts.values():
        if concept.urgent:
            assert missed_by([concept, concepts["rent"]], lambda _: False) == ()
        if concept.elsewhere:
            assert missed_by([concept], lambda _: False) == ()


# --- what is kept


def test_neither_the_file_nor_any_log_holds_what_was_typed(
    tmp_path: Path, root: Path, caplog: pytest.LogCaptureFixture
) -> None:
    data = tmp_path / "data"
    data.mkdir()
    for name in ("generations", "CURRENT", "ledger.sqlite"):
        (data / name).symlink_to(root / name)
    typed = ["函館 家賃が払えない", "旦那と離婚 家賃", "死にたい", "ほっとけーき"]
    with caplog.at_level(logging.DEBUG), TestClient(build_site(UNLIMITED, data), follow_redirects=False) as client:
        for text in typed:
            find(client, q=text)
    (file,) = (data / "counts").iterdir()
    connection = sqlite3.connect(file)
    rows = connection.execute("SELECT * FROM missed").fetchall()
    tables = connection.execute("SELECT name, sql FROM sqlite_master").fetchall()
    connection.close()
    month = datetime.now(UTC).astimezone().strftime("%Y-")
    assert [(concept, count) for _, concept, count in rows] == [("divorce", 1), ("rent", 2)]
    assert all(month_.startswith(month) and len(month_) == 7 for month_, _, _ in rows)
    assert [name for name, _ in tables] == ["missed"]
    content = file.read_bytes()
    pieces = ("函館", "旦那", "離婚", "家賃", "死に", "払え", "ほっと", "want_to_die", "012025")
    lines = "\n".join(
        record.getMessage() for record in caplog.records if record.name.startswith(("tsunagari", "uvicorn"))
    )
    assert "GET /results 200" in lines
    for piece in (*pieces, "rent", "divorce"):
        assert piece not in lines
    for piece in pieces:
        for encoding in ("utf-8", "utf-16-le", "utf-16-be", "cp932"):
            assert piece.encode(encoding) not in content


def test_the_file_says_nothing_of_the_order_in_which_counts_came(tmp_path: Path) -> None:
    for name, order in (("a", ("rent", "divorce", "ibasho")), ("b", ("ibasho", "rent", "divorce"))):
        for concept in order:
            add_counts(tmp_path / name, {("2026-11", concept): 1})
    first, second = ((tmp_path / name / "counts" / "missed.sqlite") for name in "ab")
    assert rows_in(first) == rows_in(second)
    # What SQLite notes of the file's changes is how many they were.
    assert len(first.read_bytes()) == len(second.read_bytes())


def rows_in(path: Path) -> list[tuple[str, str, int]]:
    connection = sqlite3.connect(path)
    rows = connection.execute("SELECT * FROM missed").fetchall()
    connection.close()
    return rows


@pytest.mark.parametrize(
    ("moment", "month"),
    [
        (datetime(2026, 10, 31, 14, 59, tzinfo=UTC), "2026-10"),
        (datetime(2026, 10, 31, 15, 0, tzinfo=UTC), "2026-11"),
        (datetime(2026, 12, 31, 15, 0, tzinfo=UTC), "2027-01"),
    ],
)
def test_the_month_is_that_of_japan(tmp_path: Path, moment: datetime, month: str) -> None:
    counts = MissedConcepts(tmp_path, clock=lambda: moment)
    counts.missed(("rent",))
    counts.close()
    assert read_counts(tmp_path) == {(month, "rent"): 1}


def test_counts_are_written_later_together_and_not_within_a_search(tmp_path: Path) -> None:
    counts = MissedConcepts(tmp_path, clock=lambda: NOW, every=0.5)
    for _ in range(3):
        counts.missed(("rent", "divorce"))
    assert not (tmp_path / "counts").exists()
    until = time.monotonic() + 10
    while not read_counts(tmp_path) and time.monotonic() < until:
        time.sleep(0.05)
    assert read_counts(tmp_path) == {("2026-11", "rent"): 3, ("2026-11", "divorce"): 3}
    counts.missed(("rent",))
    counts.close()
    counts.close()
    assert read_counts(tmp_path)["2026-11", "rent"] == 4


def test_nothing_is_written_where_nothing_was_missed(tmp_path: Path) -> None:
    counts = MissedConcepts(tmp_path)
    counts.missed(())
    counts.close()
    assert list(tmp_path.iterdir()) == []
    assert read_counts(tmp_path) == {}


def test_no_count_is_lost_between_processes_and_threads(tmp_path: Path) -> None:
    """Each has its own counter over the one folder, as several processes of the site have."""
    counters = [MissedConcepts(tmp_path, clock=lambda: NOW, every=0.01) for _ in range(4)]

    def search(counter: MissedConcepts) -> None:
        for _ in range(50):
            counter.missed(("rent",))
            time.sleep(0.001)

    threads = [threading.Thread(target=search, args=(counter,)) for counter in counters for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    for counter in counters:
        counter.close()
    until = time.monotonic() + 10
    while read_counts(tmp_path) != {("2026-11", "rent"): 400} and time.monotonic() < until:
        time.sleep(0.05)
    assert read_counts(tmp_path) == {("2026-11", "rent"): 400}


def test_what_cannot_be_written_is_kept_and_written_later(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    blocked = tmp_path / "counts"
    blocked.write_text("no folder")
    counts = MissedConcepts(tmp_path, clock=lambda: NOW)
    counts.missed(("rent",))
    counts.close()
    assert [record.levelname for record in caplog.records] == ["WARNING"]
    assert "rent" not in caplog.text
    blocked.unlink()
    counts.missed(("rent",))
    counts.close()
    assert read_counts(tmp_path) == {("2026-11", "rent"): 2}


def test_a_damaged_file_is_told_by_name_and_never_stops_the_site(tmp_path: Path) -> None:
    (tmp_path / "counts").mkdir()
    (tmp_path / "counts" / "missed.sqlite").write_bytes(b"no database" * 200)
    with pytest.raises(CountsError, match=r"missed\.sqlite"):
        read_counts(tmp_path)
    counts = MissedConcepts(tmp_path, clock=lambda: NOW)
    counts.missed(("rent",))
    counts.close()


# --- what administrators see


def test_administrators_see_labels_and_months_and_no_number_below_five() -> None:
    concepts = known_lexicon().concepts
    counted = {
        ("2026-10", "rent"): 5,
        ("2026-11", "divorce"): 4,
        ("2026-11", "ibasho"): 1,
        ("2026-11", "rent"): 12,
        ("2026-11", "gone_since"): 7,
    }
    seen = [(one.month, one.label, one.searches, one.shown) for one in missed_by_month(counted, known_lexicon())]
    assert seen == [
        ("2026-11", concepts["rent"].label, 12, "12"),
        ("2026-11", "gone_since", 7, "7"),
        ("2026-11", concepts["divorce"].label, None, "5未満"),
        ("2026-11", concepts["ibasho"].label, None, "5未満"),
        ("2026-10", concepts["rent"].label, 5, "5"),
    ]
