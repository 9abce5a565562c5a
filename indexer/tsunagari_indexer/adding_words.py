"""What an administrator does with the lexicon: add a word that people use to a concept, take it back, see what was added.

A word that would take another word's place is refused with the reason: what was found before must be found afterwards, and ordinary
words must not be read as danger (``data/ordinary.txt``). What is added changes a generation when that is built again.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from importlib.resources import files

from tsunagari_indexer.analysis import encodable, is_kana, tokens
from tsunagari_indexer.errors import NothingPublishedError, WordError
from tsunagari_indexer.lexicon import Concept, Lexicon, fold, known_lexicon, without_particles
from tsunagari_indexer.lexicon_additions import Addition, Word, in_force, with_words
from tsunagari_indexer.mending import Mender
from tsunagari_indexer.review import ledger_of, newest_if_any, opened
from tsunagari_indexer.understanding import SHORTEST_OF_DANGER, place_meant, says_no_need
from tsunagari_indexer.workspace import Workspace
from tsunagari_parsers.text import comparable

#: Longer is no word but a sentence, which may tell of somebody.
MAX_SURFACE = 40
#: Two kana, or two Latin letters, stand in too many words.
_LONGEST_TOO_SHORT = 2
_LATIN = re.compile("[a-z]+", re.IGNORECASE)
_OFFICE = re.compile("[㐀-鿿々ァ-ヺーぁ-ゖ・]{2,}(?:課|(?<!関)係|事務所|委員会|センター|プラザ)")
#: Words of every description, that would draw every search to one concept.
_EVERYWHERE = frozenset(
    ["女性", "女", "男性", "男", "人", "家", "国", "県", "市", "町", "村", "区", "問題", "困難", "悩み", "生活", "利用", "実施", "対象", "活動", "場合", "地域"]
)  # fmt: skip


class WordState(StrEnum):
    """Where an added word stands."""

    PUBLISHED = "公開中"
    WAITING = "公開待ち"
    LEAVING = "取り消し待ち"
    UNFIT = "使えない"


@dataclass(frozen=True, slots=True)
class AddedWord:
    """A word that was added (or was taken back, and is still in what is published), with its concept's name and where it stands."""

    addition: Addition
    label: str
    state: WordState


def add_word(workspace: Workspace, concept: str, surface: str, *, reason: str, by: str) -> Addition:
    """Keep a word for a concept.

    Args:
        workspace: the data folder.
        concept: the concept's id, or what pages call it.
        surface: the word.
        reason: why; kept.
        by: who says so; kept.

    Raises:
        WordError: no such concept, no reason, a word that cannot stand (:func:`check`), or the name of a programme.
    """
    reason, by = _named(reason, by)
    word = cleaned(surface)
    with newest_if_any(workspace) as generation:
        if generation and generation.exactly([comparable(word)]):
            raise WordError(f"「{word}」は、一覧にある事業の名前です。名前はそのままさがせるので、足せません")
    with ledger_of(workspace) as ledger, ledger.transaction():
        lexicon, _ = with_words(known_lexicon(), _words(in_force(ledger.lexicon_additions())))
        chosen = concept_called(concept, lexicon)
        addition = Addition(chosen.id, check(chosen, word, lexicon), reason, by)
        ledger.add_word(addition)
        ledger.record("word-added", None, f"{addition.concept} {addition.surface}: {addition.reason}", by)
    return addition


def take_word_back(workspace: Workspace, concept: str, surface: str, *, reason: str, by: str) -> Addition:
    """Keep that a word that was added no longer stands.

    Raises:
        WordError: it was not added, or no reason.
    """
    reason, by = _named(reason, by)
    word = cleaned(surface)
    with ledger_of(workspace) as ledger, ledger.transaction():
        standing = in_force(ledger.lexicon_additions())
        # Not concept_called alone: the concept may be gone from the lexicon since.
        ids = {concept, *(one.id for one in known_lexicon().concepts.values() if one.label == concept)}
        found = next((one for one in standing if one.concept in ids and one.key[1] == fold(word)), None)
        if found is None:
            if any(one.id in ids for one in [known_lexicon().surfaces.get(fold(word))] if one):
                raise WordError(f"「{word}」は、はじめからことばの表にある言葉です。取り消せるのは、足した言葉だけです")
            raise WordError(f"「{concept}」に足した言葉の中に、「{word}」はありません")
        addition = Addition(found.concept, found.surface, reason, by, taken_back=True)
        ledger.add_word(addition)
        ledger.record("word-taken-back", None, f"{addition.concept} {addition.surface}: {addition.reason}", by)
    return addition


def added_words(workspace: Workspace) -> tuple[AddedWord, ...]:
    """The words that stand, and those taken back that what is published still has, by concept and word.

    Raises:
        GenerationError: what is published cannot be read.
    """
    with ledger_of(workspace) as ledger:
        entries = ledger.lexicon_additions()
    standing = in_force(entries)
    latest = {one.key: one for one in entries}
    published = {(concept, fold(surface)) for concept, surface in _published(workspace)}
    lexicon = known_lexicon()
    unfit = {(concept, fold(surface)) for concept, surface in with_words(lexicon, _words(standing))[1]}

    def state(one: Addition) -> WordState:
        if one.taken_back:
            return WordState.LEAVING
        if one.key in unfit:
            return WordState.UNFIT
        return WordState.PUBLISHED if one.key in published else WordState.WAITING

    shown = [*standing, *(one for key, one in latest.items() if one.taken_back and key in published)]
    return tuple(
        AddedWord(one, lexicon.concepts[one.concept].label if one.concept in lexicon.concepts else "", state(one))
        for one in sorted(shown, key=lambda one: one.key)
    )


def concept_called(name: str, lexicon: Lexicon) -> Concept:
    """The concept of an id or of the name that pages have for it.

    Raises:
        WordError: there is none.
    """
    wanted = name.strip()
    found = lexicon.concepts.get(wanted)
    found = found or next((one for one in lexicon.concepts.values() if fold(one.label) == fold(wanted)), None)
    if found is None:
        near = lexicon.surfaces.get(fold(unicodedata.normalize("NFKC", wanted)))
        hint = f"（「{near.label}」の言葉です）" if near else ""
        raise WordError(f"「{wanted}」という意味は、ことばの表にありません{hint}")
    return found


def cleaned(surface: str) -> str:
    """A word as it is kept and compared: NFKC, single spaces within.

    Raises:
        WordError: nothing, too long, control characters or other invisible ones, or nothing but signs.
    """
    # Cc, Cf, Cs, Co, Cn, Zl, Zp: none of them can be seen, and some turn the text around them.
    if any(unicodedata.category(char)[0] == "C" or unicodedata.category(char) in {"Zl", "Zp"} for char in surface):
        raise WordError("言葉に、改行や目に見えない文字が入っています")
    word = " ".join(unicodedata.normalize("NFKC", surface).split())
    if not word:
        raise WordError("足す言葉が空です")
    if len(word) > MAX_SURFACE:
        raise WordError(
            f"言葉は{MAX_SURFACE}文字までです（{len(word)}文字あります）。文ではなく、言葉だけにしてください"
        )
    if not any(char.isalnum() for char in word):
        raise WordError(f"「{word}」は記号だけです")
    return word


def check(concept: Concept, surface: str, lexicon: Lexicon) -> str:
    """The word as it is kept, if it can stand for the concept in this lexicon.

    Raises:
        WordError: :func:`cleaned` refuses it; it is too short to mean anything, the name of a place or an office, or says no need; it is there
            already, or means another concept; typed alone it would not be found; or another word would no longer be found.
    """
    word = cleaned(surface)
    if "..." in word:  # What NFKC makes of …
        raise WordError("「…」は使えません。前後がいつも続く、1つの言葉にしてください")
    if len(word) == 1 or (len(word) <= _LONGEST_TOO_SHORT and (is_kana(word) or _LATIN.fullmatch(word))):
        raise WordError(f"「{word}」は短すぎて、ほかの言葉の一部と取りちがえます")
    if not any(char.isalpha() for char in word):
        raise WordError(f"「{word}」は数字です。電話番号などと取りちがえるので、足せません")
    already = lexicon.surfaces.get(fold(word)) or lexicon.implied.get(fold(word))
    if already is not None and already.id != concept.id:
        raise WordError(
            f"「{word}」は、もう「{already.label}」（{already.id}）の言葉です。1つの言葉は、1つの意味にだけ入れられます"
        )
    found = lexicon.find(word)
    if already is not None or [(one.concept.id, one.start, one.end) for one in found] == [(concept.id, 0, len(word))]:
        raise WordError(f"「{word}」は、いまでも「{concept.label}」として見つかります。足さなくて大丈夫です")
    if place_meant(word):
        raise WordError(f"「{word}」は地名です。地名はそのままさがせるので、足せません")
    if _OFFICE.fullmatch(word):
        raise WordError(f"「{word}」は、課や施設などの名前です。名前はそのままさがせるので、足せません")
    if says_no_need(word) or all(token.word in _EVERYWHERE for token in tokens(word)):
        raise WordError(f"「{word}」は、どんなさがし方にも出てくる言葉なので、足せません")
    after, left_out = with_words(lexicon, [(concept.id, word)])
    alone = after.find(word)
    if left_out or not alone or alone[0].concept.id != concept.id:
        other = alone[0].concept.label if alone else "ほかの言葉の一部"
        raise WordError(f"「{word}」は、足しても「{other}」と読まれるので、見つかるようになりません")
    _check_others(concept, word, lexicon, after)
    return word


def _check_others(concept: Concept, word: str, before: Lexicon, after: Lexicon) -> None:
    """Refuse a word that changes how others are read."""
    new = {fold(word), *map(fold, without_particles(word))}
    for text in _texts(before):
        if not any(one in fold(text) for one in new):
            continue
        was, now = before.find(text), after.find(text)
        gone = [one.concept for one in was if one.concept.id not in {other.concept.id for other in now}]
        if gone:
            raise WordError(f"「{word}」を足すと、「{text}」が「{gone[0].label}」と読まれなくなります")
    for text in ordinary_texts():
        urgent = {one.concept.id for one in after.find(text) if one.concept.urgent}
        if urgent - {one.concept.id for one in before.find(text)}:
            raise WordError(f"「{word}」を足すと、ふつうの言葉「{text}」が「{concept.label}」と読まれます")
        if (not concept.urgent or len(word) >= SHORTEST_OF_DANGER) and Mender([fold(word)]).mend(fold(text), text):
            raise WordError(f"「{word}」は、「{text}」の打ちまちがいと取りちがえます")


def _texts(lexicon: Lexicon) -> Iterator[str]:
    """What must go on being read as it is: every word, phrase and test of every concept."""
    for concept in lexicon.concepts.values():
        yield from concept.words
        yield from (phrase.replace("…", "、") for phrase in concept.phrases)
        yield from concept.tests


@cache
def ordinary_texts() -> tuple[str, ...]:
    """Ordinary words and sentences that look like danger and are none (``data/ordinary.txt``, one a line)."""
    text = (files("tsunagari_indexer") / "data" / "ordinary.txt").read_text(encoding="utf-8")
    return tuple(line for line in text.splitlines() if line and not line.startswith("#"))


def _words(additions: tuple[Addition, ...]) -> list[Word]:
    return [(one.concept, one.surface) for one in additions]


def _published(workspace: Workspace) -> tuple[Word, ...]:
    try:
        name = workspace.current()
    except NothingPublishedError:
        return ()
    with opened(workspace, name) as generation:
        return generation.added_words


def _named(reason: str, by: str) -> tuple[str, str]:
    """Why, and who says so, as they are kept."""
    reason, by = encodable(reason).strip(), encodable(by).strip()
    if not reason:
        raise WordError("理由を書いてください", typed="理由（--note）を指定してください")
    if not by:
        raise WordError("だれが決めたかを書いてください", typed="だれが決めたか（--by）を指定してください")
    return reason, by
