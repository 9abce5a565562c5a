"""A page that is only a picture is told, or read from it; what was read so is marked, each record with its confidence."""

from __future__ import annotations

import io
import json
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path

import pdfplumber
import pypdfium2
import pytest
from PIL import Image, ImageDraw
from tests.conftest import NATIONAL_LIST, ROOT
from tests.pdfs import joined, picture_pdf, table_pdf

from tsunagari_parsers.document import parse_document
from tsunagari_parsers.errors import NoTextLayerError, OcrFailedError, OcrUnavailableError, UnreadableDocumentError
from tsunagari_parsers.limits import Limits
from tsunagari_parsers.ocr import Ocr, Word, placed
from tsunagari_parsers.reading import read_pages
from tsunagari_parsers.records import Rect
from tsunagari_parsers.report import Level, ParsedDocument
from tsunagari_parsers.scans import find_cells, find_rules, straightened, threshold
from tsunagari_parsers.textlayer import text_layer
from tsunagari_parsers.worker import page_reader

MakeOcr = Callable[..., Ocr]

#: A table of three columns and two rows on a picture of 300 dots an inch (pixels).
COLUMNS, ROWS = (300, 900, 1500, 2100), (300, 600, 900)

STAND_IN = """#!{python}
import io, json, sys, time
from PIL import Image
if sys.argv[1:] == ["--list-langs"]:
    print("List of available languages (2):", *{languages!r}, sep="\\n")
    sys.exit()
data = sys.stdin.buffer.read()
picture = Image.open(io.BytesIO(data))
sizes = []
for frame in range(picture.n_frames):
    picture.seek(frame)
    sizes.append(picture.size)
with open({record!r}, "a") as record:
    record.write(json.dumps([sys.argv[1:], sizes]) + "\\n")
{behaviour}
"""
#: One word for each part that is asked for, over all of its ink.
ONE_WORD_EACH = """
print("level page_num block_num par_num line_num word_num left top width height conf text".replace(" ", "\\t"))
for number, (width, height) in enumerate(sizes, start=1):
    print(1, number, 0, 0, 0, 0, 0, 0, width, height, -1, "", sep="\\t")
    print(5, number, 1, 1, 1, 1, 20, 20, width - 40, height - 40, 100 - 10.5 * number, f"欄{number}", sep="\\t")
"""


@pytest.fixture
def stand_in(tmp_path: Path) -> MakeOcr:
    """A program that stands in for Tesseract."""

    def make(
        behaviour: str = ONE_WORD_EACH, *, languages: tuple[str, ...] = ("eng", "jpn"), seconds: float = 20
    ) -> Ocr:
        program = tmp_path / "tesseract"
        record = str(tmp_path / "asked.jsonl")
        program.write_text(
            STAND_IN.format(python=sys.executable, languages=languages, record=record, behaviour=behaviour),
            encoding="utf-8",
        )
        program.chmod(0o755)
        return Ocr(command=str(program), dpi=300, seconds=seconds)

    return make


def table_picture(*, skew: float = 0.0, paper: int = 255, ink: int = 0) -> Image.Image:
    """A ruled table with a block of ink in each cell and one above the table."""
    picture = Image.new("L", (2480, 1240), paper)
    draw = ImageDraw.Draw(picture)
    for x in COLUMNS:
        draw.line((x, ROWS[0], x, ROWS[-1]), fill=ink, width=4)
    for y in ROWS:
        draw.line((COLUMNS[0], y, COLUMNS[-1], y), fill=ink, width=4)
    for x in COLUMNS[:-1]:
        for y in ROWS[:-1]:
            draw.rectangle((x + 100, y + 100, x + 199, y + 149), fill=ink)
    draw.rectangle((1000, 100, 1399, 149), fill=ink)
    return picture.rotate(skew, Image.Resampling.BICUBIC, fillcolor=paper) if skew else picture


def as_pdf(*pictures: Image.Image, dpi: int = 300) -> bytes:
    buffer = io.BytesIO()
    pictures[0].save(buffer, "PDF", save_all=True, append_images=pictures[1:], resolution=dpi)
    return buffer.getvalue()


def scanned(content: bytes, pages: int, dpi: int = 300) -> bytes:
    """The first pages of a PDF as pictures."""
    document = pypdfium2.PdfDocument(content)
    try:
        return as_pdf(*[document[n].render(scale=dpi / 72, grayscale=True).to_pil() for n in range(pages)], dpi=dpi)
    finally:
        document.close()


def test_a_table_in_a_picture_becomes_a_table_with_its_cells(stand_in: MakeOcr, tmp_path: Path) -> None:
    read = read_pages(as_pdf(table_picture()), "scan.pdf", ocr=stand_in())
    (page,) = read.pages
    (table,) = page.tables
    assert [[cell.text for cell in table.cells if cell.row == row] for row in (0, 1)] == [
        ["欄1", "欄2", "欄3"],
        ["欄4", "欄5", "欄6"],
    ]
    assert [line.text for line in page.outside] == ["欄7"]
    # 300 pixels are 72 points.
    assert table.column_lefts == pytest.approx([72, 216, 360], abs=1)
    assert table.row_tops == pytest.approx([72, 144], abs=1)
    first = table.cells[0].lines[0].rect
    assert (first.x0, first.top, first.x1, first.bottom) == pytest.approx((96, 96, 120, 108), abs=0.5)
    assert [word.confidence for word in read.recognised[1]] == [89.5, 79.0, 68.5, 58.0, 47.5, 37.0, 26.5]
    asked = [json.loads(line) for line in (tmp_path / "asked.jsonl").read_text(encoding="utf-8").splitlines()]
    assert [arguments for arguments, _ in asked] == [
        ["stdin", "stdout", "-l", "jpn", "--psm", "6", "--dpi", "300", "tsv"]
    ]


@pytest.mark.parametrize(("skew", "paper", "ink"), [(0.7, 255, 0), (-1.6, 255, 0), (0, 200, 60), (0.4, 215, 90)])
def test_a_crooked_or_grey_scan_has_the_same_cells(stand_in: MakeOcr, skew: float, paper: int, ink: int) -> None:
    content = as_pdf(table_picture(skew=skew, paper=paper, ink=ink))
    (page,) = read_pages(content, "scan.pdf", ocr=stand_in()).pages
    (table,) = page.tables
    assert [cell.text for cell in table.cells] == [f"欄{number}" for number in range(1, 7)]
    assert table.column_lefts == pytest.approx([72, 216, 360], abs=4)


def test_the_threshold_lies_between_ink_and_paper() -> None:
    for paper, ink in ((255, 0), (215, 90), (240, 120)):
        assert ink < threshold(table_picture(paper=paper, ink=ink)) <= paper
    assert 96 <= threshold(Image.new("L", (10, 10), 255)) <= 200


def test_a_level_picture_is_not_turned() -> None:
    picture = table_picture()
    assert straightened(picture) is picture


def test_strokes_of_characters_are_no_rules_and_a_dark_area_has_four_sides() -> None:
    picture = Image.new("L", (1200, 600), 255)
    draw = ImageDraw.Draw(picture)
    draw.line((100, 50, 180, 50), fill=0, width=6)  # 一 of 20 points
    assert find_rules(picture, 300 / 72) == []
    draw.rectangle((100, 100, 900, 400), fill=0)
    (cell,) = find_cells(find_rules(picture, 300 / 72), 300 / 72)
    assert cell == pytest.approx((100, 100, 900, 400), abs=5)


def test_a_page_without_a_table_is_read_as_a_page(stand_in: MakeOcr, tmp_path: Path) -> None:
    picture = Image.new("L", (1000, 1000), 255)
    ImageDraw.Draw(picture).rectangle((200, 200, 400, 240), fill=0)
    (page,) = read_pages(as_pdf(picture), "scan.pdf", ocr=stand_in()).pages
    assert (page.tables, [line.text for line in page.outside]) == ((), ["欄1"])
    assert '"--psm", "3"' in (tmp_path / "asked.jsonl").read_text(encoding="utf-8")


def test_pages_with_text_of_their_own_are_not_recognised(stand_in: MakeOcr) -> None:
    content = joined(table_pdf([[("北海道", "札幌市", "事業", "概要", "課", "011-000-0000")]]), as_pdf(table_picture()))
    read = read_pages(content, "list.pdf", ocr=stand_in())
    assert list(read.recognised) == [2]
    assert not [finding for finding in read.findings if finding.code == "page-is-picture"]


def test_a_page_that_is_a_picture_must_be_looked_at_where_nobody_reads_it() -> None:
    content = joined(table_pdf([[("北海道", "札幌市", "事業", "概要", "課", "011-000-0000")]]), as_pdf(table_picture()))
    (finding,) = read_pages(content, "list.pdf").findings
    assert (finding.code, finding.level, finding.page) == ("page-is-picture", Level.MUST_LOOK, 2)


def test_a_scan_with_page_numbers_is_a_scan() -> None:
    from reportlab.lib.utils import ImageReader
    from reportlab.pdfgen.canvas import Canvas

    buffer = io.BytesIO()
    canvas = Canvas(buffer)
    canvas.drawImage(ImageReader(table_picture()), 20, 20, 550, 800)
    canvas.drawString(280, 10, "- 12 -")
    canvas.save()
    with pytest.raises(NoTextLayerError, match="--ocr"):
        read_pages(buffer.getvalue(), "scan.pdf")


def test_a_picture_without_writing_says_so(stand_in: MakeOcr) -> None:
    with pytest.raises(NoTextLayerError, match="文字認識（OCR）でも文字が見つかりません"):
        read_pages(picture_pdf(), "scan.pdf", ocr=stand_in())


@pytest.mark.parametrize(
    ("behaviour", "said"),
    [
        (
            "sys.stderr.write('Warning\\nError opening data file jpn\\n'); sys.exit(3)",
            "終了コード3：Error opening data file jpn",
        ),
        ("time.sleep(30)", "1秒たっても終わりません"),
        ("sys.stdout.buffer.write(bytes([0xff, 0xfe]))", "UTF-8ではありません"),
        ("import os, signal; os.kill(os.getpid(), signal.SIGSEGV)", "終了コード-11"),
    ],
)
@pytest.mark.parametrize("processes", [False, True])
def test_a_failure_of_the_engine_is_an_error_with_its_page(
    stand_in: MakeOcr, behaviour: str, said: str, processes: bool
) -> None:
    ocr = stand_in(behaviour, seconds=1 if "sleep" in behaviour else 20)
    with page_reader(ocr=ocr) as reader:
        read = reader if processes else partial(read_pages, ocr=ocr)
        with pytest.raises(OcrFailedError) as caught:
            read(as_pdf(table_picture()), "scan.pdf")
    assert str(caught.value).startswith("scan.pdf（1ページ）：[ocr-failed] ")
    assert said in caught.value.reason


def test_pages_that_are_recognised_have_time_of_their_own(stand_in: MakeOcr) -> None:
    ocr = stand_in("time.sleep(1)" + ONE_WORD_EACH, seconds=15)
    with page_reader(Limits(seconds=3), workers=1, ocr=ocr) as reader:
        content = as_pdf(*[table_picture()] * 3)
        reader.start()
        read = reader(content, "scan.pdf")
    assert read == read_pages(content, "scan.pdf", ocr=ocr)


def test_a_killed_program_leaves_no_engine_running(stand_in: MakeOcr, tmp_path: Path) -> None:
    mark = tmp_path / "pid"
    ocr = stand_in(f"import os; open({str(mark)!r}, 'w').write(str(os.getpid())); time.sleep(60)")
    code = (
        "import sys; from tsunagari_parsers.worker import page_reader; from tsunagari_parsers.ocr import Ocr\n"
        f"page_reader(ocr=Ocr(command={ocr.command!r}))(sys.stdin.buffer.read(), 'scan.pdf')"
    )
    environment = {**os.environ, "PYTHONPATH": str(ROOT / "parsers")}
    with subprocess.Popen([sys.executable, "-c", code], stdin=subprocess.PIPE, env=environment) as program:
        assert program.stdin
        program.stdin.write(as_pdf(table_picture()))
        program.stdin.close()
        end = time.monotonic() + 20
        while not (mark.exists() and mark.read_text(encoding="ascii")) and time.monotonic() < end:
            time.sleep(0.02)
        engine = Path("/proc") / mark.read_text(encoding="ascii")
        assert engine.exists()
        program.send_signal(signal.SIGKILL)
    while engine.exists() and time.monotonic() < end + 10:
        time.sleep(0.02)
    assert not engine.exists()


def test_a_missing_engine_or_language_is_told_with_the_way_to_install_it(stand_in: MakeOcr) -> None:
    stand_in().check()
    for ocr in (Ocr(command="no-such-tesseract"), stand_in(languages=("eng", "osd"))):
        with pytest.raises(OcrUnavailableError, match="apt-get install tesseract-ocr tesseract-ocr-jpn"):
            ocr.check()


@pytest.mark.parametrize("command", ["parse", "import"])
def test_the_command_line_ends_with_2_where_the_engine_is_missing(command: str, tmp_path: Path) -> None:
    scan = tmp_path / "scan.pdf"
    scan.write_bytes(picture_pdf())
    done = subprocess.run(
        [sys.executable, "-c", "from tsunagari.cli import main; main()", command, "--ocr", str(scan)],
        env={**os.environ, "PATH": str(tmp_path), "PYTHONPATH": os.pathsep.join(sys.path)},
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stdout) == (2, "")
    (line,) = done.stderr.splitlines()
    assert "Tesseractがありません" in line


@pytest.mark.parametrize("values", [{"dpi": 50}, {"dpi": 1200}, {"seconds": 0}])
def test_a_setting_out_of_range_is_refused_with_its_name(values: dict[str, int]) -> None:
    with pytest.raises(ValueError, match=next(iter(values))):
        Ocr(**values)  # type: ignore[arg-type]


def test_a_page_of_any_size_has_a_picture_of_bounded_size() -> None:
    ocr = Ocr(dpi=400)
    assert ocr.scale(595, 842) == pytest.approx(400 / 72)
    assert ocr.scale(20_000, 20_000) ** 2 * 20_000 * 20_000 == pytest.approx(60_000_000)


def word(text: str, x0: float, x1: float, top: float = 10, bottom: float = 20) -> Word:
    return Word(text, Rect(x0, top, x1, bottom), 90)


@pytest.mark.parametrize(
    ("line", "text"),
    [
        ([word("相談", 0, 20), word("窓口", 24, 44)], "相談窓口"),
        ([word("相談", 0, 20), word("窓口", 60, 80)], "相談 窓口"),
        ([word("LINE", 0, 20), word("ID", 24, 34)], "LINE ID"),
        ([word("NPO", 0, 20), word("法人", 24, 44)], "NPO法人"),
        ([word("支援", 0, 20), word("、", 21, 24, 18, 22), word("窓口", 30, 50)], "支援、窓口"),
        ([word("支援", 0, 20), word("窓口", 15, 40)], "支援窓口"),
    ],
)
def test_words_of_the_engine_are_joined_as_japanese_is_written(line: list[Word], text: str) -> None:
    layer = text_layer(200, 100, placed(line), [])
    with pdfplumber.open(io.BytesIO(layer)) as pdf:
        from tsunagari_parsers.tables import read_page

        (read,) = read_page(pdf.pages[0]).outside
    assert read.text == text


def test_characters_and_rules_come_back_from_the_text_layer_where_they_were() -> None:
    characters = [
        ("薗", Rect(10, 20, 22, 30)),
        ("𠮷", Rect(30.5, 20, 36, 30)),
        ("(", Rect(50, 40, 52, 55)),
        ("a", Rect(60, 40, 67, 55)),
    ]
    layer = text_layer(300, 200, characters, [(5, 5, 295, 5), (5, 5, 5, 195)])
    with pdfplumber.open(io.BytesIO(layer)) as pdf:
        (page,) = pdf.pages
        read = [(one["text"], one["x0"], one["top"], one["x1"], one["bottom"]) for one in page.chars]
        lines = [(one["x0"], one["top"], one["x1"], one["bottom"]) for one in page.lines]
    assert [text for text, *_ in read] == ["薗", "𠮷", "(", "a"]
    for (_, *box), (_, rect) in zip(read, characters, strict=True):
        assert box == pytest.approx([rect.x0, rect.top, rect.x1, rect.bottom], abs=0.01)
    assert lines == [pytest.approx((5, 5, 295, 5)), pytest.approx((5, 5, 5, 195))]


@pytest.mark.skipif(
    shutil.which("tesseract") is None, reason="needs Tesseract: apt-get install tesseract-ocr tesseract-ocr-jpn"
)
def test_a_scan_of_the_list_is_refused_without_ocr_and_read_with_it(national_list: ParsedDocument) -> None:
    scan = scanned(NATIONAL_LIST.read_bytes(), 1)
    with pytest.raises(UnreadableDocumentError, match="image-only"):
        parse_document(scan, name="scan.pdf")
    ocr = Ocr(dpi=300)
    try:
        ocr.check()
    except OcrUnavailableError as error:
        pytest.skip(str(error))
    with page_reader(ocr=ocr) as reader:
        parsed = parse_document(scan, name="scan.pdf", reader=reader)
    expected = [one for one in national_list.programs if one.provenance.page == 1]
    assert len(parsed.programs) == len(expected) == parsed.report.rows_seen
    assert all(one.confidence is not None and 0 <= one.confidence <= 100 for one in parsed.programs)
    marked = [one for one in parsed.report.findings if one.code == "read-by-ocr"]
    assert [(one.level, one.page, one.row) for one in marked] == [
        (Level.MUST_LOOK, 1, one.provenance.row) for one in parsed.programs
    ]
    # How well Tesseract reads differs from version to version; that rows and columns hold does not.
    pairs = list(zip(parsed.programs, expected, strict=True))
    assert sum(one.municipality == other.municipality for one, other in pairs) >= len(pairs) - 3
    assert (
        sum([p.number for p in one.phones] == [p.number for p in other.phones] for one, other in pairs)
        >= len(pairs) - 2
    )


def test_records_of_pages_with_text_have_no_confidence(national_list: ParsedDocument) -> None:
    assert {one.confidence for one in national_list.programs} == {None}
    assert "read-by-ocr" not in {one.code for one in national_list.report.findings}
