"""The house: one direction, one place for each library, and everything that is in git is in the wheel."""

from __future__ import annotations

import ast
import subprocess
import sys
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.conftest import ROOT

STAGES = ("crawler", "parsers", "indexer", "site", "cli")
PACKAGES = {
    "crawler": "tsunagari_crawler",
    "parsers": "tsunagari_parsers",
    "indexer": "tsunagari_indexer",
    "site": "tsunagari_site",
    "cli": "tsunagari",
}
#: The only folder, and where it is one, the only module, that may import a library.
OWNERS = {
    "scrapy": "crawler/tsunagari_crawler/spider/",
    "twisted": "crawler/tsunagari_crawler/spider/",
    "pdfplumber": "parsers/",
    "pdfminer": "parsers/",
    "pypdfium2": "parsers/",
    "PIL": "parsers/",
    "japancode": "parsers/tsunagari_parsers/places/",
    "sqlite3": "indexer/",
    "argon2": "indexer/tsunagari_indexer/passwords.py",
    "sudachipy": "indexer/tsunagari_indexer/analysis.py",
    "meilisearch": "indexer/tsunagari_indexer/engines/meili.py",
    "rapidfuzz": "indexer/",
    "pyroaring": "indexer/tsunagari_indexer/engines/embedded.py",
    "starlette": "site/",
    "jinja2": "site/tsunagari_site/rendering.py",
    "cryptography": "site/tsunagari_site/seal.py",
    "babel": "site/tsunagari_site/i18n.py",
    "limits": "site/tsunagari_site/rate_limit.py",
    "jpholiday": "parsers/tsunagari_parsers/opening.py",
    "typer": "cli/tsunagari/",
    "uvicorn": "cli/tsunagari/commands/running.py",
}
#: The wiring may name the application's type that it hands on.
ALSO = {"starlette": {"cli/tsunagari/serving.py"}}


def modules(stage: str) -> Iterator[Path]:
    return (ROOT / stage).rglob("*.py")


def imported(path: Path) -> set[str]:
    names = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            names |= {alias.name.partition(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module and node.level == 0:
            names.add(node.module.partition(".")[0])
    return names


@pytest.mark.parametrize("stage", STAGES)
def test_a_stage_imports_only_from_stages_before_it(stage: str) -> None:
    later = {PACKAGES[other] for other in STAGES[STAGES.index(stage) + 1 :]}
    for path in modules(stage):
        assert not imported(path) & later, path


@pytest.mark.parametrize("library", OWNERS)
def test_each_library_has_one_place(library: str) -> None:
    users = {
        str(path.relative_to(ROOT)) for stage in STAGES for path in modules(stage) if library in imported(path)
    } - ALSO.get(library, set())
    # japancode is read as data, through importlib.resources.
    assert users or library == "japancode"
    assert all(user.startswith(OWNERS[library]) for user in users), users


def test_no_top_level_folder_is_a_package() -> None:
    """A top-level package ``site`` would shadow the standard library's."""
    assert not [stage for stage in STAGES if (ROOT / stage / "__init__.py").exists()]


@pytest.mark.parametrize(
    ("module", "absent"),
    [
        ("tsunagari_site.app", {"scrapy", "twisted", "pdfplumber", "pdfminer"}),
        ("tsunagari_indexer.catalogue", {"scrapy", "pdfplumber", "starlette", "meilisearch"}),
        ("tsunagari_parsers", {"scrapy", "pdfplumber"}),
        ("tsunagari_crawler", {"scrapy"}),
    ],
)
def test_importing_a_stage_does_not_load_what_it_does_not_need(module: str, absent: set[str]) -> None:
    code = f"import {module}, sys; print(*sorted({absent!r} & set(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd="/")
    assert done.stdout.split() == []


def test_the_wheel_holds_what_git_holds(tmp_path: Path) -> None:
    if not (ROOT / ".git").exists():
        pytest.skip("not a git checkout, so there is no list of files to compare with")
    subprocess.run(
        [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(tmp_path)],
        check=True,
        cwd=ROOT,
        capture_output=True,
    )
    (wheel,) = tmp_path.glob("*.whl")
    with zipfile.ZipFile(wheel) as archive:
        packed = {name for name in archive.namelist() if ".dist-info/" not in name}
    listed = subprocess.run(["git", "ls-files", *STAGES], capture_output=True, text=True, check=True, cwd=ROOT).stdout
    tracked = {line.partition("/")[2] for line in listed.splitlines()}
    assert packed == tracked
    assert {
        "tsunagari_site/locales/en.po",
        "tsunagari_indexer/migrations/0001_initial.sql",
        "tsunagari_site/static/style.css",
    } <= packed


def test_every_layout_has_a_fixture() -> None:
    from tsunagari_parsers.layouts import LAYOUTS

    documents = "\n".join(path.read_text(encoding="utf-8") for path in (ROOT / "fixtures").glob("*/*.toml"))
    for layout in LAYOUTS:
        assert f'series = "{layout.series}"' in documents, layout.name


def test_the_project_names_no_machine_and_no_other_registry() -> None:
    listed = subprocess.run(
        ["git", "ls-files", "requirements"], capture_output=True, text=True, check=True, cwd=ROOT
    ).stdout
    for name in listed.split():
        text = (ROOT / name).read_text(encoding="utf-8")
        assert "://" not in text, name
        assert "--hash=sha256:" in text, name
