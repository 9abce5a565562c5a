"""Files that administrators send: written as they come, refused in words at the first wrong byte, and nothing of them left."""

from __future__ import annotations

import asyncio
import hashlib
import io
import os
import resource
import time
import unicodedata
import zipfile
from collections.abc import AsyncIterator, Iterator, Mapping
from pathlib import Path

import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route
from starlette.testclient import TestClient
from starlette.types import Message
from tests.parsers.hostile import bomb, fat_font, paged, slow_font, words
from tests.pdfs import encrypted, picture_pdf, text_pdf

from tsunagari_site.admin.uploads import UploadLimits, UploadRefusedError, received, sweep_incoming

MEGABYTE = 1 << 20
PDF = text_pdf("一覧")
LIMITS = UploadLimits(file_bytes=2 * MEGABYTE)
EDGE = "edge-of-parts"


class NoTokenError(Exception):
    """What a caller's own check raises."""


def app(incoming: Path, limits: UploadLimits = LIMITS) -> Starlette:
    """A page that receives files and says what it got, while they are there."""

    def check(fields: Mapping[str, str]) -> None:
        if fields.get("csrf", "good") != "good":
            raise NoTokenError

    async def upload(request: Request) -> Response:
        try:
            async with received(request, incoming, limits, check) as got:
                return JSONResponse(
                    {
                        "fields": dict(got.fields),
                        "files": [[one.name, one.size, one.sha256] for one in got.files],
                        "whole": [hashlib.sha256(one.path.read_bytes()).hexdigest() for one in got.files],
                        "modes": [incoming.stat().st_mode & 0o777, got.files[0].path.parent.stat().st_mode & 0o777]
                        if got.files
                        else [],
                    }
                )
        except UploadRefusedError as error:
            return JSONResponse({"error": str(error)}, error.status)
        except NoTokenError:
            return JSONResponse({"error": "no token"}, 403)

    return Starlette(routes=[Route("/upload", upload, methods=["POST"])])


@pytest.fixture
def incoming(tmp_path: Path) -> Path:
    return tmp_path / "incoming"


@pytest.fixture
def client(incoming: Path) -> Iterator[TestClient]:
    with TestClient(app(incoming)) as client:
        yield client


def part(name: bytes, content: bytes, file_name: bytes | None = None) -> bytes:
    named = b"" if file_name is None else b'; filename="%s"\r\nContent-Type: application/pdf' % file_name
    return b'--%s\r\nContent-Disposition: form-data; name="%s"%s\r\n\r\n%s\r\n' % (
        EDGE.encode(), name, named, content,
    )  # fmt: skip


def form(*parts: bytes, end: bytes = b"--%s--\r\n" % EDGE.encode()) -> bytes:
    return b"".join(parts) + end


def send(client: TestClient, body: bytes) -> tuple[int, dict[str, object]]:
    answer = client.post("/upload", content=body, headers={"content-type": f"multipart/form-data; boundary={EDGE}"})
    return answer.status_code, answer.json()


def left(incoming: Path) -> list[str]:
    return sorted(str(path) for path in incoming.rglob("*")) if incoming.exists() else []


def test_files_are_there_with_their_names_and_hashes_until_the_answer_is_made(
    client: TestClient, incoming: Path
) -> None:
    text = "事業名：つながり\n".encode()
    status, got = send(
        client, form(part(b"year", b"2021"), part(b"files", PDF, "一覧.pdf".encode()), part(b"files", text, b"b.txt"))
    )
    hashes = [hashlib.sha256(PDF).hexdigest(), hashlib.sha256(text).hexdigest()]
    assert (status, got) == (
        200,
        {
            "fields": {"year": "2021"},
            "files": [["一覧.pdf", len(PDF), hashes[0]], ["b.txt", len(text), hashes[1]]],
            "whole": hashes,
            "modes": [0o700, 0o700],
        },
    )
    assert left(incoming) == []


def test_what_a_browsers_library_sends_is_understood_too(client: TestClient, incoming: Path) -> None:
    answer = client.post("/upload", data={"year": "2021"}, files={"files": ("令和３年度 一覧.pdf", PDF)})
    assert [one[0] for one in answer.json()["files"]] == ["令和３年度 一覧.pdf"]
    assert left(incoming) == []


def test_a_name_of_a_mac_is_the_name_that_everybody_else_writes(client: TestClient) -> None:
    name = unicodedata.normalize("NFD", "がんばるプログラム.pdf")
    assert send(client, form(part(b"files", PDF, name.encode())))[1]["files"][0][0] == "がんばるプログラム.pdf"  # type: ignore[index]


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("../../CURRENT.pdf", "「/」や「\\」"),
        ("/etc/passwd.pdf", "「/」や「\\」"),
        ("..\\..\\CURRENT.pdf", "「/」や「\\」"),
        ("C:\\list.pdf", "「/」や「\\」"),
        ("\\\\server\\list.pdf", "「/」や「\\」"),
        (".hidden.pdf", "「.」で始まって"),
        ("..", "「.」で始まって"),
        ("a\x00.pdf", "目に見えない文字"),
        ("a\x1b[2J.pdf", "目に見えない文字"),
        ("一覧\u202efdp.pdf", "見えない文字"),
        ("あ" * 197 + ".pdf", "200文字"),
        ("   ", "名前のない"),
        ("list.toml", ".pdf でも .txt でも"),
        ("list", ".pdf でも .txt でも"),
    ],
)
def test_a_name_that_could_lead_elsewhere_is_refused_and_not_mended(
    client: TestClient, incoming: Path, name: str, said: str
) -> None:
    status, got = send(client, form(part(b"files", PDF, b"good.pdf"), part(b"files", PDF, name.encode())))
    assert (status, said in str(got["error"])) == (400, True), got
    assert str(got["error"]).isprintable()
    assert left(incoming) == []


def test_the_longest_name_is_taken_for_it_is_never_a_name_on_the_disk(client: TestClient) -> None:
    name = "あ" * 196 + ".pdf"
    assert send(client, form(part(b"files", PDF, name.encode())))[1]["files"][0][0] == name  # type: ignore[index]


def zipped() -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as file:
        file.writestr("a.pdf", PDF)  # Not packed: the PDF's own first bytes stand within reach.
    return buffer.getvalue()


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        (b"list.pdf", b"", "空のファイル"),
        (b"list.pdf", zipped(), "ZIPか、ExcelやWordのファイル"),
        (b"list.pdf", b"MZ\x90\x00" + b"\0" * 3000, "プログラム"),
        (b"list.pdf", b"<!doctype html><title>404</title>", "ウェブページ"),
        (b"list.txt", b"\xef\xbb\xbf\r\n<html>", "ウェブページ"),
        (b"list.pdf", b"\x89PNG\r\n\x1a\n" + b"\0" * 3000, "画像"),
        (b"list.pdf", "事業名：つながり".encode(), "PDFではありません"),
        (b"list.pdf", b" " * 1024 + PDF, "PDFではありません"),
        (b"list.txt", PDF, "中身はPDFです"),
        (b"list.txt", "事業名：つながり".encode("cp932"), "UTF-8のテキストではありません"),
        (b"list.txt", "あ".encode()[:2], "UTF-8のテキストではありません"),
        (b"list.txt", b"a" * 5000 + b"\0", "目に見えない文字"),
    ],
)
def test_what_is_no_pdf_and_no_text_is_refused_by_its_bytes(
    client: TestClient, incoming: Path, name: bytes, content: bytes, said: str
) -> None:
    status, got = send(client, form(part(b"files", PDF, b"good.pdf"), part(b"files", content, name)))
    assert (status, said in str(got["error"]), name.decode() in str(got["error"])) == (400, True, True), got
    assert left(incoming) == []


@pytest.mark.parametrize(
    "content",
    [
        pytest.param(paged([b"BT ET"], {1: fat_font()}), id="gigabytes from a kilobyte"),
        pytest.param(paged([b"BT ET"], {1: slow_font()}), id="minutes from a megabyte"),
        pytest.param(paged([bomb(64)]), id="a bomb"),
        pytest.param(encrypted(text_pdf("x")), id="behind a password"),
        pytest.param(picture_pdf(), id="a scan"),
        pytest.param(paged([words(b"x")])[:300], id="cut off"),
    ],
)
def test_a_pdf_made_to_harm_is_taken_as_bytes_and_read_by_nobody_here(
    client: TestClient, incoming: Path, content: bytes
) -> None:
    began = time.process_time()
    status, got = send(client, form(part(b"files", content, b"list.pdf")))
    assert (status, got["whole"]) == (200, [hashlib.sha256(content).hexdigest()])
    assert time.process_time() - began < 2
    assert left(incoming) == []


def test_bytes_that_come_one_at_a_time_give_the_same(client: TestClient, incoming: Path) -> None:
    body = form(part(b"csrf", b"good"), part(b"files", PDF, "一覧.pdf".encode()))
    answer = client.post(
        "/upload",
        content=(body[at : at + 1] for at in range(len(body))),
        headers={"content-type": f"multipart/form-data; boundary={EDGE}"},
    )
    assert answer.json()["whole"] == [hashlib.sha256(PDF).hexdigest()]
    assert left(incoming) == []


@pytest.mark.parametrize(
    "body",
    [
        pytest.param(form(part(b"files", PDF, b"a.pdf"))[:-40], id="in a file"),
        pytest.param(form(part(b"files", PDF, b"a.pdf"), end=b""), id="before the end"),
        pytest.param(form(part(b"files", PDF, b"a.pdf"))[:60], id="in a header"),
        pytest.param(b"", id="nothing at all"),
    ],
)
def test_a_form_that_ends_too_early_is_refused(client: TestClient, incoming: Path, body: bytes) -> None:
    assert send(client, body)[0] == 400
    assert left(incoming) == []


@pytest.mark.parametrize(
    ("body", "status"),
    [
        pytest.param(b"what is this", 400, id="no form"),
        pytest.param(b"--%s\r\nX: y\r\n\r\n1\r\n--%s--\r\n" % (EDGE.encode(), EDGE.encode()), 400, id="no name"),
        pytest.param(form(part(b"f", PDF, b'a.pdf"; filename="../b.pdf')), 400, id="two names"),
        pytest.param(form(part(b"f", PDF, b"")), 400, id="a file without a name"),
        pytest.param(form(part(b"f", PDF, b"\xff\xfe.pdf")), 400, id="a name in no encoding"),
        pytest.param(form(part(b"note", b"\xff")), 400, id="a field in no encoding"),
        pytest.param(form(part(b"note", b"x" * 10_001)), 400, id="a field that is too long"),
        pytest.param(form(*[part(b"n%d" % n, b"x") for n in range(41)]), 400, id="too many fields"),
        pytest.param(form(*[part(b"f", PDF, b"%d.pdf" % n) for n in range(11)]), 400, id="too many files"),
        pytest.param(form(part(b"f", PDF, b"a.pdf"), part(b"f", PDF, b"a.pdf")), 400, id="one name twice"),
        pytest.param(form(part(b"csrf", b"bad"), part(b"f", PDF, b"a.pdf")), 403, id="refused by the caller"),
    ],
)
def test_a_form_that_is_none_of_ours_is_refused_in_words(
    client: TestClient, incoming: Path, body: bytes, status: int
) -> None:
    answered, got = send(client, body)
    assert (answered, bool(got["error"])) == (status, True)
    assert left(incoming) == []


def test_ten_files_are_taken_and_a_file_field_in_which_nobody_chose_one_is_none(client: TestClient) -> None:
    parts = [part(b"f", PDF, b"%d.pdf" % number) for number in range(10)]
    assert len(send(client, form(*parts))[1]["files"]) == 10  # type: ignore[arg-type]
    assert send(client, form(part(b"f", b"", b"")))[1]["files"] == []


def test_a_type_that_is_no_form_is_refused(client: TestClient) -> None:
    for kind in ("application/pdf", "multipart/form-data", "multipart/mixed; boundary=x"):
        assert client.post("/upload", content=PDF, headers={"content-type": kind}).status_code == 400


def received_of(
    incoming: Path, body: AsyncIterator[bytes], limits: UploadLimits, length: int | None = None
) -> tuple[str, int]:
    """What becomes of a body that comes in pieces: the refusal and its status. An early end is a disconnect."""

    async def receive() -> Message:
        try:
            return {"type": "http.request", "body": await anext(body), "more_body": True}
        except StopAsyncIteration:
            return {"type": "http.disconnect"}

    async def run() -> tuple[str, int]:
        headers = [(b"content-type", b"multipart/form-data; boundary=" + EDGE.encode())]
        if length is not None:
            headers.append((b"content-length", str(length).encode()))
        request = Request({"type": "http", "method": "POST", "path": "/", "headers": headers}, receive)
        try:
            async with received(request, incoming, limits):
                return "", 200
        except UploadRefusedError as error:
            return str(error), error.status

    return asyncio.run(run())


def test_two_hundred_megabytes_are_refused_as_soon_as_they_are_too_many_and_never_held_in_memory(
    incoming: Path,
) -> None:
    sent = most = 0
    piece = os.urandom(MEGABYTE)

    async def body() -> AsyncIterator[bytes]:
        nonlocal sent, most
        yield part(b"files", b"%PDF-1.7\n" + b" " * 2000, b"big.pdf")[:-2]
        for _ in range(200):
            sent += len(piece)
            yield piece
            most = max(most, sum(path.stat().st_size for path in incoming.rglob("*") if path.is_file()))

    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    limits = UploadLimits(file_bytes=50 * MEGABYTE, all_bytes=300 * MEGABYTE)
    said, status = received_of(incoming, body(), limits)
    assert (status, "big.pdf" in said, "50MB" in said) == (413, True, True)
    # It was written while it came, and not read on.
    assert 40 * MEGABYTE < most <= 50 * MEGABYTE
    assert sent <= 51 * MEGABYTE
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 20 * 1024
    assert left(incoming) == []


def test_who_says_beforehand_that_it_is_too_much_is_not_read_at_all(incoming: Path) -> None:
    asked = False

    async def body() -> AsyncIterator[bytes]:
        nonlocal asked
        asked = True
        yield b""

    assert received_of(incoming, body(), LIMITS, length=200 * MEGABYTE)[1] == 413
    assert not asked
    assert left(incoming) == []


def test_files_that_are_small_alone_and_too_much_together_are_refused(incoming: Path) -> None:
    async def body() -> AsyncIterator[bytes]:
        for number in range(3):
            yield part(b"f", PDF + b" " * (MEGABYTE - len(PDF)), b"%d.pdf" % number)
        yield form()

    said, status = received_of(incoming, body(), UploadLimits(file_bytes=MEGABYTE, all_bytes=2 * MEGABYTE))
    assert (status, "全部で2MB" in said) == (413, True)
    assert left(incoming) == []


def test_a_line_that_breaks_in_the_middle_leaves_nothing(incoming: Path) -> None:
    seen: list[str] = []

    async def body() -> AsyncIterator[bytes]:
        yield part(b"files", PDF, b"a.pdf") + part(b"files", PDF, b"b.pdf")[:-50]
        seen.extend(left(incoming))

    said, _ = received_of(incoming, body(), LIMITS)
    assert "途中までしか届きませんでした" in said
    assert len(seen) == 3  # The folder, a whole file, and half of one.
    assert left(incoming) == []


def test_a_folder_that_cannot_be_written_is_told(incoming: Path, client: TestClient) -> None:
    incoming.write_bytes(b"")
    status, got = send(client, form(part(b"files", PDF, b"a.pdf")))
    assert (status, "受け取れません" in str(got["error"])) == (500, True)


def test_what_a_crash_left_is_removed_after_a_day_and_what_is_coming_in_stays(incoming: Path) -> None:
    for name, hours in (("old", 25), ("new", 1)):
        (incoming / name).mkdir(parents=True)
        (incoming / name / "1").write_bytes(PDF)
        then = time.time() - hours * 3600
        os.utime(incoming / name, (then, then))
    assert sweep_incoming(incoming) == 1
    assert [path.name for path in incoming.iterdir()] == ["new"]
    assert sweep_incoming(incoming / "away") == 0
