"""What is known of each prefecture and municipality, and what is not: a page, and the same as data."""

from __future__ import annotations

import csv
import io
from dataclasses import dataclass

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from tsunagari_indexer.catalogue import Reading
from tsunagari_indexer.listings import OTHER_KINDS, PROGRAM_KINDS
from tsunagari_indexer.place_index import place_index
from tsunagari_parsers.places import Municipality, Prefecture, municipalities, prefectures
from tsunagari_site.i18n import language_of
from tsunagari_site.maps import TILES_HEIGHT, TILES_WIDTH, Tile, tiles
from tsunagari_site.rendering import render
from tsunagari_site.site import Site

#: The columns of the data file; code and names as in 公共施設一覧 and 支援制度 of the Digital Agency's data sets.
_COLUMNS = (
    "全国地方公共団体コード", "都道府県名", "市区町村名", "状況", "市区町村の事業数", "都道府県の事業数", "計画・連携の数",
)  # fmt: skip
_OWN, _PREFECTURE_ONLY, _OTHERS_ONLY, _NOTHING = (
    "市区町村の事業あり",
    "都道府県の事業のみ",
    "計画・連携のみ",
    "掲載なし",
)


@dataclass(frozen=True, slots=True)
class Known:
    """What is listed of a municipality: its own programmes, its prefecture's (those that do not exclude it), its plan and network."""

    place: Municipality
    own: int
    wide: int
    others: int

    @property
    def state(self) -> str:
        """In one word."""
        if self.own:
            return _OWN
        if self.wide:
            return _PREFECTURE_ONLY
        return _OTHERS_ONLY if self.others else _NOTHING


@dataclass(frozen=True, slots=True)
class CoverageRow:
    """A prefecture: its own programmes, and of how many of all its municipalities there is one, and those of which there is none."""

    prefecture: Prefecture
    wide: int
    with_own: int
    all: int
    without: tuple[Municipality, ...]


@dataclass(frozen=True, slots=True)
class CoveragePage:
    """The picture of the gap: numbers of municipalities, and a row for each prefecture."""

    own: int
    prefecture_only: int
    nothing: int
    rows: tuple[CoverageRow, ...]
    tiles: tuple[Tile, ...]
    width: int = TILES_WIDTH
    height: int = TILES_HEIGHT


def routes(site: Site, at: str) -> list[Route]:
    """The page in every language, the data once."""

    async def coverage(request: Request) -> Response:
        with site.reading() as reading:
            known = coverage_of(reading)
            wide = {code: len(placed) for code, placed in place_index(reading.generation).of_prefecture.items()}
        states = [one.state for one in known]
        rows = []
        for prefecture in prefectures():
            towns = [one for one in known if one.place.prefecture == prefecture]
            rows.append(
                CoverageRow(
                    prefecture,
                    wide.get(prefecture.code, 0),
                    sum(1 for one in towns if one.own),
                    len(towns),
                    tuple(one.place for one in towns if not one.own),
                )
            )
        page = CoveragePage(
            states.count(_OWN),
            states.count(_PREFECTURE_ONLY) + states.count(_OTHERS_ONLY),
            states.count(_NOTHING),
            tuple(rows),
            tiles({row.prefecture.code: row.with_own for row in rows}),
        )
        return render("coverage.html", page, language_of(request.url.path), path="/coverage")

    async def data(request: Request) -> Response:  # noqa: ARG001
        with site.reading() as reading:
            known = coverage_of(reading)
        text = io.StringIO()
        writer = csv.writer(text)
        writer.writerow(_COLUMNS)
        for one in known:
            place = one.place
            writer.writerow([place.code, place.prefecture.name, place.name, one.state, one.own, one.wide, one.others])
        # With a byte order mark, as Excel in Japan needs it to read UTF-8.
        return Response(
            text.getvalue().encode("utf-8-sig"),
            media_type="text/csv; charset=utf-8",
            headers={"Content-Disposition": 'attachment; filename="coverage.csv"'},
        )

    return [Route(f"{at}/coverage", coverage), *([] if at else [Route("/coverage.csv", data)])]


def coverage_of(reading: Reading) -> tuple[Known, ...]:
    """What is listed of each municipality, in the order of their codes.

    Raises:
        GenerationError: the generation cannot be read.
    """
    index = place_index(reading.generation)
    found = []
    for place in municipalities():
        placed = index.of_municipality.get(place.code, ())
        wide = index.of_prefecture.get(place.prefecture.code, ())
        found.append(
            Known(
                place,
                sum(1 for one in placed if one.kind in PROGRAM_KINDS),
                sum(1 for one in wide if one.kind in PROGRAM_KINDS and place.code not in one.excluded),
                sum(1 for one in placed if one.kind in OTHER_KINDS),
            )
        )
    return tuple(found)
