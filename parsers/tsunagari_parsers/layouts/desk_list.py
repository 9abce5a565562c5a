"""A list of desks: 都道府県, 名称 or 施設名, 電話番号, 受付時間, such as that of the 配偶者暴力相談支援センター or every municipality's own.

Each row is a desk that nobody has confirmed yet (``proposal``). An address is not kept, in no record and in no finding: the list
may name a house that must not be found. A fax number is never a phone. Desks without any number are kept and told, because
somebody can still be asked for there.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import replace

from tsunagari_parsers.area_codes import prefectures_of_number
from tsunagari_parsers.checks import At, check_area_codes, check_twice
from tsunagari_parsers.contacts import Contact, read_contact, with_extension
from tsunagari_parsers.desk_kinds import kind_of, names_desks
from tsunagari_parsers.desks import Desk, DeskKind, DeskPhone
from tsunagari_parsers.layouts.base import Layout, LayoutResult, Source
from tsunagari_parsers.list_rows import ListRow, ListRows
from tsunagari_parsers.phones import is_dialable
from tsunagari_parsers.places import municipalities_named, prefecture_named, prefecture_of
from tsunagari_parsers.placing import Claim, Placed, place_of_title, place_rows
from tsunagari_parsers.programs import (
    column_findings,
    contact_findings,
    merged_findings,
    serial_findings,
    total_findings,
)
from tsunagari_parsers.records import Phone, Provenance
from tsunagari_parsers.report import Finding, Level, Skip
from tsunagari_parsers.rows import has_list, read_rows
from tsunagari_parsers.text import comparable

NO_DESK = "名称のない行"

_READ = frozenset(
    {
        "prefecture",
        "implementing_body",
        "name",
        "phone",
        "contact",
        "extension",
        "hours",
        "note",
        "target",
        "url",
        "number",
    }
)
_UNREAD = frozenset({"fax", "mail", "operator", "department"})
#: At least this share of the names must speak of a desk where title and headers do not (0 to 1).
_SHARE = 0.5


def recognises(source: Source) -> bool:
    """Whether a table names desks and their numbers; a list of other places with telephones is none."""
    if not has_list(source.pages, source.names, _names_desks):
        return False
    listed = _rows(source)
    said = [*listed.title, *(text for header in listed.headers for text in header.texts.values())]
    names = [row.text("name") for row in listed.rows]
    telling = sum(map(names_desks, names))
    return any(map(names_desks, said)) or (bool(names) and telling >= _SHARE * len(names))


def read(source: Source) -> LayoutResult:
    """Every row of every table, in the order of the paper."""
    listed = _rows(source)
    skips = list(listed.skips)
    findings: list[Finding] = []
    rows: list[ListRow] = []
    for row in listed.rows:
        if comparable(row.text("name")):
            rows.append(row)
            continue
        text = " / ".join(row.texts())
        skips.append(Skip(row.page, row.number, NO_DESK, text))
        if text:
            findings.append(_must_look("row-without-desk", "名称のない行です", row, text))
    contacts = [_contact(row) for row in rows]
    claims = [
        Claim(row.prefecture, row.section, row.body, tuple(phone.number for phone in contact.phones))
        for row, contact in zip(rows, contacts, strict=True)
    ]
    placed = [
        one if one.evidence else _by_area_code(claim, one)
        for claim, one in zip(claims, place_rows(claims, place_of_title(listed.title)), strict=True)
    ]
    desks = []
    for row, contact, place in zip(rows, contacts, placed, strict=True):
        phones, more = _phones(row, contact)
        findings += contact_findings(row, contact) + more + merged_findings(row, "name")
        findings += _place_findings(row, place)
        findings += check_area_codes(At(row.page, row.number), [one.number for one in phones], place.prefecture)
        desks.append(_desk(row, place, phones, " ".join(listed.title), source.sha256))
    findings += _kind_findings(rows, desks)
    findings += column_findings(listed, _READ, _UNREAD)
    findings += serial_findings(rows)
    findings += total_findings(listed, len(rows))
    findings += check_twice(
        [
            (At(row.page, row.number), (desk.prefecture, desk.municipality, desk.name, desk.phones), desk.name)
            for row, desk in zip(rows, desks, strict=True)
        ]
    )
    ordered = tuple(sorted(skips, key=lambda skip: skip.row))
    return LayoutResult(listed.seen, desks=tuple(desks), skips=ordered, findings=(*findings, *listed.findings))


LAYOUT = Layout(name="desk_list", rank=5, series="desk_list", recognises=recognises, read=read)


def _names_desks(fields: Collection[str]) -> bool:
    return "name" in fields and bool({"phone", "contact"} & set(fields)) and "program_name" not in fields


def _rows(source: Source) -> ListRows:
    return read_rows(source.pages, source.names, _names_desks, "name")


def _contact(row: ListRow) -> Contact:
    field = "phone" if "phone" in row.header.columns else "contact"
    read = read_contact(
        row.text(field),
        role=row.header.phone_role,
        evidence=row.header.role_evidence,
        with_department=False,
        with_fax=field in row.header.with_fax,
    )
    return replace(read, phones=with_extension(read.phones, row.text("extension")))


def _by_area_code(claim: Claim, placed: Placed) -> Placed:
    """The prefecture of a desk whose list names no place at all: that of its numbers, if their area code has one only."""
    reached = {prefectures_of_number(number) for number in claim.numbers} - {()}
    codes = {code for one in reached for code in one}
    if claim.prefecture.strip() or claim.body or placed.municipality or len(codes) != 1:
        return placed
    return Placed(prefecture_of(codes.pop()).name, None, "area code")


def _phones(row: ListRow, contact: Contact) -> tuple[tuple[DeskPhone, ...], list[Finding]]:
    """The numbers that can be dialled; another one is told and left out, because somebody would dial it."""
    kept, findings = [], []
    for phone in contact.phones:
        if is_dialable(phone.number):
            free = True if phone.number.replace("-", "").startswith(("0120", "0800")) else None
            kept.append(DeskPhone(phone.number, _phone_note(phone), free))
        else:
            message = f"かけられない番号なので取り込んでいません：「{phone.number}」"
            findings.append(_must_look("phone-not-dialable", message, row, phone.number))
    return tuple(kept), findings


def _phone_note(phone: Phone) -> str:
    extension = f"内線{phone.extension}" if phone.extension else ""
    return "、".join(filter(None, (phone.note, extension)))


def _desk(row: ListRow, place: Placed, phones: tuple[DeskPhone, ...], title: str, sha256: str) -> Desk:
    name = row.name("name")
    prefecture = prefecture_named(place.prefecture)
    return Desk(
        id=f"{sha256[:8]}-{row.number}",
        name=name,
        kind=kind_of(name, row.section.prefecture, title, *row.header.texts.values()),
        summary="",
        sources=(),
        prefecture=prefecture.code if prefecture else None,
        phones=phones,
        who=row.paragraphs("target"),
        hours=row.paragraphs("hours"),
        notes=tuple(line for line in row.paragraphs("note").split("\n") if line.strip()),
        url=_url(row),
        proposal=True,
        municipality=(place.municipality or "") if prefecture else "",
        provenance=Provenance(sha256, row.page, row.rect, row.number),
    )


def _url(row: ListRow) -> str:
    """The address of a page, put together again where its cell broke it; anything else than one address is left out."""
    joined = "".join(row.text("url").split())
    return joined if joined.startswith(("http://", "https://")) and joined.count("://") == 1 else ""


def _place_findings(row: ListRow, place: Placed) -> list[Finding]:
    prefecture = prefecture_named(place.prefecture)
    if prefecture is None and row.prefecture:
        return [
            _must_look("unknown-prefecture", f"都道府県「{row.prefecture}」を確かめられません", row, row.prefecture)
        ]
    if prefecture is None:
        message = f"「{row.name('name')}」がどの都道府県のものか決められません"
        return [_must_look("place-undecided", message, row, row.name("name"))]
    if place.municipality and not municipalities_named(place.municipality, prefecture):
        message = f"「{place.municipality}」は{prefecture.name}の市区町村にありません"
        return [_must_look("place-not-in-prefecture", message, row, place.municipality)]
    return []


def _kind_findings(rows: Sequence[ListRow], desks: Sequence[Desk]) -> list[Finding]:
    unknown = [row for row, desk in zip(rows, desks, strict=True) if desk.kind is DeskKind.ANYBODY]
    if not unknown:
        return []
    message = f"何の相談窓口か名前から分からない行があります（{len(unknown)}行）"
    return [
        Finding(Level.NOTE, "desk-kind-unknown", message, unknown[0].page, unknown[0].number, unknown[0].name("name"))
    ]


def _must_look(code: str, message: str, row: ListRow, value: str) -> Finding:
    return Finding(Level.MUST_LOOK, code, message, page=row.page, row=row.number, value=value)
