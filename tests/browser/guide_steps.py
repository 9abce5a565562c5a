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

from fixtures.years import LAST_YEAR, THIS_YEAR
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


def press(page: Page, what: Locator) -> None:
    """Press what leads to another page, and wait until all of that is there."""
    with page.expect_navigation():
        what.click()


def menu(page: Page, name: str) -> None:
    """Open a page by the menu."""
    press(page, page.get_by_role("navigation", name="メニュー").get_by_role("link", name=name, exact=True))


def send(page: Page, year: int, path: Path, shot: Shot = no_picture) -> None:
    """手順3: choose the year and the file, send, wait for the end."""
    page.get_by_label("年度（必ず選んでください）").select_option(str(year))
    page.get_by_label("ファイル（必ず選んでください）").set_input_files(path)
    shot("import-form", page, page.locator("section:has(#new)"))
    press(page, page.get_by_role("button", name="送って取り込む"))
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


def walk(page: Page, url: str, first: Path, second: Path, shot: Shot = no_picture) -> None:
    """From an empty folder to a second year published, rolled back and brought again, as the guide tells it.

    ``first`` is the list of :data:`fixtures.years.LAST_YEAR`, ``second`` that of the year after.
    """
    sign_in(page, url)
    menu(page, "取り込み")
    send(page, LAST_YEAR, first)
    press(page, page.get_by_role("link", name="見直しに進む"))
    publish(page)
    menu(page, "取り込み")
    press(page, page.get_by_role("link", name="この一覧の新しい版を取り込む"))
    send(page, THIS_YEAR, second, shot)
    page.evaluate("document.activeElement.blur()")
    shot("import-result", page, None)
    menu(page, "概要")
    shot("overview", page, None)
    press(page, page.get_by_role("link", name="指摘と、変わったところを見る"))
    answer_all(page, shot)
    rebuild(page, shot)
    accept_all(page)
    shot("publish", page, page.locator("section:has(> #publish)"))
    publish(page)
    shot("generations", page, page.locator("section:has(> #all)"))
    assert published(page) == 3
    go_back(page, 1, shot)
    assert published(page) == 1
    go_back(page, 3)
    assert published(page) == 3


def answer_all(page: Page, shot: Shot = no_picture) -> None:
    """手順5と6: look at the pictures and say who is who, leave out the row that is two, look at the numbers that changed."""
    asked = [
        one for one in open_findings(page) if page.locator(f"#{one}").get_by_text("同じ事業ですか").last.is_visible()
    ]
    assert len(asked) == 7
    shot("review-question", page, page.locator(f"#{asked[0]}"))
    shot("review-phone", page, page.locator("section:has(> #changes-phone) article").first)
    for finding in asked:
        card = page.locator(f"#{finding}")
        if card.get_by_role("radio").count() > 2:
            leave_out(page, "2つの事業が1行に読まれている")
            menu(page, "見直し")
        else:
            # What is done, the department and the number are others, and only the name is the same.
            differs = "電話が違う、担当部署が違う" in card.inner_text()
            answer(page, finding, same=not differs, why="画像で、内容、担当部署、電話番号を見比べた")


def answer(page: Page, finding: str, *, same: bool, why: str) -> None:
    """手順5: say of a question whether both are one programme."""
    asked = page.locator(f"#{finding}")
    asked.get_by_role("radio", name="と同じ" if same else "別の事業").first.check()
    asked.get_by_label("そう考える理由").fill(why)
    press(page, asked.get_by_role("button", name="答えを残す"))
    page.get_by_role("status").get_by_text("答えを残しました。").wait_for()


def leave_out(page: Page, why: str) -> None:
    """手順5: keep the row that is perhaps two off the site."""
    lost = page.locator("article.finding").filter(has_text="[row-perhaps-lost]").first
    press(page, lost.locator(".programme").filter(has_text="指摘のある行").get_by_role("link").first)
    page.get_by_text("この行は事業ではないので、載せない").click()
    form = page.locator("details").filter(has_text="この行は事業ではないので、載せない")
    form.get_by_label("理由").fill(why)
    press(page, form.get_by_role("button", name="載せない"))
    page.get_by_role("status").get_by_text("載せないことにしました。").wait_for()


def accept_all(page: Page) -> None:
    """手順5, again: what is left is about the row that was left out."""
    while left := open_findings(page):
        asked = page.locator(f"#{left[0]}")
        assert re.search(r"\[(several-phones|row-perhaps-lost)\]", asked.inner_text()), asked.inner_text()
        asked.get_by_text("見たうえで、このまま認める").click()
        asked.get_by_label("認める理由").fill("混ざった行は、載せないことにした")
        press(page, asked.get_by_role("button", name="認める"))
        page.get_by_role("status").get_by_text("指摘を認めました。").wait_for()


def rebuild(page: Page, shot: Shot = no_picture) -> None:
    """手順8: make the generation again with what was decided, and open the review anew when it is done."""
    shot("rebuild", page, page.locator("section:has(> #waiting)"))
    press(page, page.locator("section:has(> #waiting)").get_by_role("button", name="作り直す"))
    page.get_by_role("status").get_by_text("作り直しを始めました。").wait_for()
    last = time.monotonic() + _ENDS_WITHIN
    while page.locator("section:has(> #waiting)").count():
        assert time.monotonic() < last, page.locator("main").inner_text()
        time.sleep(0.5)
        menu(page, "見直し")


def publish(page: Page) -> None:
    """手順9: with the button at the end of the review."""
    press(page, page.get_by_role("button", name=re.compile(r"^世代\d+を公開する$")))
    page.get_by_role("status").get_by_text("公開しました。").wait_for()


def go_back(page: Page, number: int, shot: Shot = no_picture) -> None:
    """前の世代に戻す: from the table of what is kept, and once more where it says what will change."""
    menu(page, "世代")
    press(page, page.get_by_role("link", name=f"世代{number}に戻す"))
    shot("rollback", page, page.locator("main"))
    press(page, page.get_by_role("button", name=f"世代{number}に戻す"))
    page.get_by_role("status").get_by_text("前の世代に戻しました。").wait_for()


def published(page: Page) -> int:
    """The number of the generation that is served, as the page of generations says."""
    found = re.search(r"世代(\d+)（", page.locator("section:has(> #now)").inner_text())
    assert found is not None
    return int(found[1])


def confirm(page: Page, prefecture: str, shot: Shot = no_picture) -> str:
    """いまもあるかを確かめる: what stands first, the list to print, and the answer of a call written down; the programme's id."""
    menu(page, "窓口と事業の確認")
    shot("confirmations", page, None)
    press(page, page.get_by_role("link", name=prefecture, exact=True))
    press(page, page.get_by_role("link", name="印刷する一覧を開く"))
    shot("calls", page, None)
    press(page, page.get_by_role("link", name="もどる"))
    press(page, page.locator("section:has(> #programs) .card").get_by_role("link").first)
    page.get_by_role("radio", name="電話", exact=True).check()
    page.get_by_role("radio", name=re.compile("^継続")).check()
    press(page, page.get_by_role("button", name="台帳に残す"))
    page.get_by_role("status").wait_for()
    return re.split(r"[?#]", page.url)[0].rsplit("/", 1)[1]


def add_word(page: Page, near: str, word: str, shot: Shot = no_picture) -> None:
    """言葉を足す: look for the meaning, add one word to it."""
    menu(page, "言葉の追加")
    page.get_by_label("意味の名前か、にた言葉").fill(near)
    press(page, page.get_by_role("button", name="さがす"))
    shot("lexicon", page, None)
    press(page, page.locator(".cards").get_by_role("link").first)
    form = page.locator("section:has(> #add)")
    form.get_by_role("textbox", name=re.compile("^言葉")).fill(word)
    form.get_by_role("textbox", name=re.compile("^理由")).fill("相談で聞いた")
    press(page, form.get_by_role("button", name="足す", exact=True))
    page.get_by_role("status").wait_for()


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
