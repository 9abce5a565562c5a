"""The data folder: archive, ledger, generations, and which of them is published.

    data/
      archive/                documents as fetched
      caches/rows/            pictures of rows; lost ones are made again
      counts/                 how often what was looked for was not there; lost, they begin at zero
      ledger.sqlite           what was decided
      generations/7_3fa9c1.sqlite
      CURRENT                 names the published generation

Staging, publishing and going back hold one lock, so that two of them never meet. A crash at any point leaves the last published
generation serving: ``CURRENT`` is replaced by one rename, after everything that it names is complete.
"""

from __future__ import annotations

import fcntl
import re
import secrets
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path

from tsunagari_crawler import Archive, FetchedDocument
from tsunagari_crawler.archive import write_atomically
from tsunagari_indexer.analysis import ANALYSIS_VERSION
from tsunagari_indexer.build import Decided, DocumentFinding, ImportedDocument, assemble
from tsunagari_indexer.engine import EngineWriter
from tsunagari_indexer.errors import GenerationError, NothingPublishedError, PublishRefusedError
from tsunagari_indexer.generation import Generation, write_generation
from tsunagari_indexer.ledger import FindingKey, GenerationRecord, Ledger
from tsunagari_indexer.ledger import is_behind as is_decided_since
from tsunagari_indexer.lexicon import known_lexicon
from tsunagari_indexer.lexicon_additions import WORDS, in_force, left_out_findings, with_words, words_to_meta
from tsunagari_indexer.listings import index_listing, surfaces_of
from tsunagari_indexer.offers import known_offer_rules
from tsunagari_indexer.row_pictures import PictureCache
from tsunagari_indexer.typed_text import MAX_REASON, fault_of_text
from tsunagari_parsers import Level

#: How many generations are kept, the published one included.
KEPT = 5
_NAME = re.compile(r"(\d+)_[0-9a-f]{6}")


@dataclass(frozen=True, slots=True)
class Staged:
    """A generation that is built but not published. Of its ``listings``, ``programs`` are programmes."""

    name: str
    documents: int
    listings: int
    programs: int
    findings: tuple[DocumentFinding, ...]
    accepted: Mapping[FindingKey, str] = field(default_factory=dict)

    @property
    def must_look(self) -> tuple[DocumentFinding, ...]:
        """The findings that keep it from being published: those that nobody has let pass."""
        return tuple(
            one
            for one in self.findings
            if one.finding.level is Level.MUST_LOOK and finding_key(one) not in self.accepted
        )


def finding_key(one: DocumentFinding) -> FindingKey:
    """What a finding is known by from build to build."""
    return one.document, one.finding.code, one.finding.page, one.finding.row, one.finding.value


@dataclass(frozen=True, slots=True)
class Published:
    """What was published or gone back to, and what was left behind.

    ``is_behind``: confirmations or words were added since it was built, which it does not have; they are no reason not to publish it.
    """

    name: str
    previous: str | None
    is_behind: bool = False


class Workspace:
    """A data folder. ``writer`` builds the indexes that live outside the generation's file, if any do."""

    def __init__(self, root: Path, writer: EngineWriter | None = None) -> None:
        self.root = root
        self.archive = Archive(root / "archive")
        self.pictures = PictureCache(root / "caches" / "rows")
        self._writer = writer

    def current(self) -> str:
        """The name of the published generation.

        Raises:
            NothingPublishedError: none is.
            GenerationError: ``CURRENT`` names no generation.
        """
        try:
            name = (self.root / "CURRENT").read_text(encoding="ascii").strip()
        except FileNotFoundError:
            raise NothingPublishedError(
                "公開した世代が、まだありません",
                typed=f"{self.root} には、公開された世代がまだありません。tsunagari import のあと tsunagari publish をしてください",
            ) from None
        except (OSError, UnicodeDecodeError) as error:
            raise GenerationError(
                "公開している世代の名前（CURRENT）を読めません",
                typed=f"{self.root / 'CURRENT'} を読めません（{error}）",
            ) from error
        if not _NAME.fullmatch(name):
            raise GenerationError(
                f"公開している世代の名前（CURRENT）の中身「{name[:40]}」は世代の名前ではありません",
                typed=f"{self.root / 'CURRENT'} の中身「{name[:40]}」は世代の名前ではありません",
            )
        return name

    def generation_path(self, name: str) -> Path:
        """Where the file of a generation lies."""
        return self.root / "generations" / f"{name}.sqlite"

    def base_documents(self) -> tuple[FetchedDocument, ...]:
        """The documents that an import starts from: those of the newest staged generation, else of the published one."""
        with self._ledger() as ledger:
            return self._base(ledger)

    def stage(self, documents: Sequence[ImportedDocument], base: Sequence[FetchedDocument], *, by: str = "") -> Staged:
        """Build a generation of exactly these documents.

        Args:
            documents: all that it shall hold.
            base: what :meth:`base_documents` gave when the import began.
            by: who imports, for the audit log; empty for a command.

        Raises:
            GenerationError: another import came between, or it could not be built; nothing is left of it but its number.
            EngineError: the index outside its file could not be built.
        """
        with self._locked(), self._ledger() as ledger:
            if tuple(base) != self._base(ledger):
                raise GenerationError("取り込みのあいだに、ほかの取り込みか公開がありました。もう一度実行してください")
            for leftover in ledger.generations("building"):
                self._discard(ledger, leftover)  # Its import was killed: whoever builds holds the lock.
            decided = Decided(ledger.decisions(), ledger.corrections(), ledger.confirmations())
            added = [(one.concept, one.surface) for one in in_force(ledger.lexicon_additions())]
            through = ledger.decided_through()
            contents = assemble(documents, ledger.given_ids(), known_offer_rules(), decided)
            if not contents.listings and not contents.desks:
                raise GenerationError("取り込むものが1つもありません")
            lexicon, left_out = with_words(known_lexicon(), added)
            contents = replace(contents, findings=(*contents.findings, *left_out_findings(left_out)))
            indexed = [index_listing(listing, lexicon) for listing in contents.listings]
            records = [one.record for one in indexed]
            record = ledger.new_generation(secrets.token_hex(3), [document.fetched for document in documents])
            meta = {
                "name": record.name,
                "built_at": datetime.now(UTC).isoformat(timespec="seconds"),
                "analysis": ANALYSIS_VERSION,
                "decided_through": through,
                WORDS: words_to_meta(added),
                "records": str(len(records)),
                "programs": str(sum(listing.is_program for listing in contents.listings)),
            }
            path = self.generation_path(record.name)
            try:
                write_generation(path, contents, records, surfaces_of(indexed), meta)
                if self._writer:
                    self._writer.build(index_name(record.name), records)
                self._check(path, len(records))
                with ledger.transaction():
                    ledger.set_state(record.number, "staged")
                    detail = f"{len(documents)} documents, {len(records)} listings"
                    ledger.record("stage", record.number, detail, by)
            except BaseException:
                self._discard(ledger, record)
                raise
            return Staged(
                record.name,
                len(contents.documents),
                len(records),
                int(meta["programs"]),
                contents.findings,
                ledger.accepted(),
            )

    def discard_staged(self, *, by: str = "", staged: Sequence[int] | None = None) -> int:
        """Throw away what waits to be published; how many generations that were. What is published stays.

        Args:
            by: who does it, for the audit log; empty for a command.
            staged: the numbers that were looked at, if somebody did: no other ones are thrown away in their place.

        Raises:
            PublishRefusedError: other ones wait by now.
        """
        with self._locked(), self._ledger() as ledger:
            return self._discard_all(ledger, self._seen_staged(ledger, staged), by)

    def newest_staged(self) -> Staged | None:
        """The generation that :meth:`publish` would take, or None."""
        with self._ledger() as ledger:
            staged = ledger.generations("staged")
            return self._staged(ledger, staged[-1]) if staged else None

    def is_behind(self) -> bool:
        """Whether people decided something since the generation was built that an import starts from."""
        with self._ledger() as ledger:
            name = self._base_name(ledger)
            try:
                return name is not None and self._is_behind(ledger, name)
            except GenerationError:
                return True  # Of an older version, or damaged: building it again is what it needs.

    def publish(self, *, force: str | None = None, by: str = "", name: str | None = None) -> Published:
        """Publish the newest staged generation; older staged ones are discarded.

        Args:
            force: the reason for publishing although findings are open; it is kept in the ledger.
            by: who publishes, for the audit log; empty for a command.
            name: the generation that was looked at, if somebody did: no other one is published in its place.

        Raises:
            PublishRefusedError: nothing is staged, another one is, somebody must look at findings first, or the reason is no text to keep.
        """
        if fault := fault_of_text((force or "").strip(), MAX_REASON, lines=True):
            raise PublishRefusedError(f"理由{fault}")
        with self._locked(), self._ledger() as ledger:
            staged = ledger.generations("staged")
            if not staged:
                raise PublishRefusedError(
                    "公開を待つ世代がありません。先に一覧を取り込んでください",
                    typed="公開を待つ世代がありません。先に tsunagari import をしてください",
                )
            record = staged[-1]
            if name is not None and record.name != name:
                raise PublishRefusedError(
                    "見ているあいだに、公開を待つ世代が別のものになりました。見直してから公開してください"
                )
            if self._is_behind(ledger, record.name, parts=2):
                raise PublishRefusedError(
                    "世代を作ったあとに決めたことや訂正があります。作り直してから公開してください",
                    typed="世代を作ったあとに決めたことや訂正があります。tsunagari reindex で作り直してから公開してください",
                )
            open_findings = self._staged(ledger, record).must_look
            if open_findings and not (force and force.strip()):
                raise PublishRefusedError(
                    f"確かめる必要のある指摘が{len(open_findings)}件あります。答えるか、認めてください。そのまま公開するときは、理由を書いてください",
                    typed=f"確かめる必要のある指摘が{len(open_findings)}件あります。tsunagari review で見て、答えるか認めてください。そのまま公開するときは --force 理由 を付けてください",
                )
            self._check_index(record)
            self._remember_ids(ledger, record)
            behind = self._is_behind(ledger, record.name)
            previous = self._switch(ledger, record, going_back=False)
            ledger.record("publish", record.number, force.strip() if force and open_findings else "", by)
            self._discard_all(ledger, staged[:-1], by)
            self._prune(ledger)
            return Published(record.name, previous, behind)

    def rollback(
        self,
        to: int | None = None,
        *,
        by: str = "",
        current_was: int | None = None,
        staged: Sequence[int] | None = None,
    ) -> Published:
        """Go back to the generation published before this one, or to number ``to``; staged ones are discarded.

        The ledger's decisions stay as they are.

        Args:
            to: the number to go back to.
            by: who goes back, for the audit log; empty for a command.
            current_was: what was served when somebody looked, if somebody did.
            staged: the numbers that waited then, which go away with it.

        Raises:
            PublishRefusedError: there is no such generation, its file is no longer kept, or what was looked at is no longer so.
        """
        with self._locked(), self._ledger() as ledger:
            current = self._record(ledger, self.current())
            if current_was is not None and current.number != current_was:
                raise PublishRefusedError(
                    "見ているあいだに、公開している世代が変わりました。このページを確かめてから、もう一度選んでください"
                )
            going = self._seen_staged(ledger, staged)
            kept = [
                record
                for record in ledger.generations("published")
                if record.number != current.number and self.generation_path(record.name).exists()
            ]
            # Not the highest number below: that may be one which was itself gone back from.
            wanted = current.previous if to is None else to
            target = next((record for record in kept if record.number == wanted), None)
            if target is None:
                numbers = "、".join(str(record.number) for record in kept) or "なし"
                raise PublishRefusedError(
                    f"その世代には戻れません（戻れる世代：{numbers}）",
                    typed=f"戻れる世代がありません（--to で選べる世代：{numbers}）",
                )
            self._check(self.generation_path(target.name), None)
            self._check_index(target)
            previous = self._switch(ledger, target, going_back=True)
            ledger.record("rollback", target.number, f"from {current.number}", by)
            self._discard_all(ledger, going, by)
            return Published(target.name, previous)

    def _seen_staged(self, ledger: Ledger, seen: Sequence[int] | None) -> tuple[GenerationRecord, ...]:
        staged = ledger.generations("staged")
        if seen is not None and [one.number for one in staged] != sorted(seen):
            raise PublishRefusedError(
                "見ているあいだに、公開を待つ世代が変わりました。このページを確かめてから、もう一度選んでください"
            )
        return staged

    def _discard_all(self, ledger: Ledger, staged: Sequence[GenerationRecord], by: str) -> int:
        for record in staged:
            self._discard(ledger, record)
            ledger.record("discard", record.number, "", by)
        return len(staged)

    def _switch(self, ledger: Ledger, record: GenerationRecord, *, going_back: bool) -> str | None:
        previous = None
        with suppress(NothingPublishedError):
            previous = self.current()
        if not going_back:
            # The ledger first: a crash before the rename leaves a generation that can be gone to, never one that cannot.
            ledger.set_published(record.number, int(previous.partition("_")[0]) if previous else None)
        try:
            write_atomically(self.root / "CURRENT", f"{record.name}\n".encode("ascii"))
        except OSError as error:
            raise GenerationError(
                "公開している世代の名前（CURRENT）を書けません",
                typed=f"{self.root / 'CURRENT'} を書けません（{error}）",
            ) from error
        return previous

    def _check_index(self, record: GenerationRecord) -> None:
        """A generation that was built for another engine has no index on this one's server."""
        if self._writer and index_name(record.name) not in set(self._writer.names()):
            raise PublishRefusedError(
                f"世代{record.number}の検索の索引が、検索サーバーにありません。作り直してから公開してください",
                typed=f"世代 {record.name} の検索の索引が検索サーバーにありません。tsunagari reindex をしてから公開してください",
            )

    def _remember_ids(self, ledger: Ledger, record: GenerationRecord) -> None:
        """From now on these ids are addresses. Before the rename: a crash then leaves ids that are remembered too early, never lost."""
        generation = Generation.open(self.generation_path(record.name))
        try:
            with ledger.transaction():
                ledger.save_ids(generation.given_ids())
        finally:
            generation.close()

    def _is_behind(self, ledger: Ledger, name: str, *, parts: int | None = None) -> bool:
        generation = Generation.open(self.generation_path(name))
        try:
            return is_decided_since(generation.meta["decided_through"], ledger.decided_through(), parts)
        finally:
            generation.close()

    def _base_name(self, ledger: Ledger) -> str | None:
        staged = ledger.generations("staged")
        if staged:
            return staged[-1].name
        with suppress(NothingPublishedError):
            return self.current()
        return None

    def _base(self, ledger: Ledger) -> tuple[FetchedDocument, ...]:
        staged = ledger.generations("staged")
        if staged:
            return staged[-1].documents
        with suppress(NothingPublishedError):
            return self._record(ledger, self.current()).documents
        # Restored from a backup without CURRENT: the ledger still knows what was published last.
        published = [record for record in ledger.generations("published") if record.published_at]
        return max(published, key=lambda record: record.published_at or "").documents if published else ()

    def _staged(self, ledger: Ledger, record: GenerationRecord) -> Staged:
        generation = Generation.open(self.generation_path(record.name))
        try:
            meta = generation.meta
            return Staged(
                record.name,
                len(generation.documents),
                int(meta["records"]),
                int(meta["programs"]),
                generation.findings,
                ledger.accepted(),
            )
        finally:
            generation.close()

    def _check(self, path: Path, expected: int | None) -> None:
        """Open what was written and count it."""
        generation = Generation.open(path)
        try:
            held = sum(1 for _ in generation.all_listings())
            if held != (expected if expected is not None else int(generation.meta["records"])):
                raise GenerationError(f"世代のファイル {path} の件数が合いません（{held}件）")
        finally:
            generation.close()

    def _record(self, ledger: Ledger, name: str) -> GenerationRecord:
        for record in ledger.generations():
            if record.name == name:
                return record
        raise GenerationError(f"世代 {name} は台帳にありません")

    def _discard(self, ledger: Ledger, record: GenerationRecord) -> None:
        ledger.set_state(record.number, "discarded")
        path = self.generation_path(record.name)
        for leftover in (path, path.with_suffix(".part")):
            with suppress(FileNotFoundError):
                leftover.unlink()
        if self._writer and index_name(record.name) in set(self._writer.names()):
            self._writer.remove(index_name(record.name))

    def _prune(self, ledger: Ledger) -> None:
        """Remove all but the last generations; readers that have one open keep it until they close it."""
        current = self.current()
        kept = [record for record in ledger.generations("published") if self.generation_path(record.name).exists()]
        for record in kept[:-KEPT]:
            if record.name != current:
                self._discard(ledger, record)

    @contextmanager
    def _ledger(self) -> Iterator[Ledger]:
        with Ledger.open(self.root / "ledger.sqlite") as ledger:
            yield ledger

    @contextmanager
    def _locked(self) -> Iterator[None]:
        try:
            self.root.mkdir(parents=True, exist_ok=True)
            file = (self.root / ".lock").open("w")
        except OSError as error:
            raise GenerationError(f"データの置き場所 {self.root} に書けません（{error}）") from error
        with file:
            fcntl.flock(file, fcntl.LOCK_EX)
            yield


def index_name(generation: str) -> str:
    """The name of a generation's index on a search server: ``programs_g7_3fa9c1``."""
    return f"programs_g{generation}"
