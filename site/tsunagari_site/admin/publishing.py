"""What the pages 「見直し」 and 「世代」 share: publishing what waits, and building it again with what was decided."""

from __future__ import annotations

from dataclasses import dataclass, replace

from starlette.responses import Response

from tsunagari_indexer.errors import CorrectionError, EngineError, GenerationError, IndexerError, ReviewError
from tsunagari_indexer.generation import Generation
from tsunagari_indexer.ledger import Ledger
from tsunagari_indexer.review import ledger_of, opened
from tsunagari_indexer.review_words import CORRECTED_WORDS, decision_words
from tsunagari_indexer.waiting import Waiting, waiting
from tsunagari_indexer.workspace import Workspace
from tsunagari_site.admin.context import Visit
from tsunagari_site.admin.jobs import Job, JobKind, JobRefusedError, JobRequest, Jobs, JobState

#: What a page answers to in its own words; a ledger that cannot be opened stops every page alike.
REFUSALS = (ReviewError, CorrectionError, GenerationError, EngineError)
REBUILD_DONE = {"rebuilding": "作り直しを始めました。終わったら、このページを開き直してください。"}
PUBLISH_DONE = {
    "published": "公開しました。サイトを開いて、変わった事業をいくつか確かめてください。おかしいときは、下で前の世代に戻せます。",
    "published-behind": "公開しました。この世代を作ったあとに確かめた記録や足した言葉は、次に作り直して公開すると、ページに出ます。",
}


@dataclass(frozen=True, slots=True)
class DecidedView:
    """One thing that waits to be applied."""

    what: str
    by: str
    at: str
    reason: str


@dataclass(frozen=True, slots=True)
class WaitingView:
    """What takes effect when the generation is built again. ``can_build``: pages may start that; ``running`` is a job under way (its beginning,
    ISO 8601), ``failed`` what became of the last one where it did not end well. ``newer`` is the number of a generation that was gone back from, or 0."""

    decided: tuple[DecidedView, ...]
    confirmations: int
    words: int
    keeps_from_publishing: bool
    can_build: bool
    running: str = ""
    failed: str = ""
    newer: int = 0

    @property
    def is_any(self) -> bool:
        """Whether anything waits."""
        return bool(self.decided or self.confirmations or self.words)


@dataclass(frozen=True, slots=True)
class PublishView:
    """The generation that can be published. ``must_look`` findings are open; ``reason`` is what was typed for publishing it all the same."""

    name: str
    number: int
    must_look: int
    is_blocked: bool
    reason: str = ""


def number_of(name: str) -> int:
    """The number of a generation, by its name."""
    return int(name.partition("_")[0])


def read_waiting(workspace: Workspace, name: str) -> Waiting:
    """What was decided since this generation was built.

    Raises:
        GenerationError: it cannot be read.
    """
    with opened(workspace, name) as generation, ledger_of(workspace) as ledger:
        return waiting_of(ledger, generation)


def waiting_of(ledger: Ledger, generation: Generation) -> Waiting:
    """The same, of an open generation."""
    newest = max((one.number for one in ledger.generations("published")), default=0)
    own = number_of(generation.meta["name"])
    return replace(waiting(ledger, generation.meta["decided_through"]), newer=newest if newest > own else 0)


def waiting_view(found: Waiting, jobs: Jobs | None, generation: Generation | None) -> WaitingView:
    """What the page says of it; programmes are named as ``generation`` calls them."""
    newest = next(iter(jobs.list()), None) if jobs else None
    decided = [
        DecidedView(
            f"{decision_words(one)}：{'、'.join(_named(generation, record) for record in (one.first, one.second) if record)}",
            one.by,
            one.at,
            one.reason,
        )
        for one in found.decisions
    ]
    decided += [
        DecidedView(
            f"訂正：{CORRECTED_WORDS.get(one.field, one.field)}「{short(one.source)}」→「{short(one.corrected)}」"
            if one.source != one.corrected
            else f"訂正の取り消し：{CORRECTED_WORDS.get(one.field, one.field)}「{short(one.source)}」",
            one.by,
            one.at,
            one.reason,
        )
        for one in found.corrections
    ]
    return WaitingView(
        tuple(sorted(decided, key=lambda one: one.at)),
        found.confirmations,
        found.words,
        found.keeps_from_publishing,
        can_build=jobs is not None,
        running=newest.request.at if newest and not newest.state.is_over else "",
        failed=_failure(newest) if newest else "",
        newer=found.newer,
    )


async def rebuild(visit: Visit) -> None:
    """Start building the newest documents again, with all that was decided.

    Raises:
        JobRefusedError: another job is under way, or pages cannot start any.
    """
    jobs = visit.admin.jobs
    if jobs is None:
        raise JobRefusedError("このページからは作り直せません。サイトを置いている人に頼んでください")
    at = visit.admin.clock().isoformat(timespec="seconds")
    await visit.run(jobs.start, JobRequest(JobKind.REINDEX, visit.account, at))


async def publish(visit: Visit, back: str) -> Response:
    """Publish the generation that the form names, with the reason that it gives where findings are open.

    Raises:
        GenerationError: refused; nothing has changed.
    """
    name, reason = visit.form.get("generation", ""), visit.form.get("reason", "")
    done = await visit.run(visit.admin.workspace.publish, force=reason or None, by=visit.account, name=name)
    return visit.to(back, "published-behind" if done.is_behind else "published")


def plain(error: IndexerError | JobRefusedError) -> str:
    """What a page says of a refusal: without words for the command line, as a sentence."""
    text = error.plain if isinstance(error, IndexerError) else str(error)
    return text if text.endswith(("。", "？")) else f"{text}。"


def status_of(error: IndexerError | JobRefusedError) -> int:
    """400: what was sent cannot be; 409: the state does not allow it; 503: a server that is needed does not answer."""
    if isinstance(error, (ReviewError, CorrectionError)):
        return 400
    return 503 if isinstance(error, EngineError) else 409


def typed(visit: Visit, name: str) -> str:
    """A field of the form as it was meant: browsers send every line's end as two characters."""
    return visit.form.get(name, "").replace("\r\n", "\n").replace("\r", "\n")


def short(text: str, most: int = 60) -> str:
    """One line of a text, cut where it is long."""
    line = " ".join(text.split())
    return (line if len(line) <= most else line[:most] + "…") or "（なし）"


def _named(generation: Generation | None, record: str) -> str:
    listing = generation.listing(record) if generation else None
    return f"「{listing.program_name}」（{record}）" if listing else record


def _failure(job: Job) -> str:
    if job.request.kind is not JobKind.REINDEX or job.state not in {JobState.FAILED, JobState.INTERRUPTED}:
        return ""
    told = [job.message, *(job.result.failures if job.result else ())]
    said = "。".join(one.rstrip("。") for one in told if one)
    if job.state is JobState.INTERRUPTED and not said:
        return "途中で止まりました"
    return said or "理由は分かりません"
