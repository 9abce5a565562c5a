"""The content-addressed archive: every document as it was fetched, by its SHA-256, and what is known of each fetch.

    archive/ab/abcdef….bin      the bytes, never changed
    archive/ab/abcdef….jsonl    one line for each time these bytes were fetched
    archive/crawls/….jsonl      the manifest of one crawl, in the same form

Bytes are written to a temporary name, synced and renamed, so that a crash leaves no half document under its name.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Self

from tsunagari_crawler.edition import Edition
from tsunagari_crawler.errors import ArchiveError, EditionError

_SHA256 = re.compile(r"[0-9a-f]{64}")


@dataclass(frozen=True, slots=True)
class FetchedDocument:
    """One fetch of one document: what came, from where, and when.

    ``fetched_at`` is UTC in ISO 8601; ``headers`` are the HTTP response's, names in lower case (empty for a file);
    ``edition`` is None as long as nobody has said which paper it is. How it has to be read is kept with it, so that reading it again
    gives the same: ``columns`` is the text of an administrator's file of column names, ``ocr`` whether its pictures are read. ``link`` is
    the address that stood on the publisher's page, where a redirect led from there to ``url``; empty: they are one.
    """

    sha256: str
    size: int
    name: str
    fetched_at: str
    url: str = ""
    headers: Mapping[str, str] = field(default_factory=dict)
    edition: Edition | None = None
    columns: str = ""
    ocr: bool = False
    link: str = ""

    def to_json(self) -> dict[str, Any]:
        """Plain values, as :meth:`from_json` takes them."""
        values = {
            "sha256": self.sha256,
            "size": self.size,
            "name": self.name,
            "fetched_at": self.fetched_at,
            "url": self.url,
            "headers": dict(self.headers),
            "edition": self.edition.to_json() if self.edition else None,
            "columns": self.columns,
            "ocr": self.ocr,
        }
        return values | {"link": self.link} if self.link else values

    @classmethod
    def from_json(cls, values: Mapping[str, Any], *, where: str) -> Self:
        """Read one manifest line's values.

        Raises:
            ArchiveError: a value is missing or malformed.
        """
        try:
            sha256 = values["sha256"]
            if not _SHA256.fullmatch(sha256):
                raise ArchiveError(f"{where}：sha256「{sha256}」は64桁の16進数ではありません")
            edition = values.get("edition")
            return cls(
                sha256=sha256,
                size=int(values["size"]),
                name=str(values["name"]),
                fetched_at=str(values["fetched_at"]),
                url=str(values.get("url", "")),
                headers=dict(values.get("headers", {})),
                edition=Edition.from_mapping(edition, where=where) if edition else None,
                columns=str(values.get("columns", "")),
                ocr=bool(values.get("ocr", False)),
                link=str(values.get("link", "")),
            )
        except (KeyError, TypeError, ValueError, EditionError) as error:
            raise ArchiveError(f"{where}：取得の記録として読めません（{error}）") from error


class Archive:
    """The folder of documents. Reading never writes; writing never changes what is there."""

    def __init__(self, root: Path) -> None:
        self.root = root

    def store(
        self,
        content: bytes,
        *,
        name: str,
        url: str = "",
        headers: Mapping[str, str] | None = None,
        edition: Edition | None = None,
        fetched_at: datetime | None = None,
        link: str = "",
    ) -> FetchedDocument:
        """Keep ``content`` unmodified and record this fetch of it.

        Raises:
            ArchiveError: the folder cannot be written.
        """
        document = FetchedDocument(
            sha256=hashlib.sha256(content).hexdigest(),
            size=len(content),
            name=name,
            fetched_at=(fetched_at or datetime.now(UTC)).astimezone(UTC).isoformat(timespec="seconds"),
            url=url,
            headers=headers or {},
            edition=edition,
            link=link,
        )
        path = self._path(document.sha256)
        try:
            # Originals can hold what no output may tell (DESIGN.md, rule 9).
            self.root.mkdir(mode=0o700, parents=True, exist_ok=True)
            path.parent.mkdir(exist_ok=True)
            # A damaged file under the right name is mended by the next fetch of the same bytes.
            if not path.exists() or hashlib.sha256(path.read_bytes()).hexdigest() != document.sha256:
                write_atomically(path, content)
            with path.with_suffix(".jsonl").open("a", encoding="utf-8") as log:
                log.write(json.dumps(document.to_json(), ensure_ascii=False) + "\n")
        except OSError as error:
            raise ArchiveError(f"{name}：保管庫 {self.root} に書けません（{error}）") from error
        return document

    def read(self, sha256: str) -> bytes:
        """The bytes that were stored under this hash.

        Raises:
            ArchiveError: no such document, or its bytes no longer match the hash.
        """
        try:
            content = self._path(sha256).read_bytes()
        except OSError as error:
            raise ArchiveError(f"保管庫 {self.root} に文書 {sha256[:12]}… がありません（{error}）") from error
        if hashlib.sha256(content).hexdigest() != sha256:
            raise ArchiveError(f"保管庫の文書 {sha256[:12]}… の中身が記録と一致しません。ファイルが壊れています")
        return content

    def __contains__(self, sha256: object) -> bool:
        return isinstance(sha256, str) and bool(_SHA256.fullmatch(sha256)) and self._path(sha256).is_file()

    def fetches(self, sha256: str) -> tuple[FetchedDocument, ...]:
        """Every recorded fetch of these bytes, oldest first."""
        return tuple(read_manifest(self._path(sha256).with_suffix(".jsonl")))

    def new_crawl_manifest(self, source: str, started_at: datetime) -> Path:
        """The path of the manifest that a crawl of ``source`` writes; it does not exist yet."""
        stamp = started_at.astimezone(UTC).strftime("%Y%m%dT%H%M%SZ")
        return self.root / "crawls" / f"{source}-{stamp}.jsonl"

    def crawl_manifests(self) -> tuple[Path, ...]:
        """The newest manifest of each crawled source."""
        newest: dict[str, Path] = {}
        for path in sorted((self.root / "crawls").glob("*.jsonl")):
            newest[path.stem.rpartition("-")[0]] = path
        return tuple(newest.values())

    def crawled(self, source: str) -> tuple[tuple[FetchedDocument, ...], ...]:
        """What each crawl of ``source`` brought, the newest crawl first.

        Raises:
            ArchiveError: a manifest cannot be read.
        """
        paths = [path for path in (self.root / "crawls").glob("*.jsonl") if path.stem.rpartition("-")[0] == source]
        return tuple(tuple(read_manifest(path)) for path in sorted(paths, reverse=True))

    def _path(self, sha256: str) -> Path:
        return self.root / sha256[:2] / f"{sha256}.bin"


def read_manifest(path: Path) -> Iterator[FetchedDocument]:
    """The fetches that a manifest lists, in its order.

    Raises:
        ArchiveError: the file is away, or a line of it cannot be read; the message names file and line.
    """
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise ArchiveError(f"{path}：取得の記録を読めません（{error}）") from error
    for number, line in enumerate(lines, start=1):
        where = f"{path}（{number}行目）"
        try:
            values = json.loads(line)
        except json.JSONDecodeError as error:
            raise ArchiveError(f"{where}：JSONとして読めません（{error}）") from error
        if not isinstance(values, dict):
            raise ArchiveError(f"{where}：取得の記録ではありません")
        yield FetchedDocument.from_json(values, where=where)


def write_atomically(path: Path, content: bytes, *, is_kept: bool = True, secret: bool = False) -> None:
    """Write a file so that a crash leaves the old content or the new one, never a part; its folder is synced too.

    ``is_kept`` False: after a power cut it may be gone or damaged, which whoever reads it finds out. Nothing waits for the disk then.
    ``secret``: at no moment can anybody but its owner read it.
    """
    temporary = path.with_name(f".{path.name}.{os.getpid()}.part")
    try:
        with open(temporary, "wb", opener=_opened_for_its_owner if secret else None) as file:
            file.write(content)
            if is_kept:
                file.flush()
                os.fsync(file.fileno())
        temporary.replace(path)
    except BaseException:
        with suppress(FileNotFoundError):
            temporary.unlink()
        raise
    if is_kept:
        sync_folder(path.parent)


def _opened_for_its_owner(path: str, flags: int) -> int:
    return os.open(path, flags, 0o600)


def sync_folder(folder: Path) -> None:
    """Make a rename in ``folder`` survive a power cut."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
