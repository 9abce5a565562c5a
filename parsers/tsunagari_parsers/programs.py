"""From the rows of a list to programmes: what every list of programmes has in common, whatever its columns are called."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import replace

from tsunagari_parsers.amounts import is_nothing, thousand_yen, unit_of
from tsunagari_parsers.areas import find_excluded_areas
from tsunagari_parsers.checks import At, check_area_codes, check_count, check_ending, check_serial, check_twice
from tsunagari_parsers.contacts import Contact, read_contact, with_extension
from tsunagari_parsers.list_rows import TOTAL, WITHHELD, ListRow, ListRows
from tsunagari_parsers.phones import find_numbers
from tsunagari_parsers.places import municipalities_named, prefecture_named
from tsunagari_parsers.placing import (
    Claim,
    Placed,
    PlaceWords,
    municipality_of_cell,
    place_of_title,
    place_rows,
    prefecture_of_cell,
)
from tsunagari_parsers.records import Program, Provenance, SourceKind
from tsunagari_parsers.report import Finding, Level, Skip
from tsunagari_parsers.text import comparable

NO_PROGRAM = "事業名も事業概要もない行"

_READ = frozenset(
    {
        "prefecture",
        "implementing_body",
        "program_name",
        "description",
        "department",
        "phone",
        "extension",
        "contact",
        "number",
        "budget",
        "grant",
    }
)
#: Fields whose content is known and deliberately not kept.
_UNREAD = frozenset({"fax", "mail", "url", "operator"})
#: Longer than this (characters) is no name.
_LONGEST_NAME = 60
#: What a cell says that has no number to give.
_SAYS_NONE = re.compile(r"[-‐‑–—―ー−]+|なし|無し?|該当なし|[/／]")
_LABELS = {"department": "担当部署", "phone": "電話番号", "contact": "問合せ先", "budget": "事業費", "grant": "交付額"}


def read_programs(
    listed: ListRows, sha256: str, *, needs_prefecture: bool
) -> tuple[tuple[Program, ...], tuple[Skip, ...], tuple[Finding, ...]]:
    """The programmes of a list, the rows that are none, and what was found.

    Args:
        listed: the list's rows.
        sha256: the document's.
        needs_prefecture: the list has a column of prefectures, and nothing else may say where a row belongs.
    """
    skips = list(listed.skips)
    findings: list[Finding] = []
    rows: list[ListRow] = []
    for row in listed.rows:
        if comparable(row.text("program_name")) or comparable(row.text("description")):
            rows.append(row)
            continue
        text = " / ".join(row.texts())
        skips.append(Skip(row.page, row.number, NO_PROGRAM, text))
        if text:
            findings.append(_must_look("row-without-program", "事業名も事業概要もない行です", row, text))
    contacts = [_contact(row) for row in rows]
    claims = [
        Claim(row.prefecture, row.section, row.body, tuple(phone.number for phone in contact.phones))
        for row, contact in zip(rows, contacts, strict=True)
    ]
    title = PlaceWords() if needs_prefecture else place_of_title(listed.title)
    placed = place_rows(claims, title)
    if needs_prefecture:
        placed = [
            _by_cell(claim) if claim.prefecture or not place.evidence else place
            for claim, place in zip(claims, placed, strict=True)
        ]
    programs = []
    for row, contact, place in zip(rows, contacts, placed, strict=True):
        program, own = _program(row, contact, place, listed.unit, sha256)
        programs.append(program)
        findings += own
        findings += _place_findings(row, place, needs_prefecture=needs_prefecture)
    findings += column_findings(listed, _READ, _UNREAD)
    findings += _name_findings(listed)
    findings += _unit_findings(listed)
    findings += _list_findings(listed, rows, programs)
    return tuple(programs), tuple(sorted(skips, key=lambda skip: skip.row)), (*findings, *listed.findings)


def _program(row: ListRow, contact: Contact, place: Placed, unit: str, sha256: str) -> tuple[Program, list[Finding]]:
    description = row.paragraphs("description")
    name = row.name("program_name") if "program_name" in row.header.columns else _name_of(description)
    findings = _text_findings(row, name, description)
    findings += contact_findings(row, contact)
    department, more = _department(row, contact)
    findings += more
    findings += merged_findings(row, "program_name")
    program = Program(
        source_kind=SourceKind.NATIONAL_LIST,
        prefecture=place.prefecture,
        municipality=place.municipality,
        program_name=name,
        description=description,
        department=department,
        phones=contact.phones,
        provenance=Provenance(sha256, row.page, row.rect, row.number, further=row.further),
        number=row.name("number"),
        budget=_amount(row, "budget", unit, findings),
        grant=_amount(row, "grant", unit, findings),
        excluded_areas=find_excluded_areas(description, place.prefecture),
        place_evidence=place.evidence,
    )
    at = At(row.page, row.number)
    findings += check_area_codes(at, [phone.number for phone in program.phones], program.prefecture)
    return program, findings


def _name_of(description: str) -> str:
    """What a programme is called in a list that only tells what is done: the first sentence, without the mark before it."""
    first = re.sub(
        r"^(?:[\s・○●◎■□◆◇※]|[①-⑳]|[(（]?[0-9０-９]{1,2}[)）.．])+", "", description.split("\n", maxsplit=1)[0]
    )
    sentence = first.split("。", maxsplit=1)[0].strip()
    return sentence if len(sentence) <= _LONGEST_NAME else sentence[: _LONGEST_NAME - 1] + "…"


def _contact(row: ListRow) -> Contact:
    """What the row's columns of phones, or of department and phone together, say.

    One cell over both columns, and a column of departments in a list without any other for numbers, are read as both.
    """
    header = row.header
    role, evidence = header.phone_role, header.role_evidence
    field = contact_field(row)
    is_both = field != "phone"
    read = read_contact(
        row.text(field),
        role=role,
        evidence=evidence,
        with_department=is_both,
        with_fax=field in header.with_fax,
    )
    return replace(read, phones=with_extension(read.phones, row.text("extension")))


def contact_field(row: ListRow) -> str:
    """The field in which the numbers of a row stand."""
    columns = row.header.columns
    if "contact" in columns:
        return "contact"
    if "phone" not in columns:
        return "department"
    same = "department" in row.cells and row.cells["department"] == row.cells.get("phone")
    return "department" if same and row.text("department").strip() else "phone"


def _department(row: ListRow, contact: Contact) -> tuple[str, list[Finding]]:
    field = contact_field(row)
    if field != "phone":
        if contact.department:
            return contact.department, []
        return "", [_missing("no-department", "担当部署", row, field)] if row.text(field).strip() else []
    department = row.name("department")
    if "department" not in row.header.columns:
        return "", []
    if not department:
        return "", [_missing("no-department", "担当部署", row, "department")]
    if find_numbers(department):
        message = f"担当部署の欄に電話番号があります：「{department}」"
        return department, [_must_look("phone-in-department", message, row, department)]
    return department, []


def contact_findings(row: ListRow, contact: Contact) -> list[Finding]:
    """What is to be said of a row's numbers: none, not understood, several, fax numbers and addresses that are not kept."""
    field = contact_field(row)
    raw = row.text(field)
    shown = " ".join(raw.split())
    if field not in row.header.columns:
        return []
    findings = []
    says_none = bool(_SAYS_NONE.fullmatch(comparable(raw)))
    if not raw.strip() and field in row.cells and row.cells[field].is_overwritten:
        pass  # Emptied for what has run into it, and told as that.
    elif not raw.strip():
        findings.append(_missing("no-phone", "電話番号" if field == "phone" else "問合せ先", row, field))
    elif says_none:
        findings.append(_note("no-phone", f"電話番号の欄に「{shown}」とあります", row, shown))
    elif contact.problem:
        message = f"電話番号を読み取れません：「{contact.problem}」（欄の文字：「{shown}」）"
        findings.append(_must_look("phone-not-understood", message, row, raw))
    elif not contact.phones:
        findings.append(_note("no-phone", "電話番号がありません", row, shown))
    if len(contact.phones) > 1:
        level = Level.NOTE if contact.are_told_apart or not _may_be_rows(row, field) else Level.MUST_LOOK
        message = f"1つの欄に電話番号が{len(contact.phones)}つあります"
        findings.append(Finding(level, "several-phones", message, row.page, row.number, raw))
    for count, code, what in (
        (contact.faxes, "fax-unread", "ファックス番号"),
        (contact.unread, "contact-unread", "メールやウェブのアドレス"),
        (contact.addresses, "address-dropped", "住所"),
    ):
        if count:
            findings.append(_note(code, f"問合せ先の欄の{what}（{count}）は取り込んでいません", row, ""))
    return findings


def _may_be_rows(row: ListRow, field: str) -> bool:
    """Whether a row with several numbers may be several rows that a lost rule has made one.

    It is none where its cell is closed above and below, no higher than that of the name, and the name or the office stands on fewer
    lines than there are numbers: each of several rows would have its own.
    """
    cell = row.cells[field]
    key = next((row.cells[name] for name in ("program_name", "name", "description") if name in row.cells), cell)
    if not (cell.top_drawn and cell.bottom_drawn) or (cell.row, cell.last_row) != (key.row, key.last_row):
        return True
    named = [name for name in ("program_name", "name", "department") if row.text(name).strip()]
    # A line that goes on in the next one is no row of its own.
    return all(sum(not goes_on for _, goes_on in row.lines(name)) >= 2 for name in named)


def merged_findings(row: ListRow, key: str) -> list[Finding]:
    """Cells whose text cannot be trusted to be theirs alone: text over a rule, one cell in two fields."""
    findings = [
        _must_look(
            "text-over-rule",
            "文字が重なっています。となりの欄の文字が混ざっているかもしれません",
            row,
            WITHHELD if row.header.addresses else cell.text,
        )
        for field, cell in row.cells.items()
        if cell.is_overwritten and field != "address"
    ]
    key_cell = row.cells.get(key)
    shared = [
        field
        for field, cell in row.cells.items()
        if field != key and key_cell is not None and cell == key_cell and cell.text.strip() and field != "address"
    ]
    if shared:
        message = "2つ以上の列にまたがる欄があり、どの列のものか決められません"
        findings.append(_must_look("cell-over-columns", message, row, row.name(key)))
    return findings


def _text_findings(row: ListRow, name: str, description: str) -> list[Finding]:
    if not name:
        return [_must_look("no-name", "事業名がありません", row, description[:40])]
    if "description" not in row.header.columns:
        return []
    if not description:
        return [_must_look("no-description", "事業概要がありません", row, name)]
    lines = [full for text, full in row.lines("description") if text.strip()]
    return check_ending(At(row.page, row.number), description, last_line_is_full=bool(lines) and lines[-1])


def _by_cell(claim: Claim) -> Placed:
    """The place that the row's own cells give, as they give it."""
    prefecture = prefecture_of_cell(claim.prefecture)
    if prefecture is None:
        own = comparable(claim.body) == comparable(claim.prefecture)
        return Placed(claim.prefecture, None if own else claim.body, "")
    return Placed(prefecture.name, municipality_of_cell(claim.body, prefecture), "prefecture cell")


def _place_findings(row: ListRow, place: Placed, *, needs_prefecture: bool) -> list[Finding]:
    body = row.body or place.body
    prefecture = prefecture_named(place.prefecture)
    if prefecture is not None and needs_prefecture and not row.prefecture:
        message = f"都道府県の欄が空のため、ほかの欄から{prefecture.name}と決めました"
        return [_note("prefecture-empty", message, row, row.body)]
    if prefecture is None and (needs_prefecture or row.prefecture):
        shown = row.prefecture or place.prefecture
        return [_must_look("unknown-prefecture", f"都道府県「{shown}」を確かめられません", row, body)]
    if prefecture is None:
        return [_must_look("place-undecided", f"「{body}」がどの都道府県のものか決められません", row, body)]
    if "implementing_body" in row.header.columns and not row.body:
        return [_must_look("no-body", "実施主体がありません", row, row.prefecture or place.prefecture)]
    if place.municipality is not None and not municipalities_named(place.municipality, prefecture):
        message = f"「{place.municipality}」は{prefecture.name}の市区町村にありません"
        return [_must_look("place-not-in-prefecture", message, row, place.municipality)]
    return []


def _amount(row: ListRow, field: str, unit: str, findings: list[Finding]) -> int | None:
    raw = row.text(field)
    if is_nothing(raw):
        return None
    stated = unit_of(row.header.texts.get(field, ""), unit)
    amount = thousand_yen(raw, stated)
    if amount is None and stated is not None:
        shown = " ".join(raw.split())
        findings.append(_note("amount-not-understood", f"{_LABELS[field]}を読み取れません：「{shown}」", row, shown))
    return amount


def _name_findings(listed: ListRows) -> list[Finding]:
    unnamed = [row for row in listed.rows if "program_name" not in row.header.columns]
    if not unnamed:
        return []
    header = unnamed[0].header.texts.get("description", "")
    message = f"事業名の列がないため、「{header}」のはじめの文を事業名にしました（{len(unnamed)}行）"
    return [Finding(Level.NOTE, "name-from-description", message, page=unnamed[0].page, value=header)]


def _unit_findings(listed: ListRows) -> list[Finding]:
    """Columns of amounts whose unit nobody states: such amounts are left out, except those that state it themselves."""
    findings = []
    for field in ("budget", "grant"):
        left_out = [
            row
            for row in listed.rows
            if not is_nothing(row.text(field))
            and unit_of(row.header.texts.get(field, ""), listed.unit) is None
            and thousand_yen(row.text(field), None) is None
        ]
        if left_out:
            header = left_out[0].header.texts.get(field, "")
            message = f"「{header}」の単位（円、千円など）が分からないため、{len(left_out)}行の金額を取り込んでいません"
            findings.append(Finding(Level.NOTE, "amount-unit-unknown", message, page=left_out[0].page, value=header))
    return findings


def column_findings(listed: ListRows, read: frozenset[str], unread: frozenset[str]) -> list[Finding]:
    """Columns that are read by nobody: a second one of a field hides what it says, an unknown one may say what matters."""
    repeated = list(dict.fromkeys(text for header in listed.headers for text in header.repeated))
    findings = [
        Finding(Level.MUST_LOOK, "column-twice", f"同じ意味の列がもう1つあり、読まれていません：「{text}」", value=text)
        for text in repeated
    ]
    known = [(field, text) for header in listed.headers for field, text in header.texts.items() if field not in read]
    unknown = dict.fromkeys(text for header in listed.headers for text in header.unmapped)
    findings += [_column("column-unknown", text) for text in unknown]
    for field, text in dict.fromkeys(known):
        if field == "address":
            count = sum(1 for row in listed.rows if row.text("address").strip())
            message = f"住所の列「{text}」は取り込んでいません（{count}行）"
            findings.append(Finding(Level.NOTE, "address-dropped", message, value=text))
        else:
            findings.append(_column("column-unread" if field in unread else "column-unknown", text))
    return findings


def _column(code: str, text: str) -> Finding:
    return Finding(Level.NOTE, code, f"読まれていない列があります：「{text}」", value=text)


def _list_findings(listed: ListRows, rows: Sequence[ListRow], programs: Sequence[Program]) -> list[Finding]:
    contents = [
        (
            At(row.page, row.number),
            (
                one.prefecture,
                one.municipality,
                comparable(one.program_name),
                comparable(one.description),
                comparable(one.department),
                tuple(phone.number for phone in one.phones),
            ),
            one.program_name,
        )
        for row, one in zip(rows, programs, strict=True)
    ]
    return [*serial_findings(rows), *check_twice(contents), *total_findings(listed, len(rows))]


def serial_findings(rows: Sequence[ListRow]) -> list[Finding]:
    """Gaps in the numbers of a list that has them."""
    if not any("number" in row.header.columns for row in rows):
        return []
    before: Iterable[ListRow | None] = (None, *rows)
    return check_serial(
        [
            (
                At(row.page, row.number),
                row.text("number"),
                last is not None and last.page == row.page and last.cells.get("number") == row.cells.get("number"),
            )
            for last, row in zip(before, rows, strict=False)
        ]
    )


def total_findings(listed: ListRows, rows: int) -> list[Finding]:
    """Sums at the end of the list that say another number of rows than were read; sums within it count something less."""
    totals = [(At(skip.page, skip.row), skip.text) for skip in listed.skips if skip.reason == TOTAL]
    whole = [one for one in totals if re.match(r"(?:総|全国)?合?計", comparable(one[1]))]
    return check_count(whole[-1:], rows) if len(totals) == 1 else []


def _missing(code: str, what: str, row: ListRow, field: str) -> Finding:
    """An empty cell is the paper's own gap; a row without that cell may have lost it in reading."""
    if field in row.cells:
        return Finding(Level.NOTE, code, f"{what}の欄が空です", page=row.page, row=row.number)
    return _must_look(code, f"{what}の欄が見つかりません", row, "")


def _note(code: str, message: str, row: ListRow, value: str) -> Finding:
    return Finding(Level.NOTE, code, message, page=row.page, row=row.number, value=value)


def _must_look(code: str, message: str, row: ListRow, value: str) -> Finding:
    return Finding(Level.MUST_LOOK, code, message, page=row.page, row=row.number, value=value)
