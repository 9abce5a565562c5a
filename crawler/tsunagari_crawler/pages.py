"""What a page is when its server says that all is well: the page, a sign-in, a challenge, or an error in disguise.

Servers answer with status 200 whatever has happened. What betrays a page here is written in its title and headings, or stands on
it in place of what was wanted. Nothing is concluded from a word in the running text of a full page: a page may tell of its own
sign-in, or of a page that another site has lost.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from urllib.parse import urlsplit

from tsunagari_crawler.addresses import same_page
from tsunagari_crawler.problems import Problem, ProblemCode

#: A page with fewer visible characters holds nothing else than what it says at once.
_SHORT = 600
#: A page that sends its reader on within so many seconds is not the page.
_AT_ONCE = 15.0

_ERROR = re.compile(
    r"(ページ|ファイル|コンテンツ|URL)(が|は)?[^。]{0,12}(見つかりません|みつかりません|見つかりませんでした|存在しません|ありませんでした|ございません)"
    r"|ページは(削除|移動)|削除されたか|お探しのページ|指定されたページ|メンテナンス中|ただいま(サービスを)?停止"
    r"|アクセスできません|アクセスが(拒否|集中)|(エラーが|システム)(発生|エラー)|^(HTTP )?(Error )?(403|404|410|500|503)\b"
    r"|\b(404|410) ?(Not Found|Gone|エラー|error)|(page|file) (was )?not found|^not found|service unavailable|under maintenance",
    re.IGNORECASE,
)
_LOGIN = re.compile(r"ログイン|サインイン|(?<![a-z])(log|sign) ?in(?![a-z])", re.IGNORECASE)
_LOGIN_ADDRESS = re.compile(r"(?<![a-z])(log-?in|sign-?in|logon|auth|sso|saml)(?![a-z])", re.IGNORECASE)
_CHALLENGE = re.compile(
    r"just a moment|attention required|checking (if )?(your|the site connection|you are)|verify(ing)? (that )?you are (a )?human"
    r"|ddos protection|ブラウザー?を確認(して|中)|人間であることを(確認|証明)|ロボットでは(ない|ありません)|画像認証|アクセスを確認(して|中)",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class PageView:
    """A page as far as it is judged: words with white space collapsed.

    ``text`` are the words that a reader sees; ``telephones`` the targets of its ``tel:`` links. ``refresh`` is where the page itself
    sends a browser, and after how many seconds; ``password`` whether it has a field for one; ``captcha`` whether it
    loads what tells people from machines.
    """

    url: str
    title: str = ""
    headings: tuple[str, ...] = ()
    text: str = ""
    telephones: tuple[str, ...] = ()
    refresh: tuple[float, str] | None = None
    password: bool = False
    captcha: bool = False


def fault_of(view: PageView, *, holds_what_is_wanted: bool = False) -> Problem | None:
    """Why a page that came with status 200 is not the page that was asked for; None: it is.

    With ``holds_what_is_wanted``, only its title and headings can tell against it: a search box behind a captcha, or the staff's
    sign-in in a corner, takes nothing away from the lists beside it.
    """
    if view.refresh and view.refresh[0] <= _AT_ONCE and not same_page(view.url, view.refresh[1]):
        target = view.refresh[1]
        if _leads_to_sign_in(target):
            return Problem.of(ProblemCode.LOGIN_PAGE, view.url, words=f"{target} へ自動で移ります")
        return Problem.of(ProblemCode.PAGE_MOVED, view.url, target=target)
    heads = [_plain(one) for one in (view.title, *view.headings)]
    plain = _plain(view.text)
    short = len(plain) < _SHORT and not holds_what_is_wanted
    places = [*heads, plain] if short else heads
    if words := _first(_CHALLENGE, places):
        return Problem.of(ProblemCode.CHALLENGE_PAGE, view.url, words=f"「{words}」")
    if view.captcha and short:
        return Problem.of(ProblemCode.CHALLENGE_PAGE, view.url, words="CAPTCHA（画像などの認証）")
    if view.password and not holds_what_is_wanted and (short or _first(_LOGIN, heads)):
        return Problem.of(ProblemCode.LOGIN_PAGE, view.url, words="パスワードの欄があります")
    if _leads_to_sign_in(view.url) and _first(_LOGIN, heads):
        return Problem.of(ProblemCode.LOGIN_PAGE, view.url, words=f"「{_first(_LOGIN, heads)}」")
    if words := _first(_ERROR, places):
        return Problem.of(ProblemCode.ERROR_PAGE, view.url, words=words)
    return None


def _leads_to_sign_in(url: str) -> bool:
    return bool(_LOGIN_ADDRESS.search(urlsplit(url).path))


def _first(pattern: re.Pattern[str], places: list[str]) -> str:
    """The words of the first place in which the pattern stands; of a long one, those around."""
    for place in places:
        if found := pattern.search(place):
            return place if len(place) <= 60 else place[max(0, found.start() - 10) : found.end() + 20]
    return ""


def _plain(text: str) -> str:
    return " ".join(unicodedata.normalize("NFKC", text).split())
