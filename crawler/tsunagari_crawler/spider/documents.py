"""Fetching the documents that the declared pages link to into the archive."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime

from scrapy.crawler import Crawler
from scrapy.http import HtmlResponse, Response

from tsunagari_crawler.addresses import same_page
from tsunagari_crawler.archive import Archive, FetchedDocument
from tsunagari_crawler.errors import ArchiveError
from tsunagari_crawler.pages import fault_of
from tsunagari_crawler.planning import PlannedDocument, plan_documents
from tsunagari_crawler.problems import Problem, ProblemCode
from tsunagari_crawler.publishers import Link, Source, SourcePage
from tsunagari_crawler.report import CrawlReport, CrawlSettings, Foreseen, write_manifest
from tsunagari_crawler.spider.fetching import ask, kind_of, links_of, plain_headers, validators_of, view_of
from tsunagari_crawler.spider.process import run

#: Readers accept other bytes before the signature and after the end (PDF Reference 1.7, implementation notes 13 and 18), and so much
#: of them that a server may have added a page's worth of its own.
_SIGNATURE_WITHIN = 1024
_END_WITHIN = 8192
#: What servers call a PDF that they do not know as one.
_PDF_TYPES = ("", "application/pdf", "application/x-pdf", "application/octet-stream", "binary/octet-stream")
_PAGE_TYPES = ("text/", "application/xhtml")
_DOWNLOAD_TYPES = ("application/download", "application/x-download", "application/force-download", "application/save")


def crawl(source: Source, archive: Archive, *, settings: CrawlSettings) -> CrawlReport:
    """Fetch what ``source`` links to into ``archive``, as :func:`crawl_all` does for several."""
    return crawl_all((source,), archive, settings=settings)[0]


def crawl_all(
    sources: Sequence[Source], archive: Archive, *, settings: CrawlSettings, dry_run: bool = False
) -> tuple[CrawlReport, ...]:
    """Fetch the documents of each source in turn, keeping the delay between sources of the same host too.

    Documents are in the archive as soon as they are fetched; a source's manifest is written when the source is done, so that an
    interrupted crawl leaves none. What the archive holds is asked for with the conditions of RFC 9110, section 13, and listed again if the
    server says that it is the same. With ``dry_run`` the pages are read, the documents' servers asked (HEAD) and nothing is written.

    Like :func:`tsunagari_crawler.spider.process.run` it works once in a process.

    Raises:
        ArchiveError: the archive cannot be read or written.
        CrawlFailedError: the crawl ended before its end, or this process has crawled before.
    """
    if not sources:
        return ()

    async def work(crawler: Crawler) -> tuple[CrawlReport, ...]:
        return tuple([await _SourceCrawl(crawler, one, archive, settings).crawl(dry_run=dry_run) for one in sources])

    return run(work, settings)


@dataclass(slots=True)
class _SourceCrawl:
    """The crawl of one source, and what has come so far."""

    crawler: Crawler
    source: Source
    archive: Archive
    settings: CrawlSettings
    fetched: list[FetchedDocument] = field(default_factory=list)
    unchanged: list[FetchedDocument] = field(default_factory=list)
    not_sent: set[str] = field(default_factory=set)
    foreseen: list[Foreseen] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)

    async def crawl(self, *, dry_run: bool) -> CrawlReport:
        started_at = datetime.now(UTC)
        crawls = self.archive.crawled(self.source.name)
        before = {_linked(document): document for crawled in reversed(crawls) for document in crawled}
        found = [(page, links) for page in self.source.pages if (links := await self._read_page(page)) is not None]
        plan = plan_documents(self.source, found)
        self.problems.extend(plan.problems)
        if plan.documents and crawls and len(found) == len(self.source.pages):
            self._miss_links(crawls[0], {link.url for _, links in found for link in links})
        for planned in plan.documents:
            earlier = before.get(planned.link.url)
            if dry_run:
                await self._foresee(planned, earlier)
            else:
                await self._fetch(planned, earlier)
        return CrawlReport(
            source=self.source.name,
            started_at=started_at,
            fetched=tuple(self.fetched),
            unchanged=tuple(self.unchanged),
            problems=tuple(self.problems),
            manifest=write_manifest(self.archive, self.source.name, started_at, self.fetched),
            not_sent=frozenset(self.not_sent),
            foreseen=tuple(self.foreseen),
        )

    async def _ask(
        self, url: str, method: str = "GET", validators: Mapping[str, str] | None = None
    ) -> Response | Problem:
        return await ask(self.crawler, url, self.settings, self.source.refusal, method=method, validators=validators)

    async def _read_page(self, page: SourcePage) -> list[Link] | None:
        """The links of a page; None, with a problem named, if it is not the page."""
        response = await self._ask(page.url)
        if isinstance(response, Problem):
            self.problems.append(response)
            return None
        if not response.body:
            self.problems.append(Problem.of(ProblemCode.EMPTY, page.url))
            return None
        # Scrapy guesses a type that it does not know from the address.
        declared = plain_headers(response).get("content-type", "text/html")
        if not isinstance(response, HtmlResponse) or not declared.lower().startswith(_PAGE_TYPES):
            self.problems.append(Problem.of(ProblemCode.NOT_HTML, page.url, kind=kind_of(response)))
            return None
        links = links_of(response)
        fault = fault_of(view_of(response), holds_what_is_wanted=any(map(self.source.wants, links)))
        if fault:
            self.problems.append(replace(fault, url=page.url))
            return None
        if not same_page(page.url, response.url):
            self.problems.append(Problem.of(ProblemCode.PAGE_MOVED, page.url, target=response.url))
            return None
        return links

    def _miss_links(self, last: Sequence[FetchedDocument], linked: set[str]) -> None:
        """Name the documents of the last crawl to which no page links any more."""
        for document in last:
            if (url := _linked(document)) not in linked:
                gone = Problem.of(ProblemCode.LINK_GONE, url, name=document.name)
                self.problems.append(gone.while_kept(document))

    def _conditions(self, earlier: FetchedDocument | None) -> dict[str, str]:
        """The conditions under which the archived document need not be sent again; none if it is no longer whole."""
        if earlier is None:
            return {}
        try:
            self.archive.read(earlier.sha256)
        except ArchiveError:
            # Its bytes are away or damaged, and come again.
            return {}
        return validators_of(earlier.headers)

    async def _fetch(self, planned: PlannedDocument, earlier: FetchedDocument | None) -> None:
        url = planned.link.url
        response = await self._ask(url, validators=self._conditions(earlier))
        problem = response if isinstance(response, Problem) else _document_fault(url, response)
        if isinstance(response, Problem) or (problem and problem.code is not ProblemCode.WRONG_TYPE):
            self.problems.extend([problem.while_kept(earlier)] if problem else [])
            return
        if earlier and response.status == 304:
            # When and how its bytes came stays what it was.
            document = replace(earlier, name=planned.link.name, edition=planned.edition)
            known = True
            self.not_sent.add(document.url)
        else:
            known = hashlib.sha256(response.body).hexdigest() in self.archive
            document = self._keep(planned, response)
            if earlier and earlier.sha256 != document.sha256:
                self.problems.append(_replaced(url, earlier, document))
        # The same bytes behind two links are new at the first only if the archive did not hold them before.
        known = known and document.sha256 not in {one.sha256 for one in self.fetched if one not in self.unchanged}
        self.fetched.append(document)
        if known:
            self.unchanged.append(document)
        self.problems.extend(one for one in (problem, planned.doubt) if one)

    def _keep(self, planned: PlannedDocument, response: Response) -> FetchedDocument:
        return self.archive.store(
            response.body,
            name=planned.link.name,
            url=response.url,
            headers=plain_headers(response),
            edition=planned.edition,
            fetched_at=datetime.now(UTC),
            link=planned.link.url if planned.link.url != response.url else "",
        )

    async def _foresee(self, planned: PlannedDocument, earlier: FetchedDocument | None) -> None:
        """Ask for the headers alone. A server that does not answer such a request is no problem: the document may come all the same."""
        url = planned.link.url
        response = await self._ask(url, "HEAD", self._conditions(earlier))
        size, kind = None, ""
        if isinstance(response, Response):
            headers = plain_headers(response)
            length = headers.get("content-length", "")
            size = int(length) if length.isascii() and length.isdigit() else None
            kind = headers.get("content-type", "")
        if isinstance(response, Problem) and "HTTP 405" not in response.message and "HTTP 501" not in response.message:
            self.problems.append(response.while_kept(earlier))
            return
        if size is not None and size > self.settings.max_bytes:
            too_large = Problem.of(ProblemCode.TOO_LARGE, url, limit=f"{self.settings.max_bytes:,}")
            self.problems.append(too_large.while_kept(earlier))
            return
        if kind.startswith("text/html"):
            self.problems.append(Problem.of(ProblemCode.NOT_PDF, url, kind=kind).while_kept(earlier))
            return
        unchanged = isinstance(response, Response) and response.status == 304
        self.foreseen.append(Foreseen(url, planned.link.name, planned.edition, size, kind, unchanged))
        self.problems.extend([planned.doubt] if planned.doubt else [])


def _linked(document: FetchedDocument) -> str:
    """The address by which the publisher's page linked to a document."""
    return document.link or document.url


def _replaced(url: str, old: FetchedDocument, new: FetchedDocument) -> Problem:
    return Problem.of(
        ProblemCode.REPLACED, url, old=f"{old.sha256[:12]}…", day=old.fetched_at[:10], new=f"{new.sha256[:12]}…"
    )


def _document_fault(url: str, response: Response) -> Problem | None:
    """Why the answer at a document's address is no whole PDF; only a wrong type leaves it one."""
    if response.status == 304:
        return None
    if not response.body:
        return Problem.of(ProblemCode.EMPTY, url)
    if b"%PDF-" not in response.body[:_SIGNATURE_WITHIN]:
        if isinstance(response, HtmlResponse):
            view = view_of(response)
            fault = fault_of(view)
            return replace(fault, url=url) if fault else Problem.of(ProblemCode.HTML_FOR_PDF, url, title=view.title)
        return Problem.of(ProblemCode.NOT_PDF, url, kind=kind_of(response))
    if b"%%EOF" not in response.body[-_END_WITHIN:]:
        return Problem.of(ProblemCode.TRUNCATED, url, reason="PDFの終わりがありません")
    declared = plain_headers(response).get("content-type", "").partition(";")[0].strip().lower()
    if declared not in (*_PDF_TYPES, *_DOWNLOAD_TYPES):
        return Problem.of(ProblemCode.WRONG_TYPE, url, kind=declared)
    return None
