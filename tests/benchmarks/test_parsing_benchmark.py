"""The comparison with other readers counts what was recovered, and never says that a promise is kept where it could not see that."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest
from benchmarks.papers import (
    LIST,
    Known,
    Paper,
    Recovered,
    fixtures,
    found_characters,
    found_records,
    found_serials,
    warm_up,
)
from benchmarks.parsing import measured_apart
from benchmarks.readers import OURS, OURS_ON_TWO, PDFPLUMBER, READERS, Measured, Row
from benchmarks.results import Kept, Machine, Result, kept_on_one, kept_on_two, paper_table, summed_up, whole_table

KNOWN = (Known("つながりサポート事業", ("0112062963",)), Known("つながりサポート事業", ("0178000001", "0178000002")))
PAPER = Paper(LIST, b"", 2, 2, lambda rows: found_records(KNOWN, rows))
IDLE = Machine(2, 0.5)


def results(ours: float, theirs: float, reader: str = OURS.name) -> dict[tuple[str, str], Result]:
    nothing = Recovered(0, 2, "records")
    return {
        (LIST, reader): Result(ours, ours, 1, nothing),
        (LIST, PDFPLUMBER.name): Result(theirs, theirs, 1, nothing),
    }


@pytest.mark.parametrize(
    ("rows", "found"),
    [
        ([(1, ("つながり\nサポート 事業", "０１１－２０６－２９６３"))], 1),
        ([(1, ("つながりサポート事業", "（０１１）206-2963（内線12）"))], 1),
        ([(1, ("つながりサポート事業", "0178-00-0001\n0178-00-0002"))], 1),
        ([(1, ("つながりサポート事業", "0178-00-0001"))], 0),
        ([(1, ("つながりサポート事業", "")), (1, ("", "011-206-2963"))], 0),
        ([(1, ("011", "206", "2963", "つながりサポート事業"))], 0),
        ([(1, ("つながりサポート事業011-206-2963つながりサポート事業0178-00-0001 0178-00-0002",))], 1),
        ([], 0),
    ],
    ids=["wrapped", "half full width", "two numbers", "one of two", "two rows", "digits of three cells", "page in a cell", "none"],
)  # fmt: skip
def test_a_record_is_recovered_by_a_row_of_its_own(rows: list[Row], found: int) -> None:
    assert found_records(KNOWN, rows) == Recovered(found, 2, "records")


@pytest.mark.parametrize(
    ("rows", "found"),
    [
        ([(1, ("12", "山口市")), (2, ("１３", "", "萩市"))], 2),
        ([(1, ("", "12", "山口市"))], 1),
        ([(1, ("12 13", "山口市"))], 0),
        ([(1, ("12", ""))], 0),
    ],
    ids=["each", "an empty cell first", "two rows in one", "the number alone"],
)
def test_a_serial_number_is_recovered_at_the_head_of_its_row(rows: list[Row], found: int) -> None:
    assert found_serials(frozenset({"12", "13"}), rows).found == found


@pytest.mark.parametrize(
    ("rows", "found"),
    [
        ([(1, ("相談",)), (2, ("窓口",))], 4),
        ([(1, ("相談", "相談"))], 2),
        ([(2, ("相談",))], 0),
        ([(1, ("⽣",))], 1),
        ([(1, ("(cid:12)",))], 0),
    ],
    ids=["all", "copied into two cells", "on another page", "a radical", "not read"],
)
def test_a_character_counts_once_and_on_its_page(rows: list[Row], found: int) -> None:
    assert found_characters(["相 談生", "窓口"], rows) == Recovered(found, 5, "characters")


@pytest.mark.parametrize(
    ("ours", "theirs", "verdict"),
    [(1.0, 1.0, Kept.YES), (0.8, 1.0, Kept.YES), (1.01, 1.0, Kept.NO)],
)
def test_one_core_takes_no_more_processor_time_than_pdfplumber(ours: float, theirs: float, verdict: Kept) -> None:
    assert kept_on_one([PAPER], results(ours, theirs))[0] is verdict


def test_a_file_that_one_of_the_two_refuses_counts_for_neither() -> None:
    other = Paper("other.pdf", b"", 1, 1, PAPER.recovered)
    both = results(0.5, 1.0)
    both["other.pdf", OURS.name] = Result(9.0, 9.0, 1)
    both["other.pdf", PDFPLUMBER.name] = Result(refusal="refused: no")
    assert kept_on_one([PAPER, other], both) == kept_on_one([PAPER], both)
    assert kept_on_one([other], both)[0] is Kept.UNKNOWN


@pytest.mark.parametrize(
    ("ours", "machine", "verdict"),
    [
        (0.5, IDLE, Kept.YES),
        (0.51, IDLE, Kept.NO),
        (0.1, Machine(2, 2.1), Kept.UNKNOWN),
        (0.9, Machine(2, 2.1), Kept.UNKNOWN),
        (0.1, Machine(1, 0.1), Kept.UNKNOWN),
    ],
    ids=["kept", "broken", "loaded, and fast", "loaded, and slow", "one processor"],
)
def test_half_of_the_time_on_two_cores_is_promised_where_two_are_free(
    ours: float, machine: Machine, verdict: Kept
) -> None:
    assert kept_on_two(results(ours, 1.0, OURS_ON_TWO.name), machine)[0] is verdict


def test_a_file_that_pdfium_cannot_open_has_its_lines_and_counts_for_nothing() -> None:
    broken = Paper("cut.pdf", b"", 0, 0, lambda rows: found_characters([], rows))
    some = {("cut.pdf", reader.name): Result(1.0, 1.0, 1, Recovered(0, 0, "characters")) for reader in READERS.values()}
    assert paper_table(broken, some).count("no characters") == len(READERS)
    assert kept_on_one([broken], some)[0] is Kept.UNKNOWN


def test_the_list_unread_is_no_promise_kept() -> None:
    assert kept_on_two({}, IDLE)[0] is Kept.UNKNOWN


def test_the_medians_of_the_rounds_count_and_one_failure_is_a_failure() -> None:
    rounds = [Measured(1.0, 3.0, 5, []), Measured(9.0, 1.0, 7, []), Measured(2.0, 2.0, 6, [])]
    assert summed_up(PAPER, rounds) == Result(2.0, 2.0, 7, Recovered(0, 2, "records"))
    assert summed_up(PAPER, [*rounds, "refused: why"]).refusal == "refused: why"


def test_a_reader_that_is_not_installed_or_refuses_has_its_line() -> None:
    some = results(0.5, 1.0)
    some[LIST, "tsunagari, one worker"] = Result(refusal="refused: why")
    missing = [reader.name for reader in READERS.values() if (LIST, reader.name) not in some]
    for table in (paper_table(PAPER, some), whole_table([PAPER], some)):
        lines = {
            reader.name: line
            for reader in READERS.values()
            for line in table.splitlines()
            if f"  {reader.name} " in line
        }
        assert set(lines) == {reader.name for reader in READERS.values()}
    told = paper_table(PAPER, some)
    assert "refused: why" in told
    assert told.count("NOT INSTALLED") == len(missing)


@pytest.mark.skipif(sys.platform != "linux", reason="what processes need is read from /proc")
@pytest.mark.parametrize("key", ["pdfplumber", "ours", "ours-2"])
def test_a_reading_in_a_process_of_its_own_gives_rows_time_and_memory(tmp_path: Path, key: str) -> None:
    (desks,) = (paper for paper in fixtures() if paper.name == "desk-list-example.pdf")
    path = tmp_path / desks.name
    path.write_bytes(desks.content)
    (tmp_path / "warm-up").write_bytes(warm_up())
    measured = measured_apart(key, path, tmp_path)
    assert isinstance(measured, Measured), measured
    assert desks.recovered(measured.rows) == Recovered(60, 60, "records")
    assert measured.wall > 0
    assert measured.processor > 0
    assert measured.peak > 20_000_000


@pytest.mark.skipif(sys.platform != "linux", reason="what processes need is read from /proc")
def test_a_file_that_a_reader_refuses_is_told_with_its_words(tmp_path: Path) -> None:
    path = tmp_path / "cut.pdf"
    path.write_bytes(b"%PDF-1.4\n")
    (tmp_path / "warm-up").write_bytes(warm_up())
    refusal = measured_apart("ours", path, tmp_path)
    assert isinstance(refusal, str)
    assert "PDFが途中で切れています" in refusal
