"""Reports of what was read: what ``parse`` prints, and the page with which an administrator checks a list."""

from __future__ import annotations

import json
import shutil
import sys
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, TextIO

from tsunagari.lines import OutputError, ReportForm, Unreadable, parse_line, report_json
from tsunagari.terminal import clean, report_table
from tsunagari_crawler.archive import Archive
from tsunagari_crawler.errors import CrawlerError
from tsunagari_parsers.document import is_pdf, parse_document
from tsunagari_parsers.errors import PictureError, UnreadableDocumentError
from tsunagari_parsers.report import Finding, Level, ParsedDocument

if TYPE_CHECKING:
    from tsunagari.importing import ImportOutcome
    from tsunagari_site.import_report import ReportedDocument

#: Columns of a table that goes into a file or a pipe.
_COLUMNS = 120


@dataclass(frozen=True, slots=True)
class ReadFile:
    """A file that was read, with its bytes for the pictures."""

    content: bytes
    parsed: ParsedDocument


def parse_files(
    files: Sequence[Path],
    year_of: Callable[[Path], int | None],
    form: ReportForm | None,
    output: Path | None,
    complain: Callable[[str], None],
) -> bool:
    """Read the files and write their records as JSON Lines as they come, or a report of all; whether all could be read.

    Args:
        files: PDFs, or texts in UTF-8.
        year_of: the fiscal year that somebody has said of a file.
        form: the report's form; None for JSON Lines, with findings told to ``complain``.
        output: the file to write; None for standard output.
        complain: told of each file that cannot be read.

    Raises:
        OutputError: ``output`` is one of the files, or cannot be written.
    """
    check_output(output, files)
    if form is ReportForm.HTML and output is None and sys.stdout.isatty():
        raise OutputError("HTMLの報告は、--output FILE で書き出すファイルを指定してください")
    unreadable: list[Unreadable] = []

    def readable() -> Iterator[ReadFile]:
        for path in files:
            try:
                content = path.read_bytes()
                yield ReadFile(content, parse_document(content, name=path.name, fiscal_year=year_of(path)))
            except (OSError, UnreadableDocumentError, CrawlerError) as error:
                unreadable.append(_unreadable(path, error))
                complain(unreadable[-1].message)

    if form is None:
        with _opened(output) as stream:
            for one in readable():
                _write_lines(one.parsed, stream, complain)
    else:
        text = _report(form, list(readable()), unreadable, columns=_columns(output))
        with _opened(output) as stream:
            stream.write(text)
    return not unreadable


def write_import_report(outcome: ImportOutcome, archive: Archive, path: Path) -> None:
    """The page for all documents of an import, with what building the generation found of them.

    Raises:
        OutputError: ``path`` cannot be written.
        CrawlerError: the archive has lost a document.
    """
    found: dict[str, list[Finding]] = defaultdict(list)
    names: dict[str, str] = {}
    for one in outcome.staged.findings if outcome.staged else ():
        found[one.document].append(one.finding)
        names[one.document] = one.name
    from tsunagari_site.import_report import report_html

    documents = []
    for document in outcome.imported:
        report = document.parsed.report
        later = [one for one in found.pop(document.fetched.sha256, []) if one not in report.findings]
        parsed = replace(document.parsed, report=replace(report, findings=(*report.findings, *later)))
        documents.append(_reported(archive.read(document.fetched.sha256), parsed))
    elsewhere = [
        f"{names[sha256]}：{'要確認' if one.level is Level.MUST_LOOK else '参考'}：{one.message}"
        for sha256, findings in found.items()
        for one in findings
    ]
    text = report_html(documents, outcome.failures, elsewhere)
    with _opened(path) as stream:
        stream.write(text)


def check_output(output: Path | None, files: Sequence[Path]) -> None:
    """Whether ``output`` may be written: a slip of the hand must not cost a document.

    Raises:
        OutputError: it is one of the files that are to be read, or a folder.
    """
    if output is None:
        return
    if output.is_dir():
        raise OutputError(f"{output}：フォルダーです。書き出すファイルの名前を指定してください")
    if output.exists() and any(path.exists() and path.samefile(output) for path in files):
        raise OutputError(f"{output}：読み取るファイルには書き出せません。別の名前を指定してください")


@contextmanager
def _opened(output: Path | None) -> Iterator[TextIO]:
    if output is None:
        yield sys.stdout
        return
    try:
        stream = output.open("w", encoding="utf-8")
    except OSError as error:
        raise OutputError(f"{output}：書き出せません（{error.strerror}）") from error
    with stream:
        yield stream


def _unreadable(path: Path, error: OSError | UnreadableDocumentError | CrawlerError) -> Unreadable:
    if isinstance(error, UnreadableDocumentError):
        return Unreadable(path.name, str(error), error.code, error.page)
    if isinstance(error, OSError):
        return Unreadable(path.name, f"{path}：ファイルを読めません（{error.strerror}）")
    return Unreadable(path.name, str(error))


def _write_lines(parsed: ParsedDocument, stream: TextIO, complain: Callable[[str], None]) -> None:
    for record in parsed.in_order:
        stream.write(json.dumps(parse_line(record), ensure_ascii=False) + "\n")
    for finding in parsed.report.findings:
        place = f"（{finding.page}ページ、{finding.row}行目）" if finding.page and finding.row else ""
        mark = "要確認" if finding.level is Level.MUST_LOOK else "参考"
        complain(f"{parsed.report.name}{place}：{mark} [{finding.code}] {clean(finding.message)}")


def _report(form: ReportForm, read: Sequence[ReadFile], unreadable: Sequence[Unreadable], *, columns: int) -> str:
    documents = [one.parsed for one in read]
    match form:
        case ReportForm.TABLE:
            return report_table(documents, unreadable, columns)
        case ReportForm.JSON:
            return json.dumps(report_json(documents, unreadable), ensure_ascii=False, indent=1) + "\n"
        case ReportForm.HTML:
            from tsunagari_site.import_report import report_html

            shown = (_reported(one.content, one.parsed) for one in read)
            return report_html(list(shown), [one.message for one in unreadable])


def _reported(content: bytes, parsed: ParsedDocument) -> ReportedDocument:
    """A document with the pictures of its pages, or its text."""
    from tsunagari_parsers.pictures import page_pictures
    from tsunagari_site.import_report import ReportedDocument

    if not is_pdf(content):
        return ReportedDocument(parsed, text=content.decode("utf-8-sig"))
    try:
        return ReportedDocument(parsed, pictures=tuple(page_pictures(content)))
    except PictureError as error:
        return ReportedDocument(parsed, problem=str(error))


def _columns(output: Path | None) -> int:
    if output is None and sys.stdout.isatty():
        return shutil.get_terminal_size((_COLUMNS, 24)).columns
    return _COLUMNS
