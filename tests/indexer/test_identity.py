"""A programme keeps its address: through a corrected phone, a corrected name, a new year. Two programmes never share one."""

from __future__ import annotations

from dataclasses import replace

from tsunagari_indexer.identity import Candidate, identify

A = Candidate("program", "011002", "事業A", "011-211-2962", "national_list", 2021)
B = replace(A, name="事業B", phone="011-211-2963")


def test_a_new_programme_gets_an_id_that_depends_on_what_it_is_alone() -> None:
    (one,) = identify([], [A])
    assert one.id == identify([], [B, A])[1].id
    assert one.id.startswith("p")
    assert len(one.id) == 11


def test_a_corrected_phone_keeps_the_address() -> None:
    before = identify([], [A])
    (after,) = identify(before, [replace(A, phone="011-211-0000")])
    assert after.id == before[0].id
    assert after.phone == "011-211-0000"


def test_a_corrected_name_keeps_the_address() -> None:
    before = identify([], [A, B])
    after = identify(before, [replace(A, name="事業A（訂正）"), B])
    assert [one.id for one in after] == [one.id for one in before]
    assert identify(after, [replace(A, name="事業A（訂正）")])[0].id == before[0].id


def test_another_name_in_another_year_is_another_programme_even_with_the_offices_phone() -> None:
    before = identify([], [A])
    assert identify(before, [replace(A, name="別の事業", year=2022)])[0].id != before[0].id


def test_another_list_of_the_same_office_does_not_take_its_address() -> None:
    before = identify([], [A])
    assert identify(before, [replace(A, name="別の事業", series="other")])[0].id != before[0].id


def test_the_same_programme_next_year_keeps_its_address_and_remembers_its_first_year() -> None:
    before = identify([], [A])
    (after,) = identify(before, [replace(A, year=2022)])
    assert (after.id, after.first_year, after.last_year) == (before[0].id, 2021, 2022)


def test_two_of_one_name_are_told_apart_and_stay_so() -> None:
    before = identify([], [A, A])
    assert before[0].id != before[1].id
    assert [one.id for one in identify(before, [A, A])] == [one.id for one in before]


def test_when_two_could_be_the_renamed_one_neither_is_taken_for_it() -> None:
    before = identify([], [A])
    after = identify(before, [replace(A, name="い"), replace(A, name="ろ")])
    assert before[0].id not in {one.id for one in after}


def test_of_two_with_one_name_the_phone_decides_which_is_left() -> None:
    first, second = identify([], [A, replace(A, phone="011-211-2222")])
    (left,) = identify([first, second], [replace(A, phone="011-211-2222", year=2022)])
    assert left.id == second.id
    swapped = identify([first, second], [replace(A, phone="011-211-2222"), A])
    assert [one.id for one in swapped] == [second.id, first.id]


def test_no_two_identities_ever_claim_the_same_place_in_a_name() -> None:
    """Three of a name, then one of them and one renamed, then three again and the renamed one."""
    known = {one.id: one for one in identify([], [A, replace(A, phone="1"), replace(A, phone="2")])}
    for candidates in (
        [A, replace(A, name="W", phone="1")],
        [A, replace(A, phone="3"), replace(A, phone="2"), replace(A, name="W", phone="1")],
    ):
        known |= {one.id: one for one in identify(known.values(), candidates)}
        keys = [(one.kind, one.place_code, one.name, one.ordinal) for one in known.values()]
        assert len(set(keys)) == len(keys)


def test_an_id_that_another_document_of_the_year_has_is_not_given_again() -> None:
    (one,) = identify([], [A])
    (other,) = identify([one], [A], used={one.id})
    assert other.id != one.id
