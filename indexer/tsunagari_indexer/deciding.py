"""What an administrator decides: what to let pass, who is who, what is wrong on a paper, and what somebody answered on the phone.

All of it goes into the ledger. It changes a generation only when that is built again from the same documents.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date

from tsunagari_indexer.build import DocumentFinding
from tsunagari_indexer.confirmations import Asked, Confirmation, Subject
from tsunagari_indexer.confirming import seen_address, subject_called
from tsunagari_indexer.corrections import Correction, check, in_force
from tsunagari_indexer.decisions import Decision, Verdict
from tsunagari_indexer.errors import CorrectionError, ReviewError
from tsunagari_indexer.generation import Generation
from tsunagari_indexer.listings import Listing, SourceDocument
from tsunagari_indexer.review import ledger_of, newest, newest_if_any, review
from tsunagari_indexer.typed_text import MAX_REASON, fault_of_text
from tsunagari_indexer.workspace import Workspace, finding_key
from tsunagari_parsers import Desk, Level

_SHA_PREFIX = 8


def accept(
    workspace: Workspace, number: int, *, reason: str, by: str, generation: str | None = None
) -> DocumentFinding:
    """Let a finding pass; it stays so in generations built later.

    ``generation`` is the one whose findings were looked at: in another the number may be another finding's.

    Raises:
        ReviewError: no such finding, one that needs nobody, no reason, or the generation is not the newest any more.
    """
    _named(reason, by)
    seen = review(workspace)
    if generation is not None and seen.name != generation:
        raise ReviewError("見ているあいだに、別の世代ができました。いまの指摘を見直してから、もう一度送ってください")
    found = next((one for one in seen.findings if one.number == number), None)
    if found is None:
        raise ReviewError(f"{number}番の指摘はありません")
    if found.found.finding.level is not Level.MUST_LOOK:
        raise ReviewError(f"{number}番の指摘は参考です。認める必要はありません")
    with ledger_of(workspace) as ledger, ledger.transaction():
        ledger.accept(finding_key(found.found), reason.strip(), by.strip())
        ledger.record(
            "accept",
            None,
            f"{found.found.name} [{found.found.finding.code}] {found.found.finding.value}: {reason.strip()}",
            by.strip(),
        )
    return found.found


def decide(workspace: Workspace, verdict: Verdict, first: str, second: str, *, reason: str, by: str) -> None:
    """Keep that two records are one programme, or that they are not.

    Raises:
        ReviewError: a record that is none, the same one twice, two of different kinds, or no reason.
    """
    _named(reason, by)
    with newest(workspace) as generation:
        kinds = {one.id: one.kind for one in generation.given_ids()}
    for one in (first, second):
        if one not in kinds:
            raise ReviewError(f"「{one}」という番号の事業はありません")
    if first == second:
        raise ReviewError(
            "同じ番号が2つ指定されています。1つの事業を年度で分けるときは「分ける」を使ってください",
            typed="同じ番号が2つ指定されています。年度で分けるときは --split を使ってください",
        )
    if kinds[first] != kinds[second]:
        raise ReviewError(f"{first} と {second} は、種類の違う文書のものです")
    _keep(workspace, Decision(verdict, first, second, reason.strip(), by.strip()))


def split(workspace: Workspace, listing_id: str, year: int, *, reason: str, by: str) -> None:
    """Keep that a programme is another one from a year on.

    Raises:
        ReviewError: no such programme, or it was not there in that year and in one before.
    """
    _named(reason, by)
    listing = _listing(workspace, listing_id)
    before = [one for one in listing.history if one.fiscal_year < year]
    since = [one for one in listing.history if one.fiscal_year == year]
    if not before or not since:
        years = "、".join(f"{one.fiscal_year}年度" for one in listing.history)
        raise ReviewError(f"「{listing.program_name}」を{year}年度で分けることはできません（載っているのは{years}）")
    for one in since:
        _keep(workspace, Decision(Verdict.DIFFERENT, before[-1].id, one.id, reason.strip(), by.strip()))


def leave_out(workspace: Workspace, record: str, *, reason: str, by: str, restore: bool = False) -> None:
    """Keep that a row is no programme and is not to be shown, or (``restore``) that it is one after all.

    Raises:
        ReviewError: no such record, or no reason.
    """
    _named(reason, by)
    with newest(workspace) as generation:
        if record not in {one.id for one in generation.given_ids()}:
            raise ReviewError(f"「{record}」という番号の事業はありません")
        listing = generation.listing(record)
        # The id of a programme means its newest row; that of one of its years that year's.
        row = listing.history[-1].id if listing and listing.id == record and listing.history else record
    verdict = Verdict.SAME if restore else Verdict.LEFT_OUT
    _keep(workspace, Decision(verdict, row, "", reason.strip(), by.strip()))


def correct(
    workspace: Workspace,
    document: str,
    field: str,
    source: str | None,
    corrected: str | None,
    *,
    reason: str,
    by: str,
) -> Correction:
    """Keep a correction of a document; ``corrected`` None takes an earlier one of this value back.

    Args:
        workspace: the data folder.
        document: a programme's id, a document's name, or the beginning of its hash (8 digits or more).
        field: one of :data:`tsunagari_indexer.corrections.FIELDS`.
        source: exactly what stands there; None: what the programme has now.
        corrected: what is right.
        reason: why; kept.
        by: who says so; kept.

    Raises:
        CorrectionError, ReviewError: it cannot be right, or names no document of the newest generation.
    """
    _named(reason, by)
    with newest(workspace) as generation:
        listing = generation.listing(document)
        found = _document(generation, document, listing)
    if source is None:
        source = _shown_value(listing, field) if listing else None
        if source is None:
            raise CorrectionError("いまの値を書いてください", typed="いまの値（--from）を指定してください")
    with ledger_of(workspace) as ledger:
        earlier = {(one.field, one.corrected): one for one in ledger.corrections() if one.sha256 == found.sha256}
        if corrected is None:
            corrected = source
            if not any(one.source == source and one.field == field for one in earlier.values()):
                raise CorrectionError(f"「{source}」の訂正はありません")
        else:
            check(field, source, corrected)
            before = earlier.get((field, source))
            if before and before.source != before.corrected:
                source = before.source  # What stands on the paper, not what was made of it.
        correction = Correction(
            found.sha256,
            field,
            source,
            corrected,
            reason.strip(),
            by.strip(),
            "",
            found.series,
            found.fiscal_year,
            found.part,
        )
        with ledger.transaction():
            ledger.correct(correction)
            detail = f"{found.name} {field}: {source} → {corrected}: {reason.strip()}"
            ledger.record("correct", None, detail, by.strip())
    return correction


def withdraw(workspace: Workspace, sha256: str, field: str, source: str, *, reason: str, by: str) -> Correction:
    """Take a correction back that is in force; its document need not be in the newest generation.

    Args:
        workspace: the data folder.
        sha256: the document's hash.
        field: one of :data:`tsunagari_indexer.corrections.FIELDS`.
        source: what stands on the paper.
        reason: why; kept.
        by: who says so; kept.

    Raises:
        ReviewError: no reason.
        CorrectionError: no such correction is in force.
    """
    _named(reason, by)
    with ledger_of(workspace) as ledger, ledger.transaction():
        known = ledger.corrections()
        found = next((c for c in in_force(known) if (c.sha256, c.field, c.source) == (sha256, field, source)), None)
        if found is None:
            raise CorrectionError("その訂正は、もう取り消されています")
        taken_back = replace(found, corrected=source, reason=reason.strip(), by=by.strip(), at="")
        ledger.correct(taken_back)
        names = {one.sha256: one.name for record in ledger.generations() for one in record.documents}
        detail = f"{names.get(sha256, sha256[:_SHA_PREFIX])} {field}: {found.corrected} → {source}: {reason.strip()}"
        ledger.record("correct", None, detail, by.strip())
    return taken_back


def confirm(
    workspace: Workspace, subject: str, word: Confirmation, *, by: str, note: str, today: date
) -> Listing | Desk:
    """Keep somebody's word that a programme or a desk stands.

    Raises:
        ReviewError: no such programme or desk, a day to come, nobody's name, a desk without the address where it was seen, or what is no
            address of a page.
    """
    if not by.strip():
        raise ReviewError("だれが確かめたかを書いてください", typed="だれが確かめたか（--by）を指定してください")
    if date.fromisoformat(word.on) > today:
        raise ReviewError(f"{word.on} は、まだ来ていない日です")
    word = replace(word, url=seen_address(word.url) if word.url.strip() else "")
    with newest_if_any(workspace) as generation:
        found = subject_called(generation, subject)
    kind = Subject.DESK if isinstance(found, Desk) else Subject.PROGRAM
    if kind is Subject.DESK and not word.url:
        raise ReviewError(
            "窓口を確かめたときは、見たページのアドレスが要ります",
            typed="窓口を確かめたときは、見たページのアドレス（--url）が要ります",
        )
    with ledger_of(workspace) as ledger, ledger.transaction():
        ledger.confirm(Asked(kind, found.id, word, by.strip(), note.strip()))
        ledger.record("confirm", None, f"{kind} {found.id} {word.on} {word.way} {word.outcome}", by.strip())
    return found


def _keep(workspace: Workspace, decision: Decision) -> None:
    with ledger_of(workspace) as ledger, ledger.transaction():
        ledger.decide(decision)
        detail = f"{decision.verdict}: {decision.first} {decision.second}: {decision.reason}"
        ledger.record("decide", None, detail, decision.by)


def _named(reason: str, by: str) -> None:
    if not reason.strip():
        raise ReviewError("理由を書いてください", typed="理由（--note）を指定してください")
    if fault := fault_of_text(reason.strip(), MAX_REASON, lines=True):
        raise ReviewError(f"理由{fault}")
    if not by.strip():
        raise ReviewError("だれが決めたかを書いてください", typed="だれが決めたか（--by）を指定してください")


def _listing(workspace: Workspace, listing_id: str) -> Listing:
    with newest(workspace) as generation:
        listing = generation.listing(listing_id)
    if listing is None:
        raise ReviewError(f"「{listing_id}」という番号の事業はありません")
    return listing


def _document(generation: Generation, named: str, listing: Listing | None) -> SourceDocument:
    documents = generation.documents
    if listing:
        return documents[listing.document]
    fitting = [
        one
        for one in documents.values()
        if one.name == named or (len(named) >= _SHA_PREFIX and one.sha256.startswith(named.lower()))
    ]
    if len(fitting) != 1:
        many = "いくつもあります" if fitting else "ありません"
        raise ReviewError(f"「{named}」という文書は{many}（事業の番号、文書の名前、sha256の先頭8桁以上で指定します）")
    return fitting[0]


def _shown_value(listing: Listing, field: str) -> str | None:
    first = listing.phones[0] if listing.phones else None
    values: Mapping[str, str | None] = {
        "phone": first.number if first else None,
        "extension": (first.extension or "") if first else None,
        "program_name": listing.program_name,
        "description": listing.description,
        "department": listing.department,
        "prefecture": listing.prefecture,
        "municipality": listing.municipality or "",
    }
    return values.get(field)
