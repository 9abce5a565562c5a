"""Pictures of pages and rows: what was read from a place is seen in that place, and no page makes a bomb."""

from __future__ import annotations

import io
from collections.abc import Callable

import pytest
from PIL import Image
from pypdf import PageObject, PdfReader, PdfWriter
from pypdf.generic import RectangleObject
from tests.conftest import NATIONAL_LIST
from tests.pdfs import encrypted, picture_pdf, table_pdf, text_pdf

from tsunagari_parsers.document import parse_document
from tsunagari_parsers.errors import PictureError
from tsunagari_parsers.pictures import MAX_PIXELS, MAX_SIDE, Picture, page_picture, page_pictures, row_picture
from tsunagari_parsers.records import Rect
from tsunagari_parsers.report import ParsedDocument

ROWS = [
    ("北海道", "札幌市", "つながり事業", "電話相談を行う。", "市民課", "011-211-2962"),
    ("北海道", "函館市", "居場所事業", "居場所をひらく。\n生理用品を渡す。", "男女共同参画課", "0138-21-3470"),
]


def _changed(content: bytes, change: Callable[[PageObject], object]) -> bytes:
    writer = PdfWriter(PdfReader(io.BytesIO(content)))
    for page in writer.pages:
        change(page)
    buffer = io.BytesIO()
    writer.write(buffer)
    return buffer.getvalue()


def _turned(degrees: int) -> Callable[[PageObject], object]:
    """The page looks as before, but its content lies on its side and /Rotate sets it upright."""

    def turn(page: PageObject) -> None:
        page.rotate(-degrees)
        page.transfer_rotation_to_content()
        page.rotate(degrees)

    return turn


def _cropped(page: PageObject) -> None:
    """A crop box away from (0, 0) in a media box away from (0, 0), with more room on some sides than on others."""
    x0, y0, x1, y1 = (float(value) for value in page.mediabox)
    page.mediabox = RectangleObject((x0 - 70, y0 - 30, x1 + 110, y1 + 50))
    page.cropbox = RectangleObject((x0 + 10, y0 + 25, x1 - 5, y1 - 40))


def _both(degrees: int) -> Callable[[PageObject], object]:
    def change(page: PageObject) -> None:
        _turned(degrees)(page)
        _cropped(page)

    return change


def _grey(picture: Picture) -> Image.Image:
    return Image.open(io.BytesIO(picture.content)).convert("L")


def _darkest_near(image: Image.Image, picture: Picture, rect: Rect) -> list[int]:
    """Of each edge of ``rect``, the mean grey of the darkest line of pixels within a point of it (0 black to 255 white)."""
    scale, reach = picture.scale, round(picture.scale)
    left, right = (round((x - picture.rect.x0) * scale) for x in (rect.x0, rect.x1))
    top, bottom = (round((y - picture.rect.top) * scale) for y in (rect.top, rect.bottom))

    def mean(box: tuple[int, int, int, int]) -> int:
        strip = image.crop(box).tobytes()
        return sum(strip) // len(strip)

    across = [[mean((left, y, right, y + 1)) for y in range(edge - reach, edge + reach + 1)] for edge in (top, bottom)]
    down = [[mean((x, top, x + 1, bottom)) for x in range(edge - reach, edge + reach + 1)] for edge in (left, right)]
    return [min(lines) for lines in (*across, *down)]


@pytest.mark.parametrize(
    "change",
    [
        pytest.param(lambda page: page, id="plain"),
        pytest.param(_cropped, id="crop box elsewhere"),
        *(pytest.param(_turned(degrees), id=f"rotate {degrees}") for degrees in (90, 180, 270)),
        *(pytest.param(_both(degrees), id=f"rotate {degrees} with a crop box") for degrees in (90, 180, 270)),
    ],
)
def test_the_rules_of_a_row_are_where_its_rectangle_says(change: Callable[[PageObject], object]) -> None:
    content = _changed(table_pdf([ROWS], title="令和３年度 一覧"), change)
    parsed = parse_document(content, name="list.pdf")
    assert [one.program_name for one in parsed.programs] == ["つながり事業", "居場所事業"]
    picture = page_picture(content, 1, width_px=1500)
    image = _grey(picture)
    for program in parsed.programs:
        rect = program.provenance.rect
        assert rect
        assert max(_darkest_near(image, picture, rect)) < 140
        # Elsewhere there is no rule, so that the measure above can fail.
        beside = Rect(rect.x0 + 9, rect.top + 4, rect.x1 - 9, rect.bottom - 4)
        assert min(_darkest_near(image, picture, beside)[:2]) > 140


def test_the_picture_of_a_row_is_that_part_of_the_page() -> None:
    content = _changed(table_pdf([ROWS], title="令和３年度 一覧"), _both(90))
    parsed = parse_document(content, name="list.pdf")
    rect = parsed.programs[1].provenance.rect
    assert rect
    picture = row_picture(content, 1, rect, width_px=1200, margin=5)
    assert picture.width in range(1199, 1203)
    assert picture.rect.x0 == pytest.approx(max(0, rect.x0 - 5), abs=1)
    assert picture.rect.top == pytest.approx(rect.top - 5, abs=1)
    assert picture.rect.bottom == pytest.approx(rect.bottom + 5, abs=1)
    assert max(_darkest_near(_grey(picture), picture, rect)) < 140


def test_all_rows_of_the_list_lie_on_their_pages(national_list: ParsedDocument) -> None:
    pictures = {one.page: one.picture for one in page_pictures(NATIONAL_LIST.read_bytes())}
    assert set(pictures) == set(range(1, national_list.report.pages + 1))
    for program in national_list.programs:
        picture, rect = pictures[program.provenance.page], program.provenance.rect
        assert picture
        assert rect
        assert 0 <= rect.x0 < rect.x1 <= picture.rect.x1
        assert 0 <= rect.top < rect.bottom <= picture.rect.bottom
        assert picture.width / picture.rect.x1 == pytest.approx(picture.height / picture.rect.bottom, rel=0.002)


@pytest.mark.parametrize(
    ("size", "width_px"),
    [((20_000, 20_000), 20_000), ((20_000, 100), 1500), ((100, 14_400), 1500), ((3, 3), 1500), ((595, 842), 100_000)],
)
def test_no_page_makes_a_bomb(size: tuple[int, int], width_px: int) -> None:
    def resized(page: PageObject) -> None:
        page.mediabox = page.cropbox = RectangleObject((0, 0, *size))

    content = _changed(text_pdf("一覧"), resized)
    drawn = [page_picture(content, 1, width_px=width_px), *(one.picture for one in page_pictures(content))]
    drawn.append(row_picture(content, 1, Rect(1, 1, 2, 2), width_px=width_px))
    for picture in drawn:
        assert picture
        assert picture.width * picture.height <= MAX_PIXELS
        assert max(picture.width, picture.height) <= MAX_SIDE


def test_a_picture_is_as_wide_as_asked_for() -> None:
    picture = page_picture(NATIONAL_LIST.read_bytes(), 1, width_px=1000)
    assert (picture.width, picture.media_type, picture.rect.x0) == (1000, "image/webp", 0)
    assert Image.open(io.BytesIO(picture.content)).size == (picture.width, picture.height)


def test_a_scan_is_drawn_too() -> None:
    image = _grey(page_picture(picture_pdf(), 1, width_px=300))
    assert image.getpixel((150, 100)) == pytest.approx(200, abs=3)


@pytest.mark.parametrize(
    ("content", "page", "said"),
    [
        (text_pdf("一覧"), 2, "2ページの画像を作れません（この文書は1ページです）"),
        (text_pdf("一覧"), 0, "0ページの画像を作れません（この文書は1ページです）"),
        (encrypted(text_pdf("一覧")), 1, "PDFとして開けません"),
        (b"", 1, "PDFとして開けません"),
        (b"no PDF", 1, "PDFとして開けません"),
    ],
)
def test_what_cannot_be_drawn_is_told(content: bytes, page: int, said: str) -> None:
    with pytest.raises(PictureError, match=said):
        page_picture(content, page, width_px=100)


def test_a_row_outside_its_page_is_told() -> None:
    with pytest.raises(PictureError, match="1ページの画像を作れません（示された場所がページの外です）"):
        row_picture(text_pdf("一覧"), 1, Rect(5000, 10, 5100, 20), width_px=100)


def test_a_page_that_cannot_be_drawn_does_not_take_the_others_with_it() -> None:
    first, second = page_pictures(text_pdf("一覧"), [1, 9])
    assert first.picture
    assert not first.problem
    assert second.picture is None
    assert second.problem.startswith("9ページの画像を作れません")
