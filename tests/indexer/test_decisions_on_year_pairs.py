"""What a person decides of the years of towns holds, can be undone, and where it contradicts itself she is told."""

from __future__ import annotations

from itertools import permutations

import pytest
from fixtures.who_is_who import Outcome, compared
from fixtures.year_pairs import Row, Story, YearList, imported, stories

from tsunagari_indexer.build import Contents, Decided, assemble
from tsunagari_indexer.decisions import Decision, Verdict
from tsunagari_indexer.listings import Listing
from tsunagari_indexer.offers import known_offer_rules
from tsunagari_parsers import Finding, Level

STORIES = {one.name: one for one in stories()}
TEXT = "女性が抱える悩みについて、専門の相談員が、電話と面談で話を聞く。秘密は守る。"


def row(name: str, phone: str, department: str = "協働課", text: str = TEXT) -> Row:
    return Row(name, (), "北海道", "札幌市", name, department, phone, text)


#: Three years of what is called otherwise each year, and has another number and office.
FIRST = YearList(
    2021, (row("あじさいの会", "011-211-0001", "甲課", "学校と公民館のトイレに生理用品を置く取り組みを進める。"),)
)
SECOND = YearList(2022, (row("ひまわり相談", "011-211-0002", "乙課"),))
THIRD = YearList(
    2023, (row("すみれ講座", "011-211-0003", "丙課", "働きたい人のためのパソコンと簿記の講座を年に５回開く。"),)
)


def built(lists: tuple[YearList, ...], *decisions: Decision) -> Contents:
    return assemble([imported(one) for one in lists], [], known_offer_rules(), Decided(decisions=decisions))


def record(contents: Contents, year: int, name: str) -> str:
    (found,) = [one.id for one in contents.given if (one.year, one.name) == (year, name)]
    return found


def listing_of(contents: Contents, record_id: str) -> Listing:
    (found,) = [one for one in contents.listings if record_id in one.ids]
    return found


def of_code(contents: Contents, code: str) -> list[Finding]:
    return [one.finding for one in contents.findings if one.finding.code == code]


def three() -> tuple[str, str, str]:
    contents = built((FIRST, SECOND, THIRD))
    assert len(contents.listings) == 3
    return (
        record(contents, 2021, "あじさいの会"),
        record(contents, 2022, "ひまわり相談"),
        record(contents, 2023, "すみれ講座"),
    )


@pytest.mark.parametrize("story", STORIES.values(), ids=STORIES)
def test_answering_every_question_settles_all_of_them(story: Story) -> None:
    """She answers as the truth is; where nobody can know it, that they differ. Then nothing is open and nothing is wrong."""
    decisions: list[Decision] = []
    for _ in range(len(story.lists)):
        contents = built(story.lists, *decisions)
        rows = {
            year.id: next(one for one in story.lists if one.year == year.fiscal_year).rows[year.row - 1]
            for listing in contents.listings
            for year in listing.history
        }
        for finding in (one.finding for one in contents.findings if one.finding.code.startswith("identity-")):
            asked, *candidates = finding.value.split()
            for one in candidates:
                old = listing_of(contents, one).history[-1].id
                same = rows[old].who == rows[asked].who
                decisions.append(Decision(Verdict.SAME if same else Verdict.DIFFERENT, old, asked))
    contents = built(story.lists, *decisions)
    outcomes = {one.outcome for one in compared(story.lists, contents)}
    assert outcomes <= {Outcome.RIGHT, Outcome.NEW, Outcome.NOT_ASKED}
    assert {one.finding.code for one in contents.findings} <= {"same-name-twice"}


def test_a_chain_that_contradicts_itself_is_told_and_nothing_is_published_meanwhile() -> None:
    """A is B, B is C, but A is not C."""
    a, b, c = three()
    said = [Decision(Verdict.SAME, a, b), Decision(Verdict.SAME, b, c), Decision(Verdict.DIFFERENT, a, c)]
    for decisions in permutations(said):
        contents = built((FIRST, SECOND, THIRD), *decisions)
        (found,) = of_code(contents, "decisions-contradict")
        assert found.level is Level.MUST_LOOK
        assert found.value in {f"{b} {a}", f"{c} {b}"}
        assert len(contents.listings) == 2
        apart = {one.id for one in contents.listings if {a, c} <= one.ids}
        assert apart == set()


def test_taking_one_of_them_back_ends_the_contradiction() -> None:
    a, b, c = three()
    said = (Decision(Verdict.SAME, a, b), Decision(Verdict.SAME, b, c), Decision(Verdict.DIFFERENT, a, c))
    together = built((FIRST, SECOND, THIRD), *said, Decision(Verdict.SAME, c, a))
    assert (len(together.listings), of_code(together, "decisions-contradict")) == (1, [])
    parted = built((FIRST, SECOND, THIRD), *said, Decision(Verdict.DIFFERENT, b, c))
    assert (len(parted.listings), of_code(parted, "decisions-contradict")) == (2, [])


def test_what_was_decided_and_undone_leaves_nothing_behind() -> None:
    """Said to be one, then not: as it was, but that nobody asks again. Left out and brought back: exactly as it was."""
    story = STORIES["all_at_once"]
    before = built(story.lists)
    old, new = record(before, 2021, "女性つながり支援事業"), record(before, 2022, "あしや女性サポート")
    joined = built(story.lists, Decision(Verdict.SAME, old, new))
    assert listing_of(joined, new).id == old
    undone = built(story.lists, Decision(Verdict.SAME, old, new), Decision(Verdict.DIFFERENT, new, old))
    assert undone.listings == before.listings
    assert len(of_code(undone, "identity-likely")) == len(of_code(before, "identity-likely")) - 1
    out = Decision(Verdict.LEFT_OUT, new)
    assert new not in {one for listing in built(story.lists, out).listings for one in listing.ids}
    assert built(story.lists, out, Decision(Verdict.SAME, new)) == before


def test_two_that_a_person_says_became_one_are_one_with_both_histories() -> None:
    story = STORIES["numbers_and_splits"]
    before = built(story.lists)
    first, second = record(before, 2021, "女性相談事業"), record(before, 2021, "女性居場所事業")
    new = record(before, 2022, "女性相談・居場所事業")
    contents = built(story.lists, Decision(Verdict.SAME, first, new), Decision(Verdict.SAME, second, new))
    found = listing_of(contents, new)
    assert found.ids == {first, second, new}
    assert found.program_name == "女性相談・居場所事業"
    assert all(contents.aliases.get(one, one) == found.id for one in (first, second, new))
    assert of_code(contents, "decisions-contradict") == of_code(contents, "rows-became-one") == []
    assert not [one for one in contents.findings if new in one.finding.value]


def test_one_that_is_said_to_be_two_rows_of_a_list_is_told_because_only_one_can_be_shown() -> None:
    story = STORIES["numbers_and_splits"]
    before = built(story.lists)
    old = record(before, 2021, "つながりサポート事業")
    one = record(before, 2022, "つながりサポート事業(相談)")
    two = record(before, 2022, "つながりサポート事業(居場所)")
    said = Decision(Verdict.SAME, old, one), Decision(Verdict.SAME, old, two)
    (found,) = of_code(built(story.lists, *said), "rows-became-one")
    assert found.level is Level.MUST_LOOK
    assert set(found.value.split()) == {one, two}
    assert of_code(built(story.lists, *said, Decision(Verdict.SAME, one, two)), "rows-became-one") == []
    parted = built(story.lists, *said, Decision(Verdict.DIFFERENT, old, two))
    assert of_code(parted, "rows-became-one") == []
    assert listing_of(parted, two).ids == {two}


@pytest.mark.parametrize("swapped", [False, True])
def test_a_new_row_that_is_one_with_a_known_row_joins_it_wherever_it_stands(swapped: bool) -> None:
    """Two rows of one list: one goes on from last year, the other is said to be the same as it."""
    known, again = (
        row("女性相談", "011-211-0001"),
        row("おんなの相談室", "011-211-0009", "別の課", "面談だけで行う。" * 5),
    )
    rows = (again, known) if swapped else (known, again)
    lists = (YearList(2021, (known,)), YearList(2022, rows))
    before = built(lists)
    one, two = record(before, 2022, "女性相談"), record(before, 2022, "おんなの相談室")
    contents = built(lists, Decision(Verdict.SAME, one, two))
    assert len(contents.listings) == 1
    assert of_code(contents, "decisions-contradict") == []


def test_what_differs_is_never_joined_through_a_third() -> None:
    """Two rows of a list that are said to differ, and a row of the next that is said to be each of them."""
    rows = (row("女性相談", "011-211-0001"), row("男性相談", "011-211-0002"))
    lists = (YearList(2021, rows), THIRD)
    before = built(lists)
    one, two = record(before, 2021, "女性相談"), record(before, 2021, "男性相談")
    new = record(before, 2023, "すみれ講座")
    said = [Decision(Verdict.DIFFERENT, one, two), Decision(Verdict.SAME, one, new), Decision(Verdict.SAME, two, new)]
    contents = built(lists, *said)
    assert not [listing for listing in contents.listings if {one, two} <= listing.ids]
    assert len(of_code(contents, "decisions-contradict")) == 1
