"""Words, readings and concepts: what makes 「ﾅﾌﾟｷﾝ」 and 「ナプキン」 one, and 「ライン」 not a part of 「オンライン」."""

from __future__ import annotations

import pytest

from tsunagari_indexer.analysis import MAX_TERM_BYTES, is_kana, readings, to_katakana, tokens, words
from tsunagari_indexer.errors import DataFileError
from tsunagari_indexer.lexicon import fold, known_lexicon, load_lexicon


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("引きこもり", "ひきこもり"),
        ("子ども", "こども"),
        ("障がい", "障害"),
        ("サーバ", "サーバー"),
        ("ﾅﾌﾟｷﾝ", "ナプキン"),
    ],
)
def test_spellings_of_one_word_are_one_term(one: str, other: str) -> None:
    assert words(one) & words(other)


def test_a_compound_is_found_by_its_parts() -> None:
    assert {"w:相談", "w:窓口"} <= words("相談窓口")


def test_offsets_are_those_of_the_text_that_was_fed() -> None:
    text = "・ＳＮＳや電話で、悩み相談を行う"
    assert all(text[one.start : one.end] == one.surface for one in tokens(text))


def test_symbols_and_particles_are_no_terms() -> None:
    assert words("○・、。（）【】 をにで") == frozenset()


def test_readings_of_place_names_with_and_without_their_ending() -> None:
    assert "r:オシャマンベ" in readings("長万部町")


def test_no_term_is_longer_than_an_index_takes() -> None:
    assert all(len(term.encode()) <= MAX_TERM_BYTES + 2 for term in words("あ" * 300) | readings("亜" * 300))


@pytest.mark.parametrize(
    ("text", "kana"), [("いばしょ", True), ("サロン", True), ("居場所", False), ("", False), ("a", False)]
)
def test_kana(text: str, kana: bool) -> None:
    assert is_kana(text) is kana


def test_katakana_for_hiragana_and_everything_else_as_it_is() -> None:
    assert to_katakana("しらおいcho町") == "シラオイcho町"


@pytest.mark.parametrize(
    ("query", "concepts"),
    [
        ("ナプキン もらえる", ["period_products"]),
        ("ﾅﾌﾟｷﾝ", []),  # half-width marks are two characters: the words of the query find it instead
        ("せいりようひん", ["period_products"]),
        ("ナフキン", ["period_products"]),
        ("夫に殴られた", ["violence"]),
        ("ＤＶ", ["violence"]),
        ("お金がない", ["poverty"]),
        ("ラインで相談", ["sns"]),
        ("オンライン", ["online"]),
        ("札幌 電話相談", ["phone"]),
        ("SEIRI", ["period_products"]),
        ("パスポート 更新", ["civic_papers"]),
        ("", []),
    ],
)
def test_what_people_say_is_understood(query: str, concepts: list[str]) -> None:
    assert [one.concept.id for one in known_lexicon().find(query)] == concepts


def test_folding_keeps_every_place() -> None:
    text = "ＤＶ・らいんで ﾅﾌﾟｷﾝ"
    assert len(fold(text)) == len(text)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("x", "語彙の表"),
        ('a = { label = "A", everyday = ["x"] }\nb = { label = "B", everyday = ["Ｘ"] }\n', "両方"),
        ('a = { label = "A" }\na = { label = "B" }\n', "語彙の表"),
        ('a = { label = "A", everyday = [" "] }\n', "空の語"),
        ('a = { label = "A", everyday = "x" }\n', "everyday"),
        ('a = { everyday = ["x"] }\n', "label"),
        ('a = { label = "A", words = ["x"] }\n', "知らない項目「words」"),
        ('a = { label = "A", phrases = ["…x"] }\n', "あいだに1つだけ"),
        ('a = { label = "A", broader = "b" }\n', "broader「b」"),
        ('a = { label = "A", broader = "b" }\nb = { label = "B", broader = "a" }\n', "めぐって"),
        ("a = 1\n", "の形で"),
    ],
)
def test_a_lexicon_that_cannot_be_is_refused(text: str, message: str) -> None:
    with pytest.raises(DataFileError, match=message):
        load_lexicon(text, where="lexicon.toml")
