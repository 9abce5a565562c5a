"""Text dumps made for tests: a list of programmes as a tool draws it out of a PDF, one cell after another, broken at its columns."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from tsunagari_parsers.dumps import width
from tsunagari_parsers.text import NOT_AT_LINE_START

NAME, DESCRIPTION, OFFICE = 22.0, 47.0, 15.0


@dataclass(frozen=True)
class Row:
    """One programme: the lines of ``description`` are its paragraphs, those of ``department`` and ``phone`` lines of their cells."""

    prefecture: str
    body: str
    name: str
    description: str
    department: str
    phone: str
    shows_prefecture: bool = False


def wrap(text: str, column: float) -> list[str]:
    """Lines of at most ``column`` full-width characters; what may not begin a line takes the character before it along."""
    lines: list[str] = []
    for paragraph in text.split("\n"):
        line = ""
        for unit in re.findall(r"[A-Za-z0-9]+|.", paragraph):
            if line and width(line + unit) > column:
                taken = ""
                if unit in NOT_AT_LINE_START:
                    line, taken = line[:-1], line[-1]
                lines.append(line)
                line = taken
            line += unit
        lines.append(line)
    return lines


def spaced_list(pages: Sequence[Sequence[Row]], *, title: str = "") -> str:
    """As the dump of the list of fiscal 2021: empty lines between lines, none where cells of different heights meet."""
    out: list[str] = []
    for number, rows in enumerate(pages):
        lines = [
            "都道府県 実施主体 事業名",
            "",
            "事業の詳細についての問い合わせ先",
            "",
            "事業概要",
            "",
            "担当部署 電話番号",
            "",
        ]
        if number == 0 and title:
            lines = [title, "", *lines]
        for row in rows:
            head = f"{row.prefecture} {row.body}" if row.shows_prefecture else row.body
            name = wrap(row.name, NAME)
            if len(name) == 1:
                lines += [f"{head} {name[0]}", ""]
            else:
                lines += [head, *([""] if len(name) > 2 else []), *_apart(name)]
            lines += _apart(wrap(row.description, DESCRIPTION))
            office, phone = wrap(row.department, OFFICE), row.phone.split("\n")
            if len(office) == len(phone) == 1:
                lines += [f"{office[0]} {phone[0]}", ""]
            else:
                lines += [*_apart(office)[: -1 if abs(len(office) - len(phone)) == 1 else None], *_apart(phone)]
        lines += _apart(sorted({row.prefecture for row in rows if not row.shows_prefecture and row.prefecture}))
        while not lines[-1]:
            lines.pop()
        out += [(" " if number and not at else "") + line for at, line in enumerate(lines)]
    return "\n".join([*out, " "])


def plain_list(pages: Sequence[Sequence[Row]], *, title: str = "") -> str:
    """As another tool writes it: no empty lines, form feeds between the pages, each cell on lines of its own, page numbers."""
    out: list[str] = []
    for number, rows in enumerate(pages, start=1):
        lines = [title] if title else []
        lines += ["都道府県 実施主体 事業名 事業概要 担当部署 電話番号"]
        for row in rows:
            lines += [row.body, *wrap(row.name, NAME), *wrap(row.description, DESCRIPTION)]
            lines += [*wrap(row.department, OFFICE), *row.phone.split("\n")]
        lines += [*sorted({row.prefecture for row in rows if row.prefecture}), f"- {number} -"]
        out.append("\n".join(lines) + "\n")
    return "\f".join(out)


def _apart(lines: Sequence[str]) -> list[str]:
    return [one for line in lines for one in (line, "")]
