"""The JSON API of what is nearby, as others rely on it: the ladder, the points, and places in the search of programmes."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from typing import Any

import pytest
from starlette.testclient import TestClient
from tests.conftest import NATIONAL_LIST
from tests.contract.fake_meilisearch import running_fake
from tests.site.test_what_stays_with_administrators import NAMES

from tsunagari.importing import EditionOptions, import_documents
from tsunagari.serving import build_site
from tsunagari.settings import EngineName, Settings
from tsunagari_indexer.engines.meili import INDEX_PREFIX
from tsunagari_indexer.venues import venue_kinds
from tsunagari_parsers.places import municipalities, prefectures

RUNGS = ["own", "prefecture", "neighbours", "national"]
#: What every item has, whether it is a programme or a desk.
ITEM_KEYS = {
    "id", "kind", "prefecture", "municipality", "program_name", "description", "department", "phones", "fiscal_year",
    "offers", "source", "distance_km", "venues", "note",
}  # fmt: skip
PLACES = [
    {"municipality": "札幌市"},
    {"municipality": "青森市"},
    {"municipality": "041009"},
    {"prefecture": "大阪府"},
    {"postal": "4328002"},
    {"near": "26.2124,127.6809", "offer": "sns"},
    {"municipality": "国立市", "offer": "period_products", "users": "not_pupils"},
]


@pytest.fixture(scope="module")
def over_a_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TestClient]:
    """The site over the same list, searched by Meilisearch's stand-in."""
    root = tmp_path_factory.mktemp("served")
    with running_fake("a-master-key-of-the-nearby-test", "a-search-key", search_indexes=[f"{INDEX_PREFIX}*"]) as fake:
        settings = Settings(
            EngineName.MEILI,
            meili_url=fake.url,
            meili_search_key="a-search-key",
            meili_admin_key="a-master-key-of-the-nearby-test",
        )
        workspace = settings.workspace(root, writing=True)
        assert not import_documents(workspace, [NATIONAL_LIST], EditionOptions()).failures
        workspace.publish()
        with TestClient(build_site(settings, root), follow_redirects=False) as client:
            yield client


def _nearby(client: TestClient, **parameters: str) -> dict[str, Any]:
    answer = client.get("/api/v1/nearby", params=parameters)
    assert answer.status_code == 200, answer.text
    body: dict[str, Any] = answer.json()
    return body


def _error(client: TestClient, path: str) -> tuple[int, dict[str, Any]]:
    answer = client.get(path)
    error: dict[str, Any] = answer.json()["error"]
    assert set(error) == {"code", "message", "details"}
    return answer.status_code, error


def test_the_answer_has_the_promised_shape(client: TestClient) -> None:
    answer = _nearby(client, municipality="函館市")
    assert set(answer) == {"place", "rungs"}
    assert answer["place"] == {
        "code": "012025",
        "prefecture": "北海道",
        "municipality": "函館市",
        "latitude": pytest.approx(41.77, abs=0.01),
        "longitude": pytest.approx(140.73, abs=0.01),
        "precision": "municipal_office",
    }
    assert [rung["rung"] for rung in answer["rungs"]] == RUNGS
    for rung in answer["rungs"]:
        assert rung["note"]
        for item in rung["items"]:
            assert set(item) >= ITEM_KEYS
            assert item["kind"] in {"program", "sheet", "measure", "network", "desk"}
    own, wide, around, national = (rung["items"] for rung in answer["rungs"])
    assert [(item["kind"], item["municipality"], item["distance_km"]) for item in own] == [("program", "函館市", 0.0)]
    assert [(item["kind"], item["distance_km"]) for item in wide] == [("desk", None), ("program", None)]
    assert (around[0]["municipality"], around[0]["kind"]) == ("七飯町", "program")
    assert 5 < around[0]["distance_km"] < 20
    assert {item["kind"] for item in national} == {"desk"}


def test_an_item_is_the_programme_that_the_search_gives_and_its_distance_besides(client: TestClient) -> None:
    (item,) = _nearby(client, municipality="函館市")["rungs"][0]["items"]
    program = client.get(f"/api/v1/programs/{item['id']}").json()
    assert {key: item[key] for key in program} == program
    assert set(item) - set(program) == {"distance_km", "note"}


def test_a_desk_says_who_answers_and_since_when_that_is_known(client: TestClient) -> None:
    desk = _nearby(client, prefecture="北海道")["rungs"][1]["items"][0]
    assert (desk["id"], desk["program_name"]) == ("pref-01", "北海道立女性相談支援センター")
    assert [(phone["number"], phone["role"]) for phone in desk["phones"]] == [("011-666-9955", "consultation")]
    assert all(source["name"] and source["seen"] for source in desk["source"]["sources"])
    assert desk["fiscal_year"] is None


@pytest.mark.parametrize(
    ("parameters", "code", "municipality"),
    [
        ({"municipality": "012025"}, "012025", "函館市"),
        ({"municipality": "日野町", "prefecture": "滋賀県"}, "253839", "日野町"),
        ({"municipality": "日野町", "prefecture": "31"}, "314021", "日野町"),
        ({"municipality": "札幌市中央区"}, "011002", "札幌市"),
        ({"municipality": "221384"}, "221309", "浜松市"),
        ({"municipality": "四条畷市"}, "272299", "四條畷市"),
        ({"postal": "100-0001"}, "131016", "千代田区"),
        ({"postal": "１０００００１"}, "131016", "千代田区"),
        ({"postal": "9791495"}, "075469", "双葉町"),
        ({"near": "43.06,141.35"}, "011002", "札幌市"),
        ({"near": " 24.33 , 123.82 "}, "473812", "竹富町"),
        ({"prefecture": "沖縄県"}, "47", None),
        ({"prefecture": "47"}, "47", None),
    ],
)
def test_a_place_can_be_said_in_each_way(
    client: TestClient, parameters: dict[str, str], code: str, municipality: str | None
) -> None:
    answer = _nearby(client, **parameters)
    assert (answer["place"]["code"], answer["place"]["municipality"]) == (code, municipality)
    assert any(rung["items"] for rung in answer["rungs"])


def test_of_a_prefecture_alone_no_coordinates_are_made_up(client: TestClient) -> None:
    place = _nearby(client, prefecture="沖縄県")["place"]
    assert (place["latitude"], place["longitude"], place["precision"]) == (None, None, "prefecture")


def test_a_position_says_that_the_office_is_the_nearest_one(client: TestClient) -> None:
    assert "いちばん近い役所は、札幌市です" in _nearby(client, near="43.06,141.35")["rungs"][0]["note"]
    assert "いちばん近い役所" not in _nearby(client, municipality="札幌市")["rungs"][0]["note"]


@pytest.mark.parametrize("path", ["/api/v1/nearby", "/api/v1/programs"])
@pytest.mark.parametrize(
    ("query", "candidates"),
    [
        ("municipality=日野町", {("滋賀県", "253839"), ("鳥取県", "314021")}),
        ("municipality=府中市", {("東京都", "132063"), ("広島県", "342084")}),
        ("postal=498-0000", {("愛知県", "232351"), ("三重県", "243035")}),
    ],
)
def test_what_several_places_share_asks_which_with_the_candidates(
    client: TestClient, path: str, query: str, candidates: set[tuple[str, str]]
) -> None:
    status, error = _error(client, f"{path}?{query}")
    assert (status, error["code"]) == (400, "ambiguous_place")
    assert {(one["prefecture"], one["code"]) for one in error["details"]} == candidates
    assert all(one["municipality"] for one in error["details"])


@pytest.mark.parametrize("path", ["/api/v1/nearby", "/api/v1/programs"])
@pytest.mark.parametrize(
    ("query", "code", "said"),
    [
        ("postal=100", "invalid_parameter", "100"),
        ("postal=abcdefg", "invalid_parameter", "abcdefg"),
        ("postal=999-9999", "unknown_postal_code", "999-9999"),
        ("near=35.18,129.08", "no_place_near", "35.18, 129.08"),
        ("near=141.35,43.06", "no_place_near", "141.35, 43.06"),
        ("near=43.06", "invalid_parameter", "43.06"),
        ("near=nan,inf", "invalid_parameter", "nan,inf"),
        ("near=43.06,141.35,1", "invalid_parameter", "43.06,141.35,1"),
        ("near=1e1,1e2", "invalid_parameter", "1e1,1e2"),
        ("municipality=札幌", "invalid_parameter", "札幌"),
        ("municipality=中央区札幌市", "invalid_parameter", "中央区札幌市"),
        ("municipality=011002&prefecture=鳥取県", "invalid_parameter", "011002"),
        ("municipality=札幌市中央区&prefecture=鳥取県", "invalid_parameter", "札幌市中央区"),
        ("prefecture=大阪", "invalid_parameter", "大阪"),
        ("municipality=札幌市&postal=1000001", "conflicting_parameters", "municipality"),
        ("near=43,141&postal=1000001", "conflicting_parameters", "near"),
        ("prefecture=01&near=43,141", "conflicting_parameters", "prefecture"),
        ("offer=stay", "invalid_parameter", "stay"),
        ("offer=training", "invalid_parameter", "training"),
        ("colour=red", "unknown_parameter", "colour"),
        ("postal=1000001&postal=1000002", "repeated_parameter", "postal"),
    ],
)
def test_a_place_that_cannot_be_is_refused_by_name(
    client: TestClient, path: str, query: str, code: str, said: str
) -> None:
    query = query if "offer" not in query else f"{query}&municipality=札幌市"
    status, error = _error(client, f"{path}?{query}")
    assert (status, error["code"]) == (400, code)
    assert said in error["message"]


def test_who_says_no_place_is_told_how_to(client: TestClient) -> None:
    status, error = _error(client, "/api/v1/nearby?offer=sns")
    assert (status, error["code"]) == (400, "missing_place")
    assert set(error["details"]["parameters"]) == {"municipality", "prefecture", "postal", "near"}
    assert _error(client, "/api/v1/nearby?municipality=札幌市&users=cats")[1]["code"] == "invalid_parameter"
    assert _error(client, "/api/v1/nearby?municipality=札幌市&q=a")[1]["code"] == "unknown_parameter"


def test_a_filter_leaves_only_what_offers_it_and_never_nothing(client: TestClient) -> None:
    answer = _nearby(client, municipality="大阪市", offer="ibasho")
    items = [item for rung in answer["rungs"] for item in rung["items"]]
    programs = [item for item in items if item["kind"] == "program"]
    assert programs
    assert all("ibasho" in {offer["id"] for offer in item["offers"]} for item in programs)
    assert [item for item in items if item["kind"] == "desk"]


@pytest.mark.parametrize(
    ("parameters", "total", "relaxed"),
    [
        ({"postal": "060-0000"}, 1, []),
        ({"near": "43.06,141.35"}, 1, []),
        ({"municipality": "札幌市中央区"}, 1, []),
        ({"postal": "060-0000", "q": "相談"}, 1, []),
    ],
)
def test_programmes_can_be_searched_by_postal_code_and_position(
    client: TestClient, parameters: dict[str, str], total: int, relaxed: list[Any]
) -> None:
    answer = client.get("/api/v1/programs", params=parameters).json()
    assert (answer["total"], answer["relaxed"]) == (total, relaxed)
    assert {item["municipality"] for item in answer["items"]} == {"札幌市"}


@pytest.mark.parametrize("parameters", PLACES, ids=str)
def test_both_engines_give_the_same_ladder_points_and_programmes(
    client: TestClient, over_a_server: TestClient, parameters: dict[str, str]
) -> None:
    def same(answer: Any) -> Any:
        """Ids are given at random when a programme is first seen, in each data folder anew."""
        if isinstance(answer, dict):
            return {
                key: same(value)
                for key, value in answer.items()
                if not (key in {"id", "program"} and "pref" not in str(value))
            }
        return [same(value) for value in answer] if isinstance(answer, list) else answer

    assert same(_nearby(client, **parameters)) == same(_nearby(over_a_server, **parameters))
    points = "/api/v1/points.geojson"
    assert same(client.get(points).json()) == same(over_a_server.get(points).json())
    asked = {key: value for key, value in parameters.items() if key != "users"}
    one, other = (side.get("/api/v1/programs", params=asked).json() for side in (client, over_a_server))
    assert same(one) == same(other)


def test_points_are_geojson_with_one_feature_for_each_municipality(client: TestClient) -> None:
    answer = client.get("/api/v1/points.geojson")
    assert answer.headers["content-type"] == "application/geo+json"
    collection = answer.json()
    assert collection["type"] == "FeatureCollection"
    assert len(collection["features"]) == 59
    offices = {place.code: place for place in municipalities()}
    labels = {kind.id: kind.label for kind in venue_kinds()}
    for feature in collection["features"]:
        assert (feature["type"], feature["geometry"]["type"]) == ("Feature", "Point")
        longitude, latitude = feature["geometry"]["coordinates"]
        about = feature["properties"]
        office = offices[about["code"]]
        assert (latitude, longitude) == (round(office.latitude, 5), round(office.longitude, 5))
        assert 122 < longitude < 154
        assert 20 < latitude < 46
        assert (about["prefecture"], about["municipality"]) == (office.prefecture.name, office.name)
        assert about["precision"] == "municipal_office"
        assert about["programs"]
        for venue in about["venues"]:
            assert venue["label"] == labels[venue["kind"]]
            assert venue["evidence"]
            assert venue["program"] in {one["id"] for one in about["programs"]}
            assert (venue["users"] == "pupils") == (venue["kind"] == "school")
    assert any(feature["properties"]["venues"] for feature in collection["features"])
    assert "27" not in {feature["properties"]["code"] for feature in collection["features"]}


def test_the_nearest_points_say_how_far_they_are(client: TestClient) -> None:
    everything = {one["properties"]["code"]: one for one in client.get("/api/v1/points.geojson").json()["features"]}
    features = client.get("/api/v1/points.geojson?near=43.06,141.35").json()["features"]
    assert [one["properties"]["municipality"] for one in features[:3]] == ["札幌市", "石狩市", "恵庭市"]
    distances = [one["properties"].pop("distance_km") for one in features]
    assert distances == sorted(distances)
    assert distances[0] < 1
    assert 10 < distances[1] < distances[2] < 30
    assert len(features) == 20
    for feature in features:
        assert everything[feature["properties"]["code"]] == feature


@pytest.mark.parametrize(
    ("query", "code"),
    [
        ("municipality=札幌市", "unknown_parameter"),
        ("near=35.18,129.08", "no_place_near"),
        ("near=somewhere", "invalid_parameter"),
    ],
)
def test_points_are_near_a_position_in_japan_or_all(client: TestClient, query: str, code: str) -> None:
    assert _error(client, f"/api/v1/points.geojson?{query}")[1]["code"] == code


def test_no_answer_names_who_runs_a_stay_or_where(demo_client: TestClient) -> None:
    paths = ["/api/v1/points.geojson", *(f"/api/v1/nearby?prefecture={one.code}" for one in prefectures())]
    paths += [f"/api/v1/nearby?municipality={code}" for code in ("132152", "132063", "041009", "102024")]
    for path in paths:
        answer = demo_client.get(path)
        assert answer.status_code == 200, path
        assert not [name for name in NAMES if name in answer.text], path
        for kind in ('"stay"', "シェルター", "短期宿泊"):
            assert path != "/api/v1/points.geojson" or kind not in answer.text


def test_other_sites_may_read_the_open_data(client: TestClient) -> None:
    for path in ("/api/v1/nearby?municipality=札幌市", "/api/v1/points.geojson", "/api/v1/nearby"):
        headers = client.get(path).headers
        assert headers["access-control-allow-origin"] == "*"
        assert headers["cache-control"] == "no-store"
        assert "set-cookie" not in headers


def test_nobody_who_reads_the_log_learns_a_place(client: TestClient, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    for query in (
        "near=26.2124,127.6809",
        "near=35.18,129.08",
        "postal=907-1751",
        "postal=999-9999",
        "municipality=日野町",
    ):
        client.get(f"/api/v1/nearby?{query}")
    written = "\n".join(record.getMessage() for record in caplog.records if record.name.startswith("tsunagari"))
    assert "/api/v1/nearby" in written
    for secret in ("26.21", "127.68", "35.18", "907", "999", "日野", "竹富", "那覇"):
        assert secret not in written


def test_only_reading_is_possible(client: TestClient) -> None:
    for path in ("/api/v1/nearby", "/api/v1/points.geojson"):
        answer = client.post(path)
        assert (answer.status_code, answer.json()["error"]["code"]) == (405, "method_not_allowed")
