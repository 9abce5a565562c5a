"""What can go wrong while records are made findable, and while they are searched."""


class IndexerError(Exception):
    """The root of this stage's errors; the message is Japanese, for an administrator.

    ``str()`` of it is for whoever types commands: it may name a command or an option. ``plain`` says the same for a page.
    """

    def __init__(self, plain: str, *, typed: str = "") -> None:
        super().__init__(typed or plain)
        self.plain = plain


class DataFileError(IndexerError):
    """A data file of offers or concepts is malformed; the message names the file and the entry."""


class LedgerError(IndexerError):
    """The ledger cannot be opened or migrated."""


class GenerationError(IndexerError):
    """A generation is away, damaged, or cannot be built."""


class NothingPublishedError(GenerationError):
    """No generation is published yet."""


class PublishRefusedError(GenerationError):
    """A generation may not be published: nothing staged, or findings that somebody must look at."""


class EngineError(IndexerError):
    """The search engine did not do what was asked."""


class EngineUnavailableError(EngineError):
    """The search engine's server is away, refuses the key, or does not answer in time."""


class CorrectionError(IndexerError):
    """A correction that cannot be right: an unknown field, or a value that the field cannot have."""


class ReviewError(IndexerError):
    """A decision that cannot be: an unknown programme or finding, or no reason."""


class AccountError(IndexerError):
    """An administrator's account that cannot be: its name, its password, or that there is none. No message repeats a password."""


class WordError(IndexerError):
    """A word that cannot be added to the lexicon, or taken back from it; the message says why."""


class CountsError(IndexerError):
    """What was counted cannot be read or written."""
