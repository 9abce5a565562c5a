"""What happens when one calls: every statement has a page and its words, and nothing is promised that no page says."""

from __future__ import annotations

import re
from datetime import date
from importlib.resources import files

import pytest

from tsunagari_parsers.desks import Matter, Standing, known_desks
from tsunagari_parsers.phones import NUMBER
from tsunagari_parsers.text import fold_width
from tsunagari_site.calling import GENERAL, Calling, CardKind, Need, Statement, Topic, known_calling, load_calling
from tsunagari_site.data_entries import DataEntryError
from tsunagari_site.i18n import translations
from tsunagari_site.needs import known_needs

STATEMENTS = known_calling().statements
IDS = [statement.id for statement in STATEMENTS]
#: Numbers that have ended or are doubtful.
NEVER = [
    *("0570-0-55210", "0570-064-000", "0570-783-189", "0120-213-533", "0120-210-109", "0120-76-2029"),
    *("0570-079714", "0570-046-556"),
]
#: Of these no text may speak at all: officials have a duty to report, with exceptions, and nothing can be promised.
UNSPOKEN = ["通報", "入管", "オーバーステイ", "不法", "在留資格がなくても", "在留資格に関係なく", "在留資格は関係"]
#: A page that states its own or one body's practice, said without whose it is, would be taken for everybody's.
PLACE = re.compile(r"[都道府県市区町]|岩手|三河|埼玉|愛知|東京|名古屋|沖縄")


@pytest.mark.parametrize("statement", STATEMENTS, ids=IDS)
def test_every_statement_rests_on_a_page_that_was_opened_and_on_its_words(statement: Statement) -> None:
    assert statement.evidence
    for evidence in statement.evidence:
        source = evidence.source
        assert source.url.startswith("https://")
        assert evidence.quote
        assert source.name
        assert date(2026, 11, 21) <= source.seen
        assert source.standing in {Standing.OFFICIAL, Standing.LOCAL}


@pytest.mark.parametrize("statement", STATEMENTS, ids=IDS)
def test_what_a_prefecture_or_a_city_says_is_said_to_be_its_own(statement: Statement) -> None:
    if {evidence.source.standing for evidence in statement.evidence} == {Standing.LOCAL}:
        assert PLACE.search(statement.text), statement.text


def test_statements_name_desks_that_are_shown() -> None:
    shown = {desk.id for desk in known_desks() if not desk.proposal}
    assert {desk for statement in STATEMENTS for desk in statement.desks} - shown == {GENERAL}


def test_statements_are_said_once_and_are_one_short_sentence_or_two() -> None:
    texts = [statement.text for statement in STATEMENTS]
    assert len(set(texts)) == len(texts)
    assert not [text for text in texts if text.count("。") > 2 or len(text) > 100]


def test_no_number_stands_in_the_file_and_so_none_that_has_ended() -> None:
    text = fold_width((files("tsunagari_site") / "data" / "calling.toml").read_text(encoding="utf-8"))
    without_addresses = re.sub(r"https://\S+", "", text)
    assert not NUMBER.findall(without_addresses)
    digits = re.sub(r"(?<=\d)-(?=\d)", "", text)
    assert not [number for number in NEVER if number.replace("-", "") in digits]


def test_nothing_is_said_about_reporting_or_about_staying_without_a_status() -> None:
    assert not [(word, text) for word in UNSPOKEN for text in known_calling().strings() if word in text]


def test_the_needs_are_those_of_the_tiles_and_of_the_desks() -> None:
    assert [str(need) for need in Need] == list(known_needs())
    assert [str(need) for need in Need] == [str(matter) for matter in Matter if matter is not Matter.DYING]


@pytest.mark.parametrize("need", list(Need))
def test_every_need_has_words_to_say_first(need: Need) -> None:
    assert 1 <= len(known_calling().to_say(need)) <= 3


def test_words_that_fit_any_need_ask_for_quiet_and_for_no_call_back() -> None:
    texts = {saying.text for saying in known_calling().to_say(None)}
    assert {"声を出しにくいので、ゆっくりお願いします", "この番号には折り返さないでください"} <= texts


@pytest.mark.parametrize("need", list(Need))
def test_every_topic_of_a_need_is_answered_or_known_to_be_empty(need: Need) -> None:
    about = known_calling().about(need)
    assert list(about) == list(Topic)
    assert all(need in statement.needs for statements in about.values() for statement in statements)


def test_every_statement_is_found_under_its_needs_and_nowhere_else() -> None:
    found = {
        (statement.id, need)
        for need in Need
        for statements in known_calling().about(need).values()
        for statement in statements
    }
    assert found == {(statement.id, need) for statement in STATEMENTS for need in statement.needs}


def test_the_card_has_a_sentence_for_each_need_and_the_wishes() -> None:
    card = known_calling().card
    assert [sentence.id for sentence in card if sentence.kind == CardKind.NEED] == [str(need) for need in Need]
    assert {sentence.id: sentence.text for sentence in card if sentence.kind == CardKind.WISH} == {
        "voice": "声が出せません",
        "interpreter": "%(language)sの通訳をお願いします",
        "no_callback": "折り返しの電話はしないでください",
        "write_please": "紙に書いてください",
        "quiet_place": "人に聞こえないところで話したいです",
        "female_staff": "女性の方にお願いしたいです",
    }


def test_an_interpreter_can_be_asked_for_in_every_language_that_a_desk_speaks() -> None:
    spoken = {language for desk in known_desks() for language in desk.languages}
    assert not spoken - known_calling().languages.keys()


def test_every_string_has_its_english() -> None:
    english = translations("en")
    assert not [text for text in known_calling().strings() if english.gettext(text) == text]


NEEDS = "\n".join(
    f'[[say]]\nid = "say-{need}"\nneed = "{need}"\ntext = "相談したいです"\n'
    f'[[card]]\nid = "{need}"\nkind = "need"\ntext = "相談したいです"'
    for need in Need
)
WISHES = "\n".join(
    f'[[card]]\nid = "{wish}"\nkind = "wish"\ntext = "お願いします"'
    for wish in ("voice", "no_callback", "write_please", "quiet_place", "female_staff")
)
TOPICS = "\n".join(f'[[topic]]\nid = "{topic}"\nlabel = "見出し"' for topic in Topic)
GOOD = f"""
{TOPICS}

[[source]]
id = "town"
name = "A町"
standing = "local"
url = "https://www.town.example.jp/page.html"
seen = 2026-11-21
dated = "2025-02"

[[statement]]
id = "town-name"
needs = ["mind", "alone"]
desks = ["line-one"]
topic = "name"
text = "A町の案内では、名前を言わなくてよいとしています。"
evidence = [{{ source = "town", quote = "匿名でも相談できます" }}]

{NEEDS}
{WISHES}

[[card]]
id = "interpreter"
kind = "wish"
text = "%(language)sの通訳をお願いします"

[[language]]
code = "vi"
name = "ベトナム語"
"""


def _load(text: str) -> Calling:
    return load_calling(text, where="one.toml", desks={"line-one"})


def test_a_good_file_is_read() -> None:
    read = _load(GOOD)
    (statement,) = read.statements
    assert (statement.needs, statement.topic, statement.desks) == ((Need.MIND, Need.ALONE), Topic.NAME, ("line-one",))
    assert (statement.evidence[0].quote, statement.evidence[0].source.dated) == ("匿名でも相談できます", "2025-02")
    assert read.about(Need.ALONE)[Topic.NAME] == (statement,)
    assert not any(read.about(Need.MONEY).values())
    assert read.languages == {"vi": "ベトナム語"}


@pytest.mark.parametrize(
    ("good", "bad", "said"),
    [
        ('evidence = [{ source = "town", quote = "匿名でも相談できます" }]', "", ["town-name", "evidence"]),
        (
            'evidence = [{ source = "town", quote = "匿名でも相談できます" }]',
            "evidence = []",
            ["town-name", "evidence"],
        ),
        ('evidence = [{ source = "town", quote = "匿名でも相談できます" }]', 'evidence = ["町"]', ["town-name", "町"]),
        ('quote = "匿名でも相談できます"', 'quote = ""', ["town-name", "quote"]),
        ('quote = "匿名でも相談できます"', f'quote = "{"長" * 121}"', ["town-name", "quote", "120"]),
        ('source = "town", quote', 'source = "city", quote', ["town-name", "city"]),
        ("https://www.town", "http://www.town", ["town", "url", "http://www.town.example.jp/page.html"]),
        ('standing = "local"', 'standing = "second_hand"', ["town", "second_hand"]),
        ('standing = "local"', 'standing = "friend"', ["town", "friend"]),
        ("seen = 2026-11-21", 'seen = "きのう"', ["town", "seen", "きのう"]),
        ("seen = 2026-11-21", "", ["town", "seen"]),
        ('dated = "2025-02"', 'dated = "2025年2月"', ["town", "2025年2月"]),
        ('needs = ["mind", "alone"]', 'needs = ["mind", "hunger"]', ["town-name", "hunger"]),
        ('needs = ["mind", "alone"]', 'needs = ["mind", "mind"]', ["town-name", "needs"]),
        ('needs = ["mind", "alone"]', "needs = []", ["town-name", "needs"]),
        ('desks = ["line-one"]', 'desks = ["line-two"]', ["town-name", "line-two"]),
        ('desks = ["line-one"]', 'desks = ["line-one", "general"]', ["town-name", "general"]),
        ('topic = "name"', 'topic = "price"', ["town-name", "price"]),
        ("よいとしています。", "よいとしています", ["town-name", "text"]),
        ("よいとしています。", "よく、0570-064-000 です。", ["town-name", "0570-064-000"]),
        ("よいとしています。", "よく、０３－６７４５－５６００です。", ["town-name", "03-6745-5600"]),
        ("よいとしています。", "<b>よい</b>です。", ["town-name", "<b>"]),
        ("よいとしています。", "100%です。", ["town-name", "100%"]),
        ('topic = "name"', 'topic = "name"\nmood = "good"', ["town-name", "mood"]),
        ('[[say]]\nid = "say-money"\nneed = "money"\ntext = "相談したいです"', "", ["money"]),
        ('[[card]]\nid = "money"\nkind = "need"\ntext = "相談したいです"', "", ["money"]),
        ('[[card]]\nid = "voice"\nkind = "wish"\ntext = "お願いします"', "", ["voice"]),
        ('id = "say-money"', 'id = "say-mind"', ["say-mind", "2回"]),
        ("%(language)sの通訳", "通訳", ["interpreter", "通訳をお願いします"]),
        ('[[topic]]\nid = "cost"\nlabel = "見出し"', "", ["topic", "cost"]),
        ('code = "vi"', 'code = "Vietnamese"', ["Vietnamese"]),
        ("[[language]]", "[[tongue]]", ["tongue"]),
        ('id = "town-name"', "", ["statement", "id"]),
        ("[[source]]", "[source", ["読めません"]),
    ],
)
def test_what_cannot_be_is_refused_with_the_file_the_entry_and_the_value(good: str, bad: str, said: list[str]) -> None:
    assert GOOD.count(good) >= 1
    with pytest.raises(DataEntryError) as error:
        _load(GOOD.replace(good, bad, 1))
    assert not [word for word in ["one.toml", *said] if word not in str(error.value)], str(error.value)


@pytest.mark.parametrize("url", ["https://www.town.example.jp/other.html", "https://www.town.example.jp/page.html"])
def test_a_page_that_nothing_rests_on_or_that_stands_twice_is_refused(url: str) -> None:
    with pytest.raises(DataEntryError, match="出典"):
        _load(f'{GOOD}\n[[source]]\nid = "more"\nname = "B町"\nstanding = "local"\nurl = "{url}"\nseen = 2026-11-21\n')


def test_four_sayings_for_one_need_are_too_many() -> None:
    more = "".join(f'\n[[say]]\nid = "more-{at}"\nneed = "mind"\ntext = "相談したいです"\n' for at in range(3))
    with pytest.raises(DataEntryError, match="mind"):
        _load(GOOD + more)
