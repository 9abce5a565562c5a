"""A document that cannot be read says which of the known troubles it has, with its name; never an empty success."""

from __future__ import annotations

import pytest
from tests.conftest import NATIONAL_LIST
from tests.pdfs import HEADER, encrypted, picture_pdf, table_pdf, text_pdf

from tsunagari_parsers.document import parse_document
from tsunagari_parsers.errors import AmbiguousLayoutError, UnreadableDocumentError
from tsunagari_parsers.layouts import Layout, national_list

LIST = NATIONAL_LIST.read_bytes()


@pytest.mark.parametrize(
    ("content", "code"),
    [
        pytest.param(b"", "empty", id="no bytes"),
        pytest.param(b"<!doctype html><title>404</title>", "not-pdf", id="an error page saved as a PDF"),
        pytest.param(LIST[: len(LIST) // 2], "truncated", id="half of the list"),
        pytest.param(LIST[:2000] + b"\0" * 5000 + b"\n%%EOF", "damaged", id="an end without a middle"),
        pytest.param(encrypted(text_pdf("一覧")), "encrypted", id="behind a password"),
        pytest.param(picture_pdf(), "image-only", id="a scan"),
        pytest.param(text_pdf("令和３年度", "お知らせ"), "no-table", id="a letter"),
        pytest.param(table_pdf([[("",) * 6]], header=HEADER), "no-records", id="the list's header and nothing below"),
    ],
)
def test_each_trouble_has_its_own_message(content: bytes, code: str) -> None:
    with pytest.raises(UnreadableDocumentError) as caught:
        parse_document(content, name="令和3年度一覧.pdf")
    assert caught.value.code == code
    assert str(caught.value).startswith(f"令和3年度一覧.pdf：[{code}] ")


def test_a_document_that_two_layouts_recognise_equally_is_refused_with_their_names() -> None:
    layout = national_list.LAYOUT
    twin = Layout("twin", layout.rank, layout.series, layout.recognises, layout.read)
    with pytest.raises(AmbiguousLayoutError, match="national_list、twin"):
        parse_document(LIST, name="list.pdf", layouts=[layout, twin])


def test_the_more_specific_layout_reads_the_document() -> None:
    layout = national_list.LAYOUT
    generic = Layout("generic", layout.rank - 1, layout.series, layout.recognises, layout.read)
    assert parse_document(LIST, name="list.pdf", layouts=[generic, layout]).report.layout == "national_list"
