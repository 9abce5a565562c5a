"""The commands, as an administrator types them: output, errors on stderr, exit codes."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

import pytest
from tests.conftest import NATIONAL_LIST, ROOT
from tests.pdfs import encrypted, table_pdf, text_pdf

ROW = ("北海道", "札幌市", "つながり事業", "電話相談を行う。", "市民課", "011-211-2962")


def tsunagari(*arguments: object, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", "from tsunagari.cli import main; main()", *map(str, arguments)],
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
        cwd=ROOT,
        env=os.environ | {"PYTHONWARNINGS": "error", "COLUMNS": "200"} | environment,
    )


def test_parse_prints_a_line_for_each_programme() -> None:
    done = tsunagari("parse", NATIONAL_LIST)
    assert (done.returncode, done.stderr) == (0, "")
    lines = [json.loads(line) for line in done.stdout.splitlines()]
    assert len(lines) == 82
    assert {
        "prefecture",
        "municipality",
        "program_name",
        "description",
        "department",
        "phone",
        "extension",
        "fiscal_year",
        "page",
    } <= set(lines[0])
    assert lines[0]["fiscal_year"] == 2021  # from the file beside the PDF


def test_parse_leaves_the_year_open_where_nobody_gave_it(tmp_path: Path) -> None:
    path = tmp_path / "list.pdf"
    path.write_bytes(table_pdf([[ROW]], title="令和３年度 一覧"))
    assert json.loads(tsunagari("parse", path).stdout)["fiscal_year"] is None
    assert json.loads(tsunagari("parse", path, "--year", 2022).stdout)["fiscal_year"] == 2022


def test_raw_tables_are_printed_row_by_row_with_null_where_a_neighbour_covers_the_place(tmp_path: Path) -> None:
    path = tmp_path / "list.pdf"
    path.write_bytes(table_pdf([[ROW]]))
    (tmp_path / "bad.pdf").write_bytes(b"%PDF-1.7")
    done = tsunagari("parse", "--raw-tables", tmp_path / "bad.pdf", path)
    assert (done.returncode, done.stderr.count("\n"), "bad.pdf" in done.stderr) == (2, 1, True)
    lines = [json.loads(line) for line in done.stdout.splitlines()]
    assert [(line["page"], line["table"], line["row"]) for line in lines] == [(1, 1, 1), (1, 1, 2), (1, 1, 3)]
    assert lines[0]["cells"] == [
        "都道府県", "実施主体", "事業名", "事業概要", "事業の詳細についての問い合わせ先", None,
    ]  # fmt: skip
    assert lines[1]["cells"] == [None, None, None, None, "担当部署", "電話番号"]
    assert lines[2]["cells"] == list(ROW)


def test_parse_names_each_bad_file_with_its_reason_and_prints_the_others(tmp_path: Path) -> None:
    bad = {
        "empty.pdf": (b"", "empty"),
        "page.pdf": (b"<html>", "not-pdf"),
        "half.pdf": (NATIONAL_LIST.read_bytes()[:9000], "truncated"),
        "locked.pdf": (encrypted(text_pdf("x")), "encrypted"),
        "letter.pdf": (text_pdf("お知らせ"), "no-table"),
    }
    for name, (content, _) in bad.items():
        (tmp_path / name).write_bytes(content)
    done = tsunagari("parse", *(tmp_path / name for name in bad), tmp_path / "away.pdf", NATIONAL_LIST)
    assert done.returncode == 2
    assert len(done.stdout.splitlines()) == 82
    lines = done.stderr.splitlines()
    assert len(lines) == 6
    for (name, (_, code)), line in zip(bad.items(), lines, strict=False):
        assert line.startswith(f"tsunagari: {name}：[{code}] ")
    assert "away.pdf" in lines[5]


def test_import_publish_and_look(tmp_path: Path) -> None:
    done = tsunagari("import", "--data-dir", tmp_path, "fixtures/demo.toml")
    assert done.returncode == 0, done.stderr
    assert "82行のうち事業82件、除いた行0" in done.stdout
    assert "tsunagari publish" in done.stdout
    assert tsunagari("publish", TSUNAGARI_DATA_DIR=str(tmp_path)).returncode == 0
    doctor = tsunagari("doctor", "--data-dir", tmp_path)
    assert doctor.returncode == 0
    assert {line.partition("  ")[0] for line in doctor.stdout.splitlines()} == {"よし"}
    again = tsunagari("import", "--data-dir", tmp_path, "fixtures/demo.toml")
    assert "変わったところはありません" in again.stdout
    assert tsunagari("publish", "--data-dir", tmp_path).returncode == 1
    assert tsunagari("publish", "--data-dir", tmp_path, "--if-staged").returncode == 0


def test_a_year_is_asked_for(tmp_path: Path) -> None:
    path = tmp_path / "list.pdf"
    path.write_bytes(table_pdf([[ROW]]))
    done = tsunagari("import", "--data-dir", tmp_path / "data", path)
    assert done.returncode == 2
    assert "--year 2021" in done.stderr
    assert tsunagari("import", "--data-dir", tmp_path / "data", "--year", 2021, path).returncode == 0


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("publish",), "公開を待つ世代がありません"),
        (("rollback",), "公開された世代がまだありません"),
        (("reindex",), "まだ何も取り込まれていません"),
        (("crawl", "nowhere"), "nowhere"),
    ],
)
def test_what_cannot_be_done_is_said_in_a_line(tmp_path: Path, arguments: tuple[str, ...], said: str) -> None:
    done = tsunagari(*arguments, "--data-dir", tmp_path)
    assert done.returncode == 1
    assert said in done.stderr
    assert "Traceback" not in done.stderr


def test_doctor_tells_what_is_wrong(tmp_path: Path) -> None:
    assert tsunagari("doctor", "--data-dir", tmp_path).returncode == 1
    tsunagari("import", "--data-dir", tmp_path, "fixtures/demo.toml")
    tsunagari("publish", "--data-dir", tmp_path)
    document = next(tmp_path.glob("archive/*/*.bin"))
    document.write_bytes(b"changed")
    done = tsunagari("doctor", "--data-dir", tmp_path)
    assert done.returncode == 1
    assert "問題  保管庫" in done.stdout


def test_settings_that_cannot_be_used_are_named(tmp_path: Path) -> None:
    done = tsunagari("publish", "--data-dir", tmp_path, TSUNAGARI_ENGINE="solr")
    assert done.returncode == 1
    assert "TSUNAGARI_ENGINE「solr」" in done.stderr


def test_meilisearch_that_is_away_is_told_when_importing(tmp_path: Path) -> None:
    done = tsunagari(
        "import", "--data-dir", tmp_path, "fixtures/demo.toml",
        TSUNAGARI_ENGINE="meili", TSUNAGARI_MEILI_URL="http://127.0.0.1:9", TSUNAGARI_MEILI_ADMIN_KEY="x",
    )  # fmt: skip
    assert done.returncode == 1
    assert "http://127.0.0.1:9" in done.stderr
    assert "つながりません" in done.stderr


def test_every_command_says_what_it_does() -> None:
    done = tsunagari("--help")
    for command in (
        "crawl",
        "watch",
        "parse",
        "import",
        "publish",
        "rollback",
        "discard",
        "reindex",
        "serve",
        "doctor",
    ):
        assert re.search(rf"\b{command}\b", done.stdout)
    assert "national_list" in tsunagari("crawl", "--list").stdout


def test_serve_answers_on_loopback_and_logs_no_query(published: Path, tmp_path: Path) -> None:
    log = tmp_path / "log"
    with log.open("w") as output:
        process = subprocess.Popen(
            [
                sys.executable,
                "-c",
                "from tsunagari.cli import main; main()",
                "serve",
                "--data-dir",
                str(published),
                "--port",
                "8947",
            ],
            stdout=output,
            stderr=output,
            cwd=ROOT,
        )
        try:
            for _ in range(100):
                time.sleep(0.2)
                try:
                    with urllib.request.urlopen("http://127.0.0.1:8947/healthz", timeout=5) as answer:
                        assert answer.status == 200
                    break
                except OSError:
                    continue
            else:
                pytest.fail("the server did not come up")
            with urllib.request.urlopen(
                "http://127.0.0.1:8947/search?q=%E3%83%8A%E3%83%97%E3%82%AD%E3%83%B3", timeout=10
            ) as answer:
                assert "一覧に載っている事業：75件" in answer.read().decode()
        finally:
            process.send_signal(signal.SIGINT)
            process.wait(20)
    written = log.read_text()
    assert "GET /results 200" in written
    assert not re.search(r"%E3|\?s=|q=", written)
