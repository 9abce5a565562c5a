"""Many files at once: each that cannot be read is told on one line, with its name and why; the others are printed."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest
from tests.cli.test_commands import tsunagari
from tests.conftest import ROOT

from tsunagari.files import read_file, why_unreadable
from tsunagari.importing import EditionOptions, import_documents
from tsunagari_indexer.workspace import Workspace

SHEET = ROOT / "fixtures/sheet_gunma_r7_text/sheet-gunma-r7.txt"


def reason(path: Path) -> str:
    with pytest.raises(OSError, match=r".*") as caught:
        read_file(path)
    return why_unreadable(path, caught.value)


def test_why_a_file_cannot_be_read_is_said_in_japanese(tmp_path: Path) -> None:
    (tmp_path / "dangling.txt").symlink_to(tmp_path / "nowhere.txt")
    (tmp_path / "loop.txt").symlink_to(tmp_path / "loop.txt")
    assert reason(tmp_path / "none.pdf") == "ファイルがありません"
    assert reason(tmp_path) == "フォルダーです。中のファイルを指定してください"
    assert reason(tmp_path / "dangling.txt") == "シンボリックリンクの先のファイルがありません"
    assert reason(tmp_path / "loop.txt") == "シンボリックリンクが輪になっています"
    assert reason(tmp_path / ("x" * 300)) == "ファイルの名前が長すぎます"
    assert why_unreadable(tmp_path, PermissionError(13, "Permission denied")) == "読む権限がありません"


def test_a_file_larger_than_any_document_is_not_even_read(tmp_path: Path) -> None:
    large = tmp_path / "large.pdf"
    with large.open("wb") as stream:
        stream.truncate((1 << 30) + 1)
    assert reason(large) == "ファイルが大きすぎます（上限1,073,741,824バイト）"


def test_two_hundred_files_are_read_and_each_broken_one_is_one_line(tmp_path: Path) -> None:
    paths = []
    for number in range(200):
        path = tmp_path / f"{number:03}.txt"
        path.write_bytes(SHEET.read_bytes() if number % 4 else b"\xff\xfe\x00")
        paths.append(path)
    odd = tmp_path / "bad\n\x1b[31mname.txt"
    odd.write_bytes(b"")
    link = tmp_path / "link.txt"
    link.symlink_to(SHEET)
    done = tsunagari("parse", *paths, odd, link, tmp_path)
    assert done.returncode == 2
    lines = [json.loads(line) for line in done.stdout.splitlines()]
    assert len(lines) == 151
    told = done.stderr.splitlines()
    assert len(told) == 52
    assert all(line.startswith("tsunagari: ") for line in told)
    assert "\x1b" not in done.stderr
    assert [line for line in told if "000.txt：" in line]
    assert f"{tmp_path}：フォルダーです" in told[-1]


def test_a_list_of_documents_is_imported_without_the_one_that_is_missing(tmp_path: Path) -> None:
    folder = tmp_path / "lists"
    folder.mkdir()
    (folder / "sheet.txt").write_bytes(SHEET.read_bytes())
    (folder / "sheet.toml").write_text("fiscal_year = 2025\n", encoding="utf-8")
    (folder / "all.toml").write_text('documents = ["missing.pdf", "sheet.txt"]\n', encoding="utf-8")
    outcome = import_documents(Workspace(tmp_path / "data"), [folder / "all.toml"], EditionOptions())
    assert outcome.failures == (f"all.toml：{folder / 'missing.pdf'}：ファイルがありません",)
    assert [one.fetched.name for one in outcome.imported] == ["sheet.txt"]


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read every file")
def test_a_file_without_permission_is_told(tmp_path: Path) -> None:
    path = tmp_path / "secret.txt"
    path.write_text("x", encoding="utf-8")
    path.chmod(0)
    assert reason(path) == "読む権限がありません"
