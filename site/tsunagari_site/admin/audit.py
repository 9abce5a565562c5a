"""操作の記録: who did what and when, in plain words, newest first."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from starlette.responses import Response
from starlette.routing import Route

from tsunagari_indexer.ledger import AuditLine, Ledger
from tsunagari_indexer.lexicon import known_lexicon
from tsunagari_site.admin.access import Access
from tsunagari_site.admin.context import Visit

PATH = "/admin/audit"
_ON_A_PAGE = 50
#: What was done; ``{n}`` is the generation's number.
_ACTIONS: Mapping[str, str] = {
    "stage": "世代{n}を作りました",
    "publish": "世代{n}を公開しました",
    "rollback": "世代{n}に戻しました",
    "discard": "公開を待っていた世代{n}を捨てました",
    "accept": "要確認の指摘を、見たうえで認めました",
    "decide": "事業について決めました",
    "correct": "訂正しました",
    "confirm": "確かめた記録を残しました",
    "word-added": "言葉を足しました",
    "word-taken-back": "足した言葉を取り消しました",
    "sign-in": "サインインしました",
    "sign-out": "サインアウトしました",
    "account-added": "アカウントを作りました",
    "account-password": "パスワードを決め直しました",
    "account-disabled": "アカウントを止めました",
    "account-enabled": "止めてあったアカウントを、また使えるようにしました",
}
_VERDICTS = {"same": "同じ事業", "different": "別の事業", "left out": "載せない"}
_KINDS = {"program": "事業", "desk": "窓口"}
_FIELDS = {
    "phone": "電話番号",
    "extension": "内線",
    "program_name": "事業名",
    "department": "担当部署",
    "description": "内容",
    "municipality": "市区町村",
    "prefecture": "都道府県",
}


@dataclass(frozen=True, slots=True)
class LineView:
    """A line: ``at`` is a moment (ISO 8601), ``who`` empty for a command."""

    at: str
    who: str
    what: str
    detail: str


@dataclass(frozen=True, slots=True)
class AuditPage:
    """One page of the lines; of ``pages`` in all this is ``number``, counted from 1."""

    lines: tuple[LineView, ...]
    count: int
    number: int
    pages: int


def routes(access: Access) -> list[Route]:
    """The page."""

    async def show(visit: Visit) -> Response:
        lines = await visit.ledger(Ledger.audit)
        return visit.page("audit.html", audit_page(lines, visit.request.query_params.get("page", "")))

    return [access.get(PATH, show)]


def audit_page(lines: tuple[AuditLine, ...], asked: str) -> AuditPage:
    """The page that was asked for, or the nearest that there is."""
    pages = max(1, -(-len(lines) // _ON_A_PAGE))
    number = min(max(int(asked), 1), pages) if re.fullmatch(r"[0-9]{1,6}", asked) else 1
    newest_first = lines[::-1][(number - 1) * _ON_A_PAGE : number * _ON_A_PAGE]
    return AuditPage(tuple(map(in_words, newest_first)), len(lines), number, pages)


def in_words(line: AuditLine) -> LineView:
    """A line in plain words. An action that this version does not know stands as it is: a record is never left out."""
    what = _ACTIONS.get(line.action, line.action).replace("{n}", str(line.generation or ""))
    say = _DETAILS.get(line.action)
    return LineView(line.at, line.who, what, say(line.detail) if say else line.detail)


def _staged(detail: str) -> str:
    found = re.fullmatch(r"(\d+) documents, (\d+) listings", detail)
    return f"文書{found[1]}、事業など{found[2]}件" if found else detail


def _from(detail: str) -> str:
    return f"それまでの公開：世代{detail.removeprefix('from ')}" if detail.startswith("from ") else detail


def _published(detail: str) -> str:
    return f"要確認が残っていても公開した理由：{detail}" if detail else ""


def _decided(detail: str) -> str:
    verdict, _, rest = detail.partition(": ")
    return f"{_VERDICTS[verdict]}：{_with_reason(rest)}" if verdict in _VERDICTS else detail


def _corrected(detail: str) -> str:
    return re.sub(r" (\w+): ", lambda found: f" {_FIELDS.get(found[1], found[1])}：", detail, count=1)


def _confirmed(detail: str) -> str:
    kind, _, rest = detail.partition(" ")
    dated = re.sub(r"\b(\d{4})-0?(\d{1,2})-0?(\d{1,2})\b", r"\1年\2月\3日", rest, count=1)
    return f"{_KINDS[kind]} {dated}" if kind in _KINDS else detail


def _worded(detail: str) -> str:
    concept, _, rest = detail.partition(" ")
    known = known_lexicon().concepts.get(concept)
    return f"{known.label}：{_with_reason(rest)}" if known else detail


def _with_reason(text: str) -> str:
    what, colon, reason = text.partition(": ")
    return f"{what.strip()}　理由：{reason}" if colon else text


_DETAILS: Mapping[str, Callable[[str], str]] = {
    "stage": _staged,
    "rollback": _from,
    "publish": _published,
    "decide": _decided,
    "correct": _corrected,
    "confirm": _confirmed,
    "word-added": _worded,
    "word-taken-back": _worded,
}
