"""Addresses: nobody reads what stands behind one; it ends after an hour; one that is made to be handed on lasts and holds no time."""

from __future__ import annotations

import base64
import logging
import re
from collections.abc import Iterator
from datetime import UTC, datetime
from html import unescape
from pathlib import Path
from urllib.parse import unquote

import pytest
from starlette.testclient import TestClient
from tests.site_walks import choose, find, follow, main_of, opened, site_at, text_of, token_of

from tsunagari_site.needs import known_needs
from tsunagari_site.rendering import EXIT_URL
from tsunagari_site.seal import KEY_BYTES, LIFETIME, Sealer

NOON = datetime(2026, 11, 20, 3, 0, tzinfo=UTC)
#: Pages that stand under a sealed address.
SEALED = ("where", "results", "program", "calling", "show", "contacts")


class Watch:
    """A clock that a test turns (seconds since the epoch)."""

    def __init__(self) -> None:
        self.now = NOON.timestamp()

    def __call__(self) -> float:
        """The moment."""
        return self.now


@pytest.fixture
def watch() -> Watch:
    return Watch()


@pytest.fixture
def visited(published: Path, watch: Watch) -> Iterator[TestClient]:
    with site_at(published, NOON, sealer=Sealer(bytes(KEY_BYTES), watch)) as client:
        yield client


def raw(token: str) -> bytes:
    return base64.urlsafe_b64decode(token + "=" * (-len(token) % 4))


def shared(client: TestClient, page: str, kind: str) -> str:
    """The lasting address of what a page shows."""
    answer = client.post("/share", data={"s": token_of(page), "page": kind})
    assert answer.status_code == 200
    (address,) = re.findall(rf'class="button" href="(/{kind}\?s=[^"]+)"', answer.text)
    return unescape(address)


def walked(client: TestClient) -> dict[str, str]:
    """Every address that a visit comes to, with the page: all tiles, places, words, filters, programmes, cards and contacts."""
    pages: dict[str, str] = {}

    def go(address: str, fields: dict[str, str]) -> str:
        location, page = follow(client, address, fields)
        pages[location] = page
        return page

    for need in known_needs():
        asked = go("/search", {"need": need})
        go("/where", {"s": token_of(asked), "skip": "1"})
        go("/where", {"s": token_of(asked), "place": "日野町"})
        go("/where", {"s": token_of(asked), "place": "ひみつのまち"})
        towns = go("/where", {"s": token_of(asked), "prefecture": "25"})
        go("/where", {"s": token_of(towns), "town": "253839"})
    results = go("/search", {"q": "夫に殴られた 函館"})
    go("/results", {"s": token_of(results), "set": "offer=period_products"})
    go("/results", {"s": token_of(results), "set": "prefecture=01"})
    for link in map(unescape, re.findall(r'href="(/(?:program|calling|card)\?s=[^"]+)"', "".join(pages.values()))):
        if len(pages) < 120:
            pages[link] = client.get(link).text
    go("/card", {"need": "period", "voiceless": "1", "language": "vi"})
    go("/contacts", {"only": "dying"})
    go("/contacts", {"language": "vi"})
    return pages


def test_no_tile_place_word_or_programme_can_be_read_from_an_address_or_a_log(
    visited: TestClient, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.DEBUG):
        pages = walked(visited)
    sealed = [address for address in pages if "?" in address]
    assert {address.partition("?")[0].strip("/") for address in sealed} >= set(SEALED)
    listings = [one["id"] for one in visited.get("/api/v1/programs?per_page=100").json()["items"]]
    words = [
        "殴",
        "函館",
        "日野",
        "ひみつ",
        "period",
        "tonight",
        "dying",
        "012025",
        "253839",
        *known_needs(),
        *listings,
    ]
    for address in sealed:
        page, _, query = address.partition("?s=")
        assert re.fullmatch(r"/[a-z]+", page), address
        assert re.fullmatch(r"[\w-]+", query), address
        assert not [word for word in words if word in unquote(page)], address
        assert not [word for word in words if word.encode() in raw(query)], address
    # Addresses of tiles are of one length, so that it tells nothing either.
    of_tiles = {len(follow(visited, "/search", {"need": need})[0]) for need in known_needs()}
    assert len(of_tiles) == 1
    ours = [line for line in caplog.records if line.name.startswith(("tsunagari", "uvicorn"))]
    assert len(ours) > 50
    for line in ours:
        assert not re.search(r"[?=]", line.getMessage()), line.getMessage()
        assert not [word for word in words if len(word) > 4 and word in line.getMessage()], line.getMessage()


def test_an_hour_later_only_the_beginning_the_way_out_and_two_numbers_are_left(
    visited: TestClient, watch: Watch
) -> None:
    sealed = [address for address in walked(visited) if "?s=" in address]
    watch.now += LIFETIME - 60
    assert {visited.get(address).status_code for address in sealed} == {200}
    watch.now += 61
    for address in sealed:
        answer = visited.get(address)
        assert answer.status_code == 410, address
        body = answer.text[answer.text.index("<body") :]
        assert re.findall(r'href="([^"]+)"', body) == ["#main", EXIT_URL, "/", "tel:110", "tel:119", EXIT_URL], address
        assert "<form" not in body
        assert "はじめから" in body
        assert not re.search("殴|函館|日野|生理|相談", body)


def test_what_is_sent_from_a_page_that_has_ended_goes_nowhere(visited: TestClient, watch: Watch) -> None:
    page = find(visited, q="相談")
    watch.now += LIFETIME + 1
    for address, fields in (
        ("/results", {"set": "page=2"}),
        ("/where", {"skip": "1"}),
        ("/share", {"page": "results"}),
    ):
        assert visited.post(address, data={"s": token_of(page), **fields}).status_code == 410


@pytest.mark.parametrize("kind", ["results", "program"])
def test_a_shared_address_lasts_and_shows_the_same(visited: TestClient, watch: Watch, kind: str) -> None:
    page = choose(visited, "period", place="札幌市")
    page = page if kind == "results" else opened(visited, page)
    address = shared(visited, page, kind)
    watch.now += 400 * 24 * 3600
    answer = visited.get(address)
    assert answer.status_code == 200

    def said(html: str) -> str:
        return text_of(re.sub(r'(?:href|value)="[^"]*"', "", main_of(html)))

    assert said(answer.text) == said(page)
    # What is opened from it is an hour's address again.
    if kind == "results":
        (link, *_) = re.findall(r'href="(/program\?s=[^"]+)"', answer.text)
        watch.now += LIFETIME + 1
        assert visited.get(unescape(link)).status_code == 410
        assert visited.get(address).status_code == 200


def test_a_shared_address_is_another_than_the_page_s_own_and_holds_no_time(visited: TestClient, watch: Watch) -> None:
    page = choose(visited, "period")
    first = shared(visited, page, "results").partition("?s=")[2]
    assert raw(first)[:1] != raw(token_of(page))[:1]
    payload = Sealer(bytes(KEY_BYTES), watch).open("results", first)
    assert payload == {"need": "period", "page": 1}
    # Neither kind can be passed off as the other, whatever its first letter is made to say.
    swapped = raw(token_of(page))[:1] + raw(first)[1:]
    assert visited.get("/results?s=" + base64.urlsafe_b64encode(swapped).rstrip(b"=").decode()).status_code == 410
    made_lasting = raw(first)[:1] + raw(token_of(page))[1:]
    assert visited.get("/results?s=" + base64.urlsafe_b64encode(made_lasting).rstrip(b"=").decode()).status_code == 410
    # An address of one page opens no other.
    assert visited.get(f"/program?s={first}").status_code == 410
    assert visited.get(f"/contacts?s={first}").status_code == 410


def test_the_page_says_what_sharing_means_before_anything_is_shared(visited: TestClient) -> None:
    page = find(visited, q="相談")
    answer = visited.post("/share", data={"s": token_of(page), "page": "results"})
    said = text_of(answer.text)
    assert "このアドレスを開いた人は、いま見ていた内容を見られます。" in said
    assert "1時間たっても終わりません。あとから取り消すこともできません。" in said
    assert "送った相手と、送るのに使ったアプリの記録に残ります。" in said
    (back,) = re.findall(r'href="(/results\?s=[^"]+)">前のページにもどる', answer.text)
    assert visited.get(unescape(back)).status_code == 200
    assert answer.headers["cache-control"] == "no-store"


def test_nothing_but_results_and_programmes_can_be_shared(visited: TestClient) -> None:
    page = find(visited, q="相談")
    for kind in ("", "contacts", "where", "/evil", "https://example.org"):
        assert visited.post("/share", data={"s": token_of(page), "page": kind}).status_code == 400
    assert visited.post("/share", data={"s": token_of(page), "page": "program"}).status_code == 410
    assert visited.get("/share").status_code == 405


def test_pages_make_no_lasting_address_unasked(visited: TestClient) -> None:
    pages = walked(visited)
    tokens = set(re.findall(r"[?&]s=([\w-]+)", "".join([*pages, *pages.values()])))
    assert len(tokens) > 100
    assert {raw(token)[:1] for token in tokens} == {raw(token_of(find(visited, q="x")))[:1]}


@pytest.mark.parametrize("prefix", ["", "/en", "/easy"])
def test_links_from_elsewhere_with_words_in_them_lead_to_a_sealed_address(visited: TestClient, prefix: str) -> None:
    for method in ("GET", "HEAD"):
        answer = visited.request(method, f"{prefix}/search?q=夫に殴られた&prefecture=01")
        assert answer.status_code == 303
        assert re.fullmatch(rf"{prefix}/results\?s=[\w-]+", answer.headers["location"])
    for path in ("/results?q=夫", "/results?need=tonight", "/where?need=tonight", "/program?id=p0000000000"):
        assert visited.get(prefix + path).status_code == 410
