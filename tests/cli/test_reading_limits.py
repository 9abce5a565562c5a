"""What a document may cost comes from the environment, and one that costs more stops no other."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from tests.conftest import NATIONAL_LIST
from tests.parsers import hostile

from tsunagari.settings import Settings, SettingsError
from tsunagari_parsers.limits import Limits


def test_the_environment_gives_the_limits() -> None:
    settings = Settings.from_environment(
        {
            "TSUNAGARI_PARSE_MEMORY_MB": "512",
            "TSUNAGARI_PARSE_SECONDS": "30",
            "TSUNAGARI_PARSE_PAGES": "20",
            "TSUNAGARI_PARSE_FILE_MB": "5",
            "TSUNAGARI_PARSE_WORKERS": "3",
        }
    )
    assert settings.parse_limits == Limits(memory_bytes=512 << 20, seconds=30, pages=20, file_bytes=5 << 20)
    assert settings.parse_workers == 3


def test_what_is_not_set_keeps_its_default() -> None:
    settings = Settings.from_environment({"TSUNAGARI_PARSE_PAGES": "", "TSUNAGARI_PARSE_SECONDS": "30"})
    assert (settings.parse_limits, settings.parse_workers) == (Limits(seconds=30), None)


@pytest.mark.parametrize("value", ["0", "-1", "x", "1.5", "９", "99999999"])
@pytest.mark.parametrize("name", ["MEMORY_MB", "SECONDS", "PAGES", "FILE_MB", "WORKERS"])
def test_a_limit_that_cannot_be_used_is_told_with_name_and_value(name: str, value: str) -> None:
    with pytest.raises(SettingsError, match=f"TSUNAGARI_PARSE_{name}「{value}」"):
        Settings.from_environment({f"TSUNAGARI_PARSE_{name}": value})


def test_a_hostile_file_is_named_and_the_others_are_read(tmp_path: Path) -> None:
    bomb, pages = tmp_path / "bomb.pdf", tmp_path / "pages.pdf"
    bomb.write_bytes(hostile.paged([hostile.words(b"a"), hostile.bomb(1000)]))
    pages.write_bytes(hostile.paged([b""] * 30))
    done = subprocess.run(
        [sys.executable, "-c", "from tsunagari.cli import main; main()", "parse", bomb, pages, NATIONAL_LIST],
        env={
            **os.environ,
            "PYTHONPATH": os.pathsep.join(sys.path),
            "TSUNAGARI_PARSE_PAGES": "20",
            "TSUNAGARI_PARSE_MEMORY_MB": "300",
        },
        capture_output=True,
        text=True,
        check=False,
    )
    first, second, *_ = done.stderr.splitlines()
    assert done.returncode == 2
    assert first.startswith("tsunagari: bomb.pdf（2ページ）：[too-large] ")
    assert second.startswith("tsunagari: pages.pdf：[too-many-pages] 30ページあります（上限20ページ）")
    assert len(done.stdout.splitlines()) == len((NATIONAL_LIST.parent / "programs.jsonl").read_text().splitlines())
