"""Which rows of a document get a picture that anybody may see.

Who runs a short stay, and where, is in no public picture (DESIGN.md, rule 9). A document of which any part stays with
administrators gets none at all, nor does a row that offers a stay; nor a document or a row of which an address was dropped, nor
what was read by OCR, because nobody can say what such a picture shows. Whoever draws a row looks at the drawn text once more.
"""

from __future__ import annotations

from dataclasses import dataclass

from tsunagari_indexer.entries import Entry, entries_of
from tsunagari_indexer.offers import OfferRules
from tsunagari_parsers import Measure, Network, ParsedDocument, Program
from tsunagari_parsers.drawn_rows import RowToDraw
from tsunagari_parsers.stays import offers_stay

_STAY = "stay"
#: What the parsers call an address that they did not keep.
_ADDRESS = "address-dropped"


@dataclass(frozen=True, slots=True)
class Wanted:
    """The rows of a document that get a picture, and how many get none because it must not be public."""

    rows: tuple[RowToDraw, ...]
    withheld: int


def rows_to_draw(parsed: ParsedDocument, rules: OfferRules) -> Wanted:
    """The rows of which a picture may be public. Desks get none (they are proposals), texts have none."""
    records: list[Program | Measure | Network] = [*parsed.programs, *parsed.measures, *parsed.networks]
    addressed = {finding.row for finding in parsed.report.findings if finding.code == _ADDRESS}
    is_kept_back = parsed.has_restricted or None in addressed
    rows = []
    withheld = 0
    for record, entry in zip(records, entries_of(parsed), strict=True):
        at = record.provenance
        if not at.places:
            continue
        if is_kept_back or at.row in addressed or record.confidence is not None or _offers_stay(entry, rules):
            withheld += 1
        else:
            rows.append(RowToDraw(at.row, at.places))
    return Wanted(tuple(rows), withheld)


def _offers_stay(entry: Entry, rules: OfferRules) -> bool:
    texts = (entry.name, entry.description, *(section.text for section in entry.sections))
    return offers_stay(texts) or any(offer.kind == _STAY for offer in rules.find(entry.description))
