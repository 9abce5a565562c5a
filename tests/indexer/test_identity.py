"""A programme keeps its address: through a corrected phone, a corrected name, a new year. Two programmes never share one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import pytest

from tsunagari_indexer.decisions import Decision, Verdict
from tsunagari_indexer.identity import Linked, link
from tsunagari_indexer.sightings import GivenId, Sighting, give_ids

TEXT = "○相談支援　週２回、電話と面談で相談を受ける。○居場所づくり　月１回、交流の場を開く。"
OTHER_TEXT = "学校や公民館のトイレに生理用品を置き、受け取りに来た人に困りごとの窓口を知らせる。"
A = Sighting("program", "011002", "つながり事業A", "national_list", 2021, ("011-211-2962",), "市民課", TEXT)
B = replace(A, name="つながり事業B", phones=("011-211-2963",))


def next_year(one: Sighting, **changes: object) -> Sighting:
    return replace(one, year=2022, **changes)  # type: ignore[arg-type]


def linked(
    *records: Sighting, decisions: Sequence[Decision] = (), successors: dict[str, str] | None = None
) -> tuple[Linked, list[str]]:
    """The programmes, and the id of each record."""
    ids = [one.id for one in give_ids([], records)]
    return link(list(zip(ids, records, strict=True)), decisions, successors or {}), ids


def groups(found: Linked) -> set[frozenset[str]]:
    return {chain.ids for chain in found.chains}


# --- ids of records ---


def test_an_id_depends_on_what_the_record_is_alone() -> None:
    (one,) = give_ids([], [A])
    assert one.id == give_ids([], [B, A])[1].id
    assert one.id.startswith("p")
    assert len(one.id) == 11


def test_a_corrected_phone_keeps_the_address() -> None:
    before = give_ids([], [A])
    (after,) = give_ids(before, [replace(A, phones=("011-211-0000",))])
    assert after.id == before[0].id
    assert after.phone == "011-211-0000"


def test_a_corrected_name_keeps_the_address() -> None:
    before = give_ids([], [A, B])
    after = give_ids(before, [replace(A, name="つながり事業A（訂正）"), B])
    assert [one.id for one in after] == [one.id for one in before]
    assert give_ids(after, [replace(A, name="つながり事業A（訂正）")])[0].id == before[0].id


@pytest.mark.parametrize(
    ("before", "after", "same"),
    [
        ("女性相談事業", "女性相談事業(訂正)", True),
        ("女性のつながり相談事葉", "女性のつながり相談事業", True),
        ("つながりサポート", "つながりサポート事業2", True),
        ("女性相談", "男性相談", False),
        ("母子つながり交流会", "父子つながり交流会", False),
        ("東部女性センター相談", "西部女性センター相談", False),
        ("つながり事業その1", "つながり事業その2", False),
        ("つながりLINE相談事業", "つながりメール相談事業", False),
        ("若年女性居場所づくり事業", "若年女性就労づくり事業", False),
        ("つながりサポート事業(相談)", "つながりサポート事業(居場所)", False),
    ],
)
def test_in_a_corrected_list_the_switchboard_hands_no_address_to_another_programme(
    before: str, after: str, same: bool
) -> None:
    """The phone is the same, and nothing else is known of what stood there."""
    known = give_ids([], [replace(A, name=before)])
    (given,) = give_ids(known, [replace(A, name=after)])
    assert (given.id == known[0].id) is same


@pytest.mark.parametrize("change", [{"year": 2022}, {"series": "other"}, {"name": "別のもの"}])
def test_an_offices_phone_alone_does_not_hand_an_address_on(change: dict[str, object]) -> None:
    before = give_ids([], [A])
    renamed = replace(A, **{"name": "つながり事業", **change})  # type: ignore[arg-type]
    assert give_ids(before, [renamed])[0].id != before[0].id


def test_two_of_one_name_are_told_apart_and_stay_so() -> None:
    before = give_ids([], [A, A])
    assert before[0].id != before[1].id
    assert [one.id for one in give_ids(before, [A, A])] == [one.id for one in before]


def test_when_two_could_be_the_renamed_one_neither_is_taken_for_it() -> None:
    before = give_ids([], [A])
    after = give_ids(before, [replace(A, name="つながり事業い"), replace(A, name="つながり事業ろ")])
    assert before[0].id not in {one.id for one in after}


def test_of_two_with_one_name_the_phone_decides_which_is_left() -> None:
    other = replace(A, phones=("011-211-2222",))
    first, second = give_ids([], [A, other])
    assert [one.id for one in give_ids([first, second], [other])] == [second.id]
    assert [one.id for one in give_ids([first, second], [other, A])] == [second.id, first.id]


def test_no_two_ids_ever_claim_the_same_place_in_a_name() -> None:
    """Three of a name, then one of them and one renamed, then three again and the renamed one."""
    renamed = replace(A, name="つながり事業W", phones=("1",))
    known = {one.id: one for one in give_ids([], [A, replace(A, phones=("1",)), replace(A, phones=("2",))])}
    for sightings in ([A, renamed], [A, replace(A, phones=("3",)), replace(A, phones=("2",)), renamed]):
        given = give_ids(known.values(), sightings)
        assert len({one.id for one in given}) == len(given)
        known |= {one.id: one for one in given}
        keys = [(one.kind, one.year, one.place_code, one.name, one.ordinal) for one in known.values()]
        assert len(set(keys)) == len(keys)


def test_what_was_published_is_known_by_its_record() -> None:
    kept = GivenId("pabcdefghij", "program", 2021, "011002", A.name, 0, A.phone, A.series)
    assert give_ids([kept], [A])[0].id == "pabcdefghij"


# --- from year to year ---

CERTAIN = {
    "nothing changed": {},
    "another phone": {"phones": ("011-211-0000",)},
    "another department": {"department": "子ども未来局"},
    "another phone and department": {"phones": ("011-211-0000",), "department": "子ども未来局"},
    "another text, the same phone": {"description": OTHER_TEXT},
    "the year in its name": {"name": "令和4年度つながり事業A"},
    "quotation marks and spaces": {"name": "「つながり事業A」"},
}


@pytest.mark.parametrize("changes", CERTAIN.values(), ids=CERTAIN)
def test_the_same_name_with_something_beside_it_is_the_same_programme(changes: dict[str, object]) -> None:
    found, (first, second) = linked(A, next_year(A, **changes))
    (chain,) = found.chains
    assert (chain.id, chain.ids) == (first, frozenset((first, second)))
    assert found.questions == ()


ASKED = {
    "only the name": {"phones": ("011-999-9999",), "department": "福祉部", "description": OTHER_TEXT},
    "only name and department": {"phones": ("011-999-9999",), "description": OTHER_TEXT},
    "renamed": {"name": "ほっとつながり事業"},
    "renamed altogether, the text is the same": {"name": "ほっとスペース", "phones": ("011-999-9999",)},
    "renamed and written anew by the same office": {"name": "ほっとスペース", "description": OTHER_TEXT},
    "another place, the same phone": {"place_code": "012025"},
    "the prefecture's now": {"place_code": "01"},
}


@pytest.mark.parametrize("changes", ASKED.values(), ids=ASKED)
def test_what_is_merely_likely_is_asked_and_stands_on_its_own(changes: dict[str, object]) -> None:
    found, (first, second) = linked(A, next_year(A, **changes))
    assert groups(found) == {frozenset({first}), frozenset({second})}
    (question,) = found.questions
    assert (question.id, [one for one, _ in question.candidates]) == (second, [first])
    assert not question.is_ambiguous


OTHERS = {
    "another kind": {"kind": "sheet"},
    "all is another": {"name": "生理用品の配布", "phones": ("011-9-9",), "department": "x", "description": OTHER_TEXT},
    "the same name in another prefecture": {"place_code": "131016", "phones": ("03-1111-1111",)},
}


@pytest.mark.parametrize("changes", OTHERS.values(), ids=OTHERS)
def test_what_is_another_programme_is_not_even_asked(changes: dict[str, object]) -> None:
    found, _ = linked(A, next_year(A, **changes))
    assert len(found.chains) == 2
    assert found.questions == ()


def test_of_two_with_one_name_each_goes_on_where_its_phone_does() -> None:
    other = replace(A, phones=("011-211-2222",))
    found, ids = linked(A, other, next_year(other), next_year(A))
    assert groups(found) == {frozenset({ids[0], ids[3]}), frozenset({ids[1], ids[2]})}


def test_of_two_with_one_name_that_cannot_be_told_apart_neither_is_taken() -> None:
    found, ids = linked(A, A, next_year(A))
    assert len(found.chains) == 3
    (question,) = found.questions
    assert question.is_ambiguous
    assert {one for one, _ in question.candidates} == set(ids[:2])


def test_when_phone_and_text_disagree_about_which_is_which_a_person_decides() -> None:
    one = replace(A, description=TEXT)
    two = replace(A, phones=("011-211-2222",), description=OTHER_TEXT)
    found, _ = linked(one, two, next_year(one, phones=two.phones), next_year(two, phones=one.phones))
    assert len(found.chains) == 4
    assert [question.is_ambiguous for question in found.questions] == [True, True]


def test_a_name_that_went_to_another_programme_takes_no_address_with_it() -> None:
    """Its work goes on under a new name, and something else has the old one."""
    goes_on = next_year(A, name="ほっとスペース")
    takes_name = next_year(A, description=OTHER_TEXT, phones=("011-211-0000",), department="福祉部")
    found, ids = linked(A, goes_on, takes_name)
    assert len(found.chains) == 3
    assert {question.id for question in found.questions} == set(ids[1:])


def test_names_that_two_programmes_exchanged_are_a_question() -> None:
    one, two = replace(A, description=TEXT), replace(B, description=OTHER_TEXT)
    found, _ = linked(one, two, next_year(one, name=two.name), next_year(two, name=one.name))
    assert len(found.chains) == 4
    assert len(found.questions) == 2


def test_a_name_that_another_office_took_is_a_question_when_the_old_office_goes_on() -> None:
    goes_on = next_year(A, name="ほっとスペース")
    takes_name = next_year(A, phones=("011-211-0000",), department="福祉部")
    found, ids = linked(A, goes_on, takes_name)
    assert len(found.chains) == 3
    assert {question.id for question in found.questions} == set(ids[1:])


def test_a_programme_on_two_lists_of_a_year_goes_on_in_its_own_list() -> None:
    elsewhere = next_year(A, series="other")
    found, ids = linked(A, next_year(A), elsewhere)
    assert groups(found) == {frozenset(ids[:2]), frozenset(ids[2:])}


def test_two_programmes_that_became_one_are_a_question() -> None:
    found, _ = linked(A, B, next_year(A, name="つながり事業"))
    assert len(found.chains) == 3
    (question,) = found.questions
    assert len(question.candidates) == 2


def test_a_programme_that_was_away_for_a_year_comes_back_to_its_address() -> None:
    found, ids = linked(A, B, next_year(B), replace(A, year=2023))
    assert groups(found) == {frozenset({ids[0], ids[3]}), frozenset({ids[1], ids[2]})}


def test_two_of_one_year_are_never_one_unless_a_person_says_so() -> None:
    again = replace(A, series="other")
    found, ids = linked(A, again)
    assert len(found.chains) == 2
    found, _ = linked(A, again, decisions=[Decision(Verdict.SAME, ids[0], ids[1])])
    assert groups(found) == {frozenset(ids)}


# --- towns that merged ---

TOWN = replace(A, place_code="01旧町", phones=("0138-11-1111",))
OTHER_TOWN = replace(A, place_code="01古町", phones=("0138-22-2222",))
CITY = next_year(A, place_code="012360", phones=("0138-33-3333",))


def test_a_town_that_became_part_of_another_is_a_question() -> None:
    found, ids = linked(TOWN, CITY)
    assert len(found.chains) == 2
    assert [[one for one, _ in question.candidates] for question in found.questions] == [[ids[0]]]


def test_a_table_can_say_what_a_town_became() -> None:
    found, ids = linked(TOWN, CITY, successors={"01旧町": "012360"})
    assert groups(found) == {frozenset(ids)}


def test_two_towns_that_merged_with_a_programme_each_are_a_question_even_with_the_table() -> None:
    found, ids = linked(TOWN, OTHER_TOWN, CITY, successors={"01旧町": "012360", "01古町": "012360"})
    assert len(found.chains) == 3
    (question,) = found.questions
    assert question.is_ambiguous
    assert {one for one, _ in question.candidates} == set(ids[:2])


def test_a_town_whose_list_is_still_there_did_not_merge() -> None:
    stays = next_year(TOWN, name="別の取り組み", description="講演会を開く。" * 5)
    found, ids = linked(TOWN, stays, CITY)
    assert ids[2] not in {question.id for question in found.questions}


# --- what people decide ---


def test_a_person_can_say_that_two_are_one() -> None:
    after = next_year(A, name="ほっとスペース")
    _, (first, second) = linked(A, after)
    for pair in ((first, second), (second, first)):
        found, _ = linked(A, after, decisions=[Decision(Verdict.SAME, *pair)])
        (chain,) = found.chains
        assert (chain.id, found.questions) == (first, ())


def test_a_person_can_say_that_two_are_not_one() -> None:
    for after in (next_year(A), next_year(A, name="ほっとスペース")):
        _, (first, second) = linked(A, after)
        found, _ = linked(A, after, decisions=[Decision(Verdict.DIFFERENT, first, second)])
        assert groups(found) == {frozenset({first}), frozenset({second})}
        assert found.questions == ()


def test_the_later_decision_holds() -> None:
    _, (first, second) = linked(A, next_year(A))
    apart, together = Decision(Verdict.DIFFERENT, first, second), Decision(Verdict.SAME, second, first)
    assert len(linked(A, next_year(A), decisions=[apart, together])[0].chains) == 1
    assert len(linked(A, next_year(A), decisions=[together, apart])[0].chains) == 2


def test_what_was_parted_stays_so_in_the_years_after() -> None:
    third = replace(A, year=2023)
    _, ids = linked(A, next_year(A), third)
    found, _ = linked(A, next_year(A), third, decisions=[Decision(Verdict.DIFFERENT, ids[0], ids[1])])
    assert groups(found) == {frozenset({ids[0]}), frozenset(ids[1:])}


@pytest.mark.parametrize("order", [(0, 1, 2), (2, 1, 0), (1, 2, 0)])
def test_the_order_of_the_papers_does_not_matter(order: tuple[int, ...]) -> None:
    records = (A, next_year(A, department="子ども未来局"), replace(A, year=2023, phones=("011-1-1",)))
    found, ids = linked(*(records[at] for at in order))
    (chain,) = found.chains
    assert chain.id == ids[order.index(0)]
