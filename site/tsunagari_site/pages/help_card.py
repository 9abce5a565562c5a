"""A card to show without speaking: ticked together on one page, shown large on the next, kept nowhere."""

from __future__ import annotations

from dataclasses import dataclass, replace

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from tsunagari_indexer.lexicon import known_lexicon
from tsunagari_site.calling import CardKind, CardSentence, known_calling
from tsunagari_site.errors import SealError
from tsunagari_site.forms import read_form
from tsunagari_site.i18n import language_of
from tsunagari_site.rendering import render
from tsunagari_site.sealed import CARD, looking_of
from tsunagari_site.site import Site

_INTERPRETER = "interpreter"
#: As on the page with the ticks.
_INTERPRETER_FOR_ANY = "通訳をお願いします"
_CARD_LANGUAGES = {
    "en": "en",
    "zh-hans": "zh",
    "zh-hant": "zh",
    "ko": "ko",
    "vi": "vi",
    "fil": "tl",
    "pt": "pt",
    "ne": "ne",
}


@dataclass(frozen=True, slots=True)
class CardForm:
    """What can be ticked. ``need`` is ticked already; ``language`` the code of the page's own language, or empty."""

    need: str
    needs: tuple[CardSentence, ...]
    wishes: tuple[CardSentence, ...]
    languages: tuple[tuple[str, str], ...]
    language: str


@dataclass(frozen=True, slots=True)
class ShownCard:
    """The sentences of a card; ``language`` is the Japanese name of the one to be interpreted."""

    sentences: tuple[CardSentence, ...]
    language: str


def routes(site: Site, at: str) -> list[Route]:
    """The ticks, and the card. They need no generation."""

    async def form(request: Request) -> Response:
        looking = looking_of(site, request)[0] if request.query_params.get("s") else None
        known = known_calling()
        language = language_of(request.url.path)
        page = CardForm(
            need=(looking.need or ("period" if looking.is_about_goods(known_lexicon()) else "")) if looking else "",
            needs=tuple(one for one in known.card if one.kind is CardKind.NEED),
            wishes=tuple(one for one in known.card if one.kind is CardKind.WISH),
            languages=tuple(known.languages.items()),
            language=_CARD_LANGUAGES.get(language.code, ""),
        )
        return render("card_form.html", page, language, path="/card")

    async def make(request: Request) -> Response:
        fields = await read_form(request)
        known = known_calling()
        chosen = [one.id for one in known.card if one.id == fields.get("need") or fields.get(one.id) == "1"]
        if not chosen:
            return RedirectResponse(f"{at}/card", status_code=303)
        language = fields.get("language", "")
        token = site.sealer.seal(CARD, {"c": chosen, "l": language if language in known.languages else ""})
        return RedirectResponse(f"{at}/show?s={token}", status_code=303)

    async def show(request: Request) -> Response:
        token = request.query_params.get("s", "")
        payload = site.sealer.open(CARD, token)
        known = known_calling()
        try:
            language = known.languages.get(payload["l"], "")
            chosen = set(payload["c"])
        except (KeyError, TypeError) as error:
            raise SealError("not a card") from error
        page = ShownCard(
            tuple(
                # Whoever names no language asks for an interpreter all the same: the desk can ask back for which.
                one if one.id != _INTERPRETER or language else replace(one, text=_INTERPRETER_FOR_ANY)
                for one in known.card
                if one.id in chosen
            ),
            language,
        )
        return render("card.html", page, language_of(request.url.path), path=f"/show?s={token}")

    return [
        Route(f"{at}/card", form),
        Route(f"{at}/card", make, methods=["POST"]),
        Route(f"{at}/show", show),
    ]
