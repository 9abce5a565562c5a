"""The report of an import as one HTML file: pictures of the pages beside what was read from them, what to look at on top.

It is for the administrator who checks a list, in Japanese, and no page of the site. It loads nothing from anywhere and needs no script. What
it shows of a sheet's restricted parts it names as such; a picture of the page, or the text, shows them too, so the file says so at its head.
"""

from __future__ import annotations

import base64
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from tsunagari_parsers.pictures import PagePicture
from tsunagari_parsers.records import Rect
from tsunagari_parsers.report import Finding, Level, ParsedDocument, Record, Skip
from tsunagari_site.rendering import render_report
from tsunagari_site.report_fields import Field, fields_of, kind_name, name_and_place, phone_roles

#: Room around a row in its enlarged picture, and the picture's pixels for a point.
_MARGIN = 4.0
_ENLARGED = 1.7
#: The height of the numbers on a page, as a share of the page's longer side.
_NUMBER = 1 / 85


@dataclass(frozen=True, slots=True)
class ReportedDocument:
    """A document to report on: what was read, and its pages' pictures or its text; ``problem`` says why there are no pictures."""

    parsed: ParsedDocument
    pictures: tuple[PagePicture, ...] = ()
    text: str = ""
    problem: str = ""


@dataclass(frozen=True, slots=True)
class FoundView:
    """A finding. ``mark`` is its number in the document; ``target`` the id of what it is about, ``where`` that place in words."""

    id: str
    mark: int
    must_look: bool
    code: str
    message: str
    value: str
    where: str
    target: str
    about: str


@dataclass(frozen=True, slots=True)
class Box:
    """A rectangle on a picture (points), with what it leads to."""

    id: str
    target: str
    label: str
    title: str
    rect: Rect
    number_at: tuple[float, float]
    number_width: float
    is_marked: bool = False


@dataclass(frozen=True, slots=True)
class RecordView:
    """A record as the page shows it. ``crop`` is the part of the picture that shows its row, ``lines`` its lines of a text."""

    id: str
    box: str
    number: str
    kind: str
    name: str
    place: str
    fields: tuple[Field, ...]
    findings: tuple[FoundView, ...]
    crop: Rect | None = None
    crop_width: int = 0
    lines: tuple[tuple[int, str], ...] = ()

    @property
    def must_look(self) -> bool:
        """Whether anything of it must be looked at."""
        return any(one.must_look for one in self.findings)


@dataclass(frozen=True, slots=True)
class PageView:
    """A page of a PDF: its picture (a ``data:`` URI, points), the rectangles on it, and its records."""

    id: str
    number: int
    picture: str
    picture_id: str
    width: float
    height: float
    number_size: float
    problem: str
    boxes: tuple[Box, ...]
    marks: tuple[Box, ...]
    records: tuple[RecordView, ...]
    findings: tuple[FoundView, ...]
    must_look: int


@dataclass(frozen=True, slots=True)
class SkipView:
    """A row that is no record."""

    id: str
    page: int
    row: int
    reason: str
    text: str
    target: str


@dataclass(frozen=True, slots=True)
class DocumentView:
    """One document: its account, its findings (what must be looked at first), its pages or its text."""

    id: str
    name: str
    facts: tuple[tuple[str, str], ...]
    account: str
    is_complete: bool
    problem: str
    must_look: tuple[FoundView, ...]
    notes: tuple[FoundView, ...]
    skips: tuple[SkipView, ...]
    pages: tuple[PageView, ...]
    is_text: bool
    before: tuple[tuple[int, str], ...]
    records: tuple[RecordView, ...]


@dataclass(frozen=True, slots=True)
class ReportPage:
    """The whole file."""

    title: str
    holds_restricted: bool
    failures: tuple[str, ...]
    elsewhere: tuple[str, ...]
    documents: tuple[DocumentView, ...]
    must_look: int
    notes: int
    records: int


def report_html(
    documents: Sequence[ReportedDocument], failures: Sequence[str] = (), elsewhere: Sequence[str] = ()
) -> str:
    """The report as the text of one HTML file.

    Args:
        documents: what was read, in the order in which it is shown.
        failures: a message for each document of which nothing was read.
        elsewhere: findings on documents that this import did not bring.
    """
    views = tuple(_document(f"d{number}", document) for number, document in enumerate(documents, 1))
    one = f"：{views[0].name}" if len(views) == 1 else ""
    return render_report(
        ReportPage(
            title=f"読み取り結果の確認{one}",
            holds_restricted=any(document.parsed.has_restricted for document in documents),
            failures=tuple(failures),
            elsewhere=tuple(elsewhere),
            documents=views,
            must_look=sum(len(view.must_look) for view in views),
            notes=sum(len(view.notes) for view in views),
            records=sum(document.parsed.report.records for document in documents),
        )
    )


def _document(id_: str, document: ReportedDocument) -> DocumentView:
    parsed, report = document.parsed, document.parsed.report
    records = [(f"{id_}-k{number}", record) for number, record in enumerate(parsed.in_order, 1)]
    skips = tuple(_skip(id_, number, skip, document) for number, skip in enumerate(report.skips, 1))
    places = _places(id_, records, skips, document)
    ordered = sorted(report.findings, key=lambda one: one.level is not Level.MUST_LOOK)
    found = [(_found(id_, number, one, places), one) for number, one in enumerate(ordered, 1)]
    of_record: dict[str, list[FoundView]] = defaultdict(list)
    for view, _ in found:
        of_record[view.target].append(view)
    shown = [_record(key, record, of_record.get(key, [])) for key, record in records]
    before, with_lines = _with_lines(shown, parsed, document.text) if document.text else ((), shown)
    pages = tuple(_page(id_, one, shown, records, found) for one in document.pictures)
    drawn = {view.id for page in pages for view in page.records}
    return DocumentView(
        id=id_,
        name=report.name,
        facts=_facts(parsed),
        account=_account(parsed),
        is_complete=report.is_complete,
        problem=document.problem,
        must_look=tuple(view for view, _ in found if view.must_look),
        notes=tuple(view for view, _ in found if not view.must_look),
        skips=skips,
        pages=pages,
        is_text=bool(document.text),
        before=before,
        records=tuple(view for view in with_lines if view.id not in drawn),
    )


def _facts(parsed: ParsedDocument) -> tuple[tuple[str, str], ...]:
    report = parsed.report
    years = {one.fiscal_year for one in parsed.programs}
    years |= {one.fiscal_year for one in parsed.measures} | {one.fiscal_year for one in parsed.networks}
    year = "、".join("未指定" if one is None else f"{one}年度" for one in sorted(years, key=lambda one: one or 0))
    facts = (
        ("表題", report.title),
        ("年度", f"{year}{f'（表題では{report.era_year}）' if report.era_year else ''}" if years else ""),
        ("読み取った形", report.layout),
        ("一覧の種類", report.series),
        ("ページ数", f"{report.pages}"),
        ("電話番号の種類", phone_roles(parsed.programs)),
        ("文書の印（SHA-256）", report.document_sha256),
    )
    return tuple((label, value) for label, value in facts if value)


def _account(parsed: ParsedDocument) -> str:
    report = parsed.report
    kinds = Counter(kind_name(one) for one in parsed.in_order)
    by_kind = "、".join(f"{kind}{count}件" for kind, count in kinds.items())
    skipped = f"{len(report.skips)}行は除きました。" if report.skips else "除いた行はありません。"
    complete = "行の数は合っています。" if report.is_complete else "行の数が合いません。"
    return f"{report.rows_seen}行を見つけ、{by_kind}を読み取りました。{skipped}{complete}"


@dataclass(frozen=True, slots=True)
class _Places:
    """Where findings lead: rows of records and skips, pages, and the document itself."""

    document: str
    rows: Mapping[int, tuple[str, str]]
    pages: frozenset[int]

    def of(self, one: Finding) -> tuple[str, str]:
        """The id, and what it is in words."""
        if one.row is not None and one.row in self.rows:
            return self.rows[one.row]
        if one.page in self.pages:
            return f"{self.document}-p{one.page}", ""
        return self.document, ""


def _places(
    id_: str, records: Sequence[tuple[str, Record]], skips: Sequence[SkipView], document: ReportedDocument
) -> _Places:
    rows: dict[int, tuple[str, str]] = {}
    for key, record in records:
        at = record.provenance
        if at:
            name, place = name_and_place(record)
            rows.setdefault(at.row, (key, "　".join(part for part in (place, name) if part)))
    for skip in skips:
        rows.setdefault(skip.row, (skip.id, f"除いた行（{skip.reason}）"))
    return _Places(id_, rows, frozenset(one.page for one in document.pictures))


def _found(id_: str, number: int, one: Finding, places: _Places) -> FoundView:
    target, about = places.of(one)
    page = f"{one.page}ページ" if one.page is not None else ""
    row = f"{one.row}行目" if one.row is not None else ""
    return FoundView(
        id=f"{id_}-f{number}",
        mark=number,
        must_look=one.level is Level.MUST_LOOK,
        code=one.code,
        message=one.message,
        value=one.value if one.value not in one.message else "",
        where=" ".join(part for part in (page, row) if part) or "文書全体",
        target=target,
        about=about,
    )


def _skip(id_: str, number: int, skip: Skip, document: ReportedDocument) -> SkipView:
    drawn = any(one.page == skip.page for one in document.pictures)
    return SkipView(
        id=f"{id_}-s{number}",
        page=skip.page,
        row=skip.row,
        reason=skip.reason,
        text=skip.text,
        target=f"{id_}-p{skip.page}" if drawn else "",
    )


def _page(
    id_: str,
    page: PagePicture,
    shown: Sequence[RecordView],
    records: Sequence[tuple[str, Record]],
    found: Sequence[tuple[FoundView, Finding]],
) -> PageView:
    here = [
        (view, record.provenance.rect)
        for view, (_, record) in zip(shown, records, strict=True)
        if record.provenance and record.provenance.page == page.page
    ]
    findings = [(view, one) for view, one in found if one.page == page.page]
    own = f"{id_}-p{page.page}"
    picture = page.picture
    size = max(picture.rect.x1, picture.rect.bottom) * _NUMBER if picture else 0.0
    boxes = [_box(view, rect, size) for view, rect in here if rect]
    marks = [_mark(view, one.rect, size) for view, one in findings if one.rect]
    return PageView(
        id=own,
        number=page.page,
        picture=_data_uri(picture.media_type, picture.content) if picture else "",
        picture_id=f"{own}-picture",
        width=round(picture.rect.x1, 2) if picture else 0.0,
        height=round(picture.rect.bottom, 2) if picture else 0.0,
        number_size=round(size, 2),
        problem=page.problem,
        boxes=tuple(boxes) if picture else (),
        marks=tuple(marks) if picture else (),
        records=tuple(_cropped(view, rect, page) for view, rect in here),
        findings=tuple(view for view, _ in findings if view.target == own),
        must_look=sum(view.must_look for view, _ in findings),
    )


def _box(view: RecordView, rect: Rect, size: float) -> Box:
    width = _number_width(view.number, size)
    return Box(
        id=view.box,
        target=view.id,
        label=view.number,
        title=f"{view.number}行目：{view.place}　{view.name}",
        rect=rect.rounded(),
        # Beside the row as far as the margin has room for it, so that it covers no word.
        number_at=(round(max(0.0, rect.x0 - width), 2), round(rect.top, 2)),
        number_width=width,
        is_marked=view.must_look,
    )


def _mark(view: FoundView, rect: Rect, size: float) -> Box:
    label = f"！{view.mark}"
    width = _number_width(label, size) + size * 0.5
    return Box(
        id=f"{view.id}-m",
        target=view.id,
        label=label,
        title=f"{'要確認' if view.must_look else '参考'} {view.mark}：{view.message}",
        rect=rect.rounded(),
        number_at=(round(max(0.0, rect.x1 - width), 2), round(max(0.0, rect.top - size * 1.3), 2)),
        number_width=round(width, 2),
        is_marked=view.must_look,
    )


def _number_width(label: str, size: float) -> float:
    return round(size * (0.62 * len(label) + 0.5), 2)


def _cropped(view: RecordView, rect: Rect | None, page: PagePicture) -> RecordView:
    if rect is None or page.picture is None:
        return view
    whole = page.picture.rect
    crop = Rect(
        max(0.0, rect.x0 - _MARGIN),
        max(0.0, rect.top - _MARGIN),
        min(whole.x1, rect.x1 + _MARGIN),
        min(whole.bottom, rect.bottom + _MARGIN),
    )
    if crop.x0 >= crop.x1 or crop.top >= crop.bottom:
        return view
    return replace(view, crop=crop.rounded(), crop_width=round((crop.x1 - crop.x0) * _ENLARGED))


def _record(key: str, record: Record, findings: Sequence[FoundView]) -> RecordView:
    at = record.provenance
    name, place = name_and_place(record)
    return RecordView(
        id=key,
        box=f"{key}-box" if at and at.rect else "",
        number=str(at.row) if at else "",
        kind=kind_name(record),
        name=name,
        place=place,
        fields=fields_of(record),
        findings=tuple(findings),
    )


def _with_lines(
    shown: Sequence[RecordView], parsed: ParsedDocument, text: str
) -> tuple[tuple[tuple[int, str], ...], list[RecordView]]:
    """The lines of a text before its first record, and the records with theirs: every line stands beside one of them."""
    lines = tuple(enumerate(text.replace("\r\n", "\n").replace("\r", "\n").replace("\f", "").split("\n"), 1))
    starts = [one.provenance.line if one.provenance else None for one in parsed.in_order]
    known = sorted({start for start in starts if start is not None})
    if not known:
        return lines, list(shown)
    ends = dict(zip(known, [*(start - 1 for start in known[1:]), len(lines)], strict=True))
    views = [
        view if start is None else replace(view, lines=lines[start - 1 : ends[start]])
        for view, start in zip(shown, starts, strict=True)
    ]
    return lines[: known[0] - 1], views


def _data_uri(media_type: str, content: bytes) -> str:
    return f"data:{media_type};base64,{base64.b64encode(content).decode('ascii')}"
