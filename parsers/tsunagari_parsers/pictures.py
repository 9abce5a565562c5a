"""Pictures of pages and of rows, for a person to compare with what was read from them.

A rectangle of :class:`~tsunagari_parsers.records.Provenance` lies on a picture where ``Picture.rect`` says: both are in PDF points from
the top left of the page's crop box, as displayed (after /Rotate). The picture of a page shows all that the page shows: of a sheet with
restricted parts, those too.
"""

from __future__ import annotations

import io
import math
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import pypdfium2
from PIL import Image

from tsunagari_parsers.errors import PictureError
from tsunagari_parsers.records import Rect

#: Pixels in a picture at most, whatever the page's size: a page may say that it measures 20,000 points.
MAX_PIXELS = 8_000_000
#: Pixels along one side at most; WebP ends at 16,383.
MAX_SIDE = 8_000
#: Pixels for a point at most (576 dpi): more shows nothing more.
MAX_SCALE = 8.0
#: Room around a row (points), so that the rules above and below it are seen.
ROW_MARGIN = 6.0

#: Pixels for a point at which the print of a list can be read, and the widths within which a page is drawn for that.
_READABLE_SCALE = 1.8
_NARROWEST, _WIDEST = 1_200, 2_000
#: A lossless picture with more bytes for a pixel than this is a photograph or a scan, which the lossy form holds better.
_LOSSLESS_BYTES = 0.12
_QUALITY = 70


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture: the file's bytes, its media type, its size in pixels, and which part of the page it shows (points)."""

    content: bytes
    media_type: str
    width: int
    height: int
    rect: Rect

    @property
    def scale(self) -> float:
        """Pixels for one point, across."""
        return self.width / (self.rect.x1 - self.rect.x0)


@dataclass(frozen=True, slots=True)
class PagePicture:
    """The picture of one page (from 1), or why there is none."""

    page: int
    picture: Picture | None
    problem: str = ""


def page_picture(content: bytes, page: int, *, width_px: int) -> Picture:
    """The whole page (from 1), ``width_px`` wide; less where its height would be more than the limits allow.

    Raises:
        PictureError: there is no such page, or it cannot be drawn.
    """
    with opened_document(content) as document:
        return _draw(loaded_page(document, page), page, None, width_px)


def page_pictures(content: bytes, pages: Iterable[int] | None = None) -> Iterator[PagePicture]:
    """Pages (from 1; all if None) one by one, each as wide as its print needs. A page that cannot be drawn says why.

    Raises:
        PictureError: the file cannot be opened.
    """
    with opened_document(content) as document:
        for number in range(1, len(document) + 1) if pages is None else pages:
            try:
                page = loaded_page(document, number)
                wanted = page.get_width() * _READABLE_SCALE
                width = round(min(max(wanted, _NARROWEST), _WIDEST)) if math.isfinite(wanted) else _NARROWEST
                yield PagePicture(number, _draw(page, number, None, width))
            except PictureError as error:
                yield PagePicture(number, None, str(error))


def row_picture(content: bytes, page: int, rect: Rect, *, width_px: int, margin: float = ROW_MARGIN) -> Picture:
    """A part of a page (from 1), with ``margin`` points around it where the page has them, about ``width_px`` wide.

    Raises:
        PictureError: there is no such page, it cannot be drawn, or nothing of ``rect`` lies on it.
    """
    with opened_document(content) as document:
        loaded = loaded_page(document, page)
        return _draw(loaded, page, with_margin(loaded, page, rect, margin), width_px)


def with_margin(page: pypdfium2.PdfPage, number: int, rect: Rect, margin: float) -> Rect:
    """``rect`` with so many points around it, as far as the page goes.

    Raises:
        PictureError: nothing of ``rect`` lies on the page.
    """
    width, height = page.get_size()
    shown = Rect(
        max(0.0, rect.x0 - margin),
        max(0.0, rect.top - margin),
        min(width, rect.x1 + margin),
        min(height, rect.bottom + margin),
    )
    if rect.x0 >= width or rect.top >= height or shown.x1 <= max(shown.x0, 0) or shown.bottom <= max(shown.top, 0):
        raise PictureError(f"{number}ページの画像を作れません（示された場所がページの外です）")
    return shown


@contextmanager
def opened_document(content: bytes) -> Iterator[pypdfium2.PdfDocument]:
    """A PDF, open in PDFium.

    Raises:
        PictureError: it cannot be opened.
    """
    try:
        document = pypdfium2.PdfDocument(content)
    except pypdfium2.PdfiumError as error:
        raise PictureError(f"ページの画像を作れません（PDFとして開けません：{error}）") from error
    try:
        yield document
    finally:
        document.close()


def loaded_page(document: pypdfium2.PdfDocument, number: int) -> pypdfium2.PdfPage:
    """A page (from 1) of an open PDF.

    Raises:
        PictureError: there is no such page, or it cannot be read.
    """
    if not 1 <= number <= len(document):
        raise PictureError(f"{number}ページの画像を作れません（この文書は{len(document)}ページです）")
    try:
        return document[number - 1]
    except pypdfium2.PdfiumError as error:
        raise PictureError(f"{number}ページの画像を作れません（{error}）") from error


def _draw(page: pypdfium2.PdfPage, number: int, shown: Rect | None, width_px: int) -> Picture:
    image, rect = drawn_part(page, number, shown, width_px)
    return Picture(_encoded(image), "image/webp", image.width, image.height, rect)


def drawn_part(
    page: pypdfium2.PdfPage, number: int, shown: Rect | None, width_px: int, *, grey: bool = False
) -> tuple[Image.Image, Rect]:
    """A part of a page (all of it if None), and which part it is to the pixel (points).

    Raises:
        PictureError: it cannot be drawn; the message names the page by ``number``.
    """
    if width_px < 1:
        raise ValueError(f"width_px must be at least 1, not {width_px}")
    width, height = page.get_size()
    if not (math.isfinite(width) and math.isfinite(height) and width > 0 and height > 0):
        raise PictureError(f"{number}ページの画像を作れません（ページの大きさが{width}×{height}ポイントです）")
    part = shown or Rect(0.0, 0.0, width, height)
    scale = _scale(part.x1 - part.x0, part.bottom - part.top, width_px)
    # PDFium cuts whole pixels off the drawn page, so the part that is shown is a little more than was asked for.
    left, top = math.floor(part.x0 * scale), math.floor(part.top * scale)
    all_across, all_down = math.ceil(width * scale), math.ceil(height * scale)
    across = max(1, min(all_across, math.ceil(part.x1 * scale)) - left)
    down = max(1, min(all_down, math.ceil(part.bottom * scale)) - top)
    # What is cut off is given in points and rounded up to whole pixels again: half a pixel less comes out as meant.
    cut = (left, all_down - top - down, all_across - left - across, top)
    try:
        bitmap = page.render(scale=scale, crop=tuple(max(0.0, pixels - 0.5) / scale for pixels in cut), grayscale=grey)
        image = bitmap.to_pil()
        bitmap.close()
    except (pypdfium2.PdfiumError, ValueError, MemoryError) as error:
        raise PictureError(f"{number}ページの画像を作れません（{error}）") from error
    # The drawn page fills its whole pixels, so a point is that share of the page.
    rect = Rect(
        left / all_across * width,
        top / all_down * height,
        (left + image.width) / all_across * width,
        (top + image.height) / all_down * height,
    )
    return image, rect


def _scale(width: float, height: float, width_px: int) -> float:
    """Pixels for a point, within all limits; a little less, because sizes are rounded up to whole pixels."""
    return min(
        width_px / width * (1 - 1e-9),
        MAX_SCALE,
        (MAX_SIDE - 1) / max(width, height),
        math.sqrt(MAX_PIXELS / (width * height)) * 0.999,
    )


def _encoded(image: Image.Image) -> bytes:
    """Print is small and sharp without loss; what is not gets the lossy form."""
    lossless = io.BytesIO()
    image.save(lossless, "WEBP", lossless=True, method=2)
    if lossless.tell() <= _LOSSLESS_BYTES * image.width * image.height:
        return lossless.getvalue()
    lossy = io.BytesIO()
    image.save(lossy, "WEBP", quality=_QUALITY, method=4)
    return min(lossless.getvalue(), lossy.getvalue(), key=len)
