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
from typing import TYPE_CHECKING, TextIO, TypeVar

from tsunagari.files import read_file, why_unreadable
from tsunagari.lines import Json, OutputError, ReportForm, Unreadable, parse_line, report_json
from tsunagari.parsing import DocumentReader, HowToRead
from tsunagari.terminal import clean, report_table
from tsunagari_crawler.archive import Archive
from tsunagari_crawler.errors import CrawlerError
from tsunagari_parsers.document import is_pdf
from tsunagari_parsers.errors import NotAPdfError, PictureError, UnreadableDocumentError
from tsunagari_parsers.report import Finding, Level, ParsedDocument

if TYPE_CHECKING:
    from tsunagari.importing import ImportOutcome
    from tsunagari_site.import_report import ReportedDocument

#: Columns of a table that goes into a file or a pipe.
_COLUMNS = 120


_T = TypeVar("_T")


@dataclass(frozen=True, slots=True)
class ReadFile:
    """A file that was read, with its bytes for the pictures."""

    content: bytes
    parsed: ParsedDocument


@dataclass(frozen=True, slots=True)
class ParseOptions:
    """What ``parse`` was asked for.

    ``year_of`` is the fiscal year that somebody has said of a file; ``reader`` reads it as ``how`` says; ``form`` the report's form, None for JSON Lines; ``output`` the file
    to write, None for standard output; ``raw_tables``: rows of tables as they are, in place of records.
    """

    year_of: Callable[[Path], int | None]
    reader: DocumentReader
    how: HowToRead
    form: ReportForm | None = None
    output: Path | None = None
    raw_tables: bool = False


def parse_files(files: Sequence[Path], options: ParseOptions, complain: Callable[[str], None]) -> bool:
    """Read PDFs and texts and write their records as JSON Lines as they come, or a report of all; whether all could be read.

    ``complain`` is told of each file that cannot be read, and with JSON Lines of each finding.

    Raises:
        OutputError: the output is one of the files, or cannot be written; two options that exclude each other.
    """
    form, output = options.form, options.output
    check_output(output, files)
    if form and options.raw_tables:
        raise OutputError("--raw-tables と --report は、いっしょには使えません")
    if form is ReportForm.HTML and output is None and sys.stdout.isatty():
        raise OutputError("HTMLの報告は、--output FILE で書き出すファイルを指定してください")
    unreadable: list[Unreadable] = []

    def each(read: Callable[[Path], _T]) -> Iterator[_T]:
        for path in files:
            try:
                one = read(path)
            except (OSError, UnreadableDocumentError, CrawlerError) as error:
                unreadable.append(_unreadable(path, error))
                complain(unreadable[-1].message)
            else:
                yield one

    def document(path: Path) -> ReadFile:
        content = read_file(path)
        year = options.year_of(path)
        return ReadFile(content, options.reader.read(content, name=path.name, fiscal_year=year, how=options.how))

    def raw(path: Path) -> _Lines:
        return _raw_lines(path, options.reader)

    if form:
        text = _report(form, list(each(document)), unreadable, columns=_columns(output))
        with _opened(output) as stream:
            stream.write(text)
        return not unreadable
    with _opened(output) as stream:
        for lines in each(raw) if options.raw_tables else map(_record_lines, each(document)):
            stream.writelines(json.dumps(line, ensure_ascii=False) + "\n" for line in lines.lines)
            for finding in lines.findings:
                complain(_finding_line(lines.name, finding))
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
        return Unreadable(path.name, f"{path}：{why_unreadable(path, error)}")
    return Unreadable(path.name, str(error))


@dataclass(frozen=True, slots=True)
class _Lines:
    """What goes out for one file."""

    name: str
    lines: Sequence[Json]
    findings: Sequence[Finding]


def _record_lines(one: ReadFile) -> _Lines:
    report = one.parsed.report
    return _Lines(report.name, [parse_line(record) for record in one.parsed.in_order], report.findings)


def _raw_lines(path: Path, reader: DocumentReader) -> _Lines:
    from tsunagari_parsers.raw import lost_places, raw_rows

    content = read_file(path)
    if not is_pdf(content):
        raise NotAPdfError(path.name, "PDFではないので、表がありません")
    read = reader.pages(content, path.name)
    rows = list(raw_rows(read.pages))
    lost = [finding for row in rows for finding in lost_places(row)]
    lines: list[Json] = [{"page": row.page, "table": row.table, "row": row.row, "cells": row.cells} for row in rows]
    return _Lines(path.name, lines, [*lost, *read.findings])


def _finding_line(name: str, finding: Finding) -> str:
    row = f"、{finding.row}行目" if finding.row else ""
    place = f"（{finding.page}ページ{row}）" if finding.page else ""
    mark = "要確認" if finding.level is Level.MUST_LOOK else "参考"
    return f"{name}{place}：{mark} [{finding.code}] {clean(finding.message)}"


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
