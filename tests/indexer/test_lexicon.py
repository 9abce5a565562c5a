"""The lexicon: what people say finds what they mean, danger first; and the file stays as docs/lexicon.md describes it."""

import tomllib
from importlib.resources import files
from itertools import pairwise

import pytest

from tsunagari_indexer.adding_words import ordinary_texts
from tsunagari_indexer.lexicon import Concept, fold, known_lexicon, load_lexicon, urgent_in
from tsunagari_indexer.offers import known_offer_rules, offer_kinds
from tsunagari_indexer.understanding import mender_for
from tsunagari_parsers import known_desks

FILE = (files("tsunagari_indexer") / "data" / "lexicon.toml").read_text(encoding="utf-8")
CONCEPTS = tuple(known_lexicon().concepts.values())
OFFERS = {kind.id for kind in offer_kinds()}
SHOWN = {desk.id for desk in known_desks() if not desk.proposal}


def found(query: str) -> list[str]:
    return [match.concept.id for match in known_lexicon().find(query)]


# --- the file


def test_it_is_broad() -> None:
    assert len(CONCEPTS) >= 150
    assert len(known_lexicon().surfaces) >= 2000


def test_every_public_offer_has_its_words() -> None:
    assert set(known_lexicon().concepts) >= OFFERS


def test_a_concept_is_one_line_under_a_heading() -> None:
    lines = [line for line in FILE.splitlines() if line]
    assert lines[0].startswith("#")
    headings = [line for line in lines if line.startswith("# === ")]
    assert len(headings) == len(set(headings)) > 5
    entries = [line for line in lines if not line.startswith("#")]
    assert len(entries) == len(CONCEPTS)
    assert all(len(tomllib.loads(line)) == 1 for line in entries)
    assert lines.index(entries[0]) > lines.index(headings[0])
    assert not any(one.startswith("# === ") and two.startswith("# === ") for one, two in pairwise(lines))


@pytest.mark.parametrize("concept", CONCEPTS, ids=lambda concept: concept.id)
def test_a_concept_is_complete(concept: Concept) -> None:
    words = [fold(word) for word in (*concept.words, *concept.phrases)]
    assert len(words) == len(set(words)), "a word stands twice: hiragana, katakana and width are the same"
    assert concept.tests, "a concept has a query that finds it"
    assert all(fold(query) != fold(concept.label) for query in concept.tests)
    assert set(concept.desks) <= SHOWN
    assert len(set(concept.desks)) == len(concept.desks)
    assert concept.desks or not concept.urgent


@pytest.mark.parametrize("concept", CONCEPTS, ids=lambda concept: concept.id)
def test_what_a_person_would_type_finds_the_concept(concept: Concept) -> None:
    assert {query: concept.id in found(query)[:2] for query in concept.tests} == dict.fromkeys(concept.tests, True)


@pytest.mark.parametrize("concept", CONCEPTS, ids=lambda concept: concept.id)
def test_every_word_typed_alone_finds_its_concept(concept: Concept) -> None:
    """A word that another concept's longer or earlier word always covers would stand in the file for nothing."""
    typed = [*concept.words, *(phrase.replace("…", "、") for phrase in concept.phrases)]
    assert [word for word in typed if found(word)[:1] != [concept.id]] == []


@pytest.mark.parametrize("concept", CONCEPTS, ids=lambda concept: concept.id)
def test_no_trouble_ends_empty(concept: Concept) -> None:
    """Where no listing holds the concept, a broader one is looked for, at last one that is an offer; but not for matters of other counters."""
    at = concept
    if concept.elsewhere:
        assert concept.broader is None
        assert not concept.urgent
        return
    while at.broader:
        at = known_lexicon().concepts[at.broader]
    assert at.id in OFFERS


def test_a_need_for_a_place_to_stay_leads_to_desks_and_never_to_stays() -> None:
    for query in (
        "泊まるところ",
        "シェルター",
        "逃げる場所",
        "一時保護",
        "宿泊",
        "避難したい",
        "ホテル",
        "母子生活支援施設",
    ):
        (match,) = known_lexicon().find(query)
        assert match.concept.desks
        assert match.concept.broader == "consultation"
        assert not match.concept.body
    for concept in CONCEPTS:
        assert concept.id != "stay"
        assert not any(offer.kind == "stay" for word in concept.body for offer in known_offer_rules().find(word))


def test_the_immigration_agency_is_never_the_first_contact_and_none_for_who_is_afraid_of_it() -> None:
    for concept in CONCEPTS:
        assert concept.desks[:1] != ("line-residence",)
        assert "line-residence" not in concept.desks or not concept.urgent
    assert "line-residence" not in known_lexicon().concepts["overstay"].desks


# --- danger


@pytest.mark.parametrize(
    ("concept", "queries"),
    [
        ("want_to_die", (
            "しにたい", "もうしにたい", "シニタイ", "死にたくなる", "タヒにたい", "氏にたい", "しにたぃ", "消えたい", "きえちゃいたい", "いなくなりたい",
            "生きるのに疲れた", "いきるのがつらい", "生きてる意味がわからない", "死んだほうがマシ", "首吊りたい", "リスカした", "もう終わりにしたい", "人生終わらせたい",
            "娘が死にたいと言います", "お金がなくて死にたい", "つらくてしにたい", "おかねがなくてしにたい", "誰か殺して", "shinitai", "i don't want to live", "I want to die",
        )),
        ("danger", (
            "ころされる", "殺されそう", "殺すって言われた", "ころすぞといわれた", "刺される", "包丁を持って暴れてる", "ナイフを出された", "逃げたい", "にげたいです",
            "たすけて", "タスケテ", "助けてください", "please help", "he is going to kill me", "閉じ込められてる", "家から出してもらえない", "tasukete", "子どもを連れて逃げたい",
        )),
        ("violence", (
            "おっとになぐられた", "だんなにたたかれた", "旦那に首しめられた", "首絞められた", "けられた", "髪をひっぱられた", "物を投げてくる", "彼ぴに殴られた", "夫が怖い",
            "夫こわい", "旦那 怖い", "夫の機嫌が悪いと怖い", "酔うと暴れる夫", "ＤＶ", "dv彼氏", "元夫に脅されてる", "監禁されてる", "平手打ちされた", "あざだらけ",
            "子供の前で殴られる", "妊娠中なのに蹴られた", "he choked me", "my husband beats me", "nagurareta", "妻に殴られる", "友達が彼氏に殴られている", "夫 暴力",
        )),
        ("stalking", ("元彼が家の前にいる", "GPSつけられた", "つけられてる", "待ち伏せされた", "ストーカー", "つきまとわれてる", "別れてくれない", "he is following me")),
        ("control", ("監視されてる", "スマホを見られる", "束縛がひどい", "外出させてくれない", "夫が働かせてくれない")),
        ("sexual_violence", (
            "れいぷ", "レイプサレタ", "夫にレイプされた", "襲われた", "むりやりやられた", "からださわられた", "電車でさわられた", "痴漢された", "裸の写真を送れと言われた",
            "動画をばらまくと脅された", "ホテルに連れ込まれた", "性的なことをされた", "断れずにやってしまった", "自撮りを送ってしまった", "撮られた", "i got raped", "someone touched me",
        )),
        ("child_sexual_abuse", ("お父さんに触られる", "兄に触られた", "娘が性被害にあいました")),
        ("exploitation", ("風俗で働かされてる", "AVに出演させられた", "売春させられています")),
        ("child_abuse", ("親が叩く", "おやにたたかれる", "お父さんがなぐる", "ママがたたく", "ご飯を食べさせてもらえない", "毒親", "生徒が虐待を受けているかも", "my dad hits me")),
        ("hurting_own_child", ("子どもを叩いてしまう", "こどもをたたいてしまう", "虐待してしまいそう", "赤ちゃんを揺さぶってしまった")),
        ("might_hurt_someone", ("旦那を殺したい", "殺してしまいそう", "母を叩いてしまう")),
        ("family_violence", ("息子に殴られる", "嫁に叩かれる", "息子が暴れる", "息子 暴力")),
        ("stay_tonight", (
            "とまるところない", "とまるとこない", "今夜寝る場所がない", "行くとこがない", "いくあてない", "家を追い出された", "家に帰れない", "いえにかえりたくない",
            "ネカフェ生活", "家出した", "車で寝泊まり", "シェルターに入りたい", "今日泊めてくれる人", "i have nowhere to go", "can i stay somewhere tonight",
        )),
        ("pregnancy_unexpected", ("妊娠したかも", "にんしんしたかも", "生理がこない", "生理 来ない", "せいりこない", "中絶したい", "産めない", "生徒が妊娠した", "I’m pregnant and alone")),
        ("emergency_contraception", ("アフターピルほしい", "ゴム破れた", "避妊に失敗した")),
        ("overdose", ("ODした", "薬をいっぱい飲んだ", "薬たくさん飲んだ", "手首切った", "風邪薬を一箱飲んだ")),
        ("medical_emergency", ("救急車よんで", "血が止まらない", "破水した")),
    ],
)  # fmt: skip
def test_danger_is_seen_however_it_is_said(concept: str, queries: tuple[str, ...]) -> None:
    assert [query for query in queries if concept not in urgent_in(query)] == []


def test_danger_is_seen_beside_other_words() -> None:
    assert found("お金がなくて死にたくない") == ["poverty", "want_to_die"]
    assert found("さみしくてしにたい") == ["isolation", "want_to_die"]
    assert found("殴られて泊まるところがない") == ["violence", "stay_tonight"]
    assert urgent_in("レイプされて妊娠したかも") == {"sexual_violence", "pregnancy_unexpected"}


@pytest.mark.parametrize("text", ordinary_texts())
def test_other_words_are_not_taken_for_danger(text: str) -> None:
    assert not urgent_in(text)


# --- what people do when they type


@pytest.mark.parametrize(
    ("query", "concepts"),
    [
        ("ナプキンほしい", ["period_products"]),
        ("ナプキンもらえる", ["period_products"]),
        ("とてもさみしいです", ["isolation"]),
        ("いばしょはどこ", ["ibasho"]),
        ("家賃払えない", ["rent"]),
        ("家賃 払えない", ["rent"]),
        ("電気止められた", ["utilities_cut"]),
        ("赤ちゃん泣き止まない", ["hurting_own_child"]),
        ("日本語わからない", ["japanese_class"]),
        ("can’t pay rent", ["rent"]),
        ("シンママ 食費が足りない", ["single_parent", "food"]),
        ("介護保険課", []),
        ("子育て支援課", []),
        ("人権推進室", []),
        ("男女共同参画課", []),
        ("女性相談室", ["consultation"]),
        ("配偶者暴力相談支援センター", ["dv_centre"]),
        ("女性自立支援施設", ["stay_place"]),
        ("困難女性支援法", ["womens_support_law"]),
        ("自立相談支援機関", ["self_reliance"]),
        ("住居確保給付金 申請", ["rent"]),
        ("児童扶養手当", ["child_allowance"]),
        ("まいさぽ", []),
        ("ドーンセンター", []),
        ("天気", []),
        ("ラーメン", []),
        ("田中", []),
    ],
)
def test_what_is_typed_is_understood(query: str, concepts: list[str]) -> None:
    assert found(query) == concepts


def test_a_phrase_ends_where_another_begins() -> None:
    lexicon = load_lexicon(
        'a = { label = "あ", phrases = ["寒く", "窓…開か"] }\nb = { label = "び", phrases = ["ねむれ"], urgent = true }\n',
        where="x",
    )
    assert [(m.concept.id, m.start, m.end) for m in lexicon.find("寒くてねむれない")] == [("a", 0, 3), ("b", 3, 8)]
    assert [m.concept.id for m in lexicon.find("窓がねむれ開かない")] == ["b"]
    assert [m.concept.id for m in lexicon.find("窓 開かない")] == ["a"]
    assert [m.concept.id for m in lexicon.find("窓だ。戸が開かない")] == []


def test_words_without_their_particles_never_take_another_concepts_words() -> None:
    lexicon = load_lexicon(
        'a = { label = "あ", everyday = ["窓が開かない"] }\nb = { label = "び", everyday = ["窓開かない"] }\n',
        where="x",
    )
    assert [m.concept.id for m in lexicon.find("窓開かない")] == ["b"]
    assert [m.concept.id for m in lexicon.find("窓 開かない")] == ["a"]


def test_nothing_is_mended_to_a_short_word_of_danger() -> None:
    mender = mender_for(known_lexicon(), frozenset())
    for word in ("しりたい", "たべたい", "やりたい", "ねたい"):
        mended = mender.mend(fold(word), word)
        concept = known_lexicon().surfaces.get(mended) if mended else None
        assert concept is None or not concept.urgent
    assert mender.mend(fold("せいりようほん"), "せいりようほん") == fold("せいりようひん")
