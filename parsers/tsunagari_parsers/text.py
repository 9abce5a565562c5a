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

#: What begins a paragraph of its own, whatever the line before it looks like: bullets, numbers in any dress, headings in
#: brackets. A bare number needs a mark or a wide space after it, and no digit: 「3.5」 is in the middle of a sentence.
_ITEM = re.compile(
    r"[ 　]*(?:[○〇●◯◎・･◆◇■□▪▫▼▲▽△★☆※➢▶▷►◉⦿✓✔⇒]|[-*＊－–•‣][ 　]|[①-⑳㉑-㉟㊱-㊿❶-❿⑴-⒇⒈-⒛㋐-㋾Ⅰ-Ⅻⅰ-ⅻ]|"
    r"[(（〔][0-9０-９]{1,2}[)）〕]|[(（][ア-ンa-zA-Zａ-ｚＡ-Ｚⅰ-ⅻ][)）]|[0-9０-９]{1,2}(?:[.．、)）](?![0-9０-９])|　)|"
    r"第[0-9０-９一二三四五六七八九十]{1,2}[ 　]|[ア-ンａ-ｚＡ-Ｚ][ 　.．)）、]|【|＜|《|［|〔|「[^」]{1,20}」$)"
)
#: A name of which every character stands alone (「総　務　課」).
_SPREAD = re.compile(rf"\s*[{_JAPANESE}](?:\s+[{_JAPANESE}])+\s*")
#: What a sentence ends with; brackets may close after it.
_ENDED = re.compile(r"[。．！？!?][」』）)】]*$")

#: What may not begin a line in Japanese typesetting (JIS X 4051, 行頭禁則): it draws the character before it along.
NOT_AT_LINE_START = frozenset(
    "、。，．・：；？！ー々ゝゞヽヾ）］｝〕〉》」』】”’,.:;?!)]}ぁぃぅぇぉっゃゅょゎァィゥェォッャュョヮヵヶ％～〜…‥"
)
_NOT_AT_LINE_END = frozenset("（［｛〔〈《「『【“‘([{")
_WORD = re.compile(r"[A-Za-z0-9]+")


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
    next one, unless the next one begins an item, or is indented after the end of a sentence or in a text of indented paragraphs.
    An indented line in the middle of an item's sentence is its hanging indent. Between Latin letters a space is put back.
    """
    paragraphs: list[str] = []
    continues = False
    for raw, full in lines:
        text = remove_layout_spaces(raw).rstrip()
        if not text.strip():
            continues = False
            continue
        begins = _ITEM.match(text) or (text[0] == "\u3000" and paragraphs and _may_end(paragraphs[-1]))
        if continues and not begins:
            head, tail = paragraphs[-1], text.lstrip()
            space = " " if re.search(r"[A-Za-z]$", head) and re.match(r"[A-Za-z]", tail) else ""
            paragraphs[-1] = head + space + tail
        else:
            paragraphs.append(text)
        continues = full
    return "\n".join(paragraphs)


def _may_end(paragraph: str) -> bool:
    """Whether an indented line after this paragraph begins another one: its sentence has ended, or it is indented itself, and no item."""
    return bool(_ENDED.search(paragraph)) or (paragraph[0] == "\u3000" and not _ITEM.match(paragraph))


def join_name(lines: Sequence[str]) -> str:
    """The lines of a name as one: wrapped names have no meaning in their breaks, nor have the spaces of one that is spread over its cell."""
    if _SPREAD.fullmatch(" ".join(lines)):
        return re.sub(r"\s", "", "".join(lines))
    joined = ""
    for line in lines:
        text = remove_layout_spaces(line).strip()
        space = " " if re.search(r"[A-Za-z]$", joined) and re.match(r"[A-Za-z]", text) else ""
        joined += space + text
    return joined


def begins_item(line: str) -> bool:
    """Whether the line begins an item or a paragraph of its own (a bullet, a number, a heading in brackets)."""
    return bool(_ITEM.match(line))


def first_unit(text: str) -> str:
    """What cannot be parted at the head of a line: a word of Latin letters or a number, or a character with what may not begin a line."""
    text = text.lstrip(" \u3000")
    if not text:
        return ""
    word = _WORD.match(text)
    end = word.end() if word else 1
    while end < len(text) and (text[end] in NOT_AT_LINE_START or text[end - 1] in _NOT_AT_LINE_END):
        end += 1
    return text[:end]
