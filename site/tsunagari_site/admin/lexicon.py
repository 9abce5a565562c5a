"""言葉の追加: words that people use are added to the concepts of the lexicon, and taken back; beside it, what was looked for in vain."""

from __future__ import annotations

from dataclasses import replace

from starlette.responses import Response
from starlette.routing import Route

from tsunagari_indexer.adding_words import add_word, take_word_back
from tsunagari_indexer.errors import WordError
from tsunagari_indexer.typed_text import fault_of_text
from tsunagari_site.admin.access import Access
from tsunagari_site.admin.context import Visit
from tsunagari_site.admin.lexicon_pages import (
    MAX_REASON,
    WordForm,
    additions_page,
    concept_page,
    lexicon_page,
    missed_page,
)

PATH = "/admin/lexicon"
_DONE = {
    "added": "足しました。検索には、作り直して公開すると使われます。",
    "taken": "取り消しました。検索からは、作り直して公開するとなくなります。",
}
_NOT_KEPT = "まだ残していません。下の、注意の文があるところを直してください。"


def routes(access: Access) -> list[Route]:
    """The pages, and the two forms of a concept."""

    async def index(visit: Visit) -> Response:
        asked = visit.request.query_params.get("q", "")
        page = await visit.run(lexicon_page, visit.admin.workspace, asked)
        return visit.page("lexicon.html", page, done=_DONE)

    async def missed(visit: Visit) -> Response:
        return visit.page("lexicon_missed.html", await visit.run(missed_page, visit.admin.workspace))

    async def record(visit: Visit) -> Response:
        asked = visit.request.query_params.get("page", "")
        return visit.page("lexicon_record.html", await visit.run(additions_page, visit.admin.workspace, asked))

    async def concept(visit: Visit) -> Response:
        return await _concept(visit, WordForm())

    return [
        access.get(PATH, index),
        access.get(f"{PATH}/missed", missed),
        access.get(f"{PATH}/record", record),
        access.get(f"{PATH}/concepts/{{concept}}", concept),
        access.post(f"{PATH}/concepts/{{concept}}/add", _add),
        access.post(f"{PATH}/concepts/{{concept}}/remove", _remove),
    ]


async def _concept(visit: Visit, form: WordForm) -> Response:
    concept = visit.request.path_params["concept"]
    page = await visit.run(concept_page, visit.admin.workspace, concept, form)
    is_wrong = bool(form.word_fault or form.reason_fault)
    return visit.page(
        "lexicon_concept.html",
        page,
        done=_DONE,
        problem=_NOT_KEPT if is_wrong else "",
        status=400 if is_wrong else 200,
    )


async def _add(visit: Visit) -> Response:
    concept = visit.request.path_params["concept"]
    # A 404 before anything is kept: the command knows concepts by their labels too, the page by their ids alone.
    await visit.run(concept_page, visit.admin.workspace, concept, WordForm())
    form = WordForm(word=visit.form.get("word", ""), reason=visit.form.get("reason", ""))
    form = replace(form, reason_fault=_fault_of_reason(form.reason))
    if not form.reason_fault:
        try:
            await visit.run(add_word, visit.admin.workspace, concept, form.word, reason=form.reason, by=visit.account)
        except WordError as error:
            form = replace(form, word_fault=f"{error.plain}。")
        else:
            return visit.to(f"{PATH}/concepts/{concept}", "added")
    return await _concept(visit, form)


async def _remove(visit: Visit) -> Response:
    concept = visit.request.path_params["concept"]
    await visit.run(concept_page, visit.admin.workspace, concept, WordForm())
    form = WordForm(taken=visit.form.get("word", ""), reason=visit.form.get("reason", ""))
    form = replace(form, reason_fault=_fault_of_reason(form.reason))
    if not form.reason_fault:
        try:
            await visit.run(
                take_word_back, visit.admin.workspace, concept, form.taken, reason=form.reason, by=visit.account
            )
        except WordError as error:
            form = replace(form, reason_fault=f"{error.plain}。")
        else:
            # The last word of a concept that is gone takes its page with it.
            return visit.to(PATH, "taken")
    return await _concept(visit, form)


def _fault_of_reason(text: str) -> str:
    if not text.strip():
        return "理由を書いてください。"
    fault = fault_of_text(text, MAX_REASON)
    return f"理由{fault}" if fault else ""
