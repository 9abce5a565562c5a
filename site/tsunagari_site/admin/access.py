"""Who comes in: the session's cookie, the way to the sign-in and back, and where forms may come from.

The cookie is good for /admin alone, holds 32 random bytes and ends with the browser; the ledger knows its hash, and how long it is good for
(:mod:`tsunagari_indexer.accounts`). So a session outlives a restart of the site, and ends everywhere the moment it is deleted.
"""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable
from dataclasses import replace
from urllib.parse import quote, urlsplit

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from tsunagari_indexer.accounts import Session, find_session, touch_session
from tsunagari_indexer.review import ledger_of
from tsunagari_site.admin.context import Admin, Visit
from tsunagari_site.errors import RequestError
from tsunagari_site.forms import read_form
from tsunagari_site.rate_limit import Attempts

COOKIE = "tsunagari_admin"
COOKIE_PATH = "/admin"
OVERVIEW = "/admin/"
SIGN_IN = "/admin/sign-in"
#: The window of the attempts to sign in (minutes).
WINDOW = 15
_LONGEST_TOKEN = 128
#: A correction of a long text is the largest form; Japanese takes nine bytes a character.
_FORM_BYTES = 262_144
_FORM_FIELDS = 500
_SAFE_PATH = re.compile(r"/admin/[A-Za-z0-9_~./-]*(\?[A-Za-z0-9_~.=&-]*)?")
_DEFAULT_PORTS = {"http": 80, "https": 443}

View = Callable[[Visit], Awaitable[Response]]


class Access:
    """Makes routes of views for somebody who is signed in; everybody else is led to the sign-in."""

    def __init__(self, admin: Admin) -> None:
        self.admin = admin
        self.by_account = Attempts(admin.attempts_by_account, WINDOW)
        self.by_address = Attempts(admin.attempts_by_address, WINDOW)
        self._paths: set[str] = set()

    def get(self, path: str, view: View) -> Route:
        """A page."""
        self._paths.add(path)

        async def answer(request: Request) -> Response:
            visit = await self._visit(request)
            return await view(visit) if visit else self._to_sign_in(request)

        return Route(path, answer, methods=["GET"])

    def post(self, path: str, view: View, *, reads_form: bool = True) -> Route:
        """A change. With ``reads_form`` False the view reads what was sent itself, and calls ``visit.check_csrf`` before it does anything."""

        async def answer(request: Request) -> Response:
            check_origin(request)
            visit = await self._visit(request)
            if visit is None:
                return self._to_sign_in(request)
            if reads_form:
                form = await read_form(request, _FORM_BYTES, _FORM_FIELDS)
                visit.check_csrf(form.get("csrf", ""))
                visit = replace(visit, form=form)
            return await view(visit)

        return Route(path, answer, methods=["POST"])

    async def session(self, request: Request) -> tuple[str, Session] | None:
        """The token and session of a request, whose last use is noted; None: nobody is signed in."""
        token = request.cookies.get(COOKIE, "")
        if not token or len(token) > _LONGEST_TOKEN:
            return None
        now = self.admin.clock()

        def find() -> Session | None:
            with ledger_of(self.admin.workspace) as ledger:
                session = find_session(ledger, token, now)
                if session:
                    touch_session(ledger, token, session, now)
                return session

        session = await run_in_threadpool(find)
        return (token, session) if session else None

    def give_cookie(self, response: Response, token: str) -> None:
        """Have the browser keep a session's token until it is closed."""
        response.set_cookie(
            COOKIE, token, path=COOKIE_PATH, secure=self.admin.secure_cookie, httponly=True, samesite="strict"
        )

    def take_cookie(self, response: Response) -> None:
        """Have the browser forget the token."""
        response.delete_cookie(
            COOKIE, path=COOKIE_PATH, secure=self.admin.secure_cookie, httponly=True, samesite="strict"
        )

    async def _visit(self, request: Request) -> Visit | None:
        found = await self.session(request)
        return Visit(self.admin, request, found[1].account, found[0], frozenset(self._paths)) if found else None

    def _to_sign_in(self, request: Request) -> Response:
        had_one = COOKIE in request.cookies
        wanted = ""
        if request.method in {"GET", "HEAD"} and request.url.path != OVERVIEW:
            query = f"?{request.url.query}" if request.url.query else ""
            wanted = safe_path(f"{request.url.path}{query}")
        parts = [f"to={quote(wanted, safe='/')}"] if wanted and wanted != OVERVIEW else []
        parts += ["done=over"] if had_one else []
        response = RedirectResponse(f"{SIGN_IN}?{'&'.join(parts)}" if parts else SIGN_IN, status_code=303)
        if had_one:
            self.take_cookie(response)
        return response


def safe_path(text: str) -> str:
    """A path of these pages to lead on to, or the overview's: nothing that leads elsewhere, in whatever way a browser reads it."""
    path = text.partition("?")[0]
    if _SAFE_PATH.fullmatch(text) and not {"", ".", ".."} & set(path.split("/")[2:-1]) and not path.endswith("/.."):
        return text
    return OVERVIEW


def check_origin(request: Request) -> None:
    """A form must come from a page of this host, as far as the browser says where it comes from.

    ``Sec-Fetch-Site`` (Fetch Metadata) tells it surely. A browser without it sends ``Origin``, which is "null" where a proxy in front sets
    another ``Referrer-Policy``: that alone is not enough.

    Raises:
        RequestError: it comes from elsewhere (403).
    """
    site = request.headers.get("sec-fetch-site")
    origin = request.headers.get("origin")
    is_here = site in {None, "same-origin", "none"}
    if origin is not None and not (origin == "null" and site is not None):
        is_here = is_here and _host_of(origin) == request.headers.get("host", "").lower()
    if not is_here:
        raise RequestError(403, "foreign_form", "ほかのサイトから送られたため、受け取りませんでした。")


def _host_of(origin: str) -> str:
    """The host of an origin as the ``Host`` header names it: without the scheme's own port."""
    try:
        parts = urlsplit(origin)
        port = parts.port
    except ValueError:
        return "?"
    if parts.scheme not in _DEFAULT_PORTS or parts.hostname is None or parts.path:
        return "?"
    host = f"[{parts.hostname}]" if ":" in parts.hostname else parts.hostname
    return host if port in {None, _DEFAULT_PORTS[parts.scheme]} else f"{host}:{port}"
