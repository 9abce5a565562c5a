"""Characters that look right on the page and are wrong in the file.

DocuWorks, Skia (Chrome) and Print To PDF write radicals (⽣ U+2F63, ⻑ U+2ED1) where the character (生, 長) is meant. NFKC is no help:
it leaves the supplement's radicals and gives forms that Japan does not use (⼾ → 戶, ⿈ → 黃). The table is ``data/radicals.tsv``, one
line a character with its Unicode name: the Kangxi block by its ideographs in Japanese form, the supplement by the equivalents of
Unicode's EquivalentUnifiedIdeograph. Radicals that stand for no whole character in Japanese text are left as they are.

Where a font draws two characters with one glyph, a producer that knows only the glyph has to choose: Skia takes the lower number.
:data:`TWINS` are the ones that stand for nothing else in Japanese text. 〜 and ～ are left: nobody can tell which was meant.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from importlib.resources import files

from tsunagari_parsers.errors import ColumnDataError

#: The character that is meant, by the one of the same glyph that is written.
TWINS: Mapping[str, str] = {
    "\N{EM SPACE}": "\N{IDEOGRAPHIC SPACE}",
    "\N{HYPHENATION POINT}": "\N{KATAKANA MIDDLE DOT}",
    "\N{DIVISION SLASH}": "\N{FULLWIDTH SOLIDUS}",
    "\N{LEFT-POINTING ANGLE BRACKET}": "\N{LEFT ANGLE BRACKET}",
    "\N{RIGHT-POINTING ANGLE BRACKET}": "\N{RIGHT ANGLE BRACKET}",
}


@cache
def radicals() -> Mapping[int, str]:
    """The table, as :meth:`str.translate` takes it.

    Raises:
        ColumnDataError: a line of the data file is malformed.
    """
    text = (files("tsunagari_parsers") / "data" / "radicals.tsv").read_text(encoding="utf-8")
    table = {}
    for number, line in enumerate(text.splitlines(), start=1):
        if not line or line.startswith("#"):
            continue
        fields = line.split("\t")
        if len(fields) != 3 or len(fields[0]) != 1 or len(fields[1]) != 1:
            raise ColumnDataError(f"radicals.tsv：{number}行目を読めません（{line!r}）")
        table[ord(fields[0])] = fields[1]
    return table


def without_radicals(text: str) -> str:
    """The text with radicals replaced by the characters that they are drawn for; nothing else changes."""
    return text.translate(radicals())
