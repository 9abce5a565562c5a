"""Pictures of rows, beside the archive.

    data/caches/rows/ab/abcdef….row     one line of JSON (what the picture is), then the picture's bytes

A picture lies under the hash of what it was made from: the document, the rectangles, the version of the drawing. So it is made
once, and lost pictures are made again by ``tsunagari reindex``. A page gets one only through a listing of the published generation.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Self

from tsunagari_crawler.archive import write_atomically
from tsunagari_parsers import PlaceOnPage
from tsunagari_parsers.drawn_rows import DRAWING_VERSION, DrawnRow
from tsunagari_parsers.stays import offers_stay


@dataclass(frozen=True, slots=True)
class RowPicture:
    """The picture of a listing's row: where its bytes lie (``key``) and their hash, media type, length and size in pixels.

    ``pages`` are the pages that it shows, one below the other; ``is_cut``: the row goes on, on pages that it does not show.
    """

    key: str
    sha256: str
    media_type: str
    size: int
    width: int
    height: int
    pages: tuple[int, ...]
    is_cut: bool = False

    @classmethod
    def from_json(cls, values: dict[str, Any]) -> Self:
        """The picture that :func:`dataclasses.asdict` wrote."""
        return cls(**{**values, "pages": tuple(values["pages"])})


@dataclass(frozen=True, slots=True)
class Cached:
    """A picture that is there, and the text that it shows (of PDFium)."""

    picture: RowPicture
    text: str

    @property
    def is_public(self) -> bool:
        """Whether anybody may see it by today's rules, which may know more than those by which it was made."""
        return not offers_stay([self.text, "".join(self.text.split())])


def picture_key(document_sha256: str, places: Sequence[PlaceOnPage]) -> str:
    """The name under which the picture of these places lies."""
    made_from = [DRAWING_VERSION, document_sha256, [asdict(place) for place in places]]
    return hashlib.sha256(json.dumps(made_from, sort_keys=True).encode("ascii")).hexdigest()


class PictureCache:
    """The folder of pictures. What is damaged counts as not there."""

    def __init__(self, root: Path) -> None:
        self.root = root

    def find(self, key: str) -> Cached | None:
        """What lies under this key, or None."""
        held = self._read(key)
        return held[0] if held else None

    def content(self, picture: RowPicture) -> bytes | None:
        """The bytes of exactly this picture, or None if they are not there."""
        held = self._read(picture.key)
        return held[1] if held and held[0].picture.sha256 == picture.sha256 else None

    def store(self, key: str, drawn: DrawnRow) -> RowPicture:
        """Keep a picture that was drawn.

        Raises:
            OSError: the folder cannot be written.
        """
        picture = RowPicture(
            key=key,
            sha256=hashlib.sha256(drawn.content).hexdigest(),
            media_type=drawn.media_type,
            size=len(drawn.content),
            width=drawn.width,
            height=drawn.height,
            pages=drawn.pages,
            is_cut=drawn.is_cut,
        )
        head = json.dumps({"picture": asdict(picture), "text": drawn.text}, ensure_ascii=True)
        path = self._path(key)
        path.parent.mkdir(parents=True, exist_ok=True)
        # Thousands of them: one that a power cut takes is drawn again.
        write_atomically(path, head.encode("ascii") + b"\n" + drawn.content, is_kept=False)
        return picture

    def remove(self, key: str) -> None:
        """Remove what lies under this key, if anything does.

        Raises:
            OSError: the folder cannot be written.
        """
        with suppress(FileNotFoundError):
            self._path(key).unlink()

    def _read(self, key: str) -> tuple[Cached, bytes] | None:
        try:
            head, _, content = self._path(key).read_bytes().partition(b"\n")
            values = json.loads(head)
            cached = Cached(RowPicture.from_json(values["picture"]), values["text"])
        except (OSError, ValueError, KeyError, TypeError):
            # Cut off, overwritten or away: all one, it is drawn again.
            return None
        is_whole = cached.picture.key == key and hashlib.sha256(content).hexdigest() == cached.picture.sha256
        return (cached, content) if is_whole else None

    def _path(self, key: str) -> Path:
        return self.root / key[:2] / f"{key}.row"
