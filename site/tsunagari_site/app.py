"""The application: routes in every language, the headers on every answer, and what is shown when something goes wrong."""

from __future__ import annotations

import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.middleware.gzip import GZipMiddleware
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from tsunagari_indexer.errors import IndexerError, NothingPublishedError
from tsunagari_site import messages
from tsunagari_site.admin.app import admin_routes
from tsunagari_site.admin.context import Admin, render_admin_message
from tsunagari_site.api import Api, error_response
from tsunagari_site.api_nearby import nearby_routes
from tsunagari_site.errors import RequestError, SealError
from tsunagari_site.i18n import LANGUAGES, language_of
from tsunagari_site.messages import MessagePage, render_message
from tsunagari_site.middleware import AccessLog, Faults, SafeHeaders, is_admin_path
from tsunagari_site.needs import known_needs
from tsunagari_site.pages import routes, routes_in
from tsunagari_site.rate_limit import RateLimit
from tsunagari_site.rendering import environment
from tsunagari_site.shown_desks import ServedDesks
from tsunagari_site.site import Site

_log = logging.getLogger("tsunagari.site")


def build_app(site: Site, admin: Admin | None = None) -> Starlette:
    """The site, with the administrators' pages where ``admin`` is given; without, their addresses are as unknown as any.

    Raises:
        NeedDataError, TemplateError: what the pages are made of cannot be used; it stops the start, not the first visitor.
    """
    api = Api(site.catalogue, site.clock)
    known_needs()
    for language in LANGUAGES:
        # The administrators' templates have an environment of their own.
        for name in environment(language).list_templates(filter_func=lambda name: not name.startswith("admin/")):
            environment(language).get_template(name)

    @asynccontextmanager
    async def lifespan(app: Starlette) -> AsyncIterator[None]:  # noqa: ARG001
        yield
        site.catalogue.close()
        if site.counts:
            site.counts.close()

    app = Starlette(
        routes=[
            *(admin_routes(admin, site.sealer) if admin else ()),
            *routes(site),
            Route("/api/v1/programs", api.programs),
            Route("/api/v1/programs/{id}", api.program),
            *nearby_routes(site.catalogue, site.clock),
            *(route for language in LANGUAGES for route in routes_in(language, site)),
        ],
        middleware=[
            Middleware(AccessLog),
            Middleware(SafeHeaders, admin=admin is not None),
            Middleware(GZipMiddleware, minimum_size=500),
            # Once for a fault in finding the desks, and once within, so that the page of any other shows the desks as they were found.
            Middleware(Faults, answer=lambda request: _answer(request, messages.FAULT, "fault")),
            Middleware(ServedDesks, catalogue=site.catalogue),
            Middleware(Faults, answer=lambda request: _answer(request, messages.FAULT, "fault")),
            Middleware(
                RateLimit,
                per_minute=site.requests_per_minute,
                answer=_busy,
                # Who may not sign in is counted there; who may opens a page with hundreds of pictures.
                unlimited=("/admin/",) if admin else (),
            ),
        ],
        exception_handlers={
            HTTPException: _on_http,
            RequestError: _on_request,
            SealError: _on_seal,
            IndexerError: _on_index,
        },
        lifespan=lifespan,
    )
    app.state.has_admin = admin is not None
    # Starlette would redirect /results/?s=… to an absolute address, with the host that the request claims.
    app.router.redirect_slashes = False
    return app


#: What the administrators' pages say, by code; the public pages' words speak of desks and lines.
_ADMIN_SAYS = {
    "fault": ("うまく表示できませんでした", "少し待ってから、もう一度試してください。"),
    "method_not_allowed": ("この操作はできません", "概要からやり直してください。"),
    "not_found": ("ページがありません", "アドレスがまちがっているか、もうないページです。"),
    "too_many_requests": (
        "少し待ってください",
        "短いあいだに、たくさんのページが開かれました。1分ほど待ってから、もう一度開いてください。",
    ),
    "unavailable": (
        "データを読み書きできませんでした",
        "少し待ってから、もう一度試してください。続くときは、このサイトを置いている人に知らせてください。",
    ),
}


def _is_admins(request: Request) -> bool:
    return bool(request.app.state.has_admin) and is_admin_path(request.url.path)


def _answer(request: Request, page: MessagePage, code: str) -> Response:
    if request.url.path.startswith("/api/"):
        return error_response(RequestError(page.status, code, page.heading))
    if _is_admins(request):
        heading, text = _ADMIN_SAYS.get(code, _ADMIN_SAYS["not_found"])
        return render_admin_message(page.status, heading, text)
    return render_message(page, language_of(request.url.path))


def _busy(request: Request) -> Response:
    return _answer(request, messages.BUSY, "too_many_requests")


async def _on_http(request: Request, error: Exception) -> Response:
    status = error.status_code if isinstance(error, HTTPException) else 500
    if status == 405:
        return _answer(request, messages.METHOD, "method_not_allowed")
    return _answer(request, messages.NOT_FOUND, "not_found")


async def _on_request(request: Request, error: Exception) -> Response:
    assert isinstance(error, RequestError)  # noqa: S101
    if request.url.path.startswith("/api/"):
        return error_response(error)
    if _is_admins(request) and error.status != 404:
        return render_admin_message(error.status, "受け取れませんでした", str(error))
    if error.status == 404:
        return _answer(request, messages.NOT_FOUND, "not_found")
    malformed = messages.MALFORMED
    page = MessagePage(error.status, malformed.heading, malformed.text)
    return render_message(page, language_of(request.url.path))


async def _on_seal(request: Request, error: Exception) -> Response:
    # Whether it is too old or not ours makes no difference to anybody who stands before it.
    assert isinstance(error, SealError)  # noqa: S101
    return render_message(messages.EXPIRED, language_of(request.url.path))


async def _on_index(request: Request, error: Exception) -> Response:
    # The message may go to the log: it names files and servers, never what somebody looked for.
    level = logging.WARNING if isinstance(error, NothingPublishedError) else logging.ERROR
    _log.log(level, "%s", error)
    return _answer(request, messages.AWAY, "unavailable")
