"""The documents that the newest generation holds, as the page of imports shows them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import PurePath

from tsunagari_indexer.errors import GenerationError
from tsunagari_indexer.generation import Generation
from tsunagari_indexer.ledger import FindingKey
from tsunagari_indexer.listings import SourceDocument
from tsunagari_indexer.outdated import outdated
from tsunagari_indexer.review import ledger_of, newest_if_any
from tsunagari_indexer.workspace import Workspace, finding_key
from tsunagari_parsers import Level
from tsunagari_site.admin.import_form import in_both_ways, series_name


@dataclass(frozen=True, slots=True)
class DocumentView:
    """A document of the newest generation. ``fetched_at`` is a moment (ISO 8601), ``url`` empty unless it can be opened.

    ``records`` were read from it; ``programs`` are shown with what it says: one that a newer edition has, too, is shown with that one's words.
    """

    key: str
    name: str
    title: str
    year: str
    series: str
    part: str
    publisher: str
    url: str
    fetched_at: str
    records: int
    programs: int
    must_look: int
    is_old: bool


@dataclass(frozen=True, slots=True)
class DocumentsView:
    """The documents of the newest generation, newest first; ``number`` is the generation's, 0 where there is none.

    ``is_staged``: it waits to be published. ``problem``: why it cannot be read.
    """

    number: int = 0
    is_staged: bool = False
    documents: tuple[DocumentView, ...] = ()
    old: int = 0
    is_behind: bool = False
    problem: str = ""


def documents_view(workspace: Workspace, today: date) -> tuple[DocumentsView, tuple[SourceDocument, ...]]:
    """The documents of the newest generation, for the page and as they are. ``today`` tells which are old."""
    try:
        with newest_if_any(workspace) as generation, ledger_of(workspace) as ledger:
            if generation is None:
                return DocumentsView(), ()
            staged = {one.name for one in ledger.generations("staged")}
            return _documents(generation, staged, ledger.accepted(), today, is_behind=workspace.is_behind())
    except GenerationError:
        # Its message names commands. What the page can do about it is the same whatever it says.
        problem = "いまの世代のファイルを読めません。下の「作り直す」で直ることがあります。"
        return DocumentsView(problem=problem, is_behind=True), ()


def _documents(
    generation: Generation, staged: set[str], accepted: Mapping[FindingKey, str], today: date, *, is_behind: bool
) -> tuple[DocumentsView, tuple[SourceDocument, ...]]:
    documents = sorted(
        generation.documents.values(), key=lambda one: (-one.fiscal_year, one.series, one.part, one.name)
    )
    old = {one.sha256 for one in outdated(documents, today)}
    programs = Counter(one.document for one in generation.all_listings() if one.is_program)
    must_look = Counter(
        one.document
        for one in generation.findings
        if one.finding.level is Level.MUST_LOOK and finding_key(one) not in accepted
    )
    views = tuple(
        _document(one, programs[one.sha256], must_look[one.sha256], is_old=one.sha256 in old) for one in documents
    )
    name = generation.meta["name"]
    view = DocumentsView(int(name.partition("_")[0]), name in staged, views, len(old), is_behind)
    return view, tuple(documents)


def _document(one: SourceDocument, programs: int, must_look: int, *, is_old: bool) -> DocumentView:
    return DocumentView(
        key=one.sha256[:16],
        name=one.name,
        title=one.title or PurePath(one.name).stem,
        year=in_both_ways(one.fiscal_year),
        series=series_name(one.series),
        part=one.part,
        publisher=one.publisher,
        url=one.url if one.url.startswith(("https://", "http://")) else "",
        fetched_at=one.fetched_at,
        records=one.records,
        programs=programs,
        must_look=must_look,
        is_old=is_old,
    )
