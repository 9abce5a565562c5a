"""What an attacker and an unlucky administrator would try at the administrators' pages, on every route of them without exception."""

from __future__ import annotations

import hashlib
import os
import re
import stat
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from html import unescape
from pathlib import Path

import pytest
from starlette.routing import Route
from starlette.testclient import TestClient
from tests.admin_walks import (
    NAME,
    OTHER,
    admin_client,
    another,
    csrf_in,
    ledger_path,
    sign_in,
    signed_in,
    with_accounts,
)
from tests.pdfs import table_pdf
from tests.review_walks import OTHER_ROW, REASON, ROW, MadeJobs, browser_at, copied, forms, small_years, take

from tsunagari.importing import EditionOptions, import_documents
from tsunagari.serving import sealing_key
from tsunagari_crawler.archive import Archive
from tsunagari_indexer.adding_words import add_word
from tsunagari_indexer.confirming import seen_address
from tsunagari_indexer.corrections import check
from tsunagari_indexer.deciding import correct
from tsunagari_indexer.errors import CorrectionError, ReviewError
from tsunagari_indexer.ledger import Ledger
from tsunagari_indexer.missed_concepts import add_counts
from tsunagari_indexer.review import newest
from tsunagari_indexer.workspace import Workspace
from tsunagari_site.admin.context import MENU
from tsunagari_site.admin.import_form import choices, read_import_form

SIGN_IN = "/admin/sign-in"


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return small_years(tmp_path_factory.mktemp("small"))


@pytest.fixture
def data(small: Path, tmp_path: Path) -> Path:
    return with_accounts(copied(small, tmp_path / "data"), NAME, OTHER)


@pytest.fixture
def jobs(data: Path) -> MadeJobs:
    return MadeJobs(data)


@pytest.fixture
def desk(data: Path, jobs: MadeJobs) -> Iterator[TestClient]:
    with browser_at(data, jobs) as client:
        yield client


def changes(client: TestClient) -> list[str]:
    """The path of every route under /admin that takes a POST, but the sign-in's."""
    routes = [one for one in client.app.routes if isinstance(one, Route) and one.path.startswith("/admin")]  # type: ignore[attr-defined]
    return [re.sub(r"{.*?}", "x", one.path) for one in routes if "POST" in (one.methods or ()) and one.path != SIGN_IN]


def kept(data: Path) -> str:
    """What people decided and what is served: of the ledger all but when somebody was last seen and who came in, and CURRENT."""
    with Ledger.open(ledger_path(data)) as ledger:
        lines = [one for one in ledger.connection.iterdump() if '"sessions"' not in one and "sign-in" not in one]
    files = sorted(str(one.relative_to(data)) for one in data.rglob("*") if one.is_file() and "ledger" not in one.name)
    return hashlib.sha256("\n".join([*lines, *files, (data / "CURRENT").read_text()]).encode()).hexdigest()


# Forms of others.


def test_every_change_is_refused_without_the_sessions_own_token(data: Path, desk: TestClient, jobs: MadeJobs) -> None:
    theirs = csrf_in(signed_in(another(desk), OTHER).get("/admin/").text)
    before, started = kept(data), len(jobs.list())
    paths = changes(desk)
    assert {"/admin/imports", "/admin/generations/rollback", "/admin/review/listing/x/merge"} <= {*paths}
    for path in paths:
        for sent in ({}, {"csrf": ""}, {"csrf": theirs}):
            for answer in (
                desk.post(path, data={**sent, "reason": REASON}),
                desk.post(f"{path}?csrf={csrf_in(desk.get('/admin/').text)}", data=sent),
                desk.post(path, data=sent, files={"file": ("a.pdf", b"%PDF-1.7")}),
                desk.post(path, content=b"{}", headers={"content-type": "application/json"}),
                desk.post(path, content=b"csrf=x", headers={"content-type": "text/plain"}),
            ):
                assert answer.status_code in {400, 403, 415}, (path, sent, answer.status_code)
    assert kept(data) == before
    assert len(jobs.list()) == started


def test_every_change_is_refused_from_another_site_even_with_the_right_token(data: Path, desk: TestClient) -> None:
    csrf = csrf_in(desk.get("/admin/").text)
    before = kept(data)
    for path in changes(desk):
        for headers in ({"origin": "https://elsewhere.example"}, {"sec-fetch-site": "same-site"}):
            for more in ({}, {"files": {"file": ("a.pdf", b"%PDF-1.7")}}):
                answer = desk.post(path, data={"csrf": csrf, "reason": REASON}, headers=headers, **more)  # type: ignore[arg-type]
                assert answer.status_code == 403, (path, headers)
    assert kept(data) == before


def test_no_change_can_be_made_by_a_link(data: Path, desk: TestClient) -> None:
    csrf = csrf_in(desk.get("/admin/").text)
    before = kept(data)
    for path in changes(desk):
        for method in ("GET", "HEAD", "PUT", "DELETE", "PATCH"):
            desk.request(method, path, params={"csrf": csrf, "reason": REASON, "to": "1", "current": "1"})
    assert kept(data) == before


def test_an_empty_form_with_the_right_token_changes_nothing_but_what_needs_no_word(
    data: Path, desk: TestClient
) -> None:
    """A form that lost its fields on the way is not taken for a wish: nothing is published, thrown away or gone back to."""
    before = kept(data)
    for path in changes(desk):
        if path.endswith(("/rebuild", "/sign-out")):
            continue
        answer = desk.post(path, data={"csrf": csrf_in(desk.get("/admin/").text)})
        assert answer.status_code in {400, 404, 409, 422}, (path, answer.status_code)
    assert kept(data) == before


# Two at once, stale forms, the same form twice.


def actions(data: Path) -> list[tuple[str, str, int | None]]:
    with Ledger.open(ledger_path(data)) as ledger:
        return [(one.who, one.action, one.generation) for one in ledger.audit() if one.who]


def publish(desk: TestClient) -> dict[str, str]:
    """Publish what waits; the form that was sent."""
    (form,) = forms(desk.get("/admin/generations").text, "/admin/generations/publish")
    assert desk.post("/admin/generations/publish", data={**form, "reason": REASON}).status_code == 303
    return form


@pytest.mark.parametrize("page", ["/admin/generations", "/admin/review"])
def test_only_the_generation_that_the_form_names_is_published(data: Path, desk: TestClient, page: str) -> None:
    (form,) = forms(desk.get(page).text, f"{page}/publish")
    for named in ({}, {"generation": ""}, {"generation": "2"}, {"generation": "../2"}, {"generation": "1_000000"}):
        sent = {"csrf": form["csrf"], "reason": REASON, **named}
        assert desk.post(f"{page}/publish", data=sent).status_code == 409, named
    assert Workspace(data).current().startswith("1_")
    assert desk.post(f"{page}/publish", data={**form, "reason": REASON}).status_code == 303


def test_the_same_form_sent_twice_acts_once(data: Path, desk: TestClient) -> None:
    published = publish(desk)
    assert desk.post("/admin/generations/publish", data={**published, "reason": REASON}).status_code == 409
    (back,) = forms(desk.get("/admin/generations/rollback?to=1").text, "/admin/generations/rollback")
    assert desk.post("/admin/generations/rollback", data=back).status_code == 303
    assert desk.post("/admin/generations/rollback", data=back).status_code == 409
    assert Workspace(data).current().startswith("1_")
    assert actions(data)[-2:] == [(NAME, "publish", 2), (NAME, "rollback", 1)]


def test_going_back_throws_nothing_away_that_came_after_the_question(data: Path, desk: TestClient) -> None:
    publish(desk)
    (back,) = forms(desk.get("/admin/generations/rollback?to=1").text, "/admin/generations/rollback")
    take(data, 2023, ROW, OTHER_ROW)
    refused = desk.post("/admin/generations/rollback", data=back)
    assert refused.status_code == 409
    assert "公開を待つ世代が変わりました" in refused.text
    assert Workspace(data).current().startswith("2_")
    assert Workspace(data).newest_staged()
    # Asked anew it names what goes away, and the records say who threw it away.
    (back,) = forms(desk.get("/admin/generations/rollback?to=1").text, "/admin/generations/rollback")
    assert back["staged"] == "3"
    assert desk.post("/admin/generations/rollback", data=back).status_code == 303
    assert actions(data)[-2:] == [(NAME, "rollback", 1), (NAME, "discard", 3)]


@pytest.mark.parametrize("to", ["0", "-1", "", "1 2", "１", "1\n", "9" * 10])
def test_a_number_that_is_none_leads_back_nowhere(data: Path, desk: TestClient, to: str) -> None:
    publish(desk)
    (back,) = forms(desk.get("/admin/generations/rollback?to=1").text, "/admin/generations/rollback")
    assert desk.post("/admin/generations/rollback", data={**back, "to": to}).status_code == 409
    assert Workspace(data).current().startswith("2_")


def test_what_a_later_one_replaces_is_in_the_records_with_who_published(data: Path, desk: TestClient) -> None:
    take(data, 2023, ROW, OTHER_ROW)
    publish(desk)
    assert actions(data)[-2:] == [(NAME, "publish", 3), (NAME, "discard", 2)]


# What is typed.

HIDDEN = ("見え\u202eない", "あ\u200bい", "あ\x00い", "あ\x1b[31mい", "あ\u2028い")


@pytest.mark.parametrize("reason", ["長" * 1001, "x" * 200_000, *HIDDEN], ids=ascii)
def test_a_reason_is_a_text_that_can_be_read(data: Path, desk: TestClient, reason: str) -> None:
    review = desk.get("/admin/review").text
    listing = next(iter(re.findall(r"/admin/review/listing/([a-z0-9]+)", review)))
    page = desk.get(f"/admin/review/listing/{listing}").text
    tried = [
        (f"{start}/{last}", form)
        for start, text, lasts in (
            ("/admin/review", review, ("publish", "accept", "answer")),
            ("/admin/generations", desk.get("/admin/generations").text, ("publish",)),
            (f"/admin/review/listing/{listing}", page, ("correct", "reject", "merge", "split")),
        )
        for last in lasts
        for form in forms(text, f"{start}/{last}")
    ]
    assert {path.rpartition("/")[2] for path, _ in tried} >= {"publish", "answer", "correct", "reject", "merge"}
    before = kept(data)
    for path, form in tried:
        given = {"choice": "none", "corrected": "0120-000-001", "other": "1", "year": "2022"}
        answer = desk.post(path, data={**form, **given, "reason": reason})
        assert answer.status_code in {400, 409, 413}, path
    assert kept(data) == before


def test_the_longest_reason_is_kept_whole(desk: TestClient) -> None:
    (form,) = forms(desk.get("/admin/review").text, "/admin/review/publish")
    reason = "".join(f"{number:04}、" for number in range(200))
    assert len(reason) == 1000
    assert desk.post("/admin/review/publish", data={**form, "reason": reason}).status_code == 303
    assert reason in desk.get("/admin/audit").text


@pytest.mark.parametrize("name", ["名" * 501, *HIDDEN], ids=ascii)
def test_a_correction_puts_nothing_unreadable_before_the_public(data: Path, desk: TestClient, name: str) -> None:
    review = desk.get("/admin/review").text
    listing = next(iter(re.findall(r"/admin/review/listing/([a-z0-9]+)", review)))
    path = f"/admin/review/listing/{listing}"
    (form,) = forms(desk.get(path).text, f"{path}/correct", field="program_name")
    before = kept(data)
    answer = desk.post(f"{path}/correct", data={**form, "corrected": name, "reason": REASON})
    assert answer.status_code == 400
    assert "訂正したあとの値" in answer.text
    assert kept(data) == before


def test_what_a_paper_has_itself_can_stay_in_its_correction() -> None:
    check("program_name", "つな\u200bがり事業", "つな\u200bがりの事業")
    check("description", "一", "一\n二" + "字" * 9_000)
    check("description", "字" * 20_000, "事" + "字" * 19_999)
    with pytest.raises(CorrectionError, match="目に見えない文字"):
        check("program_name", "つながり事業", "つな\u200bがりの事業")


@pytest.mark.parametrize(
    "url",
    [
        "javascript:alert(1)",
        "JavaScript:alert(1)",
        "data:text/html,<script>alert(1)</script>",
        "vbscript:x",
        "//evil.example/",
        "https:evil.example",
        "https://",
        "https://user:password@city.example.jp/",
        "https://city.example.jp/\u202e",
        'https://city.example.jp/"onmouseover="x',
        "file:///etc/passwd",
        "http://127.0.0.1:7700/keys",
        "http://localhost/",
        "http://[::1]/",
    ],
)
def test_no_such_address_is_taken_for_a_page(url: str) -> None:
    """Not from the form of imports nor from that of confirmations; the first is a link on public pages."""
    form = read_import_form({"year": "2022", "url": url}, choices((), 2026), can_ocr=False)
    assert form.errors.keys() == {"url"}
    with pytest.raises(ReviewError):
        seen_address(url)


def test_what_is_said_of_a_list_can_be_read() -> None:
    for name in ("title", "publisher", "part"):
        form = read_import_form({"year": "2022", name: "あ\u202eい"}, choices((), 2026), can_ocr=False)
        assert form.errors == {name: "目に見えない文字が入っています。打ち直してください"}


# Attempts to sign in.


def test_an_address_without_attempts_uses_up_none_of_an_accounts(data: Path) -> None:
    with admin_client(data, attempts_by_account=3, attempts_by_address=2) as client:
        stranger = another(client, "198.51.100.7")
        assert [sign_in(stranger, password="x" * 12).status_code for _ in range(6)] == [403, 403, 429, 429, 429, 429]
        assert sign_in(another(client, "203.0.113.9")).status_code == 303


@pytest.mark.parametrize(
    ("first", "second", "are_one"),
    [
        ("2001:db8:1:2::1", "2001:db8:1:2:ffff:ffff:ffff:ffff", True),
        ("2001:db8:1:2::1", "2001:db8:1:3::1", False),
        ("::ffff:192.0.2.1", "192.0.2.1", True),
        ("::ffff:192.0.2.1", "::ffff:192.0.2.2", False),
        ("192.0.2.1", "192.0.2.2", False),
        ("fe80::1%eth0", "fe80::2%eth1", True),
        ("testclient", "testclient", True),
    ],
)
def test_whose_attempts_are_counted_together(data: Path, first: str, second: str, are_one: bool) -> None:
    with admin_client(data, attempts_by_address=1) as client:
        assert sign_in(another(client, first), password="x" * 12).status_code == 403
        assert sign_in(another(client, second)).status_code == (429 if are_one else 303)


# Files.


def test_what_is_secret_can_be_read_by_its_owner_alone(tmp_path: Path) -> None:
    data = tmp_path / "new"
    umask = os.umask(0)
    try:
        sealing_key(data)
        with_accounts(data)
        add_counts(data, {("2026-11", "ibasho"): 1})
        Archive(data / "archive").store(b"%PDF-1.7", name="a.pdf")
        with Ledger.open(ledger_path(data)) as ledger, ledger.transaction():
            ledger.record("sign-in", None, "", NAME)
            journal = [one for one in data.iterdir() if one.name.startswith("ledger.sqlite-")]
            assert journal
            assert {stat.S_IMODE(one.stat().st_mode) for one in journal} == {0o600}
    finally:
        os.umask(umask)
    assert stat.S_IMODE((data / "sealing.key").stat().st_mode) == 0o600
    assert stat.S_IMODE(ledger_path(data).stat().st_mode) == 0o600
    assert stat.S_IMODE((data / "counts").stat().st_mode) == 0o700
    assert stat.S_IMODE((data / "archive").stat().st_mode) == 0o700
    assert sorted(one.name for one in data.iterdir()) == ["archive", "counts", "ledger.sqlite", "sealing.key"]


def test_a_key_is_never_readable_by_others_even_while_it_is_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: list[int] = []
    sync = os.fsync

    def look(descriptor: int) -> None:
        seen.append(os.fstat(descriptor).st_mode)
        sync(descriptor)

    monkeypatch.setattr(os, "fsync", look)
    sealing_key(tmp_path)
    files = [stat.S_IMODE(mode) for mode in seen if stat.S_ISREG(mode)]
    assert files == [0o600]


def test_a_ledger_that_two_make_at_once_is_one(tmp_path: Path) -> None:
    def work(number: int) -> None:
        with Ledger.open(tmp_path / "ledger.sqlite") as ledger, ledger.transaction():
            ledger.record("sign-in", None, str(number), NAME)

    with ThreadPoolExecutor(8) as threads:
        list(threads.map(work, range(8)))
    with Ledger.open(tmp_path / "ledger.sqlite") as ledger:
        assert len(ledger.audit()) == 8
    assert [one.name for one in tmp_path.iterdir()] == ["ledger.sqlite"]


# What a publisher, a paper or a colleague wrote.

HOSTILE = "\"'><svg onload=alert(1)>{{7*7}}"


@pytest.fixture(scope="module")
def hostile(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """All that comes from outside tries to become part of a page: names of files, titles, values of findings, reasons, words."""
    root = tmp_path_factory.mktemp("hostile")
    data = root / "data"
    for year in (2021, 2022):
        path = root / f"{year}{HOSTILE}.pdf"
        row = (
            "北海道",
            "札幌市",
            f"つながり{HOSTILE}{year}",
            f"相談を受ける。{HOSTILE}",
            f"市民課{HOSTILE}",
            "0112962x",
        )
        path.write_bytes(table_pdf([[row, OTHER_ROW]]))
        said = EditionOptions(
            year=year, title=f"一覧{HOSTILE}", publisher=f"府{HOSTILE}", url=f"https://city.example.jp/{HOSTILE}"
        )
        assert not import_documents(Workspace(data), [path], said, by=HOSTILE).failures
        if year == 2021:
            Workspace(data).publish(force=HOSTILE, by=HOSTILE)
    with newest(Workspace(data)) as generation:
        listing = next(iter(generation.all_listings()))
    correct(Workspace(data), listing.id, "department", None, f"課{HOSTILE}", reason=HOSTILE, by=HOSTILE)
    add_word(Workspace(data), "ibasho", f"居場{HOSTILE}", reason=HOSTILE, by=HOSTILE)
    return with_accounts(data)


def walked(client: TestClient, starts: Iterable[str]) -> Iterator[tuple[str, str]]:
    """The first 120 pages to which links lead from here, with their text."""
    waiting, seen, count = list(starts), set(starts), 0
    while waiting and count < 120:
        path, count = waiting.pop(0), count + 1
        answer = client.get(path)
        assert answer.status_code < 500, path
        if "html" not in answer.headers.get("content-type", "") and "xml" not in answer.headers.get("content-type", ""):
            continue
        yield path, answer.text
        for found in re.findall(r'href="(/[^"#]*)"', answer.text):
            link = unescape(found)
            if link not in seen and not re.match(r"/(static|easy|en|zh-hans|zh-hant|ko|vi|fil|pt|ne|areas)/", link):
                seen.add(link)
                waiting.append(link)


def test_nothing_from_outside_becomes_part_of_a_page(hostile: Path) -> None:
    hidden = 0
    with browser_at(hostile, MadeJobs(hostile)) as client:
        starts = [
            "/admin/",
            "/admin/lexicon/concepts/ibasho",
            "/admin/confirmations/areas/01",
            "/about",
            "/areas/01100",
        ]
        pages = dict(walked(client, [*starts, "/feeds/all.atom", "/coverage"]))
    assert {path for path, _ in MENU} <= {*pages}
    for path, text in pages.items():
        assert "<svg onload" not in text, path
        assert "49" not in re.findall(r"alert\(1\)(?:>|&gt;)(\d+)", text), path
        assert not re.search(
            r'(?:href|src|action)="\s*(?:javascript|data|vbscript):(?!image/svg)', text, re.IGNORECASE
        ), path
        # An attribute that was left by a quotation mark would have this name.
        assert not re.search(r"<[^>]* onload=", re.sub(r'"[^"]*"', "", text)), path
        hidden += "&lt;svg onload" in text
    assert hidden >= 8


def test_every_page_of_administrators_forbids_script_and_framing(hostile: Path) -> None:
    with browser_at(hostile, MadeJobs(hostile)) as client:
        for path in ("/admin/", "/admin/review", "/admin/nowhere", "/admin/imports/x", "/admin/sign-in"):
            headers = client.get(path).headers
            assert "default-src 'none'" in headers["content-security-policy"], path
            assert "'unsafe-inline'" not in headers["content-security-policy"], path
            assert (headers["x-frame-options"], headers["cache-control"]) == ("DENY", "no-store"), path
            assert "noindex" in headers["x-robots-tag"], path


# A stranger's upload.


def test_nothing_of_a_strangers_upload_is_received(data: Path, jobs: MadeJobs) -> None:
    with admin_client(data, jobs=jobs) as client:
        files = {"file": ("a.pdf", b"%PDF-1.7" + b" " * 1_000_000)}
        answer = client.post("/admin/imports", data={"csrf": "x", "year": "2022"}, files=files)
        assert (answer.status_code, answer.headers["location"]) == (303, SIGN_IN)
    assert not (data / "incoming").exists()
    assert not jobs.list()
