"""What building a generation finds out that a person should know: who may be whom, rows that were perhaps lost, rows that stand twice."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace

from tsunagari_indexer.decisions import Decisions, Verdict
from tsunagari_indexer.identity import Linked, Question
from tsunagari_indexer.imported import DocumentFinding, ImportedDocument, Record
from tsunagari_indexer.listings import Listing
from tsunagari_indexer.lost_rows import Gone, RowText, traces
from tsunagari_parsers import Finding, Level


def asked(questions: Sequence[Question], by_id: Mapping[str, Record]) -> list[DocumentFinding]:
    """The questions of who is who, each with both names and ids."""
    findings = []
    for question in questions:
        record = by_id[question.id]
        named = "、".join(
            f"{by_id[one].sighting.year}年度「{by_id[one].entry.name}」（{one}、{like.words}）"
            for one, like in question.candidates
        )
        ask = "のどれか" if len(question.candidates) > 1 else ""
        also = "（同じ事業に当てはまるものが、ほかにもあります）" if question.is_ambiguous and not ask else ""
        findings.append(
            _found(
                record,
                "identity-ambiguous" if question.is_ambiguous else "identity-likely",
                f"「{record.entry.name}」（{question.id}）は、{named}{ask}と同じ事業ですか{also}",
                " ".join((question.id, *(one for one, _ in question.candidates))),
            )
        )
    return findings


def not_kept(decided: Decisions, linked: Linked, by_id: Mapping[str, Record]) -> list[DocumentFinding]:
    """The decisions that contradict others (A is B, B is C, but A is not C), each on the later of its two records."""
    programmes = {one.id: chain.id for chain in linked.chains for one in chain.seen}
    findings = []
    for decision in decided.not_kept(programmes):
        older, newer = sorted(
            (by_id[decision.first], by_id[decision.second]), key=lambda one: (one.sighting.year, one.given.id)
        )
        named = "と".join(f"{one.sighting.year}年度「{one.entry.name}」（{one.given.id}）" for one in (older, newer))
        said = (
            f"人が同じ事業と決めた{named}を、1つにできません"
            if decision.verdict is Verdict.SAME
            else f"人が別の事業と決めた{named}が、ほかの決定によって1つになっています"
        )
        findings.append(
            _found(
                newer,
                "decisions-contradict",
                f"{said}。これまでに決めたことの中に、合わないものがあります。どれかを決め直してください",
                f"{newer.given.id} {older.given.id}",
            )
        )
    return sorted(findings, key=lambda one: one.finding.value)


def united(decided: Decisions, linked: Linked, by_id: Mapping[str, Record]) -> list[DocumentFinding]:
    """Programmes whose newest list has several rows of them, of which nobody said that just these are one: only one row is shown."""
    findings = []
    for chain in linked.chains:
        *hidden, shown = (by_id[one.id] for one in chain.newest)
        for one in hidden:
            if not decided.are_said_to_be_one(one.given.id, shown.given.id):
                findings.append(
                    _found(
                        one,
                        "rows-became-one",
                        f"人が決めたことから、{one.sighting.year}年度の「{one.entry.name}」（{one.given.id}）と"
                        f"「{shown.entry.name}」（{shown.given.id}）が1つの事業になり、「{shown.entry.name}」だけが載ります。"
                        "2つに分かれた事業なら、どちらかを別の事業と決めてください",
                        f"{one.given.id} {shown.given.id}",
                    )
                )
    return findings


def left_out(record: Record) -> DocumentFinding:
    """That a person said that a row is no programme."""
    found = _found(record, "left-out", f"人が、載せないと決めた行です：「{record.entry.name}」", record.given.id)
    return replace(found, finding=replace(found.finding, level=Level.NOTE))


def lost(
    listings: Sequence[Listing], documents: Sequence[ImportedDocument], records: Sequence[Record]
) -> list[DocumentFinding]:
    """Programmes that are gone and whose names still stand in the list that lacks them."""
    findings = []
    for series, year in sorted({(one.sighting.series, one.sighting.year) for one in records}):
        gone = [
            Gone(one.id, one.municipality or one.prefecture, one.program_name, tuple(p.number for p in one.phones))
            for one in listings
            if one.kind == "program"
            and one.newest_year == year
            and not one.is_in_newest_edition
            and _series_of(one, documents) == series
        ]
        rows = (
            [
                RowText(
                    one.document.fetched.sha256,
                    one.document.fetched.name,
                    one.entry.provenance.page,
                    one.entry.provenance.row,
                    one.entry.municipality or one.entry.prefecture,
                    one.entry.name,
                    "\n".join(
                        (
                            one.entry.name,
                            one.entry.description,
                            one.entry.department,
                            *(p.raw for p in one.entry.phones),
                        )
                    ),
                )
                for one in records
                if (one.sighting.series, one.sighting.year) == (series, year) and one.entry.kind == "program"
            ]
            if gone
            else []
        )
        rows += [
            RowText(one.fetched.sha256, one.fetched.name, skip.page, skip.row, "", "", skip.text)
            for one in documents
            if gone and one.edition.key[:2] == (series, year)
            for skip in one.parsed.report.skips
        ]
        findings += [
            DocumentFinding(
                trace.row.document,
                trace.row.document_name,
                Finding(
                    Level.MUST_LOOK,
                    "row-perhaps-lost",
                    f"前の年の「{trace.gone.name}」（{trace.gone.place}、{trace.gone.id}）の行がありませんが、この行の中に名前があります。"
                    "行を読み落としていないか、原本を見てください",
                    page=trace.row.page,
                    row=trace.row.row,
                    value=trace.gone.id,
                ),
            )
            for trace in traces(gone, rows)
        ]
    return findings


def _series_of(listing: Listing, documents: Sequence[ImportedDocument]) -> str:
    return next((one.edition.key[0] for one in documents if one.fetched.sha256 == listing.document), "")


def _found(record: Record, code: str, message: str, value: str) -> DocumentFinding:
    fetched, at = record.document.fetched, record.entry.provenance
    return DocumentFinding(
        fetched.sha256, fetched.name, Finding(Level.MUST_LOOK, code, message, page=at.page, row=at.row, value=value)
    )


def duplicates(records: Sequence[Record]) -> list[DocumentFinding]:
    """The first of several rows of one document that are of the same name and place."""
    counts = Counter(
        (one.document.fetched.sha256, one.sighting.kind, one.sighting.place_code, one.sighting.name) for one in records
    )
    return [
        _found(one, "same-name-twice", f"同じ実施主体の同じ名前の事業が{count}行あります", one.entry.name)
        for one in records
        # A plan's measures may well share a heading (関係機関との連携): the policies above them tell them apart.
        if one.sighting.kind != "measure"
        and (
            count := counts.pop(
                (one.document.fetched.sha256, one.sighting.kind, one.sighting.place_code, one.sighting.name), 1
            )
        )
        > 1
    ]
