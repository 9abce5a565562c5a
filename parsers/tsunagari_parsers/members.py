"""The members of a network out of one run of text: names parted by spaces, commas or lines, and the number that the text states."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from tsunagari_parsers.plan_items import pieces_of
from tsunagari_parsers.text import fold_width

_STATED = re.compile(
    r"[（(]?\s*(?:計|全)?(?P<number>[0-9０-９]{1,3})\s*(?:部署|課|か所|カ所|箇所|機関|団体|組織|所属|者)(?P<more>[^（）()\s]*)[）)]?\s*$"
)
#: A legal form that stands alone belongs to the name behind it.
_LEGAL_FORM = re.compile(
    r"(?:(?:一般|公益)?(?:社団|財団)|社会福祉|医療|学校|宗教|更生保護|特定非営利活動|(?:認定)?NPO)法人|株式会社|\(?[社財福]\)"
)
_BUREAU = re.compile(r".*(?:部|局|本部|委員会)")
_BESIDE_LETTERS = re.compile(r"(?<=[A-Za-z0-9]) +(?=[^\x00-\x7f])|(?<=[^\x00-\x7f]) +(?=[A-Za-z0-9])")
_BULLET = re.compile(r"^[・○●◯■◆◇□*-]\s*")


@dataclass(frozen=True, slots=True)
class Members:
    """The names in their order; ``stated`` is the number that the text gives, ``stated_text`` its words."""

    names: tuple[str, ...]
    stated: int | None
    stated_text: str = ""


def split_members(text: str) -> Members:
    """The members one by one.

    Where the text states how many they are, that decides between the ways to read it: bureaux that stand apart from their sections
    (「総務部 総務課 市民課」) are put before each.
    """
    match = _STATED.search(text.strip())
    body = text.strip()[: match.start()] if match else text
    stated = int(fold_width(match["number"])) if match else None
    plain_names = _names(body)
    readings = [plain_names, _with_bureaux(plain_names)]
    names = next((one for one in readings if len(one) == stated), plain_names)
    return Members(tuple(names), stated, match[0].strip(" （）()　") if match else "")


def _names(text: str) -> list[str]:
    names: list[str] = []
    form = ""
    for line in re.split(r"[\n、，,;；]", text):
        for piece in pieces_of(line) if line.strip(" 　") else []:
            name = _BESIDE_LETTERS.sub("", _BULLET.sub("", piece).strip())
            if _LEGAL_FORM.fullmatch(fold_width(name)):
                form = name
            elif name:
                names.append(form + name)
                form = ""
    return names


def _with_bureaux(names: Sequence[str]) -> list[str]:
    found = []
    bureau = ""
    for name in names:
        if _BUREAU.fullmatch(name):
            bureau = name
        else:
            found.append(bureau + name)
    return found
