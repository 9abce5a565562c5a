"""The parts of an upload, one after the other: fields, and files that are looked at while they are written."""

from __future__ import annotations

import codecs
import hashlib
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from tsunagari_site.admin.upload_names import UploadRefusedError, decoded, safe_name, shown

#: RFC 7578, section 4.2, as browsers write it: a quotation mark in a value is %22, and there is no other escape.
_DISPOSITION = re.compile(rb'form-data; *name="([^"]*)"(?:; *filename="([^"]*)")?', re.IGNORECASE)
#: Where ISO 32000-1 lets the header begin, as readers accept it (bytes); as the parsers do.
_HEADER_WITHIN = 1024
_MOST_FIELDS = 40
#: What a file of another kind begins with, by the word for it.
_OTHER_KINDS = {
    b"PK\x03\x04": "ZIPか、ExcelやWordのファイル",
    b"MZ": "プログラム",
    b"\x7fELF": "プログラム",
    b"\x89PNG": "画像",
    b"\xff\xd8\xff": "画像",
    b"GIF8": "画像",
    b"\xd0\xcf\x11\xe0": "ExcelやWordのファイル",
    b"\x1f\x8b": "圧縮されたファイル",
    b"<!doctype": "ウェブページ",
    b"<html": "ウェブページ",
    b"<?xml": "ウェブページ",
}
#: Control characters that stand in texts: tab, line ends, page break.
_TEXT_CONTROLS = b"\t\n\r\f"
_CONTROLS = bytes(set(range(32)) - set(_TEXT_CONTROLS)) + b"\x7f"


@dataclass(frozen=True, slots=True)
class UploadLimits:
    """What is too much: bytes of a file, files, bytes of all files, bytes of a field.

    ``all_bytes`` 0 means twice as much as one file may have.
    """

    file_bytes: int
    files: int = 10
    all_bytes: int = 0
    field_bytes: int = 10_000

    @property
    def together(self) -> int:
        """Bytes of all files."""
        return self.all_bytes or 2 * self.file_bytes

    @property
    def body_bytes(self) -> int:
        """Bytes of the whole form, with its fields and headers."""
        return self.together + _MOST_FIELDS * self.field_bytes

    def too_much(self, name: str | None = None) -> UploadRefusedError:
        """The refusal of a file of this name, or of all together."""
        if name is None:
            return UploadRefusedError(
                f"ファイルが全部で{_megabytes(self.together)}MBを超えています。何回かに分けて送ってください", 413
            )
        return UploadRefusedError(
            f"「{shown(name)}」は大きすぎます（1つのファイルの上限は{_megabytes(self.file_bytes)}MB）", 413
        )


@dataclass(frozen=True, slots=True)
class ReceivedFile:
    """A file that was received: where it lies, its name (NFC), its length in bytes, its hash."""

    path: Path
    name: str
    size: int
    sha256: str


class Part:
    """The part that is being received, as python-multipart's callbacks tell it."""

    def __init__(self, reader: PartReader) -> None:
        self._reader = reader
        self._name = self._value = self._disposition = b""

    def begin(self) -> None:
        """A part begins."""
        self._name = self._value = self._disposition = b""

    def header_name(self, data: bytes, start: int, end: int) -> None:
        """A piece of a header's name."""
        self._name += data[start:end]

    def header_value(self, data: bytes, start: int, end: int) -> None:
        """A piece of a header's value."""
        self._value += data[start:end]

    def header_end(self) -> None:
        """A header is complete."""
        if self._name.lower() == b"content-disposition":
            self._disposition = self._value
        self._name = self._value = b""

    def headers_end(self) -> None:
        """All headers are there: the part is a field or a file."""
        found = _DISPOSITION.fullmatch(self._disposition.strip())
        if not found:
            raise UploadRefusedError(
                "送られたものの形が、フォームと違います。ページを開きなおして、もう一度送ってください"
            )
        self._reader.begin(found[1], found[2])

    def data(self, data: bytes, start: int, end: int) -> None:
        """A piece of its content."""
        self._reader.add(data[start:end])

    def end(self) -> None:
        """The part is complete."""
        self._reader.part_end()


class PartReader:
    """Keeps fields, and writes files to ``folder``, named by their number (from 1)."""

    def __init__(self, folder: Path, limits: UploadLimits, before_files: Callable[[Mapping[str, str]], None]) -> None:
        self.limits = limits
        self.fields: dict[str, str] = {}
        self.files: list[ReceivedFile] = []
        self.is_complete = False
        self._folder = folder
        self._before_files: Callable[[Mapping[str, str]], None] | None = before_files
        self._field: tuple[str, bytearray] | None = None
        self._file: _Writing | None = None
        self._all_bytes = 0

    def begin(self, name: bytes, file_name: bytes | None) -> None:
        """A field begins, or a file. A file without a name is one that nobody chose, as long as it is empty."""
        if file_name is None:
            if len(self.fields) >= _MOST_FIELDS:
                raise UploadRefusedError("送られた項目が多すぎます")
            self._field = (decoded(name, "項目の名前"), bytearray())
            return
        self._ask_before_files()
        if not file_name:
            self._file = _Writing("", None)
            return
        if len(self.files) >= self.limits.files:
            raise UploadRefusedError(
                f"1回に送れるファイルは{self.limits.files}個までです。何回かに分けて送ってください"
            )
        name_of = safe_name(decoded(file_name, "ファイルの名前"))
        if name_of in {one.name for one in self.files}:
            raise UploadRefusedError(
                f"「{shown(name_of)}」という名前のファイルが2つあります。1つずつ送るか、名前を変えてください"
            )
        self._file = _Writing(name_of, self._folder / str(len(self.files) + 1))

    def add(self, data: bytes) -> None:
        """A piece of the field or file."""
        if self._file:
            if not self._file.path:
                raise UploadRefusedError("名前のないファイルは受け取れません。名前を付けて、もう一度送ってください")
            if self._file.size + len(data) > self.limits.file_bytes:
                raise self.limits.too_much(self._file.name)
            self._all_bytes += len(data)
            if self._all_bytes > self.limits.together:
                raise self.limits.too_much()
            self._file.add(data)
        elif self._field:
            self._field[1].extend(data)
            if len(self._field[1]) > self.limits.field_bytes:
                raise UploadRefusedError(f"項目「{shown(self._field[0])}」が長すぎます")

    def part_end(self) -> None:
        """The field or file is complete."""
        if self._file:
            if self._file.path:
                self.files.append(self._file.end())
            self._file = None
        elif self._field:
            name, value = self._field
            self.fields.setdefault(name, decoded(bytes(value), f"項目「{shown(name)}」"))
            self._field = None

    def end(self) -> None:
        """The form is complete."""
        self.is_complete = True

    def finish(self) -> None:
        """There is nothing more."""
        self._ask_before_files()

    def close(self) -> None:
        """Close what is being written."""
        if self._file:
            self._file.close()

    def _ask_before_files(self) -> None:
        ask, self._before_files = self._before_files, None
        if ask:
            ask(self.fields)


class _Writing:
    """A file that is being written, and what can be said of it so far."""

    def __init__(self, name: str, path: Path | None) -> None:
        self.name, self.path, self.size = name, path, 0
        self._file: IO[bytes] | None = path.open("xb") if path else None
        self._hash = hashlib.sha256()
        self._head = b""
        self._is_text = name.casefold().endswith(".txt")
        self._decoder = codecs.getincrementaldecoder("utf-8")()

    def add(self, data: bytes) -> None:
        """Look at a piece, and write it."""
        if len(self._head) < _HEADER_WITHIN:
            self._head += data[: _HEADER_WITHIN - len(self._head)]
            if len(self._head) == _HEADER_WITHIN:
                self._look()
        if self._is_text:
            self._look_atdecoded(data)
        self._hash.update(data)
        self.size += len(data)
        if self._file:
            self._file.write(data)

    def end(self) -> ReceivedFile:
        """The file is complete."""
        if not self.size:
            raise UploadRefusedError(f"「{shown(self.name)}」は空のファイルです（0バイト）")
        if self.size < _HEADER_WITHIN:
            self._look()
        if self._is_text:
            self._look_atdecoded(b"", final=True)
        self.close()
        assert self.path is not None  # noqa: S101 - who has no path has no end
        return ReceivedFile(self.path, self.name, self.size, self._hash.hexdigest())

    def close(self) -> None:
        """Write nothing more."""
        if self._file:
            self._file.close()

    def _look(self) -> None:
        """Whether it begins as its name says; bytes decide."""
        head = self._head.lstrip(b"\xef\xbb\xbf \t\r\n")
        for begins, kind in _OTHER_KINDS.items():
            if head[: len(begins)].lower() == begins.lower():
                raise UploadRefusedError(
                    f"「{shown(self.name)}」の中身は{kind}です。PDFか、UTF-8のテキスト（.txt）を送ってください"
                )
        is_pdf = b"%PDF-" in self._head
        if self._is_text and is_pdf:
            raise UploadRefusedError(
                f"「{shown(self.name)}」の中身はPDFです。名前の終わりを .pdf にして、もう一度送ってください"
            )
        if not self._is_text and not is_pdf:
            raise UploadRefusedError(f"「{shown(self.name)}」の中身はPDFではありません")

    def _look_atdecoded(self, data: bytes, *, final: bool = False) -> None:
        try:
            self._decoder.decode(data, final)
        except UnicodeDecodeError:
            raise UploadRefusedError(
                f"「{shown(self.name)}」はUTF-8のテキストではありません。文字コードをUTF-8にして保存してから、送ってください"
            ) from None
        if len(data.translate(None, _CONTROLS)) != len(data):
            raise UploadRefusedError(f"「{shown(self.name)}」には、テキストには使わない、目に見えない文字があります")


def _megabytes(size: int) -> int:
    return max(1, size >> 20)
