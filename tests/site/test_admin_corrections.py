"""訂正: every correction is told with who, when and why; it can be added and taken back, and nothing else can be put in its place."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from starlette.testclient import TestClient
from tests.admin_walks import NAME, csrf_in, ledger_path
from tests.review_walks import (
    OTHER_ROW,
    REASON,
    ROW,
    TEXT,
    MadeJobs,
    browser_at,
    copied,
    fill,
    follow,
    forms,
    small_years,
    take,
)
from tests.site_walks import text_of

from tsunagari_indexer.ledger import Ledger
from tsunagari_indexer.listings import Listing
from tsunagari_indexer.review import newest
from tsunagari_indexer.workspace import Workspace

PATH = "/admin/corrections"


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return small_years(tmp_path_factory.mktemp("small"))


@pytest.fixture
def data(small: Path, tmp_path: Path) -> Path:
    return copied(small, tmp_path / "data")


@pytest.fixture
def desk(data: Path) -> Iterator[TestClient]:
    with browser_at(data, MadeJobs(data)) as client:
        yield client


def document(data: Path, year: int) -> str:
    with newest(Workspace(data)) as generation:
        (found,) = [one.sha256 for one in generation.documents.values() if one.fiscal_year == year]
    return found


def held(data: Path) -> dict[str, Listing]:
    with newest(Workspace(data)) as generation:
        return {one.program_name: one for one in generation.all_listings()}


def added(desk: TestClient, data: Path, **typed: str) -> str:
    """Add the correction of a department, or another one."""
    fields = {"field": "department", "source": "市民部", "corrected": "市民局", "reason": REASON}
    answer = fill(desk, PATH, f"{PATH}/add", document=document(data, 2022), **{**fields, **typed})
    return follow(desk, answer)


def rebuild(desk: TestClient) -> str:
    return follow(desk, desk.post(f"{PATH}/rebuild", data={"csrf": csrf_in(desk.get(PATH).text)}))


def part(page: str, heading: str) -> str:
    """The text of a section of the page."""
    return text_of(page.split(f'aria-labelledby="{heading}"')[1].split("</section>", maxsplit=1)[0])


def test_a_correction_is_added_by_document_field_and_value_and_told_whole(data: Path, desk: TestClient) -> None:
    page = added(desk, data)
    told = part(page, "in-force")
    for word in (
        "1件",
        "担当部署",
        "市民部",
        "市民局",
        "list2022.pdf（2022年度）",
        REASON,
        NAME,
        "まだ反映していません",
    ):
        assert word in told
    with Ledger.open(ledger_path(data)) as ledger:
        (one,) = ledger.corrections()
        assert ledger.audit()[-1].who == NAME
    assert (one.by, one.field, one.source, one.corrected) == (NAME, "department", "市民部", "市民局")
    assert "まだ反映していません" not in part(rebuild(desk), "in-force")
    assert held(data)["居場所の事業"].department == "市民局"


def test_the_time_is_japans(data: Path, desk: TestClient) -> None:
    added(desk, data)
    with Ledger.open(ledger_path(data)) as ledger:
        ledger.connection.execute("UPDATE corrections SET at = '2026-03-31T15:30:00+00:00'")
    assert "2026年4月1日 0:30" in part(desk.get(PATH).text, "in-force")


def test_a_correction_is_taken_back_with_a_reason_and_stays_told(data: Path, desk: TestClient) -> None:
    added(desk, data)
    rebuild(desk)
    refused = fill(desk, PATH, f"{PATH}/withdraw", reason=" ")
    assert refused.status_code == 400
    assert "理由を書いてください。" in text_of(refused.text)
    page = follow(desk, fill(desk, PATH, f"{PATH}/withdraw", reason="読みまちがいだった"))
    assert "ありません" in part(page, "in-force")
    back = part(page, "withdrawn")
    for word in ("1件", "市民部", "市民局", "読みまちがいだった", NAME, "まだ反映していません"):
        assert word in back
    assert REASON in part(page, "replaced")
    rebuild(desk)
    assert held(data)["居場所の事業"].department == "市民部"
    with Ledger.open(ledger_path(data)) as ledger:
        assert len(ledger.corrections()) == 2


def test_taking_back_twice_is_refused(data: Path, desk: TestClient) -> None:
    added(desk, data)
    (form,) = forms(desk.get(PATH).text, f"{PATH}/withdraw")
    assert desk.post(f"{PATH}/withdraw", data={**form, "reason": REASON}).status_code == 303
    refused = desk.post(f"{PATH}/withdraw", data={**form, "reason": REASON})
    assert refused.status_code == 400
    assert "もう取り消されています" in text_of(refused.text)


@pytest.mark.parametrize("key", ["", "0", "99", "x", "１", "-1", "9" * 40])
def test_a_correction_that_is_none_cannot_be_taken_back(data: Path, desk: TestClient, key: str) -> None:
    added(desk, data)
    answer = fill(desk, PATH, f"{PATH}/withdraw", key=key, reason=REASON)
    assert answer.status_code == 400
    assert "その訂正はありません" in text_of(answer.text)


def test_one_of_a_replaced_document_can_be_taken_back_and_says_that_it_waits_for_it(
    data: Path, desk: TestClient
) -> None:
    added(desk, data)
    take(data, 2022, (*ROW[:3], "書き直した内容。", *ROW[4:]), OTHER_ROW)
    assert "この文書は、いまの世代にありません" in part(desk.get(PATH).text, "in-force")
    assert fill(desk, PATH, f"{PATH}/withdraw", reason=REASON).status_code == 303
    assert "ありません" in part(desk.get(PATH).text, "in-force")


def test_correcting_the_same_value_again_replaces_the_earlier_one(data: Path, desk: TestClient) -> None:
    added(desk, data)
    page = added(desk, data, corrected="市民課")
    assert "1件" in part(page, "in-force")
    assert "市民課" in part(page, "in-force")
    assert "市民局" in part(page, "replaced")


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ({"document": ""}, "文書を選んでください"),
        ({"document": "0" * 64}, "という文書はありません"),
        ({"document": "../../ledger.sqlite"}, "という文書はありません"),
        ({"field": "colour"}, "訂正できません"),
        ({"field": "phone", "corrected": "12"}, "かけられる形ではありません"),
        ({"field": "prefecture", "corrected": "北海"}, "都道府県はありません"),
        ({"corrected": "市民部"}, "同じです"),
        ({"reason": ""}, "理由を書いてください"),
    ],
)
def test_what_cannot_be_right_is_refused_with_everything_that_was_typed(
    data: Path, desk: TestClient, typed: dict[str, str], said: str
) -> None:
    fields = {
        "document": document(data, 2022),
        "field": "department",
        "source": "市民部",
        "corrected": "市民局",
        "reason": REASON,
    } | typed
    answer = fill(desk, PATH, f"{PATH}/add", **fields)
    assert answer.status_code == 400
    assert said in text_of(answer.text)
    assert "--" not in text_of(answer.text)
    (form,) = forms(answer.text, f"{PATH}/add")
    assert {name: form[name] for name in ("source", "corrected", "reason")} == {
        name: fields[name] for name in ("source", "corrected", "reason")
    }
    with Ledger.open(ledger_path(data)) as ledger:
        assert ledger.corrections() == ()


def test_lines_of_a_text_are_compared_as_they_stand_on_the_paper(data: Path, desk: TestClient) -> None:
    added(desk, data, field="description", source=TEXT, corrected="一行目\n二行目")
    rebuild(desk)
    added(desk, data, field="description", source="一行目\n二行目", corrected="一行だけ")
    rebuild(desk)
    assert {one.description for one in held(data).values() if one.fiscal_year == 2022} == {"一行だけ"}
    with Ledger.open(ledger_path(data)) as ledger:
        assert [one.source for one in ledger.corrections()] == [TEXT, TEXT]


def test_what_is_typed_cannot_become_part_of_the_page(data: Path, desk: TestClient) -> None:
    page = added(desk, data, corrected="<script>alert(1)</script>", reason='"><img src=x>')
    assert "<script>alert" not in page
    assert "<img" not in page
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in page


def test_corrections_can_be_read_where_no_generation_can(data: Path, desk: TestClient) -> None:
    added(desk, data)
    for one in (data / "generations").iterdir():
        one.write_bytes(b"damaged" * 100)
    answer = desk.get(PATH)
    assert answer.status_code == 200
    assert "市民局" in part(answer.text, "in-force")
    assert forms(answer.text, f"{PATH}/add") == []
    refused = desk.post(f"{PATH}/add", data={"csrf": csrf_in(answer.text), "document": "x", "reason": REASON})
    assert refused.status_code == 409
