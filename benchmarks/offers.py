"""How well offers and venues are found: `python -m benchmarks.offers`. Precision and recall for each kind, against the reviewed golden.

A find counts if its kind stands in the golden, its evidence touches words that the golden gives for it, and its marks are the same.
Exits with 1 where precision or recall over all kinds is under what the project promises.
"""

from __future__ import annotations

import json
import sys
import tomllib
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from tsunagari_indexer.offers import known_offer_rules
from tsunagari_indexer.venues import known_venue_rules

FIXTURE = Path(__file__).parent.parent / "fixtures" / "national_list_r3"
PROMISE = 0.97


@dataclass(frozen=True, slots=True)
class Expected:
    """One offer or venue of the golden: its kind, with the words of which one must be touched."""

    kind: str
    texts: tuple[str, ...]
    marks: tuple[str, ...] = ()
    name: str = ""


@dataclass(frozen=True, slots=True)
class Found:
    """One offer or venue that the rules found: offsets in the description."""

    kind: str
    start: int
    end: int
    marks: tuple[str, ...] = ()
    name: str = ""


@dataclass(frozen=True, slots=True)
class Described:
    """A programme's place in the list, for messages, and its description."""

    where: str
    text: str


@dataclass(slots=True)
class Score:
    """How often the rules were right, said too much, and said too little."""

    right: int = 0
    too_much: int = 0
    missed: int = 0
    errors: list[str] = field(default_factory=list)

    @property
    def precision(self) -> float:
        """Of what was found, the part that is right; 1 where nothing was found."""
        return self.right / (self.right + self.too_much) if self.right + self.too_much else 1.0

    @property
    def recall(self) -> float:
        """Of what stands there, the part that was found; 1 where nothing does."""
        return self.right / (self.right + self.missed) if self.right + self.missed else 1.0

    def add(self, other: Score) -> None:
        """Count another score in."""
        self.right += other.right
        self.too_much += other.too_much
        self.missed += other.missed
        self.errors += other.errors


def main() -> int:
    """Print both tables; 0 if the promise is kept."""
    kept = True
    for title, scores in (("offers", offer_scores()), ("venues", venue_scores())):
        print(table(title, scores))
        total = total_of(scores)
        kept = kept and min(total.precision, total.recall) >= PROMISE
        if "--errors" in sys.argv:
            print("\n".join(total.errors))
    return 0 if kept else 1


def offer_scores() -> dict[str, Score]:
    """The rules for offers against ``offers.toml``, by kind."""
    children: dict[str, set[str]] = {}
    for kind in known_offer_rules().kinds:
        children.setdefault(kind.parent or "", set()).add(kind.id)

    def find(description: str) -> list[Found]:
        return [Found(one.kind, one.start, one.end, one.marks) for one in known_offer_rules().find(description)]

    return _scores("offers", find, children)


def venue_scores() -> dict[str, Score]:
    """The rules for venues against ``venues.toml``, by kind."""

    def find(description: str) -> list[Found]:
        return [
            Found(one.kind, one.start, one.end, one.marks, one.name) for one in known_venue_rules().find(description)
        ]

    return _scores("venues", find, {})


def total_of(scores: dict[str, Score]) -> Score:
    """All kinds together, each find counted once."""
    total = Score()
    for score in scores.values():
        total.add(score)
    return total


def table(title: str, scores: dict[str, Score]) -> str:
    """A line for each kind: how many stand there, how many were found, precision, recall."""
    rows = [*sorted(scores.items()), ("over all", total_of(scores))]
    lines = [f"{title:<24}{'stand':>7}{'found':>7}{'prec.':>8}{'recall':>8}"]
    lines += [
        f"{kind:<24}{one.right + one.missed:>7}{one.right + one.too_much:>7}{one.precision:>8.3f}{one.recall:>8.3f}"
        for kind, one in rows
    ]
    return "\n".join(lines)


def _scores(name: str, find: Callable[[str], list[Found]], children: dict[str, set[str]]) -> dict[str, Score]:
    golden = tomllib.loads((FIXTURE / f"{name}.toml").read_text(encoding="utf-8"))["program"]
    programs = [json.loads(line) for line in (FIXTURE / "programs.jsonl").read_text(encoding="utf-8").splitlines()]
    scores: dict[str, Score] = {}
    for entry, program in zip(golden, programs, strict=True):
        assert entry["name"] == program["program_name"]
        expected = [
            Expected(one["kind"], tuple(one["text"]), tuple(one.get("marks", ())), one.get("name", ""))
            for one in entry[name]
        ]
        described = Described(f"{entry['row']} {entry['place']}", program["description"])
        _compare(described, expected, find(described.text), children, scores)
    return scores


def _compare(
    described: Described,
    expected: Sequence[Expected],
    found: Sequence[Found],
    children: dict[str, set[str]],
    scores: dict[str, Score],
) -> None:
    by_key = {(one.kind, one.name): one for one in found}
    wanted = {(one.kind, one.name): one for one in expected}
    for kind, name in sorted({*by_key, *wanted}):
        score = scores.setdefault(kind, Score())
        have, want = by_key.get((kind, name)), wanted.get((kind, name))
        # The words for a kind prove its parent too.
        proving = {kind, *children.get(kind, ())}
        texts = [text for one in expected if one.kind in proving for text in one.texts]
        if have and want and _touches(described.text, texts, have) and have.marks == want.marks:
            score.right += 1
            continue
        if have:
            said = f"{kind} {name}{have.marks or ''} {described.text[have.start : have.end]!r}"
            score.too_much += 1
            score.errors.append(f"{described.where}: too much {said}")
        if want:
            score.missed += 1
            score.errors.append(f"{described.where}: missed {kind} {name}{want.marks or ''} {want.texts}")


def _touches(description: str, texts: Sequence[str], found: Found) -> bool:
    for text in texts:
        at = description.find(text)
        while at >= 0:
            if at < found.end and found.start < at + len(text):
                return True
            at = description.find(text, at + 1)
    return False


if __name__ == "__main__":
    sys.exit(main())
