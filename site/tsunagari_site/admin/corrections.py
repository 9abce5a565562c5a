"""訂正: what people put right of the papers: in force or taken back, taken back here, or added by document, field and exact value."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from starlette.responses import Response
from starlette.routing import Route

from tsunagari_indexer.corrections import Correction
from tsunagari_indexer.deciding import correct, withdraw
from tsunagari_indexer.errors import CorrectionError, GenerationError
from tsunagari_indexer.ledger import Ledger
from tsunagari_indexer.review import ledger_of, newest
from tsunagari_indexer.review_words import CORRECTED_WORDS
from tsunagari_indexer.workspace import Workspace
from tsunagari_site.admin.access import Access
from tsunagari_site.admin.context import Visit
from tsunagari_site.admin.jobs import JobRefusedError, Jobs
from tsunagari_site.admin.publishing import (
    REBUILD_DONE,
    REFUSALS,
    WaitingView,
    plain,
    rebuild,
    status_of,
    typed,
    waiting_of,
    waiting_view,
)

PATH = "/admin/corrections"
_DONE = {
    **REBUILD_DONE,
    "added": "訂正を残しました。作り直すと反映されます。",
    "withdrawn": "訂正を取り消しました。作り直すと、元の値に戻ります。",
}
_NO_FIELDS: Mapping[str, str] = {}


@dataclass(frozen=True, slots=True)
class CorrectionView:
    """A correction. ``key`` is its place in the ledger; ``is_waiting``: the newest generation does not know it yet.

    ``is_here``: its document is in the newest generation. ``by``, ``at`` (ISO 8601) and ``reason`` are of whoever said it last; of one that is
    taken back ``corrected`` is what it made of the value before.
    """

    key: int
    document: str
    fiscal_year: int
    sha256: str
    field: str
    label: str
    source: str
    corrected: str
    reason: str
    by: str
    at: str
    is_waiting: bool
    is_here: bool


@dataclass(frozen=True, slots=True)
class DocumentChoice:
    """A document of the newest generation."""

    sha256: str
    name: str
    fiscal_year: int


@dataclass(frozen=True, slots=True)
class CorrectionsPage:
    """The corrections, the newest first. ``typed`` is what was sent and refused, with ``work``: "add" or "withdraw"."""

    in_force: tuple[CorrectionView, ...]
    taken_back: tuple[CorrectionView, ...]
    replaced: tuple[CorrectionView, ...]
    documents: tuple[DocumentChoice, ...]
    fields: tuple[tuple[str, str], ...]
    waiting: WaitingView | None
    typed: Mapping[str, str] = field(default_factory=dict)


def routes(access: Access) -> list[Route]:
    """The page and its forms."""

    async def add(visit: Visit) -> Response:
        try:
            await visit.run(_add, visit)
        except REFUSALS as error:
            return await _show(visit, plain(error), status_of(error))
        return visit.to(PATH, "added")

    async def take_back(visit: Visit) -> Response:
        try:
            await visit.run(_withdraw, visit)
        except REFUSALS as error:
            return await _show(visit, plain(error), status_of(error))
        return visit.to(PATH, "withdrawn")

    async def send_rebuild(visit: Visit) -> Response:
        try:
            await rebuild(visit)
        except JobRefusedError as error:
            return await _show(visit, plain(error), status_of(error))
        return visit.to(PATH, "rebuilding")

    return [
        access.get(PATH, _show),
        access.post(f"{PATH}/add", add),
        access.post(f"{PATH}/withdraw", take_back),
        access.post(f"{PATH}/rebuild", send_rebuild),
    ]


def corrections_page(workspace: Workspace, jobs: Jobs | None, sent: Mapping[str, str] = _NO_FIELDS) -> CorrectionsPage:
    """What stands on the page. Corrections can be read and taken back where no generation can."""
    with ledger_of(workspace) as ledger:
        try:
            with newest(workspace) as generation:
                documents = tuple(
                    DocumentChoice(one.sha256, one.name, one.fiscal_year)
                    for one in sorted(generation.documents.values(), key=lambda one: (-one.fiscal_year, one.name))
                )
                waits = waiting_of(ledger, generation)
                known = len(ledger.corrections()) - len(waits.corrections)
                waiting = waiting_view(waits, jobs, generation)
        except GenerationError:
            documents, waiting, known = (), None, 0
        views = _views(ledger, {one.sha256 for one in documents}, known)
    return CorrectionsPage(
        in_force=tuple(reversed(views["in force"])),
        taken_back=tuple(reversed(views["taken back"])),
        replaced=tuple(reversed(views["replaced"])),
        documents=documents,
        fields=tuple(CORRECTED_WORDS.items()),
        waiting=waiting,
        typed=sent,
    )


def _views(ledger: Ledger, here: set[str], known: int) -> dict[str, list[CorrectionView]]:
    """Every row of the ledger: in force, taken back, or replaced by a later one on the same value. Taking back is told with what it took back."""
    names = {one.sha256: one.name for record in ledger.generations() for one in record.documents}
    rows = ledger.corrections()
    last = {_of(one): place for place, one in enumerate(rows)}
    before: dict[tuple[str, str, str], Correction] = {}
    found: dict[str, list[CorrectionView]] = {"in force": [], "taken back": [], "replaced": []}
    for place, one in enumerate(rows):
        is_withdrawal = one.source == one.corrected
        earlier = before.get(_of(one), one)
        view = CorrectionView(
            key=place + 1,
            document=names.get(one.sha256, one.sha256[:8]),
            fiscal_year=one.fiscal_year,
            sha256=one.sha256,
            field=one.field,
            label=CORRECTED_WORDS.get(one.field, one.field),
            source=one.source,
            corrected=earlier.corrected if is_withdrawal else one.corrected,
            reason=one.reason,
            by=one.by,
            at=one.at,
            is_waiting=place >= known,
            is_here=one.sha256 in here,
        )
        is_last = last[_of(one)] == place
        found["taken back" if is_withdrawal else "in force" if is_last else "replaced"].append(view)
        before[_of(one)] = one
    return found


def _of(one: Correction) -> tuple[str, str, str]:
    return one.sha256, one.field, one.source


def _add(visit: Visit) -> None:
    if not visit.form.get("document"):
        raise CorrectionError("文書を選んでください")
    correct(
        visit.admin.workspace,
        visit.form.get("document", ""),
        visit.form.get("field", ""),
        typed(visit, "source"),
        typed(visit, "corrected").strip(),
        reason=typed(visit, "reason"),
        by=visit.account,
    )


def _withdraw(visit: Visit) -> None:
    """By its place in the ledger, where nothing is ever renumbered."""
    workspace, key = visit.admin.workspace, visit.form.get("key", "")
    with ledger_of(workspace) as ledger:
        rows = dict(enumerate(ledger.corrections(), start=1))
    one = rows.get(int(key)) if key.isascii() and key.isdigit() and len(key) < 10 else None
    if one is None:
        raise CorrectionError("その訂正はありません")
    withdraw(workspace, one.sha256, one.field, one.source, reason=typed(visit, "reason"), by=visit.account)


async def _show(visit: Visit, problem: str = "", status: int = 200) -> Response:
    work = visit.request.url.path.rpartition("/")[2]
    sent = {**{name: typed(visit, name) for name in visit.form}, "work": work} if visit.form else {}
    page = await visit.run(corrections_page, visit.admin.workspace, visit.admin.jobs, sent)
    return visit.page("corrections.html", page, done=_DONE, problem=problem, status=status)
