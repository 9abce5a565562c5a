"""Pictures of the rows of what is imported: those that are there are taken, the others drawn. None is never said in silence."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace

from tsunagari_crawler import Archive, ArchiveError
from tsunagari_indexer.build import ImportedDocument
from tsunagari_indexer.offers import known_offer_rules
from tsunagari_indexer.row_pictures import PictureCache, RowPicture, picture_key
from tsunagari_indexer.rows_to_draw import rows_to_draw
from tsunagari_parsers import Finding, Level
from tsunagari_parsers.drawn_rows import RowDrawer, RowToDraw

#: Is told the document's name, how many of its rows are drawn, and how many there are to draw.
DrawingProgress = Callable[[str, int, int], None]

#: More rows that have no picture for the same reason are counted, not listed.
_ROWS_TOLD = 5


def with_pictures(
    document: ImportedDocument, archive: Archive, cache: PictureCache, draw: RowDrawer, progress: DrawingProgress
) -> ImportedDocument:
    """The document with the pictures of its rows that may be public, and a note for each one that could not be made."""
    wanted = rows_to_draw(document.parsed, known_offer_rules())
    sha256 = document.fetched.sha256
    keys = {row.row: picture_key(sha256, row.places) for row in wanted.rows}
    pictures: dict[int, RowPicture] = {}
    problems: dict[int, str] = {}
    withheld = wanted.withheld
    missing = []
    for row in wanted.rows:
        held = cache.find(keys[row.row])
        if held is None:
            missing.append(row)
        elif held.is_public:
            pictures[row.row] = held.picture
        else:
            # Today's rules know that it offers a stay.
            withheld += 1
            if problem := _removed(cache, keys[row.row]):
                problems[row.row] = problem
    try:
        content = archive.read(sha256) if missing else b""
    except ArchiveError as error:
        problems |= {row.row: str(error) for row in missing}
        missing = []
    for number, drawn in enumerate(draw(content, missing) if missing else (), start=1):
        progress(document.fetched.name, number, len(missing))
        if drawn.is_withheld:
            withheld += 1
        elif drawn.problem:
            problems[drawn.row] = drawn.problem
        else:
            try:
                pictures[drawn.row] = cache.store(keys[drawn.row], drawn)
            except OSError as error:
                problems[drawn.row] = f"画像の置き場所に書けません（{error.strerror}）"
    report = document.parsed.report
    findings = (*report.findings, *_findings(problems, {row.row: row for row in wanted.rows}))
    parsed = replace(document.parsed, report=replace(report, findings=findings))
    return replace(document, parsed=parsed, pictures=pictures, withheld=withheld)


def _removed(cache: PictureCache, key: str) -> str:
    """Remove a picture that must not be public any more; why it could not be."""
    try:
        cache.remove(key)
    except OSError as error:
        return f"公開できなくなった画像を消せません（{error.strerror}）"
    return ""


def _findings(problems: Mapping[int, str], rows: Mapping[int, RowToDraw]) -> Iterator[Finding]:
    """A note for each row without a picture; of many with the same reason, one for the first that says how many."""
    by_problem: dict[str, list[int]] = {}
    for row, problem in sorted(problems.items()):
        by_problem.setdefault(problem, []).append(row)
    for problem, group in by_problem.items():
        more = f"（同じ理由の行が、ほかに{len(group) - 1}行あります）" if len(group) > _ROWS_TOLD else ""
        for row in group[:1] if more else group:
            message = f"{row}行目の画像を作れませんでした。事業のページには、画像なしで出ます：{problem}{more}"
            yield Finding(Level.NOTE, "no-row-picture", message, rows[row].places[0].page, row)
