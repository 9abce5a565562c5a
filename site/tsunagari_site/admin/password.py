"""Changing one's own password. It ends all sessions of the account; this browser gets a new one."""

from __future__ import annotations

from dataclasses import dataclass

from starlette.responses import Response
from starlette.routing import Route

from tsunagari_indexer.accounts import change_password
from tsunagari_indexer.errors import AccountError
from tsunagari_indexer.ledger import Ledger
from tsunagari_indexer.passwords import SHORTEST
from tsunagari_site.admin.access import WINDOW, Access
from tsunagari_site.admin.context import Visit

PATH = "/admin/password"
DONE = {"password": "パスワードを変えました。ほかのブラウザーでは、サインアウトしました。"}
_WRONG = "いまのパスワードがちがいます。"
_TWO = "新しいパスワードが、2つの欄で同じではありません。"
_SAME = "新しいパスワードが、いまのものと同じです。"
_TOO_MANY = f"まちがえた回数が多すぎます。{WINDOW}分ほど待ってから、もう一度試してください。"


@dataclass(frozen=True, slots=True)
class PasswordPage:
    """The form; ``shortest`` in characters."""

    shortest: int = SHORTEST


def routes(access: Access) -> list[Route]:
    """The form and the change."""

    def refused(visit: Visit, problem: str, status: int = 422) -> Response:
        return visit.page("password.html", PasswordPage(), problem=problem, status=status)

    async def show(visit: Visit) -> Response:
        return visit.page("password.html", PasswordPage(), done=DONE)

    async def change(visit: Visit) -> Response:
        current, new = visit.form.get("current", ""), visit.form.get("new", "")
        if new != visit.form.get("again", ""):
            return refused(visit, _TWO)
        if new == current:
            return refused(visit, _SAME)
        # A browser that was left open must not be a place to try passwords.
        if not access.by_account.take(visit.account):
            return refused(visit, _TOO_MANY, 429)

        def work(ledger: Ledger) -> str | None:
            return change_password(ledger, visit.account, current, new, visit.admin.clock())

        try:
            token = await visit.ledger(work)
        except AccountError as error:
            return refused(visit, f"{error}。")
        if token is None:
            return refused(visit, _WRONG)
        access.by_account.forget(visit.account)
        response = visit.to(PATH, "password")
        access.give_cookie(response, token)
        return response

    return [access.get(PATH, show), access.post(PATH, change)]
