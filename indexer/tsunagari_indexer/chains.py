"""A programme through the years: the records that are one, and making one of two because a person said so."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field, replace

from tsunagari_indexer.decisions import Decisions, Verdict
from tsunagari_indexer.sightings import Sighting

DECIDED = "人が同じと決めた"


@dataclass(frozen=True, slots=True)
class Seen:
    """A record with its id. ``evidence`` is what connects it with the year before it, in words; empty for a first one."""

    id: str
    sighting: Sighting
    evidence: str = ""


@dataclass(slots=True)
class Chain:
    """One programme through the years, oldest first."""

    seen: list[Seen] = field(default_factory=list)

    @property
    def id(self) -> str:
        """The id of its first record."""
        return self.seen[0].id

    @property
    def ids(self) -> frozenset[str]:
        """The ids of all its records."""
        return frozenset(one.id for one in self.seen)

    @property
    def last(self) -> Sighting:
        """As it was last seen."""
        return self.seen[-1].sighting

    @property
    def newest(self) -> tuple[Seen, ...]:
        """Its records of the last year: several only where a person said that they are one."""
        years = Counter(one.sighting.year for one in self.seen)
        return tuple(self.seen[-years[self.last.year] :])


def unite(chains: list[Chain], decided: Decisions) -> None:
    """Make one of all that people said is one, in place: across years and within one.

    Two of which any records were said to differ stay apart: what was decided contradicts itself then
    (:meth:`Decisions.not_kept`).
    """
    pairs = decided.same_pairs
    by_id = {record.id: chain for chain in chains for record in chain.seen} if pairs else {}
    for first, second in pairs:
        one, other = by_id.get(first), by_id.get(second)
        if one is None or other is None or one is other:
            continue
        if any(decided.about(record, other) is Verdict.DIFFERENT for record in one.ids):
            continue
        seen = sorted((*one.seen, *other.seen), key=lambda record: record.sighting.year)
        one.seen = [replace(seen[0], evidence=""), *(replace(it, evidence=it.evidence or DECIDED) for it in seen[1:])]
        other.seen = []
        by_id |= dict.fromkeys((record.id for record in one.seen), one)
    chains[:] = [chain for chain in chains if chain.seen]
