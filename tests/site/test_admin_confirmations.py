"""An administrator sees whom to ask, asks, and keeps what was answered; what cannot be right is refused beside its field."""

from __future__ import annotations

import re
import shutil
import sqlite3
from collections.abc import Iterator
from datetime import date
from html import unescape
from pathlib import Path

import pytest
from starlette.testclient import TestClient
from tests.admin_walks import (
    BEGIN,
    NAME,
    OTHER,
    Clock,
    admin_client,
    another,
    csrf_in,
    ledger_path,
    send,
    signed_in,
    with_accounts,
)
from tests.conftest import publish
from tests.pdfs import table_pdf
from tests.site_walks import sections, text_of

from tsunagari.importing import EditionOptions
from tsunagari_indexer.confirmations import Asked, AskedBy, Confirmation, Outcome, Subject
from tsunagari_indexer.confirming import official_page, seen_address
from tsunagari_indexer.errors import ReviewError
from tsunagari_indexer.ledger import Ledger
from tsunagari_indexer.review import calls, opened
from tsunagari_indexer.workspace import Workspace
from tsunagari_parsers import Desk, known_desks
from tsunagari_site.admin.due import due

PATH = "/admin/confirmations"
SEEN = "https://www.pref.aomori.lg.jp/soshiki/kodomo/ao-shien/jososetsumei.html"
GOOD = {"on": "2026-11-19", "way": "公式ページ", "outcome": "継続", "url": SEEN, "note": "トップから3回"}


@pytest.fixture
def root(published: Path, tmp_path: Path) -> Path:
    """A data folder of this test's own with the accounts 担当 and 副担当."""
    shutil.copytree(published, tmp_path / "data")
    return with_accounts(tmp_path / "data", NAME, OTHER)


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def browser(root: Path, clock: Clock) -> Iterator[TestClient]:
    with admin_client(root, clock) as client:
        yield signed_in(client)


@pytest.fixture
def program(root: Path) -> str:
    """The id of a programme of 札幌市."""
    workspace = Workspace(root)
    with opened(workspace, workspace.current()) as generation:
        return next(one.id for one in generation.all_listings() if one.municipality == "札幌市")


def keep(client: TestClient, subject: str, **fields: str) -> tuple[int, str]:
    """Send the form: the status, and the page that follows."""
    answer = send(client, f"{PATH}/of/{subject}", f"{PATH}/of/{subject}", **(GOOD | fields))
    return answer.status_code, client.get(answer.headers["location"]).text if answer.status_code == 303 else answer.text


def kept(root: Path) -> list[Asked]:
    with Ledger.open(ledger_path(root)) as ledger:
        return list(ledger.confirmations())


def say(
    root: Path, kind: Subject, subject: str, on: str, outcome: Outcome = Outcome.CONTINUES, *, note: str = ""
) -> None:
    with Ledger.open(ledger_path(root)) as ledger:
        ledger.confirm(Asked(kind, subject, Confirmation(on, AskedBy.PHONE, outcome, ""), "係", note))


# What is to be asked.


def test_proposals_and_lines_to_be_opened_stand_at_the_very_top_with_their_official_pages(browser: TestClient) -> None:
    page = browser.get(PATH).text
    heading, first = next(iter(sections(page).items()))
    wanted = [one for one in known_desks() if one.proposal or one.check_first]
    assert heading == f"さきに公式ページを開いて確かめる窓口（{len(wanted)}件）"
    assert len(wanted) > 30
    for desk in wanted:
        card = next(part for part in first.split('<li class="card">') if f"{PATH}/of/{desk.id}" in part)
        assert desk.name in text_of(card)
        address = official_page(desk)
        if address:
            assert f'<a href="{address}" target="_blank" rel="noreferrer noopener">' in card
        else:
            assert "アドレスが分かっていません" in card


def test_only_one_line_has_no_address_to_begin_with() -> None:
    assert [one.id for one in known_desks() if not official_page(one) and (one.proposal or one.check_first)] == [
        "line-anata-no-ibasho"
    ]


def test_every_link_that_leads_out_opens_a_new_tab_and_tells_nobody_where_from(
    browser: TestClient, program: str
) -> None:
    for path in (PATH, f"{PATH}/areas/02", f"{PATH}/of/pref-02", f"{PATH}/of/{program}", f"{PATH}/areas/02/calls"):
        for link in re.findall(r"<a [^>]*href=\"https?:[^>]*>", browser.get(path).text):
            assert 'target="_blank"' in link
            assert 'rel="noreferrer noopener"' in link


def test_each_prefecture_has_its_counts_and_its_programmes_by_town(browser: TestClient, root: Path) -> None:
    workspace = Workspace(root)
    with opened(workspace, workspace.current()) as generation:
        listings = [one for one in generation.all_listings() if one.prefecture_code == "27"]
    assert len(listings) > 2
    index = browser.get(PATH).text
    assert f'{PATH}/areas/27">大阪府</a><small>事業 {len(listings)}/{len(listings)}・窓口 1</small>' in index
    page = browser.get(f"{PATH}/areas/27").text
    assert "大阪府女性相談センター" in sections(page)["窓口（1件）"]
    programs = sections(page)[f"事業（{len(listings)}件）"]
    headings = [text_of(one).strip() for one in re.findall(r"<h3>(.*?)</h3>", programs)]
    expected = sorted({(one.municipality_code or "", one.municipality or "都道府県の事業") for one in listings})
    assert headings == [name for _, name in expected]
    for one in listings:
        card = next(part for part in programs.split('<li class="card">') if f"{PATH}/of/{one.id}" in part)
        assert " ".join(one.department.split()) in text_of(card)
        assert all(f'href="tel:{phone.number.replace("-", "")}"' in card for phone in one.phones)


def test_a_prefecture_can_be_narrowed_to_a_town(browser: TestClient) -> None:
    page = browser.get(f"{PATH}/areas/01", params={"town": "札幌市"}).text
    assert re.findall(r"<h3>(.*?)</h3>", page) == ["札幌市"]
    assert '<option value="札幌市" selected>' in page
    assert browser.get(f"{PATH}/areas/01", params={"town": "<b>どこか"}).status_code == 200
    assert "<b>どこか" not in browser.get(f"{PATH}/areas/01", params={"town": "<b>どこか"}).text


@pytest.mark.parametrize(
    "path", ["areas/48", "areas/1", "areas/x", "areas/48/calls", "of/nobody", "of/%00", "of/%E3%81%82"]
)
def test_what_does_not_exist_is_a_page_that_says_so(browser: TestClient, path: str) -> None:
    answer = browser.get(f"{PATH}/{path}")
    assert answer.status_code == 404
    assert "ページがありません" in answer.text


@pytest.mark.parametrize(
    ("kind", "on"),
    [
        (Subject.DESK, "2026-08-22"),
        (Subject.DESK, "2026-08-21"),
        (Subject.PROGRAM, "2025-11-20"),
        (Subject.PROGRAM, "2025-11-19"),
    ],
)
def test_a_desk_is_asked_again_after_90_days_and_a_programme_after_a_year(
    browser: TestClient, root: Path, program: str, kind: Subject, on: str
) -> None:
    subject = "pref-01" if kind is Subject.DESK else program
    say(root, kind, subject, on)
    page = browser.get(f"{PATH}/areas/01").text
    assert (f"{PATH}/of/{subject}" in page) is (on in {"2026-08-21", "2025-11-19"})
    everything = browser.get(f"{PATH}/areas/01", params={"show": "all"}).text
    assert f"{PATH}/of/{subject}" in everything
    year, month, day = map(int, on.split("-"))
    assert f"前に確かめた日：{year}年{month}月{day}日（電話、継続）" in text_of(everything)


def test_the_pages_ask_for_the_same_as_the_command(browser: TestClient, root: Path, program: str, clock: Clock) -> None:
    say(root, Subject.PROGRAM, program, "2026-11-01")
    say(root, Subject.DESK, "pref-13", "2026-11-01")
    say(root, Subject.DESK, "pref-14", "2026-11-01", Outcome.UNREACHED)
    asked = {one.subject.id for one in calls(Workspace(root), clock().date())}
    shown = set()
    for code in ("00", *(f"{number:02}" for number in range(1, 48))):
        shown |= set(re.findall(rf'{PATH}/of/([^"]+)"', browser.get(f"{PATH}/areas/{code}").text))
    assert shown == asked
    assert program not in asked


def test_a_call_that_nobody_took_stands_beside_the_last_answer(browser: TestClient, root: Path, program: str) -> None:
    say(root, Subject.PROGRAM, program, "2024-11-01", Outcome.CHANGED)
    say(root, Subject.PROGRAM, program, "2026-11-01", Outcome.UNREACHED)
    said = text_of(browser.get(f"{PATH}/of/{program}").text)
    assert "前に確かめた日：2024年11月1日（電話、変更）" in said
    assert "最後に連絡した日：2026年11月1日（電話、つながらず）" in said


def test_the_page_of_a_programme_says_what_to_ask(browser: TestClient, program: str) -> None:
    said = text_of(browser.get(f"{PATH}/of/{program}").text)
    for question in ("いまも続いていますか。", "番号は合っていますか。", "この番号にかけてもよいですか"):
        assert question in said


@pytest.mark.parametrize("line", ["line-110", "line-119"])
def test_nobody_is_told_to_call_an_emergency_number(browser: TestClient, line: str) -> None:
    page = browser.get(f"{PATH}/of/{line}").text
    assert "確かめるための電話をかけないでください" in text_of(page)
    assert "電話で言うこと" not in page
    assert "tel:" not in page
    assert "tel:110" not in browser.get(f"{PATH}/areas/00").text


def test_the_list_to_print_has_boxes_and_lines_for_each(browser: TestClient, root: Path, program: str) -> None:
    page = browser.get(f"{PATH}/areas/01/calls").text
    items = page.split('<ul class="calls">', 1)[1].count("<li>")
    assert items == len(set(re.findall(rf'{PATH}/of/([^"]+)"', browser.get(f"{PATH}/areas/01").text)))
    for box in ("□ 継続", "□ 終了", "□ 変更", "□ つながらず", ">日付<", ">確かめた人<"):
        assert page.count(box) == items, box
    say(root, Subject.PROGRAM, program, "2026-11-01")
    assert browser.get(f"{PATH}/areas/01/calls").text.count("□ 継続") == items - 1


def test_without_any_generation_the_desks_are_there(tmp_path: Path) -> None:
    with admin_client(with_accounts(tmp_path / "data")) as client:
        signed_in(client)
        page = client.get(PATH).text
        assert "まだ一覧を取り込んでいない" in page
        assert "青森県女性相談支援センター" in page
        assert keep(client, "pref-02")[0] == 303


def test_a_prefecture_with_hundreds_of_programmes_has_pages(tmp_path: Path) -> None:
    rows = [
        ("北海道", "札幌市", f"つながり事業その{number}", "電話相談を行う。", "市民課", "011-211-2962")
        for number in range(120)
    ]
    (tmp_path / "list.pdf").write_bytes(table_pdf([rows[at : at + 10] for at in range(0, 120, 10)]))
    publish(tmp_path / "data", [tmp_path / "list.pdf"], EditionOptions(year=2021))
    with admin_client(with_accounts(tmp_path / "data")) as client:
        signed_in(client)
        first, second = (client.get(f"{PATH}/areas/01", params={"page": number}).text for number in "12")
        names = [re.findall("つながり事業その[0-9]+", page) for page in (first, second)]
        assert [len(found) for found in names] == [100, 20]
        assert len({*names[0], *names[1]}) == 120
        assert "120件 1/2ページ" in text_of(first)
        assert client.get(f"{PATH}/areas/01/calls").text.count("□ 継続") == 121


# What is kept.


def test_what_was_seen_is_kept_with_the_account_that_says_so(browser: TestClient, root: Path) -> None:
    status, page = keep(browser, "pref-02")
    assert status == 303
    assert "台帳に残しました。公開のページには、作り直して公開すると出ます。" in page
    (one,) = kept(root)
    assert (one.kind, one.subject, one.by, one.note) == (Subject.DESK, "pref-02", NAME, "トップから3回")
    assert one.confirmation == Confirmation("2026-11-19", AskedBy.OFFICIAL_PAGE, Outcome.CONTINUES, SEEN)
    assert "2026年11月19日" in text_of(sections(page)["これまでの記録"])
    assert NAME in text_of(sections(page)["これまでの記録"])
    assert "トップから3回" in text_of(sections(page)["これまでの記録"])
    assert "pref-02" not in sections(browser.get(PATH).text)["さきに公式ページを開いて確かめる窓口（36件）"]
    assert "青森県女性相談支援センター" in sections(browser.get(PATH).text)["確かめてある窓口（1件）"]
    assert "確かめた記録を残しました" in browser.get("/admin/audit").text


def test_what_is_kept_reaches_people_with_the_next_generation_and_the_note_never_does(
    browser: TestClient, root: Path, program: str
) -> None:
    from typer.testing import CliRunner

    from tsunagari.cli import app

    keep(browser, program, way="電話", url="", note="ひみつの覚え書き")
    keep(browser, "pref-02", note="ひみつの覚え書き")
    before = browser.get(f"/programs/{program}").text
    assert "2026年11月19日に確かめました" not in before
    for command in ("reindex", "publish"):
        answer = CliRunner().invoke(app, [command, "--data-dir", str(root)])
        assert answer.exit_code == 0, answer.output
    after = browser.get(f"/programs/{program}").text
    assert "2026年11月19日に確かめました（電話）。続いています。" in text_of(after)
    for path in (f"/programs/{program}", "/contacts", f"/api/v1/programs/{program}"):
        shown = browser.get(path).text
        assert "ひみつの覚え書き" not in shown
        assert NAME not in shown


def test_a_programme_needs_no_address_and_the_day_may_be_typed_in_full_width(
    browser: TestClient, root: Path, program: str
) -> None:
    status, _ = keep(browser, program, way="電話", url="", on="２０２６-１１-２０", note="")
    assert status == 303
    assert kept(root)[0].confirmation == Confirmation("2026-11-20", AskedBy.PHONE, Outcome.CONTINUES, "")


def test_the_day_of_the_form_is_today_in_japan(browser: TestClient, clock: Clock) -> None:
    clock.move(minutes=-1)
    clock.now = clock.now.replace(hour=15, minute=1)
    signed_in(browser)
    assert 'name="on" type="date" value="2026-11-21" max="2026-11-21"' in browser.get(f"{PATH}/of/pref-02").text


def test_of_one_day_the_last_one_written_holds(browser: TestClient, program: str) -> None:
    keep(browser, program, outcome="終了")
    keep(browser, program, outcome="継続")
    assert "前に確かめた日：2026年11月19日（公式ページ、継続）" in text_of(browser.get(f"{PATH}/of/{program}").text)


@pytest.mark.parametrize(
    ("field", "value", "said"),
    [
        ("on", "2026-11-21", "2026-11-21 は、まだ来ていない日です。"),
        ("on", "", "日付を 2026-11-20 の形で入れてください。"),
        ("on", "2026-02-30", "日付を 2026-11-20 の形で入れてください。"),
        ("on", "20261119", "日付を 2026-11-20 の形で入れてください。"),
        ("on", "2026-W47-4", "日付を 2026-11-20 の形で入れてください。"),
        ("on", "0026-11-19", "0026-11-19 は古すぎます。年をたしかめてください。"),
        ("on", "9" * 10_000, "日付を 2026-11-20 の形で入れてください。"),
        ("way", "手紙", "どうやって確かめたかを選んでください。"),
        ("way", "", "どうやって確かめたかを選んでください。"),
        ("outcome", "", "どうだったかを選んでください。"),
        ("outcome", "CONTINUES", "どうだったかを選んでください。"),
        ("url", "", "窓口を確かめたときは、見たページのアドレスを入れてください。"),
        ("url", "  ", "窓口を確かめたときは、見たページのアドレスを入れてください。"),
        ("url", "javascript:alert(1)", "https:// か http:// で始めてください。"),
        ("url", "data:text/html,x", "https:// か http:// で始めてください。"),
        ("url", "//www.example.lg.jp/", "https:// か http:// で始めてください。"),
        ("url", "www.example.lg.jp", "https:// か http:// で始めてください。"),
        ("url", "https://", "公開されているページのアドレスではありません。"),
        ("url", "https://localhost/x", "公開されているページのアドレスではありません。"),
        ("url", "https://me:secret@www.example.lg.jp/", "公開されているページのアドレスではありません。"),
        ("url", "https://www.example.lg.jp/a b", "アドレスに、空白や使えない文字が入っています。"),
        ("url", "https://www.example.lg.jp/\x00", "アドレスに、空白や使えない文字が入っています。"),
        ("url", 'https://www.example.lg.jp/"><script>', "アドレスに、空白や使えない文字が入っています。"),
        ("url", "https://[1", "アドレスとして読めません。"),
        ("url", "https://www.example.lg.jp:99999/", "アドレスとして読めません。"),
        ("url", "https://www.example.lg.jp/" + "a" * 10_000, "アドレスは2000文字までです（10026文字あります）。"),
        ("note", "あ" * 10_000, "覚え書きは1000文字までです（10000文字あります）。"),
        ("note", "a\x07b", "覚え書きに、目に見えない文字が入っています。"),
        ("note", "a\u202eb", "覚え書きに、目に見えない文字が入っています。"),
    ],
)
def test_what_cannot_be_right_is_told_beside_its_field_and_the_rest_stays_as_it_was_typed(
    browser: TestClient, root: Path, field: str, value: str, said: str
) -> None:
    status, page = keep(browser, "pref-02", **{"note": "三行目に<b>番号</b>", field: value})
    assert status == 400
    fault = re.findall(rf'<span class="fault" id="{field}-fault">(.*?)</span>', page, re.DOTALL)
    assert [said in unescape(one) for one in fault] == [True]
    assert page.count('class="fault"') == 1
    assert "まだ残していません" in page
    assert kept(root) == []
    if field != "note":
        assert "三行目に&lt;b&gt;番号&lt;/b&gt;</textarea>" in page
    if field != "url":
        assert f'value="{SEEN}"' in page
    assert "<script>" not in page
    assert "<b>番号" not in page


def test_several_faults_are_told_together(browser: TestClient, root: Path) -> None:
    status, page = keep(browser, "pref-02", on="", way="", outcome="", url="", note="\x00")
    assert (status, page.count('class="fault"')) == (400, 5)
    assert kept(root) == []


def test_without_the_forms_token_nothing_is_kept(browser: TestClient, root: Path) -> None:
    assert browser.post(f"{PATH}/of/pref-02", data=GOOD).status_code == 403
    assert browser.post(f"{PATH}/of/pref-02", data=GOOD | {"csrf": "0" * 64}).status_code == 403
    token = csrf_in(browser.get(f"{PATH}/of/pref-02").text)
    foreign = {"Origin": "https://elsewhere.example"}
    assert browser.post(f"{PATH}/of/pref-02", data=GOOD | {"csrf": token}, headers=foreign).status_code == 403
    assert kept(root) == []
    assert browser.post(f"{PATH}/of/nobody", data=GOOD | {"csrf": token}).status_code == 404


def test_nobody_sees_any_of_it_without_signing_in(browser: TestClient) -> None:
    stranger = another(browser)
    for path in (PATH, f"{PATH}/record", f"{PATH}/areas/01", f"{PATH}/areas/01/calls", f"{PATH}/of/pref-02"):
        answer = stranger.get(path)
        assert (answer.status_code, answer.headers["location"]) == (303, f"/admin/sign-in?to={path}")


def test_what_others_wrote_is_shown_as_text(browser: TestClient, root: Path) -> None:
    say(root, Subject.DESK, "pref-02", "2026-11-01", note="<script>alert(1)</script>\n二行目")
    for path in (f"{PATH}/of/pref-02", f"{PATH}/record"):
        page = browser.get(path).text
        assert "<script>" not in page
        assert "&lt;script&gt;alert(1)&lt;/script&gt;\n二行目" in page


# All of them.


def test_the_record_has_all_confirmations_newest_first_and_can_be_narrowed(
    browser: TestClient, root: Path, program: str
) -> None:
    say(root, Subject.PROGRAM, program, "2026-11-03")
    say(root, Subject.DESK, "pref-02", "2026-11-02")
    say(root, Subject.PROGRAM, "pgone", "2026-11-01")

    def days(**asked: str) -> list[str]:
        return re.findall(r'<td class="when">2026年11月(\d+)日', browser.get(f"{PATH}/record", params=asked).text)

    assert days() == ["1", "2", "3"]
    assert days(kind="desk") == ["2"]
    assert days(kind="program") == ["1", "3"]
    assert days(kind="<b>") == ["1", "2", "3"]
    assert days(subject=program) == ["3"]
    assert days(subject="pgone") == ["1"]
    assert days(subject="nobody") == []
    assert "いまの世代にはありません" in browser.get(f"{PATH}/record").text


def test_the_record_is_read_in_pages(browser: TestClient, root: Path) -> None:
    for number in range(60):
        say(root, Subject.DESK, "pref-02", "2026-11-01", note=f"覚え書き{number}。")
    first, second, beyond = (browser.get(f"{PATH}/record", params={"page": one}).text for one in ("1", "2", "99999"))
    assert [page.count('class="when"') for page in (first, second, beyond)] == [50, 10, 10]
    assert "覚え書き59。" in first
    assert "覚え書き0。" in second
    assert "60件 1/2ページ" in text_of(first)


# Addresses.


@pytest.mark.parametrize(
    "address",
    ["https://www.pref.aomori.lg.jp/a?b=1&c=%E3%81%82#d", "http://www.avance.or.jp/dvsougou.html", "https://相談.jp/", "https://a.example:8443/"],
)  # fmt: skip
def test_addresses_of_pages_are_kept_as_they_are(address: str) -> None:
    assert seen_address(f" {address}\n") == address


@pytest.mark.parametrize(
    "address",
    ["ftp://a.example/", "https://a", "https://.jp/", "https://a.example\u3000/", "mailto:a@b.jp", "https://a\\b.jp/"],
)
def test_anything_else_is_no_address_of_a_page(address: str) -> None:
    with pytest.raises(ReviewError):
        seen_address(address)


def test_the_ledger_alone_has_the_note(browser: TestClient, root: Path) -> None:
    keep(browser, "pref-02", note="ひみつの覚え書き")
    for path in root.rglob("*"):
        if path.is_file() and path.name != "ledger.sqlite":
            assert "ひみつの覚え書き".encode() not in path.read_bytes(), path
    rows = sqlite3.connect(ledger_path(root)).execute("SELECT detail FROM audit WHERE action = 'confirm'").fetchall()
    assert rows == [("desk pref-02 2026-11-19 公式ページ 継続",)]


@pytest.mark.parametrize(
    ("subject", "outcome", "standing"),
    [
        ("pref-02", Outcome.CONTINUES, "ページに出す窓口です。"),
        ("pref-02", Outcome.UNREACHED, "まだページに出していません。"),
        ("pref-03", Outcome.CHANGED, "ページに出さない窓口です。"),
        ("pref-01", Outcome.ENDED, "ページに出さない窓口です。"),
        ("line-110", Outcome.ENDED, "ページに出す窓口です。"),
    ],
)
def test_the_page_of_a_desk_says_what_becomes_of_it(
    browser: TestClient, root: Path, subject: str, outcome: Outcome, standing: str
) -> None:
    # A day later than that on which any source of the data files was looked at.
    say(root, Subject.DESK, subject, "2026-11-22", outcome)
    assert standing in text_of(browser.get(f"{PATH}/of/{subject}").text)


@pytest.mark.parametrize(
    ("desk", "note"),
    [
        ("pref-02", ""),
        ("line-8778", "入口のページです。ここから、窓口の名前でさがしてください。"),
        ("line-110", "出典（北海道警察）のページです。"),
    ],
)
def test_an_address_that_is_not_the_desks_own_page_says_what_it_is(browser: TestClient, desk: str, note: str) -> None:
    page = browser.get(f"{PATH}/of/{desk}").text
    assert re.findall("入口のページです。[^<]*|出典（[^<]*", page) == ([note] if note else [])


# What is due, on the overview.


def test_the_overview_says_how_much_is_due_and_which_lists_are_old(
    browser: TestClient, root: Path, program: str
) -> None:
    programs = len([one for one in calls(Workspace(root), BEGIN.date()) if not isinstance(one.subject, Desk)])
    say(root, Subject.PROGRAM, program, "2026-11-01")
    say(root, Subject.DESK, "pref-02", "2026-11-01")
    page = sections(browser.get("/admin/").text)["確かめる時期のもの"]
    said = text_of(page)
    first = len([one for one in known_desks() if one.proposal or one.check_first]) - 1
    assert f"窓口 {len(known_desks()) - 1}件 （そのうち{first}件は、さきに公式ページで確かめます）" in said
    assert f"事業 {programs}件のうち{programs - 1}件" in said
    assert "古い一覧 1件。" in said
    assert "2021年度「" in said
    assert f'href="{PATH}"' in page


def test_a_list_becomes_old_a_year_and_a_half_after_its_fiscal_year_began(root: Path) -> None:
    assert due(Workspace(root), date(2022, 9, 30)).lists == ()
    assert [one.fiscal_year for one in due(Workspace(root), date(2022, 10, 1)).lists] == [2021]
