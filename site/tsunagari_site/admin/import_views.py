"""What the pages of imports show of jobs: how far they are and what they did, in plain words."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from tsunagari_site.admin.import_form import in_both_ways, series_name
from tsunagari_site.admin.jobs import Job, JobKind, JobState

#: More notes than these stand folded.
_NOTES_SHOWN = 10
_STATES = {
    JobState.WAITING: "はじまるのを待っています",
    JobState.RUNNING: "動いています",
    JobState.DONE: "終わりました",
    JobState.FAILED: "できませんでした",
    JobState.INTERRUPTED: "途中で止まりました",
}
_MUST_LOOK = "要確認 "
#: How the commands' options are called on the form.
_ON_THE_FORM = (
    ("--ocr を付けて文字認識（OCR）で読んでください", "「画像のページを文字認識で読む」を選んで読んでください"),
    ("--ocr を付けると、文字認識（OCR）で読みます", "「画像のページを文字認識で読む」を選んで取り込むと、読みます"),
    ("種類（series）", "「一覧の種類」"),
    ("区別（part）を付けて分けてください", "「区別」を付けて、1つずつ取り込んでください"),
)


@dataclass(frozen=True, slots=True)
class JobLine:
    """A job in one line. ``at`` is a moment (ISO 8601), empty where its record cannot be read."""

    id: str
    what: str
    at: str
    who: str
    state: str
    outcome: str
    is_over: bool
    is_well: bool


@dataclass(frozen=True, slots=True)
class StepView:
    """A document of a job that runs, and what is done with it."""

    name: str
    state: str


@dataclass(frozen=True, slots=True)
class ResultDocument:
    """What a document gave: the command's sentence and what belongs to it."""

    line: str
    details: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ResultView:
    """What a job did. ``number`` is the generation's that it built, 0 where it built none; ``waits``: that one still waits to be published."""

    number: int
    waits: bool
    documents: tuple[ResultDocument, ...]
    replaced: tuple[str, ...]
    failures: tuple[str, ...]
    must_look: tuple[str, ...]
    notes: tuple[str, ...]
    more_notes: tuple[str, ...]
    open_findings: int
    unchanged: bool
    all_documents: int
    programs: int
    others: int


@dataclass(frozen=True, slots=True)
class JobPage:
    """A job. ``edition`` is what was said of its list, label by label; ``steps`` and ``progress`` stand while it runs, ``advice`` where it did not end well."""

    line: JobLine
    kind: JobKind
    files: tuple[str, ...]
    edition: tuple[tuple[str, str], ...]
    steps: tuple[StepView, ...]
    progress: str
    drawn: int
    to_draw: int
    message: str
    advice: str
    result: ResultView | None


def job_line(job: Job) -> JobLine:
    """A job in one line."""
    files = [one.name for one in job.request.files]
    named = f"{files[0]}ほか{len(files) - 1}個" if len(files) > 1 else "".join(files)
    what = "作り直し" if job.request.kind is JobKind.REINDEX else f"取り込み：{named}" if named else "取り込み"
    well = job.state is JobState.DONE and not (job.result and job.result.failures)
    return JobLine(
        job.id, what, job.request.at, job.request.who, _STATES[job.state], _outcome(job), job.state.is_over, well
    )


def job_page(job: Job, staged: str | None, there: int) -> JobPage:
    """A job's page; ``staged`` is the name of the generation that waits to be published, ``there`` how many documents the newest one has."""
    running = not job.state.is_over
    return JobPage(
        line=job_line(job),
        kind=job.request.kind,
        files=tuple(one.name for one in job.request.files),
        edition=_edition(job),
        steps=_steps(job) if running else (),
        progress=_progress(job, there) if running else "",
        drawn=job.progress.drawn,
        to_draw=job.progress.to_draw if running else 0,
        message=on_the_form(job.message),
        advice=_advice(job),
        result=_result(job, staged),
    )


def on_the_form(sentence: str) -> str:
    """A sentence of the import with the form's words where it names a command's option."""
    for option, words in _ON_THE_FORM:
        sentence = sentence.replace(option, words)
    return sentence


def _number(generation: str) -> int:
    return int(generation.partition("_")[0]) if generation else 0


def _outcome(job: Job) -> str:
    if job.result is None:
        return ""
    if job.result.unchanged:
        return "前と同じです"
    parts = [f"世代{_number(job.result.generation)}を作りました"] if job.result.generation else []
    parts += [f"読めなかった文書や行が{len(job.result.failures)}件あります"] if job.result.failures else []
    parts += [f"要確認{job.result.must_look}件"] if job.result.must_look else []
    return "、".join(parts)


def _edition(job: Job) -> tuple[tuple[str, str], ...]:
    said = job.request.edition
    pairs = (
        ("年度", in_both_ways(said.year) if said.year is not None else ""),
        ("一覧の種類", series_name(said.series) if said.series else ""),
        ("区別", said.part),
        ("題名", said.title),
        ("公開元", said.publisher),
        ("公開元のページ", said.url),
        ("文字認識", "画像のページも読む" if job.request.ocr else ""),
    )
    return tuple((label, value) for label, value in pairs if value)


def _steps(job: Job) -> tuple[StepView, ...]:
    """What was sent; it is read first, in its order."""
    read = job.progress.read
    return tuple(StepView(one.name, _step(job, number, len(read))) for number, one in enumerate(job.request.files, 1))


def _step(job: Job, number: int, begun: int) -> str:
    if number > begun:
        return "待っています"
    return "読んでいます" if number == begun and not job.progress.drawing else "読みました"


def _progress(job: Job, there: int) -> str:
    """Where it is. Of an import first what was sent is read, then all that was there before."""
    said, sent = job.progress, len(job.request.files)
    number = len(said.read)
    if not said.read:
        return "準備しています。"
    if said.drawing:
        return f"「{said.drawing}」の行の画像を作っています（{said.to_draw}行のうち{said.drawn}行）。"
    if number <= sent:
        return f"送られた文書{sent}件のうち{number}件目「{said.current}」を読んでいます。"
    return f"前からある文書{max(there, number - sent)}件のうち{number - sent}件目「{said.current}」を読み直しています。"


def _advice(job: Job) -> str:
    again = "上の理由を直してから、" if job.state is JobState.FAILED else ""
    if job.state not in {JobState.FAILED, JobState.INTERRUPTED}:
        return ""
    if job.request.kind is JobKind.REINDEX:
        return f"{again}取り込みのページの「作り直す」を、もう一度押してください。くり返すときは、このサイトを置いている人に、この画面を見せてください。"
    return f"{again}取り込みのページから、もう一度送ってください。くり返すときは、このサイトを置いている人に、この画面を見せてください。"


def _result(job: Job, staged: str | None) -> ResultView | None:
    found = job.result
    if found is None:
        return None
    must_look = tuple(on_the_form(one) for one in found.findings if one.startswith(_MUST_LOOK))
    notes = tuple(on_the_form(one) for one in found.findings if not one.startswith(_MUST_LOOK))
    return ResultView(
        number=_number(found.generation),
        waits=bool(found.generation) and found.generation == staged,
        documents=tuple(ResultDocument(_read(one.line), one.details) for one in found.documents),
        replaced=found.replaced,
        failures=tuple(map(on_the_form, found.failures)),
        must_look=must_look,
        notes=notes[:_NOTES_SHOWN],
        more_notes=notes[_NOTES_SHOWN:],
        open_findings=found.must_look,
        unchanged=found.unchanged,
        all_documents=found.all_documents,
        programs=found.programs,
        others=found.others,
    )


def _read(line: str) -> str:
    """What was read of a document, without the name of the layout, which is a word for developers."""
    return re.sub(r"年度「[a-z_]+」", "年度、", line, count=1)


def running(jobs: Sequence[Job]) -> JobLine | None:
    """The job that is not over yet, if there is one."""
    return next((job_line(job) for job in jobs if not job.state.is_over), None)
