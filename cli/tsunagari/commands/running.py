"""``tsunagari serve | doctor | meili-keys``: the site, and what it runs on."""

from __future__ import annotations

import logging
from pathlib import Path
from typing import Annotated

import typer

from tsunagari.commands.options import DATA, DataDir
from tsunagari.settings import Settings


def serve(
    data_dir: DataDir = DATA,
    host: Annotated[str, typer.Option(help="待ち受けるアドレス")] = "127.0.0.1",
    port: Annotated[int, typer.Option(help="待ち受けるポート", min=0, max=65535)] = 8000,
) -> None:
    """公開した世代をウェブサイトとして出します。"""
    import uvicorn

    from tsunagari.serving import build_site, check_host

    logging.getLogger("tsunagari.access").setLevel(logging.INFO)
    settings = Settings.from_environment()
    check_host(settings, host)
    site = build_site(settings, data_dir)
    typer.echo(f"http://{host}:{port}/ で待ち受けます。終わるには Ctrl+C を押してください。")
    # uvicorn's own access log would hold query strings; the site writes its own.
    uvicorn.run(
        site,
        host=host,
        port=port,
        access_log=False,
        server_header=False,
        log_level="warning",
        timeout_graceful_shutdown=10,
    )


def doctor(data_dir: DataDir = DATA) -> None:
    """データの置き場所、公開中の世代、検索エンジンを調べます。問題があれば終了コード1で終わります。"""
    from tsunagari.doctor import examine

    healthy = True
    for check in examine(Settings.from_environment(), data_dir):
        typer.echo(f"{'よし' if check.ok else '問題'}  {check.name}：{check.detail}")
        healthy = healthy and check.ok
    raise typer.Exit(0 if healthy else 1)


def meili_keys(
    new_master_key: Annotated[
        Path | None, typer.Option(help="マスターキーのファイル。なければ乱数で作り、あれば何もしません")
    ] = None,
    master_key_file: Annotated[Path | None, typer.Option(help="サーバーのマスターキーのファイル")] = None,
    out_dir: Annotated[
        Path | None, typer.Option(help="索引を作る鍵 admin.key と、検索だけできる鍵 search.key を置くフォルダー")
    ] = None,
    search_dir: Annotated[Path | None, typer.Option(help="search.key だけを別に置くフォルダー")] = None,
    url: Annotated[
        str, typer.Option(envvar="TSUNAGARI_MEILI_URL", help="Meilisearchのアドレス")
    ] = "http://127.0.0.1:7700",
) -> None:
    """Meilisearchの鍵を用意します。何度実行しても同じ鍵になります。"""
    from tsunagari.keys import ensure_master_key, write_keys

    if new_master_key:
        made = ensure_master_key(new_master_key)
        typer.echo(f"マスターキー {new_master_key} {'を作りました' if made else 'はもうあります'}。")
    if master_key_file and out_dir:
        for path in write_keys(url, master_key_file, out_dir, search_dir or out_dir):
            typer.echo(f"鍵 {path} を書きました。")
    elif master_key_file or out_dir or search_dir or not new_master_key:
        raise typer.BadParameter("--new-master-key か、--master-key-file と --out-dir の両方を指定してください")
