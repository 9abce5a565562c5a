"""Pictures of rows at import: made once, told where there is none, and none that may not be public (DESIGN.md, rule 9)."""

from __future__ import annotations

import io
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

import pdfplumber
import pytest
from PIL import Image
from tests.conftest import NATIONAL_LIST
from tests.pdfs import HEADER, HEADER_SPANS, table_pdf
from tests.sheet_pdfs import sheet_pdf, text, titled
from tests.site.test_what_stays_with_administrators import NAMES
from tests.stay_sheets import CITY_SECRETS

from tsunagari.doctor import examine
from tsunagari.importing import EditionOptions, ImportOutcome, import_documents, reindex
from tsunagari.parsing import DocumentReader
from tsunagari.settings import Settings
from tsunagari_indexer import row_pictures
from tsunagari_indexer.catalogue import Reading
from tsunagari_indexer.listings import Listing
from tsunagari_indexer.offers import known_offer_rules
from tsunagari_indexer.rows_to_draw import rows_to_draw
from tsunagari_indexer.workspace import Workspace
from tsunagari_parsers import Level, ParsedDocument, Section
from tsunagari_parsers.document import parse_document
from tsunagari_parsers.drawn_rows import DrawnRow, RowToDraw
from tsunagari_parsers.row_drawing import draw_rows

ROWS = [
    ("北海道", "札幌市", "つながり事業", "電話相談を行う。", "市民課", "011-211-2962"),
    ("北海道", "函館市", "居場所事業", "居場所をひらく。", "男女共同参画課", "0138-21-3470"),
    ("北海道", "小樽市", "配布事業", "生理用品を渡す。", "子育て課", "0134-32-4111"),
]
STAY = ("北海道", "旭川市", "宿泊事業", "緊急一時宿泊を行う。ホテルを借りている。", "市民課", "0166-25-5601")
PARTNERS = "認定NPO法人ことりの家、南海ホーム株式会社、堺市社会福祉協議会"


class Drawer:
    """Draws as usual, and remembers which rows it was asked for."""

    def __init__(self) -> None:
        self.asked: list[int] = []

    def __call__(self, content: bytes, rows: Sequence[RowToDraw]) -> Iterator[DrawnRow]:
        self.asked += [row.row for row in rows]
        return draw_rows(content, rows)

    def taken(self) -> list[int]:
        asked, self.asked = self.asked, []
        return asked


def read(root: Path, content: bytes, drawer: Drawer, *, name: str = "list.pdf", year: int = 2021) -> ImportOutcome:
    (root / name).write_bytes(content)
    reader = DocumentReader(rows=drawer)
    outcome = import_documents(Workspace(root / "data"), [root / name], EditionOptions(year=year), reader=reader)
    assert outcome.failures == ()
    return outcome


def opened(root: Path) -> Reading:
    """The published generation."""
    with Settings().catalogue(root).reading() as reading:
        return reading


def listings(root: Path) -> list[Listing]:
    return list(opened(root).generation.all_listings())


def files(root: Path) -> list[Path]:
    return [path for path in (root / "caches").rglob("*") if path.is_file()]


def pictures_check(root: Path) -> tuple[bool, str]:
    return next((check.ok, check.detail) for check in examine(Settings(), root) if check.name == "行の画像")


def is_stay(listing: Listing) -> bool:
    return any(offer.kind == "stay" for offer in listing.offers)


def test_every_row_of_the_list_has_its_picture_but_the_two_that_offer_a_stay(published: Path) -> None:
    reading = opened(published)
    without = []
    for listing in reading.generation.all_listings():
        content = reading.row_picture(listing.id)
        if content is None:
            without.append(listing)
            continue
        assert listing.picture
        assert listing.picture.media_type == "image/webp"
        image = Image.open(io.BytesIO(content))
        assert (image.format, *image.size) == ("WEBP", listing.picture.width, listing.picture.height)
        assert (listing.picture.size, listing.picture.pages) == (len(content), (listing.page,))
        assert len(content) <= 150_000
    assert {(one.municipality, is_stay(one), one.picture) for one in without} == {
        ("仙台市", True, None),
        ("上田市", True, None),
    }
    assert pictures_check(published) == (True, "80枚")
    assert reading.row_picture("nobody") is None


def test_the_sheet_of_kunitachi_and_papers_that_are_texts_have_none(demo: Path) -> None:
    reading = opened(demo)
    shown = [listing for listing in reading.generation.all_listings() if listing.picture]
    assert {listing.kind for listing in shown} == {"program", "sheet"}
    assert {listing.prefecture for listing in shown if listing.kind == "sheet"} == {"群馬県"}
    assert all(listing.rect for listing in shown)
    assert len(files(demo)) == len(shown)


def test_within_no_picture_stands_a_name_that_stays_with_administrators(demo: Path) -> None:
    """Of the documents themselves, what stands where each picture was taken; and what is kept beside the pictures."""
    workspace, reading = Workspace(demo), opened(demo)
    looked_at = 0
    for sha256 in {listing.document for listing in reading.generation.all_listings() if listing.picture}:
        own = [one for one in reading.generation.all_listings() if one.document == sha256 and one.picture]
        with pdfplumber.open(io.BytesIO(workspace.archive.read(sha256))) as pdf:
            for listing in own:
                assert listing.rect
                page, at = pdf.pages[listing.page - 1], listing.rect
                box = (
                    max(0, at.x0 - 2),
                    max(0, at.top - 2),
                    min(page.width, at.x1 + 2),
                    min(page.height, at.bottom + 2),
                )
                words = "".join(word["text"] for word in page.crop(box).extract_words())
                assert "".join(listing.program_name.split())[:4] in words
                assert not [name for name in NAMES if name in words]
                looked_at += 1
    assert looked_at == 81
    for path in files(demo):
        head, _, _ = path.read_bytes().partition(b"\n")
        assert not [name for name in NAMES if name in head.decode("unicode-escape")]


def stay_sheet() -> bytes:
    return sheet_pdf(
        [
            text(200, 14, "女性のくらし再建サポート事業【堺市】", size=16),
            text(640, 16, "個別事業費 9,800千円"),
            text(640, 34, "交付金額 7,350千円"),
            *titled(
                (30, 60), (380, 110), "地域の実情と課題", "家を出ざるを得ない女性からの相談が増えている。", style="bar"
            ),
            *titled((30, 180), (380, 110), "目的・目標", "住まいを失った女性に一時的な住まいを提供する。", style="bar"),
            *titled(
                (430, 60),
                (380, 110),
                "事業の特徴",
                "・電話相談を行う。\n・ことりの家に泊まることができる。",
                style="bar",
            ),
            *titled((430, 180), (380, 90), "連携団体", PARTNERS, style="bar"),
            *titled((430, 280), (380, 90), "今後の課題", "相談員の研修が必要である。", style="bar"),
        ]
    )


def test_a_sheet_of_which_a_part_is_kept_back_is_never_drawn(tmp_path: Path) -> None:
    parsed = parse_document(stay_sheet(), name="sheet.pdf")
    assert parsed.has_restricted
    assert parsed.programs[0].provenance.rect
    assert [name for name in CITY_SECRETS if name in str(parsed.programs[0].sections)]
    drawer = Drawer()
    (document,) = read(tmp_path, stay_sheet(), drawer, name="sheet.pdf").imported
    assert (drawer.asked, dict(document.pictures), document.withheld) == ([], {}, 1)
    assert not files(tmp_path / "data")


def test_a_paper_with_one_sheet_that_keeps_something_back_shows_none_of_its_sheets(
    national_list: ParsedDocument,
) -> None:
    """One sheet's page may tell of another's partners."""
    first, second = national_list.programs[:2]
    kept_back = replace(second, sections=(Section("連携団体", "南海ホーム", is_restricted=True),))
    open_ = rows_to_draw(replace(national_list, programs=(first, second)), known_offer_rules())
    wanted = rows_to_draw(replace(national_list, programs=(first, kept_back)), known_offer_rules())
    assert ([row.row for row in open_.rows], open_.withheld) == ([1, 2], 0)
    assert (wanted.rows, wanted.withheld) == ((), 2)


def test_a_row_that_offers_a_stay_is_never_drawn_and_its_neighbours_are(tmp_path: Path) -> None:
    drawer = Drawer()
    (document,) = read(tmp_path, table_pdf([[ROWS[0], STAY, ROWS[1]]]), drawer).imported
    assert (drawer.asked, sorted(document.pictures), document.withheld) == ([1, 3], [1, 3], 1)
    Workspace(tmp_path / "data").publish()
    assert [(one.municipality, one.picture is None) for one in listings(tmp_path / "data") if is_stay(one)] == [
        ("旭川市", True)
    ]
    for path in files(tmp_path / "data"):
        assert "ホテル" not in path.read_bytes().partition(b"\n")[0].decode("unicode-escape")


def test_a_column_that_nobody_reads_can_keep_a_row_from_being_shown(tmp_path: Path) -> None:
    """The programme says nothing of a stay; the paper's own remark beside it does."""
    header = [(*row, "備考" if at == 0 else "") for at, row in enumerate(HEADER)]
    rows = [(*ROWS[0], ""), (*ROWS[1], "短期宿泊（ゲストハウス）を含む"), (*ROWS[2], "")]
    content = table_pdf(
        [rows],
        header=header,
        styles=[*HEADER_SPANS, ("SPAN", (6, 0), (6, 1))],
        widths=(80, 80, 180, 300, 180, 120, 180),
    )
    drawer = Drawer()
    (document,) = read(tmp_path, content, drawer).imported
    assert [one.program_name for one in document.parsed.programs] == [row[2] for row in ROWS]
    assert (drawer.asked, sorted(document.pictures), document.withheld) == ([1, 2, 3], [1, 3], 1)


def test_a_list_with_a_column_of_addresses_gets_no_picture(tmp_path: Path) -> None:
    header = [(*row, "住所" if at == 0 else "") for at, row in enumerate(HEADER)]
    content = table_pdf(
        [[(*row, "北海道札幌市中央区1-1") for row in ROWS]],
        header=header,
        styles=[*HEADER_SPANS, ("SPAN", (6, 0), (6, 1))],
        widths=(80, 80, 180, 300, 180, 120, 180),
    )
    drawer = Drawer()
    (document,) = read(tmp_path, content, drawer).imported
    assert len(document.parsed.programs) == 3
    assert (drawer.asked, document.withheld) == ([], 3)


def test_what_was_read_by_ocr_gets_no_picture(national_list: ParsedDocument) -> None:
    """Nobody can say what such a picture shows: what was not recognised stands there all the same."""
    programs = [replace(one, confidence=96.0) for one in national_list.programs[:2]] + [national_list.programs[2]]
    wanted = rows_to_draw(replace(national_list, programs=tuple(programs)), known_offer_rules())
    assert ([row.row for row in wanted.rows], wanted.withheld) == ([3], 2)


def test_a_listing_that_offers_a_stay_cannot_hold_a_picture(published: Path) -> None:
    shown = next(one for one in listings(published) if one.picture)
    stay = next(one for one in listings(published) if is_stay(one))
    with pytest.raises(ValueError, match="must not be served"):
        replace(stay, picture=shown.picture)


def test_a_listing_of_an_earlier_generation_has_no_picture(published: Path) -> None:
    values = next(one for one in listings(published) if one.picture).to_json()
    del values["picture"]
    assert Listing.from_json(values).picture is None


def test_pictures_that_are_there_are_not_made_again(tmp_path: Path) -> None:
    drawer = Drawer()
    read(tmp_path, table_pdf([ROWS]), drawer)
    assert drawer.taken() == [1, 2, 3]
    before = {path: path.stat().st_mtime_ns for path in files(tmp_path / "data")}
    # Another edition beside it: the first document is read again, and only the new one's rows are drawn.
    read(tmp_path, table_pdf([ROWS[:2]]), drawer, name="next.pdf", year=2022)
    assert drawer.taken() == [1, 2]
    assert reindex(Workspace(tmp_path / "data"), reader=DocumentReader(rows=drawer))
    assert drawer.taken() == []
    assert {path: path.stat().st_mtime_ns for path in before} == before
    assert len(files(tmp_path / "data")) == 5


@pytest.mark.parametrize("harm", ["lost", "cut off", "changed"])
def test_a_lost_picture_is_counted_and_made_again(tmp_path: Path, harm: str) -> None:
    drawer, data = Drawer(), tmp_path / "data"
    read(tmp_path, table_pdf([ROWS]), drawer)
    Workspace(data).publish()
    drawer.taken()
    victim = next(one for one in listings(data) if one.row == 2)
    assert victim.picture
    (path,) = data.rglob(f"{victim.picture.key}.row")
    whole = path.read_bytes()
    if harm == "lost":
        path.unlink()
    else:
        path.write_bytes(whole[:-20] if harm == "cut off" else whole[:-1] + bytes([whole[-1] ^ 1]))
    assert opened(data).row_picture(victim.id) is None
    assert pictures_check(data) == (False, "3枚（1枚が足りません。tsunagari reindex と publish をしてください）")
    assert reindex(Workspace(data), reader=DocumentReader(rows=drawer))
    assert drawer.taken() == [2]
    assert path.read_bytes() == whole
    assert pictures_check(data) == (True, "3枚")
    assert opened(data).row_picture(victim.id)


def test_a_row_that_cannot_be_drawn_is_a_note_and_no_failed_import(tmp_path: Path) -> None:
    class Broken(Drawer):
        def __call__(self, content: bytes, rows: Sequence[RowToDraw]) -> Iterator[DrawnRow]:
            for drawn in super().__call__(content, rows):
                yield drawn if drawn.row != 2 else DrawnRow(2, problem="1ページの画像を作れません（こわれた図）")

    staged = read(tmp_path, table_pdf([ROWS]), Broken()).staged
    assert staged
    ((document, name, finding),) = [(one.document, one.name, one.finding) for one in staged.findings]
    assert (name, finding.level, finding.code, finding.page, finding.row) == (
        "list.pdf", Level.NOTE, "no-row-picture", 1, 2,
    )  # fmt: skip
    assert document
    assert finding.message == (
        "2行目の画像を作れませんでした。事業のページには、画像なしで出ます：1ページの画像を作れません（こわれた図）"
    )
    Workspace(tmp_path / "data").publish()
    assert [one.row for one in listings(tmp_path / "data") if not one.picture] == [2]


def test_many_rows_without_a_picture_for_one_reason_are_one_note(tmp_path: Path) -> None:
    class Broken(Drawer):
        def __call__(self, content: bytes, rows: Sequence[RowToDraw]) -> Iterator[DrawnRow]:
            return (DrawnRow(one.row, problem="遅すぎます") for one in super().__call__(content, rows))

    staged = read(tmp_path, NATIONAL_LIST.read_bytes(), Broken()).staged
    assert staged
    (finding,) = [one.finding for one in staged.findings]
    assert (finding.page, finding.row) == (1, 1)
    assert "（同じ理由の行が、ほかに79行あります）" in finding.message


def test_a_folder_that_cannot_be_written_is_a_note_for_each_row(tmp_path: Path) -> None:
    (tmp_path / "data").mkdir()
    (tmp_path / "data/caches").write_text("in the way", encoding="utf-8")
    staged = read(tmp_path, table_pdf([ROWS]), Drawer()).staged
    assert staged
    assert [(one.finding.level, one.finding.row) for one in staged.findings] == [(Level.NOTE, row) for row in (1, 2, 3)]
    assert all("画像の置き場所に書けません" in one.finding.message for one in staged.findings)


def test_a_picture_that_newer_rules_keep_back_is_removed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    drawer, data = Drawer(), tmp_path / "data"
    read(tmp_path, table_pdf([ROWS]), drawer)
    Workspace(data).publish()
    assert len(files(data)) == 3
    monkeypatch.setattr(row_pictures, "offers_stay", lambda texts: any("居場所" in text for text in texts))
    assert reindex(Workspace(data), reader=DocumentReader(rows=drawer))
    assert len(files(data)) == 2
    Workspace(data).publish()
    assert [one.row for one in listings(data) if not one.picture] == [2]
    assert pictures_check(data) == (True, "2枚")


def test_progress_counts_the_rows_that_are_drawn(tmp_path: Path) -> None:
    (tmp_path / "list.pdf").write_bytes(table_pdf([ROWS]))
    said: list[tuple[str, int, int]] = []
    import_documents(
        Workspace(tmp_path / "data"),
        [tmp_path / "list.pdf"],
        EditionOptions(year=2021),
        drawing=lambda *told: said.append(told),
    )
    assert said == [("list.pdf", 1, 3), ("list.pdf", 2, 3), ("list.pdf", 3, 3)]
