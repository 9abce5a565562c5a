"""A list is sent on the administrators' page, read by a real job, published, and stands on the public page; what is hostile leaves nothing."""

from __future__ import annotations

import fcntl
import re
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from html import unescape
from pathlib import Path

import pytest
from httpx2 import Response
from starlette.testclient import TestClient
from tests.admin_walks import NAME, csrf_in, send, signed_in, with_accounts
from tests.conftest import ROOT, UNLIMITED
from tests.pdfs import encrypted, table_pdf, text_pdf
from tests.site_walks import text_of

from tsunagari.import_lines import import_result, result_lines
from tsunagari.importing import EditionOptions, import_documents
from tsunagari.serving import build_site
from tsunagari_indexer.workspace import Workspace

PATH = "/admin/imports"
LIST = ROOT / "fixtures" / "program_list_example" / "program-list-example.pdf"
ROW = ("群馬県", "高崎市", "つながり事業", "電話相談を行う。", "市民課", "027-321-1111")
SETTINGS = replace(UNLIMITED, admin=True)
MEGABYTE = 1 << 20


@pytest.fixture
def data(tmp_path: Path) -> Path:
    return with_accounts(tmp_path / "data")


def opened(data: Path) -> TestClient:
    """A browser before a site that was just started."""
    return TestClient(build_site(SETTINGS, data), base_url="https://testserver", follow_redirects=False)


def upload(client: TestClient, *files: tuple[str, bytes], **fields: str) -> Response:
    sent = {"csrf": csrf_in(client.get(PATH).text), **fields}
    return client.post(PATH, data=sent, files=[("files", (name, content)) for name, content in files])


def over(client: TestClient, started: Response) -> Response:
    """The page of the job once it does not renew itself any more."""
    assert started.status_code == 303, started.text
    page = started.headers["location"].partition("?")[0]
    for _ in range(600):
        answer = client.get(page)
        assert answer.status_code == 200
        if "refresh" not in answer.headers:
            return answer
        time.sleep(0.1)
    raise AssertionError(f"the job does not end: {text_of(answer.text)}")


@contextmanager
def held_up(data: Path) -> Iterator[None]:
    """While this lasts, no generation can be built: a job waits before its last step."""
    with (data / ".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def received_files(data: Path) -> list[str]:
    """Everything below the data folder that is neither the ledger nor the site's own."""
    own = {"sealing.key", ".door", "ledger.sqlite", "ledger.sqlite-wal", "ledger.sqlite-shm", ".lock"}
    return sorted(str(path.relative_to(data)) for path in data.rglob("*") if path.is_file() and path.name not in own)


def test_from_an_upload_to_the_public_page(data: Path, tmp_path: Path) -> None:
    with opened(data) as client:
        browser = signed_in(client)
        sent = upload(
            browser,
            ("支援事業一覧.pdf", LIST.read_bytes()),
            year="2024",
            title="令和６年度 支援事業一覧",
            publisher="つながり県",
            url="https://www.example.lg.jp/list.html",
            licence="CC-BY-4.0",
        )
        page = text_of(over(browser, sent).text)
        assert "まだ公開していません" in page
        # The same sentences as the command's, without the layout's name.
        copy = tmp_path / "支援事業一覧.pdf"
        copy.write_bytes(LIST.read_bytes())
        told = import_result(import_documents(Workspace(tmp_path / "other"), [copy], EditionOptions(year=2024)))
        assert told.documents
        for line in (*(one.line.replace(f"「{one.layout}」", "、") for one in told.documents), *told.findings):
            assert line in page
        assert len(list(result_lines(told))) > 1
        # Nothing is public before it is published.
        staged = Workspace(data).newest_staged()
        assert staged is not None
        assert browser.get("/healthz").status_code == 503
        Workspace(data).publish(force="試すため" if staged.must_look else None)
        listing = next(iter(told.documents))
        assert listing.programs
        programs = browser.get("/api/v1/programs").json()
        assert programs["total"] == told.programs
        shown = browser.get(f"/programs/{programs['items'][0]['id']}").text
        assert programs["items"][0]["program_name"] in unescape(shown)
        assert "つながり県" in shown
        assert "令和６年度 支援事業一覧" in shown
        # The page of imports knows it, and the log who it was.
        newest = text_of(browser.get(PATH).text)
        assert "（公開しています）に、文書が1件あります" in newest
        assert "2024年度（令和6年度）" in newest
        log = text_of(browser.get("/admin/audit").text)
        assert re.search(rf"{NAME} 世代1を作りました", log), log
        # Once more: nothing changes, and it says so.
        again = upload(
            browser,
            ("支援事業一覧.pdf", LIST.read_bytes()),
            year="2024",
            title="令和６年度 支援事業一覧",
            publisher="つながり県",
            url="https://www.example.lg.jp/list.html",
            licence="CC-BY-4.0",
        )
        assert "前に取り込んだものと同じです" in over(browser, again).text
        rebuilt = over(browser, send(browser, f"{PATH}/rebuild", PATH))
        assert "世代2を作りました" in text_of(rebuilt.text)
        assert re.search(rf"{NAME} 世代2を作りました", text_of(browser.get("/admin/audit").text))


def test_a_job_goes_on_while_the_site_is_started_again_and_a_second_is_refused_meanwhile(data: Path) -> None:
    with held_up(data):
        with opened(data) as client:
            browser = signed_in(client)
            began = upload(browser, ("一覧.pdf", table_pdf([[ROW]])), year="2021")
            assert began.status_code == 303
        with opened(data) as client:
            browser = signed_in(client)
            page = browser.get(began.headers["location"])
            assert page.headers["refresh"] == "3"
            assert "いまの進み具合" in page.text
            refused = upload(browser, ("次.pdf", table_pdf([[ROW]])), year="2022")
            assert refused.status_code == 409
            assert f'href="{began.headers["location"].partition("?")[0]}">様子を見る' in refused.text
            assert list((data / "incoming").iterdir()) == []
    with opened(data) as client:
        browser = signed_in(client)
        assert "世代1を作りました" in text_of(over(browser, began).text)


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        pytest.param("鍵.pdf", encrypted(text_pdf("x")), "鍵.pdf：[encrypted]", id="behind a password"),
        pytest.param("半分.pdf", table_pdf([[ROW]])[:700], "半分.pdf：[truncated]", id="half of a list"),
        pytest.param("おしらせ.txt", "お知らせです。\n".encode(), "おしらせ.txt：[", id="a text that is no list"),
    ],
)
def test_a_document_that_nobody_can_read_is_told_with_its_name_and_leaves_only_the_record_of_the_job(
    data: Path, name: str, content: bytes, said: str
) -> None:
    with opened(data) as client:
        browser = signed_in(client)
        page = over(browser, upload(browser, (name, content), year="2021"))
        assert said in text_of(page.text)
        assert "公開中のものは変わっていません" in page.text
    assert {Path(path).name for path in received_files(data)} == {
        "request.json",
        "result.json",
        "progress.jsonl",
        "log",
        "lock",
    }


@pytest.mark.parametrize("is_told_beforehand", [True, False])
def test_two_hundred_megabytes_are_refused_while_they_come_and_nothing_is_left(
    data: Path, is_told_beforehand: bool
) -> None:
    with opened(data) as client:
        browser = signed_in(client)
        before = received_files(data)
        head = (
            b'--edge\r\nContent-Disposition: form-data; name="csrf"\r\n\r\n'
            + csrf_in(browser.get(PATH).text).encode()
            + b'\r\n--edge\r\nContent-Disposition: form-data; name="year"\r\n\r\n2021\r\n'
            b'--edge\r\nContent-Disposition: form-data; name="files"; filename="a.pdf"\r\n\r\n%PDF-1.7\n'
        )

        def pieces() -> Iterator[bytes]:
            yield head
            for _ in range(200):
                yield bytes(MEGABYTE)
            yield b"\r\n--edge--\r\n"

        headers = {"content-type": "multipart/form-data; boundary=edge"}
        if is_told_beforehand:
            headers["content-length"] = str(300 * MEGABYTE)
        answer = browser.post(PATH, content=pieces(), headers=headers)
        assert answer.status_code == 413
        assert "MB" in text_of(answer.text)
        assert "ファイルは、もう一度選んでください" in answer.text
        assert received_files(data) == before
        assert not list((data / "incoming").glob("*"))
