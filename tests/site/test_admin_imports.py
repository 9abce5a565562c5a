"""An administrator sends lists, sees how far they are and what became of them, and is told in words what cannot be taken."""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator, Sequence
from dataclasses import replace
from html import unescape
from pathlib import Path

import pytest
from httpx2 import Response
from starlette.testclient import TestClient
from tests.admin_walks import NAME, Clock, admin_client, another, csrf_in, send, signed_in, with_accounts
from tests.pdfs import table_pdf, text_pdf
from tests.site_walks import text_of

from tsunagari_crawler.sources import SOURCES
from tsunagari_indexer.review import newest
from tsunagari_indexer.workspace import Workspace
from tsunagari_parsers.errors import NoTextLayerError
from tsunagari_parsers.layouts import LAYOUTS
from tsunagari_site.admin.import_form import SERIES, fiscal_year_of, in_both_ways
from tsunagari_site.admin.import_views import on_the_form
from tsunagari_site.admin.jobs import (
    EditionFields,
    ImportedCounts,
    ImportResult,
    Job,
    JobKind,
    JobProgress,
    JobRefusedError,
    JobRequest,
    JobState,
)
from tsunagari_site.admin.uploads import UploadLimits

PATH = "/admin/imports"
MEGABYTE = 1 << 20
PDF = text_pdf("一覧")
BUSY = "いま別の取り込みが動いています。終わってから、もう一度はじめてください"
COUNTS = ImportedCounts(
    name="一覧.pdf",
    fiscal_year=2021,
    layout="national_list",
    pages=3,
    rows_seen=20,
    programs=18,
    measures=0,
    networks=0,
    desks=0,
    skipped=2,
    pictures=17,
    withheld=1,
    line="一覧.pdf：2021年度「national_list」3ページ、20行のうち事業18件、除いた行2",
    details=("除いた行：2ページ 4行目（小計の行）小計 120", "行の画像：17枚、公開できないので作らない行1"),
)
RESULT = ImportResult(
    generation="8_abcdef",
    documents=(COUNTS,),
    replaced=("古い一覧.pdf（2021年度、3fa9c1d2e4b5…）",),
    findings=(
        "要確認 一覧.pdf（2ページ）：[phone-digits] 電話番号のけた数が合いません",
        "参考 一覧.pdf（3ページ）：[x] 参考です",
    ),
    all_documents=2,
    programs=36,
    others=4,
    must_look=1,
)


class FakeJobs:
    """Jobs that do nothing; what becomes of them is said by the test. Of the files it keeps the bytes."""

    def __init__(self) -> None:
        self.jobs: list[Job] = []
        self.contents: list[list[bytes]] = []
        self.refusal = ""

    def start(self, request: JobRequest, files: Sequence[Path] = ()) -> Job:
        if self.refusal:
            raise JobRefusedError(self.refusal)
        if any(not job.state.is_over for job in self.jobs):
            raise JobRefusedError(BUSY)
        self.contents.append([path.read_bytes() for path in files])
        for path in files:
            path.unlink()
        return self.add(request)

    def add(self, request: JobRequest, **changes: object) -> Job:
        number = len(self.jobs) + 1
        job = Job(f"20261103T0123456789{number:02}Z-0123456789abcdef", request, JobState.WAITING)
        self.jobs.append(replace(job, **changes))  # type: ignore[arg-type]
        return self.jobs[-1]

    def become(self, **changes: object) -> Job:
        self.jobs[-1] = replace(self.jobs[-1], **changes)  # type: ignore[arg-type]
        return self.jobs[-1]

    def get(self, job_id: str) -> Job | None:
        return next((job for job in self.jobs if job.id == job_id), None)

    def list(self) -> tuple[Job, ...]:
        return tuple(reversed(self.jobs))

    def sweep(self) -> None:
        """Nothing is left behind."""


@pytest.fixture(scope="module")
def prepared(published: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("imports") / "data"
    shutil.copytree(published, root)
    return with_accounts(root)


@pytest.fixture
def root(prepared: Path, tmp_path: Path) -> Path:
    root = tmp_path / "data"
    shutil.copytree(prepared, root)
    return root


@pytest.fixture
def jobs() -> FakeJobs:
    return FakeJobs()


@pytest.fixture
def browser(root: Path, jobs: FakeJobs) -> Iterator[TestClient]:
    limits = UploadLimits(file_bytes=2 * MEGABYTE, files=3)
    with admin_client(root, Clock(), jobs=jobs, upload_limits=limits) as client:
        yield signed_in(client)


def upload(client: TestClient, *files: tuple[str, bytes], csrf: str | None = None, **fields: str) -> Response:
    token = csrf_in(client.get(PATH).text) if csrf is None else csrf
    sent = {"csrf": token, "year": "2021", **fields}
    return client.post(PATH, data=sent, files=[("files", (name, content)) for name, content in files])


def left(root: Path) -> list[str]:
    """What lies in the data folder, the ledger apart: it notes when a session was used."""
    return sorted(
        str(path.relative_to(root))
        for path in root.rglob("*")
        if path.is_file() and not path.name.startswith("ledger.sqlite")
    )


def alert(answer: Response) -> str:
    found = re.search(r'<p class="problem" role="alert">(.*?)</p>', answer.text, re.DOTALL)
    return unescape(found[1]) if found else ""


def asked(kind: JobKind = JobKind.IMPORT) -> JobRequest:
    return JobRequest(kind, NAME, "2026-11-20T03:00:00+00:00")


# Sending.


def test_what_was_sent_becomes_a_job_in_the_accounts_name_and_leads_to_its_page(
    browser: TestClient, jobs: FakeJobs, root: Path
) -> None:
    text = "事業名：つながり\n".encode()
    before = left(root)
    answer = upload(
        browser,
        ("令和３年度 一覧.pdf", PDF),
        ("調書.txt", text),
        series="national_list",
        part=" 東日本 ",
        title="令和３年度 実施事業一覧",
        publisher="内閣府男女共同参画局",
        url="https://www.gender.go.jp/x.html",
        licence="PDL1.0",
    )
    (job,) = jobs.jobs
    assert (answer.status_code, answer.headers["location"]) == (303, f"{PATH}/{job.id}?done=started")
    assert (job.request.kind, job.request.who, job.request.at) == (JobKind.IMPORT, NAME, "2026-11-20T03:00:00+00:00")
    assert [(one.name, one.size) for one in job.request.files] == [
        ("令和３年度 一覧.pdf", len(PDF)),
        ("調書.txt", len(text)),
    ]
    assert job.request.edition == EditionFields(
        2021,
        "national_list",
        "東日本",
        "令和３年度 実施事業一覧",
        "内閣府男女共同参画局",
        "https://www.gender.go.jp/x.html",
        "PDL1.0",
    )
    assert jobs.contents == [[PDF, text]]
    assert left(root) == before
    page = text_of(browser.get(answer.headers["location"]).text)
    for said in ("はじめました。", "2021年度（令和3年度）", "国の交付金の事業一覧", "東日本", "調書.txt", NAME):
        assert said in page


def test_fields_left_empty_say_nothing(browser: TestClient, jobs: FakeJobs) -> None:
    assert upload(browser, ("一覧.pdf", PDF), series="", part="", title="", publisher="", url="").status_code == 303
    assert jobs.jobs[0].request.edition == EditionFields(year=2021, licence="unknown")
    assert jobs.jobs[0].request.ocr is False


@pytest.mark.parametrize(
    ("field", "typed", "said"),
    [
        ("year", "", "何年度の一覧かを選んでください"),
        ("year", "3", "年度は1990〜2100の西暦にしてください（令和3年度は2021）。送られた値：3"),
        ("year", "2101", "送られた値：2101"),
        ("year", "<b>", "送られた値：<b>"),
        ("series", "../x", "一覧の種類を、ここから選んでください"),
        ("licence", "mine", "利用条件を、ここから選んでください"),
        ("url", "javascript:alert(1)", "https:// か http:// で始まるアドレスを入れてください"),
        ("url", "https://", "https:// か http:// で始まるアドレスを入れてください"),
        ("title", "あ" * 301, "300文字までにしてください"),
    ],
)
def test_a_field_that_cannot_be_used_is_told_beside_it_and_what_was_typed_stays(
    browser: TestClient, jobs: FakeJobs, root: Path, *, field: str, typed: str, said: str
) -> None:
    before = left(root)
    typed_else = {"publisher": "高崎市 <男女>", "part": "高崎", "year": "2022", "licence": "CC-BY-4.0"}
    answer = upload(browser, ("一覧.pdf", PDF), **(typed_else | {field: typed}))
    assert answer.status_code == 400
    assert alert(answer) == "入力を確かめてください。ファイルは、もう一度選んでください。"
    found = re.search(rf'<span class="wrong" id="{field}-wrong">(.*?)</span>', answer.text)
    assert found, answer.text
    assert said in unescape(found[1])
    assert f'aria-describedby="{field}-wrong {field}-help"' in answer.text
    assert 'value="高崎市 &lt;男女&gt;"' in answer.text
    assert 'value="高崎"' in answer.text
    if field not in {"year"}:
        assert '<option value="2022" selected>' in answer.text
    if field != "licence":
        assert '<option value="CC-BY-4.0" selected>' in answer.text
    assert (jobs.jobs, left(root)) == ([], before)


def test_a_form_without_its_token_is_refused_before_a_file_is_kept(
    browser: TestClient, jobs: FakeJobs, root: Path
) -> None:
    before = left(root)
    answer = upload(browser, ("一覧.pdf", PDF), csrf="0" * 64)
    assert answer.status_code == 403
    assert "ページを開き直して" in answer.text
    # With the token only after the files it comes too late, too.
    token = csrf_in(browser.get(PATH).text)
    body = b"".join(
        b'--edge\r\nContent-Disposition: form-data; name="%s"\r\n\r\n%s\r\n' % (name, value)
        for name, value in (
            (b'files"; filename="a.pdf', PDF),
            (b"year", b"2021"),
            (b"csrf", token.encode()),
        )
    )
    late = browser.post(
        PATH, content=body + b"--edge--\r\n", headers={"content-type": "multipart/form-data; boundary=edge"}
    )
    assert late.status_code == 403
    assert (jobs.jobs, left(root)) == ([], before)


@pytest.mark.parametrize(
    ("name", "content", "status", "said"),
    [
        pytest.param(
            "一覧.pdf", b"%PDF-1.7\n" + bytes(3 * MEGABYTE), 413, "「一覧.pdf」は大きすぎます", id="too large"
        ),
        pytest.param("一覧.pdf", b"", 400, "「一覧.pdf」は空のファイルです", id="empty"),
        pytest.param("一覧.pdf", b"PK\x03\x04" + bytes(2000), 400, "「一覧.pdf」の中身はZIPか、", id="a zip"),
        pytest.param("一覧.pdf", "ただの文".encode() * 400, 400, "「一覧.pdf」の中身はPDFではありません", id="no pdf"),
        pytest.param(
            "一覧.txt", "窓口".encode("cp932"), 400, "「一覧.txt」はUTF-8のテキストではありません", id="cp932"
        ),
        pytest.param("一覧.xlsx", PDF, 400, "「一覧.xlsx」は、ファイルの名前の", id="a name of no kind"),
        pytest.param("../../一覧.pdf", PDF, 400, "「/」や「\\」があります", id="a way up"),
        pytest.param("..\\一覧.pdf", PDF, 400, "「/」や「\\」があります", id="a way up on windows"),
        pytest.param(".一覧.pdf", PDF, 400, "「.」で始まっています", id="hidden"),
    ],
)
def test_a_file_that_is_not_taken_is_named_with_why_and_nothing_of_it_is_left(
    browser: TestClient, jobs: FakeJobs, root: Path, *, name: str, content: bytes, status: int, said: str
) -> None:
    before = left(root)
    answer = upload(browser, ("よい一覧.pdf", PDF), (name, content), publisher="高崎市")
    assert answer.status_code == status
    assert said in alert(answer)
    assert alert(answer).endswith("。ファイルは、もう一度選んでください。")
    assert 'value="高崎市"' in answer.text
    assert '<option value="2021" selected>' in answer.text
    assert (jobs.jobs, left(root)) == ([], before)


def test_an_upload_that_breaks_off_leaves_nothing_and_says_so(browser: TestClient, jobs: FakeJobs, root: Path) -> None:
    before = left(root)
    token = csrf_in(browser.get(PATH).text).encode()
    body = (
        b'--edge\r\nContent-Disposition: form-data; name="csrf"\r\n\r\n' + token + b"\r\n"
        b'--edge\r\nContent-Disposition: form-data; name="year"\r\n\r\n2021\r\n'
        b'--edge\r\nContent-Disposition: form-data; name="files"; filename="a.pdf"\r\n\r\n' + PDF[:300]
    )
    answer = browser.post(PATH, content=body, headers={"content-type": "multipart/form-data; boundary=edge"})
    assert answer.status_code == 400
    assert "途中までしか届きませんでした" in alert(answer)
    assert (jobs.jobs, left(root)) == ([], before)


def test_without_a_file_nothing_begins_and_the_sentence_stands_beside_the_field(
    browser: TestClient, jobs: FakeJobs
) -> None:
    token = csrf_in(browser.get(PATH).text)
    answer = browser.post(PATH, data={"csrf": token, "year": "2022"}, files=[("files", ("", b""))])
    assert (answer.status_code, jobs.jobs) == (400, [])
    assert '<span class="wrong" id="files-wrong">取り込むファイルを選んでください</span>' in answer.text
    assert '<option value="2022" selected>' in answer.text


def test_what_the_jobs_themselves_refuse_is_told_and_what_was_typed_stays(
    browser: TestClient, jobs: FakeJobs, root: Path
) -> None:
    before = left(root)
    jobs.refusal = "取り込みを始められません。ディスクに書けません"
    answer = upload(browser, ("一覧.pdf", PDF), year="2022")
    assert (answer.status_code, alert(answer)) == (400, f"{jobs.refusal}。")
    assert '<option value="2022" selected>' in answer.text
    assert left(root) == before


def test_while_one_runs_a_second_is_refused_with_the_way_to_the_first(
    browser: TestClient, jobs: FakeJobs, root: Path
) -> None:
    first = jobs.add(asked(), state=JobState.RUNNING)
    before = left(root)
    assert f'href="{PATH}/{first.id}">様子を見る' in browser.get(PATH).text
    for answer in (
        upload(browser, ("一覧.pdf", PDF), title="題"),
        send(browser, f"{PATH}/rebuild", PATH),
    ):
        assert (answer.status_code, alert(answer)) == (409, f"{BUSY}。")
        assert f'href="{PATH}/{first.id}">様子を見る' in answer.text
    assert ([job.id for job in jobs.jobs], left(root)) == ([first.id], before)
    jobs.become(state=JobState.DONE, result=RESULT)
    assert "様子を見る" not in browser.get(PATH).text
    assert upload(browser, ("一覧.pdf", PDF)).status_code == 303


def test_nobody_else_can_send_or_see_anything(browser: TestClient, jobs: FakeJobs, root: Path) -> None:
    job = jobs.add(asked())
    stranger = another(browser)
    before = left(root)
    for path in (PATH, f"{PATH}/{job.id}"):
        assert stranger.get(path).headers["location"].startswith("/admin/sign-in")
    answer = stranger.post(PATH, data={"csrf": "x", "year": "2021"}, files=[("files", ("一覧.pdf", PDF))])
    assert (answer.status_code, answer.headers["location"]) == (303, "/admin/sign-in")
    foreign = browser.post(
        PATH, data={"csrf": "x"}, files=[("files", ("a.pdf", PDF))], headers={"origin": "https://evil.example"}
    )
    assert foreign.status_code == 403
    assert left(root) == before


# The form.


def test_the_form_asks_for_the_year_in_both_ways_and_puts_token_and_fields_before_the_files(
    browser: TestClient,
) -> None:
    page = browser.get(PATH).text
    names = re.findall(r' name="(\w+)"', page.partition('enctype="multipart/form-data"')[2].partition("</form>")[0])
    assert (names[0], names[-1]) == ("csrf", "files")
    assert '<option value="2021">2021年度（令和3年度）</option>' in page
    # November 2026 is in the fiscal year 2026; next year's list may be out early.
    years = re.findall(r'<option value="(\d{4})"', page)
    assert (years[0], years[-1]) == ("2027", "1990")
    for name in ("year", "series", "part", "title", "publisher", "url", "licence", "files"):
        assert f'<label for="{name}">' in page
        assert f'id="{name}-help"' in page
    assert "1つ2MBまで、全部で3個、4MBまで" in page
    assert "公開するまで、いまのページは変わりません" in page


def test_every_kind_of_list_that_can_be_read_or_fetched_has_a_plain_name() -> None:
    assert set(SERIES) == {one.series for one in LAYOUTS} | {one.series for one in SOURCES.values()}


@pytest.mark.parametrize(
    ("text", "year"),
    [
        ("2021", 2021),
        ("２０２１年度", 2021),
        ("令和3年度", 2021),
        ("令和元年", 2019),
        ("令和 ８", 2026),
        ("平成31年度", 2019),
        ("3", None),
        ("昭和64", None),
        ("2021-2022", None),
        ("", None),
    ],
)
def test_a_fiscal_year_is_understood_as_people_write_it(text: str, year: int | None) -> None:
    assert fiscal_year_of(text) == year


def test_a_year_stands_in_both_ways() -> None:
    assert (in_both_ways(2021), in_both_ways(2019), in_both_ways(2018)) == (
        "2021年度（令和3年度）",
        "2019年度（令和元年度）",
        "2018年度（平成30年度）",
    )


@pytest.mark.parametrize("can", [True, False])
def test_pictures_can_be_read_only_where_the_program_for_it_is(root: Path, jobs: FakeJobs, can: bool) -> None:
    with admin_client(root, Clock(), jobs=jobs, ocr=can) as client:
        browser = signed_in(client)
        page = browser.get(PATH).text
        assert ('name="ocr"' in page) is can
        assert ("文字認識が使えない" in page) is not can
        upload(browser, ("一覧.pdf", PDF), ocr="1")
        assert jobs.jobs[0].request.ocr is can


def test_without_jobs_the_page_shows_what_is_there_and_starts_nothing(root: Path) -> None:
    with admin_client(root, Clock()) as client:
        browser = signed_in(client)
        page = browser.get(PATH).text
        assert "ここから取り込めません" in page
        assert "multipart/form-data" not in page
        token = csrf_in(page)
        assert browser.post(f"{PATH}/rebuild", data={"csrf": token}).status_code == 503
        assert browser.post(PATH, data={"csrf": token}, files=[("files", ("a.pdf", PDF))]).status_code == 503


# What is there.


def test_the_documents_stand_with_year_publisher_origin_counts_and_whether_they_are_old(
    browser: TestClient, root: Path
) -> None:
    page = browser.get(PATH).text
    section = text_of(page.partition('id="documents"')[2].partition("</section>")[0])
    for said in (
        "世代1（公開しています）に、文書が1件あります",
        "令和３年度 地域女性活躍推進交付金（つながりサポート型）実施事業一覧",
        "2021年度（令和3年度）",
        "内閣府男女共同参画局",
        "national-list-r3.pdf",
        "古い一覧です",
        "1年半より前の一覧が1件あります",
    ):
        assert said in section, said
    (document,) = Workspace(root).base_documents()
    with newest(Workspace(root)) as generation:
        records = generation.documents[document.sha256].records
        programs = sum(one.is_program for one in generation.all_listings())
    assert records >= programs > 50
    assert f"読んだ件数 {records}件 出る事業 {programs}件 要確認の指摘 ありません" in section, section
    assert re.search(r'<a href="https://www.gender.go.jp/[^"]*" rel="noreferrer noopener">', page)


def test_a_newer_edition_begins_with_what_stays_from_year_to_year(browser: TestClient, root: Path) -> None:
    (document,) = Workspace(root).base_documents()
    page = browser.get(PATH).text
    assert f'href="{PATH}?next={document.sha256[:16]}#new"' in page
    form = browser.get(PATH, params={"next": document.sha256[:16]}).text
    assert 'value="national_list" selected' in form
    assert 'value="PDL1.0" selected' in form
    assert 'value="内閣府男女共同参画局"' in form
    assert not re.search(r'<option value="\d{4}" selected', form)
    assert 'id="title" name="title" type="text" maxlength="300" value=""' in form
    assert "の新しい版として" in form
    assert "の新しい版として" not in browser.get(PATH, params={"next": "0" * 16}).text


def test_an_empty_folder_and_a_damaged_generation_are_told(tmp_path: Path, root: Path, jobs: FakeJobs) -> None:
    with admin_client(with_accounts(tmp_path / "empty"), Clock(), jobs=jobs) as client:
        page = signed_in(client).get(PATH)
        assert page.status_code == 200
        assert "まだ何も取り込んでいません" in page.text
        assert "/admin/imports/rebuild" not in page.text
    for path in (root / "generations").iterdir():
        path.write_bytes(b"no database at all")
    with admin_client(root, Clock(), jobs=jobs) as client:
        page = signed_in(client).get(PATH)
        assert page.status_code == 200
        assert "いまの世代のファイルを読めません" in page.text
        assert "/admin/imports/rebuild" in page.text


def test_rebuilding_is_a_job_without_files(browser: TestClient, jobs: FakeJobs) -> None:
    answer = send(browser, f"{PATH}/rebuild", PATH)
    assert (answer.status_code, answer.headers["location"]) == (303, f"{PATH}/{jobs.jobs[0].id}?done=started")
    assert (jobs.jobs[0].request, jobs.contents) == (asked(JobKind.REINDEX), [[]])
    assert browser.post(f"{PATH}/rebuild", data={"csrf": "x"}).status_code == 403


# A job's page.


@pytest.mark.parametrize(
    ("progress", "said"),
    [
        (JobProgress(), "準備しています。"),
        (JobProgress(("一覧.pdf",)), "送られた文書2件のうち1件目「一覧.pdf」を読んでいます。"),
        (JobProgress(("一覧.pdf", "調書.txt")), "送られた文書2件のうち2件目「調書.txt」を読んでいます。"),
        (
            JobProgress(("一覧.pdf", "調書.txt", "去年.pdf")),
            "前からある文書1件のうち1件目「去年.pdf」を読み直しています。",
        ),
        (
            JobProgress(("一覧.pdf", "調書.txt"), "一覧.pdf", 12, 40),
            "「一覧.pdf」の行の画像を作っています（40行のうち12行）。",
        ),
    ],
)
def test_a_running_job_says_where_it_is_and_renews_itself_until_it_is_over(
    browser: TestClient, jobs: FakeJobs, progress: JobProgress, said: str
) -> None:
    upload(browser, ("一覧.pdf", PDF), ("調書.txt", "文\n".encode()))
    job = jobs.become(state=JobState.RUNNING, progress=progress)
    answer = browser.get(f"{PATH}/{job.id}")
    assert (answer.status_code, answer.headers["refresh"]) == (200, "3")
    assert said in text_of(answer.text)
    assert "閉じても、取り込みは続きます" in answer.text
    jobs.become(state=JobState.DONE, result=RESULT)
    over = browser.get(f"{PATH}/{job.id}")
    assert "refresh" not in over.headers
    assert "数秒ごとに新しく" not in over.text


def test_a_job_that_is_done_tells_all_that_the_command_tells(browser: TestClient, jobs: FakeJobs) -> None:
    job = jobs.add(
        asked(), state=JobState.DONE, result=replace(RESULT, failures=("だめ.pdf：[truncated] 途中で切れています",))
    )
    page = text_of(browser.get(f"{PATH}/{job.id}").text)
    for said in (
        "一覧.pdf：2021年度、3ページ、20行のうち事業18件、除いた行2",
        *COUNTS.details,
        *RESULT.replaced,
        *RESULT.findings,
        "だめ.pdf：[truncated] 途中で切れています",
        "世代8を作りました（文書2、事業36、計画の取り組みやネットワーク4）。",
        "確かめる必要のある指摘が 1件 あります。",
        "次のものは取り込めませんでした。ほかは取り込みました。",
    ):
        assert said in page, said
    assert "national_list" not in page, "a name for developers"


def test_the_way_leads_on_only_while_the_generation_waits(browser: TestClient, jobs: FakeJobs, root: Path) -> None:
    job = jobs.add(asked(), state=JobState.DONE, result=RESULT)
    assert "もう公開を待っていません" in browser.get(f"{PATH}/{job.id}").text
    workspace = Workspace(root)
    path = root / "二.pdf"
    path.write_bytes(table_pdf([[("群馬県", "高崎市", "つながり事業", "電話相談を行う。", "市民課", "027-321-1111")]]))
    from tsunagari.importing import EditionOptions, import_documents

    staged = import_documents(workspace, [path], EditionOptions(year=2022)).staged
    assert staged is not None
    jobs.become(result=replace(RESULT, generation=staged.name))
    page = browser.get(f"{PATH}/{job.id}").text
    assert "もう公開を待っていません" not in page
    assert "まだ公開していません" in page
    assert "（公開を待っています）" in browser.get(PATH).text


def test_the_same_again_is_told(browser: TestClient, jobs: FakeJobs) -> None:
    job = jobs.add(asked(), state=JobState.DONE, result=ImportResult(documents=(COUNTS,), unchanged=True))
    assert "前に取り込んだものと同じです。変わったところはありません。" in browser.get(f"{PATH}/{job.id}").text
    assert "前と同じです" in browser.get(PATH).text


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        (
            {"state": JobState.INTERRUPTED, "message": "途中で止まりました。公開中のものは変わっていません。"},
            ("途中で止まりました。公開中のものは変わっていません。", "取り込みのページから、もう一度送ってください"),
        ),
        (
            {"state": JobState.FAILED, "result": ImportResult(failures=("半分.pdf：[truncated] 切れています",))},
            ("半分.pdf：[truncated] 切れています", "公開中のものは変わっていません", "理由を直してから"),
        ),
        (
            {"state": JobState.FAILED, "message": "思いがけない不具合で止まりました"},
            ("思いがけない不具合で止まりました", "この画面を見せてください"),
        ),
    ],
)
def test_a_job_that_did_not_end_well_says_why_and_what_to_do(
    browser: TestClient, jobs: FakeJobs, changes: dict[str, object], said: tuple[str, ...]
) -> None:
    job = jobs.add(asked(), **changes)
    answer = browser.get(f"{PATH}/{job.id}")
    assert "refresh" not in answer.headers
    for sentence in said:
        assert sentence in text_of(answer.text)
    assert f'href="{PATH}"' in answer.text


def test_sentences_of_the_command_name_no_option_of_it_on_the_page(browser: TestClient, jobs: FakeJobs) -> None:
    sentence = str(NoTextLayerError("絵.pdf", "文字がありません"))
    assert "--ocr" in sentence
    assert "--" not in on_the_form(sentence)
    job = jobs.add(asked(), state=JobState.FAILED, result=ImportResult(failures=(sentence,)))
    assert "「画像のページを文字認識で読む」を選んで" in browser.get(f"{PATH}/{job.id}").text


@pytest.mark.parametrize("name", ["x", "%2e%2e%2fledger.sqlite", "20261103T012345678901Z-0123456789abcdef"])
def test_a_job_that_is_not_there_is_not_found(browser: TestClient, name: str) -> None:
    answer = browser.get(f"{PATH}/{name}")
    assert answer.status_code == 404
    assert ("管理のページ" in answer.text, "ありません" in answer.text) == (True, True)


def test_the_jobs_stand_newest_first_with_what_became_of_them(browser: TestClient, jobs: FakeJobs) -> None:
    jobs.add(asked(), state=JobState.DONE, result=RESULT)
    jobs.add(asked(JobKind.REINDEX), state=JobState.FAILED, message="だめでした")
    page = browser.get(PATH).text
    table = page.partition('id="jobs"')[2]
    assert table.index("作り直し") < table.index("世代8を作りました")
    assert text_of(table).count("2026年11月20日 12:00") == 2
    for said in ("できませんでした", "終わりました", "要確認1件", NAME):
        assert said in text_of(table)


def test_what_somebody_else_wrote_is_shown_and_never_run(browser: TestClient, jobs: FakeJobs) -> None:
    evil = "<script>alert(1)</script>"
    bad = replace(RESULT, failures=(evil,), findings=(f"要確認 {evil}",), replaced=(evil,))
    job = jobs.add(asked(), state=JobState.DONE, result=bad, message=evil)
    for path in (PATH, f"{PATH}/{job.id}"):
        assert "<script" not in browser.get(path).text
