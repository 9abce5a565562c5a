"""世代: what is kept, what is served, and the way there and back; who did it stands in the audit log."""

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

from tsunagari_indexer.corrections import in_force
from tsunagari_indexer.deciding import correct
from tsunagari_indexer.ledger import AuditLine, Ledger
from tsunagari_indexer.workspace import Workspace

PATH = "/admin/generations"


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


def lines(data: Path, action: str) -> list[AuditLine]:
    with Ledger.open(ledger_path(data)) as ledger:
        return [one for one in ledger.audit() if one.action == action]


def publish(desk: TestClient) -> str:
    return follow(desk, fill(desk, PATH, f"{PATH}/publish", reason=REASON))


def table(page: str) -> dict[str, str]:
    """The text of each generation's row, by its number."""
    rows = page.split("<tbody>")[1].split("</tbody>", maxsplit=1)[0].split("<tr>")[1:]
    return {row.split('<th scope="row">')[1].split("<")[0]: text_of(row) for row in rows}


def test_every_kept_generation_is_there_with_what_it_holds(data: Path, desk: TestClient) -> None:
    rows = table(desk.get(PATH).text)
    assert list(rows) == ["2", "1"]
    assert "公開を待っています" in rows["2"]
    assert "list2022.pdf（2022年度）" in rows["2"]
    assert "list2021.pdf（2021年度）" in rows["2"]
    assert "3件" in rows["2"]
    assert "公開中" in rows["1"]
    assert "2件" in rows["1"]
    with Ledger.open(ledger_path(data)) as ledger:
        ledger.connection.execute("UPDATE generations SET created_at = '2026-03-31T15:30:00+00:00'")
    assert "2026年4月1日 0:30" in table(desk.get(PATH).text)["2"]


def test_there_and_back_and_there_again(data: Path, desk: TestClient) -> None:
    """Published, gone back from, and gone forward to: each time what was said is what is served, and nothing decided is lost."""
    names = {"1": Workspace(data).current()}
    with_mistake = desk.get("/areas")
    publish(desk)
    names["2"] = Workspace(data).current()
    correct(Workspace(data), "list2022.pdf", "department", "市民部", "市民局", reason=REASON, by=NAME)
    for to, current in (("1", "2"), ("2", "1"), ("1", "2")):
        asked = desk.get(f"{PATH}/rollback?to={to}")
        text = text_of(asked.text)
        assert f"世代{to}に戻しますか" in text
        assert f"いま 世代{current}：" in text
        assert f"戻したあと 世代{to}：" in text
        assert "人が決めたことは残ります" in text
        (form,) = forms(asked.text, f"{PATH}/rollback")
        assert "前の世代に戻しました" in text_of(follow(desk, desk.post(f"{PATH}/rollback", data=form)))
        assert Workspace(data).current() == names[to]
        page = desk.get(PATH).text
        rows = table(page)
        # Whoever builds here again should know what would be missing.
        assert ("世代2で取り込んだ文書は入りません" in text_of(page)) == (to == "1")
        assert "公開中" in rows[to]
        assert f"世代{current}に戻す" in rows[current]
    assert desk.get("/areas").text == with_mistake.text
    assert [(one.who, one.generation) for one in lines(data, "rollback")] == [(NAME, 1), (NAME, 2), (NAME, 1)]
    with Ledger.open(ledger_path(data)) as ledger:
        assert len(in_force(ledger.corrections())) == 1


def test_going_back_says_that_what_waits_is_thrown_away(data: Path, desk: TestClient) -> None:
    publish(desk)
    take(data, 2022, ROW, OTHER_ROW)
    asked = desk.get(f"{PATH}/rollback?to=1")
    assert "公開を待っている世代3は捨てます" in text_of(asked.text)
    (form,) = forms(asked.text, f"{PATH}/rollback")
    desk.post(f"{PATH}/rollback", data=form)
    assert list(table(desk.get(PATH).text)) == ["2", "1"]


@pytest.mark.parametrize("to", ["", "0", "2", "1", "99", "x", "../1", "１", "9" * 40])
def test_only_to_a_generation_that_was_published_and_is_kept(data: Path, desk: TestClient, to: str) -> None:
    served = Workspace(data).current()
    asked = desk.get(f"{PATH}/rollback", params={"to": to})
    assert asked.status_code == 409
    assert "その世代には戻れません" in text_of(asked.text)
    answer = desk.post(f"{PATH}/rollback", data={"csrf": csrf_in(asked.text), "to": to, "current": "1"})
    assert answer.status_code == 409
    assert "--" not in text_of(answer.text)
    assert Workspace(data).current() == served
    assert Workspace(data).newest_staged()


def test_what_changed_meanwhile_is_not_acted_upon(data: Path, desk: TestClient) -> None:
    publish(desk)
    (back,) = forms(desk.get(f"{PATH}/rollback?to=1").text, f"{PATH}/rollback")
    Workspace(data).rollback()
    answer = desk.post(f"{PATH}/rollback", data=back)
    assert answer.status_code == 409
    assert "公開している世代が変わりました" in text_of(answer.text)
    take(data, 2022, ROW, OTHER_ROW)
    (away,) = forms(desk.get(f"{PATH}/discard").text, f"{PATH}/discard")
    take(data, 2023, ROW, OTHER_ROW)
    answer = desk.post(f"{PATH}/discard", data=away)
    assert answer.status_code == 409
    assert "公開を待つ世代が変わりました" in text_of(answer.text)
    assert Workspace(data).newest_staged()


def test_what_waits_is_thrown_away_after_a_question(data: Path, desk: TestClient) -> None:
    served = Workspace(data).current()
    asked = desk.get(f"{PATH}/discard")
    assert "公開している世代1は変わりません" in text_of(asked.text)
    (form,) = forms(asked.text, f"{PATH}/discard")
    assert "捨てました" in text_of(follow(desk, desk.post(f"{PATH}/discard", data=form)))
    assert Workspace(data).newest_staged() is None
    assert Workspace(data).current() == served
    assert [(one.who, one.generation) for one in lines(data, "discard")] == [(NAME, 2)]
    assert desk.get(f"{PATH}/discard").status_code == 409
    assert desk.post(f"{PATH}/discard", data=form).status_code == 409


def test_publishing_here_asks_for_a_reason_where_findings_are_open(data: Path, desk: TestClient) -> None:
    refused = fill(desk, PATH, f"{PATH}/publish", reason=" ")
    assert refused.status_code == 409
    assert "要確認" in text_of(refused.text)
    text = text_of(publish(desk))
    assert "公開しました" in text
    assert "サイトを開いて確かめる" in text
    assert "世代1に戻す" in text
    (line,) = [one for one in lines(data, "publish") if one.generation == 2]
    assert (line.who, line.detail) == (NAME, REASON)


def test_the_command_leaves_who_empty(data: Path, desk: TestClient) -> None:
    Workspace(data).publish(force=REASON)
    assert lines(data, "publish")[-1].who == ""
    assert "コマンド" in text_of(desk.get("/admin/audit").text)


def test_a_damaged_generation_says_so_and_cannot_be_gone_to(data: Path, desk: TestClient) -> None:
    publish(desk)
    with Ledger.open(ledger_path(data)) as ledger:
        first = ledger.generations("published")[0]
    Workspace(data).generation_path(first.name).write_bytes(b"damaged" * 100)
    answer = desk.get(PATH)
    assert answer.status_code == 200
    assert "壊れています" in table(answer.text)["1"]
    assert str(data) not in answer.text
    assert desk.get(f"{PATH}/rollback?to=1").status_code == 409
    refused = desk.post(f"{PATH}/rollback", data={"csrf": csrf_in(answer.text), "to": "1", "current": "2"})
    assert refused.status_code == 409
    assert Workspace(data).current().startswith("2_")


@pytest.mark.parametrize("harm", ["damaged", "away"])
def test_a_damaged_one_that_waits_says_so_and_can_be_thrown_away(data: Path, desk: TestClient, harm: str) -> None:
    staged = Workspace(data).newest_staged()
    assert staged
    path = Workspace(data).generation_path(staged.name)
    if harm == "away":
        path.unlink()
    else:
        path.write_bytes(b"damaged" * 100)
    answer = desk.get(PATH)
    assert answer.status_code == 200
    assert "世代のファイル" in table(answer.text)["2"]
    assert forms(answer.text, f"{PATH}/publish") == []
    (form,) = forms(desk.get(f"{PATH}/discard").text, f"{PATH}/discard")
    assert desk.post(f"{PATH}/discard", data=form).status_code == 303
    assert list(table(desk.get(PATH).text)) == ["1"]
    assert "世代1を見ています" in text_of(desk.get("/admin/review").text)


def test_a_damaged_name_of_what_is_served_is_told(data: Path, desk: TestClient) -> None:
    (data / "CURRENT").write_text("../../etc/passwd")
    answer = desk.get(PATH)
    assert answer.status_code == 200
    assert "世代の名前ではありません" in text_of(answer.text)
    assert str(data) not in answer.text
    answer = desk.get("/admin/review")
    assert answer.status_code == 503
    assert "世代を読めないため" in text_of(answer.text)


def test_an_empty_folder_has_a_page_too(data: Path, desk: TestClient) -> None:
    with Ledger.open(ledger_path(data)) as ledger:
        ledger.connection.execute("DELETE FROM generations")
    (data / "CURRENT").unlink()
    answer = desk.get(PATH)
    assert answer.status_code == 200
    assert "まだありません" in text_of(answer.text)
    for path in ("publish", "rollback", "discard"):
        assert desk.post(f"{PATH}/{path}", data={"csrf": csrf_in(answer.text), "to": "1"}).status_code == 409
