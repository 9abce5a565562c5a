"""The headings on a page of a programme sheet, and the box that is each one's body: decided by where they stand."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field

from tsunagari_parsers.boxes import Box, Piece, contains, holds, shared
from tsunagari_parsers.records import Rect
from tsunagari_parsers.sheet_flow import GoalTable, is_title_of, union
from tsunagari_parsers.sheet_headings import VALUES, Heading, Kind, Role, find_heading, find_headings
from tsunagari_parsers.sheet_lines import ends_sentence, is_item
from tsunagari_parsers.tables import PageTables
from tsunagari_parsers.text import join_name, remove_layout_spaces

#: A heading in a box of its own takes at most so many lines; one that is written downwards has a line for each character.
_LINES, _LINES_DOWNWARDS = 4, 12
#: A bar that is no higher than this holds one line (parts of the text's size).
_BAR = 2.5
#: A title in a box that nobody knows has at most so many characters.
_LONGEST_TITLE = 24
#: A box this close to a heading is next to it (points); below it, in parts of the heading's height.
_BESIDE, _BELOW = 12.0, 0.8
#: A text this far below the body of a heading is not its overflow (parts of the text's size).
_OVERFLOW = 2.5
#: The kinds whose part is one value.
ONE_VALUE = VALUES - {Role.CONTACT}


@dataclass(slots=True)
class Head:
    """A heading on a page; ``kind`` None where nobody knows it.

    ``pieces`` are the indexes of its own text; ``box`` is the box that holds nothing else, ``within`` the box in which it
    stands as a line, ``body`` the box that is wholly its own. ``owned`` and ``tables`` are what was found to stand under it.
    """

    kind: Kind | None
    text: str
    rect: Rect
    pieces: frozenset[int]
    box: int | None = None
    within: int | None = None
    rest: str = ""
    remark: str = ""
    body: int | None = None
    owned: list[int] = field(default_factory=list)
    tables: list[GoalTable] = field(default_factory=list)

    @property
    def is_value(self) -> bool:
        """Whether one value stands under it."""
        return self.kind is not None and self.kind.role in ONE_VALUE

    @property
    def is_mark(self) -> bool:
        """Whether a sheet is recognised by it."""
        return self.kind is not None and self.kind.is_mark

    @property
    def is_overview(self) -> bool:
        """Whether it stands over an overview."""
        return self.kind is not None and self.kind.role is Role.OVERVIEW

    @property
    def is_prose(self) -> bool:
        """Whether it stands over a part of the sheet's prose."""
        return self.is_mark and self.kind is not None and self.kind.role is Role.PROSE


def known_heads(page: PageTables, without: set[int]) -> list[Head]:
    """The headings of known kinds: those in boxes of their own, then lines; of one kind only the first.

    ``without`` are pieces that can be none (a table's, page numbers).
    """
    by_box: dict[int | None, list[int]] = {}
    for at, piece in enumerate(page.pieces):
        if at not in without:
            by_box.setdefault(piece.box, []).append(at)
    heads = [head for box, own in by_box.items() if box is not None for head in _of_box(page, box, own)]
    heads = _first_of_kind(heads, [])
    used = {at for head in heads for at in head.pieces}
    lines = [head for own in by_box.values() for at in own if at not in used for head in _of_line(page, at)]
    heads = _first_of_kind(lines, heads)
    used = {at for head in heads for at in head.pieces}
    weak = [head for box, own in by_box.items() if not used & set(own) for head in _weak(page, box, own)]
    return _first_of_kind(weak, heads)


def unknown_heads(page: PageTables, heads: Sequence[Head], taken: set[int]) -> list[Head]:
    """Boxes with a short text, laid over the edge of another box or filled and right above one: titles that nobody knows.

    Those inside the body of a known heading are titles within that part.
    """
    by_box: dict[int, list[int]] = {}
    for at, piece in enumerate(page.pieces):
        if piece.box is not None:
            by_box.setdefault(piece.box, []).append(at)
    known_bodies = [page.boxes[head.body].rect for head in heads if head.body is not None]
    not_bodies = {head.box for head in heads} | {head.body for head in heads}
    found: list[Head] = []
    for box, own in by_box.items():
        title, text = page.boxes[box], joined([page.pieces[at] for at in own])
        if box in not_bodies or set(own) & taken or len(own) > _LINES or len(text) > _LONGEST_TITLE:
            continue
        if ends_sentence(text) or is_item(text) or any(contains(body, title.rect) for body in known_bodies):
            continue
        body = next(
            (
                other
                for other, one in enumerate(page.boxes)
                if other in by_box and other not in not_bodies and other != box and _has_title(title, one)
            ),
            None,
        )
        if body is not None:
            found.append(Head(None, text, title.rect, frozenset(own), box=box, body=body))
            not_bodies |= {body, box}
    return found


def find_bodies(boxes: Sequence[Box], heads: Sequence[Head]) -> None:
    """Give each heading the box that is wholly its, if there is one; no box to two headings."""
    without = {head.box for head in heads} | {head.body for head in heads}
    # What is drawn over an edge is sure; what is next to a heading could be another's.
    for choose in (_overlaid, _enclosing, _adjacent):
        for head in sorted(heads, key=lambda head: (head.rect.top, head.rect.x0)):
            if head.body is None and not head.rest:
                head.body = choose(boxes, head, heads, without)
                without.add(head.body)


def owner_of(rect: Rect, size: float, boxes: Sequence[Box], heads: Sequence[Head]) -> Head | None:
    """The heading that a text stands under: by the boxes around it from the smallest, else by what is above it."""
    chain = [index for index, box in enumerate(boxes) if holds(box.rect, rect)]
    parts = [head for head in heads if not head.is_value]
    for box in chain:
        for head in parts:
            if head.body == box:
                return head
        # Several headings in one box: the one above within it.
        inside = [head for head in parts if head.body is None and contains(boxes[box].rect, head.rect)]
        if found := _nearest(rect, [(head, _column(head, parts)) for head in inside]):
            return found
    around = set(chain)
    free = [
        (head, _column(head, parts) if head.body is None else union([head.rect, boxes[head.body].rect]))
        for head in parts
        if head.within is None or head.within in around
    ]
    found = _nearest(rect, free)
    if found and found.body is not None and rect.top - boxes[found.body].rect.bottom > _OVERFLOW * size:
        return None
    return found


def joined(pieces: Sequence[Piece]) -> str:
    """The text of a few pieces as one line, from the top left; of one written downwards, its characters."""
    ordered = sorted(pieces, key=lambda piece: (round(piece.rect.top), piece.rect.x0))
    return join_name([piece.text for piece in ordered])


def _first_of_kind(new: Sequence[Head], heads: Sequence[Head]) -> list[Head]:
    """The heads with the new ones of kinds that they lack, the uppermost of each."""
    known = {head.kind.key for head in heads if head.kind}
    out = list(heads)
    for head in sorted(new, key=lambda head: (head.rect.top, head.rect.x0)):
        if head.kind and head.kind.key not in known:
            known.add(head.kind.key)
            out.append(head)
    return out


def _of_box(page: PageTables, box: int, own: Sequence[int]) -> Iterator[Head]:
    """The heading that a box holds and nothing else, or the values with their headings that fill it."""
    pieces = [page.pieces[at] for at in own]
    downwards = all(len(piece.text) <= 2 for piece in pieces)
    if len(own) > (_LINES_DOWNWARDS if downwards else _LINES):
        return
    found = find_headings(joined(pieces))
    if any((heading.rest or len(found) > 1) and heading.kind.role not in ONE_VALUE for heading in found):
        return
    alone = len(found) == 1 and not found[0].rest
    rect = page.boxes[box].rect if alone else union([piece.rect for piece in pieces])
    for at, heading in enumerate(found):
        yield _head(heading, rect, own if at == 0 else (), box=box if alone else None, within=None if alone else box)


def _of_line(page: PageTables, at: int) -> Iterator[Head]:
    piece = page.pieces[at]
    found = find_headings(piece.text)
    bar = page.boxes[piece.box].rect if piece.box is not None else None
    if len(found) == 1 and not found[0].rest and bar and bar.bottom - bar.top < _BAR * piece.size:
        # Text of another box has run into the heading's bar.
        yield _head(found[0], bar, (at,), box=piece.box)
        return
    for index, heading in enumerate(found):
        yield _head(heading, piece.rect, (at,) if index == 0 else (), within=piece.box)


def _weak(page: PageTables, box: int | None, own: Sequence[int]) -> Iterator[Head]:
    """Headings in words that also stand within parts: only what fills a box, or a line outside all of them."""
    units = [[at] for at in own] if box is None else [own] if len(own) <= _LINES else []
    for unit in units:
        pieces = [page.pieces[at] for at in unit]
        text = joined(pieces)
        heading = None if text[:1] in "【＜<「・" else find_heading(text, weak=True)
        if heading and not heading.rest:
            rect = page.boxes[box].rect if box is not None else pieces[0].rect
            yield _head(heading, rect, unit, box=box)


def _head(
    heading: Heading, rect: Rect, pieces: Sequence[int], *, box: int | None = None, within: int | None = None
) -> Head:
    text = remove_layout_spaces(heading.text)
    return Head(heading.kind, text, rect, frozenset(pieces), box, within, heading.rest, heading.remark)


def _has_title(title: Box, body: Box) -> bool:
    above = title.is_filled and not body.is_filled and _is_below(title.rect, body.rect) and body.area > title.area
    sides = abs(title.rect.x0 - body.rect.x0) <= _BESIDE and abs(title.rect.x1 - body.rect.x1) <= _BESIDE
    return is_title_of(title, body) or (above and sides)


_Choose = Callable[[Sequence[Box], Head, Sequence[Head], set[int | None]], int | None]


def _overlaid(boxes: Sequence[Box], head: Head, heads: Sequence[Head], without: set[int | None]) -> int | None:
    """The smallest box whose upper edge the heading stands on."""
    title = Box(head.rect, is_filled=False)
    for index, box in enumerate(boxes):
        if index not in without and is_title_of(title, box) and not _others(box, head, heads):
            return index
    return None


def _enclosing(boxes: Sequence[Box], head: Head, heads: Sequence[Head], without: set[int | None]) -> int | None:
    """The smallest box around a heading, if the heading stands at its top and no other heading in it."""
    height = head.rect.bottom - head.rect.top
    for index, box in enumerate(boxes):
        if index in without or not contains(box.rect, head.rect):
            continue
        is_own = not _others(box, head, heads) and head.rect.top - box.rect.top <= 2 * height
        return index if is_own and box.area > 2 * (head.rect.x1 - head.rect.x0) * height else None
    return None


def _adjacent(boxes: Sequence[Box], head: Head, heads: Sequence[Head], without: set[int | None]) -> int | None:
    """The box right below or right beside a heading: the one whose side fits the heading's own better."""
    best: tuple[float, int] | None = None
    for index, box in enumerate(boxes):
        if index in without or contains(box.rect, head.rect) or _others(box, head, heads):
            continue
        if _is_below(head.rect, box.rect) and head.within is None:
            fit = _fit(head.rect.x1 - head.rect.x0, box.rect.x1 - box.rect.x0)
        elif head.box is not None and _is_beside(head.rect, box.rect):
            fit = _fit(head.rect.bottom - head.rect.top, box.rect.bottom - box.rect.top)
        else:
            continue
        if best is None or fit > best[0]:
            best = fit, index
    return best[1] if best else None


def _others(box: Box, head: Head, heads: Sequence[Head]) -> bool:
    """Whether another heading stands in a box."""
    return any(other is not head and holds(box.rect, other.rect) for other in heads)


def _fit(one: float, other: float) -> float:
    return min(one, other) / max(one, other, 1.0)


def _is_below(title: Rect, body: Rect) -> bool:
    gap = body.top - title.bottom
    return -3 <= gap <= _BELOW * (title.bottom - title.top) and shared(title.x0, title.x1, body.x0, body.x1) >= 0.5


def _is_beside(title: Rect, body: Rect) -> bool:
    return -3 <= body.x0 - title.x1 <= _BESIDE and shared(title.top, title.bottom, body.top, body.bottom) >= 0.7


def _column(head: Head, heads: Sequence[Head]) -> Rect:
    """A heading with the breadth that the headings beside it leave to its text."""
    left, right = 0.0, float("inf")
    for other in heads:
        if shared(head.rect.top, head.rect.bottom, other.rect.top, other.rect.bottom) > 0:
            if other.rect.x0 >= head.rect.x1:
                right = min(right, other.rect.x0)
            elif other.rect.x1 <= head.rect.x0:
                left = max(left, other.rect.x1)
    return Rect(left, head.rect.top, right, head.rect.bottom)


def _nearest(rect: Rect, heads: Sequence[tuple[Head, Rect]]) -> Head | None:
    """The heading whose region ends closest above ``rect`` in its column, else the closest at its left on its line."""
    above = [
        (max(0.0, rect.top - region.bottom), abs(rect.x0 - head.rect.x0), at)
        for at, (head, region) in enumerate(heads)
        if head.rect.top < rect.top and shared(region.x0, region.x1, rect.x0, rect.x1) > 0
    ]
    beside = [
        (rect.x0 - head.rect.x1, 0.0, at)
        for at, (head, _) in enumerate(heads)
        if head.rect.x1 <= rect.x0 + 1 and shared(head.rect.top, head.rect.bottom, rect.top, rect.bottom) >= 0.5
    ]
    best = min(beside or above, default=None)
    return heads[best[2]][0] if best else None
