"""What stands on the papers, as one kind of entry: programmes, sheets, measures of plans, and support networks, each with its place.

Parts of a sheet that say who runs a short stay, and where, end here: no listing, index or page ever holds them.
"""

from __future__ import annotations

from dataclasses import dataclass

from tsunagari_indexer.listings import KINDS, ExcludedPlace
from tsunagari_parsers import (
    Goal,
    Measure,
    Network,
    ParsedDocument,
    Phone,
    Program,
    Provenance,
    Section,
)
from tsunagari_parsers.places import Municipality, Prefecture, municipalities_named, prefecture_named
from tsunagari_parsers.text import comparable


@dataclass(frozen=True, slots=True)
class Entry:
    """One record of a paper with its place.

    ``prefecture_code`` is JIS X 0401, or empty where the paper's name is no prefecture; ``place`` is None for a prefecture's own.
    """

    kind: str
    prefecture: str
    prefecture_code: str
    municipality: str | None
    place: Municipality | None
    place_evidence: str
    name: str
    description: str
    department: str
    provenance: Provenance
    phones: tuple[Phone, ...] = ()
    era_year: str | None = None
    number: str = ""
    budget: int | None = None
    grant: int | None = None
    sections: tuple[Section, ...] = ()
    goals: tuple[Goal, ...] = ()
    excluded: tuple[ExcludedPlace, ...] = ()

    @property
    def place_code(self) -> str:
        """The municipality's code, else the prefecture's with the name of a body that is no known place.

        So two bodies that are not known are not taken for one.
        """
        return self.place.code if self.place else self.prefecture_code + comparable(self.municipality or "")


def entries_of(parsed: ParsedDocument) -> list[Entry]:
    """Every programme, measure and network of a document, in that order, each in the order of the paper."""
    return [
        *(_of_program(program) for program in parsed.programs),
        *(_of_measure(measure) for measure in parsed.measures),
        *(_of_network(network) for network in parsed.networks),
    ]


def _of_program(program: Program) -> Entry:
    prefecture, place, evidence = _place(program.prefecture, program.municipality)
    return Entry(
        kind=KINDS[program.source_kind],
        prefecture=program.prefecture,
        prefecture_code=prefecture.code if prefecture else "",
        municipality=program.municipality,
        place=place,
        place_evidence=program.place_evidence or evidence,
        name=program.program_name,
        description=program.description,
        department=program.department,
        provenance=program.provenance,
        phones=program.phones,
        era_year=program.era_year,
        number=program.number,
        budget=program.budget,
        grant=program.grant,
        sections=tuple(section for section in program.sections if not section.is_restricted),
        goals=program.goals,
        excluded=tuple(
            ExcludedPlace(found[0].code, area.name, area.start, area.end)
            for area in program.excluded_areas
            if prefecture and len(found := municipalities_named(area.name, prefecture)) == 1
        ),
    )


def _of_measure(measure: Measure) -> Entry:
    """A measure is found by its heading, by what is done, and by the items that belong to it."""
    prefecture, place, evidence = _place(measure.prefecture, measure.municipality)
    return Entry(
        kind="measure",
        prefecture=measure.prefecture,
        prefecture_code=prefecture.code if prefecture else "",
        municipality=measure.municipality,
        place=place,
        place_evidence=evidence,
        name=measure.heading,
        description="\n".join([measure.action, *(f"・{item}" for item in measure.related)]),
        department="、".join(measure.departments),
        provenance=measure.provenance,
        number=str(measure.number),
        sections=_sections({"課題": measure.issue, "施策": measure.policy}),
    )


def _of_network(network: Network) -> Entry:
    prefecture, place, evidence = _place(network.prefecture, network.municipality)
    return Entry(
        kind="network",
        prefecture=network.prefecture,
        prefecture_code=prefecture.code if prefecture else "",
        municipality=network.municipality,
        place=place,
        place_evidence=evidence,
        name=network.name,
        description="\n".join([network.purpose, *network.activities]),
        department=network.one_stop_desk,
        provenance=network.provenance,
        sections=_sections(
            {
                "設置に至る背景": network.background,
                "市の部署": "\n".join(network.departments),
                "関係機関": "\n".join(network.partners),
            }
            | {answer.question: "\n".join(answer.points) for answer in network.answers}
        ),
    )


def _sections(texts: dict[str, str]) -> tuple[Section, ...]:
    return tuple(Section(heading, text) for heading, text in texts.items() if text)


def _place(prefecture_name: str, municipality: str | None) -> tuple[Prefecture | None, Municipality | None, str]:
    """(prefecture, municipality, what decided); None where the paper's names are no place of Japan."""
    prefecture = prefecture_named(prefecture_name)
    if prefecture is None:
        return None, None, ""
    if municipality is None:
        return prefecture, None, "prefecture cell"
    found = municipalities_named(municipality, prefecture)
    return prefecture, found[0] if len(found) == 1 else None, "prefecture cell"
