"""How a review is said in Japanese, by the command and by the pages alike."""

from __future__ import annotations

from collections.abc import Mapping

from tsunagari_indexer.changes import ChangeKind
from tsunagari_indexer.decisions import Decision, Verdict

#: What became of programmes, in the order in which a review has them.
CHANGE_WORDS: Mapping[ChangeKind, str] = {
    ChangeKind.PHONE: "電話番号が変わった事業",
    ChangeKind.GONE: "新しい一覧にない事業",
    ChangeKind.REMOVED: "どの文書にもなくなった事業",
    ChangeKind.MOVED: "都道府県や市区町村が変わった事業",
    ChangeKind.CHANGED: "内容が変わった事業",
    ChangeKind.BACK: "また載った事業",
    ChangeKind.NEW: "新しく載った事業",
}
#: The fields that are compared from year to year.
FIELD_WORDS: Mapping[str, str] = {
    "phones": "電話",
    "program_name": "事業名",
    "place": "場所",
    "department": "担当部署",
    "description": "内容",
    "sections": "個票の項目",
    "goals": "目標",
    "budget": "事業費（千円）",
    "grant": "交付額（千円）",
}
#: The fields that can be corrected.
CORRECTED_WORDS: Mapping[str, str] = {
    "phone": "電話番号",
    "extension": "内線",
    "program_name": "事業名",
    "department": "担当部署",
    "description": "内容",
    "municipality": "市区町村",
    "prefecture": "都道府県",
}


def decision_words(decision: Decision) -> str:
    """What a person decided of one record or of two."""
    match decision.verdict:
        case Verdict.LEFT_OUT:
            return "載せない"
        case Verdict.DIFFERENT:
            return "別の事業"
        case Verdict.SAME:
            return "同じ事業" if decision.second else "やはり載せる"
