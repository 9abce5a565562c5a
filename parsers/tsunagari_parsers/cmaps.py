"""A character map of pdfminer that lacks most of its entries, completed.

SkyPDF (used by many cities) names ``UniJIS-UCS2-HW-H``. That map is defined as ``UniJIS-UCS2-H`` with some half-width forms in their place
(Adobe Technical Note 5078); pdfminer ships those 96 entries without the 9,772 of the base map, so that such files come out nearly
empty and without any error.
"""

from __future__ import annotations

from functools import cache
from typing import Any

from pdfminer.cmapdb import CMap, CMapDB

_NARROW = {"UniJIS-UCS2-HW-H": "UniJIS-UCS2-H", "UniJIS-UCS2-HW-V": "UniJIS-UCS2-V"}
_Codes = dict[int, Any]


@cache
def complete_narrow_maps() -> None:
    """Merge the base maps into the narrow ones, once per process; entries of the narrow maps stay."""
    for narrow, base in _NARROW.items():
        into, source = CMapDB.get_cmap(narrow), CMapDB.get_cmap(base)
        if isinstance(into, CMap) and isinstance(source, CMap):
            _merge(into.code2cid, source.code2cid)


def _merge(into: _Codes, source: _Codes) -> None:
    for code, value in source.items():
        if isinstance(value, dict):
            below = into.setdefault(code, {})
            if isinstance(below, dict):
                _merge(below, value)
        else:
            into.setdefault(code, value)
