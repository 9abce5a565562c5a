"""世代: every generation that is kept; publishing the one that waits, throwing it away, going back to an earlier one."""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field, replace

from starlette.responses import Response
from starlette.routing import Route

from tsunagari_indexer.errors import EngineError, GenerationError, NothingPublishedError, PublishRefusedError
from tsunagari_indexer.ledger import GenerationRecord
from tsunagari_indexer.review import ledger_of, opened
from tsunagari_indexer.workspace import KEPT, Workspace
from tsunagari_site.admin.access import Access
from tsunagari_site.admin.context import Visit
from tsunagari_site.admin.jobs import JobRefusedError, Jobs
from tsunagari_site.admin.publishing import (
    PUBLISH_DONE,
    REBUILD_DONE,
    PublishView,
    WaitingView,
    plain,
    publish,
    read_waiting,
    rebuild,
    status_of,
    waiting_view,
)

PATH = "/admin/generations"
DISCARD = f"{PATH}/discard"
ROLLBACK = f"{PATH}/rollback"
_DONE = {
    **PUBLISH_DONE,
    **REBUILD_DONE,
    "rolled-back": "前の世代に戻しました。訂正や確かめた記録は、そのまま残っています。",
    "discarded": "公開を待っていた世代を捨てました。公開しているものは変わりません。",
}
_NO_FIELDS: Mapping[str, str] = {}


@dataclass(frozen=True, slots=True)
class GenerationView:
    """A generation that is kept. ``published`` is when it was published last (ISO 8601, like ``built``), empty where it never was.

    ``state``: "current", "before" or "staged"; ``problem``: why its file cannot be read, so that nothing can be done with it.
    """

    number: int
    name: str
    state: str
    built: str
    published: str
    documents: tuple[str, ...] = ()
    programs: int = 0
    is_previous: bool = False
    problem: str = ""


@dataclass(frozen=True, slots=True)
class GenerationsPage:
    """All of them, the newest first. ``kept`` is how many published ones are kept."""

    generations: tuple[GenerationView, ...]
    current: GenerationView | None
    publish: PublishView | None
    waiting: WaitingView | None
    kept: int
    problem: str = ""
    has_staged: bool = False
    typed: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class AskPage:
    """Asks once more before something is served that was not, or thrown away. ``staged`` are those that would be thrown away."""

    current: GenerationView | None
    target: GenerationView | None
    staged: tuple[GenerationView, ...]


def routes(access: Access) -> list[Route]:
    """The page, the questions before what cannot be undone in one step, and the changes."""

    async def send_publish(visit: Visit) -> Response:
        try:
            return await publish(visit, PATH)
        except (GenerationError, EngineError) as error:
            return await _show(visit, plain(error), status_of(error))

    async def send_rebuild(visit: Visit) -> Response:
        try:
            await rebuild(visit)
        except JobRefusedError as error:
            return await _show(visit, plain(error), status_of(error))
        return visit.to(PATH, "rebuilding")

    async def ask_rollback(visit: Visit) -> Response:
        page = await visit.run(generations_page, visit.admin.workspace, visit.admin.jobs)
        asked = visit.request.query_params.get("to", "")
        target = next((one for one in page.generations if str(one.number) == asked and can_go_back_to(one)), None)
        if target is None or page.current is None:
            return await _show(visit, "その世代には戻れません。", 409)
        staged = tuple(one for one in page.generations if one.state == "staged")
        return visit.page("generations_rollback.html", AskPage(page.current, target, staged))

    async def ask_discard(visit: Visit) -> Response:
        page = await visit.run(generations_page, visit.admin.workspace, visit.admin.jobs)
        staged = tuple(one for one in page.generations if one.state == "staged")
        if not staged:
            return await _show(visit, "公開を待つ世代はありません。", 409)
        return visit.page("generations_discard.html", AskPage(page.current, None, staged))

    return [
        access.get(PATH, _show),
        access.post(f"{PATH}/publish", send_publish),
        access.post(f"{PATH}/rebuild", send_rebuild),
        access.get(ROLLBACK, ask_rollback),
        access.post(ROLLBACK, _acting(_roll_back)),
        access.get(DISCARD, ask_discard),
        access.post(DISCARD, _acting(_discard)),
    ]


def generations_page(workspace: Workspace, jobs: Jobs | None, typed: Mapping[str, str] = _NO_FIELDS) -> GenerationsPage:
    """What stands on the page: a generation that cannot be read is there and says so."""
    with ledger_of(workspace) as ledger:
        records = ledger.generations("staged", "published")
    problem, current = "", ""
    try:
        current = workspace.current()
    except NothingPublishedError:
        pass
    except GenerationError as error:
        problem = plain(error)
    previous = next((one.previous for one in records if one.name == current), None)
    kept = [
        one
        for one in records
        if one.state == "staged" or one.name == current or workspace.generation_path(one.name).exists()
    ]
    views = tuple(_view(workspace, one, current, previous) for one in reversed(kept))
    staged = next((one for one in views if one.state == "staged"), None)
    waiting, offered = None, None
    newest = staged or next((one for one in views if one.state == "current"), None)
    if newest and not newest.problem:
        found = read_waiting(workspace, newest.name)
        with opened(workspace, newest.name) as generation:
            waiting = waiting_view(found, jobs, generation)
        waits = workspace.newest_staged() if staged else None
        if waits and staged and waits.name == staged.name:
            offered = PublishView(
                waits.name, staged.number, len(waits.must_look), found.keeps_from_publishing, typed.get("reason", "")
            )
    return GenerationsPage(
        generations=views,
        current=next((one for one in views if one.state == "current"), None),
        publish=offered,
        waiting=waiting,
        kept=KEPT,
        problem=problem,
        has_staged=staged is not None,
        typed=typed,
    )


def can_go_back_to(one: GenerationView) -> bool:
    """Whether it was published once, is not served now, and can be read."""
    return one.state == "before" and not one.problem


def _view(workspace: Workspace, record: GenerationRecord, current: str, previous: int | None) -> GenerationView:
    state = "staged" if record.state == "staged" else "current" if record.name == current else "before"
    view = GenerationView(
        record.number,
        record.name,
        state,
        record.created_at,
        record.published_at or "",
        is_previous=record.number == previous and state == "before",
    )
    try:
        with opened(workspace, record.name) as generation:
            documents = sorted(generation.documents.values(), key=lambda one: (-one.fiscal_year, one.name))
            return replace(
                view,
                documents=tuple(f"{one.name}（{one.fiscal_year}年度）" for one in documents),
                programs=int(generation.meta["programs"]),
            )
    except GenerationError as error:
        return replace(view, problem=plain(error))


def _roll_back(visit: Visit) -> str:
    """To the generation that was asked about, if what is served is still what the question said."""
    to, current, staged = (_numbers(visit.form.get(name, "")) for name in ("to", "current", "staged"))
    if len(to) != 1 or len(current) != 1:
        raise PublishRefusedError("戻る世代を選んでください")
    visit.admin.workspace.rollback(to[0], by=visit.account, current_was=current[0], staged=staged)
    return "rolled-back"


def _discard(visit: Visit) -> str:
    """Those that were named in the question, and no other."""
    staged = _numbers(visit.form.get("staged", ""))
    if not staged:
        raise PublishRefusedError("捨てる世代がありません。このページを確かめてから、もう一度選んでください")
    visit.admin.workspace.discard_staged(by=visit.account, staged=staged)
    return "discarded"


def _numbers(text: str) -> tuple[int, ...]:
    """The numbers of generations in a form's field; none of what cannot be any."""
    return tuple(int(one) for one in text.split(" ") if re.fullmatch(r"[0-9]{1,9}", one))


def _acting(act: Callable[[Visit], str]) -> Callable[[Visit], Awaitable[Response]]:
    async def send(visit: Visit) -> Response:
        try:
            done = await visit.run(act, visit)
        except (GenerationError, EngineError) as error:
            return await _show(visit, plain(error), status_of(error))
        return visit.to(PATH, done)

    return send


async def _show(visit: Visit, problem: str = "", status: int = 200) -> Response:
    page = await visit.run(generations_page, visit.admin.workspace, visit.admin.jobs, visit.form)
    return visit.page("generations.html", page, done=_DONE, problem=problem, status=status)
