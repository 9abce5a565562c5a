"""``tsunagari crawl | watch | parse | import | reindex``: from the publishers' pages to a generation."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from tsunagari.commands.options import DATA, Columns, DataDir, OcrOption
from tsunagari.commands.saying import (
    complain,
    drawing_progress,
    fail,
    print_output,
    reading_progress,
    say,
    today,
)
from tsunagari.lines import ReportForm
from tsunagari.readers import document_reader
from tsunagari.settings import Settings


def crawl(
    sources: Annotated[list[str] | None, typer.Argument(help="取得元の名前。省くとすべて")] = None,
    data_dir: DataDir = DATA,
    delay: Annotated[float, typer.Option(help="次を取得するまでに待つ秒数", min=0.0)] = 2.0,
    contact: Annotated[str, typer.Option(help="公開元に伝える連絡先（メールアドレスかURL、半角）")] = "",
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="ページを読んで、何を取得するはずかを示します。何も保管しません")
    ] = False,
    list_: Annotated[bool, typer.Option("--list", help="取得元の一覧を表示します")] = False,
) -> None:
    """公開元のページと、そこにあるPDFを、保管庫に取得します。人が確かめるところがあれば、終了コード1で終わります。"""
    from tsunagari.crawling import run_crawl, source_lines
    from tsunagari_crawler.report import CrawlSettings

    if list_:
        for line in source_lines():
            typer.echo(line)
        return
    settings = CrawlSettings(delay_seconds=delay, contact=contact)
    well = run_crawl(sources or [], data_dir, settings, dry_run=dry_run, say=say, complain=complain)
    raise typer.Exit(0 if well else 1)


def watch(
    data_dir: DataDir = DATA,
    delay: Annotated[float, typer.Option(help="次のページを見るまでに待つ秒数", min=0.0)] = 2.0,
    contact: Annotated[str, typer.Option(help="公開元に伝える連絡先（メールアドレスかURL、半角）")] = "",
    json_: Annotated[bool, typer.Option("--json", help="1つのJSONで出力します")] = False,
) -> None:
    """公開元、窓口、公開中の文書のページが、いまもあるか、前に見たときから変わったかを調べます。電話はかけません。

    人が確かめるところがあれば、終了コード1で終わります。
    """
    from tsunagari.watching import run_watch, watch_json, watch_lines
    from tsunagari_crawler.report import CrawlSettings

    on_day = today()
    checked = run_watch(data_dir, CrawlSettings(delay_seconds=delay, contact=contact, timeout_seconds=60.0), on_day)
    print_output(watch_json(checked, on_day) if json_ else watch_lines(checked))
    raise typer.Exit(1 if any(one.needs_a_person for one in checked) else 0)


def parse(
    files: Annotated[list[Path], typer.Argument(help="読み取るPDFまたは文章（UTF-8のテキスト）")],
    year: Annotated[int | None, typer.Option(help="何年度の一覧か（西暦）")] = None,
    raw_tables: Annotated[
        bool, typer.Option("--raw-tables", help="事業としてではなく、表の行をそのまま出力します")
    ] = False,
    report: Annotated[
        ReportForm | None,
        typer.Option(help="JSON Linesの代わりに、読み取りの報告を、表、JSON、HTMLのどれかで出力します"),
    ] = None,
    output: Annotated[Path | None, typer.Option(help="出力先のファイル。省くと標準出力")] = None,
    columns: Columns = None,
    ocr: OcrOption = False,
) -> None:
    """PDFを読み取り、1行に1事業のJSONを出力します。読めないファイルは名前と理由を示し、終了コード2で終わります。"""
    reader = document_reader(Settings.from_environment(), ocr=ocr)
    from tsunagari.parsing import HowToRead, columns_of
    from tsunagari.reporting import ParseOptions, parse_files

    how = HowToRead(columns_of(columns), ocr)
    options = ParseOptions(lambda path: _year_of(path, year), reader, how, report, output, raw_tables)
    all_read = parse_files(files, options, complain)
    raise typer.Exit(0 if all_read else 2)


def import_(
    paths: Annotated[
        list[Path],
        typer.Argument(help="PDF、取り込むPDFの一覧（.toml）、取得の記録（.jsonl）、保管庫のフォルダー"),
    ],
    data_dir: DataDir = DATA,
    year: Annotated[int | None, typer.Option(help="何年度の一覧か（西暦。令和3年度は2021）")] = None,
    series: Annotated[str | None, typer.Option(help="一覧の種類")] = None,
    part: Annotated[str | None, typer.Option(help="同じ年度の一覧がいくつかに分かれているときの区別")] = None,
    title: Annotated[str | None, typer.Option(help="一覧の題名")] = None,
    publisher: Annotated[str | None, typer.Option(help="公開元")] = None,
    url: Annotated[str | None, typer.Option(help="公開元のページ")] = None,
    licence: Annotated[str | None, typer.Option(help="利用条件（PDL1.0 など。分からなければ unknown）")] = None,
    columns: Columns = None,
    report_html: Annotated[
        Path | None, typer.Option(help="ページの画像と読み取った内容を並べた報告（HTML）を書き出すファイル")
    ] = None,
    ocr: OcrOption = False,
) -> None:
    """一覧を取り込み、公開前の世代を作ります。公開は tsunagari publish です。"""
    settings = Settings.from_environment()
    workspace = settings.workspace(data_dir, writing=True)
    reader = document_reader(settings, ocr=ocr, data_dir=data_dir)
    from tsunagari.import_lines import import_result, result_lines
    from tsunagari.importing import EditionOptions, import_documents
    from tsunagari.parsing import HowToRead, columns_of

    options = EditionOptions(year, series, part, title, url, licence, publisher)
    if report_html:
        from tsunagari.reporting import check_output, write_import_report

        check_output(report_html, paths)
    outcome = import_documents(
        workspace,
        paths,
        options,
        reading_progress("読み取り中"),
        reader=reader,
        how=HowToRead(columns_of(columns), ocr),
        drawing=drawing_progress,
    )
    result = import_result(outcome)
    for failure in result.failures:
        complain(failure)
    print_output(result_lines(result))
    if result.generation:
        typer.echo(
            "変わったところは tsunagari review で見られます。公開するには tsunagari publish を実行してください。"
        )
    if report_html:
        write_import_report(outcome, workspace.archive, report_html)
    raise typer.Exit(2 if outcome.failures else 0)


def reindex(data_dir: DataDir = DATA) -> None:
    """同じ文書から世代を作り直します（辞書や語彙、検索の索引を新しくしたとき）。"""
    settings = Settings.from_environment()
    workspace = settings.workspace(data_dir, writing=True)
    reader = document_reader(settings, ocr=False, data_dir=data_dir)
    from tsunagari.importing import reindex as build_again

    staged = build_again(workspace, reading_progress("読み取り中"), reader, drawing_progress)
    if staged is None:
        fail("まだ何も取り込まれていません", 1)
    typer.echo(
        f"世代 {staged.name} を作り直しました（事業{staged.programs}）。公開するには tsunagari publish を実行してください。"
    )


def _year_of(path: Path, year: int | None) -> int | None:
    from tsunagari_crawler import Edition

    if year is not None:
        return Edition(fiscal_year=year).fiscal_year
    beside = Edition.beside(path)
    return beside.fiscal_year if beside else None
