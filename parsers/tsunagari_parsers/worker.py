"""Reading a document in processes of their own, within limits: a bomb, a hang or a crash ends as an error that says so.

The pages of a document are handed out one by one, so that several processes end at the same time however unlike its pages are.
"""

from __future__ import annotations

import os
import pickle
import signal
import tempfile
import time
from contextlib import suppress
from dataclasses import dataclass
from multiprocessing.connection import wait
from types import TracebackType
from typing import Self, assert_never

from tsunagari_parsers.children import out_of_memory
from tsunagari_parsers.errors import (
    ReaderCrashedError,
    TooLargeError,
    TooSlowError,
    UnreadableDocumentError,
)
from tsunagari_parsers.limits import MEGABYTE, MOST_WORKERS, Limits
from tsunagari_parsers.messages import Ask, Failed, Job, Opened
from tsunagari_parsers.nursery import Child, Ended, Nursery, NurseryError
from tsunagari_parsers.ocr import Ocr
from tsunagari_parsers.reading import ReadPage, ReadPages, check_complete, together
from tsunagari_parsers.tables import TableSettings

#: Documents of fewer pages are read by one process: another would have to open them too.
_WORTH_SPLITTING = 6
#: So many processors are used without being asked to; with more, the program that collects what is read is the slowest.
_USUAL_WORKERS = 8
#: A process that died holding more than this share of its memory, died of it: PDFium ends itself where it gets no more.
_OUT_OF_MEMORY_SHARE = 0.5
#: What is read takes some eight times as much memory here as on its way here, and must not take more than reading it.
_TOLD_SHARE = 8


def page_reader(
    limits: Limits | None = None,
    workers: int | None = None,
    settings: TableSettings | None = None,
    *,
    ocr: Ocr | None = None,
    nursery: Nursery | None = None,
) -> ProcessReader:
    """A page reader for :func:`tsunagari_parsers.document.parse_document` that keeps to ``limits``.

    Args:
        limits: what a document may cost.
        workers: how many processes read one document at most; as many as the program has processors where nothing is given.
        settings: the geometry of tables.
        ocr: how pictures of pages are read; they are not where nothing is given. Each such page may take ``ocr.seconds`` more.
        nursery: where the processes are born, if one has been started.

    Raises:
        ValueError: ``workers`` is less than 1 or more than ``MOST_WORKERS``.
    """
    workers = _processors() if workers is None else workers
    return ProcessReader(limits or Limits(), workers, settings, nursery or Nursery(), ocr)


def is_worth_splitting(pages: int) -> bool:
    """Whether more than one process reads a document of so many pages."""
    return pages >= _WORTH_SPLITTING


class ProcessReader:
    """Reads pages as :func:`tsunagari_parsers.reading.read_pages` does, in other processes. Safe to use from several threads.

    What it starts ends with the program at the latest; ``with`` or :meth:`close` ends it sooner.
    """

    def __init__(
        self,
        limits: Limits,
        workers: int,
        settings: TableSettings | None,
        nursery: Nursery,
        ocr: Ocr | None = None,
    ) -> None:
        if not 1 <= workers <= MOST_WORKERS:
            raise ValueError(f"workers must be from 1 to {MOST_WORKERS}, not {workers}")
        self.limits = limits
        self.workers = workers
        self._settings = settings
        self._nursery = nursery
        self._ocr = ocr

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def start(self) -> None:
        """Load the readers now, so that the first document need not wait for that; returns at once."""
        self._nursery.start()

    def close(self) -> None:
        """End every process; another document starts them again."""
        self._nursery.close()

    def __call__(self, content: bytes, name: str) -> ReadPages:
        """The tables and text of every page.

        Raises:
            UnreadableDocumentError: what ``read_pages`` raises, and: the document needs more memory, time or pages than it may
                have, or the process that read it crashed.
        """
        if len(content) > self.limits.file_bytes:
            reason = f"ファイルが{len(content):,}バイトあります（上限{self.limits.file_bytes:,}バイト）"
            raise TooLargeError(name, reason)
        check_complete(content, name)
        job = Job(name, self.limits, self._settings, self._ocr)
        # Such a file has no name: nothing is left of it, however the program ends.
        with tempfile.TemporaryFile() as document:
            document.write(content)
            document.flush()
            with _Reading(job, self._nursery, document.fileno()) as reading:
                return reading.pages(self.workers)


@dataclass(slots=True)
class _Reader:
    """A process that reads; ``page`` is the one it is reading since ``since`` (monotonic seconds), None while it opens the document."""

    child: Child
    since: float
    page: int | None = None


class _Reading:
    """One document being read."""

    def __init__(self, job: Job, nursery: Nursery, document: int) -> None:
        self._job = job
        self._nursery = nursery
        self._document = document
        self._readers: list[_Reader] = []
        self._opened: Opened | None = None
        self._next = 1
        self._received = 0
        self._read: dict[int, ReadPage] = {}
        self._failures: dict[int, UnreadableDocumentError] = {}
        self._end = time.monotonic() + job.limits.seconds

    def __enter__(self) -> Self:
        return self

    def __exit__(self, _: type[BaseException] | None, error: BaseException | None, __: TracebackType | None) -> None:
        for reader in self._readers:
            with suppress(NurseryError):
                self._nursery.end(reader.child)
        self._readers.clear()

    def pages(self, workers: int) -> ReadPages:
        """Every page, read by so many processes at most.

        Where several pages cannot be read, the error is the first one's, whichever process was faster.
        """
        self._start()
        while self._readers:
            ready = wait([reader.child.channel for reader in self._readers], max(0.0, self._end - time.monotonic()))
            if not ready:
                raise self._too_slow()
            for reader in [one for one in self._readers if one.child.channel in ready]:
                # One that was heard before may have ended others, whose pages are of no use any more.
                if reader in self._readers:
                    self._hear(reader)
            if self._opened and not self._failures and is_worth_splitting(self._opened.pages):
                while len(self._readers) < workers and self._next <= self._opened.pages:
                    self._start()
        if self._failures:
            raise self._failures[min(self._failures)]
        assert self._opened  # noqa: S101 - no reader ends well without having opened the document
        pages = [self._read[number] for number in sorted(self._read)]
        return together(pages, self._opened.second_pages, self._job.name, self._job.settings)

    def _start(self) -> None:
        try:
            self._readers.append(_Reader(self._nursery.birth(self._document), time.monotonic()))
            self._readers[-1].child.channel.send(self._job)
        except (NurseryError, BrokenPipeError) as error:
            raise ReaderCrashedError(self._job.name, "読み取りのプロセスを始められません") from error

    def _hear(self, reader: _Reader) -> None:
        try:
            said = reader.child.channel.recv_bytes()
        except (EOFError, OSError):
            page = reader.page
            self._fail(page, self._crashed(self._bury(reader), page))
            return
        self._received += len(said)
        if self._received > self._job.limits.memory_bytes // _TOLD_SHARE:
            megabytes = self._job.limits.memory_bytes // _TOLD_SHARE // MEGABYTE
            raise TooLargeError(self._job.name, f"読み取った文字と罫線が多すぎます（上限{megabytes:,}MB）")
        message: Opened | ReadPage | Failed = pickle.loads(said)  # noqa: S301 - from a process of this program
        match message:
            case Opened():
                self._opened = self._opened or message
            case ReadPage():
                self._read[message.tables.page] = message
                if message.is_picture and self._job.ocr:
                    self._end += self._job.ocr.seconds
                    self._tell(reader, Ask(message.tables.page, message))
                    return
            case Failed():
                self._bury(reader)
                self._fail(message.page, message.error)
                return
            case _:
                assert_never(message)
        self._ask(reader)

    def _ask(self, reader: _Reader) -> None:
        """Give a reader the next page; it ends if there is none, or if a page before it cannot be read."""
        if self._opened is None or self._next > self._opened.pages or self._failures:
            self._bury(reader)
            return
        self._tell(reader, Ask(self._next))
        self._next += 1

    def _tell(self, reader: _Reader, ask: Ask) -> None:
        reader.page, reader.since = ask.page, time.monotonic()
        # One that has just crashed is heard of when it is listened to.
        with suppress(BrokenPipeError):
            reader.child.channel.send(ask)

    def _bury(self, reader: _Reader) -> Ended:
        self._readers.remove(reader)
        try:
            return self._nursery.end(reader.child)
        except NurseryError:
            return Ended(-signal.SIGKILL, 0)

    def _fail(self, page: int | None, error: UnreadableDocumentError) -> None:
        """Note an error; what is being read of earlier pages is waited for, so that the first error is told."""
        self._failures[page or 0] = error
        for reader in [one for one in self._readers if (one.page or 0) > min(self._failures)]:
            self._bury(reader)

    def _crashed(self, ended: Ended, page: int | None) -> UnreadableDocumentError:
        name, limits = self._job.name, self._job.limits
        if ended.code == -signal.SIGXCPU:
            return TooSlowError(name, f"プロセッサーの時間が上限（{limits.seconds:g}秒）を超えました", page=page)
        if ended.code < 0 and ended.peak_bytes > _OUT_OF_MEMORY_SHARE * limits.memory_bytes:
            return out_of_memory(name, limits, page)
        how = signal.Signals(-ended.code).name if ended.code < 0 else f"終了コード{ended.code}"
        return ReaderCrashedError(name, f"読み取りのプロセスが途中で落ちました（{how}）", page=page)

    def _too_slow(self) -> TooSlowError:
        """The error for a document that takes too long. It names a page if that one alone is left, or took most of the time."""
        name, seconds = self._job.name, self._job.limits.seconds
        if self._opened is None:
            return TooSlowError(name, f"{seconds:g}秒たっても開き終わりません")
        now = time.monotonic()
        is_last = len(self._readers) == 1 and self._next > self._opened.pages
        slow = [one for one in self._readers if one.page and (is_last or now - one.since > seconds / 2)]
        if len(slow) == 1:
            reason = f"文書にかけられる{seconds:g}秒のうち、このページだけで{now - slow[0].since:.1f}秒かかり、まだ終わりません"
            return TooSlowError(name, reason, page=slow[0].page)
        done = f"全{self._opened.pages}ページのうち{len(self._read)}ページまで読みました"
        return TooSlowError(name, f"{seconds:g}秒たっても読み終わりません（{done}）")


def _processors() -> int:
    """How many processors this program may use, up to a number beyond which more are of no use."""
    return min(len(os.sched_getaffinity(0)), _USUAL_WORKERS)
