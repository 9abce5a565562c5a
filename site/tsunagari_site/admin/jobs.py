"""Work that takes minutes, as the administrators' pages see it: started, looked at, and told what became of it.

The pages know this protocol only. What runs the work lives where the settings are (``tsunagari.jobs``), in a process of its own that goes on
when the site is started again.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import Protocol

#: So many jobs are kept; older ones are forgotten, and with them what they said (the ledger keeps what was decided).
KEPT_JOBS = 20
_ID = re.compile(r"\d{8}T\d{12}Z-[0-9a-f]{16}")


class JobKind(StrEnum):
    """What a job does."""

    IMPORT = "import"
    REINDEX = "reindex"


class JobState(StrEnum):
    """How far a job is. ``interrupted``: its process is gone without a word, because it was killed or the machine stopped."""

    WAITING = "waiting"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"
    INTERRUPTED = "interrupted"

    @property
    def is_over(self) -> bool:
        """Whether nothing more will come."""
        return self not in {JobState.WAITING, JobState.RUNNING}


@dataclass(frozen=True, slots=True)
class JobFile:
    """A file that is to be imported: its name as the administrator knows it, its length in bytes, and its hash."""

    name: str
    size: int
    sha256: str


@dataclass(frozen=True, slots=True)
class EditionFields:
    """What the administrator said of the documents' edition; None: nothing (:class:`tsunagari_crawler.Edition` has the meaning)."""

    year: int | None = None
    series: str | None = None
    part: str | None = None
    title: str | None = None
    publisher: str | None = None
    url: str | None = None
    licence: str | None = None


@dataclass(frozen=True, slots=True)
class JobRequest:
    """What is to be done, for whom (the account's name), and since when (UTC, ISO 8601). A reindex has no files."""

    kind: JobKind
    who: str
    at: str
    files: tuple[JobFile, ...] = ()
    edition: EditionFields = EditionFields()
    ocr: bool = False


@dataclass(frozen=True, slots=True)
class JobProgress:
    """Where a job is: the documents that it has begun to read, in order, and how many rows of ``drawing`` have their picture."""

    read: tuple[str, ...] = ()
    drawing: str = ""
    drawn: int = 0
    to_draw: int = 0

    @property
    def current(self) -> str:
        """The document that is being read or drawn; empty before the first."""
        return self.drawing or (self.read[-1] if self.read else "")


@dataclass(frozen=True, slots=True)
class ImportedCounts:
    """What one document gave: its pages, the rows seen, and what became of them.

    ``line`` says it in a sentence, ``details`` name the rows that were left out and count the pictures.
    """

    name: str
    fiscal_year: int
    layout: str
    pages: int
    rows_seen: int
    programs: int
    measures: int
    networks: int
    desks: int
    skipped: int
    pictures: int
    withheld: int
    line: str
    details: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ImportResult:
    """What an import or a reindex did.

    ``generation`` is the name of the staged one, empty where nothing was staged; ``failures`` are sentences that name document, page and value;
    ``findings`` are what somebody should know before it is published, ``must_look`` how many of them keep it from that.
    """

    generation: str = ""
    documents: tuple[ImportedCounts, ...] = ()
    replaced: tuple[str, ...] = ()
    failures: tuple[str, ...] = ()
    findings: tuple[str, ...] = ()
    unchanged: bool = False
    all_documents: int = 0
    programs: int = 0
    others: int = 0
    must_look: int = 0


@dataclass(frozen=True, slots=True)
class Job:
    """A job: what was asked for, how far it is, and what it did (``result`` once it is done or failed).

    ``message`` is for the administrator where it did not end well: what cannot be helped by reading ``result.failures``.
    """

    id: str
    request: JobRequest
    state: JobState
    progress: JobProgress = field(default_factory=JobProgress)
    result: ImportResult | None = None
    message: str = ""


class JobRefusedError(Exception):
    """The job was not started; the message, in Japanese, says why."""


class Jobs(Protocol):
    """Starts jobs and tells of them. Safe to use from threads, and from several processes over one data folder."""

    def start(self, request: JobRequest, files: Sequence[Path] = ()) -> Job:
        """Start a job. ``files`` (one for each of ``request.files``) are taken over: they are moved away from where they lie.

        Raises:
            JobRefusedError: another one is running, the request cannot be used, or the data folder cannot be written. The files stay where they are.
        """

    def get(self, job_id: str) -> Job | None:
        """The job, or None: there is none of that name, or it is forgotten."""

    def list(self) -> tuple[Job, ...]:
        """The jobs that are kept, newest first."""

    def sweep(self) -> None:
        """Remove what jobs left behind whose process was killed, and jobs too old to be kept."""


def is_job_id(job_id: str) -> bool:
    """Whether it can be the name of a job: nothing else is ever made part of a path."""
    return _ID.fullmatch(job_id) is not None
