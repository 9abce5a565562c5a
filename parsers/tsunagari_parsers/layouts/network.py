"""The slides on a municipality's support network, as a Markdown dump with HTML tables: one :class:`~tsunagari_parsers.records.Network`.

A table says 設置目的, 活動内容 and 構成機関 (the municipality's own departments, and the bodies beside it, each with the number that it
states: 「（14部署）」); the slides say which desk takes all questions, and end in questions and answers. The articles of the
statutes that an answer quotes are points of that answer, word for word. What has no place in the record (pictures, schedules, slogans) is a
skip, line by line.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field

from tsunagari_parsers.layouts.base import Layout, LayoutResult, Medium, Source
from tsunagari_parsers.members import Members, split_members
from tsunagari_parsers.named_places import place_findings, place_of
from tsunagari_parsers.records import Answer, Network, Provenance
from tsunagari_parsers.report import Finding, Level, Skip
from tsunagari_parsers.slides import Kind, SlideLine, html_rows, plain, slide_lines
from tsunagari_parsers.text import comparable, fold_width

_LABELS = {
    "background": re.compile(r"(?:設置に?(?:至る|の)?)?(?:背景|経緯)"),
    "purpose": re.compile(r"(?:設置)?の?(?:目的|趣旨)"),
    "activities": re.compile(r"(?:主な)?(?:活動|取組み?|事業)内容|所掌事務|活動"),
    "members": re.compile(r"(?:ネットワークの?)?(?:構成|参加|参画|加盟)(?:機関|員|団体|メンバー|組織|部署)?(?:一覧)?"),
}
_OWN_OFFICES = re.compile(
    r"(?:本|当)?[市町村区](?:の?(?:部署|関係課|担当課|機関))?|庁内.*|市役所.*|[町村]役場.*|区役所.*|行政(?:\(市\))?"
)
_PARTNERS = re.compile(r".*(?:機関|団体|関係者|事業者|法人|警察|医療|司法|教育|福祉|国|[都道府県]|民間)")
_NAME = r"[^\s、。「」『』（）()／/◆■～〜：:]*ネットワーク"
_OFFICE = r"[^\s、。「」『』◆■◇□・が:][^\s、。「」『』◆■◇□が:]*?(?:センター|課|室|係|所|館|窓口)"
_DESKS = (
    re.compile(
        rf"ワンストップの?(?:総合)?(?:相談|支援)*窓口(?:である|となる|としての|として、?|は、?|:)「?(?P<desk>{_OFFICE})」?(?=[がはをで、。に]|$)"
    ),
    re.compile(
        r"ワンストップの?(?:総合)?(?:相談|支援)*窓口(?:である|となる|としての|として、?|は、?|:)「(?P<desk>[^」]{2,30})」"
    ),
    re.compile(r"「(?P<desk>[^」]+)」が[^。]*ワンストップ"),
    re.compile(rf"(?P<desk>{_OFFICE})(?:が|を|は|に)[^。]{{0,30}}ワンストップの?(?:総合)?(?:相談|支援)*(?:窓口|で)"),
)
_QUESTION = re.compile(r"Q\s*[0-9]{0,2}\s*[.:)]?\s*(?=[^&\sA-Z0-9.:)])")
_ANSWER = re.compile(r"A\s*[0-9]{0,2}\s*[.:)]?\s+")
_SECTION = re.compile(r"[■□◆◇●【]|まとめ$|Q\s*&\s*A")
_SHORT_HEADING = 20
_CIRCLED = re.compile(r"(?=[①-⑳㉑-㉟㊱-㊿])")
_MARK = re.compile(r"^[■□◆◇●○▼▶【\s]+|[】\s]+$")

_TITLE = "表題"
_UNREAD_ROW = "表の行で、記録に欄のないもの"
_REPEATED_ROW = "同じ内容のくり返し"
_RULE = "表の記号"
_EXPLANATION = "スライドの図や説明"


@dataclass(slots=True)
class _Gathered:
    """What the lines have given so far; ``used`` are the indices of lines that are in the record, ``reasons`` why others are not."""

    used: set[int] = field(default_factory=set)
    reasons: dict[int, str] = field(default_factory=dict)
    texts: dict[str, list[str]] = field(default_factory=dict)
    members: list[tuple[str, str]] = field(default_factory=list)
    answers: list[Answer] = field(default_factory=list)

    def use(self, index: int, field_name: str, text: str) -> None:
        self.used.add(index)
        self.texts.setdefault(field_name, []).append(text)


def recognises(source: Source) -> bool:
    """Whether the text is about a ネットワーク and says who its members are."""
    lines = slide_lines(source.text)
    return any("ネットワーク" in line.text for line in lines) and any(_label(line) == "members" for line in lines)


def read(source: Source) -> LayoutResult:
    """The one network of the dump; every line is in it or a skip."""
    lines = slide_lines(source.text)
    gathered = _Gathered()
    _read_tables(lines, gathered)
    _read_sections(lines, gathered)
    _read_answers(lines, gathered)
    titles = [line for line in lines if "ネットワーク" in line.text]
    place = place_of((line.text for line in titles), (line.text for line in lines))
    municipality = place.municipality if place else ""
    members = [(_is_own(label, municipality), split_members(text)) for label, text in gathered.members]
    departments = [one for is_own, one in members if is_own]
    partners = [one for is_own, one in members if not is_own]
    desks = _one_stop_desks(lines)
    network = Network(
        prefecture=place.prefecture if place else "",
        municipality=municipality,
        name=_name(lines, municipality),
        one_stop_desk=desks[0] if desks else "",
        purpose="\n".join(gathered.texts.get("purpose", ())),
        departments=tuple(name for one in departments for name in one.names),
        partners=tuple(name for one in partners for name in one.names),
        activities=tuple(_activities(gathered.texts.get("activities", ()))),
        answers=tuple(gathered.answers),
        provenance=Provenance(source.sha256, 1, None, 1, titles[0].number),
        background="\n".join(gathered.texts.get("background", ())),
    )
    gathered.reasons.setdefault(lines.index(titles[0]), _TITLE)
    skips = tuple(
        Skip(1, line.number, _RULE if line.kind is Kind.RULE else gathered.reasons.get(index, _EXPLANATION), line.text)
        for index, line in enumerate(lines)
        if index not in gathered.used
    )
    findings = [
        *place_findings(place, "ネットワーク"),
        *_check_network(network, desks),
        *_check_members((*departments, *partners)),
    ]
    return LayoutResult(1 + len(skips), networks=(network,), skips=skips, findings=tuple(findings))


LAYOUT = Layout(name="network", rank=10, series="network", recognises=recognises, read=read, medium=Medium.TEXT)


def _field(text: str) -> str | None:
    """The field of the record that a label names, or None."""
    label = comparable(_MARK.sub("", plain(text)))
    return next((name for name, pattern in _LABELS.items() if pattern.fullmatch(label)), None)


def _label(line: SlideLine) -> str | None:
    """The field that a line is about: by its first cell, or by being that label."""
    return _field(line.cells[0] if line.kind is Kind.ROW and line.cells else line.text)


def _read_tables(lines: Sequence[SlideLine], gathered: _Gathered) -> None:
    """The rows of the tables: a label and its value; a row without a label goes on with the one above it.

    Below 構成機関, or below the municipality's own row, a row may begin with the kind of member itself.
    """
    name: str | None = None
    within_members = False
    for index, line in enumerate(lines):
        if line.kind is not Kind.ROW:
            continue
        label, *values = line.cells
        if label:
            name = _field(label)
            is_kind = _is_own(plain(label), "") or (
                within_members and bool(_PARTNERS.fullmatch(comparable(plain(label))))
            )
            within_members = name == "members" or (name is None and is_kind)
            if name is None and is_kind:
                name, values = "members", [label, *values]
        texts = [value for value in values if value]
        if not texts:
            # A label alone, or an empty row: its value may be in the rows below.
            gathered.reasons[index] = _UNREAD_ROW
        elif name == "members":
            _read_members(index, texts, gathered)
        elif name and (label or name == "activities"):
            gathered.use(index, name, " ".join(dict.fromkeys(plain(text) for text in texts)))
        else:
            gathered.reasons[index] = _UNREAD_ROW


def _read_members(index: int, values: Sequence[str], gathered: _Gathered) -> None:
    """The pairs of a kind of member and its names that a row holds; a pair that stands twice is one."""
    pairs: list[tuple[str, str]] = []
    cells: list[str] = []
    for value in values:
        if "<table" in value.lower():
            rows = html_rows(value)
            pairs += [(row[0], "\n".join(row[1:])) for row in rows if len(row) > 1]
            pairs += [("", row[0]) for row in rows if len(row) == 1]
        else:
            cells.append(plain(value))
    if len(cells) > 1:
        pairs.append((cells[0], "\n".join(cells[1:])))
    elif cells:
        pairs.append(("", cells[0]))
    known = {(comparable(label), comparable(text)) for label, text in gathered.members}
    new = []
    for label, text in pairs:
        key = (comparable(label), comparable(text))
        if key not in known:
            known.add(key)
            new.append((label, text))
    gathered.members += new
    if new:
        gathered.used.add(index)
    else:
        gathered.reasons[index] = _REPEATED_ROW


def _read_sections(lines: Sequence[SlideLine], gathered: _Gathered) -> None:
    """Headings that are labels, with the lines below them, for what no table has said."""
    name: str | None = None
    said = {*gathered.texts, *(["members"] if gathered.members else [])}
    kind = ""
    for index, line in enumerate(lines):
        if line.kind in {Kind.ROW, Kind.RULE}:
            name = None
        elif (found := _field(line.text)) is not None:
            name, kind = (found, "") if found not in said else (None, "")
            if name:
                gathered.used.add(index)
        elif _SECTION.match(fold_width(line.text)) or _QUESTION.match(fold_width(line.text)):
            name = None
        elif name == "members":
            if _is_own(line.text, "") or (len(line.text) <= _SHORT_HEADING and line.text.endswith(("機関", "団体"))):
                kind = line.text
            else:
                gathered.members.append((kind, line.text))
            gathered.used.add(index)
        elif name and not (name == "activities" and _one_stop_desks([line])):
            gathered.use(index, name, line.text)


def _read_answers(lines: Sequence[SlideLine], gathered: _Gathered) -> None:
    """Questions, each with the lines of its answer until the next heading."""
    question = ""
    points: list[str] = []
    for index, line in enumerate(lines):
        folded = fold_width(line.text)
        begun = _QUESTION.match(folded)
        if begun or (question and _ends_answer(line, points)):
            if question:
                gathered.answers.append(Answer(question, tuple(points)))
            question, points = (line.text[begun.end() :].strip(), []) if begun else ("", [])
            if begun:
                gathered.used.add(index)
        elif question:
            answer = _ANSWER.match(folded)
            points.append((line.text[answer.end() :] if answer else line.text).strip())
            gathered.used.add(index)
    if question:
        gathered.answers.append(Answer(question, tuple(points)))


def _ends_answer(line: SlideLine, points: Sequence[str]) -> bool:
    """Whether a line stands after an answer: a heading, a table, or a short line that is no sentence of it."""
    if line.kind in {Kind.ROW, Kind.RULE} or _SECTION.match(fold_width(line.text)):
        return True
    is_short = line.kind is Kind.TEXT and len(line.text) <= _SHORT_HEADING and not line.text.endswith(("。", "）", ")"))
    return bool(points) and is_short and not re.match(r"[（(第①-⑳]|[0-9]", fold_width(line.text))


def _is_own(label: str, municipality: str) -> bool:
    """Whether a kind of member is the municipality itself."""
    text = comparable(label)
    return bool(text) and (text == municipality or bool(_OWN_OFFICES.fullmatch(text)))


def _activities(texts: Sequence[str]) -> list[str]:
    """One by one: at circled numbers, else line by line."""
    return [
        part.strip() for text in texts for line in text.split("\n") for part in _CIRCLED.split(line) if part.strip()
    ]


def _name(lines: Sequence[SlideLine], municipality: str) -> str:
    """What the network is called: the commonest name of a ネットワーク that begins with the municipality, else the commonest."""
    found = Counter(name for line in lines for name in re.findall(_NAME, plain(line.text)) if name != "ネットワーク")
    own = Counter({name: count for name, count in found.items() if municipality and name.startswith(municipality)})
    return next((name for name, _ in (own or found).most_common(1)), "")


def _one_stop_desks(lines: Sequence[SlideLine]) -> list[str]:
    """The desks that the slides call the one for everything, longest names first; a shorter form of another one is that one."""
    found = [match["desk"] for line in lines for pattern in _DESKS for match in pattern.finditer(fold_width(line.text))]
    longest = sorted(dict.fromkeys(found), key=len, reverse=True)
    return [desk for index, desk in enumerate(longest) if not any(other.endswith(desk) for other in longest[:index])]


def _check_network(network: Network, desks: Sequence[str]) -> list[Finding]:
    needed = [
        ("no-name", "ネットワークの名称", network.name),
        ("no-one-stop-desk", "ワンストップ相談窓口", network.one_stop_desk),
        ("no-departments", "構成機関のうち市区町村の部署", network.departments),
        ("no-partners", "構成機関のうち関係機関", network.partners),
        ("no-purpose", "設置目的", network.purpose),
    ]
    findings = [_must_look(code, f"{what}が見つかりません") for code, what, value in needed if not value]
    if len(desks) > 1:
        names = "、".join(desks)
        findings.append(
            _must_look("several-desks", f"ワンストップ相談窓口と読める窓口が{len(desks)}つあります：{names}", names)
        )
    findings += [
        _must_look("no-answer", f"質問に答えがありません：「{answer.question}」", answer.question)
        for answer in network.answers
        if not answer.points
    ]
    return findings


def _check_members(members: Sequence[Members]) -> list[Finding]:
    return [
        _must_look(
            "members-differ-from-count",
            f"「{one.stated_text}」とありますが、読み取れたのは{len(one.names)}です",
            "、".join(one.names),
        )
        for one in members
        if one.stated is not None and one.stated != len(one.names)
    ]


def _must_look(code: str, message: str, value: str = "") -> Finding:
    return Finding(Level.MUST_LOOK, code, message, page=1, row=1, value=value)
