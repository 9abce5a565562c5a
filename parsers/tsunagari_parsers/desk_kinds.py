"""What sort of desk a name says it is, and whether a list is one of desks. The words are data: ``data/desk_kinds.toml``."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from tsunagari_parsers.desks import DeskKind
from tsunagari_parsers.text import comparable


@dataclass(frozen=True, slots=True)
class _Words:
    kinds: tuple[tuple[DeskKind, tuple[str, ...]], ...]
    of_lists: tuple[str, ...]


def kind_of(*texts: str) -> DeskKind:
    """The kind that the first telling text says (a desk's name before its list's title); ``anybody`` where none does."""
    for text in map(comparable, texts):
        for kind, words in _words().kinds:
            if any(word in text for word in words):
                return kind
    return DeskKind.ANYBODY


def names_desks(text: str) -> bool:
    """Whether a text speaks of desks that people turn to."""
    plain = comparable(text)
    return any(word in plain for word in _words().of_lists)


@cache
def _words() -> _Words:
    data = tomllib.loads((files("tsunagari_parsers") / "data" / "desk_kinds.toml").read_text(encoding="utf-8"))
    kinds = tuple((DeskKind(one["kind"]), tuple(map(comparable, one["words"]))) for one in data["kind"])
    return _Words(kinds, tuple(map(comparable, data["list"]["words"])))
