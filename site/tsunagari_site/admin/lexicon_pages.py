"""The pages of the lexicon as they are read: concepts found by a word, one concept with its words, what was added, what was looked for in vain."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby

from tsunagari_indexer.adding_words import MAX_SURFACE, AddedWord, WordState, added_words
from tsunagari_indexer.concept_words import MAX_ASKED, ConceptWords, concepts_about, words_by_concept
from tsunagari_indexer.errors import CountsError
from tsunagari_indexer.lexicon import Concept, Lexicon, known_lexicon
from tsunagari_indexer.lexicon_additions import Addition, in_force, with_words
from tsunagari_indexer.missed_concepts import FEWEST_SHOWN, Missed, missed_by_month, read_counts
from tsunagari_indexer.review import ledger_of
from tsunagari_indexer.workspace import Workspace
from tsunagari_site.admin.confirmation_pages import page_number
from tsunagari_site.errors import RequestError

#: The longest reason, in characters.
MAX_REASON = 500
#: So many of the newest month stand on the first page.
_MISSED_FIRST = 20
_ON_A_PAGE = 50
#: The sorts of words in the order in which they are read.
_SORTS = (
    ("official", "公式の言葉"),
    ("everyday", "ふだんの言葉"),
    ("phrases", "言いはじめ（…は、あいだに入る言葉）"),
    ("readings", "読み"),
    ("misspellings", "打ちまちがい"),
    ("english", "英語"),
)
_MEANING = {
    WordState.PUBLISHED: "いま、検索で使っています。",
    WordState.WAITING: "作り直して公開すると、検索で使います。",
    WordState.LEAVING: "取り消しました。作り直して公開するまでは、検索に残ります。",
    WordState.UNFIT: "ことばの表と合わなくなったので、使っていません。取り消して、要るなら足し直してください。",
}


@dataclass(frozen=True, slots=True)
class FoundView:
    """A concept that was found, with the sorts of its words that tell most."""

    id: str
    label: str
    urgent: bool
    sorts: tuple[tuple[str, tuple[str, ...]], ...]


@dataclass(frozen=True, slots=True)
class WordView:
    """A word that was added. ``at`` is a moment (ISO 8601); ``label`` is empty where its concept is gone."""

    concept: str
    label: str
    word: str
    state: str
    meaning: str
    reason: str
    who: str
    at: str
    stands: bool


@dataclass(frozen=True, slots=True)
class MonthView:
    """What was looked for in vain in one month (「2026年11月」), most missed first; ``more``: how many lines were left off."""

    month: str
    lines: tuple[MissedView, ...]
    more: int = 0


@dataclass(frozen=True, slots=True)
class MissedView:
    """A concept (its id empty where it is gone from the lexicon) and its count as it may be shown."""

    concept: str
    label: str
    shown: str


@dataclass(frozen=True, slots=True)
class LexiconPage:
    """The first page. ``concepts`` are all, by their names, for who wants to look through them."""

    asked: str
    longest: int
    found: tuple[FoundView, ...]
    added: tuple[WordView, ...]
    concepts: tuple[tuple[str, str], ...]
    missed: MissedPage


@dataclass(frozen=True, slots=True)
class MissedPage:
    """The months, newest first; ``problem``: why the counts cannot be read. Fewer than ``fewest`` are not told."""

    months: tuple[MonthView, ...]
    fewest: int
    problem: str = ""


@dataclass(frozen=True, slots=True)
class WordForm:
    """What was typed into a form of a concept's page, and the sentence beside it. ``taken``: the word that was to be taken back, else empty."""

    word: str = ""
    reason: str = ""
    taken: str = ""
    word_fault: str = ""
    reason_fault: str = ""


@dataclass(frozen=True, slots=True)
class ConceptPage:
    """One concept. ``is_known`` False: the lexicon has it no longer, and its words can only be taken back."""

    id: str
    label: str
    is_known: bool
    urgent: bool
    sorts: tuple[tuple[str, tuple[str, ...]], ...]
    added: tuple[WordView, ...]
    form: WordForm
    longest_word: int
    longest_reason: int


@dataclass(frozen=True, slots=True)
class EntryLine:
    """An entry of the ledger: a word that was added, or (``taken_back``) taken back."""

    concept: str
    label: str
    word: str
    taken_back: bool
    reason: str
    who: str
    at: str


@dataclass(frozen=True, slots=True)
class AdditionsPage:
    """One page of all entries, newest first."""

    lines: tuple[EntryLine, ...]
    count: int
    number: int
    pages: int


def lexicon_page(workspace: Workspace, asked: str) -> LexiconPage:
    """The concepts that a word finds, the words that were added, and what was missed in the newest month.

    Raises:
        GenerationError: what is published cannot be read.
    """
    lexicon = known_lexicon()
    missed = missed_page(workspace)
    newest = tuple(
        MonthView(one.month, one.lines[:_MISSED_FIRST], max(len(one.lines) - _MISSED_FIRST, 0))
        for one in missed.months[:1]
    )
    return LexiconPage(
        asked=asked[:MAX_ASKED],
        longest=MAX_ASKED,
        found=tuple(_found(one) for one in concepts_about(asked, _with_added(workspace, lexicon))),
        added=tuple(map(_word, added_words(workspace))),
        concepts=tuple(sorted(((one.id, one.label) for one in lexicon.concepts.values()), key=lambda one: one[1])),
        missed=MissedPage(newest, missed.fewest, missed.problem),
    )


def concept_page(workspace: Workspace, concept: str, form: WordForm) -> ConceptPage:
    """One concept with its words.

    Raises:
        RequestError: there is no such concept, and no word that was added to it (404).
        GenerationError: what is published cannot be read.
    """
    known = known_lexicon().concepts.get(concept)
    added = tuple(_word(one) for one in added_words(workspace) if one.addition.concept == concept)
    if known is None and not added:
        raise RequestError(404, "not_found", "その意味はありません")
    return ConceptPage(
        id=concept,
        label=known.label if known else concept,
        is_known=known is not None,
        urgent=known is not None and known.urgent,
        sorts=_sorts(concept, _SORTS),
        added=added,
        form=form,
        longest_word=MAX_SURFACE,
        longest_reason=MAX_REASON,
    )


def missed_page(workspace: Workspace) -> MissedPage:
    """What was looked for in vain, by month."""
    lexicon = known_lexicon()
    try:
        counted = missed_by_month(read_counts(workspace.root), lexicon)
    except CountsError as error:
        return MissedPage((), FEWEST_SHOWN, f"{error.plain}。")
    ids = {one.label: one.id for one in lexicon.concepts.values()}
    return MissedPage(tuple(_months(counted, ids)), FEWEST_SHOWN)


def additions_page(workspace: Workspace, asked: str) -> AdditionsPage:
    """All that was added and taken back, newest first."""
    with ledger_of(workspace) as ledger:
        entries = ledger.lexicon_additions()[::-1]
    number, pages = page_number(asked, len(entries), _ON_A_PAGE)
    shown = entries[(number - 1) * _ON_A_PAGE : number * _ON_A_PAGE]
    return AdditionsPage(tuple(map(_entry, shown)), len(entries), number, pages)


def _with_added(workspace: Workspace, lexicon: Lexicon) -> Lexicon:
    with ledger_of(workspace) as ledger:
        additions = in_force(ledger.lexicon_additions())
    return with_words(lexicon, [(one.concept, one.surface) for one in additions])[0]


def _found(concept: Concept) -> FoundView:
    return FoundView(concept.id, concept.label, concept.urgent, _sorts(concept.id, _SORTS[:3]))


def _sorts(concept: str, sorts: Sequence[tuple[str, str]]) -> tuple[tuple[str, tuple[str, ...]], ...]:
    lists = words_by_concept().get(concept, ConceptWords())
    found = ((label, getattr(lists, sort)) for sort, label in sorts)
    return tuple((label, words) for label, words in found if words)


def _word(one: AddedWord) -> WordView:
    addition = one.addition
    return WordView(
        addition.concept,
        one.label,
        addition.surface,
        one.state,
        _MEANING[one.state],
        addition.reason,
        addition.by,
        addition.at,
        not addition.taken_back,
    )


def _entry(one: Addition) -> EntryLine:
    known = known_lexicon().concepts.get(one.concept)
    return EntryLine(one.concept, known.label if known else "", one.surface, one.taken_back, one.reason, one.by, one.at)


def _months(counted: Sequence[Missed], ids: dict[str, str]) -> Iterator[MonthView]:
    for month, lines in groupby(counted, key=lambda one: one.month):
        shown = tuple(MissedView(ids.get(one.label, ""), one.label, one.shown) for one in lines)
        yield MonthView(f"{month[:4]}年{int(month[5:])}月", shown)
