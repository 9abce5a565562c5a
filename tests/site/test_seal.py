"""Sealed addresses: nobody reads them, nobody makes them, and they end."""

from __future__ import annotations

import base64

import pytest

from tsunagari_site.errors import SealError
from tsunagari_site.seal import KEY_BYTES, LIFETIME, Sealer

KEY = bytes(range(KEY_BYTES))


def test_what_is_sealed_is_read_again_and_only_for_its_purpose() -> None:
    sealer = Sealer(KEY)
    token = sealer.seal("results", {"text": "夫に殴られた"})
    assert sealer.open("results", token) == {"text": "夫に殴られた"}
    with pytest.raises(SealError):
        sealer.open("program", token)


def test_an_address_ends_after_an_hour() -> None:
    now = 1_000_000.0
    sealer = Sealer(KEY, lambda: now)
    token = sealer.seal("results", {})
    now += LIFETIME
    assert sealer.open("results", token) == {}
    now += 1
    with pytest.raises(SealError):
        sealer.open("results", token)


def test_neither_words_nor_time_nor_length_can_be_read() -> None:
    sealer = Sealer(KEY, lambda: 1_000_000.0)
    short, long = sealer.seal("results", {"text": "DV"}), sealer.seal("results", {"text": "シェルター"})
    assert len(short) == len(long)
    assert sealer.seal("results", {"text": "DV"}) != short
    raw = base64.urlsafe_b64decode(long + "=" * (-len(long) % 4))
    assert "シェルター".encode() not in raw
    assert b"1003600" not in raw


@pytest.mark.parametrize("token", ["", "x", "あ", "AAAA", "a" * 4000, "\0", "=", "v" * 200])
def test_what_was_not_sealed_here_is_refused(token: str) -> None:
    with pytest.raises(SealError):
        Sealer(KEY).open("results", token)


def test_a_changed_character_or_another_key_is_refused() -> None:
    token = Sealer(KEY).seal("results", {"text": "x"})
    changed = token[:30] + ("A" if token[30] != "A" else "B") + token[31:]
    for sealer, given in ((Sealer(KEY), changed), (Sealer(bytes(KEY_BYTES)), token)):
        with pytest.raises(SealError):
            sealer.open("results", given)
