"""A page that was read from a picture, as a PDF (ISO 32000-1) of its characters and rules: what reads other pages reads it too."""

from __future__ import annotations

from collections.abc import Sequence

from tsunagari_parsers.records import Rect

#: Characters fill the whole em, from the baseline up, so that a character's box is just what it is drawn with.
_FONT = (
    "<</Type/Font/Subtype/Type0/BaseFont/Recognised/Encoding/Identity-H/ToUnicode 6 0 R/DescendantFonts[<</Type/Font"
    "/Subtype/CIDFontType2/BaseFont/Recognised/CIDSystemInfo<</Registry(Adobe)/Ordering(Identity)/Supplement 0>>/DW 1000"
    "/FontDescriptor<</Type/FontDescriptor/FontName/Recognised/Flags 4/FontBBox[0 0 1000 1000]/Ascent 1000/Descent 0>>>>]>>"
)
_CMAP = (
    "/CIDInit /ProcSet findresource begin 12 dict begin begincmap /CMapName /Recognised def /CMapType 2 def "
    "1 begincodespacerange <0000> <FFFF> endcodespacerange\n{}\nendcmap end end"
)


def text_layer(
    width: float,
    height: float,
    characters: Sequence[tuple[str, Rect]],
    rules: Sequence[tuple[float, float, float, float]],
) -> bytes:
    """A PDF of one page with these characters, each in its box, and these rules; all in points from the top left."""
    codes = {character: code for code, character in enumerate(dict.fromkeys(text for text, _ in characters), start=1)}
    operators = [f"{x0:.3f} {height - y0:.3f} m {x1:.3f} {height - y1:.3f} l S" for x0, y0, x1, y1 in rules]
    operators.append("BT")
    for text, rect in characters:
        size = max(0.1, rect.bottom - rect.top)
        stretch = 100 * (rect.x1 - rect.x0) / size
        operators.append(
            f"/F {size:.3f} Tf {stretch:.3f} Tz 1 0 0 1 {rect.x0:.3f} {height - rect.bottom:.3f} Tm <{codes[text]:04X}> Tj"
        )
    operators.append("ET")
    named = [f"1 beginbfchar <{code:04X}> <{text.encode('utf-16-be').hex()}> endbfchar" for text, code in codes.items()]
    return _pdf(
        [
            "<</Type/Catalog/Pages 2 0 R>>",
            "<</Type/Pages/Count 1/Kids[3 0 R]>>",
            f"<</Type/Page/Parent 2 0 R/MediaBox[0 0 {width:.3f} {height:.3f}]/Contents 4 0 R/Resources<</Font<</F 5 0 R>>>>>>",
            _stream("\n".join(operators)),
            _FONT,
            _stream(_CMAP.format("\n".join(named))),
        ]
    )


def _stream(content: str) -> str:
    return f"<</Length {len(content)}>>stream\n{content}\nendstream"


def _pdf(objects: Sequence[str]) -> bytes:
    body = "%PDF-1.7\n"
    offsets = []
    for number, content in enumerate(objects, start=1):
        offsets.append(len(body))
        body += f"{number} 0 obj\n{content}\nendobj\n"
    rows = "".join(f"{offset:010d} 00000 n \n" for offset in offsets)
    size = len(objects) + 1
    end = f"trailer\n<</Size {size}/Root 1 0 R>>\nstartxref\n{len(body)}\n%%EOF\n"
    return f"{body}xref\n0 {size}\n0000000000 65535 f \n{rows}{end}".encode("ascii")
