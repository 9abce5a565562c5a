"""Area codes: in which prefecture a number stands, borders included, and which numbers stand nowhere."""

from __future__ import annotations

import json
import tomllib
from importlib.resources import files

import pytest
from tests.conftest import NATIONAL_LIST

from tsunagari_parsers.area_codes import prefectures_of_number
from tsunagari_parsers.desks import known_desks
from tsunagari_parsers.places import prefecture_named, prefecture_of, prefectures

EXPECTED = json.loads((NATIONAL_LIST.parent / "expected.json").read_text(encoding="utf-8"))
PREFIXES = tomllib.loads((files("tsunagari_parsers") / "data" / "area_codes.toml").read_text(encoding="utf-8"))[
    "prefixes"
]


@pytest.mark.parametrize(
    ("number", "codes"),
    [
        ("011-206-6954", ("01",)),
        ("01377-2-2454", ("01",)),
        ("0748-52-6573", ("25",)),  # 日野町 of 滋賀, not of 鳥取
        ("0859-72-0331", ("31",)),  # 日野町 of 鳥取
        ("042-335-4401", ("13",)),  # 府中市 of 東京
        ("0847-43-7111", ("34",)),  # 府中市 of 広島
        ("06-6210-9321", ("27", "28")),  # 尼崎 shares 大阪's
        ("042-769-8205", ("14", "13")),
        ("04-2998-1111", ("11",)),
        ("04-7167-1111", ("12",)),
        ("055-231-0001", ("19",)),
        ("055-934-0001", ("22",)),
        ("088-621-2177", ("36",)),
        ("088-823-9651", ("39",)),
        ("0567-68-6100", ("23", "24")),
        ("04992-2-1443", ("13",)),
        ("０７４８－５２－６５７３", ("25",)),
        ("0748(52)6573", ("25",)),
        ("0748526573", ("25",)),
    ],
)
def test_an_area_code_stands_in_these_prefectures(number: str, codes: tuple[str, ...]) -> None:
    assert prefectures_of_number(number) == codes


@pytest.mark.parametrize(
    "number",
    [
        "0120-279-338",
        "0570-064-177",
        "0800-111-2222",
        "050-1234-5678",
        "070-4442-3893",
        "080-1234-5678",
        "#8008",
        "110",
        "",
        "未定",
        "0748-52-657",
        "0990-12-3456",
        "0000-12-3456",
    ],
)
def test_a_number_without_a_place_stands_nowhere(number: str) -> None:
    assert prefectures_of_number(number) == ()


@pytest.mark.parametrize("row", EXPECTED, ids=[row["phone"] for row in EXPECTED])
def test_every_number_of_fiscal_2021_stands_in_its_own_prefecture(row: dict[str, str]) -> None:
    prefecture = prefecture_named(row["prefecture"])
    assert prefecture
    assert prefecture.code in prefectures_of_number(row["phone"])


def test_every_permanent_desk_stands_in_its_own_prefecture() -> None:
    desks = [desk for desk in known_desks() if desk.id.startswith("pref-")]
    numbers = [(phone.number, desk.prefecture) for desk in desks for phone in desk.phones]
    strangers = [
        one for one in numbers if prefectures_of_number(one[0]) and one[1] not in prefectures_of_number(one[0])
    ]
    assert len(numbers) >= 47
    assert strangers == []


def test_every_prefecture_has_an_area_code_and_every_entry_is_one() -> None:
    listed = {code for codes in PREFIXES.values() for code in codes}
    assert listed == {prefecture.code for prefecture in prefectures()}
    assert all(prefecture_of(code) for code in listed)
    assert all(prefix.isdigit() and prefix[0] == "0" and 2 <= len(prefix) <= 6 for prefix in PREFIXES)
    assert all(len(set(codes)) == len(codes) > 0 for codes in PREFIXES.values())
