"""Pictures of rows for everybody: all of the row and nothing else, small, and none of a row that offers a stay."""

from __future__ import annotations

import io
import os
import re
import subprocess
import sys
import zlib
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest
from PIL import Image
from pypdf import PageObject, PdfReader, PdfWriter
from pypdf.generic import RectangleObject
from tests.conftest import NATIONAL_LIST
from tests.geometry_pdfs import redrawn
from tests.parsers import hostile
from tests.parsers.test_variants import made
from tests.parsers.test_worker import below
from tests.pdfs import encrypted, table_pdf

from tsunagari_parsers.document import parse_document
from tsunagari_parsers.drawn_rows import DrawnRow, RowDrawer, RowToDraw
from tsunagari_parsers.limits import Limits
from tsunagari_parsers.nursery import Nursery
from tsunagari_parsers.records import PlaceOnPage, Rect
from tsunagari_parsers.report import ParsedDocument
from tsunagari_parsers.row_drawing import TARGET_BYTES, draw_rows
from tsunagari_parsers.row_worker import MOST_FAILURES, ProcessRowDrawer
from tsunagari_parsers.text import comparable

LIST = NATIONAL_LIST.read_bytes()
MB = 1 << 20
GOOD = hostile.words(b"good")
MANY_BOXES = zlib.compress(b"0 0 600 800 re f " * 4_000_000, 9)
HERE = Rect(60, 70, 300, 110)
ROWS = [
    ("北海道", "札幌市", "つながり事業", "電話相談を行う。", "市民課", "011-211-2962"),
    ("北海道", "函館市", "居場所事業", "居場所をひらく。", "男女共同参画課", "0138-21-3470"),
    ("北海道", "小樽市", "配布事業", "生理用品を渡す。", "子育て課", "0134-32-4111"),
]


@pytest.fixture(scope="module")
def nursery() -> Iterator[Nursery]:
    others = set(below(os.getpid()))
    nursery = Nursery()
    # Loaded before any test counts seconds.
    (drawn,) = ProcessRowDrawer(Limits(), nursery)(hostile.paged([GOOD]), at(1))
    assert drawn.content
    yield nursery
    nursery.close()
    assert not set(below(os.getpid())) - others


def at(*pages: int) -> list[RowToDraw]:
    """A row at the same place of each page."""
    return [RowToDraw(number, (PlaceOnPage(page, HERE),)) for number, page in enumerate(pages, start=1)]


def rows_of(parsed: ParsedDocument) -> list[RowToDraw]:
    return [RowToDraw(one.provenance.row, one.provenance.places) for one in parsed.programs]


def image_of(drawn: DrawnRow) -> Image.Image:
    image = Image.open(io.BytesIO(drawn.content))
    assert (image.size, drawn.media_type) == ((drawn.width, drawn.height), "image/webp")
    return image.convert("L")


def dark(image: Image.Image) -> int:
    """How many of its pixels are ink."""
    return sum(image.histogram()[:128])


def test_every_row_of_the_list_is_drawn_small_and_shows_its_programme(national_list: ParsedDocument) -> None:
    names = {one.provenance.row: one.program_name for one in national_list.programs}
    drawn = list(draw_rows(LIST, rows_of(national_list)))
    assert [one.row for one in drawn] == list(names)
    shown = [one for one in drawn if not one.is_withheld]
    assert len(shown) == 81
    assert not [one.problem for one in drawn if one.problem]
    for one in shown:
        assert comparable(names[one.row]) in comparable("".join(one.text.split()))
        assert len(one.content) <= TARGET_BYTES
        assert dark(image_of(one)) > 1000
        # 1.5 pixels for a point can be read on a phone.
        (place,) = next(row.places for row in rows_of(national_list) if row.row == one.row)
        assert one.width >= 1.5 * (place.rect.x1 - place.rect.x0)
        assert (one.pages, one.is_cut) == ((place.page,), False)


def test_a_row_is_drawn_without_its_neighbours(national_list: ParsedDocument) -> None:
    """The names of the programmes above and below stand in no picture but their own."""
    by_row = {one.provenance.row: one for one in national_list.programs}
    for drawn in draw_rows(LIST, rows_of(national_list)):
        own = comparable(by_row[drawn.row].program_name)
        for row in (drawn.row - 1, drawn.row + 1):
            phone = by_row[row].phones[0].raw if row in by_row and by_row[row].phones else ""
            same = phone in {one.raw for one in by_row[drawn.row].phones}
            assert not phone or same or phone not in drawn.text, (own, phone)


@pytest.mark.parametrize("degrees", [0, 90])
def test_a_row_over_a_page_break_is_one_picture_of_all_its_parts(degrees: int) -> None:
    """On pages that lie on their side too."""
    content = redrawn(made("over-pages"), degrees) if degrees else made("over-pages")
    parsed = parse_document(content, name="list.pdf")
    torn = [one for one in parsed.programs if one.provenance.further]
    assert torn
    drawn = {one.row: one for one in draw_rows(content, rows_of(parsed))}
    for program in torn:
        one, places = drawn[program.provenance.row], program.provenance.places
        assert [place.page for place in places] == list(range(places[0].page, places[0].page + len(places)))
        assert one.pages == tuple(place.page for place in places)
        assert not one.is_cut
        parts = [next(iter(draw_rows(content, [RowToDraw(1, (place,))]))) for place in places]
        assert one.height > sum(part.height for part in parts)
        ink = sum(dark(image_of(part)) for part in parts)
        assert dark(image_of(one)) == pytest.approx(ink, rel=0.02)
        assert "".join(program.description.split())[-6:] in "".join(one.text.split())


def test_a_row_over_more_pages_than_one_picture_holds_says_so() -> None:
    content = hostile.paged([GOOD] * 6)
    (drawn,) = draw_rows(content, [RowToDraw(1, tuple(PlaceOnPage(page, HERE) for page in range(1, 7)))])
    assert (drawn.pages, drawn.is_cut) == ((1, 2, 3, 4), True)


def test_the_text_of_a_turned_and_cropped_page_is_that_of_the_row() -> None:
    """What a picture shows is looked at where it is shown, wherever the page's own space has it."""

    def changed(page: PageObject) -> None:
        page.rotate(-90)
        page.transfer_rotation_to_content()
        page.rotate(90)
        x0, y0, x1, y1 = (float(value) for value in page.mediabox)
        page.mediabox = RectangleObject((x0 - 70, y0 - 30, x1 + 110, y1 + 50))
        page.cropbox = RectangleObject((x0 + 10, y0 + 25, x1 - 5, y1 - 40))

    writer = PdfWriter(PdfReader(io.BytesIO(table_pdf([ROWS], title="令和３年度 一覧"))))
    for page in writer.pages:
        changed(page)
    buffer = io.BytesIO()
    writer.write(buffer)
    parsed = parse_document(buffer.getvalue(), name="list.pdf")
    drawn = list(draw_rows(buffer.getvalue(), rows_of(parsed)))
    assert [[name for *_, name in ROWS if name in one.text] for one in drawn] == [[row[-1]] for row in ROWS]
    assert min(dark(image_of(one)) for one in drawn) > 500


@pytest.mark.parametrize(
    "text", ["緊急一時宿泊を行う。", "短期宿泊ができ\nる部屋を用意する。", "一時的な住まいを提供する。"]
)
def test_a_row_that_offers_a_stay_is_not_drawn_whatever_was_read(text: str) -> None:
    rows = [ROWS[0], (*ROWS[1][:3], text, *ROWS[1][4:]), ROWS[2]]
    content = table_pdf([rows], title="令和３年度 一覧")
    drawn = list(draw_rows(content, rows_of(parse_document(content, name="list.pdf"))))
    assert [(one.is_withheld, bool(one.content), bool(one.text)) for one in drawn] == [
        (False, True, True),
        (True, False, False),
        (False, True, True),
    ]


def test_a_stay_on_the_last_page_of_a_row_keeps_the_first_from_being_drawn() -> None:
    content = table_pdf([ROWS[:1], ROWS[1:2], [("", "", "", "短期宿泊を行う。", "", "")]], title="令和３年度 一覧")
    whole = tuple(PlaceOnPage(page, Rect(0, 0, 1190, 800)) for page in (1, 2, 3))
    first, all_ = draw_rows(content, [RowToDraw(1, whole[:2]), RowToDraw(2, whole)])
    assert (first.is_withheld, all_.is_withheld) == (False, True)


def test_a_row_of_noise_still_keeps_to_the_size() -> None:
    """A photograph, or a scan, does not make a page that costs a megabyte."""
    noise = Image.frombytes("L", (1600, 800), os.urandom(1600 * 800))
    buffer = io.BytesIO()
    noise.save(buffer, "PDF", resolution=144)
    (drawn,) = draw_rows(buffer.getvalue(), [RowToDraw(1, (PlaceOnPage(1, Rect(0, 0, 800, 400)),))])
    assert drawn.content
    assert len(drawn.content) < 3 * TARGET_BYTES


@pytest.mark.parametrize("in_process", [True, False])
def test_a_row_that_cannot_be_drawn_says_why_and_the_others_are_drawn(nursery: Nursery, *, in_process: bool) -> None:
    draw: RowDrawer = draw_rows if in_process else ProcessRowDrawer(Limits(), nursery)
    rows = [*at(1, 7), RowToDraw(3, (PlaceOnPage(1, Rect(5000, 0, 5100, 10)),)), RowToDraw(4, at(1)[0].places)]
    drawn = list(draw(hostile.paged([GOOD]), rows))
    assert [(one.row, bool(one.content), one.problem) for one in drawn] == [
        (1, True, ""),
        (2, False, "7ページの画像を作れません（この文書は1ページです）"),
        (3, False, "1ページの画像を作れません（示された場所がページの外です）"),
        (4, True, ""),
    ]


@pytest.mark.parametrize("content", [b"%PDF-1.7 and no more", encrypted(table_pdf([ROWS]))])
def test_of_a_document_that_cannot_be_opened_each_row_says_so(content: bytes) -> None:
    drawn = list(draw_rows(content, at(1, 2)))
    assert [one.row for one in drawn] == [1, 2]
    assert all("PDFとして開けません" in one.problem for one in drawn)


def test_another_process_draws_the_same_pictures(nursery: Nursery, national_list: ParsedDocument) -> None:
    rows = rows_of(national_list)[10:20]
    assert list(ProcessRowDrawer(Limits(), nursery)(LIST, rows)) == list(draw_rows(LIST, rows))


@pytest.mark.parametrize(
    ("content", "limits", "problem"),
    [
        pytest.param(
            hostile.paged([GOOD, hostile.bomb(1000), GOOD]),
            Limits(memory_bytes=200 * MB),
            "途中で落ちました|2ページの画像を作れません",
            id="memory",
        ),
        pytest.param(
            hostile.paged([GOOD, hostile.stream(MANY_BOXES, b"/Filter/FlateDecode"), GOOD]),
            Limits(),
            "1秒たっても画像ができません",
            id="time",
        ),
    ],
)
def test_a_harmful_page_costs_its_own_row_and_no_other(
    nursery: Nursery, content: bytes, limits: Limits, problem: str
) -> None:
    drawn = list(ProcessRowDrawer(limits, nursery, row_seconds=1 if "秒" in problem else 10)(content, at(1, 2, 3)))
    assert [(one.row, bool(one.content)) for one in drawn] == [(1, True), (2, False), (3, True)]
    assert re.search(problem, drawn[1].problem)


def test_after_some_rows_that_took_too_long_the_others_are_told_and_not_tried(nursery: Nursery) -> None:
    drawn = list(ProcessRowDrawer(Limits(), nursery, row_seconds=0)(hostile.paged([GOOD]), at(*[1] * 9)))
    told = [one.problem for one in drawn]
    assert [one.row for one in drawn] == list(range(1, 10))
    assert told == ["0秒たっても画像ができません"] * MOST_FAILURES + [
        f"{MOST_FAILURES}行で失敗したため、残りの行は試していません"
    ] * (9 - MOST_FAILURES)


_CODE = """
import re, sys
from pathlib import Path
from tsunagari_parsers.drawn_rows import RowToDraw
from tsunagari_parsers.records import PlaceOnPage, Rect
from tsunagari_parsers.row_drawing import draw_rows
place = PlaceOnPage(1, Rect(20, 96, 1160, 400))
rows = [RowToDraw(number, (PlaceOnPage(1 + number % 15, place.rect),)) for number in range(int(sys.argv[2]))]
count = sum(1 for one in draw_rows(Path(sys.argv[1]).read_bytes(), rows) if one.content or one.is_withheld)
print(count, re.search(r"VmHWM:\\s+(\\d+) kB", Path("/proc/self/status").read_text())[1])
"""


@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="the peak is read from Linux's /proc")
def test_many_rows_need_no_more_memory_than_few() -> None:
    def peak(rows: int) -> int:
        done = subprocess.run(
            [sys.executable, "-c", _CODE, str(NATIONAL_LIST), str(rows)], capture_output=True, text=True, check=True
        )
        count, peak = map(int, done.stdout.split())
        assert count == rows
        return peak

    peaks: Sequence[int] = [peak(15), peak(90)]
    assert peaks[1] - peaks[0] < 8_000
