"""PDFs made to harm whoever reads them, each in one way."""

from __future__ import annotations

import zlib
from collections.abc import Mapping, Sequence

_PAGE = b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Contents 4 0 R/Resources<</Font<</F1 5 0 R>>>>>>"
_FONT = b"<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>"


def pdf(objects: Mapping[int, bytes]) -> bytes:
    """A PDF of these objects; number 1 is its catalog."""
    body = b"%PDF-1.7\n"
    offsets = {}
    for number, content in objects.items():
        offsets[number] = len(body)
        body += b"%d 0 obj\n%s\nendobj\n" % (number, content)
    rows = [
        f"{offsets[n]:010d} 00000 n \n" if n in offsets else "0000000000 65535 f \n" for n in range(max(objects) + 1)
    ]
    table = f"xref\n0 {len(rows)}\n{''.join(rows)}trailer\n<</Size {len(rows)}/Root 1 0 R>>\nstartxref\n{len(body)}\n%%EOF\n"
    return body + table.encode("ascii")


def stream(content: bytes, entries: bytes = b"") -> bytes:
    """A stream object."""
    return b"<</Length %d%s>>stream\n%s\nendstream" % (len(content), entries, content)


def paged(
    contents: Sequence[bytes] = (), fonts: Mapping[int, bytes] | None = None, others: Mapping[int, bytes] | None = None
) -> bytes:
    """A PDF with a page for each content stream (operators, or a whole stream object).

    ``fonts`` are the fonts of single pages (from 1), Helvetica on the others.
    """
    first = 10
    objects = {1: b"<</Type/Catalog/Pages 2 0 R>>", 5: _FONT, **(others or {})}
    kids = []
    for index, content in enumerate(contents):
        number = first + 3 * index
        kids.append(b"%d 0 R" % number)
        font = (fonts or {}).get(index + 1)
        if font:
            objects[number + 2] = font
        page = _PAGE.replace(b"4 0 R", b"%d 0 R" % (number + 1)).replace(
            b"5 0 R", b"%d 0 R" % (number + 2 if font else 5)
        )
        objects[number] = page
        objects[number + 1] = content if content.startswith(b"<<") else stream(content)
    objects[2] = b"<</Type/Pages/Count %d/Kids[%s]>>" % (len(kids), b" ".join(kids))
    return pdf(dict(sorted(objects.items())))


def words(text: bytes) -> bytes:
    """A content stream that draws a line of text."""
    return b"BT /F1 12 Tf 72 700 Td (%s) Tj ET" % text


def bomb(megabytes: int) -> bytes:
    """A page whose content is so many megabytes of zeros, packed to a thousandth."""
    packer = zlib.compressobj(9)
    head = packer.compress(b"\0" * (1 << 20)) + packer.flush(zlib.Z_FULL_FLUSH)
    # After a full flush, a block unpacks without what came before: it can be had any number of times.
    block = packer.compress(b"\0" * (1 << 20)) + packer.flush(zlib.Z_FULL_FLUSH)
    return stream(head + block * (megabytes - 1) + packer.flush(), b"/Filter/FlateDecode")


def font(*widths: tuple[int, int]) -> bytes:
    """A font that gives a width to all characters of each range (first, last); pdfminer notes every single one."""
    ranges = b" ".join(b"%d %d 500" % one for one in widths)
    return (
        b"<</Type/Font/Subtype/Type0/BaseFont/X/Encoding/Identity-H/DescendantFonts[<</Type/Font/Subtype/CIDFontType2"
        b"/BaseFont/X/CIDSystemInfo<</Registry(Adobe)/Ordering(Identity)/Supplement 0>>/W[%s]"
        b"/FontDescriptor<</Type/FontDescriptor/FontName/X/FontBBox[0 0 1000 1000]/Flags 4>>>>]>>" % ranges
    )


def fat_font() -> bytes:
    """A font of ten thousand million widths: notes of gigabytes from a file of a kilobyte."""
    return font((0, 9_999_999_999))


def slow_font() -> bytes:
    """A font that gives the same widths over and over, for minutes and without need of memory."""
    return font(*[(0, 10_000)] * 100_000)
