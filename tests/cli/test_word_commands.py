"""``tsunagari word``, as an administrator types it: words are added, taken back and listed, and what was missed is told in numbers."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from tests.cli.test_commands import tsunagari
from tests.conftest import publish
from tests.pdfs import table_pdf
from typer.testing import CliRunner, Result

from tsunagari.cli import app
from tsunagari.importing import EditionOptions
from tsunagari.settings import Settings
from tsunagari_indexer.errors import IndexerError
from tsunagari_indexer.missed_concepts import add_counts
from tsunagari_indexer.search import SearchRequest

FOOD = ("北海道", "函館市", "食の支援", "フードバンクから食品を配布する。", "市民部", "0138-21-3470")
WORD = "フードロッカー"
WHO = ("--note", "相談で聞いた", "--by", "担当")


@pytest.fixture
def root(tmp_path: Path) -> Path:
    (tmp_path / "list.pdf").write_bytes(table_pdf([[FOOD]]))
    publish(tmp_path / "data", [tmp_path / "list.pdf"], EditionOptions(year=2021))
    return tmp_path / "data"


def answer(root: Path, *arguments: str) -> Result:
    return CliRunner().invoke(app, [*arguments, "--data-dir", str(root)])


def run(root: Path, *arguments: str) -> str:
    done = answer(root, *arguments)
    assert done.exit_code == 0, done.output
    return done.output


def finds(root: Path, text: str) -> int:
    catalogue = Settings().catalogue(root)
    with catalogue.reading() as reading:
        total = reading.search(SearchRequest(text)).total
    catalogue.close()
    return total


def test_a_word_is_added_published_and_taken_back_by_commands_alone(root: Path) -> None:
    said = run(root, "word", "add", "フードバンク・食料の配布", WORD, *WHO)
    assert "「フードロッカー」を「フードバンク・食料の配布」（food_bank）の言葉として足しました。" in said
    assert "tsunagari reindex と tsunagari publish" in said
    assert "公開待ち" in run(root, "word", "list")
    assert "この世代を作ったあとに決めたことがあります" in run(root, "review")
    run(root, "reindex")
    run(root, "publish")
    assert "公開中" in run(root, "word", "list")
    assert finds(root, WORD) == 1
    assert "取り消しました" in run(root, "word", "remove", "food_bank", WORD, *WHO)
    assert "取り消し待ち" in run(root, "word", "list")
    run(root, "reindex")
    run(root, "publish")
    assert finds(root, WORD) == 0
    assert run(root, "word", "list") == "足した言葉はありません。\n"


def test_the_list_says_who_added_what_and_why_and_never_steers_the_terminal(root: Path) -> None:
    run(root, "word", "add", "food_bank", WORD, "--note", "聞いた\x1b[31m\n言葉", "--by", "担当")
    shown = run(root, "word", "list")
    assert "■ フードバンク・食料の配布（food_bank）" in shown
    assert "「フードロッカー」 公開待ち" in shown
    assert "担当" in shown
    assert "\x1b" not in shown
    assert len(shown.splitlines()) == 2
    entries: dict[str, Any] = json.loads(run(root, "word", "list", "--json"))
    assert (entries["format"], entries["version"]) == ("tsunagari-words", 1)
    ((entry),) = entries["words"]
    assert {name: entry[name] for name in ("concept", "label", "word", "state", "by")} == {
        "concept": "food_bank",
        "label": "フードバンク・食料の配布",
        "word": WORD,
        "state": "公開待ち",
        "by": "担当",
    }


def test_a_word_of_danger_asks_for_a_second_pair_of_eyes(root: Path) -> None:
    assert "もう1人にも確かめてもらってください" in run(root, "word", "add", "want_to_die", "希死", *WHO)
    assert "もう1人" not in run(root, "word", "add", "food_bank", WORD, *WHO)


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("add", "food_bank", "札幌", *WHO), "地名です"),
        (("add", "food_bank", WORD), "理由（--note）"),
        (("add", "food_bank", WORD, "--note", "聞いた"), "だれが決めたか（--by）"),
        (("add", "そのほか", WORD, *WHO), "ことばの表にありません"),
        (("remove", "food_bank", WORD, *WHO), "ありません"),
    ],
)
def test_what_cannot_be_is_one_line_and_exit_code_1(root: Path, arguments: tuple[str, ...], said: str) -> None:
    done = answer(root, "word", *arguments)
    assert isinstance(done.exception, IndexerError)
    assert said in str(done.exception)
    assert "\n" not in str(done.exception)


def test_a_refusal_goes_to_stderr_in_japanese(tmp_path: Path) -> None:
    done = tsunagari("word", "add", "food_bank", "支援", *WHO, "--data-dir", tmp_path)
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr == "tsunagari: 「支援」は、どんなさがし方にも出てくる言葉なので、足せません\n"


def test_publishing_says_that_a_word_came_too_late_for_the_generation(root: Path) -> None:
    run(root, "reindex")
    run(root, "word", "add", "food_bank", WORD, *WHO)
    assert "足した言葉は、まだ入っていません" in run(root, "publish")
    run(root, "reindex")
    assert "まだ入っていません" not in run(root, "publish")


def test_counts_are_told_by_month_and_small_ones_without_their_size(tmp_path: Path) -> None:
    assert run(tmp_path, "word", "counts") == "見つからなかった意味は、まだ数えられていません。\n"
    add_counts(tmp_path, {("2026-10", "rent"): 31, ("2026-11", "rent"): 6, ("2026-11", "divorce"): 4})
    assert run(tmp_path, "word", "counts").splitlines() == [
        "■ 2026年11月",
        "  家賃が払えない：6",
        "  離婚：5未満",
        "■ 2026年10月",
        "  家賃が払えない：31",
    ]
    document = json.loads(run(tmp_path, "word", "counts", "--json"))
    assert document["missed"] == [
        {"label": "家賃が払えない", "month": "2026-11", "searches": 6},
        {"label": "離婚", "month": "2026-11", "searches": None},
        {"label": "家賃が払えない", "month": "2026-10", "searches": 31},
    ]
    assert document["fewest_shown"] == 5
