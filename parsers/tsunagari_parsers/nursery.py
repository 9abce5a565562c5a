"""Where the processes that read documents are born: one process that has loaded the PDF readers, and forks on request.

A fork of it costs milliseconds, where a new interpreter would load the readers anew for each document. It has one thread, so that
forking is safe whatever the program is that asks: a server with threads may. multiprocessing's own fork server is no choice here:
each of its children first runs the asking program's main module again, which for the command line costs more than most documents.

This module loads no PDF reader, so that a program can start the nursery and load its own part meanwhile.
"""

from __future__ import annotations

import contextlib
import os
import signal
import socket
import struct
import subprocess
import sys
import threading
import weakref
from collections.abc import Sequence
from dataclasses import dataclass
from multiprocessing.connection import Connection

#: What is asked of the nursery: one of the words below, and a process.
REQUEST = struct.Struct("=ci")
#: What it answers: a process, or how one ended; and the most memory that it held (kilobytes).
ANSWER = struct.Struct("=iq")
BIRTH = b"b"
END = b"e"

_MODULE = "tsunagari_parsers.children"
#: The nursery needs less than this to end what it has (seconds): it kills, and waits for nothing else.
_ENDS_WITHIN = 10.0


class NurseryError(Exception):
    """The nursery is gone, and with it every process that it had."""


@dataclass(frozen=True, slots=True)
class Ended:
    """How a process ended: its exit code, or a signal's number below zero; the most memory that it held (bytes)."""

    code: int
    peak_bytes: int


@dataclass(frozen=True, slots=True)
class Child:
    """A process of the nursery, and the way to talk to it."""

    pid: int
    channel: Connection


@dataclass(slots=True)
class _Running:
    """The nursery's process, the program's process that started it, and the children that have not been ended."""

    process: subprocess.Popen[bytes]
    control: socket.socket
    owner: int
    alive: set[int]


class Nursery:
    """Lets children be born, and ends them. Safe to use from several threads; its process starts when it is first needed."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._running: _Running | None = None
        self._at_exit: weakref.finalize[[_Running], Nursery] | None = None

    def start(self) -> None:
        """Start the process if it does not run. Returns at once, while it is still loading."""
        with self._lock:
            self._started()

    def birth(self, document: int) -> Child:
        """A new process that holds the file ``document`` (a descriptor) open.

        Raises:
            NurseryError: the nursery ended.
        """
        ours, theirs = socket.socketpair()
        with ours, theirs, self._lock:
            running = self._started()
            pid, _ = self._ask(running, REQUEST.pack(BIRTH, 0), [theirs.fileno(), document])
            running.alive.add(pid)
            return Child(pid, Connection(ours.detach()))

    def end(self, child: Child) -> Ended:
        """Kill a process with all that it started, and say how it ended: by itself before that, or now.

        Raises:
            NurseryError: the nursery ended.
        """
        child.channel.close()
        with self._lock:
            running = self._running
            if running is None or child.pid not in running.alive:
                raise NurseryError(f"process {child.pid} is not one of this nursery")
            code, peak = self._ask(running, REQUEST.pack(END, child.pid))
            running.alive.discard(child.pid)
            return Ended(code, peak * 1024)

    def close(self) -> None:
        """End the process and every child. It starts again when it is needed."""
        with self._lock:
            self._stopped()

    def _started(self) -> _Running:
        if self._running is not None and self._running.owner == os.getpid() and self._running.process.poll() is None:
            return self._running
        self._stopped()
        ours, theirs = socket.socketpair()
        with theirs:
            process = subprocess.Popen(  # noqa: S603 - this interpreter and a module of this package
                # The folder in which the program happens to be called is no place to load modules from (-P).
                [sys.executable, "-P", "-m", _MODULE, str(theirs.fileno())],
                pass_fds=[theirs.fileno()],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                env={**os.environ, "PYTHONPATH": os.pathsep.join(entry for entry in sys.path if entry)},
                # Ctrl+C is for the program, which ends its children itself.
                start_new_session=True,
            )
        self._running = _Running(process, ours, os.getpid(), set())
        self._at_exit = weakref.finalize(self, _stop, self._running)
        return self._running

    def _stopped(self) -> None:
        if self._at_exit is not None:
            self._at_exit()
        self._running = self._at_exit = None

    def _ask(self, running: _Running, request: bytes, descriptors: Sequence[int] = ()) -> tuple[int, int]:
        answer = b""
        try:
            socket.send_fds(running.control, [request], descriptors)
            while len(answer) < ANSWER.size:
                part = running.control.recv(ANSWER.size - len(answer))
                if not part:
                    break
                answer += part
        except OSError as error:
            self._stopped()
            raise NurseryError(str(error)) from error
        except BaseException:
            # Interrupted between a question and its answer: what comes next would be taken for the answer to another.
            self._stopped()
            raise
        if len(answer) < ANSWER.size:
            self._stopped()
            raise NurseryError("the nursery ended")
        code, peak = ANSWER.unpack(answer)
        return code, peak


def _stop(running: _Running) -> None:
    running.control.close()
    if running.owner != os.getpid():
        return  # a fork of the program: the nursery is its parent's
    with contextlib.suppress(subprocess.TimeoutExpired):
        if running.alive:
            # Seeing the control closed, it kills its children first.
            running.process.wait(_ENDS_WITHIN)
    running.process.kill()
    running.process.wait()
    for pid in running.alive:
        # Only where the nursery was killed itself are there any left, each the leader of its own group.
        with contextlib.suppress(ProcessLookupError):
            os.killpg(pid, signal.SIGKILL)
