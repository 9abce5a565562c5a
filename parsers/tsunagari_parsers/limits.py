"""What a document may cost while it is read."""

from __future__ import annotations

from dataclasses import dataclass

MEGABYTE = 1 << 20
#: No document is read by more processes.
MOST_WORKERS = 64

#: The least and the most that each limit may be.
_RANGES: dict[str, tuple[float, float]] = {
    "memory_bytes": (64 * MEGABYTE, 1 << 40),
    "seconds": (0.1, 86_400),
    "pages": (1, 100_000),
    "file_bytes": (1, 1 << 30),
}


@dataclass(frozen=True, slots=True)
class Limits:
    """What one document may cost; a document that needs more ends as an error that says so.

    Attributes:
        memory_bytes: address space of each process that reads it, above what that process starts with (64 MB to 1 TB). A
            page of an ordinary list needs 10 MB, a large drawing some hundred.
        seconds: wall time for the whole document, and processor time for each process that reads it (0.1 to 86,400).
        pages: pages (1 to 100,000).
        file_bytes: the file's own size (1 to 1 GB).

    Raises:
        ValueError: a limit is out of its range.
    """

    memory_bytes: int = 1536 * MEGABYTE
    seconds: float = 120.0
    pages: int = 1000
    file_bytes: int = 100 * MEGABYTE

    def __post_init__(self) -> None:
        for name, (least, most) in _RANGES.items():
            if not least <= getattr(self, name) <= most:
                raise ValueError(f"{name} must be from {least:,} to {most:,}, not {getattr(self, name):,}")
