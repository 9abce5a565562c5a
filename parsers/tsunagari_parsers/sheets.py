"""Programme sheets (個票): from headed parts, however a layout found them, to a record.

A sheet is one programme's report on its year: why, what for, what was done, with whom, what came of it. What a person in need
must find is only a part of it; the rest stays in the record's sections. Where a sheet offers a short stay, the parts that say
who runs it and where are marked as restricted (:mod:`tsunagari_parsers.stays`).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from tsunagari_parsers.columns import ColumnNames
from tsunagari_parsers.phones import find_extension, find_note, find_numbers
from tsunagari_parsers.records import (
    Goal,
    Phone,
    PhoneRole,
    PlaceOnPage,
    Program,
    Provenance,
    Rect,
    Section,
    SourceKind,
)
from tsunagari_parsers.report import Finding, Level
from tsunagari_parsers.sheet_goals import goals_of_lines, goals_of_paragraphs, purpose_of
from tsunagari_parsers.sheet_headings import Describes, Kind, Role, amount_of, number_of, sheet_words
from tsunagari_parsers.sheet_lines import is_subtitle
from tsunagari_parsers.sheet_places import SheetPlace, resolve
from tsunagari_parsers.sheet_title import is_form_title
from tsunagari_parsers.stays import Kept, may_tell_of_stay, named_bodies, offers_stay, tells_of_stay
from tsunagari_parsers.text import comparable, fold_width

#: What a part without a heading is called.
NO_HEADING = "（見出しなし）"
#: A text without a heading that is no longer is a remark (characters).
_LONGEST_REMARK = 100
#: Findings carry no more of a text than this.
_SHOWN = 30

_GOAL_WORDS = re.compile(r"目標値|達成値|達成率|実績値")
_FAX = re.compile(r"(?i)(?:FAX|ファクス|ファックス|ファクシミリ)\s*(?:番号)?\s*[:：]?\s*[0-9()-]{9,14}")
_MAIL = re.compile(r"(?i)(?:e-?mail|メール(?:アドレス)?)?\s*[:：]?\s*[\w.+-]+@[\w.-]+")
_LABELS = re.compile(
    r"(?i)(?:TEL|電話(?:番号)?|担当(?:部署|課|部局|者)?|部署名?|所属|連絡先|(?:お)?問い?合わせ先?|内線|直通|代表)\s*(?=[:：])|[:：]"
)


@dataclass(frozen=True, slots=True)
class Part:
    """A headed part: its kind (None for a heading that nobody knows), the heading as it stands, and its paragraphs.

    ``remark`` is what the heading says in brackets.
    """

    kind: Kind | None
    heading: str
    paragraphs: tuple[str, ...]
    remark: str = ""


@dataclass(frozen=True, slots=True)
class Sheet:
    """One sheet as a layout read it.

    ``place`` is the body's name in the title's brackets or beside it, "" where there is none; ``rows`` are the paragraphs that
    are rows of a table, ``goals`` what those rows say. ``further`` is what it takes up of later pages. ``findings`` are the layout's own.
    """

    title: str
    place: str
    parts: tuple[Part, ...]
    page: int
    rect: Rect | None = None
    line: int | None = None
    further: tuple[PlaceOnPage, ...] = ()
    goals: tuple[Goal, ...] = ()
    rows: frozenset[str] = frozenset()
    findings: tuple[Finding, ...] = ()


@dataclass(slots=True)
class _Draft:
    """What assembling a record gathers."""

    page: int
    row: int
    findings: list[Finding] = field(default_factory=list)

    def must_look(self, code: str, message: str, value: str = "") -> None:
        self.findings.append(Finding(Level.MUST_LOOK, code, message, self.page, self.row, value[:_SHOWN]))

    def note(self, code: str, message: str, value: str = "") -> None:
        self.findings.append(Finding(Level.NOTE, code, message, self.page, self.row, value[:_SHOWN]))


def headless_finding(part: Part, page: int, row: int) -> Finding:
    """What to tell of a part without a heading: a remark is a note; more of it is a box whose heading was not found."""
    length = sum(map(len, part.paragraphs))
    message = f"見出しのない文章が{length}字あります。事業の内容としては公開しません"
    level = Level.NOTE if length <= _LONGEST_REMARK else Level.MUST_LOOK
    return Finding(level, "text-without-heading", message, page, row)


def assemble(sheet: Sheet, *, row: int, sha256: str, names: ColumnNames) -> tuple[Program, tuple[Finding, ...]]:
    """The record of a sheet, and what an administrator should know of it."""
    draft = _Draft(sheet.page, row, list(sheet.findings))
    values, parts = _values(sheet, draft)
    title, other = _title(sheet, values)
    if other and not any(other in part.paragraphs for part in parts):
        parts.append(Part(None, NO_HEADING, (other,)))
    if not title:
        draft.must_look("no-name", "事業名が見つかりません")
    everything = [title, *(text for part in sheet.parts for text in (part.heading, *part.paragraphs))]
    place = _place(sheet.place or values.get(Role.BODY, ""), everything, draft)
    is_stay = offers_stay(everything)
    bodies = named_bodies(text for part in parts if _is_partners(part) for text in part.paragraphs)
    kept = Kept(bodies, _own_names(place)) if is_stay else None
    sections = _sections(parts, kept)
    open_texts = {id(part): _open(part, kept) for part in parts}
    if kept and tells_of_stay(title, bodies):
        sections.insert(0, Section("事業名", title, is_restricted=True))
        title = place.municipality or place.prefecture
        draft.must_look("title-tells-of-stay", "事業名に、宿泊先か運営団体の名前が含まれているため、公開しません")
    department, phones = _contacts(parts, open_texts, names, draft)
    goals, rows = _goals(sheet, parts)
    if not goals and any(_GOAL_WORDS.search(text) for part in parts if _is_goals(part) for text in part.paragraphs):
        draft.note("goals-not-read", "目標の数値を、目標・実績の形では読み取れません。文章はそのまま残しています")
    if kept:
        goals = tuple(
            goal
            for goal in goals
            if not may_tell_of_stay("　".join((goal.kind, goal.name, goal.target, goal.actual, goal.rate)), kept)
        )
    description = "\n".join(_description(parts, open_texts, rows) or (_harmless(parts, rows, kept) if kept else []))
    if not description:
        draft.must_look("no-description", "事業の内容が見つかりません", title)
    _check_amounts(values, draft)
    program = Program(
        source_kind=SourceKind.PROGRAM_SHEET,
        prefecture=place.prefecture,
        municipality=place.municipality,
        program_name=title,
        description=description,
        department=department,
        phones=phones,
        provenance=Provenance(sha256, sheet.page, sheet.rect, row, sheet.line, sheet.further),
        number=values.get(Role.NUMBER, ""),
        budget=int(values[Role.BUDGET]) if Role.BUDGET in values else None,
        grant=int(values[Role.GRANT]) if Role.GRANT in values else None,
        sections=tuple(sections),
        goals=goals,
    )
    return program, tuple(draft.findings)


def _title(sheet: Sheet, values: Mapping[Role, str]) -> tuple[str, str]:
    """The programme's name, and what else is called so: the form's title where 事業名 stands below it, or 事業名 under another title."""
    name = values.get(Role.NAME, "")
    if not name or comparable(name) == comparable(sheet.title):
        return sheet.title, ""
    if not sheet.title or not sheet.place or is_form_title(sheet.title):
        return name, sheet.title
    return sheet.title, name


def _goals(sheet: Sheet, parts: Sequence[Part]) -> tuple[tuple[Goal, ...], frozenset[str]]:
    """The goals of the sheet's tables and lines, and the paragraphs that are rows of tables."""
    goals, rows = list(sheet.goals), set(sheet.rows)
    for part in parts:
        if not _is_goals(part):
            continue
        if not sheet.goals:
            found, own = goals_of_paragraphs(part.paragraphs)
            goals += found
            rows |= own
        goals += goals_of_lines([text for text in part.paragraphs if text not in rows])
    return tuple(goals), frozenset(rows)


def _values(sheet: Sheet, draft: _Draft) -> tuple[dict[Role, str], list[Part]]:
    """The parts that are one value, understood (amounts as thousands of yen); and the others, in the usual order."""
    values: dict[Role, str] = {}
    parts = []
    for part in sheet.parts:
        role = part.kind.role if part.kind else Role.PROSE
        text = " ".join(part.paragraphs)
        understood: str | None = None
        if role in {Role.BUDGET, Role.GRANT}:
            amount = amount_of(text, part.remark)
            understood = None if amount is None else str(amount)
        elif role is Role.NUMBER:
            understood = number_of(text)
        elif role in {Role.NAME, Role.BODY}:
            understood = text
        if understood is not None and values.setdefault(role, understood) == understood:
            continue
        if part.kind and role in {Role.BUDGET, Role.GRANT, Role.NUMBER, Role.NAME, Role.BODY}:
            draft.must_look("value-not-understood", f"「{part.heading}」の欄を読み取れません", text)
        parts.append(part)
    overview = sheet_words().kind("overview").order
    return values, sorted(parts, key=lambda part: part.kind.order if part.kind else overview - 0.5)


def _check_amounts(values: dict[Role, str], draft: _Draft) -> None:
    for role, what in ((Role.BUDGET, "個別事業費"), (Role.GRANT, "交付金額")):
        if role not in values:
            draft.note("no-amount", f"{what}が書かれていません")
    if Role.BUDGET in values and Role.GRANT in values and int(values[Role.GRANT]) > int(values[Role.BUDGET]):
        draft.must_look("grant-above-budget", "交付金額が個別事業費より多くなっています", values[Role.GRANT])


def _place(name: str, texts: Iterable[str], draft: _Draft) -> SheetPlace:
    """Who runs it; a name that several prefectures have is settled by the only one of them that the sheet mentions."""
    if not name:
        draft.must_look("no-body", "実施主体（【○○県】【○○市】など）が見つかりません")
        return SheetPlace("", None)
    place = resolve(name)
    if place is None:
        draft.must_look("unknown-place", f"「{name[:_SHOWN]}」という都道府県・市区町村はありません", name)
        return SheetPlace("", name)
    if not place.candidates:
        return place
    everything = "".join(texts)
    mentioned = [candidate for candidate in place.candidates if candidate in everything]
    if len(mentioned) == 1:
        return SheetPlace(mentioned[0], place.municipality)
    candidates = "、".join(place.candidates)
    draft.must_look("ambiguous-place", f"「{name}」は{candidates}にあり、どこのものか分かりません", name)
    return SheetPlace("", place.municipality)


def _own_names(place: SheetPlace) -> tuple[str, ...]:
    names = [place.prefecture, place.municipality or ""]
    return tuple(name for name in names if name)


def _sections(parts: Sequence[Part], kept: Kept | None) -> list[Section]:
    """Every part with its text; of a sheet that offers a stay (``kept``), what may tell of it apart from what does not."""
    sections = []
    for part in parts:
        free = _open(part, kept)
        held = [text for index, text in enumerate(part.paragraphs) if index not in free]
        if free or not part.paragraphs:
            sections.append(Section(part.heading, "\n".join(part.paragraphs[index] for index in free)))
        if held:
            sections.append(Section(part.heading, "\n".join(held), is_restricted=True))
    return sections


def _open(part: Part, kept: Kept | None) -> list[int]:
    """Which paragraphs of a part may be public."""
    if kept is None:
        return list(range(len(part.paragraphs)))
    # What an unknown part is about nobody has said; its heading could be a lodging's name.
    if part.kind is None or _is_partners(part) or tells_of_stay(part.heading, kept.bodies):
        return []
    kept_back = [may_tell_of_stay(text, kept) for text in part.paragraphs]
    for index in reversed(range(len(kept_back) - 1)):
        # A title whose text is kept back goes with it.
        kept_back[index] |= kept_back[index + 1] and is_subtitle(part.paragraphs[index])
    return [index for index, is_kept in enumerate(kept_back) if not is_kept]


def _is_partners(part: Part) -> bool:
    return part.kind is not None and part.kind.key == "partners"


def _is_goals(part: Part) -> bool:
    return part.kind is not None and part.kind.key == "goals"


def _description(parts: Sequence[Part], free: dict[int, list[int]], rows: frozenset[str]) -> list[str]:
    """What a person who searches must find, as paragraphs, each once."""
    said: list[str] = []
    for part in parts:
        texts = [part.paragraphs[index] for index in free[id(part)]]
        describes = part.kind.describes if part.kind else Describes.NOTHING
        if describes is Describes.ALL:
            said += [text for text in texts if text not in rows]
        elif describes is Describes.PURPOSE:
            said += purpose_of(texts, rows)
        elif describes is Describes.DONE:
            said += [text for text in texts if _says_what_is_done(text)]
    return list(dict.fromkeys(said))


def _harmless(parts: Sequence[Part], rows: frozenset[str], kept: Kept) -> list[str]:
    """The sentences that tell of no stay, where all paragraphs do: a sheet without a description is found by nobody."""
    cut = [
        replace(part, paragraphs=tuple(one for text in part.paragraphs for one in re.findall(r"[^。]+。?", text)))
        for part in parts
        if part.kind and part.kind.describes
    ]
    return _description(cut, {id(part): _open(part, kept) for part in cut}, rows)


def _says_what_is_done(text: str) -> bool:
    words = sheet_words().overview
    plain = words.aside.sub("", comparable(text))
    if re.fullmatch(r"[(（].*[)）]", plain):
        return False  # The caption of a picture.
    return bool(words.done.search(plain)) and not re.search(rf"(?:{words.bodies.pattern})$", plain)


def _contacts(
    parts: Sequence[Part], free: dict[int, list[int]], names: ColumnNames, draft: _Draft
) -> tuple[str, tuple[Phone, ...]]:
    """The department and the numbers of the parts that say whom to ask; a number elsewhere is told, not taken."""
    department = ""
    phones: dict[str, Phone] = {}
    for part in parts:
        texts = [part.paragraphs[index] for index in free[id(part)]]
        raw = "\n".join(texts)
        without_fax = _FAX.sub(" ", fold_width(raw))
        numbers = find_numbers(without_fax.replace("\n", " "))
        if part.kind is None or part.kind.role is not Role.CONTACT:
            if numbers:
                draft.note(
                    "phone-in-text", f"「{part.heading}」の文中に電話番号があります。連絡先としては読み取っていません"
                )
            continue
        role = next(
            (names.phone_roles[name] for name in _role_names(part.heading) if name in names.phone_roles),
            PhoneRole.UNKNOWN,
        )
        for index, number in enumerate(numbers):
            first = index == 0
            phones.setdefault(
                number,
                Phone(
                    number,
                    raw,
                    find_extension(raw) if first else None,
                    find_note(raw) if first else None,
                    role,
                    part.heading,
                ),
            )
        if role is not PhoneRole.CONSULTATION and not department:
            department = _department(texts)
    return department, tuple(phones.values())


def _role_names(heading: str) -> list[str]:
    """A heading in comparable form, whole and by its words (「担当部署・連絡先」)."""
    plain = comparable(re.sub(r"[(（][^()（）]*[)）]", "", heading))
    return [plain, *re.split("[・、/]", plain)]


def _department(texts: Iterable[str]) -> str:
    """What is left of a contact without its numbers and labels."""
    parts = []
    for text in texts:
        left = _MAIL.sub(" ", _FAX.sub(" ", fold_width(text)))
        left = re.sub(r"[(\[]?\s*内線\s*(?:番号)?\s*:?\s*\d+\s*[)\]]?", " ", left)
        left = re.sub(r"(?i)(?:TEL|電話(?:番号)?)?\s*:?\s*[(]?0\d{1,4}[-()]{0,2}\d{1,4}[-()]{0,2}\d{3,4}", " ", left)
        left = re.sub(r"[(\[]\s*(?:直通|代表)?\s*[)\]]", " ", _LABELS.sub(" ", left))
        parts += left.split()
    return "".join(parts)
