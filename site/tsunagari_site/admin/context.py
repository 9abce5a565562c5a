"""What an administrators' page is made from: the data folder, the moment, and who asks for it.

A change is made by POST and answered by a redirect to a page, whose address says by a code what was done (``?done=password``). The page has the
sentence for each of its codes; one that it does not know says nothing, so that nobody can put words onto a page by a link. What was refused is
told at once, on the page itself, with a status of 400 or above.
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import ParamSpec, TypeVar

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response

from tsunagari_indexer.ledger import Ledger
from tsunagari_indexer.review import ledger_of
from tsunagari_indexer.workspace import Workspace
from tsunagari_site.admin.jobs import Jobs
from tsunagari_site.admin.upload_parts import UploadLimits
from tsunagari_site.errors import RequestError
from tsunagari_site.rendering import admin_environment

T = TypeVar("T")
P = ParamSpec("P")

#: The menu in its order. An entry is shown when its page is there.
MENU = (
    ("/admin/", "概要"),
    ("/admin/imports", "取り込み"),
    ("/admin/review", "見直し"),
    ("/admin/confirmations", "窓口と事業の確認"),
    ("/admin/corrections", "訂正"),
    ("/admin/lexicon", "言葉の追加"),
    ("/admin/generations", "世代"),
    ("/admin/audit", "操作の記録"),
)
_NO_SENTENCES: Mapping[str, str] = {}
#: What may be sent where no setting says otherwise: files of 100 MB.
_UPLOADS = UploadLimits(file_bytes=100 << 20)


@dataclass(frozen=True, slots=True)
class Admin:
    """The administrators' pages: ``clock`` gives the moment with its time zone; ``secure_cookie`` False is for http on this machine alone.

    Attempts to sign in are counted in a quarter of an hour, by account and by address. Behind a proxy that hides addresses all have one.
    ``jobs`` is what imports and rebuilds; without it nothing can be started. ``ocr``: pictures of pages can be read as text here.
    """

    workspace: Workspace
    clock: Callable[[], datetime] = lambda: datetime.now(UTC)
    secure_cookie: bool = True
    attempts_by_account: int = 10
    attempts_by_address: int = 30
    jobs: Jobs | None = None
    upload_limits: UploadLimits = _UPLOADS
    ocr: bool = False


@dataclass(frozen=True, slots=True)
class Visit:
    """One request of somebody who is signed in. ``form`` is what was sent, with its ``csrf`` checked; ``paths`` are the pages that exist."""

    admin: Admin
    request: Request
    account: str
    token: str = field(repr=False)
    paths: frozenset[str]
    form: Mapping[str, str] = field(default_factory=dict, repr=False)

    @property
    def csrf(self) -> str:
        """What every form of this session carries in the field ``csrf``."""
        return csrf_of(self.token)

    def check_csrf(self, sent: str) -> None:
        """For a view that reads its form itself (an upload), before anything is done.

        Raises:
            RequestError: this is not the session's own (403).
        """
        if not hmac.compare_digest(sent.encode(), self.csrf.encode()):
            raise RequestError(403, "wrong_form", "ページを開き直して、もう一度送ってください。")

    async def run(self, work: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Do what reads or writes files in a thread."""
        return await run_in_threadpool(work, *args, **kwargs)

    async def ledger(self, work: Callable[[Ledger], T]) -> T:
        """Do something with the ledger, open, in a thread."""

        def opened() -> T:
            with ledger_of(self.admin.workspace) as ledger:
                return work(ledger)

        return await run_in_threadpool(opened)

    def page(
        self,
        template: str,
        page: object,
        *,
        done: Mapping[str, str] = _NO_SENTENCES,
        problem: str = "",
        status: int = 200,
    ) -> HTMLResponse:
        """A page. ``done`` are its sentences for what was done, by code; ``problem`` says why something was refused (with a ``status``)."""
        return render_admin(
            template,
            page,
            status=status,
            account=self.account,
            csrf=self.csrf,
            here=self.request.url.path,
            paths=self.paths,
            done="" if problem else done.get(self.request.query_params.get("done", ""), ""),
            problem=problem,
        )

    def to(self, path: str, done: str = "") -> Response:
        """The redirect after a change: to a page, with the code of what was done."""
        return RedirectResponse(f"{path}?done={done}" if done else path, status_code=303)


@dataclass(frozen=True, slots=True)
class AdminMessage:
    """A page that says one thing: an error."""

    heading: str
    text: str


def csrf_of(token: str) -> str:
    """What proves that a form came from a page of this session: it cannot be made without the token, nor the token from it."""
    return hmac.new(token.encode(), b"csrf", hashlib.sha256).hexdigest()


def render_admin(
    template: str,
    page: object,
    *,
    status: int = 200,
    account: str = "",
    csrf: str = "",
    here: str = "",
    paths: frozenset[str] = frozenset(),
    done: str = "",
    problem: str = "",
) -> HTMLResponse:
    """A page; without an account it has no menu."""
    text = admin_environment().get_template(template)
    return HTMLResponse(
        text.render(
            page=page,
            account=account,
            csrf=csrf,
            here=here,
            paths=paths,
            menu=[(path, label) for path, label in MENU if path in paths],
            done=done,
            problem=problem,
        ),
        status_code=status,
    )


def render_admin_message(status: int, heading: str, text: str) -> HTMLResponse:
    """An error, for whoever sees it: it tells nothing of what is behind the sign-in."""
    return render_admin("message.html", AdminMessage(heading, text), status=status)
