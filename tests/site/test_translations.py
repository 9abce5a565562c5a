"""Every string that a visitor can see stands in each of the nine catalogues, and is fit for the page that takes it as it is."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable, Iterator
from importlib.resources import files
from pathlib import Path
from string import Formatter

import pytest
from babel.messages.extract import extract_from_dir
from jinja2 import Environment, nodes

import tsunagari_site
from tsunagari_indexer.confirmations import AskedBy
from tsunagari_indexer.offers import offer_groups, offer_kinds
from tsunagari_indexer.rung_notes import TEXTS
from tsunagari_indexer.venues import venue_kinds
from tsunagari_site import messages
from tsunagari_site.calling import known_calling
from tsunagari_site.i18n import DEFAULT, LANGUAGES, catalogue, translations, with_readings
from tsunagari_site.listing_cards import PAPERS
from tsunagari_site.messages import MESSAGES, MessagePage
from tsunagari_site.needs import known_needs
from tsunagari_site.pages.contacts import FILTERS
from tsunagari_site.pages.safety import safety_lines
from tsunagari_site.pages.where import region_labels
from tsunagari_site.rendering import environment
from tsunagari_site.shown_desks import shown_desks

TEMPLATES = Path(str(files("tsunagari_site") / "templates"))
PACKAGE = Path(tsunagari_site.__file__).parent
#: Reports are files for administrators, in Japanese only, and never pages of the site.
PUBLIC = [name for name in environment(DEFAULT).list_templates() if not name.startswith(("report/", "admin/"))]
#: The catalogues.
CODES = [language.code for language in LANGUAGES[1:]]
KANA = r"\u3041-\u309f\u30a1-\u30fa\u30fc-\u30ff"
KANJI = r"\u3400-\u9fff\uf900-\ufaff"
#: Kana, kanji, and the punctuation and full-width forms that come with them.
JAPANESE_TEXT = re.compile(rf"[\u3000-\u303f{KANA}{KANJI}\u30fb\uff00-\uffef]")
#: What may not be left of Japanese, by catalogue. Chinese shares the characters and the punctuation; Korean some brackets.
LEFT_OF_JAPANESE = {
    **dict.fromkeys(CODES, JAPANESE_TEXT),
    **dict.fromkeys(("zh-hans", "zh-hant"), re.compile(f"[{KANA}]")),
    "ko": re.compile(f"[{KANA}{KANJI}]"),
}
READING = re.compile(r"\{([^{}|]*)\|([^{}|]*)\}")
MARKED_JAPANESE = re.compile(r'<span lang="ja(?:-Latn)?">([^<>]+)</span>')
JAPANESE_ELEMENT = re.compile(r'<(\w+)\b[^>]* lang="ja"[^>]*>.*?</\1>', re.DOTALL)
PLACEHOLDER = re.compile(r"%\((\w+)\)s")
#: What templates translate at runtime. Where one is added, :func:`data_strings` must collect its values.
TRANSLATED_VALUES = {
    *("desk.name", "desk.summary", "desk.who", "desk.cost", "desk.hours", "desk.hours_seen", "note"),
    *(
        "phone.note",
        "desk.phones[].note",
        "way.note",
        "need.label",
        "bar.label",
        "offer.label",
        "choice.label",
        "region.label",
    ),
    *("page.heading", "page.text", "card.paper", "page.paper", "venue.label", "label", "line", "way"),
    *("page.label", "statement.text", "saying.text", "one.text", "note.text", "kind.label"),
}


def template_strings() -> set[str]:
    """What stands in the templates."""
    found = extract_from_dir(
        TEMPLATES, method_map=[("**.html", "jinja2")], options_map={"**.html": {"silent": "false"}}
    )
    return {message if isinstance(message, str) else message[0] for _, _, message, _, _ in found}


def data_strings() -> set[str]:
    """What the pages show from data files and modules."""
    strings = {kind.label for kind in offer_kinds()} | {group.label for group in offer_groups()}
    strings |= {kind.label for kind in venue_kinds()} | {need.label for need in known_needs().values()}
    strings |= {*region_labels(), *PAPERS.values(), *FILTERS.values(), *safety_lines(), *TEXTS, *AskedBy}
    for page in MESSAGES:
        strings |= {page.heading, page.text}
    for desk in shown_desks():
        strings |= {desk.name, desk.summary, desk.who, desk.cost, desk.hours, desk.hours_seen, *desk.notes}
        strings |= {phone.note for phone in desk.phones} | {way.note for way in desk.silent_ways}
    return (strings | known_calling().strings()) - {""}


def visible_strings() -> set[str]:
    """Everything that a visitor can see."""
    return template_strings() | data_strings()


def translated(code: str) -> dict[str, str]:
    """A catalogue, by the Japanese text."""
    return {str(message.id): str(message.string) for message in catalogue(code) if message.id}


def unmarked(text: str) -> str:
    """A translation without what it marks as Japanese."""
    return MARKED_JAPANESE.sub("", text)


@pytest.mark.parametrize("code", CODES)
def test_every_visible_string_is_translated(code: str) -> None:
    assert not sorted(visible_strings() - translated(code).keys())


@pytest.mark.parametrize("code", CODES)
def test_every_translation_is_shown_somewhere(code: str) -> None:
    assert not sorted(translated(code).keys() - visible_strings())
    assert not catalogue(code).obsolete


@pytest.mark.parametrize("code", CODES)
def test_no_translation_is_fuzzy_empty_or_doubled(code: str) -> None:
    text = (files("tsunagari_site") / "locales" / f"{code}.po").read_text(encoding="utf-8")
    assert not [message.id for message in catalogue(code) if message.id and message.fuzzy]
    assert not [japanese for japanese, other in translated(code).items() if not other.strip()]
    assert text.count("\nmsgid ") == len(translated(code)) + 1


@pytest.mark.parametrize("language", LANGUAGES[1:], ids=lambda language: language.code)
def test_a_catalogue_says_its_language_its_encoding_and_whether_a_speaker_has_read_it(language: object) -> None:
    assert isinstance(language, type(DEFAULT))
    text = (files("tsunagari_site") / "locales" / f"{language.code}.po").read_text(encoding="utf-8")
    headers = dict(re.findall(r'^"([\w-]+): (.*?)\\n"$', text, re.MULTILINE))
    # The tag of the pages may be narrower than that of the catalogue: Portuguese as it is written in Brazil.
    assert language.tag.lower().startswith(headers["Language"].lower().replace("_", "-").partition("-")[0])
    assert headers["Content-Type"].lower() == "text/plain; charset=utf-8"
    assert headers["X-Reviewed"] in {"yes", "no"}


@pytest.mark.parametrize("code", CODES)
def test_translations_have_the_placeholders_of_their_originals(code: str) -> None:
    for japanese, other in translated(code).items():
        names = set(PLACEHOLDER.findall(japanese))
        assert set(PLACEHOLDER.findall(other)) == names, japanese
        # Pages apply % to every string, so a bare one would break them.
        values = dict.fromkeys(names, "x")
        assert japanese % values
        assert other % values


@pytest.mark.parametrize("code", [code for code in CODES if code != "easy"])
def test_no_japanese_is_left_in_a_translation(code: str) -> None:
    left = LEFT_OF_JAPANESE[code]
    assert not [other for other in translated(code).values() if left.search(unmarked(other))]


def test_easy_japanese_writes_every_kanji_with_its_reading() -> None:
    for easy in translated("easy").values():
        plain = READING.sub("", PLACEHOLDER.sub("", easy))
        assert not re.search(rf"[{KANJI}々{{}}|]", plain), easy
        for word, reading in READING.findall(PLACEHOLDER.sub("", easy)):
            assert re.search(rf"[{KANJI}々0-9A-Za-z]", word), easy
            assert re.fullmatch(rf"[{KANA}]+", reading), easy


@pytest.mark.parametrize("code", CODES)
def test_translations_bring_no_markup_but_the_language_of_what_is_left_in_japanese(code: str) -> None:
    """Pages take translations as they are, unescaped."""
    for other in translated(code).values():
        assert not re.search(r"[<>&]", MARKED_JAPANESE.sub(r"\1", other)), other
    assert not [japanese for japanese in translated(code) if re.search(r"[<>&]", japanese)]


@pytest.mark.parametrize("code", CODES)
def test_every_shown_string_comes_out_of_the_catalogue_that_the_site_uses(code: str) -> None:
    used = translations(code)
    by_hand = translated(code)
    assert by_hand
    assert not [one for one, other in by_hand.items() if used.gettext(one) != other]
    page = environment(next(one for one in LANGUAGES if one.code == code)).from_string('{{ _("すぐ離れる") }}').render()
    assert page == by_hand["すぐ離れる"]


@pytest.mark.parametrize("name", PUBLIC)
def test_templates_hold_no_japanese_outside_gettext(name: str) -> None:
    tree = _parsed(name)
    translated_ones = {id(call.args[0]) for call in _translations_in(tree)}
    # A text that a macro is asked to mark with its Japanese stands in a translation beside it.
    translated_ones |= {
        id(call.args[0])
        for call in tree.find_all(nodes.Call)
        if isinstance(call.node, nodes.Name) and call.node.name == "beside"
    }
    literals = [
        one.value for one in tree.find_all(nodes.Const) if isinstance(one.value, str) and id(one) not in translated_ones
    ]
    source = (TEMPLATES / name).read_text(encoding="utf-8")
    # What a card shows in Japanese in every language stands in an element that says so.
    literals.append(JAPANESE_ELEMENT.sub("", re.sub(r"{{.*?}}|{%.*?%}|{#.*?#}", "", source, flags=re.DOTALL)))
    assert not [found for text in literals for found in re.findall(rf".*{JAPANESE_TEXT.pattern}.*", text)]


def test_templates_show_beside_a_translation_only_what_is_translated() -> None:
    constants = {
        call.args[0].value
        for name in PUBLIC
        for call in _parsed(name).find_all(nodes.Call)
        if isinstance(call.node, nodes.Name) and call.node.name == "beside" and isinstance(call.args[0], nodes.Const)
    }
    assert constants
    assert not constants - template_strings()


def test_templates_translate_no_value_that_is_not_collected() -> None:
    values = {
        _written(value)
        for name in PUBLIC
        for call in _translations_in(_parsed(name))
        if not isinstance(value := call.args[0], nodes.Const)
    }
    assert values == TRANSLATED_VALUES


def test_messages_are_made_in_one_place_where_they_are_collected() -> None:
    assert {id(one) for one in vars(messages).values() if isinstance(one, MessagePage)} == {id(one) for one in MESSAGES}
    for path in PACKAGE.rglob("*.py"):
        if path.name == "messages.py":
            continue
        for call in _calls(path, "MessagePage"):
            texts = [one for one in call.args if isinstance(one, ast.Constant) and isinstance(one.value, str)]
            assert not texts, path


def _calls(path: Path, name: str) -> Iterator[ast.Call]:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Call) and ast.unparse(node.func).rpartition(".")[2] == name:
            yield node


def _written(value: nodes.Node) -> str:
    """A value about as it stands in the template: ``desk.name``, ``desk.phones[].note``."""
    match value:
        case nodes.Name():
            return value.name
        case nodes.Getattr():
            return f"{_written(value.node)}.{value.attr}"
        case nodes.Getitem():
            return f"{_written(value.node)}[]"
        case _:
            return repr(value)


def _parsed(name: str) -> nodes.Template:
    source = (TEMPLATES / name).read_text(encoding="utf-8")
    return Environment(autoescape=True, extensions=["jinja2.ext.i18n"]).parse(source, name)


def _translations_in(tree: nodes.Template) -> Iterable[nodes.Call]:
    return (call for call in tree.find_all(nodes.Call) if isinstance(call.node, nodes.Name) and call.node.name == "_")


@pytest.mark.parametrize(
    ("written", "shown"),
    [
        ("<p>{電話|でんわ}</p>", "<p><ruby>電話<rp>（</rp><rt>でんわ</rt><rp>）</rp></ruby></p>"),
        ('<a title="{電話|でんわ}">x</a>', '<a title="電話">x</a>'),
        (
            "<title>{案内|あんない}</title>{案|あん}",
            "<title>案内</title><ruby>案<rp>（</rp><rt>あん</rt><rp>）</rp></ruby>",
        ),
        ('<title id="a">{案内|あんない}</title>', '<title id="a">案内</title>'),
        ("<option>{県|けん}</option>", "<option>県</option>"),
        ("<p>{a&lt;b|c} {d|<b>e</b>}</p>", "<p><ruby>a&lt;b<rp>（</rp><rt>c</rt><rp>）</rp></ruby> {d|<b>e</b>}</p>"),
        ("<p>{} {a} | {|}</p>", "<p>{} {a} | {|}</p>"),
    ],
)
def test_readings_stand_above_their_words_where_markup_can_stand(written: str, shown: str) -> None:
    assert with_readings(written) == shown


def test_no_placeholder_looks_like_one_of_another_kind() -> None:
    """``{name}`` is never filled in; it would stand on the page."""
    for code in CODES:
        for other in translated(code).values():
            fields = [field for _, field, _, _ in Formatter().parse(READING.sub("", other)) if field is not None]
            assert not fields, other
