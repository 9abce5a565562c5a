"""All types of page on one picture: ``python -m tests.browser.contact_sheet [FILE]``.

The screenshots stay in ``build/screens/``; the sheet is ``docs/screens.webp`` unless another file is named. A row has the pages on a
phone, the next ones on a desktop, in other languages, in the dark, and on paper.
"""

from __future__ import annotations

import sys
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from PIL import Image, ImageDraw, ImageFont
from playwright.sync_api import Browser, sync_playwright
from tests.browser.page_types import ALL_PAGES, go_to
from tests.browser.served import DESKTOP, PHONE, Served, launch, serving
from tests.conftest import ROOT, publish

SCREENS = ROOT / "build" / "screens"
SHEET = ROOT / "docs" / "screens.webp"
#: The width of a phone and of a desktop on the sheet, and the space around (pixels).
_PHONE_WIDTH, _DESKTOP_WIDTH, _GAP, _LABEL = 195, 480, 12, 16
_PHONES_IN_A_ROW = 10


@dataclass(frozen=True, slots=True)
class Shot:
    """A page to be photographed: its type, the language's prefix, its size in CSS pixels, and whether it is dark or printed."""

    page: str
    prefix: str = ""
    size: tuple[int, int] = PHONE
    dark: bool = False
    printed: bool = False

    @property
    def name(self) -> str:
        """What stands under the picture, and the name of its file."""
        marks = (
            self.prefix.strip("/"),
            "desktop" if self.size == DESKTOP else "",
            "dark" * self.dark,
            "paper" * self.printed,
        )
        return " ".join((self.page, *filter(None, marks)))


ROWS: tuple[tuple[Shot, ...], ...] = (
    *(
        tuple(Shot(name) for name in ALL_PAGES[at : at + _PHONES_IN_A_ROW])
        for at in range(0, len(ALL_PAGES), _PHONES_IN_A_ROW)
    ),
    tuple(
        Shot("home", prefix) for prefix in ("/easy", "/en", "/zh-hans", "/zh-hant", "/ko", "/vi", "/fil", "/pt", "/ne")
    ),
    (
        *(Shot(name, prefix) for name in ("results-danger", "contacts", "safety") for prefix in ("/easy", "/vi")),
        *(Shot(name, dark=True) for name in ("home", "results-danger", "figures")),
        Shot("program", printed=True),
    ),
    *(
        tuple(Shot(name, size=DESKTOP) for name in names)
        for names in (("home", "results-danger", "results-words", "program"), ("where", "contacts", "figures", "areas"))
    ),
)


def photograph(browser: Browser, site: Served, shot: Shot) -> Image.Image:
    """The page as it is when it has been opened, twice as long as the screen at most; kept in :data:`SCREENS` in full."""
    context = browser.new_context(
        viewport={"width": shot.size[0], "height": shot.size[1]},
        color_scheme="dark" if shot.dark else "light",
        locale="ja-JP",
    )
    page = context.new_page()
    go_to(page, site, shot.page, shot.prefix)
    if shot.printed:
        page.emulate_media(media="print")
    path = SCREENS / f"{shot.name.replace(' ', '-')}.png"
    page.screenshot(path=path, full_page=True)
    first_screen = Image.open(path).convert("RGB")
    context.close()
    return first_screen.crop((0, 0, first_screen.width, min(first_screen.height, shot.size[1])))


def sheet(rows: list[list[tuple[str, Image.Image]]]) -> Image.Image:
    """The pictures in rows, each with its name above."""
    font = ImageFont.load_default(size=11)
    width = max(sum(picture.width + _GAP for _, picture in row) for row in rows) + _GAP
    heights = [max(picture.height for _, picture in row) + _LABEL + _GAP for row in rows]
    whole = Image.new("RGB", (width, sum(heights) + _GAP), "#8a8a94")
    draw = ImageDraw.Draw(whole)
    y = _GAP
    for row, height in zip(rows, heights, strict=True):
        x = _GAP
        for name, picture in row:
            draw.text((x, y), name, fill="#fff", font=font)
            whole.paste(picture, (x, y + _LABEL))
            x += picture.width + _GAP
        y += height
    return whole


def scaled(picture: Image.Image, width: int) -> Image.Image:
    """The picture at a width in pixels."""
    return picture.resize((width, round(picture.height * width / picture.width)), Image.Resampling.LANCZOS)


def main(file: Path = SHEET) -> None:
    """Publish the demonstration, photograph it, and write the sheet."""
    SCREENS.mkdir(parents=True, exist_ok=True)
    with TemporaryDirectory() as folder, sync_playwright() as playwright:
        publish(Path(folder), [ROOT / "fixtures" / "demo.toml"])
        with serving(Path(folder)) as site:
            browser = launch(playwright)
            rows = [
                [
                    (
                        shot.name,
                        scaled(
                            photograph(browser, site, shot), _DESKTOP_WIDTH if shot.size == DESKTOP else _PHONE_WIDTH
                        ),
                    )
                    for shot in row
                ]
                for row in ROWS
            ]
            browser.close()
    sheet(rows).save(file, quality=50, method=6)


if __name__ == "__main__":
    main(*map(Path, sys.argv[1:2]))
