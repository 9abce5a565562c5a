"""The Cabinet Office's yearly list of programmes as a text dump: the same rows as :mod:`.national_list`, without their table.

The dump runs the cells of a row one after another: body, name, description, department, telephone number, each in as many lines as
its column made of it. The prefectures of merged cells stand in a clump at the end of each page and belong to no line: a row's
prefecture is decided by its body, its area code and its neighbours. Provenance has the row's first line and no rectangle.

Its skips are lines, not rows: each has the number of its line.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from tsunagari_parsers.area_codes import prefectures_of_number
from tsunagari_parsers.columns import ColumnNames
from tsunagari_parsers.dumps import lines_of
from tsunagari_parsers.layouts.base import Layout, LayoutResult, Medium, Source
from tsunagari_parsers.list_cells import Cells, measure, split_cells
from tsunagari_parsers.list_lines import Apart, Furniture, RowLines, Told, header_tokens, tell_apart
from tsunagari_parsers.list_places import Decided, RowPlace, decide_prefectures
from tsunagari_parsers.phones import find_extension, find_note, find_numbers, remainder
from tsunagari_parsers.places import municipalities_named, prefecture_named
from tsunagari_parsers.records import Phone, PhoneRole, Program, Provenance, SourceKind
from tsunagari_parsers.report import Finding, Level, Skip
from tsunagari_parsers.text import comparable

_REQUIRED = frozenset({"department", "phone"})
#: What stands for the header's own words where the dump has lost them: the layout's columns 担当部署 and 電話番号 are its enquiry desk.
_OWN_EVIDENCE = "一覧の「担当部署」の電話番号"
_LONGEST_HEADER = 40.0
#: Page marks fall where the dump puts them: a label belongs to a row of its page or of the one beside it.
_PAGES_BESIDE = 1

#: A dump of so many rows, of which more than this share must be looked at, has mixed its columns.
_FEWEST_ROWS, _MIXED_SHARE = 4, 0.25

_DOUBTS = {
    "name-uncertain": "事業名がどこで終わるか、はっきりしません",
    "department-uncertain": "担当部署がどこから始まるか、はっきりしません",
}


@dataclass(frozen=True, slots=True)
class _Where:
    """The place of a row, for findings."""

    page: int
    row: int

    def must_look(self, code: str, message: str, value: str) -> Finding:
        return Finding(Level.MUST_LOOK, code, message, self.page, self.row, value)


def recognises(source: Source) -> bool:
    """Whether the text has the list's columns of department and telephone, and a row that begins with a body and ends with a number."""
    lines = lines_of(source.text)
    fields = {
        field
        for line in lines
        if line.width <= _LONGEST_HEADER
        for token in header_tokens(line.text, source.names)[0]
        for field in source.names.fields.get(comparable(token), ())[:1]
    }
    return fields >= _REQUIRED and any(row.phone and row.start.is_known for row in tell_apart(lines, source.names).rows)


def read(source: Source) -> LayoutResult:
    """Every row of the dump, in its order."""
    lines = lines_of(source.text)
    told = tell_apart(lines, source.names)
    columns = measure(told.rows, lines)
    role_evidence = _role_evidence(told, source.names)
    places = decide_prefectures(_row_places(told))
    programs: list[Program] = []
    findings: list[Finding] = []
    for number, (row, place) in enumerate(zip(told.rows, places, strict=True), start=1):
        cells = split_cells(row, columns)
        phones = _phones(row, role_evidence)
        where = _Where(row.first.page, number)
        programs.append(
            Program(
                source_kind=SourceKind.NATIONAL_LIST,
                prefecture=place.prefecture,
                municipality=None if comparable(row.start.body) == comparable(place.prefecture) else row.start.body,
                program_name=cells.name,
                description=cells.description,
                department=cells.department,
                phones=phones,
                provenance=Provenance(source.sha256, row.first.page, None, number, row.first.number),
                number=row.start.number,
                place_evidence=place.kind,
            )
        )
        findings += [*_check_cells(where, cells), *_check_phone(where, row, phones)]
        findings += _check_place(where, row, place, phones)
    apart = [*_check_apart(told.apart, source.names), *_check_labels(told, places)]
    findings += [*apart, *_check_whole(programs, findings, len(apart))]
    skips = tuple(Skip(one.line.page, one.line.number, one.why.value, one.line.text) for one in told.apart)
    return LayoutResult(len(told.rows) + len(skips), tuple(programs), skips=skips, findings=tuple(findings))


LAYOUT = Layout(
    name="national_list_text",
    rank=10,
    series="national_list",
    recognises=recognises,
    read=read,
    medium=Medium.TEXT,
)


def _row_places(told: Told) -> list[RowPlace]:
    labels: dict[int, set[str]] = {}
    for one in told.apart:
        if one.why is Furniture.PREFECTURE:
            labels.setdefault(one.line.page, set()).add(one.line.text)
    return [
        RowPlace(
            row.start.label,
            row.start.body,
            tuple(find_numbers(" ".join(row.phone))),
            frozenset(labels.get(row.first.page, ())),
        )
        for row in told.rows
    ]


def _role_evidence(told: Told, names: ColumnNames) -> str:
    """The most telling header that says who answers the numbers, as the dump has it."""
    headers = [
        token
        for one in told.apart
        if one.why is Furniture.HEADER
        for token in header_tokens(one.line.text, names)[0]
        if names.phone_roles.get(comparable(token)) is PhoneRole.ENQUIRY
        # A header of one meaning names its column; the others stand above several.
        and len(names.fields.get(comparable(token), ())) != 1
    ]
    return max(headers, key=len, default=_OWN_EVIDENCE)


def _phones(row: RowLines, role_evidence: str) -> tuple[Phone, ...]:
    raw = "\n".join(row.phone)
    return tuple(
        Phone(
            number=number,
            raw=raw,
            extension=find_extension(raw) if index == 0 else None,
            note=find_note(raw) if index == 0 else None,
            role=PhoneRole.ENQUIRY,
            role_evidence=role_evidence,
        )
        for index, number in enumerate(find_numbers(raw.replace("\n", " ")))
    )


def _check_cells(where: _Where, cells: Cells) -> list[Finding]:
    findings = [where.must_look(code, _DOUBTS[code], f"{cells.name} / {cells.department}") for code in cells.doubts]
    findings += [
        where.must_look(
            "phone-in-cell", f"{what}に電話番号があります。別の行が混ざっているかもしれません：「{text}」", text
        )
        for what, text in (("事業名", cells.name), ("担当部署", cells.department))
        if find_numbers(text)
    ]
    if not cells.name:
        findings.append(where.must_look("no-name", "事業名がありません", cells.description[:40]))
    if not cells.description:
        findings.append(where.must_look("no-description", "事業概要がありません", cells.name))
    if not cells.department:
        findings.append(where.must_look("no-department", "担当部署が見つかりません", cells.name))
    return findings


def _check_whole(programs: Sequence[Program], findings: Sequence[Finding], apart: int) -> list[Finding]:
    """Where many rows cannot be read, the dump has mixed its columns, and no row of it is sure: a number may be another row's."""
    doubtful = {finding.row for finding in findings if finding.level is Level.MUST_LOOK}
    if len(doubtful) + apart <= _MIXED_SHARE * len(programs) or len(programs) < _FEWEST_ROWS:
        return []
    message = (
        "この文章では、欄の混ざった行がほかに多くあります。この行も、事業名や電話番号が別の事業のものかもしれません"
    )
    return [
        Finding(Level.MUST_LOOK, "columns-mixed", message, one.provenance.page, one.provenance.row, one.program_name)
        for one in programs
        if one.provenance.row not in doubtful
    ]


def _check_phone(where: _Where, row: RowLines, phones: Sequence[Phone]) -> list[Finding]:
    raw = " ".join(row.phone)
    findings = [
        where.must_look(
            "row-within-row",
            f"行の途中に、別の事業の始まりか終わりかもしれない文があります：「{text[:60]}」",
            text,
        )
        for text in row.suspects
    ]
    if row.is_cut:
        findings.append(
            where.must_look("no-phone", "電話番号が見つからないまま、次の行が始まっています", row.first.text)
        )
    elif not phones or remainder(raw):
        findings.append(where.must_look("phone-not-understood", f"電話番号を読み取れません：「{raw}」", raw))
    elif len(phones) > 1:
        findings.append(where.must_look("several-phones", f"1つの欄に電話番号が{len(phones)}つあります", raw))
    return findings


def _check_place(where: _Where, row: RowLines, place: Decided, phones: Sequence[Phone]) -> list[Finding]:
    body = row.start.body
    if not body:
        return [where.must_look("no-body", "実施主体がありません", row.first.text)]
    if not row.start.is_known and not municipalities_named(body):
        return [where.must_look("unknown-body", f"「{body}」という都道府県も市区町村もありません", body)]
    if not place.prefecture:
        names = "、".join(place.candidates)
        return [where.must_look("place-undecided", f"「{body}」は{names}にあり、どれか決められません", body)]
    findings = []
    if place.is_shared:
        message = (
            f"「{body}」は{'、'.join(place.candidates)}にあります。{place.evidence}から{place.prefecture}としました"
        )
        findings.append(Finding(Level.NOTE, "place-decided", message, where.page, where.row, body))
    prefecture = prefecture_named(place.prefecture)
    for phone in phones:
        codes = prefectures_of_number(phone.number)
        if prefecture and codes and prefecture.code not in codes:
            message = f"電話番号 {phone.number} の市外局番は{place.prefecture}のものではありません"
            findings.append(where.must_look("phone-of-another-prefecture", message, phone.raw))
    return findings


def _check_apart(apart: Sequence[Apart], names: ColumnNames) -> list[Finding]:
    """Lines that belong to no row although nobody can say what they are, and columns that nobody reads."""
    findings = [
        Finding(
            Level.MUST_LOOK,
            "line-outside-rows",
            f"どの事業にも入らない行があります：「{one.line.text[:60]}」",
            one.line.page,
            one.line.number,
            one.line.text,
        )
        for one in apart
        if not one.is_expected
    ]
    unknown = {
        token: one.line
        for one in reversed(apart)
        if one.why is Furniture.HEADER
        for token in header_tokens(one.line.text, names)[1]
    }
    findings += [
        Finding(
            Level.MUST_LOOK,
            "column-unknown",
            f"意味の分からない列があり、ほかの欄に混ざって読まれています：「{token}」",
            line.page,
            line.number,
            token,
        )
        for token, line in unknown.items()
    ]
    return findings


def _check_labels(told: Told, places: Sequence[Decided]) -> list[Finding]:
    """A prefecture's label at the end of a page without any row of that prefecture near: its rows may be lost."""
    pages: dict[str, set[int]] = {}
    for row, place in zip(told.rows, places, strict=True):
        pages.setdefault(place.prefecture, set()).add(row.first.page)
    return [
        Finding(
            Level.MUST_LOOK,
            "label-without-row",
            f"都道府県の欄に「{one.line.text}」とありますが、その事業がこのページの近くにありません",
            one.line.page,
            one.line.number,
            one.line.text,
        )
        for one in told.apart
        if one.why is Furniture.PREFECTURE
        and not any(abs(page - one.line.page) <= _PAGES_BESIDE for page in pages.get(one.line.text, ()))
    ]
