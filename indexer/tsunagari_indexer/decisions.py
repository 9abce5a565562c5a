"""What people decided of records: that two are one programme, that they are not, or that one is none."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol


class Programme(Protocol):
    """What has the ids of its years."""

    @property
    def ids(self) -> frozenset[str]:
        """The ids of all its records."""


class Verdict(StrEnum):
    """What a person decided of two records, or of one."""

    SAME = "same"
    DIFFERENT = "different"
    LEFT_OUT = "left out"
    """The record is no programme; it is not shown."""


@dataclass(frozen=True, slots=True)
class Decision:
    """A person's word on the records ``first`` and ``second`` (ids of any of their years); ``second`` is empty for ``LEFT_OUT``."""

    verdict: Verdict
    first: str
    second: str = ""
    reason: str = ""
    by: str = ""
    at: str = ""


class Decisions:
    """The decisions as they hold now: of two on the same records the later one."""

    def __init__(self, decisions: Sequence[Decision]) -> None:
        latest = {frozenset((one.first, one.second)): one for one in decisions}
        self._latest = tuple(latest.values())
        self._pairs = {pair: one.verdict for pair, one in latest.items()}
        self._partners: dict[str, list[tuple[str, Verdict]]] = defaultdict(list)
        for one in latest.values():
            self._partners[one.first].append((one.second, one.verdict))
            self._partners[one.second].append((one.first, one.verdict))

    def not_kept(self, programmes: Mapping[str, str]) -> tuple[Decision, ...]:
        """Those on two records that contradict others, so that they could not be kept.

        ``programmes`` is the programme that each shown record came to be of; a decision on a record that is not shown says nothing.
        """
        return tuple(
            one
            for one in self._latest
            if one.first in programmes
            and one.second in programmes
            and (programmes[one.first] == programmes[one.second]) != (one.verdict is Verdict.SAME)
        )

    @property
    def same_pairs(self) -> tuple[tuple[str, str], ...]:
        """The pairs of records that people said are one, the first said first."""
        return tuple((one.first, one.second) for one in self._latest if one.verdict is Verdict.SAME and one.second)

    def was_compared(self, record: str) -> bool:
        """Whether a person said of a record that it is, or is not, another one."""
        return any(other for other, _ in self._partners.get(record, ()))

    def are_said_to_be_one(self, first: str, second: str) -> bool:
        """Whether a person said so of exactly these two."""
        return self._pairs.get(frozenset((first, second))) is Verdict.SAME

    def left_out(self, record: str) -> bool:
        """Whether a record is not to be shown."""
        return self._pairs.get(frozenset((record, ""))) is Verdict.LEFT_OUT

    def partners(self, record: str) -> tuple[str, ...]:
        """The records that a person said are the same as this one."""
        return tuple(other for other, verdict in self._partners.get(record, ()) if verdict is Verdict.SAME)

    def about(self, record: str, programme: Programme) -> Verdict | None:
        """What was decided of a record and a programme, by any of its years; that they differ counts before that they are one."""
        partners = self._partners.get(record)
        if not partners:
            return None
        ids = programme.ids
        found = {verdict for other, verdict in partners if other in ids}
        return Verdict.DIFFERENT if Verdict.DIFFERENT in found else Verdict.SAME if found else None
