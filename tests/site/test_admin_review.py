"""見直し: every change is there beside its source; what is decided is kept with who and why; nothing is published that nobody looked at."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from fixtures.years import Years, years
from starlette.testclient import TestClient
from tests.admin_walks import NAME, admin_client, csrf_in, ledger_path, with_accounts
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
    two_years,
)
from tests.site_walks import text_of

from tsunagari_indexer.changes import ChangeKind
from tsunagari_indexer.deciding import decide
from tsunagari_indexer.decisions import Verdict
from tsunagari_indexer.finding_help import finding_help
from tsunagari_indexer.ledger import Ledger
from tsunagari_indexer.listings import Listing
from tsunagari_indexer.review import Review, opened, review
from tsunagari_indexer.review_words import CHANGE_WORDS
from tsunagari_indexer.row_evidence import NoPicture, RowEvidence
from tsunagari_indexer.workspace import Workspace
from tsunagari_site.admin.jobs import JobState

PATH = "/admin/review"


@pytest.fixture(scope="module")
def both(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two years of the national list; tests do not change it."""
    return two_years(tmp_path_factory.mktemp("both"))


@pytest.fixture(scope="module")
def browser(both: Path) -> Iterator[TestClient]:
    with browser_at(both) as client:
        yield client


@pytest.fixture(scope="module")
def seen(both: Path) -> Review:
    return review(Workspace(both))


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two small years; tests take copies of it."""
    return small_years(tmp_path_factory.mktemp("small"))


@pytest.fixture
def data(small: Path, tmp_path: Path) -> Path:
    return copied(small, tmp_path / "data")


@pytest.fixture
def jobs(data: Path) -> MadeJobs:
    return MadeJobs(data)


@pytest.fixture
def desk(data: Path, jobs: MadeJobs) -> Iterator[TestClient]:
    """Somebody before the small years, who may build again."""
    with browser_at(data, jobs) as client:
        yield client


def held(data: Path) -> tuple[Listing, ...]:
    workspace = Workspace(data)
    staged = workspace.newest_staged()
    with opened(workspace, staged.name if staged else workspace.current()) as generation:
        return tuple(generation.all_listings())


def called(data: Path, name: str) -> Listing:
    (found,) = [one for one in held(data) if one.program_name == name]
    return found


def section(client: TestClient, kind: ChangeKind) -> str:
    """All pages of the changes of one sort."""
    found, path = "", f"{PATH}/changes?kind={kind.value}"
    while path:
        text = client.get(path).text
        found += text
        following = re.findall(r'href="([^"]+)" rel="next"', text)
        path = following[0].replace("&amp;", "&") if following else ""
    return found


# --- what is shown ---


def test_the_page_says_what_is_compared_and_counts_everything(browser: TestClient, seen: Review) -> None:
    text = text_of(browser.get(PATH).text)
    assert "公開を待つ世代2を、いま公開している世代1と比べています" in text
    assert f"答えを待つ要確認 {len(seen.open_findings)}件" in text
    for kind in ChangeKind:
        if count := len(seen.changes.of(kind)):
            assert f"{CHANGE_WORDS[kind]} {count}件" in text
    assert f"変わらない事業など {seen.changes.same}件" in text
    order = [text.rindex(f"{CHANGE_WORDS[kind]}：") for kind in ChangeKind if seen.changes.of(kind)]
    assert order == sorted(order)


def test_each_document_has_the_account_of_its_rows(browser: TestClient, seen: Review) -> None:
    page = browser.get(PATH).text
    rows = [text_of(row).split() for row in re.findall(r"<tr>\s*<td>(.*?)</tr>", page, re.S)]
    expected = [
        [
            "新しい" if one.is_new else "前から",
            one.document.name,
            *map(
                str,
                (
                    one.document.fiscal_year,
                    one.document.pages,
                    one.document.rows_seen,
                    one.document.records,
                    one.document.skipped,
                ),
            ),
            f"{one.year_before}件" if one.year_before is not None else "なし",
        ]
        for one in seen.documents
    ]
    assert rows == expected
    assert len(rows) == 2


def test_every_finding_stands_there_open_ones_first(browser: TestClient, seen: Review) -> None:
    page = browser.get(f"{PATH}/findings").text
    assert [int(number) for number in re.findall(r'id="finding-(\d+)"', page)] == [one.number for one in seen.findings]
    text = text_of(page)
    for one in seen.findings:
        assert text_of(one.found.finding.message) in text
        assert len(forms(page, f"{PATH}/accept", number=str(one.number))) == one.is_open


def test_under_a_finding_stands_what_it_means_and_what_to_do_until_it_is_let_pass(data: Path, desk: TestClient) -> None:
    (finding,) = review(Workspace(data)).open_findings
    known = finding_help(finding.found.finding.code)
    assert known is not None
    for path in (PATH, f"{PATH}/findings"):
        text = text_of(desk.get(path).text)
        assert known.meaning in text
        assert f"どうするか： {known.action}" in text
    fill(desk, PATH, f"{PATH}/accept", reason=REASON)
    assert known.action not in text_of(desk.get(PATH).text)


def test_every_one_of_the_twenty_changes_is_on_the_page(browser: TestClient, seen: Review) -> None:
    pair: Years = years()
    shown = {kind: text_of(section(browser, kind)) for kind in ChangeKind}
    questions = text_of(browser.get(f"{PATH}/findings").text)
    expected = {
        "phone": ChangeKind.PHONE,
        "phone and department": ChangeKind.PHONE,
        "department": ChangeKind.CHANGED,
        "text": ChangeKind.CHANGED,
        "year in the name": ChangeKind.CHANGED,
        "gone": ChangeKind.GONE,
    }
    for change in pair.changes:
        before = pair.before[change.at]
        now = change.after or before
        kind = expected.get(change.kind)
        assert now.program_name in shown[kind or ChangeKind.NEW], change
        if kind is ChangeKind.PHONE:
            assert f"{before.phone}" in shown[kind]
            assert f"{now.phone}" in shown[kind]
        if change.kind in {"department", "phone and department"} and kind:
            assert before.department in shown[kind]
            assert now.department in shown[kind]
        if kind is None:
            assert before.program_name in shown[ChangeKind.GONE], change
            assert now.program_name in questions
            assert before.program_name in questions
    for one in pair.after[-2:]:
        assert one.program_name in shown[ChangeKind.NEW]
    lost = [one.number for one in seen.open_findings if one.found.finding.code == "row-perhaps-lost"]
    assert lost
    assert "行を読み落としていないか、原本を見てください" in questions


def test_a_change_stands_beside_the_pictures_of_both_rows(browser: TestClient, seen: Review) -> None:
    for one in seen.changes.of(ChangeKind.PHONE):
        page = browser.get(f"{PATH}/listing/{one.listing.id}").text
        sources = re.findall(r'<img src="([^"]+)"', page)
        assert sources == [
            f"{PATH}/picture/{seen.published}/{one.listing.id}",
            f"{PATH}/picture/{seen.name}/{one.listing.id}",
        ]
        pictures = [browser.get(source) for source in sources]
        assert [picture.headers["content-type"] for picture in pictures] == ["image/webp"] * 2
        assert [picture.headers["cache-control"] for picture in pictures] == ["no-store"] * 2
        assert pictures[0].content != pictures[1].content


@pytest.mark.parametrize(
    "tail",
    [
        "{now}/pnobody",
        "{now}/../../ledger.sqlite",
        "{now}/..%2f..%2fledger.sqlite",
        "..%2f..%2fledger/{id}",
        "../../{now}/{id}",
        "9_abcdef/{id}",
        "CURRENT/{id}",
        "%00/{id}",
        "{now}/{id}%00",
        "{now}/P'--",
        "{now}",
        "",
    ],
)
def test_nothing_but_a_picture_of_a_kept_generation_has_an_address(
    browser: TestClient, seen: Review, tail: str
) -> None:
    listing = seen.changes.of(ChangeKind.PHONE)[0].listing.id
    assert browser.get(f"{PATH}/picture/{seen.name}/{listing}").status_code == 200
    answer = browser.get(f"{PATH}/picture/{tail.format(now=seen.name, id=listing)}")
    assert answer.status_code == 404
    assert "image" not in answer.headers["content-type"]


def test_pictures_are_for_whoever_is_signed_in(both: Path, seen: Review) -> None:
    listing = seen.changes.of(ChangeKind.PHONE)[0].listing.id
    with admin_client(both) as stranger:
        answer = stranger.get(f"{PATH}/picture/{seen.name}/{listing}")
    assert answer.status_code == 303
    assert answer.headers["location"].startswith("/admin/sign-in")


def test_a_row_without_a_picture_says_why(both: Path, seen: Review, tmp_path: Path) -> None:
    workspace = Workspace(both)
    with opened(workspace, seen.name) as generation:
        evidence = RowEvidence(generation, workspace.pictures)
        with_one = next(one for one in generation.all_listings() if one.picture)
        assert evidence.missing(with_one) is None
        assert evidence.missing(replace(with_one, picture=None)) is NoPicture.KEPT_BACK
        assert evidence.missing(replace(with_one, picture=None, rect=None)) is NoPicture.TEXT
        lost = RowEvidence(generation, Workspace(tmp_path).pictures)
        assert lost.missing(with_one) is NoPicture.LOST


def test_a_lost_picture_is_said_and_nothing_breaks(data: Path, desk: TestClient) -> None:
    for one in (data / "caches" / "rows").rglob("*.row"):
        one.unlink()
    answer = desk.get(PATH)
    assert answer.status_code == 200
    assert "画像のファイルがありません" in text_of(answer.text)
    assert "<img" not in answer.text


def test_what_does_not_fit_on_the_first_page_is_counted_and_has_its_own(browser: TestClient, seen: Review) -> None:
    gone = seen.changes.of(ChangeKind.GONE)
    page = browser.get(PATH).text
    assert f"{CHANGE_WORDS[ChangeKind.GONE]} {len(gone)}件をすべて見る" in text_of(page)
    assert all(one.listing.id in section(browser, ChangeKind.GONE) for one in gone)
    assert browser.get(f"{PATH}/changes?kind=gone&page=99").status_code == 200
    assert browser.get(f"{PATH}/changes?kind=colour").status_code == 404


def test_hundreds_of_changes_and_findings_are_paged_with_nothing_left_out(tmp_path: Path) -> None:
    """25 numbers changed, and 25 programmes were perhaps renamed: each stands on one page, once."""
    data = tmp_path / "data"
    before = [(*ROW[:2], f"居場所その{at}", f"{TEXT}{at}", f"市民{at}課", f"011-211-{at:04}") for at in range(50)]
    after = [(*one[:5], f"011-222-{at:04}") for at, one in enumerate(before[:25])]
    after += [(*one[:2], f"ほっと{at}", *one[3:]) for at, one in enumerate(before[25:])]
    take(data, 2021, *before)
    Workspace(data).publish()
    take(data, 2022, *after)
    seen = review(Workspace(data))
    assert (len(seen.changes.of(ChangeKind.PHONE)), len(seen.open_findings)) == (25, 25)
    with browser_at(with_accounts(data)) as client:
        changed = re.findall(r'<article class="change" id="(\w+)"', section(client, ChangeKind.PHONE))
        assert changed == [one.listing.id for one in seen.changes.of(ChangeKind.PHONE)]
        first = client.get(PATH).text
        assert "のこりの指摘 5件を見る" in text_of(first)
        pages = [client.get(f"{PATH}/findings?page={number}").text for number in (1, 2)]
        numbers = [int(number) for page in pages for number in re.findall(r'id="finding-(\d+)"', page)]
        assert numbers == [one.number for one in seen.findings]
        # What was typed is shown on the page on which its finding stands.
        last = str(numbers[-1])
        refused = fill(client, f"{PATH}/findings?page=2", f"{PATH}/accept", {"number": last}, reason=" ")
        assert refused.status_code == 400
        assert f'id="finding-{last}"' in refused.text
        new = seen.findings[-1].found.finding.value.split()[0]
        assert f"{PATH}/findings?page=2#finding-{last}" in client.get(f"{PATH}/listing/{new}").text


def test_an_empty_folder_says_that_there_is_nothing_yet(small: Path, tmp_path: Path) -> None:
    data = tmp_path / "empty"
    data.mkdir()
    (data / "ledger.sqlite").write_bytes(ledger_path(small).read_bytes())
    with Ledger.open(ledger_path(data)) as ledger:
        ledger.connection.execute("DELETE FROM generations")
    with browser_at(data) as client:
        assert "見直すものは、まだありません" in text_of(client.get(PATH).text)
        assert client.get(f"{PATH}/findings").status_code == 409
        token = csrf_in(client.get("/admin/password").text)
        for path in ("publish", "rebuild", "accept", "answer", "restore"):
            assert client.post(f"{PATH}/{path}", data={"csrf": token, "reason": "x"}).status_code in {400, 409}


# --- deciding ---


def test_an_answer_takes_effect_when_the_generation_is_built_again(data: Path, desk: TestClient) -> None:
    old, new = called(data, "つながり事業"), called(data, "ほっとスペース")
    answer = fill(desk, PATH, f"{PATH}/answer", choice=old.id, reason=REASON)
    text = text_of(follow(desk, answer))
    assert "答えを残しました。作り直すと反映されます。" in text
    assert f"同じ事業：「ほっとスペース」（{new.id}）、「つながり事業」（{old.id}）" in text
    assert "答えは残してあります" in text
    assert "先に作り直してください" in text
    with Ledger.open(ledger_path(data)) as ledger:
        (decision,) = ledger.decisions()
    assert (decision.by, decision.reason, decision.first, decision.second) == (NAME, REASON, new.id, old.id)
    text = text_of(follow(desk, desk.post(f"{PATH}/rebuild", data={"csrf": csrf_in(desk.get(PATH).text)})))
    assert "作り直しを始めました" in text
    assert "まだ反映していないこと" not in text
    assert [one.fiscal_year for one in called(data, "ほっとスペース").history] == [2021, 2022]


def test_what_was_decided_and_contradicts_itself_is_asked_again_until_it_is_changed(
    data: Path, desk: TestClient
) -> None:
    """The answer is about exactly the two records of which the decision was, though one of them is a year of another programme."""
    old, new, other = (called(data, name) for name in ("つながり事業", "ほっとスペース", "居場所の事業"))
    decide(Workspace(data), Verdict.SAME, old.id, new.id, reason=REASON, by=NAME)
    decide(Workspace(data), Verdict.SAME, other.id, new.id, reason=REASON, by=NAME)
    decide(Workspace(data), Verdict.DIFFERENT, old.id, other.id, reason=REASON, by=NAME)
    desk.post(f"{PATH}/rebuild", data={"csrf": csrf_in(desk.get(PATH).text)})
    (found,) = review(Workspace(data)).open_findings
    assert found.found.finding.code == "decisions-contradict"
    assert "これまでに決めたことの中に、合わないものがあります" in text_of(desk.get(PATH).text)
    follow(desk, fill(desk, PATH, f"{PATH}/answer", choice="none", reason=REASON))
    desk.post(f"{PATH}/rebuild", data={"csrf": csrf_in(desk.get(PATH).text)})
    assert review(Workspace(data)).open_findings == ()
    assert {frozenset(one.ids) for one in held(data)} == {frozenset((old.id, new.id)), other.ids}


def test_none_of_them_settles_the_question_too(data: Path, desk: TestClient, jobs: MadeJobs) -> None:
    fill(desk, PATH, f"{PATH}/answer", choice="none", reason=REASON)
    desk.post(f"{PATH}/rebuild", data={"csrf": csrf_in(desk.get(PATH).text)})
    assert review(Workspace(data)).open_findings == ()
    assert len(held(data)) == 3
    assert [job.request.who for job in jobs.list()] == [NAME]


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ({"choice": "none", "reason": " "}, "理由を書いてください"),
        ({"choice": "pnobody", "reason": REASON}, "どれと同じか"),
        ({"choice": "none", "record": "pnobody", "reason": REASON}, "その問いは、もうありません"),
        ({"reason": REASON}, "どれと同じか"),
    ],
)
def test_an_answer_that_cannot_be_is_refused_and_what_was_typed_stays(
    data: Path, desk: TestClient, typed: dict[str, str], said: str
) -> None:
    answer = fill(desk, PATH, f"{PATH}/answer", **typed)
    assert answer.status_code == 400
    assert said in text_of(answer.text)
    assert "--" not in text_of(answer.text)
    assert typed["reason"].strip() in answer.text
    with Ledger.open(ledger_path(data)) as ledger:
        assert ledger.decisions() == ()


def test_a_finding_is_let_pass_with_a_reason_and_only_the_one_that_was_looked_at(data: Path, desk: TestClient) -> None:
    (form,) = forms(desk.get(PATH).text, f"{PATH}/accept")
    take(data, 2022, ("北海道", "札幌市", "ほっとスペースさっぽろ", TEXT, "市民課", "011-211-2962"), OTHER_ROW)
    refused = desk.post(f"{PATH}/accept", data={**form, "reason": REASON})
    assert refused.status_code == 400
    assert "別の世代ができました" in refused.text
    assert f'value="{REASON}"' in refused.text
    for one in review(Workspace(data)).open_findings:
        fill(desk, PATH, f"{PATH}/accept", {"number": str(one.number)}, reason=REASON)
    seen = review(Workspace(data))
    assert seen.open_findings == ()
    assert {one.accepted for one in seen.findings} == {REASON}
    assert f"認めた理由：{REASON}" in text_of(desk.get(PATH).text)
    with Ledger.open(ledger_path(data)) as ledger:
        assert ledger.audit()[-1].who == NAME


@pytest.mark.parametrize("number", ["", "0", "99", "x", "１", "9999999999999999999999", "-1"])
def test_a_finding_that_is_none_cannot_be_let_pass(desk: TestClient, number: str) -> None:
    answer = fill(desk, PATH, f"{PATH}/accept", number=number, reason=REASON)
    assert answer.status_code == 400
    assert "指摘はありません" in text_of(answer.text)
    assert REASON in answer.text


def test_a_field_is_corrected_from_its_exact_value(data: Path, desk: TestClient) -> None:
    listing = called(data, "ほっとスペース")
    page = f"{PATH}/listing/{listing.id}"
    answer = fill(desk, page, f"{page}/correct", {"field": "phone"}, corrected="011-211-0000", reason=REASON)
    assert "訂正：電話番号「011-211-2962」→「011-211-0000」" in text_of(follow(desk, answer))
    desk.post(f"{PATH}/rebuild", data={"csrf": csrf_in(desk.get(PATH).text)})
    after = called(data, "ほっとスペース")
    assert [one.number for one in after.phones] == ["011-211-0000"]
    text = text_of(desk.get(page).text)
    assert "訂正した行なので、まちがいが写った画像は出しません" in text
    # The other programme of the document has another number; of the text it has the same, which is said.
    assert "ほかに1件が同じ値です" in text


def test_a_text_of_several_lines_is_corrected_as_it_was_meant(data: Path, desk: TestClient) -> None:
    listing = called(data, "ほっとスペース")
    page = f"{PATH}/listing/{listing.id}"
    fill(desk, page, f"{page}/correct", {"field": "description"}, corrected="一行目\n二行目", reason=REASON)
    desk.post(f"{PATH}/rebuild", data={"csrf": csrf_in(desk.get(PATH).text)})
    assert called(data, "ほっとスペース").description == "一行目\n二行目"


@pytest.mark.parametrize(
    ("field", "typed", "said"),
    [
        ("phone", {"corrected": "12"}, "かけられる形ではありません"),
        ("phone", {"corrected": "011-211-2962"}, "同じです"),
        ("municipality", {"corrected": "ない町"}, "市区町村はありません"),
        ("program_name", {"corrected": ""}, "空です"),
        ("department", {"corrected": "市民局", "source": "よその課"}, "いまの世代にはありません"),
        ("department", {"corrected": "市民局", "reason": ""}, "理由を書いてください"),
        ("department", {"corrected": "市民局", "field": "colour"}, "訂正できません"),
    ],
)
def test_a_correction_that_cannot_be_right_is_refused_with_what_was_typed(
    data: Path, desk: TestClient, field: str, typed: dict[str, str], said: str
) -> None:
    page = f"{PATH}/listing/{called(data, 'ほっとスペース').id}"
    answer = fill(desk, page, f"{page}/correct", {"field": field}, **{"reason": REASON, **typed})
    assert answer.status_code == 400
    assert said in text_of(answer.text)
    if "source" not in typed and "field" not in typed:
        (form,) = forms(answer.text, f"{page}/correct", field=field)
        assert (form["corrected"], form["reason"]) == (typed["corrected"], typed.get("reason", REASON))
    with Ledger.open(ledger_path(data)) as ledger:
        assert ledger.corrections() == ()


def test_a_row_that_is_no_programme_is_left_out_and_put_back(data: Path, desk: TestClient) -> None:
    listing = called(data, "ほっとスペース")
    page = f"{PATH}/listing/{listing.id}"
    assert "載せないことにしました" in follow(desk, fill(desk, page, f"{page}/reject", reason=REASON))
    desk.post(f"{PATH}/rebuild", data={"csrf": csrf_in(desk.get(PATH).text)})
    assert "ほっとスペース" not in {one.program_name for one in held(data)}
    assert desk.get(page).status_code == 404
    refused = fill(desk, PATH, f"{PATH}/restore", reason="")
    assert refused.status_code == 400
    fill(desk, PATH, f"{PATH}/restore", reason=REASON)
    assert "やはり載せる" in text_of(desk.get(PATH).text)
    desk.post(f"{PATH}/rebuild", data={"csrf": csrf_in(desk.get(PATH).text)})
    assert called(data, "ほっとスペース").id == listing.id


def test_two_are_joined_by_their_numbers_and_parted_from_a_year(data: Path, desk: TestClient) -> None:
    old, new = called(data, "つながり事業"), called(data, "ほっとスペース")
    page = f"{PATH}/listing/{new.id}"
    assert f'name="candidate" value="{old.id}"' in desk.get(page).text
    fill(desk, page, f"{page}/merge", other=f" {old.id} ", reason=REASON)
    desk.post(f"{PATH}/rebuild", data={"csrf": csrf_in(desk.get(PATH).text)})
    whole = called(data, "ほっとスペース")
    assert (whole.id, len(whole.history)) == (old.id, 2)
    page = f"{PATH}/listing/{whole.id}"
    fill(desk, page, f"{page}/split", year="2022", reason=REASON)
    desk.post(f"{PATH}/rebuild", data={"csrf": csrf_in(desk.get(PATH).text)})
    assert {one.id for one in held(data)} >= {old.id, new.id}


@pytest.mark.parametrize(
    ("work", "typed", "said"),
    [
        ("merge", {"other": "pnobody"}, "「pnobody」という番号の事業はありません"),
        ("merge", {"other": ""}, "1つ選ぶか"),
        ("merge", {"other": "SELF"}, "同じ番号が2つ"),
        ("merge", {"other": "<script>alert(1)</script>"}, "という番号の事業はありません"),
        ("split", {"year": "2021"}, "分けることはできません"),
        ("split", {"year": "二〇二二"}, "どの年度から"),
        ("reject", {"reason": ""}, "理由を書いてください"),
    ],
)
def test_what_cannot_be_decided_is_said_in_plain_words(
    data: Path, desk: TestClient, work: str, typed: dict[str, str], said: str
) -> None:
    listing = called(data, "居場所の事業")
    typed = {name: text.replace("SELF", listing.id) for name, text in typed.items()}
    page = f"{PATH}/listing/{listing.id}"
    answer = fill(desk, page, f"{page}/{work}", **{"reason": REASON, **typed})
    text = text_of(answer.text)
    assert answer.status_code == 400
    assert said in text
    assert "<script>" not in answer.text
    assert "--" not in text
    assert "tsunagari" not in text
    assert f'value="{typed.get("reason", REASON)}"' in answer.text
    with Ledger.open(ledger_path(data)) as ledger:
        assert ledger.decisions() == ()


@pytest.mark.parametrize("listing", ["pnobody", "..%2f..", "%00", "p" * 300])
def test_a_programme_that_is_none_has_no_page(desk: TestClient, listing: str) -> None:
    assert desk.get(f"{PATH}/listing/{listing}").status_code == 404
    token = csrf_in(desk.get(PATH).text)
    for work in ("correct", "reject", "merge", "split"):
        answer = desk.post(f"{PATH}/listing/{listing}/{work}", data={"csrf": token, "reason": REASON})
        assert answer.status_code == 404


def test_a_number_that_could_not_be_read_is_put_in_where_it_is_told(data: Path, desk: TestClient) -> None:
    take(data, 2022, (*ROW[:5], "未定"), OTHER_ROW)
    (finding,) = [one for one in review(Workspace(data)).open_findings if one.found.finding.value == "未定"]
    answer = fill(desk, PATH, "/admin/corrections/add", corrected="011-211-0000", reason=REASON)
    assert "訂正を残しました" in follow(desk, answer)
    card = desk.get(PATH).text.split(f'id="finding-{finding.number}"')[1].split("</article>")[0]
    assert "答えは残してあります" in card
    desk.post(f"{PATH}/rebuild", data={"csrf": csrf_in(desk.get(PATH).text)})
    assert [one.number for one in called(data, "つながり事業").phones] == ["011-211-0000"]


def test_a_corrected_number_does_not_promise_that_the_papers_own_fault_goes(data: Path, desk: TestClient) -> None:
    take(data, 2022, (*ROW[:5], "03-5246-7777"), OTHER_ROW)
    (finding,) = [one for one in review(Workspace(data)).open_findings if one.found.finding.code == "area-code"]
    page = f"{PATH}/listing/{called(data, 'つながり事業').id}"
    fill(desk, page, f"{page}/correct", {"field": "phone"}, corrected="011-211-0000", reason=REASON)
    card = desk.get(PATH).text.split(f'id="finding-{finding.number}"')[1].split("</article>")[0]
    assert "答えは残してあります" not in card
    desk.post(f"{PATH}/rebuild", data={"csrf": csrf_in(desk.get(PATH).text)})
    assert [one.found.finding.code for one in review(Workspace(data)).open_findings] == ["area-code"]


# --- building again, publishing ---


def test_building_again_is_refused_in_words_while_another_job_runs(desk: TestClient, jobs: MadeJobs) -> None:
    jobs.is_busy = True
    answer = desk.post(f"{PATH}/rebuild", data={"csrf": csrf_in(desk.get(PATH).text)})
    assert answer.status_code == 409
    assert "いま、ほかの取り込みをしています。" in text_of(answer.text)


def test_a_job_under_way_and_one_that_failed_are_told(desk: TestClient, jobs: MadeJobs) -> None:
    jobs.begin(JobState.RUNNING)
    assert "いま、取り込みか作り直しをしています（2026年11月20日 12:00から）" in text_of(desk.get(PATH).text)
    jobs.begin(JobState.FAILED, "ディスクがいっぱいです")
    assert "うまくいきませんでした：ディスクがいっぱいです" in text_of(desk.get(PATH).text)
    jobs.begin(JobState.INTERRUPTED)
    assert "途中で止まりました" in text_of(desk.get(PATH).text)


def test_where_pages_cannot_build_again_they_say_whom_to_ask(data: Path) -> None:
    with browser_at(data) as client:
        fill(client, PATH, f"{PATH}/answer", choice="none", reason=REASON)
        page = client.get(PATH).text
        assert "サイトを置いている人に" in text_of(page)
        assert forms(page, f"{PATH}/rebuild") == []
        answer = client.post(f"{PATH}/rebuild", data={"csrf": csrf_in(page)})
        assert answer.status_code == 409


def test_open_findings_are_published_only_with_a_reason_which_is_kept(data: Path, desk: TestClient) -> None:
    for reason in ("", "  ", "\n"):
        refused = fill(desk, PATH, f"{PATH}/publish", reason=reason)
        assert refused.status_code == 409
        assert "確かめる必要のある指摘が1件あります" in text_of(refused.text)
    assert Workspace(data).current().startswith("1_")
    answer = fill(desk, PATH, f"{PATH}/publish", reason="窓口の番号だけ急いで直す")
    text = text_of(follow(desk, answer))
    assert answer.headers["location"] == "/admin/generations?done=published"
    assert "公開しました。サイトを開いて" in text
    assert Workspace(data).current().startswith("2_")
    with Ledger.open(ledger_path(data)) as ledger:
        (line,) = [one for one in ledger.audit() if one.action == "publish" and one.generation == 2]
    assert (line.who, line.detail) == (NAME, "窓口の番号だけ急いで直す")


def test_without_open_findings_a_button_is_enough(desk: TestClient) -> None:
    fill(desk, PATH, f"{PATH}/accept", reason=REASON)
    page = desk.get(PATH).text
    assert "世代2を公開する" in page
    (form,) = forms(page, f"{PATH}/publish")
    assert form.keys() == {"csrf", "generation"}
    assert fill(desk, PATH, f"{PATH}/publish").status_code == 303
    assert "公開を待つ世代はありません" in text_of(desk.get(PATH).text)


def test_what_was_decided_since_is_not_left_out_of_what_is_published(desk: TestClient) -> None:
    (form,) = forms(desk.get(PATH).text, f"{PATH}/publish")
    fill(desk, PATH, f"{PATH}/answer", choice="none", reason=REASON)
    assert forms(desk.get(PATH).text, f"{PATH}/publish") == []
    refused = desk.post(f"{PATH}/publish", data={**form, "reason": REASON})
    assert refused.status_code == 409
    assert "作り直してから公開してください" in text_of(refused.text)
    assert "tsunagari" not in text_of(refused.text)


def test_another_generation_than_the_one_looked_at_is_not_published(data: Path, desk: TestClient) -> None:
    (form,) = forms(desk.get(PATH).text, f"{PATH}/publish")
    take(data, 2022, ROW, OTHER_ROW)
    refused = desk.post(f"{PATH}/publish", data={**form, "reason": REASON})
    assert refused.status_code == 409
    assert "別のものになりました" in text_of(refused.text)
    assert f'value="{REASON}"' in refused.text or not review(Workspace(data)).open_findings
    assert Workspace(data).current().startswith("1_")


def test_a_damaged_generation_is_told_and_not_a_fault(data: Path, desk: TestClient) -> None:
    workspace = Workspace(data)
    staged = workspace.newest_staged()
    assert staged
    workspace.generation_path(staged.name).write_bytes(b"no generation" * 100)
    answer = desk.get(PATH)
    assert answer.status_code == 503
    assert "壊れています" in text_of(answer.text)
    assert "まだありません" not in text_of(answer.text)
    assert str(data) not in answer.text


def test_forms_of_other_sites_and_without_the_token_change_nothing(data: Path, desk: TestClient) -> None:
    (form,) = forms(desk.get(PATH).text, f"{PATH}/publish")
    for fields, headers in (
        ({**form, "csrf": "x", "reason": REASON}, {}),
        ({**form, "reason": REASON}, {"origin": "https://elsewhere.example"}),
    ):
        assert desk.post(f"{PATH}/publish", data=fields, headers=headers).status_code == 403
    assert Workspace(data).current().startswith("1_")
