"""概要: what is published since when, and what waits for somebody."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from starlette.responses import Response
from starlette.routing import Route

from tsunagari_indexer.errors import GenerationError, NothingPublishedError
from tsunagari_indexer.ledger import GenerationRecord
from tsunagari_indexer.review import ledger_of, opened
from tsunagari_indexer.workspace import Workspace
from tsunagari_site.admin.access import OVERVIEW, Access
from tsunagari_site.admin.context import Visit
from tsunagari_site.admin.due import DueView, due
from tsunagari_site.calendar import day_in_japan


@dataclass(frozen=True, slots=True)
class PublishedView:
    """The published generation. ``since`` is a moment (ISO 8601); empty where the ledger was restored without it."""

    number: int
    since: str
    documents: int
    programs: int


@dataclass(frozen=True, slots=True)
class WaitingView:
    """The generation that waits to be published, with its findings that somebody must look at."""

    number: int
    since: str
    documents: int
    programs: int
    must_look: int


@dataclass(frozen=True, slots=True)
class OverviewPage:
    """The state. ``is_behind``: something was decided that no generation knows yet; ``problem``: what cannot be read.

    ``due`` is None where the newest generation cannot be read.
    """

    published: PublishedView | None
    waiting: WaitingView | None
    is_behind: bool
    due: DueView | None = None
    problem: str = ""


def routes(access: Access) -> list[Route]:
    """The first page after the sign-in."""

    async def show(visit: Visit) -> Response:
        page = await visit.run(overview, visit.admin.workspace, day_in_japan(visit.admin.clock()))
        return visit.page("overview.html", page)

    return [access.get(OVERVIEW, show)]


def overview(workspace: Workspace, today: date) -> OverviewPage:
    """What stands on the page on a day in Japan."""
    with ledger_of(workspace) as ledger:
        records = {one.name: one for one in ledger.generations()}
    problems: list[str] = []
    published = waiting = None
    try:
        published = _published(workspace, records)
    except GenerationError as error:
        problems.append(str(error))
    try:
        staged = workspace.newest_staged()
        if staged:
            record = records[staged.name]
            waiting = WaitingView(
                record.number, record.created_at, staged.documents, staged.programs, len(staged.must_look)
            )
    except GenerationError as error:
        problems.append(str(error))
    to_do: DueView | None = None
    try:
        to_do = due(workspace, today)
    except GenerationError as error:
        if str(error) not in problems:
            problems.append(str(error))
    return OverviewPage(published, waiting, workspace.is_behind(), to_do, "。".join(problems))


def _published(workspace: Workspace, records: dict[str, GenerationRecord]) -> PublishedView | None:
    try:
        name = workspace.current()
    except NothingPublishedError:
        return None
    record = records.get(name)
    with opened(workspace, name) as generation:
        return PublishedView(
            number=int(name.partition("_")[0]),
            since=(record.published_at or "") if record else "",
            documents=len(generation.documents),
            programs=int(generation.meta["programs"]),
        )
