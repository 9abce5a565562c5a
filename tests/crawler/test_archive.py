"""The archive gives back exactly what was fetched, or says that it cannot; a crash leaves nothing half written."""

from __future__ import annotations

import hashlib
import json
import os
import subprocess
import sys
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import pytest

import tsunagari_crawler
from tsunagari_crawler import Archive, ArchiveError, Edition, FetchedDocument
from tsunagari_crawler.archive import read_manifest, write_atomically
from tsunagari_crawler.report import write_manifest

PDF = b"%PDF-1.7\r\n\x00\xff\xfe not text \r\n%%EOF"
SHA256 = hashlib.sha256(PDF).hexdigest()
NOON = datetime(2026, 11, 3, 12, 0, tzinfo=UTC)


@pytest.fixture
def archive(tmp_path: Path) -> Archive:
    return Archive(tmp_path / "archive")


def files(folder: Path) -> list[str]:
    return sorted(str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file())


def test_bytes_come_back_as_they_were(archive: Archive) -> None:
    document = archive.store(PDF, name="一覧.pdf")

    assert archive.read(document.sha256) == PDF
    assert (document.sha256, document.size, document.name) == (SHA256, len(PDF), "一覧.pdf")
    assert SHA256 in archive


def test_every_fetch_of_the_same_bytes_is_on_record(archive: Archive) -> None:
    tokyo = timezone(timedelta(hours=9))
    first = archive.store(PDF, name="a.pdf", url="https://a.jp/a.pdf", fetched_at=NOON)
    second = archive.store(
        PDF,
        name="b.pdf",
        url="https://a.jp/b.pdf",
        headers={"last-modified": "Mon, 02 Nov 2026 00:00:00 GMT"},
        edition=Edition(2021, "national_list"),
        fetched_at=(NOON + timedelta(days=1)).astimezone(tokyo),
    )

    assert archive.fetches(SHA256) == (first, second)
    assert second.fetched_at == "2026-11-04T12:00:00+00:00"
    assert len([name for name in files(archive.root) if name.endswith(".bin")]) == 1


def test_one_changed_byte_is_noticed(archive: Archive) -> None:
    archive.store(PDF, name="一覧.pdf")
    (stored,) = archive.root.rglob("*.bin")
    stored.write_bytes(PDF.replace(b"text", b"teXt"))

    with pytest.raises(ArchiveError, match=SHA256[:12]):
        archive.read(SHA256)


@pytest.mark.parametrize("key", [SHA256, "", "../../etc/passwd", SHA256.upper(), None, 7])
def test_what_was_never_stored_is_not_there(archive: Archive, key: object) -> None:
    assert key not in archive


def test_reading_what_is_not_there_is_an_error(archive: Archive) -> None:
    with pytest.raises(ArchiveError, match=SHA256[:12]):
        archive.read(SHA256)
    assert files(archive.root.parent) == []


def test_a_folder_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    (tmp_path / "archive").write_text("a file, not a folder")

    with pytest.raises(ArchiveError, match=r"一覧\.pdf.*archive"):
        Archive(tmp_path / "archive").store(PDF, name="一覧.pdf")


@pytest.mark.parametrize("fault", [OSError(28, "No space left on device"), KeyboardInterrupt()])
def test_an_interrupted_write_leaves_no_half_document(
    archive: Archive, monkeypatch: pytest.MonkeyPatch, fault: BaseException
) -> None:
    def fail(_descriptor: int) -> None:
        raise fault

    with monkeypatch.context() as patch:
        patch.setattr(os, "fsync", fail)
        with pytest.raises((ArchiveError, KeyboardInterrupt)):
            archive.store(PDF, name="一覧.pdf")
    assert SHA256 not in archive
    assert files(archive.root) == []

    archive.store(PDF, name="一覧.pdf")
    assert archive.read(SHA256) == PDF


def test_a_killed_process_leaves_no_half_document(archive: Archive) -> None:
    code = """
import os, sys, pathlib
from tsunagari_crawler import Archive
os.fsync = lambda descriptor: os._exit(9)
Archive(pathlib.Path(sys.argv[1])).store(sys.stdin.buffer.read(), name="list.pdf")
"""
    folder = str(Path(tsunagari_crawler.__file__).parents[1])
    ended = subprocess.run(
        [sys.executable, "-c", code, str(archive.root)],
        input=PDF,
        env={**os.environ, "PYTHONPATH": folder},
        check=False,
        timeout=120,
    )

    assert ended.returncode == 9
    assert SHA256 not in archive
    archive.store(PDF, name="list.pdf")
    assert archive.read(SHA256) == PDF


def test_a_failed_rewrite_keeps_the_old_content(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "CURRENT"
    write_atomically(path, b"7")

    def fail(_path: Path, _target: Path) -> Path:
        raise OSError(5, "Input/output error")

    monkeypatch.setattr(Path, "replace", fail)
    with pytest.raises(OSError, match="Input/output"):
        write_atomically(path, b"8")

    assert path.read_bytes() == b"7"
    assert files(tmp_path) == ["CURRENT"]


def document(name: str = "一覧.pdf", **values: object) -> FetchedDocument:
    return FetchedDocument.from_json(
        {"sha256": SHA256, "size": len(PDF), "name": name, "fetched_at": NOON.isoformat(), **values},
        where="test",
    )


def test_a_manifest_is_read_as_it_was_written(archive: Archive) -> None:
    documents = [
        document("一覧.pdf", url="https://a.jp/1.pdf", headers={"etag": '"1"'}, edition={"fiscal_year": 2021}),
        document("概要.pdf"),
    ]

    path = write_manifest(archive, "national_list", NOON, documents)

    assert path is not None
    assert path.parent == archive.root / "crawls"
    assert list(read_manifest(path)) == documents


def test_a_crawl_that_brought_nothing_does_not_hide_the_last_one_that_did(archive: Archive) -> None:
    before = write_manifest(archive, "national_list", NOON, [document()])

    assert write_manifest(archive, "national_list", NOON + timedelta(hours=1), []) is None
    assert archive.crawl_manifests() == (before,)


def test_two_crawls_in_the_same_second_keep_a_manifest_each(archive: Archive) -> None:
    first = write_manifest(archive, "national_list", NOON, [document("1.pdf")])
    second = write_manifest(archive, "national_list", NOON, [document("2.pdf")])

    assert first
    assert second
    assert [one.name for path in (first, second) for one in read_manifest(path)] == ["1.pdf", "2.pdf"]
    assert archive.crawl_manifests() == (second,)


def test_the_newest_manifest_of_each_source_counts(archive: Archive) -> None:
    write_manifest(archive, "national_list", NOON, [document()])
    newer = write_manifest(archive, "national_list", NOON + timedelta(days=1), [document()])
    other = write_manifest(archive, "dv_centres", NOON, [document()])

    assert set(archive.crawl_manifests()) == {newer, other}


def test_a_manifest_that_cannot_be_written_is_named(archive: Archive) -> None:
    archive.root.mkdir()
    (archive.root / "crawls").write_text("a file, not a folder")

    with pytest.raises(ArchiveError, match="national_list-20261103T120000Z"):
        write_manifest(archive, "national_list", NOON, [document()])


@pytest.mark.parametrize(
    ("change", "named"),
    [
        ({"sha256": "abc"}, "abc"),
        ({"sha256": "../" * 22}, "../"),
        ({"sha256": 7}, "取得の記録"),
        ({"size": "big"}, "big"),
        ({"name": None, "size": None}, "取得の記録"),
        ({"headers": ["etag"]}, "取得の記録"),
        ({"edition": {"fiscal_year": "2021"}}, "'2021'"),
        ({"edition": {"fiscal_year": 2021, "licence": "MIT"}}, "MIT"),
        ({"edition": "2021"}, "取得の記録"),
    ],
)
def test_a_damaged_manifest_line_is_refused_by_file_line_and_value(
    tmp_path: Path, change: dict[str, object], named: str
) -> None:
    path = tmp_path / "crawl.jsonl"
    good = document().to_json()
    path.write_text("".join(json.dumps(line) + "\n" for line in (good, {**good, **change})), encoding="utf-8")

    with pytest.raises(ArchiveError) as caught:
        list(read_manifest(path))

    assert f"{path}（2行目）" in str(caught.value)
    assert named in str(caught.value)


@pytest.mark.parametrize(
    ("content", "named"),
    [(b'{"sha256": ', "1行目"), (b"[1, 2]", "1行目"), (b"{}", "1行目"), (b"\xff\xfe", "crawl.jsonl")],
)
def test_a_file_that_is_no_manifest_is_refused(tmp_path: Path, content: bytes, named: str) -> None:
    path = tmp_path / "crawl.jsonl"
    path.write_bytes(content)

    with pytest.raises(ArchiveError, match=named):
        list(read_manifest(path))


def test_a_missing_manifest_is_named(tmp_path: Path) -> None:
    with pytest.raises(ArchiveError, match=r"crawl\.jsonl"):
        list(read_manifest(tmp_path / "crawl.jsonl"))
