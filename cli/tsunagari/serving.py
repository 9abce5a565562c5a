"""Building the site from settings and a data folder."""

from __future__ import annotations

import os
import secrets
from contextlib import suppress
from ipaddress import ip_address
from pathlib import Path

from starlette.applications import Starlette

from tsunagari.jobs import FolderJobs
from tsunagari.settings import Settings, SettingsError
from tsunagari_crawler.archive import write_atomically
from tsunagari_indexer.accounts import accounts
from tsunagari_indexer.missed_concepts import MissedConcepts
from tsunagari_indexer.review import ledger_of
from tsunagari_site.admin.context import Admin
from tsunagari_site.admin.uploads import UploadLimits, sweep_incoming
from tsunagari_site.app import build_app
from tsunagari_site.seal import KEY_BYTES, Sealer
from tsunagari_site.site import Site


def build_site(settings: Settings, data_dir: Path) -> Starlette:
    """The site over the data folder's published generation, with the administrators' pages where the settings switch them on.

    Raises:
        SettingsError: the folder's key for sealed addresses cannot be made or read, or nobody could sign in.
        LedgerError: the administrators' pages are on, and the ledger cannot be opened.
    """
    return build_app(
        Site(
            settings.catalogue(data_dir),
            Sealer(sealing_key(data_dir)),
            mail=settings.mail,
            requests_per_minute=settings.requests_per_minute,
            counts=MissedConcepts(data_dir),
        ),
        admin_of(settings, data_dir) if settings.admin else None,
    )


def admin_of(settings: Settings, data_dir: Path) -> Admin:
    """What the administrators' pages are made from. What killed jobs and uploads left behind is removed.

    Raises:
        SettingsError: no account may sign in, or no key may build indexes.
        LedgerError: the ledger cannot be opened.
    """
    workspace = settings.workspace(data_dir, writing=True)
    with ledger_of(workspace) as ledger:
        if all(one.disabled_at for one in accounts(ledger)):
            raise SettingsError(
                "管理のページ（TSUNAGARI_ADMIN=1）に入れるアカウントがありません。tsunagari account add 名前 で作ってください"
            )
    jobs = FolderJobs(data_dir)
    jobs.sweep()
    sweep_incoming(data_dir / "incoming")
    return Admin(
        workspace,
        secure_cookie=not settings.admin_insecure_cookie,
        jobs=jobs,
        upload_limits=UploadLimits(settings.parse_limits.file_bytes),
        ocr=_can_read_pictures(),
    )


def _can_read_pictures() -> bool:
    from tsunagari_parsers.errors import OcrUnavailableError  # noqa: PLC0415 - only these pages ask
    from tsunagari_parsers.ocr import Ocr  # noqa: PLC0415

    try:
        Ocr().check()
    except OcrUnavailableError:
        return False
    return True


def check_host(settings: Settings, host: str) -> None:
    """A cookie that may cross plain http stays on this machine.

    Raises:
        SettingsError: such a cookie is chosen, and others can reach the site's address.
    """
    if settings.admin and settings.admin_insecure_cookie and not _is_loopback(host):
        raise SettingsError(
            f"TSUNAGARI_ADMIN_INSECURE_COOKIE=1 は、このコンピューターだけで試すときのものです。--host「{host}」では使えません"
        )


def _is_loopback(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


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
            write_atomically(made, secrets.token_bytes(KEY_BYTES), secret=True)
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
