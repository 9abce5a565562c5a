"""The process of one job: does the work of the command, says how far it is, and writes down how it ended."""

from __future__ import annotations

import hashlib
import logging
import shutil
import time
import traceback
from collections.abc import Callable
from pathlib import Path

from tsunagari.import_lines import import_result, reindex_result
from tsunagari.importing import EditionOptions, NamedFile, import_documents, reindex
from tsunagari.job_files import JobFolder, JobRecordError, Outcome
from tsunagari.parsing import HowToRead
from tsunagari.readers import document_reader
from tsunagari.settings import Settings, SettingsError
from tsunagari_crawler.errors import CrawlerError
from tsunagari_indexer.errors import IndexerError
from tsunagari_parsers.errors import ParserError
from tsunagari_site.admin.jobs import EditionFields, ImportResult, JobFile, JobKind, JobRequest, JobState

#: Rows drawn are told no more often than this (seconds), and the last of a document.
_TOLD_EVERY = 0.5


def edition_options(fields: EditionFields) -> EditionOptions:
    """What the administrator said, as an import takes it; a field that was left empty says nothing."""
    return EditionOptions(
        fields.year,
        fields.series or None,
        fields.part or None,
        fields.title or None,
        fields.url or None,
        fields.licence or None,
        fields.publisher or None,
    )


def run(folder: JobFolder, data_dir: Path) -> Outcome:
    """Do a job, remove its uploaded files (the archive has what was read of them), write down how it ended.

    Raises:
        OSError: the job's folder cannot be written.
    """
    try:
        result = _work(folder, data_dir)
    except (CrawlerError, IndexerError, JobRecordError, ParserError, SettingsError) as error:
        outcome = Outcome(JobState.FAILED, message=str(error))
    except Exception as error:
        # The outer loop of this process: whatever it was, somebody is told, and the log has all of it.
        logging.exception("the job failed")
        outcome = Outcome(JobState.FAILED, message=_fault(error))
    else:
        done = result.generation or result.unchanged
        outcome = Outcome(JobState.DONE if done else JobState.FAILED, result)
    shutil.rmtree(folder.files, ignore_errors=True)
    folder.write_outcome(outcome)
    return outcome


def _work(folder: JobFolder, data_dir: Path) -> ImportResult:
    request = folder.request()
    settings = Settings.from_environment()
    workspace = settings.workspace(data_dir, writing=True)
    reader = document_reader(settings, ocr=request.ocr, data_dir=data_dir)
    drawing = _drawing(folder)

    def reading(name: str) -> None:
        folder.add_progress(step="read", document=name)

    if request.kind is JobKind.REINDEX:
        return reindex_result(reindex(workspace, reading, reader, drawing, request.who))
    outcome = import_documents(
        workspace,
        _whole(folder, request),
        edition_options(request.edition),
        reading,
        reader=reader,
        how=HowToRead(ocr=request.ocr),
        drawing=drawing,
        by=request.who,
    )
    return import_result(outcome)


def _whole(folder: JobFolder, request: JobRequest) -> list[NamedFile]:
    """The uploaded files, which are what was received.

    Raises:
        JobRecordError: one is away, or has other bytes.
    """
    files = [NamedFile(folder.files / str(number), one.name) for number, one in enumerate(request.files, start=1)]
    for file, expected in zip(files, request.files, strict=True):
        if not _is_same(file.path, expected):
            raise JobRecordError(f"{expected.name}：届いたあとにファイルが壊れました。もう一度送ってください")
    return files


def _is_same(path: Path, expected: JobFile) -> bool:
    try:
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest() == expected.sha256
    except OSError:
        return False


def _drawing(folder: JobFolder) -> Callable[[str, int, int], None]:
    told = 0.0

    def say(name: str, done: int, of: int) -> None:
        nonlocal told
        now = time.monotonic()
        if done == of or now - told >= _TOLD_EVERY:
            told = now
            folder.add_progress(step="draw", document=name, done=done, of=of)

    return say


def _fault(error: Exception) -> str:
    """What nobody foresaw: its kind and where it happened, for whoever is asked for help."""
    frames = traceback.extract_tb(error.__traceback__)
    where = f"、{Path(frames[-1].filename).name} {frames[-1].lineno}行目" if frames else ""
    return f"思いがけない不具合で止まりました（{type(error).__name__}{where}）。公開中のものは変わっていません"
