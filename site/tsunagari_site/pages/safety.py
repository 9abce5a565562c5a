"""What this site does to leave little behind, what stays all the same, and how to look more safely.

It promises nothing that it cannot keep: it says that the history stays, that spying software sees everything, and that erasing the whole
history can itself be noticed.
"""

from __future__ import annotations

from dataclasses import dataclass

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from tsunagari_site.i18n import language_of
from tsunagari_site.rendering import render
from tsunagari_site.site import Site


@dataclass(frozen=True, slots=True)
class SafetyPage:
    """Sentences under five headings."""

    leaving: tuple[str, ...] = (
        "どのページにもある「すぐ離れる」を押すと、天気のページに変わります。",
        "パソコンでは、シフトキーを3回つづけて押しても離れられます。",
        "「戻る」を押すと、見ていたページが出ることがあります。",
    )
    kept: tuple[str, ...] = (
        "さがしたことばや場所を、保存も記録もしません。ほかの会社にも送りません。",
        "見つからなかったことの種類と回数だけを、月ごとに数えます。だれが、どんなことばでさがしたかは残しません。",
        "クッキーを使いません。会員登録もありません。",
        "さがした結果のアドレスからは、ことばや場所を読み取れません。1時間たつと開けなくなります。",
        "ページの名前には、相談や支援ということばを入れていません。",
    )
    left: tuple[str, ...] = (
        "このサイトを開いたことは、スマホやパソコンの履歴に残ります。「すぐ離れる」でも消えません。",
        "通信の会社や、同じWi-Fiを管理する人には、このサイトを開いたことが分かることがあります。",
        "電話番号を押してかけると、発信の記録や請求書に番号が残ることがあります。",
        "「共有するアドレス」は、作った人が送った先に残ります。",
    )
    watched: tuple[str, ...] = (
        "スマホを見張るアプリが入っていると、画面や通話が知られることがあります。このサイトには、それを防ぐ方法がありません。",
        "心配なときは、友だちの電話、図書館や役所のパソコンなど、見られていない機器を使ってください。",
        "履歴をぜんぶ消すと、消したことに気づかれることがあります。このサイトのページだけを消すか、シークレットモードで開く方法があります。",
        "シークレットモードでも、見張るアプリや通信の会社からは隠せません。",
    )
    calling: tuple[str, ...] = (
        "かける前に、まわりに人がいないか確かめてください。公衆電話や、ほかの人の電話も使えます。",
        "最初に「この番号には折り返さないでください」と言えます。",
        "チャットの記録は、スマホやパソコンに残ることがあります。",
    )


def safety_lines() -> tuple[str, ...]:
    """All sentences of the page; they are translated."""
    page = SafetyPage()
    return (*page.leaving, *page.kept, *page.left, *page.watched, *page.calling)


def routes(site: Site, at: str) -> list[Route]:
    """The page on safety. It needs no generation."""
    del site

    async def safety(request: Request) -> Response:
        return render("safety.html", SafetyPage(), language_of(request.url.path), path="/safety")

    return [Route(f"{at}/safety", safety)]
