"""In which prefectures a telephone number stands, by its area code. The table is data: ``data/area_codes.toml``.

The area codes are those of the 電気通信番号計画 (総務省). Their borders are not the prefectures': a code that crosses one names
every prefecture that it reaches, and nobody may conclude from it which of them is meant.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from functools import cache
from importlib.resources import files

from tsunagari_parsers.text import fold_width

#: Ten digits from 0; mobile numbers and 050 have eleven. 0120 (free), 0570 (paid by the caller) and 0990 stand nowhere.
_GEOGRAPHIC = re.compile(r"0(?!120|570|990|800)\d{9}")


def prefectures_of_number(number: str) -> tuple[str, ...]:
    """The prefectures (JIS X 0401 codes) in which a number can stand, the one of most of its area first.

    Empty for a number without a place (0120, 0570, 050, 070, 080, 090, ``#8008``, ``110``), for an area code that is not
    known, and for what is no number. Width, hyphens, brackets and spaces do not matter.
    """
    digits = re.sub(r"[\s()-]", "", fold_width(number))
    if not _GEOGRAPHIC.fullmatch(digits):
        return ()
    prefixes = _prefixes()
    return next((prefixes[digits[:length]] for length in range(6, 1, -1) if digits[:length] in prefixes), ())


@cache
def _prefixes() -> Mapping[str, tuple[str, ...]]:
    text = (files("tsunagari_parsers") / "data" / "area_codes.toml").read_text(encoding="utf-8")
    return {prefix: tuple(codes) for prefix, codes in tomllib.loads(text)["prefixes"].items()}
