"""Reading pictures of pages with Tesseract. What comes out is marked by how sure Tesseract was of it, and has to be looked at.

The command is called as it is, without a library between: it takes a picture and prints a table, and the time limit, the limits of
memory and the errors are this stage's own. A table is read cell by cell, each as a block of text of its own: over a whole
page of a ruled list Tesseract mixes the columns.
"""

from __future__ import annotations

import io
import math
import os
import shutil
import statistics
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby

from PIL import Image, ImageDraw, ImageOps

from tsunagari_parsers.errors import OcrFailedError, OcrUnavailableError
from tsunagari_parsers.records import Rect
from tsunagari_parsers.scans import (
    Box,
    find_cells,
    find_rules,
    ink_box,
    middles,
    straightened,
    threshold,
    without_rules,
)

_INSTALL = "Debian・Ubuntuでは「sudo apt-get install tesseract-ocr tesseract-ocr-jpn」で入ります"
#: Page segmentation (``--psm``): a page in blocks that Tesseract finds, and one block of lines.
_PAGE, _BLOCK = "3", "6"
#: White around what is read (pixels): Tesseract needs some.
_MARGIN = 20
#: A larger picture is made at less than the wanted resolution (pixels).
_MOST_PIXELS = 60_000_000
#: The level of a word in Tesseract's table, and how many columns that has.
_WORD, _COLUMNS = "5", 12


@dataclass(frozen=True, slots=True)
class Ocr:
    """How pictures are read.

    Attributes:
        command: Tesseract's name or path.
        language: its language data.
        dpi: the resolution at which pages are drawn (100 to 600). 400 reads the smallest print of the lists (5 points) better than
            300: 96.9 and 95.6 against 95.8 and 94.7 of 100 characters on two pages.
        seconds: the most time for one page (1 to 3,600).

    Raises:
        ValueError: a value is out of its range.
    """

    command: str = "tesseract"
    language: str = "jpn"
    dpi: int = 400
    seconds: float = 120.0

    def __post_init__(self) -> None:
        if not 100 <= self.dpi <= 600:
            raise ValueError(f"dpi must be from 100 to 600, not {self.dpi}")
        if not 1 <= self.seconds <= 3600:
            raise ValueError(f"seconds must be from 1 to 3,600, not {self.seconds}")

    def check(self) -> None:
        """Whether Tesseract is there with the language.

        Raises:
            OcrUnavailableError: it is not; the message says how to install it.
        """
        if shutil.which(self.command) is None:
            raise OcrUnavailableError(f"文字認識（OCR）に使うTesseractがありません。{_INSTALL}")
        try:
            done = subprocess.run(  # noqa: S603 - an argument list, no shell
                [self.command, "--list-langs"], capture_output=True, text=True, timeout=30, check=False
            )
        except (OSError, subprocess.TimeoutExpired) as error:
            raise OcrUnavailableError(f"Tesseractが動きません（{error}）。{_INSTALL}") from error
        if self.language not in done.stdout.split():
            raise OcrUnavailableError(f"Tesseractに言語「{self.language}」のデータがありません。{_INSTALL}")

    def scale(self, width: float, height: float) -> float:
        """Pixels for a point, for a page of this size (points)."""
        wanted = self.dpi / 72
        return min(wanted, math.sqrt(_MOST_PIXELS / max(1.0, width * height)))


@dataclass(frozen=True, slots=True)
class Word:
    """What Tesseract took for one word, where it stands (points), and how sure it was (0 to 100)."""

    text: str
    rect: Rect
    confidence: float


@dataclass(frozen=True, slots=True)
class Recognised:
    """A page as its picture shows it: lines of words, and rules (x0, y0, x1, y1), in points from the top left."""

    lines: tuple[tuple[Word, ...], ...]
    rules: tuple[tuple[float, float, float, float], ...]


@dataclass(frozen=True, slots=True)
class _Part:
    """A piece of the picture to read, and where its top left is on the page (pixels)."""

    picture: Image.Image
    left: int
    top: int


def recognise(picture: Image.Image, scale: float, ocr: Ocr, *, name: str, page: int) -> Recognised:
    """Read the picture of a page that has ``scale`` pixels a point. ``name`` and ``page`` are for messages.

    Raises:
        OcrFailedError: Tesseract failed, or took too long.
    """
    picture = straightened(picture.convert("L"))
    rules = find_rules(picture, scale)
    cells = find_cells(rules, scale)
    parts = _parts(without_rules(picture, rules), cells, scale)
    table = _run(parts, _BLOCK if cells else _PAGE, ocr, round(scale * 72), name=name, page=page) if parts else ""
    lines = [line for line in _lines(table, parts, scale) if line]
    return Recognised(
        tuple(lines),
        tuple((a / scale, b / scale, c / scale, d / scale) for rule in rules for a, b, c, d in middles(rule)),
    )


def _parts(picture: Image.Image, cells: Sequence[tuple[float, float, float, float]], scale: float) -> list[_Part]:
    """The ink of each cell, and last what is outside of them all."""
    limit = threshold(picture)
    outside = picture.copy()
    draw = ImageDraw.Draw(outside)
    parts = []
    for x0, top, x1, bottom in cells:
        box = (round(x0), round(top), round(x1), round(bottom))
        draw.rectangle(box, fill=255)
        parts.append(_part(picture, box, limit))
    parts.append(_part(outside, (0, 0, *outside.size), limit))
    # Less than the dot of an i is dirt.
    least = max(2, round(scale))
    return [part for part in parts if part and min(part.picture.size) - 2 * _MARGIN >= least]


def _part(picture: Image.Image, box: Box, limit: int) -> _Part | None:
    if box[2] <= box[0] or box[3] <= box[1]:
        return None
    crop = picture.crop(box)
    ink = ink_box(crop, limit)
    if ink is None:
        return None
    return _Part(ImageOps.expand(crop.crop(ink), _MARGIN, 255), box[0] + ink[0] - _MARGIN, box[1] + ink[1] - _MARGIN)


def _run(parts: Sequence[_Part], psm: str, ocr: Ocr, dpi: int, *, name: str, page: int) -> str:
    """Tesseract's table of the words of all parts, read in one call: loading the language takes longer than a cell."""
    pictures = io.BytesIO()
    first, *others = [part.picture for part in parts]
    first.save(pictures, "TIFF", save_all=True, append_images=others)
    command = [ocr.command, "stdin", "stdout", "-l", ocr.language, "--psm", psm, "--dpi", str(dpi), "tsv"]
    try:
        done = subprocess.run(  # noqa: S603 - an argument list, no shell
            command,
            input=pictures.getvalue(),
            capture_output=True,
            timeout=ocr.seconds,
            check=False,
            # One page uses one processor; several pages are read by several processes.
            env={**os.environ, "OMP_THREAD_LIMIT": "1"},
        )
    except subprocess.TimeoutExpired as error:
        raise OcrFailedError(name, f"文字認識（OCR）が{ocr.seconds:g}秒たっても終わりません", page=page) from error
    except OSError as error:
        raise OcrFailedError(name, f"文字認識（OCR）を始められません（{error.strerror}）", page=page) from error
    if done.returncode:
        said = done.stderr.decode(errors="replace").strip().splitlines()
        last = said[-1][:120] if said else ""
        raise OcrFailedError(name, f"文字認識（OCR）に失敗しました（終了コード{done.returncode}：{last}）", page=page)
    try:
        return done.stdout.decode()
    except UnicodeDecodeError as error:
        raise OcrFailedError(name, "文字認識（OCR）の結果がUTF-8ではありません", page=page) from error


def _lines(table: str, parts: Sequence[_Part], scale: float) -> list[tuple[Word, ...]]:
    """The words of Tesseract's table in lines, placed on the page."""
    rows = [fields for line in table.splitlines() if len(fields := line.split("\t")) == _COLUMNS and fields[0] == _WORD]
    lines = []
    for place, line in groupby(rows, key=lambda fields: fields[1:5]):
        part = parts[int(place[0]) - 1]
        words = []
        for *_, left, top, width, height, confidence, text in line:
            x, y = part.left + int(left), part.top + int(top)
            rect = Rect(x / scale, y / scale, (x + int(width)) / scale, (y + int(height)) / scale)
            if text.strip():
                words.append(Word(text.strip(), rect, min(100.0, max(0.0, float(confidence)))))
        lines.append(tuple(words))
    return lines


def placed(line: Sequence[Word]) -> list[tuple[str, Rect]]:
    """The characters of a line, each in its share of its word's box, all of one height.

    Tesseract's words are no words of Japanese: where one side of a gap is Japanese and the gap less than a character, the box
    reaches to the next word, so that no space is read there. Height and place are the middle ones of the line: a comma has a low
    box, and dirt a high one.
    """
    height = statistics.median(word.rect.bottom - word.rect.top for word in line)
    middle = statistics.median((word.rect.top + word.rect.bottom) / 2 for word in line)
    characters = []
    end = 0.0
    for index, word in enumerate(line):
        left, right = max(end, word.rect.x0), word.rect.x1
        if index + 1 < len(line):
            after = line[index + 1]
            japanese = not (word.text[-1].isascii() and after.text[0].isascii())
            if japanese and after.rect.x0 - right < height:
                right = after.rect.x0
        right = max(right, left + 0.1)
        step = (right - left) / len(word.text)
        characters += [
            (character, Rect(left + step * at, middle - height / 2, left + step * (at + 1), middle + height / 2))
            for at, character in enumerate(word.text)
        ]
        end = right
    return characters
