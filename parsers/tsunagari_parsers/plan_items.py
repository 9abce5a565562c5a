"""The 関連事項 of a plan's measures, one by one, out of a dump that runs their columns together.

A line holds an item of each column with a space between; an item that is too long for its column goes on in lines of its own. A
space beside letters or digits is no such space where the typesetting puts one on both of their sides (「女性 DV ホットライン」).
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from tsunagari_parsers.dumps import NOT_AT_LINE_START, is_full, open_brackets, remove_dump_spaces, width

_JAPANESE = re.compile(r"[\u3001-\u30ff\u3400-\u9fff\uf900-\ufaff\uff01-\uffefー々]")
_RUN = re.compile(r"[\x21-\x7e]+(?: +[\x21-\x7e]+)*")
_BULLET = re.compile(r"^[・○●◯■◆◇□▪▶➢*-]\s*")
_KATAKANA = re.compile(r"[ァ-ヺー]")
#: What an item ends in when it is whole.
_WHOLE = re.compile(
    r"(?:支援|相談|周知|充実|配布|研修|連携|調整|更新|設置|策定|会議|講座|保護|検討|拡充|啓発|実施|推進|整備|確保|提供|ケア|会|[)）」])$"
)


@dataclass(frozen=True, slots=True)
class ItemColumns:
    """The widths of the first column and of the whole box (full-width characters; 0: unknown), and how many columns there are."""

    first: float
    whole: float
    count: int


@dataclass(frozen=True, slots=True)
class Items:
    """The items, and the lines of which it is not sure how they divide."""

    items: tuple[str, ...]
    doubtful: tuple[str, ...] = ()


def item_columns(lines: Sequence[str], whole: float) -> ItemColumns:
    """The columns that the items of a document stand in; ``whole`` is the width of its boxes."""
    rows = [pieces for line in lines if (pieces := pieces_of(line))]
    several = [pieces for pieces in rows if len(pieces) > 1]
    counts = [len(pieces) for pieces in several]
    # One line with a third piece is an item with a space in it; three such lines are a third column.
    count = max((number for number in set(counts) if number == 2 or counts.count(number) >= 3), default=1)
    return ItemColumns(max((width(pieces[0]) for pieces in several), default=0.0), whole, count)


def pieces_of(line: str) -> list[str]:
    """The parts of a line between the spaces that set items apart; spaces within brackets and beside letters do not."""
    text = line.strip(" \t　")
    pieces: list[str] = []
    begin = 0
    for match in re.finditer(r"[ \t　]+", text):
        if _parts(text, match):
            pieces.append(text[begin : match.start()])
            begin = match.end()
    return [*pieces, text[begin:]]


def split_items(lines: Sequence[str], columns: ItemColumns) -> Items:
    """The items of one measure, in the order of the dump."""
    items: list[str] = []
    doubtful: list[str] = []
    row: list[tuple[int, str]] = []  # The items of the line before: their index, and what of them stood on that line.
    for line in lines:
        pieces = pieces_of(line)
        is_open_within = any(open_brackets(piece) > 0 for piece in pieces[:-1])
        if len(pieces) > max(columns.count, 2) or is_open_within or _may_hide_item(line, pieces, columns):
            doubtful.append(line)
        after: list[tuple[int, str]] = []
        target, is_sure = _continued(row, pieces[0], items, columns)
        if not is_sure:
            doubtful.append(line)
        if target is not None:
            items[target] += pieces[0]
            after.append((target, pieces[0]))
            pieces = pieces[1:]
        for piece in pieces:
            items.append(piece)
            after.append((len(items) - 1, piece))
        row = after
    doubtful += [item for item in items if open_brackets(item) or item.endswith("。")]
    return Items(tuple(_BULLET.sub("", remove_dump_spaces(item)) for item in items), tuple(dict.fromkeys(doubtful)))


def _parts(text: str, space: re.Match[str]) -> bool:
    """Whether this space stands between two items."""
    if open_brackets(text[: space.start()]) > 0 and open_brackets(text) <= 0:
        return False  # Within brackets that close on this line.
    if "\t" in space[0] or "　" in space[0] or len(space[0]) > 1:
        return True
    left, right = text[space.start() - 1], text[space.end()]
    if _JAPANESE.match(left) and _JAPANESE.match(right):
        return True
    # Typesetting puts a space on both sides of letters among Japanese: one on a single side is the writer's.
    if _JAPANESE.match(left):
        run = _RUN.match(text, space.end())
        after = text[run.end() :] if run else ""
        return bool(after) and bool(_JAPANESE.match(after[0])) and text[space.end()] not in "(["
    if _JAPANESE.match(right):
        before = re.search(r"[\x21-\x7e]+(?: +[\x21-\x7e]+)*$", text[: space.start()])
        ahead = text[: before.start()] if before else ""
        return bool(ahead) and bool(_JAPANESE.match(ahead[-1]))
    return False


def _may_hide_item(line: str, pieces: Sequence[str], columns: ItemColumns) -> bool:
    """Whether a line of one piece has letters in the middle that could begin the second column's item."""
    return len(pieces) == 1 and columns.count > 1 and bool(re.search(r"[^\x00-\x7f] +[A-Za-z0-9]+ ", line.strip()))


def _continued(
    row: Sequence[tuple[int, str]], piece: str, items: Sequence[str], columns: ItemColumns
) -> tuple[int | None, bool]:
    """Which item of the line before goes on with ``piece`` (None: it begins one of its own), and whether that is sure."""
    if not row:
        return None, True
    if _BULLET.match(piece):
        return None, True
    unclosed = [index for index, _ in row if open_brackets(items[index]) > 0]
    if unclosed:
        return unclosed[0], len(unclosed) == 1
    filled = [
        (index, part)
        for at, (index, part) in enumerate(row)
        if (at == 0 and columns.first and _fills(part, piece, columns.first)) or _fills(part, piece, columns.whole)
    ]
    if piece[0] in NOT_AT_LINE_START or piece[0] == "ン":
        return (filled or list(row))[-1][0], len(filled or row) == 1
    if not filled:
        return None, True
    index, part = filled[-1]
    if part.endswith(("）", ")", "」")):
        return None, True
    if _KATAKANA.search(part[-1]) and _KATAKANA.match(piece):
        return index, True
    is_whole = bool(_WHOLE.search(part))
    return (None if is_whole else index), False


def _fills(part: str, following: str, column: float) -> bool:
    """Whether a part fills its column and no more than it: a wider one stands in another."""
    return width(part) <= column + 0.5 and is_full(part, following, column, 0.0) and width(part) * 2 > column
