"""Several documents at once: what the next one says is read while records of one are made, and nothing of the outcome shows it."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from threading import Lock

import pytest
from tests.pdfs import table_pdf

from tsunagari.importing import EditionOptions, ImportOutcome, import_documents
from tsunagari.parsing import DocumentReader
from tsunagari_crawler.archive import write_atomically
from tsunagari_indexer.workspace import Workspace
from tsunagari_parsers.drawn_rows import DrawnRow, RowToDraw
from tsunagari_parsers.reading import ReadPages, read_pages

TOWNS = ("札幌市", "函館市", "小樽市", "旭川市")


class Turns:
    """Reads pages, the first document the slowest, and remembers how many it was asked for at the same time."""

    def __init__(self) -> None:
        self.names: list[str] = []
        self.most = 0
        self._reading = 0
        self._lock = Lock()

    def __call__(self, content: bytes, name: str) -> ReadPages:
        with self._lock:
            self.names.append(name)
            self._reading += 1
            self.most = max(self.most, self._reading)
        time.sleep(0.2 if len(self.names) == 1 else 0)
        try:
            return read_pages(content, name)
        finally:
            with self._lock:
                self._reading -= 1


def draw_nothing(_: bytes, rows: Sequence[RowToDraw]) -> Iterator[DrawnRow]:
    return (DrawnRow(row.row, problem="ここでは描かない") for row in rows)


def read(root: Path, pages: Turns, at_once: int) -> tuple[ImportOutcome, list[str]]:
    """Four lists, the second cut off and the third without its year, read by so many at once; and the names that were told."""
    root.mkdir()
    paths = []
    for number, town in enumerate(TOWNS, start=1):
        path = root / f"{number}.pdf"
        content = table_pdf([[("北海道", town, "つながり事業", "電話相談を行う。", "市民課", "011-211-2962")]])
        path.write_bytes(content[:-100] if number == 2 else content)
        if number != 3:
            path.with_suffix(".toml").write_text(f'fiscal_year = 2021\npart = "{number}"\n', encoding="utf-8")
        paths.append(path)
    told: list[str] = []
    reader = DocumentReader(pages, rows=draw_nothing, at_once=at_once)
    return import_documents(Workspace(root / "data"), paths, EditionOptions(), told.append, reader=reader), told


@pytest.mark.parametrize("at_once", [1, 2, 8])
def test_documents_and_failures_come_in_the_order_in_which_they_were_given(at_once: int, tmp_path: Path) -> None:
    outcome, told = read(tmp_path / "papers", Turns(), at_once)
    assert [one.fetched.name for one in outcome.imported] == ["1.pdf", "4.pdf"]
    assert [failure[:5] for failure in outcome.failures] == ["2.pdf", "3.pdf"]
    assert "途中で切れています" in outcome.failures[0]
    assert "何年度" in outcome.failures[1]
    assert told == ["1.pdf", "2.pdf", "4.pdf"]
    assert outcome.staged is not None
    assert outcome.staged.programs == 2


def test_the_pages_of_one_document_are_read_at_a_time(tmp_path: Path) -> None:
    pages = Turns()
    read(tmp_path / "papers", pages, at_once=8)
    assert (pages.most, len(pages.names)) == (1, 3)


@pytest.mark.parametrize("is_kept", [True, False])
def test_a_file_is_written_whole_and_nothing_is_left_beside_it(is_kept: bool, tmp_path: Path) -> None:
    for content in (b"before", b"after"):
        write_atomically(tmp_path / "one", content, is_kept=is_kept)
    assert [(path.name, path.read_bytes()) for path in tmp_path.iterdir()] == [("one", b"after")]
    (tmp_path / "folder").mkdir()
    with pytest.raises(OSError, match="folder"):
        write_atomically(tmp_path / "folder", b"after", is_kept=is_kept)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["folder", "one"]
