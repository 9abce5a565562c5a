"""The layouts that documents are known by, one module each. To add one: a module here, a line in ``LAYOUTS``, a fixture."""

from tsunagari_parsers.layouts import national_list, program_sheet, program_sheet_text
from tsunagari_parsers.layouts.base import Layout, LayoutResult, Medium, Source

LAYOUTS: tuple[Layout, ...] = (
    national_list.LAYOUT,
    program_sheet.LAYOUT,
    program_sheet_text.LAYOUT,
)

__all__ = ["LAYOUTS", "Layout", "LayoutResult", "Medium", "Source"]
