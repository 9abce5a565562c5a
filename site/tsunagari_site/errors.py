"""What can go wrong in a request."""

from __future__ import annotations


class SiteError(Exception):
    """The root of this stage's errors."""


class SealError(SiteError):
    """A sealed address is no longer, or never was, one of this site's."""


class RequestError(SiteError):
    """A request that cannot be answered as it is: an HTTP status, a stable code, a message, and details for programs."""

    def __init__(self, status: int, code: str, message: str, details: object = None) -> None:
        self.status = status
        self.code = code
        self.details = details
        super().__init__(message)
