"""What else the same body has: the numbers of a listing whose own paper gives none, and its other support."""

from __future__ import annotations

from tsunagari_indexer.catalogue import Reading
from tsunagari_indexer.listings import OTHER_KINDS, PROGRAM_KINDS, Listing
from tsunagari_indexer.search import MAX_PER_PAGE, SearchRequest
from tsunagari_site.listing_cards import Enquiry, enquiry_of
from tsunagari_site.site import ask


class Bodies:
    """The listings of municipalities and prefectures, asked for once each; for one request."""

    def __init__(self, reading: Reading) -> None:
        self._reading = reading
        self._known: dict[tuple[str, str | None], tuple[Listing, ...]] = {}

    async def listings(self, like: Listing) -> tuple[Listing, ...]:
        """All that the body of a listing has, in the order of the pages; at most :data:`MAX_PER_PAGE`.

        Raises:
            EngineError: the engine did not answer.
        """
        body = (like.prefecture_code, like.municipality_code)
        if body not in self._known:
            filters = {"kind": PROGRAM_KINDS | OTHER_KINDS, "prefecture": frozenset({like.prefecture_code})}
            if like.municipality_code:
                filters["municipality"] = frozenset({like.municipality_code})
            result = await ask(self._reading, SearchRequest("", filters, per_page=MAX_PER_PAGE))
            self._known[body] = tuple(one for one in result.listings if one.municipality_code == like.municipality_code)
        return self._known[body]

    async def enquiry(self, listing: Listing) -> Enquiry | None:
        """Whom to ask about a listing, or None where no paper of its body gives a number."""
        return enquiry_of(listing, () if listing.phones else await self.listings(listing))
