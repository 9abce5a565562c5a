"""What every page is made from: the published generation, the seal, and the moment."""

from __future__ import annotations

from collections.abc import Callable, Collection
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Protocol

from starlette.concurrency import run_in_threadpool

from tsunagari_indexer.catalogue import Catalogue, Reading
from tsunagari_indexer.search import SearchRequest, SearchResult
from tsunagari_site.seal import Sealer


class Counts(Protocol):
    """Counts what was looked for and was not there; nothing of who looked, for which words, or where."""

    def missed(self, concepts: Collection[str]) -> None:
        """Count these concepts (:attr:`SearchResult.missed`) once each. Called within a request: it waits for nothing."""

    def close(self) -> None:
        """Keep what was counted."""


@dataclass(frozen=True, slots=True)
class Site:
    """A site: ``clock`` gives the moment with its time zone; ``mail`` is the address for corrections, or empty;
    ``requests_per_minute`` how many one address may make, 0 for any number; without ``counts`` nothing is counted.
    """

    catalogue: Catalogue
    sealer: Sealer
    clock: Callable[[], datetime] = lambda: datetime.now(UTC)
    mail: str = ""
    requests_per_minute: int = 0
    counts: Counts | None = None

    def reading(self) -> AbstractContextManager[Reading]:
        """The published generation for one request."""
        return self.catalogue.reading()


async def ask(reading: Reading, request: SearchRequest) -> SearchResult:
    """Search in place with the embedded engine; one that waits for a server gets a thread."""
    if reading.engine.blocks:
        return await run_in_threadpool(reading.search, request)
    return reading.search(request)
