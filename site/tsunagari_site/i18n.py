"""Languages: every string goes through gettext, with the language in the path.

The Japanese text itself is the message id, so that templates read as the pages do. The other languages' catalogues are ``.po``
files, compiled in memory at start: what is translated is what stands in the repository. Easy Japanese is a catalogue like the others;
it writes a word with its reading as ``{電話|でんわ}``, which :func:`with_readings` turns into ruby.
"""

from __future__ import annotations

import gettext
import io
import re
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from babel import Locale
from babel.messages.catalog import Catalog
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po


@dataclass(frozen=True, slots=True)
class Language:
    """A language of the site: the name of its catalogue, its BCP 47 tag, its own name, and the beginning of its paths."""

    code: str
    tag: str
    name: str
    prefix: str


DEFAULT = Language("ja", "ja", "日本語", "")
EASY = Language("easy", "ja", "やさしい日本語", "/easy")
LANGUAGES = (
    DEFAULT,
    EASY,
    Language("en", "en", "English", "/en"),
    Language("zh-hans", "zh-Hans", "简体中文", "/zh-hans"),
    Language("zh-hant", "zh-Hant", "繁體中文", "/zh-hant"),
    Language("ko", "ko", "한국어", "/ko"),
    Language("vi", "vi", "Tiếng Việt", "/vi"),
    Language("fil", "fil", "Filipino", "/fil"),
    Language("pt", "pt-BR", "Português", "/pt"),
    Language("ne", "ne", "नेपाली", "/ne"),
)
#: The header of a catalogue that says whether a speaker of the language has read it. Babel's own reading drops headers that it does not know.
_REVIEWED = re.compile(r'^"X-Reviewed: (\w+)\\n"$', re.MULTILINE)
_WITH_READING = re.compile(r"\{([^{}|<>]+)\|([^{}|<>]+)\}")
#: Elements that hold text only.
_TEXT_ONLY = re.compile(r"<(title|option)\b.*?</\1>", re.DOTALL)


@cache
def catalogue(code: str) -> Catalog:
    """The catalogue of a language as it stands in its file.

    Raises:
        FileNotFoundError: there is none.
    """
    return read_po(
        io.StringIO(_text_of(code)), locale=code.replace("-", "_") if code != EASY.code else "ja", abort_invalid=True
    )


def _text_of(code: str) -> str:
    return (files("tsunagari_site") / "locales" / f"{code}.po").read_text(encoding="utf-8")


@cache
def translations(code: str) -> gettext.NullTranslations:
    """The strings of a language; Japanese needs no catalogue."""
    if code == DEFAULT.code:
        return gettext.NullTranslations()
    compiled = io.BytesIO()
    write_mo(compiled, catalogue(code))
    compiled.seek(0)
    return gettext.GNUTranslations(compiled)


@cache
def is_reviewed(language: Language) -> bool:
    """Whether a speaker of the language has read its catalogue; the catalogue's own header says so."""
    return language == DEFAULT or says_reviewed(_text_of(language.code))


def says_reviewed(text: str) -> bool:
    """Whether the header of a catalogue (the text of its file) says that a speaker has read it."""
    found = _REVIEWED.search(text)
    return found is not None and found[1].lower() == "yes"


def language_of(path: str) -> Language:
    """The language that a path is in."""
    for language in LANGUAGES[1:]:
        if path == language.prefix or path.startswith(f"{language.prefix}/"):
            return language
    return DEFAULT


@cache
def name_of_language(tag: str) -> str:
    """A language's own name (CLDR): 「한국어」 for ko. ``tag`` is BCP 47."""
    return str(Locale.parse(tag, sep="-").display_name)


def with_readings(html: str) -> str:
    """A page of easy Japanese with its readings as ruby; in attributes, titles and options, which hold text only, without them."""
    plain = [found.span() for found in _TEXT_ONLY.finditer(html)]

    def written(found: re.Match[str]) -> str:
        at = found.start()
        # Templates escape both signs in all that they fill in, so that the nearer one tells whether this stands inside a tag.
        inside = html.rfind("<", 0, at) > html.rfind(">", 0, at)
        if inside or any(start < at < end for start, end in plain):
            return found[1]
        return f"<ruby>{found[1]}<rp>（</rp><rt>{found[2]}</rt><rp>）</rp></ruby>"

    return _WITH_READING.sub(written, html)
