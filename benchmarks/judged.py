"""The judged queries (`queries.json`; `README.md` says how they were judged) and what a search makes of them."""

from __future__ import annotations

import json
import math
import random
import statistics
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from tsunagari_indexer.generation import Generation
from tsunagari_indexer.listings import PROGRAM_KINDS, Listing
from tsunagari_indexer.search import SearchRequest, SearchResult
from tsunagari_parsers.places import municipalities, prefectures

QUERIES = Path(__file__).parent / "queries.json"
#: Programmes and sheets, as the pages ask unless another kind is chosen.
KINDS = {"kind": PROGRAM_KINDS}
#: Kinds of queries by which somebody looks for what they know; where one programme answers, it has to stand first.
PLACES = frozenset({"place", "kana-place", "romaji-place", "width-place"})
KNOWN = PLACES | {"name", "name-fragment", "dept", "facility", "phone"}
#: Kinds of queries of which the list has only a part, or only what the prefecture runs: the answer has to say so.
TOLD = frozenset({"partly", "not-here"})


@dataclass(frozen=True, slots=True)
class Judged:
    """A query, and the places (「都道府県/市区町村」) whose programmes answer it. ``given``: judged by somebody else."""

    kind: str
    query: str
    relevant: frozenset[str]
    given: bool

    @property
    def is_none(self) -> bool:
        """Whether nothing of the list has to do with it."""
        return self.kind == "none"


@dataclass(frozen=True, slots=True)
class Answered:
    """What a search made of a judged query: the first ten places, how many hits there are, and what it said that it did."""

    judged: Judged
    places: tuple[str, ...]
    total: int
    told: tuple[str, ...]

    @property
    def ndcg(self) -> float:
        """Normalised discounted cumulative gain of the first ten, a relevant one counting 1 (Järvelin and Kekäläinen 2002).

        A query that nothing answers has 1 while nothing is found, or something is and the answer says what it left out.
        """
        if not self.judged.relevant:
            return 0.0 if self.is_wrongly_found else 1.0
        gain = sum(
            1 / math.log2(rank + 1) for rank, place in enumerate(self.places, 1) if place in self.judged.relevant
        )
        return gain / sum(1 / math.log2(rank + 1) for rank in range(1, min(10, len(self.judged.relevant)) + 1))

    @property
    def reciprocal_rank(self) -> float:
        """One over the rank of the first relevant one; 0 where there is none among the first ten."""
        return next((1 / rank for rank, place in enumerate(self.places, 1) if place in self.judged.relevant), 0.0)

    @property
    def is_wrongly_empty(self) -> bool:
        """Nothing was found although there is something."""
        return bool(self.judged.relevant) and not self.total

    @property
    def is_wrongly_found(self) -> bool:
        """Something was found that is not there, or in the place of what is not there without saying so."""
        return bool(self.total) and (self.judged.is_none or (self.judged.kind in TOLD and not self.told))

    @property
    def is_known_item_missed(self) -> bool:
        """What was known to be there does not stand first."""
        return self.judged.kind in KNOWN and not set(self.places[:1]) & self.judged.relevant

    @property
    def is_place_overrun(self) -> bool:
        """A place is asked for, and others stand among its programmes, or some of its own are missing."""
        return self.judged.kind in PLACES and (
            self.total != len(self.judged.relevant) or not set(self.places) <= self.judged.relevant
        )


def read_judged(path: Path = QUERIES) -> list[Judged]:
    """The judged queries of a file."""
    return [
        Judged(one["kind"], one["query"], frozenset(one["relevant"]), one.get("given", False))
        for one in json.loads(path.read_text(encoding="utf-8"))
    ]


def answered(judged: Sequence[Judged], ask: Callable[[SearchRequest], SearchResult]) -> list[Answered]:
    """Search for each of them as a visitor would."""
    return [_answered(one, ask(SearchRequest(one.query, KINDS, per_page=10))) for one in judged]


def requests(judged: Sequence[Judged], words: Sequence[str], random_queries: int) -> list[SearchRequest]:
    """The judged queries and random ones, in a random order of a fixed seed.

    Random ones have one to three words of the texts, every third one a municipality's name besides; of all, every other one is within a prefecture.
    """
    choose = random.Random(82)  # noqa: S311 - an order, not a secret
    texts = [one.query for one in judged]
    towns = [place.name for place in municipalities()]
    for number in range(random_queries):
        place = [choose.choice(towns)] if number % 3 == 0 else []
        texts.append(" ".join([*place, *choose.sample(words, choose.randint(1, 3))]))
    codes = [one.code for one in prefectures()]
    asked = [
        SearchRequest(text, KINDS | ({"prefecture": frozenset({choose.choice(codes)})} if number % 2 else {}))
        for number, text in enumerate(texts)
    ]
    choose.shuffle(asked)
    return asked


def words_of(generation: Generation) -> list[str]:
    """The words of a generation's texts, as they stand there."""
    rows = generation.connection.execute(
        "SELECT DISTINCT surface FROM surfaces WHERE term >= 'w:' AND term < 'w;' ORDER BY surface"
    )
    return [surface for (surface,) in rows]


def mean_ndcg(answers: Sequence[Answered]) -> float:
    """The mean over all queries."""
    return statistics.fmean(one.ndcg for one in answers)


def place_of(listing: Listing) -> str:
    """How judged queries name a programme of fiscal 2021: no two of them share a body."""
    return f"{listing.prefecture}/{listing.municipality or listing.prefecture}"


def _answered(judged: Judged, result: SearchResult) -> Answered:
    told = tuple(one.code for one in result.relaxed)
    if result.candidates:
        told += ("candidates",)
    return Answered(judged, tuple(place_of(listing) for listing in result.listings), result.total, told)
