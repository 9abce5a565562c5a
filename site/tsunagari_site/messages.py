"""Pages that say one thing: an error, or an address that has ended."""

from __future__ import annotations

from dataclasses import dataclass

from starlette.responses import HTMLResponse

from tsunagari_site.i18n import Language
from tsunagari_site.rendering import render


@dataclass(frozen=True, slots=True)
class MessagePage:
    """An error, or an address that has ended. ``bare`` leaves out all but the way out, 110 and 119; else the lines stand below."""

    status: int
    heading: str
    text: str
    bare: bool = False


NOT_FOUND = MessagePage(404, "ページがありません", "アドレスが変わったか、まちがっているかもしれません。")
METHOD = MessagePage(405, "この操作はできません", "はじめのページからやり直してください。")
AWAY = MessagePage(
    503, "ただいま準備しています", "いまは、一覧をさがせません。電話やチャットの窓口は、下から見られます。"
)
FAULT = MessagePage(
    500,
    "うまく表示できませんでした",
    "少し待ってから、もう一度試してください。電話やチャットの窓口は、下から見られます。",
)
BUSY = MessagePage(
    429,
    "少し待ってから、もう一度開いてください",
    "同じところから、短い間にたくさん開かれたためです。電話やチャットの窓口は、いまも使えます。",
)
MALFORMED = MessagePage(400, "送られた内容を読めませんでした", "はじめのページからやり直してください。")
EXPIRED = MessagePage(410, "このページは終わりました", "はじめからやり直してください。", bare=True)
#: All of them: what they say is translated.
MESSAGES = (NOT_FOUND, METHOD, AWAY, FAULT, BUSY, MALFORMED, EXPIRED)


def render_message(page: MessagePage, language: Language) -> HTMLResponse:
    """A page that says one thing."""
    return render("message.html", page, language, path="/", status=page.status)
