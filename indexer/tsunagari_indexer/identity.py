"""Which programme of this year is which programme of the years before.

A wrong certain match is the worst that can happen here (a woman would be sent to what another programme was), a question too many a
small thing. So only the same name at the same place, with something beside it that speaks for it and nothing that speaks for
another, is certain. What is merely likely, or could be several, is a question: until a person has decided it, the programme stands
on its own. A person's decisions hold over everything that is concluded here.

All of it is a function of the papers and the decisions: in whatever order papers were imported, the same programmes come out. A
programme has the id of its first year's record; the ids of the other years lead to it.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from tsunagari_indexer.chains import DECIDED, Chain, Seen, unite
from tsunagari_indexer.decisions import Decision, Decisions, Verdict
from tsunagari_indexer.likeness import Likeness, likeness, plain_name
from tsunagari_indexer.listings import OTHER_KINDS
from tsunagari_indexer.sightings import Sighting

#: A question names so many programmes of before at most.
_MOST_NAMED = 3
_MUNICIPALITY_DIGITS = 6


@dataclass(frozen=True, slots=True)
class Question:
    """A record that may be one of ``candidates``: (id of the programme of before, how alike), the likeliest first."""

    id: str
    candidates: tuple[tuple[str, Likeness], ...]
    is_ambiguous: bool


@dataclass(frozen=True, slots=True)
class Linked:
    """The programmes, and what a person must decide."""

    chains: tuple[Chain, ...]
    questions: tuple[Question, ...]


_NO_SUCCESSORS: Mapping[str, str] = {}


def link(
    records: Sequence[tuple[str, Sighting]],
    decisions: Sequence[Decision] = (),
    successors: Mapping[str, str] = _NO_SUCCESSORS,
) -> Linked:
    """The programmes that these records are, year by year.

    Args:
        records: every record of the papers, with its id, in an order that does not depend on when they were imported.
        decisions: what people decided, oldest first.
        successors: the code of the municipality that one of before has become, by its code.
    """
    decided = Decisions(decisions)
    chains: list[Chain] = []
    questions: list[Question] = []
    for year in sorted({sighting.year for _, sighting in records}):
        of_year = [(one, sighting) for one, sighting in records if sighting.year == year]
        questions += _Year(chains, of_year, decided, successors).settle()
    together = {one: chain.id for chain in chains for one in chain.ids}
    return Linked(
        tuple(chains),
        tuple(
            one for one in questions if all(together[one.id] != together[candidate] for candidate, _ in one.candidates)
        ),
    )


class _Year:
    """The records of one year against the programmes of the years before. ``chains`` is added to."""

    def __init__(
        self,
        chains: list[Chain],
        records: Sequence[tuple[str, Sighting]],
        decided: Decisions,
        successors: Mapping[str, str],
    ) -> None:
        self._chains = chains
        self._before = list(chains)
        self._records = records
        self._decided = decided
        self._successors = successors
        self._places = {(sighting.series, self._place(sighting)) for _, sighting in records}
        self._compared: dict[tuple[int, int], Likeness] = {}

    def settle(self) -> list[Question]:
        """Carry the records into the programmes; what is open comes back."""
        given: dict[int, tuple[int, str]] = {}
        self._as_decided(given)
        # A person may have said that several programmes became one.
        spoken_for = self._as_decided(given)
        self._certain(given, spoken_for)
        left_over = [at for at in range(len(self._records)) if at not in given]
        found = spoken_for | {chain for chain, _ in given.values()}
        asked = self._ask([at for at in range(len(self._before)) if at not in found], left_over)
        for at, (chain, evidence) in sorted(given.items()):
            self._before[chain].seen.append(Seen(*self._records[at], evidence))
        self._chains.extend(Chain([Seen(*self._records[at])]) for at in left_over)
        unite(self._chains, self._decided)
        return asked

    def _as_decided(self, given: dict[int, tuple[int, str]]) -> set[int]:
        """All programmes that people said are one of the records; the oldest of several is what the record is given to."""
        by_id = {one.id: number for number, chain in enumerate(self._before) for one in chain.seen}
        spoken_for = set()
        for at, (record, _) in enumerate(self._records):
            numbers = [by_id[one] for one in self._decided.partners(record) if one in by_id]
            numbers = sorted(number for number in numbers if self._may(number, at))
            if numbers:
                given[at] = numbers[0], DECIDED
                spoken_for.update(numbers)
        return spoken_for

    def _certain(self, given: dict[int, tuple[int, str]], taken: set[int]) -> None:
        """The same name at the same place, supported, and stronger than every other pair of either."""
        old = defaultdict(list)
        for number, chain in enumerate(self._before):
            if number not in taken:
                old[chain.last.kind, self._place(chain.last)].append(number)
        new = defaultdict(list)
        for at, (_, sighting) in enumerate(self._records):
            if at not in given:
                new[sighting.kind, self._place(sighting)].append(at)
        for key in old.keys() & new.keys():
            for number in old[key]:
                for at in new[key]:
                    if self._is_certain(number, at, old[key], new[key]):
                        given[at] = number, self._like(number, at).words

    def _is_certain(self, number: int, at: int, old: Sequence[int], new: Sequence[int]) -> bool:
        if not self._same_name(number, at) or not self._may(number, at):
            return False
        mine = self._like(number, at)
        sighting = self._records[at][1]
        with_numbers = sighting.kind not in OTHER_KINDS
        if not (mine.is_supported if with_numbers else mine.is_supported_without_numbers):
            return False
        if not mine.phone and not _is_in_a_prefecture(self._place(sighting)):
            return False
        rivals = [(other, at) for other in old if other != number] + [(number, other) for other in new if other != at]
        return not any(self._may(*rival) and self._disputes(number, at, rival) for rival in rivals)

    def _disputes(self, number: int, at: int, rival: tuple[int, int]) -> bool:
        """Whether another pair of one of the two could as well be meant."""
        mine, theirs = self._like(number, at), self._like(*rival)
        if theirs.same_name:
            # What is alike in all goes on in its own list, and from the year before rather than from an older one.
            nearer = mine.is_equal(theirs) and self._nearness(number, at) > self._nearness(*rival)
            return not (mine.is_clearly_stronger(theirs) or nearer)
        return mine.is_outdone_by(theirs)

    def _nearness(self, number: int, at: int) -> tuple[bool, int]:
        before, after = self._before[number].last, self._records[at][1]
        return before.series == after.series, before.year

    def _ask(self, old: Sequence[int], new: Sequence[int]) -> list[Question]:
        pairs = {
            (number, at): self._like(number, at)
            for number, at in self._candidates(old, new)
            if self._may(number, at) and self._is_plausible(number, at)
        }
        pairs |= self._only_ones(old, new, {at for _, at in pairs}, {number for number, _ in pairs})
        questions = []
        for at in new:
            own = {number: like for (number, other), like in pairs.items() if other == at}
            if not own:
                continue
            ranked = sorted(own, key=lambda number: (-own[number].weight, self._before[number].id))
            best = own[ranked[0]]
            rivals = [like for (number, other), like in pairs.items() if (number == ranked[0]) != (other == at)]
            questions.append(
                Question(
                    self._records[at][0],
                    tuple((self._before[number].id, own[number]) for number in ranked[:_MOST_NAMED]),
                    is_ambiguous=not all(best.is_stronger(like) for like in rivals),
                )
            )
        return questions

    def _candidates(self, old: Sequence[int], new: Sequence[int]) -> list[tuple[int, int]]:
        """The pairs of one kind that share a place or a number, within a prefecture a name, or the prefecture alone if nothing of
        the older place is on the new list."""
        by_key: dict[tuple[str, ...], list[int]] = defaultdict(list)
        for number in old:
            last = self._before[number].last
            by_key["place", last.kind, self._place(last)].append(number)
            for phone in last.phones:
                by_key["phone", last.kind, phone].append(number)
            by_key["name", last.kind, last.series, last.place_code[:2], plain_name(last.name)].append(number)
            if last.kind == "program" and (last.series, self._place(last)) not in self._places:
                by_key["prefecture", last.kind, last.series, last.place_code[:2]].append(number)
        pairs = set()
        for at in new:
            one = self._records[at][1]
            keys = [("place", one.kind, self._place(one)), ("prefecture", one.kind, one.series, one.place_code[:2])]
            keys += [("phone", one.kind, phone) for phone in one.phones]
            keys.append(("name", one.kind, one.series, one.place_code[:2], plain_name(one.name)))
            pairs |= {(number, at) for key in keys for number in by_key.get(key, ())}
        return sorted(pairs)

    def _only_ones(
        self, old: Sequence[int], new: Sequence[int], asked_new: set[int], asked_old: set[int]
    ) -> dict[tuple[int, int], Likeness]:
        """The only programme left of a place and its only new one, of one office, or with half of the words."""
        places: dict[tuple[str, str], tuple[list[int], list[int]]] = defaultdict(lambda: ([], []))
        for number in old:
            places[self._before[number].last.kind, self._place(self._before[number].last)][0].append(number)
        for at in new:
            places[self._records[at][1].kind, self._place(self._records[at][1])][1].append(at)
        found = {}
        for numbers, ats in places.values():
            if len(numbers) == 1 and len(ats) == 1 and numbers[0] not in asked_old and ats[0] not in asked_new:
                like = self._like(numbers[0], ats[0])
                same_office = like.phone and like.department
                if (same_office or (like.description or 0) >= 0.5) and self._may(numbers[0], ats[0]):
                    found[numbers[0], ats[0]] = like
        return found

    def _is_plausible(self, number: int, at: int) -> bool:
        before, after = self._before[number].last, self._records[at][1]
        if self._place(before) == self._place(after):
            like = self._like(number, at)
            text = like.description or 0
            near = like.name >= 0.6 and (bool(like.phone) or bool(like.department) or text >= 0.5)
            same_office = bool(like.phone) and (like.name >= 0.4 or text >= 0.4)
            return like.same_name or like.name >= 0.8 or text >= 0.75 or near or same_office
        if set(before.phones) & set(after.phones):
            like = self._like(number, at)
            return like.name >= 0.5 or (like.description or 0) >= 0.5
        like = self._like(number, at)
        text = like.description or 0
        if like.same_name and text >= 0.75 and len({len(before.place_code), len(after.place_code)} & {2}) == 1:
            return True  # From a city to its prefecture, or back.
        if (before.series, self._place(before)) in self._places:
            return False
        # Nothing of this place is on the new list: it may be part of another one now.
        unknown = not (_is_known(before.place_code) and _is_known(after.place_code))
        return (like.name >= 0.8 and text >= 0.6) or (unknown and (like.name >= 0.6 or text >= 0.6))

    def _may(self, number: int, at: int) -> bool:
        return self._decided.about(self._records[at][0], self._before[number]) is not Verdict.DIFFERENT

    def _same_name(self, number: int, at: int) -> bool:
        return self._like(number, at).same_name

    def _like(self, number: int, at: int) -> Likeness:
        key = number, at
        if key not in self._compared:
            before, after = self._before[number].last, self._records[at][1]
            self._compared[key] = likeness(before, after, same_place=self._place(before) == self._place(after))
        return self._compared[key]

    def _place(self, sighting: Sighting) -> str:
        return self._successors.get(sighting.place_code, sighting.place_code)


def _is_known(place_code: str) -> bool:
    """Whether it is the code of a prefecture or municipality of today, not a name that nobody knows."""
    return place_code.isdigit() and len(place_code) in {2, _MUNICIPALITY_DIGITS}


def _is_in_a_prefecture(place_code: str) -> bool:
    """Whether it is known of which prefecture a place is; a name alone (「府中市」) may be two places'."""
    return place_code[:2].isdigit()
