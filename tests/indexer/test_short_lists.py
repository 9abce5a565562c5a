"""A list that lacks much of what was there is not taken for a year in which much has ended."""

from __future__ import annotations

from dataclasses import replace

import pytest
from fixtures.national import truth
from fixtures.year_pairs import Row, YearList, imported

from tsunagari_indexer.build import Contents, Decided, assemble
from tsunagari_indexer.decisions import Decision, Verdict
from tsunagari_indexer.imported import ImportedDocument
from tsunagari_indexer.offers import known_offer_rules
from tsunagari_indexer.sightings import GivenId
from tsunagari_parsers import Finding, Level

ROWS = tuple(
    Row("", (), one.prefecture, one.municipality, one.program_name, one.department, one.phone, one.description)
    for one in truth()
)
BEFORE, WHOLE = YearList(2021, ROWS), YearList(2022, ROWS)
EAST = YearList(2022, ROWS[:40])
WEST = YearList(2022, ROWS[40:])


def built(*documents: ImportedDocument, known: tuple[GivenId, ...] = (), decided: Decided | None = None) -> Contents:
    return assemble(documents, known, known_offer_rules(), decided)


def short(contents: Contents) -> list[Finding]:
    return [one.finding for one in contents.findings if one.finding.code == "list-much-shorter"]


def test_a_list_of_which_half_is_missing_is_told_before_it_is_published() -> None:
    contents = built(imported(BEFORE), imported(EAST))
    (found,) = short(contents)
    assert found.level is Level.MUST_LOOK
    assert "2022年度の一覧には、2021年度の82件のうち42件がありません" in found.message
    assert sum(not one.is_in_newest_edition for one in contents.listings) == 42


def test_prefectures_that_are_not_there_at_all_are_named() -> None:
    (found,) = short(built(imported(BEFORE), imported(EAST)))
    assert "1件も載っていない都道府県：愛知県、" in found.message


def test_one_prefecture_that_is_missing_altogether_is_enough() -> None:
    """A page of the list, say."""
    without = tuple(row for row in ROWS if row.prefecture != "北海道")
    assert 3 <= len(ROWS) - len(without) < 0.25 * len(ROWS)
    (found,) = short(built(imported(BEFORE), imported(YearList(2022, without))))
    assert found.message.count("北海道") == 1


def test_half_of_a_list_in_parts_is_told_and_both_halves_are_the_list() -> None:
    east, west = imported(EAST, part="東日本編"), imported(WEST, part="西日本編")
    (found,) = short(built(imported(BEFORE), east))
    assert "いくつかに分かれた一覧の一部" in found.message
    both = built(imported(BEFORE), east, west)
    assert short(both) == []
    assert all(one.is_in_newest_edition and len(one.history) == 2 for one in both.listings)
    assert built(west, imported(BEFORE), east) == both


@pytest.mark.parametrize("lacking", [0, 4])
def test_what_a_year_brings_is_no_finding(lacking: int) -> None:
    """Programmes of towns in prefectures that have others."""
    gone = [at for at, row in enumerate(ROWS) if row.prefecture in {"大阪府", "北海道"}][::3][:lacking]
    now = YearList(2022, tuple(row for at, row in enumerate(ROWS) if at not in gone))
    assert len(now.rows) == len(ROWS) - lacking
    assert short(built(imported(BEFORE), imported(now))) == []


def test_a_list_whose_programmes_are_all_renamed_is_not_short() -> None:
    """Each of them is a question of its own."""
    renamed = tuple(replace(row, name=f"新しい{row.name}の取り組み") for row in ROWS)
    contents = built(imported(BEFORE), imported(YearList(2022, renamed)))
    assert short(contents) == []
    assert sum(one.finding.code.startswith("identity-") for one in contents.findings) == len(ROWS)


def test_a_corrected_file_that_lost_half_of_what_was_published_is_told() -> None:
    published = built(imported(WHOLE))
    after = built(imported(EAST, copy="訂正"), known=published.given)
    (found,) = short(after)
    assert "公開したことのある2022年度の一覧の事業のうち42件が、いまの文書にありません" in found.message
    assert short(built(imported(WHOLE, copy="訂正"), known=published.given)) == []


def test_rows_that_a_person_left_out_do_not_make_a_list_short() -> None:
    before = built(imported(BEFORE), imported(WHOLE))
    year = {one.id: one.fiscal_year for listing in before.listings for one in listing.history}
    out = [Decision(Verdict.LEFT_OUT, one.id) for one in before.given if year[one.id] == 2022][:40]
    out += [Decision(Verdict.LEFT_OUT, one.id) for one in before.given if year[one.id] == 2021][:40]
    after = built(imported(BEFORE), imported(WHOLE), decided=Decided(decisions=tuple(out)))
    assert short(after) == []
