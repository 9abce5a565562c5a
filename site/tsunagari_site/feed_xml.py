"""A feed as Atom (RFC 4287). Built as a tree by the standard library: what stands in a paper can break no tag, and no page's template
has a part in it.

Addresses in it are relative to that of the feed (RFC 4287, section 2, and RFC 3986, section 5.1.3): the site does not know by which name
a proxy shows it. Ids need none.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from xml.etree import ElementTree as Tree

from tsunagari_indexer.confirmations import Confirmation, Outcome
from tsunagari_indexer.feed_entries import EntryKind, Feed, FeedEntry
from tsunagari_indexer.listings import Listing
from tsunagari_parsers.places import prefecture_of
from tsunagari_site.listing_cards import PAPERS

ATOM = "http://www.w3.org/2005/Atom"
MEDIA_TYPE = "application/atom+xml"
#: As in every tab and history: a name that says nothing to who looks over a shoulder.
_TITLE = "くらしの案内"
_AUTHOR = "つながり案内"
#: What XML 1.0 cannot hold, however it is escaped (section 2.2 of its specification).
_NO_CHARACTERS = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_FIELDS = {"phones": "電話番号", "department": "担当", "program_name": "事業の名前", "place": "行う自治体"}
_OUTCOMES = {
    Outcome.CONTINUES: "続いています。",
    Outcome.ENDED: "終わっています。",
    Outcome.CHANGED: "変わったところがあります。電話で聞いてください。",
}


def atom(feed: Feed, path: str) -> bytes:
    """The feed's bytes, in UTF-8. ``path`` is its own."""
    Tree.register_namespace("", ATOM)
    root = Tree.Element(f"{{{ATOM}}}feed", {"{http://www.w3.org/XML/1998/namespace}lang": "ja"})
    area = prefecture_of(feed.prefecture_code).name if feed.prefecture_code else "全国"
    _add(root, "id", feed.id)
    _add(root, "title", f"{_TITLE}（{area}）")
    _add(root, "subtitle", f"{area}の一覧の変わったところ。最近の{len(feed.entries)}件")
    _add(root, "updated", feed.updated.isoformat())
    _add(_add(root, "author"), "name", _AUTHOR)
    _add(root, "link", rel="self", type=MEDIA_TYPE, href=path)
    page = f"/areas/{feed.prefecture_code}" if feed.prefecture_code else "/areas"
    _add(root, "link", rel="alternate", type="text/html", hreflang="ja", href=page)
    for one in feed.entries:
        entry = _add(root, "entry")
        _add(entry, "id", one.id)
        _add(entry, "title", _title(one))
        _add(entry, "updated", one.updated.isoformat())
        href = f"/programs/{one.listing.id}" if one.listing else "/about"
        _add(entry, "link", rel="alternate", type="text/html", hreflang="ja", href=href)
        _add(entry, "category", term=str(one.kind))
        _add(entry, "content", "\n".join(_sentences(one)), type="text")
    return bytes(Tree.tostring(root, encoding="utf-8", xml_declaration=True))


def _add(parent: Tree.Element, name: str, text: str = "", **attributes: str) -> Tree.Element:
    element = Tree.SubElement(parent, f"{{{ATOM}}}{name}", {key: _fit(value) for key, value in attributes.items()})
    if text:
        element.text = _fit(text)
    return element


def _fit(text: str) -> str:
    return _NO_CHARACTERS.sub("", text)


def _title(one: FeedEntry) -> str:
    if one.listing is None:
        return f"{one.year}年度の資料を読み取りました"
    return f"{_said(one)}：{_body(one.listing)}「{one.listing.program_name}」"


def _said(one: FeedEntry) -> str:
    match one.kind:
        case EntryKind.NEW:
            return "新しい事業"
        case EntryKind.GONE:
            return "新しい一覧にない事業"
        case EntryKind.CHANGED:
            return "・".join(name for field, name in _FIELDS.items() if field in one.fields) + "の変更"
        case _:
            return "確かめた事業"


def _body(listing: Listing) -> str:
    return f"{listing.prefecture}{listing.municipality or ''}"


def _sentences(one: FeedEntry) -> Iterator[str]:
    if one.listing is None:
        title = one.document.title or one.document.publisher
        yield f"{f'「{title}」' if title else '資料'}から、{one.programs}件の事業を読み取りました。"
        return
    paper = f"{one.year}年度の{PAPERS[one.listing.kind]}"
    match one.kind:
        case EntryKind.NEW:
            yield f"{paper}に、新しくのりました。"
        case EntryKind.GONE:
            yield f"{paper}にはありません（終わったとは限りません）"
        case EntryKind.CHANGED:
            yield f"{paper}で、前の年度から変わりました。いまのものは、事業のページにあります。"
        case EntryKind.CONFIRMED if one.word:
            yield _found(one.word)


def _found(word: Confirmation) -> str:
    year, month, day = map(int, word.on.split("-"))
    return f"{year}年{month}月{day}日に確かめました（{word.way}）。{_OUTCOMES[word.outcome]}"
