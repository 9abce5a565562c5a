"""The findings of a generation as a page shows them: those that keep it from being published first, each with what can be done about it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from tsunagari_indexer.finding_help import FindingHelp, finding_help
from tsunagari_indexer.listings import Listing
from tsunagari_indexer.review import NumberedFinding
from tsunagari_indexer.waiting import Waiting
from tsunagari_parsers import Level
from tsunagari_site.admin.review_rows import CardView, Rows, asks

_UNREAD_PHONE = "phone-not-understood"
_LEFT_OUT = "left-out"
_LOST_ROW = "row-perhaps-lost"
#: What goes when the value that it names is corrected. Any other finding is of what stands on the paper, and stays.
_OF_CORRECTIONS = frozenset({_UNREAD_PHONE, "correction-not-applied", "correction-of-replaced"})


@dataclass(frozen=True, slots=True)
class QuestionView:
    """Who is who: the new row, and the programmes of before that it may be."""

    record: CardView
    candidates: tuple[CardView, ...]


@dataclass(frozen=True, slots=True)
class FindingView:
    """A finding. ``mark`` says what it is in a word; ``accepted`` is the reason for which it was let pass.

    ``question`` is asked by it; ``row`` is the programme of the row that it is about, ``missing`` the one whose row is looked for.
    ``unread_phone`` is a cell of which no number was made, ``left_out`` the record of a row that a person left out. ``is_answered``: what was
    decided of its programmes waits to be applied. ``help`` says what its code means and what to do, while nobody has let it pass.
    """

    number: int
    code: str
    mark: str
    document: str
    document_sha256: str
    page: int | None
    row_number: int | None
    message: str
    accepted: str | None
    is_open: bool
    question: QuestionView | None = None
    row: CardView | None = None
    missing: CardView | None = None
    unread_phone: str = ""
    left_out: str = ""
    is_answered: bool = False
    help: FindingHelp | None = None


def finding_views(findings: Sequence[NumberedFinding], rows: Rows, waiting: Waiting) -> tuple[FindingView, ...]:
    """What stands on the page of these findings."""
    wanted = {(one.found.document, one.found.finding.row) for one in findings if one.found.finding.row is not None}
    standing = _standing(rows.now.all_listings(), wanted) if wanted else {}
    decided = {one for decision in waiting.decisions for one in (decision.first, decision.second) if one}
    corrected = {(one.sha256, one.source) for one in waiting.corrections}
    return tuple(_view(one, rows, standing, decided, corrected) for one in findings)


def _view(
    one: NumberedFinding,
    rows: Rows,
    standing: Mapping[tuple[str, int], Listing],
    decided: set[str],
    corrected: set[tuple[str, str]],
) -> FindingView:
    finding = one.found.finding
    question = _question(finding.value.split(), rows) if asks(finding.code) else None
    at = standing.get((one.found.document, finding.row)) if finding.row is not None and question is None else None
    missing = rows.now.listing(finding.value) if finding.code == _LOST_ROW else None
    is_asked = asks(finding.code) or finding.code in {_LEFT_OUT, _LOST_ROW}
    return FindingView(
        number=one.number,
        code=finding.code,
        mark="参考" if finding.level is Level.NOTE else "要確認" if one.is_open else "認めた",
        document=one.found.name,
        document_sha256=one.found.document,
        page=finding.page,
        row_number=finding.row,
        message=finding.message,
        accepted=one.accepted,
        is_open=one.is_open,
        question=question,
        row=rows.card(at) if at else None,
        missing=rows.card(missing) if missing else None,
        unread_phone=finding.value if finding.code == _UNREAD_PHONE and one.is_open else "",
        left_out=finding.value if finding.code == _LEFT_OUT else "",
        is_answered=(is_asked and bool(decided & {*finding.value.split()}))
        or (finding.code in _OF_CORRECTIONS and (one.found.document, finding.value) in corrected),
        help=finding_help(finding.code) if one.accepted is None else None,
    )


def _question(named: Sequence[str], rows: Rows) -> QuestionView | None:
    """None: what it named is no longer there. Each keeps the number by which it was named: the answer is about just that record."""
    listings = [(one, rows.now.listing(one)) for one in named]
    cards = [replace(rows.card(listing), id=one) for one, listing in listings if listing]
    if len(cards) < 2 or listings[0][1] is None:
        return None
    return QuestionView(cards[0], tuple(cards[1:]))


def _standing(listings: Iterable[Listing], wanted: set[tuple[str, int]]) -> Mapping[tuple[str, int], Listing]:
    return {(one.document, one.row): one for one in listings if (one.document, one.row) in wanted}
