"""Two made years in a data folder, and what a person does with their review."""

from __future__ import annotations

import shutil
from collections.abc import Mapping, Sequence
from html.parser import HTMLParser
from pathlib import Path

from fixtures.years import list_pdf, years
from httpx2 import Response
from starlette.testclient import TestClient
from tests.admin_walks import admin_client, signed_in, with_accounts
from tests.conftest import NATIONAL_LIST
from tests.pdfs import table_pdf

from tsunagari.importing import EditionOptions, import_documents, reindex
from tsunagari_indexer.workspace import Workspace
from tsunagari_site.admin.jobs import (
    EditionFields,
    Job,
    JobKind,
    JobRefusedError,
    JobRequest,
    JobState,
)

TEXT = "電話と面談で、困りごとの相談を受ける。月に１回、交流の場を開く。"
ROW = ("北海道", "札幌市", "つながり事業", TEXT, "市民課", "011-211-2962")
OTHER_ROW = ("北海道", "函館市", "居場所の事業", TEXT, "市民部", "0138-21-3470")
RENAMED = ("北海道", "札幌市", "ほっとスペース", TEXT, "市民課", "011-211-2962")
REASON = "市に電話で聞いた"


class MadeJobs:
    """Builds again at once, in this process; or says that another job is running."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.jobs: list[Job] = []
        self.is_busy = False

    def start(self, request: JobRequest, files: Sequence[Path] = ()) -> Job:
        if self.is_busy:
            raise JobRefusedError("いま、ほかの取り込みをしています")
        assert (request.kind, request.edition, files) == (JobKind.REINDEX, EditionFields(), ())
        assert reindex(Workspace(self.root))
        self.jobs.insert(0, Job("made", request, JobState.DONE))
        return self.jobs[0]

    def get(self, job_id: str) -> Job | None:
        return next((one for one in self.jobs if one.id == job_id), None)

    def list(self) -> tuple[Job, ...]:
        return tuple(self.jobs)

    def sweep(self) -> None:
        return

    def begin(self, state: JobState, message: str = "") -> None:
        """As if a job were in this state."""
        request = JobRequest(JobKind.REINDEX, "担当", "2026-11-20T03:00:00+00:00")
        self.jobs.insert(0, Job("begun", request, state, message=message))


class _Forms(HTMLParser):
    """The forms of a page, each with its address and what it would send as it stands."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str]]] = []
        self._fields: dict[str, str] | None = None
        self._area = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        of = {name: value or "" for name, value in attrs}
        if tag == "form":
            self._fields = {}
            self.found.append((of["action"], self._fields))
        elif (self._fields is not None and tag == "input" and of.get("type") not in {"radio"}) or (
            self._fields is not None and tag == "input" and "checked" in of
        ):
            self._fields[of["name"]] = of.get("value", "")
        elif self._fields is not None and tag == "textarea":
            self._area = of["name"]
            self._fields[self._area] = ""

    def handle_data(self, data: str) -> None:
        if self._fields is not None and self._area:
            self._fields[self._area] += data

    def handle_endtag(self, tag: str) -> None:
        if tag == "textarea" and self._fields is not None:
            self._fields[self._area] = self._fields[self._area].removeprefix("\n")
            self._area = ""
        elif tag == "form":
            self._fields = None


def forms(page: str, action: str, **wanted: str) -> list[dict[str, str]]:
    """What the forms of a page that lead there would send, of those whose fields have these values."""
    parser = _Forms()
    parser.feed(page)
    parser.close()
    return [
        fields
        for where, fields in parser.found
        if where == action and all(fields.get(name) == value for name, value in wanted.items())
    ]


def fill(client: TestClient, page: str, action: str, of: Mapping[str, str] | None = None, /, **typed: str) -> Response:
    """Open a page, fill its form (the one whose fields have the values ``of``) and send it."""
    (form,) = forms(client.get(page).text, action, **(of or {}))
    # Browsers send every line's end as two characters.
    return client.post(action, data={name: text.replace("\n", "\r\n") for name, text in {**form, **typed}.items()})


def follow(client: TestClient, answer: Response) -> str:
    """The page to which a change leads."""
    assert answer.status_code == 303, answer.text
    return client.get(answer.headers["location"]).text


def two_years(root: Path) -> Path:
    """Last year's list published, this year's with its twenty changes staged; an account that may sign in."""
    papers = root / "papers"
    papers.mkdir()
    (papers / "last.pdf").write_bytes(NATIONAL_LIST.read_bytes())
    (papers / "next.pdf").write_bytes(list_pdf(years()))
    data = root / "data"
    for name, year in (("last.pdf", 2021), ("next.pdf", 2022)):
        outcome = import_documents(Workspace(data), [papers / name], EditionOptions(year=year))
        assert not outcome.failures
        if year == 2021:
            Workspace(data).publish()
    return with_accounts(data)


def take(data: Path, year: int, *rows: tuple[str, ...]) -> None:
    """Import a small list."""
    path = data.parent / f"list{year}.pdf"
    path.write_bytes(table_pdf([rows]))
    outcome = import_documents(Workspace(data), [path], EditionOptions(year=year))
    assert not outcome.failures


def small_years(root: Path) -> Path:
    """One programme published, and probably renamed in the staged list of the next year; another that did not change."""
    data = root / "data"
    take(data, 2021, ROW, OTHER_ROW)
    Workspace(data).publish()
    take(data, 2022, RENAMED, OTHER_ROW)
    return with_accounts(data)


def browser_at(data: Path, jobs: MadeJobs | None = None) -> TestClient:
    """Somebody signed in; with ``jobs`` pages can build again."""
    return signed_in(admin_client(data, jobs=jobs))


def copied(data: Path, to: Path) -> Path:
    """A data folder of a test's own."""
    shutil.copytree(data, to)
    return to
