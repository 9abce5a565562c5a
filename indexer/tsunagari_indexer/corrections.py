"""Corrections: what a paper says wrongly, put right as data, on every import of that paper.

A correction names the document, the field, and exactly what stands there. Where that no longer stands, the correction is told and
not applied: the paper may have been read differently, and what is right now is for a person to say.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType

from tsunagari_indexer.errors import CorrectionError
from tsunagari_indexer.typed_text import has_unseen
from tsunagari_parsers import Finding, Level, ParsedDocument, Phone, Program
from tsunagari_parsers.areas import find_excluded_areas
from tsunagari_parsers.phones import is_dialable
from tsunagari_parsers.places import municipalities_named, prefecture_named
from tsunagari_parsers.text import comparable

#: The longest description and the longest other value that a correction can make, in characters; a paper's own may be longer.
MAX_TEXT, MAX_FIELD = 10_000, 500
#: The code of the finding that says that a row was corrected.
CORRECTED = "corrected"
#: What the parsers say of a phone cell of which they made no number; its text can be corrected too.
_NO_PHONE = "phone-not-understood"


@dataclass(frozen=True, slots=True)
class Correction:
    """In the document ``sha256``, ``field`` is ``corrected`` wherever it is exactly ``source``.

    ``series``, ``fiscal_year`` and ``part`` are the document's edition when it was corrected, so that its successor can be told.
    """

    sha256: str
    field: str
    source: str
    corrected: str
    reason: str
    by: str = ""
    at: str = ""
    series: str = ""
    fiscal_year: int = 0
    part: str = ""


_Put = Callable[[Program, str, str], Program | None]


def _text(name: str) -> _Put:
    def put(program: Program, source: str, corrected: str) -> Program | None:
        value = {
            "program_name": program.program_name,
            "description": program.description,
            "department": program.department,
            "prefecture": program.prefecture,
            "municipality": program.municipality or "",
        }[name]
        if value != source:
            return None
        match name:
            case "program_name":
                return replace(program, program_name=corrected)
            case "description":
                areas = find_excluded_areas(corrected, program.prefecture)
                return replace(program, description=corrected, excluded_areas=areas)
            case "department":
                return replace(program, department=corrected)
            case "prefecture":
                return replace(program, prefecture=corrected)
            case _:
                return replace(program, municipality=corrected or None)

    return put


def _phone(program: Program, source: str, corrected: str) -> Program | None:
    if all(one.number != source for one in program.phones):
        return None
    phones = tuple(replace(one, number=corrected) if one.number == source else one for one in program.phones)
    return replace(program, phones=phones)


def _extension(program: Program, source: str, corrected: str) -> Program | None:
    if all((one.extension or "") != source for one in program.phones):
        return None
    return replace(
        program,
        phones=tuple(
            replace(one, extension=corrected or None) if (one.extension or "") == source else one
            for one in program.phones
        ),
    )


#: The fields that can be corrected.
FIELDS: Mapping[str, _Put] = MappingProxyType(
    {
        "phone": _phone,
        "extension": _extension,
        **{name: _text(name) for name in ("program_name", "department", "description", "municipality", "prefecture")},
    }
)


def check(field: str, source: str, corrected: str) -> None:
    """That a correction can be right.

    Raises:
        CorrectionError: an unknown field, a number that cannot be dialled, a place that is none, an empty name, no change; or a text
            that is too long for its field, or has characters that nobody can see and that the paper has not.
    """
    if field not in FIELDS:
        raise CorrectionError(f"項目「{field}」は訂正できません（{'、'.join(FIELDS)}）")
    if source == corrected:
        raise CorrectionError(f"訂正の前と後が同じです：「{source}」")
    most = max(MAX_TEXT if field == "description" else MAX_FIELD, len(source))
    if len(corrected) > most:
        raise CorrectionError(f"訂正したあとの値は{most}文字までです（{len(corrected)}文字あります）")
    if has_unseen(corrected, f"{source}\n"):
        raise CorrectionError("訂正したあとの値に、目に見えない文字が入っています。打ち直してください")
    if field == "phone" and not (corrected.isascii() and is_dialable(corrected)):
        raise CorrectionError(f"電話番号「{corrected}」は、かけられる形ではありません（例：011-211-2962）")
    if field == "extension" and not re.fullmatch(r"[0-9-]*", corrected):
        raise CorrectionError(f"内線「{corrected}」は数字ではありません")
    if field == "prefecture" and prefecture_named(corrected) is None:
        raise CorrectionError(f"「{corrected}」という都道府県はありません")
    if field == "municipality" and corrected and not municipalities_named(corrected):
        raise CorrectionError(f"「{corrected}」という市区町村はありません")
    if field in {"program_name", "prefecture"} and not corrected.strip():
        raise CorrectionError("訂正したあとの値が空です")


def in_force(corrections: Iterable[Correction]) -> tuple[Correction, ...]:
    """Of several on the same value the last one; one whose value is what stood there takes the correction back."""
    latest = {(one.sha256, one.field, one.source): one for one in corrections}
    return tuple(one for one in latest.values() if one.source != one.corrected)


def corrected(parsed: ParsedDocument, corrections: Iterable[Correction]) -> ParsedDocument:
    """The document with the corrections that are about it; its findings say which were applied, and which no longer fit."""
    programs = list(parsed.programs)
    findings = list(parsed.report.findings)
    for one in in_force(corrections):
        if one.sha256 != parsed.report.document_sha256:
            continue
        # A value that was put right before is not put right again: both look at what stands on the paper.
        fits = [
            at for at, program in enumerate(parsed.programs) if FIELDS[one.field](program, one.source, "") is not None
        ]
        unread = [at for at in range(len(findings)) if _is_of_phone(findings[at], one)]
        for at in fits:
            after = FIELDS[one.field](programs[at], one.source, one.corrected)
            programs[at] = after if after is not None else programs[at]
            findings.append(
                _told(
                    one,
                    programs[at],
                    f"訂正しました：「{_short(one.source)}」→「{_short(one.corrected)}」（{one.reason}）",
                )
            )
        for at in unread:
            row = findings[at].row
            for number, program in enumerate(programs):
                if program.provenance.row == row:
                    programs[number] = replace(program, phones=(*program.phones, Phone(one.corrected, one.source)))
            findings[at] = replace(
                findings[at],
                level=Level.NOTE,
                message=f"{findings[at].message}→「{one.corrected}」と訂正しました（{one.reason}）",
            )
        if not fits and not unread:
            findings.append(
                Finding(
                    Level.MUST_LOOK,
                    "correction-not-applied",
                    f"訂正できません。「{_short(one.source)}」は、この文書の読み取り結果にありません（{one.field}を「{_short(one.corrected)}」にする訂正）",
                    value=one.source,
                )
            )
    return replace(parsed, programs=tuple(programs), report=replace(parsed.report, findings=tuple(findings)))


def of_replaced(
    parsed: ParsedDocument, edition: tuple[str, int, str], corrections: Iterable[Correction]
) -> list[Finding]:
    """What was corrected in an earlier file of the same edition, and stands in this one again as it was before."""
    own = parsed.report.document_sha256
    active = in_force(corrections)
    done = {(one.field, one.source) for one in active if one.sha256 == own}
    return [
        Finding(
            Level.MUST_LOOK,
            "correction-of-replaced",
            f"前の文書で訂正した値「{_short(one.source)}」が、入れ替えた文書にもあります。まちがいのままなら、もう一度訂正してください（前の訂正：「{_short(one.corrected)}」）",
            page=program.provenance.page,
            row=program.provenance.row,
            value=one.source,
        )
        for one in active
        if one.sha256 != own
        and (one.series, one.fiscal_year, one.part) == edition
        and (one.field, one.source) not in done
        for program in parsed.programs
        if one.source and FIELDS[one.field](program, one.source, "") is not None
    ]


def _is_of_phone(finding: Finding, one: Correction) -> bool:
    return one.field == "phone" and finding.code == _NO_PHONE and comparable(finding.value) == comparable(one.source)


def _told(one: Correction, program: Program, message: str) -> Finding:
    at = program.provenance
    return Finding(Level.NOTE, CORRECTED, message, page=at.page, row=at.row, value=one.source)


def _short(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= 60 else line[:60] + "…"
