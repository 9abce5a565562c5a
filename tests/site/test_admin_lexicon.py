"""An administrator adds a word to a concept and takes it back, and sees what people look for in vain: counts, and no word of theirs."""

from __future__ import annotations

import logging
import re
import shutil
from collections.abc import Iterator
from html import unescape
from pathlib import Path

import pytest
from starlette.testclient import TestClient
from tests.admin_walks import NAME, admin_client, another, csrf_in, ledger_path, send, signed_in, with_accounts
from tests.site_walks import find, sections, text_of
from typer.testing import CliRunner

from tsunagari.cli import app
from tsunagari_indexer.concept_words import concepts_about, words_by_concept
from tsunagari_indexer.ledger import Ledger
from tsunagari_indexer.lexicon import known_lexicon
from tsunagari_indexer.lexicon_additions import Addition
from tsunagari_indexer.missed_concepts import add_counts

PATH = "/admin/lexicon"
PADS = f"{PATH}/concepts/period_products"
WORD = "おつきさまセット"
REASON = "相談で聞いた"


@pytest.fixture
def root(published: Path, tmp_path: Path) -> Path:
    """A data folder of this test's own with the account 担当."""
    shutil.copytree(published, tmp_path / "data", ignore=shutil.ignore_patterns("counts"))
    return with_accounts(tmp_path / "data")


@pytest.fixture
def browser(root: Path) -> Iterator[TestClient]:
    with admin_client(root) as client:
        yield signed_in(client)


def do(client: TestClient, what: str, page: str = PADS, **fields: str) -> tuple[int, str]:
    """Send a form of a concept's page: the status, and the page that follows."""
    answer = send(client, f"{page}/{what}", page, **({"word": WORD, "reason": REASON} | fields))
    return answer.status_code, client.get(answer.headers["location"]).text if answer.status_code == 303 else answer.text


def kept(root: Path) -> list[tuple[str, str, str, str, bool]]:
    with Ledger.open(ledger_path(root)) as ledger:
        return [(one.concept, one.surface, one.reason, one.by, one.taken_back) for one in ledger.lexicon_additions()]


def fault(page: str) -> str:
    """What the one fault on a page says."""
    (found,) = re.findall(r'class="fault"[^>]*>(.*?)<', page, re.DOTALL)
    return unescape(found)


def rebuilt(root: Path) -> None:
    for command in ("reindex", "publish"):
        answer = CliRunner().invoke(app, [command, "--data-dir", str(root)])
        assert answer.exit_code == 0, answer.output


# Finding the concept.


@pytest.mark.parametrize(
    ("asked", "concept"),
    [("ナプキン", "period_products"), ("なぷきん", "period_products"), ("ﾅﾌﾟｷﾝ", "period_products"), ("生理用", "period_products"), ("夫に殴られた", "violence")],
)  # fmt: skip
def test_a_concept_is_found_by_any_of_its_words(browser: TestClient, asked: str, concept: str) -> None:
    page = browser.get(PATH, params={"q": asked}).text
    assert f'<h4><a href="{PATH}/concepts/{concept}">' in page
    assert f'value="{asked}"' in page


def test_without_a_word_all_concepts_can_be_chosen(browser: TestClient) -> None:
    page = browser.get(PATH).text
    for concept in known_lexicon().concepts:
        assert f'href="{PATH}/concepts/{concept}"' in page
    assert "に近い意味" not in page


@pytest.mark.parametrize(
    "asked", ["", "   ", "\x00", "😀", "あ" * 3_000, "%", "' OR 1=1 --", "<script>alert(1)</script>"]
)
def test_whatever_is_asked_is_answered_and_shown_as_text(browser: TestClient, asked: str) -> None:
    answer = browser.get(PATH, params={"q": asked})
    assert answer.status_code == 200
    assert "<script>" not in answer.text


def test_what_an_administrator_looks_for_is_in_no_log(browser: TestClient, caplog: pytest.LogCaptureFixture) -> None:
    # The client of the tests logs addresses by itself.
    with caplog.at_level(logging.DEBUG):
        browser.get(PATH, params={"q": "ナプキン"})
        do(browser, "add")
        do(browser, "remove")
    ours = "\n".join(
        record.getMessage() for record in caplog.records if record.name.startswith(("tsunagari", "uvicorn"))
    )
    assert "GET /admin/lexicon 200" in ours
    assert "POST /admin/lexicon/concepts/{concept}/add 303" in ours
    for word in ("ナプキン", "%E3", "q=", WORD, REASON, "period_products"):
        assert word not in ours


def test_a_concept_shows_its_words_by_their_sort(browser: TestClient) -> None:
    said = text_of(browser.get(PADS).text)
    words = words_by_concept()["period_products"]
    assert words.everyday
    assert f"ふだんの言葉 {'、'.join(words.everyday)}" in said
    assert f"公式の言葉 {'、'.join(words.official)}" in said


def test_every_word_of_a_sort_is_a_word_of_its_concept() -> None:
    for concept, words in words_by_concept().items():
        known = known_lexicon().concepts[concept]
        listed = (*words.official, *words.everyday, *words.readings, *words.misspellings, *words.english)
        assert {known.label, *listed} == set(known.words)
        assert words.phrases == known.phrases


def test_what_is_meant_stands_before_what_is_only_contained() -> None:
    assert concepts_about("お金がない", known_lexicon())[0].id == known_lexicon().find("お金がない")[0].concept.id
    assert concepts_about("ＤＶ", known_lexicon())[0].id == "violence"


@pytest.mark.parametrize("concept", ["nothing", "生理用品", "%00", "..%2F..%2Fx"])
def test_a_concept_that_is_none_has_no_page_and_takes_no_word(browser: TestClient, root: Path, concept: str) -> None:
    assert browser.get(f"{PATH}/concepts/{concept}").status_code == 404
    fields = {"csrf": csrf_in(browser.get(PADS).text), "word": WORD, "reason": REASON}
    for what in ("add", "remove"):
        assert browser.post(f"{PATH}/concepts/{concept}/{what}", data=fields).status_code == 404
    assert kept(root) == []


# Adding and taking back.


def test_a_word_is_added_found_after_publishing_and_taken_back(browser: TestClient, root: Path) -> None:
    assert WORD not in text_of(find(browser, q="ナプキン"))
    status, page = do(browser, "add")
    assert status == 303
    assert "足しました。検索には、作り直して公開すると使われます。" in page
    assert kept(root) == [("period_products", WORD, REASON, NAME, False)]
    for shown in (page, browser.get(PATH).text):
        assert all(part in text_of(shown) for part in (WORD, "公開待ち", REASON, NAME))
    rebuilt(root)
    assert "公開中" in sections(browser.get(PATH).text)["足した言葉（1）"]
    assert "生理用品" in text_of(find(browser, q=WORD))
    status, page = do(browser, "remove", reason="取りちがえた")
    assert status == 303
    assert "取り消しました。検索からは、作り直して公開するとなくなります。" in page
    assert "取り消し待ち" in sections(page)["足した言葉（1）"]
    assert kept(root)[1] == ("period_products", WORD, "取りちがえた", NAME, True)
    rebuilt(root)
    assert "まだありません" in sections(browser.get(PATH).text)["足した言葉（0）"]
    record = text_of(browser.get(f"{PATH}/record").text)
    assert record.index("取りちがえた") < record.index(REASON)
    audit = text_of(browser.get("/admin/audit").text)
    assert "言葉を足しました" in audit
    assert "足した言葉を取り消しました" in audit


@pytest.mark.parametrize(
    ("word", "said"),
    [
        ("", "足す言葉が空です。"),
        ("あ", "短すぎて"),
        ("あ" * 10_000, "言葉は40文字までです（10000文字あります）。"),
        ("おつき\x07さま", "目に見えない文字が入っています。"),
        ("おつき\u202eさま", "目に見えない文字が入っています。"),
        ("12345", "数字です。"),
        ("ナプキン", "いまでも"),
        ("札幌", "地名です。"),
        ("<script>alert(1)</script>" * 2, "言葉は40文字までです（50文字あります）。"),
    ],
)
def test_a_word_that_cannot_stand_is_refused_beside_its_field_and_stays_as_it_was_typed(
    browser: TestClient, root: Path, word: str, said: str
) -> None:
    status, page = do(browser, "add", word=word)
    assert status == 400
    assert said in fault(page)
    assert "--" not in text_of(page)
    assert f'value="{REASON}"' in page
    assert "<script>" not in page
    if word.isprintable():
        assert word in unescape(page)
    assert kept(root) == []


@pytest.mark.parametrize(
    ("reason", "said"),
    [
        ("", "理由を書いてください。"),
        ("　 ", "理由を書いてください。"),
        ("あ" * 10_000, "理由は500文字までです（10000文字あります）。"),
        ("a\x00b", "理由に、目に見えない文字が入っています。"),
    ],
)
def test_a_reason_is_needed_to_add_and_to_take_back(browser: TestClient, root: Path, reason: str, said: str) -> None:
    status, page = do(browser, "add", reason=reason)
    assert (status, said in fault(page)) == (400, True)
    assert f'value="{WORD}"' in page
    assert kept(root) == []
    do(browser, "add")
    status, page = do(browser, "remove", reason=reason)
    assert (status, said in fault(page)) == (400, True)
    assert "<details open>" in page
    assert len(kept(root)) == 1


@pytest.mark.parametrize(
    ("word", "said"), [("ナプキン", "はじめからことばの表にある言葉です。"), ("なにもない", "はありません。")]
)
def test_only_what_was_added_can_be_taken_back(browser: TestClient, root: Path, word: str, said: str) -> None:
    status, page = do(browser, "remove", word=word)
    assert (status, said in fault(page)) == (400, True)
    assert kept(root) == []


def test_a_word_whose_concept_is_gone_can_still_be_taken_back(browser: TestClient, root: Path) -> None:
    with Ledger.open(ledger_path(root)) as ledger:
        ledger.add_word(Addition("gone_concept", "なくなった言葉", "理由", "係"))
    page = browser.get(f"{PATH}/concepts/gone_concept").text
    assert "いまのことばの表にありません" in page
    assert "言葉を足す" not in sections(page)
    assert "使えない" in page
    status, page = do(browser, "remove", f"{PATH}/concepts/gone_concept", word="なくなった言葉")
    assert (status, "取り消しました" in page) == (303, True)
    assert kept(root)[-1] == ("gone_concept", "なくなった言葉", REASON, NAME, True)


def test_a_concept_of_danger_says_so_before_a_word_is_added(browser: TestClient) -> None:
    urgent = next(one.id for one in known_lexicon().concepts.values() if one.urgent)
    assert "もう1人にも確かめてもらってください" in browser.get(f"{PATH}/concepts/{urgent}").text
    assert "もう1人にも" not in browser.get(PADS).text


def test_without_the_forms_token_nothing_is_kept(browser: TestClient, root: Path) -> None:
    for what in ("add", "remove"):
        for fields in ({}, {"csrf": "0" * 64}):
            answer = browser.post(f"{PADS}/{what}", data={"word": WORD, "reason": REASON, **fields})
            assert answer.status_code == 403
    assert kept(root) == []


def test_nobody_sees_any_of_it_without_signing_in(browser: TestClient) -> None:
    stranger = another(browser)
    for path in (PATH, f"{PATH}/missed", f"{PATH}/record", PADS):
        answer = stranger.get(path)
        assert (answer.status_code, answer.headers["location"]) == (303, f"/admin/sign-in?to={path}")
    assert stranger.get(PATH, params={"q": "ナプキン"}).headers["location"] == "/admin/sign-in"


def test_what_others_wrote_is_shown_as_text(browser: TestClient, root: Path) -> None:
    with Ledger.open(ledger_path(root)) as ledger:
        ledger.add_word(Addition("period_products", WORD, "<script>alert(1)</script>", "<b>係"))
    for path in (PATH, PADS, f"{PATH}/record"):
        page = browser.get(path).text
        assert "<script>" not in page
        assert "&lt;script&gt;alert(1)&lt;/script&gt;" in page
        assert "<b>係" not in page


def test_the_record_is_read_in_pages(browser: TestClient, root: Path) -> None:
    with Ledger.open(ledger_path(root)) as ledger:
        for number in range(60):
            ledger.add_word(Addition("period_products", f"言葉その{number}", "理由", "係"))
    first, second, beyond = (browser.get(f"{PATH}/record", params={"page": one}).text for one in ("1", "2", "99999"))
    assert [page.count('class="when"') for page in (first, second, beyond)] == [50, 10, 10]
    assert "言葉その59<" in first
    assert "言葉その0<" in second


# What is looked for in vain.


def test_what_is_missed_stands_by_month_as_counts_and_small_ones_without_their_size(
    browser: TestClient, root: Path
) -> None:
    add_counts(
        root,
        {("2026-11", "period_products"): 12, ("2026-11", "rent"): 4, ("2026-10", "rent"): 5, ("2026-10", "gone"): 9},
    )
    label = known_lexicon().concepts["rent"].label
    page = browser.get(PATH).text
    newest = text_of(sections(page)["さがしても見つからなかったこと"])
    assert "2026年11月" in newest
    assert "2026年10月" not in newest
    assert f"{label} 5未満" in newest
    assert re.search(r"生理用品 12(?!\d)", newest)
    assert f'href="{PADS}"' in sections(page)["さがしても見つからなかったこと"]
    everything = text_of(browser.get(f"{PATH}/missed").text)
    assert f"{label} 5未満" in everything
    assert f"gone 9 {label} 5 " in everything
    for shown in (newest, everything):
        assert "打たれた言葉や場所は、どこにも残していません。" in shown


def test_before_anything_is_counted_the_page_says_so(browser: TestClient) -> None:
    assert "まだ、数えたものはありません。" in browser.get(PATH).text


def test_counts_that_cannot_be_read_do_not_take_the_page_with_them(browser: TestClient, root: Path) -> None:
    (root / "counts").mkdir(exist_ok=True)
    (root / "counts" / "missed.sqlite").write_bytes(b"not a database, not at all" * 50)
    for path in (PATH, f"{PATH}/missed"):
        answer = browser.get(path)
        assert answer.status_code == 200
        assert "読み書きできません" in answer.text
    assert do(browser, "add")[0] == 303
