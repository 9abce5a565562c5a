"""What a server does, what the crawl says of it, how it ends, and what the archive holds: one pair for each fault.

Every crawl here is the second one: the first has fetched the list, and none of the faults may lose or replace it.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from tests.crawler.local_site import (
    LIMIT,
    LIST,
    Reply,
    Result,
    Site,
    anchor,
    certificate,
    crawl,
    moved,
    page,
    pdf,
    serve,
    unused_url,
)

GOOD_PAGE = page(anchor("list.pdf", "一覧[PDF形式:1KB]"))
OLD = hashlib.sha256(LIST).hexdigest()


def html(body: str, title: str = "", status: int = 200) -> Reply:
    return Reply(f"<!doctype html><meta charset=utf-8><title>{title}</title>{body}".encode(), "text/html", status)


LONG = "<p>" + "内閣府の事業の説明です。" * 100


@dataclass(frozen=True)
class Fault:
    """``replies`` take the place of the good ones at the second crawl; ``{site}`` in ``said`` is the site's address."""

    name: str
    code: str
    at: str
    replies: dict[str, Reply]
    said: tuple[str, ...]
    settings: dict[str, float] = field(default_factory=dict)


PAGE, DOCUMENT = "/index.html", "/list.pdf"
KEPT = f"（{OLD[:12]}…）は、保管庫に残っています"
FAULTS = (
    # The page
    Fault(
        "the page is gone", "not_found", PAGE, {PAGE: html("", status=404)}, ("HTTP 404", "いまの場所を探してください")
    ),
    Fault("the page is gone for good", "not_found", PAGE, {PAGE: html("", status=410)}, ("HTTP 410",)),
    Fault(
        "the page has moved",
        "page_moved",
        PAGE,
        {PAGE: Reply(status=301, headers={"Location": "/new.html"}), "/new.html": GOOD_PAGE},
        ("{site}/new.html へ移っています",),
    ),
    Fault(
        "the page sends on by itself",
        "page_moved",
        PAGE,
        {PAGE: html("<meta http-equiv=refresh content='0; url=/new.html'><p>移転しました")},
        ("{site}/new.html へ移っています",),
    ),
    Fault(
        "an error page with status 200",
        "error_page",
        PAGE,
        {PAGE: html(f"<h1>お探しのページが見つかりません</h1>{LONG}")},
        ("HTTP 200", "お探しのページが見つかりません"),
    ),
    Fault(
        "an error page whose title says it",
        "error_page",
        PAGE,
        {PAGE: html(f"<h1>内閣府</h1>{LONG}", "404 Not Found")},
        ("404 Not Found",),
    ),
    Fault("a page of works", "error_page", PAGE, {PAGE: html("<p>ただいまメンテナンス中です")}, ("メンテナンス中",)),
    Fault(
        "the expected links are gone",
        "no_links",
        PAGE,
        {PAGE: html(f"<h1>取組</h1>{LONG}")},
        ("リンクが見つかりません",),
    ),
    Fault(
        "a sign-in",
        "login_page",
        PAGE,
        {PAGE: html("<form><input name=u><input type=Password name=p></form>", "職員の入口")},
        ("ログインを求める", "パスワードの欄"),
    ),
    Fault(
        "a redirect to a sign-in",
        "login_page",
        PAGE,
        {PAGE: moved("/auth/login"), "/auth/login": html(f"<h1>ログイン</h1>{LONG}")},
        ("ログインを求める",),
    ),
    Fault(
        "a refresh to a sign-in",
        "login_page",
        PAGE,
        {PAGE: html("<meta http-equiv=refresh content='0;url=/sso/signin'>")},
        ("{site}/sso/signin へ自動で移ります",),
    ),
    Fault("status 401", "login_page", PAGE, {PAGE: html("", status=401)}, ("HTTP 401",)),
    Fault(
        "a challenge with status 200",
        "challenge_page",
        PAGE,
        {PAGE: html("<h1>Checking your browser</h1>", "Just a moment...")},
        ("Just a moment...", "すり抜けることはしません"),
    ),
    Fault(
        "a challenge with status 403",
        "challenge_page",
        PAGE,
        {PAGE: html("<h2>Checking your browser before accessing</h2>", "www.example.jp", 403)},
        ("Checking your browser",),
    ),
    Fault(
        "a captcha",
        "challenge_page",
        PAGE,
        {PAGE: html("<form class=g-recaptcha>下の欄に印を付けてください</form>")},
        ("CAPTCHA",),
    ),
    Fault("an empty page", "empty", PAGE, {PAGE: Reply(b"", "text/html")}, ("0バイト",)),
    Fault(
        "a page that is no page",
        "not_html",
        PAGE,
        {PAGE: Reply(b"PK\x03\x04", "application/zip")},
        ("application/zip",),
    ),
    Fault("a refusal", "http_error", PAGE, {PAGE: html("", status=403)}, ("HTTP 403",)),
    Fault(
        "robots.txt",
        "robots_denied",
        PAGE,
        {"/robots.txt": Reply(b"User-agent: *\nDisallow: /\n", "text/plain")},
        ("robots.txt で自動での取得を断っている",),
    ),
    Fault(
        "a Crawl-delay of a day",
        "asked_to_wait",
        PAGE,
        {"/robots.txt": Reply(b"User-agent: *\nCrawl-delay: 86400\n", "text/plain")},
        ("取得のたびに2時間より長く待つ",),
    ),
    # The document
    Fault(
        "a page in place of the PDF",
        "html_for_pdf",
        DOCUMENT,
        {DOCUMENT: html(LONG, "事業の案内")},
        ("題名「事業の案内」", KEPT),
    ),
    Fault(
        "an error page in place of the PDF",
        "error_page",
        DOCUMENT,
        {DOCUMENT: html("<h1>ページが見つかりません</h1>")},
        ("ページが見つかりません", KEPT),
    ),
    Fault(
        "a sign-in in place of the PDF",
        "login_page",
        DOCUMENT,
        {DOCUMENT: html("<form><input type=password></form>")},
        ("パスワードの欄", KEPT),
    ),
    Fault("the PDF is gone", "not_found", DOCUMENT, {DOCUMENT: html("", status=404)}, ("HTTP 404", KEPT)),
    Fault(
        "less than promised",
        "truncated",
        DOCUMENT,
        {DOCUMENT: Reply(LIST, promised=len(LIST) + 9)},
        ("約束された長さ", KEPT),
    ),
    Fault(
        "a PDF cut off without a word",
        "truncated",
        DOCUMENT,
        {DOCUMENT: Reply(LIST[:20], promised=0)},
        ("PDFの終わりがありません", KEPT),
    ),
    Fault("an empty file", "empty", DOCUMENT, {DOCUMENT: Reply(b"")}, ("0バイト", KEPT)),
    Fault(
        "another kind of file",
        "not_pdf",
        DOCUMENT,
        {DOCUMENT: Reply(b"PK\x03\x04", "application/vnd.ms-excel")},
        ("application/vnd.ms-excel", KEPT),
    ),
    Fault(
        "a type that only says that it is a PDF",
        "not_pdf",
        DOCUMENT,
        {DOCUMENT: Reply(b"MZ\x90", "application/pdf")},
        ("PDFではありません", KEPT),
    ),
    Fault("too large", "too_large", DOCUMENT, {DOCUMENT: Reply(LIST + b"x" * LIMIT)}, ("100,000バイト", KEPT)),
    Fault(
        "too large and silent about it",
        "too_large",
        DOCUMENT,
        {DOCUMENT: Reply(LIST + b"x" * LIMIT, promised=0)},
        ("100,000バイト", KEPT),
    ),
    Fault(
        "no answer",
        "timeout",
        DOCUMENT,
        {DOCUMENT: Reply(hangs=True)},
        ("1秒以内に", KEPT),
        {"timeout_seconds": 1.0, "retries": 0},
    ),
    Fault("a server's error", "http_error", DOCUMENT, {DOCUMENT: Reply(status=500)}, ("HTTP 500", KEPT)),
    Fault(
        "a server that asks for an hour",
        "asked_to_wait",
        DOCUMENT,
        {DOCUMENT: Reply(status=503, headers={"Retry-After": "3600"})},
        ("約60分待つ", KEPT),
    ),
    Fault(
        "a redirect off the host",
        "off_host",
        DOCUMENT,
        {DOCUMENT: moved("http://elsewhere.example/list.pdf")},
        ("elsewhere.example", "の外", KEPT),
    ),
    Fault("a redirect in circles", "redirect_loop", DOCUMENT, {DOCUMENT: moved(DOCUMENT)}, ("5回を超えて", KEPT)),
    Fault(
        "a link off the host",
        "off_host",
        "http://elsewhere.example/2.pdf",
        {PAGE: page(anchor("list.pdf"), anchor("http://elsewhere.example/2.pdf", "一覧2"))},
        ("elsewhere.example",),
    ),
    Fault(
        "a list taken down",
        "link_gone",
        DOCUMENT,
        {PAGE: page(anchor("other.pdf", "一覧2")), "/other.pdf": Reply(pdf("other"))},
        ("前回あったPDF「一覧.pdf」", "なくなりました", KEPT),
    ),
)


@pytest.fixture(scope="module")
def outcomes(tmp_path_factory: pytest.TempPathFactory) -> dict[str, tuple[Result, dict[str, object]]]:
    """Each fault at a site of its own, all crawled by two processes: first all good, then all at fault.

    Faults with settings of their own are crawled apart.
    """
    done: dict[str, tuple[Result, dict[str, object]]] = {}
    groups: dict[str, list[Fault]] = {}
    for fault in FAULTS:
        groups.setdefault(json.dumps(fault.settings), []).append(fault)
    for key, faults in groups.items():
        archive = tmp_path_factory.mktemp("faults") / "archive"
        managers = [serve() for _ in faults]
        sites = [manager.__enter__() for manager in managers]
        try:
            named = {f"s{number}": {f"{site.url}{PAGE}": 2021} for number, site in enumerate(sites)}
            for site in sites:
                site.replies = {PAGE: GOOD_PAGE, DOCUMENT: Reply(LIST)}
            before = crawl(archive, named)
            assert before.well, before.complained
            for fault, site in zip(faults, sites, strict=True):
                site.replies |= fault.replies
            after = crawl(archive, named, **json.loads(key))
            for number, (fault, site) in enumerate(zip(faults, sites, strict=True)):
                report = dict(after.reports[f"s{number}"])
                report["site"] = site.url
                done[fault.name] = (after, report)
        finally:
            for manager in managers:
                manager.__exit__(None, None, None)
    return done


@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: fault.name)
def test_a_fault_is_named_and_nothing_that_was_fetched_is_lost(
    fault: Fault, outcomes: dict[str, tuple[Result, dict[str, object]]]
) -> None:
    result, report = outcomes[fault.name]
    site = str(report["site"])
    problems = report["problems"]
    assert isinstance(problems, list)
    url = fault.at if fault.at.startswith("http") else site + fault.at

    assert [(where, code) for where, code, _ in problems] == [(url, fault.code)]
    message = problems[0][2]
    assert [words for words in fault.said if words.format(site=site) not in message] == []
    assert f"{report['source']}：{url}：[{fault.code}] {message}" in result.complained
    assert not result.well
    assert result.archive.read(OLD) == LIST
    stored = {path.stem for path in result.archive.root.rglob("*.bin")}
    assert stored <= {OLD, hashlib.sha256(pdf("other")).hexdigest()}


def two_crawls(tmp_path: Path, site: Site, **settings: float) -> tuple[Result, Result]:
    named = {"lists": {f"{site.url}{PAGE}": 2021}}
    return crawl(tmp_path / "archive", named), crawl(tmp_path / "archive", named, **settings)


def test_the_same_crawl_twice_fetches_no_document_anew(tmp_path: Path) -> None:
    with serve() as site:
        site.replies = {PAGE: GOOD_PAGE, DOCUMENT: Reply(LIST, etag='"1"')}
        first, second = two_crawls(tmp_path, site)
        conditions = [headers.get("if-none-match") for path, headers, _ in site.asked if path == DOCUMENT]

    assert conditions == [None, '"1"']
    assert (first.well, second.well) == (True, True)
    assert (
        second.reports["lists"]["fetched"] == second.reports["lists"]["unchanged"] == first.reports["lists"]["fetched"]
    )
    assert len(second.archive.fetches(OLD)) == 1
    assert "サーバーが変わりなしと答えた" in second.said[0]
    assert second.said[-1] == "文書は1件（新しい文書0件、前と同じ1件）、困ったことはありませんでした。"


def test_a_document_behind_a_redirect_is_asked_for_with_its_condition_too(tmp_path: Path) -> None:
    with serve() as site:
        site.replies = {PAGE: GOOD_PAGE, DOCUMENT: moved("/2021.pdf"), "/2021.pdf": Reply(LIST, etag='"1"')}
        _, second = two_crawls(tmp_path, site)
        conditions = [headers.get("if-none-match") for path, headers, _ in site.asked if path == "/2021.pdf"]

    assert conditions == [None, '"1"']
    assert second.well


def test_a_damaged_document_of_the_archive_is_fetched_whole_again(tmp_path: Path) -> None:
    with serve() as site:
        site.replies = {PAGE: GOOD_PAGE, DOCUMENT: Reply(LIST, etag='"1"')}
        named = {"lists": {f"{site.url}{PAGE}": 2021}}
        first = crawl(tmp_path / "archive", named)
        (stored,) = first.archive.root.rglob("*.bin")
        stored.write_bytes(b"damaged")
        second = crawl(tmp_path / "archive", named)

    assert second.archive.read(OLD) == LIST


def test_a_pdf_replaced_under_its_address_is_named_with_both_and_both_are_kept(tmp_path: Path) -> None:
    new = pdf("corrected")
    with serve() as site:
        site.replies = {PAGE: GOOD_PAGE, DOCUMENT: Reply(LIST, etag='"1"')}
        named = {"lists": {f"{site.url}{PAGE}": 2021}}
        first = crawl(tmp_path / "archive", named)
        site.replies[DOCUMENT] = Reply(new, etag='"2"')
        second = crawl(tmp_path / "archive", named)
        third = crawl(tmp_path / "archive", named)

    digest = hashlib.sha256(new).hexdigest()
    ((url, code, message),) = second.reports["lists"]["problems"]
    day = first.reports["lists"]["fetched"][0]["fetched_at"][:10]
    assert (url, code) == (f"{site.url}{DOCUMENT}", "replaced")
    assert f"差し替え：同じURLのPDFの中身が替わりました（前：{OLD[:12]}…、{day}に取得。今：{digest[:12]}…）" in message
    assert [one["sha256"] for one in second.reports["lists"]["fetched"]] == [digest]
    assert (second.archive.read(OLD), second.archive.read(digest)) == (LIST, new)
    assert (second.well, third.well) == (False, True)


def test_a_pdf_that_its_server_calls_something_else_is_kept_and_named(tmp_path: Path) -> None:
    with serve() as site:
        site.replies = {PAGE: GOOD_PAGE, DOCUMENT: Reply(LIST, "text/plain")}
        result = crawl(tmp_path / "archive", {"lists": {f"{site.url}{PAGE}": 2021}})

    assert result.problems("lists") == {f"{site.url}{DOCUMENT}": "wrong_type"}
    assert result.archive.read(OLD) == LIST
    assert not result.well


def test_a_captcha_or_sign_in_beside_the_lists_is_no_fault(tmp_path: Path) -> None:
    with serve() as site:
        beside = "<form class=g-recaptcha>検索</form><form>職員ログイン<input type=password></form>"
        site.replies = {PAGE: html(beside + anchor("list.pdf"), "取組の一覧"), DOCUMENT: Reply(LIST)}
        result = crawl(tmp_path / "archive", {"lists": {f"{site.url}{PAGE}": 2021}})

    assert result.complained == []


def test_a_dry_run_says_what_it_would_fetch_and_writes_nothing(tmp_path: Path) -> None:
    with serve() as site:
        site.replies = {
            PAGE: page(
                anchor("list.pdf"), anchor("new.pdf", "一覧2"), anchor("large.pdf", "一覧3"), anchor("x.pdf", "一覧4")
            ),
            DOCUMENT: Reply(LIST, etag='"1"'),
            "/new.pdf": Reply(pdf("new")),
            "/large.pdf": Reply(promised=LIMIT + 1),
        }
        named = {"lists": {f"{site.url}{PAGE}": None}}
        empty = crawl(tmp_path / "empty", named, dry_run=True)
        site.replies[PAGE] = GOOD_PAGE
        crawl(tmp_path / "archive", named)
        files = {path: path.read_bytes() for path in (tmp_path / "archive").rglob("*") if path.is_file()}
        site.replies[PAGE] = page(anchor("list.pdf"), anchor("new.pdf", "一覧2"))
        again = crawl(tmp_path / "archive", named, dry_run=True)
        methods = [method for method, path in zip(site.methods, site.paths, strict=True) if path == "/new.pdf"]

    assert not (tmp_path / "empty").exists()
    assert empty.problems("lists") == {f"{site.url}/large.pdf": "too_large", f"{site.url}/x.pdf": "not_found"}
    assert empty.said == [
        f"lists：取得するはずの文書：一覧.pdf（年度は未定、{len(LIST)}バイト、application/pdf）{site.url}/list.pdf",
        f"lists：取得するはずの文書：一覧2.pdf（年度は未定、{len(pdf('new'))}バイト、application/pdf）{site.url}/new.pdf",
        "試しただけです。何も保管していません。取得するはずの文書は2件、人が確かめるところは2件です。",
    ]
    assert f"lists：前と同じ：一覧.pdf（年度は未定、変わりなし）{site.url}/list.pdf" in again.said
    assert "取得するはずの文書は1件、困ったことはありませんでした。" in again.said[-1]
    assert again.well
    assert {path: path.read_bytes() for path in (tmp_path / "archive").rglob("*") if path.is_file()} == files
    assert methods == ["HEAD", "HEAD"]


def test_a_server_that_knows_no_head_leaves_the_size_unknown(tmp_path: Path) -> None:
    with serve() as site:
        site.replies = {PAGE: GOOD_PAGE, DOCUMENT: Reply(status=405)}
        result = crawl(tmp_path / "archive", {"lists": {f"{site.url}{PAGE}": 2021}}, dry_run=True)

    assert result.said[0].startswith("lists：取得するはずの文書：一覧.pdf（2021年度、大きさは不明、種類は不明）")
    assert result.well


def test_a_crawl_delay_that_is_longer_than_ours_is_kept(tmp_path: Path) -> None:
    with serve() as site:
        site.replies = {
            "/robots.txt": Reply(b"User-agent: *\nCrawl-delay: 0.8\n", "text/plain"),
            PAGE: GOOD_PAGE,
            DOCUMENT: Reply(LIST),
        }
        crawl(tmp_path / "archive", {"lists": {f"{site.url}{PAGE}": 2021}}, delay_seconds=0.05)
        (robots, _, first), (_, _, second), (_, _, third) = site.asked

    assert robots == "/robots.txt"
    assert second - first > 0.7
    assert third - second > 0.7


@pytest.mark.parametrize(
    ("headers", "settings", "least"),
    [
        ({"Retry-After": "1"}, {"backoff_seconds": 0.01}, (0.9, 0.9)),
        ({}, {"backoff_seconds": 0.4}, (0.35, 0.75)),
    ],
    ids=["as the server asks", "twice as long each time"],
)
def test_a_passing_fault_is_waited_out(
    tmp_path: Path, headers: dict[str, str], settings: dict[str, float], least: tuple[float, float]
) -> None:
    busy = Reply(status=503, headers=headers)
    with serve() as site:
        site.replies = {PAGE: GOOD_PAGE, DOCUMENT: Reply(LIST, first=(busy, busy))}
        result = crawl(tmp_path / "archive", {"lists": {f"{site.url}{PAGE}": 2021}}, retries=2, **settings)
        times = [moment for path, _, moment in site.asked if path == DOCUMENT]

    assert result.well
    assert len(times) == 3
    assert times[1] - times[0] > least[0]
    assert times[2] - times[1] > least[1]


def test_names_that_do_not_exist_and_certificates_that_nobody_vouches_for_are_told_apart(tmp_path: Path) -> None:
    with serve(certificate(tmp_path)) as strange:
        strange.replies = {PAGE: GOOD_PAGE}
        expected = {
            "http://nobody.invalid/index.html": ("dns", "サーバーの名前が見つかりません"),
            f"{strange.url}{PAGE}": ("tls", "サーバーの証明書を確かめられない"),
            f"{unused_url()}{PAGE}": ("connection", "接続を断られました"),
        }
        result = crawl(tmp_path / "archive", {f"s{number}": {url: 2021} for number, url in enumerate(expected)})

    found = {problem[0]: problem for report in result.reports.values() for problem in report["problems"]}
    assert {url: code for url, (_, code, _) in found.items()} == {url: code for url, (code, _) in expected.items()}
    assert all(words in found[url][2] for url, (_, words) in expected.items())
    assert not (tmp_path / "archive").exists()
