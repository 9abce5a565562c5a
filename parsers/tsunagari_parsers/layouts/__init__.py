"""The layouts that documents are known by, one module each. To add one: a module here, a line in ``LAYOUTS``, a fixture."""

from tsunagari_parsers.layouts import (
    desk_list,
    national_list,
    national_list_text,
    network,
    plan,
    program_list,
    program_sheet,
    program_sheet_text,
)
from tsunagari_parsers.layouts.base import Layout, LayoutResult, Medium, Source

LAYOUTS: tuple[Layout, ...] = (
    national_list.LAYOUT,
    program_list.LAYOUT,
    desk_list.LAYOUT,
    program_sheet.LAYOUT,
    national_list_text.LAYOUT,
    program_sheet_text.LAYOUT,
    plan.LAYOUT,
    network.LAYOUT,
)

__all__ = ["LAYOUTS", "Layout", "LayoutResult", "Medium", "Source"]
