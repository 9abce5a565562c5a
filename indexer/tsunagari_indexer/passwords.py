"""Passwords of administrators: Argon2id (RFC 9106) with argon2-cffi's own parameters. The only module that imports it.

It is in this stage, the leftmost that needs it: the command that makes an account and the page that signs somebody in hash alike.
"""

from __future__ import annotations

import unicodedata
from functools import cache

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from tsunagari_indexer.errors import AccountError

#: Characters, not bytes.
SHORTEST = 12
#: A longer one is no password; hashing it would only cost time.
LONGEST = 1000


def hash_password(password: str) -> str:
    """The hash that is kept, with its salt and parameters in it.

    Raises:
        AccountError: the password is too short or too long; the message does not repeat it.
    """
    text = _normal(password)
    if len(text) < SHORTEST:
        raise AccountError(f"パスワードは{SHORTEST}文字以上にしてください")
    if len(text) > LONGEST:
        raise AccountError(f"パスワードは{LONGEST}文字までにしてください")
    return _hasher().hash(text)


def is_right(password_hash: str | None, password: str) -> bool:
    """Whether a password is the one that was hashed. None, for an account that is not there, takes as long and is never right."""
    text = _normal(password[: LONGEST + 1])
    nobodys = _nobodys()  # Made on the first call, whoever it is about.
    try:
        _hasher().verify(nobodys if password_hash is None else password_hash, text)
    except (VerificationError, InvalidHashError):
        return False
    return password_hash is not None


def is_dated(password_hash: str) -> bool:
    """Whether a hash was made with other parameters than those of now, and should be made anew."""
    return _hasher().check_needs_rehash(password_hash)


def _normal(password: str) -> str:
    # The same password typed on two machines may be composed differently (RFC 8265, OpaqueString).
    return unicodedata.normalize("NFC", password)


@cache
def _hasher() -> PasswordHasher:
    return PasswordHasher()


@cache
def _nobodys() -> str:
    return _hasher().hash("nobody's")
