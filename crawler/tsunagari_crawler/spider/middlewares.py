"""What every request passes: the publisher's hosts, robots.txt with its delay, and retries that wait."""

from __future__ import annotations

import asyncio
import math
from collections.abc import Callable
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

from scrapy import Request
from scrapy.crawler import Crawler
from scrapy.downloadermiddlewares.retry import RetryMiddleware
from scrapy.downloadermiddlewares.robotstxt import RobotsTxtMiddleware
from scrapy.exceptions import IgnoreRequest
from scrapy.http import Response
from scrapy.robotstxt import RobotParser
from scrapy.utils.httpobj import urlparse_cached

from tsunagari_crawler.problems import Problem
from tsunagari_crawler.report import ROBOT_NAME

MAX_REDIRECTS = 5
#: Settings and request.meta keys of ours.
BACKOFF, PATIENCE, REFUSAL = "TSUNAGARI_BACKOFF", "TSUNAGARI_PATIENCE", "tsunagari_refusal"

Refusal = Callable[[str], Problem | None]


class OffHostError(IgnoreRequest):
    """A request, or the redirect of one, leads to where it may not go."""

    def __init__(self, problem: Problem) -> None:
        super().__init__(problem.message)
        self.problem = problem


class RedirectLoopError(IgnoreRequest):
    """There were more redirects than can be meant."""


class RobotsDeniedError(IgnoreRequest):
    """robots.txt forbids the request."""


class TooLongDelayError(IgnoreRequest):
    """robots.txt asks for a longer delay between requests than a crawl can keep."""

    def __init__(self, seconds: float) -> None:
        super().__init__(f"Crawl-delay: {seconds:g}")
        self.seconds = seconds


class RobotsUnknownError(IgnoreRequest):
    """robots.txt could not be read; ``cause`` says why, as far as it is known."""

    def __init__(self, cause: Exception | None) -> None:
        super().__init__("robots.txt could not be read")
        self.cause = cause


class OwnHosts:
    """Lets through only requests that the request's own rule allows; redirects are requests too.

    Scrapy's own filter knows no ports, lets subdomains pass and drops a request without telling anyone. A robots.txt is asked for only
    at the host of a request that has passed, and stays there.
    """

    def __init__(self) -> None:
        self._robots_hosts: dict[str, Refusal] = {}

    def process_request(self, request: Request) -> None:
        """Raise unless the request may go where it leads."""
        own: Refusal | None = request.meta.get(REFUSAL)
        rule = own or self._robots_hosts[_asked_first(request)]
        if problem := rule(request.url):
            raise OffHostError(problem)
        if own:
            self._robots_hosts[urlparse_cached(request).netloc] = own
        if request.meta.get("redirect_times", 0) > MAX_REDIRECTS:
            raise RedirectLoopError("too many redirects")


def _asked_first(request: Request) -> str:
    """The host at which a robots.txt was asked for, before any redirect of it."""
    first = (request.meta.get("redirect_urls") or [request.url])[0]
    return urlparse_cached(request.replace(url=first)).netloc


class ObeyRobots(RobotsTxtMiddleware):
    """Scrapy's middleware, but a robots.txt that cannot be read forbids everything, and its ``Crawl-delay`` is kept.

    The first is what RFC 9309, section 2.3.1.4 says. Scrapy reads an error page as a robots.txt without rules, and a failed
    request as a permission. ``Crawl-delay`` is in no standard; publishers write it all the same, and Scrapy's parser (Protego) reads it.
    """

    def __init__(self, crawler: Crawler) -> None:
        super().__init__(crawler)
        self._causes: dict[str, Exception] = {}
        self._delay = crawler.settings.getfloat("DOWNLOAD_DELAY")
        self._patience = crawler.settings.getfloat(PATIENCE)

    def process_request_2(self, rp: RobotParser | None, request: Request) -> None:
        """Raise unless ``rp`` allows ``request``; slow down for its host if ``rp`` asks for it."""
        if rp is None:
            raise RobotsUnknownError(self._causes.get(urlparse_cached(request).netloc))
        try:
            super().process_request_2(rp, request)
        except IgnoreRequest as error:
            raise RobotsDeniedError(str(error)) from error
        delay = rp.crawl_delay(ROBOT_NAME) or 0.0
        if not delay <= self._patience:
            raise TooLongDelayError(delay)
        if delay > self._delay:
            self._slow_down(request, delay)

    def _slow_down(self, request: Request, delay: float) -> None:
        """Keep ``delay`` at the request's host from now on: in the slot that is there, and in one made later."""
        downloader = self.crawler.engine.downloader
        key = downloader.get_slot_key(request)
        downloader.per_slot_settings[key] = {"delay": delay, "jitter": 0.0}
        if key in downloader.slots:
            downloader.slots[key].delay = delay

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


class PatientRetry(RetryMiddleware):
    """Scrapy's middleware, with a wait before each further attempt: what the server asks for, else twice as long as the last."""

    def __init__(self, crawler: Crawler) -> None:
        super().__init__(crawler.settings)
        self.crawler = crawler
        self._backoff = crawler.settings.getfloat(BACKOFF)
        self._patience = crawler.settings.getfloat(PATIENCE)

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> PatientRetry:
        """As Scrapy makes its middlewares."""
        return cls(crawler)

    async def process_response(self, request: Request, response: Response) -> Request | Response:  # type: ignore[override]
        """Try again after a passing fault, unless the server asks for more patience than there is."""
        asked = retry_after(response)
        if asked is not None and asked > self._patience:
            return response
        answer = super().process_response(request, response)
        if isinstance(answer, Request):
            await self._wait(answer, asked)
        return answer

    async def process_exception(self, request: Request, exception: Exception) -> Request | Response | None:  # type: ignore[override]
        """Try again after a passing fault of the connection."""
        answer = super().process_exception(request, exception)
        if isinstance(answer, Request):
            await self._wait(answer, None)
        return answer

    async def _wait(self, again: Request, asked: float | None) -> None:
        backoff = self._backoff * 2 ** (int(again.meta["retry_times"]) - 1)
        await asyncio.sleep(min(backoff, self._patience) if asked is None else asked)


def retry_after(response: Response) -> float | None:
    """The seconds that a server asks to wait (RFC 9110, section 10.2.3: a number or a date); None: it does not, or not readably."""
    raw = response.headers.get("Retry-After")
    if raw is None or response.status not in (429, 503):
        return None
    text = raw.decode("latin-1").strip()
    if text.isascii() and text.isdigit():
        return float(text) if len(text) < 9 else math.inf
    try:
        when = parsedate_to_datetime(text)
    except ValueError:
        return None
    aware = when if when.tzinfo else when.replace(tzinfo=UTC)
    return max(0.0, (aware - datetime.now(UTC)).total_seconds())
