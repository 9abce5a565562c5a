"""The goals of a programme sheet: from a table with 目標, 実績 and 達成率, or from lines (「目標値 20件 ⇒ 達成値 7件」)."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from tsunagari_parsers.records import Goal
from tsunagari_parsers.sheet_headings import sheet_words
from tsunagari_parsers.text import comparable, fold_width

_VALUE = r"約?[0-9][0-9,.]*\s*[^\s0-9、,:/()⇒→]{0,6}以?[上下]?(?:\s*\((?!達成率)[^()]*\))?"
_LINE = re.compile(
    rf"^(?P<name>\S.*?)[\s:、(]*(?:目標値?|計画値?)[\s:]*(?P<target>{_VALUE})"
    rf"(?:[\s⇒→>、,/]*(?:達成値|実績値?|結果)[\s:]*(?P<actual>{_VALUE}))?"
    rf"(?:[\s⇒→>、,/(]*達成率[\s:]*(?P<rate>[0-9.]+\s*[%パ][^\s)]*))?[\s)。]*$"
)
_MARK = re.compile(r"^\s*[【＜<\[〈《]\s*(?P<what>[^】＞>\]〉》]{1,12}?)\s*[】＞>\]〉》]\s*")
_PURPOSE = re.compile(r"目的|ねらい|趣旨")
_GOAL = re.compile(r"目標|KPI|ＫＰＩ|指標|成果")
_LINE_KIND = "目標"


def goals_of_rows(rows: Sequence[Sequence[str]]) -> tuple[Goal, ...]:
    """The goals of a table, given as rows of cells from its header on; none if its header names no target and actual.

    A row's kind is the cell under a header of that meaning, or under an empty one at the left.
    """
    if not rows:
        return ()
    columns = _columns(rows[0])
    if not _is_header(columns):
        return ()
    goals = []
    for row in rows[1:]:
        cells = {field: row[at].strip() if at < len(row) else "" for field, at in columns.items()}
        if cells["name"] or cells["target"]:
            goals.append(
                Goal(
                    kind=cells.get("kind", "") or _LINE_KIND,
                    name=cells["name"],
                    target=cells["target"],
                    actual=cells.get("actual", ""),
                    rate=cells.get("rate", ""),
                )
            )
    return tuple(goals)


def goals_of_lines(paragraphs: Sequence[str]) -> tuple[Goal, ...]:
    """The goals that lines state, each with the word of the mark above it (＜目標＞, 【KPI】) as its kind."""
    kind = _LINE_KIND
    goals = []
    for paragraph in paragraphs:
        mark = _MARK.match(paragraph)
        if mark and _GOAL.search(mark["what"]):
            kind = mark["what"].strip()
        text = paragraph[mark.end() :] if mark else paragraph
        match = _LINE.match(fold_width(text))
        if match:
            name, target, actual, rate = (
                text[match.start(field) : match.end(field)].strip() if match[field] else ""
                for field in ("name", "target", "actual", "rate")
            )
            goals.append(Goal(kind, name.lstrip("・-○●◆ 　"), target, actual, rate))
    return tuple(goals)


def goals_of_paragraphs(paragraphs: Sequence[str]) -> tuple[tuple[Goal, ...], frozenset[str]]:
    """The goals of rows that no rule parts, their cells set apart by full-width spaces; and which paragraphs those rows are.

    Where no header stands over the kinds of goals, the rows have one cell more than their header.
    """
    rows = [paragraph.split("　") for paragraph in paragraphs]
    for at, header in enumerate(rows):
        if not _is_header(_columns(header)):
            continue
        end = at + 1
        while (
            end < len(rows) and len(rows[end]) in {len(header), len(header) + 1} and len(rows[end]) == len(rows[at + 1])
        ):
            end += 1
        body = rows[at + 1 : end]
        whole = ["", *header] if body and len(body[0]) > len(header) else header
        if goals := goals_of_rows([whole, *body]):
            return goals, frozenset(paragraphs[at:end])
    return (), frozenset()


def is_goal_line(text: str) -> bool:
    """Whether a line states a goal with its target."""
    return bool(_LINE.match(fold_width(text)))


def purpose_of(paragraphs: Sequence[str], rows: frozenset[str]) -> list[str]:
    """What a part of purpose and goals says of the purpose: its prose before, between and after the goals and their table.

    ``rows`` are the paragraphs that are rows of a table.
    """
    said = []
    within = True
    for paragraph in paragraphs:
        mark = _MARK.match(paragraph)
        text = paragraph
        if mark and (_PURPOSE.search(mark["what"]) or _GOAL.search(mark["what"])):
            within = bool(_PURPOSE.search(mark["what"]))
            text = paragraph[mark.end() :]
        if within and text.strip() and paragraph not in rows and not is_goal_line(text):
            said.append(text.strip())
    return said


def _is_header(columns: Mapping[str, int]) -> bool:
    return {"name", "target"} <= columns.keys() and bool({"actual", "rate"} & columns.keys())


def _columns(header: Sequence[str]) -> dict[str, int]:
    """Which column holds what; of two of one meaning the first."""
    columns: dict[str, int] = {}
    names = sheet_words().goals
    for at, cell in enumerate(header):
        text = comparable(cell)
        # 「目標」 alone is the target's header; over the names stands 「目標・KPI」.
        field = next((field for field, spellings in names.items() if text in spellings), None)
        if field is not None:
            columns.setdefault(field, at)
    at = columns.get("name", 0) - 1
    if at >= 0 and not comparable(header[at]):
        columns.setdefault("kind", at)
    return columns
