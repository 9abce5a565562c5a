"""The fake Meilisearch behaves as the official client, and as a real server, say it does.

Most tests run twice: against the fake, and against a real server when the environment names one
(`TSUNAGARI_TEST_MEILI_URL` on 127.0.0.1, `TSUNAGARI_TEST_MEILI_MASTER_KEY`). On a real server they only touch
indexes and keys that they have made themselves, and remove them.
"""

from __future__ import annotations

import http.client
import json
import os
import random
import threading
import time
import uuid
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

import pytest
from meilisearch import Client
from meilisearch.errors import MeilisearchApiError, MeilisearchCommunicationError, MeilisearchTimeoutError
from meilisearch.index import Index
from meilisearch.models.task import Task, TaskInfo

from .fake_meilisearch import CALLS, DOCS, MASTER_KEY, VERSION, FakeMeilisearch, running_fake

URL_VARIABLE = "TSUNAGARI_TEST_MEILI_URL"
KEY_VARIABLE = "TSUNAGARI_TEST_MEILI_MASTER_KEY"
REAL_URL, REAL_KEY = os.environ.get(URL_VARIABLE, ""), os.environ.get(KEY_VARIABLE, "")
needs_real_server = pytest.mark.skipif(
    not (REAL_URL and REAL_KEY),
    reason=f"no real Meilisearch to compare the fake with: set {URL_VARIABLE} and {KEY_VARIABLE}",
)

SETTINGS: dict[str, Any] = {
    "searchableAttributes": ["name", "place", "body"],
    "filterableAttributes": ["area", "offers"],
    "sortableAttributes": ["order"],
    "displayedAttributes": ["id"],
    "rankingRules": ["attributeRank", "order:asc"],
    "typoTolerance": {"enabled": False},
    "prefixSearch": "disabled",
    "pagination": {"maxTotalHits": 100_000},
    "faceting": {"maxValuesPerFacet": 2_000, "sortFacetValuesBy": {"*": "alpha"}},
}
ODD_VALUE = 'it\'s "quoted" \\ odd'
DOCUMENTS: list[dict[str, Any]] = [
    {"id": "p1", "name": "xaq", "place": "xbq xcq", "body": "xdq", "area": "13", "offers": ["K1", "k2"], "order": 5},
    {"id": "p2", "name": "xbq", "place": "", "body": "xaq", "area": "01", "offers": ["k1"], "order": 1},
    {"id": "p3", "place": "xaq xbq", "area": "01", "offers": [], "order": 2},
    {"id": "p4", "body": "xaq xbq", "area": ODD_VALUE, "offers": None, "order": 0},
    {"id": "p5", "body": ["xaqxbq", "xeq"], "area": "47", "offers": "k3", "order": 3},
]


@dataclass
class Server:
    """One of the two servers."""

    url: str
    master_key: str
    fake: FakeMeilisearch | None
    uid: str = field(default_factory=lambda: f"contract_{uuid.uuid4().hex[:12]}")
    keys: list[str] = field(default_factory=list)

    def client(self, key: str | None = None) -> Client:
        return Client(self.url, self.master_key if key is None else key, timeout=10)

    def new_key(self, actions: list[str], indexes: list[str]) -> str:
        made = self.client().create_key({"actions": actions, "indexes": indexes, "expiresAt": None})
        self.keys.append(made.uid)
        return made.key

    def wait(self, info: TaskInfo) -> Task:
        return self.client().wait_for_task(info.task_uid, timeout_in_ms=60_000, interval_in_ms=2)

    def done(self, info: TaskInfo) -> Task:
        task = self.wait(info)
        assert task.status == "succeeded", task.error
        return task

    def index(self, *, settings: dict[str, Any], documents: list[dict[str, Any]]) -> Index:
        client = self.client()
        self.done(client.create_index(self.uid, {"primaryKey": "id"}))
        index = client.index(self.uid)
        self.done(index.update_settings(settings))
        if documents:  # the client sends an empty list as `null`, which no server takes
            self.done(index.add_documents(documents, "id"))
        return index

    def clean(self) -> None:
        client = self.client()
        for index in client.get_indexes({"limit": 1000})["results"]:
            if index.uid.startswith(self.uid):
                self.wait(client.delete_index(index.uid))
        for key in self.keys if self.fake is None else []:
            client.delete_key(key)


@pytest.fixture(params=["fake", "real"] if REAL_URL and REAL_KEY else ["fake"])
def server(request: pytest.FixtureRequest) -> Iterator[Server]:
    if request.param == "real":
        real = Server(REAL_URL, REAL_KEY, None)
        yield real
        real.clean()
        return
    with running_fake(enqueued_polls=0) as fake:
        server = Server(fake.url, MASTER_KEY, fake)
        yield server
        server.clean()
        assert fake.refused == []


@pytest.fixture
def fake() -> Iterator[FakeMeilisearch]:
    with running_fake(enqueued_polls=0, processing_polls=0) as running:
        yield running


@pytest.fixture
def index(server: Server) -> Index:
    return server.index(settings=SETTINGS, documents=DOCUMENTS)


def search(index: Index, query: str | None, **options: Any) -> dict[str, Any]:
    return index.search(query or "", {"matchingStrategy": "all", **options})


def ids(index: Index, query: str | None, **options: Any) -> list[Any]:
    return [hit["id"] for hit in search(index, query, **options)["hits"]]


def error_of(index: Index, **options: Any) -> str | None:
    with pytest.raises(MeilisearchApiError) as caught:
        search(index, "", **options)
    return caught.value.code


# --- what both servers do ---


def test_health_and_version(server: Server) -> None:
    assert server.client(key="nobody").health() == {"status": "available"}
    assert server.client().get_version()["pkgVersion"].rpartition(".")[0] == VERSION.rpartition(".")[0]


def test_an_index_is_made_listed_counted_and_deleted(server: Server) -> None:
    client = server.client()
    for suffix in ("_b", "_a"):
        created = server.done(client.create_index(server.uid + suffix, {"primaryKey": "id"}))
        assert created.type == "indexCreation"
    listed = [index.uid for index in client.get_indexes({"limit": 1000})["results"]]
    assert [uid for uid in listed if uid.startswith(server.uid)] == [server.uid + "_a", server.uid + "_b"]
    one = client.get_raw_indexes({"offset": listed.index(server.uid + "_b"), "limit": 1})
    assert [index["uid"] for index in one["results"]] == [server.uid + "_b"]  # type: ignore[call-overload]
    index = client.index(server.uid + "_a")
    server.done(index.add_documents(DOCUMENTS, "id"))
    stats = index.get_stats()
    assert (stats.number_of_documents, stats.is_indexing) == (len(DOCUMENTS), False)
    deleted = server.done(client.delete_index(server.uid + "_a"))
    assert deleted.details is not None
    assert deleted.details["deletedDocuments"] == len(DOCUMENTS)
    with pytest.raises(MeilisearchApiError) as caught:
        index.get_stats()
    assert (caught.value.status_code, caught.value.code) == (404, "index_not_found")


def test_settings_are_shown_as_they_were_given(server: Server, index: Index) -> None:
    shown = index.get_settings()
    assert {key: shown[key] for key in SETTINGS if key != "typoTolerance"} == {
        key: value for key, value in SETTINGS.items() if key != "typoTolerance"
    }
    assert shown["typoTolerance"]["enabled"] is False
    server.done(index.update_settings({"pagination": {"maxTotalHits": None}, "prefixSearch": None}))
    shown = index.get_settings()
    assert (shown["pagination"], shown["prefixSearch"]) == ({"maxTotalHits": 1000}, "indexingTime")
    assert shown["rankingRules"] == SETTINGS["rankingRules"]


def test_the_order_is_the_sum_of_the_best_attributes_then_the_number_given(index: Index) -> None:
    assert ids(index, "xaq") == ["p1", "p3", "p4", "p2"]
    assert ids(index, "xbq xaq") == ["p1", "p2", "p3", "p4"]
    assert ids(index, "xcq xdq") == ["p1"]
    assert ids(index, "") == ["p4", "p2", "p3", "p5", "p1"]
    assert ids(index, None) == ids(index, "   ") == ids(index, "")


def test_a_repeated_word_counts_again(index: Index) -> None:
    assert ids(index, "xaq xaq xbq") == ["p1", "p3", "p2", "p4"]


def test_joined_query_words_find_the_word_that_they_form_and_the_other_way_round(index: Index) -> None:
    assert ids(index, "xaq xbq") == ["p1", "p2", "p3", "p4", "p5"]
    assert ids(index, "xaqxbq") == ["p3", "p4", "p5"]


def test_words_are_compared_whole_without_case(index: Index) -> None:
    assert ids(index, "xa") == []
    assert ids(index, "XAQ") == ids(index, "xaq")


def test_the_eleventh_word_is_ignored(index: Index) -> None:
    assert ids(index, " ".join(["xcq"] * 9 + ["nothing"])) == []
    assert ids(index, " ".join(["xcq"] * 10 + ["nothing"])) == ["p1"]


def test_a_word_of_more_than_250_bytes_is_not_indexed(server: Server) -> None:
    words = ["a" * 250, "b" * 251]
    index = server.index(settings=SETTINGS, documents=[{"id": 1, "body": " ".join(words)}])
    assert [ids(index, word) for word in words] == [[1], []]


@pytest.mark.parametrize(
    ("missing", "query", "found"),
    [
        ("prefixSearch", "xcxcx", [1]),
        ("prefixSearch", "xcxcx ", []),
        ("prefixSearch", "xcxcx xaxaq", []),
        ("prefixSearch", "xaxaq xcxcx", [1]),
        ("typoTolerance", "xcxcxx", [1]),
        ("typoTolerance", "xccxxq", [1]),
        ("typoTolerance", "xdxxxq", []),
        ("typoTolerance", "ycxcxq", []),
        ("typoTolerance", "xcxcx", [1]),
        ("typoTolerance", "xcxc", []),
    ],
)
def test_a_missing_setting_is_noticed(server: Server, missing: str, query: str, found: list[int]) -> None:
    settings = {key: value for key, value in SETTINGS.items() if key != missing}
    index = server.index(settings=settings, documents=[{"id": 1, "body": "xaxaq xcxcxq"}])
    assert ids(index, query) == found
    server.done(index.update_settings({missing: SETTINGS[missing]}))
    assert ids(index, query) == []
    assert ids(index, "xaxaq") == [1]


FILTERS: list[tuple[Any, list[str]]] = [
    ('area = "01"', ["p2", "p3"]),
    ("area = '01'", ["p2", "p3"]),
    ("area=01", ["p2", "p3"]),
    ('area = "1"', []),
    (['area IN ["01", "13"]'], ["p2", "p3", "p1"]),
    (['area IN ["01","13"]', 'offers = "K1"'], ["p2", "p1"]),
    ([['area = "01"', 'area = "47"'], ['offers = "k1"', 'offers = "k3"']], ["p2", "p5"]),
    ([['area = "01"'], []], ["p2", "p3"]),
    ("area IN []", []),
    ([], ["p4", "p2", "p3", "p5", "p1"]),
    ("", ["p4", "p2", "p3", "p5", "p1"]),
    (None, ["p4", "p2", "p3", "p5", "p1"]),
    ('area = "it\'s \\"quoted\\" \\\\ odd"', ["p4"]),
    ("area IN ['it\\'s \"quoted\" \\\\ odd']", ["p4"]),
]


def test_filters(index: Index) -> None:
    for given, found in FILTERS:
        assert ids(index, "", filter=given) == found, given
    assert ids(index, "xaq", filter='area = "01"') == ["p3", "p2"]


def test_what_cannot_be_filtered_or_counted(index: Index) -> None:
    assert error_of(index, filter='order = "1"') == "invalid_search_filter"
    assert error_of(index, filter=[['area = "01"', 'body = "xaq"']]) == "invalid_search_filter"
    assert error_of(index, filter=3) == "invalid_search_filter"
    assert error_of(index, facets=["area", "order"]) == "invalid_search_facets"


def test_facets_count_what_was_found(index: Index) -> None:
    counted = search(index, "xaq", facets=["area", "offers"], hitsPerPage=0)
    assert counted["hits"] == []
    assert counted["totalHits"] == 4
    assert counted["facetDistribution"] == {
        "area": {"01": 2, "13": 1, ODD_VALUE: 1},
        "offers": {"K1": 2, "k2": 1},
    }
    filtered = search(index, "", facets=["area"], filter='offers = "k3"')
    assert filtered["facetDistribution"] == {"area": {"47": 1}}
    assert "facetDistribution" not in search(index, "", facets=[])


def test_facet_values_end_at_the_setting(server: Server) -> None:
    documents = [{"id": n, "area": f"{n:03}", "offers": str(n % 3)} for n in range(130)]
    settings = {key: value for key, value in SETTINGS.items() if key != "faceting"}
    index = server.index(settings=settings, documents=documents)
    areas = search(index, "", facets=["area"])["facetDistribution"]["area"]
    assert list(areas) == [f"{n:03}" for n in range(100)]
    server.done(index.update_settings({"faceting": {"maxValuesPerFacet": 2, "sortFacetValuesBy": {"*": "count"}}}))
    offers = search(index, "", facets=["offers"])["facetDistribution"]["offers"]
    assert offers == {"0": 44, "2": 43}


def test_pages_have_exact_totals(index: Index) -> None:
    answer = search(index, "xaq", page=2, hitsPerPage=3)
    assert {key: value for key, value in answer.items() if key not in ("processingTimeMs", "requestUid")} == {
        "hits": [{"id": "p2"}],
        "query": "xaq",
        "hitsPerPage": 3,
        "page": 2,
        "totalPages": 2,
        "totalHits": 4,
    }
    nothing = search(index, "xaq", page=3, hitsPerPage=3)
    assert (nothing["hits"], nothing["totalHits"]) == ([], 4)
    none = search(index, "xaq", hitsPerPage=0)
    assert (none["hits"], none["totalPages"], none["totalHits"]) == ([], 0, 4)
    assert search(index, "xaq", page=1)["hitsPerPage"] == 20


def test_offset_and_limit_have_an_estimate(index: Index) -> None:
    answer = search(index, "xaq", offset=1, limit=2)
    assert [hit["id"] for hit in answer["hits"]] == ["p3", "p4"]
    assert (answer["offset"], answer["limit"], answer["estimatedTotalHits"]) == (1, 2, 4)
    assert "totalHits" not in answer


def test_hits_end_at_max_total_hits_and_totals_do_not(server: Server) -> None:
    settings = {key: value for key, value in SETTINGS.items() if key != "pagination"}
    documents = [{"id": n, "body": "xaq", "order": n} for n in range(1_100)]
    index = server.index(settings=settings, documents=documents)
    last = search(index, "xaq", page=3, hitsPerPage=400)
    assert [hit["id"] for hit in last["hits"]] == list(range(800, 1_000))
    assert (last["totalHits"], last["totalPages"]) == (1_100, 3)
    assert len(ids(index, "", limit=1_100)) == 1_000
    server.done(index.update_settings({"pagination": SETTINGS["pagination"]}))
    assert len(ids(index, "xaq", page=3, hitsPerPage=400)) == 300


def test_hits_show_what_is_displayed_and_asked_for(server: Server, index: Index) -> None:
    assert search(index, "xeq")["hits"] == [{"id": "p5"}]
    assert search(index, "xeq", attributesToRetrieve=["area"])["hits"] == [{}]
    server.done(index.update_settings({"displayedAttributes": ["*"]}))
    assert search(index, "xeq", attributesToRetrieve=["area", "order"])["hits"] == [{"area": "47", "order": 3}]
    assert search(index, "xeq")["hits"] == [DOCUMENTS[4]]


@pytest.mark.usefixtures("index")
def test_several_queries_in_one_request(server: Server) -> None:
    every = {"indexUid": server.uid, "matchingStrategy": "all"}
    answer = server.client().multi_search(
        [
            {**every, "q": "xaq", "page": 1, "hitsPerPage": 1},
            {**every, "q": "", "filter": ['area = "01"'], "facets": ["offers"], "limit": 0},
        ]
    )
    first, second = answer["results"]
    assert (first["indexUid"], first["hits"], first["totalHits"]) == (server.uid, [{"id": "p1"}], 4)
    assert (second["hits"], second["facetDistribution"]) == ([], {"offers": {"k1": 1}})
    with pytest.raises(MeilisearchApiError, match=r"Inside `.queries\[1\]`") as caught:
        server.client().multi_search([{**every, "q": ""}, {**every, "q": "", "filter": "body = x"}])
    assert (caught.value.status_code, caught.value.code) == (400, "invalid_search_filter")
    with pytest.raises(MeilisearchApiError) as caught:
        server.client().multi_search([{**every, "indexUid": server.uid + "_missing", "q": ""}])
    assert (caught.value.status_code, caught.value.code) == (400, "index_not_found")


def test_documents_with_the_same_id_are_replaced(server: Server, index: Index) -> None:
    again = server.done(index.add_documents([{"id": "p1", "body": "xnew"}, {"id": "p9", "name": "xnew"}]))
    assert again.details is not None
    assert again.details["indexedDocuments"] == 2
    assert index.get_stats().number_of_documents == len(DOCUMENTS) + 1
    assert (ids(index, "xnew"), ids(index, "xcq")) == (["p9", "p1"], [])


def test_documents_sent_in_batches(server: Server) -> None:
    index = server.index(settings=SETTINGS, documents=[])
    for info in index.add_documents_in_batches(DOCUMENTS, batch_size=2, primary_key="id"):
        server.done(info)
    assert index.get_stats().number_of_documents == len(DOCUMENTS)


def test_failed_tasks_have_an_error_and_no_effect(server: Server, index: Index) -> None:
    cases = [
        (index.add_documents([{"id": "fine"}, {"id": "not fine"}]), "invalid_document_id"),
        (index.add_documents([{"name": "no id"}]), "missing_document_id"),
        (index.add_documents([{"id": 1, "other": 2}], "other"), "index_primary_key_already_exists"),
        (server.client().create_index(server.uid), "index_already_exists"),
        (server.client().delete_index(server.uid + "_missing"), "index_not_found"),
    ]
    for info, code in cases:
        task = server.wait(info)
        assert task.error is not None
        assert (task.status, task.error["code"]) == ("failed", code)
        assert task.error.keys() == {"message", "code", "type", "link"}
    assert index.get_stats().number_of_documents == len(DOCUMENTS)


def test_a_primary_key_that_nobody_named_is_guessed(server: Server) -> None:
    index = server.client().index(server.uid)
    server.done(index.add_documents([{"number_id": 1}]))
    shown = server.client().get_indexes({"limit": 1000})["results"]
    assert [one.primary_key for one in shown if one.uid == server.uid] == ["number_id"]


@pytest.mark.usefixtures("index")
def test_a_search_key_searches_its_indexes_and_nothing_else(server: Server) -> None:
    key = server.new_key(["search"], ["contract_*"])
    mine = server.client(key)
    assert ids(mine.index(server.uid), "xeq") == ["p5"]
    forbidden = [
        lambda: search(mine.index("programs"), ""),
        lambda: mine.multi_search([{"indexUid": "programs", "q": "", "matchingStrategy": "all"}]),
        lambda: mine.index(server.uid).get_stats(),
        lambda: mine.index(server.uid).add_documents(DOCUMENTS),
        lambda: mine.delete_index(server.uid),
        mine.get_keys,
        mine.get_version,
    ]
    for attempt in forbidden:
        with pytest.raises(MeilisearchApiError) as caught:
            attempt()
        assert (caught.value.status_code, caught.value.code) == (403, "invalid_api_key")
    assert key in {known.key for known in server.client().get_keys({"limit": 1000}).results}


@pytest.mark.usefixtures("index")
def test_a_key_for_imports_sees_its_own_indexes_only(server: Server) -> None:
    actions = ["indexes.*", "documents.add", "settings.update", "tasks.get", "stats.get"]
    mine = server.client(server.new_key(actions, [server.uid + "_b*"]))
    assert mine.get_indexes()["results"] == []
    info = mine.create_index(server.uid + "_b1", {"primaryKey": "id"})
    assert mine.wait_for_task(info.task_uid).status == "succeeded"
    assert [one.uid for one in mine.get_indexes()["results"]] == [server.uid + "_b1"]
    with pytest.raises(MeilisearchApiError) as caught:
        mine.create_index(server.uid + "_c")
    assert caught.value.status_code == 403
    with pytest.raises(MeilisearchApiError) as caught:
        mine.get_task(info.task_uid - 1)
    assert (caught.value.status_code, caught.value.code) == (404, "task_not_found")


def test_a_wrong_key_and_no_key(server: Server) -> None:
    with pytest.raises(MeilisearchApiError) as caught:
        server.client("wrong").get_indexes()
    assert (caught.value.status_code, caught.value.code, caught.value.type) == (403, "invalid_api_key", "auth")
    assert caught.value.link == "https://docs.meilisearch.com/errors#invalid_api_key"
    answer = ask(server.url, "GET", "/indexes", None, None)
    assert (answer[0], answer[1]["code"]) == (401, "missing_authorization_header")


# --- the two servers, answer by answer ---


def ask(url: str, method: str, path: str, body: Any, key: str | None) -> tuple[int, Any]:
    """One request without the client, so that a status and a body can be compared as they are."""
    connection = http.client.HTTPConnection(urlsplit(url).netloc, timeout=30)
    headers = {"Connection": "close"} | ({"Authorization": f"Bearer {key}"} if key is not None else {})
    content = body if isinstance(body, str) else json.dumps(body)
    try:
        if body is None:
            connection.request(method, path, headers=headers)
        else:
            connection.request(method, path, content.encode(), headers | {"Content-Type": "application/json"})
        response = connection.getresponse()
        text = response.read().decode()
        return response.status, json.loads(text) if text else None
    finally:
        connection.close()


OWN_TO_A_SERVER = {
    "batchUid",
    "createdAt",
    "updatedAt",
    "commitDate",
    "commitSha",
    "duration",
    "enqueuedAt",
    "startedAt",
    "finishedAt",
    "processingTimeMs",
    "requestUid",
    "taskUid",
    "rawDocumentDbSize",
    "avgDocumentSize",
    "key",
}


def comparable(value: Any, key: str = "") -> Any:
    """An answer without what differs from server to server; facet counts keep their order."""
    if isinstance(value, dict):
        kept = {name: comparable(item, name) for name, item in value.items() if name not in OWN_TO_A_SERVER}
        if key == "facetDistribution":
            return {name: list(counts.items()) for name, counts in kept.items()}
        if isinstance(kept.get("uid"), int):
            del kept["uid"]
        return kept
    if isinstance(value, list):
        return [comparable(item) for item in value]
    if key == "message":
        # A real server adds the place in a filter on a second line, and names places in JSON in its own words.
        return value.partition("\n")[0].partition(" malformed.")[0]
    return value


def both_answer(fake: FakeMeilisearch, method: str, path: str, body: Any = None, key: str | None = "master") -> Any:
    """Asks both servers, asserts that they say the same, and returns what the fake said; waits for tasks."""
    answers = []
    for url, master in ((REAL_URL, REAL_KEY), (fake.url, MASTER_KEY)):
        status, answer = ask(url, method, path, body, master if key == "master" else key)
        task = None
        while status == 202 and (task is None or task["status"] in ("enqueued", "processing")):
            time.sleep(0.002)
            task = ask(url, "GET", f"/tasks/{answer['taskUid']}", None, master)[1]
        answers.append((status, answer, task))
    real, faked = ((status, comparable(answer), comparable(task)) for status, answer, task in answers)
    assert faked == real, f"{method} {path} {body}"
    return answers[1][1]


ERRORS: list[tuple[str, str, Any]] = [
    ("GET", "/indexes?limit=x", None),
    ("GET", "/indexes?offset=-1", None),
    ("GET", "/tasks/x", None),
    ("GET", "/tasks/987654321", None),
    ("GET", "/indexes/{uid}_missing/stats", None),
    ("GET", "/indexes/{uid}_missing/settings", None),
    ("POST", "/indexes/{uid}_missing/search", {"q": "", "matchingStrategy": "all"}),
    ("POST", "/indexes", {"primaryKey": "id"}),
    ("POST", "/indexes", {"uid": "not good"}),
    ("POST", "/indexes", {"uid": 3}),
    ("POST", "/indexes", {"uid": "x", "primaryKey": 3}),
    ("POST", "/indexes", "{"),
    ("POST", "/indexes", ""),
    ("POST", "/indexes", []),
    ("DELETE", "/indexes/not%20good", None),
    ("DELETE", "/indexes/{uid}_missing", None),
    ("PATCH", "/indexes/{uid}/settings", {"searchableAttributes": "name"}),
    ("PATCH", "/indexes/{uid}/settings", {"searchableAttributes": [3]}),
    ("PATCH", "/indexes/{uid}/settings", {"rankingRules": ["best"]}),
    ("PATCH", "/indexes/{uid}/settings", {"rankingRules": ["order:up"]}),
    ("PATCH", "/indexes/{uid}/settings", {"prefixSearch": "no"}),
    ("PATCH", "/indexes/{uid}/settings", {"prefixSearch": 3}),
    ("PATCH", "/indexes/{uid}/settings", {"typoTolerance": {"enabled": "no"}}),
    ("PATCH", "/indexes/{uid}/settings", {"typoTolerance": False}),
    ("PATCH", "/indexes/{uid}/settings", {"pagination": {"maxTotalHits": 0}}),
    ("PATCH", "/indexes/{uid}/settings", {"pagination": {"maxTotalHits": -1}}),
    ("PATCH", "/indexes/{uid}/settings", {"faceting": {"maxValuesPerFacet": "x"}}),
    ("PATCH", "/indexes/{uid}/settings", {"faceting": {"sortFacetValuesBy": {"*": "size"}}}),
    ("PATCH", "/indexes/{uid}/settings", {"faceting": {"sortFacetValuesBy": {"area": 3}}}),
    ("PATCH", "/indexes/{uid}/settings", None),
    ("POST", "/indexes/{uid}/documents", [{"name": "no id"}]),
    ("POST", "/indexes/{uid}/documents", [{"id": "not good"}]),
    ("POST", "/indexes/{uid}/documents", [{"id": 1.5}]),
    ("POST", "/indexes/{uid}/documents", "null"),
    ("POST", "/indexes/{uid}/documents", ""),
    ("POST", "/indexes/{uid}/documents?primaryKey=other", [{"id": 1, "other": 2}]),
    ("POST", "/indexes/{uid}_guess/documents", [{"name": "no id"}]),
    ("POST", "/indexes/{uid}_guess/documents", [{"a_id": 1, "b_id": 2}]),
    ("POST", "/indexes/{uid}/search", {"q": 3}),
    ("POST", "/indexes/{uid}/search", {"limit": -1}),
    ("POST", "/indexes/{uid}/search", {"limit": None}),
    ("POST", "/indexes/{uid}/search", {"limit": 1.5}),
    ("POST", "/indexes/{uid}/search", {"page": "x"}),
    ("POST", "/indexes/{uid}/search", {"hitsPerPage": True}),
    ("POST", "/indexes/{uid}/search", {"facets": "area"}),
    ("POST", "/indexes/{uid}/search", {"facets": ["area", 3]}),
    ("POST", "/indexes/{uid}/search", {"facets": ["order"], "matchingStrategy": "all"}),
    ("POST", "/indexes/{uid}/search", {"attributesToRetrieve": "id"}),
    ("POST", "/indexes/{uid}/search", {"filter": "order = 3", "matchingStrategy": "all"}),
    ("POST", "/indexes/{uid}/search", {"filter": {"area": 3}, "matchingStrategy": "all"}),
    ("POST", "/indexes/{uid}/search", {"filter": [3], "matchingStrategy": "all"}),
    ("POST", "/indexes/{uid}/search", {"filter": [[["area = 1"]]], "matchingStrategy": "all"}),
    ("POST", "/indexes/{uid}/search", {"matchingStrategy": "some"}),
    ("POST", "/indexes/{uid}/search", {"matchingStrategy": None}),
    ("POST", "/indexes/{uid}/search", []),
    ("POST", "/indexes/{uid}_bare/search", {"facets": ["area"], "matchingStrategy": "all"}),
    ("POST", "/indexes/{uid}_bare/search", {"filter": "area = 3", "matchingStrategy": "all"}),
    ("POST", "/multi-search", {}),
    ("POST", "/multi-search", {"queries": 3}),
    ("POST", "/multi-search", {"queries": [3]}),
    ("POST", "/multi-search", {"queries": [{"q": ""}]}),
    ("POST", "/multi-search", {"queries": [{"indexUid": "not good", "q": ""}]}),
    ("POST", "/multi-search", {"queries": [{"indexUid": 3, "q": ""}]}),
    ("POST", "/multi-search", {"queries": [{"indexUid": "{uid}", "limit": -1}]}),
    ("POST", "/keys", {"actions": ["search"], "indexes": ["*"]}),
    ("POST", "/keys", {"actions": ["search"], "expiresAt": None}),
    ("POST", "/keys", {"indexes": ["*"], "expiresAt": None}),
    ("POST", "/keys", {"actions": "search", "indexes": ["*"], "expiresAt": None}),
    ("POST", "/keys", {"actions": ["search"], "indexes": ["not good"], "expiresAt": None}),
    ("POST", "/keys", {"actions": ["version"], "indexes": ["programs*"], "expiresAt": None}),
]
SEARCHES: list[dict[str, Any]] = [
    {"q": "xaq", "page": 1, "hitsPerPage": 2, "facets": ["offers", "area"]},
    {"q": None, "page": None, "hitsPerPage": None, "facets": None, "attributesToRetrieve": None, "filter": None},
    {"q": "xaq", "page": 0},
    {"q": "xaq", "page": 9, "hitsPerPage": 2},
    {"q": "xaq", "hitsPerPage": 0, "facets": ["area", "area"]},
    {"q": "xaq", "offset": 3, "limit": 9},
    {"q": "xaq", "offset": 9, "limit": 0},
    {"q": "xaq", "limit": 3, "page": 1},
    {"facets": []},
    {"q": "nothing", "facets": ["area"]},
    {"attributesToRetrieve": []},
    {"attributesToRetrieve": ["*"]},
    {"attributesToRetrieve": ["id", "nothing"]},
    *({"filter": given, "facets": ["area", "offers"]} for given, _ in FILTERS),
]


@pytest.fixture
def pair(fake: FakeMeilisearch) -> Iterator[tuple[FakeMeilisearch, str]]:
    """The fake beside a real server, and the name of an index that either may have."""
    real = Server(REAL_URL, REAL_KEY, None)
    yield fake, real.uid
    real.clean()


def filled(fake: FakeMeilisearch, uid: str, settings: dict[str, Any], documents: list[dict[str, Any]]) -> None:
    """Makes the same index on both servers."""
    both_answer(fake, "POST", "/indexes", {"uid": uid, "primaryKey": "id"})
    both_answer(fake, "PATCH", f"/indexes/{uid}/settings", settings)
    both_answer(fake, "POST", f"/indexes/{uid}/documents?primaryKey=id", documents)


@needs_real_server
def test_every_call_of_the_table_is_answered_as_a_real_server_does(pair: tuple[FakeMeilisearch, str]) -> None:
    fake, uid = pair
    both_answer(fake, "GET", "/health", key=None)
    both_answer(fake, "GET", "/version")
    filled(fake, uid, SETTINGS, DOCUMENTS)
    both_answer(fake, "POST", "/indexes", {"uid": uid})
    both_answer(fake, "POST", "/indexes", {"uid": f"{uid}_bare", "primaryKey": None})
    for path in ("settings", "stats"):
        both_answer(fake, "GET", f"/indexes/{uid}/{path}")
        both_answer(fake, "GET", f"/indexes/{uid}_bare/{path}")
    for query in SEARCHES:
        both_answer(fake, "POST", f"/indexes/{uid}/search", {"matchingStrategy": "all", **query})
    queries = [{"indexUid": uid, "matchingStrategy": "all", **query} for query in SEARCHES]
    both_answer(fake, "POST", "/multi-search", {"queries": queries, "federation": None})
    both_answer(fake, "POST", "/multi-search", {"queries": []})
    for method, path, body in ERRORS:
        named = json.loads(json.dumps(body).replace("{uid}", uid)) if isinstance(body, dict) else body
        both_answer(fake, method, path.replace("{uid}", uid), named)
    for call in CALLS:
        for key in (None, "wrong"):
            path = call.path.replace("{uid}", uid).replace("{task}", "0")
            both_answer(fake, call.method, path, {} if call.body else None, key)
    changes = {"displayedAttributes": None, "typoTolerance": {"enabled": None}, "faceting": None, "rankingRules": None}
    both_answer(fake, "PATCH", f"/indexes/{uid}/settings", changes)
    both_answer(fake, "PATCH", f"/indexes/{uid}/settings", {"faceting": {"sortFacetValuesBy": {"area": "count"}}})
    both_answer(fake, "GET", f"/indexes/{uid}/settings")
    both_answer(fake, "POST", f"/indexes/{uid}/documents", [{"id": 1}, {"id": "1", "name": "xaq"}])
    both_answer(fake, "POST", f"/indexes/{uid}/documents", [])
    both_answer(fake, "GET", f"/indexes/{uid}/stats")
    both_answer(fake, "DELETE", f"/indexes/{uid}")
    assert fake.refused == []


@needs_real_server
def test_keys_are_answered_as_a_real_server_does(pair: tuple[FakeMeilisearch, str]) -> None:
    fake, uid = pair
    filled(fake, uid, SETTINGS, DOCUMENTS)
    wanted = {"uid": str(uuid.uuid4()), "name": "search", "indexes": [f"{uid}*"], "expiresAt": None}
    made = both_answer(fake, "POST", "/keys", {**wanted, "actions": ["search"]})
    try:
        both_answer(fake, "POST", "/keys", {**wanted, "actions": ["search"]})
        listed = Client(REAL_URL, REAL_KEY).get_keys({"limit": 1000}).results
        (real,) = [key.key for key in listed if key.uid == made["uid"]]
        body = {"q": "xaq", "matchingStrategy": "all"}
        cases: list[tuple[str, str, Any]] = [
            ("POST", f"/indexes/{uid}/search", body),
            ("POST", f"/indexes/{uid}_missing/search", body),
            ("POST", "/indexes/programs/search", body),
            ("POST", "/multi-search", {"queries": [{"indexUid": uid, **body}]}),
            ("POST", "/multi-search", {"queries": [{"indexUid": "programs", **body}]}),
            ("GET", f"/indexes/{uid}/stats", None),
            ("GET", "/keys", None),
        ]
        for method, path, content in cases:
            answers = [ask(url, method, path, content, key) for url, key in ((REAL_URL, real), (fake.url, made["key"]))]
            assert comparable(list(answers[1])) == comparable(list(answers[0])), path
    finally:
        Client(REAL_URL, REAL_KEY).delete_key(made["uid"])


@needs_real_server
@pytest.mark.parametrize("missing", ["", "prefixSearch", "typoTolerance"])
def test_random_queries_are_answered_as_a_real_server_does(pair: tuple[FakeMeilisearch, str], missing: str) -> None:
    fake, uid = pair
    chance = random.Random(f"seven{missing}")  # noqa: S311
    words = [f"x{letters}q" for letters in ("aaaaa", "aaaab", "aabaa", "abcdefgh", "abcdefgi", "ab", "cc", "pppp")]
    words += ["xabqxccq", "xccqxabq"]

    def text(most: int) -> str:
        return " ".join(chance.choices(words, k=chance.randint(0, most)))

    documents = [
        {
            "id": number,
            **{name: text(most) for name, most in (("name", 1), ("place", 2), ("body", 4))},
            "area": chance.choice(["01", "13", "Ａ", "a", "B"]),
            "offers": chance.sample(["meals", "Stay", "talk"], k=chance.randint(0, 3)),
            **({"order": chance.choice([chance.randint(0, 9), -1.5, "later", None])} if number % 5 else {}),
        }
        for number in range(80)
    ]
    filled(fake, uid, {key: value for key, value in SETTINGS.items() if key != missing}, documents)
    for _ in range(300):
        query = text(3)
        if missing and query:
            cut = chance.randint(1, len(query))
            query = query[:-cut] if missing == "prefixSearch" else query[:cut] + chance.choice("abq") + query[cut + 1 :]
        options: dict[str, Any] = {"facets": ["area", "offers"], "hitsPerPage": 100}
        if chance.random() < 0.5:
            options["filter"] = [f"area = {chance.choice(['01', 'A', 'b'])}", ['offers IN ["meals"]', "offers = stay"]]
        both_answer(fake, "POST", f"/indexes/{uid}/search", {"q": query.strip(), "matchingStrategy": "all", **options})


# --- what only the fake does ---


def test_the_table_names_a_page_for_every_call_and_every_call_has_an_answer(fake: FakeMeilisearch) -> None:
    assert all(call.page.startswith(DOCS) and len(call.page) > len(DOCS) for call in CALLS)
    for call in CALLS:
        path = call.path.replace("{uid}", "missing").replace("{task}", "0")
        status, answer = ask(fake.url, call.method, path, {} if call.body else None, MASTER_KEY)
        assert status != 500
        assert answer.get("code") != "not_found"


@pytest.mark.parametrize(
    ("method", "path", "body", "status"),
    [
        ("GET", "/", None, 404),
        ("GET", "/stats", None, 404),
        ("GET", "/indexes/programs", None, 404),
        ("GET", "/indexes/", None, 404),
        ("PUT", "/indexes/programs/documents", [{"id": 1}], 404),
        ("DELETE", "/health", None, 404),
        ("POST", "/swap-indexes", [], 404),
        ("GET", "/indexes?from=3", None, 400),
        ("GET", "/indexes/programs/stats?sizeFormat=human", None, 400),
        ("POST", "/indexes", {"uid": "programs", "name": "Programmes"}, 400),
        ("PATCH", "/indexes/programs/settings", {"stopWords": ["a"]}, 400),
        ("PATCH", "/indexes/programs/settings", {"typoTolerance": {"disableOnWords": ["a"]}}, 400),
        ("PATCH", "/indexes/programs/settings", {"filterableAttributes": [{"attributePatterns": ["a"]}]}, 400),
        ("POST", "/indexes/programs/documents", {"id": 1}, 400),
        ("POST", "/indexes/programs/documents", [{"id": 1, "place": {"area": "01"}}], 400),
        ("POST", "/indexes/programs/search", {"q": "a"}, 400),
        ("POST", "/indexes/programs/search", {"q": "a", "matchingStrategy": "frequency"}, 400),
        ("POST", "/indexes/programs/search", {"q": "a", "matchingStrategy": "all", "sort": ["order:asc"]}, 400),
        ("POST", "/indexes/programs/search", {"q": "相談 窓口", "matchingStrategy": "all"}, 400),
        ("POST", "/indexes/programs/search", {"q": '"a b"', "matchingStrategy": "all"}, 400),
        ("POST", "/indexes/programs/search", {"q": "a -b", "matchingStrategy": "all"}, 400),
        ("POST", "/indexes/programs/search", {"filter": "area != 01", "matchingStrategy": "all"}, 400),
        ("POST", "/indexes/programs/search", {"filter": "area = 01 AND area = 02", "matchingStrategy": "all"}, 400),
        ("POST", "/indexes/programs/search", {"filter": 'area = "a', "matchingStrategy": "all"}, 400),
        ("POST", "/indexes/programs/search", {"filter": 'area = "a\\b"', "matchingStrategy": "all"}, 400),
        ("POST", "/multi-search", {"queries": [{"indexUid": "programs", "q": ""}]}, 400),
        ("POST", "/multi-search", {"queries": [{"indexUid": "programs", "facet": ["area"]}]}, 400),
        ("POST", "/multi-search", {"queries": [], "federation": {}}, 400),
        ("POST", "/keys", {"actions": ["dumps.create"], "indexes": ["*"], "expiresAt": None}, 400),
        ("POST", "/keys", {"actions": ["search"], "indexes": ["*"], "expiresAt": "2999-01-01"}, 400),
    ],
)
def test_what_the_table_does_not_allow_is_refused_and_noted(
    fake: FakeMeilisearch, method: str, path: str, body: Any, status: int
) -> None:
    client = Client(fake.url, MASTER_KEY)
    client.wait_for_task(client.create_index("programs", {"primaryKey": "id"}).task_uid)
    client.wait_for_task(client.index("programs").update_settings(dict(SETTINGS)).task_uid)
    assert fake.refused == []
    answer = ask(fake.url, method, path, body, MASTER_KEY)
    assert answer[0] == status
    assert answer[1].keys() == {"message", "code", "type", "link"}
    assert len(fake.refused) == 1
    assert fake.refused[0].startswith(f"{method} {path}: ")


def test_another_content_type_is_refused(fake: FakeMeilisearch) -> None:
    with pytest.raises(MeilisearchApiError) as caught:
        Client(fake.url, MASTER_KEY).index("programs").add_documents_csv(b"id\n1")
    assert (caught.value.status_code, caught.value.code) == (415, "invalid_content_type")
    assert len(fake.refused) == 1


def test_text_that_a_segmenter_would_cut_fails_the_task_and_is_noted(fake: FakeMeilisearch) -> None:
    client = Client(fake.url, MASTER_KEY)
    index = client.index("programs")
    client.wait_for_task(index.update_settings(dict(SETTINGS)).task_uid)
    task = client.wait_for_task(index.add_documents([{"id": 1, "name": "居場所"}], "id").task_uid)
    assert task.status == "failed"
    assert index.get_stats().number_of_documents == 0
    assert len(fake.refused) == 1
    # What is not searched may be anything.
    task = client.wait_for_task(index.add_documents([{"id": 1, "area": "札幌市"}], "id").task_uid)
    assert task.status == "succeeded"


def test_settings_that_would_search_such_text_have_no_effect(fake: FakeMeilisearch) -> None:
    client = Client(fake.url, MASTER_KEY)
    index = client.index("programs")
    client.wait_for_task(index.add_documents([{"id": 1, "title": "居場所"}], "id").task_uid)
    task = client.wait_for_task(index.update_settings({"searchableAttributes": ["title"]}).task_uid)
    assert task.status == "failed"
    assert index.get_settings()["searchableAttributes"] == ["*"]


def test_a_task_is_enqueued_then_processing_and_shows_nothing_before_it_succeeded() -> None:
    with running_fake(enqueued_polls=2, processing_polls=1) as fake:
        client = Client(fake.url, MASTER_KEY)
        created = client.create_index("programs", {"primaryKey": "id"})
        added = client.index("programs").add_documents(DOCUMENTS)
        assert created.status == added.status == "enqueued"
        states = [client.get_task(created.task_uid).status for _ in range(3)]
        assert states == ["enqueued", "enqueued", "processing"]
        assert client.get_indexes()["results"] == []
        assert client.get_task(created.task_uid).status == "succeeded"
        # The next in line waits for its turn, and moves whichever task is asked for.
        assert [client.get_task(created.task_uid).status for _ in range(3)] == ["succeeded"] * 3
        assert client.index("programs").get_stats().number_of_documents == 0
        assert client.index("programs").get_stats().is_indexing is True
        assert client.get_task(added.task_uid).status == "succeeded"
        assert client.index("programs").get_stats().number_of_documents == len(DOCUMENTS)
        assert fake.refused == []


def test_tasks_can_take_time_instead() -> None:
    with running_fake(task_seconds=0.2) as fake:
        client = Client(fake.url, MASTER_KEY)
        began = time.monotonic()
        client.create_index("programs", {"primaryKey": "id"})
        last = client.index("programs").add_documents(DOCUMENTS)
        assert client.get_task(last.task_uid).status == "enqueued"
        assert client.wait_for_task(last.task_uid, interval_in_ms=5).status == "succeeded"
        assert time.monotonic() - began >= 0.4
        slow = client.index("programs").add_documents(DOCUMENTS)
        with pytest.raises(MeilisearchTimeoutError):
            client.wait_for_task(slow.task_uid, timeout_in_ms=20, interval_in_ms=5)


def test_a_task_can_be_made_to_fail_without_effect(fake: FakeMeilisearch) -> None:
    client = Client(fake.url, MASTER_KEY)
    index = client.index("programs")
    fake.fail_next("documentAdditionOrUpdate")
    assert client.wait_for_task(client.create_index("programs", {"primaryKey": "id"}).task_uid).status == "succeeded"
    failed = client.wait_for_task(index.add_documents(DOCUMENTS).task_uid)
    assert failed.error is not None
    assert (failed.status, failed.error["code"], failed.error["type"]) == ("failed", "internal", "internal")
    assert failed.details == {"receivedDocuments": len(DOCUMENTS), "indexedDocuments": 0}
    assert index.get_stats().number_of_documents == 0
    assert client.wait_for_task(index.add_documents(DOCUMENTS).task_uid).status == "succeeded"
    assert index.get_stats().number_of_documents == len(DOCUMENTS)
    assert fake.refused == []


def test_a_search_key_of_its_own() -> None:
    with running_fake(search_key="only-search", search_indexes=["programs_g*"], enqueued_polls=0) as fake:
        client = Client(fake.url, MASTER_KEY)
        client.wait_for_task(client.create_index("programs_g1").task_uid)
        assert ids(Client(fake.url, "only-search").index("programs_g1"), "") == []
        with pytest.raises(MeilisearchApiError):
            Client(fake.url, "only-search").index("programs").search("", {"matchingStrategy": "all"})
        keys = [request.key.name for request in fake.requests if request.key is not None and request.key.name]
        assert keys == ["search"]
        assert fake.refused == []


def test_a_short_master_key_is_rejected_as_in_production() -> None:
    with pytest.raises(ValueError, match="16 bytes"), running_fake("short"):
        pass


def test_a_pause_refuses_connections_and_forgets_nothing(fake: FakeMeilisearch) -> None:
    client = Client(fake.url, MASTER_KEY)
    client.wait_for_task(client.create_index("programs").task_uid)
    held = http.client.HTTPConnection(urlsplit(fake.url).netloc, timeout=5)
    held.request("GET", "/health")
    held.getresponse().read()
    fake.pause()
    with pytest.raises(MeilisearchCommunicationError):
        client.health()
    assert held.sock.recv(1) == b""  # those who were connected are hung up on
    held.close()
    fake.resume()
    assert client.is_healthy()
    assert fake.index_uids() == ["programs"]
    fake.stop()
    assert not client.is_healthy()


def test_a_server_that_hangs_meets_the_timeout_of_the_client(fake: FakeMeilisearch) -> None:
    client = Client(fake.url, MASTER_KEY, timeout=1)
    fake.hang(30)
    began = time.monotonic()
    with pytest.raises(MeilisearchTimeoutError):
        client.health()
    assert time.monotonic() - began < 10
    fake.hang(0)
    assert client.is_healthy()


def test_hanging_ends_when_it_is_told_to(fake: FakeMeilisearch) -> None:
    fake.hang(30)
    timer = threading.Timer(0.1, fake.hang, args=(0,))
    timer.start()
    began = time.monotonic()
    assert Client(fake.url, MASTER_KEY).is_healthy()
    assert time.monotonic() - began < 10
    timer.join()


def test_many_threads_may_ask_at_once(fake: FakeMeilisearch) -> None:
    client = Client(fake.url, MASTER_KEY)
    client.wait_for_task(client.create_index("programs", {"primaryKey": "id"}).task_uid)
    client.wait_for_task(client.index("programs").update_settings(dict(SETTINGS)).task_uid)
    client.wait_for_task(client.index("programs").add_documents(DOCUMENTS).task_uid)
    found: list[list[Any]] = []
    threads = [
        threading.Thread(target=lambda: found.append(ids(Client(fake.url, MASTER_KEY).index("programs"), "xaq")))
        for _ in range(16)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert found == [["p1", "p3", "p4", "p2"]] * 16
