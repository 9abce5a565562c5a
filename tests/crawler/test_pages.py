"""Which pages that came with status 200 are not the page that was asked for."""

from __future__ import annotations

import pytest

from tsunagari_crawler.pages import PageView, fault_of

URL = "https://www.example.jp/list.html"
LONG = "女性相談支援センターの相談の受付時間を説明します。" * 40


@pytest.mark.parametrize(
    ("view", "code"),
    [
        (PageView(URL, "ページが見つかりません｜例の県", text=LONG), "error_page"),
        (PageView(URL, "例の県", ("指定されたページまたはファイルは存在しません",), LONG), "error_page"),
        (PageView(URL, "例の県", ("ご指定のページは削除されたか、移動した可能性があります",), LONG), "error_page"),
        (PageView(URL, "Page Not Found", text=LONG), "error_page"),
        (PageView(URL, "503 Service Unavailable", text=LONG), "error_page"),
        (PageView(URL, "例の県", (), "お探しのページは見つかりませんでした。"), "error_page"),
        (PageView(URL, "相談のご案内", ("電話相談",), LONG), None),
        # Said in running text of a full page, it is about something else.
        (PageView(URL, "相談のご案内", (), f"{LONG}お探しのページが見つかりませんか。{LONG}"), None),
        (PageView(URL, "404事例に学ぶ", ("4040人が相談",), LONG), None),
        (PageView(URL, "職員用", (), "ログインしてください", password=True), "login_page"),
        (PageView(URL, "サインイン", (), LONG, password=True), "login_page"),
        (PageView(URL, "相談のご案内", (), LONG, password=True), None),
        (PageView(URL, "ログインせずに使える相談", (), LONG), None),
        (PageView("https://www.example.jp/login", "ログイン", (), LONG), "login_page"),
        (PageView(URL, "Just a moment...", (), ""), "challenge_page"),
        (PageView(URL, "", (), "ブラウザーを確認しています。しばらくお待ちください"), "challenge_page"),
        (PageView(URL, "", ("人間であることを確認します",), LONG), "challenge_page"),
        (PageView(URL, "確認", (), "チェックを入れてください", captcha=True), "challenge_page"),
        (PageView(URL, "お問い合わせ", (), LONG, captcha=True), None),
        (PageView(URL, "", refresh=(0, "https://www.example.jp/new/")), "page_moved"),
        (PageView(URL, "", refresh=(0, "https://www.example.jp/auth/login?to=list")), "login_page"),
        # A page that renews itself, or sends on its reader after a while.
        (PageView(URL, "いまの受付状況", text=LONG, refresh=(5, URL)), None),
        (PageView(URL, "いまの受付状況", text=LONG, refresh=(300, "https://www.example.jp/")), None),
    ],
    ids=lambda one: one if isinstance(one, str) else None,
)
def test_a_page_is_judged_by_its_title_and_headings_or_by_being_next_to_nothing(
    view: PageView, code: str | None
) -> None:
    fault = fault_of(view)

    assert (fault.code if fault else None) == code


def test_what_was_wanted_on_a_short_page_outweighs_a_password_field_but_not_an_error() -> None:
    beside = PageView(URL, "取組の一覧", (), "一覧 ログイン", password=True, captcha=True)

    assert fault_of(beside, holds_what_is_wanted=True) is None
    error = fault_of(PageView(URL, "ページが見つかりません"), holds_what_is_wanted=True)
    assert error
    assert error.code == "error_page"
    assert "ページが見つかりません" in error.message
