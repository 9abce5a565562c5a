"""A document that was read is not read again, unless anything of it or of the rules is another; what is damaged is never believed."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from tests.conftest import NATIONAL_LIST, ROOT

from tsunagari.parse_cache import ParseCache, ParseKey, parsers_fingerprint
from tsunagari.parsing import DocumentReader, HowToRead
from tsunagari_parsers.document import parse_document
from tsunagari_parsers.errors import UnreadableDocumentError
from tsunagari_parsers.reading import ReadPages, read_pages
from tsunagari_parsers.report import ParsedDocument

LIST = NATIONAL_LIST.read_bytes()
KEY = ParseKey("0" * 64, "一覧.pdf", 2021, "")
PLAIN = HowToRead()
PAPERS = (
    "national_list_r3/national-list-r3.pdf",
    "national_list_r3_text/national-list-r3.txt",
    "sheet_gunma_r7/sheet-gunma-r7.pdf",
    "sheet_kunitachi_r6/sheet-kunitachi-r6.txt",
    "plan_kunitachi_6th/plan-kunitachi-6th.txt",
    "network_ageo_r6/network-ageo-r6.txt",
)


class Counting:
    """Reads pages, and counts how often."""

    def __init__(self) -> None:
        self.times = 0

    def __call__(self, content: bytes, name: str) -> ReadPages:
        self.times += 1
        return read_pages(content, name)


@pytest.mark.parametrize("paper", PAPERS)
def test_what_is_kept_is_what_was_read(paper: str, tmp_path: Path) -> None:
    path = next((ROOT / "fixtures" / paper).parent.glob(f"*{Path(paper).suffix}"))
    parsed = parse_document(path.read_bytes(), name=path.name, fiscal_year=2021)
    ParseCache(tmp_path).store(KEY, parsed)
    assert ParseCache(tmp_path).find(KEY) == parsed


def test_desks_are_kept_too(tmp_path: Path) -> None:
    path = next((ROOT / "fixtures" / "desk_list_example").glob("*.pdf"))
    parsed = parse_document(path.read_bytes(), name=path.name, fiscal_year=2025)
    assert parsed.desks
    ParseCache(tmp_path).store(KEY, parsed)
    assert ParseCache(tmp_path).find(KEY) == parsed


def test_a_document_is_read_once_and_again_when_anything_is_another(tmp_path: Path) -> None:
    pages = Counting()
    reader = DocumentReader(pages, pages, cache=ParseCache(tmp_path))

    def read(content: bytes = LIST, name: str = "一覧.pdf", year: int = 2021, how: HowToRead = PLAIN) -> int:
        reader.read(content, name=name, fiscal_year=year, how=how)
        return pages.times

    assert (read(), read()) == (1, 1)
    assert read(name="別の名前.pdf") == 2
    assert read(year=2022) == 3
    assert read(LIST + b"\n") == 4
    assert read(how=HowToRead(columns='[fields]\nprogram_name = ["取組の名称"]\n')) == 5
    # What recognises characters is another program, which may be another tomorrow.
    assert (read(how=HowToRead(ocr=True)), read(how=HowToRead(ocr=True))) == (6, 7)
    assert read() == 7


def test_what_cannot_be_read_is_tried_again(tmp_path: Path) -> None:
    reader = DocumentReader(cache=ParseCache(tmp_path))
    for _ in range(2):
        with pytest.raises(UnreadableDocumentError):
            reader.read(LIST[:9000], name="半分.pdf", fiscal_year=2021, how=HowToRead())
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize(
    "harm",
    [
        pytest.param(lambda _: b"", id="empty"),
        pytest.param(lambda content: content[: len(content) // 2], id="half"),
        pytest.param(lambda content: content.replace("札幌市".encode(), "旭川市".encode(), 1), id="another town"),
        pytest.param(lambda _: b"{}", id="something else"),
        pytest.param(lambda content: b"\xff" + content, id="no text"),
    ],
)
def test_what_is_damaged_is_read_again_and_mended(tmp_path: Path, harm: object, national_list: ParsedDocument) -> None:
    cache = ParseCache(tmp_path)
    cache.store(KEY, national_list)
    (path,) = tmp_path.rglob("*.parse")
    before = path.read_bytes()
    path.write_bytes(harm(before))  # type: ignore[operator]
    assert path.read_bytes() != before
    assert cache.find(KEY) is None
    cache.store(KEY, national_list)
    assert cache.find(KEY) == national_list


def test_a_parse_under_anothers_name_is_not_taken_for_it(tmp_path: Path, national_list: ParsedDocument) -> None:
    cache = ParseCache(tmp_path)
    other = replace(KEY, fiscal_year=2022)
    cache.store(KEY, national_list)
    (path,) = tmp_path.rglob("*.parse")
    cache.store(other, national_list)
    (there,) = set(tmp_path.rglob("*.parse")) - {path}
    there.write_bytes(path.read_bytes())
    assert cache.find(other) is None


def test_other_parsers_find_nothing_and_leave_nothing_of_the_old_ones(
    tmp_path: Path, national_list: ParsedDocument
) -> None:
    ParseCache(tmp_path, "old").store(KEY, national_list)
    new = ParseCache(tmp_path)
    assert new.find(KEY) is None
    new.store(KEY, national_list)
    assert [path.name for path in tmp_path.iterdir()] == [parsers_fingerprint()]


def test_a_folder_that_cannot_be_written_stops_nobody(tmp_path: Path) -> None:
    (tmp_path / "caches").write_bytes(b"")
    reader = DocumentReader(cache=ParseCache(tmp_path / "caches" / "parses"))
    assert reader.read(LIST, name="一覧.pdf", fiscal_year=2021, how=HowToRead()).report.records == 82
