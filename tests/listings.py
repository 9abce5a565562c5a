"""Listings made from a parsed document, as an import makes them."""

from __future__ import annotations

from collections.abc import Sequence

from tsunagari_crawler import Edition, FetchedDocument
from tsunagari_indexer.build import ImportedDocument, assemble
from tsunagari_indexer.listings import Listing
from tsunagari_indexer.offers import OfferRules
from tsunagari_parsers import ParsedDocument


def listings_of(parsed: ParsedDocument, rules: OfferRules, year: int = 2021) -> Sequence[Listing]:
    edition = Edition(year, series=parsed.report.series)
    fetched = FetchedDocument(
        parsed.report.document_sha256, 1, parsed.report.name, "2026-11-21T00:00:00+00:00", edition=edition
    )
    return assemble([ImportedDocument(fetched, parsed)], [], rules).listings
