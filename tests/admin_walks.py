"""Signing in to the administrators' pages, as a browser does; and a clock that tests move."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from html import unescape
from pathlib import Path

from httpx2 import Response
from starlette.testclient import TestClient
from tests.conftest import UNLIMITED

from tsunagari.serving import sealing_key
from tsunagari_indexer.accounts import accounts, add_account
from tsunagari_indexer.ledger import Ledger
from tsunagari_indexer.workspace import Workspace
from tsunagari_site.admin.access import COOKIE
from tsunagari_site.admin.context import Admin
from tsunagari_site.app import build_app
from tsunagari_site.seal import Sealer
from tsunagari_site.site import Site

NAME, OTHER = "担当", "副担当"
PASSWORD, NEW_PASSWORD = "うちの犬は、3匹とも元気です", "となりの猫は、5匹とも昼寝中"
#: The moment at which every test's clock begins.
BEGIN = datetime(2026, 11, 20, 3, 0, tzinfo=UTC)


class Clock:
    """Stands still until it is moved."""

    def __init__(self) -> None:
        self.now = BEGIN

    def __call__(self) -> datetime:
        return self.now

    def move(self, **by: float) -> None:
        self.now += timedelta(**by)


def ledger_path(root: Path) -> Path:
    return root / "ledger.sqlite"


def with_accounts(root: Path, *names: str) -> Path:
    """Make the accounts that are not there yet, with :data:`PASSWORD`."""
    with Ledger.open(ledger_path(root)) as ledger:
        known = {one.name for one in accounts(ledger)}
        for name in names or (NAME,):
            if name not in known:
                add_account(ledger, name, PASSWORD, BEGIN)
    return root


def admin_client(root: Path, clock: Clock | None = None, **settings: object) -> TestClient:
    """A browser before a site with the administrators' pages; ``settings`` are fields of :class:`Admin`."""
    admin = replace(Admin(Workspace(root), clock=clock or Clock()), **settings)  # type: ignore[arg-type]
    site = Site(UNLIMITED.catalogue(root), Sealer(sealing_key(root)), clock=admin.clock)
    return TestClient(build_app(site, admin), base_url="https://testserver", follow_redirects=False)


def another(client: TestClient, address: str = "testclient") -> TestClient:
    """Another browser before the same site."""
    return TestClient(client.app, base_url="https://testserver", follow_redirects=False, client=(address, 50000))


def csrf_in(page: str) -> str:
    """The token of a page's forms."""
    found = set(re.findall(r'name="csrf" value="([^"]+)"', page))
    assert len(found) == 1, found
    return str(unescape(found.pop()))


def sign_in(client: TestClient, name: str = NAME, password: str = PASSWORD, to: str = "") -> Response:
    """Open the form and send it."""
    form = client.get("/admin/sign-in", params={"to": to} if to else {})
    fields = {"csrf": csrf_in(form.text), "name": name, "password": password}
    wanted = re.findall(r'name="to" value="([^"]*)"', form.text)
    return client.post("/admin/sign-in", data=fields | {"to": unescape(wanted[0])})


def signed_in(client: TestClient, name: str = NAME) -> TestClient:
    """The same browser, signed in."""
    answer = sign_in(client, name)
    assert answer.status_code == 303, answer.text
    assert COOKIE in client.cookies
    return client


def send(client: TestClient, path: str, page: str, **fields: str) -> Response:
    """Send a form of a page with its token."""
    return client.post(path, data={"csrf": csrf_in(client.get(page).text), **fields})


def holding(client: TestClient, token: str) -> TestClient:
    """The same browser with a token in its cookie, however it came by it."""
    # The standard library's cookies call a host without a dot so.
    client.cookies.set(COOKIE, token, domain="testserver.local", path="/admin")
    assert client.get("/admin/").request.headers["cookie"] == f"{COOKIE}={token}"
    client.cookies.set(COOKIE, token, domain="testserver.local", path="/admin")
    return client
