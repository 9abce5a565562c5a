"""Which desks and lines the pages show, and in which order: those of the data files and of lists, as far as the published generation's
confirmations let them stand. Where nothing is published, the data files alone speak.

What is shown is one for a request (:class:`ServedDesks` sets it before anything else looks), so that every page, the pages of errors
included, and the API say the same.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from functools import cache
from weakref import WeakKeyDictionary

from starlette.types import ASGIApp, Receive, Scope, Send

from tsunagari_indexer.catalogue import Catalogue
from tsunagari_indexer.confirmations import Confirmation, Outcome
from tsunagari_indexer.desk_standing import standing_desks
from tsunagari_indexer.errors import IndexerError
from tsunagari_indexer.generation import Generation
from tsunagari_indexer.lexicon import known_lexicon
from tsunagari_parsers import Desk, known_desks

#: The lines of the strip on every page: at any hour, for anybody or for violence at home.
_STRIP = ("line-yorisoi", "line-soudan-plus", "line-110")
#: Prefectures in parts of which #8778 does not connect (facts of June 2024, as the line's own note says).
_GAPS_OF_8778 = frozenset({"03", "15", "26", "28", "40", "44", "47"})
#: Where no desk of the prefecture is known, and below every list.
_ANYWHERE = ("line-8778", "line-8008")


@dataclass(frozen=True, slots=True)
class _Shown:
    """What is shown: ``desks`` in their order, and by their ids; ``pages`` the entries of prefectures of which only the page may be."""

    desks: tuple[Desk, ...]
    by_id: Mapping[str, Desk]
    pages: tuple[Desk, ...]


_OF_GENERATIONS: WeakKeyDictionary[Generation, _Shown] = WeakKeyDictionary()
_SHOWN: ContextVar[_Shown | None] = ContextVar("shown_desks", default=None)


class ServedDesks:
    """Lets everything that answers a request show the desks of the generation that is published at its beginning."""

    def __init__(self, app: ASGIApp, catalogue: Catalogue) -> None:
        self._app = app
        self._catalogue = catalogue

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        if scope["type"] != "http" or scope["path"].startswith("/static/"):
            await self._app(scope, receive, send)
            return
        with _showing(self._published()):
            await self._app(scope, receive, send)

    def _published(self) -> _Shown:
        try:
            with self._catalogue.reading() as reading:
                generation = reading.generation
                shown = _OF_GENERATIONS.get(generation)
                if shown is None:
                    desks = (*known_desks(), *generation.desks)
                    shown = _OF_GENERATIONS[generation] = _shown(desks, generation.desk_confirmations)
                return shown
        except IndexerError:
            # Whatever is wrong with the lists, the lines stand.
            return _of_data_files()


def shown_desks() -> tuple[Desk, ...]:
    """Every desk and line that may be shown."""
    return _now().desks


def strip_desks() -> tuple[Desk, ...]:
    """The lines that stand on every page; each answers at any hour."""
    return desks_named(_STRIP)


def desks_for(prefecture_code: str | None, municipality: str | None = None) -> tuple[Desk, ...]:
    """The desks of a municipality (by its name) and of its prefecture, if any are known well enough, before the numbers that lead to
    the nearest one.
    """
    of_prefecture = [desk for desk in shown_desks() if prefecture_code and desk.prefecture == prefecture_code]
    own = [desk for desk in of_prefecture if municipality and desk.municipality == municipality]
    return (*own, *(desk for desk in of_prefecture if not desk.municipality), *desks_named(_ANYWHERE))


def page_desks() -> tuple[Desk, ...]:
    """The entries of prefectures of which only the own page may be shown: their number has no second source, or is another now."""
    return _now().pages


def prefecture_page(prefecture_code: str | None) -> Desk | None:
    """The entry of a prefecture of which only the own page may be shown."""
    return next((desk for desk in page_desks() if desk.prefecture == prefecture_code), None)


def has_gap_of_8778(prefecture_code: str | None) -> bool:
    """Whether #8778 is said not to connect in parts of a prefecture."""
    return prefecture_code in _GAPS_OF_8778


def desks_named(ids: Iterable[str]) -> tuple[Desk, ...]:
    """The desks and lines of these ids that may be shown, in this order."""
    by_id = _now().by_id
    return tuple(by_id[name] for name in ids if name in by_id)


def urgent_desks(urgent: Iterable[str]) -> tuple[Desk, ...]:
    """The lines for urgent concepts, each once, in the order of the lexicon: what is most dangerous first."""
    wanted = set(urgent)
    concepts = [concept for concept in known_lexicon().concepts.values() if concept.id in wanted]
    return desks_named(dict.fromkeys(desk for concept in concepts for desk in concept.desks))


@contextmanager
def _showing(shown: _Shown) -> Iterator[None]:
    token = _SHOWN.set(shown)
    try:
        yield
    finally:
        _SHOWN.reset(token)


def _now() -> _Shown:
    return _SHOWN.get() or _of_data_files()


@cache
def _of_data_files() -> _Shown:
    return _shown(known_desks(), {})


def _shown(desks: Iterable[Desk], words: Mapping[str, Confirmation]) -> _Shown:
    desks = tuple(desks)
    standing = standing_desks(desks, words)
    by_id = {desk.id: desk for desk in standing}
    ended = {name for name, word in words.items() if word.outcome is Outcome.ENDED}
    pages = (desk for desk in desks if desk.prefecture and desk.url and not desk.municipality)
    return _Shown(standing, by_id, tuple(desk for desk in pages if desk.id not in by_id and desk.id not in ended))
