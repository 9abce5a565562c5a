"""Which desks may be shown after what somebody found out."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from tsunagari_indexer.confirmations import AskedBy, Confirmation, Outcome
from tsunagari_indexer.desk_standing import standing_desks, taken_off
from tsunagari_parsers import Desk, DeskKind, known_desks
from tsunagari_parsers.records import Provenance

BY_ID = {desk.id: desk for desk in known_desks()}
PROPOSAL, SHOWN = BY_ID["pref-02"], BY_ID["pref-01"]


def word(outcome: Outcome, on: str = "2026-11-03") -> Confirmation:
    return Confirmation(on, AskedBy.OFFICIAL_PAGE, outcome, "https://www.example.lg.jp/soudan")


@pytest.mark.parametrize(
    ("desk", "outcome", "is_shown"),
    [
        (SHOWN, None, True),
        (SHOWN, Outcome.CONTINUES, True),
        (SHOWN, Outcome.CHANGED, False),
        (SHOWN, Outcome.ENDED, False),
        (PROPOSAL, None, False),
        (PROPOSAL, Outcome.CONTINUES, True),
        (PROPOSAL, Outcome.CHANGED, False),
        (PROPOSAL, Outcome.ENDED, False),
    ],
)
def test_the_last_answer_decides_what_is_shown(desk: Desk, outcome: Outcome | None, is_shown: bool) -> None:
    words = {desk.id: word(outcome)} if outcome else {}
    assert [one.id for one in standing_desks([desk], words)] == ([desk.id] if is_shown else [])
    assert [one.desk for one in taken_off([desk], words)] == (
        [desk] if outcome in {Outcome.CHANGED, Outcome.ENDED} else []
    )


def test_emergency_numbers_never_go() -> None:
    emergency = [desk for desk in known_desks() if desk.kind is DeskKind.EMERGENCY]
    assert emergency
    for outcome in Outcome:
        words = {desk.id: word(outcome) for desk in emergency}
        assert [one.id for one in standing_desks(emergency, words)] == [one.id for one in emergency]


def test_a_confirmed_desk_says_its_day_and_where_it_was_seen() -> None:
    (shown,) = standing_desks([PROPOSAL], {PROPOSAL.id: word(Outcome.CONTINUES)})
    assert (shown.confirmed_on, shown.confirmed_by, shown.proposal) == ("2026-11-03", "公式ページ", False)
    assert shown.sources[-1].seen == date(2026, 11, 3)
    assert shown.sources[-1].url == "https://www.example.lg.jp/soudan"
    assert shown.phones == PROPOSAL.phones


def test_a_desk_of_a_list_that_is_shown_already_is_not_shown_twice() -> None:
    at = Provenance("a" * 64, 1, None, 1)
    same = replace(SHOWN, id="listed-1", proposal=True, sources=(), provenance=at)
    other = replace(same, id="listed-2", phones=(replace(same.phones[0], number="011-000-0000"),))
    words = {one.id: word(Outcome.CONTINUES) for one in (same, other)}
    assert [one.id for one in standing_desks([SHOWN, same, other], words)] == [SHOWN.id, "listed-2"]
    assert [one.id for one in standing_desks([same], words)] == ["listed-1"]
