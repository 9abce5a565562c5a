"""What a crawl is told and what it answers. Importing this module does not load Scrapy.

A crawl never fails in silence: every address that it was to fetch ends as a document or as a
:class:`~tsunagari_crawler.problems.Problem`.
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from tsunagari_crawler.archive import Archive, FetchedDocument, write_atomically
from tsunagari_crawler.edition import Edition
from tsunagari_crawler.errors import ArchiveError, CrawlSettingsError
from tsunagari_crawler.problems import Problem

#: What robots.txt files and servers' logs call this crawler.
ROBOT_NAME = "tsunagari"
_CONTACT = re.compile(r"[!-~]+( [!-~]+)*")


@dataclass(frozen=True, slots=True)
class CrawlSettings:
    """How a crawl treats the publisher's server.

    ``delay_seconds`` lies between the starts of two requests and is never shortened at random.
    ``timeout_seconds`` bounds one request as a whole, ``max_bytes`` one body, ``retries`` the further
    attempts after a passing fault, the first ``backoff_seconds`` later and each further one after twice as long; a server's
    ``Retry-After`` of at most ``patience_seconds`` is kept instead, and a longer one ends the attempts. A longer ``Crawl-delay`` of
    robots.txt takes the place of ``delay_seconds``, within the same patience. ``contact`` is a mail address or URL of whoever runs this installation, in
    ASCII; it is sent with the crawler's name so that a publisher can reach them. When it is empty, nothing is
    sent in its place.

    Raises:
        CrawlSettingsError: a value is negative, not a number, or would not fit into a header.
    """

    delay_seconds: float = 2.0
    timeout_seconds: float = 120.0
    max_bytes: int = 50 * 1024 * 1024
    retries: int = 2
    contact: str = ""
    backoff_seconds: float = 10.0
    patience_seconds: float = 300.0

    def __post_init__(self) -> None:
        for name in ("delay_seconds", "backoff_seconds", "patience_seconds"):
            seconds: float = getattr(self, name)
            if not (math.isfinite(seconds) and seconds >= 0):
                raise _bad_setting(name, "0以上の秒数", seconds)
        if not (math.isfinite(self.timeout_seconds) and self.timeout_seconds > 0):
            raise _bad_setting("timeout_seconds", "0より大きい秒数", self.timeout_seconds)
        # Scrapy reads a limit of 0 as "no limit".
        if self.max_bytes < 1:
            raise _bad_setting("max_bytes", "1以上のバイト数", self.max_bytes)
        if self.retries < 0:
            raise _bad_setting("retries", "0以上の回数", self.retries)
        if self.contact and not _CONTACT.fullmatch(self.contact):
            raise _bad_setting("contact", "半角の英数字と記号", repr(self.contact))

    @property
    def user_agent(self) -> str:
        """The ``User-Agent`` header: the project's name, what it is, and the contact if there is one."""
        purpose = "directory of public support programmes in Japan"
        return f"{ROBOT_NAME} ({purpose}; {self.contact})" if self.contact else f"{ROBOT_NAME} ({purpose})"


def _bad_setting(name: str, expected: str, value: object) -> CrawlSettingsError:
    return CrawlSettingsError(f"{name} は{expected}で指定してください（指定された値：{value}）")


@dataclass(frozen=True, slots=True)
class Foreseen:
    """A document that a crawl would fetch, as its server describes it without sending it.

    ``size`` in bytes and ``kind`` (``Content-Type``) are the server's word, None and empty where it does not say. ``unchanged``: it says that
    it is what the archive holds.
    """

    url: str
    name: str
    edition: Edition | None
    size: int | None
    kind: str
    unchanged: bool


@dataclass(frozen=True, slots=True)
class CrawlReport:
    """What one crawl of one source brought.

    ``fetched`` holds every document, in the order of the pages and their links; ``unchanged`` those of them
    whose bytes the archive knew before, ``not_sent`` the addresses at which the server said so itself and sent nothing.
    ``foreseen`` takes the place of all that in a crawl that only asks. ``manifest`` is None if nothing was fetched, so that an outage does
    not hide the manifest of the last crawl that brought something.
    """

    source: str
    started_at: datetime
    fetched: tuple[FetchedDocument, ...]
    unchanged: tuple[FetchedDocument, ...]
    problems: tuple[Problem, ...]
    manifest: Path | None
    not_sent: frozenset[str] = frozenset()
    foreseen: tuple[Foreseen, ...] = ()


def write_manifest(
    archive: Archive, source: str, started_at: datetime, documents: Sequence[FetchedDocument]
) -> Path | None:
    """Write the manifest of one crawl of ``source``, whole or not at all; nothing for no documents.

    Raises:
        ArchiveError: the archive cannot be written.
    """
    if not documents:
        return None
    path = archive.new_crawl_manifest(source, started_at)
    while path.exists():
        # Names are by the second; an earlier crawl's manifest is never written over.
        started_at += timedelta(seconds=1)
        path = archive.new_crawl_manifest(source, started_at)
    lines = (json.dumps(document.to_json(), ensure_ascii=False) + "\n" for document in documents)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        write_atomically(path, "".join(lines).encode())
    except OSError as error:
        raise ArchiveError(f"{path}：取得の記録を書けません（{error}）") from error
    return path
