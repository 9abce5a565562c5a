"""Years of towns from their papers: read, compared, decided, built again, imported again, in whatever order."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TypedDict

import pytest
from fixtures.who_is_who import Outcome, compared, table
from fixtures.year_pairs import Row, Story, YearList, stories
from tests.pdfs import table_pdf

from tsunagari.importing import EditionOptions, import_documents, reindex
from tsunagari_indexer.build import Contents
from tsunagari_indexer.changes import ChangeKind
from tsunagari_indexer.deciding import decide, leave_out, split
from tsunagari_indexer.decisions import Verdict
from tsunagari_indexer.errors import PublishRefusedError
from tsunagari_indexer.generation import Generation
from tsunagari_indexer.ledger import Ledger
from tsunagari_indexer.listings import Listing
from tsunagari_indexer.review import review
from tsunagari_indexer.workspace import Workspace

STORIES = {one.name: one for one in stories() if one.name in {"phones", "bodies"}}


class Who(TypedDict):
    """Who decides, and why."""

    reason: str
    by: str


WHO: Who = {"reason": "原本と市のページで確かめた", "by": "担当"}


def cells(row: Row) -> tuple[str, ...]:
    """A row of the paper; the text is broken at the width of its cell."""
    lines = [row.text[at : at + 42] for at in range(0, len(row.text), 42)]
    return (
        row.prefecture,
        row.municipality or row.prefecture,
        row.name,
        "\n".join(lines),
        row.department,
        row.phone,
    )


def take(root: Path, *lists: YearList) -> bool:
    """Whether anything changed."""
    changed = False
    for one in lists:
        path = root / f"{one.year}.pdf"
        path.write_bytes(table_pdf([[cells(row) for row in one.rows]]))
        outcome = import_documents(Workspace(root / "data"), [path], EditionOptions(year=one.year))
        assert not outcome.failures
        changed = changed or not outcome.unchanged
    return changed


def contents(root: Path) -> Contents:
    workspace = Workspace(root / "data")
    staged = workspace.newest_staged()
    generation = Generation.open(workspace.generation_path(staged.name if staged else workspace.current()))
    try:
        listings = tuple(generation.all_listings())
        return Contents(
            tuple(generation.documents.values()), listings, tuple(generation.findings), tuple(generation.given_ids())
        )
    finally:
        generation.close()


def shown(root: Path) -> list[tuple[object, ...]]:
    """All that is told of each programme, but for where it is stored."""
    return [
        (one.id, one.program_name, one.phones, one.department, one.newest_year, one.history, one.order)
        for one in contents(root).listings
    ]


@pytest.fixture(params=list(STORIES.values()), ids=list(STORIES), scope="module")
def story(request: pytest.FixtureRequest) -> Story:
    found: Story = request.param
    return found


@pytest.fixture(scope="module")
def papers(story: Story, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data folder in which the first year is published and the second staged. Tests do not change it."""
    root = tmp_path_factory.mktemp(story.name)
    take(root, story.lists[0])
    Workspace(root / "data").publish(force="試験")
    take(root, *story.lists[1:])
    return root


def test_nothing_on_the_papers_is_taken_for_another(story: Story, papers: Path) -> None:
    counts = table(compared(story.lists, contents(papers)))
    assert counts[Outcome.WRONG] == counts[Outcome.MISSED] == 0
    assert counts[Outcome.RIGHT] >= 1


def test_every_row_that_is_new_or_gone_is_in_the_review(story: Story, papers: Path) -> None:
    seen = review(Workspace(papers / "data")).changes
    listings = contents(papers).listings
    carried = sum(len(one.history) > 1 for one in listings)
    assert len(seen.of(ChangeKind.GONE)) == len(story.lists[0].rows) - carried
    assert len(seen.of(ChangeKind.NEW)) == len(story.lists[1].rows) - carried


def test_the_other_order_gives_the_same_programmes(story: Story, papers: Path, tmp_path: Path) -> None:
    take(tmp_path, *reversed(story.lists))
    assert shown(tmp_path) == shown(papers)


def first_seen(root: Path, year: int, name: str) -> Listing:
    (found,) = [
        one for one in contents(root).listings if one.program_name == name and one.history[0].fiscal_year == year
    ]
    return found


def years(root: Path) -> dict[str, list[int]]:
    """The years of each programme."""
    return {one.id: [seen.fiscal_year for seen in one.history] for one in contents(root).listings}


def test_what_is_decided_holds_over_the_next_import_and_can_be_taken_back(tmp_path: Path) -> None:
    """Same, parted, left out; built again; the same papers again; and all of it undone."""
    story = STORIES["bodies"]
    workspace = Workspace(tmp_path / "data")
    take(tmp_path, *story.lists)
    assert not take(tmp_path, *story.lists)
    before = years(tmp_path)
    city, prefecture = (first_seen(tmp_path, year, "とちぎ若年女性サポート") for year in (2021, 2022))
    steady = next(one for one in contents(tmp_path).listings if len(one.history) == 2)
    old, new = (seen.id for seen in steady.history)

    decide(workspace, Verdict.SAME, city.id, prefecture.id, **WHO)
    split(workspace, steady.id, 2022, **WHO)
    assert workspace.is_behind()
    assert reindex(workspace)
    leave_out(workspace, old, **WHO)
    assert reindex(workspace)
    decided = years(tmp_path)
    expected = {one: seen for one, seen in before.items() if one not in {prefecture.id, steady.id}}
    assert decided == expected | {city.id: [2021, 2022], new: [2022]}
    told = shown(tmp_path)
    assert not take(tmp_path, *story.lists)
    assert not take(tmp_path, *reversed(story.lists))
    assert shown(tmp_path) == told

    decide(workspace, Verdict.DIFFERENT, city.id, prefecture.id, **WHO)
    decide(workspace, Verdict.SAME, old, new, **WHO)
    leave_out(workspace, old, restore=True, **WHO)
    assert reindex(workspace)
    assert years(tmp_path) == before
    with Ledger.open(tmp_path / "data" / "ledger.sqlite") as ledger:
        assert len(ledger.decisions()) == 6


def test_decisions_that_contradict_each_other_keep_it_from_being_published_until_one_is_changed(tmp_path: Path) -> None:
    """Two of one year are one each with a third, and are not one."""
    workspace = Workspace(tmp_path / "data")
    take(tmp_path, *STORIES["bodies"].lists)
    city, prefecture = (first_seen(tmp_path, year, "とちぎ若年女性サポート") for year in (2021, 2022))
    other = first_seen(tmp_path, 2021, "ぐんま女性つながり相談")
    decide(workspace, Verdict.SAME, city.id, prefecture.id, **WHO)
    decide(workspace, Verdict.SAME, other.id, prefecture.id, **WHO)
    decide(workspace, Verdict.DIFFERENT, city.id, other.id, **WHO)
    reindex(workspace)
    open_codes = [one.found.finding.code for one in review(workspace).open_findings]
    assert open_codes.count("decisions-contradict") == 1
    with pytest.raises(PublishRefusedError):
        workspace.publish()
    decide(workspace, Verdict.DIFFERENT, other.id, prefecture.id, **WHO)
    reindex(workspace)
    assert "decisions-contradict" not in [one.found.finding.code for one in review(workspace).findings]


def test_a_corrected_paper_of_last_year_after_this_years_keeps_every_address(tmp_path: Path) -> None:
    """A number and a name are corrected, a row comes to it, the rows stand in another order."""
    story = STORIES["bodies"]
    first, second = story.lists
    take(tmp_path, first, second)
    Workspace(tmp_path / "data").publish(force="試験")
    before = years(tmp_path)
    rows = list(first.rows)
    rows[0] = replace(rows[0], phone="042-351-0099")
    rows[5] = replace(rows[5], name="ぐんま女性のつながり相談")
    added = replace(rows[3], municipality="大津市", name="おおつほっとサロン", phone="077-528-0012")
    take(tmp_path, YearList(first.year, (*reversed(rows), added)))
    after = years(tmp_path)
    assert {one: seen for one, seen in after.items() if one in before} == before
    (new,) = after.keys() - before.keys()
    assert first_seen(tmp_path, 2021, "おおつほっとサロン").id == new
    assert first_seen(tmp_path, 2021, "ぐんま女性のつながり相談").id in before
    assert review(Workspace(tmp_path / "data")).changes.of(ChangeKind.REMOVED) == ()
