"""``tsunagari account add | password | disable | list``: who may sign in to the administrators' pages.

A password is asked for twice on the terminal, or read from standard input; it is never an argument, which other users of the machine and the
shell's history would see.
"""

from __future__ import annotations

import getpass
import sys
from datetime import UTC, datetime
from typing import Annotated

import typer

from tsunagari.commands.options import DATA, DataDir
from tsunagari.terminal import clean
from tsunagari_indexer.errors import AccountError

accounts = typer.Typer(
    name="account", help="管理のページに入れる人のアカウントを、作り、止め、一覧にします。", no_args_is_help=True
)

Name = Annotated[
    str, typer.Argument(help="サインインに使う名前。決めたことの記録にも、この名前が残ります", metavar="名前")
]
FromInput = Annotated[
    bool, typer.Option("--password-stdin", help="パスワードを、たずねずに、標準入力の1行目から読みます")
]


@accounts.command()
def add(name: Name, data_dir: DataDir = DATA, password_stdin: FromInput = False) -> None:
    """アカウントを作ります。パスワードは、画面に出さずに2回たずねます。"""
    from tsunagari_indexer.accounts import add_account
    from tsunagari_indexer.ledger import Ledger

    password = _password(from_input=password_stdin)
    with Ledger.open(data_dir / "ledger.sqlite") as ledger:
        kept = add_account(ledger, name, password, datetime.now(UTC))
    typer.echo(f"アカウント「{clean(kept)}」を作りました。")


@accounts.command()
def password(name: Name, data_dir: DataDir = DATA, password_stdin: FromInput = False) -> None:
    """パスワードを決め直します。その人は、どこでもサインアウトになります。止めてあったアカウントは、また使えるようになります。"""
    from tsunagari_indexer.accounts import account_name, set_password
    from tsunagari_indexer.ledger import Ledger

    new = _password(from_input=password_stdin)
    with Ledger.open(data_dir / "ledger.sqlite") as ledger:
        was_disabled = set_password(ledger, name, new)
    typer.echo(f"「{clean(account_name(name))}」のパスワードを決め直しました。")
    if was_disabled:
        typer.echo("止めてあったアカウントです。また使えるようになりました。")


@accounts.command()
def disable(name: Name, data_dir: DataDir = DATA) -> None:
    """アカウントを止めます。すぐにサインアウトになり、もうサインインできません。記録に残る名前は、そのままです。"""
    from tsunagari_indexer.accounts import account_name, disable_account
    from tsunagari_indexer.ledger import Ledger

    with Ledger.open(data_dir / "ledger.sqlite") as ledger:
        disable_account(ledger, name, datetime.now(UTC))
    typer.echo(f"アカウント「{clean(account_name(name))}」を止めました。")


@accounts.command(name="list")
def list_(data_dir: DataDir = DATA) -> None:
    """アカウントの一覧を出します。"""
    from tsunagari_indexer.accounts import accounts as known
    from tsunagari_indexer.ledger import Ledger

    with Ledger.open(data_dir / "ledger.sqlite") as ledger:
        found = known(ledger)
    for one in found:
        state = f"止めた日 {one.disabled_at:%Y-%m-%d}" if one.disabled_at else "使えます"
        typer.echo(f"{clean(one.name)}  作った日 {one.created_at:%Y-%m-%d}  {state}")
    if not found:
        typer.echo("アカウントはありません。")


def _password(*, from_input: bool) -> str:
    """The new password.

    Raises:
        AccountError: it cannot be asked for or read, or the second time it was another.
    """
    if from_input:
        try:
            return sys.stdin.readline().rstrip("\r\n")
        except UnicodeDecodeError:
            raise AccountError("標準入力のパスワードを読めません（UTF-8ではありません）") from None
    if not sys.stdin.isatty():
        raise AccountError(
            "パスワードをたずねる画面がありません。標準入力から渡すときは --password-stdin を付けてください"
        )
    first = getpass.getpass("パスワード（12文字以上。画面には出ません）：")
    if getpass.getpass("もう一度：") != first:
        raise AccountError("2回のパスワードが同じではありません")
    return first
