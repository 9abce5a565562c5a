"""From one year's list to the next: nothing is taken for what it is not, every change is shown, a row that was lost is found."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pytest
from fixtures.years import THIS_YEAR, Years, list_pdf, years
from tests.conftest import NATIONAL_LIST
from tests.listings import listings_of

from tsunagari.importing import EditionOptions, ImportOutcome, import_documents, reindex
from tsunagari_indexer.changes import ChangeKind, diff
from tsunagari_indexer.generation import Generation
from tsunagari_indexer.history import FieldChange
from tsunagari_indexer.listings import Listing
from tsunagari_indexer.offers import known_offer_rules
from tsunagari_indexer.review import Review, review
from tsunagari_indexer.workspace import Workspace
from tsunagari_parsers import ParsedDocument

# --- the difference of two generations ---


@pytest.fixture(scope="module")
def listings(national_list: ParsedDocument) -> tuple[Listing, ...]:
    return tuple(listings_of(national_list, known_offer_rules()))


def test_what_is_the_same_is_no_change(listings: tuple[Listing, ...]) -> None:
    found = diff(listings, listings)
    assert (found.changes, found.same) == ((), len(listings))


@pytest.mark.parametrize(
    ("changed", "kind", "fields"),
    [
        ({"department": "別の課"}, ChangeKind.CHANGED, ["department"]),
        ({"program_name": "別の名前"}, ChangeKind.CHANGED, ["program_name"]),
        ({"description": "別の内容", "budget": 3}, ChangeKind.CHANGED, ["description", "budget"]),
        ({"municipality": "函館市"}, ChangeKind.MOVED, ["place"]),
        ({"phones": (), "department": "別の課"}, ChangeKind.PHONE, ["phones", "department"]),
        ({"newest_year": 2022}, ChangeKind.GONE, []),
    ],
)
def test_each_change_says_which_fields(
    listings: tuple[Listing, ...], changed: dict[str, object], kind: ChangeKind, fields: Sequence[str]
) -> None:
    after = (replace(listings[1], **changed), *listings[2:])  # type: ignore[arg-type]
    (one,) = diff(listings[1:], after).changes
    assert (one.kind, [field.field for field in one.fields]) == (kind, fields)
    if kind is ChangeKind.GONE:
        assert [one.kind for one in diff(after, listings[1:]).changes] == [ChangeKind.BACK]


def test_a_changed_phone_is_the_headline_with_both_numbers(listings: tuple[Listing, ...]) -> None:
    phone = replace(listings[5].phones[0], number="011-000-1111")
    after = (*listings[2:5], replace(listings[5], phones=(phone,)), *listings[6:])
    found = diff(listings[1:], after).changes
    assert [one.kind for one in found] == [ChangeKind.PHONE, ChangeKind.REMOVED]
    (field,) = found[0].fields
    assert field.new == "011-000-1111"
    assert field.old.startswith(listings[5].phones[0].number)


def test_a_listing_that_took_another_ones_address_is_the_same_one(listings: tuple[Listing, ...]) -> None:
    older = replace(listings[1].history[0], id="polder", fiscal_year=2020)
    joined = replace(listings[1], id="polder", history=(older, *listings[1].history))
    found = diff(listings[1:2], (joined,))
    assert (found.changes, found.same) == ((), 1)
    found = diff((replace(listings[2], id="polder", history=()), listings[1]), (joined,))
    assert found.joined == {listings[1].id: "polder"}


def test_a_listing_that_was_parted_goes_on_and_its_other_half_is_new(listings: tuple[Listing, ...]) -> None:
    year = listings[1].history[0]
    whole = replace(listings[1], history=(year, replace(year, id="plater")))
    other = replace(listings[1], id="plater", history=(replace(year, id="plater"),))
    found = diff((whole,), (other, listings[1]))
    assert [(one.kind, one.listing.id) for one in found.changes] == [(ChangeKind.NEW, "plater")]


# --- a pair of years ---


@pytest.fixture(scope="module")
def pair() -> Years:
    return years()


@pytest.fixture(scope="module")
def papers(pair: Years, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("papers")
    (folder / "last.pdf").write_bytes(NATIONAL_LIST.read_bytes())
    (folder / "next.pdf").write_bytes(list_pdf(pair))
    (folder / "last.toml").write_text("fiscal_year = 2021\n")
    (folder / "next.toml").write_text(f"fiscal_year = {THIS_YEAR}\n")
    return folder


@pytest.fixture(scope="module")
def both(papers: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data folder in which last year's list is published and this year's is staged. Tests do not change it."""
    root = tmp_path_factory.mktemp("both")
    take(root, papers / "last.pdf")
    Workspace(root).publish()
    take(root, papers / "next.pdf")
    return root


def take(root: Path, *paths: Path) -> ImportOutcome:
    outcome = import_documents(Workspace(root), paths, EditionOptions())
    assert not outcome.failures
    return outcome


def held(root: Path) -> tuple[Listing, ...]:
    """The listings of the newest generation."""
    workspace = Workspace(root)
    staged = workspace.newest_staged()
    generation = Generation.open(workspace.generation_path(staged.name if staged else workspace.current()))
    try:
        return tuple(generation.all_listings())
    finally:
        generation.close()


@pytest.fixture(scope="module")
def seen(both: Path) -> Review:
    return review(Workspace(both))


def test_there_are_twenty_changes_and_more(pair: Years) -> None:
    news = sum(one is None for one in pair.same[-2:])
    assert len(pair.changes) + news + 1 >= 20


def test_no_programme_is_taken_for_another(pair: Years, both: Path) -> None:
    """Of every certain match, both rows are those that the generator made of one programme."""
    places = {(one.body, one.program_name, one.phone): at for at, one in enumerate(pair.before)}
    after = {(one.body, one.program_name, one.phone): at for at, one in enumerate(pair.after)}
    matched = 0
    last = {one.id: one for one in held_of_last_year(both)}
    for listing in held(both):
        if len(listing.history) == 2:
            was = last[listing.history[0].id]
            now = after.get(key_of(listing))
            if now is None:
                continue  # the row that two became; what it is matched with is looked at below
            assert pair.same[now] == places[key_of(was)], listing.program_name
            matched += 1
    untouched = len(pair.before) - len(pair.changes) - 2
    certain = {"phone", "department", "phone and department", "text", "year in the name"}
    assert matched == untouched + sum(one.kind in certain for one in pair.changes)


def key_of(listing: Listing) -> tuple[str, str, str]:
    phone = listing.phones[0].number if listing.phones else ""
    return listing.municipality or listing.prefecture, listing.program_name, phone


def held_of_last_year(root: Path) -> tuple[Listing, ...]:
    workspace = Workspace(root)
    generation = Generation.open(workspace.generation_path(workspace.current()))
    try:
        return tuple(generation.all_listings())
    finally:
        generation.close()


def test_every_change_is_shown(pair: Years, seen: Review) -> None:
    by_name = {(one.listing.program_name, one.listing.municipality): one for one in seen.changes.changes}
    asked = {
        one_id
        for one in seen.findings
        if one.found.finding.code.startswith("identity-")
        for one_id in one.found.finding.value.split()
    }
    expected = {
        "phone": ChangeKind.PHONE,
        "phone and department": ChangeKind.PHONE,
        "department": ChangeKind.CHANGED,
        "text": ChangeKind.CHANGED,
        "year in the name": ChangeKind.CHANGED,
        "gone": ChangeKind.GONE,
    }
    for change in pair.changes:
        before = pair.before[change.at]
        now = change.after or before
        shown = by_name[now.program_name, now.municipality]
        if change.kind in expected:
            assert shown.kind is expected[change.kind], change
        else:
            # Both stand on their own, and a person is asked.
            assert shown.kind is ChangeKind.NEW, change
            old = next(
                one
                for one in seen.changes.of(ChangeKind.GONE)
                if (one.listing.program_name, one.listing.municipality) == (before.program_name, before.municipality)
            )
            assert {shown.listing.id, old.listing.id} <= asked, change


def test_the_row_that_lost_its_rule_is_found(pair: Years, seen: Review) -> None:
    """Both of the rows that became one are named, with the row in which they stand, and nothing else is."""
    found = [one.found.finding for one in seen.open_findings if one.found.finding.code == "row-perhaps-lost"]
    gone = {one.listing.id: one.listing.program_name for one in seen.changes.of(ChangeKind.GONE)}
    two = pair.before[pair.lost - 1 : pair.lost + 1]
    assert {gone[one.value] for one in found} == {one.program_name for one in two}
    assert len({(one.page, one.row) for one in found}) == 1


def test_programmes_that_are_gone_stay_and_say_so(pair: Years, both: Path) -> None:
    by_name = {(one.municipality, one.program_name): one for one in held(both)}
    for change in pair.changes:
        if change.kind == "gone":
            before = pair.before[change.at]
            listing = by_name[before.municipality, before.program_name]
            assert (listing.fiscal_year, listing.newest_year) == (2021, THIS_YEAR)


def test_matched_programmes_keep_their_address_and_have_a_history(pair: Years, both: Path) -> None:
    change = next(one for one in pair.changes if one.kind == "phone")
    assert change.after
    (was,) = [one for one in held_of_last_year(both) if one.municipality == change.after.municipality]
    (now,) = [one for one in held(both) if one.municipality == change.after.municipality]
    assert now.id == was.id
    assert [one.fiscal_year for one in now.history] == [2021, THIS_YEAR]
    assert now.history[1].changes[0] == FieldChange("phones", pair.before[change.at].phone, change.after.phone)


def content(root: Path) -> tuple[object, ...]:
    """All that a generation holds but its name and when it was built."""
    workspace = Workspace(root)
    staged = workspace.newest_staged()
    generation = Generation.open(workspace.generation_path(staged.name if staged else workspace.current()))
    try:
        tables = [
            row[0]
            for row in generation.connection.execute(
                "SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name"
            )
        ]
        rows = {table: generation.connection.execute(f"SELECT * FROM {table}").fetchall() for table in tables}  # noqa: S608
    finally:
        generation.close()
    moving = {"name", "built_at"}
    rows["meta"] = [row for row in rows["meta"] if row[0] not in moving]
    # When a file was fetched is its own story.
    rows["documents"] = [(row[0], "") for row in rows["documents"]]
    return tuple(sorted((table, tuple(map(repr, found))) for table, found in rows.items()))


@pytest.mark.parametrize("publishing", [False, True])
def test_the_order_in_which_lists_come_does_not_matter(
    papers: Path, both: Path, tmp_path: Path, publishing: bool
) -> None:
    """This year's first, then last year's, or both together: the same generation."""
    root = tmp_path / "other"
    if publishing:
        take(root, papers / "next.pdf")
        Workspace(root).publish(force="試験")
        published = {one.id for one in held(root)}
        take(root, papers / "last.pdf")
        generation = Generation.open(Workspace(root).generation_path(newest_name(root)))
        assert all(generation.listing(one) for one in published)  # An address that was given leads on.
        generation.close()
    else:
        take(root, papers / "next.pdf", papers / "last.pdf")
    assert content(root) == content(both)


def newest_name(root: Path) -> str:
    staged = Workspace(root).newest_staged()
    assert staged
    return staged.name


def test_building_again_changes_nothing(papers: Path, tmp_path: Path) -> None:
    take(tmp_path, papers / "last.pdf")
    before = content(tmp_path)
    assert take(tmp_path, papers / "last.pdf").unchanged
    Workspace(tmp_path).publish()
    assert reindex(Workspace(tmp_path))
    assert content(tmp_path) == before
