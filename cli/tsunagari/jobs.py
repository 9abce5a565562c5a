"""Jobs as folders: each runs in a process of its own, which goes on when the site that started it ends.

    data/jobs/20261103T012345678901Z-0123456789abcdef/
      request.json      what is to be done, and for whom
      files/1 …         the uploaded files; removed when the job is over
      progress.jsonl    what the job's process says of where it is
      log               what it printed
      result.json       how it ended
      lock              held (flock) while it lives

Whether a job runs is never written down: it runs as long as its lock is held. The folder gets its name when the lock is held already, and the
job's process is born with that same lock, so that there is no moment at which a living job seems dead, and none at which a dead one seems alive.
``data/jobs/.door`` is held for the moment in which one is started or swept up.
"""

from __future__ import annotations

import fcntl
import logging
import os
import secrets
import shutil
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path

from tsunagari.job_files import JobFolder, JobRecordError, Outcome
from tsunagari_crawler import Edition, EditionError
from tsunagari_crawler.archive import sync_folder
from tsunagari_site.admin.jobs import KEPT_JOBS, Job, JobKind, JobRefusedError, JobRequest, JobState, is_job_id

_INTERRUPTED = "途中で止まりました。公開中のものは変わっていません。もう一度はじめてください"
_UNREADABLE = "この取り込みの記録を読めません"


def _now() -> datetime:
    return datetime.now(UTC)


class FolderJobs:
    """The jobs of a data folder (a :class:`tsunagari_site.admin.jobs.Jobs`). Several processes may each have their own."""

    def __init__(self, data_dir: Path, *, clock: Callable[[], datetime] = _now) -> None:
        self._data_dir = data_dir.resolve()
        self._root = self._data_dir / "jobs"
        self._clock = clock

    def start(self, request: JobRequest, files: Sequence[Path] = ()) -> Job:
        """See :meth:`tsunagari_site.admin.jobs.Jobs.start`."""
        _check(request, files)
        try:
            with self._door():
                self._sweep()
                if any(not self._look(job_id).state.is_over for job_id in self._ids()):
                    raise JobRefusedError("いま別の取り込みが動いています。終わってから、もう一度はじめてください")
                return self._look(self._started(request, files))
        except OSError as error:
            raise JobRefusedError(f"取り込みを始められません。{self._root} に書けません（{error.strerror}）") from error

    def get(self, job_id: str) -> Job | None:
        """See :meth:`tsunagari_site.admin.jobs.Jobs.get`."""
        return self._look(job_id) if is_job_id(job_id) and (self._root / job_id).is_dir() else None

    def list(self) -> tuple[Job, ...]:
        """See :meth:`tsunagari_site.admin.jobs.Jobs.list`."""
        return tuple(self._look(job_id) for job_id in self._ids()[:KEPT_JOBS])

    def sweep(self) -> None:
        """See :meth:`tsunagari_site.admin.jobs.Jobs.sweep`."""
        if self._root.is_dir():
            with self._door():
                self._sweep()

    def _started(self, request: JobRequest, files: Sequence[Path]) -> str:
        job_id = f"{self._clock().astimezone(UTC):%Y%m%dT%H%M%S%fZ}-{secrets.token_hex(8)}"
        # The name of a job that nobody sees yet.
        making = JobFolder(self._root / f".{job_id}")
        making.path.mkdir(mode=0o700)
        made = making
        try:
            with making.lock.open("xb") as lock:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
                making.files.mkdir()
                for number, path in enumerate(files, start=1):
                    path.rename(making.files / str(number))
                making.write_request(request)
                made = JobFolder(making.path.rename(self._root / job_id))
                sync_folder(self._root)
                self._spawn(made, lock.fileno())
        except BaseException:
            shutil.rmtree(made.path, ignore_errors=True)
            raise
        return job_id

    def _spawn(self, folder: JobFolder, lock: int) -> None:
        """The job's process, which holds the lock from its birth on. It is in no group of ours: what ends us does not end it."""
        # -P: the folder in which the site happens to be started is no place to load modules from.
        command = [sys.executable, "-P", "-m", "tsunagari.jobs", str(self._data_dir), folder.path.name, str(lock)]
        with folder.log.open("wb") as log:
            process = subprocess.Popen(  # noqa: S603 - this interpreter and this module
                command,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                pass_fds=[lock],
                start_new_session=True,
            )
        # Somebody has to take note of its end as long as we live, or it stays in the table of processes.
        threading.Thread(target=process.wait, name="job", daemon=True).start()

    def _ids(self) -> Sequence[str]:
        """The jobs, newest first."""
        try:
            names = [path.name for path in self._root.iterdir()]
        except FileNotFoundError:
            return []
        return sorted((name for name in names if is_job_id(name)), reverse=True)

    def _look(self, job_id: str) -> Job:
        folder = JobFolder(self._root / job_id)
        try:
            request = folder.request()
            # Its end is looked for again after the lock: it may have come between.
            outcome = folder.outcome() or (None if _is_held(folder.lock) else _ended(folder.outcome()))
        except JobRecordError as error:
            return Job(job_id, JobRequest(JobKind.IMPORT, "", ""), JobState.FAILED, message=f"{_UNREADABLE}（{error}）")
        progress = folder.progress()
        if outcome:
            return Job(job_id, request, outcome.state, progress, outcome.result, outcome.message)
        return Job(job_id, request, JobState.RUNNING if folder.has_begun() else JobState.WAITING, progress)

    def _sweep(self) -> None:
        try:
            for path in list(self._root.iterdir()):
                # Its start was cut off, for whoever starts one holds the door.
                if path.name.startswith(".") and is_job_id(path.name[1:]):
                    shutil.rmtree(path)
            for number, job_id in enumerate(self._ids()):
                folder = JobFolder(self._root / job_id)
                if not self._look(job_id).state.is_over or _is_held(folder.lock):
                    continue
                # One that will be started next has room, too.
                if number >= KEPT_JOBS - 1:
                    shutil.rmtree(folder.path)
                elif folder.files.exists():
                    shutil.rmtree(folder.files)
        except OSError as error:
            logging.getLogger(__name__).warning("%s cannot be swept: %s", self._root, error)

    @contextmanager
    def _door(self) -> Iterator[None]:
        self._root.mkdir(mode=0o700, parents=True, exist_ok=True)
        with (self._root / ".door").open("wb") as door:
            fcntl.flock(door, fcntl.LOCK_EX)
            yield


def _check(request: JobRequest, files: Sequence[Path]) -> None:
    """Whether a job can be started for this at all; what it says of the edition is looked at before anybody waits.

    Raises:
        JobRefusedError: it cannot.
    """
    if request.kind is JobKind.REINDEX:
        if files or request.files:
            raise JobRefusedError("作り直すときに、ファイルは送れません")
        return
    if not files or len(files) != len(request.files):
        raise JobRefusedError("取り込むファイルが選ばれていません")
    if request.edition.year is None:
        raise JobRefusedError("何年度の一覧かを、西暦で入れてください（令和3年度は2021）")
    said = asdict(request.edition)
    year = said.pop("year")
    try:
        Edition(year, **{name: value for name, value in said.items() if value})
    except EditionError as error:
        raise JobRefusedError(str(error)) from error


def _ended(outcome: Outcome | None) -> Outcome:
    """How a job ended whose process is gone."""
    return outcome or Outcome(JobState.INTERRUPTED, message=_INTERRUPTED)


def _is_held(lock: Path) -> bool:
    """Whether a process holds the lock. Who looks shares it, so that two who look do not take each other for the job."""
    try:
        with lock.open("rb") as file:
            try:
                fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
            except BlockingIOError:
                return True
    except FileNotFoundError:
        return False
    return False


def main(arguments: Sequence[str]) -> int:
    """The job's process: the data folder, the job, and the descriptor of the lock that it was born with."""
    data_dir, job_id, lock = Path(arguments[0]), arguments[1], int(arguments[2])
    # No process that this one starts may keep the lock after its death.
    os.set_inheritable(lock, False)
    folder = JobFolder(data_dir / "jobs" / job_id)
    folder.add_progress(step="start", pid=os.getpid())
    logging.basicConfig(level=logging.WARNING)
    for name in ("pdfminer", "pdfplumber"):
        logging.getLogger(name).setLevel(logging.ERROR)
    from tsunagari.job_runner import run  # noqa: PLC0415 - whoever starts jobs does not load what runs them

    return 0 if run(folder, data_dir).state is JobState.DONE else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
