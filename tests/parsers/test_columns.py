"""What columns are called: every name of the data, names with brackets and parts, headers of several rows, taught names."""

from __future__ import annotations

import tomllib
from collections.abc import Collection
from importlib.resources import files

import pytest
from tests.grids import ABOVE, LEFT, grid_page

from tsunagari_parsers.columns import FIELDS, Header, find_headers, known_column_names, load_column_names, meaning_of
from tsunagari_parsers.errors import ColumnDataError
from tsunagari_parsers.records import PhoneRole
from tsunagari_parsers.text import comparable

DATA = tomllib.loads((files("tsunagari_parsers") / "data" / "columns.toml").read_text(encoding="utf-8"))

#: What each field is called, apart from the data, so that a name cannot be lost or moved unseen.
NAMES = {
    "prefecture": "都道府県 都道府県名 県名 府県名 道府県名",
    "implementing_body": "自治体名 自治体 市区町村名 市区町村 市町村名 市町村 地方公共団体名 地方公共団体 団体名 実施自治体 "
    "実施自治体名 都道府県・市区町村名",
    "operator": "運営主体 運営団体 委託先 委託先団体 実施団体 連携団体",
    "program_name": "事業名 事業名称 事業の名称 事業タイトル 取組名 取組名称 取組の名称 施策名",
    "description": "事業概要 事業の概要 概要 事業内容 事業の内容 取組内容 取組の内容 取組概要 取組の概要 実施内容 支援内容",
    "department": "担当部署 担当部署名 担当課 担当課名 担当部局 担当部局名 所管課 所管部署 部署名 部署 課名 担当",
    "phone": "電話番号 TEL 電話 ℡ 連絡先電話番号 問合せ先電話番号 問い合わせ先電話番号 相談電話 相談電話番号 相談専用電話 "
    "相談専用電話番号 代表電話 代表電話番号 電話相談",
    "extension": "内線 内線番号",
    "contact": "担当課連絡先 担当部署連絡先 担当部署及び連絡先 担当課及び電話番号 担当部署及び電話番号",
    "number": "番号 No. No 通し番号 通番 連番 整理番号 事業番号 № #",
    "budget": "個別事業費 事業費 事業費総額 総事業費 予算額 予算 当初予算額",
    "grant": "交付金額 交付決定額 交付額 交付金交付決定額 交付予定額",
    "name": "施設名 施設名称 施設の名称 窓口名 窓口名称 窓口の名称 相談窓口名 相談窓口名称 相談機関 相談機関名 相談機関名称 機関名 "
    "機関名称 センター名 センター名称 センターの名称 支援センター名 名称及び通称 名称",
    "hours": "受付時間 相談時間 相談受付時間 電話受付時間 開設時間 開所時間 対応時間 受付日時 相談日時 利用時間 受付曜日・時間",
    "address": "住所 所在地 所在 郵便番号 〒",
    "target": "対象 対象者 支援対象 支援対象者 相談対象",
    "note": "備考 特記事項 その他",
    "url": "URL ホームページ HP ウェブサイト ホームページURL ホームページアドレス ウェブサイトURL WEBサイト",
    "fax": "FAX FAX番号 ファックス ファックス番号 ファクス ファクス番号 ファクシミリ ファクシミリ番号",
    "mail": "メール メールアドレス Eメール E-mail e-mail mail Email 電子メール 電子メールアドレス",
}
PAIRS = [(name, field) for field, names in NAMES.items() for name in names.split()]


def names_something(fields: Collection[str]) -> bool:
    return bool({"program_name", "name", "description"} & set(fields))


def header_of(*rows: list[str]) -> Header:
    (table,) = grid_page(rows).tables
    ((row, header),) = find_headers(table, known_column_names(), names_something)
    assert row == 0
    return header


def columns_of(*rows: list[str]) -> dict[str, int]:
    return {field: at.start for field, at in header_of(*rows).columns.items()}


@pytest.mark.parametrize(("name", "field"), PAIRS, ids=[name for name, _ in PAIRS])
def test_a_header_means_its_field(name: str, field: str) -> None:
    assert meaning_of(name, known_column_names()) == ((field,), False)


def test_no_name_of_the_data_is_untested() -> None:
    assert {(name, field) for field, names in DATA["fields"].items() for name in names} == set(PAIRS)
    assert set(DATA["fields"]) == set(FIELDS)


@pytest.mark.parametrize(
    ("header", "field"),
    [
        ("ＴＥＬ", "phone"),
        ("事 業 名", "program_name"),
        ("都道府県\n名", "prefecture"),
        ("事業概要（主な取組）", "description"),
        ("交付決定額（千円）", "grant"),
        ("(1)事業名", "program_name"),
        ("③取組内容", "description"),
        ("※備考", "note"),
        ("担当課・電話番号", "contact"),
        ("担当部署／電話番号", "contact"),
        ("担当課、連絡先", "contact"),
        ("担当課及び連絡先", "contact"),
        ("電話・FAX", "phone"),
        ("電話番号（FAX番号）", "phone"),
        ("連絡先（FAX）", "fax"),
        ("問合せ先（メール・FAX）", "fax"),
        ("都道府県・市区町村", "implementing_body"),
        ("住所（都道府県から記載）", "address"),
        ("郵便番号・所在地", "address"),
        ("事業名・概要", ""),
        ("成果", ""),
        ("", ""),
    ],
)
def test_a_header_is_read_through_its_dress(header: str, field: str) -> None:
    fields, _ = meaning_of(header, known_column_names())
    assert fields[:1] == ((field,) if field else ())


@pytest.mark.parametrize(
    ("header", "says_fax"),
    [("電話・FAX", True), ("電話番号（FAX番号）", True), ("TEL/FAX", True), ("電話番号", False), ("FAX番号", False)],
)
def test_a_header_says_whether_fax_numbers_stand_under_it(header: str, says_fax: bool) -> None:
    assert meaning_of(header, known_column_names())[1] is says_fax


@pytest.mark.parametrize(
    "header", ["連絡先", "問合せ先", "問い合わせ先", "お問い合わせ先", "お問合せ先", "問合先", "照会先"]
)
@pytest.mark.parametrize(
    ("others", "field"),
    [(["事業名"], "contact"), (["事業名", "電話番号"], "department"), (["事業名", "担当課"], "phone")],
)
def test_the_other_columns_decide_what_a_contact_is(header: str, others: list[str], field: str) -> None:
    assert columns_of([header, *others])[field] == 0
    assert columns_of([*others, header])[field] == len(others)


def test_a_contact_beside_department_and_phone_is_one_column_too_many() -> None:
    assert header_of(["事業名", "担当課", "電話番号", "連絡先"]).repeated == ("連絡先",)


@pytest.mark.parametrize("header", ["実施主体", "実施主体名", "事業主体", "設置主体"])
def test_who_runs_it_is_the_body_unless_a_municipality_has_a_column(header: str) -> None:
    assert columns_of([header, "事業名"]) == {"implementing_body": 0, "program_name": 1}
    assert columns_of([header, "市区町村名", "事業名"]) == {"operator": 0, "implementing_body": 1, "program_name": 2}


@pytest.mark.parametrize(
    ("header", "fields"), [("相談窓口", ("name", "contact", "phone")), ("窓口", ("name", "contact", "phone"))]
)
def test_a_desk_is_a_name_or_whom_to_reach(header: str, fields: tuple[str, ...]) -> None:
    assert meaning_of(header, known_column_names())[0] == fields


def test_every_ambiguous_header_has_a_meaning_for_each_case() -> None:
    assert set(DATA["ambiguous"]) == {
        *("連絡先", "問合せ先", "問い合わせ先", "お問合せ先", "お問い合わせ先", "問合先", "照会先"),
        *(
            "事業の詳細についての問い合わせ先",
            "実施主体",
            "実施主体名",
            "事業主体",
            "設置主体",
            "相談窓口",
            "窓口",
            "内容",
        ),
    }
    assert columns_of(["内容", "事業名"])["description"] == 0
    assert columns_of(["内容", "事業概要"])["note"] == 0


def test_columns_go_by_name_in_any_order() -> None:
    names = ["電話番号", "担当課", "概要", "事業名称", "市区町村名", "都道府県名"]
    fields = ["phone", "department", "description", "program_name", "implementing_body", "prefecture"]
    assert columns_of(names) == {field: at for at, field in enumerate(fields)}


def test_a_header_of_two_rows_may_be_merged_or_only_drawn_so() -> None:
    merged = header_of(["事業名", "問い合わせ先", LEFT], [ABOVE, "担当部署", "電話番号"], ["ア", "イ", "ウ"])
    drawn = header_of(["事業名", "問い合わせ先", ""], ["", "担当部署", "電話番号"], ["ア", "イ", "ウ"])
    for header in (merged, drawn):
        assert header.rows == 2
        assert {field: at.start for field, at in header.columns.items()} == {
            "program_name": 0,
            "department": 1,
            "phone": 2,
        }
    assert (merged.phone_role, merged.role_evidence) == (PhoneRole.ENQUIRY, "問い合わせ先")


def test_a_name_cut_in_two_by_a_rule_is_one_name() -> None:
    assert header_of(["事業の", "交付決", "担当"], ["名称", "定額", "部署"], ["ア", "1", "ウ"]).rows == 2


def test_a_unit_below_the_names_belongs_to_the_header() -> None:
    header = header_of(["事業名", "交付決定額"], ["", "（千円）"], ["ア", "1,200"])
    assert (header.rows, header.texts["grant"]) == (2, "交付決定額（千円）")


def test_a_datum_that_reads_like_a_header_makes_none() -> None:
    header = header_of(["事業名", "実施主体", "方法"], ["相談事業", "札幌市", "電話"])
    assert (header.rows, header.unmapped) == (1, ("方法",))


def test_a_header_may_stand_again_in_the_middle_and_below_a_title() -> None:
    (table,) = grid_page(
        [["実施事業一覧", LEFT], ["事業名", "担当課"], ["ア", "イ"], ["事業名", "担当課"], ["ウ", "エ"]]
    ).tables
    assert [row for row, _ in find_headers(table, known_column_names(), names_something)] == [1, 3]


def test_columns_that_hold_the_same_or_nothing_known_are_told() -> None:
    header = header_of(["事業名", "電話番号", "電話番号", "成果", "備考", "FAX"])
    assert (header.repeated, header.unmapped) == (("電話番号",), ("成果",))
    assert header.columns["note"].start == 4


@pytest.mark.parametrize(
    ("rows", "role", "evidence"),
    [
        (
            [["事業名", "事業の詳細についての問い合わせ先", LEFT], [ABOVE, "担当部署", "電話番号"]],
            "enquiry",
            "事業の詳細についての問い合わせ先",
        ),
        ([["事業名", "担当課", "連絡先"]], "enquiry", "連絡先"),
        ([["事業名", "担当課・電話番号"]], "enquiry", "担当課・電話番号"),
        ([["名称", "相談専用電話"]], "consultation", "相談専用電話"),
        ([["相談窓口", LEFT], ["名称", "電話番号"]], "consultation", "相談窓口"),
        ([["事業名", "電話番号"]], "unknown", ""),
    ],
)
def test_the_header_says_who_answers(rows: list[list[str]], role: str, evidence: str) -> None:
    header = header_of(*rows)
    assert (header.phone_role, header.role_evidence) == (PhoneRole(role), evidence)


def test_every_name_of_a_role_is_a_header() -> None:
    names = known_column_names()
    assert set(DATA["phone_role"]) == {"enquiry", "consultation"}
    assert all(comparable(name) in names.fields for headers in DATA["phone_role"].values() for name in headers)


def test_an_administrator_teaches_names_without_code() -> None:
    text = '[fields]\nprogram_name = ["支援メニュー"]\n[ambiguous]\n"窓口名" = ["department", "name"]\n[phone_role]\nconsultation = ["TEL"]\n'
    names = known_column_names().merged_with(load_column_names(text, where="mine.toml"))
    assert meaning_of("支援メニュー", names)[0] == ("program_name",)
    assert meaning_of("窓口名", names)[0] == ("department", "name")
    assert meaning_of("事業名", names)[0] == ("program_name",)
    assert names.phone_roles["TEL"] is PhoneRole.CONSULTATION
    assert meaning_of("支援メニュー", known_column_names())[0] == ()


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("[fields", "読めません"),
        ("", "何も書かれていません"),
        ('[columns]\nphone = ["TEL"]', "columns"),
        ('[fields]\ntelephone = ["TEL"]', "項目「telephone」はありません"),
        ('[fields]\nphone = "TEL"', "TEL"),
        ('[fields]\nphone = ["TEL"]\ndepartment = ["ＴＥＬ"]', "見出し「ＴＥＬ」が2つの項目にあります"),
        ('[phone_role]\nboss = ["TEL"]', "boss"),
        ('[ambiguous]\n"窓口" = ["who"]', "項目「who」はありません"),
    ],
)
def test_a_wrong_file_of_names_says_what_is_wrong(text: str, said: str) -> None:
    with pytest.raises(ColumnDataError, match=r"mine\.toml") as caught:
        load_column_names(text, where="mine.toml")
    assert said in str(caught.value)
