"""The command line: ``tsunagari crawl | watch | parse | import | review | correct | confirm | calls | publish | rollback | discard | reindex |
serve | account … | word … | doctor | meili-keys``.

Exit codes: 0 done; 1 refused or failed; 2 a document (or an option) could not be read.
"""

from __future__ import annotations

import json
import logging
import sys
from collections.abc import Callable, Iterable, Mapping
from datetime import date, datetime, timedelta, timezone
from pathlib import Path
from typing import Annotated, NoReturn

import typer

from tsunagari.account_commands import accounts
from tsunagari.lines import OutputError, ReportForm
from tsunagari.readers import document_reader
from tsunagari.settings import Settings, SettingsError
from tsunagari.word_commands import words
from tsunagari_crawler.errors import CrawlerError
from tsunagari_indexer.confirmations import AskedBy, Outcome
from tsunagari_indexer.errors import IndexerError
from tsunagari_parsers.errors import ParserError

app = typer.Typer(
    name="tsunagari",
    help="つながり案内：支援の一覧を取り込み、さがせるようにして、公開します。",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)

app.add_typer(accounts)
app.add_typer(words)

DataDir = Annotated[
    Path,
    typer.Option("--data-dir", envvar="TSUNAGARI_DATA_DIR", help="データの置き場所", show_default="data"),
]
_DATA = Path("data")
Columns = Annotated[
    Path | None,
    typer.Option(
        "--columns", help="見出しの意味を書いたファイル（.toml）。知らない見出しの一覧を読ませるときに使います"
    ),
]
Note = Annotated[str, typer.Option(help="理由（台帳に残ります）")]
By = Annotated[str, typer.Option(help="だれが決めたか（台帳に残ります）")]
OcrOption = Annotated[
    bool, typer.Option("--ocr", help="画像のページを文字認識（OCR）で読みます。読んだものはすべて要確認になります")
]


@app.command()
def crawl(
    sources: Annotated[list[str] | None, typer.Argument(help="取得元の名前。省くとすべて")] = None,
    data_dir: DataDir = _DATA,
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
    well = run_crawl(sources or [], data_dir, settings, dry_run=dry_run, say=_say, complain=_complain)
    raise typer.Exit(0 if well else 1)


@app.command()
def watch(
    data_dir: DataDir = _DATA,
    delay: Annotated[float, typer.Option(help="次のページを見るまでに待つ秒数", min=0.0)] = 2.0,
    contact: Annotated[str, typer.Option(help="公開元に伝える連絡先（メールアドレスかURL、半角）")] = "",
    json_: Annotated[bool, typer.Option("--json", help="1つのJSONで出力します")] = False,
) -> None:
    """公開元、窓口、公開中の文書のページが、いまもあるか、前に見たときから変わったかを調べます。電話はかけません。

    人が確かめるところがあれば、終了コード1で終わります。
    """
    from tsunagari.watching import run_watch, watch_json, watch_lines
    from tsunagari_crawler.report import CrawlSettings

    today = _today()
    checked = run_watch(data_dir, CrawlSettings(delay_seconds=delay, contact=contact, timeout_seconds=60.0), today)
    _print(watch_json(checked, today) if json_ else watch_lines(checked))
    raise typer.Exit(1 if any(one.needs_a_person for one in checked) else 0)


@app.command()
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
    all_read = parse_files(files, options, _complain)
    raise typer.Exit(0 if all_read else 2)


@app.command(name="import")
def import_(
    paths: Annotated[
        list[Path],
        typer.Argument(help="PDF、取り込むPDFの一覧（.toml）、取得の記録（.jsonl）、保管庫のフォルダー"),
    ],
    data_dir: DataDir = _DATA,
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
        _progress("読み取り中"),
        reader=reader,
        how=HowToRead(columns_of(columns), ocr),
        drawing=_drawing_progress,
    )
    result = import_result(outcome)
    for failure in result.failures:
        _complain(failure)
    _print(result_lines(result))
    if result.generation:
        typer.echo(
            "変わったところは tsunagari review で見られます。公開するには tsunagari publish を実行してください。"
        )
    if report_html:
        write_import_report(outcome, workspace.archive, report_html)
    raise typer.Exit(2 if outcome.failures else 0)


@app.command()
def review(
    data_dir: DataDir = _DATA,
    json_: Annotated[bool, typer.Option("--json", help="1つのJSONで出力します")] = False,
    accept: Annotated[
        int | None, typer.Option(help="要確認の指摘を、見たうえで認めます。値は指摘の番号", min=1)
    ] = None,
    same: Annotated[
        tuple[str, str] | None, typer.Option(help="2つの番号の事業を、同じ事業とします", metavar="番号 番号")
    ] = None,
    different: Annotated[
        tuple[str, str] | None, typer.Option(help="2つの番号の事業を、別の事業とします", metavar="番号 番号")
    ] = None,
    split: Annotated[
        tuple[str, int] | None, typer.Option(help="事業を、この年度から別の事業とします", metavar="番号 年度")
    ] = None,
    reject: Annotated[
        str | None, typer.Option(help="事業ではない行として、載せないことにします", metavar="番号")
    ] = None,
    restore: Annotated[str | None, typer.Option(help="載せないとした行を、載せることにします", metavar="番号")] = None,
    note: Note = "",
    by: By = "",
) -> None:
    """公開する前に、指摘と、公開中の世代との違いを見ます。決めたことは台帳に残り、作り直すたびに反映されます。

    答えを待つ要確認の指摘があれば、終了コード1で終わります。
    """
    from tsunagari_indexer import deciding
    from tsunagari_indexer.decisions import Verdict
    from tsunagari_indexer.review import review as look

    workspace = Settings.from_environment().workspace(data_dir, writing=False)
    if sum(one is not None for one in (accept, same, different, split, reject, restore)) > 1:
        raise typer.BadParameter("決めることは、1回に1つだけ指定してください")
    if accept is not None:
        found = deciding.accept(workspace, accept, reason=note, by=by)
        typer.echo(f"{accept}番の指摘を認めました：[{found.finding.code}] {_one_line(found.finding.message)}")
        return
    if same is not None:
        deciding.decide(workspace, Verdict.SAME, *same, reason=note, by=by)
    elif different is not None:
        deciding.decide(workspace, Verdict.DIFFERENT, *different, reason=note, by=by)
    elif split is not None:
        deciding.split(workspace, *split, reason=note, by=by)
    elif reject is not None:
        deciding.leave_out(workspace, reject, reason=note, by=by)
    elif restore is not None:
        deciding.leave_out(workspace, restore, reason=note, by=by, restore=True)
    else:
        from tsunagari.reviewing import review_json, review_lines

        seen = look(workspace)
        _print(review_json(seen) if json_ else review_lines(seen))
        raise typer.Exit(1 if seen.open_findings else 0)
    typer.echo("台帳に残しました。反映するには tsunagari reindex を実行してください。")


@app.command()
def correct(
    document: Annotated[
        str, typer.Argument(help="事業の番号、文書の名前、文書のsha256の先頭8桁以上のどれか", metavar="文書")
    ],
    field: Annotated[
        str,
        typer.Option(
            help="訂正する項目：phone、extension、program_name、department、description、municipality、prefecture"
        ),
    ],
    to: Annotated[str | None, typer.Option(help="正しい値")] = None,
    source: Annotated[
        str | None, typer.Option("--from", help="いまの値。一字一句同じもの。事業の番号で指定したときは省けます")
    ] = None,
    withdraw: Annotated[bool, typer.Option("--withdraw", help="この値の訂正を取り消します")] = False,
    data_dir: DataDir = _DATA,
    note: Note = "",
    by: By = "",
) -> None:
    """読み取った値の訂正を台帳に残します。その文書を取り込むたび、作り直すたびに使われます。"""
    from tsunagari_indexer import deciding

    if withdraw == (to is not None):
        raise typer.BadParameter("正しい値（--to）か、取り消し（--withdraw）の、どちらか1つを指定してください")
    workspace = Settings.from_environment().workspace(data_dir, writing=False)
    kept = deciding.correct(workspace, document, field, source, to, reason=note, by=by)
    done = "取り消しました" if withdraw else f"「{_one_line(kept.corrected)}」と訂正します"
    typer.echo(f"{kept.sha256[:12]}… の{kept.field}「{_one_line(kept.source)}」：{done}。")
    typer.echo("台帳に残しました。反映するには tsunagari reindex を実行してください。")


@app.command()
def confirm(
    subject: Annotated[str, typer.Argument(help="事業か窓口の番号", metavar="番号")],
    way: Annotated[AskedBy, typer.Option(help="どうやって確かめたか")],
    outcome: Annotated[Outcome, typer.Option(help="どうだったか")],
    on: Annotated[datetime | None, typer.Option(help="確かめた日。省くと今日", formats=["%Y-%m-%d"])] = None,
    url: Annotated[str, typer.Option(help="見たページのアドレス。窓口を確かめたときは要ります")] = "",
    data_dir: DataDir = _DATA,
    note: Annotated[str, typer.Option(help="覚え書き（台帳だけに残ります）")] = "",
    by: By = "",
) -> None:
    """事業や窓口がいまもあるかを確かめた結果を、台帳に残します。名前と覚え書きは、どのページにも出ません。"""
    from tsunagari_indexer import deciding
    from tsunagari_indexer.confirmations import Confirmation
    from tsunagari_indexer.errors import AddressNeededError, ReviewError
    from tsunagari_parsers import Desk

    workspace = Settings.from_environment().workspace(data_dir, writing=False)
    today = _today()
    word = Confirmation((on.date() if on else today).isoformat(), way, outcome, url.strip())
    try:
        found = deciding.confirm(workspace, subject, word, by=by, note=note, today=today)
    except AddressNeededError as error:
        raise ReviewError(f"{error}（--url で指定します）") from error
    name = found.name if isinstance(found, Desk) else found.program_name
    typer.echo(f"「{_one_line(name)}」：{word.on} に{word.way}で確かめて、{word.outcome}。")
    typer.echo("台帳に残しました。ページに出すには tsunagari reindex と tsunagari publish を実行してください。")


@app.command()
def calls(
    data_dir: DataDir = _DATA,
    prefecture: Annotated[str | None, typer.Option(help="この都道府県だけ")] = None,
    json_: Annotated[bool, typer.Option("--json", help="1つのJSONで出力します")] = False,
) -> None:
    """いまもあるかをまだ確かめていない窓口と事業を、市区町村ごとに並べます。前に確かめてから、窓口は90日、事業は1年で、また載ります。"""
    from tsunagari.reviewing import call_lines, calls_json
    from tsunagari_indexer.review import calls as to_ask
    from tsunagari_parsers.places import prefecture_named

    if prefecture is not None and prefecture_named(prefecture) is None:
        raise typer.BadParameter(f"「{prefecture}」という都道府県はありません")
    found = to_ask(Settings.from_environment().workspace(data_dir, writing=False), _today(), prefecture)
    _print(calls_json(found) if json_ else call_lines(found))


@app.command()
def publish(
    data_dir: DataDir = _DATA,
    force: Annotated[str | None, typer.Option(help="要確認の指摘があっても公開する理由（台帳に残ります）")] = None,
    if_staged: Annotated[bool, typer.Option("--if-staged", help="公開を待つ世代がなければ何もしません")] = False,
) -> None:
    """いちばん新しい公開前の世代を公開します。"""
    workspace = Settings.from_environment().workspace(data_dir, writing=True)
    if if_staged and workspace.newest_staged() is None:
        typer.echo(f"公開を待つ世代はありません。いまの世代は {workspace.current()} です。")
        return
    published = workspace.publish(force=force)
    typer.echo(f"世代 {published.name} を公開しました（前の世代：{published.previous or 'なし'}）。")
    if published.is_behind:
        typer.echo(
            "世代を作ったあとに確かめた記録や足した言葉は、まだ入っていません。tsunagari reindex で作り直し、もう一度公開すると入ります。"
        )


@app.command()
def rollback(
    data_dir: DataDir = _DATA,
    to: Annotated[int | None, typer.Option(help="戻る世代の番号。省くと1つ前")] = None,
) -> None:
    """前に公開した世代に戻します。公開前の世代は捨てます。台帳は変わりません。"""
    published = Settings.from_environment().workspace(data_dir, writing=True).rollback(to)
    typer.echo(f"世代 {published.name} に戻しました（前の世代：{published.previous}）。")


@app.command()
def discard(data_dir: DataDir = _DATA) -> None:
    """公開を待つ世代を捨てます。公開中の世代は変わりません。"""
    count = Settings.from_environment().workspace(data_dir, writing=True).discard_staged()
    typer.echo(f"公開を待つ世代を{count}つ捨てました。")


@app.command()
def reindex(data_dir: DataDir = _DATA) -> None:
    """同じ文書から世代を作り直します（辞書や語彙、検索の索引を新しくしたとき）。"""
    settings = Settings.from_environment()
    workspace = settings.workspace(data_dir, writing=True)
    reader = document_reader(settings, ocr=False, data_dir=data_dir)
    from tsunagari.importing import reindex as build_again

    staged = build_again(workspace, _progress("読み取り中"), reader, _drawing_progress)
    if staged is None:
        _fail("まだ何も取り込まれていません", 1)
    typer.echo(
        f"世代 {staged.name} を作り直しました（事業{staged.programs}）。公開するには tsunagari publish を実行してください。"
    )


@app.command()
def serve(
    data_dir: DataDir = _DATA,
    host: Annotated[str, typer.Option(help="待ち受けるアドレス")] = "127.0.0.1",
    port: Annotated[int, typer.Option(help="待ち受けるポート", min=0, max=65535)] = 8000,
) -> None:
    """公開した世代をウェブサイトとして出します。"""
    import uvicorn

    from tsunagari.serving import build_site, check_host

    logging.getLogger("tsunagari.access").setLevel(logging.INFO)
    settings = Settings.from_environment()
    check_host(settings, host)
    site = build_site(settings, data_dir)
    typer.echo(f"http://{host}:{port}/ で待ち受けます。終わるには Ctrl+C を押してください。")
    # uvicorn's own access log would hold query strings; the site writes its own.
    uvicorn.run(
        site,
        host=host,
        port=port,
        access_log=False,
        server_header=False,
        log_level="warning",
        timeout_graceful_shutdown=10,
    )


@app.command()
def doctor(data_dir: DataDir = _DATA) -> None:
    """データの置き場所、公開中の世代、検索エンジンを調べます。問題があれば終了コード1で終わります。"""
    from tsunagari.doctor import examine

    healthy = True
    for check in examine(Settings.from_environment(), data_dir):
        typer.echo(f"{'よし' if check.ok else '問題'}  {check.name}：{check.detail}")
        healthy = healthy and check.ok
    raise typer.Exit(0 if healthy else 1)


@app.command(name="meili-keys")
def meili_keys(
    new_master_key: Annotated[
        Path | None, typer.Option(help="マスターキーのファイル。なければ乱数で作り、あれば何もしません")
    ] = None,
    master_key_file: Annotated[Path | None, typer.Option(help="サーバーのマスターキーのファイル")] = None,
    out_dir: Annotated[
        Path | None, typer.Option(help="索引を作る鍵 admin.key と、検索だけできる鍵 search.key を置くフォルダー")
    ] = None,
    search_dir: Annotated[Path | None, typer.Option(help="search.key だけを別に置くフォルダー")] = None,
    url: Annotated[
        str, typer.Option(envvar="TSUNAGARI_MEILI_URL", help="Meilisearchのアドレス")
    ] = "http://127.0.0.1:7700",
) -> None:
    """Meilisearchの鍵を用意します。何度実行しても同じ鍵になります。"""
    from tsunagari.keys import ensure_master_key, write_keys

    if new_master_key:
        made = ensure_master_key(new_master_key)
        typer.echo(f"マスターキー {new_master_key} {'を作りました' if made else 'はもうあります'}。")
    if master_key_file and out_dir:
        for path in write_keys(url, master_key_file, out_dir, search_dir or out_dir):
            typer.echo(f"鍵 {path} を書きました。")
    elif master_key_file or out_dir or search_dir or not new_master_key:
        raise typer.BadParameter("--new-master-key か、--master-key-file と --out-dir の両方を指定してください")


def main() -> None:
    """The program's entry: the outer loop, where errors become one line and an exit code."""
    logging.basicConfig(level=logging.WARNING, format="%(message)s", stream=sys.stderr)
    # What these say of a file names neither the file nor the page; what matters of it is in the report.
    for name in ("pdfminer", "pdfplumber"):
        logging.getLogger(name).setLevel(logging.ERROR)
    try:
        app()
    except (CrawlerError, IndexerError, OutputError, SettingsError) as error:
        _fail(str(error), 1)
    except ParserError as error:
        _fail(str(error), 2)
    except BrokenPipeError:
        # `tsunagari parse … | head` is a fair thing to do.
        sys.stderr.close()
        sys.exit(0)


def _print(output: Mapping[str, object] | Iterable[str]) -> None:
    """One JSON document, or lines."""
    if isinstance(output, Mapping):
        typer.echo(json.dumps(output, ensure_ascii=False, indent=1))
        return
    for line in output:
        typer.echo(line)


def _one_line(text: str) -> str:
    from tsunagari.terminal import clean

    return clean(text)


def _today() -> date:
    """The day in Japan, where the calls are made."""
    return datetime.now(timezone(timedelta(hours=9))).date()


def _year_of(path: Path, year: int | None) -> int | None:
    from tsunagari_crawler import Edition

    if year is not None:
        return Edition(fiscal_year=year).fiscal_year
    beside = Edition.beside(path)
    return beside.fiscal_year if beside else None


def _progress(label: str) -> Callable[[str], None]:
    """Says what is being read, on a terminal only."""

    def say(name: str) -> None:
        if sys.stderr.isatty():
            typer.echo(f"{label}：{name}", err=True)

    return say


def _drawing_progress(name: str, done: int, of: int) -> None:
    """Says how many rows are drawn, on a terminal only, in one line that ends when all are."""
    if sys.stderr.isatty():
        from tsunagari.terminal import clean

        typer.echo(f"\r行の画像：{clean(name)} {done}/{of}", err=True, nl=done == of)


def _say(message: str) -> None:
    """One line to the standard output, as :func:`_complain` says one."""
    typer.echo(_one_line(message))


def _complain(message: str) -> None:
    """One line: neither a file's name nor its text may break it or steer the terminal."""
    from tsunagari.terminal import clean

    typer.echo(f"tsunagari: {clean(message)}", err=True)


def _fail(message: str, code: int) -> NoReturn:
    _complain(message)
    sys.exit(code)
