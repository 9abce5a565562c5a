"""Fetching from publishers, and telling what came and what did not."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from tsunagari_crawler import Archive
from tsunagari_crawler.report import CrawlReport, CrawlSettings
from tsunagari_crawler.sources import SOURCES, find_source
from tsunagari_crawler.spider import crawl_all


def source_lines() -> Iterator[str]:
    """The known sources, a line each."""
    for source in SOURCES.values():
        pages = "、".join(page.url for page in source.pages)
        yield f"{source.name}（{source.publisher}）：{pages}"


def run_crawl(
    names: Sequence[str],
    data_dir: Path,
    settings: CrawlSettings,
    *,
    say: Callable[[str], None],
    complain: Callable[[str], None],
) -> bool:
    """Crawl the named sources, or all of them; tell each document and each problem.

    Returns:
        Whether every source gave at least one document and none had a problem.

    Raises:
        CrawlerError: a source is not known, or the archive cannot be written.
    """
    sources = [find_source(name) for name in names] or list(SOURCES.values())
    reports = crawl_all(sources, Archive(data_dir / "archive"), settings=settings)
    for report in reports:
        _tell(report, say, complain)
    return all(report.fetched and not report.problems for report in reports)


def _tell(report: CrawlReport, say: Callable[[str], None], complain: Callable[[str], None]) -> None:
    known = {document.sha256 for document in report.unchanged}
    for document in report.fetched:
        state = "前と同じ" if document.sha256 in known else "新しい文書"
        year = f"{document.edition.fiscal_year}年度" if document.edition else "年度は未定"
        say(f"{report.source}：{state}：{document.name}（{year}、{document.size:,}バイト）{document.url}")
    for problem in report.problems:
        complain(f"{report.source}：{problem.url}：[{problem.code}] {problem.message}")
    if report.manifest:
        say(f"取り込むには：tsunagari import {report.manifest}")
