"""A cell that says who is reached under which number: department and telephones in one cell, in either order.

「○○課 TEL：06-6210-9321（内線12）」「代表 03-1111-2222 直通 03-3333-4444」. Every part of the text is accounted for: it is a number
with what stands by it, a fax number, an address that is dropped, the department, or it is left over and told.

Decided non-conversions: 「7408・7409」 is one number and something that a person must look at, because the second may be an
extension; a number in a cell that names fax and does not say which is which is no phone.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from itertools import pairwise

from tsunagari_parsers.phones import EXTENSION, NUMBER, is_dialable, is_number, mend_numbers, written
from tsunagari_parsers.records import Phone, PhoneRole
from tsunagari_parsers.text import fold_width, join_name


class _Kind(StrEnum):
    NUMBER = "number"
    FAX = "fax"
    TEL = "tel"
    EXTENSION = "extension"
    NOTE = "note"
    UNREAD = "unread"
    ADDRESS = "address"
    BREAK = "break"
    SEPARATOR = "separator"
    SPACE = "space"
    TEXT = "text"


#: Read in this order at each place; offsets are those of the text, because folding is one character for one.
_TOKENS = (
    (_Kind.BREAK, r"\n"),
    (_Kind.ADDRESS, r"〒\s*\d{3}-?\d{4}[^\n]*?(?=\n|$|(?i:TEL|電話|℡|☎|FAX)|0\d{1,4}[-(]\d)"),
    (
        _Kind.UNREAD,
        r"https?://[!-~]+|[\w.+-]+@[\w.-]+|(?i:e-?mail|mail|メールアドレス|メール|URL|ホームページ|HP)(?=\s*[:(\[\n]|$)",
    ),
    (
        _Kind.FAX,
        r"(?i:FAX)(?:番号)?|ファックス(?:番号)?|ファクシミリ(?:番号)?|ファクス(?:番号)?|(?<![A-Za-z])F(?=[:.])",
    ),
    (_Kind.TEL, r"(?i:TEL)(?:番号)?\.?|電話(?:番号)|電話(?=[\s:/・(\[0]|$)|℡|☎|☏|📞|(?<![A-Za-z])T(?=[:.])"),
    (
        _Kind.EXTENSION,
        r"\(?(?:内線|\(内線?\)|(?<=\()内(?=[:\s]?\d))\s*(?:番号)?\s*:?\s*(" + EXTENSION + ")",
    ),
    (_Kind.NUMBER, NUMBER.pattern + r"|#\d{4}(?!\d)|\A1\d{2}\Z"),
    (
        _Kind.NOTE,
        r"(?:直通|代表|夜間|休日|平日|土日祝|昼間|予約専用|相談専用|専用|フリーダイヤル|フリーコール|ナビダイヤル|ダイヤルイン|携帯)(?:電話|番号)?|(?<=\()代(?=\))",
    ),
    (_Kind.SEPARATOR, r"[、,・/()\[\]:;|【】〔〕]|または|又は"),
    (_Kind.SPACE, r"[ \t\u3000]+"),
)
_TOKEN = re.compile("|".join(f"(?P<{kind.name}>{pattern})" for kind, pattern in _TOKENS))
#: Words that say what a number is; a line's end or a space within one of them means nothing (「電　話」).
_LABELS = (
    "電話番号", "電話", "ファックス", "ファクシミリ", "ファクス", "フリーダイヤル", "フリーコール", "メールアドレス",
    "ホームページ", "内線", "直通", "代表", "夜間", "休日", "平日", "土日祝", "昼間", "予約専用", "相談専用", "携帯", "TEL", "FAX",
)  # fmt: skip
_PARTED_LABEL = re.compile(
    "(?<![A-Za-z])(?:" + "|".join(r"[ \u3000\n]?".join(label) for label in _LABELS) + ")(?![A-Za-z])", re.IGNORECASE
)
_CUT = re.compile(r"(?<=\d-)\n(?=\d)|(?<=\d)\n(?=-\d)")
#: Groups of digits set apart from their hyphens.
_LOOSE = re.compile(r"(?<=\d) ?- ?(?=\d)")
#: A line's end between digits; what stands of the number on both sides.
_BETWEEN_DIGITS = re.compile(r"(?<=\d)\n(?=\d)")
_RUN_BEFORE = re.compile(r"(?:\(\d+\))?[\d-]*(?:\(\d+\)[\d-]*)?$")
_RUN_AFTER = re.compile(r"[\d-]*(?:\(\d+\)[\d-]*)?")
_OPEN_EXTENSION = re.compile(r"内(?:線|\))?\s*(?:番号)?\s*:?\s*[\d-]*$")
#: So many digits with nothing but hyphens between are a number that was not understood, not an hour or a year.
_DIGITS = re.compile(r"(?:\d-?){5,}|-\d{4}|^\d+$")
#: A text in brackets from its first sign to its last.
_BRACKETED = re.compile(r"[(（【\[〔][^()（）【】\[\]〔〕]+[)）】\]〕]")
_HOURS = re.compile(r"\d{1,2} ?[:時] ?\d{0,2}|祝日|年末年始|要予約|^[月火水木金土日](?:曜日?)?[~・、-]")
_OFFICE = re.compile(r"[課室部局係班所院]|センター|グループ|担当")
_LABEL = re.compile(r"^(?:担当(?:課|部署|部局|係)?|所管(?:課)?|問い?合わ?せ先?|お問い?合わ?せ先?|連絡先)\s*[:：]\s*")
_ABBREVIATED = re.compile(r"^[、,・/~]\s*\d{1,4}(?![\d(-]|[:時月日人件])")


@dataclass(frozen=True, slots=True)
class Contact:
    """What a cell says.

    ``department`` has one name, or several joined by 「、」. ``faxes`` counts fax numbers, ``unread`` mail and web addresses,
    ``addresses`` postal ones: none of them is kept. ``problem`` is a text that was not understood and may be a number, or
    empty. ``are_told_apart``: every one of several numbers has a label, a note or a separator of its own.
    """

    department: str
    phones: tuple[Phone, ...]
    faxes: int = 0
    unread: int = 0
    addresses: int = 0
    problem: str = ""
    are_told_apart: bool = True


@dataclass(slots=True)
class _Token:
    kind: _Kind
    text: str
    value: str
    start: int
    end: int


@dataclass(slots=True)
class _Found:
    """A number while its neighbours are being read."""

    number: str
    token: int
    is_fax: bool = False
    is_doubtful: bool = False
    extension: str = ""
    notes: tuple[str, ...] = ()


def read_contact(raw: str, *, role: PhoneRole, evidence: str, with_department: bool, with_fax: bool = False) -> Contact:
    """Read a cell (its lines below one another).

    Args:
        raw: the cell's text; each phone keeps it as it is.
        role: who answers, as the header says, and ``evidence``, the header's text.
        with_department: text beside the numbers is the department; else it is a note of the number that it stands by.
        with_fax: the header says that fax numbers stand here too.
    """
    text = _tightened(raw)
    folded = fold_width(text)
    tokens = _tokens(text, folded)
    found = _numbers(tokens, with_fax=with_fax)
    _extensions(tokens, found)
    _notes(tokens, found)
    doubtful = [one.number for one in found if one.is_doubtful]
    kept = [one for one in found if not one.is_fax and not one.is_doubtful]
    department, stray = _texts(tokens, found, kept, with_department=with_department)
    phones = tuple(
        Phone(one.number, raw, one.extension or None, "、".join(one.notes) or None, role, evidence) for one in kept
    )
    return Contact(
        department=department,
        phones=phones,
        faxes=sum(one.is_fax for one in found),
        unread=sum(token.kind is _Kind.UNREAD for token in tokens),
        addresses=sum(token.kind is _Kind.ADDRESS for token in tokens),
        problem=_problem(folded, tokens, found, doubtful, stray, is_phone_cell=not with_department),
        are_told_apart=_are_told_apart(tokens, kept),
    )


def _tightened(raw: str) -> str:
    """The text with numbers and labels in one piece that a line's end, or spaces around a hyphen or in a label, had parted."""
    raw = mend_numbers(raw)
    folded = fold_width(raw)
    gone = {at for pattern in (_CUT, _LOOSE) for match in pattern.finditer(folded) for at in range(*match.span())}
    gone -= {at for at in gone if folded[at] == "-"}
    gone |= {at for label in _PARTED_LABEL.finditer(folded) for at in range(*label.span()) if folded[at].isspace()}
    raw = _without(raw, gone)
    folded = fold_width(raw)
    for match in reversed(list(_BETWEEN_DIGITS.finditer(folded))):
        if _is_one_number(folded[: match.start()], folded[match.end() :]):
            raw = _without(raw, {match.start()})
    return raw


def _without(text: str, places: set[int]) -> str:
    return "".join(char for at, char in enumerate(text) if at not in places)


def _is_one_number(before: str, after: str) -> bool:
    """Whether digits on both sides of a line's end are one number or one extension; two whole numbers never are."""
    left, right = (match[0] if match else "" for match in (_RUN_BEFORE.search(before), _RUN_AFTER.match(after)))
    if is_number(left) or is_number(right):
        return False
    return is_number(left + right) or bool(_OPEN_EXTENSION.search(before))


def _tokens(text: str, folded: str) -> list[_Token]:
    tokens: list[_Token] = []
    at = 0
    while at < len(folded):
        match = _TOKEN.match(folded, at)
        kind = _Kind[match.lastgroup] if match and match.lastgroup else _Kind.TEXT
        end = match.end() if match else at + 1
        piece = folded[at:end]
        if match and kind is _Kind.NUMBER and not is_dialable(written(piece)):
            kind = _Kind.TEXT
        value = piece
        if kind is _Kind.EXTENSION:
            value = re.sub(
                r"\s*[、,・~/]\s*", lambda sign: "~" if "~" in sign[0] else "、", re.sub(r"^\D*", "", piece)
            ).strip()
        elif kind is _Kind.NUMBER:
            value = written(piece)
        if kind is _Kind.TEXT and tokens and tokens[-1].kind is _Kind.TEXT:
            tokens[-1].text += text[at:end]
            tokens[-1].end = end
        else:
            tokens.append(_Token(kind, "代表" if piece == "代" else text[at:end], value, at, end))
        at = end
    return tokens


def _numbers(tokens: Sequence[_Token], *, with_fax: bool) -> list[_Found]:
    """The numbers, fax numbers told apart: the label before a number holds on its line, until another label."""
    found: list[_Found] = []
    label: _Kind | None = None
    is_doubtful = False
    for index, token in enumerate(tokens):
        if token.kind is _Kind.FAX:
            label = _after_fax(tokens, index, label, found)
        elif token.kind is _Kind.TEL:
            label = _Kind.TEL
        elif token.kind is _Kind.BREAK:
            before = _next(tokens, index, -1)
            # A label at the end of a line speaks of the next one; a number that follows fax numbers without one is neither.
            if not (before and before.kind in {_Kind.FAX, _Kind.TEL}):
                is_doubtful = label is _Kind.FAX
                label = None
        elif token.kind is _Kind.NUMBER:
            one = _Found(token.value, index, is_fax=label is _Kind.FAX)
            one.is_doubtful = label is None and (is_doubtful or (with_fax and bool(found)))
            found.append(one)
    return found


def _after_fax(tokens: Sequence[_Token], index: int, label: _Kind | None, found: list[_Found]) -> _Kind | None:
    """What the word FAX makes of the numbers after it; 「03-…（FAX）」 speaks of the number before."""
    before = _next(tokens, index, -1, skip=(_Kind.SPACE, _Kind.SEPARATOR))
    after = _next(tokens, index, 1, skip=(_Kind.SPACE, _Kind.SEPARATOR))
    if before and before.kind is _Kind.TEL and label is _Kind.TEL:
        return label  # 「TEL/FAX 03-…」: one number for both.
    if after and after.kind in {_Kind.NUMBER, _Kind.NOTE}:
        return _Kind.FAX
    if after and after.kind is _Kind.TEL:
        return _Kind.TEL
    if found and before and before.kind is _Kind.NUMBER:
        found[-1].is_fax = True
        return label
    return _Kind.FAX


def _next(
    tokens: Sequence[_Token],
    index: int,
    step: int,
    skip: Iterable[_Kind] = (_Kind.SPACE, _Kind.SEPARATOR, _Kind.BREAK),
) -> _Token | None:
    """The nearest token that is not of these kinds, before (``step`` -1) or after."""
    passed = set(skip)
    at = index + step
    while 0 <= at < len(tokens) and tokens[at].kind in passed:
        at += step
    return tokens[at] if 0 <= at < len(tokens) else None


def _extensions(tokens: Sequence[_Token], found: list[_Found]) -> None:
    """An extension belongs to the number before it, or to the only number of the cell."""
    for index, token in enumerate(tokens):
        if token.kind is not _Kind.EXTENSION:
            continue
        before = [one for one in found if one.token < index]
        owner = before[-1] if before else (found[0] if len(found) == 1 else None)
        if owner:
            owner.extension = "、".join(filter(None, (owner.extension, token.value)))
            token.value = ""


def _notes(tokens: Sequence[_Token], found: list[_Found]) -> None:
    """「代表」「直通」 belong to the number that they stand by; a cell writes them all before or all after its numbers."""
    first = min((one.token for one in found), default=0)
    is_before = any(
        token.kind is _Kind.NOTE and not _within_name(tokens, index) for index, token in enumerate(tokens[:first])
    )
    for index, token in enumerate(tokens):
        if token.kind is not _Kind.NOTE or not found or _within_name(tokens, index):
            continue
        start = max((at for at in range(index) if tokens[at].kind is _Kind.BREAK), default=-1)
        stop = next((at for at in range(index, len(tokens)) if tokens[at].kind is _Kind.BREAK), len(tokens))
        before = [one for one in found if one.token < index]
        after = [one for one in found if one.token > index]
        own_before = [one for one in before if one.token > start]
        own_after = [one for one in after if one.token < stop]
        if own_before and own_after:
            owner = own_after[0] if is_before else own_before[-1]
        elif own_before or own_after:
            owner = own_before[-1] if own_before else own_after[0]
        else:
            owner = before[-1] if before and not is_before else (after or before)[-1 if not after else 0]
        owner.notes = (*owner.notes, token.text)


def _texts(
    tokens: Sequence[_Token], found: list[_Found], kept: list[_Found], *, with_department: bool
) -> tuple[str, list[str]]:
    """The texts between the numbers: the department's names, or notes; and those that look like an ill-written number."""
    runs: list[tuple[int, str]] = []
    current: list[str] = []
    began = 0
    parting = {_Kind.NUMBER, _Kind.TEL, _Kind.FAX, _Kind.EXTENSION, _Kind.UNREAD, _Kind.ADDRESS}
    for index, token in enumerate(tokens):
        if token.kind in parting or (token.kind is _Kind.NOTE and found and not _within_name(tokens, index)):
            runs.append((began, "".join(current)))
            current, began = [], index + 1
        else:
            current.append(token.text)
    runs.append((began, "".join(current)))
    if with_department:
        runs = [part for run in runs for part in _parted(run)]
    said = [(at, clean) for at, run in runs if (clean := _clean(run))]
    stray = [run for _, run in said if _DIGITS.search(fold_width(run))]
    said = [(at, run) for at, run in said if run not in stray]
    asides = [(at, run) for at, run in said if with_department and kept and _is_aside(run)]
    if with_department and len(asides) < len(said):
        said = [one for one in said if one not in asides]
        for at, run in asides:
            near = [one for one in kept if one.token < at] or kept[:1]
            after = [one for one in kept if one.token > at]
            owner = after[0] if after and _stands_before(tokens, at, after[0]) else near[-1]
            owner.notes = (*owner.notes, run)
    if not with_department:
        for at, run in said:
            nearest = next((one for one in reversed(kept) if one.token < at), kept[0] if kept else None)
            if nearest:
                nearest.notes = (*nearest.notes, run)
            else:
                stray.append(run)
        return "", stray
    said = [(at, _name(run)) for at, run in said]
    names = list(dict.fromkeys(run for _, run in said))
    if len(names) > 1 and len(kept) > 1:
        for at, run in said:
            is_before = said[0][0] < kept[0].token
            near = [one for one in kept if (one.token >= at) is is_before]
            owner = (near[0] if is_before else near[-1]) if near else kept[-1 if is_before else 0]
            owner.notes = (run, *owner.notes)
    return "、".join(names), stray


def _parted(run: tuple[int, str]) -> list[tuple[int, str]]:
    """A run of text in which a whole line in brackets, at either end, stands apart: it speaks of the number beside it."""
    at, text = run
    lines = text.split("\n")
    ends = {index for index in (0, len(lines) - 1) if len(lines) > 1 and _BRACKETED.fullmatch(lines[index].strip())}
    parts: list[list[str]] = [[]]
    for index, line in enumerate(lines):
        if index in ends:
            parts += [[line], []]
        else:
            parts[-1].append(line)
    # Offsets keep the order of the parts; all of them lie between the same two numbers.
    return [(at, "\n".join(part)) for part in parts if any(part)]


def _is_aside(text: str) -> bool:
    """Whether a text beside a number is no office: a word in brackets, hours, days."""
    return bool(_BRACKETED.fullmatch(text) or (_HOURS.search(fold_width(text)) and not _OFFICE.search(text)))


def _stands_before(tokens: Sequence[_Token], at: int, number: _Found) -> bool:
    """Whether a text that begins at a token shares its last line with the number after it."""
    before = [token.kind for token in tokens[at : number.token]]
    text = max((index for index, kind in enumerate(before) if kind in {_Kind.TEXT, _Kind.SEPARATOR}), default=0)
    return _Kind.BREAK not in before[text:]


def _name(text: str) -> str:
    """The name of an office without brackets around it, and without the word that says that it is one (「担当：市民課」)."""
    return _LABEL.sub("", text[1:-1] if _BRACKETED.fullmatch(text) else text)


def _within_name(tokens: Sequence[_Token], index: int) -> bool:
    """Whether a word of a note is a part of a longer word (「休日夜間診療所」)."""
    before = tokens[index - 1] if index else None
    after = tokens[index + 1] if index + 1 < len(tokens) else None
    return any(one is not None and one.kind is _Kind.TEXT for one in (before, after))


def _clean(run: str) -> str:
    """A run of text as one name, without the punctuation that set the numbers apart."""
    joined = join_name(run.split("\n"))
    previous = None
    while joined != previous:
        previous = joined
        joined = re.sub(r"[(（\[【〔]\s*[)）\]】〕]", "", joined)
        joined = re.sub(r"^(?:または|又は)|(?:または|又は)$", "", joined)
        joined = joined.strip(" \u3000、,，・/／:：;；|｜")
        # What closes at the beginning was opened around a number, and so was what opens at the end.
        joined = re.sub(r"^[)）\]】〕]+|[(（\[【〔]+$", "", joined)
        for opening, closing in ("()", "（）", "[]", "【】", "〔〕"):
            if joined.count(opening) != joined.count(closing):
                joined = joined.removesuffix(opening).removeprefix(closing)
                joined = joined.removeprefix(opening) if joined.count(opening) > joined.count(closing) else joined
                joined = joined.removesuffix(closing) if joined.count(closing) > joined.count(opening) else joined
    return joined


def _problem(
    folded: str,
    tokens: Sequence[_Token],
    found: list[_Found],
    doubtful: list[str],
    stray: list[str],
    *,
    is_phone_cell: bool,
) -> str:
    """What may be a number and was not read as one, or a text that was cut off; empty where all was understood."""
    if doubtful:
        return "、".join(doubtful)
    if stray:
        return " ".join(stray)
    if is_phone_cell and not found and folded.strip():
        return folded.strip()
    if folded.count("(") != folded.count(")"):
        return folded.strip()
    for one in found:
        if _ABBREVIATED.match(folded[tokens[one.token].end :]):
            return folded[tokens[one.token].start :].split("\n", maxsplit=1)[0]
    unowned = [token.text for token in tokens if token.kind is _Kind.EXTENSION and token.value]
    return unowned[0] if unowned else ""


def _are_told_apart(tokens: Sequence[_Token], kept: Sequence[_Found]) -> bool:
    """Whether something stands between any two numbers: a label, a note or a separator; a mere line break is none."""
    for one, other in pairwise(kept):
        between = tokens[one.token + 1 : other.token]
        if not one.notes and not other.notes and all(token.kind in {_Kind.BREAK, _Kind.SPACE} for token in between):
            return False
    return True


def with_extension(phones: tuple[Phone, ...], extension: str) -> tuple[Phone, ...]:
    """The phones with what a column of extensions says, which is the first number's."""
    said = join_name(extension.split("\n"))
    if not said or not phones:
        return phones
    return (replace(phones[0], extension="、".join(filter(None, (phones[0].extension, said)))), *phones[1:])
