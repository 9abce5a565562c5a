"""Addresses on the web: where one lies, and when two are the same page."""

from __future__ import annotations

from urllib.parse import SplitResult, urlsplit

DEFAULT_PORTS = {"http": 80, "https": 443}


def same_page(declared: str, final: str) -> bool:
    """Whether a page was answered at its declared address; only http turned into https counts as the same."""
    one, other = urlsplit(declared), urlsplit(final)
    if (one.scheme, other.scheme) == ("http", "https") and one.port is None and other.port is None:
        one = one._replace(scheme="https")
    return _address(one) == _address(other)


def _address(parts: SplitResult) -> tuple[str, str | None, int | None, str, str]:
    port = parts.port or DEFAULT_PORTS.get(parts.scheme)
    return (parts.scheme, parts.hostname, port, parts.path or "/", parts.query)


def origin(url: str) -> tuple[str, str] | None:
    """Scheme and ``host`` or ``host:port`` of an http(s) address; None for anything else, and for one with a name or password.

    Before an ``@`` a host can be written that another reader of the address takes for the one to ask.
    """
    try:
        parts = urlsplit(url)
        scheme, host, port = parts.scheme.lower(), parts.hostname, parts.port
    except ValueError:
        return None
    if scheme not in DEFAULT_PORTS or not host or "@" in parts.netloc:
        return None
    return (scheme, host if port in (None, DEFAULT_PORTS[scheme]) else f"{host}:{port}")
