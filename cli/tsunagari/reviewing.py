"""What ``review`` and ``calls`` print: plain tables for a terminal, and one JSON document each."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from tsunagari.lines import Json
from tsunagari.terminal import clean
from tsunagari_indexer.changes import ChangeKind, ListingChange
from tsunagari_indexer.confirmations import Confirmation
from tsunagari_indexer.finding_help import finding_help
from tsunagari_indexer.history import FieldChange, phones_text
from tsunagari_indexer.listings import Listing
from tsunagari_indexer.review import Call, DocumentCount, NumberedFinding, Review
from tsunagari_indexer.review_words import CHANGE_WORDS, FIELD_WORDS
from tsunagari_parsers import Desk, Level
from tsunagari_parsers.places import prefecture_of

#: Longer texts are cut where a person reads them; the JSON has them whole.
_SHOWN_TEXT = 120


def review_lines(review: Review) -> Iterator[str]:
    """The review for a terminal: open findings first, then the counts, then the changes, headlines first."""
    waits = "公開を待つ世代" if review.is_staged else "公開中の世代（公開を待つ世代はありません）"
    yield f"■ {waits}：{review.name}"
    if review.is_staged:
        yield f"  いま公開している世代：{review.published or 'なし'}"
    if review.is_behind:
        yield "  この世代を作ったあとに決めたことがあります。tsunagari reindex で作り直すと反映されます。"
    yield from _findings(review.findings)
    yield ""
    yield "■ 文書"
    for count in review.documents:
        yield from _document(count)
    yield ""
    yield from _changes(review)


def review_json(review: Review) -> Json:
    """The whole review."""
    return {
        "format": "tsunagari-review",
        "version": 1,
        "generation": review.name,
        "staged": review.is_staged,
        "published": review.published,
        "behind_decisions": review.is_behind,
        "open_findings": len(review.open_findings),
        "findings": [_finding_json(one) for one in review.findings],
        "documents": [_document_json(one) for one in review.documents],
        "unchanged": review.changes.same,
        "joined": dict(review.changes.joined),
        "counts": {kind.value: len(review.changes.of(kind)) for kind in ChangeKind},
        "changes": [_change_json(one) for one in review.changes.changes],
    }


def call_lines(calls: Sequence[Call]) -> Iterator[str]:
    """A list to print and to call from: desks, then programmes by town."""
    town = ""
    for call in calls:
        subject = call.subject
        heading = "相談窓口" if isinstance(subject, Desk) else _place(subject)
        if heading != town:
            if town:
                yield ""
            yield f"■ {clean(heading)}"
            town = heading
        yield from _call(call)
    if not calls:
        yield "確かめるところはありません。"


def calls_json(calls: Sequence[Call]) -> Json:
    """The same list as one JSON document."""
    return {"format": "tsunagari-calls", "version": 1, "calls": [_call_json(one) for one in calls]}


def _findings(findings: Sequence[NumberedFinding]) -> Iterator[str]:
    opened = [one for one in findings if one.is_open]
    if not findings:
        yield "  指摘はありません。"
        return
    yield f"  答えを待つ要確認 {len(opened)}件、そのほかの指摘 {len(findings) - len(opened)}件"
    for one in findings:
        finding = one.found.finding
        mark = "参考　" if finding.level is Level.NOTE else "要確認" if one.is_open else "認めた"
        page = f"{finding.page}ページ" if finding.page else ""
        row = f"{finding.row}行目" if finding.row else ""
        where = " ".join(part for part in (clean(one.found.name), page, row) if part)
        yield f"  {one.number:>4} {mark} {where}：{clean(finding.message)} [{finding.code}]"
        if one.accepted is not None:
            yield f"              理由：{clean(one.accepted)}"
        if one.is_open and (known := finding_help(finding.code)):
            yield f"              → {known.action}"


def _document(count: DocumentCount) -> Iterator[str]:
    one = count.document
    mark = "新しい" if count.is_new else "前から"
    before = f"、前の年度は{count.year_before}件" if count.year_before is not None else ""
    yield (
        f"  {mark} {clean(one.name)}：{one.fiscal_year}年度、{one.pages}ページ、{one.rows_seen}行"
        f"＝{one.records}件＋除いた行{one.skipped}{before}"
    )


def _changes(review: Review) -> Iterator[str]:
    changes = review.changes
    yield f"■ 公開中の世代との違い（変わらない事業など {changes.same}件）"
    if not changes.changes and not changes.joined:
        yield "  ありません。"
    for kind in ChangeKind:
        found = changes.of(kind)
        if not found:
            continue
        yield f"  {CHANGE_WORDS[kind]}：{len(found)}件"
        if review.published is None:
            # Everything is new in a first generation; the counts above say how much.
            continue
        for one in found:
            yield from _change(one)
    for before, now in changes.joined.items():
        yield f"  1つにまとめた事業：{before} → {now}"


def _change(one: ListingChange) -> Iterator[str]:
    listing = one.listing
    yield f"    {listing.id} {clean(_place(listing))}「{clean(listing.program_name)}」{listing.fiscal_year}年度"
    if one.evidence and one.kind is not ChangeKind.NEW:
        yield f"      前の年とのつながり：{clean(one.evidence)}"
    for field in one.fields:
        yield f"      {FIELD_WORDS[field.field]}：{_cut(field.old)} → {_cut(field.new)}"


def _call(call: Call) -> Iterator[str]:
    subject = call.subject
    yield f"  □ {clean(subject.name if isinstance(subject, Desk) else subject.program_name)}（{subject.id}）"
    if isinstance(subject, Desk):
        area = prefecture_of(subject.prefecture).name if subject.prefecture else "全国"
        numbers = "、".join(one.number for one in subject.phones)
        yield f"      {area}{clean(subject.municipality)}　電話：{clean(numbers) or '（なし）'}"
        if subject.proposal or subject.check_first:
            yield "      まだページに出していません。公式のページを開いて確かめてください。"
        address = subject.url or next((one.url for one in subject.sources if one.url), "")
        if address:
            yield f"      {clean(address)}"
    else:
        yield f"      {clean(subject.department) or '（担当部署の記載なし）'}　電話：{clean(phones_text(subject.phones)) or '（なし）'}"
        newest = "" if subject.is_in_newest_edition else f"。{subject.newest_year}年度の一覧にはありません"
        yield f"      {subject.fiscal_year}年度の一覧{newest}"
    if call.last:
        yield f"      前に確かめた日：{call.last.on}（{call.last.way}、{call.last.outcome}）"
    if call.tried and call.tried != call.last:
        yield f"      最後に連絡した日：{call.tried.on}（{call.tried.way}、{call.tried.outcome}）"


def _place(listing: Listing) -> str:
    return f"{listing.prefecture}{listing.municipality or ''}"


def _cut(text: str) -> str:
    line = clean(text)
    if not line:
        return "（なし）"
    return f"「{line if len(line) <= _SHOWN_TEXT else line[:_SHOWN_TEXT] + '…'}」"


def _finding_json(one: NumberedFinding) -> Json:
    finding = one.found.finding
    return {
        "number": one.number,
        "open": one.is_open,
        "level": finding.level,
        "accepted": one.accepted,
        "document": one.found.name,
        "document_sha256": one.found.document,
        "code": finding.code,
        "message": finding.message,
        "page": finding.page,
        "row": finding.row,
        "value": finding.value,
    }


def _document_json(count: DocumentCount) -> Json:
    one = count.document
    return {
        "name": one.name,
        "sha256": one.sha256,
        "series": one.series,
        "fiscal_year": one.fiscal_year,
        "part": one.part,
        "new": count.is_new,
        "pages": one.pages,
        "rows_seen": one.rows_seen,
        "records": one.records,
        "skipped": one.skipped,
        "records_year_before": count.year_before,
    }


def _change_json(one: ListingChange) -> Json:
    listing = one.listing
    return {
        "kind": one.kind,
        "id": listing.id,
        "place": _place(listing),
        "program_name": listing.program_name,
        "fiscal_year": listing.fiscal_year,
        "evidence": one.evidence,
        "fields": [_field_json(field) for field in one.fields],
        "years": [{"fiscal_year": year.fiscal_year, "id": year.id} for year in listing.history],
    }


def _field_json(one: FieldChange) -> Json:
    return {"field": one.field, "old": one.old, "new": one.new}


def _call_json(call: Call) -> Json:
    subject = call.subject
    own: Json
    if isinstance(subject, Desk):
        own = {
            "kind": "desk",
            "name": subject.name,
            "prefecture": prefecture_of(subject.prefecture).name if subject.prefecture else None,
            "municipality": subject.municipality or None,
            "department": None,
            "phones": [one.number for one in subject.phones],
            "fiscal_year": None,
            "url": subject.url or next((one.url for one in subject.sources if one.url), ""),
            "proposal": subject.proposal or subject.check_first,
        }
    else:
        own = {
            "kind": "program",
            "name": subject.program_name,
            "prefecture": subject.prefecture,
            "municipality": subject.municipality,
            "department": subject.department,
            "phones": [one.number for one in subject.phones],
            "fiscal_year": subject.fiscal_year,
            "url": "",
            "proposal": False,
        }
    return {"id": subject.id, **own, "confirmed": _word_json(call.last), "tried": _word_json(call.tried)}


def _word_json(word: Confirmation | None) -> Json | None:
    return {"on": word.on, "way": word.way, "outcome": word.outcome, "url": word.url} if word else None
