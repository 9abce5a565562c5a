"""Records made findable: the ledger, generations, offers, language analysis, and the search engines.

Importing this package loads neither Scrapy nor pdfplumber.
"""
