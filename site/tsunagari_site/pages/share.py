"""A lasting address of what somebody looks at, made only when she asks for one."""

from __future__ import annotations

from dataclasses import dataclass

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from tsunagari_site.errors import RequestError
from tsunagari_site.forms import read_form
from tsunagari_site.i18n import language_of
from tsunagari_site.rendering import render
from tsunagari_site.sealed import PROGRAM, SEARCH
from tsunagari_site.site import Site

#: The pages that can be shared, and what their addresses are sealed for.
_PAGES = {"results": SEARCH, "program": PROGRAM}


@dataclass(frozen=True, slots=True)
class SharePage:
    """A lasting address, as a path from the root of the site with its language; ``back`` leads to the page it is of."""

    address: str
    back: str


def routes(site: Site, at: str) -> list[Route]:
    """The page that shows a lasting address."""

    async def share(request: Request) -> Response:
        fields = await read_form(request)
        page = fields.get("page", "")
        if page not in _PAGES:
            raise RequestError(400, "unknown_page", "共有できるページではありません")
        token = fields.get("s", "")
        payload = site.sealer.open(_PAGES[page], token)
        lasting = site.sealer.seal_for_good(_PAGES[page], payload)
        shown = SharePage(f"{at}/{page}?s={lasting}", f"{at}/{page}?s={token}")
        return render("share.html", shown, language_of(request.url.path), path="/")

    return [Route(f"{at}/share", share, methods=["POST"])]
