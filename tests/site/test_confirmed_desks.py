"""A desk stands on the pages as somebody found it: a confirmed proposal with its day, one that has ended or changed not at all."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from starlette.testclient import TestClient
from tests.conftest import ROOT, publish
from tests.pdfs import table_pdf
from tests.site_walks import find, follow, site_at, text_of, token_of
from typer.testing import CliRunner

from tsunagari.cli import app
from tsunagari.doctor import examine
from tsunagari.importing import EditionOptions, import_documents
from tsunagari.settings import Settings
from tsunagari_indexer.generation import Generation
from tsunagari_indexer.workspace import Workspace
from tsunagari_parsers import Desk, known_desks
from tsunagari_site.rendering import tel

#: A proposal: its number has no second source. 青森県.
PROPOSAL = next(desk for desk in known_desks() if desk.id == "pref-02")
#: A shown desk of a prefecture, and a line that a person has yet to look at.
SHOWN = next(desk for desk in known_desks() if desk.id == "pref-01")
TO_CHECK = next(desk for desk in known_desks() if desk.check_first)
FOUND = "2026年11月3日に確かめました（公式ページ）。続いています。"
LIST = ROOT / "fixtures" / "desk_list_example" / "desk-list-example.pdf"


def run(root: Path, *arguments: str) -> None:
    answer = CliRunner().invoke(app, [*arguments, "--data-dir", str(root)])
    assert answer.exit_code == 0, answer.output


def confirm(root: Path, desk: str, outcome: str, on: str = "2026-11-03") -> None:
    run(
        root,
        *("confirm", desk, "--way", "公式ページ", "--outcome", outcome, "--on", on, "--by", "係"),
        *("--url", "https://www.example.lg.jp/soudan"),
    )


def publish_again(root: Path) -> None:
    run(root, "reindex")
    Workspace(root).publish(force="試験のため")


@contextmanager
def at(root: Path, year: int = 2026) -> Iterator[TestClient]:
    with site_at(root, datetime(year, 11, 21, 3, tzinfo=UTC)) as client:
        yield client


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A data folder with one programme of each of two prefectures."""
    rows = [
        ("北海道", "札幌市", "つながり事業", "電話相談を行う。", "市民課", "011-211-2962"),
        ("青森県", "青森市", "ひろば事業", "居場所をひらく。", "市民課", "017-734-5296"),
    ]
    (tmp_path / "old.pdf").write_bytes(table_pdf([rows]))
    publish(tmp_path / "data", [tmp_path / "old.pdf"], EditionOptions(year=2021))
    return tmp_path / "data"


def outputs(client: TestClient, prefecture: str, town: str) -> dict[str, str]:
    """Everything that lists the desks of a prefecture, by what it is."""
    results = find(client, prefecture=prefecture)
    place = find(client, q=town)
    _, nearby = follow(client, "/results", {"s": token_of(place), "set": f"town={town_code(client, town)}"})
    links = re.findall(r'href="(/nearby\?s=[^"]+)"', nearby)
    ladder = client.get(links[0]).text
    take = client.get(re.findall(r'href="(/take\?s=[^"]+)"', ladder)[0]).text
    listing = client.get("/api/v1/programs", params={"municipality": town}).json()["items"][0]["id"]
    return {
        "contacts": client.get("/contacts").text,
        "area": client.get(f"/areas/{prefecture}").text,
        "town": client.get(f"/areas/{town_code(client, town)}").text,
        "results": results,
        "nearby": ladder,
        "take": take,
        "programme": client.get(f"/programs/{listing}").text,
        "api": client.get("/api/v1/nearby", params={"municipality": town}).text,
    }


def town_code(client: TestClient, town: str) -> str:
    code = client.get("/api/v1/programs", params={"municipality": town}).json()["items"][0]["municipality_code"]
    return str(code)


def number(desk: Desk) -> str:
    return desk.phones[0].number


def test_a_confirmed_proposal_stands_wherever_desks_stand_with_the_day(root: Path) -> None:
    with at(root) as client:
        before = outputs(client, "02", "青森市")
        assert not [name for name, text in before.items() if number(PROPOSAL) in text]
        assert PROPOSAL.url in before["area"]
    confirm(root, PROPOSAL.id, "継続")
    publish_again(root)
    for year in (2026, 2027, 2030):
        with at(root, year) as client:
            after = outputs(client, "02", "青森市")
            assert not [name for name, text in after.items() if number(PROPOSAL) not in text]
            assert not [name for name, text in after.items() if name != "api" and FOUND not in text_of(text)]
            item = next(
                one
                for rung in client.get("/api/v1/nearby", params={"municipality": "青森市"}).json()["rungs"]
                for one in rung["items"]
                if one["id"] == PROPOSAL.id
            )
            assert item["confirmation"] == {"on": "2026-11-03", "way": "公式ページ"}
            assert item["source"]["sources"][-1] == {
                "name": "公式ページ",
                "standing": "official",
                "seen": "2026-11-03",
                "url": "https://www.example.lg.jp/soudan",
            }


def test_after_ninety_days_it_is_asked_again(root: Path) -> None:
    confirm(root, PROPOSAL.id, "継続", "2026-08-01")
    answer = CliRunner().invoke(app, ["calls", "--data-dir", str(root)])
    assert PROPOSAL.id in answer.output


@pytest.mark.parametrize("outcome", ["終了", "変更"])
def test_what_has_ended_or_changed_stands_nowhere_and_the_administrator_is_told(root: Path, outcome: str) -> None:
    with at(root) as client:
        assert number(SHOWN) in client.get("/areas/01").text
    confirm(root, SHOWN.id, outcome)
    confirm(root, "line-yorisoi", outcome)
    confirm(root, PROPOSAL.id, outcome)
    publish_again(root)
    with at(root) as client:
        shown = outputs(client, "01", "札幌市") | {
            "home": client.get("/").text,
            "nowhere": client.get("/nowhere").text,
            "en": client.get("/en/").text,
        }
        assert not [name for name, text in shown.items() if number(SHOWN) in text]
        assert not [name for name, text in shown.items() if "0120-279-338" in text or "0120279338" in text]
        # The prefecture's own page has the new number; that of a desk that has ended leads nowhere.
        assert (PROPOSAL.url in client.get("/areas/02").text) == (outcome == "変更")
        # Nobody is left without a number.
        assert "tel:110" in shown["home"]
        assert "8778" in shown["area"]
    (told,) = [one for one in examine(Settings(), root) if one.name == "窓口"]
    assert f"{SHOWN.name}（{SHOWN.id}、2026-11-03 {outcome}）" in told.detail
    confirm(root, SHOWN.id, "継続", "2026-11-04")
    publish_again(root)
    with at(root) as client:
        assert number(SHOWN) in client.get("/areas/01").text


def test_a_line_that_was_looked_at_no_longer_says_that_nobody_has(root: Path) -> None:
    doubt = "（公式のページではまだ確かめていません）"

    def item(client: TestClient) -> str:
        page = client.get("/contacts").text
        (found,) = [
            one for one in re.findall(r'<li class="desk">.*?</li>', page, re.DOTALL) if f">{TO_CHECK.name}<" in one
        ]
        return text_of(found)

    with at(root) as client:
        assert doubt in item(client)
    confirm(root, TO_CHECK.id, "継続")
    publish_again(root)
    with at(root) as client:
        assert doubt not in item(client)
        assert FOUND in item(client)


def test_a_desk_of_a_list_stands_once_somebody_has_found_it_and_its_words_stay_japanese(root: Path) -> None:
    workspace = Workspace(root)
    import_documents(workspace, [LIST], EditionOptions(year=2026))
    workspace.publish(force="試験のため")
    generation = Generation.open(workspace.generation_path(workspace.current()))
    desk, other = [one for one in generation.desks if one.prefecture == "01"][1:3]
    generation.close()
    with at(root) as client:
        assert number(desk) not in "".join(outputs(client, "01", "札幌市").values())
    confirm(root, desk.id, "継続")
    publish_again(root)
    with at(root) as client:
        shown = outputs(client, "01", "札幌市")
        assert not [name for name, text in shown.items() if number(desk) not in text]
        assert number(other) not in "".join(shown.values())
        assert f'<span lang="ja">{desk.name}</span>' in client.get("/en/areas/01").text
        assert f'href="{tel(number(desk))}"' in shown["contacts"]


def test_what_a_list_calls_a_desk_is_text_and_never_markup(monkeypatch: pytest.MonkeyPatch, root: Path) -> None:
    spoiled = replace(SHOWN, name="<script>&窓口</script> 100%", summary="%(name)s", hours="</p>")
    monkeypatch.setattr("tsunagari_site.shown_desks.known_desks", lambda: (spoiled, *known_desks()[1:]))
    with at(root) as client:
        for page in ("/contacts", "/en/contacts", "/easy/contacts", "/areas/01", "/ne/areas/01"):
            answer = client.get(page)
            assert answer.status_code == 200
            assert "&lt;script&gt;&amp;" in answer.text
            assert "100%" in answer.text
            assert "<script>&" not in answer.text


def test_where_nothing_is_published_the_data_files_alone_speak(tmp_path: Path) -> None:
    with at(tmp_path) as client:
        page = client.get("/contacts").text
        assert number(SHOWN) in page
        assert number(PROPOSAL) not in page
        assert "tel:110" in client.get("/").text


def test_of_two_sites_in_one_process_each_shows_its_own(root: Path, tmp_path: Path) -> None:
    confirm(root, PROPOSAL.id, "継続")
    publish_again(root)
    with at(root) as one, at(tmp_path / "empty") as other:
        for _ in range(2):
            assert number(PROPOSAL) in one.get("/contacts").text
            assert number(PROPOSAL) not in other.get("/contacts").text
