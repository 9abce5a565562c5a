"""The publishers whose lists are crawled, as data, and which links of their pages are documents.

To add a publisher, add one :class:`Source` to :data:`SOURCES`:

1. ``pages``: the addresses of the pages that link to the lists, copied from a browser. A document's own
   address is never written here or put together from a pattern: it is found on its page at each crawl.
2. ``fiscal_year`` of a page: only if every list on the page is of that year and will stay so (a page made for
   one year). Leave it out for a page that gathers several years or is rewritten in place; whoever imports
   then says the year. It is never read from the page's text.
3. ``link_text``: a pattern that the words of the link must contain, as 「一覧」 for 「一覧[PDF形式:579KB]」.
   If one page of one year links to several lists, tell them apart by a group named ``part``
   (``"(?P<part>都道府県|市区町村)"``); documents that claim the same year and part are fetched, and left
   without an edition.
4. ``licence``: an identifier of :data:`tsunagari_crawler.edition.LICENCES`, or ``unknown``.
5. ``hosts``: only if documents lie on a further host of the same publisher.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from urllib.parse import SplitResult, unquote, urlsplit

from tsunagari_crawler.edition import LICENCES, Edition
from tsunagari_crawler.errors import CrawlFailedError, CrawlSettingsError, EditionError
from tsunagari_crawler.report import Problem, ProblemCode

# The name becomes part of a manifest's file name, where "-" separates it from the time.
_NAME = re.compile(r"[a-z0-9]+(_[a-z0-9]+)*")
_DEFAULT_PORTS = {"http": 80, "https": 443}
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
            if _origin(page.url) is None:
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
        return frozenset(self.hosts) | {origin[1] for page in self.pages if (origin := _origin(page.url))}

    def refusal(self, url: str) -> Problem | None:
        """Why ``url`` may not be fetched for this source, or None if it may."""
        origin = _origin(url)
        if origin is None or origin[1] not in self.own_hosts:
            hosts = "、".join(sorted(self.own_hosts))
            return Problem.of(ProblemCode.OFF_HOST, url, hosts=hosts, target=origin[1] if origin else url)
        # A changed phone number is worse than a missing list: what is read over https stays on https.
        if origin[0] == "http" and all(page.url.lower().startswith("https:") for page in self.pages):
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


@dataclass(frozen=True, slots=True)
class PlannedDocument:
    """A document to fetch, and which paper it is, if that is known.

    ``doubt`` says why a document with a declared year has no edition; it matters only if the document comes.
    """

    link: Link
    edition: Edition | None
    doubt: Problem | None = None


@dataclass(frozen=True, slots=True)
class Plan:
    """What to fetch after the pages have been read, and what stands in the way."""

    documents: tuple[PlannedDocument, ...]
    problems: tuple[Problem, ...]


def plan_documents(source: Source, found: Iterable[tuple[SourcePage, Sequence[Link]]]) -> Plan:
    """Decide what to fetch from the links of each page that could be read. Each address is fetched once."""
    problems: list[Problem] = []
    claims: dict[str, list[PlannedDocument]] = defaultdict(list)
    for page, links in found:
        wanted = [link for link in links if source.wants(link)]
        if not wanted:
            others = len({link.url for link in links if link.leads_to_pdf})
            problems.append(Problem.of(ProblemCode.NO_LINKS, page.url, others=others))
        for link in wanted:
            if not (refusal := source.refusal(link.url)):
                claims[link.url].append(PlannedDocument(link, source.edition(page, link)))
            elif refusal not in problems:
                problems.append(refusal)
    documents = [_settle_year(claim) for claim in claims.values()]
    counts = Counter(document.edition.key for document in documents if document.edition)
    return Plan(tuple(_settle_rivals(document, counts) for document in documents), tuple(problems))


def _settle_year(claims: Sequence[PlannedDocument]) -> PlannedDocument:
    """One document from all the links to its address: no edition if the pages' years differ."""
    years = sorted({claim.edition.fiscal_year for claim in claims if claim.edition})
    if len(years) > 1:
        listed = "・".join(str(year) for year in years)
        doubt = Problem.of(ProblemCode.CONFLICTING_YEARS, claims[0].link.url, years=listed)
        return replace(claims[0], edition=None, doubt=doubt)
    return next((claim for claim in claims if claim.edition), claims[0])


def _settle_rivals(document: PlannedDocument, counts: Mapping[tuple[str, int, str], int]) -> PlannedDocument:
    """``document`` without its edition if others claim the same one.

    At import they would replace each other, and all lists but one would vanish unnoticed.
    """
    if document.edition is None or counts[document.edition.key] == 1:
        return document
    doubt = Problem.of(
        ProblemCode.SAME_EDITION,
        document.link.url,
        year=document.edition.fiscal_year,
        count=counts[document.edition.key],
    )
    return replace(document, edition=None, doubt=doubt)


def same_page(declared: str, final: str) -> bool:
    """Whether a page was answered at its declared address; only http turned into https counts as the same."""
    one, other = urlsplit(declared), urlsplit(final)
    if (one.scheme, other.scheme) == ("http", "https") and one.port is None and other.port is None:
        one = one._replace(scheme="https")
    return _address(one) == _address(other)


def _address(parts: SplitResult) -> tuple[str, str | None, int | None, str, str]:
    port = parts.port or _DEFAULT_PORTS.get(parts.scheme)
    return (parts.scheme, parts.hostname, port, parts.path or "/", parts.query)


def _origin(url: str) -> tuple[str, str] | None:
    """Scheme and ``host`` or ``host:port`` of an http(s) address; None for anything else."""
    try:
        parts = urlsplit(url)
        scheme, host, port = parts.scheme.lower(), parts.hostname, parts.port
    except ValueError:
        return None
    if scheme not in _DEFAULT_PORTS or not host:
        return None
    return (scheme, host if port in (None, _DEFAULT_PORTS[scheme]) else f"{host}:{port}")


def _collapse(text: str) -> str:
    return " ".join(text.split())


def _plain(text: str) -> str:
    return _collapse(unicodedata.normalize("NFKC", text))


_GENDER_EQUALITY_BUREAU = "内閣府男女共同参画局"
_SOURCES = (
    Source(
        name="national_list",
        publisher=_GENDER_EQUALITY_BUREAU,
        series="national_list",
        licence="PDL1.0",
        pages=(
            SourcePage(
                "https://www.gender.go.jp/policy/chihou_renkei/kofukin/r03/ex.html",
                fiscal_year=2021,
            ),
        ),
        link_text=re.compile("一覧|事業|取組"),
    ),
    Source(
        name="period_poverty_surveys",
        publisher=_GENDER_EQUALITY_BUREAU,
        series="period_poverty_survey",
        licence="PDL1.0",
        # One page gathers the surveys of all years.
        pages=(SourcePage("https://www.gender.go.jp/policy/sokushin/kenko/periodpoverty/index.html"),),
        link_text=re.compile("「生理の貧困」に係る地方公共団体の取組.*一覧"),
    ),
    Source(
        name="dv_centres",
        publisher=_GENDER_EQUALITY_BUREAU,
        series="dv_centres",
        licence="PDL1.0",
        # The list is republished in place, under the same address.
        pages=(SourcePage("https://www.gender.go.jp/policy/no_violence/e-vaw/soudankikan/01.html"),),
        link_text=re.compile("配偶者暴力相談支援センター"),
    ),
)

#: Every publisher that is crawled, by name.
SOURCES: Mapping[str, Source] = {source.name: source for source in _SOURCES}


def find_source(name: str) -> Source:
    """The source of this name.

    Raises:
        CrawlFailedError: there is none; the message lists those that there are.
    """
    try:
        return SOURCES[name]
    except KeyError:
        raise CrawlFailedError(f"取得元「{name}」はありません（使えるのは {'、'.join(SOURCES)}）") from None
