"""The published generation, open for a server: each request keeps the one that it began with, and the last holder closes it."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from tsunagari_indexer.engine import SearchEngine
from tsunagari_indexer.generation import Generation
from tsunagari_indexer.row_pictures import PictureCache
from tsunagari_indexer.search import SearchRequest, SearchResult, search
from tsunagari_indexer.workspace import Workspace

EngineFactory = Callable[[Generation], SearchEngine]


@dataclass(slots=True)
class Reading:
    """An open generation with its engine, held by ``holders`` requests."""

    name: str
    generation: Generation
    engine: SearchEngine
    pictures: PictureCache
    holders: int = 0

    def search(self, request: SearchRequest) -> SearchResult:
        """Answer one search from this generation."""
        return search(self.generation, self.engine, request)

    def row_picture(self, listing_id: str) -> bytes | None:
        """The picture of a listing's row (``Listing.picture`` says what it is), which anybody may see.

        None: there is no such listing, its row has no public picture, or the picture is lost (``tsunagari reindex`` makes it again).
        """
        listing = self.generation.listing(listing_id)
        return self.pictures.content(listing.picture) if listing and listing.picture else None


class Catalogue:
    """Hands out the published generation. Reading ``CURRENT`` takes microseconds, so every request does."""

    def __init__(self, workspace: Workspace, engine_for: EngineFactory) -> None:
        self._workspace = workspace
        self._engine_for = engine_for
        self._lock = threading.Lock()
        self._open: Reading | None = None

    @contextmanager
    def reading(self) -> Iterator[Reading]:
        """The published generation, for as long as the block runs.

        Raises:
            NothingPublishedError: there is none.
            GenerationError: it cannot be opened.
        """
        reading = self._hold()
        try:
            yield reading
        finally:
            self._release(reading)

    def close(self) -> None:
        """Close what is open, once its last holder lets go."""
        with self._lock:
            reading, self._open = self._open, None
            if reading and reading.holders == 0:
                _close(reading)

    def _hold(self) -> Reading:
        name = self._workspace.current()
        with self._lock:
            if self._open is None or self._open.name != name:
                generation = Generation.open(self._workspace.generation_path(name))
                engine = self._engine_for(generation)
                before, self._open = self._open, Reading(name, generation, engine, self._workspace.pictures)
                if before and before.holders == 0:
                    _close(before)
            self._open.holders += 1
            return self._open

    def _release(self, reading: Reading) -> None:
        with self._lock:
            reading.holders -= 1
            if reading.holders == 0 and reading is not self._open:
                _close(reading)


def _close(reading: Reading) -> None:
    reading.engine.close()
    reading.generation.close()
