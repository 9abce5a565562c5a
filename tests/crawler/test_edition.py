"""What an administrator writes about a document is taken as written, or refused with its place and value."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tsunagari_crawler import LICENCES, Edition, EditionError, Origin


def write(folder: Path, text: str | bytes) -> Path:
    """``list.pdf`` with ``text`` as ``list.toml`` beside it."""
    (folder / "list.toml").write_bytes(text if isinstance(text, bytes) else text.encode())
    return folder / "list.pdf"


def test_a_file_beside_the_document_says_which_paper_it_is(tmp_path: Path) -> None:
    document = write(
        tmp_path,
        """
        fiscal_year = 2021
        series = "national_list"
        part = "市区町村"
        publisher = "内閣府男女共同参画局"
        title = "地域女性活躍推進交付金（つながりサポート型）"
        url = "https://www.gender.go.jp/policy/chihou_renkei/kofukin/r03/ex.html"
        licence = "PDL1.0"
        origin = "retyped"
        """,
    )

    assert Edition.beside(document) == Edition(
        fiscal_year=2021,
        series="national_list",
        part="市区町村",
        publisher="内閣府男女共同参画局",
        title="地域女性活躍推進交付金（つながりサポート型）",
        url="https://www.gender.go.jp/policy/chihou_renkei/kofukin/r03/ex.html",
        licence="PDL1.0",
        origin=Origin.RETYPED,
    )


def test_the_year_alone_is_enough(tmp_path: Path) -> None:
    edition = Edition.beside(write(tmp_path, "fiscal_year = 2024"))

    assert edition == Edition(2024)
    assert edition.licence == "unknown"
    assert edition.origin is Origin.ORIGINAL


def test_without_such_a_file_nothing_is_guessed(tmp_path: Path) -> None:
    assert Edition.beside(tmp_path / "令和3年度一覧.pdf") is None


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("", ["fiscal_year", "2021"]),
        ('series = "national_list"', ["fiscal_year"]),
        ('fiscal_year = "令和3"', ["fiscal_year", "'令和3'"]),
        ("fiscal_year = 2021.0", ["fiscal_year", "2021.0"]),
        ("fiscal_year = true", ["fiscal_year", "True"]),
        ("fiscal_year = 3", ["3", "西暦"]),
        ("fiscal_year = 20210", ["20210", "西暦"]),
        ("fiscal_year = 2021\nyear = 2021", ["year", "fiscal_year"]),
        ("fiscal_year = 2021\npart = 1", ["part", "1"]),
        ("fiscal_year = 2021\norigin = 1", ["origin", "1"]),
        ('fiscal_year = 2021\norigin = "copy"', ["origin", "copy", "retyped"]),
        ('fiscal_year = 2021\nlicence = "MIT"', ["licence", "MIT", "PDL1.0", "unknown"]),
        ('fiscal_year = 2021\nurl = "www.gender.go.jp"', ["url", "www.gender.go.jp"]),
        ("fiscal_year = 令和3", ["TOML"]),
        ('title = "一覧"\nfiscal_year = 2021'.encode("cp932"), ["TOML"]),
    ],
)
def test_a_bad_value_is_refused_by_file_and_value(tmp_path: Path, text: str | bytes, named: list[str]) -> None:
    document = write(tmp_path, text)

    with pytest.raises(EditionError) as caught:
        Edition.beside(document)

    message = str(caught.value)
    assert str(tmp_path / "list.toml") in message
    assert [value for value in named if value not in message] == []


@pytest.mark.parametrize("edition", [Edition(2021), Edition(2025, "s", "p", "発行者", "題", "https://a.jp/", "PDL1.0")])
def test_an_edition_survives_the_manifest(edition: Edition) -> None:
    assert Edition.from_mapping(edition.to_json(), where="記録") == edition


@pytest.mark.parametrize(
    ("one", "other", "same_paper"),
    [
        (Edition(2021, "list"), Edition(2021, "list", title="訂正版", origin=Origin.TEXT), True),
        (Edition(2021, "list"), Edition(2022, "list"), False),
        (Edition(2021, "list"), Edition(2021, "survey"), False),
        (Edition(2021, "list", part="都道府県"), Edition(2021, "list", part="市区町村"), False),
    ],
)
def test_files_are_copies_of_one_paper_by_series_year_and_part(one: Edition, other: Edition, same_paper: bool) -> None:
    assert (one.key == other.key) is same_paper


def test_the_layout_names_the_series_only_where_nobody_else_did() -> None:
    assert Edition(2021).with_series("national_list").key == ("national_list", 2021, "")
    assert Edition(2021, "survey").with_series("national_list").key == ("survey", 2021, "")


def test_a_paper_without_a_series_cannot_be_taken_for_another() -> None:
    with pytest.raises(EditionError, match="series"):
        _ = Edition(2021).key


@pytest.mark.parametrize("identifier", LICENCES)
def test_known_terms_can_be_cited(identifier: str) -> None:
    assert Edition(2021, licence=identifier).licence == identifier
    assert LICENCES[identifier].name
    assert LICENCES[identifier].url.startswith("https://")


@pytest.mark.parametrize("values", [{}, {"fiscal_year": None}, {"fiscal_year": "2021"}])
def test_a_manifest_line_is_named_too(values: dict[str, Any]) -> None:
    with pytest.raises(EditionError, match=r"^manifest\.jsonl（3行目）：fiscal_year"):
        Edition.from_mapping(values, where="manifest.jsonl（3行目）")
