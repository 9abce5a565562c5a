"""The administrator's guide alone: from an empty folder to a second year published, and back."""

from __future__ import annotations

from pathlib import Path

import pytest
from fixtures.years import list_pdf, years
from tests.browser.conftest import OpenPage
from tests.browser.guide_steps import add_word, administrated, confirm, menu, publish, published, rebuild, walk
from tests.browser.served import DESKTOP
from tests.conftest import ROOT

FIRST = ROOT / "fixtures" / "national_list_r3" / "national-list-r3.pdf"


@pytest.fixture
def second(tmp_path: Path) -> Path:
    path = tmp_path / "list.pdf"
    path.write_bytes(list_pdf(years()))
    return path


def test_who_follows_the_guide_publishes_two_years_goes_back_confirms_and_adds_a_word(
    open_page: OpenPage, tmp_path: Path, second: Path
) -> None:
    with administrated(tmp_path / "data") as url:
        page = open_page(DESKTOP, scripts=False)
        walk(page, url, FIRST, second)
        called = confirm(page, "北海道")
        add_word(page, "食料", "フードロッカー")
        menu(page, "見直し")
        rebuild(page)
        publish(page)
        assert published(page) == 4
        page.goto(f"{url}/programs/{called}")
        assert page.get_by_text("に確かめました（電話）。続いています。").first.is_visible()
