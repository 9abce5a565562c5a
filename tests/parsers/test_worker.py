"""A document is read in processes of its own: the same pages as in this one, and whatever it does, an answer and nothing left."""

from __future__ import annotations

import os
import pickle
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from tests.conftest import NATIONAL_LIST, ROOT
from tests.parsers import hostile
from tests.pdfs import encrypted, picture_pdf, text_pdf

from tsunagari_parsers import errors
from tsunagari_parsers.document import parse_document
from tsunagari_parsers.errors import (
    DamagedPdfError,
    TooManyPagesError,
    TooSlowError,
    UnreadableDocumentError,
)
from tsunagari_parsers.limits import Limits
from tsunagari_parsers.nursery import Nursery
from tsunagari_parsers.reading import read_pages
from tsunagari_parsers.report import ParsedDocument
from tsunagari_parsers.worker import ProcessReader, is_worth_splitting, page_reader

LIST = NATIONAL_LIST.read_bytes()
MB = 1 << 20
GOOD = hostile.words(b"good")
SLOW = hostile.paged([GOOD, GOOD], fonts={2: hostile.slow_font()})


@pytest.fixture(scope="module")
def nursery() -> Iterator[Nursery]:
    nursery = Nursery()
    # Loaded before any test counts seconds.
    page_reader(nursery=nursery)(hostile.paged([GOOD]), "list.pdf")
    yield nursery
    nursery.close()
    assert not below(os.getpid())


def below(pid: int) -> list[int]:
    """The processes that a process has started, and theirs, zombies included."""
    try:
        own = [
            int(child)
            for task in Path(f"/proc/{pid}/task").iterdir()
            for child in (task / "children").read_text(encoding="ascii").split()
        ]
    except (FileNotFoundError, ProcessLookupError):
        return []
    return [*own, *(grandchild for child in own for grandchild in below(child))]


def until(holds: Callable[[], bool], seconds: float = 10.0) -> bool:
    end = time.monotonic() + seconds
    while not holds() and time.monotonic() < end:
        time.sleep(0.01)
    return holds()


def fails(reader: ProcessReader, content: bytes) -> UnreadableDocumentError:
    """The error with which reading ends; nothing but the nursery is left."""
    with pytest.raises(UnreadableDocumentError) as caught:
        reader(content, "一覧.pdf")
    assert len(below(os.getpid())) == 1
    return caught.value


@pytest.mark.parametrize("workers", [1, 3])
def test_a_document_comes_out_the_same_as_if_it_were_read_in_this_process(
    nursery: Nursery, national_list: ParsedDocument, workers: int
) -> None:
    reader = page_reader(workers=workers, nursery=nursery)
    assert parse_document(LIST, name=NATIONAL_LIST.name, fiscal_year=2021, reader=reader) == national_list


def test_pages_come_in_their_order_whoever_read_them(nursery: Nursery) -> None:
    content = hostile.paged([hostile.words(b"a" * (5000 - 700 * number)) for number in range(7)])
    read = page_reader(workers=4, nursery=nursery)(content, "list.pdf")
    assert read == read_pages(content, "list.pdf")
    assert [page.page for page in read.pages] == [1, 2, 3, 4, 5, 6, 7]


@pytest.mark.parametrize(
    "content",
    [
        pytest.param(LIST[: len(LIST) // 2], id="half of the list"),
        pytest.param(LIST[:2000] + b"\0" * 5000 + b"\n%%EOF", id="an end without a middle"),
        pytest.param(encrypted(text_pdf("一覧")), id="behind a password"),
        pytest.param(picture_pdf(), id="a scan"),
        pytest.param(hostile.paged(), id="no page"),
        pytest.param(
            hostile.pdf(
                {
                    1: b"<</Type/Catalog/Pages 2 0 R>>",
                    2: b"<</Type/Pages/Count 1/Kids[3 0 R]>>",
                    3: b"<</Type/Pages/Count 1/Kids[2 0 R]>>",
                }
            ),
            id="pages that are each other's children",
        ),
    ],
)
def test_an_error_of_the_document_is_the_same_error_with_the_same_message(nursery: Nursery, content: bytes) -> None:
    with pytest.raises(UnreadableDocumentError) as here:
        read_pages(content, "一覧.pdf")
    there = fails(page_reader(nursery=nursery), content)
    assert (type(there), str(there), there.page) == (type(here.value), str(here.value), here.value.page)


@pytest.mark.parametrize(
    ("content", "limits", "code", "page"),
    [
        pytest.param(
            hostile.paged([GOOD, hostile.bomb(1000)]),
            Limits(memory_bytes=200 * MB),
            "too-large",
            2,
            id="a megabyte that unpacks to a gigabyte",
        ),
        pytest.param(
            hostile.paged([GOOD] * 8, fonts={5: hostile.fat_font()}),
            Limits(memory_bytes=200 * MB),
            "too-large",
            5,
            id="a font that needs gigabytes",
        ),
        pytest.param(SLOW, Limits(seconds=1.2), "too-slow", 2, id="a font that takes minutes"),
        pytest.param(
            hostile.paged([GOOD] * 8, fonts={7: hostile.slow_font()}),
            Limits(seconds=1.2),
            "too-slow",
            7,
            id="one page of eight takes minutes",
        ),
        pytest.param(
            hostile.paged([b"q " * 1_000_000]), Limits(seconds=1.2), "too-slow", 1, id="a million states to keep"
        ),
        pytest.param(
            hostile.paged([hostile.words(b"a" * 2_000_000)]),
            Limits(seconds=1.2),
            "too-slow",
            1,
            id="two million characters",
        ),
        pytest.param(hostile.paged([b""] * 5000), Limits(), "too-many-pages", None, id="5,000 pages of nothing"),
        pytest.param(hostile.paged([GOOD]), Limits(file_bytes=100), "too-large", None, id="a file of too many bytes"),
    ],
)
def test_a_harmful_document_ends_as_an_error_that_names_document_page_and_limit(
    nursery: Nursery, content: bytes, limits: Limits, code: str, page: int | None
) -> None:
    began = time.monotonic()
    error = fails(page_reader(limits, workers=2, nursery=nursery), content)
    assert (error.code, error.page) == (code, page)
    assert str(error).startswith(f"一覧.pdf（{page}ページ）：[{code}] " if page else f"一覧.pdf：[{code}] ")
    assert any(character.isdigit() for character in error.reason)
    assert time.monotonic() - began < limits.seconds + 5


@pytest.mark.parametrize(
    ("content", "characters"),
    [
        pytest.param(hostile.paged([GOOD, b"[" * 200_000]), [4, 0], id="lists within lists"),
        pytest.param(
            hostile.paged([GOOD], others={6: b"[" * 200_000}), [4], id="lists within lists that no page needs"
        ),
        pytest.param(
            hostile.paged(
                [
                    b"1e300 1e300 m 1e308 1e308 l S 99999999999999999999 0 0 1 0 0 cm 0 0 1e300 9e99 re f"
                    b" BT /F1 1e30 Tf 1e38 1e38 Td (abc) Tj ET",
                    GOOD,
                ]
            ),
            [3, 4],
            id="coordinates beyond the page",
        ),
    ],
)
def test_a_strange_document_that_can_be_read_is_read(nursery: Nursery, content: bytes, characters: list[int]) -> None:
    read = page_reader(nursery=nursery)(content, "list.pdf")
    assert [page.characters for page in read.pages] == characters


def test_of_several_bad_pages_the_first_is_told(nursery: Nursery) -> None:
    pages = [hostile.words(b"word " * 5000), *[GOOD] * 7]
    content = hostile.paged(pages, fonts={3: hostile.fat_font(), 4: hostile.fat_font()})
    reader = page_reader(Limits(memory_bytes=100 * MB), workers=4, nursery=nursery)
    assert {fails(reader, content).page for _ in range(3)} == {3}


def test_a_reader_that_crashes_is_told_with_its_page_and_its_signal(nursery: Nursery) -> None:
    reader = page_reader(Limits(seconds=20), nursery=nursery)
    crashed: list[bool] = []

    def crash() -> None:
        # The nursery, and the one process that reads page 2.
        crashed.append(until(lambda: len(below(os.getpid())) == 2))
        time.sleep(0.3)
        os.kill(below(os.getpid())[-1], signal.SIGSEGV)

    reader(hostile.paged([GOOD]), "another.pdf")
    thread = threading.Thread(target=crash)
    thread.start()
    error = fails(reader, SLOW)
    thread.join()
    assert crashed == [True]
    assert str(error).startswith(
        "一覧.pdf（2ページ）：[reader-crashed] 読み取りのプロセスが途中で落ちました（SIGSEGV）"
    )
    assert reader(hostile.paged([GOOD]), "another.pdf").pages[0].characters == 4


def test_the_next_document_is_read_after_the_nursery_was_killed() -> None:
    others = below(os.getpid())
    with page_reader() as reader:
        assert reader(hostile.paged([GOOD]), "list.pdf").pages
        (nursery,) = set(below(os.getpid())) - set(others)
        os.kill(nursery, signal.SIGKILL)
        assert until(lambda: ") Z " in Path(f"/proc/{nursery}/stat").read_text(encoding="ascii"))
        assert reader(hostile.paged([GOOD]), "list.pdf").pages
    assert below(os.getpid()) == others


def test_readers_end_with_their_document_also_when_the_nursery_was_killed_meanwhile() -> None:
    others = set(below(os.getpid()))
    readers: list[int] = []

    def kill() -> None:
        until(lambda: len(below(os.getpid())) == len(others) + 2)
        nursery, reader = (pid for pid in below(os.getpid()) if pid not in others)
        readers.append(reader)
        os.kill(nursery, signal.SIGKILL)

    with page_reader(Limits(seconds=1.5)) as reader:
        reader.start()
        thread = threading.Thread(target=kill)
        thread.start()
        with pytest.raises(TooSlowError):
            reader(SLOW, "list.pdf")
        thread.join()
        assert until(lambda: not Path(f"/proc/{readers[0]}").exists())
        assert set(below(os.getpid())) == others


def test_several_threads_read_at_the_same_time(nursery: Nursery) -> None:
    reader = page_reader(Limits(seconds=4), workers=2, nursery=nursery)
    results: dict[int, object] = {}

    def read(number: int) -> None:
        try:
            results[number] = reader(SLOW if number % 2 else hostile.paged([GOOD] * 7), "list.pdf").pages[6].characters
        except UnreadableDocumentError as error:
            results[number] = error.code

    threads = [threading.Thread(target=read, args=(number,)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert results == {0: 4, 1: "too-slow", 2: 4, 3: "too-slow"}
    assert len(below(os.getpid())) == 1


PROGRAM = """
import sys
from tsunagari_parsers.worker import page_reader
print("ready", flush=True)
page_reader()(sys.stdin.buffer.read(), "list.pdf")
"""


@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGKILL])
def test_however_the_program_is_stopped_no_process_and_no_file_is_left(how: signal.Signals, tmp_path: Path) -> None:
    path = os.pathsep.join(str(ROOT / name) for name in ("parsers", "crawler"))
    with subprocess.Popen(
        [sys.executable, "-c", PROGRAM],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env={**os.environ, "PYTHONPATH": path, "TMPDIR": str(tmp_path)},
    ) as program:
        assert program.stdin
        assert program.stdout
        assert program.stderr
        assert program.stdout.readline() == b"ready\n"
        program.stdin.write(SLOW)
        program.stdin.close()
        # The nursery and a reader.
        assert until(lambda: len(below(program.pid)) == 2)
        theirs = below(program.pid)
        time.sleep(0.3)
        program.send_signal(how)
        program.wait(10)
        assert program.returncode == -how
        assert (b"KeyboardInterrupt" in program.stderr.read()) == (how == signal.SIGINT)
    assert until(lambda: not any(Path(f"/proc/{pid}").exists() for pid in theirs))
    assert not list(tmp_path.iterdir())


def test_a_document_leaves_no_descriptor_behind(nursery: Nursery) -> None:
    reader = page_reader(Limits(seconds=0.5), workers=2, nursery=nursery)
    reader(hostile.paged([GOOD] * 7), "list.pdf")
    before = len(list(Path("/proc/self/fd").iterdir()))
    reader(hostile.paged([GOOD] * 7), "list.pdf")
    fails(reader, SLOW)
    assert len(list(Path("/proc/self/fd").iterdir())) == before


def test_modules_of_the_folder_in_which_the_program_is_called_are_not_loaded(tmp_path: Path) -> None:
    (tmp_path / "pdfplumber.py").write_text("raise SystemExit('loaded from the folder of the lists')", encoding="utf-8")
    code = (
        "from tsunagari_parsers.worker import page_reader; import sys; page_reader()(sys.stdin.buffer.read(), 'a.pdf')"
    )
    done = subprocess.run(
        [sys.executable, "-P", "-c", code],
        input=hostile.paged([GOOD]),
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(ROOT / "parsers")},
        capture_output=True,
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, b"")


def test_short_documents_are_read_by_one_process() -> None:
    assert [pages for pages in range(1, 10) if is_worth_splitting(pages)] == [6, 7, 8, 9]


@pytest.mark.parametrize(
    "values",
    [{"memory_bytes": 1}, {"seconds": 0}, {"pages": 0}, {"pages": 10**9}, {"file_bytes": 0}, {"seconds": float("nan")}],
)
def test_a_limit_out_of_range_is_refused_with_its_name(values: dict[str, int]) -> None:
    with pytest.raises(ValueError, match=next(iter(values))):
        Limits(**values)


@pytest.mark.parametrize("workers", [0, 65])
def test_a_number_of_processes_out_of_range_is_refused(workers: int) -> None:
    with pytest.raises(ValueError, match="workers"):
        page_reader(workers=workers)


@pytest.mark.parametrize(
    "kind",
    [kind for kind in vars(errors).values() if isinstance(kind, type) and issubclass(kind, UnreadableDocumentError)],
)
@pytest.mark.parametrize("page", [None, 3])
def test_an_error_is_the_same_after_a_way_between_processes(
    kind: type[UnreadableDocumentError], page: int | None
) -> None:
    error = kind("一覧.pdf", "わけ", page=page)
    back = pickle.loads(pickle.dumps(error))  # noqa: S301
    assert (type(back), str(back), back.document, back.page, back.reason) == (
        kind,
        str(error),
        "一覧.pdf",
        page,
        "わけ",
    )


def test_errors_of_limits_say_what_to_do() -> None:
    for kind in (TooSlowError, TooManyPagesError, DamagedPdfError, errors.TooLargeError, errors.ReaderCrashedError):
        assert kind.advice.endswith(("ください",))
