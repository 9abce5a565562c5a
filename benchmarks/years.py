"""A year's work on a large archive: ten lists of 100 pages (five of last year, the same five of this year) from a folder to published.

    python -m benchmarks.years                  all of it; exits with 1 where the promise of two minutes is not kept
    python -m benchmarks.years --pages 10       smaller lists, for a look

The lists have the columns of the national list and its paragraphs, at municipalities of their own. This year's has other numbers, other names and
rows fewer and more. Reading and drawing is done by processes of their own, as the command does. Wall time is of a machine that others may use
too; processor time is that of this process and all that it started.
"""

from __future__ import annotations

import argparse
import random
import resource
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

from fixtures.national import Programme, landscape, phone_cell, truth
from fixtures.paper import Row
from fixtures.typeset import typeset

from tsunagari.importing import EditionOptions, import_documents, reindex
from tsunagari.parse_cache import ParseCache
from tsunagari.parsing import DocumentReader
from tsunagari_indexer.workspace import Workspace
from tsunagari_parsers.limits import Limits
from tsunagari_parsers.nursery import Nursery
from tsunagari_parsers.places import Municipality, municipalities
from tsunagari_parsers.row_worker import ProcessRowDrawer
from tsunagari_parsers.worker import page_reader

YEARS = (2021, 2022)
PARTS = 5
PAGES = 100
#: The promise: from the folder to published (seconds by the clock, or of all processors where others use the machine too).
WITHIN = 120.0
#: So many rows fill a page of such a list.
_ROWS_A_PAGE = 13
#: Of so many programmes one has another number, another name, is gone or new in the year after.
_CHANGES = 25


@dataclass(frozen=True, slots=True)
class Took:
    """What a step took, in seconds: by the clock, of this process, and of the processes that it started."""

    wall: float
    own: float
    others: float

    @property
    def processor(self) -> float:
        """Seconds of all processors."""
        return self.own + self.others


def main(arguments: Sequence[str] | None = None) -> int:
    """Make the lists, import, publish, and say what it took; 0 if the promise is kept."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--pages", type=int, default=PAGES, help="pages of a list")
    options.add_argument("--again", action="store_true", help="build the generation again, too (reindex)")
    chosen = options.parse_args(arguments)
    with tempfile.TemporaryDirectory() as folder:
        paths = list(make_lists(Path(folder) / "lists", chosen.pages))
        workspace = Workspace(Path(folder) / "data")
        steps: dict[str, Took] = {}
        with _timed(steps, "import"), _reader(workspace.root) as reader:
            outcome = import_documents(workspace, paths, EditionOptions(), reader=reader)
        if outcome.failures or outcome.staged is None:
            print("\n".join(outcome.failures))
            return 1
        with _timed(steps, "publish"):
            workspace.publish(force="made for measuring")
        if chosen.again:
            with _timed(steps, "reindex"), _reader(workspace.root) as reader:
                reindex(workspace, reader=reader)
        pages = sum(one.parsed.report.pages for one in outcome.imported)
        print(
            f"{len(outcome.imported)} lists, {pages} pages, {outcome.staged.programs} programmes, "
            f"{sum(len(one.pictures) for one in outcome.imported)} pictures, "
            f"{len(outcome.staged.must_look)} findings to look at"
        )
    for name, took in steps.items():
        print(
            f"{name}: {took.wall:.1f} s by the clock, {took.processor:.1f} s of processors "
            f"({took.own:.1f} here, {took.others:.1f} reading and drawing)"
        )
    wall, processor = (sum(getattr(steps[name], of) for name in ("import", "publish")) for of in ("wall", "processor"))
    print(
        f"from the folder to published: {wall:.1f} s by the clock, {processor:.1f} s of processors (at most {WITHIN:.0f})"
    )
    return 0 if min(wall, processor) <= WITHIN else 1


def make_lists(folder: Path, pages: int) -> Iterator[Path]:
    """Write the lists of both years and what stands beside them (:class:`tsunagari_crawler.Edition`); their paths."""
    folder.mkdir(parents=True)
    towns = municipalities()
    for part in range(1, PARTS + 1):
        own = sorted(towns[part - 1 :: PARTS], key=lambda town: town.code)
        last = _programmes(own, pages * _ROWS_A_PAGE, part)
        for year, programmes in zip(YEARS, (last, _year_after(last, part)), strict=True):
            path = folder / f"list-{part}-{year}.pdf"
            path.write_bytes(_pdf(programmes, f"令和{year - 2018}年度 実施事業一覧（第{part}分冊）", path.stem))
            path.with_suffix(".toml").write_text(
                f'fiscal_year = {year}\nseries = "national_list"\npart = "{part}"\n', encoding="utf-8"
            )
            yield path


def _programmes(towns: Sequence[Municipality], count: int, seed: int) -> list[Programme]:
    choose = random.Random(seed)  # noqa: S311 - test data, not secrets
    real = truth()
    paragraphs = sorted(
        {"○" + line.lstrip("　 ○・●◆①②③") for one in real for line in one.description.split("\n") if len(line) > 12}
    )
    names = sorted({one.program_name for one in real})
    departments = sorted({one.department for one in real})
    made = []
    for number in range(count):
        town = towns[number * len(towns) // count]
        made.append(
            Programme(
                town.prefecture.name,
                town.name,
                f"{town.name}{choose.choice(names)}その{number % 7 + 1}",
                "\n".join(choose.sample(paragraphs, choose.randint(2, 4))),
                choose.choice(departments),
                _number(choose),
                None,
                None,
            )
        )
    return made


def _year_after(before: Sequence[Programme], seed: int) -> list[Programme]:
    choose = random.Random(seed + 1000)  # noqa: S311
    after = []
    for one in before:
        change = choose.randrange(4 * _CHANGES)
        if change == 0:
            continue
        if change == 1:
            after.append(replace(one, phone=_number(choose)))
        elif change == 2:
            after.append(replace(one, program_name=f"{one.program_name}（第２期）"))
        else:
            after.append(one)
            if change == 3:
                after.append(replace(one, program_name=f"あたらしい{one.program_name}", phone=_number(choose)))
    return after


def _number(choose: random.Random) -> str:
    return f"0120-{choose.randrange(100):02}-{choose.randrange(10_000):04}"


def _pdf(programmes: Sequence[Programme], title: str, name: str) -> bytes:
    rows = [
        Row(
            {
                "prefecture": [one.prefecture],
                "body": [one.body],
                "program_name": [one.program_name],
                "description": one.description.split("\n"),
                "department": [one.department],
                "phone": phone_cell(one),
            }
        )
        for one in programmes
    ]
    return typeset(replace(landscape(), title=title), rows, name)


@contextmanager
def _reader(data_dir: Path) -> Iterator[DocumentReader]:
    """What reads and draws; its processes are gone when it is done, so that their time is known."""
    nursery = Nursery()
    try:
        pages, cache = page_reader(nursery=nursery), ParseCache(data_dir / "caches" / "parses")
        yield DocumentReader(pages, None, ProcessRowDrawer(Limits(), nursery), cache, pages.workers)
    finally:
        nursery.close()


@contextmanager
def _timed(steps: dict[str, Took], name: str) -> Iterator[None]:
    def now() -> Took:
        own, others = resource.getrusage(resource.RUSAGE_SELF), resource.getrusage(resource.RUSAGE_CHILDREN)
        return Took(time.perf_counter(), own.ru_utime + own.ru_stime, others.ru_utime + others.ru_stime)

    before = now()
    yield
    after = now()
    steps[name] = Took(after.wall - before.wall, after.own - before.own, after.others - before.others)


if __name__ == "__main__":
    sys.exit(main())
