"""From files, lists of files and crawl manifests to a staged generation."""

from __future__ import annotations

import tomllib
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from pathlib import Path
from threading import Lock

from tsunagari.files import read_file, why_unreadable
from tsunagari.parsing import DocumentReader, HowToRead
from tsunagari.picturing import DrawingProgress, with_pictures
from tsunagari_crawler import Archive, CrawlerError, Edition, EditionError, FetchedDocument
from tsunagari_crawler.archive import read_manifest
from tsunagari_indexer.build import ImportedDocument
from tsunagari_indexer.workspace import Staged, Workspace
from tsunagari_parsers.errors import UnreadableDocumentError


@dataclass(frozen=True, slots=True)
class EditionOptions:
    """What the command line says of the documents; None leaves it to what stands beside them."""

    year: int | None = None
    series: str | None = None
    part: str | None = None
    title: str | None = None
    url: str | None = None
    licence: str | None = None
    publisher: str | None = None

    def apply(self, edition: Edition | None) -> Edition | None:
        """The edition with what the options say; None if nobody has said a year."""
        given = {
            name: value
            for name in ("series", "part", "title", "url", "licence", "publisher")
            if (value := getattr(self, name)) is not None
        }
        if edition is None:
            return Edition(fiscal_year=self.year, **given) if self.year is not None else None
        return replace(edition, **given) if self.year is None else replace(edition, **given, fiscal_year=self.year)


@dataclass(frozen=True, slots=True)
class NamedFile:
    """A document that lies somewhere under another name than its own; nothing stands beside it."""

    path: Path
    name: str


@dataclass(frozen=True, slots=True)
class Offered:
    """A document that somebody wants imported: its bytes, and what is known of it."""

    content: bytes
    name: str
    edition: Edition | None
    stored: FetchedDocument | None = None


@dataclass(frozen=True, slots=True)
class ImportOutcome:
    """What an import did. ``staged`` is None where nothing changed or nothing could be read."""

    staged: Staged | None
    imported: tuple[ImportedDocument, ...]
    replaced: tuple[str, ...]
    failures: tuple[str, ...]
    unchanged: bool


def import_documents(
    workspace: Workspace,
    paths: Sequence[Path | NamedFile],
    options: EditionOptions,
    progress: Callable[[str], None] = lambda _: None,
    *,
    reader: DocumentReader | None = None,
    how: HowToRead | None = None,
    drawing: DrawingProgress = lambda *_: None,
    by: str = "",
) -> ImportOutcome:
    """Read the documents of ``paths``, add them to what the data folder has, and stage the result.

    A path is a PDF, a list of documents (``.toml`` with ``documents = […]``), a crawl's manifest (``.jsonl``), or an archive's folder;
    a :class:`NamedFile` is a document, whatever it is called.
    A document that cannot be read is left out and named in ``failures``; the others are staged. ``how`` is
    kept with each document; ``reader`` is what reads them and draws their rows (in this process where nothing is given), of which
    ``drawing`` is told. ``by`` is who imports, for the audit log; empty for a command.

    Raises:
        IndexerError, CrawlerError: the data folder cannot be read or written.
    """
    reader, how = reader or DocumentReader(), how or HowToRead()
    base = workspace.base_documents()
    read: list[ImportedDocument] = []
    failures: list[str] = []
    for path in paths:
        try:
            offered = list(_offered(path, workspace.archive))
        except (OSError, CrawlerError) as error:
            where, file = (path.name, path.path) if isinstance(path, NamedFile) else (path, path)
            failures.append(f"{where}：{_reason(file, error)}")
            continue
        for document in offered:
            if isinstance(document, str):
                # Only a list gives such a message: it says which list named the document.
                failures.append(f"{path.name}：{document}")
                continue
            progress(document.name)
            try:
                read.append(_read(document, options, workspace.archive, reader, how))
            except (UnreadableDocumentError, CrawlerError) as error:
                failures.append(str(error))
    read, clashes = _without_clashes(read)
    failures += clashes
    if not read:
        return ImportOutcome(None, (), (), tuple(failures), unchanged=False)
    keys = {document.edition.key for document in read}
    kept = [fetched for fetched in base if fetched.edition is None or fetched.edition.key not in keys]
    # The same bytes as another year of the same series: the year was a slip, and this import puts it right.
    corrected = {(one.fetched.sha256, one.edition.series) for one in read}
    kept = [one for one in kept if one.edition is None or (one.sha256, one.edition.series) not in corrected]
    elsewhere = {fetched.sha256 for fetched in kept}
    failures += [
        f"{one.fetched.name}：同じ内容の文書が、別の種類の一覧としてすでに取り込まれています。種類（series）を確かめてください"
        for one in read
        if one.fetched.sha256 in elsewhere
    ]
    read = [one for one in read if one.fetched.sha256 not in elsewhere]
    replaced = [fetched for fetched in base if fetched not in kept]
    if not read:
        return ImportOutcome(None, (), (), tuple(failures), unchanged=False)
    if _same(base, read, kept) and not workspace.is_behind():
        return ImportOutcome(None, tuple(read), (), tuple(failures), unchanged=True)
    read = _with_pictures(read, workspace, reader, drawing)
    everything: list[ImportedDocument] = []
    for fetched in kept:
        progress(fetched.name)
        everything.append(_reread(fetched, workspace, reader))
    everything = [*_with_pictures(everything, workspace, reader, drawing), *read]
    new = {(one.fetched.sha256, one.edition) for one in read}
    names = tuple(
        f"{one.name}（{one.edition.fiscal_year if one.edition else '？'}年度、{one.sha256[:12]}…）"
        for one in replaced
        if (one.sha256, one.edition) not in new
    )
    return ImportOutcome(workspace.stage(everything, base, by=by), tuple(read), names, tuple(failures), unchanged=False)


def reindex(
    workspace: Workspace,
    progress: Callable[[str], None] = lambda _: None,
    reader: DocumentReader | None = None,
    drawing: DrawingProgress = lambda *_: None,
    by: str = "",
) -> Staged | None:
    """Stage the documents of the newest generation again, as today's rules read them; None if there are none.

    Pictures of rows that are missing are drawn again. ``by`` is who does it, for the audit log; empty for a command.
    """
    documents = []
    base = workspace.base_documents()
    reader = reader or DocumentReader()
    for fetched in base:
        progress(fetched.name)
        documents.append(_reread(fetched, workspace, reader))
    if not documents:
        return None
    return workspace.stage(_with_pictures(documents, workspace, reader, drawing), base, by=by)


def _offered(path: Path | NamedFile, archive: Archive) -> Iterator[Offered | str]:
    """The documents of a path, and a message for each one of a list that cannot be read."""
    if isinstance(path, NamedFile):
        yield Offered(read_file(path.path), path.name, None)
    elif path.is_dir():
        manifests = Archive(path).crawl_manifests()
        if not manifests:
            raise EditionError(
                "取得の記録（crawls/*.jsonl）がありません。PDFを指定するか、先に tsunagari crawl をしてください"
            )
        for manifest in manifests:
            yield from _from_manifest(manifest, Archive(path))
    elif path.suffix == ".jsonl":
        yield from _from_manifest(path, Archive(path.parent.parent) if path.parent.name == "crawls" else archive)
    elif path.suffix == ".toml":
        for document in _listed(path):
            try:
                yield Offered(read_file(document), document.name, Edition.beside(document))
            except (OSError, CrawlerError) as error:
                yield f"{document}：{_reason(document, error)}"
    else:
        yield Offered(read_file(path), path.name, Edition.beside(path))


def _from_manifest(manifest: Path, archive: Archive) -> Iterator[Offered]:
    for fetched in read_manifest(manifest):
        yield Offered(archive.read(fetched.sha256), fetched.name, fetched.edition, fetched)


def _listed(path: Path) -> list[Path]:
    try:
        entries = tomllib.loads(path.read_text(encoding="utf-8")).get("documents")
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise EditionError(f"TOMLとして読めません（{error}）") from error
    if not isinstance(entries, list) or not entries or not all(isinstance(entry, str) for entry in entries):
        raise EditionError('documents = ["一覧.pdf", …] がありません')
    return [path.parent / entry for entry in entries]


def _read(
    document: Offered, options: EditionOptions, archive: Archive, reader: DocumentReader, how: HowToRead
) -> ImportedDocument:
    edition = options.apply(document.edition)
    if edition is None:
        raise EditionError(
            f"{document.name}：何年度の一覧か分かりません。--year 2021 のように年度（西暦）を付けるか、{Path(document.name).stem}.toml に fiscal_year = 2021 と書いてください"
        )
    parsed = reader.read(document.content, name=document.name, fiscal_year=edition.fiscal_year, how=how)
    settled = edition.with_series(parsed.report.series)
    if document.stored is None:
        fetched = archive.store(document.content, name=document.name, edition=settled, url=settled.url)
    else:
        if document.stored.sha256 not in archive:
            archive.store(
                document.content,
                name=document.name,
                edition=settled,
                url=document.stored.url,
                headers=document.stored.headers,
            )
        fetched = replace(document.stored, edition=settled)
    return ImportedDocument(replace(fetched, columns=how.columns, ocr=how.ocr), parsed)


def _reread(fetched: FetchedDocument, workspace: Workspace, reader: DocumentReader) -> ImportedDocument:
    year = fetched.edition.fiscal_year if fetched.edition else None
    how = HowToRead(fetched.columns, fetched.ocr)
    parsed = reader.read(workspace.archive.read(fetched.sha256), name=fetched.name, fiscal_year=year, how=how)
    return ImportedDocument(fetched, parsed)


def _with_pictures(
    documents: Sequence[ImportedDocument], workspace: Workspace, reader: DocumentReader, drawing: DrawingProgress
) -> list[ImportedDocument]:
    """The documents with the pictures of their rows, of as many at once as the reader may draw."""
    telling = Lock()

    def tell(name: str, done: int, of: int) -> None:
        with telling:
            drawing(name, done, of)

    def draw(one: ImportedDocument) -> ImportedDocument:
        return with_pictures(one, workspace.archive, workspace.pictures, reader.rows, tell)

    if reader.at_once == 1 or len(documents) < 2:
        return [draw(one) for one in documents]
    with ThreadPoolExecutor(reader.at_once, thread_name_prefix="drawing") as threads:
        return list(threads.map(draw, documents))


def _without_clashes(read: Sequence[ImportedDocument]) -> tuple[list[ImportedDocument], list[str]]:
    """Two different files of one edition in one import would replace each other in silence: both are refused."""
    by_key: dict[tuple[str, int, str], list[ImportedDocument]] = {}
    for document in read:
        same = by_key.setdefault(document.edition.key, [])
        if document.fetched.sha256 not in {other.fetched.sha256 for other in same}:
            same.append(document)
    failures = [
        f"{'、'.join(one.fetched.name for one in same)}：どれも「{series}」{year}年度です。区別（part）を付けて分けてください"
        for (series, year, _), same in by_key.items()
        if len(same) > 1
    ]
    return [same[0] for same in by_key.values() if len(same) == 1], failures


def _same(base: Sequence[FetchedDocument], read: Sequence[ImportedDocument], kept: Sequence[FetchedDocument]) -> bool:
    def known(fetched: FetchedDocument) -> tuple[str, Edition | None, str, bool]:
        return fetched.sha256, fetched.edition, fetched.columns, fetched.ocr

    return {known(one) for one in base} == {known(one) for one in kept} | {known(one.fetched) for one in read}


def _reason(path: Path, error: OSError | CrawlerError) -> str:
    return why_unreadable(path, error) if isinstance(error, OSError) else str(error)
