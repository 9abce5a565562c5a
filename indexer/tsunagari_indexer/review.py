"""What an administrator looks at before publishing: the counts, the findings, what changed; and between the years, whom to call."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date

from tsunagari_indexer.build import DocumentFinding
from tsunagari_indexer.changes import Changes, diff
from tsunagari_indexer.confirmations import (
    DESK_GOOD_FOR,
    PROGRAM_GOOD_FOR,
    Confirmation,
    Subject,
    last_attempt,
    latest,
)
from tsunagari_indexer.errors import NothingPublishedError
from tsunagari_indexer.generation import Generation
from tsunagari_indexer.ledger import Ledger
from tsunagari_indexer.ledger import is_behind as is_decided_since
from tsunagari_indexer.listings import Listing, SourceDocument
from tsunagari_indexer.workspace import Workspace, finding_key
from tsunagari_parsers import Desk, Level, known_desks


@dataclass(frozen=True, slots=True)
class DocumentCount:
    """A document with the account of its rows. ``year_before``: the records of the same series' edition before, if there is one."""

    document: SourceDocument
    is_new: bool
    year_before: int | None


@dataclass(frozen=True, slots=True)
class NumberedFinding:
    """A finding with its number in this generation; ``accepted`` is why somebody let it pass, or None."""

    number: int
    found: DocumentFinding
    accepted: str | None

    @property
    def is_open(self) -> bool:
        """Whether it keeps the generation from being published."""
        return self.found.finding.level is Level.MUST_LOOK and self.accepted is None


@dataclass(frozen=True, slots=True)
class Review:
    """The generation ``name`` beside the published one. ``is_behind``: something was decided since it was built."""

    name: str
    is_staged: bool
    published: str | None
    documents: tuple[DocumentCount, ...]
    findings: tuple[NumberedFinding, ...]
    changes: Changes
    is_behind: bool

    @property
    def open_findings(self) -> tuple[NumberedFinding, ...]:
        """Those that keep it from being published."""
        return tuple(one for one in self.findings if one.is_open)


@dataclass(frozen=True, slots=True)
class Call:
    """Somebody to ask: a programme or a desk that nobody has confirmed, or not for long. ``tried`` is the last attempt."""

    subject: Programme | Desk
    last: Confirmation | None
    tried: Confirmation | None


Programme = Listing


def review(workspace: Workspace) -> Review:
    """The newest staged generation against the published one; where none is staged, the published one by itself.

    Raises:
        NothingPublishedError: there is neither.
        GenerationError: one of them cannot be read.
    """
    staged = workspace.newest_staged()
    published = _published(workspace)
    name = staged.name if staged else workspace.current()
    with opened(workspace, name) as now, ledger_of(workspace) as ledger:
        accepted = ledger.accepted()
        after = tuple(now.all_listings())
        documents = now.documents
        findings = tuple(
            NumberedFinding(number, one, accepted.get(finding_key(one))) for number, one in enumerate(now.findings, 1)
        )
        is_behind = is_decided_since(now.meta["decided_through"], ledger.decided_through())
    before: tuple[Listing, ...] = ()
    known: frozenset[str] = frozenset()
    if published:
        with opened(workspace, published) as then:
            before, known = tuple(then.all_listings()), frozenset(then.documents)
    return Review(
        name=name,
        is_staged=staged is not None,
        published=published,
        documents=_counts(documents, known),
        findings=tuple(
            sorted(findings, key=lambda one: (not one.is_open, one.found.finding.level is Level.NOTE, one.number))
        ),
        changes=diff(before, after),
        is_behind=is_behind,
    )


def calls(workspace: Workspace, today: date, prefecture: str | None = None) -> tuple[Call, ...]:
    """Who is to be asked: desks first, the proposals among them before others; then programmes by town, those nobody ever confirmed too.

    ``prefecture`` is a name; of desks those of the whole country stand in every prefecture's list.

    Raises:
        NothingPublishedError, GenerationError: there is no generation to read.
    """
    with newest(workspace) as generation, ledger_of(workspace) as ledger:
        asked = ledger.confirmations()
        listings = [
            one
            for one in generation.all_listings()
            if one.is_program and (prefecture is None or one.prefecture == prefecture)
        ]
        codes = {one.prefecture_code for one in listings}
        desks = [
            one
            for one in (*known_desks(), *generation.desks)
            if prefecture is None or one.prefecture is None or one.prefecture in codes
        ]
    found: list[Call] = []
    for desk in sorted(desks, key=lambda one: not (one.proposal or one.check_first)):
        word = latest(asked, Subject.DESK, (desk.id,))
        if word is None or word.is_due(today, DESK_GOOD_FOR):
            found.append(Call(desk, word, last_attempt(asked, Subject.DESK, (desk.id,))))
    for listing in sorted(listings, key=lambda one: (one.prefecture_code, one.municipality_code or "", one.order)):
        word = latest(asked, Subject.PROGRAM, listing.ids)
        if word is None or word.is_due(today, PROGRAM_GOOD_FOR):
            found.append(Call(listing, word, last_attempt(asked, Subject.PROGRAM, listing.ids)))
    return tuple(found)


@contextmanager
def opened(workspace: Workspace, name: str) -> Iterator[Generation]:
    """An open generation.

    Raises:
        GenerationError: it cannot be read.
    """
    generation = Generation.open(workspace.generation_path(name))
    try:
        yield generation
    finally:
        generation.close()


@contextmanager
def newest_if_any(workspace: Workspace) -> Iterator[Generation | None]:
    """The newest generation, or None where there is none yet."""
    staged = workspace.newest_staged()
    name = staged.name if staged else _published(workspace)
    if name is None:
        yield None
    else:
        with opened(workspace, name) as generation:
            yield generation


@contextmanager
def newest(workspace: Workspace) -> Iterator[Generation]:
    """The newest staged generation, else the published one, open.

    Raises:
        NothingPublishedError, GenerationError: there is none, or it cannot be read.
    """
    staged = workspace.newest_staged()
    with opened(workspace, staged.name if staged else workspace.current()) as generation:
        yield generation


@contextmanager
def ledger_of(workspace: Workspace) -> Iterator[Ledger]:
    """The data folder's ledger, open."""
    with Ledger.open(workspace.root / "ledger.sqlite") as ledger:
        yield ledger


def _published(workspace: Workspace) -> str | None:
    try:
        return workspace.current()
    except NothingPublishedError:
        return None


def _counts(documents: Mapping[str, SourceDocument], known: frozenset[str]) -> tuple[DocumentCount, ...]:
    ordered: Sequence[SourceDocument] = sorted(
        documents.values(), key=lambda one: (one.sha256 in known, -one.fiscal_year, one.series, one.part)
    )
    found = []
    for one in ordered:
        earlier = [
            other
            for other in ordered
            if (other.series, other.part) == (one.series, one.part) and other.fiscal_year < one.fiscal_year
        ]
        before = max(earlier, key=lambda other: other.fiscal_year, default=None)
        found.append(DocumentCount(one, one.sha256 not in known, before.records if before else None))
    return tuple(found)
