"""Desks and lines: numbers that can be dialled, sources for each, and nothing that must never be shown."""

from __future__ import annotations

from datetime import date

import pytest

from tsunagari_parsers.desks import Standing, known_desks, load_desks
from tsunagari_parsers.errors import DeskDataError
from tsunagari_parsers.places import prefectures

NEVER = {
    "0570-0-55210",
    "0570-064-000",
    "0570-783-189",
    "0120-213-533",
    "0120-210-109",
    "0120-76-2029",
    "0570-079714",
    "0570-046-556",
}
DESK = """
[[desk]]
id = "one"
name = "窓口"
kind = "women"
summary = ""
phones = [{ number = "%s" }]
sources = [{ name = "A市", standing = "%s", seen = 2026-11-21 }]
%s
"""


def test_every_prefecture_has_one_desk_shown_or_proposed() -> None:
    desks = [desk for desk in known_desks() if desk.prefecture]
    assert [desk.prefecture for desk in desks] == [one.code for one in prefectures()]
    assert sum(not desk.proposal for desk in desks) == 17


def test_what_is_shown_rests_on_two_sources_or_on_the_operators_word() -> None:
    for desk in known_desks():
        standings = {source.standing for source in desk.sources}
        if desk.prefecture and not desk.proposal:
            assert len({source.name for source in desk.sources}) >= 2, desk.id
        assert desk.seen
        assert desk.seen >= date(2026, 1, 1)
        if desk.always_open:
            assert standings & {Standing.OFFICIAL, Standing.LOCAL}, desk.id


def test_ended_and_doubtful_numbers_are_nowhere() -> None:
    numbers = {phone.number.replace("-", "") for desk in known_desks() for phone in desk.phones}
    assert not numbers & {number.replace("-", "") for number in NEVER}


@pytest.mark.parametrize(
    ("name", "numbers"),
    [
        ("line-110", ["110"]),
        ("line-8778", ["#8778"]),
        ("line-8008", ["#8008"]),
        ("line-soudan-plus", ["0120-279-889"]),
        ("line-8103", ["#8103"]),
        ("pref-01", ["011-666-9955"]),
        ("pref-40", ["070-4442-3893"]),
        ("pref-46", ["099-222-1467"]),
    ],
)
def test_numbers_that_matter_most(name: str, numbers: list[str]) -> None:
    (desk,) = [desk for desk in known_desks() if desk.id == name]
    assert [phone.number for phone in desk.phones][: len(numbers)] == numbers


def test_the_support_line_names_all_its_numbers() -> None:
    (desk,) = [desk for desk in known_desks() if desk.id == "line-yorisoi"]
    assert {phone.number for phone in desk.phones} >= {"0120-279-338", "0120-279-226", "050-3655-0279"}


@pytest.mark.parametrize(
    ("number", "standing", "more", "message"),
    [
        ("06-1234", "official", "", "かけられる形"),
        ("#8008", "hearsay", "", "hearsay"),
        ("#8008", "second_hand", "", "2つの出典"),
        ("06-6210-9321", "local", 'prefecture = "27"', "2つの出典"),
        ("#8008", "official", 'colour = "red"', "colour"),
    ],
)
def test_a_desk_that_cannot_be_is_refused_by_name(number: str, standing: str, more: str, message: str) -> None:
    with pytest.raises(DeskDataError, match=message) as caught:
        load_desks(DESK % (number, standing, more), where="desks.toml")
    assert "desks.toml「one」" in str(caught.value)


def test_two_desks_of_one_id_are_refused() -> None:
    with pytest.raises(DeskDataError, match="2回"):
        load_desks(DESK % ("#8008", "official", "") * 2, where="desks.toml")
