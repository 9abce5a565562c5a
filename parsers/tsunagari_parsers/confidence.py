"""Records that were read from pictures: how sure their reading is, and that each of them has to be looked at."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from tsunagari_parsers.layouts import LayoutResult
from tsunagari_parsers.ocr import Word
from tsunagari_parsers.records import Provenance, Rect
from tsunagari_parsers.report import Finding, Level

#: By the pages' numbers.
Recognised = Mapping[int, Sequence[Word]]


def with_confidence(result: LayoutResult, recognised: Recognised) -> tuple[LayoutResult, list[Finding]]:
    """The records of recognised pages with the confidence of their worst word, and a finding for each of them."""
    if not recognised:
        return result, []
    places = [
        *(one.provenance for one in result.programs),
        *(one.provenance for one in result.measures),
        *(one.provenance for one in result.networks),
        *(one.provenance for one in result.desks if one.provenance),
    ]
    return (
        replace(
            result,
            programs=tuple(replace(one, confidence=_confidence(one.provenance, recognised)) for one in result.programs),
            measures=tuple(replace(one, confidence=_confidence(one.provenance, recognised)) for one in result.measures),
            networks=tuple(replace(one, confidence=_confidence(one.provenance, recognised)) for one in result.networks),
        ),
        [_finding(place, recognised) for place in places if place.page in recognised],
    )


def _confidence(place: Provenance, recognised: Recognised) -> float | None:
    """That of the worst word in the record's rectangle, or of the page where it has none; None for a page with text of its own."""
    words = recognised.get(place.page)
    if words is None:
        return None
    within = [word.confidence for word in words if place.rect is None or _holds(place.rect, word.rect)]
    return round(min(within, default=0.0), 1)


def _holds(rect: Rect, word: Rect) -> bool:
    x, y = (word.x0 + word.x1) / 2, (word.top + word.bottom) / 2
    return rect.x0 <= x <= rect.x1 and rect.top <= y <= rect.bottom


def _finding(place: Provenance, recognised: Recognised) -> Finding:
    confidence = _confidence(place, recognised) or 0.0
    message = (
        f"画像から文字認識（OCR）で読みました（いちばん不確かなところの確からしさ{confidence:.0f}／100）。"
        "電話番号をはじめ、すべての欄を元の文書と見比べてください"
    )
    return Finding(Level.MUST_LOOK, "read-by-ocr", message, page=place.page, row=place.row, rect=place.rect)
