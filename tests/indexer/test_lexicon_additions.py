"""Words that an administrator adds: they find, in every engine; they go with the generation; and no word takes another one's place."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from tests.contract.fake_meilisearch import running_fake
from tests.pdfs import table_pdf

from tsunagari.importing import EditionOptions, ImportOutcome, import_documents, reindex
from tsunagari.settings import EngineName, Settings
from tsunagari_indexer import adding_words
from tsunagari_indexer.adding_words import (
    WordState,
    add_word,
    added_words,
    check,
    concept_called,
    ordinary_texts,
    take_word_back,
)
from tsunagari_indexer.catalogue import Catalogue
from tsunagari_indexer.engines.meili import INDEX_PREFIX, MeiliSettings, MeiliWriter
from tsunagari_indexer.errors import WordError
from tsunagari_indexer.ledger import Ledger, is_behind
from tsunagari_indexer.lexicon import fold, known_lexicon, load_lexicon, urgent_in
from tsunagari_indexer.lexicon_additions import LEFT_OUT, Addition, in_force, with_words
from tsunagari_indexer.review import review
from tsunagari_indexer.search import SearchRequest, SearchResult
from tsunagari_indexer.suggestions import Suggestion, suggest
from tsunagari_indexer.workspace import Workspace

PADS = ("北海道", "札幌市", "つながり事業", "電話相談を行い、生理用品を配布する。", "市民課", "011-211-2962")
FOOD = ("北海道", "函館市", "食の支援", "フードバンクから食品を配布する。", "市民部", "0138-21-3470")
WORD = "フードロッカー"
MASTER_KEY, SEARCH_KEY = "a-master-key-of-these-tests", "a-key-that-may-only-search"


class Desk:
    """A data folder with the two programmes, published, and what an administrator does with it."""

    def __init__(self, root: Path, settings: Settings) -> None:
        self.root = root
        self.workspace: Workspace = settings.workspace(root / "data", writing=True)
        self.catalogue: Catalogue = settings.catalogue(root / "data")
        self.take()
        self.workspace.publish()

    def take(self) -> ImportOutcome:
        path = self.root / "list.pdf"
        path.write_bytes(table_pdf([[PADS, FOOD]]))
        outcome = import_documents(self.workspace, [path], EditionOptions(year=2021))
        assert not outcome.failures
        return outcome

    def add(self, word: str = WORD, concept: str = "food_bank") -> Addition:
        return add_word(self.workspace, concept, word, reason="相談で聞いた", by="担当")

    def take_back(self, word: str = WORD, concept: str = "food_bank") -> Addition:
        return take_word_back(self.workspace, concept, word, reason="取りちがえた", by="担当")

    def publish(self) -> None:
        assert reindex(self.workspace)
        assert not self.workspace.publish().is_behind

    def search(self, text: str) -> SearchResult:
        with self.catalogue.reading() as reading:
            return reading.search(SearchRequest(text))

    def finds(self, text: str) -> list[str | None]:
        return [one.municipality for one in self.search(text).listings]


@contextmanager
def settings_for(engine: str) -> Iterator[Settings]:
    if engine == "embedded":
        yield Settings()
        return
    with running_fake(MASTER_KEY, SEARCH_KEY, search_indexes=[f"{INDEX_PREFIX}*"]) as fake:
        yield Settings(EngineName.MEILI, fake.url, SEARCH_KEY, MASTER_KEY)


@pytest.fixture(params=["embedded", "meilisearch"])
def either(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Desk]:
    with settings_for(request.param) as settings:
        desk = Desk(tmp_path, settings)
        yield desk
        desk.catalogue.close()


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    made = Desk(tmp_path, Settings())
    yield made
    made.catalogue.close()


# --- what an added word does


def test_an_added_word_finds_once_it_is_published_and_no_longer_when_it_is_taken_back(either: Desk) -> None:
    assert either.finds(WORD) == []
    either.add()
    assert either.finds(WORD) == [], "what is published does not change by itself"
    either.publish()
    assert either.finds(WORD) == ["函館市"]
    either.take_back()
    assert either.finds(WORD) == ["函館市"]
    either.publish()
    assert either.finds(WORD) == []


@pytest.mark.parametrize(
    "typed", ["ふーどろっかー", "フードロッカー", "ﾌｰﾄﾞﾛｯｶｰ", "函館 フードロッカー", "フードロッカーはどこ"]
)
def test_it_finds_however_it_is_typed_and_the_same_in_every_engine(either: Desk, typed: str) -> None:
    either.add()
    either.publish()
    assert either.finds(typed) == ["函館市"]


def test_the_result_says_why_it_was_found(either: Desk) -> None:
    either.add()
    either.publish()
    result = either.search(WORD)
    ((reason,),) = result.reasons.values()
    (listing,) = result.listings
    ((start, end),) = reason.spans
    assert (reason.surface, reason.label) == (WORD, known_lexicon().concepts["food_bank"].label)
    assert listing.description[start:end] == "フードバンク"
    assert result.relaxed == ()


def test_a_typing_error_is_mended_to_it(desk: Desk) -> None:
    desk.add()
    desk.publish()
    result = desk.search("フードロツカー")
    assert [one.municipality for one in result.listings] == ["函館市"]
    assert [(one.code, one.to) for one in result.relaxed] == [("mended", WORD)]


def test_suggestions_hold_it(desk: Desk) -> None:
    label = Suggestion("concept", known_lexicon().concepts["food_bank"].label)

    def suggested() -> list[Suggestion]:
        with desk.catalogue.reading() as reading:
            return suggest("ふーどろっ", reading.generation.concept_suggestions, reading.generation.names)

    assert label not in suggested()
    desk.add()
    desk.publish()
    assert label in suggested()


def test_an_added_word_of_danger_brings_its_lines_first(desk: Desk) -> None:
    desk.add("希死", "want_to_die")
    desk.publish()
    result = desk.search("希死 生理用品")
    assert result.urgent == {"want_to_die"}
    assert result.desks[: len(known_lexicon().concepts["want_to_die"].desks)] == (
        known_lexicon().concepts["want_to_die"].desks
    )


# --- a generation has its words


def test_going_back_brings_back_the_words_of_that_generation(either: Desk) -> None:
    either.add()
    either.publish()
    either.workspace.rollback()
    assert either.finds(WORD) == []
    either.workspace.rollback(2)
    assert either.finds(WORD) == ["函館市"]


def test_a_request_keeps_the_words_of_the_generation_that_it_began_with(desk: Desk) -> None:
    desk.add()
    with desk.catalogue.reading() as before:
        desk.publish()
        with desk.catalogue.reading() as after:
            assert before.name != after.name
            assert before.search(SearchRequest(WORD)).total == 0
            assert after.search(SearchRequest(WORD)).total == 1
        assert before.search(SearchRequest(WORD)).total == 0


def test_a_generation_of_before_still_serves_and_is_not_behind(desk: Desk) -> None:
    path = desk.workspace.generation_path(desk.workspace.current())
    with sqlite3.connect(path) as connection:
        connection.execute("DELETE FROM meta WHERE key = 'lexicon_additions'")
        connection.execute("UPDATE meta SET value = '0 0 0' WHERE key = 'decided_through'")
    connection.close()
    assert desk.finds("フードバンク") == ["函館市"]
    assert desk.finds(WORD) == []
    assert not desk.workspace.is_behind()
    assert not review(desk.workspace).is_behind
    assert desk.take().unchanged
    desk.add()
    assert desk.workspace.is_behind()


@pytest.mark.parametrize(
    ("built", "now", "parts", "behind"),
    [
        ("1 2 3 4", "1 2 3 4", None, False),
        ("1 2 3", "1 2 3 0", None, False),
        ("1 2 3", "1 2 3 1", None, True),
        ("1 2 3", "1 2 3 1", 3, False),
        ("1 2 3 4", "1 2 4 4", 2, False),
        ("1 1 3 4", "1 2 3 4", 2, True),
    ],
)
def test_a_generation_is_behind_by_what_was_decided_since(
    built: str, now: str, parts: int | None, behind: bool
) -> None:
    assert is_behind(built, now, parts) is behind


def test_importing_the_same_list_again_takes_a_new_word_in(desk: Desk) -> None:
    assert desk.take().unchanged
    desk.add()
    assert review(desk.workspace).is_behind
    assert desk.take().staged
    desk.workspace.publish()
    assert desk.finds(WORD) == ["函館市"]
    assert desk.take().unchanged


def test_publishing_says_that_a_word_came_after_the_generation_was_built(desk: Desk) -> None:
    assert reindex(desk.workspace)
    desk.add()
    assert desk.workspace.publish().is_behind
    assert desk.finds(WORD) == []
    desk.publish()


def test_the_order_in_which_words_were_added_makes_no_difference(tmp_path: Path) -> None:
    words = [("rent", "シャロ住み"), ("food_bank", WORD), ("food_bank", "腹ペコ便")]
    for name, order in (("a", words), ("b", words[::-1])):
        (tmp_path / name).mkdir()
        made = Desk(tmp_path / name, Settings())
        for concept, word in order:
            made.add(word, concept)
        made.publish()
        with made.catalogue.reading() as reading:
            assert reading.generation.added_words == (
                ("food_bank", WORD),
                ("food_bank", "腹ペコ便"),
                ("rent", "シャロ住み"),
            )
        made.catalogue.close()


def test_building_again_with_the_same_words_changes_nothing(desk: Desk) -> None:
    def built() -> list[str]:
        assert reindex(desk.workspace)
        desk.workspace.publish()
        with desk.catalogue.reading() as reading:
            dump = list(reading.generation.connection.iterdump())
        return [line for line in dump if "'built_at'" not in line and "VALUES('name'" not in line]

    desk.add()
    first = built()
    assert any(WORD in line for line in first)
    assert first == built()


def test_who_added_a_word_and_why_is_in_the_ledger_alone(desk: Desk) -> None:
    desk.add()
    desk.publish()
    content = desk.workspace.generation_path(desk.workspace.current()).read_bytes()
    assert WORD.encode() in content
    assert "相談で聞いた".encode() not in content
    assert "担当".encode() not in content
    with Ledger.open(desk.root / "data" / "ledger.sqlite") as ledger:
        (entry,) = ledger.lexicon_additions()
        lines = [(one.who, one.action) for one in ledger.audit()]
    assert (entry.concept, entry.surface, entry.reason, entry.by) == ("food_bank", WORD, "相談で聞いた", "担当")
    assert entry.at
    assert ("担当", "word-added") in lines


def test_without_additions_a_generation_uses_the_lexicon_itself(desk: Desk) -> None:
    with desk.catalogue.reading() as reading:
        assert reading.generation.lexicon is known_lexicon()


# --- the lexicon's file goes on


def keep(desk: Desk, concept: str, word: str) -> None:
    """Past all checks, as a word that was added before the lexicon's file took it for another concept."""
    with Ledger.open(desk.root / "data" / "ledger.sqlite") as ledger:
        ledger.add_word(Addition(concept, word, "前から", "担当"))


@pytest.mark.parametrize(("concept", "word"), [("rent", "離婚"), ("no_longer_there", "ことば")])
def test_a_word_that_fits_no_longer_is_left_out_and_told(desk: Desk, concept: str, word: str) -> None:
    keep(desk, concept, word)
    desk.add()
    staged = reindex(desk.workspace)
    assert staged
    assert [one.finding.value for one in staged.findings if one.finding.code == LEFT_OUT] == [word]
    assert staged.must_look == ()
    desk.workspace.publish()
    assert desk.finds(WORD) == ["函館市"]
    with desk.catalogue.reading() as reading:
        assert [one.concept.id for one in reading.generation.lexicon.find("離婚")] == ["divorce"]
    states = {one.addition.surface: one.state for one in added_words(desk.workspace)}
    assert states == {word: WordState.UNFIT, WORD: WordState.PUBLISHED}
    desk.take_back(word, concept)
    assert {one.addition.surface for one in added_words(desk.workspace) if one.state is not WordState.LEAVING} == {WORD}


def test_a_word_that_the_file_has_taken_in_stays_found(desk: Desk) -> None:
    keep(desk, "food_bank", "フードバンク")
    desk.publish()
    assert desk.finds("フードバンク") == ["函館市"]
    with desk.catalogue.reading() as reading:
        words = [fold(word) for word in reading.generation.lexicon.concepts["food_bank"].words]
    assert words.count(fold("フードバンク")) == 1


def test_the_list_says_where_each_word_stands(desk: Desk) -> None:
    def states() -> dict[str, WordState]:
        return {one.addition.surface: one.state for one in added_words(desk.workspace)}

    assert states() == {}
    desk.add()
    assert states() == {WORD: WordState.WAITING}
    desk.publish()
    assert states() == {WORD: WordState.PUBLISHED}
    desk.take_back()
    assert states() == {WORD: WordState.LEAVING}
    desk.publish()
    assert states() == {}


# --- what cannot be added


@pytest.mark.parametrize(
    ("concept", "word", "said"),
    [
        ("no_such_concept", WORD, "「no_such_concept」という意味は、ことばの表にありません"),
        ("ナプキン", WORD, "「生理用品」の言葉です"),
        ("food_bank", "", "空です"),
        ("food_bank", " 　", "空です"),
        ("food_bank", "あ" * 41, "40文字まで"),
        ("food_bank", "フード\nロッカー", "目に見えない文字"),
        ("food_bank", "フード\u202eロッカー", "目に見えない文字"),
        ("food_bank", "フード\u200bロッカー", "目に見えない文字"),
        ("food_bank", "\ud800x", "目に見えない文字"),
        ("food_bank", "！？★", "記号だけ"),
        ("food_bank", "🍙🍙", "記号だけ"),
        ("food_bank", "食べる…ない", "「…」は使えません"),
        ("food_bank", "米", "短すぎて"),
        ("want_to_die", "死", "短すぎて"),
        ("food_bank", "めし", "短すぎて"),
        ("food_bank", "メシ", "短すぎて"),
        ("food_bank", "me", "短すぎて"),
        ("food_bank", "0120", "数字です"),
        ("food_bank", "フードバンク", "足さなくて大丈夫"),
        ("food_bank", "ふーどばんく", "足さなくて大丈夫"),
        ("rent", "家賃払えない", "足さなくて大丈夫"),
        ("violence", "殴られました", "足さなくて大丈夫"),
        ("rent", "離婚", "もう「離婚」（divorce）の言葉です"),
        ("divorce", "家賃 払えない", "もう「家賃が払えない」（rent）の言葉です"),
        ("food_bank", "札幌", "地名です"),
        ("food_bank", "しらおい", "地名です"),
        ("food_bank", "子育て支援課", "課や施設などの名前です"),
        ("food_bank", "支援", "どんなさがし方にも出てくる"),
        ("food_bank", "女性", "どんなさがし方にも出てくる"),
        ("food_bank", "もらえる", "どんなさがし方にも出てくる"),
        ("food_bank", "申し込み方法", "どんなさがし方にも出てくる"),
        ("want_to_die", "消え", "「電車が消えた」が「死にたい気持ち」と読まれます"),
        ("violence", "叩き", "「叩き台」が「暴力・DV」と読まれます"),
        ("want_to_die", "暴露", "ふつうの言葉「暴露」"),
        ("food_bank", "食の支援", "事業の名前です"),
    ],
)
def test_a_bad_word_is_refused_with_the_reason(desk: Desk, concept: str, word: str, said: str) -> None:
    with pytest.raises(WordError, match=said):
        desk.add(word, concept)
    with Ledger.open(desk.root / "data" / "ledger.sqlite") as ledger:
        assert ledger.lexicon_additions() == ()


def test_a_word_is_added_once_and_to_one_concept(desk: Desk) -> None:
    desk.add()
    with pytest.raises(WordError, match="足さなくて大丈夫"):
        desk.add("ふーどろっかー")
    with pytest.raises(WordError, match="food_bank）の言葉です"):
        desk.add(WORD, "rent")
    desk.take_back("ﾌｰﾄﾞﾛｯｶｰ")
    desk.add(WORD, "rent")


@pytest.mark.parametrize(
    ("reason", "by", "said"),
    [("", "担当", "--note"), (" ", "担当", "--note"), ("理由", "", "--by"), ("理由", " ", "--by")],
)
def test_a_reason_and_a_name_are_needed(desk: Desk, reason: str, by: str, said: str) -> None:
    with pytest.raises(WordError, match=said):
        add_word(desk.workspace, "food_bank", WORD, reason=reason, by=by)
    desk.add()
    with pytest.raises(WordError, match=said):
        take_word_back(desk.workspace, "food_bank", WORD, reason=reason, by=by)


@pytest.mark.parametrize(
    ("concept", "word", "said"),
    [("food_bank", "フードバンク", "はじめから"), ("food_bank", "なにか", "ありません"), ("rent", WORD, "ありません")],
)
def test_only_an_added_word_can_be_taken_back(desk: Desk, concept: str, word: str, said: str) -> None:
    desk.add()
    with pytest.raises(WordError, match=said):
        desk.take_back(word, concept)
    assert [one.addition.surface for one in added_words(desk.workspace)] == [WORD]


@pytest.mark.parametrize("named", ["food_bank", "フードバンク・食料の配布", "ふーどばんく・食料の配布"])
def test_a_concept_is_named_by_its_id_or_by_what_pages_call_it(named: str) -> None:
    assert concept_called(named, known_lexicon()).id == "food_bank"


def test_a_word_that_would_hide_another_one_is_refused() -> None:
    lexicon = load_lexicon(
        'a = { label = "窓が開かない", test = ["家の窓が開かない"] }\nb = { label = "引っこし" }\n', where="x"
    )
    with pytest.raises(
        WordError, match="「家の窓」を足すと、「家の窓が開かない」が「窓が開かない」と読まれなくなります"
    ):
        check(lexicon.concepts["b"], "家の窓", lexicon)
    assert check(lexicon.concepts["b"], "家の壁", lexicon) == "家の壁"


def test_a_word_that_an_ordinary_one_would_be_mended_to_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(adding_words, "ordinary_texts", lambda: ("ぷろていんん",))
    lexicon = known_lexicon()
    with pytest.raises(WordError, match="打ちまちがい"):
        check(lexicon.concepts["food_bank"], "プロテインヌ", lexicon)


def test_no_admitted_word_makes_an_ordinary_text_dangerous() -> None:
    """Every piece of every ordinary text, offered to a concept of danger: it is refused, or changes nothing."""
    lexicon = known_lexicon()
    concept = lexicon.concepts["violence"]
    pieces = {text[start : start + 2] for text in ordinary_texts()[:25] for start in range(len(text) - 1)}
    admitted = 0
    for piece in sorted(pieces):
        try:
            word = check(concept, piece, lexicon)
        except WordError:
            continue
        admitted += 1
        after, _ = with_words(lexicon, [(concept.id, word)])
        assert not any(urgent_in(text, after) for text in ordinary_texts()), piece
    assert admitted < len(pieces)


def test_of_several_entries_on_one_word_the_last_holds() -> None:
    entries = [
        Addition("rent", "シャロ住み"),
        Addition("food_bank", WORD),
        Addition("food_bank", "ふーどろっかー", taken_back=True),
        Addition("rent", "しゃろ住み", taken_back=True),
        Addition("rent", "シャロ住み", "もう一度"),
    ]
    assert in_force(entries) == (Addition("rent", "シャロ住み", "もう一度"),)


def test_a_writer_without_its_index_is_not_needed_to_add_a_word(tmp_path: Path) -> None:
    """Adding needs the ledger alone: an administrator does so while the search server is away."""
    away = Workspace(tmp_path / "data", MeiliWriter(MeiliSettings("http://127.0.0.1:9", "key")))
    assert add_word(away, "food_bank", WORD, reason="相談で聞いた", by="担当").surface == WORD
