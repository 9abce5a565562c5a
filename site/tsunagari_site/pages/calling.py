"""What happens when one calls: for each need what a source says of it, and nothing else; and words to begin with."""

from __future__ import annotations

from dataclasses import dataclass

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from tsunagari_site.calling import Need, Saying, Statement, known_calling
from tsunagari_site.i18n import language_of
from tsunagari_site.needs import known_needs
from tsunagari_site.rendering import render
from tsunagari_site.sealed import looking_of
from tsunagari_site.site import Site

#: What a call is about where nothing was chosen.
_UNSAID = "unsaid"


@dataclass(frozen=True, slots=True)
class CallingPage:
    """``topics`` are (what is asked, the statements that answer it, none where no source does)."""

    label: str
    token: str
    topics: tuple[tuple[str, tuple[Statement, ...]], ...]
    sayings: tuple[Saying, ...]


def routes(site: Site, at: str) -> list[Route]:
    """The page under a sealed address. It needs no generation."""

    async def calling(request: Request) -> Response:
        looking, token = looking_of(site, request)
        known = known_calling()
        need = known_needs()[looking.need or _UNSAID]
        about = known.about(Need(need.id))
        page = CallingPage(
            label=need.label,
            token=token,
            topics=tuple((known.labels[topic], statements) for topic, statements in about.items()),
            sayings=(*known.to_say(Need(need.id)), *known.to_say(None)),
        )
        return render("calling.html", page, language_of(request.url.path), path=f"/calling?s={token}")

    return [Route(f"{at}/calling", calling)]
