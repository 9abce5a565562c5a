"""The readers that are compared, and the process that runs one of them on one file: ``python -m benchmarks.readers``.

Each is used as its own documentation says: every table of every page, as rows of text. Libraries are loaded, and have read a page of one
letter, before the clock starts; the processes of this project's own reader too. Linux only: what processes need is read from ``/proc``.
"""

from __future__ import annotations

import gc
import json
import os
import resource
import sys
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager, redirect_stdout
from dataclasses import asdict, dataclass, field
from pathlib import Path
from types import MappingProxyType

#: The page (from 1) and the texts of the cells of one row of a table.
Row = tuple[int, tuple[str, ...]]
Read = Callable[[Path], list[Row]]

_KILOBYTE = 1024
_TICKS = os.sysconf("SC_CLK_TCK")


@dataclass(frozen=True, slots=True)
class Reader:
    """A way to read tables.

    ``distribution`` is the package that it needs, "" for this project's own; ``workers`` how many processes of its own it reads with;
    ``is_slow``: it takes several times as long as the others, and takes part in fewer rounds.
    """

    name: str
    distribution: str
    begin: Callable[[], Read]
    workers: int = 0
    is_slow: bool = False


@dataclass(frozen=True, slots=True)
class Measured:
    """What one reading of one file took, and gave.

    Attributes:
        wall: seconds that passed.
        processor: seconds of processor time, of every thread and process.
        peak: bytes held at most by the process, interpreter and libraries included; where there are several processes, the sum of what
            each held at most, in which memory that they share counts more than once.
        rows: the rows of every table.
    """

    wall: float
    processor: float
    peak: int
    rows: list[Row] = field(default_factory=list)


def _pdfplumber() -> Read:
    import pdfplumber

    def read(path: Path) -> list[Row]:
        rows: list[Row] = []
        with pdfplumber.open(path) as pdf:
            for page in pdf.pages:
                for table in page.extract_tables():
                    rows += _rows(page.page_number, table)
                # As its documentation advises for long files: without it, its memory would grow with every page.
                page.close()
        return rows

    return read


def _pymupdf() -> Read:
    import pymupdf

    def read(path: Path) -> list[Row]:
        rows: list[Row] = []
        with pymupdf.open(path) as document:
            for number, page in enumerate(document, start=1):
                for table in page.find_tables().tables:
                    rows += _rows(number, table.extract())
        return rows

    return read


def _camelot() -> Read:
    import camelot

    def read(path: Path) -> list[Row]:
        rows: list[Row] = []
        for table in camelot.read_pdf(str(path), pages="all", flavor="lattice", suppress_stdout=True):
            rows += _rows(table.page, table.data)
        return rows

    return read


def _in_process() -> Read:
    from tsunagari_parsers.raw import raw_rows
    from tsunagari_parsers.reading import read_pages

    def read(path: Path) -> list[Row]:
        return [
            row
            for one in raw_rows(read_pages(path.read_bytes(), path.name).pages)
            for row in _rows(one.page, [one.cells])
        ]

    return read


def _in_processes(workers: int) -> Read:
    from tsunagari_parsers.raw import raw_rows
    from tsunagari_parsers.worker import page_reader

    reader = page_reader(workers=workers)

    def read(path: Path) -> list[Row]:
        return [
            row for one in raw_rows(reader(path.read_bytes(), path.name).pages) for row in _rows(one.page, [one.cells])
        ]

    return read


def _rows(page: int, table: Iterable[Iterable[str | None]]) -> Iterator[Row]:
    return ((page, tuple(cell or "" for cell in row)) for row in table)


PDFPLUMBER = Reader("pdfplumber extract_tables()", "pdfplumber", _pdfplumber)
OURS = Reader("tsunagari, in process", "", _in_process)
OURS_ON_TWO = Reader("tsunagari, two workers", "", lambda: _in_processes(2), workers=2)
#: In this order: what is compared closely stands side by side.
READERS: Mapping[str, Reader] = MappingProxyType(
    {
        "pdfplumber": PDFPLUMBER,
        "ours": OURS,
        "ours-1": Reader("tsunagari, one worker", "", lambda: _in_processes(1), workers=1),
        "ours-2": OURS_ON_TWO,
        "pymupdf": Reader("PyMuPDF find_tables()", "pymupdf", _pymupdf, is_slow=True),
        "camelot": Reader("camelot lattice", "camelot-py", _camelot, is_slow=True),
    }
)


def measure(reader: Reader, path: Path, warm_up: Path) -> Measured:
    """Read one file in this process, which must have read nothing before."""
    with _quiet():
        read = reader.begin()
        read(warm_up)
        gc.collect()
        processor, wall = _processor_seconds(), time.perf_counter()
        rows = read(path)
        wall, processor = time.perf_counter() - wall, _processor_seconds() - processor
    peak = _peak(os.getpid())
    if reader.workers:
        # The process of which the workers are forks, and the largest of them as often as there are workers.
        nurseries = _children()
        peak += sum(map(_peak, nurseries))
        del read
        gc.collect()
        peak += reader.workers * resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss * _KILOBYTE
    return Measured(wall, processor, peak, rows)


def _processor_seconds() -> float:
    """What this process has used, and its children with all that they have waited for (in steps of a tick, usually 10 ms)."""
    ticks = 0
    for child in _children():
        # proc(5): the command in parentheses may hold anything; utime is the 14th field, cstime the 17th.
        fields = Path(f"/proc/{child}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()
        ticks += sum(map(int, fields[11:15]))
    return time.process_time() + ticks / _TICKS


def _children() -> list[int]:
    """The processes that this one has started and that still run."""
    found = []
    for entry in Path("/proc").iterdir():
        if entry.name.isdecimal():
            try:
                stat = (entry / "stat").read_text(encoding="utf-8")
            except (FileNotFoundError, ProcessLookupError):
                continue  # it ended meanwhile
            if int(stat.rpartition(")")[2].split()[1]) == os.getpid():
                found.append(int(entry.name))
    return found


def _peak(process: int) -> int:
    """Bytes that a process has held in memory at most."""
    for line in Path(f"/proc/{process}/status").read_text(encoding="utf-8").splitlines():
        if line.startswith("VmHWM:"):
            return int(line.split()[1]) * _KILOBYTE
    raise ValueError(f"process {process} has no VmHWM")


@contextmanager
def _quiet() -> Iterator[None]:
    """Libraries may print advice: it goes where warnings go."""
    with redirect_stdout(sys.stderr):
        yield


def main() -> None:
    """Measure ``READER FILE WARM-UP`` and write what came of it into ``RESULT``, the fourth argument."""
    name, path, warm_up, result = sys.argv[1:]
    measured = measure(READERS[name], Path(path), Path(warm_up))
    Path(result).write_text(json.dumps(asdict(measured), ensure_ascii=False), encoding="utf-8")


if __name__ == "__main__":
    main()
