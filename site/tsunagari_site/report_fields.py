"""What the report of an import says of a record of each kind: its name, its place, and its fields in the paper's words."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from tsunagari_parsers.desks import Desk, DeskKind, Way
from tsunagari_parsers.places import PlaceError, prefecture_of
from tsunagari_parsers.records import Measure, Network, Phone, PhoneRole, Program, SourceKind
from tsunagari_parsers.report import Record

_ROLES = {
    PhoneRole.ENQUIRY: "事業の問い合わせ先",
    PhoneRole.CONSULTATION: "相談の電話",
    PhoneRole.UNKNOWN: "だれが出るか不明",
}
_DESK_KINDS = {
    DeskKind.EMERGENCY: "緊急",
    DeskKind.WOMEN: "女性の相談",
    DeskKind.VIOLENCE: "配偶者からの暴力の相談",
    DeskKind.SEXUAL_VIOLENCE: "性暴力の相談",
    DeskKind.POLICE: "警察",
    DeskKind.CHILDREN: "子どもの相談",
    DeskKind.MIND: "こころの相談",
    DeskKind.ANYBODY: "だれでも",
    DeskKind.RIGHTS: "人権",
    DeskKind.LAW: "法律",
    DeskKind.RESIDENCE: "在留・外国語",
    DeskKind.MONEY: "くらしとお金",
    DeskKind.RELAY: "電話リレー",
    DeskKind.PORTAL: "案内サイト",
}
_WAYS = {
    Way.CHAT: "チャット",
    Way.MAIL: "メール",
    Way.FORM: "フォーム",
    Way.FAX: "ファクス",
    Way.RELAY: "電話リレー",
    Way.APP: "アプリ",
    Way.WEB: "ウェブ",
}


@dataclass(frozen=True, slots=True)
class Field:
    """One thing that was read, with its name. ``is_required``: where it is empty, the page says so. ``rows``: a table's cells."""

    label: str
    values: tuple[str, ...]
    is_required: bool = False
    is_restricted: bool = False
    note: str = ""
    rows: tuple[tuple[str, ...], ...] = ()


def kind_name(record: Record) -> str:
    """What sort of record it is."""
    match record:
        case Program():
            return "事業の個票" if record.source_kind is SourceKind.PROGRAM_SHEET else "事業"
        case Measure():
            return "計画の取組"
        case Network():
            return "支援ネットワーク"
        case Desk():
            return "相談窓口"


def name_and_place(record: Record) -> tuple[str, str]:
    """What the record is called, and where it is."""
    match record:
        case Program():
            return (
                record.program_name or "（名称なし）",
                f"{record.prefecture}　{record.municipality or '（都道府県の事業）'}",
            )
        case Measure():
            return f"{record.number}　{record.heading}", f"{record.prefecture}　{record.municipality}"
        case Network():
            return record.name or "（名称なし）", f"{record.prefecture}　{record.municipality}"
        case Desk():
            return record.name, f"{_prefecture(record)}　{record.municipality}".strip()


def fields_of(record: Record) -> tuple[Field, ...]:
    """The fields, in the order of the paper. Those that are empty and need not be there are left out."""
    match record:
        case Program():
            fields = _program(record)
        case Measure():
            fields = _measure(record)
        case Network():
            fields = _network(record)
        case Desk():
            fields = _desk(record)
    return tuple(one for one in fields if one.is_required or one.rows or any(one.values))


def _one(label: str, value: str, *, is_required: bool = False) -> Field:
    return Field(label, (value,) if value else (), is_required=is_required)


def _program(program: Program) -> Iterator[Field]:
    yield _one("都道府県", program.prefecture, is_required=True)
    yield _one("市区町村", program.municipality or "（なし：都道府県の事業として読み取り）")
    yield _one("事業番号", program.number)
    yield _one("事業名", program.program_name, is_required=True)
    is_sheet = program.source_kind is SourceKind.PROGRAM_SHEET
    yield _one("事業概要", program.description, is_required=not is_sheet)
    yield _one("担当部署", program.department, is_required=not is_sheet)
    yield Field(
        "電話番号",
        tuple(_phone(one) for one in program.phones),
        is_required=not is_sheet,
        note="、".join(dict.fromkeys(_ROLES[one.role] for one in program.phones)),
    )
    yield _one("個別事業費", _thousands(program.budget))
    yield _one("交付金額", _thousands(program.grant))
    if program.goals:
        head = ("種類", "目標・指標", "目標値", "実績", "達成率")
        rows = tuple((one.kind, one.name, one.target, one.actual, one.rate) for one in program.goals)
        yield Field("目標", (), rows=(head, *rows))
    for section in program.sections:
        yield Field(section.heading or "（見出しなし）", (section.text,), True, section.is_restricted)
    yield _one("対象外の地域", "、".join(one.name for one in program.excluded_areas))
    yield _confidence(program.confidence)


def _phone(one: Phone) -> str:
    more = [f"内線 {one.extension}" if one.extension else "", one.note or ""]
    return "　".join(part for part in (one.number, *more) if part)


def phone_roles(programs: Sequence[Program]) -> str:
    """Who answers the numbers of a document, and what decided it, with how many there are of each."""
    counts = Counter((one.role, one.role_evidence) for program in programs for one in program.phones)
    return "、".join(
        f"{_ROLES[role]}{f'（見出し「{evidence}」による）' if evidence else ''} {count}件"
        for (role, evidence), count in counts.items()
    )


def _measure(measure: Measure) -> Iterator[Field]:
    yield _one("課題", measure.issue)
    yield _one("施策", measure.policy)
    yield _one("主な取組", f"{measure.number}　{measure.heading}", is_required=True)
    yield Field("担当課", measure.departments, is_required=True)
    yield _one("取組内容", measure.action, is_required=True)
    yield Field("関連事項", measure.related)
    yield _confidence(measure.confidence)


def _network(network: Network) -> Iterator[Field]:
    yield _one("名称", network.name, is_required=True)
    yield _one("ワンストップの窓口", network.one_stop_desk, is_required=True)
    yield _one("目的", network.purpose)
    yield _one("背景", network.background)
    yield Field("庁内の部署", network.departments)
    yield Field("連携する団体", network.partners)
    yield Field("活動", network.activities)
    for answer in network.answers:
        yield Field(f"問：{answer.question}", answer.points, is_required=True)
    yield _confidence(network.confidence)


def _desk(desk: Desk) -> Iterator[Field]:
    yield _one("名称", desk.name, is_required=True)
    yield _one("種類", _DESK_KINDS[desk.kind])
    yield _one("対象の地域", f"{_prefecture(desk)}　{desk.municipality}".strip())
    yield Field(
        "電話番号", tuple("　".join(part for part in (one.number, one.note) if part) for one in desk.phones), True
    )
    yield _one("内容", desk.summary)
    yield _one("相談できる人", desk.who)
    yield _one("受付時間", desk.hours)
    yield _one("費用", desk.cost)
    yield Field("対応する言語", desk.languages)
    yield Field(
        "電話のほかの方法",
        tuple("　".join(part for part in (_WAYS[one.way], one.note, one.url) if part) for one in desk.silent_ways),
    )
    yield Field("備考", desk.notes)
    yield _one("ウェブページ", desk.url)
    yield _one("扱い", "確かめるまで公開しない候補" if desk.proposal else "")


def _prefecture(desk: Desk) -> str:
    if desk.prefecture is None:
        return "全国"
    try:
        return prefecture_of(desk.prefecture).name
    except PlaceError:
        return desk.prefecture


def _thousands(value: int | None) -> str:
    return "" if value is None else f"{value:,}千円"


def _confidence(value: float | None) -> Field:
    return _one("文字認識の確かさ", "" if value is None else f"いちばん低い語で{value:.0f}（100が最高）")
