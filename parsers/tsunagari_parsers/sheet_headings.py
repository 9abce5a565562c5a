"""What the headings and the words of a programme sheet (個票) mean. They are data: ``data/sheet_headings.toml``."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, fields
from enum import StrEnum
from functools import cache
from importlib.resources import files

from tsunagari_parsers.errors import ColumnDataError
from tsunagari_parsers.text import comparable, fold_width

#: What may stand before a heading: marks, and a number of its own.
_BEFORE = r"[\s■□◆◇●○◎▼▽▶▷★☆※]*(?:[(]?[0-9]{1,2}[).、\s]|[①-⑳]|[ⅠⅡⅢⅣⅤⅥ][.、]?)?\s*"
_OPEN, _CLOSE = r"[【\[〔<《「『≪]?", r"[】\]〕>》」』≫]"
#: What may stand after it: a general word, a remark in brackets.
_AFTER = r"(?:等|について)?\s*(?P<remark>[(][^()]{1,20}[)])?"
#: Between the words of a heading these mean the same.
_BETWEEN = r"(?:\s*(?:[・、,/&と]|及び|および|並びに)\s*)"
_AMOUNT = r"(?:約|金)?\s*[¥￥\\]?\s*(?P<amount>[0-9][0-9,]*(?:\.[0-9]+)?)\s*[(]?(?P<unit>千円|百万円|万円|億円|円)?[)]?\s*(?:也|-)?"
_LABELLED = re.compile(rf"^\s*[:：]?\s*{_AMOUNT}\s*(?:[(][^()]*[)])?\s*$")
_AMOUNT_HERE = re.compile(rf"\s*:?\s*{_AMOUNT}\s*(?:[(][^()]*[)])?")
_NUMBER_HERE = re.compile(r"\s*:?\s*(?:No\.?)?\s*[0-9][0-9-]*")
_NUMBERED = re.compile(r"^\s*[:：]?\s*(?:No\.?)?\s*([0-9A-Za-z]+(?:-[0-9A-Za-z]+)*)\s*$")


class Role(StrEnum):
    """What stands under a heading."""

    PROSE = "prose"
    CONTACT = "contact"
    OVERVIEW = "overview"
    BUDGET = "budget"
    GRANT = "grant"
    NUMBER = "number"
    NAME = "name"
    BODY = "body"


class Describes(StrEnum):
    """What of a part goes into a record's description."""

    NOTHING = ""
    ALL = "all"
    PURPOSE = "purpose"
    DONE = "done"


#: The roles whose part is one value, often on the heading's own line.
VALUES = frozenset({Role.BUDGET, Role.GRANT, Role.NUMBER, Role.NAME, Role.BODY, Role.CONTACT})


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of part. ``order`` is its place in the usual sheet (from 0); ``is_mark``: a sheet is recognised by it.

    ``spellings`` and ``weak_spellings`` are its headings as :func:`plain_heading` writes them, of composed ones what each holds.
    """

    key: str
    order: int
    role: Role
    is_mark: bool
    describes: Describes
    patterns: tuple[re.Pattern[str], ...]
    weak: re.Pattern[str] | None
    spellings: frozenset[str]
    weak_spellings: frozenset[str]
    evidence: tuple[tuple[re.Pattern[str], int], ...]


@dataclass(frozen=True, slots=True)
class Heading:
    """A heading that was found: its kind, its words as they stand, and what follows them on the same line."""

    kind: Kind
    text: str
    rest: str = ""
    remark: str = ""


@dataclass(frozen=True, slots=True)
class StayWords:
    """What tells that a sheet offers a short stay, and what tells who runs it and where."""

    offers: re.Pattern[str]
    aside: re.Pattern[str]
    lodgings: re.Pattern[str]
    not_lodgings: re.Pattern[str]
    forms: re.Pattern[str]
    public: re.Pattern[str]
    endings: re.Pattern[str]
    common: re.Pattern[str]
    titles: re.Pattern[str]
    nobody: re.Pattern[str]


@dataclass(frozen=True, slots=True)
class OverviewWords:
    """What tells a line of an overview that says what is done from the labels of a drawing."""

    done: re.Pattern[str]
    aside: re.Pattern[str]
    bodies: re.Pattern[str]
    legends: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class SheetWords:
    """Everything of the data file; the headers of ``goals`` are in comparable form."""

    kinds: tuple[Kind, ...]
    goals: Mapping[str, frozenset[str]]
    overview: OverviewWords
    stay: StayWords

    def kind(self, key: str) -> Kind:
        """The kind of this key.

        Raises:
            KeyError: there is none.
        """
        return next(kind for kind in self.kinds if kind.key == key)


@cache
def sheet_words() -> SheetWords:
    """The words of ``data/sheet_headings.toml``."""
    path = files("tsunagari_parsers") / "data" / "sheet_headings.toml"
    return load_sheet_words(path.read_text(encoding="utf-8"), where="sheet_headings.toml")


def load_sheet_words(text: str, *, where: str) -> SheetWords:
    """Read a file of headings.

    Raises:
        ColumnDataError: not TOML, a role or pattern that does not exist, or one heading for two kinds.
    """
    try:
        data = tomllib.loads(text)
        kinds = tuple(_kind(entry, order) for order, entry in enumerate(data["kind"]))
        seen: dict[str, str] = {}
        for entry in data["kind"]:
            for heading in entry["headings"]:
                if seen.setdefault(comparable(heading), entry["key"]) != entry["key"]:
                    raise ColumnDataError(f"{where}：見出し「{heading}」が2つの種類にあります")
        overview, stay = data["overview"], data["stay"]
        return SheetWords(
            kinds=kinds,
            goals={field: frozenset(map(comparable, names)) for field, names in data["goals"].items()},
            overview=OverviewWords(
                _any(overview["done"]), _any(overview["aside"]), _any(overview["bodies"]), tuple(overview["legends"])
            ),
            stay=StayWords(**{field.name: _any(stay[field.name]) for field in fields(StayWords)}),
        )
    except (tomllib.TOMLDecodeError, KeyError, TypeError, ValueError, re.error) as error:
        raise ColumnDataError(f"{where}：見出しの一覧として読めません（{error}）") from error


def find_heading(text: str, *, weak: bool = False) -> Heading | None:
    """The heading that ``text`` is, or begins with where a value or a colon follows; None if it is none.

    ``weak``: spellings count that also stand within other parts (「課題」).
    """
    folded = fold_width(text)
    for kind in sheet_words().kinds:
        for pattern in (*kind.patterns, *([kind.weak] if weak and kind.weak else ())):
            match = pattern.match(folded)
            if match is None:
                continue
            rest = text[match.end() :]
            if _is_end(kind, match, rest, folded[match.end() :]):
                return Heading(
                    kind,
                    text[match.start("heading") : match.end("heading")].strip(),
                    rest.lstrip(" 　:："),
                    match["remark"] or "",
                )
    return None


def find_headings(text: str) -> tuple[Heading, ...]:
    """The headings of a line that is made of nothing else: 「今後の課題事業の効果」 is two of them; none if it is anything else.

    Amounts that share a line (「個別事業費 3,021千円　交付金額 2,266千円」) are taken apart as well.
    """
    whole = find_heading(text)
    if whole:
        return (whole,)
    folded = fold_width(text)
    for kind, pattern in ((one, pattern) for one in sheet_words().kinds for pattern in one.patterns):
        match = pattern.match(folded)
        if match is None:
            continue
        head = text[match.start("heading") : match.end("heading")].strip()
        if kind.role in {Role.BUDGET, Role.GRANT, Role.NUMBER}:
            value = (_NUMBER_HERE if kind.role is Role.NUMBER else _AMOUNT_HERE).match(folded[match.end() :])
            if value and (after := find_headings(text[match.end() + value.end() :])):
                rest = text[match.end() : match.end() + value.end()].lstrip(" 　:：")
                return (Heading(kind, head, rest, match["remark"] or ""), *after)
        elif after := find_headings(text[match.end() :]):
            return (Heading(kind, head), *after)
    return ()


def plain_heading(text: str) -> str:
    """A text without white space and what may stand between the words of a heading, for looking for headings in it."""
    return re.sub(r"[・、,/&と]|及び|および|並びに", "", comparable(text))


def may_hold_sheet(text: str, fewest: int) -> bool:
    """Whether the words of enough headings stand in ``text``; a quick no for papers that are no sheets."""
    plain = plain_heading(text)
    marks = [kind for kind in sheet_words().kinds if kind.is_mark]
    strong = [kind for kind in marks if any(one in plain for one in kind.spellings)]
    weak = [kind for kind in marks if kind not in strong and any(one in plain for one in kind.weak_spellings)]
    return len(strong) >= fewest - 2 and len(strong) + len(weak) >= fewest


def amount_of(text: str, remark: str = "") -> int | None:
    """Thousands of yen that ``text`` states (「15,005千円」「３，０２１ 千円」「1,500万円」), or None.

    ``remark`` is what the heading says in brackets (「（千円）」), for amounts without a unit. An amount in yen that is no whole
    number of thousands has none.
    """
    match = _LABELLED.match(fold_width(text))
    if match is None:
        return None
    unit = match["unit"] or (found[0] if (found := re.search(r"千円|百万円|万円|億円|円", remark)) else "")
    factor = {"千円": 1000, "百万円": 1_000_000, "万円": 10_000, "億円": 100_000_000, "円": 1}.get(unit)
    if factor is None:
        return None
    whole, _, part = match["amount"].replace(",", "").partition(".")
    yen = int(whole + part) * factor
    return yen // (1000 * 10 ** len(part)) if yen % (1000 * 10 ** len(part)) == 0 else None


def number_of(text: str) -> str | None:
    """The sheet's own number that ``text`` is (「１」「No.12」), half-width, or None."""
    match = _NUMBERED.match(fold_width(text))
    return match[1] if match else None


def _is_end(kind: Kind, match: re.Match[str], rest: str, folded: str) -> bool:
    """Whether what follows the words of a heading lets it be one."""
    if not rest.strip(" 　:："):
        return True
    if kind.role in {Role.BUDGET, Role.GRANT}:
        return bool(_LABELLED.match(folded))
    if kind.role is Role.NUMBER:
        return bool(_NUMBERED.match(folded))
    closed = bool(re.search(r"[】\]〕>》」』≫]\s*$", match[0])) and bool(
        re.match(_BEFORE + r"[【\[〔<《「『≪]", match[0])
    )
    return (
        folded.lstrip().startswith(":")
        or (closed and kind.role is not Role.OVERVIEW)
        or (kind.role in {Role.NAME, Role.BODY, Role.CONTACT} and rest[0] in " 　")
    )


def _kind(entry: Mapping[str, object], order: int) -> Kind:
    headings, weak = entry["headings"], entry.get("weak", [])
    evidence, compose = entry.get("evidence", []), entry.get("compose", [])
    if not (
        isinstance(headings, list)
        and isinstance(weak, list)
        and isinstance(evidence, list)
        and isinstance(compose, list)
    ):
        raise ValueError(f"{entry['key']}：headings、compose、weak、evidence は並びで書いてください")
    composed = [_Composed(tuple(one["before"]), tuple(one["cores"]), tuple(one["also"])) for one in compose]
    spellings = [*headings, *(spelling for one in composed for spelling in one.shortest())]
    return Kind(
        key=str(entry["key"]),
        order=order,
        role=Role(str(entry["role"])),
        is_mark=entry.get("mark") is True,
        describes=Describes(str(entry.get("describes", ""))),
        patterns=(*(_framed(one.pattern()) for one in composed), _headings(headings)),
        weak=_headings(weak) if weak else None,
        spellings=frozenset(map(plain_heading, spellings)),
        weak_spellings=frozenset(map(plain_heading, weak)),
        evidence=tuple((re.compile(pattern), weight) for pattern, weight in evidence),
    )


@dataclass(frozen=True, slots=True)
class _Composed:
    """Headings by their words: 「事業の」「効果」, 「背景」・「課題」."""

    before: tuple[str, ...]
    cores: tuple[str, ...]
    also: tuple[str, ...]

    def pattern(self) -> str:
        """A core with a word before it, or a core with another one after it."""
        before, cores = _words(self.before), _words(self.cores)
        more = rf"{_BETWEEN}(?:{before})?\s*(?:{_words((*self.cores, *self.also))})"
        return rf"(?:{before})\s*(?:{cores})(?:{more})*|(?:{cores})(?:{more})+"

    def shortest(self) -> Iterator[str]:
        """The shortest of them: every other one holds one of these."""
        yield from (before + core for before in self.before for core in self.cores)
        yield from (core + other for core in self.cores for other in (*self.cores, *self.also))
        # What stands between them may have a word before it.
        yield from (core + before for core in self.cores for before in self.before)


def _headings(spellings: Sequence[str]) -> re.Pattern[str]:
    """One pattern for spellings, with white space anywhere in them."""
    return _framed(_words(spellings))


def _framed(words: str) -> re.Pattern[str]:
    """The pattern of a heading in these words, with what may stand around it."""
    return re.compile(rf"{_BEFORE}{_OPEN}\s*(?P<heading>(?:{words}){_AFTER})(?:\s*{_CLOSE})?")


def _words(spellings: Sequence[str]) -> str:
    """A choice of spellings, the longest first."""
    return "|".join(_spelling(one) for one in sorted(spellings, key=len, reverse=True))


def _spelling(heading: str) -> str:
    parts = re.split(r"[・、]|(?<=[情状景果徴的題])と(?=[課今K展効])|及び", fold_width(heading))
    return _BETWEEN.join(r"\s*".join(re.escape(char) for char in part) for part in parts)


def _any(patterns: Sequence[str]) -> re.Pattern[str]:
    return re.compile("|".join(f"(?:{pattern})" for pattern in patterns))
