"""What an administrator decides, as she types it: it is kept, it holds over every import, and it can be taken back."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest
from tests.cli.test_commands import tsunagari
from tests.pdfs import table_pdf

from tsunagari.importing import EditionOptions, ImportOutcome, import_documents, reindex
from tsunagari_indexer.finding_help import finding_help
from tsunagari_indexer.generation import Generation
from tsunagari_indexer.ledger import Ledger
from tsunagari_indexer.listings import Listing
from tsunagari_indexer.workspace import Workspace

TEXT = "電話と面談で、困りごとの相談を受ける。月に１回、交流の場を開く。"
ROW = ("北海道", "札幌市", "つながり事業", TEXT, "市民課", "011-211-2962")
RENAMED = ("北海道", "札幌市", "ほっとスペース", TEXT, "市民課", "011-211-2962")
WHO = ("--note", "市に電話で聞いた", "--by", "担当")


def take(root: Path, year: int, *rows: tuple[str, ...], name: str = "", part: str | None = None) -> ImportOutcome:
    path = root / (name or f"list{year}.pdf")
    path.write_bytes(table_pdf([rows]))
    outcome = import_documents(Workspace(root / "data"), [path], EditionOptions(year=year, part=part))
    assert not outcome.failures
    return outcome


def again(root: Path) -> None:
    """What ``tsunagari reindex`` does, in this process."""
    assert reindex(Workspace(root / "data"))


def run(root: Path, command: str, *arguments: object, code: int = 0) -> str:
    done = tsunagari(command, *arguments, "--data-dir", root / "data")
    assert done.returncode == code, done.stdout + done.stderr
    return done.stdout + done.stderr


def seen(root: Path) -> dict[str, Any]:
    done = tsunagari("review", "--json", "--data-dir", root / "data")
    found: dict[str, Any] = json.loads(done.stdout)
    assert done.returncode == (1 if found["open_findings"] else 0)
    return found


def held(root: Path) -> tuple[Listing, ...]:
    workspace = Workspace(root / "data")
    staged = workspace.newest_staged()
    generation = Generation.open(workspace.generation_path(staged.name if staged else workspace.current()))
    try:
        return tuple(generation.all_listings())
    finally:
        generation.close()


@pytest.fixture
def asked(tmp_path: Path) -> Path:
    """Last year's list published, this year's staged with one programme that was probably renamed."""
    take(tmp_path, 2021, ROW)
    Workspace(tmp_path / "data").publish()
    take(tmp_path, 2022, RENAMED)
    return tmp_path


def question(root: Path) -> tuple[str, str]:
    (found,) = [one for one in seen(root)["findings"] if one["code"] == "identity-likely"]
    new, old = found["value"].split()
    return new, old


def test_a_likely_match_waits_and_is_named_with_both_names(asked: Path) -> None:
    text = run(asked, "review", code=1)
    assert "「ほっとスペース」" in text
    assert "2021年度「つながり事業」" in text
    assert "要確認" in text
    assert "新しく載った事業：1件" in text
    assert "新しい一覧にない事業：1件" in text
    refused = run(asked, "publish", code=1)
    assert "1件" in refused
    assert "tsunagari review" in refused


def test_under_an_open_finding_stands_what_to_do_until_it_has_an_answer(asked: Path) -> None:
    known = finding_help("identity-likely")
    assert known is not None
    assert f"→ {known.action}" in run(asked, "review", code=1)
    (number,) = [str(one["number"]) for one in seen(asked)["findings"] if one["open"]]
    run(asked, "review", "--accept", number, *WHO)
    assert f"→ {known.action}" not in run(asked, "review")


def test_saying_that_two_are_one_keeps_the_address_through_every_rebuild(asked: Path) -> None:
    new, old = question(asked)
    run(asked, "review", "--same", new, old, *WHO)
    assert "tsunagari reindex" in run(asked, "publish", code=1)
    assert "tsunagari reindex で作り直すと" in run(asked, "review", code=1)
    for _ in range(2):
        again(asked)
        (listing,) = held(asked)
        assert (listing.id, listing.program_name, listing.first_year) == (old, "ほっとスペース", 2021)
        assert [one.id for one in listing.history] == [old, new]
    (change,) = seen(asked)["changes"]
    assert (change["kind"], change["evidence"]) == ("changed", "人が同じと決めた")
    assert change["fields"] == [{"field": "program_name", "old": "つながり事業", "new": "ほっとスペース"}]
    run(asked, "publish")


def test_saying_that_two_differ_settles_the_question_and_a_later_word_takes_it_back(asked: Path) -> None:
    new, old = question(asked)
    run(asked, "review", "--different", old, new, *WHO)
    again(asked)
    assert seen(asked)["open_findings"] == 0
    assert {one.id for one in held(asked)} == {old, new}
    run(asked, "review", "--same", old, new, *WHO)
    again(asked)
    assert [one.id for one in held(asked)] == [old]


def test_importing_the_same_again_after_a_decision_builds_again(asked: Path) -> None:
    new, old = question(asked)
    run(asked, "review", "--same", new, old, *WHO)
    assert not take(asked, 2022, RENAMED).unchanged
    assert len(held(asked)) == 1
    assert take(asked, 2022, RENAMED).unchanged


def test_a_finding_can_be_let_pass_with_a_reason_that_lasts(asked: Path) -> None:
    (number,) = [one["number"] for one in seen(asked)["findings"] if one["open"]]
    run(asked, "review", "--accept", number, *WHO)
    found = seen(asked)
    assert found["open_findings"] == 0
    assert found["findings"][0]["accepted"] == "市に電話で聞いた"
    again(asked)
    assert seen(asked)["open_findings"] == 0
    run(asked, "publish")


def test_a_programme_can_be_split_and_joined_again(tmp_path: Path) -> None:
    take(tmp_path, 2021, ROW)
    Workspace(tmp_path / "data").publish()
    take(tmp_path, 2022, (*ROW[:4], "市民局", ROW[5]))
    (whole,) = held(tmp_path)
    run(tmp_path, "review", "--split", whole.id, 2022, *WHO)
    again(tmp_path)
    newer, older = held(tmp_path)
    assert (older.id, newer.id) == (whole.id, whole.history[1].id)
    run(tmp_path, "review", "--same", older.id, newer.id, *WHO)
    again(tmp_path)
    assert held(tmp_path)[0].ids == whole.ids
    assert "分けることはできません" in run(tmp_path, "review", "--split", whole.id, 2021, *WHO, code=1)


def test_a_row_that_is_no_programme_can_be_left_out_and_put_back(tmp_path: Path) -> None:
    take(tmp_path, 2021, ROW, ("北海道", "函館市", "この一覧の見方", "用語の説明。", "市民部", "0138-21-3470"))
    wrong = next(one for one in held(tmp_path) if one.municipality == "函館市")
    run(tmp_path, "review", "--reject", wrong.id, *WHO)
    again(tmp_path)
    assert [one.municipality for one in held(tmp_path)] == ["札幌市"]
    assert [one["code"] for one in seen(tmp_path)["findings"]] == ["left-out"]
    run(tmp_path, "review", "--restore", wrong.id, *WHO)
    again(tmp_path)
    assert len(held(tmp_path)) == 2


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("--accept", 9, *WHO), "9番の指摘はありません"),
        (("--accept", 1, "--by", "担当"), "理由（--note）"),
        (("--same", "paaaaaaaaaa", "pbbbbbbbbbb", *WHO), "「paaaaaaaaaa」という番号の事業はありません"),
        (("--reject", "x", *WHO), "「x」という番号の事業はありません"),
    ],
)
def test_what_cannot_be_decided_is_said_in_one_line(asked: Path, arguments: tuple[object, ...], said: str) -> None:
    told = run(asked, "review", *arguments, code=1)
    assert said in told
    assert "Traceback" not in told
    assert told.count("\n") == 1


def test_a_decision_says_who_and_why(asked: Path) -> None:
    new, old = question(asked)
    assert "だれが" in run(asked, "review", "--same", new, old, "--note", "理由", code=1)
    run(asked, "review", "--same", new, old, *WHO)
    with Ledger.open(asked / "data" / "ledger.sqlite") as ledger:
        (decision,) = ledger.decisions()
    assert (decision.by, decision.reason) == ("担当", "市に電話で聞いた")
    assert decision.at


# --- corrections ---


def test_a_correction_holds_on_every_import_of_that_document(tmp_path: Path) -> None:
    take(tmp_path, 2021, ROW)
    (before,) = held(tmp_path)
    run(tmp_path, "correct", before.id, "--field", "phone", "--to", "011-211-0000", *WHO)
    again(tmp_path)
    for _ in range(2):
        (listing, *_) = held(tmp_path)
        # The row's picture would show the wrong number.
        assert (listing.id, listing.phones[0].number, listing.picture) == (before.id, "011-211-0000", None)
        phones = [one["message"] for one in seen(tmp_path)["findings"] if one["code"] == "corrected"]
        assert phones == ["訂正しました：「011-211-2962」→「011-211-0000」（市に電話で聞いた）"]
        take(
            tmp_path,
            2021,
            ("北海道", "函館市", "居場所の事業", TEXT, "市民部", "0138-21-3470"),
            name="more.pdf",
            part="2",
        )


def test_a_correction_can_be_changed_and_taken_back(tmp_path: Path) -> None:
    take(tmp_path, 2021, ROW)
    (before,) = held(tmp_path)
    for to, shown in (("市民部", "市民部"), ("市民局", "市民局"), (None, "市民課")):
        last = ("--withdraw", "--from", "市民課") if to is None else ("--to", to)
        run(tmp_path, "correct", before.id, "--field", "department", *last, *WHO)
        again(tmp_path)
        assert held(tmp_path)[0].department == shown


def test_a_correction_whose_value_does_not_stand_there_is_told_and_not_applied(tmp_path: Path) -> None:
    take(tmp_path, 2021, ROW)
    run(tmp_path, "correct", "list2021.pdf", "--field", "phone", "--from", "011-999-9999", "--to", "011-211-0000", *WHO)
    again(tmp_path)
    assert held(tmp_path)[0].phones[0].number == "011-211-2962"
    (found,) = [one for one in seen(tmp_path)["findings"] if one["open"]]
    assert found["code"] == "correction-not-applied"


def test_a_new_file_with_the_old_mistake_is_told(tmp_path: Path) -> None:
    take(tmp_path, 2021, ROW)
    run(tmp_path, "correct", "list2021.pdf", "--field", "department", "--from", "市民課", "--to", "市民部", *WHO)
    again(tmp_path)
    take(tmp_path, 2021, (*ROW[:3], "少し書き直した内容。", *ROW[4:]))
    (found,) = [one for one in seen(tmp_path)["findings"] if one["open"]]
    assert found["code"] == "correction-of-replaced"
    assert held(tmp_path)[0].department == "市民課"


def test_a_number_that_could_not_be_read_can_be_put_in(tmp_path: Path) -> None:
    take(tmp_path, 2021, (*ROW[:5], "未定"))
    run(tmp_path, "correct", "list2021.pdf", "--field", "phone", "--from", "未定", "--to", "011-211-0000", *WHO)
    again(tmp_path)
    assert [one.number for one in held(tmp_path)[0].phones] == ["011-211-0000"]
    assert seen(tmp_path)["open_findings"] == 0


@pytest.mark.parametrize(
    ("field", "to", "said"),
    [
        ("phone", "12", "かけられる形ではありません"),
        ("municipality", "ない町", "市区町村はありません"),
        ("prefecture", "北海", "都道府県はありません"),
        ("colour", "x", "訂正できません"),
        ("phone", "011-211-2962", "同じです"),
    ],
)
def test_a_correction_that_cannot_be_right_is_refused(tmp_path: Path, field: str, to: str, said: str) -> None:
    take(tmp_path, 2021, ROW)
    told = run(
        tmp_path, "correct", "list2021.pdf", "--field", field, "--from", "011-211-2962", "--to", to, *WHO, code=1
    )
    assert said in told


# --- confirmations ---


def test_a_confirmation_outlives_imports_and_says_day_way_and_outcome_alone(tmp_path: Path) -> None:
    take(tmp_path, 2021, ROW)
    (before,) = held(tmp_path)
    assert before.id in run(tmp_path, "calls")
    run(
        tmp_path, "confirm", before.id, "--way", "電話", "--outcome", "継続", "--on", "2026-11-03", "--by", "山本係",
        "--note", "代表番号へ",
    )  # fmt: skip
    take(tmp_path, 2022, (*ROW[:4], "別の課", ROW[5]))
    (listing,) = held(tmp_path)
    assert listing.confirmation
    assert (listing.confirmation.on, listing.confirmation.way, listing.confirmation.outcome) == (
        "2026-11-03",
        "電話",
        "継続",
    )
    kept = Workspace(tmp_path / "data")
    served = kept.generation_path(kept.newest_staged().name).read_bytes()  # type: ignore[union-attr]
    assert "山本係".encode() not in served
    assert "代表番号へ".encode() not in served


def test_a_call_that_nobody_took_answers_nothing(tmp_path: Path) -> None:
    take(tmp_path, 2021, ROW)
    (before,) = held(tmp_path)
    for day, outcome in (("2026-11-02", "継続"), ("2026-11-03", "つながらず")):
        run(tmp_path, "confirm", before.id, "--way", "電話", "--outcome", outcome, "--on", day, "--by", "担当")
    again(tmp_path)
    word = held(tmp_path)[0].confirmation
    assert word
    assert word.on == "2026-11-02"


def test_the_call_list_is_by_town_and_asks_again_after_a_year(tmp_path: Path) -> None:
    take(tmp_path, 2021, ROW, ("北海道", "函館市", "居場所の事業", TEXT, "市民部", "0138-21-3470"))
    first, second = held(tmp_path)
    run(tmp_path, "confirm", first.id, "--way", "電話", "--outcome", "継続", "--on", "2020-01-05", "--by", "担当")
    text = run(tmp_path, "calls", "--prefecture", "北海道")
    assert text.index("■ 北海道札幌市") < text.index("■ 北海道函館市")
    assert "前に確かめた日：2020-01-05（電話、継続）" in text
    assert second.id in text
    run(tmp_path, "confirm", first.id, "--way", "電話", "--outcome", "継続", "--by", "担当")
    listed = json.loads(run(tmp_path, "calls", "--json"))["calls"]
    assert [one["id"] for one in listed if one["kind"] == "program"] == [second.id]


def test_desks_stand_first_proposals_before_others_and_need_the_address_where_they_were_seen(tmp_path: Path) -> None:
    take(tmp_path, 2021, ROW)
    listed = json.loads(run(tmp_path, "calls", "--json"))["calls"]
    kinds = [(one["kind"], not one["proposal"]) for one in listed]
    assert kinds == sorted(kinds)
    desk = next(one for one in listed if one["kind"] == "desk")
    assert "--url" in run(
        tmp_path, "confirm", desk["id"], "--way", "公式ページ", "--outcome", "継続", "--by", "担当", code=1
    )
    run(
        tmp_path, "confirm", desk["id"], "--way", "公式ページ", "--outcome", "継続", "--by", "担当",
        "--url", "https://www.example.go.jp/",
    )  # fmt: skip
    assert desk["id"] not in {one["id"] for one in json.loads(run(tmp_path, "calls", "--json"))["calls"]}
    again(tmp_path)
    workspace = Workspace(tmp_path / "data")
    staged = workspace.newest_staged()
    assert staged
    generation = Generation.open(workspace.generation_path(staged.name))
    assert generation.desk_confirmations[desk["id"]].url == "https://www.example.go.jp/"
    generation.close()


def test_a_day_to_come_and_a_stranger_are_refused(tmp_path: Path) -> None:
    take(tmp_path, 2021, ROW)
    (one,) = held(tmp_path)
    how = ("--way", "電話", "--outcome", "継続", "--by", "担当")
    assert "まだ来ていない日" in run(tmp_path, "confirm", one.id, *how, "--on", "2999-01-01", code=1)
    assert "事業も窓口もありません" in run(tmp_path, "confirm", "pnobody", *how, code=1)


def test_review_without_anything_imported_says_what_to_do(tmp_path: Path) -> None:
    assert re.search("tsunagari import", run(tmp_path, "review", code=1))
