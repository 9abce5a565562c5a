"""A municipality's plan as a text dump: its 主な取組, one :class:`~tsunagari_parsers.records.Measure` each.

A measure is a heading with a number (「主な取組⑬ 啓発と周知 ［市長室、教育指導支援課］」), a 取組内容 and, in one or two columns, its
関連事項. Above it stand the headings of its 課題 and 施策, with a paragraph on each. Word puts a space between Japanese characters
and letters or digits, and the dump keeps it (「DV の根絶」): such spaces are layout and are dropped. The columns of 関連事項
are parted by a space between Japanese characters (:mod:`tsunagari_parsers.plan_items`).

A plan's measures are never programmes: they have no telephone number, and no place that they name is anybody's address.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from itertools import pairwise

from tsunagari_parsers.dumps import Line, is_full, lines_of, remove_dump_spaces, usual_width, with_fullness
from tsunagari_parsers.layouts.base import Layout, LayoutResult, Medium, Source
from tsunagari_parsers.named_places import place_findings, place_of
from tsunagari_parsers.plan_items import item_columns, split_items
from tsunagari_parsers.records import Measure, Provenance
from tsunagari_parsers.report import Finding, Level, Skip
from tsunagari_parsers.text import comparable, fold_width, join_name, join_wrapped

_NUMBER = r"(?:[（(]?(?P<digits>[0-9]{1,3})[)）]?|(?P<circled>[①-⑳㉑-㉟㊱-㊿]))"
_MEASURE = re.compile(rf"(?:主な|主要な|重点的?な?|具体的な)?取組み?\s*{_NUMBER}[\s.:]*(?P<heading>\S.*)?$")
_ACTION = re.compile(r"(?:取組み?の?内容|事業内容)(?:[\s:]+(?P<rest>.*))?$")
_RELATED = re.compile(r"関連(?:事項|事業|施策)(?:[\s:]+(?P<rest>.*))?$")
_OFFICES = re.compile(r"(?:担当|所管|関係)(?:課|部署|課等)?[\s:]+(?P<rest>.*)$")
_ISSUE = re.compile(
    r"(?:基本)?(?:課題|目標|方針)\s*[(]?(?:[0-9]{1,2}|[一二三四五六七八九十]|[ⅠⅡⅢⅣⅤⅥⅦⅧⅨⅩ])[)]?\s*[.:]?\s*\S"
)
_POLICY = re.compile(r"(?:基本)?施策(?:の方向)?\s*[(]?[0-9]{1,2}[)]?\s*[.:]?\s*\S")
_SPACED_NUMBER = re.compile(r"^([^\s.．:：]{2,8}[0-9０-９一二三四五六七八九十Ⅰ-Ⅹ]) +")
_CHAPTER = re.compile(r"第\s*[0-9一二三四五六七八九十]{1,3}\s*[章節部]")
_FOOTNOTE = re.compile(r"※|＊|\*[0-9]|[（(]?注")
_BRACKETED = re.compile(r"[［\[【](?P<names>[^］\]】]*)[］\]】]\s*$")
#: 「・」 stands between departments and within their names (人権・男女共同参画課): it parts what is a department on both sides.
_DEPARTMENT = r"(?:課|室|係|センター|館|署|委員会|事務局|担当|本部|機関|団体)"
_DEPARTMENTS_APART = re.compile(
    rf"[、，,;；／/]|　|(?<=課|室|係|館|署|会|局|当|部|関|体|ー|所)(?:及び|および|並びに|ならびに)|"
    rf"(?<=課|室|係|館|署|会|局|当|関|体|ー|所)・(?=[^、，,・]*{_DEPARTMENT}(?:[、，,・\s　]|及び|および|$))"
)
_PAGE_NUMBER = re.compile(r"[-‐\s]*[0-9]{1,3}[-‐\s]*")
#: A heading and its departments take no more lines than these before the content begins.
_HEADING_LINES = 5


class Part(StrEnum):
    """What a line of a plan belongs to; of a line that is in no measure, the value is why it is skipped."""

    TITLE = "計画の表題など、はじめの課題より前の文章"
    CHAPTER = "章の見出し"
    ISSUE = "課題の見出し"
    POLICY = "施策の見出し"
    PROSE = "課題や施策の説明"
    NOTE = "注記"
    PAGE_NUMBER = "ページ番号"
    RUNNING = "各ページにくり返される行"
    HEADING = "主な取組の見出し"
    ACTION = "取組内容"
    RELATED = "関連事項"


_IN_MEASURE = frozenset({Part.HEADING, Part.ACTION, Part.RELATED})


@dataclass(slots=True)
class _Gathered:
    """A measure while its lines are being gathered."""

    first: Line
    number: int
    issue: str
    policy: str
    heading: list[str] = field(default_factory=list)
    offices: list[str] = field(default_factory=list)
    action: list[str] = field(default_factory=list)
    related: list[str] = field(default_factory=list)


@dataclass(slots=True)
class _Reading:
    """What has been gathered so far: measures, lines apart, and the headings that the next measure stands under."""

    measures: list[_Gathered] = field(default_factory=list)
    apart: list[tuple[Line, Part]] = field(default_factory=list)
    issue: str = ""
    policy: str = ""


def recognises(source: Source) -> bool:
    """Whether the text has a numbered measure with its content below."""
    lines = lines_of(source.text)
    return any(_begins_measure(lines, index) for index in range(len(lines)))


def read(source: Source) -> LayoutResult:
    """Every measure of the plan, in its order; the lines above and between them are skips."""
    lines = lines_of(source.text)
    reading = _gather(lines)
    titles = [line.text for line, part in reading.apart if part is Part.TITLE]
    place = place_of(titles, (line.text for line in lines))
    widths = usual_width(text for one in reading.measures for text in one.action)
    columns = item_columns([text for one in reading.measures for text in one.related], widths)
    measures: list[Measure] = []
    findings = place_findings(place, "計画")
    for row, one in enumerate(reading.measures, start=1):
        items = split_items(one.related, columns)
        heading, departments = _heading(one)
        measure = Measure(
            prefecture=place.prefecture if place else "",
            municipality=place.municipality if place else "",
            number=one.number,
            heading=heading,
            issue=one.issue,
            policy=one.policy,
            departments=departments,
            action=remove_dump_spaces(join_wrapped(with_fullness(one.action, widths))),
            related=items.items,
            provenance=Provenance(source.sha256, one.first.page, None, row, one.first.number),
        )
        measures.append(measure)
        findings += _check_measure(measure, items.doubtful)
    findings += _check_numbers(measures)
    skips = tuple(Skip(line.page, line.number, part.value, line.text) for line, part in reading.apart)
    return LayoutResult(len(measures) + len(skips), measures=tuple(measures), skips=skips, findings=tuple(findings))


LAYOUT = Layout(name="plan", rank=10, series="plan", recognises=recognises, read=read, medium=Medium.TEXT)


def _begins_measure(lines: Sequence[Line], index: int) -> bool:
    """Whether a measure begins here: its number, and its content within the next lines."""
    if not _MEASURE.match(fold_width(lines[index].text)):
        return False
    following = [fold_width(line.text) for line in lines[index + 1 : index + 1 + _HEADING_LINES]]
    return any(_ACTION.match(text) for text in following)


def _gather(lines: Sequence[Line]) -> _Reading:
    reading = _Reading()
    at_edge = _page_edges(lines)
    prose = usual_width(line.text for line in lines)
    state = Part.TITLE
    for index, line in enumerate(lines):
        furniture = at_edge.get(line.number)
        if furniture:
            reading.apart.append((line, furniture))
            continue
        before = lines[index - 1] if index else None
        goes_on = before is not None and is_full(before.text, line.text, prose)
        state = _state(state, lines, index, goes_on=goes_on)
        _take(reading, state, line)
    return reading


def _state(state: Part, lines: Sequence[Line], index: int, *, goes_on: bool) -> Part:
    """What this line belongs to, after a line of ``state``."""
    text = fold_width(lines[index].text)
    if _begins_measure(lines, index):
        return Part.HEADING
    if state is Part.HEADING:
        return Part.ACTION if _ACTION.match(text) else Part.HEADING
    if state is Part.ACTION and _RELATED.match(text):
        return Part.RELATED
    if _CHAPTER.match(text):
        return Part.CHAPTER
    if not goes_on or state not in {Part.PROSE, Part.ACTION}:
        if _POLICY.match(text):
            return Part.POLICY
        if _ISSUE.match(text):
            return Part.ISSUE
    if state in {Part.RELATED, Part.NOTE} and _FOOTNOTE.match(lines[index].text):
        return Part.NOTE
    if state in {Part.ISSUE, Part.POLICY, Part.CHAPTER}:
        return Part.PROSE
    return state


def _take(reading: _Reading, part: Part, line: Line) -> None:
    """Put a line where it belongs."""
    text, folded = line.text, fold_width(line.text)
    if part not in _IN_MEASURE:
        reading.apart.append((line, part))
        if part is Part.ISSUE:
            reading.issue, reading.policy = _numbered(text), ""
        elif part is Part.POLICY:
            reading.policy = _numbered(text)
        return
    begun = _MEASURE.match(folded)
    if part is Part.HEADING and begun and (not reading.measures or reading.measures[-1].first is not line):
        found = _Gathered(line, _number(begun), reading.issue, reading.policy)
        found.heading.append(text[begun.start("heading") :] if begun["heading"] else "")
        reading.measures.append(found)
        return
    one = reading.measures[-1]
    if part is Part.HEADING:
        offices = _OFFICES.match(folded)
        (one.offices if offices else one.heading).append(text[offices.start("rest") :] if offices else text)
        return
    label = (_ACTION if part is Part.ACTION else _RELATED).match(folded)
    target = one.action if part is Part.ACTION else one.related
    rest = text if label is None else text[label.start("rest") :] if label["rest"] else ""
    if rest:
        target.append(rest)


def _numbered(text: str) -> str:
    """A heading whose number is set apart by a space only (「基本目標Ⅱ 安心して…」) keeps one, full-width as Japanese has it."""
    return remove_dump_spaces(_SPACED_NUMBER.sub(r"\1　", text))


def _page_edges(lines: Sequence[Line]) -> dict[int, Part]:
    """Page numbers, and lines that stand at the head of several pages, by the number of their line."""
    heads = [line for line in lines if line.begins_page or line is lines[0]]
    tails = [before for before, line in pairwise(lines) if line.begins_page] + list(lines[-1:])
    counts = Counter(comparable(line.text) for line in heads)
    found = {
        line.number: Part.PAGE_NUMBER for line in (*heads, *tails) if _PAGE_NUMBER.fullmatch(fold_width(line.text))
    }
    return found | {
        line.number: Part.RUNNING
        for line in heads
        if counts[comparable(line.text)] > 1 and line.number not in found and not _MEASURE.match(fold_width(line.text))
    }


def _number(match: re.Match[str]) -> int:
    """The measure's number: 13 for ⑬ and for 13."""
    return int(match["digits"]) if match["digits"] else int(unicodedata.numeric(match["circled"]))


def _heading(one: _Gathered) -> tuple[str, tuple[str, ...]]:
    """The heading's own words, and the departments in the brackets behind them."""
    whole = join_name(one.heading)
    match = _BRACKETED.search(whole)
    names = match["names"] if match else "、".join(one.offices)
    heading = whole[: match.start()] if match else whole
    departments = (remove_dump_spaces(name).strip(" 　") for name in _DEPARTMENTS_APART.split(names))
    return remove_dump_spaces(heading).strip(" 　"), tuple(name for name in departments if name)


def _check_measure(measure: Measure, doubtful: Sequence[str]) -> list[Finding]:
    where = measure.provenance
    missing = [
        ("no-heading", "見出し", measure.heading),
        ("no-department", "担当部署", measure.departments),
        ("no-action", "取組内容", measure.action),
        ("no-policy", "施策の見出し", measure.policy or measure.issue),
    ]
    findings = [
        Finding(Level.MUST_LOOK, code, f"主な取組{measure.number}に{what}がありません", where.page, where.row)
        for code, what, value in missing
        if not value
    ]
    if not measure.related:
        message = f"主な取組{measure.number}に関連事項がありません"
        findings.append(Finding(Level.NOTE, "no-related", message, where.page, where.row))
    findings += [
        Finding(
            Level.MUST_LOOK,
            "items-uncertain",
            f"主な取組{measure.number}の関連事項がどこで分かれるか、はっきりしません：「{line}」",
            where.page,
            where.row,
            line,
        )
        for line in doubtful
    ]
    return findings


def _check_numbers(measures: Sequence[Measure]) -> list[Finding]:
    """Measures are numbered through: a gap or a repeated number is a lost or a doubled one."""
    return [
        Finding(
            Level.MUST_LOOK,
            "number-gap",
            f"主な取組{before.number}の次が{after.number}です。間が抜けているかもしれません",
            after.provenance.page,
            after.provenance.row,
            str(after.number),
        )
        for before, after in pairwise(measures)
        if after.number != before.number + 1
    ]
