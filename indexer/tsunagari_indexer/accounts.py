"""Who may open the administrators' pages, and who is signed in: the ledger's tables ``accounts`` and ``sessions``.

Of a password the ledger holds its Argon2 hash, of a session's token its SHA-256: whoever reads the file can use neither. Every moment is given
by the caller, with its time zone. Changes of accounts are lines of the audit log.
"""

from __future__ import annotations

import hashlib
import secrets
import unicodedata
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from tsunagari_indexer.errors import AccountError
from tsunagari_indexer.ledger import Ledger
from tsunagari_indexer.passwords import hash_password, is_dated, is_right

#: A session that nobody used for so long is over, and one that began so long ago.
IDLE = timedelta(minutes=30)
ABSOLUTE = timedelta(hours=12)
#: How often the last use is written down: a page with pictures asks many times in a second.
_NOTED_EVERY = timedelta(minutes=1)
_LONGEST_NAME = 40
_TOKEN_BYTES = 32


@dataclass(frozen=True, slots=True)
class Account:
    """An account. ``disabled_at`` is None while it may sign in."""

    name: str
    created_at: datetime
    disabled_at: datetime | None


@dataclass(frozen=True, slots=True)
class Session:
    """Somebody who is signed in."""

    account: str
    created_at: datetime
    last_seen_at: datetime

    def is_over(self, now: datetime) -> bool:
        """Whether nobody used it for :data:`IDLE`, or it began :data:`ABSOLUTE` ago."""
        return now - self.last_seen_at >= IDLE or now - self.created_at >= ABSOLUTE


def accounts(ledger: Ledger) -> tuple[Account, ...]:
    """Every account, the disabled ones too, by name."""
    rows = ledger.connection.execute("SELECT name, created_at, disabled_at FROM accounts ORDER BY name")
    return tuple(
        Account(name, datetime.fromisoformat(created), datetime.fromisoformat(disabled) if disabled else None)
        for name, created, disabled in rows
    )


def add_account(ledger: Ledger, name: str, password: str, now: datetime) -> str:
    """Make an account; its name as it is kept.

    Raises:
        AccountError: a name or password that cannot be, or a name that was given before.
    """
    name = _checked_name(name)
    password_hash = hash_password(password)
    with ledger.transaction():
        if any(one.name == name for one in accounts(ledger)):
            raise AccountError(
                f"「{name}」はもうあります。パスワードを決め直すときは tsunagari account password を使ってください"
            )
        ledger.connection.execute(
            "INSERT INTO accounts (name, password_hash, created_at) VALUES (?, ?, ?)", (name, password_hash, _text(now))
        )
        ledger.record("account-added", None, name)
    return name


def set_password(ledger: Ledger, name: str, password: str) -> bool:
    """Give an account a new password and end its sessions. A disabled one may sign in again; whether it was disabled.

    For the command line, which asks for no earlier password.

    Raises:
        AccountError: no such account, or a password that cannot be.
    """
    known = _known(ledger, name)
    password_hash = hash_password(password)
    with ledger.transaction():
        ledger.connection.execute(
            "UPDATE accounts SET password_hash = ?, disabled_at = NULL WHERE name = ?", (password_hash, known.name)
        )
        end_sessions(ledger, known.name)
        if known.disabled_at:
            ledger.record("account-enabled", None, known.name)
        ledger.record("account-password", None, known.name)
    return known.disabled_at is not None


def change_password(ledger: Ledger, name: str, current: str, new: str, now: datetime) -> str | None:
    """Change the password of somebody who knows the current one: all sessions end, and a new one's token is given. None: a wrong one.

    An account that was disabled, or given another password, while this one was checked stays as it is.

    Raises:
        AccountError: the new password cannot be.
    """
    if signed_in_as(ledger, name, current) is None:
        return None
    row = ledger.connection.execute("SELECT password_hash FROM accounts WHERE name = ?", (name,)).fetchone()
    password_hash = hash_password(new)
    with ledger.transaction():
        changed = ledger.connection.execute(
            "UPDATE accounts SET password_hash = ? WHERE name = ? AND password_hash = ? AND disabled_at IS NULL",
            (password_hash, name, row[0]),
        )
        if not changed.rowcount:
            return None
        end_sessions(ledger, name)
        ledger.record("account-password", None, name, name)
        return begin_session(ledger, name, now)


def disable_account(ledger: Ledger, name: str, now: datetime) -> None:
    """Keep an account from signing in, and end its sessions. Its name stays in the records.

    Raises:
        AccountError: no such account, or one that is disabled already.
    """
    known = _known(ledger, name)
    if known.disabled_at:
        raise AccountError(f"「{known.name}」は、もう止めてあります")
    with ledger.transaction():
        ledger.connection.execute("UPDATE accounts SET disabled_at = ? WHERE name = ?", (_text(now), known.name))
        end_sessions(ledger, known.name)
        ledger.record("account-disabled", None, known.name)


def signed_in_as(ledger: Ledger, name: str, password: str) -> str | None:
    """The account whose name and password these are, or None: no such account, a disabled one, a wrong password, all in the same time.

    A hash of other parameters than those of now is made anew.
    """
    name = account_name(name)
    row = ledger.connection.execute(
        "SELECT password_hash FROM accounts WHERE name = ? AND disabled_at IS NULL", (name,)
    ).fetchone()
    password_hash: str | None = row[0] if row else None
    if not is_right(password_hash, password) or password_hash is None:
        return None
    if is_dated(password_hash):
        ledger.connection.execute(
            "UPDATE accounts SET password_hash = ? WHERE name = ? AND password_hash = ?",
            (hash_password(password), name, password_hash),
        )
    return name


def begin_session(ledger: Ledger, account: str, now: datetime) -> str:
    """Sign an account in: the token of a new session, which is kept nowhere."""
    token = secrets.token_urlsafe(_TOKEN_BYTES)
    ledger.connection.execute(
        "INSERT INTO sessions (token_hash, account, created_at, last_seen_at) VALUES (?, ?, ?, ?)",
        (_token_hash(token), account, _text(now), _text(now)),
    )
    return token


def find_session(ledger: Ledger, token: str, now: datetime) -> Session | None:
    """The session of a token. None: it is over, ended, of a disabled account, or was never one. One that is over is deleted."""
    row = ledger.connection.execute(
        "SELECT account, sessions.created_at, last_seen_at FROM sessions JOIN accounts ON name = account "
        "WHERE token_hash = ? AND disabled_at IS NULL",
        (_token_hash(token),),
    ).fetchone()
    if row is None:
        return None
    session = Session(row[0], datetime.fromisoformat(row[1]), datetime.fromisoformat(row[2]))
    if session.is_over(now):
        end_session(ledger, token)
        return None
    return session


def touch_session(ledger: Ledger, token: str, session: Session, now: datetime) -> None:
    """Note that a session is used, at most once a minute."""
    if now - session.last_seen_at >= _NOTED_EVERY:
        ledger.connection.execute(
            "UPDATE sessions SET last_seen_at = ? WHERE token_hash = ?", (_text(now), _token_hash(token))
        )


def end_session(ledger: Ledger, token: str) -> None:
    """Sign out."""
    ledger.connection.execute("DELETE FROM sessions WHERE token_hash = ?", (_token_hash(token),))


def end_sessions(ledger: Ledger, account: str) -> None:
    """Sign an account out everywhere."""
    ledger.connection.execute("DELETE FROM sessions WHERE account = ?", (account,))


def sweep_sessions(ledger: Ledger, now: datetime) -> None:
    """Delete the sessions that are over."""
    rows = ledger.connection.execute("SELECT token_hash, account, created_at, last_seen_at FROM sessions").fetchall()
    over = [
        (token_hash,)
        for token_hash, account, created, seen in rows
        if Session(account, datetime.fromisoformat(created), datetime.fromisoformat(seen)).is_over(now)
    ]
    ledger.connection.executemany("DELETE FROM sessions WHERE token_hash = ?", over)


def account_name(text: str) -> str:
    """A name as it is kept: full-width letters are typed as easily as half-width ones, and mean the same."""
    return unicodedata.normalize("NFKC", text).strip()


def _checked_name(text: str) -> str:
    name = account_name(text)
    if not 1 <= len(name) <= _LONGEST_NAME or not name.isprintable():
        raise AccountError(f"名前は1文字から{_LONGEST_NAME}文字までで、改行などを含まないものにしてください")
    return name


def _known(ledger: Ledger, name: str) -> Account:
    found = next((one for one in accounts(ledger) if one.name == account_name(name)), None)
    if found is None:
        raise AccountError(f"「{account_name(name)}」という名前のアカウントはありません")
    return found


def _token_hash(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


def _text(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat(timespec="seconds")
