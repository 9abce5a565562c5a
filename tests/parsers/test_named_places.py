"""Whose paper it is, by what its title says."""

from __future__ import annotations

import pytest

from tsunagari_parsers.named_places import place_of


@pytest.mark.parametrize(
    ("title", "below", "place"),
    [
        ("計画に関連する施策（国立市第 6 次計画抜粋）", "", ("東京都", "国立市", True)),
        ("広島県府中市男女共同参画プラン", "", ("広島県", "府中市", True)),
        ("府中市男女共同参画プラン", "東京都女性相談支援センターとの連携", ("東京都", "府中市", True)),
        ("府中市男女共同参画プラン", "東京都と広島県にあります", ("", "府中市", True)),
        ("令和６年度北名古屋市の計画", "", ("愛知県", "北名古屋市", True)),
        ("東京都市部の計画", "", None),
        ("第６次計画", "上尾市と連携する", ("埼玉県", "上尾市", False)),
        ("第６次計画", "", None),
    ],
)
def test_the_municipality_of_a_title(title: str, below: str, place: tuple[str, str, bool] | None) -> None:
    got = place_of([title], [below])
    assert (got and (got.prefecture, got.municipality, got.is_in_title)) == place
