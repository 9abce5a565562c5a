"""Which paper a document is a copy of.

Several files can be copies of one edition: a PDF, its corrected PDF, a text dump. The fiscal year is never read
from running text; it comes from the crawl's manifest, from ``NAME.toml`` beside ``NAME.pdf``, or from options.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields, replace
from enum import StrEnum
from pathlib import Path
from typing import Any, Self

from tsunagari_crawler.errors import EditionError

FIRST_FISCAL_YEAR = 1990
LAST_FISCAL_YEAR = 2100


class Origin(StrEnum):
    """Whether a file is the publisher's own or was made from it."""

    ORIGINAL = "original"
    """The publisher's file, byte for byte."""
    RETYPED = "retyped"
    """Typeset again from the publisher's text."""
    TEXT = "text"
    """A text dump of the publisher's file."""


@dataclass(frozen=True, slots=True)
class Licence:
    """Terms of use that the project knows how to cite."""

    name: str
    url: str


#: Known terms by the identifier that stands in a manifest. Anything else must be given as ``unknown``.
LICENCES: Mapping[str, Licence] = {
    "PDL1.0": Licence(
        "公共データ利用規約（第1.0版）",
        "https://www.digital.go.jp/resources/open_data/public_data_license_v1.0",
    ),
    "CC-BY-4.0": Licence(
        "クリエイティブ・コモンズ 表示 4.0 国際", "https://creativecommons.org/licenses/by/4.0/deed.ja"
    ),
    "CC0-1.0": Licence("CC0 1.0 全世界", "https://creativecommons.org/publicdomain/zero/1.0/deed.ja"),
}


@dataclass(frozen=True, slots=True)
class Edition:
    """One paper: a series, the fiscal year it is of, and which part of that year's paper.

    ``fiscal_year`` is the Gregorian year in which the Japanese fiscal year starts (令和3年度 is 2021).
    ``series`` None means that the document's layout names the series.
    """

    fiscal_year: int
    series: str | None = None
    part: str = ""
    publisher: str = ""
    title: str = ""
    url: str = ""
    licence: str = "unknown"
    origin: Origin = Origin.ORIGINAL

    def __post_init__(self) -> None:
        if not FIRST_FISCAL_YEAR <= self.fiscal_year <= LAST_FISCAL_YEAR:
            raise EditionError(
                f"年度は {FIRST_FISCAL_YEAR}〜{LAST_FISCAL_YEAR} の西暦で指定してください（指定された値：{self.fiscal_year}）"
            )
        if self.licence != "unknown" and self.licence not in LICENCES:
            known = "、".join(LICENCES)
            raise EditionError(f"licence「{self.licence}」は知られていません（{known} または unknown）")
        if self.url and not self.url.startswith(("https://", "http://")):
            raise EditionError(f"url「{self.url}」は http(s):// で始まっていません")

    @property
    def key(self) -> tuple[str, int, str]:
        """What makes two files copies of the same paper: (series, fiscal year, part).

        Raises:
            EditionError: the series is not settled yet.
        """
        if self.series is None:
            raise EditionError("一覧の種類（series）がまだ決まっていません")
        return (self.series, self.fiscal_year, self.part)

    def with_series(self, default: str) -> Self:
        """The same edition, with ``default`` as its series if none was given."""
        return self if self.series is not None else replace(self, series=default)

    def to_json(self) -> dict[str, Any]:
        """Plain values, as :meth:`from_mapping` takes them."""
        return asdict(self) | {"origin": str(self.origin)}

    @classmethod
    def from_mapping(cls, values: Mapping[str, Any], *, where: str) -> Self:
        """Build an edition from a manifest's or a TOML file's values.

        Raises:
            EditionError: a name is not known, a value has the wrong type, or the fiscal year is missing;
                the message names ``where``.
        """
        names = {field.name for field in fields(cls)}
        if unknown := sorted(set(values) - names):
            raise EditionError(
                f"{where}：知らない項目「{'、'.join(unknown)}」があります（使えるのは {'、'.join(sorted(names))}）"
            )
        year = values.get("fiscal_year")
        if year is None:
            raise EditionError(f"{where}：fiscal_year（年度、例：2021）がありません")
        if not isinstance(year, int) or isinstance(year, bool):
            raise EditionError(f"{where}：fiscal_year は整数で書いてください（書かれている値：{year!r}）")
        for name, value in values.items():
            if name != "fiscal_year" and not (isinstance(value, str) or (name == "series" and value is None)):
                raise EditionError(f"{where}：{name} は文字列で書いてください（書かれている値：{value!r}）")
        try:
            origin = Origin(values.get("origin", Origin.ORIGINAL))
        except ValueError:
            known = "、".join(Origin)
            raise EditionError(f"{where}：origin「{values['origin']}」は知られていません（{known}）") from None
        try:
            return cls(**{**values, "origin": origin})
        except EditionError as error:
            raise EditionError(f"{where}：{error}") from error

    @classmethod
    def beside(cls, document: Path) -> Self | None:
        """The edition that ``NAME.toml`` beside ``NAME.pdf`` states, or None if there is no such file.

        Raises:
            EditionError: the file is not UTF-8 TOML, or states no valid edition.
        """
        path = document.with_suffix(".toml")
        if not path.is_file():
            return None
        try:
            values = tomllib.loads(path.read_text(encoding="utf-8"))
        except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
            raise EditionError(f"{path}：TOMLとして読めません（{error}）") from error
        return cls.from_mapping(values, where=str(path))
