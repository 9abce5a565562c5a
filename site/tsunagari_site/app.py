"""The application: routes in every language, the headers on every answer, and what is shown when something goes wrong."""

from __future__ import annotations

import logging
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.middleware.gzip import GZipMiddleware
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from tsunagari_indexer.catalogue import Catalogue
from tsunagari_indexer.errors import IndexerError, NothingPublishedError
from tsunagari_site.api import Api, error_response
from tsunagari_site.contexts import MessagePage
from tsunagari_site.errors import RequestError, SealError
from tsunagari_site.i18n import LANGUAGES, language_of
from tsunagari_site.middleware import AccessLog, Faults, SafeHeaders
from tsunagari_site.rendering import environment, render_message
from tsunagari_site.seal import Sealer
from tsunagari_site.views import Pages, expired

_log = logging.getLogger("tsunagari.site")

_NOT_FOUND = MessagePage(404, "ページがありません", "アドレスが変わったか、まちがっているかもしれません。")
_METHOD = MessagePage(405, "この操作はできません", "はじめのページからやり直してください。")
_AWAY = MessagePage(
    503,
    "ただいま準備しています",
    "いまは、一覧をさがせません。電話やチャットの窓口は、下から見られます。",
)
_FAULT = MessagePage(
    500,
    "うまく表示できませんでした",
    "少し待ってから、もう一度試してください。電話やチャットの窓口は、下から見られます。",
)


def build_app(
    catalogue: Catalogue, sealer: Sealer, clock: Callable[[], datetime] = lambda: datetime.now(UTC)
) -> Starlette:
    """The site over a catalogue.

    Args:
        catalogue: what is published.
        sealer: seals what people look for into addresses.
        clock: the moment, with its time zone; decides which fiscal year is the present one.
    """
    pages, api = Pages(catalogue, sealer, clock), Api(catalogue)
    for language in LANGUAGES:
        # A broken template or catalogue stops the start, not the first visitor.
        for name in environment(language).list_templates():
            environment(language).get_template(name)

    @asynccontextmanager
    async def lifespan(app: Starlette) -> AsyncIterator[None]:  # noqa: ARG001
        yield
        catalogue.close()

    routes = [
        Route("/healthz", pages.healthz),
        Route("/robots.txt", pages.robots),
        Route("/static/{digest}/{name}", pages.static),
        Route("/api/v1/programs", api.programs),
        Route("/api/v1/programs/{id}", api.program),
    ]
    for language in LANGUAGES:
        at = language.prefix
        if at:
            routes.append(Route(at, pages.to_home))
        routes += [
            Route(f"{at}/", pages.home),
            Route(f"{at}/search", pages.search, methods=["GET", "POST"]),
            Route(f"{at}/suggest", pages.suggest, methods=["POST"]),
            Route(f"{at}/results", pages.results),
            Route(f"{at}/results", pages.refine, methods=["POST"]),
            Route(f"{at}/program", pages.sealed_program),
            Route(f"{at}/programs/{{id}}", pages.program),
            Route(f"{at}/areas/{{code}}", pages.area),
            Route(f"{at}/offers/{{code}}", pages.offer),
            Route(f"{at}/contacts", pages.contacts),
            Route(f"{at}/about", pages.about),
        ]
    app = Starlette(
        routes=routes,
        middleware=[
            Middleware(AccessLog),
            Middleware(SafeHeaders),
            Middleware(GZipMiddleware, minimum_size=500),
            Middleware(Faults, answer=lambda request: _answer(request, _FAULT, "fault")),
        ],
        exception_handlers={
            HTTPException: _on_http,
            RequestError: _on_request,
            SealError: _on_seal,
            IndexerError: _on_index,
        },
        lifespan=lifespan,
    )
    # Starlette would redirect /results/?s=… to an absolute address, with the host that the request claims.
    app.router.redirect_slashes = False
    return app


def _answer(request: Request, page: MessagePage, code: str) -> Response:
    if request.url.path.startswith("/api/"):
        return error_response(RequestError(page.status, code, page.heading))
    return render_message(page, language_of(request.url.path))


async def _on_http(request: Request, error: Exception) -> Response:
    status = error.status_code if isinstance(error, HTTPException) else 500
    if status == 405:
        return _answer(request, _METHOD, "method_not_allowed")
    return _answer(request, _NOT_FOUND, "not_found")


async def _on_request(request: Request, error: Exception) -> Response:
    assert isinstance(error, RequestError)  # noqa: S101
    if request.url.path.startswith("/api/"):
        return error_response(error)
    if error.status == 404:
        return render_message(_NOT_FOUND, language_of(request.url.path))
    page = MessagePage(error.status, "送られた内容を読めませんでした", "はじめのページからやり直してください。")
    return render_message(page, language_of(request.url.path))


async def _on_seal(request: Request, error: Exception) -> Response:
    assert isinstance(error, SealError)  # noqa: S101
    return render_message(expired(error), language_of(request.url.path))


async def _on_index(request: Request, error: Exception) -> Response:
    # The message may go to the log: it names files and servers, never what somebody looked for.
    level = logging.WARNING if isinstance(error, NothingPublishedError) else logging.ERROR
    _log.log(level, "%s", error)
    return _answer(request, _AWAY, "unavailable")
