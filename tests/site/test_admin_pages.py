"""概要 and 操作の記録: what an administrator sees first, and what was done, in plain words."""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from starlette.testclient import TestClient
from tests.admin_walks import NAME, admin_client, ledger_path, signed_in, with_accounts
from tests.conftest import ROOT, UNLIMITED
from tests.pdfs import table_pdf
from tests.site_walks import main_of, sections, text_of

from tsunagari.importing import EditionOptions, import_documents
from tsunagari.serving import sealing_key
from tsunagari_indexer.ledger import AuditLine, Ledger
from tsunagari_indexer.listings import Listing
from tsunagari_indexer.workspace import Workspace
from tsunagari_site.admin.audit import _ACTIONS, audit_page, in_words
from tsunagari_site.admin.context import MENU, Admin
from tsunagari_site.app import build_app
from tsunagari_site.seal import Sealer
from tsunagari_site.site import Site

#: A telephone number that cannot be read: somebody must look at it.
ROW = ("北海道", "札幌市", "つながり事業", "電話で、困りごとの相談を受ける。", "市民課", "調整中")


@pytest.fixture
def root(published: Path, tmp_path: Path) -> Path:
    root = tmp_path / "data"
    shutil.copytree(published, root)
    return with_accounts(root)


@pytest.fixture
def browser(root: Path) -> Iterator[TestClient]:
    with admin_client(root) as client:
        yield signed_in(client)


def take(root: Path, row: tuple[str, ...]) -> None:
    path = root.parent / "list.pdf"
    path.write_bytes(table_pdf([[row]]))
    outcome = import_documents(Workspace(root), [path], EditionOptions(year=2022, series="市の一覧"))
    assert not outcome.failures


def line(action: str, generation: int | None = None, detail: str = "", who: str = "") -> AuditLine:
    return AuditLine("2026-11-20T23:05:00+00:00", who, action, generation, detail)


def test_the_overview_says_what_is_published_since_when(browser: TestClient, root: Path) -> None:
    shown = {name: text_of(body) for name, body in sections(browser.get("/admin/").text).items()}
    with Ledger.open(ledger_path(root)) as ledger:
        (record,) = ledger.generations("published")
    assert "世代 1 " in shown["いま公開しているもの"]
    assert re.search(r"公開した日時 20\d\d年\d+月\d+日 \d+:\d\d ", shown["いま公開しているもの"])
    assert "文書 1件" in shown["いま公開しているもの"]
    assert "事業 82件" in shown["いま公開しているもの"]
    assert "ありません。" in shown["公開を待っているもの"]
    assert record.published_at


def test_the_overview_counts_what_somebody_must_look_at(browser: TestClient, root: Path) -> None:
    take(root, ROW)
    staged = Workspace(root).newest_staged()
    assert staged
    assert staged.must_look
    waiting = text_of(sections(browser.get("/admin/").text)["公開を待っているもの"])
    assert "世代 2 " in waiting
    assert "文書 2件" in waiting
    assert "事業 83件" in waiting
    assert f"{len(staged.must_look)}件 が、答えを待っています" in waiting


def test_the_overview_of_an_empty_folder_says_so(tmp_path: Path) -> None:
    with admin_client(with_accounts(tmp_path / "data")) as client:
        page = signed_in(client).get("/admin/")
        assert page.status_code == 200
        assert "まだ何も公開していません。" in page.text
        assert "つぎにすること：取り込みで、一覧のPDFを送ります。" in next_step(page.text)
        # There is nothing to go back to.
        assert "前の世代に戻す" not in page.text


def listings(workspace: Workspace) -> list[Listing]:
    from tsunagari_indexer.review import newest

    with newest(workspace) as generation:
        return list(generation.all_listings())


def next_step(page: str) -> str:
    found = re.search(r'<p class="next">(.*?)</p>', page, re.DOTALL)
    assert found
    return re.sub(r"<[^>]+>", "", found[1])


def test_the_overview_says_what_to_do_next_on_every_step_of_the_year(browser: TestClient, root: Path) -> None:
    from tsunagari_indexer.deciding import correct

    assert "新しい年度の一覧が出たら、取り込みから始めます。" in next_step(browser.get("/admin/").text)
    take(root, (*ROW[:-1], "011-211-2962"))
    assert "見直しで、変わったところを見ます。" in next_step(browser.get("/admin/").text)
    take(root, ROW)
    assert "見直しで、要確認の指摘に答えます。" in next_step(browser.get("/admin/").text)
    workspace = Workspace(root)
    listing = next(one for one in listings(workspace) if one.department)
    correct(workspace, listing.id, "department", None, "新しい課", reason="市のページ", by=NAME)
    assert "答え終わったら、「作り直す」で反映します。" in next_step(browser.get("/admin/").text)


@pytest.mark.parametrize(
    ("path", "label"),
    [
        ("/admin/review/findings", "見直し"),
        ("/admin/confirmations/areas/01", "窓口と事業の確認"),
        ("/admin/lexicon/record", "言葉の追加"),
    ],
)
def test_the_menu_marks_the_part_that_a_page_belongs_to(browser: TestClient, path: str, label: str) -> None:
    page = browser.get(path).text
    assert re.findall(r'aria-current="(\w+)">([^<]+)</a>', page) == [("true", label)]


def test_too_many_requests_are_told_as_such_and_not_as_a_page_that_is_missing(root: Path) -> None:
    site = Site(UNLIMITED.catalogue(root), Sealer(sealing_key(root)), requests_per_minute=1)
    with TestClient(build_app(site, Admin(Workspace(root))), base_url="https://testserver") as client:
        client.get("/areas")
        answer = client.get("/admin", follow_redirects=False)
    assert answer.status_code == 429
    assert "少し待ってください" in main_of(answer.text)
    assert "ページがありません" not in answer.text


def test_the_overview_tells_of_decisions_that_no_generation_knows(browser: TestClient, root: Path) -> None:
    from tsunagari_indexer.deciding import correct
    from tsunagari_indexer.review import newest

    assert "まだ反映していない" not in browser.get("/admin/").text
    workspace = Workspace(root)
    with newest(workspace) as generation:
        listing = next(one for one in generation.all_listings() if one.department)
    correct(workspace, listing.id, "department", None, "新しい課", reason="市のページ", by=NAME)
    assert "世代のページの「作り直す」で反映します。" in next_step(browser.get("/admin/").text)
    assert "まだ反映していない" in browser.get("/admin/").text
    first = text_of(re.findall(r"<tbody>\s*<tr>(.*?)</tr>", browser.get("/admin/audit").text, re.DOTALL)[0])
    assert NAME in first
    assert f"訂正しました national-list-r3.pdf 担当部署：{listing.department} → 新しい課: 市のページ" in first


def test_a_generation_that_cannot_be_read_is_told_on_the_overview(browser: TestClient, root: Path) -> None:
    for path in (root / "generations").iterdir():
        path.write_bytes(b"broken" * 1000)
    page = browser.get("/admin/")
    assert page.status_code == 200
    assert 'role="alert"' in page.text
    assert "まだ何も公開していません" not in page.text


def test_the_menu_leads_only_to_pages_that_are_there_in_the_designs_order(browser: TestClient) -> None:
    page = browser.get("/admin/").text
    shown = re.findall(r'<li><a href="([^"]+)"[^>]*>([^<]+)</a>', page[: page.index("<main")])
    assert ("/admin/", "概要") in shown
    assert ("/admin/audit", "操作の記録") in shown
    assert shown == [one for one in MENU if one in shown]
    for path, label in shown:
        answer = browser.get(path)
        assert answer.status_code == 200
        assert f'<a href="{path}" aria-current="page">{label}</a>' in answer.text
    for link in re.findall(r'href="(/admin/[^"]*)"', page):
        assert browser.get(link).status_code == 200, link


@pytest.mark.parametrize(
    ("entry", "said"),
    [
        (line("stage", 7, "3 documents, 82 listings"), ("世代7を作りました", "文書3、事業など82件")),
        (line("publish", 7), ("世代7を公開しました", "")),
        (line("publish", 7, "市に確認中"), ("世代7を公開しました", "要確認が残っていても公開した理由：市に確認中")),
        (line("rollback", 6, "from 7"), ("世代6に戻しました", "それまでの公開：世代7")),
        (line("discard", 8), ("公開を待っていた世代8を捨てました", "")),
        (
            line("accept", None, "a.pdf [no-phone] 調整中: 原本どおり"),
            ("要確認の指摘を、見たうえで認めました", "a.pdf [no-phone] 調整中: 原本どおり"),
        ),
        (
            line("decide", None, "same: p1 p2: 市に聞いた"),
            ("事業について決めました", "同じ事業：p1 p2　理由：市に聞いた"),
        ),
        (
            line("decide", None, "left out: p1 : 見出し"),
            ("事業について決めました", "載せない：p1　理由：見出し"),
        ),
        (
            line("correct", None, "a.pdf phone: 1 → 2: 市に聞いた"),
            ("訂正しました", "a.pdf 電話番号：1 → 2: 市に聞いた"),
        ),
        (
            line("confirm", None, "desk tokyo 2026-11-03 公式ページ 継続"),
            ("確かめた記録を残しました", "窓口 tokyo 2026年11月3日 公式ページ 継続"),
        ),
        (line("account-added", None, NAME), ("アカウントを作りました", NAME)),
        # What a later version wrote is shown as it stands, never left out.
        (line("something-new", 3, "x: y"), ("something-new", "x: y")),
        (line("stage", 7, "otherwise"), ("世代7を作りました", "otherwise")),
    ],
)
def test_the_records_are_told_in_plain_words(entry: AuditLine, said: tuple[str, str]) -> None:
    view = in_words(entry)
    assert (view.what, view.detail) == said


def test_every_action_that_the_program_records_has_words() -> None:
    recorded = {
        found
        for stage in ("indexer", "site", "cli")
        for path in (ROOT / stage).rglob("*.py")
        for found in re.findall(r'\.record\(\s*"([^"]+)"', path.read_text(encoding="utf-8"))
    }
    assert {"publish", "sign-in", "account-disabled"} <= recorded
    assert recorded <= set(_ACTIONS)


def test_the_records_show_japans_time_and_who_and_escape_what_was_written(browser: TestClient, root: Path) -> None:
    with Ledger.open(ledger_path(root)) as ledger:
        ledger.connection.execute(
            "INSERT INTO audit (at, who, action, detail) VALUES ('2026-11-20T15:05:00+00:00', '<b>だれか', 'accept', '<script>x')"
        )
    page = main_of(browser.get("/admin/audit").text)
    newest = re.findall(r"<tbody>\s*<tr>(.*?)</tr>", page, re.DOTALL)[0]
    assert "2026年11月21日 0:05" in newest
    assert "&lt;b&gt;だれか" in newest
    assert "&lt;script&gt;x" in newest
    assert "コマンド" in page


@pytest.mark.parametrize(
    ("asked", "number", "first"),
    [("", 1, "119"), ("1", 1, "119"), ("2", 2, "69"), ("3", 3, "19"), ("4", 3, "19"), ("0", 1, "119"), ("-1", 1, "119"), ("９", 1, "119"), ("x", 1, "119")],
)  # fmt: skip
def test_the_records_are_paged_newest_first(asked: str, number: int, first: str) -> None:
    lines = tuple(line("accept", None, str(count)) for count in range(120))
    page = audit_page(lines, asked)
    assert (page.number, page.pages, page.count, page.lines[0].detail) == (number, 3, 120, first)


def test_the_pages_of_the_records_lead_to_each_other(browser: TestClient, root: Path) -> None:
    with Ledger.open(ledger_path(root)) as ledger, ledger.transaction():
        for count in range(60):
            ledger.record("accept", None, f"番号{count}。")
    newest = browser.get("/admin/audit").text
    assert "番号59。" in newest
    assert "新しい方へ" not in newest
    (older,) = re.findall(r'href="([^"]+)" rel="next"', newest)
    page = browser.get(older).text
    assert "番号0。" in page
    assert "番号59。" not in page
    assert 'href="/admin/audit?page=1" rel="prev"' in page


def test_a_link_cannot_put_words_onto_a_page(browser: TestClient) -> None:
    for path in ("/admin/", "/admin/audit", "/admin/password"):
        for done in ("<b>x", "だまされて", "over"):
            page = browser.get(path, params={"done": done}).text
            assert 'class="done"' not in page
            assert "だまされて" not in page
