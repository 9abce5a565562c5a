"""What can go wrong while documents are fetched or kept."""


class CrawlerError(Exception):
    """The root of this stage's errors; the message is Japanese, for an administrator."""


class EditionError(CrawlerError):
    """What is said of a document (series, fiscal year, licence …) is missing or malformed."""


class ArchiveError(CrawlerError):
    """The archive cannot be read or written, or holds other bytes than its name says."""


class CrawlFailedError(CrawlerError):
    """A crawl ended without a single document, or its source is not known."""


class CrawlSettingsError(CrawlerError):
    """A setting of the crawl, or the declaration of a source, has a value that cannot be meant."""


class CheckRecordError(CrawlerError):
    """The record of the last look at the watched pages cannot be read or written."""
