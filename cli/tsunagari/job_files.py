"""What a job's folder holds, as text: written whole or not at all, except for the progress, to which lines are added."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from tsunagari_crawler.archive import write_atomically
from tsunagari_site.admin.jobs import (
    EditionFields,
    ImportedCounts,
    ImportResult,
    JobFile,
    JobKind,
    JobProgress,
    JobRequest,
    JobState,
)


class JobRecordError(Exception):
    """A job's folder holds something that no job wrote."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """How a job ended: ``done`` or ``failed``, what it did, and what stopped it."""

    state: JobState
    result: ImportResult | None = None
    message: str = ""


@dataclass(frozen=True, slots=True)
class JobFolder:
    """The folder of one job."""

    path: Path

    @property
    def lock(self) -> Path:
        """Held (flock) from before the folder has its name until the job's process is gone."""
        return self.path / "lock"

    @property
    def log(self) -> Path:
        """What the job's process printed."""
        return self.path / "log"

    @property
    def files(self) -> Path:
        """The folder of the uploaded files, named by their number (from 1)."""
        return self.path / "files"

    def write_request(self, request: JobRequest) -> None:
        """Say what is to be done.

        Raises:
            OSError: the folder cannot be written.
        """
        _write(self.path / "request.json", asdict(request))

    def request(self) -> JobRequest:
        """What is to be done.

        Raises:
            JobRecordError: it cannot be read.
        """
        values = _read(self.path / "request.json")
        try:
            return JobRequest(
                kind=JobKind(values["kind"]),
                who=str(values["who"]),
                at=str(values["at"]),
                files=tuple(JobFile(**file) for file in values["files"]),
                edition=EditionFields(**values["edition"]),
                ocr=bool(values["ocr"]),
            )
        except (KeyError, TypeError, ValueError) as error:
            raise JobRecordError(f"{self.path.name}/request.json：{error}") from error

    def write_outcome(self, outcome: Outcome) -> None:
        """Say how the job ended.

        Raises:
            OSError: the folder cannot be written.
        """
        _write(self.path / "result.json", asdict(outcome))

    def outcome(self) -> Outcome | None:
        """How the job ended; None: it has not said so.

        Raises:
            JobRecordError: it cannot be read.
        """
        if not (self.path / "result.json").exists():
            return None
        values = _read(self.path / "result.json")
        try:
            result = values["result"]
            return Outcome(JobState(values["state"]), _result(result) if result else None, str(values["message"]))
        except (KeyError, TypeError, ValueError) as error:
            raise JobRecordError(f"{self.path.name}/result.json：{error}") from error

    def add_progress(self, **said: str | int) -> None:
        """Add a line to the progress.

        Raises:
            OSError: the folder cannot be written.
        """
        with (self.path / "progress.jsonl").open("a", encoding="utf-8") as file:
            file.write(json.dumps(said, ensure_ascii=False) + "\n")

    def has_begun(self) -> bool:
        """Whether the job's process has said anything."""
        return any(True for _ in self._said())

    def progress(self) -> JobProgress:
        """Where the job is, from all that it has said so far."""
        read: list[str] = []
        drawing, drawn, to_draw = "", 0, 0
        for said in self._said():
            if said.get("step") == "read":
                read.append(str(said.get("document", "")))
                drawing, drawn, to_draw = "", 0, 0
            elif said.get("step") == "draw":
                drawing = str(said.get("document", ""))
                drawn, to_draw = int(said.get("done", 0)), int(said.get("of", 0))
        return JobProgress(tuple(read), drawing, drawn, to_draw)

    def _said(self) -> Iterator[dict[str, Any]]:
        try:
            text = (self.path / "progress.jsonl").read_text(encoding="utf-8", errors="replace")
        except OSError:
            return
        for line in text.splitlines():
            # The last line may be half written.
            with suppress(ValueError):
                said = json.loads(line)
                if isinstance(said, dict):
                    yield said


def _result(values: Mapping[str, Any]) -> ImportResult:
    lists = ("replaced", "failures", "findings")
    documents = tuple(ImportedCounts(**{**one, "details": tuple(one["details"])}) for one in values["documents"])
    return ImportResult(**{**values, "documents": documents, **{name: tuple(values[name]) for name in lists}})


def _write(path: Path, values: Mapping[str, Any]) -> None:
    write_atomically(path, (json.dumps(values, ensure_ascii=False, indent=1) + "\n").encode())


def _read(path: Path) -> dict[str, Any]:
    try:
        values = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise JobRecordError(f"{path.parent.name}/{path.name}：{error}") from error
    if not isinstance(values, dict):
        raise JobRecordError(f"{path.parent.name}/{path.name}")
    return values
