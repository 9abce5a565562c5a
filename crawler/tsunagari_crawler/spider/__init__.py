"""Asking publishers' servers. The only package that imports Scrapy and Twisted.

:func:`crawl_all` fetches what the declared pages link to; :func:`watch` looks whether pages still stand.
"""

from tsunagari_crawler.spider.documents import crawl, crawl_all
from tsunagari_crawler.spider.watching import watch

__all__ = ["crawl", "crawl_all", "watch"]
