"""What the tests share: the example list, a data folder in which it is published, and the site over it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from tsunagari.importing import EditionOptions, import_documents
from tsunagari.serving import build_site
from tsunagari.settings import Settings
from tsunagari_indexer.workspace import Workspace
from tsunagari_parsers.document import parse_document
from tsunagari_parsers.report import ParsedDocument

ROOT = Path(__file__).parent.parent
#: A test opens more pages in a minute than any person does; the limit has tests of its own.
UNLIMITED = Settings(requests_per_minute=0)
NATIONAL_LIST = ROOT / "fixtures" / "national_list_r3" / "national-list-r3.pdf"


@pytest.fixture(scope="session")
def national_list() -> ParsedDocument:
    return parse_document(NATIONAL_LIST.read_bytes(), name=NATIONAL_LIST.name, fiscal_year=2021)


@pytest.fixture(scope="session")
def published(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data folder in which the example list is published. Tests that change one make their own."""
    root = tmp_path_factory.mktemp("published")
    publish(root, [NATIONAL_LIST])
    return root


@pytest.fixture(scope="session")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data folder in which all papers of the demonstration are published. Tests do not change it."""
    root = tmp_path_factory.mktemp("demo")
    publish(root, [ROOT / "fixtures" / "demo.toml"])
    return root


@pytest.fixture(scope="module")
def client(published: Path) -> Iterator[TestClient]:
    with TestClient(build_site(UNLIMITED, published), follow_redirects=False) as client:
        yield client


@pytest.fixture(scope="module")
def demo_client(demo: Path) -> Iterator[TestClient]:
    with TestClient(build_site(UNLIMITED, demo), follow_redirects=False) as client:
        yield client


def publish(root: Path, paths: list[Path], options: EditionOptions | None = None) -> None:
    """Import and publish."""
    workspace = Workspace(root)
    outcome = import_documents(workspace, paths, options or EditionOptions())
    assert not outcome.failures
    workspace.publish()
