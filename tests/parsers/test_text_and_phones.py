"""Text and telephone numbers as papers write them, and what they are read as. Decided non-conversions included."""

from __future__ import annotations

import pytest

from tsunagari_parsers.phones import find_extension, find_note, find_numbers, is_dialable, remainder
from tsunagari_parsers.text import comparable, fold_width, join_name, join_wrapped, remove_layout_spaces


@pytest.mark.parametrize(
    ("written", "numbers", "extension", "note"),
    [
        ("011-206-6954", ["011-206-6954"], None, None),
        ("06－6210－9321", ["06-6210-9321"], None, None),
        ("０６ー６２１０ー９３２１", [], None, None),  # a long-vowel mark is no hyphen: a person looks at it
        ("0123-33-3131\n内線2211", ["0123-33-3131"], "2211", None),
        ("042-576-2111\n（内線403）", ["042-576-2111"], "403", None),
        ("072-366-0011\n（内線：237）", ["072-366-0011"], "237", None),
        ("0133-72-3191\n（直通）", ["0133-72-3191"], None, "直通"),
        ("03(3981)2187", ["03-3981-2187"], None, None),
        ("0120-279-338", ["0120-279-338"], None, None),
        ("0112062962", ["0112062962"], None, None),
        ("090-1234-5678", ["090-1234-5678"], None, None),
        ("011-206-6954、011-206-6955", ["011-206-6954", "011-206-6955"], None, None),
        ("2021-04-01", [], None, None),
        ("0112-211-2962", [], None, None),  # eleven digits, and no mobile number
        ("080-1234-567", [], None, None),  # a mobile number with a digit lost
        ("9:00～17:00", [], None, None),
        ("未定", [], None, None),
    ],
)
def test_phones(written: str, numbers: list[str], extension: str | None, note: str | None) -> None:
    assert find_numbers(written.replace("\n", " ")) == numbers
    assert find_extension(written) == extension
    assert find_note(written) == note


@pytest.mark.parametrize(
    ("written", "left"),
    [
        ("0123-33-3131\n内線2211", ""),
        ("TEL：06-6210-9321（直通）", ""),
        ("03-3981-2187 平日のみ", "平日のみ"),
        ("未定", "未定"),
    ],
)
def test_what_was_not_understood_of_a_phone_is_left_over(written: str, left: str) -> None:
    assert remainder(written) == left


@pytest.mark.parametrize(
    ("number", "dialable"),
    [
        ("110", True),
        ("#8008", True),
        ("189", True),
        ("06-6210-9321", True),
        ("06-6210-932", False),
        ("", False),
        ("1234", False),
    ],
)
def test_what_can_be_dialled(number: str, dialable: bool) -> None:
    assert is_dialable(number) is dialable


@pytest.mark.parametrize(
    ("lines", "text"),
    [
        ([("必要に応じ", True), ("て生理用品等を提供する。", False)], "必要に応じて生理用品等を提供する。"),
        ([("○SNSや電話", False), ("○訪問", False)], "○SNSや電話\n○訪問"),
        ([("端まで届いた行", True), ("・次の項目", False)], "端まで届いた行\n・次の項目"),
        ([("端まで届いた行", True), ("（２）次の項目", False)], "端まで届いた行\n（２）次の項目"),
        ([("短い行", False), ("次の段落", False)], "短い行\n次の段落"),
        ([("支援を行うNPO", True), ("法人", False)], "支援を行うNPO法人"),
        ([("support", True), ("desk", False)], "support desk"),
        ([("　字下げした行", False)], "　字下げした行"),
        ([("前", True), ("", False), ("後", False)], "前\n後"),
    ],
)
def test_paragraphs_are_put_together_again(lines: list[tuple[str, bool]], text: str) -> None:
    assert join_wrapped(lines) == text


def test_spaces_between_japanese_characters_are_layout_and_full_width_ones_are_not() -> None:
    assert remove_layout_spaces("相 談 窓 口 SNS 相談　ア　専門") == "相談窓口 SNS 相談　ア　専門"


def test_a_wrapped_name_is_one_name() -> None:
    assert join_name(["札幌市男女共同参画室男女共同参", "画課"]) == "札幌市男女共同参画室男女共同参画課"
    assert join_name(["Women’s", "Center"]) == "Women’s Center"


def test_folding_keeps_every_offset() -> None:
    text = "ＳＮＳ　０６－６２１０～「ア」"
    assert fold_width(text) == "SNS 06-6210~「ア」"
    assert len(fold_width(text)) == len(text)


def test_comparing_ignores_space_and_width() -> None:
    assert comparable("ＤＶ 相談\n窓口") == comparable("DV相談窓口")
