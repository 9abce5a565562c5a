"""No redirect and no link leads the crawler or the watch to a machine that is not the publisher's, nor to a file of this one."""

from __future__ import annotations

import pytest

from tsunagari_crawler.sources import SOURCES
from tsunagari_crawler.spider.watching import _same_site

ELSEWHERE = (
    "http://127.0.0.1/",
    "http://127.0.0.1:7700/keys",
    "https://localhost/",
    "http://[::1]/",
    "http://[::ffff:127.0.0.1]/",
    "http://2130706433/",
    "http://0x7f.1/",
    "http://169.254.169.254/latest/meta-data/",
    "file:///etc/passwd",
    "file://{host}/etc/passwd",
    "ftp://{host}/list.pdf",
    "s3://{host}/list.pdf",
    "data:application/pdf;base64,JVBERi0=",
    "//127.0.0.1/",
    "https://{host}.evil.example/",
    "https://evil.example/{host}",
    "https://{host}@127.0.0.1/",
    "https://{host}:443@127.0.0.1/",
    "https://{host}\\@127.0.0.1/",
    "https://127.0.0.1@{host}/",
    "https://127.0.0.1:80@{host}/",
    "https://127.0.0.1\\@{host}/",
    "https://{host}:7700/",
    "https://{host}:x/",
    "https:///list.pdf",
    "",
)


@pytest.mark.parametrize("target", ELSEWHERE)
def test_nothing_leads_off_a_publishers_hosts(target: str) -> None:
    assert SOURCES
    for source in SOURCES.values():
        for host in source.own_hosts:
            assert source.refusal(target.replace("{host}", host)), (source.name, host)


@pytest.mark.parametrize("target", ELSEWHERE)
@pytest.mark.parametrize("watched", ["https://www.city.example.jp/page.html", "http://city.example.jp/"])
def test_nothing_leads_off_a_watched_host(watched: str, target: str) -> None:
    host = watched.split("/")[2]
    assert _same_site(watched)(watched) is None
    assert _same_site(watched)(target.replace("{host}", host))


def test_an_address_with_a_name_or_password_is_never_watched() -> None:
    watched = "https://user:password@city.example.jp/"
    assert _same_site(watched)(watched)
