"""Tables of a PDF page as grids of cells. This package knows nothing of what stands in them.

pdfplumber finds the rules and the cells between them. What is added is for faults that real producers make (measured on public
documents of ministries, prefectures and cities):

- a page is read in the direction of its text, and only what its crop box shows (:mod:`~tsunagari_parsers.tables.frame`);
- a table's outline is closed on all four sides, because Excel draws the rule at the foot of a page under some columns only, and the
  room between two rules is no row or column (:mod:`~tsunagari_parsers.tables.rules`);
- a character belongs to the cell that holds its midpoint, whatever the order of the text in the file
  (:mod:`~tsunagari_parsers.tables.characters`);
- a cell knows the rows and columns that it spans and whether its upper and lower edges were really drawn, so that a merged cell, a lost
  cell and a cell that goes on over the page break are three different things (:mod:`~tsunagari_parsers.tables.grid`).
"""

from tsunagari_parsers.tables.model import Cell, Line, PageTables, Table, TableSettings
from tsunagari_parsers.tables.page import read_page

__all__ = ["Cell", "Line", "PageTables", "Table", "TableSettings", "read_page"]
