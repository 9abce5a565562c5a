"""Languages: every string goes through gettext, with the language in the path.

The Japanese text itself is the message id, so that templates read as the pages do. The other languages' catalogues are ``.po``
files, compiled in memory at start: what is translated is what stands in the repository.
"""

from __future__ import annotations

import gettext
import io
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po


@dataclass(frozen=True, slots=True)
class Language:
    """A language of the site: its BCP 47 tag, its own name, and the beginning of its paths."""

    tag: str
    name: str
    prefix: str


LANGUAGES = (Language("ja", "日本語", ""), Language("en", "English", "/en"))
DEFAULT = LANGUAGES[0]


@cache
def translations(tag: str) -> gettext.NullTranslations:
    """The catalogue of a language; Japanese needs none."""
    if tag == DEFAULT.tag:
        return gettext.NullTranslations()
    text = (files("tsunagari_site") / "locales" / f"{tag}.po").read_bytes()
    compiled = io.BytesIO()
    write_mo(compiled, read_po(io.BytesIO(text), locale=tag))
    compiled.seek(0)
    return gettext.GNUTranslations(compiled)


def language_of(path: str) -> Language:
    """The language that a path is in."""
    for language in LANGUAGES[1:]:
        if path == language.prefix or path.startswith(f"{language.prefix}/"):
            return language
    return DEFAULT
