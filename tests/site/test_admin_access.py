"""Nobody comes to the administrators' pages without an account; nobody acts in another's name; and nothing secret is left anywhere."""

from __future__ import annotations

import logging
import re
import shutil
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from types import ModuleType

import pytest
from argon2 import PasswordHasher
from starlette.responses import Response
from starlette.routing import Route
from starlette.testclient import TestClient
from tests.admin_walks import (
    NAME,
    NEW_PASSWORD,
    OTHER,
    PASSWORD,
    Clock,
    admin_client,
    another,
    csrf_in,
    holding,
    ledger_path,
    send,
    sign_in,
    signed_in,
    with_accounts,
)
from tests.conftest import UNLIMITED
from tests.site_walks import site_at, text_of

from tsunagari.serving import sealing_key
from tsunagari_indexer.accounts import ABSOLUTE, IDLE, disable_account
from tsunagari_indexer.ledger import Ledger
from tsunagari_indexer.workspace import Workspace
from tsunagari_site.admin import overview
from tsunagari_site.admin.access import COOKIE, Access, safe_path
from tsunagari_site.admin.context import Admin, AdminMessage, Visit
from tsunagari_site.app import build_app
from tsunagari_site.seal import Sealer
from tsunagari_site.site import Site

SIGN_IN = "/admin/sign-in"
PAGES = ("/admin/", "/admin/audit", "/admin/password")
CHANGES = ("/admin/password", "/admin/sign-out")


@pytest.fixture
def root(published: Path, tmp_path: Path) -> Path:
    """A data folder of this test's own with the account 担当."""
    root = tmp_path / "data"
    shutil.copytree(published, root)
    return with_accounts(root)


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def browser(root: Path, clock: Clock) -> Iterator[TestClient]:
    with admin_client(root, clock) as client:
        yield client


def is_in(client: TestClient) -> bool:
    return client.get("/admin/").status_code == 200


# Off, and before the door.


@pytest.mark.parametrize("path", ["/admin", "/admin/", SIGN_IN, "/admin/audit", "/admin/x"])
def test_where_it_is_off_its_addresses_are_as_unknown_as_any(client: TestClient, path: str) -> None:
    for method in ("GET", "POST"):
        there, nowhere = client.request(method, path), client.request(method, "/nowhere")
        assert (there.status_code, there.text) == (nowhere.status_code, nowhere.text)
        assert there.status_code == 404
        assert dict(there.headers) == dict(nowhere.headers)


@pytest.mark.parametrize(
    ("path", "leads_to"),
    [
        ("/admin/", SIGN_IN),
        ("/admin/audit", f"{SIGN_IN}?to=/admin/audit"),
        ("/admin/audit?page=2", f"{SIGN_IN}?to=/admin/audit%3Fpage%3D2"),
        ("/admin/password", f"{SIGN_IN}?to=/admin/password"),
    ],
)
def test_every_page_leads_to_the_sign_in_and_on_to_what_was_wanted(
    browser: TestClient, path: str, leads_to: str
) -> None:
    answer = browser.get(path)
    assert (answer.status_code, answer.headers["location"]) == (303, leads_to)
    done = sign_in(browser, to=path)
    assert (done.status_code, done.headers["location"]) == (303, path)
    assert browser.get(path).status_code == 200


def test_no_route_but_the_sign_in_answers_a_stranger(browser: TestClient) -> None:
    routes = [one for one in browser.app.routes if isinstance(one, Route) and one.path.startswith("/admin/")]  # type: ignore[attr-defined]
    assert {one.path for one in routes} >= {*PAGES, *CHANGES}
    for route in routes:
        for method in (route.methods or set()) - {"HEAD"}:
            if route.path != SIGN_IN:
                answer = browser.request(method, re.sub(r"{.*?}", "x", route.path))
                assert answer.status_code == 303, (method, route.path)
                assert answer.headers["location"].startswith(SIGN_IN)
                assert not answer.content


@pytest.mark.parametrize(
    "wanted",
    [
        "https://evil.example/",
        "//evil.example/",
        "/\\evil.example",
        "/admin/\\evil.example",
        "/admin/../x",
        "/admin/..",
        "/admin/./../x",
        "/admin//evil.example",
        "/admin/%2e%2e/x",
        "/adminx",
        "/admin",
        "/",
        "",
        "javascript:alert(1)",
        "/admin/\r\nSet-Cookie: x=1",
        "/admin/x\n",
        "/admin/@evil.example",
        "/admin/?to=//evil.example",
        " /admin/audit",
    ],
)
def test_the_sign_in_leads_nowhere_else(browser: TestClient, wanted: str) -> None:
    assert safe_path(wanted) == "/admin/"
    form = browser.get(SIGN_IN, params={"to": wanted})
    assert 'name="to" value="/admin/"' in form.text
    sent = {"csrf": csrf_in(form.text), "name": NAME, "password": PASSWORD, "to": wanted}
    answer = browser.post(SIGN_IN, data=sent)
    assert (answer.status_code, answer.headers["location"]) == (303, "/admin/")
    assert browser.get(SIGN_IN, params={"to": wanted}).headers["location"] == "/admin/"


# The cookie.


def test_the_cookie_is_for_these_pages_alone_and_ends_with_the_browser(browser: TestClient) -> None:
    answer = sign_in(browser)
    (cookie,) = answer.headers.get_list("set-cookie")
    assert re.fullmatch(rf"{COOKIE}=[\w-]{{43}}; HttpOnly; Path=/admin; SameSite=strict; Secure", cookie)


def test_only_the_setting_for_this_machine_leaves_out_secure(root: Path) -> None:
    with admin_client(root, secure_cookie=False) as client:
        cookie = sign_in(client).headers["set-cookie"]
        assert "Secure" not in cookie
        assert all(part in cookie for part in ("HttpOnly", "Path=/admin;", "SameSite=strict"))


def test_no_public_page_sets_or_gets_a_cookie_even_when_somebody_is_signed_in(browser: TestClient) -> None:
    signed_in(browser)
    for path in ("/", "/areas", "/contacts", "/en/", "/administrators", "/adminx", "/healthz", "/api/v1/programs"):
        answer = browser.get(path)
        assert "set-cookie" not in answer.headers
        assert "cookie" not in answer.request.headers
        assert "/admin" not in answer.text
    for path in PAGES:
        answer = browser.get(path)
        assert COOKIE in answer.request.headers["cookie"]
        assert "set-cookie" not in answer.headers


def test_a_planted_token_is_never_taken_over_and_an_earlier_session_ends(browser: TestClient) -> None:
    assert not is_in(holding(browser, "planted"))
    form = csrf_in(another(browser).get(SIGN_IN).text)
    holding(browser, "planted")
    answer = browser.post(SIGN_IN, data={"csrf": form, "name": NAME, "password": PASSWORD})
    token = answer.cookies[COOKIE]
    assert token != "planted"
    thief = holding(another(browser), token)
    assert is_in(thief)
    # Signing in once more in the same browser, by a form that was still open.
    form = another(browser).get(SIGN_IN).text
    again = browser.post(SIGN_IN, data={"csrf": csrf_in(form), "name": NAME, "password": PASSWORD})
    assert again.cookies[COOKIE] != token
    assert is_in(browser)
    assert not is_in(holding(thief, token))


@pytest.mark.parametrize("token", ["", "x", "x" * 5000, "%00", '"a b"', "AAAA; other=1"])
def test_a_token_that_is_none_is_led_to_the_sign_in(browser: TestClient, token: str) -> None:
    answer = browser.get("/admin/audit", headers={"cookie": f"{COOKIE}={token}"})
    assert answer.status_code == 303
    assert answer.headers["location"] == f"{SIGN_IN}?to=/admin/audit&done=over"
    assert f'{COOKIE}=""' in answer.headers["set-cookie"]


# How long it is good for.


def test_a_session_ends_when_nobody_used_it_for_half_an_hour(browser: TestClient, clock: Clock) -> None:
    assert timedelta(minutes=30) == IDLE
    signed_in(browser)
    for _ in range(3):
        clock.move(minutes=29)
        assert is_in(browser)
    clock.move(minutes=30)
    answer = browser.get("/admin/audit")
    assert (answer.status_code, answer.headers["location"]) == (303, f"{SIGN_IN}?to=/admin/audit&done=over")
    assert "時間がたったため、サインアウトしました" in browser.get(answer.headers["location"]).text


def test_a_session_ends_twelve_hours_after_the_sign_in_however_busy_it_is(browser: TestClient, clock: Clock) -> None:
    assert timedelta(hours=12) == ABSOLUTE
    signed_in(browser)
    for _ in range(35):
        clock.move(minutes=20)
        assert is_in(browser)
    clock.move(minutes=20)
    assert not is_in(browser)


def test_a_session_survives_a_restart_of_the_site(root: Path, clock: Clock) -> None:
    with admin_client(root, clock) as before:
        signed_in(before)
        kept = before.cookies[COOKIE]
        csrf = csrf_in(before.get("/admin/").text)
    with admin_client(root, clock) as after:
        holding(after, kept)
        assert csrf_in(after.get("/admin/").text) == csrf
        assert after.post("/admin/sign-out", data={"csrf": csrf}).status_code == 303
        assert not is_in(holding(after, kept))


def test_signing_out_ends_the_session_and_not_only_the_cookie(browser: TestClient) -> None:
    signed_in(browser)
    token = browser.cookies[COOKIE]
    answer = send(browser, "/admin/sign-out", "/admin/")
    assert answer.headers["location"] == f"{SIGN_IN}?done=out"
    assert re.search(rf'{COOKIE}="";.* Max-Age=0; Path=/admin; SameSite=strict; Secure', answer.headers["set-cookie"])
    assert COOKIE not in browser.cookies
    assert "サインアウトしました。" in browser.get(answer.headers["location"]).text
    assert not is_in(holding(browser, token))


def test_a_disabled_account_is_out_at_once_and_stays_out(browser: TestClient, root: Path, clock: Clock) -> None:
    signed_in(browser)
    with Ledger.open(ledger_path(root)) as ledger:
        disable_account(ledger, NAME, clock())
    assert not is_in(browser)
    assert sign_in(browser).status_code == 403


def test_accounts_hold_apart(browser: TestClient, root: Path) -> None:
    with_accounts(root, NAME, OTHER)
    second = signed_in(another(browser), OTHER)
    signed_in(browser)
    assert f"<span>{NAME}</span>" in browser.get("/admin/").text
    assert f"<span>{OTHER}</span>" in second.get("/admin/").text
    send(browser, "/admin/sign-out", "/admin/")
    assert is_in(second)


# Forms.


@pytest.mark.parametrize("path", CHANGES)
def test_a_form_without_the_sessions_own_token_is_refused(browser: TestClient, root: Path, path: str) -> None:
    with_accounts(root, NAME, OTHER)
    theirs = csrf_in(signed_in(another(browser), OTHER).get("/admin/").text)
    strangers = csrf_in(another(browser).get(SIGN_IN).text)
    signed_in(browser)
    fields = {"current": PASSWORD, "new": NEW_PASSWORD, "again": NEW_PASSWORD}
    for wrong in (
        {},
        {"csrf": ""},
        {"csrf": "あ"},
        {"csrf": theirs},
        {"csrf": strangers},
        {"csrf": browser.cookies[COOKIE]},
    ):
        answer = browser.post(path, data=fields | wrong)
        assert answer.status_code == 403
        assert "ページを開き直して、もう一度送ってください" in answer.text
        assert "set-cookie" not in answer.headers
    assert is_in(browser)
    assert sign_in(another(browser)).status_code == 303


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({}, 303),
        ({"origin": "https://testserver"}, 303),
        ({"origin": "https://testserver:443"}, 303),
        ({"origin": "https://TESTSERVER"}, 303),
        ({"origin": "https://testserver", "sec-fetch-site": "same-origin"}, 303),
        # What a browser sends behind a proxy that sets "Referrer-Policy: no-referrer".
        ({"origin": "null", "sec-fetch-site": "same-origin"}, 303),
        ({"sec-fetch-site": "none"}, 303),
        ({"origin": "null"}, 403),
        ({"origin": "null", "sec-fetch-site": "cross-site"}, 403),
        ({"origin": ""}, 403),
        ({"origin": "https://evil.example"}, 403),
        ({"origin": "https://testserver.evil.example"}, 403),
        ({"origin": "https://testserver:8443"}, 403),
        ({"origin": "https://testserver:x"}, 403),
        ({"origin": "https://testserver/"}, 403),
        ({"origin": "testserver"}, 403),
        ({"origin": "https://evil.example", "sec-fetch-site": "same-origin"}, 403),
        ({"sec-fetch-site": "cross-site"}, 403),
        ({"sec-fetch-site": "same-site"}, 403),
    ],
)
def test_a_form_must_come_from_a_page_of_this_host(browser: TestClient, headers: dict[str, str], status: int) -> None:
    form = csrf_in(browser.get(SIGN_IN).text)
    answer = browser.post(SIGN_IN, data={"csrf": form, "name": NAME, "password": PASSWORD}, headers=headers)
    assert answer.status_code == status
    assert ("set-cookie" in answer.headers) == (status == 303)
    inside = signed_in(another(browser))
    page = inside.get("/admin/").text
    answer = inside.post("/admin/sign-out", data={"csrf": csrf_in(page)}, headers=headers)
    assert answer.status_code == status
    assert is_in(inside) == (status == 403)


def test_the_form_of_the_sign_in_needs_a_token_of_this_site(browser: TestClient, root: Path) -> None:
    search = Sealer(sealing_key(root)).seal("results", {})
    old = Sealer(sealing_key(root), clock=lambda: 0.0).seal("admin-sign-in", {})
    other = Sealer(b"k" * 32).seal("admin-sign-in", {})
    for wrong in ("", "x", search, old, other):
        answer = browser.post(SIGN_IN, data={"csrf": wrong, "name": NAME, "password": PASSWORD})
        assert answer.status_code == 403
        assert "set-cookie" not in answer.headers
        assert "もう一度送ってください" in answer.text


def test_what_is_no_form_or_too_long_is_refused(browser: TestClient) -> None:
    signed_in(browser)
    csrf = csrf_in(browser.get("/admin/").text)
    assert browser.post("/admin/password", json={"csrf": csrf}).status_code == 415
    assert browser.post("/admin/password", data={"csrf": csrf, "new": "x" * 300_000}).status_code == 413
    assert browser.post("/admin/password", data={"csrf": csrf} | {f"f{n}": "" for n in range(600)}).status_code == 400
    assert browser.post(SIGN_IN, data={"csrf": csrf, "password": "x" * 20_000}).status_code == 413


def test_a_page_that_is_added_gets_who_is_signed_in_and_a_checked_form(
    root: Path, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What other pages are built on: a module with views and routes, and nothing else."""
    done: list[tuple[str, str]] = []

    async def show(visit: Visit) -> Response:
        return visit.page("message.html", AdminMessage("見出し", visit.account), done={"kept": "残しました。"})

    async def keep(visit: Visit) -> Response:
        await visit.ledger(lambda ledger: ledger.record("accept", None, visit.form["text"], visit.account))
        done.append((visit.account, await visit.run(str.upper, visit.form["text"])))
        return visit.to("/admin/review", "kept")

    async def upload(visit: Visit) -> Response:
        body = (await visit.request.body()).decode()
        visit.check_csrf(body)
        done.append((visit.account, "upload"))
        return visit.to("/admin/review")

    def routes(access: Access) -> list[Route]:
        return [
            access.get("/admin/review", show),
            access.post("/admin/review", keep),
            access.post("/admin/imports", upload, reads_form=False),
        ]

    page = ModuleType("page")
    page.routes = routes  # type: ignore[attr-defined]
    monkeypatch.setattr("tsunagari_site.admin.app.PAGES", (overview, page))
    with admin_client(root, clock) as client:
        assert client.post("/admin/review", data={"text": "a"}).headers["location"] == SIGN_IN
        assert client.post("/admin/imports", content=b"x").headers["location"] == SIGN_IN
        signed_in(client)
        assert '<a href="/admin/review" aria-current="page">見直し</a>' in client.get("/admin/review").text
        # An entry of the menu stands for a page to look at.
        assert 'href="/admin/imports"' not in client.get("/admin/review").text
        assert client.post("/admin/review", data={"text": "a", "csrf": "x"}).status_code == 403
        assert client.post("/admin/imports", content=b"x").status_code == 403
        csrf = csrf_in(client.get("/admin/review").text)
        assert (
            client.post("/admin/imports", content=csrf, headers={"origin": "https://evil.example"}).status_code == 403
        )
        assert done == []
        answer = client.post("/admin/review", data={"text": "a", "csrf": csrf})
        assert (answer.status_code, answer.headers["location"]) == (303, "/admin/review?done=kept")
        assert '<p class="done" role="status">残しました。</p>' in client.get(answer.headers["location"]).text
        assert client.post("/admin/imports", content=csrf).status_code == 303
        assert done == [(NAME, "A"), (NAME, "upload")]
    with Ledger.open(ledger_path(root)) as ledger:
        assert (ledger.audit()[-1].who, ledger.audit()[-1].detail) == (NAME, "a")


# Names and passwords.


def test_a_wrong_password_and_an_unknown_or_disabled_account_get_the_same_answer_for_the_same_work(
    browser: TestClient, root: Path, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    with_accounts(root, NAME, OTHER)
    with Ledger.open(ledger_path(root)) as ledger:
        disable_account(ledger, OTHER, clock())
    verify = PasswordHasher.verify
    work: list[str] = []

    def counted(self: PasswordHasher, hash: str | bytes, password: str | bytes) -> bool:  # noqa: A002
        work.append(str(hash).rpartition("$")[0].rpartition("$")[0])
        return bool(verify(self, hash, password))

    monkeypatch.setattr(PasswordHasher, "verify", counted)
    answers = set()
    for name, password in (
        (NAME, "まちがったパスワード１２"),
        ("いない人", PASSWORD),
        (OTHER, PASSWORD),
        ("", ""),
        (NAME, ""),
    ):
        answer = sign_in(browser, name, password)
        assert "set-cookie" not in answer.headers
        plain = answer.text.replace(csrf_in(answer.text), "")
        answers.add((answer.status_code, plain, "retry-after" in answer.headers))
    (only,) = answers
    assert only[0] == 403
    assert "名前かパスワードがちがいます。" in only[1]
    assert len(work) == 5
    assert len(set(work)) == 1, "the same kind and parameters"


def test_a_name_is_the_same_in_full_width_letters(browser: TestClient, root: Path) -> None:
    with_accounts(root, "Yamada1")
    assert sign_in(browser, " Ｙａｍａｄａ１ ").status_code == 303


def test_too_many_attempts_on_one_account_are_refused_even_with_the_right_password(root: Path) -> None:
    with_accounts(root, NAME, OTHER)
    with admin_client(root, attempts_by_account=3) as client:
        for _ in range(3):
            assert sign_in(client, NAME, "x" * 12).status_code == 403
        known = sign_in(client, NAME)
        assert known.status_code == 429
        assert known.headers["retry-after"] == "900"
        assert "サインインを試した回数が多すぎます" in known.text
        assert "set-cookie" not in known.headers
        # It does not tell whether there is such an account.
        for _ in range(3):
            assert sign_in(client, "いない人").status_code == 403
        unknown = sign_in(client, "いない人")
        assert unknown.text.replace(csrf_in(unknown.text), "") == known.text.replace(csrf_in(known.text), "")
        assert sign_in(another(client, "203.0.113.9"), OTHER).status_code == 303


def test_too_many_attempts_from_one_address_are_refused_whatever_the_account(root: Path) -> None:
    with admin_client(root, attempts_by_address=4) as client:
        for number in range(4):
            assert sign_in(client, f"だれか{number}").status_code == 403
        assert sign_in(client).status_code == 429
        assert sign_in(another(client, "203.0.113.9")).status_code == 303


def test_signing_in_well_begins_the_count_of_the_account_anew(root: Path) -> None:
    with admin_client(root, attempts_by_account=2) as client:
        for _ in range(4):
            signed_in(client)
            send(client, "/admin/sign-out", "/admin/")


def test_a_new_password_ends_all_other_sessions_and_the_old_password(browser: TestClient) -> None:
    elsewhere = signed_in(another(browser))
    signed_in(browser)
    before = browser.cookies[COOKIE]
    answer = send(browser, "/admin/password", "/admin/password", current=PASSWORD, new=NEW_PASSWORD, again=NEW_PASSWORD)
    assert (answer.status_code, answer.headers["location"]) == (303, "/admin/password?done=password")
    assert "HttpOnly; Path=/admin; SameSite=strict; Secure" in answer.headers["set-cookie"]
    assert browser.cookies[COOKIE] != before
    assert "パスワードを変えました。" in browser.get(answer.headers["location"]).text
    assert not is_in(elsewhere)
    assert not is_in(holding(another(browser), before))
    assert sign_in(another(browser)).status_code == 403
    assert sign_in(another(browser), password=NEW_PASSWORD).status_code == 303


@pytest.mark.parametrize(
    ("current", "new", "again", "said"),
    [
        ("x", NEW_PASSWORD, NEW_PASSWORD, "いまのパスワードがちがいます。"),
        (PASSWORD, NEW_PASSWORD, NEW_PASSWORD + "x", "2つの欄で同じではありません"),
        (PASSWORD, "x" * 11, "x" * 11, "パスワードは12文字以上にしてください。"),
        (PASSWORD, "x" * 1001, "x" * 1001, "パスワードは1000文字までにしてください。"),
        (PASSWORD, PASSWORD, PASSWORD, "いまのものと同じです"),
    ],
)
def test_a_password_that_cannot_be_is_refused_with_the_reason_and_changes_nothing(
    browser: TestClient, current: str, new: str, again: str, said: str
) -> None:
    elsewhere = signed_in(another(browser))
    signed_in(browser)
    answer = send(browser, "/admin/password", "/admin/password", current=current, new=new, again=again)
    assert answer.status_code == 422
    assert said in answer.text
    assert 'role="alert"' in answer.text
    assert not [one for one in {current, new, again} - {"x"} if one in answer.text]
    assert is_in(elsewhere)
    assert sign_in(another(browser)).status_code == 303


def test_a_browser_left_open_is_no_place_to_try_passwords(root: Path) -> None:
    with admin_client(root, attempts_by_account=2) as client:
        signed_in(client)
        wrong = {"current": "x", "new": NEW_PASSWORD, "again": NEW_PASSWORD}
        assert [send(client, "/admin/password", "/admin/password", **wrong).status_code for _ in range(3)] == [
            422,
            422,
            429,
        ]
        right = {**wrong, "current": PASSWORD}
        assert send(client, "/admin/password", "/admin/password", **right).status_code == 429


# What is left behind.


def test_nothing_of_a_password_or_token_is_left_in_logs_or_files(
    browser: TestClient, root: Path, caplog: pytest.LogCaptureFixture
) -> None:
    typed_as_name = "名前の欄に打ってしまった言葉"
    with caplog.at_level(logging.DEBUG):
        sign_in(browser, typed_as_name, "x")
        sign_in(browser, NAME, "まちがったパスワード")
        signed_in(browser)
        tokens = {browser.cookies[COOKIE], csrf_in(browser.get("/admin/audit?page=1").text)}
        send(browser, "/admin/password", "/admin/password", current=PASSWORD, new=NEW_PASSWORD, again=NEW_PASSWORD)
        tokens |= {browser.cookies[COOKIE], csrf_in(browser.get("/admin/").text)}
        shown = browser.get("/admin/audit").text
    ours = "\n".join(
        one.getMessage() for one in caplog.records if one.name.startswith(("tsunagari", "limits", "uvicorn"))
    )
    assert "POST /admin/sign-in 303" in ours
    assert "GET /admin/audit 200" in ours
    secrets = {PASSWORD, NEW_PASSWORD, typed_as_name, "まちがったパスワード"}
    for secret in secrets | tokens:
        assert secret not in ours
        assert secret not in shown or (secret in tokens and secret == csrf_in(shown))
        for path in root.rglob("*"):
            assert path.is_dir() or secret.encode() not in path.read_bytes(), path
    assert NAME not in ours
    assert "?" not in ours
    assert "testclient" not in ours


def test_what_was_done_is_in_the_records_with_who_did_it(browser: TestClient, root: Path) -> None:
    signed_in(browser)
    send(browser, "/admin/password", "/admin/password", current=PASSWORD, new=NEW_PASSWORD, again=NEW_PASSWORD)
    send(browser, "/admin/sign-out", "/admin/")
    with Ledger.open(ledger_path(root)) as ledger:
        lines = [(one.who, one.action, one.detail) for one in ledger.audit()]
    assert lines[-4:] == [
        ("", "account-added", NAME),
        (NAME, "sign-in", ""),
        (NAME, "account-password", NAME),
        (NAME, "sign-out", ""),
    ]


def test_every_answer_is_kept_nowhere_and_found_by_no_search_engine(browser: TestClient) -> None:
    answers = [browser.get("/admin"), browser.get(SIGN_IN), browser.get("/admin/"), browser.get("/admin/nowhere")]
    signed_in(browser)
    answers += [browser.get(path) for path in PAGES]
    answers.append(browser.post("/admin/password", data={}))
    for answer in answers:
        assert answer.headers["cache-control"] == "no-store"
        assert answer.headers["x-robots-tag"] == "noindex, nofollow, noarchive"
        assert answer.headers["referrer-policy"] == "same-origin"
        assert answer.headers["content-security-policy"].startswith("default-src 'none'; script-src 'self'")
        assert answer.headers["x-frame-options"] == "DENY"
        assert "style=" not in answer.text
        assert "<style" not in answer.text
        assert "<script" not in answer.text
        assert "つながり案内" not in answer.text, "a neutral page for whoever looks over a shoulder"
        assert not re.search(r'(?:href|src|action)="(?!/admin|/static/|#main|data:image/svg)', answer.text)


def test_the_public_limit_counts_neither_these_pages_nor_their_style(root: Path, clock: Clock) -> None:
    site = Site(UNLIMITED.catalogue(root), Sealer(sealing_key(root)), clock=clock, requests_per_minute=3)
    app = build_app(site, Admin(Workspace(root), clock=clock))
    with TestClient(app, base_url="https://testserver", follow_redirects=False) as client:
        signed_in(client)
        style = re.findall(r'href="(/static/[^"]+/admin\.css)"', client.get("/admin/").text)[0]
        for _ in range(10):
            assert client.get("/admin/").status_code == 200
            assert client.get(style).headers["cache-control"] == "public, max-age=31536000, immutable"
        assert [client.get("/areas").status_code for _ in range(4)] == [200, 200, 200, 429]
    with site_at(root, clock(), per_minute=3) as off:
        assert [off.get("/admin/").status_code for _ in range(4)] == [404, 404, 404, 429]


def test_errors_are_told_in_plain_words_without_the_public_pages(browser: TestClient, root: Path) -> None:
    signed_in(browser)
    for answer in (browser.get("/admin/nowhere"), browser.put("/admin/audit")):
        assert answer.status_code in {404, 405}
        assert "管理のページ" in answer.text
        assert "tel:" not in answer.text
    ledger_path(root).write_bytes(b"no ledger" * 1000)
    answer = browser.get("/admin/audit")
    assert answer.status_code == 503
    assert "データを読み書きできませんでした" in text_of(answer.text)
    assert str(root) not in answer.text
    assert browser.get("/areas").status_code == 200
    # Whoever has no cookie does not make the site open the ledger at all.
    assert another(browser).get(SIGN_IN).status_code == 200
