"""Building the site from settings and a data folder."""

from __future__ import annotations

import os
import secrets
from contextlib import suppress
from pathlib import Path

from starlette.applications import Starlette

from tsunagari.settings import Settings, SettingsError
from tsunagari_crawler.archive import write_atomically
from tsunagari_indexer.missed_concepts import MissedConcepts
from tsunagari_site.app import build_app
from tsunagari_site.seal import KEY_BYTES, Sealer
from tsunagari_site.site import Site


def build_site(settings: Settings, data_dir: Path) -> Starlette:
    """The site over the data folder's published generation.

    Raises:
        SettingsError: the folder's key for sealed addresses cannot be made or read.
    """
    return build_app(
        Site(
            settings.catalogue(data_dir),
            Sealer(sealing_key(data_dir)),
            mail=settings.mail,
            requests_per_minute=settings.requests_per_minute,
            counts=MissedConcepts(data_dir),
        )
    )


def sealing_key(data_dir: Path) -> bytes:
    """The key that seals addresses, made on first use; every process that serves the folder shares it.

    Raises:
        SettingsError: it cannot be read or written, or has another length.
    """
    path = data_dir / "sealing.key"
    try:
        if not path.exists():
            data_dir.mkdir(parents=True, exist_ok=True)
            made = data_dir / f".sealing.{os.getpid()}.key"
            write_atomically(made, secrets.token_bytes(KEY_BYTES))
            made.chmod(0o600)
            # Of two processes that start together, the first one's key stays.
            with suppress(FileExistsError):
                os.link(made, path)
            made.unlink()
        key = path.read_bytes()
    except OSError as error:
        raise SettingsError(f"アドレスを封じる鍵 {path} を用意できません（{error}）") from error
    if len(key) != KEY_BYTES:
        raise SettingsError(f"アドレスを封じる鍵 {path} が{KEY_BYTES}バイトではありません（{len(key)}バイト）")
    return key
