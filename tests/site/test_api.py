"""The JSON API, as others rely on it."""

from __future__ import annotations

import pytest
from starlette.testclient import TestClient


def test_the_answer_has_the_promised_shape(client: TestClient) -> None:
    answer = client.get("/api/v1/programs", params={"q": "女性用品", "prefecture": "大阪府", "per_page": "2"}).json()
    assert set(answer) == {"total", "page", "per_page", "items", "facets", "relaxed"}
    assert (answer["total"], answer["page"], answer["per_page"], len(answer["items"])) == (7, 1, 2, 2)
    item = answer["items"][0]
    assert {
        "id", "kind", "prefecture", "municipality", "program_name", "description", "department", "phones", "fiscal_year", "offers", "source",
    } <= set(item)  # fmt: skip
    assert (item["kind"], item["prefecture"], item["municipality"], item["fiscal_year"]) == (
        "program",
        "大阪府",
        None,
        2021,
    )
    assert item["phones"] == [
        {
            "number": "06-6210-9321",
            "extension": None,
            "note": None,
            "role": "enquiry",
            "role_evidence": "事業の詳細についての問い合わせ先",
        }
    ]
    assert item["source"]["page"] == 9
    assert item["source"]["origin"] == "retyped"
    offer = item["offers"][0]
    evidence = offer["evidence"]
    assert item["description"][evidence["start"] : evidence["end"]] == evidence["text"]


def test_facets_are_counted_without_their_own_filter(client: TestClient) -> None:
    facets = client.get("/api/v1/programs", params={"prefecture": "27"}).json()["facets"]
    assert {"value": "大阪府", "code": "27", "count": 9} in facets["prefecture"]
    assert len(facets["prefecture"]) == 33
    assert {"value": "大阪市", "code": "271004", "count": 1} in facets["municipality"]
    assert facets["year"] == [{"value": "2021", "code": "2021", "count": 9}]
    assert facets["kind"] == [{"value": "program", "code": "program", "count": 9}]


def test_what_was_relaxed_is_told(client: TestClient) -> None:
    answer = client.get("/api/v1/programs", params={"q": "ナプキン パスポート"}).json()
    assert answer["relaxed"] == [{"code": "unknown_word", "text": "パスポート"}]


@pytest.mark.parametrize(
    ("parameters", "total"),
    [
        ({}, 82),
        ({"municipality": "札幌市"}, 1),
        ({"municipality": "011002"}, 1),
        ({"municipality": "日野町", "prefecture": "滋賀県"}, 1),
        ({"municipality": "四条畷市"}, 1),
        ({"offer": "period_products"}, 75),
        ({"year": "2021", "kind": "program"}, 82),
    ],
)
def test_filters(client: TestClient, parameters: dict[str, str], total: int) -> None:
    assert client.get("/api/v1/programs", params=parameters).json()["total"] == total


def test_one_programme_is_the_same_as_in_the_list(client: TestClient) -> None:
    item = client.get("/api/v1/programs?per_page=1").json()["items"][0]
    assert client.get(f"/api/v1/programs/{item['id']}").json() == item


def test_a_name_that_two_places_share_asks_which(client: TestClient) -> None:
    answer = client.get("/api/v1/programs", params={"municipality": "日野町"})
    assert answer.status_code == 400
    error = answer.json()["error"]
    assert error["code"] == "ambiguous_place"
    assert {(one["prefecture"], one["code"]) for one in error["details"]} == {
        ("滋賀県", "253839"),
        ("鳥取県", "314021"),
    }


@pytest.mark.parametrize(
    ("query", "code"),
    [
        ("page=0", "invalid_parameter"),
        ("page=-1", "invalid_parameter"),
        ("page=x", "invalid_parameter"),
        ("page=１", "invalid_parameter"),
        ("page=99999999999999999999", "invalid_parameter"),
        ("per_page=0", "invalid_parameter"),
        ("per_page=101", "invalid_parameter"),
        ("prefecture=大阪", "invalid_parameter"),
        ("prefecture=48", "invalid_parameter"),
        ("municipality=札幌", "invalid_parameter"),
        ("municipality=999999", "invalid_parameter"),
        ("offer=car", "invalid_parameter"),
        ("year=21", "invalid_parameter"),
        ("kind=desk", "invalid_parameter"),
        ("q=" + "あ" * 201, "invalid_parameter"),
        ("q=%ff", "invalid_parameter"),
        ("colour=red", "unknown_parameter"),
        ("q=a&q=b", "repeated_parameter"),
    ],
)
def test_a_parameter_that_cannot_be_is_refused_by_name(client: TestClient, query: str, code: str) -> None:
    answer = client.get(f"/api/v1/programs?{query}")
    assert answer.status_code == 400
    error = answer.json()["error"]
    assert set(error) == {"code", "message", "details"}
    assert error["code"] == code


@pytest.mark.parametrize(
    ("method", "path", "status", "code"),
    [
        ("GET", "/api/v1/programs/p0", 404, "unknown_program"),
        ("GET", "/api/v1/nothing", 404, "not_found"),
        ("POST", "/api/v1/programs", 405, "method_not_allowed"),
    ],
)
def test_errors_are_in_the_envelope(client: TestClient, method: str, path: str, status: int, code: str) -> None:
    answer = client.request(method, path)
    assert (answer.status_code, answer.json()["error"]["code"]) == (status, code)


def test_a_page_beyond_the_last_is_empty_so_that_reading_on_ends(client: TestClient) -> None:
    answer = client.get("/api/v1/programs?page=9999").json()
    assert (answer["total"], answer["page"], answer["items"]) == (82, 9999, [])


def test_other_sites_may_read_the_open_data(client: TestClient) -> None:
    headers = client.get("/api/v1/programs").headers
    assert headers["access-control-allow-origin"] == "*"
    assert headers["cross-origin-resource-policy"] == "cross-origin"
    assert "access-control-allow-origin" not in client.get("/").headers
