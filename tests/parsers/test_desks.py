"""Desks and lines: numbers that can be dialled, sources for each, and nothing that must never be shown."""

from __future__ import annotations

import json
import re
from dataclasses import asdict, replace
from datetime import date, datetime
from pathlib import Path

import pytest

from tsunagari_parsers.answering import desk_now, order_for_now, phone_state, way_state
from tsunagari_parsers.desks import Desk, Matter, Standing, Way, desk_from_json, desks_for, known_desks, load_desks
from tsunagari_parsers.errors import DeskDataError
from tsunagari_parsers.opening import JAPAN, Opening, OpenState
from tsunagari_parsers.places import prefectures
from tsunagari_parsers.text import fold_width

ROOT = Path(__file__).parents[2]

#: Ended, temporary, doubtful or misprinted numbers, and a fax that only second-hand pages name.
NEVER = {
    "03-3868-3811",
    "0570-0-55210",
    "0570-064-000",
    "0570-783-189",
    "0120-213-533",
    "0120-210-109",
    "0120-76-2029",
    "0570-079714",
    "0570-046-556",
}
DESK = """
[[desk]]
id = "one"
name = "窓口"
kind = "women"
summary = "説明"
phones = [{ number = "%s" }]
sources = [{ name = "A市", standing = "%s", seen = 2026-11-21 }]
%s
"""


def test_every_prefecture_has_one_desk_shown_or_proposed() -> None:
    desks = [desk for desk in known_desks() if desk.prefecture]
    assert [desk.prefecture for desk in desks] == [one.code for one in prefectures()]
    assert sum(not desk.proposal for desk in desks) == 17


def test_what_is_shown_rests_on_two_sources_or_on_the_operators_word() -> None:
    for desk in known_desks():
        standings = {source.standing for source in desk.sources}
        if desk.prefecture and not desk.proposal:
            assert len({source.name for source in desk.sources}) >= 2, desk.id
        assert desk.seen
        assert desk.seen >= date(2026, 1, 1)
        if desk.always_open:
            assert standings & {Standing.OFFICIAL, Standing.LOCAL}, desk.id


def _plain(text: str) -> str:
    """The text with its numbers written without hyphens, brackets and spaces between their groups."""
    return re.sub(r"(?<=\d)[-‐−ー() .]+(?=\d)", "", fold_width(text))


def test_ended_and_doubtful_numbers_are_in_no_data_file_template_or_catalogue() -> None:
    texts = {
        path: _plain(path.read_text(encoding="utf-8"))
        for folder in ("crawler", "parsers", "indexer", "site", "cli")
        for path in (ROOT / folder).rglob("*")
        if path.suffix in {".toml", ".tsv", ".csv", ".json", ".txt", ".html", ".po", ".css", ".js", ".xml", ".py"}
    }
    assert {"lines.toml", "desks.toml", "base.html", "en.po"} <= {path.name for path in texts}
    assert any(_plain("0120-279-889") in text for text in texts.values()), "numbers would be found"
    never = {number: _plain(number) for number in NEVER}
    assert not [(path, number) for path, text in texts.items() for number, digits in never.items() if digits in text]


@pytest.mark.parametrize(
    ("name", "numbers"),
    [
        ("line-110", ["110"]),
        ("line-8778", ["#8778"]),
        ("line-8008", ["#8008"]),
        ("line-soudan-plus", ["0120-279-889"]),
        ("line-8103", ["#8103"]),
        ("pref-01", ["011-666-9955"]),
        ("pref-40", ["070-4442-3893"]),
        ("pref-46", ["099-222-1467"]),
    ],
)
def test_numbers_that_matter_most(name: str, numbers: list[str]) -> None:
    (desk,) = [desk for desk in known_desks() if desk.id == name]
    assert [phone.number for phone in desk.phones][: len(numbers)] == numbers


def test_the_support_line_names_all_its_numbers() -> None:
    (desk,) = [desk for desk in known_desks() if desk.id == "line-yorisoi"]
    assert {phone.number for phone in desk.phones} >= {"0120-279-338", "0120-279-226", "050-3655-0279"}


@pytest.mark.parametrize(
    ("number", "standing", "more", "message"),
    [
        ("06-1234", "official", "", "かけられる形"),
        ("#8008", "hearsay", "", "hearsay"),
        ("#8008", "second_hand", "", "2つの出典"),
        ("06-6210-9321", "local", 'prefecture = "27"', "2つの出典"),
        ("#8008", "official", 'colour = "red"', "colour"),
        ("#8008", "official", 'opening = ["mon-fri 9時"]', "9時"),
        ("#8008", "official", 'opening = "mon-fri 09:00-17:00"', "mon-fri 09:00-17:00"),
        ("#8008", "official", 'opening = ["mon-fri 09:00-17:00"]\nopening_dated = "去年"', "去年"),
        ("#8008", "official", 'opening = ["mon-fri 09:00-17:00"]\nclosed = ["正月"]', "正月"),
        ("#8008", "official", 'closed = ["holiday"]', "受付時間"),
        ("#8008", "official", 'opening_dated = "2026"', "受付時間"),
        ("#8008", "official", 'always_open = true\nopening = ["mon-fri 09:00-17:00"]', "24時間"),
        ("#8008", "second_hand", "always_open = true\nproposal = true", "24時間"),
        ("#8008", "official", 'silent_ways = [{ way = "chat", opening = ["sat 25時"] }]', "25時"),
        ("#8008", "official", 'silent_ways = [{ way = "telepathy" }]', "telepathy"),
        ("#8008", "official", 'languages = ["en"]', "en"),
        ("#8008", "official", 'silent_ways = [{ way = "chat", languages = ["en"] }]', "en"),
        ("#8008", "official", 'languages = ["eng_US"]', "eng_US"),
        ("#8008", "official", 'languages = "en"', "en"),
        ("#8008", "official", 'any_gender = "no"', "no"),
        ("#8008", "official", "for_children = true\nup_to_age = 18", "18"),
        ("#8008", "official", 'who = "18歳までの子ども"\nup_to_age = 18', "18"),
        ("#8008", "official", 'who = "18歳まで"\nfor_children = true\nup_to_age = "18"', "up_to_age"),
        ("#8008", "official", 'matters = { weather = "説明" }', "weather"),
        ("#8008", "official", 'matters = { money = "お金" }', "お金"),
        ("#8008", "official", 'matters = { money = "" }', "「」"),
        ("#8008", "official", 'matters = ["money"]', "money"),
        ("#8008", "official", 'any_matter = "なんでも"', "なんでも"),
    ],
)
def test_a_desk_that_cannot_be_is_refused_by_name(number: str, standing: str, more: str, message: str) -> None:
    with pytest.raises(DeskDataError, match=message) as caught:
        load_desks(DESK % (number, standing, more), where="desks.toml")
    assert "desks.toml「one」" in str(caught.value)


def test_two_desks_of_one_id_are_refused() -> None:
    with pytest.raises(DeskDataError, match="2回"):
        load_desks(DESK % ("#8008", "official", "") * 2, where="desks.toml")


MOMENTS = {
    "a weekday at noon": datetime(2026, 11, 24, 12, 0, tzinfo=JAPAN),
    "Saturday evening": datetime(2026, 11, 28, 18, 30, tzinfo=JAPAN),
    "late on a weekday": datetime(2026, 11, 24, 23, 30, tzinfo=JAPAN),
    "New Year's Day": datetime(2027, 1, 1, 12, 0, tzinfo=JAPAN),
    "a substitute holiday": datetime(2026, 5, 6, 12, 0, tzinfo=JAPAN),
    "five in the morning": datetime(2026, 11, 25, 5, 0, tzinfo=JAPAN),
    "Thursday, ten past five": datetime(2026, 11, 26, 17, 10, tzinfo=JAPAN),
}
SIGNS = {OpenState.OPEN: "o", OpenState.CLOSED: "c", OpenState.UNKNOWN: "?"}
ALWAYS = ("line-110", "line-119", "line-soudan-plus", "line-yorisoi", "line-8103", "line-189", "line-24h-kodomo-sos")
#: What hours each number or way would have if its source were of this year, at each of MOMENTS. None states more.
IF_OF_THIS_YEAR = {
    ("line-soudan-plus", "chat"): "ooc??co",
    ("line-soudan-plus", "mail"): "ooo??oo",
    ("line-cure-time", "chat"): "coc?cco",
    ("line-cure-time", "mail"): "coc?cco",
    ("line-childline", "0120-99-7777"): "cocccco",
    ("line-women-rights", "0570-070-810"): "occ??co",
    ("line-rights-110", "0570-003-110"): "occ??co",
    ("line-rights-110", "0570-090-911"): "occ??cc",
    ("line-houterasu", "0570-078374"): "occ??co",
    ("line-houterasu", "03-6745-5600"): "occ??co",
    ("line-houterasu", "0570-078377"): "occ??cc",
    ("line-houterasu", "050-3754-5430"): "occ??cc",
    ("line-residence", "0570-013904"): "occ??co",
    ("line-relay", "relay"): "ooo??oo",
    ("pref-08", "029-221-4166"): "occ?oco",
    ("pref-11", "048-600-3700"): "ooccocc",
    ("pref-12", "043-206-8002"): "ooooooo",
    ("pref-21", "058-213-2131"): "occc?co",
    ("pref-34", "082-254-0391"): "occ?ccc",
    ("pref-40", "070-4442-3893"): "occ?occ",
    ("pref-42", "095-846-0565"): "occccco",
    ("pref-44", "097-544-3900"): "ooc?cco",
    ("pref-46", "099-222-1467"): "occ??co",
}


def _desk(name: str) -> Desk:
    (desk,) = [desk for desk in known_desks() if desk.id == name]
    return desk


def _dated(opening: Opening | None) -> Opening | None:
    return replace(opening, dated=date(2026, 6, 1)) if opening else None


def _of_this_year(desk: Desk) -> Desk:
    """The desk as if all that states its hours were of this year."""
    return replace(
        desk,
        opening=_dated(desk.opening),
        phones=tuple(replace(one, opening=_dated(one.opening)) for one in desk.phones),
        silent_ways=tuple(replace(one, opening=_dated(one.opening)) for one in desk.silent_ways),
    )


@pytest.mark.parametrize("desk", known_desks(), ids=lambda desk: desk.id)
def test_nothing_is_open_but_what_a_source_of_standing_calls_24_hours_or_one_of_this_year_says(desk: Desk) -> None:
    expected = {**dict.fromkeys(ALWAYS, "ooooooo"), "line-relay": "ooo??oo"}.get(desk.id, "???????")
    assert "".join(SIGNS[desk_now(desk, moment).state] for moment in MOMENTS.values()) == expected


@pytest.mark.parametrize("desk", known_desks(), ids=lambda desk: desk.id)
def test_every_number_and_way_has_the_hours_that_its_source_states(desk: Desk) -> None:
    fresh = _of_this_year(desk)
    states = {one.number: [phone_state(fresh, one, at) for at in MOMENTS.values()] for one in fresh.phones}
    states |= {str(one.way): [way_state(one, at) for at in MOMENTS.values()] for one in fresh.silent_ways}
    nothing = dict.fromkeys(states, "???????") | (
        {one.number: "ooooooo" for one in desk.phones} if desk.id in ALWAYS else {}
    )
    stated = {part: signs for (name, part), signs in IF_OF_THIS_YEAR.items() if name == desk.id}
    assert {part: "".join(SIGNS[one] for one in found) for part, found in states.items()} == nothing | stated


def _hours_in(text: str) -> set[int]:
    """The minutes of the times in a text such as 「9時30分〜17時」."""
    return {int(hour) * 60 + int(minute or 0) for hour, minute in re.findall(r"(\d+)時(?!間)(?:(\d+)分)?", text)}


@pytest.mark.parametrize("desk", [desk for desk in known_desks() if desk.hours], ids=lambda desk: desk.id)
def test_hours_as_data_and_hours_as_words_name_the_same_times(desk: Desk) -> None:
    openings = [desk.opening, *(one.opening for one in desk.phones), *(one.opening for one in desk.silent_ways)]
    spans = {span for one in openings if one for hours in one.hours for span in hours.spans} - {(0, 1440)}
    assert {minute for span in spans for minute in span} == _hours_in(desk.hours)


@pytest.mark.parametrize("desk", known_desks(), ids=lambda desk: desk.id)
def test_the_date_of_hours_is_one_that_visitors_and_sources_name_too(desk: Desk) -> None:
    openings = [desk.opening, *(one.opening for one in desk.phones), *(one.opening for one in desk.silent_ways)]
    for opening in openings:
        if opening and opening.dated:
            year, month = f"{opening.dated.year}年", f"{opening.dated.year}年{opening.dated.month}月"
            named = month if month in desk.hours_seen else year
            assert named in desk.hours_seen
            assert any(source.dated == named for source in desk.sources)


def test_a_phone_answers_while_the_chat_of_its_desk_may_not() -> None:
    now = desk_now(_desk("line-soudan-plus"), MOMENTS["five in the morning"])
    assert (now.state, now.phones, now.ways) == (
        OpenState.OPEN,
        (OpenState.OPEN,),
        (OpenState.UNKNOWN, OpenState.UNKNOWN),
    )
    assert (now.until, now.next_opening, now.answers_anybody) == (None, None, True)
    app = desk_now(_desk("line-110"), MOMENTS["five in the morning"])
    assert app.ways == (OpenState.UNKNOWN,)


def test_a_closed_desk_tells_when_it_opens_and_an_open_one_when_it_closes() -> None:
    rights = _of_this_year(_desk("line-rights-110"))
    evening = desk_now(rights, datetime(2026, 11, 25, 20, 0, tzinfo=JAPAN))
    assert (evening.state, evening.next_opening) == (OpenState.CLOSED, datetime(2026, 11, 26, 8, 30, tzinfo=JAPAN))
    # The Japanese number answers a quarter of an hour longer than the other.
    assert desk_now(rights, MOMENTS["a weekday at noon"]).until == datetime(2026, 11, 24, 17, 15, tzinfo=JAPAN)
    # Of 広島's second number nothing is known: the desk is not known to be closed.
    hiroshima = desk_now(_of_this_year(_desk("pref-34")), MOMENTS["late on a weekday"])
    assert (hiroshima.state, hiroshima.phones) == (OpenState.UNKNOWN, (OpenState.CLOSED, OpenState.UNKNOWN))
    relay = desk_now(_desk("line-relay"), MOMENTS["a weekday at noon"])
    assert (relay.state, relay.answers_anybody) == (OpenState.OPEN, False)


def test_what_answers_comes_first_then_what_may_then_what_is_closed() -> None:
    names = (
        "line-residence", "line-rights-110", "line-relay", "line-8778", "line-childline", "line-yorisoi", "pref-44", "line-110",
    )  # fmt: skip
    desks = [_of_this_year(_desk(name)) for name in names]

    def order(moment: datetime) -> list[tuple[str, str]]:
        return [(now.desk.id, SIGNS[now.state]) for now in order_for_now(desks, moment)]

    assert order(MOMENTS["Saturday evening"]) == [
        ("line-yorisoi", "o"),
        ("line-110", "o"),
        ("line-childline", "o"),
        ("pref-44", "o"),
        ("line-relay", "o"),  # only for who has registered: with what is not known
        ("line-8778", "?"),
        ("line-rights-110", "c"),
        ("line-residence", "c"),
    ]
    # The immigration agency is nobody's first contact, even when it alone among two is open.
    assert order(MOMENTS["Thursday, ten past five"])[-1] == ("line-residence", "o")
    assert [now.desk.id for now in order_for_now(reversed(desks), MOMENTS["New Year's Day"])] == [
        "line-110", "line-yorisoi", "pref-44", "line-8778", "line-relay", "line-rights-110", "line-childline", "line-residence",
    ]  # fmt: skip


def test_an_order_needs_a_moment_with_its_time_zone() -> None:
    for name in ("line-110", "line-8778", "line-anata-no-mikata"):
        with pytest.raises(ValueError, match="time zone"):
            order_for_now([_desk(name)], datetime(2026, 11, 24, 12, 0))  # noqa: DTZ001 - this is what is refused


@pytest.mark.parametrize(
    ("matter", "lines"),
    [
        (
            Matter.FAMILY_VIOLENCE,
            "110 8008 soudan-plus 9110 189 women-rights rights-110 8778 yorisoi",
        ),
        (Matter.SEXUAL_VIOLENCE, "110 8891 8103 cure-time 8778 yorisoi"),
        (Matter.TONIGHT, "jiritsu 8778 yorisoi"),
        (Matter.MONEY, "jiritsu 8778 yorisoi"),
        (Matter.PERIOD, "8778 yorisoi"),
        # No national line for pregnancy was found.
        (Matter.PREGNANCY_BODY, "119 8778 yorisoi"),
        (Matter.MIND, "kokoro 8778 yorisoi"),
        (Matter.ALONE, "8778 yorisoi"),
        (Matter.PARENTING, "24h-kodomo-sos 8778 yorisoi"),
        (Matter.UNDER20, "189 24h-kodomo-sos childline 8778 yorisoi"),
        (Matter.LANGUAGE_STATUS, "soudan-plus yorisoi cure-time rights-110 houterasu residence 8778"),
        (Matter.UNSAID, "houterasu 8778 yorisoi"),
        # Lines for any trouble are not, for that alone, lines for somebody who wants to die.
        (Matter.DYING, "119 yorisoi kokoro"),
    ],
)
def test_each_need_has_the_lines_whose_words_speak_of_it(matter: Matter, lines: str) -> None:
    shown = [desk for desk in known_desks() if not desk.proposal]
    fitting = desks_for(shown, matter)
    assert [desk.id for desk in fitting if not desk.prefecture] == [f"line-{name}" for name in lines.split()]
    # Every prefecture's own desk takes any trouble of women, but none says that it is for somebody who wants to die.
    assert sum(bool(desk.prefecture) for desk in fitting) == (0 if matter is Matter.DYING else 17)


def test_who_may_call_is_what_the_sources_say() -> None:
    desks = known_desks()
    assert {desk.id: desk.up_to_age for desk in desks if desk.for_children} == {
        "line-189": None,
        "line-24h-kodomo-sos": None,
        "line-childline": 18,
    }
    assert {desk.id for desk in desks if desk.for_dying} == {"line-119", "line-yorisoi", "line-kokoro"}
    assert {"line-8891", "line-8103", "line-cure-time"} <= {desk.id for desk in desks if desk.any_gender}
    assert not {"line-8778", "line-women-rights", *(desk.id for desk in desks if desk.prefecture)} & {
        desk.id for desk in desks if desk.any_gender
    }
    assert [desk.id for desk in desks if desk.never_first] == ["line-residence"]


def test_languages_stand_at_the_number_or_way_in_which_they_are_spoken() -> None:
    ten = {"en", "zh", "ko", "es", "pt", "tl", "th", "vi", "id", "ne"}
    parts = {
        (desk.id, name): set(languages)
        for desk in known_desks()
        for name, languages in (
            *((one.number, one.languages) for one in desk.phones),
            *((str(one.way), one.languages) for one in desk.silent_ways),
        )
        if languages
    }
    assert parts == dict.fromkeys(
        [
            ("line-soudan-plus", "chat"),
            ("line-rights-110", "0570-090-911"),
            ("line-houterasu", "0570-078377"),
            ("line-houterasu", "050-3754-5430"),
        ],
        ten,
    )


def test_ways_without_voice_and_those_that_need_registering_beforehand() -> None:
    ways = [(desk.id, one.way, one.registration) for desk in known_desks() for one in desk.silent_ways]
    assert ways == [
        ("line-110", Way.APP, True),
        ("line-119", Way.WEB, True),
        ("line-soudan-plus", Way.CHAT, False),
        ("line-soudan-plus", Way.MAIL, False),
        ("line-cure-time", Way.CHAT, False),
        ("line-cure-time", Way.MAIL, False),
        ("line-childline", Way.CHAT, False),
        ("line-women-rights", Way.FORM, False),
        ("line-relay", Way.RELAY, True),
    ]


def test_a_desk_read_from_a_list_survives_storing_and_its_hours_are_not_known() -> None:
    listed = replace(
        _desk("pref-01"), sources=(), matters=(), any_matter="", hours="平日 9時〜17時", proposal=True, silent_ways=()
    )
    again = desk_from_json(json.loads(json.dumps(asdict(listed))))
    assert again == listed
    assert desk_now(again, MOMENTS["a weekday at noon"]).state is OpenState.UNKNOWN
    old = {key: value for key, value in asdict(listed).items() if key not in {"matters", "opening", "any_matter"}}
    old["phones"] = [{"number": one.number, "note": one.note, "free": one.free} for one in listed.phones]
    assert desk_from_json(old) == listed
