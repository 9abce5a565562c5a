"""Golden files: what a program gave once, reviewed by eye. One that is new or different is written and still fails the run."""

from __future__ import annotations

import os
from pathlib import Path

import pytest


def check_golden(path: Path, actual: str) -> None:
    """Compare with the file; with ``UPDATE_GOLDEN=1`` write it, and fail all the same so that a person reviews it."""
    expected = path.read_text(encoding="utf-8") if path.exists() else None
    if actual == expected:
        return
    if expected is None or os.environ.get("UPDATE_GOLDEN"):
        path.write_text(actual, encoding="utf-8")
        pytest.fail(f"{path} was written: review it by eye, then run the tests again")
    assert actual == expected, (
        f"{path} differs; if the new output is right, run with UPDATE_GOLDEN=1 and review the file"
    )
