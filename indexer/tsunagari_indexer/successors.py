"""Municipalities that became another one: ``data/successors.toml``. What the table does not say is a question to a person."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from functools import cache
from importlib.resources import files

from tsunagari_indexer.errors import DataFileError
from tsunagari_parsers.places import municipalities_named, prefecture_named
from tsunagari_parsers.text import comparable


@cache
def known_successors() -> Mapping[str, str]:
    """The project's table: see :func:`load_successors`."""
    name = "successors.toml"
    text = (files("tsunagari_indexer") / "data" / name).read_text(encoding="utf-8")
    return load_successors(text, where=name)


def load_successors(text: str, *, where: str) -> Mapping[str, str]:
    """The code of what each municipality became, by the code (or prefecture's code and name) that its records have.

    Raises:
        DataFileError: the file is malformed, or names a prefecture or a new municipality that is none.
    """
    try:
        entries = tomllib.loads(text)["successor"]
        found = {}
        for entry in entries:
            prefecture = prefecture_named(entry["prefecture"])
            if prefecture is None:
                raise DataFileError(f"{where}：「{entry['prefecture']}」という都道府県はありません")
            became = municipalities_named(entry["became"], prefecture)
            if len(became) != 1:
                raise DataFileError(f"{where}：{prefecture.name}に「{entry['became']}」という市区町村はありません")
            was = municipalities_named(entry["was"], prefecture)
            found[was[0].code if was else prefecture.code + comparable(entry["was"])] = became[0].code
    except (tomllib.TOMLDecodeError, KeyError, TypeError) as error:
        raise DataFileError(f"{where}：読めません（{error}）") from error
    return found
