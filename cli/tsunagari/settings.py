"""Settings, from the environment. A setting that cannot be used is told with its name and its value."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path

from tsunagari_indexer.catalogue import Catalogue
from tsunagari_indexer.engine import SearchEngine
from tsunagari_indexer.engines.meili import MeiliEngine, MeiliSettings, MeiliWriter
from tsunagari_indexer.generation import Generation
from tsunagari_indexer.workspace import Workspace, index_name
from tsunagari_parsers.limits import MEGABYTE, MOST_WORKERS, Limits


class SettingsError(Exception):
    """A setting is missing or cannot be used; the message is for an administrator."""


class EngineName(StrEnum):
    """The search engines to choose from (``TSUNAGARI_ENGINE``)."""

    EMBEDDED = "embedded"
    MEILI = "meili"


@dataclass(frozen=True, slots=True)
class Settings:
    """What the environment says.

    Each key can also be given as the name of a file that holds it (``TSUNAGARI_…_FILE``), as container secrets are.
    """

    engine: EngineName = EngineName.EMBEDDED
    meili_url: str = ""
    meili_search_key: str = ""
    meili_admin_key: str = ""
    parse_limits: Limits = field(default_factory=Limits)
    parse_workers: int | None = None
    mail: str = ""
    requests_per_minute: int = 0
    admin: bool = False
    admin_insecure_cookie: bool = False

    @classmethod
    def from_environment(cls, environment: Mapping[str, str] = os.environ) -> Settings:
        """Read the environment.

        Raises:
            SettingsError: an unknown engine, a key file that cannot be read, Meilisearch without an address, a limit that is no
                number or out of its range, a mail address that is none, a switch that is neither 0 nor 1.
        """
        name = environment.get("TSUNAGARI_ENGINE", EngineName.EMBEDDED)
        try:
            engine = EngineName(name)
        except ValueError:
            raise SettingsError(f"TSUNAGARI_ENGINE「{name}」は使えません（{'、'.join(EngineName)}）") from None
        url = environment.get("TSUNAGARI_MEILI_URL", "")
        if engine is EngineName.MEILI and not url.startswith(("http://", "https://")):
            raise SettingsError(f"TSUNAGARI_MEILI_URL「{url}」は http:// か https:// で始めてください")
        rate = _number(environment, "TSUNAGARI_REQUESTS_PER_MINUTE", least=0, most=1_000_000)
        return cls(
            engine=engine,
            meili_url=url.rstrip("/"),
            meili_search_key=_secret(environment, "TSUNAGARI_MEILI_SEARCH_KEY"),
            meili_admin_key=_secret(environment, "TSUNAGARI_MEILI_ADMIN_KEY"),
            parse_limits=_limits(environment),
            parse_workers=_number(environment, "TSUNAGARI_PARSE_WORKERS", least=1, most=MOST_WORKERS),
            mail=_mail(environment),
            requests_per_minute=rate or 0,
            admin=_switch(environment, "TSUNAGARI_ADMIN"),
            admin_insecure_cookie=_switch(environment, "TSUNAGARI_ADMIN_INSECURE_COOKIE"),
        )

    def workspace(self, root: Path, *, writing: bool) -> Workspace:
        """The data folder, with what builds indexes outside of it when something is to be written.

        Raises:
            SettingsError: Meilisearch is chosen and there is no key that may build.
        """
        if self.engine is EngineName.EMBEDDED or not writing:
            return Workspace(root)
        if not self.meili_admin_key:
            raise SettingsError("TSUNAGARI_MEILI_ADMIN_KEY（または …_FILE）に、索引を作れる鍵を指定してください")
        return Workspace(root, MeiliWriter(MeiliSettings(self.meili_url, self.meili_admin_key)))

    def catalogue(self, root: Path) -> Catalogue:
        """The published generation with the chosen engine.

        Raises:
            SettingsError: Meilisearch is chosen and there is no key that may search.
        """
        if self.engine is EngineName.MEILI and not self.meili_search_key:
            raise SettingsError("TSUNAGARI_MEILI_SEARCH_KEY（または …_FILE）に、検索だけできる鍵を指定してください")
        return Catalogue(Workspace(root), self.engine_for)

    def engine_for(self, generation: Generation) -> SearchEngine:
        """The engine of an open generation."""
        if self.engine is EngineName.EMBEDDED:
            return generation.embedded
        settings = MeiliSettings(self.meili_url, self.meili_search_key)
        return MeiliEngine(settings, index_name(generation.meta["name"]))


def _limits(environment: Mapping[str, str]) -> Limits:
    """What reading one document may cost; what is not set keeps its default."""
    usual = Limits()
    memory = _number(environment, "TSUNAGARI_PARSE_MEMORY_MB", least=64, most=1_000_000)
    seconds = _number(environment, "TSUNAGARI_PARSE_SECONDS", least=1, most=86_400)
    pages = _number(environment, "TSUNAGARI_PARSE_PAGES", least=1, most=100_000)
    size = _number(environment, "TSUNAGARI_PARSE_FILE_MB", least=1, most=1000)
    return Limits(
        memory_bytes=usual.memory_bytes if memory is None else memory * MEGABYTE,
        seconds=usual.seconds if seconds is None else seconds,
        pages=usual.pages if pages is None else pages,
        file_bytes=usual.file_bytes if size is None else size * MEGABYTE,
    )


def _mail(environment: Mapping[str, str]) -> str:
    """The address for corrections, as the page about the site shows it."""
    mail = environment.get("TSUNAGARI_MAIL", "").strip()
    name, at, host = mail.partition("@")
    if mail and not (name and at and "." in host and mail.isascii() and not set(mail) & set(' "<>,;:?&')):
        raise SettingsError(f"TSUNAGARI_MAIL「{mail}」は、メールアドレスではありません")
    return mail


def _number(environment: Mapping[str, str], name: str, *, least: int, most: int) -> int | None:
    text = environment.get(name, "")
    if not text:
        return None
    if not (text.isascii() and text.isdigit() and least <= int(text) <= most):
        raise SettingsError(f"{name}「{text}」は{least}から{most}までの整数にしてください")
    return int(text)


def _switch(environment: Mapping[str, str], name: str) -> bool:
    text = environment.get(name, "")
    if text not in {"", "0", "1"}:
        raise SettingsError(f"{name}「{text}」は0か1にしてください")
    return text == "1"


def _secret(environment: Mapping[str, str], name: str) -> str:
    path = environment.get(f"{name}_FILE")
    if not path:
        return environment.get(name, "")
    try:
        return Path(path).read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError) as error:
        raise SettingsError(f"{name}_FILE「{path}」を読めません（{error}）") from error
