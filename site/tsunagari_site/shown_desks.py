"""Which desks and lines the pages show, and in which order."""

from __future__ import annotations

from collections.abc import Iterable

from tsunagari_indexer.lexicon import known_lexicon
from tsunagari_parsers import Desk, known_desks

#: The lines of the strip on every page: at any hour, for anybody or for violence at home.
_STRIP = ("line-yorisoi", "line-soudan-plus", "line-110")
#: Prefectures in parts of which #8778 does not connect (facts of June 2024, as the line's own note says).
_GAPS_OF_8778 = frozenset({"03", "15", "26", "28", "40", "44", "47"})
#: Where no desk of the prefecture is known, and below every list.
_ANYWHERE = ("line-8778", "line-8008")


def shown_desks() -> tuple[Desk, ...]:
    """Every desk and line that may be shown."""
    return tuple(desk for desk in known_desks() if not desk.proposal)


def strip_desks() -> tuple[Desk, ...]:
    """The lines that stand on every page; each answers at any hour."""
    return desks_named(_STRIP)


def desks_for(prefecture_code: str | None) -> tuple[Desk, ...]:
    """The desk of a prefecture, if one is known well enough, before the numbers that lead to the nearest one."""
    own = tuple(desk for desk in shown_desks() if prefecture_code and desk.prefecture == prefecture_code)
    return own + desks_named(_ANYWHERE)


def prefecture_page(prefecture_code: str | None) -> Desk | None:
    """The entry of a prefecture of which only the own page may be shown: no number of it has a second source."""
    return next(
        (desk for desk in known_desks() if desk.proposal and desk.url and desk.prefecture == prefecture_code), None
    )


def has_gap_of_8778(prefecture_code: str | None) -> bool:
    """Whether #8778 is said not to connect in parts of a prefecture."""
    return prefecture_code in _GAPS_OF_8778


def desks_named(ids: Iterable[str]) -> tuple[Desk, ...]:
    """The desks and lines of these ids that may be shown, in this order."""
    by_id = {desk.id: desk for desk in shown_desks()}
    return tuple(by_id[name] for name in ids if name in by_id)


def urgent_desks(urgent: Iterable[str]) -> tuple[Desk, ...]:
    """The lines for urgent concepts, each once, in the order of the lexicon: what is most dangerous first."""
    wanted = set(urgent)
    concepts = [concept for concept in known_lexicon().concepts.values() if concept.id in wanted]
    return desks_named(dict.fromkeys(desk for concept in concepts for desk in concept.desks))
