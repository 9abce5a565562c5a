"""Characters that look right on the page and are wrong in the file are put right, and nothing else is changed."""

from __future__ import annotations

import unicodedata

import pdfplumber
import pytest
from tests.conftest import ROOT
from tests.pdfs import table_pdf

from tsunagari_parsers.cmaps import complete_narrow_maps
from tsunagari_parsers.document import parse_document
from tsunagari_parsers.glyphs import radicals, without_radicals
from tsunagari_parsers.report import Level

PRINTED = ROOT / "fixtures" / "variants" / "printed-by-chromium.pdf"


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("⼥性⽤品", "女性用品"),
        ("⽣理", "生理"),
        ("⻑崎県", "長崎県"),
        ("⻄宮市", "西宮市"),
        ("⼀時保護", "一時保護"),
        ("⼾籍", "戸籍"),
        ("⿊⿈", "黒黄"),
        ("ー一－女", "ー一－女"),
    ],
)
def test_radicals_become_the_characters_that_they_are_drawn_for(written: str, meant: str) -> None:
    assert without_radicals(written) == meant


def test_a_character_of_the_same_glyph_is_the_one_that_japanese_text_has() -> None:
    """Chromium, with the most usual free font, writes HYPHENATION POINT for every 「・」 and EM SPACE for the full-width space."""
    with pdfplumber.open(PRINTED) as pdf:
        written = "".join(char["text"] for page in pdf.pages for char in page.chars)
    assert written.count("\u2027") > 100
    assert written.count("\u2003") > 10
    document = parse_document(PRINTED.read_bytes(), name=PRINTED.name)
    read = "".join(f"{one.program_name}{one.description}{one.department}" for one in document.programs)
    assert "\u2027" not in read
    assert "\u2003" not in read
    assert read.count("・") > 100


def test_every_line_of_the_table_has_its_unicode_name_and_no_radical_as_its_meaning() -> None:
    from importlib.resources import files

    lines = (files("tsunagari_parsers") / "data" / "radicals.tsv").read_text(encoding="utf-8").splitlines()[1:]
    for line in lines:
        radical, character, name = line.split("\t")
        assert unicodedata.name(radical) == name
        assert "RADICAL" not in unicodedata.name(character)
    assert len(radicals()) == len(lines) == 214 + 72


def test_the_narrow_map_holds_what_its_base_map_holds() -> None:
    from pdfminer.cmapdb import CMap, CMapDB

    complete_narrow_maps()
    narrow, base = CMapDB.get_cmap("UniJIS-UCS2-HW-H"), CMapDB.get_cmap("UniJIS-UCS2-H")
    assert isinstance(narrow, CMap)
    assert isinstance(base, CMap)
    text = "相談窓口".encode("utf-16-be")
    assert list(narrow.decode(text)) == list(base.decode(text)) != []


def test_a_page_of_which_another_reader_sees_more_must_be_looked_at(monkeypatch: pytest.MonkeyPatch) -> None:
    from tsunagari_parsers import reading

    monkeypatch.setattr(reading, "_second_count", lambda *_: 500)
    row = ("北海道", "札幌市", "事業", "相談", "市民課", "011-211-2962")
    (finding,) = parse_document(table_pdf([[row]]), name="list.pdf").report.findings
    assert (finding.code, finding.level, finding.page) == ("text-lost", Level.MUST_LOOK, 1)
