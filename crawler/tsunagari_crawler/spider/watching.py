"""Looking whether pages still stand: each address once, nothing fetched that its server says is unchanged, nothing archived."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace

from scrapy.crawler import Crawler
from scrapy.http import HtmlResponse, Response

from tsunagari_crawler.addresses import origin, same_page
from tsunagari_crawler.checks import Checked, Content, LastLook, Watched, compare, page_content
from tsunagari_crawler.pages import fault_of
from tsunagari_crawler.problems import Problem, ProblemCode
from tsunagari_crawler.report import CrawlSettings
from tsunagari_crawler.spider.fetching import ask, plain_headers, validators_of, view_of
from tsunagari_crawler.spider.middlewares import Refusal
from tsunagari_crawler.spider.process import run

FindNumbers = Callable[[str], Sequence[str]]
_DEFAULT_DOCUMENT = "index.html"


def watch(
    watched: Sequence[Watched],
    record: Mapping[str, LastLook],
    *,
    settings: CrawlSettings,
    today: str,
    find_numbers: FindNumbers,
) -> tuple[tuple[Checked, ...], dict[str, LastLook]]:
    """Look at each address and compare it with the last look at it; ``today`` is the day in ISO 8601.

    There is one request for each address, apart from robots.txt and the redirects that stay on its host (with or without ``www.``): what
    fails is asked again next month. ``find_numbers`` finds telephone numbers in text.

    Like :func:`tsunagari_crawler.spider.process.run` it works once in a process.

    Returns:
        What was found, in the order given, and the record to keep for the next time.

    Raises:
        CrawlFailedError: it ended before its end, or this process has crawled before.
    """
    if not watched:
        return (), dict(record)
    once = replace(settings, retries=0)

    async def work(crawler: Crawler) -> tuple[tuple[Checked, LastLook], ...]:
        looked = []
        for one in watched:
            last = record.get(one.url)
            conditions = last.validators if last and last.read_on else {}
            response = await ask(crawler, one.url, once, _same_site(one.url), validators=conditions)
            found = response if isinstance(response, Problem) else _content(one.url, response, find_numbers)
            looked.append(compare(one, found, last, today))
        return tuple(looked)

    looked = run(work, once)
    kept = {checked.watched.url: look for checked, look in looked}
    return tuple(checked for checked, _ in looked), kept


def _content(url: str, response: Response, find_numbers: FindNumbers) -> Content | Problem | None:
    """What stands at an address; None: what stood there before."""
    if response.status == 304:
        return None
    if not response.body:
        return Problem.of(ProblemCode.EMPTY, url)
    validators = validators_of(plain_headers(response))
    if not isinstance(response, HtmlResponse):
        return Content(hashlib.sha256(response.body).hexdigest(), None, validators)
    view = view_of(response)
    if fault := fault_of(view):
        return replace(fault, url=url)
    if not same_page(_plain_address(url), _plain_address(response.url)):
        return Problem.of(ProblemCode.PAGE_MOVED, url, target=response.url)
    numbers = [number for text in (view.text, *view.telephones) for number in find_numbers(text)]
    return page_content(view.text, numbers, validators)


def _same_site(url: str) -> Refusal:
    """The rule for a watched address: its own host, with or without ``www.``, and never from https to http."""
    at = origin(url)

    def refusal(target: str) -> Problem | None:
        to = origin(target)
        if at is None or to is None or to[1].removeprefix("www.") != at[1].removeprefix("www."):
            hosts = at[1] if at else url
            return Problem.of(ProblemCode.OFF_HOST, target, hosts=hosts, target=target)
        if (at[0], to[0]) == ("https", "http"):
            return Problem.of(ProblemCode.INSECURE, target, target=target)
        return None

    return refusal


def _plain_address(url: str) -> str:
    """An address without what its server may add for the same page: ``www.``, a slash at the end, the default document."""
    return url.replace("://www.", "://", 1).removesuffix(_DEFAULT_DOCUMENT).rstrip("/")
