"""Maps without a third party: Japan with one tile for each prefecture, and a prefecture as the offices of its municipalities.

Both are drawn for this site. The second is an equirectangular projection around the prefecture's middle: straight distances between offices look right,
and the dots of all offices show the shape of the land without any borders.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from tsunagari_parsers.places import Municipality, Prefecture, municipalities, prefectures

#: Columns and rows of a map on which each prefecture is one tile, roughly where it lies; drawn for this site.
_TILES = {
    "01": (13, 0), "02": (13, 2), "03": (13, 3), "04": (13, 4), "05": (12, 3), "06": (12, 4), "07": (13, 5),
    "08": (14, 6), "09": (13, 6), "10": (12, 6), "11": (12, 7), "12": (14, 7), "13": (13, 7), "14": (13, 8),
    "15": (12, 5), "16": (10, 5), "17": (9, 5), "18": (9, 6), "19": (11, 7), "20": (11, 6), "21": (10, 6),
    "22": (12, 8), "23": (11, 8), "24": (9, 8), "25": (9, 7), "26": (8, 6), "27": (7, 8), "28": (7, 7),
    "29": (8, 8), "30": (8, 9), "31": (6, 6), "32": (5, 6), "33": (6, 7), "34": (5, 7), "35": (4, 7),
    "36": (6, 9), "37": (5, 9), "38": (4, 9), "39": (5, 10), "40": (2, 8), "41": (1, 8), "42": (0, 8),
    "43": (1, 9), "44": (2, 9), "45": (2, 10), "46": (1, 10), "47": (0, 12),
}  # fmt: skip
#: The shades of the map: a tile has the first shade whose figure is not below its number.
_SHADES = (0, 1, 2, 4, 8)
TILE = 40


@dataclass(frozen=True, slots=True)
class Tile:
    """A prefecture on the map: its place in pixels, its number of programmes, and its shade from 0 (none) to 5."""

    prefecture: Prefecture
    x: int
    y: int
    count: int
    shade: int

    @property
    def short(self) -> str:
        """The name as it fits on the tile: 神奈川."""
        name = self.prefecture.name
        return name if name == "北海道" else name[:-1]


@dataclass(frozen=True, slots=True)
class Label:
    """Where a name lies: its base line's point (pixels), and which part of the name stands there (``middle | start | end``)."""

    x: float
    y: float
    anchor: str


@dataclass(frozen=True, slots=True)
class Dot:
    """An office on the map of a prefecture: its place in pixels, and how many programmes its municipality has.

    ``label`` is where its name lies; None: no name fits there, and the list below the map has it.
    """

    place: Municipality
    x: float
    y: float
    count: int
    label: Label | None = None


@dataclass(frozen=True, slots=True)
class PrefectureMap:
    """The offices of a prefecture: those without a listing first, so that the others lie above them."""

    width: int
    height: int
    dots: tuple[Dot, ...]


#: The size of :func:`tiles` in pixels.
TILES_WIDTH = (max(x for x, _ in _TILES.values()) + 1) * TILE
TILES_HEIGHT = (max(y for _, y in _TILES.values()) + 1) * TILE
_SIZE = 360
_MARGIN = 16
#: An office farther from the middle one than this many times the usual distance lies on an island far away, and off the map.
_FAR = 4.0
#: The radius of a dot with a programme, and the height of a name (pixels).
_RADIUS, _LINE = 7.0, 12.0
#: Where a name may lie beside its dot, best first: its anchor (as in SVG), and from the dot to its base line.
_PLACES = (("middle", 0.0, -9.0), ("middle", 0.0, 20.0), ("start", 10.0, 4.0), ("end", -10.0, 4.0))
_Box = tuple[float, float, float, float]


def tiles(counts: Mapping[str, int]) -> tuple[Tile, ...]:
    """The 47 prefectures with their numbers of programmes, by code."""
    return tuple(_tile(one, counts.get(one.code, 0)) for one in prefectures())


def prefecture_map(prefecture: Prefecture, counts: Mapping[str, int]) -> PrefectureMap:
    """The offices of a prefecture's municipalities with their numbers of programmes, by code. Islands far away are left out."""
    towns = [town for town in municipalities() if town.prefecture == prefecture]
    middle_lat, middle_lon = _median([town.latitude for town in towns]), _median([town.longitude for town in towns])
    flat = math.cos(math.radians(middle_lat))
    at = {town.code: ((town.longitude - middle_lon) * flat, middle_lat - town.latitude) for town in towns}
    usual = _median([math.hypot(*xy) for xy in at.values()])
    near = [town for town in towns if math.hypot(*at[town.code]) <= _FAR * usual]
    left, top = min(at[town.code][0] for town in near), min(at[town.code][1] for town in near)
    wide = max(at[town.code][0] for town in near) - left
    high = max(at[town.code][1] for town in near) - top
    scale = (_SIZE - 2 * _MARGIN) / max(wide, high, 1e-6)
    dots = (
        Dot(
            town,
            round(_MARGIN + (at[town.code][0] - left) * scale, 1),
            round(_MARGIN + (at[town.code][1] - top) * scale, 1),
            counts.get(town.code, 0),
        )
        for town in near
    )
    return PrefectureMap(
        round(2 * _MARGIN + wide * scale),
        round(2 * _MARGIN + high * scale),
        _labelled(sorted(dots, key=lambda dot: dot.count)),
    )


def _labelled(dots: Sequence[Dot]) -> tuple[Dot, ...]:
    """The dots with places for the names of those that have programmes, where neither another such dot nor another name lies."""
    boxes = [(dot.x - _RADIUS, dot.y - _RADIUS, dot.x + _RADIUS, dot.y + _RADIUS) for dot in dots if dot.count]
    found: list[Dot] = []
    for dot in dots:
        wide = max(len(dot.place.name) * 12, len(dot.place.kana) * 8)
        for anchor, dx, dy in _PLACES if dot.count else ():
            left = dot.x + dx - {"middle": wide / 2, "start": 0, "end": wide}[anchor]
            box = (left, dot.y + dy - _LINE, left + wide, dot.y + dy)
            if not any(_overlap(box, other) for other in boxes):
                boxes.append(box)
                found.append(replace(dot, label=Label(round(dot.x + dx, 1), round(dot.y + dy, 1), anchor)))
                break
        else:
            found.append(dot)
    return tuple(found)


def _overlap(one: _Box, other: _Box) -> bool:
    return one[0] < other[2] and other[0] < one[2] and one[1] < other[3] and other[1] < one[3]


def _median(values: list[float]) -> float:
    return sorted(values)[len(values) // 2]


def _tile(prefecture: Prefecture, count: int) -> Tile:
    column, row = _TILES[prefecture.code]
    shade = next((shade for shade, most in enumerate(_SHADES) if count <= most), len(_SHADES))
    return Tile(prefecture, column * TILE, row * TILE, count, shade)
