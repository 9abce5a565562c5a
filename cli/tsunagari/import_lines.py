"""What an import did, for people: the same on a terminal and on the administrators' pages."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from tsunagari.importing import ImportOutcome
from tsunagari_indexer.build import DocumentFinding, ImportedDocument
from tsunagari_indexer.workspace import Staged
from tsunagari_parsers.report import Level, ParsedDocument, Skip
from tsunagari_site.admin.jobs import ImportedCounts, ImportResult

#: More rows that were left out for one reason are counted, not listed.
_SKIPS_SHOWN = 3


def import_result(outcome: ImportOutcome) -> ImportResult:
    """What an import did."""
    return _result(
        outcome.staged,
        documents=tuple(_counts(document) for document in outcome.imported),
        replaced=outcome.replaced,
        failures=outcome.failures,
        unchanged=outcome.unchanged,
    )


def reindex_result(staged: Staged | None) -> ImportResult:
    """What building the generation again did; None: there was nothing to build it from."""
    return _result(staged, failures=() if staged else ("まだ何も取り込まれていません",))


def result_lines(result: ImportResult) -> Iterator[str]:
    """The lines that tell it, without the failures."""
    for document in result.documents:
        yield document.line
        for detail in document.details:
            yield f"  {detail}"
    for name in result.replaced:
        yield f"前の文書と入れ替えました：{name}"
    if result.unchanged:
        yield "前に取り込んだものと同じです。変わったところはありません。"
    if result.generation:
        for finding in result.findings:
            yield f"  {finding}"
        yield (
            f"世代 {result.generation} を作りました（文書{result.all_documents}、事業{result.programs}、"
            f"計画の取り組みやネットワーク{result.others}）。"
        )
        if result.must_look:
            yield f"確かめる必要のある指摘が{result.must_look}件あります。"


def _result(
    staged: Staged | None,
    *,
    documents: tuple[ImportedCounts, ...] = (),
    replaced: tuple[str, ...] = (),
    failures: tuple[str, ...] = (),
    unchanged: bool = False,
) -> ImportResult:
    if staged is None:
        return ImportResult("", documents, replaced, failures, unchanged=unchanged)
    return ImportResult(
        generation=staged.name,
        documents=documents,
        replaced=replaced,
        failures=failures,
        findings=tuple(_finding(one) for one in staged.findings),
        unchanged=unchanged,
        all_documents=staged.documents,
        programs=staged.programs,
        others=staged.listings - staged.programs,
        must_look=len(staged.must_look),
    )


def _counts(document: ImportedDocument) -> ImportedCounts:
    parsed = document.parsed
    report = parsed.report
    details = [f"除いた行：{line}" for line in _skip_lines(report.skips)]
    if document.pictures or document.withheld:
        kept_back = f"、公開できないので作らない行{document.withheld}" if document.withheld else ""
        details.append(f"行の画像：{len(document.pictures)}枚{kept_back}")
    return ImportedCounts(
        name=report.name,
        fiscal_year=document.edition.fiscal_year,
        layout=report.layout,
        pages=report.pages,
        rows_seen=report.rows_seen,
        programs=len(parsed.programs),
        measures=len(parsed.measures),
        networks=len(parsed.networks),
        desks=len(parsed.desks),
        skipped=len(report.skips),
        pictures=len(document.pictures),
        withheld=document.withheld,
        line=(
            f"{report.name}：{document.edition.fiscal_year}年度「{report.layout}」{report.pages}ページ、"
            f"{report.rows_seen}行のうち{_counted(parsed)}、除いた行{len(report.skips)}"
        ),
        details=tuple(details),
    )


def _finding(one: DocumentFinding) -> str:
    where = f"（{one.finding.page}ページ）" if one.finding.page else ""
    mark = "要確認" if one.finding.level is Level.MUST_LOOK else "参考"
    return f"{mark} {one.name}{where}：[{one.finding.code}] {one.finding.message}"


def _counted(parsed: ParsedDocument) -> str:
    """How many records of each kind a document gave."""
    counts = {
        "事業": len(parsed.programs),
        "計画の取り組み": len(parsed.measures),
        "ネットワーク": len(parsed.networks),
        "窓口": len(parsed.desks),
    }
    return "、".join(f"{kind}{count}件" for kind, count in counts.items() if count)


def _skip_lines(skips: Sequence[Skip]) -> list[str]:
    """What was left out: each row, or of many with the same reason how many and the first; the report has them all."""
    by_reason: dict[str, list[Skip]] = {}
    for skip in skips:
        by_reason.setdefault(skip.reason, []).append(skip)
    lines = []
    for reason, group in by_reason.items():
        if len(group) > _SKIPS_SHOWN:
            first = group[0]
            lines.append(f"{len(group)}行（{reason}）{first.page}ページ {first.row}行目「{first.text[:30]}」など")
        else:
            lines += [f"{skip.page}ページ {skip.row}行目（{reason}）{skip.text[:60]}" for skip in group]
    return lines
