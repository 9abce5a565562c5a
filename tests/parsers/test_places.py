"""Prefectures and municipalities: complete, with valid codes, and never told apart by a name alone."""

from __future__ import annotations

from collections import Counter

import pytest

from tsunagari_parsers.places import (
    PlaceError,
    check_digit,
    municipalities,
    municipalities_named,
    municipality_of,
    prefecture_named,
    prefecture_of,
    prefectures,
)


def test_all_of_japan_is_there() -> None:
    assert len(prefectures()) == 47
    assert len(municipalities()) == 1741
    ends = Counter(place.name[-1] for place in municipalities())
    assert ends == {"市": 792, "町": 743, "村": 183, "区": 23}


def test_every_code_has_a_right_check_digit_and_keeps_its_zero() -> None:
    for place in municipalities():
        assert place.code[5] == check_digit(place.code[:5])
        assert place.code[:2] == place.prefecture.code
    assert sum(place.code.startswith("0") for place in municipalities()) == 475


def test_25_names_are_shared_so_a_name_alone_never_identifies() -> None:
    names = Counter(place.name for place in municipalities())
    assert sum(1 for count in names.values() if count > 1) == 25
    assert {place.prefecture.name for place in municipalities_named("日野町")} == {"滋賀県", "鳥取県"}
    assert {place.prefecture.name for place in municipalities_named("府中市")} == {"東京都", "広島県"}
    (hino,) = municipalities_named("日野町", prefecture_named("滋賀県"))
    assert hino.code == "253839"


def test_old_and_new_characters_are_one_place() -> None:
    assert municipalities_named("四條畷市") == municipalities_named("四条畷市") != ()
    assert municipalities_named("檮原町") == municipalities_named("梼原町") != ()


@pytest.mark.parametrize("code", ["", "1100", "abcde", "１１００２"])
def test_a_code_that_is_none_is_an_error(code: str) -> None:
    with pytest.raises(PlaceError):
        check_digit(code)
    with pytest.raises(PlaceError):
        municipality_of(code)
    with pytest.raises(PlaceError):
        prefecture_of(code)


def test_names_that_are_no_place_are_not_found() -> None:
    assert prefecture_named("大阪") is None
    assert municipalities_named("札幌") == ()
