"""Reading keeps one page in memory: a list of hundreds of pages needs little more than one of dozens."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from reportlab.pdfgen.canvas import Canvas
from tests.geometry_pdfs import drawn, grid_of

pytestmark = pytest.mark.skipif(
    not Path("/proc/self/status").exists(), reason="the peak of a process's own memory is read from Linux's /proc"
)

#: ``ru_maxrss`` would do on more systems, but a child process begins with its parent's.
_CODE = """
import re, sys
from pathlib import Path
from tsunagari_parsers.reading import read_pages
read = read_pages(Path(sys.argv[1]).read_bytes(), "list.pdf")
peak = re.search(r"VmHWM:\\s+(\\d+) kB", Path("/proc/self/status").read_text())[1]
print(len(read.pages), sum(len(page.tables) for page in read.pages), peak)
"""


def page(canvas: Canvas) -> None:
    number = canvas.getPageNumber()
    rows = [
        (
            f"{number}-{row}",
            "札幌市",
            "女性のつながりを支える相談",
            "相談に応じ、必要なときは\nほかの窓口に同行する。",
            "011-211-2962",
        )
        for row in range(8)
    ]
    grid_of(canvas, rows, lefts=(40, 90, 150, 300, 450, 560), leading=11, across=True, down=True)


def peak_kb(path: Path, pages: int) -> int:
    path.write_bytes(drawn(*[page] * pages))
    done = subprocess.run([sys.executable, "-c", _CODE, str(path)], capture_output=True, text=True, check=True)
    read, tables, peak = map(int, done.stdout.split())
    assert (read, tables) == (pages, pages)
    return peak


def test_a_hundred_and_fifty_more_pages_need_less_than_a_hundred_kilobytes_each(tmp_path: Path) -> None:
    """What is kept of a page is its cells (about 20 KB here); its characters and rules, more than a megabyte, are let go."""
    few, many = peak_kb(tmp_path / "few.pdf", 30), peak_kb(tmp_path / "many.pdf", 180)
    assert many - few < 150 * 100
