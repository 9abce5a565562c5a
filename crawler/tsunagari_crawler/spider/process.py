"""Starting Scrapy, once in a process, and waiting until all is done.

Scrapy brings what a polite crawler needs (robots.txt, delays, retries, limits); the order of things is the work's own, one request
after the other: which paper a document is can depend on all the pages, and nothing is left to a scheduler, which may drop a
request without a word.
"""

from __future__ import annotations

import logging
import re
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, Generic, TypeVar, cast

from scrapy import Request, Spider, signals
from scrapy.crawler import Crawler, CrawlerProcess
from scrapy.utils.reactor import is_reactor_installed
from twisted.internet.base import ReactorBase
from twisted.python.failure import Failure

from tsunagari_crawler.errors import CrawlerError, CrawlFailedError
from tsunagari_crawler.report import ROBOT_NAME, CrawlSettings
from tsunagari_crawler.spider.middlewares import (
    BACKOFF,
    MAX_REDIRECTS,
    PATIENCE,
    ObeyRobots,
    OwnHosts,
    PatientRetry,
)

_QUERY = re.compile(r"(https?://[^\s?#<>'\"]*)\?[^\s<>'\"]*")
#: What these warn of stands in the report too, in the administrator's language.
_REPORTED_BY = ("scrapy.core.downloader.", "scrapy.downloadermiddlewares.")
_LOGGERS = ("scrapy", "twisted", "asyncio", ROBOT_NAME)

Answer = TypeVar("Answer")


@dataclass(slots=True)
class _Job(Generic[Answer]):
    """What is handed to the spider, and what it leaves behind."""

    work: Callable[[Crawler], Awaitable[Answer]]
    answer: Answer | None = None
    error: BaseException | None = None

    def failed(self, failure: Failure) -> None:
        """Keep the first error that nothing else has named."""
        self.error = self.error or failure.value


class _WorkSpider(Spider):
    """Does the work that it was given, as a spider's start."""

    name = ROBOT_NAME

    def __init__(self, job: _Job[Any]) -> None:
        super().__init__()
        self._job = job

    @classmethod
    def from_crawler(cls, crawler: Crawler, *args: Any, **kwargs: Any) -> _WorkSpider:
        spider = super().from_crawler(crawler, *args, **kwargs)
        crawler.signals.connect(spider.failed, signal=signals.spider_error)
        return spider

    def failed(self, failure: Failure) -> None:
        """Called by Scrapy for what :meth:`start` raises."""
        self._job.failed(failure)

    async def start(self) -> AsyncIterator[Request]:
        """Do all the work."""
        try:
            self._job.answer = await self._job.work(self.crawler)
        except CrawlerError as error:
            # Scrapy would log it, with a traceback, before run() raises it.
            self._job.error = error
        # Scrapy wants a generator of requests; this one has nothing to hand on.
        for request in cast(tuple[Request, ...], ()):
            yield request


def run(work: Callable[[Crawler], Awaitable[Answer]], settings: CrawlSettings) -> Answer:
    """Do ``work`` with a crawler, and give what it answers.

    It blocks until all is done, and **works once per process**: a Twisted reactor cannot be started again. It
    installs no signal handlers, opens no port and keeps no cookies.

    Raises:
        CrawlerError: what the work has raised.
        CrawlFailedError: it ended before its end, or this process has crawled before.
    """
    if is_reactor_installed():
        raise CrawlFailedError("1つのプロセスで取得を始められるのは1回だけです")
    job = _Job(work)
    with _no_greeting():
        process = CrawlerProcess(_scrapy_settings(settings))
    # Scrapy sends Python's warnings to the log; that would outlive the crawl.
    logging.captureWarnings(False)
    with _warnings_to_stderr():
        process.crawl(_WorkSpider, job=job).addErrback(job.failed)
        try:
            process.start(install_signal_handlers=False)
        except KeyboardInterrupt:
            _stop_threads()
            raise
    if isinstance(job.error, CrawlerError):
        raise job.error
    if job.error or job.answer is None:
        raise CrawlFailedError(f"取得が途中で止まりました（{job.error or '理由は不明です'}）") from job.error
    return job.answer


def _stop_threads() -> None:
    """End Twisted's threads: a reactor that an exception left does not, and they keep the process alive."""
    # Importing the reactor installs one; at the top of the module it would be the wrong one.
    from twisted.internet import reactor  # noqa: PLC0415

    cast(ReactorBase, reactor).getThreadPool().stop()


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
        BACKOFF: settings.backoff_seconds,
        PATIENCE: settings.patience_seconds,
        # The report names it, in the administrator's language.
        "RETRY_GIVE_UP_LOG_LEVEL": "INFO",
        # OwnHosts stops one earlier, with a name for it.
        "REDIRECT_MAX_TIMES": MAX_REDIRECTS + 1,
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
            OwnHosts: 50,
            "scrapy.downloadermiddlewares.robotstxt.RobotsTxtMiddleware": None,
            "scrapy.downloadermiddlewares.retry.RetryMiddleware": None,
            PatientRetry: 550,
            ObeyRobots: 100,
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
def _no_greeting() -> Iterator[None]:
    """Keep Scrapy from naming itself on a command's stderr while it sets up its log (which takes away handlers set before)."""
    before = logging.root.manager.disable
    logging.disable(logging.INFO)
    try:
        yield
    finally:
        logging.disable(before)


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
