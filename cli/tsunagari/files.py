"""Reading the files that somebody names: their bytes, or in words why there are none."""

from __future__ import annotations

import errno
from pathlib import Path

#: No document is larger, whatever its limits are (bytes): such a file is not even read.
LARGEST_FILE = 1 << 30

_REASONS = {
    errno.ENOENT: "ファイルがありません",
    errno.ENOTDIR: "ファイルがありません",
    errno.EISDIR: "フォルダーです。中のファイルを指定してください",
    errno.EACCES: "読む権限がありません",
    errno.EPERM: "読む権限がありません",
    errno.ELOOP: "シンボリックリンクが輪になっています",
    errno.ENAMETOOLONG: "ファイルの名前が長すぎます",
    errno.EFBIG: f"ファイルが大きすぎます（上限{LARGEST_FILE:,}バイト）",
    errno.EIO: "ディスクかネットワークの不具合で読めません",
}


def read_file(path: Path) -> bytes:
    """The bytes of a file, at one moment: whatever becomes of it later, what was read is what is reported.

    Raises:
        OSError: it cannot be read, or is larger than any document.
    """
    if path.stat().st_size > LARGEST_FILE:
        raise OSError(errno.EFBIG, "too large")
    return path.read_bytes()


def why_unreadable(path: Path, error: OSError) -> str:
    """In words why a file cannot be read."""
    if error.errno == errno.ENOENT and path.is_symlink():
        return "シンボリックリンクの先のファイルがありません"
    return _REASONS.get(error.errno or 0, f"ファイルを読めません（{error.strerror}）")
