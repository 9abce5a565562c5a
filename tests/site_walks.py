"""Walking through the site as a visitor does: by tiles, places and words, from page to page."""

from __future__ import annotations

import re
from datetime import datetime
from html import unescape
from pathlib import Path

from starlette.testclient import TestClient
from tests.conftest import UNLIMITED

from tsunagari.serving import sealing_key
from tsunagari_site.app import build_app
from tsunagari_site.i18n import LANGUAGES
from tsunagari_site.seal import Sealer
from tsunagari_site.site import Site

#: The beginning of the paths of every language.
PREFIXES = tuple(language.prefix for language in LANGUAGES)


def site_at(root: Path, moment: datetime, *, per_minute: int = 0, sealer: Sealer | None = None) -> TestClient:
    """The site over a data folder, at a moment that stands still; enter it before use."""
    site = Site(
        UNLIMITED.catalogue(root),
        sealer or Sealer(sealing_key(root)),
        clock=lambda: moment,
        requests_per_minute=per_minute,
    )
    return TestClient(build_app(site), follow_redirects=False)


def text_of(page: str) -> str:
    """What a page says, in one line."""
    return re.sub(r"\s+", " ", unescape(re.sub(r"<[^>]+>", " ", page)))


def main_of(page: str) -> str:
    """The main part of a page, as HTML."""
    return page[page.index("<main") : page.index("</main>")]


def sections(page: str) -> dict[str, str]:
    """The sections of a page as HTML, by their headings, in their order."""
    found = re.findall(r"<section[^>]*>\s*<h2[^>]*>(.*?)</h2>(.*?)</section>", main_of(page), re.DOTALL)
    return {text_of(re.sub(r"<small.*?</small>", "", heading)).strip(): body for heading, body in found}


def token_of(page: str) -> str:
    """The sealed address that a page's forms hand on."""
    return str(re.findall(r'name="s" value="([^"]+)"', page)[0])


def follow(client: TestClient, address: str, fields: dict[str, str]) -> tuple[str, str]:
    """Send a form, and open what it leads to: its address and its page."""
    answer = client.post(address, data=fields)
    assert answer.status_code == 303, answer.status_code
    location = answer.headers["location"]
    page = client.get(location)
    assert page.status_code == 200
    return str(location), page.text


def find(client: TestClient, prefix: str = "", **fields: str) -> str:
    """Search as a form does, and follow to the results."""
    return follow(client, f"{prefix}/search", fields)[1]


def choose(client: TestClient, need: str, prefix: str = "", **where: str) -> str:
    """Press a tile, answer where (by default: choose no place), and follow to the results."""
    _, page = follow(client, f"{prefix}/search", {"need": need})
    location, page = follow(client, f"{prefix}/where", {"s": token_of(page), **(where or {"skip": "1"})})
    assert location.startswith(f"{prefix}/results?s=")
    return page


def opened(client: TestClient, page: str, number: int = 0) -> str:
    """Open one of the programmes on a page of results."""
    links = re.findall(r'href="([^"]*/program\?s=[^"]+)"', page)
    answer = client.get(unescape(links[number]))
    assert answer.status_code == 200
    return answer.text
