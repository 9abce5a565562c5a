"""Imports in a process of their own: they go on without the site, one at a time, and one that died never seems alive."""

from __future__ import annotations

import fcntl
import hashlib
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from tests.conftest import ROOT
from tests.parsers.hostile import fat_font, paged
from tests.pdfs import encrypted, table_pdf, text_pdf

from tsunagari import job_runner
from tsunagari.job_files import JobFolder
from tsunagari.jobs import FolderJobs
from tsunagari_indexer.workspace import Workspace
from tsunagari_site.admin.jobs import (
    KEPT_JOBS,
    EditionFields,
    Job,
    JobFile,
    JobKind,
    JobRefusedError,
    JobRequest,
    JobState,
    is_job_id,
)

ROW = ("北海道", "札幌市", "つながり事業", "電話相談を行う。", "市民課", "011-211-2962")
LIST = table_pdf([[ROW]])
TODAY = datetime(2026, 11, 3, 1, 2, 3, tzinfo=UTC)


def request(*files: tuple[str, bytes], year: int | None = 2021, **changes: object) -> JobRequest:
    named = tuple(JobFile(name, len(content), hashlib.sha256(content).hexdigest()) for name, content in files)
    asked = JobRequest(JobKind.IMPORT, "kanri", TODAY.isoformat(), named, EditionFields(year=year))
    return replace(asked, **changes)  # type: ignore[arg-type]


def received(folder: Path, *contents: bytes) -> list[Path]:
    """The bytes as they lie when they have been received."""
    folder.mkdir(parents=True, exist_ok=True)
    paths = [folder / f"received-{number}" for number in range(len(contents))]
    for path, content in zip(paths, contents, strict=True):
        path.write_bytes(content)
    return paths


def start(data: Path, *files: tuple[str, bytes], **changes: object) -> Job:
    contents = [content for _, content in files]
    return FolderJobs(data).start(request(*files, **changes), received(data / "incoming", *contents))  # type: ignore[arg-type]


def waited(data: Path, job: Job) -> Job:
    """The job once it is over."""
    for _ in range(600):
        found = FolderJobs(data).get(job.id)
        assert found is not None
        if found.state.is_over:
            return found
        time.sleep(0.05)
    raise AssertionError(f"the job does not end: {JobFolder(data / 'jobs' / job.id).log.read_text()}")


@contextmanager
def held_up(data: Path) -> Iterator[None]:
    """While this lasts, no generation can be built: a job waits before its last step."""
    data.mkdir(exist_ok=True)
    with (data / ".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def staged_in(data: Path) -> str | None:
    staged = Workspace(data).newest_staged()
    return staged.name if staged else None


def process_of(data: Path, job: Job) -> int:
    said = (data / "jobs" / job.id / "progress.jsonl").read_text()
    return int(said.partition('"pid": ')[2].partition("}")[0])


def read_it(data: Path, job: Job) -> Job:
    """The job once it has begun to read its document."""
    for _ in range(600):
        found = FolderJobs(data).get(job.id)
        assert found is not None
        if found.progress.read:
            return found
        time.sleep(0.05)
    raise AssertionError("the job does not begin")


def test_an_import_stages_a_generation_and_tells_what_the_command_tells(tmp_path: Path) -> None:
    began = start(tmp_path, ("一覧.pdf", LIST))
    assert is_job_id(began.id)
    assert began.state in {JobState.WAITING, JobState.RUNNING}
    job = waited(tmp_path, began)
    assert (job.state, job.message, job.request.who, job.progress.read) == (JobState.DONE, "", "kanri", ("一覧.pdf",))
    assert job.result is not None
    (document,) = job.result.documents
    assert (document.name, document.fiscal_year, document.programs, document.skipped) == ("一覧.pdf", 2021, 1, 0)
    assert document.line.startswith("一覧.pdf：2021年度「national_list」1ページ、")
    assert job.result.generation == staged_in(tmp_path)
    assert (job.progress.drawing, job.progress.drawn, job.progress.to_draw) == ("一覧.pdf", 1, 1)
    # The archive has the bytes; nothing else keeps them.
    assert not (tmp_path / "jobs" / job.id / "files").exists()
    assert list((tmp_path / "incoming").iterdir()) == []
    assert hashlib.sha256(LIST).hexdigest() in Workspace(tmp_path).archive


def test_the_same_again_changes_nothing_and_says_so_and_a_reindex_builds_anew(tmp_path: Path) -> None:
    first = waited(tmp_path, start(tmp_path, ("一覧.pdf", LIST)))
    again = waited(tmp_path, start(tmp_path, ("一覧.pdf", LIST)))
    assert (again.state, again.result and (again.result.unchanged, again.result.generation)) == (
        JobState.DONE,
        (True, ""),
    )
    anew = waited(tmp_path, FolderJobs(tmp_path).start(request(kind=JobKind.REINDEX, files=())))
    assert anew.state is JobState.DONE
    assert anew.result is not None
    assert first.result is not None
    assert anew.result.generation not in {"", first.result.generation}
    assert [job.id for job in FolderJobs(tmp_path).list()] == [anew.id, again.id, first.id]


def test_a_job_goes_on_when_the_program_that_started_it_ends(tmp_path: Path) -> None:
    code = f"from tests.cli.test_jobs import start, LIST; from pathlib import Path; print(start(Path({str(tmp_path)!r}), ('一覧.pdf', LIST)).id)"
    with held_up(tmp_path):
        done = subprocess.run(
            [sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=ROOT, timeout=60
        )
        began = FolderJobs(tmp_path).get(done.stdout.strip())
        assert began is not None
        assert read_it(tmp_path, began).state is JobState.RUNNING
    assert waited(tmp_path, began).state is JobState.DONE


def test_a_second_import_is_refused_while_one_runs_and_its_files_stay_where_they_are(tmp_path: Path) -> None:
    with held_up(tmp_path):
        first = start(tmp_path, ("一覧.pdf", LIST))
        with pytest.raises(JobRefusedError, match="いま別の取り込みが動いています"):
            start(tmp_path, ("次の一覧.pdf", LIST))
        assert [path.read_bytes() for path in (tmp_path / "incoming").iterdir()] == [LIST]
        assert [job.id for job in FolderJobs(tmp_path).list()] == [first.id]
    waited(tmp_path, first)
    assert waited(tmp_path, start(tmp_path, ("次の一覧.pdf", LIST), year=2022)).request.edition.year == 2022


def test_a_killed_import_is_told_as_interrupted_and_leaves_what_is_published_and_staged(tmp_path: Path) -> None:
    waited(tmp_path, start(tmp_path, ("一覧.pdf", LIST)))
    published = Workspace(tmp_path).publish().name
    staged = waited(tmp_path, start(tmp_path, ("次.pdf", LIST.replace(b"%%EOF", b"%%EOF\n")), year=2022)).result
    assert staged is not None
    with held_up(tmp_path):
        job = read_it(tmp_path, start(tmp_path, ("三.pdf", LIST.replace(b"%%EOF", b"%%EOF\n\n")), year=2023))
        assert (tmp_path / "jobs" / job.id / "files" / "1").exists()
        os.kill(process_of(tmp_path, job), signal.SIGKILL)
        dead = waited(tmp_path, job)
    assert (dead.state, dead.result) == (JobState.INTERRUPTED, None)
    assert "途中で止まりました" in dead.message
    assert (Workspace(tmp_path).current(), staged_in(tmp_path)) == (published, staged.generation)
    FolderJobs(tmp_path).sweep()
    assert not (tmp_path / "jobs" / job.id / "files").exists()
    # It stands in nobody's way.
    again = waited(tmp_path, start(tmp_path, ("三.pdf", LIST.replace(b"%%EOF", b"%%EOF\n\n")), year=2023))
    assert again.state is JobState.DONE


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        pytest.param("鍵.pdf", encrypted(text_pdf("x")), "鍵.pdf：[encrypted] ", id="behind a password"),
        pytest.param("半分.pdf", LIST[: len(LIST) // 2], "半分.pdf：[truncated] ", id="half of a list"),
        pytest.param(
            "大食い.pdf",
            paged([b"BT ET"], {1: fat_font()}),
            "大食い.pdf（1ページ）：[too-large] ",
            id="gigabytes from a kilobyte",
        ),
        pytest.param("おしらせ.txt", "お知らせです。\n".encode(), "おしらせ.txt：[", id="a text that is no list"),
    ],
)
def test_a_document_that_cannot_be_read_fails_with_its_name_and_why_and_leaves_no_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str, content: bytes, said: str
) -> None:
    monkeypatch.setenv("TSUNAGARI_PARSE_MEMORY_MB", "256")
    job = waited(tmp_path, start(tmp_path, (name, content)))
    assert job.state is JobState.FAILED
    assert job.result is not None
    assert [one.startswith(said) for one in job.result.failures] == [True], job.result.failures
    assert not (tmp_path / "jobs" / job.id / "files").exists()
    assert not list((tmp_path / "generations").glob("*"))


def test_of_two_documents_the_good_one_is_staged_and_the_bad_one_named(tmp_path: Path) -> None:
    job = waited(tmp_path, start(tmp_path, ("よい.pdf", LIST), ("わるい.pdf", LIST[:900])))
    assert job.state is JobState.DONE
    assert job.result is not None
    assert [one.name for one in job.result.documents] == ["よい.pdf"]
    assert [one.partition("：")[0] for one in job.result.failures] == ["わるい.pdf"]


def test_a_setting_that_cannot_be_used_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TSUNAGARI_ENGINE", "solr")
    job = waited(tmp_path, start(tmp_path, ("一覧.pdf", LIST)))
    assert (job.state, "TSUNAGARI_ENGINE「solr」" in job.message) == (JobState.FAILED, True)
    assert not (tmp_path / "jobs" / job.id / "files").exists()


def test_a_fault_that_nobody_foresaw_is_told_with_its_kind_and_place_and_the_log_has_all_of_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def faulty(*_: object, **__: object) -> None:
        raise ZeroDivisionError("by zero")

    monkeypatch.setattr(job_runner, "import_documents", faulty)
    folder = JobFolder(tmp_path / "jobs" / "one")
    folder.files.mkdir(parents=True)
    (folder.files / "1").write_bytes(LIST)
    folder.write_request(request(("一覧.pdf", LIST)))
    outcome = job_runner.run(folder, tmp_path)
    assert outcome == folder.outcome()
    assert outcome.state is JobState.FAILED
    assert "（ZeroDivisionError、test_jobs.py " in outcome.message
    assert "by zero" in caplog.text
    assert not folder.files.exists()


def test_bytes_that_changed_since_they_came_are_not_imported(tmp_path: Path) -> None:
    (path,) = received(tmp_path / "incoming", b"%PDF-1.7 something else")
    job = waited(tmp_path, FolderJobs(tmp_path).start(request(("一覧.pdf", LIST)), [path]))
    assert (job.state, job.message.startswith("一覧.pdf：届いたあとにファイルが壊れました")) == (JobState.FAILED, True)


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"edition": EditionFields()}, "何年度の一覧か"),
        ({"edition": EditionFields(year=21)}, "21"),
        ({"edition": EditionFields(year=2021, url="javascript:alert(1)")}, "javascript:alert"),
        ({"edition": EditionFields(year=2021, licence="free")}, "free"),
        ({"files": ()}, "ファイルが選ばれていません"),
        ({"kind": JobKind.REINDEX}, "ファイルは送れません"),
    ],
)
def test_what_cannot_be_imported_is_refused_before_anything_is_written(
    tmp_path: Path, changes: dict[str, object], said: str
) -> None:
    with pytest.raises(JobRefusedError, match=said):
        start(tmp_path, ("一覧.pdf", LIST), **changes)
    assert not (tmp_path / "jobs").exists()


@pytest.mark.parametrize(
    "name", ["..", ".", "", "../archive", "x/../../etc", ".door", "20261103T010203000000Z-/../../"]
)
def test_only_a_jobs_name_is_looked_up(tmp_path: Path, name: str) -> None:
    (tmp_path / "jobs").mkdir()
    (tmp_path / "archive").mkdir()
    assert FolderJobs(tmp_path).get(name) is None


def test_old_jobs_are_forgotten_and_a_start_that_was_cut_off_leaves_nothing(tmp_path: Path) -> None:
    for number in range(KEPT_JOBS + 5):
        at = TODAY + timedelta(seconds=number)
        folder = JobFolder(tmp_path / "jobs" / f"{at:%Y%m%dT%H%M%S%fZ}-{number:016x}")
        folder.files.mkdir(parents=True)
        (folder.files / "1").write_bytes(LIST)
        folder.write_request(request(("一覧.pdf", LIST)))
    cut_off = tmp_path / "jobs" / f".{TODAY:%Y%m%dT%H%M%S%fZ}-{0:016x}"
    (cut_off / "files").mkdir(parents=True)
    jobs = FolderJobs(tmp_path).list()
    assert [job.state for job in jobs] == [JobState.INTERRUPTED] * KEPT_JOBS
    assert jobs[0].id > jobs[1].id
    FolderJobs(tmp_path).sweep()
    assert not cut_off.exists()
    assert len(FolderJobs(tmp_path).list()) == KEPT_JOBS - 1
    assert not list((tmp_path / "jobs").glob("*/files"))


def test_a_damaged_record_is_told_and_stands_in_nobodys_way(tmp_path: Path) -> None:
    job = waited(tmp_path, start(tmp_path, ("一覧.pdf", LIST)))
    (tmp_path / "jobs" / job.id / "result.json").write_bytes(b'{"state": "done", "result": {"generation"')
    (found,) = FolderJobs(tmp_path).list()
    assert (found.state, "記録を読めません" in found.message) == (JobState.FAILED, True)
    assert FolderJobs(tmp_path).start(request(kind=JobKind.REINDEX, files=())).id != job.id
    waited(tmp_path, FolderJobs(tmp_path).list()[0])


def test_nobody_else_can_look_into_the_folder_of_jobs(tmp_path: Path) -> None:
    job = start(tmp_path, ("一覧.pdf", LIST))
    assert [(tmp_path / "jobs" / name).stat().st_mode & 0o077 for name in ("", job.id)] == [0, 0]
    waited(tmp_path, job)
