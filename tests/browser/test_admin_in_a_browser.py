"""The administrators' pages in a real browser: its forms are told from others', they work without scripts, and axe finds nothing."""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, Route
from tests.admin_walks import NAME, NEW_PASSWORD, PASSWORD, with_accounts
from tests.browser.conftest import OpenPage
from tests.browser.served import DESKTOP, NARROW, PHONE, Served, serving
from tests.browser.test_axe import violations

from tsunagari_indexer.workspace import Workspace
from tsunagari_site.admin.context import Admin

PAGES = ("/admin/", "/admin/audit", "/admin/password", "/admin/nowhere")


@pytest.fixture
def administered(published: Path, tmp_path: Path) -> Iterator[Served]:
    root = tmp_path / "data"
    shutil.copytree(published, root)
    with serving(with_accounts(root), Admin(Workspace(root), secure_cookie=False)) as served:
        yield served


def sign_in(page: Page, served: Served, path: str = "/admin/") -> None:
    page.goto(served.url + path)
    page.get_by_label("名前").fill(NAME)
    page.get_by_label("パスワード").fill(PASSWORD)
    page.get_by_role("button", name="サインインする").click()


def test_signing_in_changing_the_password_and_signing_out_without_scripts(
    open_page: OpenPage, administered: Served
) -> None:
    page = open_page(scripts=False)
    sign_in(page, administered, "/admin/audit")
    assert page.url == f"{administered.url}/admin/audit"
    (cookie,) = page.context.cookies()
    assert (cookie["path"], cookie["httpOnly"], cookie["sameSite"], cookie["expires"]) == ("/admin", True, "Strict", -1)
    page.get_by_role("link", name="パスワードを変える").click()
    page.get_by_label("いまのパスワード").fill(PASSWORD)
    page.get_by_label(re.compile("^新しいパスワード(?!（)")).fill(NEW_PASSWORD)
    page.get_by_label("新しいパスワード（もう一度）").fill(NEW_PASSWORD)
    page.get_by_role("button", name="変える", exact=True).click()
    assert "パスワードを変えました。" in page.get_by_role("status").inner_text()
    page.get_by_role("button", name="サインアウト").click()
    assert page.url == f"{administered.url}/admin/sign-in?done=out"
    assert page.context.cookies() == []
    page.go_back()
    assert "パスワードを変えました。" not in page.content()


def test_another_sites_page_gets_nothing_done_in_the_administrators_name(
    open_page: OpenPage, administered: Served
) -> None:
    page = open_page()
    sign_in(page, administered)
    csrf = page.locator('input[name="csrf"]').first.get_attribute("value")

    def evil(route: Route) -> None:
        # Even with the token, which it cannot know.
        form = f'<form method="post" action="{administered.url}/admin/sign-out"><input name="csrf" value="{csrf}"><button>x</button></form>'
        link = f'<a href="{administered.url}/admin/audit">y</a>'
        route.fulfill(status=200, content_type="text/html", body=form + link)

    page.context.route("http://evil.example/", evil)
    other = page.context.new_page()
    other.goto("http://evil.example/")
    with other.expect_response(lambda answer: answer.url.endswith("/admin/sign-out")) as answer:
        other.get_by_role("button").click()
    assert answer.value.status == 403
    assert "cookie" not in answer.value.request.all_headers()
    page.reload()
    assert page.get_by_role("heading", name="概要").is_visible()


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
def test_axe_finds_nothing_on_any_page(open_page: OpenPage, administered: Served, dark: bool) -> None:
    page = open_page(DESKTOP if dark else PHONE, dark=dark)
    found = {}
    page.goto(f"{administered.url}/admin/sign-in?done=out")
    found["sign-in"] = violations(page, contrast=True)
    page.get_by_label("名前").fill(NAME)
    page.get_by_label("パスワード").fill("x")
    page.get_by_role("button", name="サインインする").click()
    assert page.get_by_role("alert").is_visible()
    found["refused"] = violations(page, contrast=True)
    sign_in(page, administered)
    for path in PAGES:
        page.goto(administered.url + path)
        found[path] = violations(page, contrast=True)
    assert {name: wrong for name, wrong in found.items() if wrong} == {}


def test_no_page_is_wider_than_the_smallest_phone(open_page: OpenPage, administered: Served) -> None:
    page = open_page(NARROW)
    page.goto(f"{administered.url}/admin/sign-in")
    sign_in(page, administered)
    for path in PAGES:
        page.goto(administered.url + path)
        assert page.evaluate("document.documentElement.scrollWidth") <= NARROW[0], path
