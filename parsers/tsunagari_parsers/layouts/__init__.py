"""The layouts that documents are known by, one module each. To add one: a module here, a line in ``LAYOUTS``, a fixture."""

from tsunagari_parsers.layouts import national_list, national_list_text, network, plan
from tsunagari_parsers.layouts.base import Layout, LayoutResult, Medium, Source

LAYOUTS: tuple[Layout, ...] = (national_list.LAYOUT, national_list_text.LAYOUT, plan.LAYOUT, network.LAYOUT)

__all__ = ["LAYOUTS", "Layout", "LayoutResult", "Medium", "Source"]
