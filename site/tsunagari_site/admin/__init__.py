"""The administrators' pages, under /admin: Japanese only, behind a sign-in, and not there at all unless they are switched on.

Adding a page: a module with what it shows as a plain dataclass, its views (each gets a :class:`~tsunagari_site.admin.context.Visit`), and
``routes(access)``; a template that extends ``base.html``; the module's name in :data:`tsunagari_site.admin.app.PAGES`. The menu shows those
entries of :data:`tsunagari_site.admin.context.MENU` whose page is there.
"""
