"""Looking whether a data folder and its engine are well."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from tsunagari.settings import Settings
from tsunagari_crawler import ArchiveError
from tsunagari_indexer.analysis import ANALYSIS_VERSION
from tsunagari_indexer.errors import IndexerError
from tsunagari_indexer.generation import Generation
from tsunagari_indexer.workspace import Workspace


@dataclass(frozen=True, slots=True)
class Check:
    """One thing that was looked at."""

    name: str
    ok: bool
    detail: str


def examine(settings: Settings, data_dir: Path) -> Iterator[Check]:
    """Look at the published generation, its documents in the archive, the analysis that it was built with, and the engine."""
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


def _pictures(workspace: Workspace, generation: Generation) -> Check:
    """Whether the pictures of rows that the generation promises are there, whole."""
    promised = [listing.picture for listing in generation.all_listings() if listing.picture]
    missing = sum(workspace.pictures.content(picture) is None for picture in promised)
    away = f"（{missing}枚が足りません。tsunagari reindex と publish をしてください）" if missing else ""
    return Check("行の画像", ok=not missing, detail=f"{len(promised)}枚{away}")
