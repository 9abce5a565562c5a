"""The JSON forms of what was read: a line for each record, and one document for a whole reading."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from tsunagari_parsers.desks import Desk
from tsunagari_parsers.records import Measure, Network, Phone, Program, Provenance, Rect, Section, SourceKind
from tsunagari_parsers.report import Finding, ParsedDocument, Record, Skip

Json = dict[str, Any]


class ReportForm(StrEnum):
    """How ``parse --report`` tells what was read."""

    TABLE = "table"
    JSON = "json"
    HTML = "html"


class OutputError(Exception):
    """What was asked for cannot be written where it was asked for; the message is for an administrator."""


@dataclass(frozen=True, slots=True)
class Unreadable:
    """A file of which nothing was read. ``code`` is the error's, empty where the file or its edition is the trouble."""

    name: str
    message: str
    code: str = ""
    page: int | None = None


def kind_of(record: Record) -> str:
    """``program``, ``sheet``, ``measure``, ``network`` or ``desk``."""
    match record:
        case Program():
            return "sheet" if record.source_kind is SourceKind.PROGRAM_SHEET else "program"
        case Measure():
            return "measure"
        case Network():
            return "network"
        case Desk():
            return "desk"


def parse_line(record: Record) -> Json:
    """What ``parse`` prints of a record. A restricted part of a sheet is left out: these lines are handed around."""
    match record:
        case Program():
            return _program(record)
        case Measure():
            return _measure(record)
        case Network():
            return _network(record)
        case Desk():
            return _desk(record)


def report_json(documents: Sequence[ParsedDocument], unreadable: Sequence[Unreadable]) -> Json:
    """The whole reading. It is for administrators: restricted parts of sheets are in it, each with ``is_restricted``."""
    return {
        "format": "tsunagari-report",
        "version": 1,
        "holds_restricted": any(one.has_restricted for one in documents),
        "unreadable": [
            {"document": one.name, "code": one.code or None, "page": one.page, "message": one.message}
            for one in unreadable
        ],
        "documents": [_document(one) for one in documents],
    }


def _document(parsed: ParsedDocument) -> Json:
    report = parsed.report
    return {
        "name": report.name,
        "document_sha256": report.document_sha256,
        "layout": report.layout,
        "series": report.series,
        "title": report.title,
        "era_year": report.era_year,
        "pages": report.pages,
        "rows_seen": report.rows_seen,
        "records": report.records,
        "skipped": len(report.skips),
        "is_complete": report.is_complete,
        "holds_restricted": parsed.has_restricted,
        "findings": [_finding(one) for one in report.findings],
        "skips": [_skip(one) for one in report.skips],
        "items": [_whole(one) for one in parsed.in_order],
    }


def _finding(one: Finding) -> Json:
    return {
        "level": one.level,
        "code": one.code,
        "message": one.message,
        "page": one.page,
        "row": one.row,
        "value": one.value,
        "rect": _rect(one.rect),
    }


def _skip(one: Skip) -> Json:
    return {"page": one.page, "row": one.row, "reason": one.reason, "text": one.text}


def _whole(record: Record) -> Json:
    """A record with all that is known of it."""
    line = parse_line(record)
    if not isinstance(record, Program):
        return line
    return line | {
        "phones": [_phone(one) | {"role_evidence": one.role_evidence} for one in record.phones],
        "era_year": record.era_year,
        "number": record.number,
        "budget": record.budget,
        "grant": record.grant,
        "sections": [_section(one) | {"is_restricted": one.is_restricted} for one in record.sections],
        "goals": _goals(record),
        "excluded_areas": [{"name": one.name, "start": one.start, "end": one.end} for one in record.excluded_areas],
        "line": record.provenance.line,
    }


def _program(program: Program) -> Json:
    """``phone`` and ``extension`` are the first number's; ``phones`` has all."""
    first = program.phones[0] if program.phones else None
    line = {
        "kind": kind_of(program),
        "prefecture": program.prefecture,
        "municipality": program.municipality,
        "program_name": program.program_name,
        "description": program.description,
        "department": program.department,
        "phone": first.number if first else None,
        "extension": first.extension if first else None,
        "phones": [_phone(one) for one in program.phones],
        "fiscal_year": program.fiscal_year,
        "source_kind": program.source_kind,
        "confidence": program.confidence,
        **_place(program.provenance),
    }
    if program.source_kind is SourceKind.PROGRAM_SHEET:
        line |= {
            "number": program.number,
            "budget": program.budget,
            "grant": program.grant,
            "sections": [_section(one) for one in program.sections if not one.is_restricted],
            "goals": _goals(program),
        }
    return line


def _phone(one: Phone) -> Json:
    return {
        "number": one.number,
        "extension": one.extension,
        "note": one.note,
        "role": one.role,
        "raw": one.raw,
    }


def _section(one: Section) -> Json:
    return {"heading": one.heading, "text": one.text}


def _goals(program: Program) -> list[Json]:
    return [
        {"kind": one.kind, "name": one.name, "target": one.target, "actual": one.actual, "rate": one.rate}
        for one in program.goals
    ]


def _measure(measure: Measure) -> Json:
    return {
        "kind": kind_of(measure),
        "prefecture": measure.prefecture,
        "municipality": measure.municipality,
        "number": measure.number,
        "heading": measure.heading,
        "issue": measure.issue,
        "policy": measure.policy,
        "departments": list(measure.departments),
        "action": measure.action,
        "related": list(measure.related),
        "fiscal_year": measure.fiscal_year,
        "confidence": measure.confidence,
        **_place(measure.provenance),
        "line": measure.provenance.line,
    }


def _network(network: Network) -> Json:
    return {
        "kind": kind_of(network),
        "prefecture": network.prefecture,
        "municipality": network.municipality,
        "name": network.name,
        "one_stop_desk": network.one_stop_desk,
        "purpose": network.purpose,
        "background": network.background,
        "departments": list(network.departments),
        "partners": list(network.partners),
        "activities": list(network.activities),
        "answers": [{"question": one.question, "points": list(one.points)} for one in network.answers],
        "fiscal_year": network.fiscal_year,
        "confidence": network.confidence,
        **_place(network.provenance),
        "line": network.provenance.line,
    }


def _desk(desk: Desk) -> Json:
    at = desk.provenance
    return {
        "kind": kind_of(desk),
        "id": desk.id,
        "name": desk.name,
        "desk_kind": desk.kind,
        "summary": desk.summary,
        "prefecture": desk.prefecture,
        "municipality": desk.municipality,
        "phones": [{"number": one.number, "note": one.note, "free": one.free} for one in desk.phones],
        "who": desk.who,
        "cost": desk.cost,
        "hours": desk.hours,
        "hours_seen": desk.hours_seen,
        "always_open": desk.always_open,
        "languages": list(desk.languages),
        "silent_ways": [{"way": one.way, "note": one.note, "url": one.url} for one in desk.silent_ways],
        "notes": list(desk.notes),
        "url": desk.url,
        "any_gender": desk.any_gender,
        "proposal": desk.proposal,
        "check_first": desk.check_first,
        "sources": [
            {
                "name": one.name,
                "standing": one.standing,
                "seen": one.seen.isoformat(),
                "url": one.url,
                "dated": one.dated,
            }
            for one in desk.sources
        ],
        **(_place(at) if at else dict.fromkeys(("page", "row", "rect", "document_sha256"))),
        "line": at.line if at else None,
    }


def _place(at: Provenance) -> Json:
    return {"page": at.page, "row": at.row, "rect": _rect(at.rect), "document_sha256": at.document_sha256}


def _rect(rect: Rect | None) -> list[float] | None:
    return [rect.x0, rect.top, rect.x1, rect.bottom] if rect else None
