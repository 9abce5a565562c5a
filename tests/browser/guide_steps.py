"""What docs/administrator.md tells an administrator to do, step by step: a site that begins in an empty folder, and a browser that follows.

The test of the guide walks these steps, and its pictures are taken on the way.
"""

from __future__ import annotations

import os
import re
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.error import URLError
from urllib.request import urlopen

from playwright.sync_api import Locator, Page
from tests.admin_walks import NAME, PASSWORD
from tests.conftest import ROOT

_COMMAND = (sys.executable, "-c", "from tsunagari.cli import main; main()")
_STAGES = ("crawler", "parsers", "indexer", "site", "cli")
#: How long the site may take to begin, and an import or a rebuilding to end, on a busy machine (seconds).
_BEGINS_WITHIN, _ENDS_WITHIN = 60.0, 240.0
#: Takes a picture: its name, and what is to be seen on it (None: the window).
Shot = Callable[[str, Page, Locator | None], None]


def no_picture(_name: str, _page: Page, _what: Locator | None) -> None:
    """Walk without pictures."""


def command(root: Path, *arguments: str, said: str = "") -> str:
    """Run a command of the guide in the data folder; what it printed."""
    done = subprocess.run(
        [*_COMMAND, *arguments], env=_environment(root), input=said, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


@contextmanager
def administrated(root: Path) -> Iterator[str]:
    """Make an account and start the site with the administrators' pages, as the guide says; its address."""
    command(root, "account", "add", NAME, "--password-stdin", said=PASSWORD + "\n")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = str(free.getsockname()[1])
    server = subprocess.Popen([*_COMMAND, "serve", "--port", port], env=_environment(root), stdout=subprocess.DEVNULL)
    url = f"http://127.0.0.1:{port}"
    try:
        _wait_for(url, server)
        yield url
    finally:
        server.terminate()
        server.wait(30)


def sign_in(page: Page, url: str) -> None:
    """はじめる: open the page, give name and password."""
    page.goto(f"{url}/admin/")
    page.get_by_label("名前").fill(NAME)
    page.get_by_label("パスワード").fill(PASSWORD)
    page.get_by_role("button", name="サインインする").click()
    page.get_by_role("heading", name="概要").wait_for()


def menu(page: Page, name: str) -> None:
    """Open a page by the menu."""
    page.get_by_role("navigation", name="メニュー").get_by_role("link", name=name, exact=True).click()


def send(page: Page, year: int, path: Path, shot: Shot = no_picture) -> None:
    """手順3: choose the year and the file, send, wait for the end."""
    page.get_by_label("年度（必ず選んでください）").select_option(str(year))
    page.get_by_label("ファイル（必ず選んでください）").set_input_files(path)
    shot("import-form", page, page.locator("section:has(#new)"))
    page.get_by_role("button", name="送って取り込む").click()
    until_over(page)


def until_over(page: Page) -> None:
    """Wait on the page of an import or a rebuilding."""
    last = time.monotonic() + _ENDS_WITHIN
    address = re.split(r"[?#]", page.url)[0]
    while page.get_by_role("heading", name="いまの進み具合").is_visible():
        assert time.monotonic() < last, page.locator("main").inner_text()
        time.sleep(0.5)
        page.goto(address)


def open_findings(page: Page) -> list[str]:
    """The ids of the findings on the page that wait for an answer."""
    return [one.get_attribute("id") or "" for one in page.locator("article.finding.open").all()]


def answer(page: Page, finding: str, *, same: bool, why: str) -> None:
    """手順5: say of a question whether both are one programme."""
    asked = page.locator(f"#{finding}")
    asked.get_by_role("radio", name="と同じ" if same else "別の事業").first.check()
    asked.get_by_label("そう考える理由").fill(why)
    asked.get_by_role("button", name="答えを残す").click()


def accept(page: Page, finding: str, why: str) -> None:
    """手順5: let a finding pass as it is."""
    asked = page.locator(f"#{finding}")
    asked.get_by_text("見たうえで、このまま認める").click()
    asked.get_by_label("認める理由").fill(why)
    asked.get_by_role("button", name="認める").click()


def leave_out(page: Page, finding: str, why: str) -> None:
    """手順5: keep a row that was read wrongly off the site."""
    page.locator(f"#{finding} .programme").filter(has_text="指摘のある行").get_by_role("link").first.click()
    page.get_by_text("この行は事業ではないので、載せない").click()
    page.locator("form[action$='/reject']").get_by_label("理由").fill(why)
    page.get_by_role("button", name="載せない").click()


def rebuild(page: Page) -> None:
    """手順8: make the generation again, with what was decided."""
    page.get_by_role("button", name="作り直す").first.click()
    page.wait_for_load_state()


def _environment(root: Path) -> dict[str, str]:
    paths = os.pathsep.join(str(ROOT / stage) for stage in _STAGES)
    own = {"TSUNAGARI_DATA_DIR": str(root), "TSUNAGARI_ADMIN": "1", "TSUNAGARI_ADMIN_INSECURE_COOKIE": "1"}
    return {**os.environ, "PYTHONPATH": paths, **own}


def _wait_for(url: str, server: subprocess.Popen[bytes]) -> None:
    last = time.monotonic() + _BEGINS_WITHIN
    while True:
        try:
            with urlopen(f"{url}/static/none") as _:
                return
        except URLError as error:
            # Any answer is one: it is up.
            if hasattr(error, "code"):
                return
        assert server.poll() is None, "the site did not start"
        assert time.monotonic() < last, "the site took too long to start"
        time.sleep(0.2)
