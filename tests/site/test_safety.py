"""The page on safety promises nothing that it cannot keep, and what it promises is kept."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import fields
from datetime import UTC, datetime
from pathlib import Path

import pytest
from starlette.testclient import TestClient
from tests.site_walks import find, site_at, text_of

from tsunagari_indexer.missed_concepts import Missed
from tsunagari_site.i18n import LANGUAGES
from tsunagari_site.pages.safety import SafetyPage, safety_lines
from tsunagari_site.rendering import EXIT_URL, static_files
from tsunagari_site.seal import LIFETIME

HEADINGS = [
    "いますぐ離れたいとき",
    "このサイトがしないこと",
    "それでも残るもの",
    "だれかに見られているかもしれないとき",
    "電話やチャットの前に",
]


@pytest.fixture
def bare(tmp_path: Path) -> Iterator[TestClient]:
    """A site in which nothing is published."""
    with site_at(tmp_path, datetime(2026, 11, 20, tzinfo=UTC)) as client:
        yield client


@pytest.mark.parametrize("prefix", [language.prefix for language in LANGUAGES])
def test_the_page_is_there_in_every_language_whatever_else_is_broken(bare: TestClient, prefix: str) -> None:
    answer = bare.get(f"{prefix}/safety")
    assert answer.status_code == 200
    assert f'href="{prefix}/contacts"' in answer.text
    assert 'href="tel:110"' in answer.text
    assert answer.text.count("<li>") >= len(safety_lines())


def test_the_page_has_what_to_do_now_first_and_every_sentence_once(bare: TestClient) -> None:
    page = bare.get("/safety").text
    assert [text_of(one).strip() for one in re.findall(r"<main.*?</main>", page, re.DOTALL)[0].split("<h2>")[1:]]
    assert re.findall(r"<h2>([^<]+)</h2>", page[page.index("<main") :]) == HEADINGS
    for line in safety_lines():
        assert page.count(f"<li>{line} </li>") == 1, line


def test_nothing_is_promised_that_cannot_be_kept() -> None:
    for line in safety_lines():
        assert not re.search(r"必ず|絶対|完全|安全です|だいじょうぶです|ばれません|分かりません|防げます", line), line
    left = " ".join(SafetyPage().left)
    for words in ("履歴に残ります", "「すぐ離れる」でも消えません", "通信の会社", "請求書", "共有するアドレス"):
        assert words in left
    watched = " ".join(SafetyPage().watched)
    assert "このサイトには、それを防ぐ方法がありません。" in watched
    assert "消したことに気づかれることがあります。" in watched
    assert "シークレットモードでも、見張るアプリや通信の会社からは隠せません。" in watched


def test_what_it_says_of_itself_is_so(client: TestClient) -> None:
    """Each sentence under 「このサイトがしないこと」, checked; a new one needs its check here."""
    kept = SafetyPage().kept
    assert kept == (
        "さがしたことばや場所を、保存も記録もしません。ほかの会社にも送りません。",
        "見つからなかったことの種類と回数だけを、月ごとに数えます。だれが、どんなことばでさがしたかは残しません。",
        "クッキーを使いません。会員登録もありません。",
        "さがした結果のアドレスからは、ことばや場所を読み取れません。1時間たつと開けなくなります。",
        "ページの名前には、相談や支援ということばを入れていません。",
    )
    assert LIFETIME == 3600
    assert [one.name for one in fields(Missed)] == ["label", "month", "searches"]
    pages = [find(client, q="札幌 ナプキン"), client.get("/").text, client.get("/contacts").text]
    for page in pages:
        assert not re.search(r"相談|支援", re.findall(r"<title>(.*?)</title>", page)[0])
        assert not re.search(r'type="(?:password|email)"|autocomplete="(?!off)', page)
    script = static_files()["site.js"].decode()
    assert not re.search(
        r"localStorage|sessionStorage|indexedDB|document\.cookie|sendBeacon|caches\b|serviceWorker", script
    )
    assert not re.search(r"https?://", script)


def test_leaving_works_as_it_is_said(client: TestClient) -> None:
    leaving = " ".join(SafetyPage().leaving)
    assert "天気のページに変わります" in leaving
    assert re.match(r"https://weather\.", EXIT_URL)
    assert "シフトキーを3回つづけて" in leaving
    script = static_files()["site.js"].decode()
    assert "presses === 3" in script
    assert "location.replace" in script
    # Without the script it is a link like any other, and the first or second thing that a keyboard reaches.
    page = client.get("/safety").text
    links = re.findall(r'<a\b[^>]*href="([^"]+)"', page[page.index("<body") :])
    assert EXIT_URL in links[:2]
    assert links[-1] == EXIT_URL


def test_the_way_there_stands_on_every_page(client: TestClient) -> None:
    for path in ("/", "/contacts", "/areas/01", "/about", "/nowhere", "/card"):
        assert 'href="/safety"' in client.get(path).text, path
