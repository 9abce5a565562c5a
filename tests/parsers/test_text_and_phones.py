"""Text and telephone numbers as papers write them, and what they are read as. Decided non-conversions included."""

from __future__ import annotations

import pytest

from tsunagari_parsers.amounts import thousand_yen, unit_of
from tsunagari_parsers.contacts import Contact, read_contact
from tsunagari_parsers.phones import find_extension, find_note, find_numbers, is_dialable, remainder
from tsunagari_parsers.records import PhoneRole
from tsunagari_parsers.text import comparable, fold_width, join_name, join_wrapped, remove_layout_spaces


@pytest.mark.parametrize(
    ("written", "numbers", "extension", "note"),
    [
        ("011-206-6954", ["011-206-6954"], None, None),
        ("06－6210－9321", ["06-6210-9321"], None, None),
        ("０６ー６２１０ー９３２１", ["06-6210-9321"], None, None),
        ("06一6210一9321", ["06-6210-9321"], None, None),
        ("06.6210.9321", ["06-6210-9321"], None, None),
        ("(06)-6210-9321", ["06-6210-9321"], None, None),
        ("0 6 - 6 2 1 0 - 9 3 2 1", ["06-6210-9321"], None, None),
        ("011-204-5217（内線24-165）", ["011-204-5217"], "24-165", None),
        ("06-6210-9321（内線12、13）", ["06-6210-9321"], "12、13", None),
        ("06-6210-9321内線12、06-6210-9322", ["06-6210-9321", "06-6210-9322"], "12", None),
        ("０６―６２１０\n―９３２１", ["06-6210-9321"], None, None),
        ("011-206-69\n54", ["011-206-6954"], None, None),
        ("011-206-6954\n011-211-2962", ["011-206-6954", "011-211-2962"], None, None),
        ("0123-33-3131\n2211", ["0123-33-3131"], None, None),
        ("0123-33-3131\n内線2211", ["0123-33-3131"], "2211", None),
        ("042-576-2111\n（内線403）", ["042-576-2111"], "403", None),
        ("072-366-0011\n（内線：237）", ["072-366-0011"], "237", None),
        ("0133-72-3191\n（直通）", ["0133-72-3191"], None, "直通"),
        ("03(3981)2187", ["03-3981-2187"], None, None),
        ("（０７４８）５２－６５７３", ["0748-52-6573"], None, None),
        ("0570-0-55210", ["0570-0-55210"], None, None),
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
        ([("・項目の文が端まで届", True), ("　いて続く", False)], "・項目の文が端まで届いて続く"),
        ([("段落が端で終わる。", True), ("　字下げした次の段落", False)], "段落が端で終わる。\n　字下げした次の段落"),
        ([("文が端で終わる。", True), ("同じ段落の続き", False)], "文が端で終わる。同じ段落の続き"),
        ([("端まで届いた行", True), ("⑴次の項目", False)], "端まで届いた行\n⑴次の項目"),
        ([("端まで届いた行", True), ("Ⅱ　次の項目", False)], "端まで届いた行\nⅡ　次の項目"),
        ([("端まで届いた行", True), ("１　次の項目", False)], "端まで届いた行\n１　次の項目"),
        ([("端まで届いた行", True), ("- 次の項目", False)], "端まで届いた行\n- 次の項目"),
        ([("端まで届いた行", True), ("（ア）次の項目", False)], "端まで届いた行\n（ア）次の項目"),
        ([("月1回から", True), ("2.5時間程度", False)], "月1回から2.5時間程度"),
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


def contact(raw: str, *, with_department: bool = True, with_fax: bool = False) -> Contact:
    return read_contact(
        raw, role=PhoneRole.ENQUIRY, evidence="連絡先", with_department=with_department, with_fax=with_fax
    )


ONE = ("06-6210-9321", None, None)


@pytest.mark.parametrize(
    ("raw", "department", "phones"),
    [
        ("市民課 TEL：06-6210-9321", "市民課", [ONE]),
        ("TEL 06-6210-9321\n市民課", "市民課", [ONE]),
        ("06-6210-9321 市民課", "市民課", [ONE]),
        ("市民課（電話06-6210-9321内線12）", "市民課", [("06-6210-9321", "12", None)]),
        ("市民部\n市民課\n℡０６－６２１０－９３２１", "市民部市民課", [ONE]),
        ("ＤＶ相談係（０６）６２１０－９３２１", "ＤＶ相談係", [ONE]),
        ("○○部△△課（06-6210-9321）", "○○部△△課", [ONE]),
        ("市民課（担当：相談係）06-6210-9321", "市民課（担当：相談係）", [ONE]),
        ("市民課\n06-6210-\n9321", "市民課", [ONE]),
        ("市民課 06 - 6210 - 9321", "市民課", [ONE]),
        (
            "人づくり・県民生活部男女共同参画推進課　電\n話：06-6210-9321",
            "人づくり・県民生活部男女共同参画推進課",
            [ONE],
        ),
        ("市民課　電　話　06-6210-9321", "市民課", [ONE]),
        ("市民課 ＴＥ\nＬ 06-6210-9321（内\n線12）", "市民課", [("06-6210-9321", "12", None)]),
        ("市民課 06-6210-9321（直\n通）", "市民課", [("06-6210-9321", None, "直通")]),
        ("充電\n話し方の係 06-6210-9321", "充電話し方の係", [ONE]),
        (
            "市民課 代表 06-6210-9321 内線 2211 直通 06-6210-9322",
            "市民課",
            [("06-6210-9321", "2211", "代表"), ("06-6210-9322", None, "直通")],
        ),
        (
            "市民課\n06-6210-9321（直通）\n06-6210-9322（代表）",
            "市民課",
            [("06-6210-9321", None, "直通"), ("06-6210-9322", None, "代表")],
        ),
        (
            "A課 TEL 06-6210-9321\nB課 TEL 06-6210-9322",
            "A課、B課",
            [("06-6210-9321", None, "A課"), ("06-6210-9322", None, "B課")],
        ),
        (
            "06-6210-9321 A課\n06-6210-9322 B課",
            "A課、B課",
            [("06-6210-9321", None, "A課"), ("06-6210-9322", None, "B課")],
        ),
        ("電話相談課", "電話相談課", []),
        ("市民課", "市民課", []),
        ("", "", []),
    ],
)
def test_department_and_numbers_of_one_cell(
    raw: str, department: str, phones: list[tuple[str, str | None, str | None]]
) -> None:
    read = contact(raw)
    assert read.department == department
    assert [(one.number, one.extension, one.note) for one in read.phones] == phones
    assert all((one.raw, one.role, one.role_evidence) == (raw, PhoneRole.ENQUIRY, "連絡先") for one in read.phones)
    assert (read.problem, read.faxes) == ("", 0)


@pytest.mark.parametrize(
    ("raw", "phones", "faxes"),
    [
        ("電話：06-6210-9321\nFAX：06-6210-9322", ["06-6210-9321"], 1),
        ("06-6210-9321 FAX 06-6210-9322", ["06-6210-9321"], 1),
        ("06-6210-9321\n06-6210-9322（FAX）", ["06-6210-9321"], 1),
        ("06-6210-9322（FAX）\n06-6210-9321（電話）", ["06-6210-9321"], 1),
        ("ファックス\n06-6210-9322", [], 1),
        ("06-6210-9321 F\nAX 06-6210-9322", ["06-6210-9321"], 1),
        ("電話 06-6210-9321 ファッ\nクス 06-6210-9322", ["06-6210-9321"], 1),
        ("電　話 06-6210-9321\nＦ Ａ Ｘ 06-6210-9322", ["06-6210-9321"], 1),
        ("直通：06-6210-9321、FAX：06-6210-9322", ["06-6210-9321"], 1),
        ("FAX 06-6210-9322 TEL 06-6210-9321", ["06-6210-9321"], 1),
        ("TEL/FAX 06-6210-9321", ["06-6210-9321"], 0),
        ("電話・FAX 06-6210-9321", ["06-6210-9321"], 0),
    ],
)
def test_a_fax_number_is_never_a_phone(raw: str, phones: list[str], faxes: int) -> None:
    read = contact(raw, with_department=False)
    assert [one.number for one in read.phones] == phones
    assert read.faxes == faxes


@pytest.mark.parametrize(
    ("raw", "with_fax", "numbers", "problem"),
    [
        ("011-211-29", False, [], "011-211-29"),
        ("未定", False, [], "未定"),
        ("内線234", False, [], "内線234"),
        ("072-228-7408・7409", False, ["072-228-7408"], "7409"),
        ("072-228-7408（内線", False, ["072-228-7408"], "072-228-7408(内線"),
        ("FAX 06-6210-9322\n06-6210-9321", False, [], "06-6210-9321"),
        ("06-6210-9321\n06-6210-9322", True, ["06-6210-9321"], "06-6210-9322"),
    ],
)
def test_what_may_be_a_number_and_is_not_understood_is_told(
    raw: str, with_fax: bool, numbers: list[str], problem: str
) -> None:
    read = contact(raw, with_department=False, with_fax=with_fax)
    assert ([one.number for one in read.phones], read.problem) == (numbers, problem)


@pytest.mark.parametrize(
    ("raw", "note"),
    [
        ("03-3981-2187 平日のみ", "平日のみ"),
        ("03-3981-2187\n（祝日・年末年始を除く）", "（祝日・年末年始を除く）"),
        ("0570-0-55210 9:00～17:00", "9:00～17:00"),
        ("06-6210-9321（代）", "代表"),
        ("【夜間】06-6210-9321", "夜間"),
    ],
)
def test_what_stands_by_a_number_in_a_column_of_numbers_is_its_note(raw: str, note: str) -> None:
    read = contact(raw, with_department=False)
    assert ([one.note for one in read.phones], read.department, read.problem) == ([note], "", "")


@pytest.mark.parametrize(
    ("raw", "told_apart"),
    [
        ("06-6210-9321\n06-6210-9322", False),
        ("06-6210-9321 06-6210-9322", False),
        ("06-6210-9321、06-6210-9322", True),
        ("06-6210-9321又は06-6210-9322", True),
        ("06-6210-9321（直通）\n06-6210-9322", True),
    ],
)
def test_two_numbers_without_a_word_between_may_be_two_rows(raw: str, told_apart: bool) -> None:
    read = contact(raw, with_department=False)
    assert ([one.number for one in read.phones], read.are_told_apart) == (["06-6210-9321", "06-6210-9322"], told_apart)


def test_postal_mail_and_web_addresses_are_counted_and_not_kept() -> None:
    read = contact(
        "〒060-8588 札幌市中央区北3条西6丁目\n道民生活課 011-206-6954\ndv@example.lg.jp https://example.lg.jp/"
    )
    assert (read.department, [one.number for one in read.phones]) == ("道民生活課", ["011-206-6954"])
    assert (read.addresses, read.unread) == (1, 2)


@pytest.mark.parametrize(
    ("text", "unit", "amount"),
    [
        ("1,234", 1000, 1234),
        ("１，２３４千円", None, 1234),
        ("1,234,499円", None, 1234),
        ("1,234,500円", None, 1235),
        ("12万円", 1000, 120),
        ("3", 1_000_000, 3000),
        ("0", 1000, 0),
        ("1,234", None, None),
        ("1,23", 1000, None),
        ("約1,234", 1000, None),
        ("－", 1000, None),
    ],
)
def test_amounts_in_thousands_of_yen(text: str, unit: int | None, amount: int | None) -> None:
    assert thousand_yen(text, unit) == amount


@pytest.mark.parametrize(
    ("text", "unit"),
    [("交付決定額（千円）", 1000), ("単位：円", 1), ("万円", 10_000), ("百万円", 1_000_000), ("交付額", None)],
)
def test_a_unit_is_what_the_paper_says(text: str, unit: int | None) -> None:
    assert unit_of(text) == unit
