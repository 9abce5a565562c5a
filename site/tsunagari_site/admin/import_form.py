"""The form of an import: what it asks of the list, what can be chosen, and what of it cannot be used.

What is typed is checked here before a byte of a file is kept; :class:`tsunagari_crawler.Edition` has the last word.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from tsunagari_crawler.edition import FIRST_FISCAL_YEAR, LAST_FISCAL_YEAR, LICENCES
from tsunagari_indexer.confirming import seen_address
from tsunagari_indexer.errors import ReviewError
from tsunagari_indexer.listings import SourceDocument
from tsunagari_indexer.typed_text import has_unseen
from tsunagari_site.admin.jobs import EditionFields
from tsunagari_site.calendar import era_year

#: What the kinds of lists are called that the layouts and the sources know.
SERIES: Mapping[str, str] = {
    "national_list": "国の交付金の事業一覧（つながりサポート型など）",
    "program_list": "事業の一覧（都道府県や市区町村など）",
    "program_sheet": "事業ごとの調書や紹介の紙",
    "desk_list": "相談窓口の一覧",
    "dv_centres": "配偶者暴力相談支援センターの一覧",
    "period_poverty_survey": "「生理の貧困」の取り組みの調査",
    "plan": "市区町村などの計画",
    "network": "支援のネットワークの紙",
}
#: The longest text of a field (characters).
LONGEST = 300
_NO_YEAR = "何年度の一覧かを選んでください"
_UNKNOWN = "unknown"
_YEAR = re.compile(r"(?:(令和|平成)(元|[0-9]{1,2})|([0-9]{4}))(?:年度?)?")
_ERAS = {"令和": 2018, "平成": 1988}


@dataclass(frozen=True, slots=True)
class Choice:
    """Something to choose: what is sent, and what it is called."""

    value: str
    label: str


@dataclass(frozen=True, slots=True)
class Choices:
    """What the form offers. ``publishers`` and ``parts`` are only proposed; anything else may be typed."""

    years: tuple[Choice, ...]
    series: tuple[Choice, ...]
    licences: tuple[Choice, ...]
    publishers: tuple[str, ...]
    parts: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ImportForm:
    """What somebody typed, as it was typed, and by field what is wrong with it."""

    year: str = ""
    series: str = ""
    part: str = ""
    title: str = ""
    publisher: str = ""
    url: str = ""
    licence: str = _UNKNOWN
    ocr: bool = False
    errors: Mapping[str, str] = field(default_factory=dict)

    @property
    def edition(self) -> EditionFields:
        """What it says, for a job. Only for a form without errors."""
        return EditionFields(
            year=fiscal_year_of(self.year),
            series=self.series or None,
            part=self.part or None,
            title=self.title or None,
            publisher=self.publisher or None,
            url=self.url or None,
            licence=self.licence or None,
        )


def choices(documents: Iterable[SourceDocument], this_year: int) -> Choices:
    """What the form offers where these documents are there already, in a fiscal year. The next year's list may be out before it begins."""
    known = tuple(documents)
    others = sorted({one.series for one in known} - set(SERIES))
    return Choices(
        years=tuple(Choice(str(year), in_both_ways(year)) for year in range(this_year + 1, FIRST_FISCAL_YEAR - 1, -1)),
        series=tuple(Choice(*item) for item in SERIES.items()) + tuple(Choice(one, one) for one in others),
        licences=(
            Choice(_UNKNOWN, "分からない"),
            *(Choice(code, licence.name) for code, licence in LICENCES.items()),
        ),
        publishers=tuple(sorted({one.publisher for one in known} - {""})),
        parts=tuple(sorted({one.part for one in known} - {""})),
    )


def read_import_form(sent: Mapping[str, str], offered: Choices, *, can_ocr: bool) -> ImportForm:
    """What was sent, with what is wrong with it."""
    texts = {name: _one_line(sent.get(name, "")) for name in ("year", "part", "title", "publisher", "url")}
    series, licence = sent.get("series", ""), sent.get("licence", _UNKNOWN)
    errors = {name: f"{LONGEST}文字までにしてください" for name, text in texts.items() if len(text) > LONGEST}
    unseen = {name for name, text in texts.items() if has_unseen(text, "")}
    errors |= dict.fromkeys(unseen, "目に見えない文字が入っています。打ち直してください")
    year = fiscal_year_of(texts["year"])
    if not texts["year"]:
        errors["year"] = _NO_YEAR
    elif year is None or not FIRST_FISCAL_YEAR <= year <= LAST_FISCAL_YEAR:
        errors["year"] = (
            f"年度は{FIRST_FISCAL_YEAR}〜{LAST_FISCAL_YEAR}の西暦にしてください（令和3年度は2021）。送られた値：{texts['year'][:20]}"
        )
    if series and series not in {one.value for one in offered.series}:
        errors["series"], series = "一覧の種類を、ここから選んでください", ""
    if licence not in {one.value for one in offered.licences}:
        errors["licence"], licence = "利用条件を、ここから選んでください", _UNKNOWN
    if texts["url"] and not _is_address(texts["url"]):
        errors["url"] = "https:// か http:// で始まるアドレスを入れてください"
    return ImportForm(series=series, licence=licence, ocr=can_ocr and sent.get("ocr") == "1", errors=errors, **texts)


def next_edition(document: SourceDocument) -> ImportForm:
    """The form for a newer edition of a document: what stays from year to year is filled in, the year and the title are not."""
    return ImportForm(
        series=document.series,
        part=document.part,
        publisher=document.publisher,
        url=document.url,
        licence=document.licence,
    )


def fiscal_year_of(text: str) -> int | None:
    """The fiscal year of 「2021」「２０２１年度」「令和3年度」, as the Gregorian year in which it begins; None for anything else."""
    found = _YEAR.fullmatch(unicodedata.normalize("NFKC", text).replace(" ", ""))
    if not found:
        return None
    if found[3]:
        return int(found[3])
    return _ERAS[found[1]] + (1 if found[2] == "元" else int(found[2]))


def in_both_ways(fiscal_year: int) -> str:
    """「2021年度（令和3年度）」."""
    return f"{fiscal_year}年度（{unicodedata.normalize('NFKC', era_year(fiscal_year))}）"


def series_name(series: str) -> str:
    """What a kind of list is called; one that is not known by its own name."""
    return SERIES.get(series, series)


def _is_address(url: str) -> bool:
    """Whether it may stand on a public page: as of where something was seen, with a host's name and no password."""
    try:
        seen_address(url)
    except ReviewError:
        return False
    return True


def _one_line(text: str) -> str:
    """A text without control characters, its white space collapsed."""
    seen = "".join(" " if unicodedata.category(one) in {"Cc", "Zl", "Zp"} else one for one in text)
    return " ".join(seen.split())
