"""The example of a list with department and phone in one cell: every programme, every field."""

from __future__ import annotations

import json
from dataclasses import asdict
from functools import cache

import pytest
from fixtures.generate import as_json, program_list_truth
from tests.conftest import ROOT

from tsunagari_crawler.edition import Edition
from tsunagari_parsers.document import parse_document
from tsunagari_parsers.records import PhoneRole
from tsunagari_parsers.report import Level, ParsedDocument

PDF = ROOT / "fixtures" / "program_list_example" / "program-list-example.pdf"
EXPECTED = json.loads((PDF.parent / "expected.json").read_text(encoding="utf-8"))


@cache
def parsed() -> ParsedDocument:
    return parse_document(PDF.read_bytes(), name=PDF.name, fiscal_year=2021)


@pytest.mark.parametrize("number", range(len(EXPECTED)))
def test_every_programme_is_read_as_it_stands(number: int) -> None:
    got, expected = parsed().programs[number], EXPECTED[number]
    for field in ("prefecture", "municipality", "program_name", "description", "department"):
        assert getattr(got, field) == expected[field]
    phones = [(phone.number, phone.extension, phone.note) for phone in got.phones]
    assert phones == [(expected["phone"], expected["extension"], expected["note"])]


def test_the_number_is_the_offices_and_says_so() -> None:
    roles = {(phone.role, phone.role_evidence) for one in parsed().programs for phone in one.phones}
    assert roles == {(PhoneRole.ENQUIRY, "お問い合わせ先")}


def test_there_are_twenty_and_nothing_must_be_looked_at() -> None:
    report = parsed().report
    assert (report.records, report.is_complete) == (20, True)
    assert [one for one in report.findings if one.level is Level.MUST_LOOK] == []


def test_the_edition_is_another_paper_than_the_national_list() -> None:
    edition = Edition.beside(PDF)
    assert edition
    assert edition.key == ("program_list", 2021, "extract")


def test_the_golden_file_is_what_the_generator_wrote() -> None:
    text = (PDF.parent / "expected.json").read_text(encoding="utf-8")
    assert text == as_json([asdict(one) for one in program_list_truth()])
