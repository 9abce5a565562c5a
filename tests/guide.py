"""The table of findings in docs/administrator.md, made from the data that explains them: ``python -m tests.guide`` writes it anew."""

from __future__ import annotations

import re
from itertools import groupby

from tests.conftest import ROOT

from tsunagari_indexer.finding_help import all_finding_help

GUIDE = ROOT / "docs" / "administrator.md"
_TABLE = re.compile(r"(<!-- findings: [^\n]* -->\n)(.*?)(<!-- /findings -->)", re.DOTALL)


def table() -> str:
    """A heading and a table for each group, in the order of the data."""
    parts = []
    for group, entries in groupby(all_finding_help().values(), key=lambda one: one.group):
        rows = "\n".join(f"| **{one.title}**<br>`{one.code}` | {one.meaning} | {one.action} |" for one in entries)
        parts.append(f"\n### {group}\n\n| 指摘 | 何が起きたか | どうするか |\n|---|---|---|\n{rows}\n")
    return "".join(parts) + "\n"


def table_in(text: str) -> str:
    """What stands in the guide between its marks."""
    found = _TABLE.findall(text)
    assert len(found) == 1
    return str(found[0][1])


def with_table(text: str) -> str:
    """The guide with the table as it is now."""
    return _TABLE.sub(lambda match: match[1] + table() + match[3], text)


if __name__ == "__main__":
    GUIDE.write_text(with_table(GUIDE.read_text(encoding="utf-8")), encoding="utf-8")
