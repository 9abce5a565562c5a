"""From a context to a page: Jinja2 with gettext, one environment for each language."""

from __future__ import annotations

import hashlib
from functools import cache
from importlib.resources import files

from jinja2 import Environment, PackageLoader, StrictUndefined
from starlette.responses import HTMLResponse

from tsunagari_site.contexts import MessagePage, strip_desks
from tsunagari_site.i18n import LANGUAGES, Language, translations

#: An ordinary page about the weather; it opens for anybody, and looking at it needs no explanation.
EXIT_URL = "https://weather.yahoo.co.jp/weather/"


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
def environment(language: Language) -> Environment:
    """The templates in one language."""
    env = Environment(
        loader=PackageLoader("tsunagari_site"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        extensions=["jinja2.ext.i18n"],
    )
    env.install_gettext_translations(translations(language.tag), newstyle=True)  # type: ignore[attr-defined]
    env.globals.update(
        language=language,
        languages=LANGUAGES,
        root=language.prefix,
        static=static_url,
        exit_url=EXIT_URL,
        strip=strip_desks(),
    )
    env.filters["tel"] = tel
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


def render_report(page: object) -> str:
    """A report as one file."""
    return report_environment().get_template("report.html").render(page=page)


def tel(number: str) -> str:
    """The ``tel:`` link of a number; the hash of short numbers is encoded (RFC 3966 keeps it for fragments)."""
    return "tel:" + number.replace("-", "").replace("#", "%23")


def render(template: str, page: object, language: Language, *, path: str, status: int = 200) -> HTMLResponse:
    """A page. ``path`` is this page's own path without the language, for the links to its other languages."""
    text = environment(language).get_template(template).render(page=page, path=path)
    return HTMLResponse(text, status_code=status)


def render_message(page: MessagePage, language: Language) -> HTMLResponse:
    """A page that says one thing."""
    return render("message.html", page, language, path="/", status=page.status)
