"""From the links of a publisher's pages to the documents that are fetched, each with the paper that it is."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from tsunagari_crawler.edition import Edition
from tsunagari_crawler.problems import Problem, ProblemCode
from tsunagari_crawler.publishers import Link, Source, SourcePage


@dataclass(frozen=True, slots=True)
class PlannedDocument:
    """A document to fetch, and which paper it is, if that is known.

    ``doubt`` says why a document with a declared year has no edition; it matters only if the document comes.
    """

    link: Link
    edition: Edition | None
    doubt: Problem | None = None


@dataclass(frozen=True, slots=True)
class Plan:
    """What to fetch after the pages have been read, and what stands in the way."""

    documents: tuple[PlannedDocument, ...]
    problems: tuple[Problem, ...]


def plan_documents(source: Source, found: Iterable[tuple[SourcePage, Sequence[Link]]]) -> Plan:
    """Decide what to fetch from the links of each page that could be read. Each address is fetched once."""
    problems: list[Problem] = []
    claims: dict[str, list[PlannedDocument]] = defaultdict(list)
    for page, links in found:
        wanted = [link for link in links if source.wants(link)]
        if not wanted:
            others = len({link.url for link in links if link.leads_to_pdf})
            problems.append(Problem.of(ProblemCode.NO_LINKS, page.url, others=others))
        for link in wanted:
            if not (refusal := source.refusal(link.url)):
                claims[link.url].append(PlannedDocument(link, source.edition(page, link)))
            elif refusal not in problems:
                problems.append(refusal)
    documents = [_settle_year(claim) for claim in claims.values()]
    counts = Counter(document.edition.key for document in documents if document.edition)
    return Plan(tuple(_settle_rivals(document, counts) for document in documents), tuple(problems))


def _settle_year(claims: Sequence[PlannedDocument]) -> PlannedDocument:
    """One document from all the links to its address: no edition if the pages' years differ."""
    years = sorted({claim.edition.fiscal_year for claim in claims if claim.edition})
    if len(years) > 1:
        listed = "・".join(str(year) for year in years)
        doubt = Problem.of(ProblemCode.CONFLICTING_YEARS, claims[0].link.url, years=listed)
        return replace(claims[0], edition=None, doubt=doubt)
    return next((claim for claim in claims if claim.edition), claims[0])


def _settle_rivals(document: PlannedDocument, counts: Mapping[tuple[str, int, str], int]) -> PlannedDocument:
    """``document`` without its edition if others claim the same one.

    At import they would replace each other, and all lists but one would vanish unnoticed.
    """
    if document.edition is None or counts[document.edition.key] == 1:
        return document
    doubt = Problem.of(
        ProblemCode.SAME_EDITION,
        document.link.url,
        year=document.edition.fiscal_year,
        count=counts[document.edition.key],
    )
    return replace(document, edition=None, doubt=doubt)
