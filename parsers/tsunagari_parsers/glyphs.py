"""Characters that look right on the page and are wrong in the file.

DocuWorks, Skia (Chrome) and Print To PDF write radicals (⽣ U+2F63, ⻑ U+2ED1) where the character (生, 長) is meant. NFKC is no help:
it leaves the supplement's radicals and gives forms that Japan does not use (⼾ → 戶, ⿈ → 黃). The table is ``data/radicals.tsv``, one
line a character with its Unicode name: the Kangxi block by its ideographs in Japanese form, the supplement by the equivalents of
Unicode's EquivalentUnifiedIdeograph. Radicals that stand for no whole character in Japanese text are left as they are.

Fonts draw some signs with one glyph, and such producers write the first that has it: 「‧」 (U+2027) for every 「・」, an em space for an
ideographic one. Those that Japanese text never means are in ``data/signs.tsv``; 〜 and ～, – and ‒, of which nobody can know, stay as
they are. Marks that choose a form of the character before them (variation selectors) and marks without width are left out.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from importlib.resources import files

from tsunagari_parsers.errors import ColumnDataError

#: Variation selectors (Unicode 3.2, ideographic ones too), and what has no width: soft hyphen, joiners, byte order mark.
_LEFT_OUT = (*range(0xFE00, 0xFE10), *range(0xE0100, 0xE01F0), 0xAD, *range(0x200B, 0x200E), 0x2060, 0xFEFF)


@cache
def radicals() -> Mapping[int, str]:
    """The table, as :meth:`str.translate` takes it.

    Raises:
        ColumnDataError: a line of the data file is malformed.
    """
    return _table("radicals.tsv")


@cache
def signs() -> Mapping[str, str]:
    """The signs that share a glyph with another, with those that are meant.

    Raises:
        ColumnDataError: a line of the data file is malformed.
    """
    return {chr(written): meant for written, meant in _table("signs.tsv").items()}


@cache
def _meant() -> Mapping[int, str | None]:
    """Radicals, signs, and the marks that are left out (None), as :meth:`str.translate` takes them."""
    return {**radicals(), **_table("signs.tsv"), **dict.fromkeys(_LEFT_OUT)}


def _table(name: str) -> dict[int, str]:
    text = (files("tsunagari_parsers") / "data" / name).read_text(encoding="utf-8")
    table = {}
    for number, line in enumerate(text.splitlines(), start=1):
        if not line or line.startswith("#"):
            continue
        fields = line.split("\t")
        if len(fields) != 3 or len(fields[0]) != 1 or len(fields[1]) != 1:
            raise ColumnDataError(f"{name}：{number}行目を読めません（{line!r}）")
        table[ord(fields[0])] = fields[1]
    return table


def without_radicals(text: str) -> str:
    """The text with radicals and signs replaced by those that they are drawn for; nothing else that can be seen changes."""
    return text.translate(_meant())
