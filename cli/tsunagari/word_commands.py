"""``tsunagari word add | remove | list | counts``: words that people use, and what they look for and do not find."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Annotated

import typer

from tsunagari.commands.options import DATA, DataDir
from tsunagari.settings import Settings
from tsunagari.terminal import clean
from tsunagari_indexer.adding_words import AddedWord, add_word, added_words, concept_called, take_word_back
from tsunagari_indexer.lexicon import known_lexicon
from tsunagari_indexer.missed_concepts import FEWEST_SHOWN, Missed, missed_by_month, read_counts
from tsunagari_indexer.workspace import Workspace

words = typer.Typer(
    name="word",
    help="さがす人が使う言葉を、ことばの表に足します。見つからなかった意味の数も見られます。",
    no_args_is_help=True,
)

ConceptName = Annotated[
    str, typer.Argument(help="どの意味の言葉か。名前（生理用品 など）か、英字の名前", metavar="意味")
]
Word = Annotated[str, typer.Argument(help="言葉（40文字まで）", metavar="言葉")]
Note = Annotated[str, typer.Option(help="理由（台帳に残ります）")]
By = Annotated[str, typer.Option(help="だれが決めたか（台帳に残ります）")]
Json = Annotated[bool, typer.Option("--json", help="1つのJSONで出力します")]


@words.command()
def add(concept: ConceptName, word: Word, data_dir: DataDir = DATA, note: Note = "", by: By = "") -> None:
    """さがす人が使う言葉を、もうある意味に足します。"""
    kept = add_word(_workspace(data_dir), concept, word, reason=note, by=by)
    chosen = concept_called(kept.concept, known_lexicon())
    typer.echo(f"「{clean(kept.surface)}」を「{clean(chosen.label)}」（{chosen.id}）の言葉として足しました。")
    if chosen.urgent:
        typer.echo("この言葉でさがした人には、相談の電話がいちばん上に出ます。もう1人にも確かめてもらってください。")
    _say_what_follows()


@words.command()
def remove(concept: ConceptName, word: Word, data_dir: DataDir = DATA, note: Note = "", by: By = "") -> None:
    """足した言葉を取り消します。はじめからことばの表にある言葉は取り消せません。"""
    taken = take_word_back(_workspace(data_dir), concept, word, reason=note, by=by)
    typer.echo(f"「{clean(taken.surface)}」（{taken.concept}）を取り消しました。")
    _say_what_follows()


@words.command(name="list")
def list_(data_dir: DataDir = DATA, json_: Json = False) -> None:
    """足した言葉と、それが公開中かどうかを並べます。"""
    found = added_words(_workspace(data_dir))
    if json_:
        entries = [_word_json(one) for one in found]
        typer.echo(
            json.dumps({"format": "tsunagari-words", "version": 1, "words": entries}, ensure_ascii=False, indent=1)
        )
        return
    for line in _word_lines(found):
        typer.echo(line)


@words.command()
def counts(data_dir: DataDir = DATA, json_: Json = False) -> None:
    """さがしたのに事業が見つからなかった意味を、月ごとに数だけ並べます。さがした言葉や場所は、どこにも残っていません。"""
    found = missed_by_month(read_counts(data_dir), known_lexicon())
    if json_:
        entries = [{"label": one.label, "month": one.month, "searches": one.searches} for one in found]
        document = {"format": "tsunagari-missed", "version": 1, "fewest_shown": FEWEST_SHOWN, "missed": entries}
        typer.echo(json.dumps(document, ensure_ascii=False, indent=1))
        return
    for line in _count_lines(found):
        typer.echo(line)


def _workspace(data_dir: Path) -> Workspace:
    return Settings.from_environment().workspace(data_dir, writing=False)


def _say_what_follows() -> None:
    typer.echo("台帳に残しました。検索に使うには tsunagari reindex と tsunagari publish を実行してください。")


def _word_lines(found: Sequence[AddedWord]) -> Iterator[str]:
    if not found:
        yield "足した言葉はありません。"
    label = None
    for one in found:
        if one.addition.concept != label:
            label = one.addition.concept
            yield f"■ {clean(one.label) or '（いまのことばの表にない意味）'}（{label}）"
        addition = one.addition
        yield f"  「{clean(addition.surface)}」 {one.state}　{addition.at[:10]} {clean(addition.by)}　理由：{clean(addition.reason)}"


def _word_json(one: AddedWord) -> dict[str, str]:
    addition = one.addition
    return {
        "concept": addition.concept,
        "label": one.label,
        "word": addition.surface,
        "state": one.state,
        "reason": addition.reason,
        "by": addition.by,
        "at": addition.at,
    }


def _count_lines(found: Sequence[Missed]) -> Iterator[str]:
    if not found:
        yield "見つからなかった意味は、まだ数えられていません。"
    month = ""
    for one in found:
        if one.month != month:
            month = one.month
            yield f"■ {month[:4]}年{int(month[5:])}月"
        yield f"  {clean(one.label)}：{one.shown}"
