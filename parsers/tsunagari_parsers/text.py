"""Text as PDFs give it, made readable without changing what it says."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Sequence

#: One character to one character, so that offsets in the folded text are offsets in the original.
_WIDTH = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)} | {
    0x3000: 0x20,  # IDEOGRAPHIC SPACE
    0x2010: 0x2D,  # HYPHEN
    0x2011: 0x2D,  # NON-BREAKING HYPHEN
    0x2012: 0x2D,  # FIGURE DASH
    0x2013: 0x2D,  # EN DASH
    0x2212: 0x2D,  # MINUS SIGN
    0xFF0D: 0x2D,  # FULLWIDTH HYPHEN-MINUS
    0x301C: 0x7E,  # WAVE DASH
}

# Hiragana, katakana, CJK ideographs, CJK punctuation and full-width forms: between two of these a space is layout.
_JAPANESE = r"\u3001-\u303f\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff\uff01-\uff60"
_LAYOUT_SPACE = re.compile(rf"(?<=[{_JAPANESE}]) +(?=[{_JAPANESE}])")

#: What begins a paragraph of its own, whatever the line before it looks like.
_ITEM = re.compile(
    r"[ 　]*(?:[○〇●◯・◆◇■□▼▲★☆※➢▶]|[①-⑳㉑-㉟㊱-㊿❶-❿]|[(（][0-9０-９]{1,2}[)）]|[0-9０-９]{1,2}[.．、)）][^0-9０-９]|"
    r"[ア-ンａ-ｚ][ 　.．)）、]|【|＜|「[^」]{1,20}」$)"
)


def fold_width(text: str) -> str:
    """Full-width ASCII and the many dashes as half-width, one character for one, so that offsets stay valid."""
    return text.translate(_WIDTH)


def comparable(text: str) -> str:
    """The text without white space and differences of character width (NFKC), for comparing values."""
    return re.sub(r"\s+", "", unicodedata.normalize("NFKC", text))


def remove_layout_spaces(text: str) -> str:
    """Without the ASCII spaces between two Japanese characters that come from placing them.

    Full-width spaces stay: they indent and set items apart.
    """
    return _LAYOUT_SPACE.sub("", text)


def join_wrapped(lines: Iterable[tuple[str, bool]]) -> str:
    """Undo the line breaks that a cell's width made; the others stay.

    ``lines`` are (text, whether the line reaches the right edge of its cell). A line that reaches the edge goes on in the
    next one, unless the next one begins an item. Between Latin letters or digits a space is put back only for words.
    """
    paragraphs: list[str] = []
    continues = False
    for raw, full in lines:
        text = remove_layout_spaces(raw).rstrip()
        if not text.strip():
            continues = False
            continue
        if continues and not _ITEM.match(text):
            head, tail = paragraphs[-1], text.lstrip()
            space = " " if re.search(r"[A-Za-z]$", head) and re.match(r"[A-Za-z]", tail) else ""
            paragraphs[-1] = head + space + tail
        else:
            paragraphs.append(text)
        continues = full
    return "\n".join(paragraphs)


def join_name(lines: Sequence[str]) -> str:
    """The lines of a name as one: wrapped names have no meaning in their breaks."""
    joined = ""
    for line in lines:
        text = remove_layout_spaces(line).strip()
        space = " " if re.search(r"[A-Za-z]$", joined) and re.match(r"[A-Za-z]", text) else ""
        joined += space + text
    return joined


def begins_item(line: str) -> bool:
    """Whether the line begins an item or a paragraph of its own (a bullet, a number, a heading in brackets)."""
    return bool(_ITEM.match(line))
