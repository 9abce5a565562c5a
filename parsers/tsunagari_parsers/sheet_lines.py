"""Paragraphs from the lines of a sheet: hard wraps undone, bullets kept once."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from tsunagari_parsers.sheet_goals import is_goal_line
from tsunagari_parsers.sheet_headings import sheet_words

#: A text dump's list mark before the paper's own (「- ・」「- ○」).
_DOUBLED = re.compile(r"^\s*[-*•]\s+(?=[・○●◯◆◇■□①-⑳])")
#: A dump's list mark alone: the paper's 「・」, which the dump left out.
_DUMPED = re.compile(r"^\s*[-*•]\s+")
_ITEM = re.compile(
    r"^\s*(?:[・･○〇●◯◆◇■□▼▲★☆※➢▶⇒→♦•*]|-\s|[①-⑳❶-❿]|[(（][0-9０-９]{1,2}[)）]|[0-9０-９]{1,2}[.．)）、](?![0-9０-９])|[【＜〈《≪]|"
    r"[(（][^()（）]*[)）]$|「[^」]{1,20}」$)"
)
_SUBTITLE = re.compile(r"「[^」]{1,20}」|[【＜〈《≪<][^】＞〉》≫>]{1,20}[】＞〉》≫>]")
_SENTENCE_END = re.compile(r"[。．！？!?][」』)）]*$")
#: A line that ends so goes on: a particle, a comma, an open bracket, a word cut off.
_OPEN_END = re.compile(r"([、，（(「『・はがをにへともや]|の|より|から|まで|など|して|する|ための|および|及び|や)$")
#: So many full-width characters is the least that a column of text is wide.
_NARROWEST = 12.0
#: A line of so many characters that ends no sentence is no item of a list, and goes on.
LONG_LINE = 20.0
#: A line is full if no more than this many characters would fit.
_ROOM = 2.0


@dataclass(frozen=True, slots=True)
class Paragraph:
    """A paragraph; ``width`` is that of its column in full-width characters where its wraps show it, else None.

    ``is_close``: no blank line stands before it.
    """

    text: str
    width: float | None = None
    is_close: bool = False


def clean_item(line: str) -> str:
    """A line with one bullet where a text dump has put another before it."""
    line = line.strip()
    if _DOUBLED.match(line):
        return _DOUBLED.sub("", line)
    return _DUMPED.sub("・", line)


def is_item(line: str) -> bool:
    """Whether a line begins a paragraph of its own, whatever stands before it."""
    return bool(_ITEM.match(line)) or line in sheet_words().overview.legends


def width_of(text: str) -> float:
    """In full-width characters."""
    return sum(1.0 if unicodedata.east_asian_width(char) in "WFA" else 0.5 for char in text)


def ends_sentence(line: str) -> bool:
    """Whether a line ends with a sentence's end, in a closing bracket too."""
    return bool(_SENTENCE_END.search(line))


def is_open(line: str) -> bool:
    """Whether a line cannot end a paragraph: it ends with a particle, a comma or an open bracket."""
    return bool(_OPEN_END.search(line))


def is_subtitle(text: str) -> bool:
    """Whether a paragraph is a title within its part, in brackets: it belongs to what follows it."""
    return bool(_SUBTITLE.fullmatch(text.strip()))


def paragraphs_of_dump(lines: Sequence[str], *, is_prose: bool = True) -> list[Paragraph]:
    """The paragraphs of a text dump.

    The width of a column is known where two lines of a block are about as long as its longest. A full line that does not end
    a sentence goes on, over a blank line too: dumps put those into the middle of paragraphs. A line at the end of a sentence
    ends its paragraph. ``is_prose`` False: a list of names, where only a line that cannot end so goes on.
    """
    out: list[Paragraph] = []
    width: float | None = None
    goes_on = False
    for block in _blocks(lines):
        own = _column(block) if is_prose else None
        for index, line in enumerate(block):
            if index == 0 and goes_on and not _takes_up(line, own, width):
                goes_on = False
            if goes_on and not is_item(line):
                before = out[-1]
                out[-1] = replace(before, text=join(before.text, line), width=before.width or own)
            else:
                out.append(Paragraph(line, is_close=index > 0))
            at = own if own is not None else (width if index == 0 and goes_on else None)
            is_full = at is not None and width_of(line) >= at - _ROOM and not _is_name(line)
            longest = max(width_of(one) for one in block)
            is_long = is_prose and index + 1 < len(block) and width_of(line) >= max(LONG_LINE, longest - _ROOM)
            ended = ends_sentence(line) or is_goal_line(line)
            goes_on = not ended and (is_full or is_long or (index + 1 < len(block) and is_open(line)))
            if is_full and goes_on:
                out[-1] = replace(out[-1], width=at)
        width = own if own is not None else width
    return out


def _takes_up(line: str, own: float | None, width: float | None) -> bool:
    """Whether the first line after a blank one can be the middle of a paragraph of this column.

    It has the column's width itself, or ends the sentence; a title that happens to follow a full line does neither.
    """
    if width is None or (own is not None and abs(own - width) > _ROOM):
        return False
    return ends_sentence(line) or width_of(line) >= width - _ROOM


def join(head: str, tail: str) -> str:
    """Two lines as one; a space only between words of Latin letters."""
    space = " " if re.search(r"[A-Za-z,.]$", head) and re.match(r"[A-Za-z]", tail.lstrip()) else ""
    return head + space + tail.lstrip()


def join_flagged(lines: Iterable[tuple[str, bool]]) -> list[str]:
    """Paragraphs of lines given with whether each reaches its box's right edge."""
    out: list[str] = []
    goes_on = False
    for line, is_full in lines:
        if goes_on and not is_item(line):
            out[-1] = join(out[-1], line)
        else:
            out.append(line)
        goes_on = is_full
    return out


def split_legend(line: str) -> list[str]:
    """A line without the legend of a drawing that a dump glued to its end, and the legend."""
    for legend in sheet_words().overview.legends:
        if line.endswith(legend) and line != legend:
            return [line.removesuffix(legend), legend]
    return [line]


def _blocks(lines: Iterable[str]) -> list[list[str]]:
    """Lines between blank ones, each as its text says it."""
    blocks: list[list[str]] = [[]]
    for line in lines:
        if not line.strip():
            blocks.append([])
        else:
            blocks[-1] += [clean_item(part) for part in split_legend(line.strip())]
    return [block for block in blocks if block]


def _is_name(line: str) -> bool:
    """Whether a line ends as the name of a body does (センター, 協議会): it may be one of a list."""
    return bool(re.search(rf"(?:{sheet_words().overview.bodies.pattern})$", line)) and "、" not in line


def _column(block: Sequence[str]) -> float | None:
    """The width of the column that a block was set in, where its lines show one."""
    widths = sorted((width_of(line) for line in block if not is_goal_line(line)), reverse=True)
    if len(widths) < 2 or widths[0] < _NARROWEST or widths[1] < widths[0] - _ROOM:
        return None
    return widths[0]
