"""One page of a programme sheet as parts: its title, its headings, and what stands under each of them."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from tsunagari_parsers.boxes import Piece, holds, shared
from tsunagari_parsers.records import Goal, Rect
from tsunagari_parsers.sheet_flow import goal_tables, paragraphs_of_pieces, union
from tsunagari_parsers.sheet_headings import Kind, Role, amount_of, may_hold_sheet, number_of
from tsunagari_parsers.sheet_heads import Head, find_bodies, joined, known_heads, owner_of, unknown_heads
from tsunagari_parsers.sheet_title import find_title, is_form_title
from tsunagari_parsers.sheets import NO_HEADING
from tsunagari_parsers.tables import PageTables
from tsunagari_parsers.text import comparable

#: A page with fewer of the sheet's headings is no sheet, nor one with fewer that have prose under them.
_FEWEST_HEADINGS, _FEWEST_PROSE = 4, 2
#: Page numbers stand in this share of the page at its edges.
_EDGE = 0.07
_PAGE_NUMBER = re.compile(
    r"[-‐－―\s]*[0-9０-９]{1,3}(?:\s*/\s*[0-9]{1,3})?[-‐－―\s]*|P\.?\s*[0-9]{1,3}|[0-9０-９]{1,3}\s*ページ"
)
#: A value stands no further to the right of its heading than this share of the page, or below it (in heights).
_VALUE_BESIDE, _VALUE_BELOW = 0.3, 1.5


@dataclass(frozen=True, slots=True)
class PagePart:
    """What stands under one heading on one page; ``kind`` None for a heading that nobody knows."""

    kind: Kind | None
    heading: str
    paragraphs: tuple[str, ...]
    remark: str = ""
    goals: tuple[Goal, ...] = ()
    rows: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class SheetPage:
    """A page as parts of a sheet.

    ``title`` is what stands under 事業名, else the page's own title; ``title_text`` is all that its own title takes up, the place included; ``marks`` are the kinds of its headings by which a sheet
    is recognised; ``extent`` is that of its text, None where it has none.
    """

    page: int
    title: str
    place: str
    title_text: str
    parts: tuple[PagePart, ...]
    marks: frozenset[str]
    is_sheet: bool
    has_overview: bool
    extent: Rect | None


def is_sheet_page(page: PageTables) -> bool:
    """Whether enough of a sheet's headings stand on the page, and not beside one another as a list's columns do."""
    # Box by box, so that a heading over several lines is in one piece.
    pieces = sorted(page.pieces, key=lambda piece: -1 if piece.box is None else piece.box)
    text = "".join(piece.text for piece in pieces)
    return may_hold_sheet(text, _FEWEST_HEADINGS) and read_sheet_page(page).is_sheet


def read_sheet_page(page: PageTables) -> SheetPage:
    """The parts of a page; one without headings has one part, without a heading."""
    tables = goal_tables(page)
    numbers = {at for at, piece in enumerate(page.pieces) if _is_page_number(piece, page)}
    tabled = {at for at, piece in enumerate(page.pieces) if any(holds(table.rect, piece.rect) for table in tables)}
    heads = known_heads(page, numbers | tabled)
    marks = [head for head in heads if head.is_mark]
    find_bodies(page.boxes, heads)
    drawing = _overview_of_page(heads)
    if drawing:
        # A word within the drawing is a heading only where a box of its own makes it one.
        heads = [head for head in heads if head is drawing or (head.is_mark and (head.body is not None or head.rest))]
    taken = numbers | tabled | {at for head in heads for at in head.pieces}
    taken |= _take_values(page, heads, taken)
    title = find_title(page, taken, has_headings=_is_sheet(marks))
    taken |= title.pieces
    if not drawing:
        heads += unknown_heads(page, heads, taken)
        taken |= {at for head in heads for at in head.pieces}
    nobody = Head(None, NO_HEADING, Rect(0, 0, 0, 0), frozenset())
    goals = next((head for head in heads if head.kind and head.kind.key == "goals"), None)
    for table in tables:
        (owner_of(table.rect, 0.0, page.boxes, heads) or drawing or goals or nobody).tables.append(table)
    for at, piece in enumerate(page.pieces):
        if at not in taken:
            (_owner(piece, page, heads, drawing) or nobody).owned.append(at)
    name = _value(page, heads, Role.NAME)
    if title.place and title.title and not is_form_title(title.title):
        name = ""  # What stands beside its body in brackets is the programme's name.
    elif name and comparable(name) != comparable(title.title):
        nobody.owned += sorted(title.pieces)
    extents = [piece.rect for at, piece in enumerate(page.pieces) if at not in numbers]
    return SheetPage(
        page=page.page,
        title=name or title.title,
        place=title.place or _value(page, heads, Role.BODY),
        title_text=joined([page.pieces[at] for at in title.pieces]),
        parts=tuple(_part(page, head) for head in [*heads, nobody] if head is not nobody or head.owned or head.tables),
        marks=frozenset(head.kind.key for head in marks if head.kind),
        is_sheet=_is_sheet(marks),
        has_overview=any(head.is_overview for head in heads),
        extent=union(extents) if extents else None,
    )


def _owner(piece: Piece, page: PageTables, heads: Sequence[Head], drawing: Head | None) -> Head | None:
    """The heading of a piece; on an overview's page what stands under no other heading is the overview's."""
    if drawing is None:
        return owner_of(piece.rect, piece.size, page.boxes, heads)
    bodies = [head for head in heads if head is not drawing and head.body is not None]
    return next(
        (head for head in bodies if head.body is not None and holds(page.boxes[head.body].rect, piece.rect)), drawing
    )


def _is_page_number(piece: Piece, page: PageTables) -> bool:
    at_edge = piece.rect.bottom > (1 - _EDGE) * page.height or piece.rect.top < _EDGE * page.height
    return at_edge and piece.box is None and bool(_PAGE_NUMBER.fullmatch(piece.text))


def _is_sheet(marks: Sequence[Head]) -> bool:
    """Whether headings are enough for a sheet; those of a list's columns stand all on one line."""
    prose = [head for head in marks if head.is_prose]
    if len(marks) < _FEWEST_HEADINGS or len(prose) < _FEWEST_PROSE:
        return False
    tops = [head.rect.top for head in prose]
    return max(tops) - min(tops) > max(head.rect.bottom - head.rect.top for head in prose)


def _overview_of_page(heads: Sequence[Head]) -> Head | None:
    """The heading of a page that is an overview as a whole: hardly a part of the sheet stands beside it."""
    overview = next((head for head in heads if head.is_overview), None)
    return overview if sum(head.is_prose for head in heads) < _FEWEST_PROSE else None


def _take_values(page: PageTables, heads: Sequence[Head], taken: set[int]) -> set[int]:
    """Give the headings of single values what stands in their boxes, beside them or below; which pieces those are."""
    found: set[int] = set()
    for head in heads:
        if not head.is_value or head.rest:
            continue
        free = [at for at in range(len(page.pieces)) if at not in taken | found]
        if head.body is not None:
            own = [at for at in free if holds(page.boxes[head.body].rect, page.pieces[at].rect)]
        else:
            own = _value_near(page, head, free)
        if own and _reads(head, joined([page.pieces[at] for at in own])):
            head.owned = own
            found |= set(own)
    return found


def _value_near(page: PageTables, head: Head, free: Sequence[int]) -> list[int]:
    height = head.rect.bottom - head.rect.top
    near: list[tuple[float, int]] = []
    for at in free:
        rect = page.pieces[at].rect
        beside = shared(head.rect.top, head.rect.bottom, rect.top, rect.bottom) >= 0.5
        if beside and 0 <= rect.x0 - head.rect.x1 + height < _VALUE_BESIDE * page.width:
            near.append((rect.x0 - head.rect.x1, at))
        elif (
            0 <= rect.top - head.rect.bottom + 3 < _VALUE_BELOW * height
            and shared(head.rect.x0, head.rect.x1, rect.x0, rect.x1) > 0
        ):
            near.append((page.width + rect.top, at))
    reading = [(gap, at) for gap, at in near if _reads(head, page.pieces[at].text)]
    return [min(reading)[1]] if reading else []


def _value(page: PageTables, heads: Sequence[Head], role: Role) -> str:
    """The value under the heading of a role, "" where there is none."""
    head = next((head for head in heads if head.kind and head.kind.role is role), None)
    return (head.rest or joined([page.pieces[at] for at in head.owned])) if head else ""


def _reads(head: Head, text: str) -> bool:
    """Whether a text can be the value of a heading."""
    role = head.kind.role if head.kind else Role.PROSE
    if role in {Role.BUDGET, Role.GRANT}:
        return amount_of(text, head.remark) is not None
    return number_of(text) is not None if role is Role.NUMBER else bool(text)


def _part(page: PageTables, head: Head) -> PagePart:
    is_prose = head.kind is None or head.kind.key != "partners"
    pieces = [page.pieces[at] for at in head.owned]
    paragraphs = paragraphs_of_pieces(page, pieces, head.tables, body=head.body, is_prose=is_prose)
    return PagePart(
        head.kind,
        head.text,
        tuple([head.rest, *paragraphs] if head.rest else paragraphs),
        head.remark,
        tuple(goal for table in head.tables for goal in table.goals),
        frozenset(row for table in head.tables for row in table.rows),
    )
