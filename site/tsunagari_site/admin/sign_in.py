"""Signing in and out.

Whatever is wrong with a name or a password, the answer is the same, and takes the same time. Nothing that was typed is kept: not in a log, not in
the ledger (a password is sometimes typed where the name belongs), not on the page that answers.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response
from starlette.routing import Route

from tsunagari_indexer.accounts import account_name, begin_session, end_session, signed_in_as, sweep_sessions
from tsunagari_indexer.ledger import Ledger
from tsunagari_indexer.review import ledger_of
from tsunagari_site.admin.access import COOKIE, OVERVIEW, SIGN_IN, WINDOW, Access, check_origin, safe_path
from tsunagari_site.admin.context import Visit, render_admin
from tsunagari_site.errors import SealError
from tsunagari_site.forms import read_form
from tsunagari_site.rate_limit import who_asks
from tsunagari_site.seal import Sealer

#: What the form's own token is sealed for: there is no session yet that it could belong to.
_PURPOSE = "admin-sign-in"
#: Argon2 takes 64 MiB for each password: strangers may make it work, but not on many at once.
_AT_ONCE = 2
DONE = {
    "over": "時間がたったため、サインアウトしました。もう一度サインインしてください。",
    "out": "サインアウトしました。",
}
_WRONG = "名前かパスワードがちがいます。"
_TOO_MANY = f"サインインを試した回数が多すぎます。{WINDOW}分ほど待ってから、もう一度試してください。"
_OLD_FORM = "このページを開いてから時間がたっています。もう一度送ってください。"


@dataclass(frozen=True, slots=True)
class SignInPage:
    """The form. ``to`` is the page that it leads on to."""

    token: str
    to: str


def routes(access: Access, sealer: Sealer) -> list[Route]:
    """The form, and the ways in and out."""
    gate = asyncio.Semaphore(_AT_ONCE)

    def form_page(to: str, *, done: str = "", problem: str = "", status: int = 200) -> HTMLResponse:
        page = SignInPage(sealer.seal(_PURPOSE, {}), to)
        return render_admin("sign_in.html", page, status=status, done=done, problem=problem)

    async def show(request: Request) -> Response:
        to = safe_path(request.query_params.get("to", ""))
        if await access.session(request):
            return RedirectResponse(to, status_code=303)
        return form_page(to, done=DONE.get(request.query_params.get("done", ""), ""))

    async def sign_in(request: Request) -> Response:
        check_origin(request)
        form = await read_form(request)
        to = safe_path(form.get("to", ""))
        try:
            sealer.open(_PURPOSE, form.get("csrf", ""))
        except SealError:
            return form_page(to, problem=_OLD_FORM, status=403)
        name, password = account_name(form.get("name", "")), form.get("password", "")
        # The answers do not tell which is used up. Who has no attempt left uses up none of an account's either, nor any memory.
        if not (access.by_address.take(_address(request)) and access.by_account.take(name)):
            response = form_page(to, problem=_TOO_MANY, status=429)
            response.headers["Retry-After"] = str(WINDOW * 60)
            return response
        async with gate:
            token = await run_in_threadpool(_new_session, access, name, password, request.cookies.get(COOKIE, ""))
        if token is None:
            return form_page(to, problem=_WRONG, status=403)
        access.by_account.forget(name)
        answer = RedirectResponse(to, status_code=303)
        access.give_cookie(answer, token)
        return answer

    async def sign_out(visit: Visit) -> Response:
        def end(ledger: Ledger) -> None:
            with ledger.transaction():
                end_session(ledger, visit.token)
                ledger.record("sign-out", None, "", visit.account)

        await visit.ledger(end)
        response = visit.to(SIGN_IN, "out")
        access.take_cookie(response)
        return response

    async def to_overview(request: Request) -> Response:  # noqa: ARG001
        return RedirectResponse(OVERVIEW, status_code=303)

    return [
        Route(SIGN_IN, show, methods=["GET"]),
        Route(SIGN_IN, sign_in, methods=["POST"]),
        access.post("/admin/sign-out", sign_out),
        Route("/admin", to_overview, methods=["GET"]),
    ]


def _new_session(access: Access, name: str, password: str, earlier: str) -> str | None:
    """A new session's token, or None. The one that the browser had before ends: no token outlives a sign-in."""
    now = access.admin.clock()
    with ledger_of(access.admin.workspace) as ledger:
        account = signed_in_as(ledger, name, password)
        if account is None:
            return None
        with ledger.transaction():
            sweep_sessions(ledger, now)
            if earlier:
                end_session(ledger, earlier)
            ledger.record("sign-in", None, "", account)
            return begin_session(ledger, account, now)


def _address(request: Request) -> str:
    return who_asks((request.client.host, request.client.port) if request.client else None)
