"""What is nearby, for pages and the API: the ladder and the points of the published generation, without holding up other requests."""

from __future__ import annotations

from starlette.concurrency import run_in_threadpool

from tsunagari_indexer.catalogue import Reading
from tsunagari_indexer.nearby import Ladder, Place, Users, ladder
from tsunagari_indexer.place_index import is_indexed, place_index
from tsunagari_site.shown_desks import shown_desks


async def ladder_at(
    reading: Reading, place: Place, *, offers: frozenset[str] = frozenset(), users: Users = Users.ALL
) -> Ladder:
    """The ladder of a place. The first of a generation waits for its index, in a thread; every other takes milliseconds, in place.

    Raises:
        UnknownOfferError: a kind of offer that is not public.
        GenerationError: the generation cannot be read.
    """
    if not is_indexed(reading.generation):
        await run_in_threadpool(place_index, reading.generation)
    return ladder(reading.generation, place, offers=offers, users=users, desks=shown_desks())
