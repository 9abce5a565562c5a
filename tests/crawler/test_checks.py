"""What a look at a page means beside the last one."""

from __future__ import annotations

from pathlib import Path

import pytest

from tsunagari_crawler.checks import (
    Checked,
    Content,
    LastLook,
    State,
    Watched,
    compare,
    merged,
    page_content,
    read_record,
    write_record,
)
from tsunagari_crawler.errors import CheckRecordError
from tsunagari_crawler.problems import Problem, ProblemCode

URL = "https://www.example.jp/desk.html"
DESK = Watched(URL, ("例の県女性相談支援センター",), ("011-666-9955",))
FEBRUARY, MARCH, APRIL = "2027-02-01", "2027-03-01", "2027-04-01"


def content(text: str, *numbers: str) -> Content:
    return page_content(text, numbers, {"If-None-Match": '"1"'})


def look(watched: Watched, *founds: Content | Problem | None) -> list[Checked]:
    """One look after the other, a month apart, each beside the record of the one before."""
    record: LastLook | None = None
    seen = []
    for month, found in enumerate(founds, start=1):
        checked, record = compare(watched, found, record, f"2027-{month:02}-01")
        seen.append(checked)
    return seen


GOOD = content("電話 011-666-9955", "011-666-9955")
GONE = Problem.of(ProblemCode.NOT_FOUND, URL, status=404)


@pytest.mark.parametrize(
    ("founds", "states", "needing"),
    [
        ([GOOD, GOOD], ["first", "stands"], [False, False]),
        ([GOOD, None], ["first", "stands"], [False, False]),
        ([GOOD, content("電話\n011-666-9955　", "011-666-9955")], ["first", "stands"], [False, False]),
        ([GOOD, content("電話 ０１１-666-9955", "011-666-9955")], ["first", "stands"], [False, False]),
        ([GOOD, content("日曜も 011-666-9955", "011-666-9955")], ["first", "changed"], [False, True]),
        ([GOOD, content("電話 06-0000-0000", "06-0000-0000")], ["first", "number_gone"], [False, True]),
        ([GOOD, GONE], ["first", "gone"], [False, True]),
        ([GOOD, GONE, GOOD], ["first", "gone", "stands"], [False, True, False]),
        ([GOOD, GONE, content("06-0000-0000")], ["first", "gone", "number_gone"], [False, True, True]),
        ([GONE, GOOD], ["gone", "first"], [True, False]),
        ([content("案内"), content("案内")], ["first", "stands"], [True, False]),
    ],
    ids=lambda one: "-".join(one) if isinstance(one, list) and isinstance(one[0], str) else None,
)
def test_a_look_is_compared_with_the_last_one_that_could_read_the_page(
    founds: list[Content | Problem | None], states: list[str], needing: list[bool]
) -> None:
    seen = look(DESK, *founds)

    assert [one.state for one in seen] == states
    assert [one.needs_a_person for one in seen] == needing


def test_a_number_that_left_the_page_is_news_until_it_is_back() -> None:
    other = content("電話 06-0000-0000", "06-0000-0000")
    seen = look(DESK, GOOD, other, other, None, GOOD)

    assert [one.gone_numbers for one in seen] == [(), *[("011-666-9955",)] * 3, ()]
    assert seen[1].appeared == ("06-0000-0000",)
    assert seen[1].since == "2027-01-01"
    assert [one.state for one in seen[2:]] == [State.NUMBER_GONE, State.NUMBER_GONE, State.CHANGED]


def test_numbers_are_compared_by_their_digits() -> None:
    (seen,) = look(DESK, content("（０１１）６６６－９９５５", "011(666)9955"))

    assert (seen.gone_numbers, seen.never_seen) == ((), ())


def test_numbers_of_others_that_come_and_go_are_told() -> None:
    seen = look(DESK, content("a", "011-666-9955", "03-1111-1111"), content("b", "011-666-9955", "03-2222-2222"))[1]

    assert (seen.state, seen.appeared, seen.vanished) == (State.CHANGED, ("03-2222-2222",), ("03-1111-1111",))


def test_a_document_is_compared_with_the_bytes_that_are_published() -> None:
    paper = Watched(URL, ("一覧",), (), ("a" * 64,))

    assert look(paper, Content("a" * 64, None))[0].state is State.FIRST
    assert look(paper, Content("b" * 64, None))[0].state is State.CHANGED
    # The same PDF as a desk's source: numbers cannot be read off it, and none is missed.
    assert [one.never_seen for one in look(DESK, Content("a" * 64, None), None)] == [(), ()]


@pytest.mark.parametrize(
    ("code", "state"),
    [
        (ProblemCode.PAGE_MOVED, "moved"),
        (ProblemCode.OFF_HOST, "moved"),
        (ProblemCode.NOT_FOUND, "gone"),
        (ProblemCode.DNS, "gone"),
        (ProblemCode.ERROR_PAGE, "error_page"),
        (ProblemCode.LOGIN_PAGE, "error_page"),
        (ProblemCode.CHALLENGE_PAGE, "unknown"),
        (ProblemCode.TIMEOUT, "unknown"),
        (ProblemCode.ROBOTS_DENIED, "unknown"),
    ],
)
def test_what_stands_in_the_way_has_its_state_and_needs_a_person(code: ProblemCode, state: str) -> None:
    (seen,) = look(DESK, Problem(URL, code, "…"))

    assert seen.state == state
    assert seen.needs_a_person


def test_an_address_that_several_name_is_looked_at_once_for_all_of_them() -> None:
    assert merged([DESK, Watched(f"{URL}#tel", ("別の窓口",), ("110",)), DESK]) == (
        Watched(URL, ("例の県女性相談支援センター", "別の窓口"), ("011-666-9955", "110")),
    )


def test_the_record_comes_back_as_it_was_written(tmp_path: Path) -> None:
    record = {
        URL: compare(DESK, GOOD, None, FEBRUARY)[1],
        "https://www.example.jp/a.pdf": compare(DESK, Content("a" * 64, None), None, MARCH)[1],
        "https://www.example.jp/gone": compare(DESK, GONE, None, APRIL)[1],
    }
    assert read_record(tmp_path / "checks") == {}
    write_record(tmp_path / "checks", record)

    assert read_record(tmp_path / "checks") == record
    assert [path.name for path in (tmp_path / "checks").iterdir()] == ["last.json"]


@pytest.mark.parametrize(
    "text", ["{", "[]", '{"https://a.jp/": {}}', '{"https://a.jp/": {"numbers": [], "carried": []}}']
)
def test_a_record_that_cannot_be_read_is_named_and_not_written_over(tmp_path: Path, text: str) -> None:
    (tmp_path / "last.json").write_text(text)

    with pytest.raises(CheckRecordError, match=r"last\.json"):
        read_record(tmp_path)
    assert (tmp_path / "last.json").read_text() == text
