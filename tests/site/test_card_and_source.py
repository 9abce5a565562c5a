"""A card to show without speaking, what happens when one calls, and the picture of the row that a programme was read from."""

from __future__ import annotations

import re
from html import unescape
from io import BytesIO

import pytest
from PIL import Image
from starlette.testclient import TestClient
from tests.site_walks import PREFIXES, choose, find, follow, main_of, opened, sections, text_of

from tsunagari_site.calling import CardKind, Need, known_calling
from tsunagari_site.needs import known_needs


def link(page: str, name: str) -> str:
    return unescape(re.findall(rf'href="([^"]*/{name}\?s=[^"]+)"', page)[0])


@pytest.mark.parametrize("prefix", PREFIXES)
def test_the_card_is_japanese_with_the_visitors_language_beside(client: TestClient, prefix: str) -> None:
    ticked = {"need": "family_violence", "voice": "1", "interpreter": "1", "no_callback": "1", "language": "vi"}
    location, page = follow(client, f"{prefix}/card", ticked)
    assert re.fullmatch(rf"{prefix}/show\?s=[\w-]+", location)
    said = re.findall(r"<b>(.*?)</b>", main_of(page))
    assert said == [
        "家族やパートナーのことで相談したいです",
        "声が出せません",
        "ベトナム語の通訳をお願いします",
        "折り返しの電話はしないでください",
    ]
    beside = re.findall(r"</b> <span lang=", main_of(page))
    assert len(beside) == (0 if prefix == "" else 4)


def test_the_need_is_ticked_already_and_nothing_is_kept(client: TestClient) -> None:
    page = client.get(link(choose(client, "mind"), "card")).text
    assert re.findall(r'value="(\w+)" checked', page) == ["mind"]
    assert "どこにも保存しません。" in page
    assert "set-cookie" not in client.post("/card", data={"need": "mind"}).headers


def test_a_card_without_anything_asks_again_and_one_without_a_language_asks_for_an_interpreter_all_the_same(
    client: TestClient,
) -> None:
    assert client.post("/card", data={"language": ""}).headers["location"] == "/card"
    _, page = follow(client, "/card", {"need": "mind", "interpreter": "1", "language": "xx"})
    assert "<b>通訳をお願いします</b>" in main_of(page)
    _, page = follow(client, "/en/card", {"interpreter": "1"})
    assert "<b>通訳をお願いします</b>" in main_of(page)


def test_whoever_looks_for_period_products_gets_the_card_that_asks_for_them(client: TestClient) -> None:
    for page in (choose(client, "period"), find(client, q="ナプキン もらえる")):
        assert "「生理用品の配布は、いまもありますか」と見せるカード" in page
        form = client.get(link(page[page.index("生理用品を受け取るには") :], "card")).text
        assert 'value="period" checked' in form


@pytest.mark.parametrize("need", known_needs())
def test_what_happens_when_one_calls_is_what_sources_say(client: TestClient, need: str) -> None:
    page = client.get(link(choose(client, need), "calling")).text
    known = known_calling()
    parts = sections(page)
    for topic, statements in known.about(Need(need)).items():
        part = parts[known.labels[topic]]
        if not statements:
            assert text_of(part).strip() == "書かれていません。最初に聞けます。"
        for one in statements:
            assert one.text in unescape(part)
            for evidence in one.evidence:
                assert evidence.quote in unescape(part)
                assert f'href="{evidence.source.url}" rel="noreferrer"' in unescape(part)
    assert all(f"「{saying.text}」" in page for saying in known.to_say(Need(need)))


def test_every_need_has_its_sentence_on_the_card() -> None:
    assert {one.id for one in known_calling().card if one.kind is CardKind.NEED} == set(known_needs())


def test_the_row_of_the_document_is_shown_behind_a_link(client: TestClient) -> None:
    programme = opened(client, find(client, q="恵庭市つながりサポート女性支援事業"))
    assert "<img" not in programme
    source = client.get(link(programme, "source")).text
    assert "公開元のPDFそのものではなく、その文字から組み直した文書の画像です。" in source
    (address,) = re.findall(r'<img src="(/picture\?s=[^"]+)" width="(\d+)" height="(\d+)"', source)
    answer = client.get(address[0])
    assert answer.headers["content-type"] == "image/webp"
    assert answer.headers["cache-control"] == "no-store"
    with Image.open(BytesIO(answer.content)) as picture:
        assert picture.size == (int(address[1]), int(address[2]))


def test_a_listing_without_a_public_picture_has_no_link_and_says_nothing_of_it(demo_client: TestClient) -> None:
    items = demo_client.get("/api/v1/programs?kind=sheet&per_page=100").json()["items"]
    kunitachi = next(one for one in items if one["municipality"] == "国立市")
    page = demo_client.get(f"/programs/{kunitachi['id']}").text
    assert "/source?s=" not in page
    assert "画像" not in page
