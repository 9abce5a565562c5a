"""Looking whether a data folder and its engine are well."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path

from tsunagari.settings import Settings
from tsunagari_crawler import ArchiveError
from tsunagari_indexer.analysis import ANALYSIS_VERSION
from tsunagari_indexer.desk_standing import taken_off
from tsunagari_indexer.errors import IndexerError
from tsunagari_indexer.generation import Generation
from tsunagari_indexer.outdated import outdated
from tsunagari_indexer.workspace import Workspace
from tsunagari_parsers import known_desks
from tsunagari_site.calendar import day_in_japan


@dataclass(frozen=True, slots=True)
class Check:
    """One thing that was looked at."""

    name: str
    ok: bool
    detail: str


def examine(settings: Settings, data_dir: Path, today: date | None = None) -> Iterator[Check]:
    """Look at the published generation, its documents in the archive, the analysis that it was built with, and the engine.

    ``today`` says how old the lists are; by default it is the day in Japan.
    """
    today = today or day_in_japan(datetime.now(UTC))
    workspace = Workspace(data_dir)
    try:
        name = workspace.current()
        generation = Generation.open(workspace.generation_path(name))
    except IndexerError as error:
        yield Check("公開中の世代", ok=False, detail=str(error))
        return
    try:
        yield Check(
            "公開中の世代",
            ok=True,
            detail=f"{name}（{generation.meta['built_at']} 作成、事業{generation.meta['programs']}）",
        )
        for document in generation.documents.values():
            try:
                workspace.archive.read(document.sha256)
                yield Check("保管庫", ok=True, detail=f"{document.name}（{document.fiscal_year}年度）")
            except ArchiveError as error:
                yield Check("保管庫", ok=False, detail=str(error))
        yield _pictures(workspace, generation)
        yield _age(generation, today)
        yield _desks(generation)
        same = generation.meta["analysis"] == ANALYSIS_VERSION
        yield Check(
            "解析の版",
            ok=same,
            detail=generation.meta["analysis"]
            + ("" if same else f"（いまは {ANALYSIS_VERSION}。tsunagari reindex をしてください）"),
        )
        try:
            held = settings.engine_for(generation).count()
            yield Check(
                f"検索エンジン（{settings.engine}）",
                ok=held == int(generation.meta["records"]),
                detail=f"{held}件",
            )
        except IndexerError as error:
            yield Check(f"検索エンジン（{settings.engine}）", ok=False, detail=str(error))
    finally:
        generation.close()


def _age(generation: Generation, today: date) -> Check:
    """Which papers are older than 18 months and have no newer edition. That is no fault of the folder's: there may be none yet."""
    old = outdated(generation.documents.values(), today)
    named = "、".join(f"{one.title or one.name}（{one.fiscal_year}年度）" for one in old)
    return Check(
        "一覧の新しさ",
        ok=True,
        detail=f"1年半より古いものが{len(old)}件あります。新しい版が出ていないか見てください：{named}"
        if old
        else "1年半より古いものはありません",
    )


def _desks(generation: Generation) -> Check:
    """Which desks no page shows because somebody found them ended or changed: their entries are to be put right."""
    desks = (*known_desks(), *generation.desks)
    off = [
        f"{one.desk.name}（{one.desk.id}、{one.word.on} {one.word.outcome}）"
        for one in taken_off(desks, generation.desk_confirmations)
    ]
    return Check(
        "窓口",
        ok=True,
        detail=f"確かめた結果、ページに出していないものが{len(off)}件あります。データを直したら、継続と確かめ直してください：{'、'.join(off)}"
        if off
        else "確かめた結果で出していないものはありません",
    )


def _pictures(workspace: Workspace, generation: Generation) -> Check:
    """Whether the pictures of rows that the generation promises are there, whole."""
    promised = [listing.picture for listing in generation.all_listings() if listing.picture]
    missing = sum(workspace.pictures.content(picture) is None for picture in promised)
    away = f"（{missing}枚が足りません。tsunagari reindex と publish をしてください）" if missing else ""
    return Check("行の画像", ok=not missing, detail=f"{len(promised)}枚{away}")
