"""``tsunagari publish | rollback | discard``: which generation is served."""

from __future__ import annotations

from typing import Annotated

import typer

from tsunagari.commands.options import DATA, DataDir
from tsunagari.settings import Settings


def publish(
    data_dir: DataDir = DATA,
    force: Annotated[str | None, typer.Option(help="要確認の指摘があっても公開する理由（台帳に残ります）")] = None,
    if_staged: Annotated[bool, typer.Option("--if-staged", help="公開を待つ世代がなければ何もしません")] = False,
) -> None:
    """いちばん新しい公開前の世代を公開します。"""
    workspace = Settings.from_environment().workspace(data_dir, writing=True)
    if if_staged and workspace.newest_staged() is None:
        typer.echo(f"公開を待つ世代はありません。いまの世代は {workspace.current()} です。")
        return
    published = workspace.publish(force=force)
    typer.echo(f"世代 {published.name} を公開しました（前の世代：{published.previous or 'なし'}）。")
    if published.is_behind:
        typer.echo(
            "世代を作ったあとに確かめた記録や足した言葉は、まだ入っていません。tsunagari reindex で作り直し、もう一度公開すると入ります。"
        )


def rollback(
    data_dir: DataDir = DATA,
    to: Annotated[int | None, typer.Option(help="戻る世代の番号。省くと1つ前")] = None,
) -> None:
    """前に公開した世代に戻します。公開前の世代は捨てます。台帳は変わりません。"""
    published = Settings.from_environment().workspace(data_dir, writing=True).rollback(to)
    typer.echo(f"世代 {published.name} に戻しました（前の世代：{published.previous}）。")


def discard(data_dir: DataDir = DATA) -> None:
    """公開を待つ世代を捨てます。公開中の世代は変わりません。"""
    count = Settings.from_environment().workspace(data_dir, writing=True).discard_staged()
    typer.echo(f"公開を待つ世代を{count}つ捨てました。")
