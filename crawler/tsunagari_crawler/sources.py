"""The publishers whose lists are crawled, as data, and which links of their pages are documents.

To add a publisher, add one :class:`Source` to :data:`SOURCES`:

1. ``pages``: the addresses of the pages that link to the lists, copied from a browser. A document's own
   address is never written here or put together from a pattern: it is found on its page at each crawl.
2. ``fiscal_year`` of a page: only if every list on the page is of that year and will stay so (a page made for
   one year). Leave it out for a page that gathers several years or is rewritten in place; whoever imports
   then says the year. It is never read from the page's text.
3. ``link_text``: a pattern that the words of the link must contain, as 「一覧」 for 「一覧[PDF形式:579KB]」.
   If one page of one year links to several lists, tell them apart by a group named ``part``
   (``"(?P<part>都道府県|市区町村)"``); documents that claim the same year and part are fetched, and left
   without an edition.
4. ``licence``: an identifier of :data:`tsunagari_crawler.edition.LICENCES`, or ``unknown``.
5. ``hosts``: only if documents lie on a further host of the same publisher.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from tsunagari_crawler.errors import CrawlFailedError
from tsunagari_crawler.publishers import Source, SourcePage

_GENDER_EQUALITY_BUREAU = "内閣府男女共同参画局"
_SOURCES = (
    Source(
        name="national_list",
        publisher=_GENDER_EQUALITY_BUREAU,
        series="national_list",
        licence="PDL1.0",
        pages=(
            SourcePage(
                "https://www.gender.go.jp/policy/chihou_renkei/kofukin/r03/ex.html",
                fiscal_year=2021,
            ),
        ),
        link_text=re.compile("一覧|事業|取組"),
    ),
    Source(
        name="period_poverty_surveys",
        publisher=_GENDER_EQUALITY_BUREAU,
        series="period_poverty_survey",
        licence="PDL1.0",
        # One page gathers the surveys of all years.
        pages=(SourcePage("https://www.gender.go.jp/policy/sokushin/kenko/periodpoverty/index.html"),),
        link_text=re.compile("「生理の貧困」に係る地方公共団体の取組.*一覧"),
    ),
    Source(
        name="dv_centres",
        publisher=_GENDER_EQUALITY_BUREAU,
        series="dv_centres",
        licence="PDL1.0",
        # The list is republished in place, under the same address.
        pages=(SourcePage("https://www.gender.go.jp/policy/no_violence/e-vaw/soudankikan/01.html"),),
        link_text=re.compile("配偶者暴力相談支援センター"),
    ),
)

#: Every publisher that is crawled, by name.
SOURCES: Mapping[str, Source] = {source.name: source for source in _SOURCES}


def find_source(name: str) -> Source:
    """The source of this name.

    Raises:
        CrawlFailedError: there is none; the message lists those that there are.
    """
    try:
        return SOURCES[name]
    except KeyError:
        raise CrawlFailedError(f"取得元「{name}」はありません（使えるのは {'、'.join(SOURCES)}）") from None
