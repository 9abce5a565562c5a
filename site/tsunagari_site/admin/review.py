"""見直し: the generation that waits beside the published one: what must be looked at, the documents' counts, and all that changed."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from typing import TypeVar

from starlette.responses import Response
from starlette.routing import Route

from tsunagari_indexer.changes import ChangeKind
from tsunagari_indexer.errors import GenerationError, NothingPublishedError
from tsunagari_indexer.generation import Generation
from tsunagari_indexer.listings import Listing
from tsunagari_indexer.review import DocumentCount, Review, ledger_of, opened, review
from tsunagari_indexer.review_words import CHANGE_WORDS
from tsunagari_indexer.workspace import Workspace
from tsunagari_site.admin import deciding
from tsunagari_site.admin.access import Access
from tsunagari_site.admin.context import Visit
from tsunagari_site.admin.jobs import JobRefusedError, Jobs
from tsunagari_site.admin.publishing import (
    PUBLISH_DONE,
    REBUILD_DONE,
    REFUSALS,
    PublishView,
    WaitingView,
    number_of,
    plain,
    publish,
    rebuild,
    status_of,
    waiting_of,
    waiting_view,
)
from tsunagari_site.admin.review_findings import FindingView, finding_views
from tsunagari_site.admin.review_rows import FINDINGS_ON_A_PAGE, PICTURES, Rows, RowView, asked_about
from tsunagari_site.errors import RequestError

PATH = "/admin/review"
FINDINGS = "/admin/review/findings"
CHANGES = "/admin/review/changes"
#: So many changes of one sort stand on the first page; all of them on pages of their own.
_FIRST_CHANGES = 5
_CHANGES_ON_A_PAGE = 20
_ID = re.compile(r"[a-z0-9]{1,32}")
_DONE = {
    **deciding.DONE,
    **REBUILD_DONE,
    **PUBLISH_DONE,
    "accepted": "指摘を認めました。",
}
_NO_FIELDS: Mapping[str, str] = {}
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class SectionView:
    """The changes of one sort: ``count`` in all, of which ``rows`` stand here."""

    kind: str
    title: str
    count: int
    rows: tuple[RowView, ...]


@dataclass(frozen=True, slots=True)
class ReviewPage:
    """The review. ``name`` is empty where there is no generation, or (``is_unreadable``) one that cannot be read."""

    name: str = ""
    is_unreadable: bool = False
    number: int = 0
    is_staged: bool = False
    published: int | None = None
    open_findings: int = 0
    findings_count: int = 0
    findings: tuple[FindingView, ...] = ()
    documents: tuple[DocumentCount, ...] = ()
    sections: tuple[SectionView, ...] = ()
    same: int = 0
    joined: tuple[tuple[str, str], ...] = ()
    waiting: WaitingView | None = None
    publish: PublishView | None = None
    typed: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class FindingsPage:
    """One page of all findings; ``typed`` is what was sent with one of its forms and refused."""

    name: str
    number: int
    open_findings: int
    count: int
    findings: tuple[FindingView, ...]
    page: int
    pages: int
    typed: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class ChangesPage:
    """One page of the changes of one sort."""

    number: int
    published: int | None
    section: SectionView
    page: int
    pages: int


def routes(access: Access) -> list[Route]:
    """The review, its pages of findings and changes, the pictures, and what can be done on them."""

    async def show(visit: Visit) -> Response:
        return await show_review(visit)

    async def show_findings(visit: Visit) -> Response:
        return await findings_page(visit, visit.request.query_params.get("page", ""))

    async def show_changes(visit: Visit) -> Response:
        kind = next((one for one in ChangeKind if one.value == visit.request.query_params.get("kind")), None)
        if kind is None:
            raise RequestError(404, "not_found", "そのような変化はありません")
        asked = visit.request.query_params.get("page", "")
        page = await _read(visit, lambda seen: _changes_page(seen, kind, asked))
        return visit.page("review_changes.html", page)

    async def send_publish(visit: Visit) -> Response:
        try:
            return await publish(visit, "/admin/generations")
        except GenerationError as error:
            return await show_review(visit, plain(error), status_of(error))

    async def send_rebuild(visit: Visit) -> Response:
        try:
            await rebuild(visit)
        except JobRefusedError as error:
            return await show_review(visit, plain(error), status_of(error))
        return visit.to(PATH, "rebuilding")

    return [
        access.get(PATH, show),
        access.get(FINDINGS, show_findings),
        access.get(CHANGES, show_changes),
        access.get(f"{PICTURES}/{{generation}}/{{listing}}", send_picture),
        access.post(f"{PATH}/publish", send_publish),
        access.post(f"{PATH}/rebuild", send_rebuild),
        *deciding.routes(access, findings_page),
    ]


async def show_review(visit: Visit, problem: str = "", status: int = 200) -> Response:
    """The page; with a problem it still has what was typed."""
    try:
        page = await visit.run(review_page, visit.admin.workspace, visit.admin.jobs, visit.form)
    except NothingPublishedError:
        page = ReviewPage(typed=visit.form)
    except REFUSALS as error:
        page = ReviewPage(is_unreadable=True, typed=visit.form)
        problem, status = problem or plain(error), status if problem else 503
    return visit.page("review.html", page, done=_DONE, problem=problem, status=status)


async def findings_page(
    visit: Visit, asked: str, problem: str = "", status: int = 200, *, of_finding: str = ""
) -> Response:
    """A page of the findings: the one that was asked for, or that on which the finding of this number stands."""
    page = await _read(visit, lambda seen: _findings_page(seen, asked, of_finding, visit.form))
    return visit.page("review_findings.html", page, done=_DONE, problem=problem, status=status)


async def send_picture(visit: Visit) -> Response:
    """The picture of a row, of a generation that is kept."""
    name, listing = visit.request.path_params["generation"], visit.request.path_params["listing"]
    found = await visit.run(_picture, visit.admin.workspace, name, listing)
    if found is None:
        raise RequestError(404, "not_found", "画像はありません")
    content, media_type = found
    return Response(content, media_type=media_type, headers={"Cache-Control": "no-store"})


def review_page(workspace: Workspace, jobs: Jobs | None, typed: Mapping[str, str] = _NO_FIELDS) -> ReviewPage:
    """What stands on the first page.

    Raises:
        NothingPublishedError: there is no generation.
        GenerationError: one cannot be read.
    """
    with _seen(workspace) as seen:
        found, changes = seen.review, seen.review.changes
        asked = asked_about(found)
        with ledger_of(workspace) as ledger:
            waits = waiting_of(ledger, seen.rows.now)
        sections = tuple(
            SectionView(
                kind.value,
                CHANGE_WORDS[kind],
                len(changes.of(kind)),
                # Of a first generation everything is new: the counts say how much.
                tuple(seen.rows.row(one, asked) for one in changes.of(kind)[:_FIRST_CHANGES] if found.published),
            )
            for kind in ChangeKind
            if changes.of(kind)
        )
        must_look = len(found.open_findings)
        return ReviewPage(
            name=found.name,
            number=number_of(found.name),
            is_staged=found.is_staged,
            published=number_of(found.published) if found.published else None,
            open_findings=must_look,
            findings_count=len(found.findings),
            findings=finding_views(found.findings[:FINDINGS_ON_A_PAGE], seen.rows, waits),
            documents=found.documents,
            sections=sections,
            same=changes.same,
            joined=tuple(changes.joined.items()),
            waiting=waiting_view(waits, jobs, seen.rows.now),
            publish=PublishView(
                found.name, number_of(found.name), must_look, waits.keeps_from_publishing, typed.get("reason", "")
            )
            if found.is_staged
            else None,
            typed=typed,
        )


@dataclass(frozen=True, slots=True)
class _Seen:
    """A review with what its rows are made from."""

    workspace: Workspace
    review: Review
    rows: Rows


@contextmanager
def _seen(workspace: Workspace) -> Iterator[_Seen]:
    found = review(workspace)
    with ExitStack() as stack:
        now = stack.enter_context(opened(workspace, found.name))
        then: Generation | None = None
        if found.published:
            then = now if found.published == found.name else stack.enter_context(opened(workspace, found.published))
        yield _Seen(workspace, found, Rows(workspace.pictures, now, then))


async def _read(visit: Visit, make: Callable[[_Seen], T]) -> T:
    def read() -> T:
        with _seen(visit.admin.workspace) as seen:
            return make(seen)

    try:
        return await visit.run(read)
    except REFUSALS as error:
        raise RequestError(409, "no_review", plain(error)) from error


def _findings_page(seen: _Seen, asked: str, of_finding: str, typed: Mapping[str, str]) -> FindingsPage:
    found = seen.review.findings
    at = next((place for place, one in enumerate(found) if str(one.number) == of_finding), None)
    page = str(at // FINDINGS_ON_A_PAGE + 1) if at is not None else asked
    number, pages = _page(page, len(found), FINDINGS_ON_A_PAGE)
    with ledger_of(seen.workspace) as ledger:
        waits = waiting_of(ledger, seen.rows.now)
    shown = found[(number - 1) * FINDINGS_ON_A_PAGE : number * FINDINGS_ON_A_PAGE]
    return FindingsPage(
        seen.review.name,
        number_of(seen.review.name),
        len(seen.review.open_findings),
        len(found),
        finding_views(shown, seen.rows, waits),
        number,
        pages,
        typed,
    )


def _changes_page(seen: _Seen, kind: ChangeKind, asked: str) -> ChangesPage:
    found = seen.review.changes.of(kind)
    number, pages = _page(asked, len(found), _CHANGES_ON_A_PAGE)
    about = asked_about(seen.review)
    shown = found[(number - 1) * _CHANGES_ON_A_PAGE : number * _CHANGES_ON_A_PAGE]
    rows = tuple(seen.rows.row(one, about) for one in shown)
    published = seen.review.published
    return ChangesPage(
        number_of(seen.review.name),
        number_of(published) if published else None,
        SectionView(kind.value, CHANGE_WORDS[kind], len(found), rows),
        number,
        pages,
    )


def _page(asked: str, count: int, most: int) -> tuple[int, int]:
    """The page that was asked for, or the nearest that there is; and how many there are."""
    pages = max(1, -(-count // most))
    return (min(max(int(asked), 1), pages) if re.fullmatch(r"[0-9]{1,6}", asked) else 1), pages


def _picture(workspace: Workspace, name: str, listing_id: str) -> tuple[bytes, str] | None:
    """Only what the ledger names is ever made part of a path."""
    if not _ID.fullmatch(listing_id):
        return None
    with ledger_of(workspace) as ledger:
        known = {one.name for one in ledger.generations("staged", "published")}
    if name not in known or not workspace.generation_path(name).exists():
        return None
    with opened(workspace, name) as generation:
        listing: Listing | None = generation.listing(listing_id)
    if listing is None or listing.picture is None:
        return None
    content = workspace.pictures.content(listing.picture)
    return (content, listing.picture.media_type) if content is not None else None
