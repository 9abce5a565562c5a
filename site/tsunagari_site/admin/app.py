"""The routes of the administrators' pages."""

from __future__ import annotations

from starlette.routing import Route

from tsunagari_site.admin import (
    audit,
    confirmations,
    corrections,
    generations,
    imports,
    lexicon,
    overview,
    password,
    review,
    sign_in,
)
from tsunagari_site.admin.access import Access
from tsunagari_site.admin.context import Admin
from tsunagari_site.rendering import admin_environment
from tsunagari_site.seal import Sealer

#: One module a page, each with ``routes(access)``.
PAGES = (overview, imports, review, confirmations, corrections, lexicon, generations, audit, password)


def admin_routes(admin: Admin, sealer: Sealer) -> list[Route]:
    """Everything under /admin.

    Raises:
        TemplateError: a template cannot be used; it stops the start.
    """
    for name in admin_environment().list_templates():
        admin_environment().get_template(name)
    access = Access(admin)
    return [*sign_in.routes(access, sealer), *(route for page in PAGES for route in page.routes(access))]
