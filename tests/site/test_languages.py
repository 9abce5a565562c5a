"""Every page in every language: its own words, what is Japanese marked as such, and what every page promises whatever its language."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, datetime
from html import unescape
from html.parser import HTMLParser
from importlib.resources import files
from pathlib import Path

import pytest
from starlette.routing import Route
from starlette.testclient import TestClient
from tests.conftest import UNLIMITED
from tests.site.test_translations import KANA, KANJI
from tests.site_walks import choose, find, follow, opened, site_at, text_of, token_of

from tsunagari.serving import build_site
from tsunagari_site.i18n import (
    DEFAULT,
    LANGUAGES,
    Language,
    is_reviewed,
    says_reviewed,
    translations,
    with_readings,
)
from tsunagari_site.messages import MESSAGES, MessagePage, render_message
from tsunagari_site.needs import known_needs
from tsunagari_site.pages.safety import safety_lines
from tsunagari_site.rendering import EXIT_URL
from tsunagari_site.shown_desks import shown_desks

OTHERS = LANGUAGES[1:]
ENGLISH = next(one for one in LANGUAGES if one.code == "en")
#: What may not stand unmarked on a page: in Chinese kana only, for it shares the characters; else kana and kanji, and the brackets.
LEFT = {
    "zh-Hans": re.compile(f"[{KANA}]"),
    "zh-Hant": re.compile(f"[{KANA}]"),
    "ko": re.compile(f"[{KANA}{KANJI}]"),
}
ANYWHERE_ELSE = re.compile(rf"[\u3000-\u303f{KANA}{KANJI}\uff00-\uffef]")
#: Attributes that are read out or shown. ``value`` is not among them: it holds codes, and the visitor's own words.
SHOWN_ATTRIBUTES = {"alt", "aria-label", "aria-description", "content", "label", "placeholder", "title"}
SHOWN_ATTRIBUTES |= {"data-twice", "data-once", "data-late", "data-text", "data-failed"}
VOID = {"br", "circle", "hr", "img", "input", "link", "meta", "rect", "wbr"}
#: Names of pages, in tabs, histories and bookmarks: nothing of help, violence or trouble.
TELLING = re.compile(r"相談|支援|暴力|DV|女性|困|助|悩|生理|危|こわ|つらい")
TELLING_IN_ENGLISH = re.compile(
    r"help|support|violence|abuse|women|trouble|crisis|period|counsel|shelter", re.IGNORECASE
)

#: How to get to every address of a language; ``{}`` stands for its prefix.
PAGES = {
    "/": ["/"],
    "/contacts": ["/contacts"],
    "/safety": ["/safety"],
    "/about": ["/about"],
    "/areas": ["/areas"],
    "/areas/{code}": ["/areas/27", "/areas/271004", "/areas/132152", "/areas/112194", "/areas/02", "/areas/082201"],
    "/coverage": ["/coverage"],
    "/figures": ["/figures"],
    "/busy": ["/busy"],
    "/offers/{code}": ["/offers/o1"],
    "/programs/{id}": [],
    "/card": ["/card"],
}
#: Those that stand behind a sealed address, or take a form; :func:`walk` goes there. Suggestions are data.
SEALED = {
    *(
        "/search",
        "/where",
        "/results",
        "/program",
        "/source",
        "/share",
        "/calling",
        "/show",
        "/nearby",
        "/take",
        "/suggest",
    ),
}


class Unmarked(HTMLParser):
    """Collects the Japanese that a page shows where its language is said to be another, and the page's own language."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []
        self.language = ""
        self._open: list[tuple[str, str]] = [("", "")]

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        language = given.get("lang") or self._open[-1][1]
        if tag == "html":
            self.language = language
        for name in SHOWN_ATTRIBUTES & given.keys():
            self._look(given[name] or "", language)
        if tag not in VOID:
            self._open.append((tag, language))

    def handle_endtag(self, tag: str) -> None:
        if tag not in VOID:
            assert self._open.pop()[0] == tag, f"</{tag}> closes nothing"

    def handle_data(self, data: str) -> None:
        self._look(data, self._open[-1][1])

    def _look(self, text: str, language: str) -> None:
        if language not in {"ja", "zh"} and LEFT.get(language, ANYWHERE_ELSE).search(text):
            self.found.append(text.strip())


def walk(client: TestClient, language: Language, listings: list[str]) -> dict[str, str]:
    """Every page of a language, by what it is."""
    at = language.prefix
    pages = {path: client.get(at + path).text for paths in PAGES.values() for path in paths}
    pages |= {f"/programs/{one}": client.get(f"{at}/programs/{one}").text for one in listings}
    _, pages["where"] = follow(client, f"{at}/search", {"need": "money"})
    for name, fields in {
        "where-prefecture": {"prefecture": "11"},
        "where-shared": {"place": "日野町"},
        "where-unknown": {"place": "zzz"},
        "where-postal": {"place": "999-9999"},
        "where-outside": {"near": "0,0"},
    }.items():
        _, pages[name] = follow(client, f"{at}/where", {"s": token_of(pages["where"]), **fields})
    for need in known_needs():
        pages[f"results-{need}"] = choose(client, need, at)
    pages["results-town"] = choose(client, "money", at, town="132152")
    pages["results-nothing"] = choose(client, "mind", at, town="022012")
    for number, fields in enumerate(
        [
            *({"q": "zzzz DV"}, {"q": "z" * 300}, {"q": "pads"}, {"prefecture": "11"}, {"year": "1999"}),
            *(
                {"q": "Saitama denwa"},
                {"q": "日野町"},
                {"municipality": "112194", "prefecture": "11", "offer": "visit"},
            ),
        ]
    ):
        pages[f"results-{number}"] = find(client, at, **fields)
    results = pages["results-period"]
    pages["program"] = opened(client, results)
    pages["share"] = client.post(f"{at}/share", data={"s": token_of(results), "page": "results"}).text
    links = {name: f"{at}/{name}?s={token_of(pages['results-town'])}" for name in ("calling", "nearby", "take", "card")}
    pages |= {name: client.get(link).text for name, link in links.items()}
    _, pages["show"] = follow(client, f"{at}/card", {"need": "period", "voiceless": "1"})
    for number, fields in enumerate([{"only": "silent"}, {"only": "dying"}, {"language": "vi"}]):
        _, pages[f"contacts-{number}"] = follow(client, f"{at}/contacts", fields)
    for link in re.findall(rf'href="({at}/source\?s=[^"]+)"', pages["program"]):
        pages["source"] = client.get(unescape(link)).text
    pages["nowhere"] = client.get(f"{at}/nowhere").text
    pages["ended"] = client.get(f"{at}/results?s=x").text
    pages["method"] = client.request("DELETE", f"{at}/").text
    pages["malformed"] = client.post(f"{at}/search", content=b"{}").text
    return pages


@pytest.fixture(scope="module")
def listings(demo: Path) -> list[str]:
    with site_at(demo, datetime(2026, 6, 1, tzinfo=UTC)) as client:
        kinds = ("program", "sheet", "measure", "network")
        return [
            one["id"]
            for kind in kinds
            for one in client.get(f"/api/v1/programs?per_page=100&kind={kind}").json()["items"]
        ]


@pytest.fixture(scope="module", params=LANGUAGES, ids=lambda one: one.code)
def walked(request: pytest.FixtureRequest, demo: Path, listings: list[str]) -> tuple[Language, dict[str, str]]:
    """A language with its pages, years after most of the lists."""
    language: Language = request.param
    with site_at(demo, datetime(2026, 6, 1, tzinfo=UTC)) as client:
        return language, walk(client, language, listings if language in {DEFAULT, ENGLISH} else listings[:3])


def test_every_address_of_every_language_is_looked_at(client: TestClient) -> None:
    paths = [one.path for one in getattr(client.app, "routes", ()) if isinstance(one, Route)]
    for language in OTHERS:
        own = {path.removeprefix(language.prefix) for path in paths if path.startswith(f"{language.prefix}/")}
        assert own == {*PAGES, *SEALED}


def test_no_japanese_stands_unmarked_on_a_page_of_another_language(walked: tuple[Language, dict[str, str]]) -> None:
    language, pages = walked
    left: dict[str, list[str]] = {}
    for name, html in pages.items():
        page = Unmarked()
        page.feed(html)
        page.close()
        assert page.language == language.tag, name
        if page.found:
            left[name] = page.found
    assert not left


def test_every_page_has_a_neutral_title_and_no_other_name(walked: tuple[Language, dict[str, str]]) -> None:
    language, pages = walked
    neutral = re.sub(r"\{([^{}|]+)\|[^{}|]+\}", r"\1", translations(language.code).gettext("くらしの案内"))
    for name, html in pages.items():
        (title,) = re.findall(r"<title>(.*?)</title>", html)
        assert unescape(title).endswith(neutral), name
        assert not TELLING.search(title), name
        assert not (language == ENGLISH and TELLING_IN_ENGLISH.search(title)), name
        assert "{" not in title
        for shown in re.findall(r'<meta property="og:title" content="([^"]*)">', html):
            assert unescape(shown) == neutral
        assert not re.search(r"og:(?:description|image)|name=\"(?:description|keywords|author)\"", html), name


def test_every_page_has_the_way_out_twice(walked: tuple[Language, dict[str, str]]) -> None:
    _, pages = walked
    for name, html in pages.items():
        assert len(re.findall(rf'class="(?:skip )?leave" href="{EXIT_URL}" rel="nofollow noreferrer"', html)) == 2, name
        assert 'id="exit-cover"' in html, name


def test_every_page_asks_nothing_of_anybody_else_and_runs_nothing_of_its_own_text(
    walked: tuple[Language, dict[str, str]],
) -> None:
    """So that the policy of its header forbids nothing that the page needs."""
    _, pages = walked
    for name, html in pages.items():
        assert re.findall(r"<script[^>]*>.*?</script>", html, re.DOTALL) == re.findall(
            r'<script src="/static/[0-9a-f]{10}/site\.js" defer></script>', html
        ), name
        assert not re.search(
            r'<style|\sstyle="|\son[a-z]+="|javascript:|<(?:iframe|object|embed|base|audio|video)\b', html
        ), name
        for source in re.findall(r'(?:src|poster|data|srcset)="([^"]*)"', html):
            assert source.startswith(("/static/", "/picture?s=")), name
        for tag in re.findall(r'<[a-z][^>]*"(?:https?:)?//[^>]*>', html):
            assert tag.startswith("<a "), (name, tag)
            assert re.search(r'rel="(?:nofollow )?noreferrer"', tag), (name, tag)
            assert 'href="https' in tag or 'href="http' in tag
        assert all('method="post"' in form for form in re.findall(r"<form[^>]*>", html)), name
        for action in re.findall(r'action="([^"]*)"', html):
            assert re.fullmatch(r"/[a-z/-]+", action), (name, action)


def test_links_stay_in_the_language(walked: tuple[Language, dict[str, str]]) -> None:
    language, pages = walked
    for name, html in pages.items():
        body = re.sub(r'<details class="languages">.*?</details>', "", html, flags=re.DOTALL)
        for link in re.findall(r'<(?:a|form)\b[^>]*(?:href|action)="(/[^"]*)"', body):
            if not link.startswith(("/coverage.csv", "/picture", "/feeds/")):
                assert link.startswith(f"{language.prefix}/"), (name, link)


def test_every_page_leads_to_itself_in_the_other_languages(walked: tuple[Language, dict[str, str]]) -> None:
    language, pages = walked
    for name, html in pages.items():
        found = re.findall(r'<li><a href="([^"]*)" lang="([^"]*)" hreflang="([^"]*)"( aria-current="true")?>', html)
        if name == "ended":
            assert not found
            continue
        assert [(tag, tag) for _, tag, _, _ in found] == [(one.tag, one.tag) for one in LANGUAGES], name
        assert all(link.startswith(f"{one.prefix}/") for one, (link, *_) in zip(LANGUAGES, found, strict=True)), name
        # Two languages share the tag of Japanese; one of the links says that it is this page.
        assert [one.code for one, entry in zip(LANGUAGES, found, strict=True) if entry[3]] == [language.code], name


def test_no_page_is_shown_in_another_language_unasked(client: TestClient) -> None:
    for header in ("en", "vi,en;q=0.5", "zh-TW"):
        answer = client.get("/", headers={"accept-language": header})
        assert answer.status_code == 200
        assert '<html lang="ja">' in answer.text


def test_easy_japanese_shows_readings_and_never_their_notation(walked: tuple[Language, dict[str, str]]) -> None:
    language, pages = walked
    for name, html in pages.items():
        assert ("<ruby>" in html) is (language.code == "easy"), name
        assert not re.search(r"\{[^{}]*\|", html), name
        for attributes in re.findall(r"<[^>]*>", html):
            assert "<ruby" not in attributes[1:], name


def test_a_page_that_no_speaker_has_read_says_so_in_its_own_language(walked: tuple[Language, dict[str, str]]) -> None:
    language, pages = walked
    notice = "この言葉のページは、その言葉を話す人の確認をまだ受けていません。"
    said = with_readings(translations(language.code).gettext(notice))
    for name, html in pages.items():
        if name != "ended":
            assert ('class="unreviewed"' in html) is not is_reviewed(language), name
            assert is_reviewed(language) or f'<p class="unreviewed">{said}' in html, name
    assert is_reviewed(language) or said != notice


def test_what_matters_most_stands_beside_in_japanese_and_english_until_a_speaker_has_read_it(
    walked: tuple[Language, dict[str, str]],
) -> None:
    language, pages = walked
    if is_reviewed(language):
        assert 'class="beside"' not in "".join(pages.values())
        return
    own = translations(language.code).gettext
    english = translations("en").gettext
    of_desks = {
        text
        for desk in shown_desks()
        for text in (
            *(desk.name, desk.summary, desk.who, desk.cost, desk.hours, *desk.notes),
            *(phone.note for phone in desk.phones),
            *(way.note for way in desk.silent_ways),
        )
        if text
    }
    for path, texts in (("/safety", set(safety_lines())), ("/contacts", of_desks)):
        html = pages[path]
        for text in texts:
            assert with_readings(own(text)) in html, text
            beside = f'<span lang="ja">{text}</span>'
            if language != ENGLISH:
                beside += f' / <span lang="en">{english(text)}</span>'
            assert f'<small class="beside">{beside}</small>' in html, text


@pytest.mark.parametrize("language", LANGUAGES[1:], ids=lambda one: one.code)
def test_the_header_of_a_catalogue_is_all_that_a_reviewer_has_to_change(language: Language) -> None:
    text = (files("tsunagari_site") / "locales" / f"{language.code}.po").read_text(encoding="utf-8")
    assert says_reviewed(text) is is_reviewed(language) is False
    assert says_reviewed(text.replace('"X-Reviewed: no\\n"', '"X-Reviewed: yes\\n"'))


@pytest.mark.parametrize("language", LANGUAGES, ids=lambda one: one.code)
def test_every_answer_carries_the_headers_and_no_cookie(client: TestClient, language: Language) -> None:
    token = token_of(find(client, language.prefix, q="相談"))
    for path in (
        "/",
        "/contacts",
        "/safety",
        f"/results?s={token}",
        "/results?s=x",
        "/nowhere",
        "/areas/01",
        "/figures",
    ):
        answer = client.get(language.prefix + path)
        policy = answer.headers["content-security-policy"]
        assert "default-src 'none'" in policy
        assert "unsafe" not in policy
        assert "http" not in policy
        assert answer.headers["cache-control"] == "no-store"
        assert answer.headers["referrer-policy"] == "no-referrer"
        assert "set-cookie" not in answer.headers
        assert "location" not in answer.headers
        if "?" in path:
            assert answer.headers["x-robots-tag"] == "noindex, nofollow, noarchive"


def test_crawlers_are_kept_from_what_somebody_looked_for_in_every_language(client: TestClient) -> None:
    lines = client.get("/robots.txt").text.splitlines()
    closed = {"results", "program?", "search", "where", "card", "calling", "contacts?", "share"}
    for language in LANGUAGES:
        assert {f"Disallow: {language.prefix}/{page}" for page in closed} <= set(lines)
    # Whoever arrives from outside may: regions, programmes, the desks.
    for path in ("/areas/01", "/programs/p1", "/contacts", "/safety", "/"):
        assert not [line for line in lines if path.startswith(line.removeprefix("Disallow: ")) and line.startswith("D")]


@pytest.mark.parametrize("language", OTHERS, ids=lambda one: one.code)
@pytest.mark.parametrize("message", MESSAGES, ids=lambda one: str(one.status))
def test_messages_are_told_in_the_language_of_the_page(language: Language, message: MessagePage) -> None:
    html = bytes(render_message(message, language).body).decode()
    gettext = translations(language.code).gettext
    assert with_readings(gettext(message.heading)) in html
    assert with_readings(gettext(message.text)) in html
    page = Unmarked()
    page.feed(html)
    assert not page.found


@pytest.mark.parametrize("language", OTHERS, ids=lambda one: one.code)
def test_a_site_with_nothing_published_says_so_in_the_language(tmp_path: Path, language: Language) -> None:
    with TestClient(build_site(UNLIMITED, tmp_path)) as client:
        answer = client.get(f"{language.prefix}/")
    assert answer.status_code == 503
    assert with_readings(translations(language.code).gettext("ただいま準備しています")) in answer.text


@pytest.mark.parametrize("word", ["pads", "denwa", "ibasho"])
def test_the_words_that_the_english_hint_suggests_are_understood(client: TestClient, word: str) -> None:
    assert re.search(rf"\b{word}\b", text_of(client.get("/en/").text))
    assert 'class="told"' not in find(client, "/en", q=word)


@pytest.mark.parametrize("language", OTHERS, ids=lambda one: one.code)
def test_in_the_year_of_the_list_nothing_is_left_in_japanese_either(demo: Path, language: Language) -> None:
    """Another wording is shown for what is current."""
    with site_at(demo, datetime(2021, 6, 1, tzinfo=UTC)) as client:
        for html in (choose(client, "period", language.prefix), opened(client, find(client, language.prefix, q="DV"))):
            page = Unmarked()
            page.feed(html)
            assert not page.found


@pytest.fixture
def unread(tmp_path: Path) -> Iterator[TestClient]:
    with TestClient(build_site(UNLIMITED, tmp_path)) as client:
        yield client


def test_the_way_to_a_language_without_its_slash(unread: TestClient) -> None:
    for language in OTHERS:
        answer = unread.get(language.prefix, follow_redirects=False)
        assert (answer.status_code, answer.headers["location"]) == (308, f"{language.prefix}/")
