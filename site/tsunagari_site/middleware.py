"""What every answer carries, and the access log, which holds no query, no name of a place or programme, and no address of a visitor."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable

from starlette.datastructures import MutableHeaders
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

access_log = logging.getLogger("tsunagari.access")
_log = logging.getLogger("tsunagari.site")

_HEADERS = {
    "Content-Security-Policy": (
        "default-src 'none'; script-src 'self'; connect-src 'self'; style-src 'self'; img-src 'self' data:; form-action 'self'; "
        "base-uri 'none'; frame-ancestors 'none'"
    ),
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(self), microphone=()",
}
#: The last step of the paths under which somebody's own search, place or card stands.
_SEALED = frozenset(
    {
        "results",
        "program",
        "search",
        "where",
        "calling",
        "card",
        "show",
        "share",
        "nearby",
        "take",
        "picture",
        "source",
        "suggest",
    }
)


def is_admin_path(path: str) -> bool:
    """Whether a path is one of the administrators' pages, as the cookie's ``Path=/admin`` means it (RFC 6265, 5.1.4)."""
    return path == "/admin" or path.startswith("/admin/")


class SafeHeaders:
    """Puts the privacy and security headers on every answer; nothing but static files may be stored. ``admin``: whether /admin is served."""

    def __init__(self, app: ASGIApp, *, admin: bool = False) -> None:
        self._app = app
        self._admin = admin

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return

        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                headers.update(_HEADERS)
                headers.setdefault("Cache-Control", "no-store")
                if scope["path"].startswith("/api/"):
                    # Open data: any site's page may read it, and no credentials exist that it could borrow.
                    headers["Access-Control-Allow-Origin"] = "*"
                    headers["Cross-Origin-Resource-Policy"] = "cross-origin"
                    headers["X-Robots-Tag"] = "noindex"
                if scope["path"].rpartition("/")[2] in _SEALED:
                    headers["X-Robots-Tag"] = "noindex, nofollow, noarchive"
                if self._admin and is_admin_path(scope["path"]):
                    headers["X-Robots-Tag"] = "noindex, nofollow, noarchive"
                    # With "no-referrer" a browser sends "Origin: null" with the site's own forms, too (Fetch, "append a request Origin
                    # header"), and then nobody could tell them from others'. To other hosts this says as little.
                    headers["Referrer-Policy"] = "same-origin"
            await send(message)

        await self._app(scope, receive, send_with_headers)


class AccessLog:
    """Logs the method, the route's pattern (``/programs/{id}``), the status and the time taken; nothing that identifies."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        status = 500
        began = time.perf_counter()

        async def send_and_note(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
            await send(message)

        try:
            await self._app(scope, receive, send_and_note)
        finally:
            route = scope.get("route")
            pattern = getattr(route, "path", "-")
            access_log.info("%s %s %d %.1fms", scope["method"], pattern, status, (time.perf_counter() - began) * 1000)


class Faults:
    """Answers what nobody foresaw with a page, and logs the error's type and place only.

    Starlette's own handler raises the error again for the server to log, whose text could carry words that somebody typed.
    """

    def __init__(self, app: ASGIApp, answer: Callable[[Request], Response]) -> None:
        self._app = app
        self._answer = answer

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        started = False

        async def send_and_note(message: Message) -> None:
            nonlocal started
            started = True
            await send(message)

        try:
            await self._app(scope, receive, send_and_note)
        except Exception as error:  # noqa: BLE001 - the web application's error handler
            trace = error.__traceback__
            while trace and trace.tb_next:
                trace = trace.tb_next
            where = f"{trace.tb_frame.f_code.co_filename}:{trace.tb_lineno}" if trace else "?"
            _log.error("%s at %s", type(error).__name__, where)
            if not started:
                await self._answer(Request(scope))(scope, receive, send)
