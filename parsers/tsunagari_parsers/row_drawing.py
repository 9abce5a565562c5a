"""Drawing the rows of a document, small enough for a phone: grey, sharp, and nothing but the row.

What stands above and below a row is somebody else's: the margin holds the row's own rules and no more.
"""

from __future__ import annotations

import io
import re
from collections.abc import Iterable, Iterator, Sequence
from ctypes import c_double
from importlib import import_module

import pypdfium2
import pypdfium2.raw
from PIL import Image

from tsunagari_parsers.drawn_rows import DrawnRow, RowToDraw
from tsunagari_parsers.errors import PictureError
from tsunagari_parsers.pictures import MAX_PIXELS, MAX_SIDE, drawn_part, loaded_page, opened_document, with_margin
from tsunagari_parsers.records import PlaceOnPage, Rect
from tsunagari_parsers.sheet_headings import sheet_words
from tsunagari_parsers.stays import offers_stay

#: Room around a row (points): its rules are seen, a line of its neighbours is not.
MARGIN = 2.0
#: A picture of a row should have no more bytes; the first of the forms below that keeps to it is taken, else the last.
TARGET_BYTES = 150_000
#: Pixels for a point with which a row is drawn, the best first.
_SCALES = (1.8, 1.5, 1.2)
_WIDEST = 2_200
_QUALITY = 45
#: Grey levels of print: more of them make the file larger and the print no sharper.
_LEVELS = 16
#: A row may go on over so many pages in one picture.
_MOST_PLACES = 4
#: Between the parts of a row (pixels): white, grey, white.
_GAP = (6, 3, 6)
_GAP_GREY = 136
#: Whole units for a point where PDFium wants whole ones.
_UNITS = 16

_LEVEL_OF = [level * _LEVELS // 256 * 255 // (_LEVELS - 1) for level in range(256)]
_SPACE = re.compile(r"\s+")


def get_ready() -> None:
    """Load what the first row would load, so that each fork of this process need not: words and expressions, and what packs pictures."""
    sheet_words()
    Image.preinit()
    # Pillow would load the plugins of all its formats to find this one.
    import_module("PIL.WebPImagePlugin")


def draw_rows(content: bytes, rows: Sequence[RowToDraw]) -> Iterator[DrawnRow]:
    """Draw rows of a PDF in this process, one in memory at a time; see :data:`~tsunagari_parsers.drawn_rows.RowDrawer`."""
    try:
        with opened_document(content) as document:
            pages = _Pages(document)
            for row in rows:
                try:
                    yield _draw(pages, row)
                except PictureError as error:
                    yield DrawnRow(row.row, problem=str(error))
    except PictureError as error:
        # The document cannot be opened: no row was drawn.
        for row in rows:
            yield DrawnRow(row.row, problem=str(error))


class _Pages:
    """The pages of an open PDF with their text, one in memory at a time: rows come in the order of the paper."""

    def __init__(self, document: pypdfium2.PdfDocument) -> None:
        self._document = document
        self._open: tuple[int, pypdfium2.PdfPage, pypdfium2.PdfTextPage] | None = None

    def __getitem__(self, number: int) -> tuple[pypdfium2.PdfPage, pypdfium2.PdfTextPage]:
        if self._open is None or self._open[0] != number:
            if self._open:
                self._open[2].close()
                self._open[1].close()
                self._open = None
            page = loaded_page(self._document, number)
            try:
                self._open = number, page, page.get_textpage()
            except pypdfium2.PdfiumError as error:
                raise PictureError(f"{number}ページの画像を作れません（文字を確かめられません：{error}）") from error
        return self._open[1:]


def _draw(pages: _Pages, row: RowToDraw) -> DrawnRow:
    # What is not shown decides too: a row that offers a stay on its fifth page is such a row on its first.
    text = "\n".join(_text(pages, place) for place in row.places)
    if offers_stay([text, _SPACE.sub("", text)]):
        return DrawnRow(row.row, is_withheld=True)
    places = row.places[:_MOST_PLACES]
    encoded = b""
    for scale in _SCALES:
        image = _together([_part(pages, place, scale) for place in places])
        for encoded in _forms(image):
            if len(encoded) <= TARGET_BYTES:
                return _drawn(row, encoded, image, text)
    return _drawn(row, encoded, image, text)


def _drawn(row: RowToDraw, encoded: bytes, image: Image.Image, text: str) -> DrawnRow:
    pages = tuple(place.page for place in row.places[:_MOST_PLACES])
    is_cut = len(pages) < len(row.places)
    return DrawnRow(row.row, encoded, "image/webp", image.width, image.height, pages, is_cut, text)


def _part(pages: _Pages, place: PlaceOnPage, scale: float) -> Image.Image:
    page, _ = pages[place.page]
    shown = with_margin(page, place.page, place.rect, MARGIN)
    width = max(1, min(_WIDEST, round((shown.x1 - shown.x0) * scale)))
    image, _ = drawn_part(page, place.page, shown, width, grey=True)
    return image.convert("L").point(_LEVEL_OF)


def _together(parts: Sequence[Image.Image]) -> Image.Image:
    """The parts one below the other, with a line between them."""
    if len(parts) == 1:
        return parts[0]
    width = max(part.width for part in parts)
    height = sum(part.height for part in parts) + sum(_GAP) * (len(parts) - 1)
    if height > MAX_SIDE or width * height > MAX_PIXELS:
        raise PictureError(f"行の画像を作れません（{width}×{height}ピクセルになります）")
    whole = Image.new("L", (width, height), 255)
    top = 0
    for part in parts:
        if top:
            whole.paste(_GAP_GREY, (0, top - _GAP[2] - _GAP[1], width, top - _GAP[2]))
        whole.paste(part, (0, top))
        top += part.height + sum(_GAP)
    return whole


def _forms(image: Image.Image) -> Iterator[bytes]:
    """The picture as it stands, and as a photograph.

    Not a pixel is lost by the quickest way to pack it; a picture is some 4 KB larger than it could be, made in an eighth of the time,
    which would be most of what drawing a row takes.
    """
    for options in ({"lossless": True, "method": 0, "quality": 0}, {"quality": _QUALITY, "method": 4}):
        buffer = io.BytesIO()
        image.save(buffer, "WEBP", **options)
        yield buffer.getvalue()


def _text(pages: _Pages, place: PlaceOnPage) -> str:
    """What a place says as PDFium reads it, in the page's own order."""
    page, text = pages[place.page]
    try:
        return str(text.get_text_bounded(*_in_page(page, with_margin(page, place.page, place.rect, MARGIN))))
    except pypdfium2.PdfiumError as error:
        raise PictureError(f"{place.page}ページの画像を作れません（文字を確かめられません：{error}）") from error


def _in_page(page: pypdfium2.PdfPage, rect: Rect) -> tuple[float, float, float, float]:
    """(left, bottom, right, top) of a displayed rectangle in the page's own space, which /Rotate and the crop box do not change."""
    width, height = page.get_size()
    size = max(1, round(width * _UNITS)), max(1, round(height * _UNITS))
    corners = [_corner(page, size, x, y) for x, y in ((rect.x0, rect.top), (rect.x1, rect.bottom))]
    return (*_least(corners), *_most(corners))


def _corner(page: pypdfium2.PdfPage, size: tuple[int, int], x: float, y: float) -> tuple[float, float]:
    across, down = c_double(), c_double()
    at = round(x * _UNITS), round(y * _UNITS)
    if not pypdfium2.raw.FPDF_DeviceToPage(page, 0, 0, *size, 0, *at, across, down):
        raise pypdfium2.PdfiumError("FPDF_DeviceToPage")
    return across.value, down.value


def _least(corners: Iterable[tuple[float, float]]) -> tuple[float, float]:
    return min(x for x, _ in corners), min(y for _, y in corners)


def _most(corners: Iterable[tuple[float, float]]) -> tuple[float, float]:
    return max(x for x, _ in corners), max(y for _, y in corners)
