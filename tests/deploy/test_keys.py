"""The keys of Meilisearch: made once, the same ever after, readable by their owner alone, and never with more rights."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.contract.fake_meilisearch import FakeMeilisearch, running_fake
from typer.testing import CliRunner

from tsunagari.cli import app
from tsunagari.keys import ensure_master_key, write_keys
from tsunagari.settings import SettingsError
from tsunagari_indexer.engine import FIELDS, EngineQuery, EngineRecord
from tsunagari_indexer.engines.meili import MeiliEngine, MeiliSettings, MeiliWriter, make_keys
from tsunagari_indexer.errors import EngineError, EngineUnavailableError

MASTER_KEY = "a-master-key-of-the-test-of-keys"


@pytest.fixture
def server() -> Iterator[FakeMeilisearch]:
    with running_fake(MASTER_KEY) as fake:
        yield fake
        assert fake.refused == []


@pytest.fixture
def master_key_file(tmp_path: Path) -> Path:
    path = tmp_path / "master.key"
    path.write_text(f"{MASTER_KEY}\n", encoding="ascii")
    return path


def test_a_master_key_is_made_once(tmp_path: Path) -> None:
    path = tmp_path / "secrets" / "master.key"
    assert ensure_master_key(path)
    first = path.read_text(encoding="ascii")
    assert len(first.strip()) == 64
    assert path.stat().st_mode & 0o777 == 0o600
    assert path.parent.stat().st_mode & 0o777 == 0o700
    assert not ensure_master_key(path)
    assert path.read_text(encoding="ascii") == first
    assert list(path.parent.iterdir()) == [path]


@pytest.mark.parametrize("content", [b"", b"too short\n", "鍵".encode()])
def test_a_master_key_that_cannot_be_one_is_refused(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "master.key"
    path.write_bytes(content)
    with pytest.raises(SettingsError, match="マスターキー"):
        ensure_master_key(path)
    assert path.read_bytes() == content


def test_keys_are_written_apart_and_stay_the_same(
    server: FakeMeilisearch, master_key_file: Path, tmp_path: Path
) -> None:
    for _ in range(2):
        written = write_keys(f"{server.url}/", master_key_file, tmp_path / "admin", tmp_path / "search")
        assert written == (tmp_path / "admin" / "admin.key", tmp_path / "search" / "search.key")
        search_key, admin_key = make_keys(server.url, MASTER_KEY)
        assert [path.read_text(encoding="ascii").strip() for path in written] == [admin_key, search_key]
        assert {path.stat().st_mode & 0o777 for path in written} == {0o600}


def test_the_keys_are_enough_and_not_more(server: FakeMeilisearch) -> None:
    search_key, admin_key = make_keys(server.url, MASTER_KEY)
    writer = MeiliWriter(MeiliSettings(server.url, admin_key))
    record = EngineRecord(id="a", order=0, fields=dict.fromkeys(FIELDS, frozenset({"w:相談"})), facets={})
    writer.build("programs_g1_abcdef", [record])
    engine = MeiliEngine(MeiliSettings(server.url, search_key), "programs_g1_abcdef")
    assert engine.search(EngineQuery(terms=("w:相談",))).total == 1
    with pytest.raises(EngineUnavailableError, match="鍵を断られました"):
        MeiliWriter(MeiliSettings(server.url, search_key)).remove("programs_g1_abcdef")
    for key in (search_key, admin_key):
        with pytest.raises(EngineUnavailableError, match="鍵を断られました"):
            make_keys(server.url, key)
    writer.remove("programs_g1_abcdef")
    assert list(writer.names()) == []


def test_a_key_that_may_do_something_else_is_not_handed_out(
    server: FakeMeilisearch, monkeypatch: pytest.MonkeyPatch
) -> None:
    from tsunagari_indexer.engines import meili

    uid, name, _ = meili._SEARCH_KEY
    monkeypatch.setattr(meili, "_SEARCH_KEY", (uid, name, ("search", "documents.add")))
    make_keys(server.url, MASTER_KEY)
    monkeypatch.undo()
    with pytest.raises(EngineError, match=uid):
        make_keys(server.url, MASTER_KEY)


def test_what_cannot_be_done_is_told(server: FakeMeilisearch, master_key_file: Path, tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="http://"):
        write_keys("meilisearch:7700", master_key_file, tmp_path, tmp_path)
    with pytest.raises(SettingsError, match="読めません"):
        write_keys(server.url, tmp_path / "none", tmp_path, tmp_path)
    with pytest.raises(SettingsError, match="書けません"):
        write_keys(server.url, master_key_file, master_key_file / "folder", tmp_path)
    master_key_file.write_text("another-master-key\n", encoding="ascii")
    with pytest.raises(EngineUnavailableError, match="マスターキーを確かめて"):
        write_keys(server.url, master_key_file, tmp_path, tmp_path)


def test_the_command_makes_both_kinds(server: FakeMeilisearch, master_key_file: Path, tmp_path: Path) -> None:
    run = CliRunner().invoke
    made = run(app, ["meili-keys", "--new-master-key", str(tmp_path / "new.key")])
    assert (made.exit_code, "new.key を作りました" in made.output) == (0, True)
    arguments = ["meili-keys", "--master-key-file", str(master_key_file), "--out-dir", str(tmp_path / "out")]
    written = run(app, arguments, env={"TSUNAGARI_MEILI_URL": server.url})
    assert written.exit_code == 0, written.output
    assert {path.name for path in (tmp_path / "out").iterdir()} == {"admin.key", "search.key"}
    assert run(app, arguments[:3]).exit_code == 2
    assert run(app, ["meili-keys"]).exit_code == 2
