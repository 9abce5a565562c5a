"""Which links of which pages are lists, which paper each is, and where the crawler may not go."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

import tsunagari_crawler
from tsunagari_crawler import CrawlFailedError, Edition
from tsunagari_crawler.addresses import same_page
from tsunagari_crawler.errors import CrawlSettingsError
from tsunagari_crawler.planning import plan_documents
from tsunagari_crawler.problems import Problem, ProblemCode
from tsunagari_crawler.publishers import Link, Source, SourcePage
from tsunagari_crawler.report import CrawlSettings
from tsunagari_crawler.sources import SOURCES, find_source

PAGE = SourcePage("https://www.example.jp/r03/index.html", fiscal_year=2021)
UNDATED = SourcePage("https://www.example.jp/all/index.html")
SOURCE = Source(
    name="example",
    publisher="例の県",
    series="example_list",
    licence="PDL1.0",
    pages=(PAGE,),
    link_text=re.compile("一覧"),
)


def link(path: str, text: str = "一覧[PDF形式:579KB]") -> Link:
    return Link(f"https://www.example.jp/{path}", text)


@pytest.mark.parametrize("source", SOURCES.values(), ids=SOURCES)
def test_each_source_can_be_cited_and_is_asked_for_over_https(source: Source) -> None:
    assert source.publisher
    assert source.licence == "PDL1.0"
    assert all(page.url.startswith("https://www.gender.go.jp/") for page in source.pages)
    assert source.own_hosts == {"www.gender.go.jp"}
    assert find_source(source.name) is source


def test_only_a_page_made_for_one_year_declares_a_year() -> None:
    years = {page.url: page.fiscal_year for source in SOURCES.values() for page in source.pages}

    assert years == {
        "https://www.gender.go.jp/policy/chihou_renkei/kofukin/r03/ex.html": 2021,
        "https://www.gender.go.jp/policy/sokushin/kenko/periodpoverty/index.html": None,
        "https://www.gender.go.jp/policy/no_violence/e-vaw/soudankikan/01.html": None,
    }


def test_an_unknown_source_is_answered_with_the_known_ones() -> None:
    with pytest.raises(CrawlFailedError, match=r"nowhere.*national_list、period_poverty_surveys、dv_centres"):
        find_source("nowhere")


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("「生理の貧困」に係る地方公共団体の取組(2022年7月1日時点)一覧[PDF形式:1,433KB]", True),
        (
            "「生理の貧困」に係る地方公共団体の取組のうち、交付金を活用した取組(2023年7月18日時点)一覧 [PDF形式:579KB]",
            True,
        ),
        ("「生理の貧困」に係る地方公共団体の取組(2022年7月1日時点)概要[PDF形式:516KB]", False),
        ("男女共同参画白書[PDF形式:9,001KB]", False),
    ],
)
def test_the_surveys_are_told_from_their_summaries(text: str, wanted: bool) -> None:
    assert SOURCES["period_poverty_surveys"].wants(link("pdf/survey.pdf", text)) is wanted


@pytest.mark.parametrize(
    ("candidate", "wanted"),
    [
        (link("a.pdf", "一覧"), True),
        (link("a.PDF?v=2", "一覧"), True),
        (link("download/12", "一覧［ＰＤＦ形式：５７９ＫＢ］"), True),
        (Link("https://www.example.jp/download/12", "一覧", "application/pdf"), True),
        (link("a.pdf", "事業 一\n覧"), False),
        (link("a.pdf", "概要[PDF形式:579KB]"), False),
        (link("a.xlsx", "一覧[Excel形式:30KB]"), False),
        (link("list.html", "一覧"), False),
    ],
)
def test_a_list_is_known_by_its_words_and_by_being_a_pdf(candidate: Link, wanted: bool) -> None:
    assert SOURCE.wants(candidate) is wanted


@pytest.mark.parametrize(
    ("text", "title"),
    [
        ("一覧[PDF形式:579KB]", "一覧"),
        ("一覧 ［PDF形式：1,433KB］別ウインドウで開きます", "一覧"),
        ("一覧（PDF：579KB）（別ウィンドウで開く）", "一覧"),
        ("令和３年度　事業一覧", "令和３年度 事業一覧"),
        ("取組(2023年7月18日時点)一覧[PDF形式:579KB]", "取組(2023年7月18日時点)一覧"),
        ("[PDF形式:579KB]", ""),
    ],
)
def test_a_title_is_the_words_of_the_link_without_size_and_window(text: str, title: str) -> None:
    assert link("a.pdf", text).title == title


@pytest.mark.parametrize(
    ("candidate", "name"),
    [
        (link("pdf/ichiran.pdf", "一覧[PDF形式:579KB]"), "一覧.pdf"),
        (link("pdf/ichiran.pdf", "[PDF形式:579KB]"), "ichiran.pdf"),
        (link("pdf/%E4%B8%80%E8%A6%A7.pdf", ""), "一覧.pdf"),
        (link("", ""), "document.pdf"),
        (link("a.pdf", "../一覧\x00"), "..／一覧.pdf"),
    ],
)
def test_a_document_is_called_what_its_link_says(candidate: Link, name: str) -> None:
    assert candidate.name == name


@pytest.mark.parametrize(
    ("url", "code"),
    [
        ("https://www.example.jp/a.pdf", None),
        ("https://www.example.jp:443/a.pdf", None),
        ("HTTPS://WWW.EXAMPLE.JP/a.pdf", None),
        ("http://www.example.jp/a.pdf", ProblemCode.INSECURE),
        ("https://www.example.jp:8443/a.pdf", ProblemCode.OFF_HOST),
        ("https://example.jp/a.pdf", ProblemCode.OFF_HOST),
        ("https://files.www.example.jp/a.pdf", ProblemCode.OFF_HOST),
        ("https://www.example.jp.evil.test/a.pdf", ProblemCode.OFF_HOST),
        ("https://www.example.jp@evil.test/a.pdf", ProblemCode.OFF_HOST),
        ("https://www.example.jp:bad/a.pdf", ProblemCode.OFF_HOST),
        ("file:///etc/passwd", ProblemCode.OFF_HOST),
        ("ftp://www.example.jp/a.pdf", ProblemCode.OFF_HOST),
        ("javascript:void(0)", ProblemCode.OFF_HOST),
    ],
)
def test_only_the_publishers_own_hosts_are_asked(url: str, code: ProblemCode | None) -> None:
    refusal = SOURCE.refusal(url)

    assert (refusal.code if refusal else None) == code


def test_a_further_host_of_the_publisher_can_be_declared() -> None:
    source = replace(SOURCE, hosts=("files.example.jp",))

    assert source.refusal("https://files.example.jp/a.pdf") is None


@pytest.mark.parametrize(
    ("change", "named"),
    [
        ({"name": "国の一覧"}, "国の一覧"),
        ({"name": "a-b"}, "a-b"),
        ({"pages": ()}, "pages"),
        ({"licence": "MIT"}, "MIT"),
        ({"pages": (SourcePage("www.example.jp/index.html"),)}, "www.example.jp/index.html"),
        ({"pages": (SourcePage("https://www.example.jp/", fiscal_year=3),)}, "3"),
    ],
)
def test_a_source_that_cannot_be_meant_is_refused(change: dict[str, object], named: str) -> None:
    values = {name: getattr(SOURCE, name) for name in Source.__dataclass_fields__}

    with pytest.raises(CrawlSettingsError, match=re.escape(named)):
        Source(**{**values, **change})


def test_a_document_of_a_dated_page_is_that_years_paper() -> None:
    plan = plan_documents(SOURCE, [(PAGE, [link("r03/list.pdf"), link("r03/list.pdf"), link("r03/memo.pdf", "要綱")])])

    (document,) = plan.documents
    assert document.edition == Edition(
        fiscal_year=2021,
        series="example_list",
        publisher="例の県",
        title="一覧",
        url="https://www.example.jp/r03/list.pdf",
        licence="PDL1.0",
    )
    assert plan.problems == ()


def test_the_year_is_not_read_from_words() -> None:
    plan = plan_documents(SOURCE, [(UNDATED, [link("r04.pdf", "令和4年度一覧[PDF形式:579KB]")])])

    assert [document.edition for document in plan.documents] == [None]
    assert plan.problems == ()


def test_lists_of_one_year_are_told_apart_by_a_part_in_their_words() -> None:
    source = replace(SOURCE, link_text=re.compile("(?P<part>都道府県|市区町村)一覧"))
    links = [link("1.pdf", "都道府県一覧"), link("2.pdf", "市区町村一覧")]

    plan = plan_documents(source, [(PAGE, links)])

    editions = [document.edition for document in plan.documents]
    assert [edition.part for edition in editions if edition] == ["都道府県", "市区町村"]
    assert [document.doubt for document in plan.documents] == [None, None]


def test_lists_of_one_year_are_told_apart_by_a_part_of_their_page() -> None:
    pages = (replace(PAGE, part="第1回"), SourcePage("https://www.example.jp/2.html", 2021, "第2回"))
    source = replace(SOURCE, pages=pages)

    plan = plan_documents(source, [(pages[0], [link("1.pdf")]), (pages[1], [link("2.pdf")])])

    assert [document.edition.part for document in plan.documents if document.edition] == ["第1回", "第2回"]


def test_two_lists_that_claim_one_paper_never_replace_each_other() -> None:
    plan = plan_documents(SOURCE, [(PAGE, [link("1.pdf"), link("2.pdf")])])

    assert [document.edition for document in plan.documents] == [None, None]
    doubts = [document.doubt for document in plan.documents if document.doubt]
    assert [doubt.code for doubt in doubts] == [ProblemCode.SAME_EDITION] * 2
    assert "2021年度" in doubts[0].message
    assert "2件" in doubts[0].message


def test_a_list_on_the_pages_of_two_years_is_of_neither() -> None:
    later = SourcePage("https://www.example.jp/r04/index.html", fiscal_year=2022)
    source = replace(SOURCE, pages=(PAGE, later))

    plan = plan_documents(source, [(PAGE, [link("list.pdf")]), (later, [link("list.pdf"), link("new.pdf")])])

    assert [document.edition and document.edition.fiscal_year for document in plan.documents] == [None, 2022]
    assert plan.documents[0].doubt
    assert plan.documents[0].doubt.code is ProblemCode.CONFLICTING_YEARS
    assert "2021・2022年度" in plan.documents[0].doubt.message


def test_a_list_on_a_dated_and_an_undated_page_is_fetched_once_with_its_year() -> None:
    source = replace(SOURCE, pages=(UNDATED, PAGE))

    plan = plan_documents(source, [(UNDATED, [link("list.pdf")]), (PAGE, [link("list.pdf")])])

    assert [document.edition and document.edition.fiscal_year for document in plan.documents] == [2021]


def test_a_page_without_a_list_is_an_error_that_counts_what_else_is_there() -> None:
    plan = plan_documents(SOURCE, [(PAGE, [link("a.pdf", "要綱"), link("b.pdf", "様式"), link("c.html", "一覧")])])

    assert plan.documents == ()
    assert [(problem.code, problem.url) for problem in plan.problems] == [(ProblemCode.NO_LINKS, PAGE.url)]
    assert "2件" in plan.problems[0].message


@pytest.mark.parametrize(
    "url", ["https://evil.test/list.pdf", "http://www.example.jp/list.pdf", "javascript:open('list.pdf')"]
)
def test_a_list_elsewhere_is_named_once_and_not_planned(url: str) -> None:
    away = Link(url, "一覧[PDF形式:579KB]")

    plan = plan_documents(SOURCE, [(PAGE, [away, away, link("list.pdf")])])

    assert [document.link.url for document in plan.documents] == ["https://www.example.jp/list.pdf"]
    assert [problem.url for problem in plan.problems] == [url]


@pytest.mark.parametrize(
    ("declared", "final", "same"),
    [
        ("https://a.jp/r03/ex.html", "https://a.jp/r03/ex.html", True),
        ("https://a.jp", "https://a.jp/", True),
        ("https://a.jp/r03/", "https://a.jp:443/r03/", True),
        ("http://a.jp/r03/", "https://a.jp/r03/", True),
        ("https://a.jp/r03/", "http://a.jp/r03/", False),
        ("https://a.jp/r03/ex.html", "https://a.jp/r04/ex.html", False),
        ("https://a.jp/?year=3", "https://a.jp/?year=4", False),
        ("http://a.jp:8080/", "http://a.jp:8081/", False),
    ],
)
def test_a_page_that_leads_elsewhere_is_another_page(declared: str, final: str, same: bool) -> None:
    assert same_page(declared, final) is same


@pytest.mark.parametrize(
    ("values", "named"),
    [
        ({"delay_seconds": -1.0}, "delay_seconds.*-1.0"),
        ({"delay_seconds": float("nan")}, "delay_seconds.*nan"),
        ({"timeout_seconds": 0.0}, "timeout_seconds.*0.0"),
        ({"timeout_seconds": float("inf")}, "timeout_seconds.*inf"),
        ({"max_bytes": 0}, "max_bytes.*0"),
        ({"retries": -1}, "retries.*-1"),
        ({"contact": "担当者"}, "contact.*担当者"),
        ({"contact": "a@b.jp\r\nCookie: x"}, "contact"),
    ],
)
def test_a_setting_that_cannot_be_meant_is_named_with_its_value(values: dict[str, float], named: str) -> None:
    with pytest.raises(CrawlSettingsError, match=named):
        CrawlSettings(**values)  # type: ignore[arg-type]


def test_the_crawler_says_what_it_is_and_whom_to_ask_only_if_told() -> None:
    assert CrawlSettings().user_agent == "tsunagari (directory of public support programmes in Japan)"
    assert CrawlSettings(contact="lists@example.jp").user_agent.endswith("; lists@example.jp)")


def test_the_defaults_are_polite() -> None:
    assert CrawlSettings() == CrawlSettings(
        delay_seconds=2.0,
        timeout_seconds=120.0,
        max_bytes=52_428_800,
        retries=2,
        contact="",
        backoff_seconds=10.0,
        patience_seconds=300.0,
    )


@pytest.mark.parametrize("code", ProblemCode)
def test_every_problem_is_told_in_japanese(code: ProblemCode) -> None:
    fields = (
        "target",
        "status",
        "hosts",
        "times",
        "limit",
        "kind",
        "others",
        "seconds",
        "reason",
        "year",
        "years",
        "count",
        "words",
        "wait",
        "title",
        "name",
        "old",
        "new",
        "day",
    )

    problem = Problem.of(code, PAGE.url, **dict.fromkeys(fields, "#"))

    assert re.search("[ぁ-ん]", problem.message)
    assert "{" not in problem.message


def test_declarations_and_reports_are_read_without_loading_scrapy() -> None:
    code = """
import sys
import tsunagari_crawler.report, tsunagari_crawler.sources
print(sorted({name.partition(".")[0] for name in sys.modules} & {"scrapy", "twisted"}))
"""
    folder = str(Path(tsunagari_crawler.__file__).parents[1])
    ended = subprocess.run(
        [sys.executable, "-c", code],
        env={**os.environ, "PYTHONPATH": folder},
        capture_output=True,
        text=True,
        check=True,
        timeout=120,
    )

    assert ended.stdout.strip() == "[]"
