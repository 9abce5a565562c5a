"""The cells of a row of a dumped list: where its name ends, where its department begins, told by what stands there.

A dump keeps no borders. What tells cells apart: each column is broken at a width of its own, names and offices end in words of
their own, brackets close, items begin with bullets, and, in dumps that set lines apart with empty ones, a body beside a name of
two lines stands directly above it. Where these do not agree, the row says so.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from tsunagari_parsers.dumps import Line, is_full, open_brackets, remove_dump_spaces, usual_width, width, with_fullness
from tsunagari_parsers.list_lines import RowLines, looks_like_office
from tsunagari_parsers.text import begins_item, join_name, join_wrapped

_NAME_END = re.compile(
    r"(?:事業費?|業務|支援|プロジェクト|プログラム|取組み?|相談会?|窓口|サポート|推進|拡充|づくり|強化|対策|講座|助成|補助金|"
    r"交付金|委託|キャンペーン|活動|整備|派遣|確保|提供|配布|型|つながり)[）)」』～~]*$"
)
_OFFICE_WITHIN = re.compile(r"(?:部|局|課|室|公室|センター|役場|役所|本部)(?![のをにではがとへ])")
_PROSE_END = re.compile(r"(?:[。、，]|する|した|す|る|う|く|い|等|など|実施|開催)$")
#: No department's column is wider (full-width characters); beyond that, the line of a lost cell has been measured.
_WIDEST_OFFICE = 24.0
_LONGEST_NAME = 5


@dataclass(frozen=True, slots=True)
class Columns:
    """The widths at which the columns of this dump are broken (full-width characters; 0: unknown).

    ``is_spaced``: the dump sets lines of different rows apart with empty lines, so that a line without one says something.
    """

    name: float
    description: float
    office: float
    is_spaced: bool


@dataclass(frozen=True, slots=True)
class Cells:
    """The texts of a row's cells; ``doubts`` are the codes of what could not be told for sure."""

    name: str
    description: str
    department: str
    doubts: tuple[str, ...] = ()


def measure(rows: Sequence[RowLines], lines: Sequence[Line]) -> Columns:
    """The widths of the columns, from the lines that are certain to stand in them."""
    alone = sorted(row.body[0].width for row in rows if not row.start.rest and row.body)
    beside = [width(row.start.rest) for row in rows if row.start.rest]
    # Half of the names below their body are broken there: the middle one is a broken one.
    name = alone[len(alone) // 2] if len(alone) >= 3 else max([*beside, *alone], default=0.0)
    offices = [row.office or (row.body[-1].text if row.body else "") for row in rows]
    directly = sum(line.follows_directly for line in lines)
    return Columns(
        name=name,
        description=usual_width((line.text for row in rows for line in row.body), least=name + 2.5),
        office=max(
            (one for text in offices if looks_like_office(text) and (one := width(text)) <= _WIDEST_OFFICE), default=0.0
        ),
        is_spaced=directly * 2 < len(lines),
    )


def split_cells(row: RowLines, columns: Columns) -> Cells:
    """The cells of one row."""
    lines = list(row.body)
    doubts: list[str] = []
    offices: list[str] = []
    if not row.is_cut:
        begin, office_doubt = _office_begin(row, columns)
        offices = [line.text for line in lines[begin:]] + ([row.office] if row.office else [])
        lines = lines[:begin]
        if office_doubt:
            doubts.append("department-uncertain")
    count, name_doubt = _name_lines(row, lines, columns)
    if name_doubt:
        doubts.append("name-uncertain")
    name = remove_dump_spaces(
        join_name([*([row.start.rest] if row.start.rest else []), *(line.text for line in lines[:count])])
    )
    texts = [line.text for line in lines[count:]]
    return Cells(
        name=name,
        # As the PDF has it: a space beside a mark or a Latin word parts them.
        description=re.sub(r" {2,}", " ", join_wrapped(with_fullness(texts, columns.description))),
        department=remove_dump_spaces(join_name(offices)),
        doubts=tuple(doubts),
    )


def _name_lines(row: RowLines, lines: Sequence[Line], columns: Columns) -> tuple[int, bool]:
    """How many of ``lines`` belong to the programme's name, and whether that is in doubt."""
    texts = [line.text for line in lines]
    parts = [row.start.rest] if row.start.rest else texts[:1]
    count = 0 if row.start.rest else len(parts)
    stated = _stated_lines(row, lines, columns)
    doubt = False
    while parts and count < len(texts) and len(parts) < _LONGEST_NAME:
        following = texts[count]
        joined = "".join(parts)
        is_open = open_brackets(joined) > 0
        if stated and len(parts) >= stated and not is_open:
            break
        if not is_open and (_is_prose(following, columns) or not is_full(parts[-1], following, columns.name, 0.0)):
            break
        if not is_open and _NAME_END.search(joined) and not stated:
            # The name may end here, exactly at the edge of its column, or go on.
            doubt = True
            if not _NAME_END.search(following):
                break
        parts.append(following)
        count += 1
    return count, doubt or bool(stated and len(parts) != stated) or open_brackets("".join(parts)) != 0


def _stated_lines(row: RowLines, lines: Sequence[Line], columns: Columns) -> int:
    """How many lines the name has by the place of its body: on the same line as one line, directly above two; 0: not told."""
    if not columns.is_spaced:
        return 0
    if row.start.rest:
        return 1
    return 2 if lines and lines[0].follows_directly else 0


def _is_prose(text: str, columns: Columns) -> bool:
    """Whether the line can only be the description's: an item, an indented one, one with a full stop, or too long for a name."""
    return begins_item(text) or text.startswith("　") or text.endswith("。") or width(text) > columns.name + 2.5


def _office_begin(row: RowLines, columns: Columns) -> tuple[int, bool]:
    """The index of the department's first line above the number, and whether that is in doubt."""
    texts, office = [line.text for line in row.body], row.office
    if office and _begins_office(office):
        # Department and number on one line: cells of one line each.
        return len(texts), not looks_like_office(office)
    begin = len(texts)
    while begin and _may_be_office(texts, begin - 1, columns):
        begin -= 1
    doubt = False
    while begin < len(texts) and not (_begins_office(texts[begin]) or texts[begin].startswith(row.start.body or "\n")):
        above = texts[begin - 1] if begin else ""
        if width(texts[begin]) >= columns.office - 1 and above.endswith(("。", "）")):
            break
        doubt = True
        begin += 1
    is_missing = begin == len(texts) and not office
    whole = join_name([*texts[begin:], office])
    return begin, (doubt or not looks_like_office(whole)) and not is_missing


def _may_be_office(texts: Sequence[str], index: int, columns: Columns) -> bool:
    """Whether a line can stand in the department's column: narrow, no sentence, no item, not the rest of the line above."""
    text, above = texts[index], texts[index - 1] if index else ""
    if width(above) > columns.office + 2 and is_full(above, text, columns.description):
        # The rest of a broken line, unless that line ends a sentence at its edge by chance.
        return above.endswith("。") and _begins_office(text)
    if begins_item(text) or text.startswith("　") or text.endswith(("。", "）", ")")):
        return False
    return width(text) <= columns.office + 1


def _begins_office(text: str) -> bool:
    return bool(_OFFICE_WITHIN.search(text) or looks_like_office(text)) and not _PROSE_END.search(text)
