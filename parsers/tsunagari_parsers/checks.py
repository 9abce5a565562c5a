"""What is looked at once the rows of a list are read: signs that something was lost or has slipped into another row."""

from __future__ import annotations

import re
from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from itertools import pairwise

from tsunagari_parsers.area_codes import prefectures_of_number
from tsunagari_parsers.places import prefecture_named, prefecture_of
from tsunagari_parsers.report import Finding, Level
from tsunagari_parsers.text import comparable, fold_width

_SERIAL = re.compile(r"(?:No\.?|№|#)?(\d{1,5})")
#: Below this share of steps by one a column of numbers counts something else (0 to 1).
_SERIAL_SHARE = 0.6
_FEWEST_NUMBERS = 3
_SHOWN = 5

_CUT_MARK = re.compile(r"[、，,・]$")
_CUT_PARTICLE = re.compile(r"(?:[はがをにでとのもへや]|から|より)$")
_PAIRS = (("「", "」"), ("『", "』"), ("(", ")"), ("【", "】"))


@dataclass(frozen=True, slots=True)
class At:
    """Where a row is: its page and its number among the document's rows."""

    page: int
    row: int


def check_serial(entries: Sequence[tuple[At, str, bool]]) -> list[Finding]:
    """Gaps in a column of serial numbers, up or down by one.

    ``entries`` are the rows with their number's text and whether the row shares its number's cell with the row before.
    A column that mostly does not count by one is no serial column; a new beginning at 1 is no gap.
    """
    numbered = [
        (at, int(match[1]), shared) for at, text, shared in entries if (match := _SERIAL.fullmatch(comparable(text)))
    ]
    steps = [(one, other) for one, other in pairwise(numbered) if not other[2]]
    if len(numbered) < _FEWEST_NUMBERS or not steps:
        return []
    up = sum(other[1] - one[1] == 1 for one, other in steps)
    down = sum(one[1] - other[1] == 1 for one, other in steps)
    direction = 1 if up >= down else -1
    if max(up, down) < _SERIAL_SHARE * len(steps):
        return []
    findings = []
    if direction == 1 and numbered[0][1] != 1:
        message = f"番号が{numbered[0][1]}から始まっています"
        findings.append(_finding(Level.NOTE, "serial-start", message, numbered[0][0], str(numbered[0][1])))
    for (_, before, _), (at, number, _) in steps:
        if number == before + direction or (direction == 1 and number == 1):
            continue
        if number == before:
            message = f"番号{number}の行が2つあります"
            findings.append(_finding(Level.MUST_LOOK, "serial-twice", message, at, str(number)))
        else:
            message = f"番号が{before}の次に{number}です。行が抜けているかもしれません"
            findings.append(_finding(Level.MUST_LOOK, "serial-gap", message, at, f"{before}, {number}"))
    empty = [at for at, text, _ in entries if not text.strip()]
    findings += [_finding(Level.NOTE, "serial-missing", "番号のない行です", at, "") for at in empty]
    return findings


def check_area_codes(at: At, numbers: Sequence[str], prefecture: str) -> list[Finding]:
    """Numbers whose area code belongs to other prefectures than ``prefecture`` (its name); codes over the border fit both."""
    known = prefecture_named(prefecture)
    findings = []
    for number in numbers:
        reached = prefectures_of_number(number)
        if known and reached and known.code not in reached:
            others = "・".join(prefecture_of(code).name for code in reached)
            message = f"電話番号{number}の市外局番は{others}のもので、{prefecture}には合いません"
            findings.append(_finding(Level.MUST_LOOK, "area-code", message, at, number))
    return findings


def check_ending(at: At, text: str, *, last_line_is_full: bool) -> list[Finding]:
    """A text that stops in the middle of a sentence: its end may stand in another cell, or was lost.

    ``text`` has a line for each paragraph; ``last_line_is_full`` says that its last line leaves no room in its cell. A
    bracket that is never closed in a text with room to spare is more likely the paper's own slip.
    """
    end = text.rstrip()
    shown = end[-20:]
    if _CUT_MARK.search(end) or (last_line_is_full and _CUT_PARTICLE.search(end)):
        message = f"文の途中で終わっています：「…{shown}」"
        return [_finding(Level.MUST_LOOK, "text-stops", message, at, shown)]
    # 「(１）」 is closed, whatever the width of its brackets; 「１)」 closes nothing.
    end = re.sub(r"(?m)^\s*[0-9a-zア-ン①-⑳]{1,2}\)", "", fold_width(end))
    for opening, closing in _PAIRS:
        if end.count(opening) > end.count(closing) and end.rfind(opening) > end.rfind(closing):
            level = Level.MUST_LOOK if last_line_is_full else Level.NOTE
            return [_finding(level, "text-stops", f"「{opening}」が閉じていません：「…{shown}」", at, shown)]
    return []


def check_twice(entries: Sequence[tuple[At, Hashable, str]]) -> list[Finding]:
    """Rows that say the same in every field; ``entries`` are the rows with all they say, and their name for the message."""
    first: dict[Hashable, At] = {}
    findings = []
    for at, content, name in entries:
        if content in first:
            message = f"{first[content].page}ページ{first[content].row}行目と同じ内容の行です：「{name}」"
            findings.append(_finding(Level.MUST_LOOK, "row-twice", message, at, name))
        else:
            first[content] = at
    return findings


def check_count(stated: Sequence[tuple[At, str]], rows: int) -> list[Finding]:
    """A sum's row that states another number of programmes or desks than were read (「合計 82件」)."""
    findings = []
    for at, text in stated:
        counts = [
            int(number)
            for number in re.findall(r"(?<![\d,])(\d{1,4})(?:件|事業|団体|か所|箇所|施設)", comparable(text))
        ]
        if counts and rows not in counts:
            message = f"合計の行の数（{'、'.join(map(str, counts[:_SHOWN]))}）と、読み取れた{rows}行が合いません"
            findings.append(_finding(Level.NOTE, "count-differs", message, at, text))
    return findings


def _finding(level: Level, code: str, message: str, at: At, value: str) -> Finding:
    return Finding(level, code, message, at.page, at.row, value)
