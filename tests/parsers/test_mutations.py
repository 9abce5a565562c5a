"""Thousands of damaged files: no crash, no hang past the limit, and always a report or an error that names the file."""

from __future__ import annotations

import signal
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from random import Random
from types import FrameType

import pytest
from tests.conftest import ROOT
from tests.mutations import PDF_KINDS, TEXT_KINDS, fixture_files, mutated

from tsunagari_parsers.document import parse_document
from tsunagari_parsers.errors import UnreadableDocumentError
from tsunagari_parsers.limits import MEGABYTE, Limits
from tsunagari_parsers.reading import PageReader
from tsunagari_parsers.worker import page_reader

LIMITS = Limits(memory_bytes=512 * MEGABYTE, seconds=15)
#: What may be needed beside the limits: to end a process, and to make records of what was read (seconds).
MARGIN = 15
SHORT = 150
LONG = 5000
CHUNK = 100


@pytest.fixture(scope="module")
def sources() -> dict[str, bytes]:
    return fixture_files(ROOT / "fixtures")


@pytest.fixture(scope="module")
def reader() -> Iterator[PageReader]:
    with page_reader(LIMITS, workers=1) as reader:
        yield reader


class HangError(Exception):
    """What was to end within its limit did not."""


@contextmanager
def ending_within(seconds: float) -> Iterator[None]:
    def end(_: int, frame: FrameType | None) -> None:
        at = f"{frame.f_code.co_filename}:{frame.f_lineno}" if frame else "?"
        raise HangError(f"still running after {seconds} s, in {at}")

    before = signal.signal(signal.SIGALRM, end)
    signal.setitimer(signal.ITIMER_REAL, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)


def fault(seed: int, sources: dict[str, bytes], reader: PageReader, seen: Counter[str]) -> str:
    """What went wrong with the file of this seed; empty if nothing did. ``seen`` counts how the files ended."""
    file = mutated(seed, sources)
    try:
        with ending_within(LIMITS.seconds + MARGIN):
            parsed = parse_document(file.content, name=file.name, reader=reader)
    except UnreadableDocumentError as error:
        seen[error.code] += 1
        return "" if file.name in str(error) else f"{file.name}: the error does not name it: {error}"
    except Exception as error:  # noqa: BLE001  # any other is what this test looks for
        return f"{file.name}: {type(error).__name__}: {error}"
    seen["read"] += 1
    report = parsed.report
    records = len(parsed.programs) + len(parsed.measures) + len(parsed.networks) + len(parsed.desks)
    if not report.is_complete or report.records != records or not records:
        return f"{file.name}: {report.rows_seen} rows, {report.records} said and {records} given"
    return ""


def test_the_same_seed_is_the_same_file_and_another_is_another(sources: dict[str, bytes]) -> None:
    assert mutated(7, sources) == mutated(7, sources)
    assert len({mutated(seed, sources).content for seed in range(60)}) > 50


@pytest.mark.parametrize("kind", sorted(PDF_KINDS))
def test_every_kind_of_damage_damages(kind: str, sources: dict[str, bytes]) -> None:
    pdf = sources["national-list-r3.pdf"]
    assert any(PDF_KINDS[kind](Random(seed), pdf) != pdf for seed in range(5))  # noqa: S311


@pytest.mark.parametrize("kind", sorted(TEXT_KINDS))
def test_every_kind_of_damage_to_a_text_damages(kind: str) -> None:
    text = "一\n二\n三\n四\n".encode()
    assert any(TEXT_KINDS[kind](Random(seed), text) != text for seed in range(20))  # noqa: S311


def test_the_files_are_read_before_they_are_damaged(sources: dict[str, bytes], reader: PageReader) -> None:
    for name, content in sources.items():
        assert parse_document(content, name=name, reader=reader).report.is_complete


def test_a_damaged_file_is_read_with_a_report_or_refused_by_name(sources: dict[str, bytes], reader: PageReader) -> None:
    seen: Counter[str] = Counter()
    faults = [found for seed in range(SHORT) if (found := fault(seed, sources, reader, seen))]
    assert faults == []
    # Damage that is always fatal, or never, would test nothing.
    assert seen["read"] > SHORT / 10
    assert sum(seen.values()) - seen["read"] > SHORT / 10


@pytest.mark.long
@pytest.mark.parametrize("first", range(SHORT, SHORT + LONG, CHUNK))
def test_each_of_thousands_of_damaged_files_is_read_or_refused(
    first: int, sources: dict[str, bytes], reader: PageReader
) -> None:
    began = time.monotonic()
    seen: Counter[str] = Counter()
    faults = [found for seed in range(first, first + CHUNK) if (found := fault(seed, sources, reader, seen))]
    assert faults == [], f"{dict(seen)} in {time.monotonic() - began:.0f} s"
