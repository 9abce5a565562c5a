"""The pictures of docs/administrator.md: ``python -m tests.browser.guide_pictures``, taken on the walk that the guide tells.

They are of the real pages over two made years, as a desk's screen shows them in light colours; each is at most 80 KB.
"""

from __future__ import annotations

from io import BytesIO
from pathlib import Path
from tempfile import TemporaryDirectory

from fixtures.years import list_pdf, years
from PIL import Image
from playwright.sync_api import Locator, Page, sync_playwright
from tests.browser.guide_steps import add_word, administrated, confirm, walk
from tests.browser.served import launch
from tests.browser.test_the_guide import FIRST
from tests.conftest import ROOT

PICTURES = ROOT / "docs" / "guide"
#: The window, the height at which something longer is cut, and the space left around it, in CSS pixels.
_WINDOW = (1000, 760)
_TALLEST, _AROUND = 1400, 12
_HEAVIEST = 80_000
_QUALITIES = (80, 70, 60, 50, 40, 30)


def take(name: str, page: Page, what: Locator | None) -> None:
    """Save what is to be seen, or the window, as WebP of the best quality that is light enough."""
    if what is None:
        page.evaluate("scrollTo(0, 0)")
        taken = page.screenshot()
    else:
        # Pictures of rows are fetched when they come into view, unless they are asked for.
        for row in what.locator("img").all():
            row.evaluate("async (row) => { row.loading = 'eager'; await row.decode(); }")
        page.evaluate("scrollTo(0, 0)")
        box = what.bounding_box()
        assert box is not None, name
        left, top = max(box["x"] - _AROUND, 0), max(box["y"] - _AROUND, 0)
        width = min(box["width"] + 2 * _AROUND, _WINDOW[0] - left)
        height = min(box["height"] + 2 * _AROUND, _TALLEST)
        taken = page.screenshot(full_page=True, clip={"x": left, "y": top, "width": width, "height": height})
    with Image.open(BytesIO(taken)) as opened:
        picture = opened.convert("RGB")
    for quality in _QUALITIES:
        saved = BytesIO()
        picture.save(saved, "WEBP", quality=quality, method=6)
        if saved.tell() <= _HEAVIEST:
            break
    (PICTURES / f"{name}.webp").write_bytes(saved.getvalue())


def main() -> None:
    """Walk and take them all."""
    PICTURES.mkdir(exist_ok=True)
    with TemporaryDirectory() as folder, sync_playwright() as playwright:
        second = Path(folder) / "list-r4.pdf"
        second.write_bytes(list_pdf(years()))
        with administrated(Path(folder) / "data") as url:
            browser = launch(playwright)
            context = browser.new_context(
                viewport={"width": _WINDOW[0], "height": _WINDOW[1]}, locale="ja-JP", color_scheme="light"
            )
            page = context.new_page()
            walk(page, url, FIRST, second, take)
            confirm(page, "北海道", take)
            add_word(page, "食料", "フードロッカー", take)
            browser.close()


if __name__ == "__main__":
    main()
