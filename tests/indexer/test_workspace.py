"""The data folder: stage, publish, go back; nothing is half published, and the ledger forgets nothing."""

from __future__ import annotations

import os
import sqlite3
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from tests.conftest import NATIONAL_LIST
from tests.pdfs import table_pdf

from tsunagari.importing import EditionOptions, ImportOutcome, import_documents, reindex
from tsunagari.settings import Settings
from tsunagari_crawler import Archive, Edition
from tsunagari_crawler.report import write_manifest
from tsunagari_indexer import workspace as module
from tsunagari_indexer.errors import (
    EngineError,
    GenerationError,
    LedgerError,
    NothingPublishedError,
    PublishRefusedError,
)
from tsunagari_indexer.generation import Generation
from tsunagari_indexer.ledger import Ledger
from tsunagari_indexer.workspace import KEPT, Workspace

ROW = ("北海道", "札幌市", "つながり事業", "電話相談を行う。", "市民課", "011-211-2962")
OTHER = ("北海道", "函館市", "居場所の事業", "居場所を提供する。", "市民部", "0138-21-3470")


def stage(
    root: Path, rows: list[tuple[str, ...]], year: int = 2021, name: str = "list.pdf", **options: str
) -> ImportOutcome:
    path = root / name
    path.write_bytes(table_pdf([rows]))
    return import_documents(Workspace(root / "data"), [path], EditionOptions(year=year, **options))


def served(root: Path) -> dict[str, str]:
    """What the published generation serves: phones by id."""
    workspace = Workspace(root / "data")
    generation = Generation.open(workspace.generation_path(workspace.current()))
    try:
        return {one.id: one.phones[0].number for one in generation.all_listings()}
    finally:
        generation.close()


def test_nothing_is_served_before_it_is_published(tmp_path: Path) -> None:
    assert stage(tmp_path, [ROW]).staged
    with pytest.raises(NothingPublishedError, match="tsunagari publish"):
        Workspace(tmp_path / "data").current()


def test_import_then_publish_is_all_that_a_clean_list_needs(tmp_path: Path) -> None:
    stage(tmp_path, [ROW])
    assert Workspace(tmp_path / "data").publish().previous is None
    assert list(served(tmp_path).values()) == ["011-211-2962"]


def test_a_corrected_file_replaces_the_first_and_keeps_the_address(tmp_path: Path) -> None:
    stage(tmp_path, [ROW])
    Workspace(tmp_path / "data").publish()
    before = served(tmp_path)
    outcome = stage(tmp_path, [(*ROW[:5], "011-211-0000")])
    assert len(outcome.replaced) == 1
    Workspace(tmp_path / "data").publish()
    assert served(tmp_path) == dict.fromkeys(before, "011-211-0000")


def test_going_back_serves_what_was_served_before_and_discards_what_is_staged(tmp_path: Path) -> None:
    workspace = Workspace(tmp_path / "data")
    stage(tmp_path, [ROW])
    workspace.publish()
    before = served(tmp_path)
    stage(tmp_path, [ROW, OTHER])
    workspace.publish()
    assert len(served(tmp_path)) == 2
    stage(tmp_path, [OTHER])
    workspace.rollback()
    assert served(tmp_path) == before
    assert workspace.newest_staged() is None
    with pytest.raises(PublishRefusedError, match="戻れる世代がありません"):
        workspace.rollback()
    workspace.rollback(to=2)
    assert len(served(tmp_path)) == 2


def test_a_finding_that_must_be_looked_at_holds_back_until_somebody_gives_a_reason(tmp_path: Path) -> None:
    outcome = stage(tmp_path, [(*ROW[:5], "未定")])
    assert outcome.staged
    assert [one.finding.code for one in outcome.staged.must_look] == ["phone-not-understood"]
    workspace = Workspace(tmp_path / "data")
    for reason in (None, "", "  "):
        with pytest.raises(PublishRefusedError, match="1件"):
            workspace.publish(force=reason)
    workspace.publish(force="市に電話で確かめた")
    with Ledger.open(tmp_path / "data" / "ledger.sqlite") as ledger:
        assert [line.detail for line in ledger.audit() if line.action == "publish"] == ["市に電話で確かめた"]


def test_publishing_nothing_is_refused(tmp_path: Path) -> None:
    with pytest.raises(PublishRefusedError, match="tsunagari import"):
        Workspace(tmp_path).publish()


def test_importing_the_same_again_changes_nothing(tmp_path: Path) -> None:
    stage(tmp_path, [ROW])
    again = stage(tmp_path, [ROW])
    assert again.unchanged
    assert again.staged is None


def test_lists_of_two_years_stand_together_and_the_newer_one_speaks(tmp_path: Path) -> None:
    stage(tmp_path, [ROW, OTHER])
    stage(tmp_path, [(*ROW[:5], "011-211-9999")], year=2022, name="next.pdf")
    workspace = Workspace(tmp_path / "data")
    workspace.publish()
    generation = Generation.open(workspace.generation_path(workspace.current()))
    first, second = generation.all_listings()
    generation.close()
    assert (first.program_name, first.fiscal_year, first.first_year, first.is_in_newest_edition) == (
        ROW[2],
        2022,
        2021,
        True,
    )
    assert (second.program_name, second.fiscal_year, second.newest_year) == (OTHER[2], 2021, 2022)
    assert not second.is_in_newest_edition


def test_two_files_of_one_edition_in_one_import_are_refused_together(tmp_path: Path) -> None:
    for name, row in (("a.pdf", ROW), ("b.pdf", OTHER)):
        (tmp_path / name).write_bytes(table_pdf([[row]]))
    outcome = import_documents(
        Workspace(tmp_path / "data"), [tmp_path / "a.pdf", tmp_path / "b.pdf"], EditionOptions(year=2021)
    )
    assert outcome.staged is None
    assert "a.pdf、b.pdf" in outcome.failures[0]
    assert "区別（part）" in outcome.failures[0]


def test_a_wrong_year_is_put_right_by_importing_again(tmp_path: Path) -> None:
    stage(tmp_path, [ROW], year=2022)
    outcome = stage(tmp_path, [ROW], year=2021)
    assert outcome.staged
    assert "2022年度" in outcome.replaced[0]
    Workspace(tmp_path / "data").publish()
    workspace = Workspace(tmp_path / "data")
    generation = Generation.open(workspace.generation_path(workspace.current()))
    (listing,) = generation.all_listings()
    generation.close()
    assert (listing.fiscal_year, listing.first_year, listing.newest_year) == (2021, 2021, 2021)


def test_what_is_staged_can_be_thrown_away(tmp_path: Path) -> None:
    stage(tmp_path, [ROW])
    workspace = Workspace(tmp_path / "data")
    assert workspace.discard_staged() == 1
    assert workspace.newest_staged() is None
    assert workspace.base_documents() == ()


def test_the_same_bytes_as_another_series_are_refused_with_their_name(tmp_path: Path) -> None:
    stage(tmp_path, [ROW])
    outcome = stage(tmp_path, [ROW], name="again.pdf", series="other")
    assert outcome.staged is None
    assert "again.pdf：同じ内容の文書" in outcome.failures[0]


@pytest.mark.parametrize(
    "second", [(*ROW[:5], "011-211-2222"), ("北海道", "札幌市", "別の事業", "居場所", "市民課", ROW[5])]
)
def test_two_parts_of_a_year_never_overwrite_each_other(tmp_path: Path, second: tuple[str, ...]) -> None:
    stage(tmp_path, [ROW], part="1")
    outcome = stage(tmp_path, [second], name="second.pdf", part="2")
    assert outcome.staged
    assert (outcome.staged.documents, outcome.staged.listings) == (2, 2)


def test_going_back_never_leads_to_what_was_gone_back_from(tmp_path: Path) -> None:
    workspace = Workspace(tmp_path / "data")
    for number in (1, 2):
        stage(tmp_path, [(*ROW[:5], f"011-211-000{number}")])
        workspace.publish()
    workspace.rollback()
    stage(tmp_path, [(*ROW[:5], "011-211-0003")])
    workspace.publish()
    assert list(served(tmp_path).values()) == ["011-211-0003"]
    workspace.rollback()
    assert list(served(tmp_path).values()) == ["011-211-0001"]


def test_an_import_that_another_one_overtook_is_told_to_start_again(tmp_path: Path) -> None:
    workspace = Workspace(tmp_path / "data")
    base = workspace.base_documents()
    outcome = stage(tmp_path, [ROW])
    with pytest.raises(GenerationError, match="もう一度"):
        workspace.stage(outcome.imported, base)


def test_what_a_killed_import_left_is_cleared_by_the_next(tmp_path: Path) -> None:
    stage(tmp_path, [ROW])
    with Ledger.open(tmp_path / "data" / "ledger.sqlite") as ledger:
        killed = ledger.new_generation("abcdef", [])
    workspace = Workspace(tmp_path / "data")
    part = workspace.generation_path(killed.name).with_suffix(".part")
    part.write_bytes(b"half")
    stage(tmp_path, [ROW, OTHER])
    assert not part.exists()


def test_a_generation_without_its_index_is_not_published(tmp_path: Path) -> None:
    class Empty:
        def build(self, name: str, records: object) -> None:
            raise AssertionError(name, records)

        def remove(self, name: str) -> None:
            raise AssertionError(name)

        def names(self) -> list[str]:
            return []

    stage(tmp_path, [ROW])
    with pytest.raises(PublishRefusedError, match="reindex"):
        Workspace(tmp_path / "data", Empty()).publish()


def test_a_backup_of_archive_and_ledger_is_enough_to_build_again(tmp_path: Path) -> None:
    stage(tmp_path, [ROW])
    workspace = Workspace(tmp_path / "data")
    workspace.publish()
    before = served(tmp_path)
    (tmp_path / "data" / "CURRENT").unlink()
    for path in (tmp_path / "data" / "generations").iterdir():
        path.unlink()
    assert reindex(workspace)
    workspace.publish()
    assert served(tmp_path) == before


def test_a_bad_document_is_named_and_the_others_are_staged(tmp_path: Path) -> None:
    (tmp_path / "bad.pdf").write_bytes(b"<html>")
    (tmp_path / "good.pdf").write_bytes(table_pdf([[ROW]]))
    outcome = import_documents(
        Workspace(tmp_path / "data"),
        [tmp_path / "bad.pdf", tmp_path / "away.pdf", tmp_path / "good.pdf"],
        EditionOptions(year=2021),
    )
    assert outcome.staged
    assert outcome.staged.listings == 1
    assert [failure.partition("：")[0].rpartition("/")[2] for failure in outcome.failures] == ["bad.pdf", "away.pdf"]


def test_a_year_that_nobody_gave_is_an_error_that_says_how(tmp_path: Path) -> None:
    (tmp_path / "list.pdf").write_bytes(table_pdf([[ROW]], title="令和３年度 一覧"))
    outcome = import_documents(Workspace(tmp_path / "data"), [tmp_path / "list.pdf"], EditionOptions())
    assert outcome.staged is None
    assert "--year 2021" in outcome.failures[0]
    assert "list.toml" in outcome.failures[0]


def test_what_was_fetched_is_imported_from_the_archive_with_its_edition(tmp_path: Path) -> None:
    archive = Archive(tmp_path / "data" / "archive")
    edition = Edition(2021, series="national_list", publisher="内閣府男女共同参画局", licence="PDL1.0")
    known = archive.store(table_pdf([[ROW]]), name="a.pdf", url="https://www.gender.go.jp/a.pdf", edition=edition)
    unknown = archive.store(table_pdf([[OTHER]]), name="b.pdf", url="https://www.gender.go.jp/b.pdf")
    manifest = write_manifest(archive, "national_list", datetime(2026, 11, 21, tzinfo=UTC), [known, unknown])
    assert manifest
    for path in (manifest, tmp_path / "data" / "archive"):
        outcome = import_documents(Workspace(tmp_path / path.name), [path], EditionOptions())
        assert outcome.staged
        assert outcome.staged.listings == 1
        (failure,) = outcome.failures
        assert "b.pdf：何年度の一覧か分かりません" in failure
        workspace = Workspace(tmp_path / path.name)
        generation = Generation.open(workspace.generation_path(outcome.staged.name))
        (document,) = generation.documents.values()
        generation.close()
        assert (document.url, document.publisher) == ("https://www.gender.go.jp/a.pdf", "内閣府男女共同参画局")
        assert reindex(workspace)  # from its own archive: the bytes were taken over


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("list.toml", "documents = 3", "documents"),
        ("list.toml", "=", "TOML"),
        ("list.toml", 'documents = ["away.pdf"]', "ファイルがありません"),
        ("crawl.jsonl", "{", "1行目"),
        ("crawl.jsonl", '{"sha256": "x"}', "1行目"),
    ],
)
def test_a_list_of_documents_that_cannot_be_read_is_named(tmp_path: Path, name: str, content: str, said: str) -> None:
    (tmp_path / name).write_text(content)
    outcome = import_documents(Workspace(tmp_path / "data"), [tmp_path / name], EditionOptions())
    assert outcome.staged is None
    (failure,) = outcome.failures
    assert name in failure
    assert said in failure


def test_a_folder_without_a_crawl_says_what_to_do(tmp_path: Path) -> None:
    outcome = import_documents(Workspace(tmp_path / "data"), [tmp_path], EditionOptions())
    assert "tsunagari crawl" in outcome.failures[0]


def test_documents_are_kept_byte_for_byte_and_everything_is_read_from_them(tmp_path: Path) -> None:
    content = NATIONAL_LIST.read_bytes()
    outcome = import_documents(Workspace(tmp_path), [NATIONAL_LIST], EditionOptions())
    fetched = outcome.imported[0].fetched
    assert Archive(tmp_path / "archive").read(fetched.sha256) == content
    again = reindex(Workspace(tmp_path))
    assert again
    assert again.listings == 82


@pytest.mark.parametrize("step", ["write_generation", "write_atomically"])
def test_a_crash_leaves_what_was_published(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, step: str) -> None:
    stage(tmp_path, [ROW])
    workspace = Workspace(tmp_path / "data")
    workspace.publish()
    before = served(tmp_path)

    def crash(*_: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(module, step, crash)

        def go() -> None:
            stage(tmp_path, [ROW, OTHER])
            workspace.publish()

        with pytest.raises(KeyboardInterrupt):
            go()
    assert served(tmp_path) == before
    stage(tmp_path, [OTHER], year=2022, name="next.pdf")
    workspace.publish()
    assert len(served(tmp_path)) >= 2


def test_a_failed_index_outside_leaves_nothing_staged(tmp_path: Path) -> None:
    class Broken:
        removed: list[str]

        def build(self, name: str, records: object) -> None:
            raise EngineError(f"{name}: {records is not None}")

        def remove(self, name: str) -> None:
            raise AssertionError(name)

        def names(self) -> list[str]:
            return []

    (tmp_path / "list.pdf").write_bytes(table_pdf([[ROW]]))
    with pytest.raises(EngineError):
        import_documents(Workspace(tmp_path / "data", Broken()), [tmp_path / "list.pdf"], EditionOptions(year=2021))
    assert Workspace(tmp_path / "data").newest_staged() is None
    assert list((tmp_path / "data" / "generations").iterdir()) == []


def test_numbers_are_never_used_twice_and_old_files_go(tmp_path: Path) -> None:
    workspace = Workspace(tmp_path / "data")
    names = []
    for number in range(KEPT + 2):
        stage(tmp_path, [(*ROW[:5], f"011-211-000{number}")])
        names.append(workspace.publish().name)
    assert [int(name.partition("_")[0]) for name in names] == list(range(1, KEPT + 3))
    files = {path.stem for path in (tmp_path / "data" / "generations").iterdir()}
    assert files == set(names[-KEPT:])


def test_an_open_reader_survives_the_removal_of_its_file(tmp_path: Path) -> None:
    workspace = Workspace(tmp_path / "data")
    stage(tmp_path, [ROW])
    workspace.publish()
    path = workspace.generation_path(workspace.current())
    generation = Generation.open(path)
    path.unlink()
    assert [one.municipality for one in generation.all_listings()] == ["札幌市"]
    generation.close()


def test_a_generation_is_one_file_without_a_journal_beside_it(tmp_path: Path) -> None:
    stage(tmp_path, [ROW])
    (path,) = (tmp_path / "data" / "generations").iterdir()
    connection = sqlite3.connect(path)
    assert connection.execute("PRAGMA journal_mode").fetchone() == ("delete",)
    connection.close()
    assert path.suffix == ".sqlite"


@pytest.mark.parametrize("content", [b"", b"not a database at all, but long enough to be looked at" * 40])
def test_a_damaged_generation_is_an_error_with_its_name(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "1_abcdef.sqlite"
    path.write_bytes(content)
    with pytest.raises(GenerationError, match="1_abcdef"):
        Generation.open(path)
    with pytest.raises(GenerationError):
        Generation.open(tmp_path / "away.sqlite")


@pytest.mark.parametrize("content", ["../../etc/passwd", "", "7", "\0"])
def test_a_current_that_names_no_generation_is_an_error(tmp_path: Path, content: str) -> None:
    (tmp_path / "CURRENT").write_text(content)
    with pytest.raises(GenerationError, match="CURRENT"):
        Workspace(tmp_path).current()


def test_a_ledger_of_a_newer_version_is_not_touched(tmp_path: Path) -> None:
    path = tmp_path / "ledger.sqlite"
    with Ledger.open(path):
        pass
    connection = sqlite3.connect(path)
    with connection:
        connection.execute("INSERT INTO migrations VALUES (9999, '')")
    connection.close()
    with pytest.raises(LedgerError, match="更新"), Ledger.open(path):
        pass
    path.write_bytes(os.urandom(4096))
    with pytest.raises(LedgerError), Ledger.open(path):
        pass


def test_addresses_of_an_older_ledger_are_remembered(tmp_path: Path) -> None:
    path = tmp_path / "ledger.sqlite"
    first = (Path(str(module.__file__)).parent / "migrations" / "0001_initial.sql").read_text(encoding="utf-8")
    connection = sqlite3.connect(path)
    connection.executescript(first)
    connection.execute("CREATE TABLE migrations (version INTEGER PRIMARY KEY, applied_at TEXT NOT NULL)")
    connection.execute("INSERT INTO migrations VALUES (1, '')")
    values = ("pabcdefghij", "program", "011002", "つながり事業", 0, "011-211-2962", "national_list", 2021, 2022)
    connection.execute("INSERT INTO identities VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)", values)
    connection.commit()
    connection.close()
    with Ledger.open(path) as ledger:
        (given,) = ledger.given_ids()
    assert (given.id, given.year, given.name) == ("pabcdefghij", 2021, "つながり事業")


def test_an_address_that_was_given_leads_on_when_the_year_is_put_right(tmp_path: Path) -> None:
    stage(tmp_path, [ROW], year=2022)
    workspace = Workspace(tmp_path / "data")
    workspace.publish()
    (given,) = served(tmp_path)
    stage(tmp_path, [ROW], year=2021)
    workspace.publish()
    generation = Generation.open(workspace.generation_path(workspace.current()))
    listing = generation.listing(given)
    generation.close()
    assert listing
    assert listing.fiscal_year == 2021


def test_settings_name_the_variable_that_is_wrong(tmp_path: Path) -> None:
    from tsunagari.settings import EngineName, SettingsError

    for environment, name in (
        ({"TSUNAGARI_ENGINE": "solr"}, "TSUNAGARI_ENGINE"),
        ({"TSUNAGARI_ENGINE": "meili"}, "TSUNAGARI_MEILI_URL"),
        ({"TSUNAGARI_MEILI_SEARCH_KEY_FILE": str(tmp_path / "away")}, "TSUNAGARI_MEILI_SEARCH_KEY_FILE"),
    ):
        with pytest.raises(SettingsError, match=name):
            Settings.from_environment(environment)
    (tmp_path / "key").write_text("abc\n")
    settings = Settings.from_environment(
        {
            "TSUNAGARI_ENGINE": "meili",
            "TSUNAGARI_MEILI_URL": "http://127.0.0.1:7700/",
            "TSUNAGARI_MEILI_SEARCH_KEY_FILE": str(tmp_path / "key"),
        }
    )
    assert (settings.engine, settings.meili_url, settings.meili_search_key) == (
        EngineName.MEILI,
        "http://127.0.0.1:7700",
        "abc",
    )
    with pytest.raises(SettingsError, match="ADMIN_KEY"):
        settings.workspace(tmp_path, writing=True)
    with pytest.raises(SettingsError, match="SEARCH_KEY"):
        replace(settings, meili_search_key="").catalogue(tmp_path)
