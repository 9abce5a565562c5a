"""What readers made of papers: the promises that follow from it, and the tables that a person reads."""

from __future__ import annotations

import statistics
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import Enum
from importlib.metadata import PackageNotFoundError, version

from benchmarks.papers import LIST, Paper, Recovered
from benchmarks.readers import OURS, OURS_ON_TWO, PDFPLUMBER, READERS, Measured, Reader

_MEGABYTE = 1e6
#: The promises: of pdfplumber's processor time on one core, and of its wall time on two.
ON_ONE, ON_TWO = 1.0, 0.5
_TITLES = ("", "processor s/page", "of pdfplumber's", "wall s/page", "peak MB", "recovered")


@dataclass(frozen=True, slots=True)
class Result:
    """What a reader made of a file in every round: seconds (medians), bytes at most, and what it recovered; or why it did not."""

    wall: float = 0.0
    processor: float = 0.0
    peak: int = 0
    recovered: Recovered | None = None
    refusal: str | None = None


#: By paper and reader, both by name.
Results = Mapping[tuple[str, str], Result]


class Kept(Enum):
    """Whether a promise is kept."""

    YES = "kept"
    NO = "NOT KEPT"
    UNKNOWN = "not measurable"


@dataclass(frozen=True, slots=True)
class Machine:
    """How many processors this program may use, and the highest load average over a minute while the list was read."""

    processors: int
    load: float


def summed_up(paper: Paper, rounds: Sequence[Measured | str]) -> Result:
    """The medians of the rounds; a reader that failed in one of them has failed."""
    good = [one for one in rounds if isinstance(one, Measured)]
    if len(good) < len(rounds):
        return Result(refusal=next(one for one in rounds if isinstance(one, str)))
    return Result(
        statistics.median(one.wall for one in good),
        statistics.median(one.processor for one in good),
        max(one.peak for one in good),
        paper.recovered(good[0].rows),
    )


def kept_on_one(papers: Sequence[Paper], results: Results) -> tuple[Kept, str]:
    """No slower than pdfplumber on one core: processor time, over all files that both read."""
    pairs = both_read(papers, results, OURS)
    what = f"on one core, no more processor time than pdfplumber over all files that both read (at most {ON_ONE:g})"
    if not pairs:
        return Kept.UNKNOWN, f"{what}: there is no such file"
    ratio = sum(one.processor for _, one, _ in pairs) / sum(peer.processor for _, _, peer in pairs)
    return Kept.YES if ratio <= ON_ONE else Kept.NO, f"{what}: {ratio:.2f}"


def kept_on_two(results: Results, machine: Machine) -> tuple[Kept, str]:
    """Half of pdfplumber's time on two cores: wall time, on the list. It takes two cores that nobody else uses to say so."""
    ours, theirs = results.get((LIST, OURS_ON_TWO.name)), results.get((LIST, PDFPLUMBER.name))
    what = f"on two cores, half of pdfplumber's wall time for {LIST} (at most {ON_TWO:g})"
    if ours is None or theirs is None or ours.refusal or theirs.refusal:
        return Kept.UNKNOWN, f"{what}: the list was not read by both"
    ratio = f"{ours.wall / theirs.wall:.2f}"
    if machine.processors < 2:
        return Kept.UNKNOWN, f"{what}: this machine has one ({ratio})"
    if machine.load > machine.processors:
        reason = f"a load of {machine.load:.1f} on {machine.processors} processors"
        return Kept.UNKNOWN, f"{what}: {reason} ({ratio} under it, which says nothing)"
    return Kept.YES if ours.wall <= ON_TWO * theirs.wall else Kept.NO, f"{what}: {ratio}"


def both_read(papers: Sequence[Paper], results: Results, reader: Reader) -> list[tuple[Paper, Result, Result]]:
    """The papers that a reader and pdfplumber both read, and what each made of them."""
    return [
        (paper, one, peer)
        for paper in papers
        if paper.pages
        if (one := results.get((paper.name, reader.name))) and not one.refusal
        if (peer := results.get((paper.name, PDFPLUMBER.name))) and not peer.refusal
    ]


def installed(reader: Reader) -> str | None:
    """The package that a reader needs, with its version; None if it is not installed."""
    if not reader.distribution:
        return "this working copy"
    try:
        return f"{reader.distribution} {version(reader.distribution)}"
    except PackageNotFoundError:
        return None


def paper_table(paper: Paper, results: Results) -> str:
    """One paper: a line for each reader, also for those that refused it or are not installed."""
    pages = f"{paper.pages} pages" if paper.pages else "PDFium cannot open it, so that the times are of the whole file"
    if paper.pages < paper.of_pages:
        pages = f"the first {paper.pages} of {paper.of_pages} pages"
    return f"{paper.name}, {pages}\n{_table(list(_paper_lines(paper, results)))}"


def whole_table(papers: Sequence[Paper], results: Results) -> str:
    """All papers together: a line for each reader."""
    title = "All files together, each reader on those that it and pdfplumber read"
    return f"{title}\n{_table([_whole_line(papers, results, reader) for reader in READERS.values()])}"


def _paper_lines(paper: Paper, results: Results) -> Iterator[tuple[str, ...]]:
    peer = results.get((paper.name, PDFPLUMBER.name))
    for reader in READERS.values():
        one = results.get((paper.name, reader.name))
        if one is None:
            yield reader.name, "NOT INSTALLED"
        elif one.refusal:
            yield reader.name, one.refusal
        else:
            yield (
                reader.name,
                f"{one.processor / (paper.pages or 1):.3f}",
                f"{one.processor / peer.processor:.2f}" if peer and not peer.refusal else "–",
                f"{one.wall / (paper.pages or 1):.3f}",
                f"{one.peak / _MEGABYTE:.0f}",
                str(one.recovered),
            )


def _whole_line(papers: Sequence[Paper], results: Results, reader: Reader) -> tuple[str, ...]:
    read = both_read(papers, results, reader)
    if not read:
        return reader.name, "read none of them" if installed(reader) else "NOT INSTALLED"
    pages = sum(paper.pages for paper, _, _ in read)
    processor = sum(one.processor for _, one, _ in read)
    found: dict[str, Recovered] = {}
    for _, one, _ in read:
        if one.recovered:
            before = found.get(one.recovered.what, Recovered(0, 0, one.recovered.what))
            found[one.recovered.what] = before + one.recovered
    return (
        reader.name,
        f"{processor / pages:.3f}",
        f"{processor / sum(peer.processor for _, _, peer in read):.2f}",
        f"{sum(one.wall for _, one, _ in read) / pages:.3f}",
        f"{max(one.peak for _, one, _ in read) / _MEGABYTE:.0f}",
        ", ".join(map(str, found.values())),
    )


def _table(lines: Sequence[tuple[str, ...]]) -> str:
    """Columns under their titles, numbers to the right; a line of two is a reader and why there is no more of it."""
    first = max(len(line[0]) for line in lines)
    told = []
    for line in [_TITLES, *lines]:
        rest = line[1]
        if len(line) > 2:
            numbers = zip(line[1:-1], _TITLES[1:-1], strict=True)
            rest = "  ".join([*(f"{value:>{len(title)}}" for value, title in numbers), line[-1]])
        told.append(f"  {line[0]:<{first}}  {rest}\n")
    return "".join(told)
