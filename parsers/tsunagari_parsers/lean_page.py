"""A page of pdfplumber that makes of its objects what tables are read from, and no more.

pdfplumber's own ``process_object`` looks up, resolves and copies some twenty attributes of each character, colours and marked content
among them: about a third of the time that a page takes. The values here are the same, fewer of them; an object of another kind is still
made by pdfplumber.
"""

from __future__ import annotations

from typing import Any

from pdfminer.layout import LTChar, LTCurve, LTItem, LTLine, LTRect
from pdfplumber.page import Page
from pdfplumber.utils.pdfinternals import resolve_all

_DRAWN = {LTLine: "line", LTRect: "rect", LTCurve: "curve"}


class LeanPage(Page):
    """``Page`` with lean characters, lines, rectangles and curves.

    All have ``object_type``, ``x0``, ``x1``, ``top``, ``bottom``, ``width``, ``height`` (points; origin at the top left of the media box);
    characters have ``text``, ``size`` and ``matrix`` besides; what is drawn has ``y0``, ``y1``, ``doctop``, ``pts``,
    ``fill``, ``stroke`` and ``non_stroking_color``.
    """

    @classmethod
    def of(cls, page: Page) -> LeanPage:
        """The same page, of which nothing has been read yet."""
        return cls(page.pdf, page.page_obj, page.page_number, page.initial_doctop)

    def process_object(self, obj: LTItem) -> dict[str, Any]:
        """The object as pdfplumber describes objects."""
        if type(obj) is LTChar:
            made = self._placed(obj, "char")
            made["text"] = obj.get_text()
            made["size"] = obj.size
            made["matrix"] = obj.matrix
            return made
        if isinstance(obj, LTCurve) and (kind := _DRAWN.get(type(obj))):
            made = self._placed(obj, kind)
            made["y0"] = obj.y0
            made["y1"] = obj.y1
            made["doctop"] = self.initial_doctop + made["top"]
            made["pts"] = [self.point2coord(point) for point in obj.pts]
            made["fill"] = obj.fill
            made["stroke"] = obj.stroke
            made["non_stroking_color"] = resolve_all(obj.non_stroking_color)
            return made
        return super().process_object(obj)

    def _placed(self, obj: LTChar | LTCurve, kind: str) -> dict[str, Any]:
        # As pdfplumber has it: pdfminer counts from the media box's lower left corner.
        left, upper = self.mediabox[0], self.mediabox[1]
        height = self.height
        return {
            "object_type": kind,
            "x0": obj.x0 + left,
            "x1": obj.x1 + left,
            "top": (height - obj.y1) + upper,
            "bottom": (height - obj.y0) + upper,
            "width": obj.width,
            "height": obj.height,
        }
