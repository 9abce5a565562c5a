"""The monthly look at the pages that the directory rests on: do they stand, and what changed on them? Nobody is called."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from pathlib import Path

from tsunagari.terminal import clean
from tsunagari_crawler.checks import Checked, LastLook, State, Watched, merged, read_record, write_record
from tsunagari_crawler.report import CrawlSettings
from tsunagari_crawler.sources import SOURCES
from tsunagari_crawler.spider import watch
from tsunagari_indexer.confirmations import Confirmation
from tsunagari_indexer.errors import NothingPublishedError
from tsunagari_indexer.generation import Generation
from tsunagari_indexer.listings import SourceDocument
from tsunagari_indexer.workspace import Workspace
from tsunagari_parsers import Desk, known_desks
from tsunagari_parsers.phones import find_numbers
from tsunagari_parsers.text import fold_width

#: The states of a look, the gravest first, in words.
STATES: Mapping[State, str] = {
    State.NUMBER_GONE: "番号がなくなった",
    State.GONE: "ページがない",
    State.ERROR_PAGE: "エラーかログインのページになった",
    State.MOVED: "移った",
    State.CHANGED: "変わった",
    State.UNKNOWN: "確かめられない",
    State.FIRST: "はじめて見た",
    State.STANDS: "変わりなし",
}


def run_watch(data_dir: Path, settings: CrawlSettings, today: date) -> tuple[Checked, ...]:
    """Look at every page once, and keep what was seen under ``data/checks/``.

    Raises:
        CrawlerError: the record of the last look cannot be read or written.
        IndexerError: the published generation cannot be opened.
    """
    folder = data_dir / "checks"
    record: Mapping[str, LastLook] = read_record(folder)
    checked, kept = watch(
        addresses(data_dir), record, settings=settings, today=today.isoformat(), find_numbers=numbers_in
    )
    write_record(folder, kept)
    return checked


def addresses(data_dir: Path) -> tuple[Watched, ...]:
    """The pages of publishers, of desks and lines, and of the published documents, each address once."""
    pages = [
        Watched(page.url, (f"{source.publisher}（{source.name}）",))
        for source in SOURCES.values()
        for page in source.pages
    ]
    desks, documents, confirmations = _published(data_dir)
    by_id = {desk.id: desk for desk in (*known_desks(), *desks)}
    told = [
        Watched(word.url, (by_id[desk].name,), _numbers(by_id[desk]))
        for desk, word in confirmations.items()
        if desk in by_id
    ]
    papers = [Watched(one.url, (one.title or one.name,), (), (one.sha256,)) for one in documents]
    found = (*pages, *(one for desk in known_desks() for one in _of_desk(desk)), *told, *papers)
    return merged(one for one in found if one.url.startswith(("https://", "http://")))


def _of_desk(desk: Desk) -> Iterator[Watched]:
    """A desk's own page and those where it was read; its numbers are expected on each. Its chats and forms only have to stand."""
    for url in (desk.url, *(source.url for source in desk.sources)):
        yield Watched(url, (desk.name,), _numbers(desk))
    for way in desk.silent_ways:
        yield Watched(way.url, (desk.name,))


def _numbers(desk: Desk) -> tuple[str, ...]:
    return tuple(phone.number for phone in desk.phones)


def _published(
    data_dir: Path,
) -> tuple[Sequence[Desk], Iterable[SourceDocument], Mapping[str, Confirmation]]:
    """What the published generation adds; nothing if there is none yet."""
    workspace = Workspace(data_dir)
    try:
        name = workspace.current()
    except NothingPublishedError:
        return (), (), {}
    generation = Generation.open(workspace.generation_path(name))
    try:
        return generation.desks, tuple(generation.documents.values()), dict(generation.desk_confirmations)
    finally:
        generation.close()


def numbers_in(text: str) -> list[str]:
    """The telephone numbers in a page's words, short ones (「#8008」「110番」) included, in their order."""
    folded = fold_width(text)
    short = [number for number in _SHORT_NUMBERS if re.search(rf"(?<![\d-]){number}(?![\d-])", folded)]
    return [*find_numbers(text), *short]


#: The short numbers of the desks: three digits would be found in any text, so only these are looked for.
_SHORT_NUMBERS = tuple(
    dict.fromkeys(phone.number for desk in known_desks() for phone in desk.phones if "-" not in phone.number)
)


def watch_lines(checked: Sequence[Checked]) -> Iterator[str]:
    """What needs a person, the gravest first, and last how many are as they were."""
    order = list(STATES)
    for one in sorted(checked, key=lambda one: order.index(one.state)):
        if one.state is not State.STANDS and (one.needs_a_person or one.never_seen):
            yield clean(f"{STATES[one.state]}：{one.watched.url}（{'、'.join(one.watched.names)}）")
            yield from (f"  {clean(line)}" for line in _said(one))
        elif one.never_seen:
            yield clean(f"参考：{one.watched.url}（{'、'.join(one.watched.names)}）")
            yield f"  {_never_seen(one)}"
    counts = {state: sum(one.state is state for one in checked) for state in order}
    yield "、".join(f"{STATES[state]}{count}件" for state, count in counts.items() if count) + "。"
    if needing := sum(one.needs_a_person for one in checked):
        yield f"人が確かめるところは{needing}件です。電話をかける前に、ページを開いてください。"


def _said(one: Checked) -> Iterator[str]:
    for number in one.gone_numbers:
        yield f"ページにこの番号がなくなりました：{number}。公式ページを開いて、いまの番号を確かめてください"
    if one.never_seen:
        yield _never_seen(one)
    if one.problem:
        yield f"[{one.problem.code}] {one.problem.message}"
    if one.state is State.CHANGED or one.appeared or one.vanished:
        since = f"{one.since} から" if one.since else "保管してあるものから"
        yield f"{since}中身が変わりました。ページを開いて、受付時間や番号を確かめてください"
    if one.appeared:
        yield f"増えた番号：{'、'.join(one.appeared)}"
    if one.vanished:
        yield f"なくなった番号：{'、'.join(one.vanished)}"


def _never_seen(one: Checked) -> str:
    return f"この番号は、はじめからこのページに見当たりません：{'、'.join(one.never_seen)}"


def watch_json(checked: Sequence[Checked], today: date) -> dict[str, object]:
    """The same as one JSON document: every address, those that are as they were too."""
    return {
        "looked_on": today.isoformat(),
        "needs_a_person": sum(one.needs_a_person for one in checked),
        "pages": [
            {
                "url": one.watched.url,
                "names": list(one.watched.names),
                "state": str(one.state),
                "needs_a_person": one.needs_a_person,
                "problem": {"code": str(one.problem.code), "message": one.problem.message} if one.problem else None,
                "gone_numbers": list(one.gone_numbers),
                "never_seen_numbers": list(one.never_seen),
                "appeared_numbers": list(one.appeared),
                "vanished_numbers": list(one.vanished),
                "since": one.since or None,
            }
            for one in checked
        ],
    }
