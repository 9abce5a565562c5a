"""The example of a list of desks: everything that helps is read, and no address comes out anywhere."""

from __future__ import annotations

import json
import re
from functools import cache

import pytest
from fixtures.desks import ListedDesk, desk_list_truth, listed_desks
from fixtures.generate import as_json
from tests.conftest import ROOT

from tsunagari_crawler.edition import Edition, Origin
from tsunagari_parsers.document import parse_document
from tsunagari_parsers.phones import find_numbers, is_dialable
from tsunagari_parsers.places import prefecture_named
from tsunagari_parsers.report import Level, ParsedDocument
from tsunagari_parsers.text import comparable

PDF = ROOT / "fixtures" / "desk_list_example" / "desk-list-example.pdf"
EXPECTED = json.loads((PDF.parent / "expected.json").read_text(encoding="utf-8"))


@cache
def parsed() -> ParsedDocument:
    return parse_document(PDF.read_bytes(), name=PDF.name, fiscal_year=2026)


def test_every_desk_is_read_in_the_order_of_the_paper() -> None:
    assert [desk.name for desk in parsed().desks] == [desk["name"] for desk in EXPECTED]
    assert parsed().report.is_complete
    assert (parsed().report.records, parsed().report.layout) == (60, "desk_list")


def test_every_number_is_read() -> None:
    got = [[phone.number for phone in desk.phones] for desk in parsed().desks]
    assert got == [desk["phones"] for desk in EXPECTED]


def test_hours_and_notes_stand_as_they_were_written() -> None:
    got = [(comparable(desk.hours), comparable("".join(desk.notes))) for desk in parsed().desks]
    assert got == [(comparable(desk["hours"]), comparable(desk["notes"])) for desk in EXPECTED]


def test_a_desk_belongs_to_the_prefecture_of_its_merged_cell_over_the_page_break_too() -> None:
    codes = [place.code for desk in EXPECTED if (place := prefecture_named(desk["prefecture"]))]
    assert [desk.prefecture for desk in parsed().desks] == codes


def test_the_paper_has_prefecture_cells_cut_by_a_page_break() -> None:
    """Else the test above would say less than it seems to."""
    pages: dict[str, set[int]] = {}
    for desk, expected in zip(parsed().desks, EXPECTED, strict=True):
        assert desk.provenance
        pages.setdefault(expected["prefecture"], set()).add(desk.provenance.page)
    assert sum(len(of) > 1 for of in pages.values()) >= 2


def test_no_address_comes_out_in_any_form() -> None:
    everything = comparable(repr(parsed()))
    for desk in listed_desks():
        street = re.search(r"見本町\d+丁目\d+番\d+号", desk.address)
        assert street
        assert comparable(street[0]) not in everything
    for part in ("見本町", "みほんビル", "丁目", "〒"):
        assert part not in everything


def test_what_was_left_out_is_said_with_its_count() -> None:
    (finding,) = [one for one in parsed().report.findings if one.code == "address-dropped"]
    assert str(len(EXPECTED)) in finding.message
    assert finding.level is Level.NOTE


def test_nothing_must_be_looked_at() -> None:
    assert [one for one in parsed().report.findings if one.level is Level.MUST_LOOK] == []


def test_the_edition_says_that_it_is_an_example() -> None:
    edition = Edition.beside(PDF)
    assert edition
    assert edition.key == ("desk_list", 2026, "example")
    assert (edition.origin, edition.licence) == (Origin.RETYPED, "unknown")
    assert "架空の一覧" in edition.title


@pytest.mark.parametrize("desk", listed_desks(), ids=lambda desk: desk.name)
def test_an_invented_number_can_be_read_and_reaches_nobody(desk: ListedDesk) -> None:
    """No exchange begins with 0 or 1 (総務省, 電気通信番号計画)."""
    for phone in desk.phones:
        assert find_numbers(phone) == [phone]
        assert is_dialable(phone)
        assert phone.split("-")[1][0] == "1"


def test_the_golden_file_is_what_the_generator_wrote() -> None:
    assert (PDF.parent / "expected.json").read_text(encoding="utf-8") == as_json(desk_list_truth())
