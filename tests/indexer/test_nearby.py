"""The ladder and the points: from a place to what helps there, in the right order, never empty, and never a stay on a map."""

from __future__ import annotations

import gc
import json
import random
import tomllib
import weakref
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from tests.listings import listings_of

from tsunagari_indexer.build import Contents
from tsunagari_indexer.generation import Generation, write_generation
from tsunagari_indexer.lexicon import known_lexicon
from tsunagari_indexer.listings import ExcludedPlace, Listing, engine_record
from tsunagari_indexer.nearby import (
    AROUND_KM,
    MOST_NEIGHBOURS,
    MOST_OF_A_KIND,
    MOST_OF_A_NEIGHBOUR,
    MOST_OF_TOWNS,
    Ladder,
    Place,
    Rung,
    RungName,
    UnknownOfferError,
    Users,
    ladder,
)
from tsunagari_indexer.offers import known_offer_rules, offer_kinds
from tsunagari_indexer.place_index import is_indexed, place_index
from tsunagari_indexer.points import NearestPoints, points
from tsunagari_indexer.rung_notes import (
    ABOVE,
    LEADING_NUMBERS,
    LEFT_OUT,
    NEIGHBOUR,
    NO_OWN,
    NO_OWN_OF_THESE,
    NO_PREFECTURE,
    OFFICE_ELSEWHERE,
    PREFECTURE,
    TEXTS,
    Note,
)
from tsunagari_indexer.venues import Venue
from tsunagari_indexer.workspace import Workspace
from tsunagari_parsers import ParsedDocument, known_desks
from tsunagari_parsers.desks import Way
from tsunagari_parsers.places import (
    Municipality,
    municipalities,
    municipalities_named,
    municipality_of,
    prefecture_named,
    prefectures,
)
from tsunagari_parsers.places.geo import are_next_door, chord_to_km, distance_km, squared_chord, vector

PLACES: list[dict[str, Any]] = tomllib.loads(
    (Path(__file__).parent / "ladder_places.toml").read_text(encoding="utf-8")
)["place"]


@pytest.fixture(scope="module")
def generation(published: Path) -> Iterator[Generation]:
    yield from _opened(published)


@pytest.fixture(scope="module")
def demonstration(demo: Path) -> Iterator[Generation]:
    yield from _opened(demo)


@pytest.fixture(scope="module")
def listings(national_list: ParsedDocument) -> list[Listing]:
    return list(listings_of(national_list, known_offer_rules()))


def _opened(root: Path) -> Iterator[Generation]:
    workspace = Workspace(root)
    generation = Generation.open(workspace.generation_path(workspace.current()))
    yield generation
    generation.close()


def _at(name: str, prefecture: str = "") -> Place:
    (town,) = municipalities_named(name, prefecture_named(prefecture))
    return Place(town.prefecture, town)


def _rung(found: Ladder, name: RungName) -> Rung:
    (rung,) = (rung for rung in found.rungs if rung.name is name)
    return rung


def _names(rung: Rung) -> list[str]:
    return [item.listing.program_name for item in rung.items if item.listing]


def _written(path: Path, listings: list[Listing]) -> Generation:
    ordered = tuple(replace(listing, order=order) for order, listing in enumerate(listings))
    records = [engine_record(listing, known_lexicon()) for listing in ordered]
    write_generation(path, Contents((), ordered, (), ()), records, {}, {})
    return Generation.open(path)


def _moved(listing: Listing, town: Municipality, number: int, **changes: Any) -> Listing:
    return replace(
        listing,
        id=f"p{number}",
        prefecture=town.prefecture.name,
        prefecture_code=town.prefecture.code,
        municipality=town.name,
        municipality_code=town.code,
        **changes,
    )


def test_forty_places_were_written_down() -> None:
    assert len({place["code"] for place in PLACES}) == 40


@pytest.mark.parametrize("expected", PLACES, ids=lambda place: f"{place['name']} {place['code']}")
def test_the_first_three_rungs_are_as_somebody_with_list_and_map_expects(
    generation: Generation, expected: dict[str, Any]
) -> None:
    town = municipality_of(expected["code"])
    assert town.name == expected["name"]
    own, prefecture, neighbours, national = ladder(generation, Place(town.prefecture, town)).rungs
    assert bool(own.items) == expected["own"]
    first = prefecture.items[0].desk
    assert first is not None
    assert ("desk" if first.prefecture == town.prefecture.code else "line") == expected["prefecture"]["first"]
    assert any(item.listing for item in prefecture.items) == expected["prefecture"]["program"]
    nearest = neighbours.items[0]
    assert nearest.municipality is not None
    assert nearest.municipality.name == expected["neighbour"]["name"]
    assert nearest.distance_km == pytest.approx(expected["neighbour"]["km"], rel=0.1)
    assert national.items


@pytest.mark.parametrize(
    ("offers", "users"),
    [(frozenset[str](), Users.ALL), (frozenset({"sns"}), Users.ALL), (frozenset({"ibasho"}), Users.NOT_PUPILS)],
    ids=str,
)
def test_no_ladder_is_empty_anywhere_in_japan(generation: Generation, offers: frozenset[str], users: Users) -> None:
    places = [Place(town.prefecture, town) for town in municipalities()] + [Place(one) for one in prefectures()]
    assert len(places) == 1741 + 47
    for place in places:
        found = ladder(generation, place, offers=offers, users=users)
        assert [rung.name for rung in found.rungs] == list(RungName)
        assert _rung(found, RungName.NATIONAL).items
        for rung in found.rungs:
            assert rung.notes
            assert all(str(note) and "%(" not in str(note) for note in rung.notes)
            for item in rung.items:
                assert (item.listing is None) != (item.desk is None)


@pytest.mark.parametrize("offer", [kind.id for kind in offer_kinds()])
def test_whatever_is_looked_for_somebody_can_be_reached(generation: Generation, offer: str) -> None:
    found = ladder(generation, _at("那覇市"), offers=frozenset({offer}))
    desks = [item.desk for rung in found.rungs for item in rung.items if item.desk]
    assert any(desk.phones or desk.silent_ways for desk in desks)
    for rung in found.rungs:
        for item in rung.items:
            assert item.listing is None or offer in {one.kind for one in item.listing.offers}


@pytest.mark.parametrize("offer", ["stay", "training", "nothing"])
def test_stays_and_what_is_for_staff_cannot_be_asked_for(generation: Generation, offer: str) -> None:
    with pytest.raises(UnknownOfferError, match=offer):
        ladder(generation, _at("仙台市"), offers=frozenset({offer}))


def test_each_rung_holds_what_its_name_says(generation: Generation) -> None:
    own, prefecture, neighbours, national = ladder(generation, _at("函館市")).rungs
    assert [(item.kind, item.distance_km) for item in own.items] == [("program", 0.0)]
    assert [item.kind for item in prefecture.items] == ["desk", "program"]
    assert prefecture.items[0].desk
    assert prefecture.items[0].desk.name == "北海道立女性相談支援センター"
    assert all(item.distance_km is None for item in (*prefecture.items, *national.items))
    listed = [item.listing for item in neighbours.items if item.listing]
    assert all(listing.municipality and listing.municipality != "函館市" for listing in listed)
    distances = [item.distance_km for item in neighbours.items if item.distance_km is not None]
    assert distances == sorted(distances)
    assert len(distances) == len(neighbours.items)
    assert all(item.desk and item.desk.prefecture is None for item in national.items)


def test_a_neighbour_beyond_the_border_is_one_and_its_prefecture_is_not(generation: Generation) -> None:
    neighbours = _rung(ladder(generation, _at("青森市")), RungName.NEIGHBOURS)
    assert [item.municipality.name for item in neighbours.items if item.municipality] == ["函館市"]
    assert "北海道" not in {item.listing.department for item in neighbours.items if item.listing}
    assert all(item.listing and item.listing.municipality for item in neighbours.items)


def test_far_away_one_place_stands_and_its_distance_is_said(generation: Generation) -> None:
    (note,) = _rung(ladder(generation, _at("竹富町")), RungName.NEIGHBOURS).notes
    assert "五島市" in str(note)
    assert "1036km" in str(note) or "1035km" in str(note)
    assert f"{AROUND_KM:.0f}km" in str(note)


def test_what_a_prefecture_leaves_out_is_left_out_of_that_place_alone(generation: Generation) -> None:
    assert _names(_rung(ladder(generation, _at("仙台市")), RungName.PREFECTURE)) == []
    for name in ("石巻市", "名取市"):
        assert _names(_rung(ladder(generation, _at(name)), RungName.PREFECTURE)) == [
            "みやぎの女性つながりサポート型支援事業"
        ]
    prefecture = prefecture_named("宮城県")
    assert prefecture
    assert len(_names(_rung(ladder(generation, Place(prefecture)), RungName.PREFECTURE))) == 1


def test_a_neighbour_says_that_it_may_be_for_its_own_residents(generation: Generation) -> None:
    item = _rung(ladder(generation, _at("北広島市")), RungName.NEIGHBOURS).items[0]
    assert str(item.note) == (
        "となりの恵庭市の事業です。恵庭市に住む人だけのことがあります。住民票のことも電話で聞けます。"
    )
    assert item.note == Note(NEIGHBOUR, {"town": "恵庭市"})


def test_only_who_has_no_town_between_is_called_a_neighbour(generation: Generation) -> None:
    for town in municipalities():
        for item in _rung(ladder(generation, Place(town.prefecture, town)), RungName.NEIGHBOURS).items:
            assert item.distance_km is not None
            assert item.municipality is not None
            assert item.note is not None
            assert (item.note.text == NEIGHBOUR) == are_next_door(town, item.municipality)
            assert item.note.text != NEIGHBOUR or item.distance_km <= 30


def test_above_every_ladder_stands_where_nobody_knows_her(generation: Generation) -> None:
    for place in (_at("仙台市"), _at("双葉町"), Place(prefectures()[12])):
        assert ladder(generation, place).rungs[0].notes[0] == Note(ABOVE)


def test_no_listing_never_means_no_support(generation: Generation) -> None:
    own = ladder(generation, _at("双葉町")).rungs[0]
    assert own.items == ()
    assert own.notes[-1] == Note(NO_OWN, {"town": "双葉町"})
    assert "支援がないという意味ではありません" in str(own.notes[-1])
    narrow = ladder(generation, _at("双葉町"), offers=frozenset({"sns"})).rungs[0]
    assert narrow.notes[-1] == Note(NO_OWN_OF_THESE, {"town": "双葉町"})
    miyazaki = _rung(ladder(generation, _at("宮崎市")), RungName.PREFECTURE)
    assert [note.text for note in miyazaki.notes] == [NO_PREFECTURE, LEADING_NUMBERS]


def test_a_place_that_the_prefecture_leaves_out_is_told_so(generation: Generation) -> None:
    notes = _rung(ladder(generation, _at("仙台市")), RungName.PREFECTURE).notes
    assert [note.text for note in notes] == [LEFT_OUT, LEADING_NUMBERS]
    assert str(notes[0]).startswith("宮城県の事業には、仙台市に住む人を対象にしない")
    elsewhere = _rung(ladder(generation, _at("石巻市")), RungName.PREFECTURE).notes
    assert [note.text for note in elsewhere] == [PREFECTURE, LEADING_NUMBERS]


@pytest.mark.parametrize(("name", "other"), [("十島村", "鹿児島市"), ("三島村", "鹿児島市"), ("竹富町", "石垣市")])
def test_an_office_on_another_island_is_explained(generation: Generation, name: str, other: str) -> None:
    notes = ladder(generation, _at(name)).rungs[0].notes
    assert Note(OFFICE_ELSEWHERE, {"town": name, "other": other}) in notes


def test_a_position_says_that_it_may_be_the_next_town(generation: Generation) -> None:
    place = replace(_at("国立市"), by_position=True)
    notes = [str(note) for note in ladder(generation, place).rungs[0].notes]
    assert any("いちばん近い役所は、国立市です" in note for note in notes)
    assert not any("いちばん近い役所" in str(note) for note in ladder(generation, _at("国立市")).rungs[0].notes)


def test_of_a_prefecture_its_municipalities_stand_without_a_distance(generation: Generation) -> None:
    osaka = prefecture_named("大阪府")
    assert osaka
    own, wide, towns, _ = ladder(generation, Place(osaka)).rungs
    assert own.items == ()
    assert len(_names(wide)) == 1
    assert {item.municipality.name for item in towns.items if item.municipality} == {
        "大阪市", "堺市", "箕面市", "吹田市", "四條畷市", "八尾市", "大阪狭山市", "岸和田市",
    }  # fmt: skip
    assert all(item.distance_km is None for item in towns.items)


def test_proposals_are_never_shown(generation: Generation) -> None:
    proposed = {desk.id for desk in known_desks() if desk.proposal}
    assert proposed
    for prefecture in prefectures():
        found = ladder(generation, Place(prefecture))
        shown = {item.desk.id for rung in found.rungs for item in rung.items if item.desk}
        assert not shown & proposed


def test_no_desk_stands_twice(generation: Generation) -> None:
    for prefecture in prefectures():
        ids = [item.desk.id for rung in ladder(generation, Place(prefecture)).rungs for item in rung.items if item.desk]
        assert len(ids) == len(set(ids))


def test_a_desk_of_the_town_stands_first_in_its_own_rung_alone(generation: Generation) -> None:
    (desk,) = (desk for desk in known_desks() if desk.id == "pref-01")
    towns = replace(desk, id="town", municipality="札幌市")
    desks = (*known_desks(), towns)
    own = ladder(generation, _at("札幌市"), desks=desks).rungs[0]
    assert [item.kind for item in own.items] == ["desk", "program"]
    for place in (_at("江別市"), Place(towns_prefecture := _at("江別市").prefecture)):
        found = ladder(generation, place, desks=desks)
        assert "town" not in {item.desk.id for rung in found.rungs for item in rung.items if item.desk}
    assert towns_prefecture.code == "01"


def test_where_no_desk_is_known_the_numbers_that_lead_to_one_stand_first(generation: Generation) -> None:
    wide = _rung(ladder(generation, _at("青森市")), RungName.PREFECTURE)
    assert [item.desk.id for item in wide.items if item.desk] == ["line-8778", "line-8008"]
    national = _rung(ladder(generation, _at("青森市")), RungName.NATIONAL)
    assert not {"line-8778", "line-8008"} & {item.desk.id for item in national.items if item.desk}


def test_of_channels_only_desks_with_one_are_left_and_of_goods_all(generation: Generation) -> None:
    def desks(*offers: str) -> list[Any]:
        found = ladder(generation, _at("青森市"), offers=frozenset(offers))
        return [item.desk for rung in found.rungs for item in rung.items if item.desk]

    everything = desks()
    assert desks("period_products") == everything == desks("phone", "period_products")
    assert desks("sns")
    assert all({way.way for way in desk.silent_ways} & {Way.CHAT, Way.APP} for desk in desks("sns"))
    assert all({way.way for way in desk.silent_ways} & {Way.MAIL, Way.FORM} for desk in desks("mail"))
    assert all(desk.phones for desk in desks("phone"))
    assert {desk.id for desk in desks("sns", "phone")} == {desk.id for desk in (*desks("sns"), *desks("phone"))}


def test_what_is_for_pupils_only_is_left_out_for_others(tmp_path: Path, listings: list[Listing]) -> None:
    town, other = municipality_of("011002"), municipality_of("012173")
    pad = next(one for one in listings if {offer.kind for offer in one.offers} >= {"period_products", "phone"})
    goods = tuple(offer for offer in pad.offers if offer.kind == "period_products")
    school, office = Venue("school", 0, 2, users="pupils"), Venue("city_office", 2, 4)
    generation = _written(
        tmp_path / "g.sqlite",
        [
            _moved(pad, town, 1, offers=goods, venues=(school,)),
            _moved(pad, town, 2, offers=goods, venues=(school, office)),
            _moved(pad, town, 3, venues=(school,)),
            _moved(pad, town, 4, offers=goods, venues=()),
            _moved(pad, other, 5, offers=goods, venues=(school,)),
        ],
    )

    def own(users: Users, *offers: str) -> list[str]:
        rung = ladder(generation, Place(town.prefecture, town), users=users, offers=frozenset(offers)).rungs[0]
        return [item.listing.id for item in rung.items if item.listing]

    assert own(Users.ALL) == ["p1", "p2", "p3", "p4"]
    assert own(Users.NOT_PUPILS) == ["p2", "p3", "p4"]
    assert own(Users.NOT_PUPILS, "period_products") == ["p2", "p4"]
    assert own(Users.NOT_PUPILS, "phone") == ["p3"]
    assert _rung(ladder(generation, _at("札幌市"), users=Users.NOT_PUPILS), RungName.NEIGHBOURS).items == ()
    found = ladder(generation, _at("札幌市"), users=Users.NOT_PUPILS)
    assert not any(item.desk and item.desk.for_children for rung in found.rungs for item in rung.items)
    generation.close()


def test_own_measures_and_networks_follow_its_programmes_and_are_no_neighbours(demonstration: Generation) -> None:
    kunitachi = [item.kind for item in ladder(demonstration, _at("国立市")).rungs[0].items]
    assert set(kunitachi) == {"program", "sheet", "measure"}
    assert kunitachi == sorted(kunitachi, key=["program", "sheet", "measure", "network"].index)
    assert [item.kind for item in ladder(demonstration, _at("上尾市")).rungs[0].items] == ["network"]
    for town in ("府中市", "立川市"):
        place = _at(town, "東京都")
        assert {item.kind for item in _rung(ladder(demonstration, place), RungName.NEIGHBOURS).items} <= {
            "program",
            "sheet",
        }


def test_a_network_stays_whatever_is_looked_for(demonstration: Generation) -> None:
    own = ladder(demonstration, _at("上尾市"), offers=frozenset({"period_products"})).rungs[0]
    assert [item.kind for item in own.items] == ["network"]


def test_a_rung_that_has_no_room_says_how_many_more_there_are(tmp_path: Path, listings: list[Listing]) -> None:
    town = municipality_of("011002")
    around = [place for place in municipalities() if place.prefecture == town.prefecture and place != town][:12]
    made = [_moved(listings[1], town, number) for number in range(MOST_OF_A_KIND["program"] + 7)]
    for place in around:
        made += [_moved(listings[1], place, len(made) + number) for number in range(MOST_OF_A_NEIGHBOUR + 2)]
    generation = _written(tmp_path / "g.sqlite", made)
    own, _, neighbours, _ = ladder(generation, Place(town.prefecture, town)).rungs
    assert (len(own.items), own.more) == (MOST_OF_A_KIND["program"], 7)
    towns = {item.municipality.code for item in neighbours.items if item.municipality}
    assert len(neighbours.items) == len(towns) * MOST_OF_A_NEIGHBOUR
    assert neighbours.more == len(towns) * 2
    assert len(towns) <= MOST_NEIGHBOURS
    of_prefecture = ladder(generation, Place(town.prefecture)).rungs[2]
    assert len(of_prefecture.items) == 13 * MOST_OF_A_NEIGHBOUR <= MOST_OF_TOWNS
    assert len(of_prefecture.items) + of_prefecture.more == len(made)
    generation.close()


def test_many_measures_do_not_push_out_who_to_ask(tmp_path: Path, listings: list[Listing]) -> None:
    town = municipality_of("011002")
    made = [_moved(listings[1], town, number, kind="measure") for number in range(40)]
    made += [_moved(listings[1], town, 40, kind="network"), _moved(listings[1], town, 41)]
    generation = _written(tmp_path / "g.sqlite", made)
    own = ladder(generation, Place(town.prefecture, town)).rungs[0]
    assert [item.kind for item in own.items] == ["program", *["measure"] * MOST_OF_A_KIND["measure"], "network"]
    assert own.more == 40 - MOST_OF_A_KIND["measure"]
    generation.close()


def test_a_body_that_is_no_known_place_is_nobodys_prefecture(tmp_path: Path, listings: list[Listing]) -> None:
    nowhere = replace(listings[0], municipality="どこか広域連合", municipality_code=None)
    own = replace(listings[0], id="own", excluded=(ExcludedPlace("012173", "江別市", 0, 2),))
    generation = _written(tmp_path / "g.sqlite", [nowhere, own])
    for name, ids in (("札幌市", ["own"]), ("江別市", [])):
        wide = _rung(ladder(generation, _at(name)), RungName.PREFECTURE)
        assert [item.listing.id for item in wide.items if item.listing] == ids
    assert points(generation) == ()
    generation.close()


def test_a_generation_without_listings_still_helps(tmp_path: Path) -> None:
    generation = _written(tmp_path / "g.sqlite", [])
    found = ladder(generation, _at("札幌市"))
    assert [bool(rung.items) for rung in found.rungs] == [False, True, False, True]
    assert all(rung.notes for rung in found.rungs)
    generation.close()


def test_the_index_is_made_once_and_goes_with_its_generation(tmp_path: Path, listings: list[Listing]) -> None:
    generation = _written(tmp_path / "g.sqlite", listings[:3])
    assert not is_indexed(generation)
    assert place_index(generation) is place_index(generation)
    assert is_indexed(generation)
    gone = weakref.ref(place_index(generation))
    generation.close()
    del generation
    gc.collect()
    assert gone() is None


def test_every_note_names_only_what_it_is_given() -> None:
    assert len(set(TEXTS)) == len(TEXTS)
    values = {"town": "甲市", "other": "乙市", "prefecture": "丙県", "km": "5"}
    for text in TEXTS:
        assert "%(" not in str(Note(text, values))


def test_each_municipality_with_a_listing_is_one_point_at_its_office(generation: Generation) -> None:
    found = points(generation)
    assert len(found) == 59
    assert len({point.municipality.code for point in found}) == 59
    for point in found:
        assert point.precision == "municipal_office"
        assert (point.latitude, point.longitude) == (point.municipality.latitude, point.municipality.longitude)
        assert point.listings
        assert point.name == ""


def test_a_point_says_what_it_stands_for_with_the_words_that_say_so(generation: Generation) -> None:
    for point in points(generation):
        for one in point.venues:
            listing = generation.listing(one.listing)
            assert listing is not None
            assert listing.municipality_code == point.municipality.code
            assert one.evidence
            assert listing.description[one.venue.start : one.venue.end] == one.evidence
            assert one.pupils_only == (one.venue.kind == "school")
    assert any(one.pupils_only for point in points(generation) for one in point.venues)


def test_what_a_prefecture_runs_has_no_point(generation: Generation) -> None:
    wide = {listing.id for listing in generation.all_listings() if listing.municipality_code is None}
    assert len(wide) == 23
    assert not wide & {listing for point in points(generation) for listing, _, _ in point.listings}


def test_a_stay_has_no_venue_on_any_point_and_is_not_told_apart(demonstration: Generation) -> None:
    stays = {one.id for one in demonstration.all_listings() if any(offer.kind == "stay" for offer in one.offers)}
    assert stays
    held = {listing for point in points(demonstration) for listing, _, _ in point.listings}
    venues = {one.listing for point in points(demonstration) for one in point.venues}
    assert not stays & venues
    own = {one.id for one in demonstration.all_listings() if one.municipality_code}
    assert held == own, "a programme left out for its stay would be told apart by that"


def test_the_nearest_points_are_those_that_comparing_all_finds() -> None:
    rng = random.Random(3)  # noqa: S311 - not for secrets
    places = rng.choices(municipalities(), k=3_000)
    # Many stand at one spot, as facilities of one municipality do.
    positions = [
        (place.latitude + rng.choice((0, 0, rng.gauss(0, 0.1))), place.longitude + rng.choice((0, rng.gauss(0, 0.1))))
        for place in places
    ]
    tree = NearestPoints(positions)
    for _ in range(60):
        here = rng.uniform(24, 46), rng.uniform(123, 146)
        most = rng.choice((1, 5, 20))
        at = vector(*here)
        everything = sorted((squared_chord(at, vector(*position)), number) for number, position in enumerate(positions))
        found = tree.nearest(*here, most)
        assert [number for _, number in found] == [number for _, number in everything[:most]]
        assert [km for km, _ in found] == pytest.approx([chord_to_km(square) for square, _ in everything[:most]])


@pytest.mark.parametrize(
    ("count", "most", "expected"), [(0, 20, 0), (1, 20, 1), (5, 20, 5), (100, 20, 20), (100, 0, 0)]
)
def test_there_are_never_more_nearest_points_than_points(count: int, most: int, expected: int) -> None:
    tree = NearestPoints([(35.0, 135.0)] * count)
    found = tree.nearest(36.0, 135.0, most)
    assert [number for _, number in found] == list(range(expected))


def test_distances_between_offices_are_the_same_both_ways_and_to_one_decimal() -> None:
    rng = random.Random(5)  # noqa: S311 - not for secrets
    for one, other in zip(rng.choices(municipalities(), k=200), rng.choices(municipalities(), k=200), strict=True):
        assert distance_km(one, other) == distance_km(other, one) == round(distance_km(one, other), 1)


def test_a_ladder_is_data_that_a_page_can_keep(generation: Generation) -> None:
    one, other = (ladder(generation, _at("国立市")) for _ in range(2))
    assert one == other
    assert json.dumps([str(note) for rung in one.rungs for note in rung.notes], ensure_ascii=False)
