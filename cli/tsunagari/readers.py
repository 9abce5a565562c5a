"""What reads documents for the commands and for jobs: processes of their own, within the limits of the settings."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from tsunagari.settings import Settings

if TYPE_CHECKING:
    from tsunagari.parsing import DocumentReader


def document_reader(settings: Settings, *, ocr: bool, data_dir: Path | None = None) -> DocumentReader:
    """Reads documents in processes of their own within the limits; they load what they need while this one does.

    ``data_dir`` is where what was read before may be taken from, and is kept.

    Raises:
        OcrUnavailableError: pictures are to be read (``ocr``), and Tesseract is not there.
    """
    from tsunagari_parsers.nursery import Nursery

    nursery = Nursery()
    nursery.start()
    from tsunagari.parse_cache import ParseCache
    from tsunagari.parsing import DocumentReader
    from tsunagari_parsers.ocr import Ocr
    from tsunagari_parsers.row_worker import ProcessRowDrawer
    from tsunagari_parsers.worker import page_reader

    if ocr:
        Ocr().check()
    limits, workers = settings.parse_limits, settings.parse_workers
    pages = page_reader(limits, workers, nursery=nursery)
    return DocumentReader(
        pages,
        page_reader(limits, workers, ocr=Ocr(), nursery=nursery),
        ProcessRowDrawer(limits, nursery),
        ParseCache(data_dir / "caches" / "parses") if data_dir else None,
        at_once=pages.workers,
    )
