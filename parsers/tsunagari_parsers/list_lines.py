"""The lines of a text dump of a list of programmes, told apart: rows, and what stands around them on the pages.

A row is a body (a prefecture's or municipality's name at the head of a line), a programme's name, paragraphs, a department and a
telephone number. Only the number has a form of its own: a row ends with it, if what follows begins another row.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

from tsunagari_parsers.columns import ColumnNames
from tsunagari_parsers.dumps import Line
from tsunagari_parsers.phones import find_numbers, remainder
from tsunagari_parsers.places import municipalities_named, prefecture_named, prefectures
from tsunagari_parsers.text import comparable, fold_width

_PAGE_NUMBER = re.compile(r"[-ー―‐\s]*(?:[Pp]\.?)?\s*\d{1,3}\s*(?:[/／]\s*\d{1,3})?\s*(?:ページ|頁)?[-ー―‐\s]*")
#: The shape of a body that is in no table of places: 「○○広域連合」, a municipality that has merged, a name with a slip.
_BODY_SHAPE = re.compile(
    r"(?P<body>[^\s、。・（）「」]{1,10}(?:市|区|町|村|県|広域連合|組合|機構|協議会))(?=[\s　]|$)(?P<rest>.*)"
)
_SERIAL = re.compile(r"[0-9０-９]{1,3}[.．]?[ 　]+(?=\S)")
_FOOTNOTE = re.compile(r"[ 　]*(?:※|＊|\*|[（(]?注)")
_OFFICE_END = re.compile(
    r"(?:部|局|課|室|係|班|署|庁|所|館|本部|センター|グループ|チーム|担当|役場|委員会|協議会|協会|公社|財団)[)）]?$"
)
_PROGRAM_END = re.compile(r"(?:事業|事業費|支援|プロジェクト|プログラム|業務|取組|サポート)[)）」]?$")
#: Lines of a phone's cell that say what nobody has taught yet are no longer than this (full-width characters).
_PHONE_CELL = 16.0
_HEADER_LINES = 8
#: A dumped line is no longer (characters): a paragraph on one line ends no row.
_LONGEST_LINE = 200
#: What may have been a telephone number before a digit was lost.
_NUMBER_LIKE = re.compile(r"[-ー―‐0-9() ]{6,}")


class Furniture(StrEnum):
    """Why a line is no part of a row; the value is what an administrator reads."""

    TITLE = "一覧の前の文章"
    HEADER = "列の見出し"
    RUNNING = "各ページにくり返される行"
    PAGE_NUMBER = "ページ番号"
    PREFECTURE = "都道府県の欄の文字（ページの終わりにまとまっている）"
    FOOTNOTE = "注記"
    BETWEEN = "どの事業にも入らない文章"


@dataclass(frozen=True, slots=True)
class Start:
    """How a row begins: the prefecture's own cell, if its text stands on this line, the body, and what follows it on the line.

    ``number`` is the row's own in a list that numbers its rows.

    ``lines`` is 2 where the body's name is broken over two lines; ``is_known`` is False for a body that is in no table of places.
    """

    label: str
    body: str
    rest: str
    lines: int = 1
    is_known: bool = True
    number: str = ""


@dataclass(frozen=True, slots=True)
class RowLines:
    """The lines of one row. ``body`` are those after the start, ``phone`` the texts of the phone's cell.

    ``office`` is what stands before the number on its line. ``suspects`` are lines inside the row that end in a number, too, or
    begin with another body: another row may hide there. ``is_cut``: the next row begins without this one having had a number.
    """

    first: Line
    start: Start
    body: tuple[Line, ...]
    office: str
    phone: tuple[str, ...]
    suspects: tuple[str, ...] = ()
    is_cut: bool = False
    phone_follows_directly: bool = False


@dataclass(frozen=True, slots=True)
class Apart:
    """A line that is no part of a row. ``is_expected`` is False where a person should look whether something was lost."""

    line: Line
    why: Furniture
    is_expected: bool = True


@dataclass(frozen=True, slots=True)
class Told:
    """All lines of a dump: each is in a row or apart."""

    rows: tuple[RowLines, ...]
    apart: tuple[Apart, ...]


def tell_apart(lines: Sequence[Line], names: ColumnNames) -> Told:
    """Every line of the dump as part of a row or as furniture with its reason."""
    apart = _page_furniture(lines, names)
    taken = {one.line.number for one in apart}
    content = [line for line in lines if line.number not in taken]
    rows: list[RowLines] = []
    index = 0
    while index < len(content) and not _begins_list(content, index):
        # A number before the first row: the beginning of a row may be lost.
        is_title = split_phone(content[index].text) is None
        apart.append(Apart(content[index], Furniture.TITLE, is_title))
        index += 1
    while index < len(content):
        line = content[index]
        start = row_start(content, index) or _weak_start(line)
        if _is_label(content, index):
            apart.append(Apart(line, Furniture.PREFECTURE))
            index += 1
        elif start is not None:
            row, index = _row(content, index, start)
            rows.append(row)
        else:
            is_note = bool(_FOOTNOTE.match(line.text))
            apart.append(Apart(line, Furniture.FOOTNOTE if is_note else Furniture.BETWEEN, is_note))
            index += 1
    return Told(tuple(rows), tuple(sorted(apart, key=lambda one: one.line.number)))


def header_tokens(text: str, names: ColumnNames) -> tuple[list[str], list[str]]:
    """The words of a line that are known headers of columns, and those that are not."""
    tokens = text.split()
    known = [one for one in tokens if comparable(one) in names.fields or comparable(one) in names.phone_roles]
    return known, [one for one in tokens if one not in known]


def row_start(content: Sequence[Line], index: int) -> Start | None:
    """How a row would begin at this line, if it begins with the name of a prefecture or municipality, else None."""
    serial = _SERIAL.match(content[index].text)
    if serial:
        own = replace(content[index], text=content[index].text[serial.end() :])
        start = row_start([own, *content[index + 1 : index + 2]], 0)
        return replace(start, number=fold_width(serial[0]).strip(" .")) if start else None
    first, *others = content[index].text.split(maxsplit=1)
    rest = others[0].strip() if others else ""
    if prefecture_named(first):
        second, *more = rest.split(maxsplit=1) if rest else [""]
        if second == first or municipalities_named(second, prefecture_named(first)):
            return Start(first, second, more[0].strip() if more else "")
        return Start("", first, rest)
    if municipalities_named(first):
        return Start("", first, rest)
    for prefecture in prefectures():
        name = first.removeprefix(prefecture.name)
        if name != first and municipalities_named(name, prefecture):
            return Start(prefecture.name, name, rest)
    if not rest and len(first) <= 6 and index + 1 < len(content):
        second, *more = content[index + 1].text.split(maxsplit=1)
        if len(second) <= 3 and municipalities_named(first + second):
            return Start("", first + second, more[0].strip() if more else "", lines=2)
    return None


def split_phone(text: str) -> tuple[str, str] | None:
    """What stands before the telephone number at a line's end, and the number with its notes; None if it does not end with one."""
    if len(text) > _LONGEST_LINE or not find_numbers(text):
        return None
    for at in range(len(text)):
        if at and not (text[at - 1].isspace() or fold_width(text[at]) in "0(T電"):
            continue
        tail = text[at:].strip()
        if not tail or text[at].isspace() or (at and fold_width(text[at - 1]).isdigit()):
            continue
        if find_numbers(tail) and not remainder(tail):
            return text[:at].strip(), tail
    return None


def is_phone_note(text: str) -> bool:
    """Whether the line can only belong to a phone's cell: another number, an extension, 「（直通）」."""
    return not remainder(text) and bool(re.search(r"[^\s()（）、,]", text))


def looks_like_office(text: str) -> bool:
    """Whether the text ends as the name of an office does."""
    return bool(_OFFICE_END.search(text.strip()))


def _page_furniture(lines: Sequence[Line], names: ColumnNames) -> list[Apart]:
    """What stands at the edges of the pages: headers of columns, numbers, lines on every page, prefectures in a clump."""
    pages = list(_pages(lines))
    repeated = Counter(comparable(line.text) for page in pages for line in page[:_HEADER_LINES])
    found: list[Apart] = []
    for page in pages:
        head = 0
        while head < min(len(page), _HEADER_LINES):
            line = page[head]
            known, unknown = header_tokens(line.text, names)
            if known and len(known) >= len(unknown):
                found.append(Apart(line, Furniture.HEADER))
            elif _PAGE_NUMBER.fullmatch(fold_width(line.text)):
                found.append(Apart(line, Furniture.PAGE_NUMBER))
            elif (
                repeated[comparable(line.text)] > 1 and row_start(page, head) is None and split_phone(line.text) is None
            ):
                found.append(Apart(line, Furniture.RUNNING))
            else:
                break
            head += 1
        last = len(page)
        while last > head and _PAGE_NUMBER.fullmatch(fold_width(page[last - 1].text)):
            last -= 1
            found.append(Apart(page[last], Furniture.PAGE_NUMBER))
        while last > head and prefecture_named(page[last - 1].text):
            last -= 1
            found.append(Apart(page[last], Furniture.PREFECTURE))
    return found


def _pages(lines: Sequence[Line]) -> Iterator[list[Line]]:
    for number in sorted({line.page for line in lines}):
        yield [line for line in lines if line.page == number]


def _begins_list(content: Sequence[Line], index: int) -> bool:
    """Whether the rows begin here: a body, and a number further down."""
    return row_start(content, index) is not None and any(split_phone(line.text) for line in content[index:])


def _is_label(content: Sequence[Line], index: int) -> bool:
    """Whether a prefecture's name alone on its line is its column's text and no body: then a body comes next, no programme."""
    if not prefecture_named(content[index].text):
        return False
    return (
        index + 1 == len(content)
        or _begins_row(content, index + 1)
        or content[index + 1].text.endswith("。")
        or bool(_FOOTNOTE.match(content[index + 1].text))
    )


def _begins_row(content: Sequence[Line], index: int) -> bool:
    return row_start(content, index) is not None or _weak_start(content[index]) is not None


def _weak_start(line: Line) -> Start | None:
    match = _BODY_SHAPE.match(line.text)
    return Start("", match["body"], match["rest"].strip(), is_known=False) if match else None


def _row(content: Sequence[Line], first: int, start: Start) -> tuple[RowLines, int]:
    """The row that begins at ``first``, and the index of the line after it."""
    body: list[Line] = []
    within: list[str] = []
    index = first + start.lines
    while index < len(content):
        line = content[index]
        if body and _is_lost_end(content, index, body[-1]):
            return RowLines(content[first], start, tuple(body), "", (), tuple(within), is_cut=True), index
        split = split_phone(line.text)
        if split:
            after = _end_of_phone(content, index + 1, looks_like_office(split[0] or (body[-1].text if body else "")))
            if after:
                notes = tuple(one.text for one in content[index + 1 : after])
                office, number = split
                row = RowLines(
                    content[first],
                    start,
                    tuple(body),
                    office,
                    (number, *notes),
                    tuple(within),
                    phone_follows_directly=line.follows_directly,
                )
                return row, after
            within.append(line.text)
        elif (other := row_start(content, index)) is not None and other.body not in {start.body, start.label}:
            within.append(line.text)
        body.append(line)
        index += 1
    return RowLines(content[first], start, tuple(body), "", (), tuple(within), is_cut=True), index


def _end_of_phone(content: Sequence[Line], index: int, after_office: bool) -> int:
    """Where a phone's cell ends that goes on at ``index``; 0 if what follows shows that the number ended no row."""
    while index < len(content) and is_phone_note(content[index].text):
        index += 1
    if index == len(content) or row_start(content, index) is not None or _FOOTNOTE.match(content[index].text):
        return index
    for more in (1, 2):
        told = content[index : index + more]
        if any(line.width > _PHONE_CELL or looks_like_office(line.text) for line in told):
            break
        if index + more == len(content) or row_start(content, index + more) is not None:
            return index + more
    if after_office and _weak_start(content[index]) is not None:
        return index
    if not any(split_phone(line.text) for line in content[index:]):
        return index
    return 0


def _is_lost_end(content: Sequence[Line], index: int, before: Line) -> bool:
    """Whether another row begins here although this one has had no number: its cell is empty, or was lost."""
    start = row_start(content, index)
    if start is None or split_phone(content[index].text) or looks_like_office(start.rest):
        return False
    if _PROGRAM_END.search(start.rest):
        return True
    following = content[index + 1].text if index + 1 < len(content) else ""
    if looks_like_office(following) or split_phone(following):
        return False
    if not start.rest and _PROGRAM_END.search(following):
        return True
    if looks_like_office(before.text) or is_phone_note(before.text):
        return True
    return bool(_NUMBER_LIKE.fullmatch(fold_width(before.text)))
