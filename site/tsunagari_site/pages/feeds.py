"""The feeds of changes: ``/feeds/all.atom`` and ``/feeds/CODE.atom`` of each prefecture, in Japanese alone.

A reader asks again and again, so that it is answered with 304 while nothing has changed (RFC 9110, section 13). ``no-store`` stays, as on every page:
a feed that somebody opened by mistake leaves nothing in a browser's store, and readers keep the tag by themselves.
"""

from __future__ import annotations

import hashlib
import re

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from tsunagari_indexer.feed_entries import feed_of, is_ready
from tsunagari_parsers.places import PlaceError, prefecture_of
from tsunagari_site.errors import RequestError
from tsunagari_site.feed_xml import MEDIA_TYPE, atom
from tsunagari_site.site import Site

#: So many of the newest entries stand in a feed.
MOST = 200
#: The name of the whole country's feed.
ALL = "all"
_TAG = re.compile(r'(?:W/)?("[^"]*")')


def routes(site: Site) -> list[Route]:
    """The feeds."""

    async def feed(request: Request) -> Response:
        name = request.path_params["name"]
        try:
            code = "" if name == ALL else prefecture_of(name).code
        except PlaceError as error:
            raise RequestError(404, "unknown_area", "この番号の地域はありません") from error
        with site.reading() as reading:
            generation = reading.generation
            if not is_ready(generation):
                # Of 50,000 listings it takes seconds; nobody else waits for it.
                await run_in_threadpool(feed_of, generation, code, MOST)
            body = atom(feed_of(generation, code, MOST), request.url.path)
        tag = f'"{hashlib.sha256(body).hexdigest()[:32]}"'
        headers = {"ETag": tag, "X-Robots-Tag": "noindex"}
        if _is_known(request.headers.get("if-none-match", ""), tag):
            return Response(status_code=304, headers=headers)
        return Response(body, media_type=f"{MEDIA_TYPE}; charset=utf-8", headers=headers)

    return [Route("/feeds/{name}.atom", feed)]


def feed_path(prefecture_code: str = "") -> str:
    """The address of a prefecture's feed, or of the whole country's."""
    return f"/feeds/{prefecture_code or ALL}.atom"


def _is_known(asked: str, tag: str) -> bool:
    """Whether a reader has the body of this tag (the weak comparison of RFC 9110, section 13.1.2)."""
    return asked.strip() == "*" or tag in _TAG.findall(asked)
