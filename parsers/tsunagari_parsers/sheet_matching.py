"""Texts that stand apart from their headings: which text is whose, decided by what it says.

Drawing order puts all headings of a sheet first and the bodies after them in another order. A body is a run of paragraphs, and
each heading has one: of all ways to cut the paragraphs into runs and to give each run a heading, the one with the most
evidence is taken. Evidence are words (``data/sheet_headings.toml``) and the width of the column in which a paragraph was set.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from tsunagari_parsers.sheet_headings import Kind
from tsunagari_parsers.sheet_lines import Paragraph, is_subtitle
from tsunagari_parsers.text import comparable

#: What a change of heading costs, what a heading left without text costs, and two widths in one body.
_CHANGE, _MISSING, _TWO_WIDTHS = 1.0, 4.0, 3.0
#: What it costs besides to begin a body where no blank line stands.
_NO_GAP = 2.0
#: Columns differ when their widths do by this many characters.
_WIDTHS_DIFFER = 3.0


@dataclass(frozen=True, slots=True)
class Matched:
    """The index of the heading that each paragraph belongs to, and the headings whose text has no evidence of its own."""

    owners: tuple[int, ...]
    unsure: tuple[int, ...]


def match_by_content(paragraphs: Sequence[Paragraph], kinds: Sequence[Kind]) -> Matched:
    """Give each paragraph to one of ``kinds``, each kind one run of them; a title in brackets goes with what follows it."""
    units = _units(paragraphs)
    matched = _match([unit for unit, _ in units], kinds)
    owners = (owner for owner, (_, count) in zip(matched.owners, units, strict=True) for _ in range(count))
    return Matched(tuple(owners), matched.unsure)


def _units(paragraphs: Sequence[Paragraph]) -> list[tuple[Paragraph, int]]:
    """Paragraphs with the titles before them as one, and of how many each is made."""
    units: list[tuple[Paragraph, int]] = []
    titles: list[str] = []
    for index, one in enumerate(paragraphs):
        if is_subtitle(one.text) and index + 1 < len(paragraphs):
            titles.append(one.text)
        else:
            first = paragraphs[index - len(titles)]
            units.append((Paragraph("\n".join([*titles, one.text]), one.width, first.is_close), len(titles) + 1))
            titles = []
    return units


def _match(paragraphs: Sequence[Paragraph], kinds: Sequence[Kind]) -> Matched:
    scores = [[_score(one, kind) for kind in kinds] for one in paragraphs]
    # State: (kind of the last paragraph, kinds used). Value: (score, owners so far).
    states: dict[tuple[int, frozenset[int]], tuple[float, tuple[int, ...]]] = {}
    for at, own in enumerate(scores):
        following: dict[tuple[int, frozenset[int]], tuple[float, tuple[int, ...]]] = {}
        before = states or {(-1, frozenset()): (0.0, ())}
        for (last, used), (score, owners) in before.items():
            for kind in range(len(kinds)):
                if kind != last and kind in used:
                    continue
                value = score + own[kind] - _cost(paragraphs, owners, at, is_change=kind != last)
                key = (kind, used | {kind})
                if key not in following or value > following[key][0]:
                    following[key] = (value, (*owners, kind))
        states = following
    if not states:
        return Matched((), tuple(range(len(kinds))))
    best = max(states.items(), key=lambda item: item[1][0] - _MISSING * (len(kinds) - len(item[0][1])))
    owners = best[1][1]
    unsure = tuple(
        kind
        for kind in range(len(kinds))
        if sum(scores[at][kind] for at, owner in enumerate(owners) if owner == kind) <= 0
    )
    return Matched(owners, unsure)


def _score(paragraph: Paragraph, kind: Kind) -> float:
    text = comparable(paragraph.text)
    return float(sum(weight for pattern, weight in kind.evidence if pattern.search(text)))


def _cost(paragraphs: Sequence[Paragraph], owners: Sequence[int], at: int, *, is_change: bool) -> float:
    """What it costs to begin a new body at a paragraph, or to go on with the one before: nothing, unless the columns differ."""
    if is_change:
        return (_CHANGE + (_NO_GAP if paragraphs[at].is_close else 0.0)) if at else 0.0
    own = paragraphs[at].width
    for index in range(at - 1, -1, -1):
        if owners[index] != owners[-1]:
            break
        width = paragraphs[index].width
        if own is not None and width is not None:
            return _TWO_WIDTHS if abs(own - width) >= _WIDTHS_DIFFER else 0.0
    return 0.0
