"""Reading tables beside named peers, on the same files in one run: ``make bench-parsing``.

Each reader reads each file in a process of its own, one after the other, file by file; then all of it again, and the medians count.
Processor time is what compares on a machine that others use too; wall time compares only where nobody else does.

Exit status: 1 where a promise of the project that could be measured is not kept.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from benchmarks.papers import LIST, REAL, Paper, fixtures, real, warm_up
from benchmarks.readers import OURS_ON_TWO, PDFPLUMBER, READERS, Measured
from benchmarks.results import Kept, Machine, installed, kept_on_one, kept_on_two, paper_table, summed_up, whole_table

ROOT = Path(__file__).parent.parent
#: A reader that needs longer for a file is ended (seconds).
_PATIENCE = 300.0


@dataclass(frozen=True, slots=True)
class Options:
    """What is run: so many rounds as fit into the minutes, on the fixtures and the first pages of the documents in a folder."""

    times: int
    slow_times: int
    minutes: float
    pages: int
    folder: Path
    files: tuple[str, ...]


def main() -> int:
    """Run it; 0 if every promise that could be measured is kept."""
    options = _options()
    began = time.monotonic()
    every = [*fixtures(), *real(options.folder, options.pages)]
    papers = [paper for paper in every if not options.files or any(part in paper.name for part in options.files)]
    if not papers:
        print("No file has such a name.", file=sys.stderr)
        return 2
    _tell_what(papers, options)
    measured, load = _rounds(papers, options, began)
    results = {
        (paper, reader): summed_up(next(one for one in papers if one.name == paper), rounds)
        for (paper, reader), rounds in measured.items()
    }
    for paper in papers:
        print(paper_table(paper, results))
    print(whole_table(papers, results))
    machine = Machine(len(os.sched_getaffinity(0)), load)
    minutes = (time.monotonic() - began) / 60
    print(f"{machine.processors} processors; load average {load:.1f} at most around the list; {minutes:.0f} minutes.")
    verdicts = [kept_on_one(papers, results), kept_on_two(results, machine)]
    for verdict, message in verdicts:
        print(f"{verdict.value}: {message}")
    return 1 if any(verdict is Kept.NO for verdict, _ in verdicts) else 0


def _options() -> Options:
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks.parsing", description="Reading tables beside named peers."
    )
    add = parser.add_argument
    add("--times", type=int, default=3, help="rounds; the medians count (default: %(default)s)")
    add("--slow-times", type=int, default=1, help="rounds of PyMuPDF and camelot (default: %(default)s)")
    add("--minutes", type=float, default=15, help="no round begins that would end later (default: %(default)s)")
    add("--pages", type=int, default=2, help="pages of each document beside the project (default: %(default)s)")
    add("--real", type=Path, default=REAL, help="the folder of those documents (default: %(default)s)")
    add("--files", nargs="*", default=(), help="only files whose names hold one of these")
    given = parser.parse_args()
    if min(given.times, given.slow_times, given.pages) < 1:
        parser.error("--times, --slow-times and --pages must be at least 1")
    return Options(given.times, given.slow_times, given.minutes, given.pages, given.real, tuple(given.files))


def _tell_what(papers: Sequence[Paper], options: Options) -> None:
    for reader in READERS.values():
        missing = f"{reader.distribution} is NOT INSTALLED, so that nothing is said of it"
        print(f"{reader.name}: {installed(reader) or missing}")
    print(
        f"{len(papers)} files, {sum(paper.pages for paper in papers)} pages, {options.times} rounds, {min(options.slow_times, options.times)} of the slow readers."
    )
    if not options.folder.is_dir():
        print(f"Nothing is said of documents by other producers: there is no folder {options.folder}.")
    print(flush=True)


def _rounds(
    papers: Sequence[Paper], options: Options, began: float
) -> tuple[dict[tuple[str, str], list[Measured | str]], float]:
    """What each reader took for each paper in each round, by their names; and the highest load while the list was read."""
    measured: dict[tuple[str, str], list[Measured | str]] = {}
    load = os.getloadavg()[0]
    took = {True: 0.0, False: 0.0}
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "warm-up").write_bytes(warm_up())
        for done in range(options.times):
            ahead = took[False] / done + (took[True] / done if done < options.slow_times else 0.0) if done else 0.0
            if time.monotonic() - began + ahead > options.minutes * 60:
                print(f"Medians of {done} rounds: another would have taken more than {options.minutes:g} minutes.\n")
                break
            for paper in papers:
                path = folder / paper.name
                path.write_bytes(paper.content)
                for key, reader in READERS.items():
                    if not installed(reader) or (reader.is_slow and done >= options.slow_times):
                        continue
                    since = time.monotonic()
                    measured.setdefault((paper.name, reader.name), []).append(measured_apart(key, path, folder))
                    took[reader.is_slow] += time.monotonic() - since
                    if paper.name == LIST and reader in (PDFPLUMBER, OURS_ON_TWO):
                        load = max(load, os.getloadavg()[0])
                path.unlink()
    return measured, load


def measured_apart(key: str, path: Path, folder: Path) -> Measured | str:
    """One reading in a process of its own, or why there was none."""
    result = folder / "result.json"
    result.unlink(missing_ok=True)
    command = [sys.executable, "-m", "benchmarks.readers", key, str(path), str(folder / "warm-up"), str(result)]
    try:
        done = subprocess.run(command, cwd=ROOT, capture_output=True, check=False, timeout=_PATIENCE)  # noqa: S603 - this interpreter
    except subprocess.TimeoutExpired:
        return f"ended after {_PATIENCE:g} s"
    if done.returncode:
        said = done.stderr.decode(errors="replace").strip().splitlines()
        return f"refused: {said[-1] if said else f'exit status {done.returncode}'}"
    return Measured(**json.loads(result.read_text(encoding="utf-8")))


if __name__ == "__main__":
    sys.exit(main())
