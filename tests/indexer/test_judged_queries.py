"""What people typed, judged by reading all 82 programmes of the example list: `benchmarks/README.md` says how."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest
from benchmarks.judged import KNOWN, TOLD, Answered, answered, mean_ndcg, place_of, read_judged

from tsunagari.settings import Settings
from tsunagari_indexer.catalogue import Reading


@pytest.fixture(scope="module")
def reading(published: Path) -> Iterator[Reading]:
    with Settings().catalogue(published).reading() as reading:
        yield reading


@pytest.fixture(scope="module")
def answers(reading: Reading) -> list[Answered]:
    return answered(read_judged(), reading.search)


def fail_with(answers: list[Answered]) -> None:
    """Fail with what was found for each, if there is any."""
    lines = [
        f"{one.judged.kind} 「{one.judged.query}」 nDCG {one.ndcg:.2f}, {one.total}: {one.places[:5]} {one.told}"
        for one in answers
    ]
    if lines:
        pytest.fail("\n".join(lines), pytrace=False)


def test_the_given_queries_find_what_their_judge_found(answers: list[Answered]) -> None:
    given = [one for one in answers if one.judged.given]
    assert len(given) == 30
    if mean_ndcg(given) < 0.95:
        fail_with([one for one in given if one.ndcg < 1])


def test_what_is_known_to_be_there_stands_first(answers: list[Answered]) -> None:
    known = [one for one in answers if one.judged.kind in KNOWN]
    assert len(known) > 60
    fail_with([one for one in known if one.is_known_item_missed])


def test_nothing_that_is_there_comes_up_empty(answers: list[Answered]) -> None:
    fail_with([one for one in answers if one.is_wrongly_empty])


def test_nothing_is_found_for_what_is_not_there_or_the_answer_says_what_it_left_out(answers: list[Answered]) -> None:
    assert sum(one.judged.is_none or one.judged.kind in TOLD for one in answers) > 20
    fail_with([one for one in answers if one.is_wrongly_found])


def test_a_place_gives_all_of_its_programmes_and_no_others(answers: list[Answered]) -> None:
    fail_with([one for one in answers if one.is_place_overrun])


def test_the_judgements_name_programmes_of_the_list_and_no_query_stands_twice(reading: Reading) -> None:
    judged = read_judged()
    places = Counter(place_of(listing) for listing in reading.generation.all_listings() if listing.kind == "program")
    assert len(places) == 82
    assert set(places.values()) == {1}
    assert set().union(*(one.relevant for one in judged)) <= set(places)
    assert max(Counter(one.query for one in judged).values()) == 1
    assert len(judged) >= 120
    assert not [one.query for one in judged if one.is_none and one.relevant]
