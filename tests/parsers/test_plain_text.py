"""A file that is no PDF is a text in UTF-8, or the message says what it seems to be and what to do."""

from __future__ import annotations

import time

import pytest
from tests.conftest import ROOT

from tsunagari_parsers.document import parse_document
from tsunagari_parsers.errors import UnreadableDocumentError
from tsunagari_parsers.plain_text import LARGEST_TEXT, LONGEST_LINE, likely_encoding

SHEET = (ROOT / "fixtures/sheet_kunitachi_r6/sheet-kunitachi-r6.txt").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("codec", "told"),
    [
        ("utf-16", "UTF-16"),
        ("utf-16-le", "UTF-16LE"),
        ("utf-16-be", "UTF-16BE"),
        ("utf-32", "UTF-32"),
        ("cp932", "Shift_JIS（CP932）"),
        ("euc_jp", "EUC-JP"),
        ("iso2022_jp", "ISO-2022-JP"),
    ],
)
def test_another_encoding_is_named_with_how_to_change_it(codec: str, told: str) -> None:
    content = SHEET.encode(codec, errors="ignore")
    assert likely_encoding(content) == told
    with pytest.raises(UnreadableDocumentError) as caught:
        parse_document(content, name="個票.txt")
    assert caught.value.code == "encoding"
    for part in ("個票.txt：[encoding]", f"文字コードが{told}のようです", "iconv -f", "-t UTF-8"):
        assert part in str(caught.value)


@pytest.mark.parametrize("codec", ["utf-8", "utf-8-sig"])
def test_utf_8_is_read_with_a_mark_and_without(codec: str) -> None:
    assert len(parse_document(SHEET.encode(codec), name="個票.txt").programs) == 1


@pytest.mark.parametrize("end", ["\r\n", "\r"])
def test_lines_end_as_any_system_ends_them(end: str) -> None:
    known = parse_document(SHEET.encode(), name="個票.txt").programs[0]
    other = parse_document(SHEET.replace("\n", end).encode(), name="個票.txt").programs[0]
    assert other.sections == known.sections


@pytest.mark.parametrize(
    ("content", "code", "said"),
    [
        (b"\n \t\n", "empty", "空です"),
        ("\u3000\n".encode(), "empty", "空白しかありません"),
        (b"PK\x03\x04\x14\x00rest", "not-pdf", "Excel・Word・PowerPoint"),
        (b"\xd0\xcf\x11\xe0rest", "not-pdf", "古い形式"),
        (b"\x89PNG\r\n", "not-pdf", "画像（PNG）"),
        (b"<!doctype html><p>404", "not-pdf", "HTML"),
        (bytes(range(256)) * 40, "not-pdf", "PDFでも、UTF-8の文章でもありません"),
        ("地域の実情と課題\n".encode() * 100 + b"\xff\n", "encoding", "2,501バイト目が壊れています"),
        ("相談窓口\n".encode() * (LARGEST_TEXT // 13 + 1), "too-large", "上限2,000,000バイト"),
        (("あ" * (LONGEST_LINE + 1)).encode(), "too-large", "1行が10,001文字"),
    ],
)
def test_what_is_no_text_of_a_paper_says_why(content: bytes, code: str, said: str) -> None:
    with pytest.raises(UnreadableDocumentError) as caught:
        parse_document(content, name="x.txt")
    assert caught.value.code == code
    assert said in str(caught.value)


def test_a_hundred_megabytes_are_refused_at_once() -> None:
    content = b"\xe3\x81\x82\n" * 26_000_000
    before = time.monotonic()
    with pytest.raises(UnreadableDocumentError, match="too-large"):
        parse_document(content, name="x.txt")
    assert time.monotonic() - before < 5


def test_a_pdf_named_as_a_text_and_a_text_named_as_a_pdf_are_read_as_what_they_are() -> None:
    pdf = (ROOT / "fixtures/sheet_gunma_r7/sheet-gunma-r7.pdf").read_bytes()
    assert parse_document(pdf, name="sheet.txt").report.layout == "program_sheet"
    assert parse_document(SHEET.encode(), name="sheet.pdf").report.layout == "program_sheet_text"
