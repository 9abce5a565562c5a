"""Years of towns and offices, written down with the truth of who is who: a wrong certain match is the worst that can happen."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from itertools import permutations

import pytest
from fixtures.national import truth
from fixtures.who_is_who import Found, Outcome, compared, table
from fixtures.year_pairs import Story, YearList, imported, shuffled, stories

from tsunagari_indexer.build import Contents, Decided, assemble
from tsunagari_indexer.changes import ChangeKind, diff
from tsunagari_indexer.likeness import likeness
from tsunagari_indexer.offers import known_offer_rules
from tsunagari_indexer.sightings import GivenId, Sighting
from tsunagari_parsers import Level

STORIES = {one.name: one for one in stories()}


def built(
    lists: Sequence[YearList], known: Sequence[GivenId] = (), decided: Decided | None = None, part: str = ""
) -> Contents:
    return assemble([imported(one, part=part) for one in lists], known, known_offer_rules(), decided)


def found(story: Story) -> tuple[Found, ...]:
    return compared(story.lists, built(story.lists))


@pytest.mark.parametrize("story", STORIES.values(), ids=STORIES)
def test_no_programme_is_taken_for_another(story: Story) -> None:
    assert [one for one in found(story) if one.outcome is Outcome.WRONG] == []


@pytest.mark.parametrize("story", STORIES.values(), ids=STORIES)
def test_what_goes_on_is_found_or_asked_and_so_is_what_nobody_can_know(story: Story) -> None:
    assert [one for one in found(story) if one.outcome in {Outcome.MISSED, Outcome.NOT_ASKED}] == []


#: How many rows are found again, are asked about with reason, and are asked about although they are new.
QUESTIONS = {
    "all_at_once": (3, 4, 0),
    "big_city": (4, 1, 1),
    "bodies": (2, 3, 0),
    "merger": (2, 2, 0),
    "numbers_and_splits": (4, 6, 0),
    "offices_alike": (1, 3, 0),
    "one_office": (1, 0, 7),
    "phones": (3, 3, 3),
    "three_years": (7, 0, 1),
    "town_to_city": (4, 0, 0),
    "used_again": (1, 8, 2),
    "wards": (2, 2, 0),
    "writing": (9, 1, 0),
}


@pytest.mark.parametrize("story", STORIES.values(), ids=STORIES)
def test_there_are_no_more_questions_than_these(story: Story) -> None:
    counts = table(found(story))
    asked = counts[Outcome.ASKED] + counts[Outcome.RIGHTLY_ASKED]
    assert (counts[Outcome.RIGHT], asked, counts[Outcome.NEEDLESSLY_ASKED]) == QUESTIONS[story.name]


@pytest.mark.parametrize("story", STORIES.values(), ids=STORIES)
def test_every_order_of_the_lists_gives_the_same_generation(story: Story) -> None:
    first, *others = [built(lists) for lists in permutations(story.lists)]
    for other in others:
        assert other == first


@pytest.mark.parametrize("story", STORIES.values(), ids=STORIES)
def test_what_was_published_keeps_its_addresses_whichever_list_came_first(story: Story) -> None:
    whole = built(story.lists)
    for one in story.lists:
        published = built([one])
        after = built(story.lists, published.given)
        assert after == whole
        leading = {listing.id for listing in after.listings} | after.aliases.keys()
        assert {listing.id for listing in published.listings} <= leading


@pytest.mark.parametrize("story", STORIES.values(), ids=STORIES)
def test_who_is_who_does_not_depend_on_the_order_of_the_rows(story: Story) -> None:
    mixed = shuffled(story)
    assert table(compared(mixed, built(mixed))) == table(found(story))


@pytest.mark.parametrize("story", STORIES.values(), ids=STORIES)
def test_every_row_that_is_new_or_gone_is_in_the_difference(story: Story) -> None:
    for older, newer in zip(story.lists, story.lists[1:], strict=False):
        before, after = built([older]), built([older, newer])
        carried = {one.id for one in after.listings if len({year.fiscal_year for year in one.history}) > 1}
        changes = diff(before.listings, after.listings)
        gone = {one.listing.id for one in changes.of(ChangeKind.GONE)}
        new = {one.listing.id for one in changes.of(ChangeKind.NEW)}
        assert gone == {one.id for one in before.listings} - carried
        assert new == {one.id for one in after.listings} - carried - {one.id for one in before.listings}
        assert len(before.listings) == len(older.rows)
        assert len(carried) + len(new) == len(newer.rows)


@pytest.mark.parametrize("story", STORIES.values(), ids=STORIES)
def test_every_question_keeps_the_generation_from_being_published(story: Story) -> None:
    asked = [one.finding for one in built(story.lists).findings if one.finding.code.startswith("identity-")]
    assert all(one.level is Level.MUST_LOOK for one in asked)
    counts = table(found(story))
    assert len(asked) >= counts[Outcome.ASKED] + counts[Outcome.RIGHTLY_ASKED] + counts[Outcome.NEEDLESSLY_ASKED]


@pytest.mark.parametrize("stays", ["nothing", "phone", "department"])
def test_a_name_that_another_programme_took_is_not_the_same_by_one_thing_more(stays: str) -> None:
    """The real list: every programme against every other one's text, office and number, under its own name and at its place."""
    certain: Counter[bool] = Counter()
    programmes = truth()
    for one in programmes:
        before = _sighting(one.program_name, one.phone, one.department, one.description)
        for other in programmes:
            phone = one.phone if stays == "phone" else other.phone
            department = one.department if stays == "department" else other.department
            after = replace(before, year=2022, phones=(phone,), department=department, description=other.description)
            like = likeness(before, after, same_place=True)
            if one is not other and not (like.phone and like.department):
                certain[like.is_supported] += 1
    assert certain[True] == 0
    assert certain[False] > 6000


def _sighting(name: str, phone: str, department: str, text: str) -> Sighting:
    return Sighting("program", "011002", name, "list", 2021, (phone,), department, text)


@pytest.mark.parametrize(
    ("before", "after", "same"),
    [
        ("福祉課", "福祉部福祉課", True),
        ("明石市市民課", "市民課", True),
        ("大阪府男女参画室", "男女参画室", True),
        ("北海道環境生活部", "環境生活部", True),
        ("浜松市中央区役所社会福祉課", "社会福祉課", True),
        ("市民部　男女共同参画課", "男女共同参画課", True),
        ("福祉課", "障害福祉課", False),
        ("人権・男女共同参画課", "男女共同参画課", False),
        ("南部福祉課", "福祉課", False),
        ("計画課", "都市計画課", False),
        ("水道総務課", "総務課", False),
        ("福祉センター", "健康福祉センター", False),
        ("子ども福祉課", "福祉課", False),
        ("", "福祉課", None),
    ],
)
def test_a_department_is_the_same_with_what_is_above_it_and_not_with_what_only_ends_like_it(
    before: str, after: str, same: bool | None
) -> None:
    one, other = (_sighting("女性相談", "", department, "") for department in (before, after))
    assert likeness(one, other, same_place=True).department is same
    assert likeness(other, one, same_place=True).department is same
