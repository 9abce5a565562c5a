"""What every page is made from: the published generation, the seal, and the moment."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import UTC, datetime

from starlette.concurrency import run_in_threadpool

from tsunagari_indexer.catalogue import Catalogue, Reading
from tsunagari_indexer.search import SearchRequest, SearchResult
from tsunagari_site.seal import Sealer


@dataclass(frozen=True, slots=True)
class Site:
    """A site: ``clock`` gives the moment with its time zone; ``mail`` is the address for corrections, or empty;
    ``requests_per_minute`` how many one address may make, 0 for any number.
    """

    catalogue: Catalogue
    sealer: Sealer
    clock: Callable[[], datetime] = lambda: datetime.now(UTC)
    mail: str = ""
    requests_per_minute: int = 0

    def reading(self) -> AbstractContextManager[Reading]:
        """The published generation for one request."""
        return self.catalogue.reading()


async def ask(reading: Reading, request: SearchRequest) -> SearchResult:
    """Search in place with the embedded engine; one that waits for a server gets a thread."""
    if reading.engine.blocks:
        return await run_in_threadpool(reading.search, request)
    return reading.search(request)
