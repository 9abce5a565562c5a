"""At most so many requests a minute from one address, so that one machine cannot take the site from everybody.

Generous, because a shelter or a school shares one address; what helps at once (the first page, the desks, the safety page, static files)
is never limited. For a site that visitors reach directly: behind a proxy that hides their addresses, as the example configuration's
does, the proxy counts, and answers with the same page (``/busy``). An address is held as a hash with a key of this process, for a minute, in memory only.
"""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Callable
from ipaddress import IPv6Address, IPv6Network, ip_address

from limits import RateLimitItemPerMinute
from limits.storage import MemoryStorage
from limits.strategies import MovingWindowRateLimiter, SlidingWindowCounterRateLimiter
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import ASGIApp, Receive, Scope, Send

from tsunagari_site.i18n import language_of

_NEVER = frozenset({"/", "/contacts", "/safety", "/healthz", "/robots.txt", "/busy"})


def who_asks(client: tuple[str, int] | None) -> str:
    """Whose requests are counted together: an IPv4 address; of IPv6 the /64, in which anybody at home has 2^64 of them (RFC 6177, section 2).

    What is no address stays as it is; empty: nobody knows.
    """
    host = client[0] if client else ""
    try:
        address = ip_address(host)
    except ValueError:
        return host
    if not isinstance(address, IPv6Address):
        return str(address)
    mapped = address.ipv4_mapped
    return str(mapped or IPv6Network((int(address), 64), strict=False))


class RateLimit:
    """Answers 429 with a page that still shows the lines, or with the API's error. ``per_minute`` 0 switches it off.

    ``unlimited`` are beginnings of paths that this does not count, because something else does.
    """

    def __init__(
        self, app: ASGIApp, per_minute: int, answer: Callable[[Request], Response], unlimited: tuple[str, ...] = ()
    ) -> None:
        self._app = app
        self._unlimited = ("/static/", *unlimited)
        self._answer = answer
        self._key = secrets.token_bytes(32)
        self._allowed = RateLimitItemPerMinute(per_minute) if per_minute else None
        self._limiter = SlidingWindowCounterRateLimiter(MemoryStorage())

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        if scope["type"] != "http" or self._allowed is None or self._is_free(scope["path"]):
            await self._app(scope, receive, send)
            return
        if self._limiter.hit(self._allowed, self._who(scope)):
            await self._app(scope, receive, send)
            return
        response = self._answer(Request(scope))
        response.headers["Retry-After"] = "60"
        await response(scope, receive, send)

    def _who(self, scope: Scope) -> str:
        return hashlib.blake2b(who_asks(scope.get("client")).encode(), key=self._key, digest_size=16).hexdigest()

    def _is_free(self, path: str) -> bool:
        return path.startswith(self._unlimited) or (path.removeprefix(language_of(path).prefix) or "/") in _NEVER


class Attempts:
    """At most ``most`` attempts in ``minutes`` minutes by each of those who try. Who that is, is held as a hash with a key of this process."""

    def __init__(self, most: int, minutes: int) -> None:
        self._key = secrets.token_bytes(32)
        self._allowed = RateLimitItemPerMinute(most, minutes)
        self._limiter = MovingWindowRateLimiter(MemoryStorage())

    def take(self, who: str) -> bool:
        """Count an attempt; whether it may be made."""
        return self._limiter.hit(self._allowed, self._hashed(who))

    def forget(self, who: str) -> None:
        """Begin to count anew."""
        self._limiter.clear(self._allowed, self._hashed(who))

    def _hashed(self, who: str) -> str:
        return hashlib.blake2b(who.encode(), key=self._key, digest_size=16).hexdigest()
