"""``tsunagari review | correct | confirm | calls``: what a person looks at and decides."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

import typer

from tsunagari.commands.options import DATA, By, DataDir, Note
from tsunagari.commands.saying import (
    print_output,
    today,
)
from tsunagari.settings import Settings
from tsunagari.terminal import clean
from tsunagari_indexer.confirmations import AskedBy, Outcome


def review(
    data_dir: DataDir = DATA,
    json_: Annotated[bool, typer.Option("--json", help="1つのJSONで出力します")] = False,
    accept: Annotated[
        int | None, typer.Option(help="要確認の指摘を、見たうえで認めます。値は指摘の番号", min=1)
    ] = None,
    same: Annotated[
        tuple[str, str] | None, typer.Option(help="2つの番号の事業を、同じ事業とします", metavar="番号 番号")
    ] = None,
    different: Annotated[
        tuple[str, str] | None, typer.Option(help="2つの番号の事業を、別の事業とします", metavar="番号 番号")
    ] = None,
    split: Annotated[
        tuple[str, int] | None, typer.Option(help="事業を、この年度から別の事業とします", metavar="番号 年度")
    ] = None,
    reject: Annotated[
        str | None, typer.Option(help="事業ではない行として、載せないことにします", metavar="番号")
    ] = None,
    restore: Annotated[str | None, typer.Option(help="載せないとした行を、載せることにします", metavar="番号")] = None,
    note: Note = "",
    by: By = "",
) -> None:
    """公開する前に、指摘と、公開中の世代との違いを見ます。決めたことは台帳に残り、作り直すたびに反映されます。

    答えを待つ要確認の指摘があれば、終了コード1で終わります。
    """
    from tsunagari_indexer import deciding
    from tsunagari_indexer.decisions import Verdict
    from tsunagari_indexer.review import review as look

    workspace = Settings.from_environment().workspace(data_dir, writing=False)
    if sum(one is not None for one in (accept, same, different, split, reject, restore)) > 1:
        raise typer.BadParameter("決めることは、1回に1つだけ指定してください")
    if accept is not None:
        found = deciding.accept(workspace, accept, reason=note, by=by)
        typer.echo(f"{accept}番の指摘を認めました：[{found.finding.code}] {clean(found.finding.message)}")
        return
    if same is not None:
        deciding.decide(workspace, Verdict.SAME, *same, reason=note, by=by)
    elif different is not None:
        deciding.decide(workspace, Verdict.DIFFERENT, *different, reason=note, by=by)
    elif split is not None:
        deciding.split(workspace, *split, reason=note, by=by)
    elif reject is not None:
        deciding.leave_out(workspace, reject, reason=note, by=by)
    elif restore is not None:
        deciding.leave_out(workspace, restore, reason=note, by=by, restore=True)
    else:
        from tsunagari.reviewing import review_json, review_lines

        seen = look(workspace)
        print_output(review_json(seen) if json_ else review_lines(seen))
        raise typer.Exit(1 if seen.open_findings else 0)
    typer.echo("台帳に残しました。反映するには tsunagari reindex を実行してください。")


def correct(
    document: Annotated[
        str, typer.Argument(help="事業の番号、文書の名前、文書のsha256の先頭8桁以上のどれか", metavar="文書")
    ],
    field: Annotated[
        str,
        typer.Option(
            help="訂正する項目：phone、extension、program_name、department、description、municipality、prefecture"
        ),
    ],
    to: Annotated[str | None, typer.Option(help="正しい値")] = None,
    source: Annotated[
        str | None, typer.Option("--from", help="いまの値。一字一句同じもの。事業の番号で指定したときは省けます")
    ] = None,
    withdraw: Annotated[bool, typer.Option("--withdraw", help="この値の訂正を取り消します")] = False,
    data_dir: DataDir = DATA,
    note: Note = "",
    by: By = "",
) -> None:
    """読み取った値の訂正を台帳に残します。その文書を取り込むたび、作り直すたびに使われます。"""
    from tsunagari_indexer import deciding

    if withdraw == (to is not None):
        raise typer.BadParameter("正しい値（--to）か、取り消し（--withdraw）の、どちらか1つを指定してください")
    workspace = Settings.from_environment().workspace(data_dir, writing=False)
    kept = deciding.correct(workspace, document, field, source, to, reason=note, by=by)
    done = "取り消しました" if withdraw else f"「{clean(kept.corrected)}」と訂正します"
    typer.echo(f"{kept.sha256[:12]}… の{kept.field}「{clean(kept.source)}」：{done}。")
    typer.echo("台帳に残しました。反映するには tsunagari reindex を実行してください。")


def confirm(
    subject: Annotated[str, typer.Argument(help="事業か窓口の番号", metavar="番号")],
    way: Annotated[AskedBy, typer.Option(help="どうやって確かめたか")],
    outcome: Annotated[Outcome, typer.Option(help="どうだったか")],
    on: Annotated[datetime | None, typer.Option(help="確かめた日。省くと今日", formats=["%Y-%m-%d"])] = None,
    url: Annotated[str, typer.Option(help="見たページのアドレス。窓口を確かめたときは要ります")] = "",
    data_dir: DataDir = DATA,
    note: Annotated[str, typer.Option(help="覚え書き（台帳だけに残ります）")] = "",
    by: By = "",
) -> None:
    """事業や窓口がいまもあるかを確かめた結果を、台帳に残します。名前と覚え書きは、どのページにも出ません。"""
    from tsunagari_indexer import deciding
    from tsunagari_indexer.confirmations import Confirmation
    from tsunagari_parsers import Desk

    workspace = Settings.from_environment().workspace(data_dir, writing=False)
    on_day = today()
    word = Confirmation((on.date() if on else on_day).isoformat(), way, outcome, url.strip())
    found = deciding.confirm(workspace, subject, word, by=by, note=note, today=on_day)
    name = found.name if isinstance(found, Desk) else found.program_name
    typer.echo(f"「{clean(name)}」：{word.on} に{word.way}で確かめて、{word.outcome}。")
    typer.echo("台帳に残しました。ページに出すには tsunagari reindex と tsunagari publish を実行してください。")


def calls(
    data_dir: DataDir = DATA,
    prefecture: Annotated[str | None, typer.Option(help="この都道府県だけ")] = None,
    json_: Annotated[bool, typer.Option("--json", help="1つのJSONで出力します")] = False,
) -> None:
    """いまもあるかをまだ確かめていない窓口と事業を、市区町村ごとに並べます。前に確かめてから、窓口は90日、事業は1年で、また載ります。"""
    from tsunagari.reviewing import call_lines, calls_json
    from tsunagari_indexer.review import calls as to_ask
    from tsunagari_parsers.places import prefecture_named

    if prefecture is not None and prefecture_named(prefecture) is None:
        raise typer.BadParameter(f"「{prefecture}」という都道府県はありません")
    found = to_ask(Settings.from_environment().workspace(data_dir, writing=False), today(), prefecture)
    print_output(calls_json(found) if json_ else call_lines(found))
