"""What is not a page: health, robots, and the static files."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from tsunagari_site.errors import RequestError
from tsunagari_site.i18n import LANGUAGES, language_of
from tsunagari_site.messages import BUSY, render_message
from tsunagari_site.rendering import static_files, static_url
from tsunagari_site.site import Site

_MEDIA_TYPES = {"css": "text/css", "js": "text/javascript", "svg": "image/svg+xml"}
#: What somebody looked for stands behind these; crawlers stay out.
_CLOSED = (
    "results",
    "program?",
    "search",
    "where",
    "card",
    "calling",
    "contacts?",
    "share",
    "source",
    "nearby?",
    "take",
    "show",
)


def routes(site: Site) -> list[Route]:
    """The same in every language."""

    async def healthz(request: Request) -> Response:  # noqa: ARG001
        """200 when a published generation is being served."""
        with site.reading():
            return Response("ok\n", media_type="text/plain")

    async def static(request: Request) -> Response:
        """A static file, under an address that changes with it."""
        name = request.path_params["name"]
        if name not in static_files() or request.url.path != static_url(name):
            raise RequestError(404, "not_found", "このページはありません")
        media_type = _MEDIA_TYPES[name.rpartition(".")[2]]
        headers = {"Cache-Control": "public, max-age=31536000, immutable"}
        return Response(static_files()[name], media_type=media_type, headers=headers)

    async def robots(request: Request) -> Response:  # noqa: ARG001
        """What crawlers may read: everything but what somebody looked for."""
        closed = [f"{one.prefix}/{page}" for one in LANGUAGES for page in _CLOSED]
        lines = ["User-agent: *", *(f"Disallow: {path}" for path in (*closed, "/picture", "/api/"))]
        return Response("\n".join(lines) + "\n", media_type="text/plain")

    async def busy(request: Request) -> Response:
        """What the proxy answers with where it turns somebody away for a moment: the lines still stand on it."""
        return render_message(BUSY, language_of(request.url.path))

    return [
        *(Route(f"{one.prefix}/busy", busy, methods=["GET", "POST"]) for one in LANGUAGES),
        Route("/healthz", healthz),
        Route("/robots.txt", robots),
        Route("/static/{digest}/{name}", static),
    ]
