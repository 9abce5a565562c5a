"""One machine cannot take the site from everybody; and whoever is turned away for a moment still gets the lines."""

from __future__ import annotations

import logging
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from starlette.testclient import TestClient
from tests.site_walks import site_at

from tsunagari_site.i18n import LANGUAGES, Language, translations, with_readings
from tsunagari_site.rendering import EXIT_URL, static_url
from tsunagari_site.site import Site

NOW = datetime(2026, 11, 20, 3, 0, tzinfo=UTC)
LIMIT = 3


@pytest.fixture
def worn(published: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[TestClient]:
    """A site whose limit this visitor has used up, in a minute that does not end."""
    monkeypatch.setattr(time, "time", NOW.timestamp)
    with site_at(published, NOW, per_minute=LIMIT) as client:
        for _ in range(LIMIT):
            assert client.get("/areas").status_code == 200
        yield client


@pytest.mark.parametrize("language", LANGUAGES, ids=lambda one: one.code)
def test_the_page_shows_the_lines_and_the_way_out_in_every_language(worn: TestClient, language: Language) -> None:
    answer = worn.get(f"{language.prefix}/areas")
    assert answer.status_code == 429
    assert answer.headers["retry-after"] == "60"
    assert answer.headers["cache-control"] == "no-store"
    assert "content-security-policy" in answer.headers
    for link in ("tel:0120279338", "tel:0120279889", "tel:110", f"{language.prefix}/contacts", EXIT_URL):
        assert f'href="{link}"' in answer.text
    said = translations(language.code).gettext("少し待ってから、もう一度開いてください")
    assert with_readings(said) in answer.text


@pytest.mark.parametrize("language", LANGUAGES, ids=lambda one: one.code)
def test_what_helps_at_once_is_never_limited(worn: TestClient, language: Language) -> None:
    for _ in range(3 * LIMIT):
        for path in ("/", "/contacts", "/safety"):
            assert worn.get(language.prefix + path).status_code == 200
    for path in (static_url("style.css"), static_url("site.js"), "/healthz", "/robots.txt"):
        assert worn.get(path).status_code == 200


def test_the_filters_of_the_desks_are_not_limited_either(worn: TestClient) -> None:
    answer = worn.post("/contacts", data={"only": "silent"})
    assert answer.status_code == 303
    assert worn.get(answer.headers["location"]).status_code == 200


@pytest.mark.parametrize(("method", "path"), [("POST", "/search"), ("GET", "/results?s=x"), ("GET", "/contacts/x")])
def test_everything_else_is_limited(worn: TestClient, method: str, path: str) -> None:
    assert worn.request(method, path).status_code == 429


def test_the_interface_for_programs_answers_in_its_own_form(worn: TestClient) -> None:
    answer = worn.get("/api/v1/programs?q=夫")
    assert answer.status_code == 429
    assert set(answer.json()) == {"error"}
    assert answer.json()["error"]["code"] == "too_many_requests"
    assert "夫" not in answer.text
    assert answer.headers["retry-after"] == "60"


def test_addresses_of_visitors_are_counted_apart_and_never_logged(
    published: Path, caplog: pytest.LogCaptureFixture
) -> None:
    with site_at(published, NOW, per_minute=LIMIT) as first, caplog.at_level(logging.DEBUG):
        other = TestClient(first.app, client=("203.0.113.7", 1), follow_redirects=False)
        statuses = [first.get("/areas").status_code for _ in range(LIMIT + 1)]
        assert statuses == [200] * LIMIT + [429]
        assert other.get("/areas").status_code == 200
    ours = [line.getMessage() for line in caplog.records if line.name.startswith(("tsunagari", "limits", "uvicorn"))]
    assert any(" 429 " in line for line in ours)
    assert not [line for line in ours if "203.0.113" in line or "testclient" in line]


def test_no_limit_is_set_unless_it_is_asked_for(published: Path) -> None:
    assert Site.__dataclass_fields__["requests_per_minute"].default == 0
    with site_at(published, NOW) as client:
        assert {client.get("/areas").status_code for _ in range(50)} == {200}
