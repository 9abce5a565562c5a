"""Postal codes: which municipality, or municipalities, a code belongs to. Offline; the data file says its source and date.

``data/postal_codes.json`` holds every code that is in use, those of single businesses too, and no other, so that a slip of the finger is told
and not taken for a town nearby. It is made by ``python -m fixtures.postal_codes``.
"""

from __future__ import annotations

import json
import re
import unicodedata
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from tsunagari_parsers.places import Municipality, PlaceError, municipality_of

#: Hyphens, dashes and long vowels as keyboards give them between the third and the fourth digit.
_HYPHENS = "-‐‑‒–—―−ーｰ"
_FORM = re.compile(rf"〒?([0-9]{{3}})[{_HYPHENS}]?([0-9]{{4}})")


@dataclass(frozen=True, slots=True)
class _Data:
    """``areas`` maps the first three digits to municipalities' codes, joined by spaces, and these to ranges of the last four digits."""

    source: str
    areas: dict[str, dict[str, str]]


def normalised_postal(code: str) -> str:
    """A postal code as seven ASCII digits; hyphens, blanks, 〒 and full-width digits are read.

    Raises:
        PlaceError: not a postal code.
    """
    folded = "".join(unicodedata.normalize("NFKC", code).split())
    match = _FORM.fullmatch(folded)
    if not match:
        raise PlaceError(f"「{code}」は郵便番号ではありません。数字7けたで入れてください（例 100-0001）")
    return match[1] + match[2]


def municipalities_of_postal(code: str) -> tuple[Municipality, ...]:
    """The municipalities of a postal code, in the order of their codes; empty where no such code is in use.

    A code of several (498-0000 is in 弥富市 and 木曽岬町) gives all of them; a ward's gives its city.

    Raises:
        PlaceError: not a postal code.
    """
    digits = normalised_postal(code)
    head, tail = digits[:3], digits[3:]
    for towns, ranges in _data().areas.get(head, {}).items():
        if _holds(ranges, tail):
            return tuple(municipality_of(town) for town in towns.split())
    return ()


def postal_source() -> str:
    """Where the codes come from, with the date."""
    return _data().source


def _holds(ranges: str, tail: str) -> bool:
    """Whether four digits stand in 「0000-0042,0051」."""
    for part in ranges.split(","):
        first, _, last = part.partition("-")
        if first <= tail <= (last or first):
            return True
    return False


@cache
def _data() -> _Data:
    values = json.loads((files("tsunagari_parsers") / "data" / "postal_codes.json").read_text(encoding="utf-8"))
    return _Data(values["source"], values["areas"])
