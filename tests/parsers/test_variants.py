"""The 82 programmes, typeset as other publishers would have done it: every field of every row, whatever the page looks like."""

from __future__ import annotations

import io
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
def made(variant: str) -> bytes:
    return PRINTED.read_bytes() if variant == PRINTED.stem else VARIANTS[variant]()


@cache
def parsed(variant: str) -> ParsedDocument:
    return parse_document(made(variant), name=f"{variant}.pdf", fiscal_year=2021)


@pytest.mark.parametrize("variant", ALL)
def test_every_row_is_a_programme_and_accounted_for(variant: str) -> None:
    document = parsed(variant)
    assert [waves(one.program_name) for one in document.programs] == [waves(one.program_name) for one in truth()]
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


@pytest.mark.parametrize("variant", VARIANTS)
def test_the_same_list_gives_the_same_file(variant: str) -> None:
    assert VARIANTS[variant]() == made(variant)


def test_the_paper_of_radicals_is_full_of_them() -> None:
    """Else its test would say nothing."""
    with pdfplumber.open(io.BytesIO(made("radicals"))) as pdf:
        text = pdf.pages[0].extract_text()
    assert sum(without_radicals(character) != character for character in text) > 50
    with pdfplumber.open(PRINTED) as pdf:
        text = pdf.pages[0].extract_text()
    assert sum(without_radicals(character) != character for character in text) > 50


@pytest.mark.parametrize(
    ("variant", "expected"),
    [
        ("sections", {"rules": "hv"}),
        ("no-rules", {"rules": ""}),
        ("horizontal-rules", {"rules": "h"}),
        ("rotate-90", {"rotation": 90}),
        ("rotate-270", {"rotation": 270}),
        ("turned", {"upright": False}),
        ("turned-clockwise", {"upright": False}),
        ("dressed", {"crop": (40, 40)}),
        ("phantom-column", {"grounds": True}),
    ],
)
def test_the_paper_has_the_fault_that_it_is_made_for(variant: str, expected: dict[str, object]) -> None:
    with pdfplumber.open(io.BytesIO(made(variant))) as pdf:
        page = pdf.pages[0]
        got = {
            "rules": ("h" if any(line["width"] > 9 for line in page.lines) else "")
            + ("v" if any(line["height"] > 9 for line in page.lines) else ""),
            "rotation": page.rotation,
            "upright": all(char["upright"] for char in page.chars),
            "crop": tuple(page.cropbox[:2]),
            "grounds": any(rect["fill"] and rect["height"] > 9 for rect in page.rects),
        }
    assert {name: got[name] for name in expected} == expected


def open_feet(variant: str, x: float) -> int:
    """How many of the first five pages have no rule below their last row at ``x``."""
    count = 0
    with pdfplumber.open(io.BytesIO(made(variant))) as pdf:
        for page in pdf.pages[:5]:
            foot = max(line["bottom"] for line in page.lines if line["height"] > 9)
            across = (line for line in page.lines if line["width"] > 9 and line["x0"] <= x <= line["x1"])
            count += foot - max(line["bottom"] for line in across) > 2
    return count


def test_rows_go_on_over_pages_and_so_do_merged_cells() -> None:
    prefecture, description = 40, 500
    assert open_feet("over-pages", description) >= 4
    assert open_feet("other-order", 60) >= 3
    assert open_feet("radicals", prefecture) >= 3
    assert open_feet("radicals", description) == 0
    assert open_feet("unclosed", description) == 5


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
