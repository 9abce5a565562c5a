"""What a programme was in the years before, and what changed from one to the next."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Self

from tsunagari_parsers import Goal, Phone, Section
from tsunagari_parsers.text import comparable

#: Fields whose earlier text is not kept with a programme: it may name what a later edition no longer should.
_LONG = frozenset({"description", "sections", "goals"})


@dataclass(frozen=True, slots=True)
class Facts:
    """What a programme says. ``budget`` and ``grant`` are in thousands of yen."""

    program_name: str
    prefecture: str
    municipality: str | None
    description: str
    department: str
    phones: tuple[Phone, ...]
    budget: int | None = None
    grant: int | None = None
    sections: tuple[Section, ...] = ()
    goals: tuple[Goal, ...] = ()


@dataclass(frozen=True, slots=True)
class FieldChange:
    """One field of a programme that is another now. Texts are as shown; of a list of numbers they are joined by 「、」."""

    field: str
    old: str
    new: str


@dataclass(frozen=True, slots=True)
class YearSeen:
    """One year of a programme: the id of that year's record, where it stands, what connects it with the year before, what changed.

    Of long texts ``changes`` says that they changed, not what they were.
    """

    fiscal_year: int
    id: str
    document: str
    page: int
    row: int
    evidence: str = ""
    changes: tuple[FieldChange, ...] = ()

    @classmethod
    def from_json(cls, values: Mapping[str, Any]) -> Self:
        """From plain values, as :func:`dataclasses.asdict` gives them."""
        return cls(**{**values, "changes": tuple(FieldChange(**one) for one in values["changes"])})


def field_changes(before: Facts, after: Facts) -> tuple[FieldChange, ...]:
    """Every field that is another, the gravest first. Differences of width and white space are none."""
    return tuple(
        FieldChange(field, old, new)
        for (field, old), (_, new) in zip(_texts(before), _texts(after), strict=True)
        if comparable(old) != comparable(new)
    )


def without_long_texts(changes: tuple[FieldChange, ...]) -> tuple[FieldChange, ...]:
    """The changes as they are kept with a programme."""
    return tuple(FieldChange(one.field, "", "") if one.field in _LONG else one for one in changes)


def phones_text(phones: tuple[Phone, ...]) -> str:
    """The numbers with their extensions, joined by 「、」."""
    return "、".join(one.number + (f"（内線{one.extension}）" if one.extension else "") for one in phones)


def _texts(one: Facts) -> Iterator[tuple[str, str]]:
    yield "phones", phones_text(one.phones)
    yield "program_name", one.program_name
    yield "place", f"{one.prefecture}{one.municipality or ''}"
    yield "department", one.department
    yield "description", one.description
    yield "sections", "\n".join(f"{part.heading}\n{part.text}" for part in one.sections)
    yield "goals", "\n".join("\t".join((goal.name, goal.target, goal.actual, goal.rate)) for goal in one.goals)
    yield "budget", "" if one.budget is None else str(one.budget)
    yield "grant", "" if one.grant is None else str(one.grant)
