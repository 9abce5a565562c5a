"""What commands print: lines that neither a file's name nor its text can break."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterable, Mapping
from datetime import date, datetime, timedelta, timezone
from typing import NoReturn

import typer

from tsunagari.terminal import clean


def print_output(output: Mapping[str, object] | Iterable[str]) -> None:
    """One JSON document, or lines."""
    if isinstance(output, Mapping):
        typer.echo(json.dumps(output, ensure_ascii=False, indent=1))
        return
    for line in output:
        typer.echo(line)


def today() -> date:
    """The day in Japan, where the calls are made."""
    return datetime.now(timezone(timedelta(hours=9))).date()


def reading_progress(label: str) -> Callable[[str], None]:
    """Says what is being read, on a terminal only."""

    def tell(name: str) -> None:
        if sys.stderr.isatty():
            typer.echo(f"{label}：{name}", err=True)

    return tell


def drawing_progress(name: str, done: int, of: int) -> None:
    """Says how many rows are drawn, on a terminal only, in one line that ends when all are."""
    if sys.stderr.isatty():
        typer.echo(f"\r行の画像：{clean(name)} {done}/{of}", err=True, nl=done == of)


def say(message: str) -> None:
    """One line to the standard output, as :func:`complain` says one."""
    typer.echo(clean(message))


def complain(message: str) -> None:
    """One line: neither a file's name nor its text may break it or steer the terminal."""
    typer.echo(f"tsunagari: {clean(message)}", err=True)


def fail(message: str, code: int) -> NoReturn:
    """Say what is wrong and end with this exit code."""
    complain(message)
    sys.exit(code)
