"""Fetches the declared pages and the documents that they link to.

The only module that imports Scrapy and Twisted. Scrapy brings what a polite crawler needs (robots.txt,
delays, retries, limits); the order of things is the spider's own, one request after the other: the pages
first, since which paper a document is can depend on all of them.
"""

from __future__ import annotations

import hashlib
import logging
import re
from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, cast
from urllib.parse import urljoin, urlsplit

from scrapy import Request, Spider, signals
from scrapy.core.downloader.handlers.http11 import TunnelError
from scrapy.crawler import Crawler, CrawlerProcess
from scrapy.downloadermiddlewares.robotstxt import RobotsTxtMiddleware
from scrapy.exceptions import (
    CannotResolveHostError,
    DownloadCancelledError,
    DownloadConnectionRefusedError,
    DownloadFailedError,
    DownloadTimeoutError,
    IgnoreRequest,
    ResponseDataLossError,
)
from scrapy.http import HtmlResponse, Response
from scrapy.http.request import NO_CALLBACK
from scrapy.robotstxt import RobotParser
from scrapy.utils.httpobj import urlparse_cached
from scrapy.utils.reactor import is_reactor_installed
from scrapy.utils.response import get_base_url
from twisted.internet.base import ReactorBase
from twisted.internet.error import ConnectError, ConnectionClosed
from twisted.python.failure import Failure

from tsunagari_crawler.archive import Archive, FetchedDocument
from tsunagari_crawler.errors import CrawlerError, CrawlFailedError
from tsunagari_crawler.report import (
    ROBOT_NAME,
    CrawlReport,
    CrawlSettings,
    Problem,
    ProblemCode,
    write_manifest,
)
from tsunagari_crawler.sources import Link, PlannedDocument, Source, SourcePage, plan_documents, same_page

_MAX_REDIRECTS = 5
#: Readers accept other bytes before the signature (PDF Reference 1.7, implementation note 13).
_SIGNATURE_WITHIN = 1024
_QUERY = re.compile(r"(https?://[^\s?#<>'\"]*)\?[^\s<>'\"]*")
#: What these warn of stands in the report too, in the administrator's language.
_REPORTED_BY = ("scrapy.core.downloader.", "scrapy.downloadermiddlewares.")
_LOGGERS = ("scrapy", "twisted", "asyncio", ROBOT_NAME)
_NETWORK_ERRORS: Mapping[type[Exception], str] = {
    CannotResolveHostError: "サーバーの名前が見つかりません",
    DownloadConnectionRefusedError: "接続を断られました",
    ResponseDataLossError: "途中までしか届きませんでした",
    DownloadFailedError: "通信が途中で切れたか、証明書を確かめられませんでした",
    ConnectError: "接続できません",
    ConnectionClosed: "接続が切れました",
    TunnelError: "プロキシを通れません",
    OSError: "接続できません",
}
_NAMED_ERRORS: tuple[type[Exception], ...] = (
    IgnoreRequest,
    DownloadCancelledError,
    DownloadTimeoutError,
    *_NETWORK_ERRORS,
)


def crawl(source: Source, archive: Archive, *, settings: CrawlSettings) -> CrawlReport:
    """Fetch what ``source`` links to into ``archive``, as :func:`crawl_all` does for several."""
    return crawl_all((source,), archive, settings=settings)[0]


def crawl_all(sources: Sequence[Source], archive: Archive, *, settings: CrawlSettings) -> tuple[CrawlReport, ...]:
    """Fetch the documents of each source in turn, keeping the delay between sources of the same host too.

    It blocks until all is done, and **works once per process**: a Twisted reactor cannot be started again. It
    installs no signal handlers, opens no port and keeps no cookies. Documents are in the archive as soon as
    they are fetched; a source's manifest is written when the source is done, so that an interrupted crawl
    leaves none.

    Raises:
        ArchiveError: the archive cannot be written.
        CrawlFailedError: the crawl ended before its end, or this process has crawled before.
    """
    if not sources:
        return ()
    if is_reactor_installed():
        raise CrawlFailedError("1つのプロセスで取得を始められるのは1回だけです")
    run = _Run(tuple(sources), archive, settings)
    process = CrawlerProcess(_scrapy_settings(settings))
    # Scrapy sends Python's warnings to the log; that would outlive the crawl.
    logging.captureWarnings(False)
    with _warnings_to_stderr():
        process.crawl(_DocumentSpider, run=run).addErrback(run.failed)
        try:
            process.start(install_signal_handlers=False)
        except KeyboardInterrupt:
            _stop_threads()
            raise
    if isinstance(run.error, CrawlerError):
        raise run.error
    if run.error or len(run.reports) != len(run.sources):
        raise CrawlFailedError(f"取得が途中で止まりました（{run.error or '理由は不明です'}）") from run.error
    return tuple(run.reports)


def _stop_threads() -> None:
    """End Twisted's threads: a reactor that an exception left does not, and they keep the process alive."""
    # Importing the reactor installs one; at the top of the module it would be the wrong one.
    from twisted.internet import reactor  # noqa: PLC0415

    cast(ReactorBase, reactor).getThreadPool().stop()


@dataclass(slots=True)
class _Run:
    """What is handed to the spider, and what it leaves behind."""

    sources: tuple[Source, ...]
    archive: Archive
    settings: CrawlSettings
    reports: list[CrawlReport] = field(default_factory=list)
    error: BaseException | None = None

    def failed(self, failure: Failure) -> None:
        """Keep the first error that nothing else has named."""
        self.error = self.error or failure.value


class _OffHostError(IgnoreRequest):
    """A request, or the redirect of one, leads to where the source does not allow."""

    def __init__(self, problem: Problem) -> None:
        super().__init__(problem.message)
        self.problem = problem


class _RedirectLoopError(IgnoreRequest):
    """There were more redirects than can be meant."""


class _RobotsDeniedError(IgnoreRequest):
    """robots.txt forbids the request."""


class _RobotsUnknownError(IgnoreRequest):
    """robots.txt could not be read; ``cause`` says why, as far as it is known."""

    def __init__(self, cause: Exception | None) -> None:
        super().__init__("robots.txt could not be read")
        self.cause = cause


class _OwnHosts:
    """Lets through only requests to the publisher's own hosts; redirects and robots.txt are requests too.

    Scrapy's own filter knows no ports, lets subdomains pass and drops a request without telling anyone.
    """

    def __init__(self, crawler: Crawler) -> None:
        self._crawler = crawler

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> _OwnHosts:
        return cls(crawler)

    def process_request(self, request: Request) -> None:
        source = cast(_DocumentSpider, self._crawler.spider).source
        if problem := source.refusal(request.url):
            raise _OffHostError(problem)
        if request.meta.get("redirect_times", 0) > _MAX_REDIRECTS:
            raise _RedirectLoopError("too many redirects")


class _ObeyRobots(RobotsTxtMiddleware):
    """Scrapy's middleware, but a robots.txt that cannot be read forbids everything.

    So says RFC 9309, section 2.3.1.4. Scrapy reads an error page as a robots.txt without rules, and a failed
    request as a permission.
    """

    def __init__(self, crawler: Crawler) -> None:
        super().__init__(crawler)
        self._causes: dict[str, Exception] = {}

    def process_request_2(self, rp: RobotParser | None, request: Request) -> None:
        """Raise unless ``rp`` allows ``request``."""
        if rp is None:
            raise _RobotsUnknownError(self._causes.get(urlparse_cached(request).netloc))
        try:
            super().process_request_2(rp, request)
        except IgnoreRequest as error:
            raise _RobotsDeniedError(str(error)) from error

    def process_response(self, request: Request, response: Response) -> Response:
        """Turn a robots.txt with a server's error into an exception."""
        if _asks_for_robots(request) and (response.status >= 500 or response.status == 429):
            raise IgnoreRequest(f"robots.txt: HTTP {response.status}")
        return response

    def process_exception(self, request: Request, exception: Exception) -> None:
        """Remember why robots.txt did not come; as an ``IgnoreRequest`` it is not logged with a traceback."""
        if _asks_for_robots(request):
            self._causes[urlparse_cached(request).netloc] = exception
            raise IgnoreRequest("robots.txt did not come") from exception


def _asks_for_robots(request: Request) -> bool:
    return bool(request.meta.get("dont_obey_robotstxt"))


class _DocumentSpider(Spider):
    """Reads the pages of each source, then fetches its documents."""

    name = ROBOT_NAME

    def __init__(self, run: _Run) -> None:
        super().__init__()
        self._run = run
        self.source = run.sources[0]

    @classmethod
    def from_crawler(cls, crawler: Crawler, *args: Any, **kwargs: Any) -> _DocumentSpider:
        spider = super().from_crawler(crawler, *args, **kwargs)
        crawler.signals.connect(spider.failed, signal=signals.spider_error)
        return spider

    def failed(self, failure: Failure) -> None:
        """Called by Scrapy for what :meth:`start` raises."""
        self._run.failed(failure)

    async def start(self) -> AsyncIterator[Request]:
        """Do all the work; nothing is left to Scrapy's scheduler, which may drop a request without a word."""
        try:
            for source in self._run.sources:
                self.source = source
                self._run.reports.append(await self._crawl_source())
        except CrawlerError as error:
            # Scrapy would log it, with a traceback, before crawl_all() raises it.
            self._run.error = error
        # Scrapy wants a generator of requests; this one has nothing to hand on.
        for request in cast(tuple[Request, ...], ()):
            yield request

    async def _crawl_source(self) -> CrawlReport:
        source, archive = self.source, self._run.archive
        started_at = datetime.now(UTC)
        found: list[tuple[SourcePage, list[Link]]] = []
        problems: list[Problem] = []
        for page in source.pages:
            links = await self._read_page(page)
            if isinstance(links, Problem):
                problems.append(links)
            else:
                found.append((page, links))
        plan = plan_documents(source, found)
        problems.extend(plan.problems)

        fetched: list[FetchedDocument] = []
        known: dict[str, bool] = {}
        for planned in plan.documents:
            response = await self._read_pdf(planned)
            if isinstance(response, Problem):
                problems.append(response)
                continue
            digest = hashlib.sha256(response.body).hexdigest()
            known.setdefault(digest, digest in archive)
            document = archive.store(
                response.body,
                name=planned.link.name,
                url=response.url,
                headers=_plain_headers(response),
                edition=planned.edition,
                fetched_at=datetime.now(UTC),
            )
            fetched.append(document)
            if planned.doubt:
                problems.append(planned.doubt)
        unchanged = tuple(document for document in fetched if known[document.sha256])
        manifest = write_manifest(archive, source.name, started_at, fetched)
        return CrawlReport(source.name, started_at, tuple(fetched), unchanged, tuple(problems), manifest)

    async def _read_page(self, page: SourcePage) -> list[Link] | Problem:
        response = await self._get(page.url)
        if isinstance(response, Problem):
            return response
        if not same_page(page.url, response.url):
            return Problem.of(ProblemCode.PAGE_MOVED, page.url, target=response.url)
        if not isinstance(response, HtmlResponse):
            return Problem.of(ProblemCode.NOT_HTML, page.url, kind=_kind(response))
        return _links_of(response)

    async def _read_pdf(self, planned: PlannedDocument) -> Response | Problem:
        response = await self._get(planned.link.url)
        if isinstance(response, Response) and b"%PDF-" not in response.body[:_SIGNATURE_WITHIN]:
            return Problem.of(ProblemCode.NOT_PDF, planned.link.url, kind=_kind(response))
        return response

    async def _get(self, url: str) -> Response | Problem:
        """The answer to a request for ``url``, redirects followed; anything but success is a problem."""
        try:
            response = await self.crawler.engine.download_async(Request(url, callback=NO_CALLBACK))
        except _NAMED_ERRORS as error:
            return _problem(url, error, self._run.settings)
        if response.status in (404, 410):
            return Problem.of(ProblemCode.NOT_FOUND, url, status=response.status)
        if response.status != 200:
            return Problem.of(ProblemCode.HTTP_ERROR, url, status=response.status)
        return response


def _links_of(page: HtmlResponse) -> list[Link]:
    """Every link of a page, in its order; the words of a link include those of its pictures."""
    base = get_base_url(page)
    links = []
    for anchor in page.xpath("//a[@href]"):
        try:
            url = urlsplit(urljoin(base, anchor.attrib["href"].strip()))._replace(fragment="").geturl()
        except ValueError:
            # An address that no browser could follow either.
            continue
        words = anchor.xpath(".//text() | .//img/@alt").getall()
        links.append(Link(url, " ".join("".join(words).split()), anchor.attrib.get("type", "")))
    return links


def _problem(url: str, error: Exception, settings: CrawlSettings) -> Problem:
    """What an exception of Scrapy's means to an administrator."""
    match error:
        case _OffHostError():
            return Problem(url, error.problem.code, error.problem.message)
        case _RedirectLoopError():
            return Problem.of(ProblemCode.REDIRECT_LOOP, url, times=_MAX_REDIRECTS)
        case _RobotsDeniedError():
            return Problem.of(ProblemCode.ROBOTS_DENIED, url)
        case _RobotsUnknownError(cause=None) | _RobotsUnknownError(cause=IgnoreRequest()):
            return Problem.of(ProblemCode.ROBOTS_UNKNOWN, url)
        case _RobotsUnknownError(cause=Exception() as cause):
            return _problem(url, cause, settings)
        case DownloadTimeoutError():
            return Problem.of(ProblemCode.TIMEOUT, url, seconds=f"{settings.timeout_seconds:g}")
        # What is left of IgnoreRequest is a compressed body that grows beyond the limit.
        case DownloadCancelledError() | IgnoreRequest():
            return Problem.of(ProblemCode.TOO_LARGE, url, limit=f"{settings.max_bytes:,}")
    reason = next(text for kind, text in _NETWORK_ERRORS.items() if isinstance(error, kind))
    return Problem.of(ProblemCode.CONNECTION, url, reason=reason)


def _kind(response: Response) -> str:
    """The ``Content-Type`` that the server gave, for a message."""
    return _plain_headers(response).get("content-type") or "種類の記載なし"


def _plain_headers(response: Response) -> dict[str, str]:
    """The response's headers as text, names in lower case; ``set-cookie`` is not kept."""
    headers = {}
    for name, values in cast(Mapping[bytes, list[bytes]], response.headers).items():
        text = b", ".join(values).decode("utf-8", errors="backslashreplace")
        headers[name.decode("latin-1").lower()] = text
    # It can hold a session's secret, and archives are handed on.
    headers.pop("set-cookie", None)
    return headers


def _scrapy_settings(settings: CrawlSettings) -> dict[str, Any]:
    return {
        "USER_AGENT": settings.user_agent,
        "ROBOTSTXT_OBEY": True,
        "ROBOTSTXT_USER_AGENT": ROBOT_NAME,
        "CONCURRENT_REQUESTS": 1,
        "CONCURRENT_REQUESTS_PER_DOMAIN": 1,
        "DOWNLOAD_DELAY": settings.delay_seconds,
        "DOWNLOAD_DELAY_JITTER": 0,
        "DOWNLOAD_TIMEOUT": settings.timeout_seconds,
        "DOWNLOAD_MAXSIZE": settings.max_bytes,
        "DOWNLOAD_WARNSIZE": 0,
        # Scrapy's default takes any certificate.
        "DOWNLOAD_VERIFY_CERTIFICATES": True,
        "RETRY_TIMES": settings.retries,
        # The report names it, in the administrator's language.
        "RETRY_GIVE_UP_LOG_LEVEL": "INFO",
        # _OwnHosts stops one earlier, with a name for it.
        "REDIRECT_MAX_TIMES": _MAX_REDIRECTS + 1,
        "METAREFRESH_ENABLED": False,
        "COOKIES_ENABLED": False,
        "HTTPCACHE_ENABLED": False,
        "DEFAULT_REQUEST_HEADERS": {
            "Accept": "text/html,application/pdf,*/*;q=0.8",
            "Accept-Language": "ja",
            # The archive keeps a file as the publisher made it, so it is asked for as it lies there.
            "Accept-Encoding": "identity",
        },
        "DOWNLOADER_MIDDLEWARES": {
            "scrapy.downloadermiddlewares.offsite.OffsiteMiddleware": None,
            _OwnHosts: 50,
            "scrapy.downloadermiddlewares.robotstxt.RobotsTxtMiddleware": None,
            _ObeyRobots: 100,
        },
        # Both open a port that runs whatever code is sent to it.
        "TELNETCONSOLE_ENABLED": False,
        "REMOTE_CONTROL_ENABLED": False,
        "MEMUSAGE_ENABLED": False,
        "LOG_INSTALL_ROOT_HANDLER": False,
        "LOG_VERSIONS": [],
        "STATS_DUMP": False,
    }


class _WithoutQueries(logging.Formatter):
    """Formats a record, tracebacks included, and cuts the query strings of addresses off."""

    def format(self, record: logging.LogRecord) -> str:
        return _QUERY.sub(r"\1?…", super().format(record))


@contextmanager
def _warnings_to_stderr() -> Iterator[None]:
    """Send warnings and errors of the crawl to stderr and to nowhere else, as long as it runs."""
    handler = logging.StreamHandler()
    handler.setLevel(logging.WARNING)
    handler.addFilter(lambda record: not (record.levelno == logging.WARNING and record.name.startswith(_REPORTED_BY)))
    handler.setFormatter(_WithoutQueries("%(levelname)s %(name)s: %(message)s"))
    loggers = [logging.getLogger(name) for name in _LOGGERS]
    before = [logger.propagate for logger in loggers]
    for logger in loggers:
        logger.addHandler(handler)
        logger.propagate = False
    try:
        yield
    finally:
        for logger, propagate in zip(loggers, before, strict=True):
            logger.removeHandler(handler)
            logger.propagate = propagate
