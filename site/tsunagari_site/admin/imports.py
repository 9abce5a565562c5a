"""取り込み: lists are sent, read in a process of their own, and what became of them is told.

An upload is a form of files: its token and fields come first, and are checked before a byte of a file is kept. A job's page renews itself by the
``Refresh`` header, as long as it runs and no longer.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC

from starlette.responses import Response
from starlette.routing import Route

from tsunagari_indexer.errors import GenerationError
from tsunagari_indexer.listings import SourceDocument
from tsunagari_site.admin.access import Access
from tsunagari_site.admin.context import AdminMessage, Visit
from tsunagari_site.admin.import_documents import DocumentsView, documents_view
from tsunagari_site.admin.import_form import (
    Choices,
    ImportForm,
    choices,
    next_edition,
    read_import_form,
)
from tsunagari_site.admin.import_views import (
    JobLine,
    JobPage,
    job_line,
    job_page,
    running,
)
from tsunagari_site.admin.jobs import Job, JobFile, JobKind, JobRefusedError, JobRequest, Jobs
from tsunagari_site.admin.uploads import Received, UploadRefusedError, received
from tsunagari_site.calendar import day_in_japan, fiscal_year_at

PATH = "/admin/imports"
#: How often a job's page renews itself (seconds).
_REFRESH = 3
_AGAIN = "ファイルは、もう一度選んでください。"


@dataclass(frozen=True, slots=True)
class Limits:
    """What the page says of what may be sent: megabytes of a file and of all, and files."""

    file_megabytes: int
    all_megabytes: int
    files: int


@dataclass(frozen=True, slots=True)
class ImportsPage:
    """The form, the documents that are there, and the jobs, newest first."""

    form: ImportForm
    choices: Choices
    limits: Limits
    ocr: bool
    running: JobLine | None
    jobs: tuple[JobLine, ...]
    newest: DocumentsView
    can_start: bool
    is_next_of: str = ""


class _StopError(Exception):
    """What was typed cannot be used, or nothing can be started now: the files are not even received."""


def routes(access: Access) -> list[Route]:
    """The page, the upload, the rebuilding, and a job's page."""
    return [
        access.get(PATH, _show),
        access.post(PATH, _upload, reads_form=False),
        access.post(f"{PATH}/rebuild", _rebuild),
        access.get(f"{PATH}/{{job_id}}", _show_job),
    ]


async def _show(visit: Visit) -> Response:
    asked = visit.request.query_params.get("next", "")
    return await _page(visit, None, next_of=asked)


async def _show_job(visit: Visit) -> Response:
    job_id = visit.request.path_params["job_id"]
    jobs = visit.admin.jobs
    job = await visit.run(jobs.get, job_id) if jobs else None
    if job is None:
        gone = AdminMessage("この取り込みの記録はありません", "古い記録は、新しい取り込みが増えると消えます。")
        return visit.page("message.html", gone, status=404)
    page = await visit.run(_job_page, visit, job)
    answer = visit.page("import_job.html", page, done={"started": "はじめました。"} if not job.state.is_over else {})
    if not job.state.is_over:
        answer.headers["Refresh"] = str(_REFRESH)
    return answer


async def _upload(visit: Visit) -> Response:
    admin = visit.admin
    if admin.jobs is None:
        return await _page(visit, None, problem="このサーバーでは、ここから取り込めません。", status=503)
    busy = running(await visit.run(admin.jobs.list))
    _, documents = await visit.run(documents_view, admin.workspace, day_in_japan(admin.clock()))
    offered = choices(documents, fiscal_year_at(admin.clock()))
    form = ImportForm()

    def before_files(fields: Mapping[str, str]) -> None:
        nonlocal form
        visit.check_csrf(fields.get("csrf", ""))
        form = read_import_form(fields, offered, can_ocr=admin.ocr)
        if busy or form.errors:
            raise _StopError

    try:
        async with received(visit.request, admin.workspace.root / "incoming", admin.upload_limits, before_files) as got:
            if not got.files:
                form = replace(form, errors={"files": "取り込むファイルを選んでください"})
                raise _StopError
            job = await visit.run(_start, visit, admin.jobs, form, got)
    except _StopError:
        if busy:
            return await _page(visit, form, problem=_busy_problem(), status=409)
        return await _page(visit, form, problem=f"入力を確かめてください。{_AGAIN}", status=400)
    except UploadRefusedError as error:
        return await _page(visit, form, problem=f"{_sentence(str(error))}{_AGAIN}", status=error.status)
    except JobRefusedError as error:
        return await _refused(visit, form, error)
    return visit.to(f"{PATH}/{job.id}", "started")


async def _rebuild(visit: Visit) -> Response:
    if visit.admin.jobs is None:
        return await _page(visit, None, problem="このサーバーでは、ここから作り直せません。", status=503)
    request = JobRequest(JobKind.REINDEX, visit.account, _now(visit))
    try:
        job = await visit.run(visit.admin.jobs.start, request)
    except JobRefusedError as error:
        return await _refused(visit, None, error)
    return visit.to(f"{PATH}/{job.id}", "started")


def _start(visit: Visit, jobs: Jobs, form: ImportForm, got: Received) -> Job:
    files = tuple(JobFile(one.name, one.size, one.sha256) for one in got.files)
    request = JobRequest(JobKind.IMPORT, visit.account, _now(visit), files, form.edition, form.ocr)
    return jobs.start(request, [one.path for one in got.files])


async def _refused(visit: Visit, form: ImportForm | None, error: JobRefusedError) -> Response:
    """What the jobs themselves refused: because one began meanwhile, or for what they say."""
    jobs = visit.admin.jobs
    busy = running(await visit.run(jobs.list)) if jobs else None
    if busy:
        return await _page(visit, form, problem=_busy_problem(), status=409)
    return await _page(visit, form, problem=_sentence(str(error)), status=400)


async def _page(
    visit: Visit, form: ImportForm | None, *, next_of: str = "", problem: str = "", status: int = 200
) -> Response:
    page = await visit.run(_imports_page, visit, form, next_of)
    return visit.page("imports.html", page, problem=problem, status=status)


def _imports_page(visit: Visit, form: ImportForm | None, next_of: str) -> ImportsPage:
    admin = visit.admin
    newest, documents = documents_view(admin.workspace, day_in_japan(admin.clock()))
    jobs = admin.jobs.list() if admin.jobs else ()
    before = _asked(documents, next_of)
    if form is None:
        form = next_edition(before) if before else ImportForm()
    limits = admin.upload_limits
    return ImportsPage(
        form=form,
        choices=choices(documents, fiscal_year_at(admin.clock())),
        limits=Limits(max(1, limits.file_bytes >> 20), max(1, limits.together >> 20), limits.files),
        ocr=admin.ocr,
        running=running(jobs),
        jobs=tuple(map(job_line, jobs)),
        newest=newest,
        can_start=admin.jobs is not None,
        is_next_of=(before.title or before.name) if before else "",
    )


def _asked(documents: tuple[SourceDocument, ...], key: str) -> SourceDocument | None:
    return next((one for one in documents if key and one.sha256[:16] == key), None)


def _job_page(visit: Visit, job: Job) -> JobPage:
    workspace = visit.admin.workspace
    if not job.state.is_over:
        return job_page(job, None, len(workspace.base_documents()))
    try:
        staged = workspace.newest_staged()
    except GenerationError:
        staged = None
    return job_page(job, staged.name if staged else None, 0)


def _now(visit: Visit) -> str:
    return visit.admin.clock().astimezone(UTC).isoformat(timespec="seconds")


def _busy_problem() -> str:
    return "いま別の取り込みが動いています。終わってから、もう一度はじめてください。"


def _sentence(text: str) -> str:
    return text if text.endswith("。") else f"{text}。"
