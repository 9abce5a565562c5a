"""The nursery's process, and what a child of it does: read one document's pages or draw its rows, as asked, within limits.

Run as ``python -m tsunagari_parsers.children DESCRIPTOR`` by :mod:`tsunagari_parsers.nursery`, never by hand.
"""

from __future__ import annotations

import contextlib
import gc
import logging
import math
import os
import resource
import signal
import socket
import sys
from dataclasses import dataclass
from multiprocessing.connection import Connection
from pathlib import Path

from tsunagari_parsers.cmaps import complete_narrow_maps
from tsunagari_parsers.errors import TooLargeError, TooManyPagesError, UnreadableDocumentError
from tsunagari_parsers.glyphs import radicals
from tsunagari_parsers.limits import MEGABYTE, Limits
from tsunagari_parsers.messages import Ask, DrawJob, Failed, Job, Opened
from tsunagari_parsers.nursery import ANSWER, BIRTH, END, REQUEST
from tsunagari_parsers.reading import OpenedPdf
from tsunagari_parsers.row_drawing import draw_rows, get_ready

#: The system's signal for too much processor time comes so many seconds after the limit; the program's own clock comes first.
_GRACE_SECONDS = 5


@dataclass(frozen=True, slots=True)
class _Born:
    """What a child is born with: the way to talk to the program, and the document."""

    channel: Connection
    document: int


def main() -> None:
    """Be the nursery; in each fork of it, be a child."""
    # What the readers say of a file names neither the file nor the page; what matters of it is in the report.
    logging.getLogger().addHandler(logging.NullHandler())
    complete_narrow_maps()
    radicals()
    get_ready()
    gc.freeze()
    born = _forks(socket.socket(fileno=int(sys.argv[1])))
    if born is not None:
        with born.channel, contextlib.suppress(BrokenPipeError, EOFError):
            # The program has gone, or wants no more: nobody is left to tell.
            read(born.channel, born.document)


def _forks(control: socket.socket) -> _Born | None:
    """Serve requests until the program goes; returns None then, and in each child what it is born with."""
    alive: set[int] = set()
    with control:
        while True:
            request, descriptors, _, _ = socket.recv_fds(control, REQUEST.size, 2)
            if len(request) < REQUEST.size:
                break
            word, pid = REQUEST.unpack(request)
            if word == BIRTH:
                channel, document = descriptors
                pid = os.fork()
                if pid == 0:
                    os.setpgid(0, 0)
                    return _Born(Connection(channel), document)
                with contextlib.suppress(PermissionError, ProcessLookupError):
                    os.setpgid(pid, pid)  # whichever of the two comes first
                os.close(channel)
                os.close(document)
                alive.add(pid)
                control.sendall(ANSWER.pack(pid, 0))
            elif word == END:
                alive.discard(pid)
                control.sendall(ANSWER.pack(*_ended(pid)))
        for pid in alive:
            _ended(pid)
    return None


def _ended(pid: int) -> tuple[int, int]:
    """How a child ended, killed with all of its group if it has not by itself, and its peak of memory (kilobytes)."""
    with contextlib.suppress(ProcessLookupError):
        os.killpg(pid, signal.SIGKILL)
    _, status, usage = os.wait4(pid, 0)
    return os.waitstatus_to_exitcode(status), usage.ru_maxrss


def read(channel: Connection, document: int) -> None:
    """Receive the job; draw its rows, or open the document and read the pages that are asked for, until None is."""
    job: Job | DrawJob = channel.recv()
    limit(job.limits)
    if isinstance(job, DrawJob):
        for drawn in draw_rows(_all_of(document), job.rows):
            channel.send(drawn)
        return
    page: int | None = None
    try:
        content = _all_of(document)
        with OpenedPdf(content, job.name, job.settings) as pdf:
            if pdf.pages > job.limits.pages:
                reason = f"{pdf.pages:,}ページあります（上限{job.limits.pages:,}ページ）"
                raise TooManyPagesError(job.name, reason)
            channel.send(Opened(pdf.pages, pdf.second_pages))
            ask: Ask | None
            while (ask := channel.recv()) is not None:
                page = ask.page
                if ask.picture and job.ocr:
                    _allow(job.ocr.seconds)
                    channel.send(pdf.recognise(ask.picture, job.ocr))
                else:
                    channel.send(pdf.read(page))
    except MemoryError:
        gc.collect()
        channel.send(Failed(page, out_of_memory(job.name, job.limits, page)))
    except UnreadableDocumentError as error:
        channel.send(Failed(page, error))


def _all_of(document: int) -> bytes:
    return os.pread(document, os.fstat(document).st_size, 0)


def out_of_memory(name: str, limits: Limits, page: int | None) -> TooLargeError:
    """The error for a document that needs more memory than it may have."""
    return TooLargeError(
        name, f"読み取るためのメモリーが上限（{limits.memory_bytes // MEGABYTE:,}MB）を超えました", page=page
    )


def limit(limits: Limits) -> None:
    """Limit this process from now on; what it has already does not count."""
    pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[0])
    _lower(resource.RLIMIT_AS, pages * resource.getpagesize() + limits.memory_bytes)
    _lower(resource.RLIMIT_CPU, math.ceil(limits.seconds) + _GRACE_SECONDS)
    _lower(resource.RLIMIT_CORE, 0)


def _allow(seconds: float) -> None:
    """Let this process take so much more processor time."""
    now, most = resource.getrlimit(resource.RLIMIT_CPU)
    resource.setrlimit(resource.RLIMIT_CPU, (now if now == most else now + math.ceil(seconds), most))


def _lower(what: int, value: int) -> None:
    _, most = resource.getrlimit(what)
    if most != resource.RLIM_INFINITY:
        value = min(value, most)
    resource.setrlimit(what, (value, most))


if __name__ == "__main__":
    main()
