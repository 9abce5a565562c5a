"""窓口と事業の確認: whom to ask, what to say, and what somebody answered.

This machine calls nobody and opens no page: there are links, and the administrator's own phone.
"""

from __future__ import annotations

from datetime import date

from starlette.responses import Response
from starlette.routing import Route

from tsunagari_indexer.deciding import confirm
from tsunagari_indexer.errors import ReviewError
from tsunagari_site.admin.access import Access
from tsunagari_site.admin.confirmation_form import note_of, read_confirmation
from tsunagari_site.admin.confirmation_pages import Chosen, area_page, first_page, one_page
from tsunagari_site.admin.confirmation_record import record_page
from tsunagari_site.admin.context import Visit
from tsunagari_site.calendar import day_in_japan

PATH = "/admin/confirmations"
#: Programmes on one page of a prefecture.
_PROGRAMS = 100
_DONE = {"kept": "台帳に残しました。公開のページには、作り直して公開すると出ます。"}
_NOT_KEPT = "まだ残していません。下の、注意の文があるところを直してください。"


def routes(access: Access) -> list[Route]:
    """The pages, and the form of each desk and programme."""

    async def index(visit: Visit) -> Response:
        return visit.page("confirmations.html", await visit.run(first_page, visit.admin.workspace, _today(visit)))

    async def record(visit: Visit) -> Response:
        asked = visit.request.query_params
        words = (asked.get("subject", ""), asked.get("kind", ""), asked.get("page", ""))
        return visit.page("confirmations_record.html", await visit.run(record_page, visit.admin.workspace, *words))

    return [
        access.get(PATH, index),
        access.get(f"{PATH}/record", record),
        access.get(f"{PATH}/areas/{{code}}", _area),
        access.get(f"{PATH}/areas/{{code}}/calls", _calls),
        access.get(f"{PATH}/of/{{subject}}", _one),
        access.post(f"{PATH}/of/{{subject}}", _keep),
    ]


async def _area(visit: Visit) -> Response:
    asked = visit.request.query_params
    chosen = Chosen(asked.get("town", ""), asked.get("show") == "all", asked.get("page", ""), _PROGRAMS)
    code = visit.request.path_params["code"]
    page = await visit.run(area_page, visit.admin.workspace, _today(visit), code, chosen)
    return visit.page("confirmations_area.html", page)


async def _calls(visit: Visit) -> Response:
    """The list to print: all that is due, on one page."""
    chosen = Chosen(visit.request.query_params.get("town", ""))
    code = visit.request.path_params["code"]
    page = await visit.run(area_page, visit.admin.workspace, _today(visit), code, chosen)
    return visit.page("confirmations_calls.html", page)


async def _one(visit: Visit) -> Response:
    page = await visit.run(one_page, visit.admin.workspace, _today(visit), visit.request.path_params["subject"])
    return visit.page("confirmations_one.html", page, done=_DONE)


async def _keep(visit: Visit) -> Response:
    workspace, today, subject = visit.admin.workspace, _today(visit), visit.request.path_params["subject"]
    page = await visit.run(one_page, workspace, today, subject)
    form, word = read_confirmation(visit.form, today, is_desk=page.item.is_desk)
    problem = _NOT_KEPT
    if word:
        try:
            await visit.run(confirm, workspace, page.item.id, word, by=visit.account, note=note_of(form), today=today)
        except ReviewError as error:
            problem = f"{error.plain}。"
        else:
            return visit.to(f"{PATH}/of/{page.item.id}", "kept")
    page = await visit.run(one_page, workspace, today, subject, form)
    return visit.page("confirmations_one.html", page, problem=problem, status=400)


def _today(visit: Visit) -> date:
    return day_in_japan(visit.admin.clock())
