"""What an administrator decides on the pages of 「見直し」: a finding let pass, who is who, a row that is none, a field that is wrong."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Protocol

from starlette.responses import Response
from starlette.routing import Route

from tsunagari_indexer.corrections import check
from tsunagari_indexer.deciding import accept, correct, decide, leave_out, split
from tsunagari_indexer.decisions import Verdict
from tsunagari_indexer.errors import ReviewError
from tsunagari_indexer.review import newest, review
from tsunagari_site.admin.access import Access
from tsunagari_site.admin.context import Visit
from tsunagari_site.admin.listing_page import ListingPage, listing_page, values_of
from tsunagari_site.admin.publishing import (
    REFUSALS,
    plain,
    status_of,
    typed,
)
from tsunagari_site.admin.review_rows import LISTINGS, asks
from tsunagari_site.errors import RequestError

_REVIEW = "/admin/review"
_NONE_OF_THEM = "none"
_WAITS = "作り直すと反映されます。"
DONE = {
    "answered": f"答えを残しました。{_WAITS}",
    "corrected": f"訂正を残しました。{_WAITS}",
    "rejected": f"載せないことにしました。{_WAITS}",
    "restored": f"また載せることにしました。{_WAITS}",
    "merged": f"同じ事業だと残しました。{_WAITS}",
    "split": f"年度で分けることにしました。{_WAITS}",
}


class ShowFindings(Protocol):
    """Shows the page of findings on which one stands, with what was refused."""

    def __call__(
        self, visit: Visit, asked: str, problem: str = "", status: int = 200, *, of_finding: str = ""
    ) -> Awaitable[Response]:
        """The page."""


def routes(access: Access, show_findings: ShowFindings) -> list[Route]:
    """The page of one programme, and the forms of it and of the findings."""

    def of_finding(work: Callable[[Visit], None], done: str) -> Callable[[Visit], Awaitable[Response]]:
        async def send(visit: Visit) -> Response:
            try:
                await visit.run(work, visit)
            except REFUSALS as error:
                number = visit.form.get("number", "")
                return await show_findings(visit, "", plain(error), status_of(error), of_finding=number)
            return visit.to(_REVIEW, done)

        return send

    def of_listing(work: Callable[[Visit], None], done: str) -> Callable[[Visit], Awaitable[Response]]:
        async def send(visit: Visit) -> Response:
            try:
                await visit.run(work, visit)
            except REFUSALS as error:
                return await _show(visit, plain(error), status_of(error))
            return visit.to(f"{LISTINGS}/{visit.request.path_params['listing']}", done)

        return send

    path = f"{LISTINGS}/{{listing}}"
    return [
        access.post(f"{_REVIEW}/accept", of_finding(_accept, "accepted")),
        access.post(f"{_REVIEW}/answer", of_finding(_answer, "answered")),
        access.post(f"{_REVIEW}/restore", of_finding(_restore, "restored")),
        access.get(path, _show),
        access.post(f"{path}/correct", of_listing(_correct, "corrected")),
        access.post(f"{path}/reject", of_listing(_reject, "rejected")),
        access.post(f"{path}/merge", of_listing(_merge, "merged")),
        access.post(f"{path}/split", of_listing(_split, "split")),
    ]


def _accept(visit: Visit) -> None:
    number = visit.form.get("number", "")
    if not (number.isascii() and number.isdigit() and len(number) < 10):
        raise ReviewError("その番号の指摘はありません")
    accept(
        visit.admin.workspace,
        int(number),
        reason=typed(visit, "reason"),
        by=visit.account,
        generation=visit.form.get("generation", ""),
    )


def _answer(visit: Visit) -> None:
    """That the record is one of the candidates, or none of them."""
    workspace, by, reason = visit.admin.workspace, visit.account, typed(visit, "reason")
    record, choice = visit.form.get("record", ""), visit.form.get("choice", "")
    asked = {
        tuple(one.found.finding.value.split()) for one in review(workspace).findings if asks(one.found.finding.code)
    }
    candidates = next((named[1:] for named in asked if named[0] == record), ())
    if not candidates:
        raise ReviewError("その問いは、もうありません。いまの指摘を見直してください")
    if choice == _NONE_OF_THEM:
        for one in candidates:
            decide(workspace, Verdict.DIFFERENT, record, one, reason=reason, by=by)
    elif choice in candidates:
        decide(workspace, Verdict.SAME, record, choice, reason=reason, by=by)
    else:
        raise ReviewError("どれと同じか、どれとも別かを選んでください")


def _restore(visit: Visit) -> None:
    leave_out(
        visit.admin.workspace,
        visit.form.get("record", ""),
        reason=typed(visit, "reason"),
        by=visit.account,
        restore=True,
    )


def _correct(visit: Visit) -> None:
    listing = _listing_of(visit)
    field_name, source = visit.form.get("field", ""), typed(visit, "source")
    corrected = typed(visit, "corrected").strip()
    check(field_name, source, corrected)
    with newest(visit.admin.workspace) as generation:
        found = generation.listing(listing)
    if found is None or source not in {value for name, value in values_of(found) if name == field_name}:
        raise ReviewError("直す前の値が、いまの世代にはありません。ページを開き直してください")
    correct(
        visit.admin.workspace,
        found.document,
        field_name,
        source,
        corrected,
        reason=typed(visit, "reason"),
        by=visit.account,
    )


def _reject(visit: Visit) -> None:
    leave_out(visit.admin.workspace, _listing_of(visit), reason=typed(visit, "reason"), by=visit.account)


def _merge(visit: Visit) -> None:
    others = {visit.form.get("other", "").strip(), visit.form.get("candidate", "")} - {""}
    if len(others) != 1:
        raise ReviewError("同じ事業を1つ選ぶか、番号を1つ書いてください")
    (other,) = others
    reason = typed(visit, "reason")
    decide(visit.admin.workspace, Verdict.SAME, _listing_of(visit), other, reason=reason, by=visit.account)


def _split(visit: Visit) -> None:
    year = visit.form.get("year", "")
    if not (year.isascii() and year.isdigit() and len(year) == 4):
        raise ReviewError("どの年度から分けるかを選んでください")
    split(visit.admin.workspace, _listing_of(visit), int(year), reason=typed(visit, "reason"), by=visit.account)


async def _show(visit: Visit, problem: str = "", status: int = 200) -> Response:
    """The page; what was typed stands in its form again."""

    work = visit.request.url.path.rpartition("/")[2]
    sent = {**{name: typed(visit, name) for name in visit.form}, "work": work} if visit.form else {}

    def read() -> ListingPage | None:
        return listing_page(visit.admin.workspace, visit.admin.jobs, _listing_of(visit), sent)

    try:
        page = await visit.run(read)
    except REFUSALS as error:
        raise RequestError(409, "no_review", problem or plain(error)) from error
    if page is None:
        raise RequestError(404, "not_found", "その番号の事業はありません")
    return visit.page("review_listing.html", page, done=DONE, problem=problem, status=status)


def _listing_of(visit: Visit) -> str:
    return str(visit.request.path_params["listing"])
