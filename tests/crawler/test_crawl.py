"""A crawl of a small site on this machine: what is fetched, what is refused, and that nothing fails in silence.

Each crawl runs in a process of its own, since a Twisted reactor cannot be started twice.
"""

from __future__ import annotations

import gzip
import hashlib
import os
import signal
import subprocess
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from tests.crawler.local_site import (
    LIMIT,
    LIST,
    PATIENCE,
    Reply,
    Result,
    Site,
    anchor,
    certificate,
    command,
    crawl,
    environment,
    moved,
    page,
    pdf,
    serve,
    unused_url,
)

from tsunagari_crawler.archive import read_manifest

# One crawl of everything that can stand behind a link


@dataclass
class Visit:
    """The site after the crawl, and what the crawl said."""

    site: Site
    elsewhere: Site
    result: Result


@pytest.fixture(scope="module")
def visit(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Visit]:
    with serve() as site, serve() as elsewhere:
        site.replies = {
            "/robots.txt": Reply(b"User-agent: *\nDisallow: /private/\n", "text/plain"),
            "/r03/index.html": page(
                anchor("pdf/list.pdf?key=s3cret"),
                anchor("pdf/memo.pdf", "交付要綱[PDF形式:12KB]"),
                anchor("/r03/index.html", "一覧のページ"),
            ),
            "/r03/pdf/list.pdf?key=s3cret": Reply(
                LIST,
                headers={
                    "Last-Modified": "Mon, 02 Nov 2026 00:00:00 GMT",
                    "Set-Cookie": "session=1; Path=/",
                    "Content-Disposition": 'attachment; filename="\x88\xea\x97\x97.pdf"',
                },
            ),
            "/all.html": page(
                anchor("pdf/gzip.pdf"),
                anchor(f"{site.url}/pdf/redirected.pdf"),
                anchor("/private/list.pdf"),
                anchor("gone.pdf"),
                anchor("broken.pdf"),
                anchor(f"http://localhost:{site.server.server_port}/list.pdf"),
                anchor(f"{elsewhere.url}/list.pdf"),
                anchor("away.pdf"),
                anchor("around.pdf"),
                anchor("error-page.pdf"),
                anchor("empty.pdf"),
                anchor("large.pdf"),
                anchor("large-unsaid.pdf"),
                anchor("large-packed.pdf"),
                anchor("cut.pdf"),
            ),
            "/pdf/gzip.pdf": Reply(gzip.compress(LIST), headers={"Content-Encoding": "gzip"}),
            "/pdf/redirected.pdf": moved("/pdf/target.pdf"),
            "/pdf/target.pdf": Reply(pdf("moved within the site")),
            "/private/list.pdf": Reply(LIST),
            "/broken.pdf": Reply(b"busy", "text/plain", 503),
            "/away.pdf": moved(f"{elsewhere.url}/list.pdf"),
            "/around.pdf": moved("/around.pdf"),
            "/error-page.pdf": Reply("<h1>ページが見つかりません</h1>".encode(), "text/html"),
            "/empty.pdf": Reply(b""),
            "/large.pdf": Reply(LIST + b"x" * LIMIT),
            "/large-unsaid.pdf": Reply(LIST + b"x" * LIMIT, promised=0),
            "/large-packed.pdf": Reply(gzip.compress(LIST + b"x" * LIMIT), headers={"Content-Encoding": "gzip"}),
            "/cut.pdf": Reply(LIST, promised=len(LIST) + 500),
        }
        elsewhere.replies = {"/list.pdf": Reply(LIST)}
        sources: Mapping[str, Mapping[str, int | None]] = {
            "dated": {f"{site.url}/r03/index.html": 2021},
            "undated": {f"{site.url}/all.html": None},
        }
        yield Visit(site, elsewhere, crawl(tmp_path_factory.mktemp("visit") / "archive", sources))


def test_robots_txt_is_asked_first_and_once(visit: Visit) -> None:
    assert visit.site.paths[0] == "/robots.txt"
    assert visit.site.paths.count("/robots.txt") == 1


def test_a_linked_list_is_kept_byte_for_byte_with_where_and_when_it_came_from(visit: Visit) -> None:
    (document,) = visit.result.reports["dated"]["fetched"]

    assert visit.result.archive.read(document["sha256"]) == LIST
    assert document["sha256"] == hashlib.sha256(LIST).hexdigest()
    assert document["size"] == len(LIST)
    assert document["name"] == "一覧.pdf"
    assert document["url"] == f"{visit.site.url}/r03/pdf/list.pdf?key=s3cret"
    assert document["headers"]["last-modified"] == "Mon, 02 Nov 2026 00:00:00 GMT"
    assert document["headers"]["content-type"] == "application/pdf"
    age = datetime.now(UTC) - datetime.fromisoformat(document["fetched_at"])
    assert timedelta(0) <= age < timedelta(hours=1)


def test_the_edition_is_the_one_that_was_declared_with_the_page(visit: Visit) -> None:
    (document,) = visit.result.reports["dated"]["fetched"]

    assert document["edition"] == {
        "fiscal_year": 2021,
        "series": "example_list",
        "part": "",
        "publisher": "例の県",
        "title": "一覧",
        "url": f"{visit.site.url}/r03/pdf/list.pdf?key=s3cret",
        "licence": "PDL1.0",
        "origin": "original",
    }
    assert visit.result.problems("dated") == {}


def test_documents_of_a_page_without_a_declared_year_have_no_edition(visit: Visit) -> None:
    fetched = visit.result.reports["undated"]["fetched"]

    assert [document["url"].removeprefix(visit.site.url) for document in fetched] == [
        "/pdf/gzip.pdf",
        "/pdf/target.pdf",
    ]
    assert [document["edition"] for document in fetched] == [None, None]


def test_a_body_that_was_packed_for_the_way_is_kept_as_the_file_that_it_is(visit: Visit) -> None:
    document = visit.result.reports["undated"]["fetched"][0]

    assert visit.result.archive.read(document["sha256"]) == LIST
    assert all("gzip" not in headers.get("accept-encoding", "") for _, headers, _ in visit.site.asked)


def test_each_failure_has_its_name(visit: Visit) -> None:
    expected = {
        "/private/list.pdf": "robots_denied",
        "/gone.pdf": "not_found",
        "/broken.pdf": "http_error",
        "/away.pdf": "off_host",
        "/around.pdf": "redirect_loop",
        "/error-page.pdf": "error_page",
        "/empty.pdf": "empty",
        "/large.pdf": "too_large",
        "/large-unsaid.pdf": "too_large",
        "/large-packed.pdf": "too_large",
        "/cut.pdf": "truncated",
    }

    assert visit.result.problems("undated") == {
        f"http://localhost:{visit.site.server.server_port}/list.pdf": "off_host",
        f"{visit.elsewhere.url}/list.pdf": "off_host",
        **{visit.site.url + path: code for path, code in expected.items()},
    }


def test_messages_say_what_happened(visit: Visit) -> None:
    messages = {url: message for url, _, message in visit.result.reports["undated"]["problems"]}
    said = {
        "/gone.pdf": "HTTP 404",
        "/broken.pdf": "HTTP 503",
        "/away.pdf": visit.elsewhere.url.removeprefix("http://"),
        "/error-page.pdf": "ページが見つかりません",
        "/large.pdf": "100,000バイト",
    }

    assert [path for path, words in said.items() if words not in messages[visit.site.url + path]] == []


def test_what_robots_txt_denies_is_never_asked_for(visit: Visit) -> None:
    assert "/private/list.pdf" not in visit.site.paths


def test_another_host_or_port_is_never_asked(visit: Visit) -> None:
    assert visit.elsewhere.asked == []
    assert "/list.pdf" not in visit.site.paths


def test_only_lists_are_fetched(visit: Visit) -> None:
    assert "/r03/pdf/memo.pdf" not in visit.site.paths
    assert visit.site.paths.count("/r03/index.html") == 1


def test_a_passing_fault_is_tried_again_as_often_as_allowed(visit: Visit) -> None:
    assert visit.site.paths.count("/broken.pdf") == 2
    assert visit.site.paths.count("/gone.pdf") == 1


def test_the_manifest_lists_what_was_fetched(visit: Visit) -> None:
    for report in visit.result.reports.values():
        listed = [document.to_json() for document in read_manifest(Path(report["manifest"]))]
        assert listed == report["fetched"]
    manifests = {str(path) for path in visit.result.archive.crawl_manifests()}
    assert manifests == {report["manifest"] for report in visit.result.reports.values()}


def test_the_archive_holds_nothing_else(visit: Visit) -> None:
    fetched = {one["sha256"] for report in visit.result.reports.values() for one in report["fetched"]}
    stored = {path.stem for path in visit.result.archive.root.rglob("*.bin")}

    assert stored == fetched
    assert list(visit.result.archive.root.rglob("*.part")) == []


def test_every_request_names_the_crawler_and_carries_no_cookie(visit: Visit) -> None:
    assert {headers["user-agent"] for _, headers, _ in visit.site.asked} == {
        "tsunagari (directory of public support programmes in Japan)"
    }
    assert not any("cookie" in headers for _, headers, _ in visit.site.asked)
    assert not any("set-cookie" in one["headers"] for one in visit.result.reports["dated"]["fetched"])


def test_no_port_is_opened(visit: Visit) -> None:
    assert visit.result.opened == []


def test_the_log_holds_warnings_without_query_strings_and_nothing_that_the_report_says(visit: Visit) -> None:
    assert visit.result.stderr.splitlines() == [
        f"WARNING scrapy.test: stored <{visit.site.url}/r03/pdf/list.pdf?…>",
        f"WARNING scrapy.test: stored <{visit.site.url}/pdf/gzip.pdf>",
        f"WARNING scrapy.test: stored <{visit.site.url}/pdf/target.pdf>",
    ]


# Pages that give nothing


def test_a_page_that_gives_nothing_says_why(tmp_path: Path) -> None:
    with serve() as site, serve() as closed, serve(certificate(tmp_path)) as strange:
        down = unused_url()
        site.replies = {
            "/moved.html": moved("/r08/index.html"),
            "/r08/index.html": page(anchor("list.pdf")),
            "/away.html": moved(f"{closed.url}/index.html"),
            "/bare.html": page(anchor("memo.pdf", "要綱"), anchor("form.pdf", "様式")),
            "/direct.pdf": Reply(LIST),
        }
        closed.replies = {
            "/robots.txt": Reply(b"maintenance", "text/plain", 503),
            "/index.html": page(anchor("list.pdf")),
        }
        strange.replies = {"/index.html": page(anchor("list.pdf"))}
        expected = {
            f"{site.url}/gone.html": "not_found",
            f"{site.url}/moved.html": "page_moved",
            f"{site.url}/away.html": "off_host",
            f"{site.url}/bare.html": "no_links",
            f"{site.url}/direct.pdf": "not_html",
            f"{closed.url}/index.html": "robots_unknown",
            f"{down}/index.html": "connection",
            f"{strange.url}/index.html": "tls",
        }

        result = crawl(
            tmp_path / "archive",
            {f"source{number}": {url: 2021} for number, url in enumerate(expected)},
        )

        assert {url: code for name in result.reports for url, code in result.problems(name).items()} == expected
        assert not any(report["fetched"] or report["manifest"] for report in result.reports.values())
        assert not result.archive.root.exists()
        assert set(closed.paths) == {"/robots.txt"}
        assert strange.asked == []
        assert result.stderr == ""


def test_a_server_that_never_answers_is_given_up(tmp_path: Path) -> None:
    with serve() as site:
        site.replies = {"/robots.txt": Reply(hangs=True), "/index.html": page(anchor("list.pdf"))}

        result = crawl(tmp_path / "archive", {"slow": {f"{site.url}/index.html": 2021}}, timeout_seconds=0.5, retries=0)

    assert result.problems("slow") == {f"{site.url}/index.html": "timeout"}


# Crawling again, and politely


def test_a_second_crawl_tells_what_is_new_and_keeps_both_versions(tmp_path: Path) -> None:
    with serve() as site:
        site.replies = {
            "/index.html": page(anchor("a.pdf", "一覧1"), anchor("b.pdf", "一覧2")),
            "/a.pdf": Reply(LIST),
            "/b.pdf": Reply(pdf("first")),
        }
        first = crawl(tmp_path / "archive", {"lists": {f"{site.url}/index.html": None}})
        site.replies["/b.pdf"] = Reply(pdf("corrected under the same address"))
        second = crawl(tmp_path / "archive", {"lists": {f"{site.url}/index.html": None}})

    before, after = first.reports["lists"], second.reports["lists"]
    assert before["unchanged"] == []
    assert [document["name"] for document in after["unchanged"]] == ["一覧1.pdf"]
    kept = [second.archive.read(one["sha256"]) for one in (before["fetched"][1], after["fetched"][1])]
    assert kept == [pdf("first"), pdf("corrected under the same address")]
    assert before["manifest"] != after["manifest"]
    assert [str(path) for path in second.archive.crawl_manifests()] == [after["manifest"]]


def test_the_delay_lies_between_requests_and_sources(tmp_path: Path) -> None:
    delay = 0.4
    with serve() as site:
        for name in ("1", "2"):
            site.replies[f"/{name}.html"] = page(anchor(f"{name}.pdf"))
            site.replies[f"/{name}.pdf"] = Reply(LIST)

        crawl(
            tmp_path / "archive",
            {"one": {f"{site.url}/1.html": None}, "two": {f"{site.url}/2.html": None}},
            delay_seconds=delay,
        )

    times = [moment for _, _, moment in site.asked]
    assert len(times) == 5
    # Arrivals are seen later than they were sent, by more or less; their sum cannot be off by much.
    assert times[-1] - times[0] > 4 * delay * 0.75


def test_an_archive_that_cannot_be_written_ends_the_crawl_with_its_name(tmp_path: Path) -> None:
    (tmp_path / "archive").write_text("a file, not a folder")
    with serve() as site:
        site.replies = {"/index.html": page(anchor("list.pdf")), "/list.pdf": Reply(LIST)}
        ended = subprocess.run(
            command(tmp_path / "archive", {"lists": {f"{site.url}/index.html": 2021}}, {}),
            env=environment(),
            capture_output=True,
            text=True,
            check=False,
            timeout=PATIENCE,
        )

    assert ended.returncode == 1
    assert ended.stderr.splitlines()[-1].startswith("ArchiveError: 一覧.pdf：保管庫")
    assert "Traceback" not in ended.stderr


@pytest.mark.skipif(os.name == "nt", reason="Windows has no SIGINT for one process; run this on Linux or macOS")
def test_ctrl_c_ends_the_crawl_and_leaves_no_manifest(tmp_path: Path) -> None:
    with serve() as site:
        site.replies = {"/robots.txt": Reply(hangs=True)}
        with subprocess.Popen(
            command(tmp_path / "archive", {"slow": {f"{site.url}/index.html": 2021}}, {}),
            env=environment(),
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        ) as process:
            assert site.asked_at_all.wait(PATIENCE)
            process.send_signal(signal.SIGINT)
            try:
                ended = process.wait(PATIENCE / 3)
            finally:
                process.kill()

    assert ended == -signal.SIGINT
    assert not (tmp_path / "archive").exists()
