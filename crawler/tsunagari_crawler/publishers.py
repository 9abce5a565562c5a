"""A publisher's entry: its pages, its hosts, and which links of its pages are documents."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from urllib.parse import unquote, urlsplit

from tsunagari_crawler.addresses import origin
from tsunagari_crawler.edition import LICENCES, Edition
from tsunagari_crawler.errors import CrawlSettingsError, EditionError
from tsunagari_crawler.problems import Problem, ProblemCode

# The name becomes part of a manifest's file name, where "-" separates it from the time.
_NAME = re.compile(r"[a-z0-9]+(_[a-z0-9]+)*")
_FILE_SIZE = re.compile(r"[\[［(（]\s*PDF[^\]］)）]*[\]］)）]", re.IGNORECASE)
_NEW_WINDOW = re.compile(r"[(（「]?別(?:ウインドウ|ウィンドウ)で開(?:きます|く)[)）」]?")


@dataclass(frozen=True, slots=True)
class SourcePage:
    """A page that links to lists.

    ``fiscal_year`` (Gregorian, the year in which it starts) holds for every list on the page; None: whoever
    imports says it. ``part`` tells apart pages of the same year.
    """

    url: str
    fiscal_year: int | None = None
    part: str = ""


@dataclass(frozen=True, slots=True)
class Link:
    """A link as it stands on a page: its absolute address, its words, and its ``type`` attribute."""

    url: str
    text: str
    media_type: str = ""

    @property
    def leads_to_pdf(self) -> bool:
        """Whether the address, the ``type`` attribute or the words promise a PDF."""
        return (
            urlsplit(self.url).path.lower().endswith(".pdf")
            or self.media_type.strip().lower() == "application/pdf"
            or "PDF" in _plain(self.text).upper()
        )

    @property
    def title(self) -> str:
        """The words without file size and without 「別ウインドウで開きます」; may be empty."""
        return _collapse(_NEW_WINDOW.sub("", _FILE_SIZE.sub("", _collapse(self.text))))

    @property
    def name(self) -> str:
        """What to call the document in a message: its title, else the last part of its address."""
        readable = self.title or unquote(urlsplit(self.url).path).rpartition("/")[2] or "document"
        # A name with a separator in it could be taken for a path.
        readable = "".join(sign for sign in readable if unicodedata.category(sign) != "Cc")
        readable = readable.replace("/", "／").replace("\\", "＼")
        return readable if readable.lower().endswith(".pdf") else f"{readable}.pdf"


@dataclass(frozen=True, slots=True)
class Source:
    """One publisher's series of lists and where they are linked.

    ``link_text`` is searched in a link's words, after Unicode normalisation (NFKC: full-width Latin letters
    and brackets become narrow) and with white space collapsed. ``hosts`` are the publisher's further hosts
    (``host`` or ``host:port``) beside those of the pages.

    Raises:
        CrawlSettingsError: a name, address, year or licence cannot be meant.
    """

    name: str
    publisher: str
    series: str
    licence: str
    pages: tuple[SourcePage, ...]
    link_text: re.Pattern[str]
    hosts: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if not _NAME.fullmatch(self.name):
            raise CrawlSettingsError(f"取得元の名前「{self.name}」は、英小文字・数字・下線で書いてください")
        if not self.pages:
            raise CrawlSettingsError(f"{self.name}：掲載ページ（pages）がありません")
        if self.licence != "unknown" and self.licence not in LICENCES:
            raise CrawlSettingsError(f"{self.name}：licence「{self.licence}」は知られていません")
        for page in self.pages:
            if origin(page.url) is None:
                raise CrawlSettingsError(
                    f"{self.name}：掲載ページ「{page.url}」は http(s):// で始まるURLではありません"
                )
            if page.fiscal_year is not None:
                try:
                    Edition(page.fiscal_year)
                except EditionError as error:
                    raise CrawlSettingsError(f"{self.name}：{error}") from error

    @property
    def own_hosts(self) -> frozenset[str]:
        """The hosts that may be asked, as ``host`` or ``host:port``."""
        return frozenset(self.hosts) | {at[1] for page in self.pages if (at := origin(page.url))}

    def refusal(self, url: str) -> Problem | None:
        """Why ``url`` may not be fetched for this source, or None if it may."""
        at = origin(url)
        if at is None or at[1] not in self.own_hosts:
            hosts = "、".join(sorted(self.own_hosts))
            return Problem.of(ProblemCode.OFF_HOST, url, hosts=hosts, target=at[1] if at else url)
        # A changed phone number is worse than a missing list: what is read over https stays on https.
        if at[0] == "http" and all(page.url.lower().startswith("https:") for page in self.pages):
            return Problem.of(ProblemCode.INSECURE, url, target=url)
        return None

    def edition(self, page: SourcePage, link: Link) -> Edition | None:
        """The paper that ``link`` on ``page`` leads to; None where the page declares no year."""
        if page.fiscal_year is None:
            return None
        found = self.link_text.search(_plain(link.text))
        part = (found.groupdict().get("part") if found else None) or page.part
        return Edition(
            fiscal_year=page.fiscal_year,
            series=self.series,
            part=part,
            publisher=self.publisher,
            title=link.title,
            url=link.url,
            licence=self.licence,
        )

    def wants(self, link: Link) -> bool:
        """Whether ``link`` is one of the lists."""
        return link.leads_to_pdf and bool(self.link_text.search(_plain(link.text)))


def _collapse(text: str) -> str:
    return " ".join(text.split())


def _plain(text: str) -> str:
    return _collapse(unicodedata.normalize("NFKC", text))
