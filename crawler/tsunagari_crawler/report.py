"""What a crawl is told and what it answers. Importing this module does not load Scrapy.

A crawl never fails in silence: every address that it was to fetch ends as a document or as a
:class:`Problem`.
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from pathlib import Path
from typing import Self

from tsunagari_crawler.archive import Archive, FetchedDocument, write_atomically
from tsunagari_crawler.errors import ArchiveError, CrawlSettingsError

#: What robots.txt files and servers' logs call this crawler.
ROBOT_NAME = "tsunagari"
_CONTACT = re.compile(r"[!-~]+( [!-~]+)*")


@dataclass(frozen=True, slots=True)
class CrawlSettings:
    """How a crawl treats the publisher's server.

    ``delay_seconds`` lies between the starts of two requests and is never shortened at random.
    ``timeout_seconds`` bounds one request as a whole, ``max_bytes`` one body, ``retries`` the further
    attempts after a passing fault. ``contact`` is a mail address or URL of whoever runs this installation, in
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

    def __post_init__(self) -> None:
        if not (math.isfinite(self.delay_seconds) and self.delay_seconds >= 0):
            raise _bad_setting("delay_seconds", "0以上の秒数", self.delay_seconds)
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


class ProblemCode(StrEnum):
    """Why an address gave no document, or gave one that still needs a person's word."""

    PAGE_MOVED = "page_moved"
    """A declared page leads to another address; its declared year may not hold there."""
    NOT_FOUND = "not_found"
    """HTTP 404 or 410."""
    HTTP_ERROR = "http_error"
    """Any other HTTP status than success."""
    ROBOTS_DENIED = "robots_denied"
    """robots.txt asks not to fetch this."""
    ROBOTS_UNKNOWN = "robots_unknown"
    """robots.txt could not be read, which RFC 9309 counts as a refusal of everything."""
    OFF_HOST = "off_host"
    """A link or a redirect leads away from the publisher's own hosts."""
    INSECURE = "insecure"
    """A link or a redirect leads from https to http."""
    REDIRECT_LOOP = "redirect_loop"
    TOO_LARGE = "too_large"
    NOT_PDF = "not_pdf"
    """Linked as a PDF, answered with something else, as a server's HTML error page with status 200."""
    NOT_HTML = "not_html"
    """A declared page is not a page."""
    NO_LINKS = "no_links"
    """A declared page has no link of the kind that its source describes."""
    TIMEOUT = "timeout"
    CONNECTION = "connection"
    """The server's name, connection, certificate or transfer failed."""
    SAME_EDITION = "same_edition"
    """Several documents claim to be the same paper; none is given an edition."""
    CONFLICTING_YEARS = "conflicting_years"
    """Pages of different years link to the same document; it is given no edition."""


_MESSAGES: Mapping[ProblemCode, str] = {
    ProblemCode.PAGE_MOVED: "掲載ページが {target} へ転送されています。"
    "年度の取り違えを防ぐため、転送先からは取得していません。"
    "転送先を確かめて、取得元の設定（sources.py）のURLを直してください",
    ProblemCode.NOT_FOUND: "見つかりません（HTTP {status}）。移動したか、削除された可能性があります",
    ProblemCode.HTTP_ERROR: "サーバーがエラーを返しました（HTTP {status}）。時間をおいて、もう一度取得してください",
    ProblemCode.ROBOTS_DENIED: "発行者が robots.txt で自動での取得を断っているため、取得していません",
    ProblemCode.ROBOTS_UNKNOWN: "発行者のサーバーの robots.txt を読めず、"
    "取得してよいか確かめられないため、取得していません",
    ProblemCode.OFF_HOST: "発行者のサーバー（{hosts}）の外（{target}）へ続いているため、取得していません",
    ProblemCode.INSECURE: "暗号化されていないアドレス（{target}）へ続いているため、取得していません",
    ProblemCode.REDIRECT_LOOP: "転送が{times}回を超えて続くため、取得をやめました",
    ProblemCode.TOO_LARGE: "大きさが上限（{limit}バイト）を超えるため、取得をやめました",
    ProblemCode.NOT_PDF: "PDFとしてリンクされていますが、届いたものはPDFではありません（{kind}）",
    ProblemCode.NOT_HTML: "掲載ページとして届いたものがHTMLではありません（{kind}）",
    ProblemCode.NO_LINKS: "掲載ページに、取得するPDFへのリンクが見つかりません"
    "（ほかのPDFへのリンクは{others}件）。ページの書き方が変わった可能性があります",
    ProblemCode.TIMEOUT: "{seconds}秒以内に取得が終わりませんでした。時間をおいて、もう一度取得してください",
    ProblemCode.CONNECTION: "サーバーと通信できませんでした（{reason}）",
    ProblemCode.SAME_EDITION: "{year}年度の同じ一覧とされるPDFが{count}件あり、"
    "どれがその一覧か決められません。取り込むときに年度を指定してください",
    ProblemCode.CONFLICTING_YEARS: "{years}年度の掲載ページから同じPDFへリンクされていて、"
    "どの年度の一覧か決められません。取り込むときに年度を指定してください",
}


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing that went wrong with one address; ``message`` is Japanese, for an administrator."""

    url: str
    code: ProblemCode
    message: str

    @classmethod
    def of(cls, code: ProblemCode, url: str, **values: object) -> Self:
        """The problem in words. ``values`` are what the code's message needs.

        Raises:
            KeyError: a value that the message needs is missing.
        """
        return cls(url, code, _MESSAGES[code].format_map(values))


@dataclass(frozen=True, slots=True)
class CrawlReport:
    """What one crawl of one source brought.

    ``fetched`` holds every document, in the order of the pages and their links; ``unchanged`` those of them
    whose bytes the archive knew before. ``manifest`` is None if nothing was fetched, so that an outage does
    not hide the manifest of the last crawl that brought something.
    """

    source: str
    started_at: datetime
    fetched: tuple[FetchedDocument, ...]
    unchanged: tuple[FetchedDocument, ...]
    problems: tuple[Problem, ...]
    manifest: Path | None


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
