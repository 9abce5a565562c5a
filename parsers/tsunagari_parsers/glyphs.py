"""Characters that look right on the page and are wrong in the file.

DocuWorks, Skia (Chrome) and Print To PDF write radicals (⽣ U+2F63, ⻑ U+2ED1) where the character (生, 長) is meant. NFKC is no help:
it leaves the supplement's radicals and gives forms that Japan does not use (⼾ → 戶, ⿈ → 黃). The table is ``data/radicals.tsv``, one
line a character with its Unicode name: the Kangxi block by its ideographs in Japanese form, the supplement by the equivalents of
Unicode's EquivalentUnifiedIdeograph. Radicals that stand for no whole character in Japanese text are left as they are.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from importlib.resources import files

from tsunagari_parsers.errors import ColumnDataError


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


#: What Skia (Chrome) writes for glyphs that two characters share: the one of Japanese text is meant.
_SHARED_GLYPHS = {
    0x2027: "\u30fb",  # HYPHENATION POINT: KATAKANA MIDDLE DOT
    0x2003: "\u3000",  # EM SPACE: IDEOGRAPHIC SPACE
}


def without_radicals(text: str) -> str:
    """The text with radicals, and with other characters of a shared glyph, replaced by those that they are drawn for."""
    return text.translate(_table())


@cache
def _table() -> Mapping[int, str]:
    return {**radicals(), **_SHARED_GLYPHS}
