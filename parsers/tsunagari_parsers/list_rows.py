"""What the rows of a list are, and the reasons for which a band of a table is none of them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from tsunagari_parsers.columns import Header
from tsunagari_parsers.places import municipalities_named, prefecture_named
from tsunagari_parsers.placing import PlaceWords
from tsunagari_parsers.records import PlaceOnPage, Rect
from tsunagari_parsers.report import Finding, Skip
from tsunagari_parsers.tables import Cell
from tsunagari_parsers.text import join_name, join_wrapped
from tsunagari_parsers.wrapped import wrapped_lines

FOREIGN = "見出しがなく、列の位置も一覧と違う表の行"
OTHER = "一覧ではない表の行"
UNREAD = "読まれていない列だけの行"
EMPTY = "文字のない行"
SECTION = "区切りの見出しの行"
TOTAL = "合計の行"
NOTE = "注の行"
#: In place of a text that may be an address.
WITHHELD = "（住所のある一覧のため、文字は載せません）"
UNJOINED = "前のページの行の続きかもしれない行"


_PLACES = frozenset({"prefecture", "implementing_body"})


@dataclass(frozen=True, slots=True)
class ListRow:
    """The cells of one row, by field, with its place in the document.

    ``number`` counts the document's rows and skips from 1. A row that goes on over a page break begins on ``page`` and ends on
    ``last_page``; its rectangle is where it begins, ``further`` are those where it goes on. ``prefecture`` and ``body`` are the texts of its own cells or of the cell
    that spans it; ``section`` is what the heading above it names. ``limits`` say how far to the right the lines of a field's column go
    (points), where enough of them go so far.
    """

    page: int
    last_page: int
    number: int
    rect: Rect
    cells: Mapping[str, Cell]
    header: Header
    section: PlaceWords
    limits: Mapping[str, float] = field(default_factory=dict)
    prefecture: str = ""
    body: str = ""
    is_first_of_page: bool = False
    is_last_of_page: bool = False
    further: tuple[PlaceOnPage, ...] = ()

    def text(self, field: str) -> str:
        """The lines of a field's cell, one below the other; empty where there is none."""
        cell = self.cells.get(field)
        return cell.text if cell else ""

    def name(self, field: str) -> str:
        """The field's text as one name, its line breaks undone; the name of a place has no space in it."""
        name = join_name(self.text(field).split("\n"))
        if field not in _PLACES:
            return name
        closed = "".join(name.split())
        return closed if prefecture_named(closed) or municipalities_named(closed) else name

    def lines(self, field: str) -> list[tuple[str, bool]]:
        """The lines of a field's cell with whether each goes on in the next one."""
        cell = self.cells.get(field)
        return wrapped_lines(cell, self.limits.get(field)) if cell else []

    def paragraphs(self, field: str) -> str:
        """The field's text with a line for each paragraph."""
        return join_wrapped(self.lines(field))

    def texts(self) -> list[str]:
        """What stands in each of its cells that has text; addresses are nobody's business and are left out."""
        return [
            " ".join(cell.text.split())
            for field, cell in self.cells.items()
            if cell.text.strip() and field != "address"
        ]


@dataclass(frozen=True, slots=True)
class ListRows:
    """All rows of a list in the order of the paper, what was skipped, and what was found on the way.

    ``title`` are the lines above the first table; ``unit`` is what a line outside the tables says of amounts (「単位：千円」).
    """

    rows: tuple[ListRow, ...]
    skips: tuple[Skip, ...]
    findings: tuple[Finding, ...]
    headers: tuple[Header, ...]
    title: tuple[str, ...]
    unit: str

    @property
    def seen(self) -> int:
        """Rows and skips."""
        return len(self.rows) + len(self.skips)
