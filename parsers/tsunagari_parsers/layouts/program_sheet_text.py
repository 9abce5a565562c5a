"""Programme sheets (個票) as text dumps: headings before their bodies, or in a clump apart from them."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import accumulate

from tsunagari_parsers.layouts.base import Layout, LayoutResult, Medium, Source
from tsunagari_parsers.records import Goal, Program
from tsunagari_parsers.report import Finding, Level
from tsunagari_parsers.sheet_goals import goals_of_rows
from tsunagari_parsers.sheet_headings import (
    VALUES,
    Heading,
    Kind,
    Role,
    amount_of,
    find_heading,
    find_headings,
    may_hold_sheet,
    number_of,
)
from tsunagari_parsers.sheet_lines import Paragraph, paragraphs_of_dump
from tsunagari_parsers.sheet_matching import match_by_content
from tsunagari_parsers.sheet_places import find_place, leading_place
from tsunagari_parsers.sheets import NO_HEADING, Part, Sheet, assemble, headless_finding
from tsunagari_parsers.text import comparable

#: Markdown: a table's row, a heading's marks, emphasis.
_PIPES = re.compile(r"\s*\|.*\|\s*")
_HASHES = re.compile(r"^(\f?)\s*#{1,6}\s+")
_EMPHASIS = re.compile(r"(\*\*|__)(.+?)\1")
#: A text with fewer of the sheet's headings is no sheet, nor one with fewer that have prose under them.
_FEWEST_HEADINGS, _FEWEST_PROSE = 4, 2
#: Another sheet has at least so many of the headings that the sheet before it has.
_REPEATED = 2
#: So many headings in a row without a text between them stand apart from their bodies.
_CLUMP = 3


@dataclass(slots=True)
class _Open:
    """A heading and the lines under it so far."""

    heading: Heading | None
    lines: list[str] = field(default_factory=list)

    @property
    def has_text(self) -> bool:
        return any(line.strip() for line in self.lines)


@dataclass(frozen=True, slots=True)
class _Stretch:
    """The lines of one sheet: from its title to the next one's. ``line`` counts from 1, ``page`` by the text's page marks."""

    title: str
    place: str
    lines: tuple[str, ...]
    line: int
    page: int


def recognises(source: Source) -> bool:
    """Whether enough of a sheet's headings stand on lines of their own."""
    if not may_hold_sheet(source.text, _FEWEST_HEADINGS):
        return False
    kinds: dict[str, Kind] = {}
    for line in _without_markup(source.text).replace("\f", "\n").split("\n"):
        kinds |= _marks(line)
        if _is_sheet(kinds):
            return True
    return False


def read(source: Source) -> LayoutResult:
    """Every sheet of the text, in its order."""
    programs: list[Program] = []
    findings: list[Finding] = []
    stretches = _stretches(_without_markup(source.text))
    for row, stretch in enumerate(stretches, start=1):
        program, own = assemble(_sheet(stretch, row), row=row, sha256=source.sha256, names=source.names)
        programs.append(program)
        findings += own
    return LayoutResult(len(stretches), tuple(programs), findings=tuple(findings))


LAYOUT = Layout(
    name="program_sheet_text",
    rank=10,
    series="program_sheet",
    recognises=recognises,
    read=read,
    medium=Medium.TEXT,
)


def _without_markup(text: str) -> str:
    """The lines without the marks of Markdown, each of a table's rows as cells parted by tabs; as many lines as before."""
    return "\n".join(map(_unmarked, text.split("\n")))


def _unmarked(line: str) -> str:
    if _PIPES.fullmatch(line):
        cells = [cell.strip() for cell in line.strip().strip("|").split("|")]
        return "" if all(re.fullmatch(r":?-+:?", cell) for cell in cells) else "\t".join(cells)
    return _EMPHASIS.sub(r"\2", _HASHES.sub(r"\1", line))


def _headings(line: str) -> tuple[Heading, ...]:
    """The headings of a line that is made of nothing else, or of a form's row, each with the cell beside it."""
    cells = [cell.strip() for cell in line.strip("\f").split("\t") if cell.strip()]
    if len(cells) < 2 or len(cells) % 2:
        return find_headings(line)
    found = [find_heading(cell) for cell in cells[::2]]
    headings = [replace(one, rest=rest) for one, rest in zip(found, cells[1::2], strict=True) if one and not one.rest]
    return tuple(headings) if len(headings) == len(found) else find_headings(line)


def _marks(line: str) -> dict[str, Kind]:
    """The kinds of a line's headings by which a sheet is recognised."""
    return {heading.kind.key: heading.kind for heading in _headings(line) if heading.kind.is_mark}


def _is_sheet(kinds: Mapping[str, Kind]) -> bool:
    """Whether these headings are enough for a sheet."""
    prose = [kind for kind in kinds.values() if kind.role is Role.PROSE]
    return len(kinds) >= _FEWEST_HEADINGS and len(prose) >= _FEWEST_PROSE


def _stretches(text: str) -> list[_Stretch]:
    """The sheets of a text, each from its title on; the same title again begins none."""
    lines = text.split("\n")
    marks = [_marks(line.replace("\f", "")) for line in lines]
    following = [dict[str, Kind]()]
    for own in reversed(marks):
        following.append(following[-1] | own if own.keys() - following[-1].keys() else following[-1])
    following.reverse()
    starts: list[tuple[int, str, str]] = []
    before: set[str] = set()
    seen = 0
    for at, title, place in _titles(lines):
        while starts and seen < at:
            before |= marks[seen].keys()
            seen += 1
        # A partner with its town in brackets is no title: another sheet has the same headings once more.
        again = len(before & following[at].keys()) >= _REPEATED
        if _is_sheet(following[at]) and (not starts or (again and not _same(starts[-1], (title, place)))):
            starts.append((at, title, place))
            before, seen = set(), at
    if not starts:
        return [_untitled(lines)]
    begin = [0, *(at for at, _, _ in starts[1:]), len(lines)]
    feeds = list(accumulate(line.count("\f") for line in lines))
    return [
        _Stretch(title, place, tuple(lines[begin[index] : begin[index + 1]]), line=at + 1, page=1 + feeds[at])
        for index, (at, title, place) in enumerate(starts)
    ]


def _same(start: tuple[int, str, str], other: tuple[str, str]) -> bool:
    return comparable(start[1]) == comparable(other[0]) and comparable(start[2]) == comparable(other[1])


def _untitled(lines: Sequence[str]) -> _Stretch:
    """A text with no body in brackets: its first line that is no heading is the title."""
    for at, line in enumerate(lines):
        if line.strip() and not _headings(line):
            title, place = leading_place(line.strip("\f 　"))
            return _Stretch(title, place, tuple(lines), line=at + 1, page=1)
    return _Stretch("", "", tuple(lines), line=1, page=1)


def _titles(lines: Sequence[str]) -> Iterator[tuple[int, str, str]]:
    """(index of the line, title, place) wherever a line names its body in brackets; the title may stand above or below."""
    for at, line in enumerate(lines):
        title, place = find_place(line.strip("\f 　"))
        if not place or len(title) > 80 or title.endswith("。"):
            continue
        if title:
            yield at, title, place
            continue
        above = next((index for index in range(at - 1, max(-1, at - 4), -1) if lines[index].strip()), None)
        if above is not None and not find_headings(lines[above]) and not find_place(lines[above])[1]:
            yield above, lines[above].strip("\f 　"), place


def _sheet(stretch: _Stretch, row: int) -> Sheet:
    """The parts of a sheet's lines."""
    findings: list[Finding] = []
    opened = _opened(stretch)
    parts: list[Part] = []
    goals: list[Goal] = []
    rows: set[str] = set()
    index = 0
    while index < len(opened):
        clump = _clump(opened, index)
        if len(clump) >= _CLUMP:
            lines = [*(opened[0].lines if index == 1 else []), *clump[-1].lines]
            if index == 1:
                parts = [part for part in parts if part.kind is not None or part.heading != NO_HEADING]
            found, unsure = _matched(lines, [one.heading for one in clump if one.heading])
            parts += found
            findings += _matching_findings(stretch.page, row, len(clump), unsure)
        else:
            for one in clump:
                part, own_goals, own_rows = _part(one)
                goals += own_goals
                rows |= own_rows
                if one.heading or part.paragraphs:
                    parts.append(part)
        index += len(clump)
    findings += [headless_finding(part, stretch.page, row) for part in parts if part.kind is None]
    findings += [
        Finding(Level.NOTE, "section-empty", f"「{part.heading}」の欄が空です", stretch.page, row, part.heading)
        for part in parts
        if part.kind and not part.paragraphs
    ]
    return Sheet(
        stretch.title,
        stretch.place,
        tuple(parts),
        stretch.page,
        line=stretch.line,
        goals=tuple(goals),
        rows=frozenset(rows),
        findings=tuple(findings),
    )


def _matching_findings(page: int, row: int, headings: int, unsure: Sequence[Heading]) -> list[Finding]:
    message = f"見出しと文章が離れているため、文章の内容から{headings}個の見出しに振り分けました"
    found = [Finding(Level.NOTE, "section-by-content", message, page, row)]
    for heading in unsure:
        message = f"「{heading.text}」の文章がどれか、内容からは分かりません"
        found.append(Finding(Level.MUST_LOOK, "section-uncertain", message, page, row, heading.text))
    return found


def _opened(stretch: _Stretch) -> list[_Open]:
    """The lines of a sheet under their headings, in the order of the text; first what stands before any heading."""
    opened = [_Open(None)]
    values: list[_Open] = []
    strong = {heading.kind.key for line in stretch.lines for heading in _headings(line)}
    title, place = comparable(stretch.title), comparable(stretch.place)
    waiting: _Open | None = None
    in_overview = False
    for raw in stretch.lines:
        line = raw.replace("\f", "")
        if _is_title(line, title, place):
            opened[-1].lines.append("")
            continue
        headings = _headings(line) or _weak(line, strong)
        if in_overview and not all(heading.kind.is_mark for heading in headings):
            headings = ()  # 「○委託期間」 within the drawing is a line of it.
        if headings:
            for heading in headings:
                one = _Open(heading, [heading.rest] if heading.rest else [])
                (values if heading.kind.role in VALUES - {Role.CONTACT} else opened).append(one)
                waiting = one if one in values and not heading.rest else None
                in_overview = heading.kind.role is Role.OVERVIEW
            if headings[-1].kind.role in VALUES - {Role.CONTACT}:
                opened[-1].lines.append("")
        elif waiting and line.strip():
            # A value's heading on a line of its own: the next line is the value if it reads as one.
            target = waiting if _is_value(waiting, line) else opened[-1]
            target.lines.append(line)
            waiting = None
        else:
            opened[-1].lines.append(line)
    return [*opened, *values]


def _is_value(waiting: _Open, line: str) -> bool:
    heading = waiting.heading
    if heading is None:
        return False
    if heading.kind.role in {Role.BUDGET, Role.GRANT}:
        return amount_of(line, heading.remark) is not None
    return number_of(line) is not None if heading.kind.role is Role.NUMBER else True


def _weak(line: str, strong: set[str]) -> tuple[Heading, ...]:
    """A heading that could also stand within a part: only bare, and where the sheet has no better one of its kind."""
    if line.strip()[:1] in "【＜<「・-":
        return ()
    heading = find_heading(line, weak=True)
    return (heading,) if heading and heading.kind.key not in strong and not heading.rest else ()


def _is_title(line: str, title: str, place: str) -> bool:
    """Whether a line is the sheet's title (again), or its body."""
    text = comparable(line)
    if not text:
        return False
    found, where = find_place(line.strip())
    if not where:
        found, where = leading_place(line)
    return text == title or (comparable(where) == place != "" and comparable(found) in {title, ""})


def _clump(opened: Sequence[_Open], index: int) -> list[_Open]:
    """A heading with what stands under it; or the headings that follow one another without text, up to one that has some."""
    clump = [opened[index]]
    if opened[index].heading is None:
        return clump
    while not clump[-1].has_text and _is_prose(clump[-1]) and index + len(clump) < len(opened):
        following = opened[index + len(clump)]
        if not _is_prose(following) or _key(following) in {_key(one) for one in clump}:
            break
        clump.append(following)
    if len(clump) >= _CLUMP and clump[-1].has_text:
        return clump
    if len(clump) >= _CLUMP and index == 1 and opened[0].has_text:
        return clump
    return clump[:1]


def _key(one: _Open) -> str:
    return one.heading.kind.key if one.heading else ""


def _is_prose(one: _Open) -> bool:
    return one.heading is not None and one.heading.kind.role is Role.PROSE


def _matched(lines: Sequence[str], headings: Sequence[Heading]) -> tuple[list[Part], list[Heading]]:
    """The parts of headings whose bodies stand apart, and the headings of which that is not sure."""
    paragraphs: list[Paragraph] = paragraphs_of_dump(lines)
    matched = match_by_content(paragraphs, [heading.kind for heading in headings])
    parts = [
        Part(
            heading.kind,
            heading.text,
            tuple(one.text for one, owner in zip(paragraphs, matched.owners, strict=True) if owner == index),
            heading.remark,
        )
        for index, heading in enumerate(headings)
    ]
    return parts, [headings[index] for index in matched.unsure]


def _part(one: _Open) -> tuple[Part, tuple[Goal, ...], set[str]]:
    """A part, the goals of a table in it (cells parted by tabs), and the paragraphs that are the table's rows."""
    heading = one.heading
    rows = [[" ".join(cell.split()) for cell in line.split("\t")] for line in one.lines if _is_row(line)]
    goals = goals_of_rows(rows) if len(rows) > 1 else ()
    texts = {_row_text(row) for row in rows}
    lines: list[str] = []
    for line in one.lines:
        # A row stands alone, whatever its length says of a column.
        lines += ["", line, ""] if _is_row(line) else [line]
    is_prose = heading is None or heading.kind.key != "partners"
    paragraphs = [
        _row_text(text.split("\t")) if "\t" in (text := one.text) else text
        for one in paragraphs_of_dump(lines, is_prose=is_prose)
    ]
    if heading is None:
        return Part(None, NO_HEADING, tuple(paragraphs)), goals, texts
    return Part(heading.kind, heading.text, tuple(paragraphs), heading.remark), goals, texts


def _is_row(line: str) -> bool:
    return line.rstrip().count("\t") >= 2


def _row_text(cells: Sequence[str]) -> str:
    return "　".join(" ".join(cell.split()) for cell in cells if cell.strip())
