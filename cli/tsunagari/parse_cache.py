"""What documents were read as, beside the archive: a list of a hundred pages is read once, not at every decision about it.

    data/caches/parses/3fa9c1d2e4b5/ab/abcdef….parse     the hash of what follows, a line end, and one JSON document

A parse lies under the hash of all that it was made from: the document, its name, its year, its columns; in a folder of what it was made by: the
parsers' own files and the libraries below them. So no change of a rule ever finds an old parse, and nobody has to remember to count a version up. What is
damaged counts as not there; what is not there is read again.
"""

from __future__ import annotations

import hashlib
import json
import shutil
import types
import typing
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import asdict, dataclass, fields, is_dataclass
from datetime import date, time
from enum import StrEnum
from functools import cache
from importlib.metadata import version
from pathlib import Path
from threading import Lock

import tsunagari_parsers
from tsunagari_crawler.archive import write_atomically
from tsunagari_parsers.report import ParsedDocument

#: What reads a document besides the parsers' own files.
_LIBRARIES = ("pdfplumber", "pdfminer.six", "pypdfium2", "japancode", "jpholiday")


@dataclass(frozen=True, slots=True)
class ParseKey:
    """What a document is read from: its bytes, what messages call it, the year that was said, and an administrator's column names."""

    sha256: str
    name: str
    fiscal_year: int | None
    columns: str


class ParseCache:
    """The folder of parses. Nothing in it is needed; whoever wants room may remove it. Safe to use from several threads."""

    def __init__(self, root: Path, made_by: str | None = None) -> None:
        self._root = root
        self._made_by = made_by or parsers_fingerprint()
        self._making_room = Lock()

    def find(self, key: ParseKey) -> ParsedDocument | None:
        """What the document was read as by the parsers of today, or None."""
        try:
            said, _, text = self._path(key).read_bytes().partition(b"\n")
            if said.decode("ascii") != hashlib.sha256(text).hexdigest():
                return None
            values = json.loads(text)
            if values["key"] != asdict(key):
                return None
            parsed = _built(ParsedDocument, values["parsed"])
        except (OSError, ValueError, KeyError, TypeError):
            return None
        return parsed if isinstance(parsed, ParsedDocument) else None

    def store(self, key: ParseKey, parsed: ParsedDocument) -> None:
        """Keep what a document was read as; parses of other parsers are removed. Where nothing can be written, nothing is kept."""
        text = json.dumps({"key": asdict(key), "parsed": asdict(parsed)}, ensure_ascii=False, default=_plain).encode()
        path = self._path(key)
        with suppress(OSError):
            with self._making_room:
                if not (self._root / self._made_by).exists():
                    shutil.rmtree(self._root, ignore_errors=True)
                path.parent.mkdir(parents=True, exist_ok=True)
            write_atomically(path, hashlib.sha256(text).hexdigest().encode("ascii") + b"\n" + text)

    def _path(self, key: ParseKey) -> Path:
        name = hashlib.sha256(json.dumps(asdict(key), sort_keys=True).encode("ascii")).hexdigest()
        return self._root / self._made_by / name[:2] / f"{name}.parse"


@cache
def parsers_fingerprint() -> str:
    """The parsers as they are: a hash of every file of theirs and of the versions of what they use."""
    found = hashlib.sha256(repr([(name, version(name)) for name in _LIBRARIES]).encode())
    folder = Path(tsunagari_parsers.__file__).parent
    for path in sorted(folder.rglob("*")):
        if path.is_file() and "__pycache__" not in path.parts:
            found.update(f"\0{path.relative_to(folder)}\0".encode())
            found.update(hashlib.sha256(path.read_bytes()).digest())
    return found.hexdigest()[:12]


def _plain(value: object) -> str | list[object]:
    """A day, a time of day or a set, as :func:`_built` reads it."""
    if isinstance(value, frozenset):
        return sorted(value)
    if isinstance(value, date | time):
        return value.isoformat()
    raise TypeError(f"{value!r} cannot be kept")


def _built(kind: object, value: object) -> object:
    """The value of a type, from plain values as :func:`dataclasses.asdict` and JSON give them.

    Raises:
        TypeError, ValueError: it is none of that type.
    """
    if kind in {date, time}:
        return typing.cast(type[date], kind).fromisoformat(typing.cast(str, value))
    if isinstance(kind, type) and is_dataclass(kind):
        if not isinstance(value, Mapping) or set(value) != {field.name for field in fields(kind)}:
            raise TypeError(f"no {kind.__name__}: {value!r}")
        types_of = _types(kind)
        return kind(**{name: _built(types_of[name], one) for name, one in value.items()})
    if isinstance(kind, type) and issubclass(kind, StrEnum):
        return kind(typing.cast(str, value))
    origin, arguments = typing.get_origin(kind), typing.get_args(kind)
    if origin in {types.UnionType, typing.Union}:
        if value is None and type(None) in arguments:
            return None
        (only,) = [one for one in arguments if one is not type(None)]
        return _built(only, value)
    if origin is tuple:
        if not isinstance(value, list):
            raise TypeError(f"no list: {value!r}")
        if arguments[-1] is Ellipsis:
            return tuple(_built(arguments[0], one) for one in value)
        return tuple(_built(one, part) for one, part in zip(arguments, value, strict=True))
    if origin is frozenset and isinstance(value, list):
        return frozenset(_built(arguments[0], one) for one in value)
    if kind is float and isinstance(value, int | float):
        return value
    if not isinstance(kind, type) or not isinstance(value, kind):
        raise TypeError(f"no {kind}: {value!r}")
    return value


@cache
def _types(kind: type) -> dict[str, object]:
    return typing.get_type_hints(kind)
