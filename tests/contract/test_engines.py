"""One contract for every engine: the same hits, order, pages and counts, and an index that is being built disturbs nobody.

The embedded engine and Meilisearch's adapter run over an HTTP stand-in that works out terms, filters, order and counts by
itself; the adapter also runs over a real server where ``TSUNAGARI_TEST_MEILI_URL`` points at one (with its master key in
``TSUNAGARI_TEST_MEILI_MASTER_KEY``). What is right is decided by :func:`brute_force`, the definition in ten lines.
"""

from __future__ import annotations

import os
import random
import secrets
import sqlite3
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from itertools import pairwise
from pathlib import Path
from typing import Any, Protocol

import pytest
from benchmarks.judged import read_judged, requests, words_of
from tests.contract.fake_meilisearch import FakeMeilisearch, running_fake
from tests.listings import listings_of

from tsunagari.settings import Settings
from tsunagari_indexer.confirmations import AskedBy, Confirmation, Outcome, days_good
from tsunagari_indexer.engine import FACETS, FIELDS, EngineQuery, EngineRecord, EngineResult, SearchEngine
from tsunagari_indexer.engines import embedded
from tsunagari_indexer.engines.embedded import EmbeddedEngine
from tsunagari_indexer.engines.meili import INDEX_PREFIX, MeiliEngine, MeiliSettings, MeiliWriter, ascii_word
from tsunagari_indexer.errors import EngineError, EngineUnavailableError
from tsunagari_indexer.generation import Generation
from tsunagari_indexer.lexicon import known_lexicon
from tsunagari_indexer.listings import engine_record
from tsunagari_indexer.offers import known_offer_rules
from tsunagari_indexer.search import search
from tsunagari_parsers import ParsedDocument

MASTER_KEY = "a-master-key-of-the-contract-test"
SEARCH_KEY = "a-key-that-may-only-search"
WORDS = [
    "w:相談",
    "w:電話",
    "c:phone",
    "c:period_products",
    "w:居場所",
    "r:イバショ",
    "w:札幌",
    "w:a",
    "w:ab",
    "w:9:00",
]


class Built(Protocol):
    """Makes an engine over some records."""

    def __call__(self, records: Sequence[EngineRecord]) -> SearchEngine: ...


@dataclass(frozen=True)
class Server:
    """A search server and the keys that the test uses."""

    url: str
    admin_key: str
    search_key: str


@pytest.fixture(scope="module")
def stand_in() -> Iterator[Server]:
    with running_fake(MASTER_KEY, SEARCH_KEY, search_indexes=[f"{INDEX_PREFIX}*"]) as fake:
        yield Server(fake.url, MASTER_KEY, SEARCH_KEY)
        assert fake.refused == [], "the adapter made a call that is not in the stand-in's table"


@pytest.fixture(
    params=[
        "embedded",
        "stand-in",
        pytest.param(
            "real",
            marks=pytest.mark.skipif(
                "TSUNAGARI_TEST_MEILI_URL" not in os.environ,
                reason="no Meilisearch: set TSUNAGARI_TEST_MEILI_URL and TSUNAGARI_TEST_MEILI_MASTER_KEY to run over a real one",
            ),
        ),
    ]
)
def build(request: pytest.FixtureRequest) -> Iterator[Built]:
    if request.param == "embedded":
        yield from _embedded()
    elif request.param == "stand-in":
        yield from _meili(request.getfixturevalue("stand_in"))
    else:
        key = os.environ["TSUNAGARI_TEST_MEILI_MASTER_KEY"]
        yield from _meili(Server(os.environ["TSUNAGARI_TEST_MEILI_URL"], key, key))


def _embedded() -> Iterator[Built]:
    connections = []

    def build(records: Sequence[EngineRecord]) -> SearchEngine:
        connection = sqlite3.connect(":memory:")
        connections.append(connection)
        connection.execute(embedded.SCHEMA)
        embedded.write_bitmaps(connection, records)
        return EmbeddedEngine(connection)

    yield build
    for connection in connections:
        connection.close()


def _meili(server: Server) -> Iterator[Built]:
    writer = MeiliWriter(MeiliSettings(server.url, server.admin_key))
    names: list[str] = []

    def build(records: Sequence[EngineRecord]) -> SearchEngine:
        names.append(f"{INDEX_PREFIX}{len(names) + 1}_{secrets.token_hex(3)}")
        writer.build(names[-1], records)
        return MeiliEngine(MeiliSettings(server.url, server.search_key), names[-1])

    yield build
    for name in names:
        writer.remove(name)
        assert name not in set(writer.names())


@pytest.fixture(scope="module")
def real_records(national_list: ParsedDocument) -> list[EngineRecord]:
    return [engine_record(one, known_lexicon()) for one in listings_of(national_list, known_offer_rules())]


def random_records(count: int, seed: int) -> list[EngineRecord]:
    choose = random.Random(seed)  # noqa: S311 - test data, not secrets
    return [
        EngineRecord(
            order=order,
            id=f"p{order}",
            fields={name: frozenset(choose.sample(WORDS, choose.randrange(3))) for name in FIELDS},
            facets={
                "kind": (choose.choice(["program", "sheet"]),),
                "prefecture": (choose.choice(["01", "13", "27"]),),
                "municipality": tuple(choose.sample([f"{n:06}" for n in range(150)], choose.randrange(2))),
                "offer": tuple(choose.sample(["phone", "sns", "ibasho"], choose.randrange(3))),
                "year": (choose.choice(["2021", "2022"]),),
                "confirmed": tuple(choose.sample(["2026-10-03", "2026-11-03"], choose.randrange(2))),
            },
        )
        for order in range(count)
    ]


def brute_force(records: Sequence[EngineRecord], query: EngineQuery) -> EngineResult:
    """The definition: every term, its best field, the sum, then `order`; a facet's counts ignore its own filter."""

    def rank(record: EngineRecord) -> int | None:
        best = [
            next((level for level, name in enumerate(FIELDS) if term in record.fields.get(name, ())), None)
            for term in dict.fromkeys(query.terms)
        ]
        return None if None in best else sum(level for level in best if level is not None)

    def passes(record: EngineRecord, but: str = "") -> bool:
        return all(set(record.facets[name]) & values for name, values in query.filters.items() if name != but)

    ranked = [(rank(record), record.order, record) for record in records if rank(record) is not None]
    hits = sorted((level or 0, order) for level, order, record in ranked if passes(record))
    start = (query.page - 1) * query.per_page
    return EngineResult(
        total=len(hits),
        orders=tuple(order for _, order in hits[start : start + query.per_page]),
        facets={
            name: Counter(value for _, _, record in ranked if passes(record, name) for value in record.facets[name])
            for name in query.facets
        },
    )


def queries(records: Sequence[EngineRecord], count: int, seed: int) -> Iterator[EngineQuery]:
    choose = random.Random(seed)  # noqa: S311 - test data, not secrets
    vocabulary = sorted({term for record in records for terms in record.fields.values() for term in terms})
    for _ in range(count):
        filters = {
            name: frozenset(
                choose.sample(sorted({value for one in records for value in one.facets[name]}), 1 + choose.randrange(2))
            )
            for name in choose.sample(FACETS[1:4], choose.randrange(3))
        }
        yield EngineQuery(
            terms=tuple(choose.sample(vocabulary, choose.randrange(4))),
            filters=filters,
            facets=FACETS if choose.random() < 0.7 else ("offer",),
            page=1 + choose.randrange(3),
            per_page=choose.choice([1, 5, 20]),
        )


def test_hits_order_pages_and_counts_are_the_definitions(build: Built) -> None:
    records = random_records(300, seed=1)
    engine = build(records)
    assert engine.count() == 300
    for query in queries(records, 60, seed=2):
        assert engine.search(query) == brute_force(records, query), query


def test_the_real_list_gives_the_same_in_every_engine(build: Built, real_records: list[EngineRecord]) -> None:
    engine = build(real_records)
    for query in queries(real_records, 60, seed=3):
        assert engine.search(query) == brute_force(real_records, query), query


def test_what_has_ended_stands_behind_everything_that_was_found_and_what_goes_on_is_filtered_by_its_days(
    build: Built, national_list: ParsedDocument
) -> None:
    listings = list(listings_of(national_list, known_offer_rules()))
    ended = Confirmation("2026-11-03", AskedBy.PHONE, Outcome.ENDED)
    goes_on = replace(ended, outcome=Outcome.CONTINUES)
    listings[1] = replace(listings[1], confirmation=goes_on)
    # As an import orders them: what has ended has the last number.
    last = replace(listings[0], confirmation=ended, order=len(listings))
    records = [engine_record(one, known_lexicon()) for one in (*listings[1:], last)]
    engine = build([replace(one, order=order) for order, one in enumerate(records)])
    own = sorted(records[-1].fields[FIELDS[-1]])
    for terms in ((), *((term,) for term in own), *pairwise(own)):
        found = engine.search(EngineQuery(terms, per_page=100)).orders
        assert found[-1] == len(records) - 1, terms
    good = days_good(date(2026, 11, 21))
    assert engine.search(EngineQuery(filters={"confirmed": good})).orders == (0,)
    assert engine.search(EngineQuery(facets=FACETS)).facets["confirmed"] == {"2026-11-03": 1}
    assert engine.search(EngineQuery(filters={"confirmed": days_good(date(2028, 1, 1))})).total == 0


class Definition:
    """An engine that is the definition."""

    blocks = False

    def __init__(self, records: Sequence[EngineRecord]) -> None:
        self._records = records

    def search(self, query: EngineQuery) -> EngineResult:
        return brute_force(self._records, query)

    def count(self) -> int:
        return len(self._records)

    def close(self) -> None:
        """Nothing to give back."""


def same_searches(build: Built, generation: Generation, random_queries: int) -> None:
    """Whole searches, places as filters and words given up included, find the same over every engine, with the same counts."""
    records = [engine_record(one, known_lexicon()) for one in generation.all_listings()]
    engine, definition = build(records), Definition(records)
    asked = requests(read_judged(), words_of(generation), random_queries)
    climbed = 0
    for number, one in enumerate(asked):
        result = search(generation, engine, one)
        assert result == search(generation, definition, one), one
        # What stands first and what comes after meet on some page.
        if number % 4 == 0 and result.total > 2:
            second = replace(one, page=2, per_page=2)
            assert search(generation, engine, second) == search(generation, definition, second), second
        climbed += any(relaxation.code == "climbed" for relaxation in result.relaxed)
    assert climbed > 5, "no search went from a place to its neighbours"


@pytest.fixture(scope="module")
def generation(demo: Path) -> Iterator[Generation]:
    with Settings().catalogue(demo).reading() as reading:
        yield reading.generation


def test_every_judged_search_and_a_hundred_random_ones_are_the_same_in_every_engine(
    build: Built, generation: Generation
) -> None:
    same_searches(build, generation, random_queries=100)


@pytest.mark.long
def test_a_thousand_random_searches_are_the_same_in_every_engine(build: Built, generation: Generation) -> None:
    same_searches(build, generation, random_queries=1_000)


def test_an_empty_search_lists_everything_in_order_with_all_counts(build: Built) -> None:
    records = random_records(150, seed=4)
    result = build(records).search(EngineQuery(facets=("municipality",), per_page=100))
    assert (result.total, result.orders) == (150, tuple(range(100)))
    assert sum(result.facets["municipality"].values()) == sum(len(one.facets["municipality"]) for one in records)


def test_more_than_a_thousand_hits_and_a_hundred_values_are_all_counted(build: Built) -> None:
    records = [
        EngineRecord(
            order,
            f"p{order}",
            {"body": frozenset({"w:相談"})},
            dict.fromkeys(FACETS, ()) | {"municipality": (f"{order % 900:06}",)},
        )
        for order in range(1200)
    ]
    result = build(records).search(EngineQuery(("w:相談",), facets=("municipality",), page=60))
    assert result.total == 1200
    assert len(result.facets["municipality"]) == 900
    assert result.orders == tuple(range(1180, 1200))


def test_a_term_that_nobody_holds_finds_nothing_and_ten_terms_are_all_asked(build: Built) -> None:
    records = [
        EngineRecord(
            order,
            f"p{order}",
            {"body": frozenset(f"w:{n}" for n in range(10) if n != order)},
            dict.fromkeys(FACETS, ()),
        )
        for order in range(12)
    ]
    engine = build(records)
    ten = tuple(f"w:{n}" for n in range(10))
    assert engine.search(EngineQuery(ten)).orders == (10, 11)
    assert engine.search(EngineQuery(("w:誰も持たない",))).total == 0
    with pytest.raises(ValueError, match="at most 10"):
        EngineQuery((*ten, "w:10"))


def test_terms_are_told_apart_to_the_character(build: Built) -> None:
    """No prefix, no typing error, no word splitting, no width or case of the engine's own."""
    terms = [
        "w:相談",
        "w:相談窓口",
        "w:窓口",
        "w:児",
        "w:兒",
        "w:a",
        "w:A",
        "w:ab",
        "w:0",
        "w:00",
        "w:ー",
        "w:" + "亜" * 40,
    ]
    records = [
        EngineRecord(n, f"p{n}", {"body": frozenset({term})}, dict.fromkeys(FACETS, ())) for n, term in enumerate(terms)
    ]
    engine = build(records)
    assert {term: engine.search(EngineQuery((term,))).orders for term in terms} == {
        term: (n,) for n, term in enumerate(terms)
    }


def test_values_with_quotes_and_other_characters_filter_as_they_are(build: Built) -> None:
    values = ['"', "\\", "a b", "、", "' OR kind = 'x", "program"]
    records = [
        EngineRecord(n, f"p{n}", {}, dict.fromkeys(FACETS, ()) | {"kind": (value,)}) for n, value in enumerate(values)
    ]
    engine = build(records)
    for n, value in enumerate(values):
        assert engine.search(EngineQuery(filters={"kind": frozenset({value})})).orders == (n,)
    assert engine.search(EngineQuery(filters={"kind": frozenset(values[:2])})).orders == (0, 1)
    assert engine.search(EngineQuery(filters={"kind": frozenset({"nobody"})})).total == 0


def test_building_the_next_index_disturbs_no_search_of_the_one_before(build: Built) -> None:
    old, new = random_records(50, seed=5), random_records(80, seed=6)
    before = build(old)
    query = EngineQuery(("w:相談",), facets=("offer",))
    expected = before.search(query)
    after = build(new)
    assert before.search(query) == expected == brute_force(old, query)
    assert after.search(query) == brute_force(new, query)


def test_a_query_that_cannot_be_is_refused_before_it_is_sent() -> None:
    bad: list[dict[str, Any]] = [
        {"page": 0},
        {"per_page": -1},
        {"facets": ("colour",)},
        {"filters": {"colour": frozenset({"red"})}},
    ]
    for values in bad:
        with pytest.raises(ValueError, match=r"page|facet"):
            EngineQuery(**values)


def test_ascii_words_of_two_terms_never_join_to_a_third() -> None:
    words = [ascii_word(term) for term in ("", "a", "b", "ab", "相", "談", "相談")]
    assert len(set(words)) == len(words)
    assert all(word.isascii() and word.isalpha() and word[0] == "x" and word[-1] == "z" for word in words)
    assert len(ascii_word("w:" + "亜" * 40)) <= 250


# What can go wrong with a server. The stand-in can be told to; a real one cannot.


@pytest.fixture
def fake() -> Iterator[FakeMeilisearch]:
    with running_fake(
        MASTER_KEY, SEARCH_KEY, search_indexes=[f"{INDEX_PREFIX}*"], enqueued_polls=3, processing_polls=3
    ) as fake:
        yield fake


def writer(fake: FakeMeilisearch, key: str = MASTER_KEY, **settings: int) -> MeiliWriter:
    return MeiliWriter(MeiliSettings(fake.url, key, **settings))


@pytest.mark.parametrize("kind", ["indexCreation", "settingsUpdate", "documentAdditionOrUpdate"])
def test_a_task_that_fails_on_the_server_is_an_error_and_leaves_no_index(fake: FakeMeilisearch, kind: str) -> None:
    fake.fail_next(kind)  # type: ignore[arg-type]
    with pytest.raises(EngineError, match="programs_g1_aaaaaa"):
        writer(fake).build("programs_g1_aaaaaa", random_records(5, seed=7))
    assert fake.index_uids() == []


def test_a_task_that_does_not_end_is_an_error_in_time(fake: FakeMeilisearch) -> None:
    fake.processing_polls = 10_000
    with pytest.raises(EngineError):
        writer(fake, task_timeout=1).build("programs_g1_aaaaaa", random_records(5, seed=7))


def test_an_index_that_holds_another_number_of_records_is_an_error(fake: FakeMeilisearch) -> None:
    twice = [EngineRecord(order, "same", {}, dict.fromkeys(FACETS, ())) for order in range(2)]
    with pytest.raises(EngineError, match="2件のはずが1件"):
        writer(fake).build("programs_g1_aaaaaa", twice)
    assert fake.index_uids() == []


def test_a_server_that_is_away_is_named_with_what_to_do(fake: FakeMeilisearch) -> None:
    fake.pause()
    engine = MeiliEngine(MeiliSettings(fake.url, SEARCH_KEY), "programs_g1_aaaaaa")
    with pytest.raises(EngineUnavailableError, match="TSUNAGARI_MEILI_URL") as caught:
        engine.search(EngineQuery())
    assert fake.url in str(caught.value)
    with pytest.raises(EngineUnavailableError):
        writer(fake).build("programs_g1_aaaaaa", [])


def test_a_server_that_is_late_is_given_up_on(fake: FakeMeilisearch) -> None:
    fake.hang(30)
    engine = MeiliEngine(MeiliSettings(fake.url, SEARCH_KEY, search_timeout=1), "programs_g1_aaaaaa")
    with pytest.raises(EngineUnavailableError, match="時間内"):
        engine.search(EngineQuery())
    fake.hang(0)


def test_a_key_that_is_refused_is_said(fake: FakeMeilisearch) -> None:
    with pytest.raises(EngineUnavailableError, match="鍵"):
        MeiliEngine(MeiliSettings(fake.url, "wrong"), "programs_g1_aaaaaa").search(EngineQuery())
    with pytest.raises(EngineUnavailableError, match="鍵"):
        writer(fake, SEARCH_KEY).build("programs_g1_aaaaaa", [])


def test_an_index_that_is_gone_is_an_error_not_an_empty_result(fake: FakeMeilisearch) -> None:
    with pytest.raises(EngineError, match="index_not_found"):
        MeiliEngine(MeiliSettings(fake.url, SEARCH_KEY), "programs_g9_ffffff").search(EngineQuery())


def test_only_a_generations_own_index_is_ever_made_or_removed(fake: FakeMeilisearch) -> None:
    with pytest.raises(EngineError, match="movies"):
        writer(fake).remove("movies")
    with pytest.raises(EngineError, match="movies"):
        writer(fake).build("movies", [])
    writer(fake).remove("programs_g404_aaaaaa")
    assert fake.refused == []


def test_an_address_that_is_none_is_refused_at_once() -> None:
    with pytest.raises(ValueError, match="http://"):
        MeiliSettings("localhost:7700", "key")
