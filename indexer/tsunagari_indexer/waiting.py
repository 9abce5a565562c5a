"""What people decided since a generation was built: it takes effect when the generation is built again."""

from __future__ import annotations

from dataclasses import dataclass

from tsunagari_indexer.corrections import Correction
from tsunagari_indexer.decisions import Decision
from tsunagari_indexer.ledger import Ledger

_COUNTED = 4


@dataclass(frozen=True, slots=True)
class Waiting:
    """What a generation does not know yet, oldest first; of confirmations and of words added or taken back, how many.

    ``newer`` is the number of a generation that was published after it and gone back from, or 0.
    """

    decisions: tuple[Decision, ...] = ()
    corrections: tuple[Correction, ...] = ()
    confirmations: int = 0
    words: int = 0
    newer: int = 0

    @property
    def keeps_from_publishing(self) -> bool:
        """Whether a person said that something is wrong which the generation still has so."""
        return bool(self.decisions or self.corrections)

    def __bool__(self) -> bool:
        return bool(self.keeps_from_publishing or self.confirmations or self.words)


def waiting(ledger: Ledger, decided_through: str) -> Waiting:
    """What was decided after ``decided_through`` (of a generation's meta, see :meth:`Ledger.decided_through`).

    The ledger's rows are numbered from 1 and never deleted, so a row's number is its place.
    """
    built = [*map(int, decided_through.split()), *[0] * _COUNTED]
    decisions, corrections, confirmations, words = built[:_COUNTED]
    return Waiting(
        ledger.decisions()[decisions:],
        ledger.corrections()[corrections:],
        len(ledger.confirmations()[confirmations:]),
        len(ledger.lexicon_additions()[words:]),
    )
