"""What the table reader sees of a page is what pdfplumber sees, said shorter."""

from __future__ import annotations

import io

import pdfplumber
import pytest
from fixtures.national import FOLDER, VARIANTS

from tsunagari_parsers.lean_page import LeanPage

#: Papers of four producers, kept, and one that is turned by its ``/Rotate``.
PAPERS = {path.stem: path.read_bytes() for path in sorted(FOLDER.glob("*/*.pdf"))}


def document(name: str) -> bytes:
    return PAPERS[name] if name in PAPERS else VARIANTS[name]()


@pytest.mark.parametrize("name", [*PAPERS, "rotate-90"])
def test_every_object_of_a_page_is_there_with_the_values_of_pdfplumber(name: str) -> None:
    with pdfplumber.open(io.BytesIO(document(name))) as pdf:
        for page in pdf.pages[:2]:
            stock, lean = page.objects, LeanPage.of(page).objects
            assert {kind: len(objects) for kind, objects in lean.items()} == {
                kind: len(objects) for kind, objects in stock.items()
            }
            for kind, objects in lean.items():
                differing = [
                    (key, one[key], other.get(key))
                    for one, other in zip(objects, stock[kind], strict=True)
                    for key in one
                    if one[key] != other.get(key)
                ]
                assert differing == []


def test_a_media_box_away_from_the_origin_moves_what_stands_in_it_as_pdfplumber_does() -> None:
    content = _moved(document("national-list-r3"))
    with pdfplumber.open(io.BytesIO(content)) as pdf:
        page = pdf.pages[0]
        assert page.mediabox[0] != 0
        stock, lean = page.objects, LeanPage.of(page).objects
    for kind in ("char", "rect", "line"):
        places = [
            [(one["x0"], one["x1"], one["top"], one["bottom"]) for one in seen.get(kind, ())] for seen in (stock, lean)
        ]
        assert places[0] == places[1]
    assert lean["char"]


def test_a_page_of_the_list_takes_no_colours_of_characters() -> None:
    """Else nothing is gained: these are what takes pdfplumber's time."""
    with pdfplumber.open(FOLDER / "national_list_r3" / "national-list-r3.pdf") as pdf:
        (keys,) = {frozenset(char) for char in LeanPage.of(pdf.pages[0]).chars}
    assert keys == {"object_type", "x0", "x1", "top", "bottom", "width", "height", "text", "size", "matrix"}


def _moved(content: bytes) -> bytes:
    from pypdf import PdfReader, PdfWriter
    from pypdf.generic import RectangleObject

    writer = PdfWriter()
    page = PdfReader(io.BytesIO(content)).pages[0]
    x0, y0, x1, y1 = map(float, page.mediabox)
    page.mediabox = RectangleObject((x0 - 30, y0 - 20, x1 + 10, y1 + 10))
    writer.add_page(page)
    made = io.BytesIO()
    writer.write(made)
    return made.getvalue()
