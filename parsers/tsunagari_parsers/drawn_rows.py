"""What is asked of whoever draws rows, and what comes back. This module loads no PDF reader: the site knows it too.

A picture of a row can be shown to anybody, so it is made only of what anybody may read: a row whose text offers a place to sleep is
not drawn, whatever was read from it (DESIGN.md, rule 9).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from tsunagari_parsers.records import PlaceOnPage

#: Changes whenever the same row would come out as another picture, so that pictures made before are made again.
DRAWING_VERSION = 2


@dataclass(frozen=True, slots=True)
class RowToDraw:
    """A row (its number among the document's, from 1) and all that it takes up on the paper, in its order."""

    row: int
    places: tuple[PlaceOnPage, ...]


@dataclass(frozen=True, slots=True)
class DrawnRow:
    """The picture of a row: the file's bytes, its media type, its size in pixels, and the text (of PDFium) that it shows.

    ``pages`` are those it shows, one below the other; ``is_cut``: the row goes on, on more pages than one picture holds.
    Without a picture, ``is_withheld`` says that its text offers a stay, else ``problem`` why it could not be drawn.
    """

    row: int
    content: bytes = b""
    media_type: str = ""
    width: int = 0
    height: int = 0
    pages: tuple[int, ...] = ()
    is_cut: bool = False
    text: str = ""
    is_withheld: bool = False
    problem: str = ""


#: Draws rows of a document (its bytes), each in its turn. It raises nothing: a row that cannot be drawn says why.
RowDrawer = Callable[[bytes, Sequence[RowToDraw]], Iterator[DrawnRow]]
