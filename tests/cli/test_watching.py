"""The monthly look, as an administrator sees it: one page of each kind, month after month, on this machine."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

from tests.crawler.local_site import PATIENCE, Reply, environment, moved, pdf, serve

from tsunagari.watching import addresses, numbers_in
from tsunagari_crawler.sources import SOURCES
from tsunagari_parsers import known_desks

#: The command, with the addresses of the JSON argument in place of the real ones.
SCRIPT = """
import json, sys
import tsunagari.cli, tsunagari.watching
from tsunagari_crawler.checks import Watched, merged
given = [Watched(one["url"], tuple(one["names"]), tuple(one["numbers"]), tuple(one["sha256s"])) for one in json.loads(sys.argv.pop(1))]
tsunagari.watching.addresses = lambda data_dir: merged(given)
tsunagari.cli.main()
"""


def html(body: str) -> Reply:
    return Reply(f"<!doctype html><meta charset=utf-8><title>窓口</title>{body}".encode(), "text/html; charset=utf-8")


LONG = "<p>" + "窓口の説明です。" * 100
DESK = html(f"<h1>相談</h1><p>電話 ０１１－６６６－９９５５ 受付 9時から17時{LONG}")


def watch(data: Path, watched: list[dict[str, object]], *options: str) -> subprocess.CompletedProcess[str]:
    filled = [{"names": ["例の窓口"], "numbers": [], "sha256s": [], **one} for one in watched]
    arguments = ["watch", "--data-dir", str(data), "--delay", "0.01", *options]
    return subprocess.run(
        [sys.executable, "-W", "error", "-c", SCRIPT, json.dumps(filled), *arguments],
        env=environment(),
        capture_output=True,
        text=True,
        check=False,
        timeout=PATIENCE,
    )


def test_each_change_of_a_page_is_told_with_what_to_do_and_each_page_is_asked_for_once(tmp_path: Path) -> None:
    with serve() as site:
        names = ("same", "hours", "number", "gone", "moved", "soft", "login", "busy", "unmodified")
        site.replies = {f"/{name}": DESK for name in names}
        site.replies["/unmodified"] = Reply(DESK.body, DESK.media_type, etag='"1"')
        site.replies["/list.pdf"] = Reply(pdf("old"))
        site.replies["/robots.txt"] = Reply(b"User-agent: *\nDisallow: /private\n", "text/plain")
        watched: list[dict[str, object]] = [
            {"url": f"{site.url}/{name}", "numbers": ["011-666-9955"]} for name in names
        ]
        watched += [{"url": f"{site.url}/list.pdf", "names": ["一覧"]}]

        first = watch(tmp_path, watched)
        asked_first = list(site.paths)
        site.asked.clear()
        site.replies |= {
            "/hours": html(f"<h1>相談</h1><p>電話 011-666-9955 受付 9時から20時{LONG}"),
            "/number": html(f"<h1>相談</h1><p>電話 <a href='tel:0312345678'>こちら</a>{LONG}"),
            "/gone": Reply(status=404),
            "/moved": moved("/elsewhere"),
            "/elsewhere": DESK,
            "/soft": html(f"<h1>ページが見つかりません</h1>{LONG}"),
            "/login": html("<input type=password>"),
            "/busy": Reply(status=503),
            "/list.pdf": Reply(pdf("new")),
        }
        second = watch(tmp_path, [*watched, {"url": f"{site.url}/private"}])
        asked_second = list(site.paths)
        third = watch(tmp_path, watched, "--json")

    assert (first.returncode, first.stderr) == (0, "")
    assert first.stdout == "はじめて見た10件。\n"
    assert sorted(asked_first) == sorted(["/robots.txt", *(f"/{name}" for name in names), "/list.pdf"])
    assert sorted(asked_second) == sorted([*asked_first, "/elsewhere"])

    assert second.returncode == 1
    assert second.stderr == ""
    lines = second.stdout.splitlines()
    assert lines[0] == f"番号がなくなった：{site.url}/number（例の窓口）"
    assert lines[1].startswith("  ページにこの番号がなくなりました：011-666-9955。公式ページを開いて")
    assert "  増えた番号：0312345678" in lines
    starts = {line.partition("（")[0]: number for number, line in enumerate(lines)}
    for state, path, said in (
        ("ページがない", "/gone", "[not_found]"),
        ("エラーかログインのページになった", "/soft", "[error_page]"),
        ("エラーかログインのページになった", "/login", "[login_page]"),
        ("移った", "/moved", "/elsewhere へ移っています"),
        ("変わった", "/hours", "受付時間や番号を確かめてください"),
        ("変わった", "/list.pdf", "から中身が変わりました"),
        ("確かめられない", "/busy", "HTTP 503"),
        ("確かめられない", "/private", "[robots_denied]"),
    ):
        assert said in lines[starts[f"{state}：{site.url}{path}"] + 1], path
    assert not any("/same" in line or "/unmodified" in line for line in lines)
    assert lines[-1] == "人が確かめるところは9件です。電話をかける前に、ページを開いてください。"
    assert lines[-2].endswith("変わりなし2件。")

    answer = json.loads(third.stdout)
    states = {one["url"].removeprefix(site.url): one["state"] for one in answer["pages"]}
    assert third.returncode == 1
    # What was seen last month is no news any more; what still needs somebody is.
    assert states == {
        "/same": "stands", "/hours": "stands", "/number": "number_gone", "/gone": "gone", "/moved": "moved",
        "/soft": "error_page", "/login": "error_page", "/busy": "unknown", "/unmodified": "stands", "/list.pdf": "stands",
    }  # fmt: skip
    assert answer["needs_a_person"] == 6
    assert not (tmp_path / "archive").exists()


def test_the_addresses_are_those_of_publishers_and_of_every_desk_with_its_numbers(tmp_path: Path) -> None:
    found = {one.url: one for one in addresses(tmp_path)}

    for source in SOURCES.values():
        assert {page.url for page in source.pages} <= set(found)
    for desk in known_desks():
        for url in filter(None, (desk.url, *(source.url for source in desk.sources))):
            one = found[url.partition("#")[0]]
            assert desk.name in one.names
            assert {phone.number for phone in desk.phones} <= set(one.numbers)
    assert len(found) > 40
    assert not (tmp_path / "checks").exists()


def test_short_numbers_are_found_as_words_and_not_in_other_numbers() -> None:
    assert numbers_in("＃８００８、または110番。電話 011-666-9955") == ["011-666-9955", "110", "#8008"]
    assert numbers_in("令和1100年 110-2 の8008") == []
