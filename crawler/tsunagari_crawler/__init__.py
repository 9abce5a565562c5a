"""Fetching of the published lists, and the archive that keeps every byte as it was fetched.

Importing this package does not load Scrapy; only :mod:`tsunagari_crawler.spider` does.
"""

from tsunagari_crawler.archive import Archive, FetchedDocument
from tsunagari_crawler.edition import LICENCES, Edition, Licence, Origin
from tsunagari_crawler.errors import ArchiveError, CrawlerError, CrawlFailedError, EditionError

__all__ = [
    "LICENCES",
    "Archive",
    "ArchiveError",
    "CrawlFailedError",
    "CrawlerError",
    "Edition",
    "EditionError",
    "FetchedDocument",
    "Licence",
    "Origin",
]
