"""What can be wrong with one address, named and said in Japanese for an administrator: what it means and what to do."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Self

from tsunagari_crawler.archive import FetchedDocument


class ProblemCode(StrEnum):
    """Why an address gave no document, or gave one that still needs a person's word."""

    PAGE_MOVED = "page_moved"
    """A page leads to another address; its declared year may not hold there."""
    NOT_FOUND = "not_found"
    """HTTP 404 or 410."""
    ERROR_PAGE = "error_page"
    """HTTP 200, and yet a page that says that there is none, or that the site is being worked on (a soft 404)."""
    LOGIN_PAGE = "login_page"
    """A page that asks to sign in."""
    CHALLENGE_PAGE = "challenge_page"
    """A page that wants to know whether a person is there (a captcha, 「checking your browser」)."""
    HTTP_ERROR = "http_error"
    """Any other HTTP status than success, after all retries."""
    ASKED_TO_WAIT = "asked_to_wait"
    """The server or its robots.txt asks for a longer wait than a crawl can keep."""
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
    EMPTY = "empty"
    """Success, and not one byte."""
    TRUNCATED = "truncated"
    """Fewer bytes than promised, or a PDF without its end."""
    HTML_FOR_PDF = "html_for_pdf"
    """Linked as a PDF, answered with a page."""
    NOT_PDF = "not_pdf"
    """Linked as a PDF, answered with something else that is no page either."""
    WRONG_TYPE = "wrong_type"
    """A PDF by its bytes, and something else by its ``Content-Type``. It is kept."""
    NOT_HTML = "not_html"
    """A declared page is not a page."""
    NO_LINKS = "no_links"
    """A declared page has no link of the kind that its source describes."""
    LINK_GONE = "link_gone"
    """A document of the last crawl is no longer linked."""
    REPLACED = "replaced"
    """Other bytes under the address of a document that the archive holds. Both are kept."""
    TIMEOUT = "timeout"
    DNS = "dns"
    TLS = "tls"
    """The server's certificate could not be verified, or no encrypted connection came about."""
    CONNECTION = "connection"
    """The connection or transfer failed in another way."""
    SAME_EDITION = "same_edition"
    """Several documents claim to be the same paper; none is given an edition."""
    CONFLICTING_YEARS = "conflicting_years"
    """Pages of different years link to the same document; it is given no edition."""


_MESSAGES: Mapping[ProblemCode, str] = {
    ProblemCode.PAGE_MOVED: "ページが {target} へ移っています。年度や内容の取り違えを防ぐため、移った先からは取得していません。"
    "移った先を確かめて、登録してあるURLを直してください",
    ProblemCode.NOT_FOUND: "見つかりません（HTTP {status}）。移動したか、削除された可能性があります。"
    "公開元のサイトで、いまの場所を探してください",
    ProblemCode.ERROR_PAGE: "正常な応答（HTTP 200）ですが、中身はエラーのページのようです（「{words}」）。"
    "ブラウザーで開いて、いまの場所を探してください",
    ProblemCode.LOGIN_PAGE: "ログインを求めるページになっています（{words}）。だれでも見られるページが別にないか、ブラウザーで確かめてください",
    ProblemCode.CHALLENGE_PAGE: "自動での閲覧かどうかを調べるページになっています（{words}）。すり抜けることはしません。"
    "ブラウザーで開いて確かめ、PDFは手で保存して import で取り込んでください",
    ProblemCode.HTTP_ERROR: "サーバーがエラーを返しました（HTTP {status}）。時間をおいて、もう一度取得してください",
    ProblemCode.ASKED_TO_WAIT: "サーバーが、{wait}待つように求めています。それまで取得を控えます。あとで、もう一度取得してください",
    ProblemCode.ROBOTS_DENIED: "公開元が robots.txt で自動での取得を断っているため、取得していません。"
    "要るときは、ブラウザーで開いて手で保存してください",
    ProblemCode.ROBOTS_UNKNOWN: "公開元のサーバーの robots.txt を読めず、"
    "取得してよいか確かめられないため、取得していません。時間をおいて、もう一度取得してください",
    ProblemCode.OFF_HOST: "公開元のサーバー（{hosts}）の外（{target}）へ続いているため、取得していません。"
    "公開元が移ったのかを、ブラウザーで確かめてください",
    ProblemCode.INSECURE: "暗号化されていないアドレス（{target}）へ続いているため、取得していません",
    ProblemCode.REDIRECT_LOOP: "転送が{times}回を超えて続くため、取得をやめました。ブラウザーで開けるかを確かめてください",
    ProblemCode.TOO_LARGE: "大きさが上限（{limit}バイト）を超えるため、取得をやめました。"
    "ほかのものに替わっていないかを、ブラウザーで確かめてください",
    ProblemCode.EMPTY: "届いたものは空（0バイト）でした。時間をおいて、もう一度取得してください",
    ProblemCode.TRUNCATED: "途中までしか届きませんでした（{reason}）。時間をおいて、もう一度取得してください",
    ProblemCode.HTML_FOR_PDF: "PDFとしてリンクされていますが、届いたものはウェブページです（題名「{title}」）。"
    "ブラウザーで開いて、PDFの場所を確かめてください",
    ProblemCode.NOT_PDF: "PDFとしてリンクされていますが、届いたものはPDFではありません（{kind}）。"
    "ブラウザーで開いて、PDFの場所を確かめてください",
    ProblemCode.WRONG_TYPE: "中身はPDFですが、サーバーは別の種類（{kind}）だと言っています。保管はしました。"
    "開いて、その一覧かどうかを確かめてください",
    ProblemCode.NOT_HTML: "掲載ページとして届いたものがHTMLではありません（{kind}）。登録してあるURLを確かめてください",
    ProblemCode.NO_LINKS: "掲載ページに、取得するPDFへのリンクが見つかりません"
    "（ほかのPDFへのリンクは{others}件）。ページの書き方か、中身が変わった可能性があります。ブラウザーで確かめてください",
    ProblemCode.LINK_GONE: "前回あったPDF「{name}」へのリンクが、掲載ページからなくなりました。取り下げられたのか、移されたのかを確かめてください",
    ProblemCode.REPLACED: "差し替え：同じURLのPDFの中身が替わりました（前：{old}、{day}に取得。今：{new}）。"
    "前のものも保管してあります。取り込んで、変わったところを確かめてください",
    ProblemCode.TIMEOUT: "{seconds}秒以内に取得が終わりませんでした。時間をおいて、もう一度取得してください",
    ProblemCode.DNS: "サーバーの名前が見つかりません。サイトが移ったか、こちらのネットワークの不具合です。"
    "ブラウザーで開けるかを確かめてください",
    ProblemCode.TLS: "サーバーの証明書を確かめられないため、取得していません。本物のサイトと言い切れません。"
    "時間をおいても続くときは、公開元に知らせてください",
    ProblemCode.CONNECTION: "サーバーと通信できませんでした（{reason}）。時間をおいて、もう一度取得してください",
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

    def while_kept(self, document: FetchedDocument | None) -> Self:
        """The same, saying that what was fetched before is still in the archive, if something was."""
        if document is None:
            return self
        kept = f"{document.fetched_at[:10]}に取得したもの（{document.sha256[:12]}…）は、保管庫に残っています"
        return replace(self, message=f"{self.message}。{kept}")
