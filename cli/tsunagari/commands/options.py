"""The options that several commands have."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

DataDir = Annotated[
    Path,
    typer.Option("--data-dir", envvar="TSUNAGARI_DATA_DIR", help="データの置き場所", show_default="data"),
]
DATA = Path("data")
Columns = Annotated[
    Path | None,
    typer.Option(
        "--columns", help="見出しの意味を書いたファイル（.toml）。知らない見出しの一覧を読ませるときに使います"
    ),
]
Note = Annotated[str, typer.Option(help="理由（台帳に残ります）")]
By = Annotated[str, typer.Option(help="だれが決めたか（台帳に残ります）")]
OcrOption = Annotated[
    bool, typer.Option("--ocr", help="画像のページを文字認識（OCR）で読みます。読んだものはすべて要確認になります")
]
