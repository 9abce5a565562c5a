"""The 82 programmes, typeset as other publishers would have done it: every field of every row, whatever the page looks like."""

from __future__ import annotations

import io
from collections.abc import Callable
from functools import cache

import pdfplumber
import pytest
from fixtures.national import FOLDER, VARIANTS, truth
from fixtures.wrapping import doubts, units, wrap

from tsunagari_parsers.document import parse_document
from tsunagari_parsers.glyphs import without_radicals
from tsunagari_parsers.report import Level, ParsedDocument

PRINTED = FOLDER / "variants" / "printed-by-chromium.pdf"
ALL = (*VARIANTS, PRINTED.stem)
FIELDS = ("prefecture", "municipality", "description", "department")


def waves(text: str | None) -> str | None:
    """〜 and ～ are one glyph: Chromium writes the one for the other, and no reader can know."""
    return text and text.replace("〜", "～")


@cache
def parsed(variant: str) -> ParsedDocument:
    content = PRINTED.read_bytes() if variant == PRINTED.stem else VARIANTS[variant]()
    return parse_document(content, name=f"{variant}.pdf", fiscal_year=2021)


@pytest.mark.parametrize("variant", ALL)
def test_every_row_is_a_programme_and_accounted_for(variant: str) -> None:
    document = parsed(variant)
    assert [one.program_name for one in document.programs] == [one.program_name for one in truth()]
    assert document.report.is_complete


@pytest.mark.parametrize("variant", ALL)
@pytest.mark.parametrize("field", FIELDS)
def test_the_field_stands_as_in_the_list(variant: str, field: str) -> None:
    got = [waves(getattr(one, field)) for one in parsed(variant).programs]
    expected = [waves(getattr(one, field)) for one in truth()]
    assert [pair for pair in zip(got, expected, strict=True) if pair[0] != pair[1]] == []


@pytest.mark.parametrize("variant", ALL)
def test_each_number_with_its_extension_and_note_is_the_lists(variant: str) -> None:
    got = [[(phone.number, phone.extension, phone.note) for phone in one.phones] for one in parsed(variant).programs]
    assert got == [[(one.phone, one.extension, one.note)] for one in truth()]


@pytest.mark.parametrize("variant", ALL)
def test_nothing_must_be_looked_at(variant: str) -> None:
    assert [one for one in parsed(variant).report.findings if one.level is Level.MUST_LOOK] == []


@pytest.mark.parametrize("variant", ALL)
def test_each_row_says_where_it_stands(variant: str) -> None:
    places = [one.provenance for one in parsed(variant).programs]
    assert [place.page for place in places] == sorted(place.page for place in places)
    assert all(place.rect and place.rect.x0 < place.rect.x1 and place.rect.top < place.rect.bottom for place in places)


def test_numbers_keep_the_writing_of_the_paper() -> None:
    programs = parsed("phone-writings").programs
    raws = ["".join(one.phones[0].raw.split()) for one in programs]
    assert raws[1] == "(011)211-2962"
    assert raws[2] == "０１３８ー２１ー３４７０"


@pytest.mark.parametrize("make", VARIANTS.values(), ids=VARIANTS)
def test_the_same_list_gives_the_same_file(make: Callable[[], bytes]) -> None:
    assert make() == make()


def test_the_paper_of_radicals_is_full_of_them() -> None:
    """Else its test would say nothing."""
    with pdfplumber.open(io.BytesIO(VARIANTS["radicals"]())) as pdf:
        text = pdf.pages[0].extract_text()
    assert sum(without_radicals(character) != character for character in text) > 50
    with pdfplumber.open(PRINTED) as pdf:
        text = "".join(page.extract_text() for page in pdf.pages)
    assert sum(without_radicals(character) != character for character in text) > 50


def em(text: str) -> float:
    return sum(0.5 if character < "\x7f" else 1 for character in text)


@pytest.mark.parametrize(
    ("text", "width", "lines"),
    [
        ("相談を行う。", 5, ["相談を行", "う。"]),
        ("支援（相談）", 3, ["支援", "（相", "談）"]),
        ("法人とNPO法人", 4, ["法人と", "NPO法人"]),
        ("法人に　Bを", 3, ["法人", "に　B", "を"]),
    ],
)
def test_lines_are_broken_as_japanese_is(text: str, width: float, lines: list[str]) -> None:
    assert wrap(text, width, em) == lines
    assert "".join(units(text)) == text


@pytest.mark.parametrize(
    ("paragraphs", "found"),
    [
        ([["相談を行う", "窓口"], ["・派遣"]], 0),
        ([["相談を行う"], ["派遣"]], 1),
        ([["相談を行う"], ["・派遣"]], 0),
        ([["相談の窓口", "①と②"], [""]], 1),
        ([["相談"], ["派遣"]], 0),
    ],
)
def test_the_generator_knows_where_no_reader_could_tell(paragraphs: list[list[str]], found: int) -> None:
    assert len(doubts(paragraphs, 5, 1, em)) == found
