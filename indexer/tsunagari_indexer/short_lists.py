"""Lists that lack much of what the list before had: perhaps a file that was cut off, or one half of a list that comes in parts.

Each programme that the newest list lacks is in the difference of the generations; but forty of them there are easily taken for what a
year brings. So the list itself has a finding, which keeps it from being published until somebody has looked.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence

from tsunagari_crawler import FetchedDocument
from tsunagari_indexer.decisions import Decisions
from tsunagari_indexer.identity import Linked
from tsunagari_indexer.imported import DocumentFinding, ImportedDocument, Record
from tsunagari_indexer.sightings import GivenId
from tsunagari_parsers import Finding, Level

#: A list is short when it lacks so many programmes of the list before, and so much of it.
_MANY, _MUCH = 5, 0.25
#: A prefecture that had so many and has none is named.
_WHOLE_PREFECTURE = 3
_MOST_NAMED = 5

_Edition = tuple[str, int]


def shortened(
    documents: Sequence[ImportedDocument],
    records: Sequence[Record],
    linked: Linked,
    known: Iterable[GivenId],
    decided: Decisions,
) -> list[DocumentFinding]:
    """The findings of every list that is much shorter than the one before it in its series, or than what was published of itself.

    A programme of which a person is asked whether it goes on under another name, or has said that it does not, is not counted as
    lacking: she has looked. So answering changes no finding. Each finding is on the last document of its list.

    Args:
        documents: those of the generation, in order.
        records: all their records.
        linked: who is who of those that are shown.
        known: the ids that were published.
        decided: what people decided.
    """
    editions: dict[_Edition, list[Record]] = {}
    goes_on = _goes_on(linked)
    for one in records:
        if one.entry.kind == "program" and one.given.id in goes_on:
            editions.setdefault((one.sighting.series, one.sighting.year), []).append(one)
    standing = {one.given.id for one in records}
    lost = Counter((one.series, one.year) for one in known if one.kind == "program" and one.id not in standing)
    findings = []
    for (series, year), now in sorted(editions.items()):
        last = [one for one in documents if one.edition.key[:2] == (series, year)][-1].fetched
        replaced = lost[series, year]
        if _is_much(replaced, replaced + len(now)):
            message = (
                f"公開したことのある{year}年度の一覧の事業のうち{replaced}件が、いまの文書にありません。"
                "入れ替えた文書が途中で切れていないか、原本を見てください"
            )
            findings.append(_finding(last, message, f"{year} {replaced}"))
        before = editions.get((series, max((at for of, at in editions if of == series and at < year), default=0)), [])
        gone = [one for one in before if year not in goes_on[one.given.id] and not decided.was_compared(one.given.id)]
        absent = _absent(before, now)
        if _is_much(len(gone), len(before)) or absent:
            message = _message(year, before, gone, absent)
            findings.append(_finding(last, message, f"{before[0].sighting.year} {year} {len(gone)}"))
    return findings


def _is_much(lacking: int, of: int) -> bool:
    return lacking >= _MANY and lacking >= _MUCH * of


def _finding(document: FetchedDocument, message: str, value: str) -> DocumentFinding:
    found = Finding(Level.MUST_LOOK, "list-much-shorter", message, value=value)
    return DocumentFinding(document.sha256, document.name, found)


def _goes_on(linked: Linked) -> dict[str, set[int]]:
    """The years in which the programme of each record stands, or perhaps stands."""
    found: dict[str, set[int]] = {}
    chains = {one.id: chain for chain in linked.chains for one in chain.seen}
    for chain in linked.chains:
        years = {one.sighting.year for one in chain.seen}
        for one in chain.seen:
            found.setdefault(one.id, set()).update(years)
    for question in linked.questions:
        year = next(one.sighting.year for one in chains[question.id].seen if one.id == question.id)
        for candidate, _ in question.candidates:
            for one in chains[candidate].seen:
                found[one.id].add(year)
    return found


def _absent(before: Sequence[Record], now: Sequence[Record]) -> list[str]:
    """The prefectures of several programmes that the newer list does not have at all, in the order of the older one."""
    standing = {one.entry.prefecture for one in now}
    counts = Counter(one.entry.prefecture for one in before)
    return [name for name, count in counts.items() if count >= _WHOLE_PREFECTURE and name not in standing]


def _message(year: int, before: Sequence[Record], gone: Sequence[Record], absent: Sequence[str]) -> str:
    named = "、".join(absent[:_MOST_NAMED]) + (
        f"（ほか{len(absent) - _MOST_NAMED}）" if len(absent) > _MOST_NAMED else ""
    )
    prefectures = f"。1件も載っていない都道府県：{named}" if absent else ""
    return (
        f"{year}年度の一覧には、{before[0].sighting.year}年度の{len(before)}件のうち{len(gone)}件がありません{prefectures}。"
        "途中で切れた文書や、いくつかに分かれた一覧の一部ではないか、原本を見てください"
    )
