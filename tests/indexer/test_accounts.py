"""Accounts and sessions in the ledger: what is kept, for how long, and what is never kept."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from argon2 import PasswordHasher, extract_parameters
from argon2.low_level import Type

from tsunagari_indexer import passwords
from tsunagari_indexer.accounts import (
    accounts,
    add_account,
    begin_session,
    change_password,
    disable_account,
    end_session,
    end_sessions,
    find_session,
    set_password,
    signed_in_as,
    sweep_sessions,
    touch_session,
)
from tsunagari_indexer.errors import AccountError
from tsunagari_indexer.ledger import Ledger

NOW = datetime(2026, 11, 20, 3, 0, tzinfo=UTC)
PASSWORD = "長いパスワードは安心です"


@pytest.fixture
def ledger(tmp_path: Path) -> Iterator[Ledger]:
    with Ledger.open(tmp_path / "ledger.sqlite") as ledger:
        yield ledger


@pytest.fixture
def named(ledger: Ledger) -> Ledger:
    """A ledger with the account 担当."""
    add_account(ledger, "担当", PASSWORD, NOW)
    return ledger


def held_hash(ledger: Ledger) -> str:
    return str(ledger.connection.execute("SELECT password_hash FROM accounts").fetchone()[0])


def test_a_password_is_held_as_an_argon2id_hash_with_the_librarys_parameters(named: Ledger) -> None:
    kept = extract_parameters(held_hash(named))
    usual = PasswordHasher()
    assert kept.type is Type.ID
    assert (kept.time_cost, kept.memory_cost, kept.parallelism) == (3, 65536, 4)
    assert (kept.time_cost, kept.memory_cost, kept.parallelism) == (
        usual.time_cost,
        usual.memory_cost,
        usual.parallelism,
    )
    assert signed_in_as(named, "担当", PASSWORD) == "担当"
    assert signed_in_as(named, "担当", PASSWORD + "x") is None


def test_two_hashes_of_one_password_differ() -> None:
    assert passwords.hash_password(PASSWORD) != passwords.hash_password(PASSWORD)


@pytest.mark.parametrize(
    ("password", "message"),
    [("", "12文字以上"), ("ひみつのことば１２３４"[:11], "12文字以上"), ("x" * 11, "12文字以上"), ("x" * 1001, "1000文字まで")],
)  # fmt: skip
def test_a_password_too_short_or_too_long_is_refused_without_repeating_it(
    ledger: Ledger, password: str, message: str
) -> None:
    with pytest.raises(AccountError, match=message) as refused:
        add_account(ledger, "担当", password, NOW)
    assert not password or password not in str(refused.value)
    assert accounts(ledger) == ()


def test_a_password_composed_otherwise_is_the_same(ledger: Ledger) -> None:
    add_account(ledger, "担当", "パスワードはがぎぐげご１２", NOW)
    # ガ as カ and a voiced sound mark, as some systems type it.
    assert (
        signed_in_as(ledger, "担当", "ハ\u309aスワート\u3099はか\u3099き\u3099く\u3099け\u3099こ\u3099１２") == "担当"
    )


def test_a_hash_of_older_parameters_is_made_anew_at_the_next_sign_in(named: Ledger) -> None:
    weak = PasswordHasher(time_cost=1, memory_cost=8192).hash(PASSWORD)
    named.connection.execute("UPDATE accounts SET password_hash = ?", (weak,))
    assert signed_in_as(named, "担当", "まちがったパスワード") is None
    assert held_hash(named) == weak
    assert signed_in_as(named, "担当", PASSWORD) == "担当"
    assert not passwords.is_dated(held_hash(named))
    assert signed_in_as(named, "担当", PASSWORD) == "担当"


@pytest.mark.parametrize("broken", ["", "x", "$argon2id$", "$2b$12$abcdefghijklmnopqrstuu"])
def test_a_hash_that_is_none_lets_nobody_in(named: Ledger, broken: str) -> None:
    named.connection.execute("UPDATE accounts SET password_hash = ?", (broken,))
    assert signed_in_as(named, "担当", PASSWORD) is None
    assert signed_in_as(named, "担当", "") is None


@pytest.mark.parametrize("name", ["", "  ", "x" * 41, "山\n田", "山\x1b[31m田", "山\u202e田"])
def test_a_name_that_could_not_be_read_in_the_records_is_refused(ledger: Ledger, name: str) -> None:
    with pytest.raises(AccountError, match="名前は"):
        add_account(ledger, name, PASSWORD, NOW)


def test_a_name_is_given_once(named: Ledger) -> None:
    with pytest.raises(AccountError, match="もうあります"):
        add_account(named, " 担当 ", PASSWORD, NOW)
    disable_account(named, "担当", NOW)
    with pytest.raises(AccountError, match="もうあります"):
        add_account(named, "担当", PASSWORD, NOW)


def test_a_disabled_account_keeps_its_name_and_comes_back_only_with_a_new_password(named: Ledger) -> None:
    token = begin_session(named, "担当", NOW)
    disable_account(named, "担当", NOW + timedelta(days=1))
    (one,) = accounts(named)
    assert (one.name, one.created_at, one.disabled_at) == ("担当", NOW, NOW + timedelta(days=1))
    assert signed_in_as(named, "担当", PASSWORD) is None
    assert find_session(named, token, NOW) is None
    with pytest.raises(AccountError, match="もう止めてあります"):
        disable_account(named, "担当", NOW)
    assert set_password(named, "担当", PASSWORD[::-1]) is True
    assert set_password(named, "担当", PASSWORD[::-1]) is False
    assert signed_in_as(named, "担当", PASSWORD[::-1]) == "担当"
    assert [(line.action, line.detail) for line in named.audit()] == [
        ("account-added", "担当"),
        ("account-disabled", "担当"),
        ("account-enabled", "担当"),
        ("account-password", "担当"),
        ("account-password", "担当"),
    ]


def test_changing_a_password_ends_every_session_and_begins_one(named: Ledger) -> None:
    before = [begin_session(named, "担当", NOW) for _ in range(2)]
    assert change_password(named, "担当", "まちがったパスワード", PASSWORD[::-1], NOW) is None
    assert all(find_session(named, one, NOW) for one in before)
    token = change_password(named, "担当", PASSWORD, PASSWORD[::-1], NOW)
    assert token
    assert find_session(named, token, NOW)
    assert not any(find_session(named, one, NOW) for one in before)
    assert signed_in_as(named, "担当", PASSWORD) is None
    assert signed_in_as(named, "担当", PASSWORD[::-1]) == "担当"
    assert (named.audit()[-1].who, named.audit()[-1].action) == ("担当", "account-password")


def test_an_account_disabled_while_its_password_is_changed_stays_disabled(
    named: Ledger, monkeypatch: pytest.MonkeyPatch
) -> None:
    def disabled_meanwhile(password: str) -> str:
        disable_account(named, "担当", NOW)
        return passwords.hash_password(password)

    monkeypatch.setattr("tsunagari_indexer.accounts.hash_password", disabled_meanwhile)
    assert change_password(named, "担当", PASSWORD, PASSWORD[::-1], NOW) is None
    assert accounts(named)[0].disabled_at
    assert named.connection.execute("SELECT count(*) FROM sessions").fetchone() == (0,)


def test_a_session_of_a_disabled_account_is_none_even_if_its_row_is_left(named: Ledger) -> None:
    token = begin_session(named, "担当", NOW)
    named.connection.execute("UPDATE accounts SET disabled_at = '2026-11-20T03:00:00+00:00'")
    assert find_session(named, token, NOW) is None


def test_nobody_can_be_changed_who_is_not_there(ledger: Ledger) -> None:
    with pytest.raises(AccountError, match="「だれか」という名前のアカウントはありません"):
        disable_account(ledger, "だれか", NOW)
    with pytest.raises(AccountError, match="「だれか」という名前のアカウントはありません"):
        set_password(ledger, "だれか", PASSWORD)


def test_a_token_has_32_random_bytes_and_the_ledger_its_sha256_alone(named: Ledger) -> None:
    tokens = {begin_session(named, "担当", NOW) for _ in range(20)}
    assert len(tokens) == 20
    assert {len(token) for token in tokens} == {43}
    held = {row[0] for row in named.connection.execute("SELECT token_hash FROM sessions")}
    assert held == {hashlib.sha256(token.encode()).hexdigest() for token in tokens}
    for one in held:
        assert find_session(named, one, NOW) is None


@pytest.mark.parametrize(
    ("moved", "touched", "stands"),
    [
        (timedelta(minutes=29, seconds=59), False, True),
        (timedelta(minutes=30), False, False),
        (timedelta(hours=11, minutes=59, seconds=59), True, True),
        (timedelta(hours=12), True, False),
    ],
)
def test_a_session_is_over_after_half_an_hour_unused_or_half_a_day(
    named: Ledger, moved: timedelta, touched: bool, stands: bool
) -> None:
    token = begin_session(named, "担当", NOW)
    if touched:
        session = find_session(named, token, NOW)
        assert session
        touch_session(named, token, session, NOW + moved - timedelta(minutes=1))
    assert (find_session(named, token, NOW + moved) is not None) == stands
    # What is over does not come back when a clock is set back.
    assert (find_session(named, token, NOW + timedelta(minutes=1)) is not None) == stands


def test_the_last_use_is_written_at_most_once_a_minute(named: Ledger) -> None:
    token = begin_session(named, "担当", NOW)
    for seconds, seen in ((59, 0), (60, 60), (100, 60), (120, 120)):
        moment = NOW + timedelta(seconds=seconds)
        session = find_session(named, token, moment)
        assert session
        touch_session(named, token, session, moment)
        again = find_session(named, token, moment)
        assert again
        assert again.last_seen_at == NOW + timedelta(seconds=seen)


def test_sessions_end_one_by_one_or_all_of_an_account_and_old_ones_are_swept(named: Ledger) -> None:
    add_account(named, "副担当", PASSWORD, NOW)
    first, second, theirs = (begin_session(named, name, NOW) for name in ("担当", "担当", "副担当"))
    end_session(named, first)
    assert [find_session(named, one, NOW) is not None for one in (first, second, theirs)] == [False, True, True]
    end_sessions(named, "担当")
    assert [find_session(named, one, NOW) is not None for one in (second, theirs)] == [False, True]
    later = NOW + timedelta(hours=1)
    fresh = begin_session(named, "担当", later)
    sweep_sessions(named, later)
    (left,) = named.connection.execute("SELECT token_hash FROM sessions").fetchall()
    assert left[0] == hashlib.sha256(fresh.encode()).hexdigest()


def test_a_record_says_who_and_older_ones_say_nobody(ledger: Ledger) -> None:
    ledger.record("publish", 3, "理由", "担当")
    ledger.record("publish", 4, "")
    assert [(line.who, line.action, line.generation, line.detail) for line in ledger.audit()] == [
        ("担当", "publish", 3, "理由"),
        ("", "publish", 4, ""),
    ]
