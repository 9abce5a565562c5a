"""Drawing rows in a process of their own, within the limits of reading: what hangs or crashes costs one row, and is told.

The rows are drawn again from the one after it by a new process, so that one bad drawing does not take the others with it.
"""

from __future__ import annotations

import pickle
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from multiprocessing.connection import wait
from typing import IO

from tsunagari_parsers.drawn_rows import DrawnRow, RowToDraw
from tsunagari_parsers.limits import MEGABYTE, Limits
from tsunagari_parsers.messages import DrawJob
from tsunagari_parsers.nursery import Child, Nursery, NurseryError

#: One row takes some hundredths of a second; a row that takes longer than this is left without a picture.
ROW_SECONDS = 10.0
#: After so many rows of a document that were too slow or took the process with them, the others are not tried.
MOST_FAILURES = 5
#: One process draws so many rows at most, so that its limit of processor time is that of a document of ordinary size.
_BATCH = 200
#: No picture of a row is larger, whatever the process says.
_MOST_BYTES = 16 * MEGABYTE


@dataclass(frozen=True, slots=True)
class _Heard:
    """What was heard of a row, and whether its process can go on with the next."""

    drawn: DrawnRow
    is_alive: bool


class ProcessRowDrawer:
    """Draws rows as :func:`tsunagari_parsers.row_drawing.draw_rows` does, in another process (a ``RowDrawer``).

    Each process keeps to ``limits``; a row may take ``row_seconds`` (wall time).
    """

    def __init__(self, limits: Limits, nursery: Nursery, *, row_seconds: float = ROW_SECONDS) -> None:
        self._limits = limits
        self._nursery = nursery
        self._row_seconds = row_seconds

    def __call__(self, content: bytes, rows: Sequence[RowToDraw]) -> Iterator[DrawnRow]:
        """The rows in their order, each as soon as it is drawn. Raises nothing of its own: a row without a picture says why."""
        done = failures = 0
        # Such a file has no name: nothing is left of it, however the program ends.
        with tempfile.TemporaryFile() as document:
            document.write(content)
            document.flush()
            while done < len(rows) and failures < MOST_FAILURES:
                for heard in self._some(document, DrawJob(self._limits, tuple(rows[done : done + _BATCH]))):
                    yield heard.drawn
                    done += 1
                    failures += not heard.is_alive
        problem = f"{MOST_FAILURES}行で失敗したため、残りの行は試していません"
        yield from (DrawnRow(row.row, problem=problem) for row in rows[done:])

    def _some(self, document: IO[bytes], job: DrawJob) -> Iterator[_Heard]:
        """The first rows of a job, up to one that takes the process with it; at least one."""
        try:
            child = self._nursery.birth(document.fileno())
        except NurseryError as error:
            yield _lost(job.rows[0], f"画像を作るプロセスを始められません（{error}）")
            return
        try:
            with suppress(BrokenPipeError):
                child.channel.send(job)
            for row in job.rows:
                heard = self._hear(child, row)
                yield heard
                if not heard.is_alive:
                    return
        finally:
            with suppress(NurseryError):
                self._nursery.end(child)

    def _hear(self, child: Child, row: RowToDraw) -> _Heard:
        if not wait([child.channel], self._row_seconds):
            return _lost(row, f"{self._row_seconds:g}秒たっても画像ができません")
        try:
            said = child.channel.recv_bytes(_MOST_BYTES)
        except (EOFError, OSError):
            return _lost(row, "画像を作るプロセスが途中で落ちました")
        drawn: DrawnRow = pickle.loads(said)  # noqa: S301 - from a process of this program
        return _Heard(drawn, is_alive=True)


def _lost(row: RowToDraw, problem: str) -> _Heard:
    return _Heard(DrawnRow(row.row, problem=problem), is_alive=False)
