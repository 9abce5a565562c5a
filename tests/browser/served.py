"""The site on a port of this machine, with a clock that a test can move, and the browser that looks at it."""

from __future__ import annotations

import shutil
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import uvicorn
from playwright.sync_api import Browser, Playwright, Route

from tsunagari.settings import Settings
from tsunagari_indexer.listings import PROGRAM_KINDS
from tsunagari_indexer.search import MAX_PER_PAGE, SearchRequest
from tsunagari_site.admin.context import Admin
from tsunagari_site.app import build_app
from tsunagari_site.looking import Looking
from tsunagari_site.seal import Sealer
from tsunagari_site.sealed import CONTACTS, PROGRAM, SEARCH
from tsunagari_site.site import Site

CHROMIUM = next(
    (path for name in ("chromium", "chromium-browser", "google-chrome") if (path := shutil.which(name))), None
)
#: Flags that keep the browser from asking anything of the network by itself.
QUIET = (
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync",
)  # fmt: skip
#: Smallest phone that is tested, an ordinary phone, and a desk: width and height in CSS pixels.
NARROW, PHONE, DESKTOP = (320, 640), (390, 844), (1280, 900)
#: A Wednesday evening in Japan: some desks have closed, those of day and night answer.
EVENING = datetime(2026, 11, 18, 12, 30, tzinfo=UTC)
WEATHER = "<!doctype html><html lang=ja><title>weather</title><p>weather"


@dataclass(slots=True)
class Clock:
    """A moment that stands still until a test moves it."""

    moment: datetime = EVENING

    def __call__(self) -> datetime:
        return self.moment

    def pass_by(self, time: timedelta) -> None:
        """Move it on."""
        self.moment += time


@dataclass(frozen=True, slots=True)
class Served:
    """A running site: its address without a slash, its seal and its clock."""

    url: str
    site: Site
    sealer: Sealer
    clock: Clock

    def sealed(self, page: str, looking: Looking, prefix: str = "") -> str:
        """The sealed address of a page that is about a search: its results, the question of where, what is near."""
        return f"{prefix}/{page}?s={self.sealer.seal(SEARCH, looking.to_payload())}"

    def results(self, looking: Looking, prefix: str = "") -> str:
        """The sealed address of a search's results."""
        return self.sealed("results", looking, prefix)

    def where(self, looking: Looking, prefix: str = "") -> str:
        """The sealed address of the question of where."""
        return self.sealed("where", looking, prefix)

    def listing(self, municipality: str) -> str:
        """The id of the first programme of a municipality."""
        with self.site.reading() as reading:
            found = reading.search(SearchRequest("", {"kind": PROGRAM_KINDS}, per_page=MAX_PER_PAGE))
        return next(one.id for one in found.listings if one.municipality == municipality)

    def program(self, listing: str, prefix: str = "") -> str:
        """The sealed address of a listing."""
        return f"{prefix}/program?s={self.sealer.seal(PROGRAM, {'id': listing})}"

    def contacts(self, chosen: str, language: str = "", prefix: str = "") -> str:
        """The sealed address of the desks that a filter leaves."""
        return f"{prefix}/contacts?s={self.sealer.seal(CONTACTS, {'f': chosen, 'l': language})}"


@contextmanager
def serving(data_dir: Path, admin: Admin | None = None) -> Iterator[Served]:
    """Serve what a data folder has published, with ``admin`` the administrators' pages too; nothing limits how often the browser may ask."""
    clock = Clock()
    sealer = Sealer(b"k" * 32, lambda: clock().timestamp())
    site = Site(Settings().catalogue(data_dir), sealer, clock, mail="mail@example.org")
    listening = socket.socket()
    listening.bind(("127.0.0.1", 0))
    # Connections wait in line from now on, however long the site takes to start.
    listening.listen()
    # A browser may keep a connection open; the server does not wait for it.
    server = uvicorn.Server(
        uvicorn.Config(build_app(site, admin), access_log=False, log_level="warning", timeout_graceful_shutdown=1)
    )
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]}, daemon=True)
    thread.start()
    try:
        yield Served(f"http://127.0.0.1:{listening.getsockname()[1]}", site, sealer, clock)
    finally:
        server.should_exit = True
        thread.join(20)
        listening.close()


def launch(playwright: Playwright) -> Browser:
    """Debian's Chromium (or another that is installed), without a window."""
    return playwright.chromium.launch(executable_path=CHROMIUM, args=list(QUIET))


def weather(route: Route) -> None:
    """Answers in place of the page about the weather."""
    route.fulfill(status=200, content_type="text/html; charset=utf-8", body=WEATHER)
