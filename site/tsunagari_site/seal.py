"""Sealed addresses: what somebody looks for, encrypted into the address of the page that shows it.

Neither the words nor the place nor the programme can be read from the history, a bookmark or a log. A sealed address says what it
is for and is good for an hour; the time stands inside the seal. One that is made to be handed on lasts, and holds no time. Texts are padded, so that an address does not tell the length of a
word. AES-256-GCM with a random 96-bit nonce (NIST SP 800-38D); the key belongs to the data folder.
"""

from __future__ import annotations

import base64
import binascii
import json
import os
import time
from collections.abc import Callable, Mapping
from typing import Any

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from tsunagari_site.errors import SealError

KEY_BYTES = 32
#: How long a sealed address shows its page (seconds).
LIFETIME = 3600
_NONCE_BYTES = 12
_PAD_TO = 64
_VIEW = b"v"
_SHARE = b"s"


class Sealer:
    """Seals and opens. ``clock`` gives seconds since the epoch."""

    def __init__(self, key: bytes, clock: Callable[[], float] = time.time) -> None:
        self._cipher = AESGCM(key)
        self._clock = clock

    def seal(self, purpose: str, payload: Mapping[str, Any]) -> str:
        """A token for an address, good for :data:`LIFETIME` seconds and only for ``purpose``."""
        return self._seal(_VIEW, purpose, {"x": int(self._clock()) + LIFETIME, "d": payload})

    def seal_for_good(self, purpose: str, payload: Mapping[str, Any]) -> str:
        """A token that lasts as long as the key, only for ``purpose``: made when somebody asks for an address to hand on."""
        return self._seal(_SHARE, purpose, {"d": payload})

    def _seal(self, kind: bytes, purpose: str, content: Mapping[str, Any]) -> str:
        plain = json.dumps(content, ensure_ascii=False, separators=(",", ":")).encode()
        plain += b" " * (-len(plain) % _PAD_TO)
        nonce = os.urandom(_NONCE_BYTES)
        sealed = kind + nonce + self._cipher.encrypt(nonce, plain, kind + purpose.encode())
        return base64.urlsafe_b64encode(sealed).rstrip(b"=").decode()

    def open(self, purpose: str, token: str) -> dict[str, Any]:
        """What was sealed.

        Raises:
            SealError: the token is older than its lifetime, was sealed for something else, or was not sealed here.
        """
        try:
            sealed = base64.b64decode(token + "=" * (-len(token) % 4), altchars=b"-_", validate=True)
            kind, nonce, rest = sealed[:1], sealed[1 : 1 + _NONCE_BYTES], sealed[1 + _NONCE_BYTES :]
            body = json.loads(self._cipher.decrypt(nonce, rest, kind + purpose.encode()))
            payload: dict[str, Any] = body["d"]
            expires = body["x"] if kind == _VIEW else None
        except (InvalidTag, ValueError, KeyError, TypeError, binascii.Error) as error:
            raise SealError("not an address of this site") from error
        if expires is not None and self._clock() > expires:
            raise SealError("expired")
        return payload
