"""Sealed addresses of pages: taking out what somebody looks for, and leading on."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from tsunagari_site.i18n import language_of
from tsunagari_site.looking import Looking
from tsunagari_site.site import Site

#: What an address is sealed for; a token for one is none for another.
SEARCH, PROGRAM, CARD, CONTACTS = "results", "program", "card", "contacts"


def looking_of(site: Site, request: Request) -> tuple[Looking, str]:
    """What a sealed address looks for, and its token.

    Raises:
        SealError: it is over, or none of this site's.
    """
    token = request.query_params.get("s", "")
    return Looking.from_payload(site.sealer.open(SEARCH, token)), token


def redirect_to(site: Site, request: Request, page: str, looking: Looking) -> Response:
    """To a page in the language of the request, with a search sealed into its address."""
    token = site.sealer.seal(SEARCH, looking.to_payload())
    return RedirectResponse(f"{language_of(request.url.path).prefix}/{page}?s={token}", status_code=303)
