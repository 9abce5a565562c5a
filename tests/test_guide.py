"""The administrator's guide says what is so: its labels stand on the pages, its commands, links and pictures are there, its table is that of the data."""

from __future__ import annotations

import re
from collections.abc import Iterator

from PIL import Image
from tests.conftest import ROOT
from tests.guide import GUIDE, table, table_in, with_table

from tsunagari_indexer.finding_help import all_finding_help
from tsunagari_parsers import Level
from tsunagari_site.admin.context import MENU
from tsunagari_site.admin.to_confirm import ItemView, sayings

TEXT = GUIDE.read_text(encoding="utf-8")
PICTURES = GUIDE.parent / "guide"
#: The largest picture: bytes, and pixels across.
_HEAVIEST, _WIDEST = 80_000, 1280
_TEMPLATES = ROOT / "site" / "tsunagari_site" / "templates" / "admin"


def _plain(text: str) -> str:
    """Without Jinja's marks, digits and spaces: what stands the same in a template and in the guide."""
    return re.sub(r"\{\{.*?\}\}|\{%.*?%\}|[0-9\s]", "", text)


def _on_the_pages() -> str:
    templates = [path.read_text(encoding="utf-8") for path in sorted(_TEMPLATES.glob("*.html"))]
    # As they are too: what a macro is given stands between Jinja's marks.
    return "\n".join((*map(_plain, templates), *templates, *(label for _, label in MENU)))


def _anchors(markdown: str) -> set[str]:
    """The anchors of a document's headings: lower case, without punctuation, spaces as hyphens."""
    headings = re.findall(r"^#+ (.+)$", markdown, re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", one.lower()).replace(" ", "-") for one in headings}


def _links() -> Iterator[tuple[str, str]]:
    for target in re.findall(r"(?<!!)\[[^\]\n]+\]\(([^)\s]+)\)", TEXT):
        path, _, anchor = target.partition("#")
        yield path, anchor


def test_what_is_pressed_and_read_in_the_guide_stands_so_on_the_pages() -> None:
    labels = re.findall(r"\*\*「([^」]+)」\*\*", TEXT)
    assert len(labels) > 25
    pages = _on_the_pages()
    assert [one for one in labels if _plain(one) not in pages] == []


def test_every_page_of_the_menu_is_named() -> None:
    without = {"/admin/", "/admin/audit"}
    assert [label for path, label in MENU if path not in without and f"「{label}」" not in TEXT] == []


def test_the_year_has_ten_steps() -> None:
    assert re.findall(r"^### (\d+)\. ", TEXT, re.MULTILINE) == [str(number) for number in range(1, 11)]


def test_every_link_of_the_guide_leads_somewhere() -> None:
    lost = []
    for path, anchor in _links():
        target = GUIDE.parent / path if path else GUIDE
        if not target.is_file() or (anchor and anchor not in _anchors(target.read_text(encoding="utf-8"))):
            lost.append((path, anchor))
    assert lost == []


def test_the_guide_is_found_from_the_readme_and_from_the_other_guide() -> None:
    assert "(docs/administrator.md)" in (ROOT / "README.md").read_text(encoding="utf-8")
    assert "(administrator.md)" in (ROOT / "docs" / "operating.md").read_text(encoding="utf-8")


def test_every_picture_is_there_is_light_and_is_told_in_words() -> None:
    shown = re.findall(r"!\[([^\]]*)\]\(guide/([^)]+)\)", TEXT)
    assert [name for told, name in shown if len(told) < 20] == []
    assert sorted(name for _, name in shown) == sorted(path.name for path in PICTURES.iterdir())
    for _, name in shown:
        path = PICTURES / name
        with Image.open(path) as picture:
            assert (path.stat().st_size <= _HEAVIEST, picture.width <= _WIDEST) == (True, True), name


def test_the_table_of_findings_is_that_of_the_data() -> None:
    assert table_in(TEXT) == table(), "python -m tests.guide writes it anew"
    assert with_table(TEXT) == TEXT
    for one in all_finding_help().values():
        assert f"`{one.code}`" in table_in(TEXT)


def test_both_levels_of_findings_are_explained() -> None:
    assert len(Level) == 2
    assert "| 要確認 |" in TEXT
    assert "| 参考 |" in TEXT


def test_the_words_for_the_phone_are_those_of_the_page() -> None:
    asked = ItemView("p1", False, "（事業の名前）", "北海道", "", "", (), True, "", "", "", "", "", "", True)
    said = [re.sub("[「」『』]", "", words) for words in sayings(asked)]
    told = [re.sub("[「」『』]", "", line) for line in re.findall(r"^> (「.*)$", TEXT, re.MULTILINE)]
    assert [re.sub("（番号を読み上げる）$", "", line) for line in told] == said
