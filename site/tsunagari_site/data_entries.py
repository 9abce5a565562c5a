"""The tables of a data file (TOML), read value by value, with messages that name the file, the entry and the value."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import TypeVar

from tsunagari_parsers.phones import NUMBER
from tsunagari_parsers.text import fold_width
from tsunagari_site.errors import SiteError

_Choice = TypeVar("_Choice", bound=StrEnum)
#: Translations are shown as they are, and every string is formatted with ``%``.
_MARKUP = re.compile(r"[<>&%\n]")


class DataEntryError(SiteError):
    """A data file says something that cannot be; the message names the file, the entry and the value."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One table of the file, and where it stands in words for messages."""

    values: Mapping[str, object]
    at: str
    id: str

    def error(self, key: str, why: str) -> DataEntryError:
        """The error to raise about a value."""
        return DataEntryError(f"{self.at}：{key}「{self.values.get(key, '')}」{why}")

    def only(self, *keys: str) -> None:
        """Refuse every key but these."""
        if unknown := sorted(self.values.keys() - set(keys)):
            raise DataEntryError(f"{self.at}：{unknown} は使えません")

    def line(self, key: str) -> str:
        """A text that is not empty and has no white space around it."""
        value = self.values.get(key)
        if not isinstance(value, str) or not value.strip() or value != value.strip():
            raise self.error(key, "は、空白で始まらず終わらない文字にしてください")
        return value

    def text(self, key: str, but: str = "") -> str:
        """A line that a page shows: without markup, line breaks and telephone numbers. ``but`` is a placeholder that may stand in it."""
        value = self.line(key)
        if _MARKUP.search(value.replace(but, "") if but else value):
            raise self.error(key, "に、記号（< > & %）や改行は使えません")
        if number := NUMBER.search(fold_width(value)):
            raise self.error(key, f"に、電話番号「{number[0]}」は書けません")
        return value

    def words(self, key: str) -> list[str]:
        """A list of texts, at least one, none twice."""
        value = self.values.get(key)
        words = [one for one in value if isinstance(one, str)] if isinstance(value, list) else []
        if not words or words != value or len(set(words)) < len(words):
            raise self.error(key, "は、重なりのない一つ以上の文字の並びにしてください")
        return words

    def choice(self, key: str, kind: type[_Choice]) -> _Choice:
        """One member of an enumeration."""
        return self._one_of(kind, key, self.line(key))

    def choices(self, key: str, kind: type[_Choice]) -> tuple[_Choice, ...]:
        """A list of its members, at least one, none twice."""
        return tuple(self._one_of(kind, key, one) for one in self.words(key))

    def _one_of(self, kind: type[_Choice], key: str, value: str) -> _Choice:
        try:
            return kind(value)
        except ValueError as error:
            raise self.error(key, f"の「{value}」は知りません（{'、'.join(kind)}）") from error


def read_entries(tables: Mapping[str, object], table: str, where: str, key: str = "id") -> Iterator[Entry]:
    """The entries of an array of tables, each with an id of its own under ``key``.

    Raises:
        DataEntryError: there is no such array, an entry has no id, or two have the same.
    """
    found = tables.get(table)
    if not isinstance(found, list) or not found:
        raise DataEntryError(f"{where}：[[{table}]] がありません")
    seen: set[str] = set()
    for values in found:
        name = values.get(key) if isinstance(values, dict) else None
        if not isinstance(name, str) or not name:
            raise DataEntryError(f"{where}：[[{table}]] に {key} がありません（{values}）")
        if name in seen:
            raise DataEntryError(f"{where}：[[{table}]]「{name}」が2回あります")
        seen.add(name)
        yield Entry(values, f"{where}「{name}」", name)
