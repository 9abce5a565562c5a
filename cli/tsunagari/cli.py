"""The command line: ``tsunagari crawl | watch | parse | import | review | correct | confirm | calls | publish | rollback | discard | reindex |
serve | account … | word … | doctor | meili-keys``.

Exit codes: 0 done; 1 refused or failed; 2 a document (or an option) could not be read.
"""

from __future__ import annotations

import logging
import sys

import typer

from tsunagari.account_commands import accounts
from tsunagari.commands import decisions, documents, generations, running
from tsunagari.commands.saying import fail
from tsunagari.lines import OutputError
from tsunagari.settings import SettingsError
from tsunagari.word_commands import words
from tsunagari_crawler.errors import CrawlerError
from tsunagari_indexer.errors import IndexerError
from tsunagari_parsers.errors import ParserError

app = typer.Typer(
    name="tsunagari",
    help="つながり案内：支援の一覧を取り込み、さがせるようにして、公開します。",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
# In the order of a year's work.
app.command()(documents.crawl)
app.command()(documents.watch)
app.command()(documents.parse)
app.command(name="import")(documents.import_)
app.command()(decisions.review)
app.command()(decisions.correct)
app.command()(decisions.confirm)
app.command()(decisions.calls)
app.command()(generations.publish)
app.command()(generations.rollback)
app.command()(generations.discard)
app.command()(documents.reindex)
app.command()(running.serve)
app.add_typer(accounts)
app.add_typer(words)
app.command()(running.doctor)
app.command(name="meili-keys")(running.meili_keys)


def main() -> None:
    """The program's entry: the outer loop, where errors become one line and an exit code."""
    logging.basicConfig(level=logging.WARNING, format="%(message)s", stream=sys.stderr)
    # What these say of a file names neither the file nor the page; what matters of it is in the report.
    for name in ("pdfminer", "pdfplumber"):
        logging.getLogger(name).setLevel(logging.ERROR)
    try:
        app()
    except (CrawlerError, IndexerError, OutputError, SettingsError) as error:
        fail(str(error), 1)
    except ParserError as error:
        fail(str(error), 2)
    except BrokenPipeError:
        # `tsunagari parse … | head` is a fair thing to do.
        sys.stderr.close()
        sys.exit(0)
