"""Offers and venues against the golden of the 82 programmes of fiscal 2021, which was made by reading them (docs/offers.md)."""

from __future__ import annotations

import json
import tomllib
from pathlib import Path

import pytest
from benchmarks.offers import FIXTURE, PROMISE, offer_scores, table, total_of, venue_scores

from tsunagari_indexer.offers import known_offer_rules
from tsunagari_indexer.venues import venue_kinds
from tsunagari_parsers import ParsedDocument

KINDS = {
    "offers": {kind.id for kind in known_offer_rules().kinds},
    "venues": {kind.id for kind in venue_kinds()},
}
MARKS = {mark.name for mark in known_offer_rules().marks}


def descriptions() -> list[str]:
    lines = (FIXTURE / "programs.jsonl").read_text(encoding="utf-8").splitlines()
    return [json.loads(line)["description"] for line in lines]


def golden(name: str) -> list[dict[str, object]]:
    entries: list[dict[str, object]] = tomllib.loads((FIXTURE / f"{name}.toml").read_text(encoding="utf-8"))["program"]
    return entries


@pytest.mark.parametrize("name", ["offers", "venues"])
def test_the_golden_has_every_programme_in_its_order_and_quotes_it_to_the_letter(name: str) -> None:
    entries = golden(name)
    assert [entry["row"] for entry in entries] == list(range(1, 83))
    for entry, description in zip(entries, descriptions(), strict=True):
        kinds = []
        for one in entry[name]:  # type: ignore[attr-defined]
            assert one["kind"] in KINDS[name], entry["row"]
            assert set(one.get("marks", ())) <= MARKS, entry["row"]
            assert one["text"], entry["row"]
            assert all(text in description for text in one["text"]), (entry["row"], one)
            kinds.append((one["kind"], one.get("name", "")))
        assert len(set(kinds)) == len(kinds), entry["row"]


def test_what_the_list_is_read_to_say_is_what_the_golden_was_made_from(national_list: ParsedDocument) -> None:
    assert [one.description for one in national_list.programs] == descriptions()


def test_offers_are_found_as_the_project_promises() -> None:
    scores = offer_scores()
    total = total_of(scores)
    assert min(total.precision, total.recall) >= PROMISE, "\n".join([table("offers", scores), *total.errors])


def test_venues_are_found_as_the_project_promises() -> None:
    scores = venue_scores()
    total = total_of(scores)
    assert min(total.precision, total.recall) >= PROMISE, "\n".join([table("venues", scores), *total.errors])


def test_no_kind_that_is_often_offered_is_bad_behind_a_good_mean() -> None:
    for kind, score in offer_scores().items():
        if score.right + score.missed >= 10:
            assert min(score.precision, score.recall) >= 0.9, (kind, score.errors)


def test_a_wrong_find_and_a_missing_one_both_lower_the_score(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr("benchmarks.offers.FIXTURE", tmp_path)
    program = {"program_name": "x", "description": "電話相談を行う。"}
    (tmp_path / "programs.jsonl").write_text(json.dumps(program), encoding="utf-8")
    (tmp_path / "offers.toml").write_text(
        '[[program]]\nrow = 1\nplace = "x"\nname = "x"\noffers = [{ kind = "sns", text = ["電話相談"] }]\n',
        encoding="utf-8",
    )
    scores = offer_scores()
    assert (scores["sns"].missed, scores["phone"].too_much, scores["consultation"].too_much) == (1, 1, 1)
    assert (total_of(scores).precision, total_of(scores).recall) == (0, 0)


def test_the_guide_says_of_every_kind_what_counts() -> None:
    guide = (Path(__file__).parents[2] / "docs" / "offers.md").read_text(encoding="utf-8")
    assert not [kind for kinds in KINDS.values() for kind in kinds if f"`{kind}`" not in guide]


def test_rules_name_no_place_or_programme_of_the_list() -> None:
    """What they know is language. Names of facilities stand in the data of the venues, and nowhere else."""
    rules = Path(__file__).parents[2] / "indexer" / "tsunagari_indexer" / "data"
    places = {part for entry in golden("offers") for part in str(entry["place"]).split()}
    for name in ("offers.toml", "venues.toml"):
        text = (rules / name).read_text(encoding="utf-8")
        data = tomllib.loads(text)
        data.pop("facility", None)
        # A town named in a comment or a facility's own name is no rule.
        said = json.dumps(data, ensure_ascii=False)
        assert not [place for place in places if place in said]
