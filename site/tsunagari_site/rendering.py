"""From a context to a page: Jinja2 with gettext, one environment for each language."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Callable
from datetime import datetime, timedelta, timezone
from functools import cache
from importlib.resources import files

from jinja2 import BytecodeCache, Environment, PackageLoader, StrictUndefined
from jinja2.bccache import Bucket
from markupsafe import Markup, escape
from starlette.responses import HTMLResponse

from tsunagari_parsers.places import Municipality, Prefecture, prefectures
from tsunagari_site.i18n import (
    DEFAULT,
    EASY,
    LANGUAGES,
    Language,
    catalogue,
    is_reviewed,
    name_of_language,
    translations,
    with_readings,
)
from tsunagari_site.place_labels import place_label, place_lang
from tsunagari_site.shown_desks import strip_desks

#: An ordinary page about the weather; it opens for anybody, and looking at it needs no explanation.
EXIT_URL = "https://weather.yahoo.co.jp/weather/"
_JAPAN = timezone(timedelta(hours=9))
_ENGLISH = next(language for language in LANGUAGES if language.code == "en")


@cache
def static_files() -> dict[str, bytes]:
    """The static files by name."""
    folder = files("tsunagari_site") / "static"
    return {entry.name: entry.read_bytes() for entry in folder.iterdir() if entry.is_file()}


@cache
def static_url(name: str) -> str:
    """The address of a static file; it changes with the file, so that it may be kept for good."""
    digest = hashlib.sha256(static_files()[name]).hexdigest()[:10]
    return f"/static/{digest}/{name}"


@cache
def icon() -> str:
    """The icon in the address itself (RFC 2397), which saves a request."""
    return "data:image/svg+xml;base64," + base64.b64encode(static_files()["icon.svg"]).decode()


class _SharedBytecode(BytecodeCache):
    """Each template compiled once for all languages: only what they look up differs, and ten compilations take seconds at the start."""

    def __init__(self) -> None:
        self._compiled: dict[str, bytes] = {}

    def load_bytecode(self, bucket: Bucket) -> None:
        """Fill a template's bucket, if it was compiled before."""
        if bucket.key in self._compiled:
            bucket.bytecode_from_string(self._compiled[bucket.key])

    def dump_bytecode(self, bucket: Bucket) -> None:
        """Keep what was compiled."""
        self._compiled[bucket.key] = bucket.bytecode_to_string()


_BYTECODE = _SharedBytecode()


@cache
def environment(language: Language) -> Environment:
    """The templates in one language."""
    env = Environment(
        loader=PackageLoader("tsunagari_site"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        extensions=["jinja2.ext.i18n"],
        bytecode_cache=_BYTECODE,
        # A release replaces the files and starts again; a page never meets a template newer than its code.
        auto_reload=False,
    )
    env.install_gettext_translations(translations(language.code), newstyle=True)  # type: ignore[attr-defined]
    env.globals["_"] = _sayer(language)

    def place(one: Prefecture | Municipality) -> str:
        return place_label(one, language)

    def in_language(text: str, tag: str) -> Markup:
        """A text within a sentence of the page, marked where it is of another language."""
        return escape(text) if tag == language.tag else Markup('<span lang="{}">{}</span>').format(tag, text)

    def beside(text: str) -> Markup:
        """The Japanese, and the English, of a text that no speaker of the page's language has read yet; else nothing."""
        if is_reviewed(language) or text not in _msgids():
            return Markup("")
        shown = [(DEFAULT, text)] if language == _ENGLISH else [(DEFAULT, text), (_ENGLISH, _in_english(text))]
        parts = [Markup('<span lang="{}">{}</span>').format(one.tag, Markup(said)) for one, said in shown]  # noqa: S704
        return Markup('<small class="beside">{}</small>').format(Markup(" / ").join(parts))

    env.globals.update(
        language=language,
        languages=LANGUAGES,
        root=language.prefix,
        static=static_url,
        icon=icon,
        exit_url=EXIT_URL,
        strip_desks=strip_desks,
        place=place,
        place_lang=lambda one: place_lang(one, language),
        places_lang=place_lang(prefectures()[0], language),
        named=lambda one: in_language(place(one), place_lang(one, language)),
        japanese=lambda text: in_language(text, DEFAULT.tag),
        japanese_values=lambda values: {
            name: value if value.isascii() else in_language(value, DEFAULT.tag) for name, value in values.items()
        },
        beside=beside,
        is_reviewed=is_reviewed(language),
    )
    env.filters["tel"] = tel
    env.filters["language_name"] = cache(name_of_language)
    env.filters["place_name"] = place
    return env


@cache
def report_environment() -> Environment:
    """The templates of reports for administrators: Japanese only, files of their own, with nothing of the public pages."""
    return Environment(
        loader=PackageLoader("tsunagari_site", "templates/report"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )


@cache
def admin_environment() -> Environment:
    """The templates of the administrators' pages: Japanese only, with nothing of the public pages but the addresses of static files."""
    env = Environment(
        loader=PackageLoader("tsunagari_site", "templates/admin"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
    )
    env.globals.update(static=static_url, icon=icon)
    env.filters["moment"] = japan_time
    env.filters["tel"] = tel
    return env


def japan_time(moment: datetime | str) -> str:
    """A moment, or its ISO 8601 text, as a clock in Japan shows it: 「2026年11月21日 9:05」."""
    known = datetime.fromisoformat(moment) if isinstance(moment, str) else moment
    there = known.astimezone(_JAPAN)
    return f"{there.year}年{there.month}月{there.day}日 {there.hour}:{there.minute:02}"


def render_report(page: object) -> str:
    """A report as one file."""
    return report_environment().get_template("report.html").render(page=page)


def tel(number: str) -> str:
    """The ``tel:`` link of a number; the hash of short numbers is encoded (RFC 3966 keeps it for fragments)."""
    return "tel:" + number.replace("-", "").replace("#", "%23")


def render(template: str, page: object, language: Language, *, path: str, status: int = 200) -> HTMLResponse:
    """A page. ``path`` is this page's own path without the language, for the links to its other languages."""
    text = environment(language).get_template(template).render(page=page, path=path)
    return HTMLResponse(with_readings(text) if language == EASY else text, status_code=status)


def _sayer(language: Language) -> Callable[..., Markup]:
    """What ``_`` does in the templates: as Jinja's own, but each string is looked up once, for a page holds some hundreds of them."""
    gettext = translations(language.code).gettext
    is_japanese = language in (DEFAULT, EASY)
    known: dict[str, Markup] = {}

    def say(text: str, **values: object) -> Markup:
        found = known.get(text)
        if found is None:
            if text not in _msgids():
                # A desk's words that came out of a list: nobody has translated them, and they are not to be trusted as markup.
                shown = escape(text) if is_japanese else Markup('<span lang="ja">{}</span>').format(text)
                return shown % values if values else shown
            # Only what stands in the templates and data files comes here, so that this ends.
            found = known[text] = Markup(gettext(text))  # noqa: S704 - catalogues are this site's own
        return found % values

    return say


@cache
def _msgids() -> frozenset[str]:
    """What stands in the English catalogue: everything of the templates and data files that a visitor can see."""
    return frozenset(str(message.id) for message in catalogue(_ENGLISH.code) if message.id)


def _in_english(text: str) -> str:
    return translations(_ENGLISH.code).gettext(text)
