"""English: every string that a visitor can see has a translation, and no Japanese is left on the English pages unmarked."""

from __future__ import annotations

import ast
import inspect
import re
from collections.abc import Iterator
from datetime import UTC, datetime
from html.parser import HTMLParser
from importlib.resources import files
from io import BytesIO
from itertools import chain
from pathlib import Path
from types import ModuleType

import pytest
from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po
from jinja2 import Environment, nodes
from starlette.routing import Route
from starlette.testclient import TestClient

from tsunagari.serving import build_site, sealing_key
from tsunagari.settings import Settings
from tsunagari_indexer.offers import offer_groups, offer_kinds
from tsunagari_indexer.venues import venue_kinds
from tsunagari_site import app, views
from tsunagari_site.app import build_app
from tsunagari_site.calling import known_calling
from tsunagari_site.contexts import PAPERS, MessagePage, shown_desks
from tsunagari_site.i18n import LANGUAGES, translations
from tsunagari_site.rendering import environment, render_message
from tsunagari_site.seal import Sealer

TEMPLATES = Path(str(files("tsunagari_site") / "templates"))
#: Reports are files for administrators, in Japanese only, and never pages of the site.
PUBLIC = [name for name in environment(LANGUAGES[0]).list_templates() if not name.startswith("report/")]
JAPANESE, ENGLISH = LANGUAGES
#: Kana, kanji, and the punctuation and full-width forms that come with them.
JAPANESE_TEXT = re.compile(r"[\u3000-\u30ff\u3400-\u9fff\uf900-\ufaff\uff00-\uffef]")
PLACEHOLDER = re.compile(r"%\((\w+)\)s")
#: What templates translate at runtime. Where one is added, :func:`_data_strings` must collect its values.
TRANSLATED_VALUES = {
    *("desk.name", "desk.summary", "desk.who", "desk.cost", "desk.hours", "desk.hours_seen", "note"),
    *("phone.note", "way.note", "kind.label", "offer.label", "choice.label", "region.label"),
    *("page.heading", "page.text", "card.paper", "page.paper", "venue.label", "label"),
}
#: Attributes that are read out or shown. ``value`` is not among them: it holds codes, and the visitor's own words.
SHOWN_ATTRIBUTES = {"alt", "aria-label", "aria-description", "content", "label", "placeholder", "title"}
VOID = {"br", "hr", "img", "input", "link", "meta", "wbr"}


def _template_strings() -> set[str]:
    found = extract_from_dir(
        TEMPLATES, method_map=[("**.html", "jinja2")], options_map={"**.html": {"silent": "false"}}
    )
    return {message if isinstance(message, str) else message[0] for _, _, message, _, _ in found}


def _message_pages(module: ModuleType) -> Iterator[MessagePage]:
    """The pages that a module builds; what they say must stand in the code as it is, or it could not be collected."""
    for node in ast.walk(ast.parse(inspect.getsource(module))):
        if not isinstance(node, ast.Call) or ast.unparse(node.func).rpartition(".")[2] != "MessagePage":
            continue
        given = dict(zip(("status", "heading", "text", "bare"), node.args, strict=False))
        given |= {keyword.arg: keyword.value for keyword in node.keywords if keyword.arg}
        heading, text = ast.literal_eval(given["heading"]), ast.literal_eval(given["text"])
        yield MessagePage(200, heading, text, bare="bare" in given)


def _data_strings() -> set[str]:
    strings = {kind.label for kind in offer_kinds()} | {label for label, _ in views._REGIONS} | set(PAPERS.values())
    strings |= {group.label for group in offer_groups()} | {kind.label for kind in venue_kinds()}
    for page in chain(_message_pages(app), _message_pages(views)):
        strings |= {page.heading, page.text}
    for desk in shown_desks():
        strings |= {desk.name, desk.summary, desk.who, desk.cost, desk.hours, desk.hours_seen, *desk.notes}
        strings |= {phone.note for phone in desk.phones} | {way.note for way in desk.silent_ways}
    return (strings | known_calling().strings()) - {""}


def _catalogue() -> Catalog:
    text = (files("tsunagari_site") / "locales" / "en.po").read_bytes()
    return read_po(BytesIO(text), locale="en", abort_invalid=True)


def _translated() -> dict[str, str]:
    return {str(message.id): str(message.string) for message in _catalogue() if message.id}


def test_every_visible_string_is_translated_and_every_translation_is_used() -> None:
    visible, translated = _template_strings() | _data_strings(), set(_translated())
    assert not visible - translated, "without a translation"
    assert not translated - visible, "translated but shown nowhere"
    assert not _catalogue().obsolete


def test_no_translation_is_fuzzy_empty_or_doubled() -> None:
    text = (files("tsunagari_site") / "locales" / "en.po").read_text(encoding="utf-8")
    assert not [message.id for message in _catalogue() if message.id and message.fuzzy]
    assert not [japanese for japanese, english in _translated().items() if not english.strip()]
    assert text.count("\nmsgid ") == len(_translated()) + 1


def test_the_catalogue_says_that_it_is_english_in_utf_8() -> None:
    headers = dict(_catalogue().mime_headers)
    assert (headers["Language"], headers["Content-Type"].lower()) == ("en", "text/plain; charset=utf-8")


def test_translations_have_the_placeholders_of_their_originals() -> None:
    for japanese, english in _translated().items():
        names = set(PLACEHOLDER.findall(japanese))
        assert set(PLACEHOLDER.findall(english)) == names, japanese
        # Pages apply % to every string, so a bare one would break them.
        values = dict.fromkeys(names, "x")
        assert japanese % values
        assert english % values


def test_no_japanese_is_left_in_a_translation() -> None:
    assert not [english for english in _translated().values() if JAPANESE_TEXT.search(english)]


def test_translations_bring_no_markup_but_the_language_of_what_is_left_in_japanese() -> None:
    """Pages take translations as they are, unescaped."""
    for english in _translated().values():
        rest = re.sub(r'<span lang="ja(?:-Latn)?">([^<>]+)</span>', r"\1", english)
        assert not re.search(r"[<>&]", rest), english
    assert not [japanese for japanese in _translated() if re.search(r"[<>&]", japanese)]


def test_every_shown_string_comes_out_of_the_catalogue_that_the_site_uses() -> None:
    catalogue = translations("en")
    assert not [one for one in _template_strings() | _data_strings() if catalogue.gettext(one) == one]


@pytest.mark.parametrize("name", PUBLIC)
def test_templates_hold_no_japanese_outside_gettext(name: str) -> None:
    tree = _parsed(name)
    translated = {id(call.args[0]) for call in _translations_in(tree) if call.args}
    literals = [(one.lineno, one.data) for one in tree.find_all(nodes.TemplateData)]
    literals += [
        (one.lineno, one.value)
        for one in tree.find_all(nodes.Const)
        if isinstance(one.value, str) and id(one) not in translated
    ]
    assert not [(line, text.strip()) for line, text in literals if JAPANESE_TEXT.search(text)]


def test_templates_translate_no_value_that_is_not_collected() -> None:
    values = {
        f"{value.node.name}.{value.attr}"
        if isinstance(value, nodes.Getattr) and isinstance(value.node, nodes.Name)
        else getattr(value, "name", repr(value))
        for name in PUBLIC
        for call in _translations_in(_parsed(name))
        if not isinstance(value := call.args[0], nodes.Const)
    }
    assert values == TRANSLATED_VALUES


def _parsed(name: str) -> nodes.Template:
    source = (TEMPLATES / name).read_text(encoding="utf-8")
    return Environment(autoescape=True, extensions=["jinja2.ext.i18n"]).parse(source, name)


def _translations_in(tree: nodes.Template) -> Iterator[nodes.Call]:
    return (call for call in tree.find_all(nodes.Call) if isinstance(call.node, nodes.Name) and call.node.name == "_")


class _Unmarked(HTMLParser):
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
        assert self._open.pop()[0] == tag, f"</{tag}> closes nothing"

    def handle_data(self, data: str) -> None:
        self._look(data, self._open[-1][1])

    def _look(self, text: str, language: str) -> None:
        if language != "ja" and JAPANESE_TEXT.search(text):
            self.found.append(text.strip())


def _assert_english(html: str) -> None:
    page = _Unmarked()
    page.feed(html)
    page.close()
    assert page.language == "en"
    assert not page.found


@pytest.fixture(
    scope="module",
    params=[datetime(2021, 6, 1, tzinfo=UTC), datetime(2026, 6, 1, tzinfo=UTC)],
    ids=["in-the-year-of-the-list", "years-later"],
)
def site(request: pytest.FixtureRequest, published: Path) -> Iterator[TestClient]:
    """The site over the example list, in the year of the list and years after it."""
    moment: datetime = request.param
    built = build_app(Settings().catalogue(published), Sealer(sealing_key(published)), lambda: moment)
    with TestClient(built) as client:
        yield client


SEARCHES = [
    {"q": "pads"},
    {"q": "pads", "page": "2"},
    {"q": "DV zzzz"},
    {"q": "z" * 300},
    {"offer": "ibasho"},
    {"prefecture": "27"},
    {"municipality": "271004", "prefecture": "27"},
    {"prefecture": "47", "offer": "visit", "year": "2021"},
    {"municipality": "011002"},
    {"offer": "visit", "municipality": "271004"},
    {"year": "1999"},
]
#: What stands at each address of the English site, with how to get there.
PAGES = {
    "/en/": ["/en/"],
    "/en/contacts": ["/en/contacts"],
    "/en/about": ["/en/about"],
    "/en/areas/{code}": ["/en/areas/27", "/en/areas/271004"],
    "/en/offers/{code}": [f"/en/offers/{kind.code}" for kind in offer_kinds()],
}
#: Those that need a search or a programme first; tests of their own go there. Suggestions are data: Japanese words to search with.
PAGES_AFTER_A_SEARCH = {"/en/search", "/en/results", "/en/program", "/en/programs/{id}", "/en/suggest"}


def test_every_english_address_is_looked_at(site: TestClient) -> None:
    routes = {one.path for one in getattr(site.app, "routes", ()) if isinstance(one, Route)}
    assert {path for path in routes if path.startswith("/en/")} == {*PAGES, *PAGES_AFTER_A_SEARCH}


@pytest.mark.parametrize("address", list(chain.from_iterable(PAGES.values())))
def test_pages_are_english(site: TestClient, address: str) -> None:
    response = site.get(address)
    assert response.status_code == 200
    _assert_english(response.text)


@pytest.mark.parametrize("fields", SEARCHES, ids="-".join)
def test_results_and_programmes_found_are_english(site: TestClient, fields: dict[str, str]) -> None:
    found = site.post("/en/search", data=fields)
    assert found.status_code == 200
    assert found.url.path == "/en/results"
    _assert_english(found.text)
    programmes = re.findall(r'href="(/en/program\?s=[^"]+)"', found.text)
    assert programmes or "No programme fits" in found.text
    for address in programmes[:1]:
        opened = site.get(address)
        assert opened.status_code == 200
        _assert_english(opened.text)


def test_all_programmes_are_english_around_what_the_list_says(site: TestClient) -> None:
    programmes = site.get("/api/v1/programs", params={"per_page": 100}).json()
    assert programmes["total"] == len(programmes["items"]) > 0
    for programme in programmes["items"]:
        response = site.get(f"/en/programs/{programme['id']}")
        assert response.status_code == 200
        _assert_english(response.text)


@pytest.mark.parametrize(
    ("method", "address", "status"),
    [
        ("GET", "/en/nothing", 404),
        ("GET", "/en/areas/99", 404),
        ("DELETE", "/en/search", 405),
        ("GET", "/en/results?s=ended", 410),
        ("POST", "/en/search", 415),
    ],
)
def test_what_went_wrong_is_told_in_english(site: TestClient, method: str, address: str, status: int) -> None:
    response = site.request(method, address)
    assert response.status_code == status
    _assert_english(response.text)


def test_a_site_with_nothing_published_says_so_in_english(tmp_path: Path) -> None:
    with TestClient(build_site(Settings(), tmp_path)) as client:
        response = client.get("/en/")
    assert response.status_code == 503
    _assert_english(response.text)


@pytest.mark.parametrize("page", [*_message_pages(app), *_message_pages(views)])
def test_messages_are_english(page: MessagePage) -> None:
    _assert_english(bytes(render_message(page, ENGLISH).body).decode())


@pytest.mark.parametrize("word", ["pads", "denwa", "ibasho"])
def test_the_words_that_the_english_hint_suggests_are_understood(site: TestClient, word: str) -> None:
    assert re.search(rf"\b{word}\b", site.get("/en/").text)
    found = site.post("/en/search", data={"q": word}).text
    assert 'class="told"' not in found


def test_the_japanese_pages_need_no_catalogue(site: TestClient) -> None:
    page = _Unmarked()
    page.feed(site.get("/").text)
    assert page.language == "ja"
    assert not page.found
