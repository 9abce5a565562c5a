"""The files that hold Meilisearch's keys, readable by their owner alone."""

from __future__ import annotations

import os
import secrets
import tempfile
from contextlib import suppress
from pathlib import Path

from tsunagari.settings import SettingsError
from tsunagari_crawler.archive import sync_folder
from tsunagari_indexer.engines.meili import make_keys

_MASTER_KEY_BYTES = 32
#: Meilisearch refuses to start in production with a shorter one.
_SHORTEST_MASTER_KEY = 16


def ensure_master_key(path: Path) -> bool:
    """Write a random master key to ``path`` unless there is one; whether it was made now.

    Raises:
        SettingsError: the file cannot be written, or holds no usable key.
    """
    if os.path.lexists(path):
        _read_master_key(path)
        return False
    _write_secret(path, secrets.token_hex(_MASTER_KEY_BYTES))
    return True


def write_keys(url: str, master_key_file: Path, admin_dir: Path, search_dir: Path) -> tuple[Path, Path]:
    """Have the server make the key that builds indexes and the one that only searches; write them and say where.

    Raises:
        SettingsError: the address or the master key cannot be used, or a file cannot be written.
        EngineError: the server is away or refuses the master key.
    """
    if not url.startswith(("http://", "https://")):
        raise SettingsError(f"TSUNAGARI_MEILI_URL「{url}」は http:// か https:// で始めてください")
    search_key, admin_key = make_keys(url.rstrip("/"), _read_master_key(master_key_file))
    written = (admin_dir / "admin.key", search_dir / "search.key")
    for path, key in zip(written, (admin_key, search_key), strict=True):
        _write_secret(path, key)
    return written


def _read_master_key(path: Path) -> str:
    try:
        key = path.read_text(encoding="ascii").strip()
    except (OSError, UnicodeDecodeError) as error:
        raise SettingsError(f"マスターキー {path} を読めません（{error}）") from error
    if len(key) < _SHORTEST_MASTER_KEY:
        raise SettingsError(f"マスターキー {path} が短すぎます（{_SHORTEST_MASTER_KEY}文字以上にしてください）")
    return key


def _write_secret(path: Path, secret: str) -> None:
    """Write a whole file or none; at no moment can anybody else read it."""
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        descriptor, temporary = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.parent)
        try:
            with os.fdopen(descriptor, "w", encoding="ascii") as file:
                file.write(f"{secret}\n")
                file.flush()
                os.fsync(file.fileno())
            Path(temporary).replace(path)
        finally:
            with suppress(FileNotFoundError):
                Path(temporary).unlink()
        sync_folder(path.parent)
    except OSError as error:
        raise SettingsError(f"鍵のファイル {path} を書けません（{error}）") from error
