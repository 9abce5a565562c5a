"""Fetching from publishers, and telling what came and what did not."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from tsunagari_crawler import Archive, Edition
from tsunagari_crawler.report import CrawlReport, CrawlSettings, Foreseen
from tsunagari_crawler.sources import SOURCES, find_source
from tsunagari_crawler.spider import crawl_all

Say = Callable[[str], None]


def source_lines() -> Iterator[str]:
    """The known sources, a line each."""
    for source in SOURCES.values():
        pages = "、".join(page.url for page in source.pages)
        yield f"{source.name}（{source.publisher}）：{pages}"


def run_crawl(
    names: Sequence[str], data_dir: Path, settings: CrawlSettings, *, dry_run: bool, say: Say, complain: Say
) -> bool:
    """Crawl the named sources, or all of them; tell each document and each problem. With ``dry_run`` nothing is written.

    Returns:
        Whether every source gave (or would give) at least one document and none had a problem.

    Raises:
        CrawlerError: a source is not known, or the archive cannot be read or written.
    """
    sources = [find_source(name) for name in names] or list(SOURCES.values())
    reports = crawl_all(sources, Archive(data_dir / "archive"), settings=settings, dry_run=dry_run)
    tell(reports, dry_run=dry_run, say=say, complain=complain)
    return went_well(reports)


def went_well(reports: Sequence[CrawlReport]) -> bool:
    """Whether nothing in the reports needs a person."""
    return all((report.fetched or report.foreseen) and not report.problems for report in reports)


def tell(reports: Sequence[CrawlReport], *, dry_run: bool, say: Say, complain: Say) -> None:
    """Each document and each problem, a line each, and last how many of which."""
    for report in reports:
        for line in _document_lines(report):
            say(line)
        for problem in report.problems:
            complain(f"{report.source}：{problem.url}：[{problem.code}] {problem.message}")
        if report.manifest:
            say(f"取り込むには：tsunagari import {report.manifest}")
    problems = sum(len(report.problems) for report in reports)
    doubts = f"人が確かめるところは{problems}件です。" if problems else "困ったことはありませんでした。"
    if dry_run:
        to_fetch = sum(not one.unchanged for report in reports for one in report.foreseen)
        say(f"試しただけです。何も保管していません。取得するはずの文書は{to_fetch}件、{doubts}")
        return
    fetched = sum(len(report.fetched) for report in reports)
    same = sum(len(report.unchanged) for report in reports)
    say(f"文書は{fetched}件（新しい文書{fetched - same}件、前と同じ{same}件）、{doubts}")


def _document_lines(report: CrawlReport) -> Iterator[str]:
    known = {document.sha256 for document in report.unchanged}
    for document in report.fetched:
        state = "前と同じ" if document.sha256 in known else "新しい文書"
        if document.url in report.not_sent:
            state += "（サーバーが変わりなしと答えたので、受け取っていません）"
        said = f"{_year(document.edition)}、{document.size:,}バイト"
        yield f"{report.source}：{state}：{document.name}（{said}）{document.url}"
    for one in report.foreseen:
        yield f"{report.source}：{_foreseen(one)}：{one.name}（{_year(one.edition)}、{_size(one)}）{one.url}"


def _foreseen(one: Foreseen) -> str:
    return "前と同じ" if one.unchanged else "取得するはずの文書"


def _size(one: Foreseen) -> str:
    size = "大きさは不明" if one.size is None else f"{one.size:,}バイト"
    if one.unchanged:
        return "変わりなし"
    return f"{size}、{one.kind or '種類は不明'}"


def _year(edition: Edition | None) -> str:
    return f"{edition.fiscal_year}年度" if edition else "年度は未定"
