"""Receiving files: written to the disk as they come, counted as they come, refused at the first byte that is too much.

A form of ``multipart/form-data`` (RFC 7578) is read by python-multipart's callbacks. Starlette's own ``request.form()`` is no choice: it has no limit for the
length of a file, and keeps the files where temporary files lie, which may be memory.

What is received lies in a folder of its own below ``data/incoming/``, and is removed when the ``async with`` ends, however it ends: who wants a file
moves it away before. What a crash leaves is removed by :func:`sweep_incoming`.
"""

from __future__ import annotations

import errno
import shutil
import tempfile
import time
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from python_multipart.exceptions import FormParserError
from python_multipart.multipart import MultipartParser, parse_options_header
from starlette.requests import ClientDisconnect, Request

from tsunagari_site.admin.upload_names import UploadRefusedError
from tsunagari_site.admin.upload_parts import Part, PartReader, ReceivedFile, UploadLimits

__all__ = ["Received", "ReceivedFile", "UploadLimits", "UploadRefusedError", "received", "sweep_incoming"]

#: What a crash left is removed when it is so old (seconds): nobody sends for so long.
LEFT_BEHIND_SECONDS = 24 * 60 * 60.0
_CUT_OFF = "ファイルが途中までしか届きませんでした。もう一度送ってください"
_NO_FORM = "送られたものを読み取れません。ページを開きなおして、もう一度送ってください"


@dataclass(frozen=True, slots=True)
class Received:
    """A form: its fields (of two with one name the first), and its files in their order."""

    fields: Mapping[str, str]
    files: tuple[ReceivedFile, ...]


@asynccontextmanager
async def received(
    request: Request,
    incoming: Path,
    limits: UploadLimits,
    before_files: Callable[[Mapping[str, str]], None] = lambda _: None,
) -> AsyncIterator[Received]:
    """The form of a request, for as long as the ``async with`` lasts.

    Args:
        request: a request whose body nobody has read.
        incoming: the folder below which files lie meanwhile; it is made where there is none.
        limits: what is too much.
        before_files: is told the fields that stand before the first file, before a byte of it is kept (and of a form without files, at
            its end). What it raises ends everything: so a form without its token never fills the disk.

    Raises:
        UploadRefusedError: what came is refused; nothing of it is left.
    """
    boundary = _boundary(request, limits)
    try:
        incoming.mkdir(mode=0o700, parents=True, exist_ok=True)
        folder = Path(tempfile.mkdtemp(dir=incoming))
    except OSError as error:
        raise _no_room(error) from error
    try:
        reader = PartReader(folder, limits, before_files)
        try:
            await _read(request, boundary, reader)
        except FormParserError as error:
            raise UploadRefusedError(_NO_FORM) from error
        except ClientDisconnect as error:
            raise UploadRefusedError(_CUT_OFF) from error
        except OSError as error:
            raise _no_room(error) from error
        finally:
            reader.close()
        yield Received(reader.fields, tuple(reader.files))
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def sweep_incoming(incoming: Path, *, older_than: float = LEFT_BEHIND_SECONDS) -> int:
    """Remove what a crash left behind: everything that was begun ``older_than`` seconds ago; how much that was."""
    removed = 0
    if not incoming.is_dir():
        return 0
    for path in list(incoming.iterdir()):
        try:
            old = time.time() - path.stat().st_mtime >= older_than
        except FileNotFoundError:
            continue  # It was received meanwhile.
        if old:
            if path.is_dir() and not path.is_symlink():
                shutil.rmtree(path, ignore_errors=True)
            else:
                path.unlink(missing_ok=True)
            removed += 1
    return removed


def _boundary(request: Request, limits: UploadLimits) -> bytes:
    kind, options = parse_options_header(request.headers.get("content-type"))
    boundary = options.get(b"boundary", b"")
    if kind.lower() != b"multipart/form-data" or not boundary:
        raise UploadRefusedError(_NO_FORM)
    length = request.headers.get("content-length", "")
    # Who says beforehand that it is too much is not read at all.
    if length.isascii() and length.isdigit() and int(length) > limits.body_bytes:
        raise limits.too_much()
    return boundary


async def _read(request: Request, boundary: bytes, reader: PartReader) -> None:
    part = Part(reader)
    parser = MultipartParser(
        boundary,
        {
            "on_part_begin": part.begin,
            "on_header_field": part.header_name,
            "on_header_value": part.header_value,
            "on_header_end": part.header_end,
            "on_headers_finished": part.headers_end,
            "on_part_data": part.data,
            "on_part_end": part.end,
            "on_end": reader.end,
        },
    )
    count = 0
    async for chunk in request.stream():
        count += len(chunk)
        if count > reader.limits.body_bytes:
            raise reader.limits.too_much()
        parser.write(chunk)
    if not reader.is_complete:
        raise UploadRefusedError(_CUT_OFF)
    reader.finish()


def _no_room(error: OSError) -> UploadRefusedError:
    if error.errno in {errno.ENOSPC, errno.EDQUOT}:
        return UploadRefusedError("サーバーの空き容量が足りないため、ファイルを受け取れません", 507)
    return UploadRefusedError(
        f"サーバーがファイルを書けないため、受け取れません。このサイトを置いている人に、この画面を見せてください（{error.strerror}）",
        500,
    )
