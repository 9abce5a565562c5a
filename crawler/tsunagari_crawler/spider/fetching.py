"""One request, and what its answer or its failure means in words."""

from __future__ import annotations

from collections.abc import Mapping
from typing import cast
from urllib.parse import urljoin, urlsplit

from scrapy import Request
from scrapy.core.downloader.handlers.http11 import TunnelError
from scrapy.crawler import Crawler
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
from scrapy.utils.response import get_base_url, get_meta_refresh
from twisted.internet.error import ConnectError, ConnectionClosed
from twisted.internet.ssl import VerificationError
from twisted.web.client import ResponseFailed

from tsunagari_crawler.pages import PageView, fault_of
from tsunagari_crawler.problems import Problem, ProblemCode
from tsunagari_crawler.publishers import Link
from tsunagari_crawler.report import CrawlSettings
from tsunagari_crawler.spider.middlewares import (
    MAX_REDIRECTS,
    REFUSAL,
    OffHostError,
    RedirectLoopError,
    Refusal,
    RobotsDeniedError,
    RobotsUnknownError,
    TooLongDelayError,
    retry_after,
)

_NETWORK_ERRORS: Mapping[type[Exception], str] = {
    DownloadConnectionRefusedError: "接続を断られました",
    DownloadFailedError: "通信が途中で切れました",
    ConnectError: "接続できません",
    ConnectionClosed: "接続が切れました",
    TunnelError: "プロキシを通れません",
    OSError: "接続できません",
}
_NAMED_ERRORS: tuple[type[Exception], ...] = (
    IgnoreRequest,
    CannotResolveHostError,
    DownloadCancelledError,
    DownloadTimeoutError,
    ResponseDataLossError,
    *_NETWORK_ERRORS,
)
_CAPTCHA = "recaptcha", "hcaptcha", "turnstile", "challenge-platform", "cf-chl"


async def ask(
    crawler: Crawler,
    url: str,
    settings: CrawlSettings,
    refusal: Refusal,
    *,
    method: str = "GET",
    validators: Mapping[str, str] | None = None,
) -> Response | Problem:
    """The answer to a request for ``url``, redirects followed as far as ``refusal`` lets them.

    With ``validators`` (``If-None-Match``, ``If-Modified-Since``) HTTP 304 is an answer too. Anything else but success is a problem.
    """
    request = Request(
        url,
        method=method,
        headers=dict(validators or {}),
        callback=NO_CALLBACK,
        meta={REFUSAL: refusal},
        dont_filter=True,
    )
    try:
        response = await crawler.engine.download_async(request)
    except _NAMED_ERRORS as error:
        return _problem(url, error, settings)
    if response.status == 200 or (response.status == 304 and validators):
        return response
    return _status_problem(url, response)


def _status_problem(url: str, response: Response) -> Problem:
    """What a status other than success means; its page may say more than its number."""
    wait = retry_after(response)
    if isinstance(response, HtmlResponse) and response.status in (403, 429, 503):
        fault = fault_of(view_of(response))
        if fault and fault.code is ProblemCode.CHALLENGE_PAGE:
            return Problem(url, fault.code, fault.message)
    if response.status == 401:
        return Problem.of(ProblemCode.LOGIN_PAGE, url, words="HTTP 401")
    if response.status in (404, 410):
        return Problem.of(ProblemCode.NOT_FOUND, url, status=response.status)
    if wait is not None:
        return Problem.of(ProblemCode.ASKED_TO_WAIT, url, wait=_duration(wait))
    return Problem.of(ProblemCode.HTTP_ERROR, url, status=response.status)


def _problem(url: str, error: Exception, settings: CrawlSettings) -> Problem:
    """What an exception of Scrapy's means to an administrator."""
    match error:
        case OffHostError():
            return Problem(url, error.problem.code, error.problem.message)
        case RedirectLoopError():
            return Problem.of(ProblemCode.REDIRECT_LOOP, url, times=MAX_REDIRECTS)
        case RobotsDeniedError():
            return Problem.of(ProblemCode.ROBOTS_DENIED, url)
        case TooLongDelayError():
            return Problem.of(ProblemCode.ASKED_TO_WAIT, url, wait=f"取得のたびに{_duration(error.seconds)}")
        case RobotsUnknownError(cause=None) | RobotsUnknownError(cause=IgnoreRequest()):
            return Problem.of(ProblemCode.ROBOTS_UNKNOWN, url)
        case RobotsUnknownError(cause=Exception() as cause):
            return _problem(url, cause, settings)
        case CannotResolveHostError():
            return Problem.of(ProblemCode.DNS, url)
        case DownloadTimeoutError():
            return Problem.of(ProblemCode.TIMEOUT, url, seconds=f"{settings.timeout_seconds:g}")
        case ResponseDataLossError():
            return Problem.of(ProblemCode.TRUNCATED, url, reason="約束された長さに足りません")
        # What is left of IgnoreRequest is a compressed body that grows beyond the limit.
        case DownloadCancelledError() | IgnoreRequest():
            return Problem.of(ProblemCode.TOO_LARGE, url, limit=f"{settings.max_bytes:,}")
    if _is_of_tls(error):
        return Problem.of(ProblemCode.TLS, url)
    reason = next((text for kind, text in _NETWORK_ERRORS.items() if isinstance(error, kind)), "理由は不明です")
    return Problem.of(ProblemCode.CONNECTION, url, reason=reason)


def _is_of_tls(error: BaseException) -> bool:
    """Whether a failed download failed at the encryption: the reasons lie in the exception that Scrapy has wrapped."""
    cause = error.__cause__ or error
    reasons = [one.value for one in cause.reasons] if isinstance(cause, ResponseFailed) else [cause]
    # pyOpenSSL's errors, by the module: the project does not import that package, which Twisted brings.
    return any(isinstance(one, VerificationError) or type(one).__module__.startswith("OpenSSL") for one in reasons)


def _duration(seconds: float) -> str:
    return f"{seconds:.0f}秒" if seconds < 120 else f"約{seconds / 60:.0f}分" if seconds < 7200 else "2時間より長く"


def links_of(page: HtmlResponse) -> list[Link]:
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


def view_of(page: HtmlResponse) -> PageView:
    """A page as far as it is judged and compared."""
    unseen = "not(ancestor::script or ancestor::style or ancestor::template or ancestor::noscript)"
    seconds, target = get_meta_refresh(page)
    source = page.text.lower()
    return PageView(
        url=page.url,
        title=_words(page.xpath("//title//text()").getall()),
        headings=tuple(_words(one.xpath(".//text() | .//img/@alt").getall()) for one in page.xpath("//h1 | //h2")),
        text=_words(page.xpath(f"//body//text()[{unseen}]").getall(), " "),
        telephones=tuple(href[4:] for href in page.xpath("//a[starts-with(@href, 'tel:')]/@href").getall()),
        refresh=(seconds, target) if seconds is not None and target is not None else None,
        password=bool(page.xpath("//input[translate(@type, 'PASWORD', 'pasword') = 'password']")),
        captcha=any(mark in source for mark in _CAPTCHA),
    )


def _words(texts: list[str], between: str = "") -> str:
    return " ".join(between.join(texts).split())


def kind_of(response: Response) -> str:
    """The ``Content-Type`` that the server gave, for a message."""
    return plain_headers(response).get("content-type") or "種類の記載なし"


def plain_headers(response: Response) -> dict[str, str]:
    """The response's headers as text, names in lower case; ``set-cookie`` is not kept."""
    headers = {}
    for name, values in cast(Mapping[bytes, list[bytes]], response.headers).items():
        text = b", ".join(values).decode("utf-8", errors="backslashreplace")
        headers[name.decode("latin-1").lower()] = text
    # It can hold a session's secret, and archives are handed on.
    headers.pop("set-cookie", None)
    return headers


def validators_of(headers: Mapping[str, str]) -> dict[str, str]:
    """The conditions that ask for a document only if it is another than the one that came with ``headers`` (RFC 9110, section 13)."""
    names = {"etag": "If-None-Match", "last-modified": "If-Modified-Since"}
    return {names[name]: headers[name] for name in names if headers.get(name, "").isascii() and headers.get(name)}
