"""Nothing that a visitor types is logged, stored, put into a readable address or sent to anybody else."""

from __future__ import annotations

import logging
import re
from html import unescape
from pathlib import Path

import pytest
from starlette.testclient import TestClient
from tests.conftest import UNLIMITED
from tests.site_walks import find, opened

from tsunagari.serving import build_site
from tsunagari_indexer.catalogue import Catalogue
from tsunagari_site.rendering import EXIT_URL

SECRET = "夫に殴られた函館"


def every_page(client: TestClient) -> dict[str, str]:
    results = find(client, q=SECRET)
    return {
        "home": client.get("/").text,
        "results": results,
        "program": opened(client, results),
        "contacts": client.get("/contacts").text,
        "about": client.get("/about").text,
        "error": client.get("/x").text,
        "expired": client.get("/results?s=x").text,
        "en": client.get("/en/").text,
    }


def test_no_log_holds_words_queries_or_addresses(client: TestClient, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.DEBUG):
        every_page(client)
        client.get("/search?q=" + SECRET)
        client.get("/api/v1/programs?q=" + SECRET)
        client.get("/programs/p0000000000")
        client.get("/areas/012025")
    # The test client's own lines are not the server's.
    lines = [record.getMessage() for record in caplog.records if record.name.startswith(("tsunagari", "uvicorn"))]
    assert any(re.fullmatch(r"GET /results 200 [\d.]+ms", line) for line in lines)
    assert any(line.startswith("GET /programs/{id} 404") for line in lines)
    for line in lines:
        assert not re.search(r"\?|=|殴|函館|012025|p0000000000|testclient|127\.0\.0\.1", line), line


def test_a_fault_logs_its_place_and_never_its_text(
    published: Path, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object) -> None:
        raise RuntimeError(SECRET)

    monkeypatch.setattr(Catalogue, "_hold", broken)
    with (
        TestClient(build_site(UNLIMITED, published)) as client,
        caplog.at_level(logging.DEBUG),
    ):
        answer = client.get("/")
    assert answer.status_code == 500
    assert SECRET not in answer.text
    assert "tel:0120279338" in answer.text
    messages = [record.getMessage() for record in caplog.records if record.name.startswith("tsunagari")]
    assert any("RuntimeError at" in message for message in messages)
    assert not any(SECRET in message for message in messages)


def test_words_go_by_post_and_never_into_a_readable_address(client: TestClient) -> None:
    for name, page in every_page(client).items():
        forms = re.findall(r"<form[^>]*>", page)
        assert all('method="post"' in form for form in forms), name
        for link in map(unescape, re.findall(r'(?:href|action|src)="([^"]*)"', page)):
            assert "殴" not in link
            assert not re.search(r"[?&]q=", link)


def test_no_page_asks_anything_of_anybody_else(client: TestClient) -> None:
    """Other hosts stand in links that a person opens, which send no referrer, and nowhere else."""
    for name, page in every_page(client).items():
        for script in re.findall(r"<script[^>]*>.*?</script>", page, re.DOTALL):
            assert re.fullmatch(r'<script src="/static/[0-9a-f]{10}/site\.js" defer></script>', script), name
        assert " style=" not in page, name
        assert "<style" not in page, name
        assert not re.search(r'\son\w+="', page), name
        assert all(src.startswith("/static/") for src in re.findall(r'src="([^"]*)"', page)), name
        for tag in re.findall(r"<(?:link|a|form)[^>]*https?://[^>]*>", page):
            assert tag.startswith("<a "), tag
            assert "noreferrer" in tag, tag
        assert EXIT_URL in page


def test_every_answer_carries_the_headers_and_no_cookie(client: TestClient) -> None:
    listing = client.get("/api/v1/programs?per_page=1").json()["items"][0]["id"]
    for path in (
        "/",
        "/contacts",
        "/results?s=x",
        f"/programs/{listing}",
        "/api/v1/programs",
        "/healthz",
        "/nowhere",
        "/search?q=x",
    ):
        headers = client.get(path).headers
        assert headers["content-security-policy"] == (
            "default-src 'none'; script-src 'self'; connect-src 'self'; style-src 'self'; img-src 'self' data:; form-action 'self'; "
            "base-uri 'none'; frame-ancestors 'none'"
        )
        assert headers["referrer-policy"] == "no-referrer"
        assert headers["cache-control"] == "no-store"
        assert headers["x-content-type-options"] == "nosniff"
        assert "set-cookie" not in headers
    assert "noindex" in client.get("/results?s=x").headers["x-robots-tag"]


def test_only_files_that_say_nothing_may_be_kept(client: TestClient) -> None:
    style = re.findall(r'href="(/static/[^"]+\.css)"', client.get("/").text)[0]
    answer = client.get(style)
    assert answer.headers["cache-control"] == "public, max-age=31536000, immutable"
    assert not re.search(r"url\(|@import|@font-face", answer.text)


def test_suggestions_come_by_post_and_leave_nothing(client: TestClient, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level("INFO", logger="tsunagari.access")
    answer = client.post("/suggest", data={"q": "なぷ"})
    assert {"kind": "concept", "text": "生理用品", "note": ""} in answer.json()["suggestions"]
    assert answer.headers["cache-control"] == "no-store"
    assert client.get("/suggest?q=なぷ").status_code == 405
    assert "なぷ" not in caplog.text
    assert "%E3" not in caplog.text
    for text in ("", " ", "x" * 5000, "\0", "🙂", "'"):
        assert client.post("/suggest", data={"q": text}).status_code == 200
