"""What the rungs of a ladder say above their items. Each text is a msgid with its values apart, for pages in other languages."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

#: Stands above every ladder.
ABOVE = "知っている人がいそうなときは、県や全国の窓口へ。"
OWN = "%(town)sの一覧や計画に書かれていたものです。いまもあるかは、電話で聞けます。"
NO_OWN = "%(town)sの事業は、ここにある一覧には載っていません。支援がないという意味ではありません。%(town)sの役所でも聞けます。"
NO_OWN_OF_THESE = (
    "%(town)sの事業で、この条件に合うものは、ここにある一覧には載っていません。支援がないという意味ではありません。"
)
OWN_BY_POSITION = (
    "いまいる場所にいちばん近い役所は、%(town)sです。市区町村のさかいめでは、となりの市区町村になることがあります。"
)
OFFICE_ELSEWHERE = "%(town)sの役所は%(other)sにあるので、距離は%(other)sから測っています。"
WHICH_TOWN = "市区町村を選ぶと、そこの事業と、近くの市区町村の事業が、近い順に出ます。"
PREFECTURE = "%(prefecture)sの窓口と事業です。%(prefecture)sのどこに住んでいても、電話で聞けます。"
NO_PREFECTURE = "%(prefecture)sの事業は、ここにある一覧には載っていません。支援がないという意味ではありません。"
NO_PREFECTURE_OF_THESE = "%(prefecture)sの事業で、この条件に合うものは、ここにある一覧には載っていません。支援がないという意味ではありません。"
LEFT_OUT = "%(prefecture)sの事業には、%(town)sに住む人を対象にしないと書かれたものがあり、ここには出していません。"
LEADING_NUMBERS = "#8778と#8008は、近くの相談窓口につながる番号です。"
NEIGHBOURS = "近くの市区町村の事業です。距離は、役所どうしの直線距離です。"
FAR = "100km以内の市区町村には、合う事業が載っていません。いちばん近いのは%(town)sで、役所どうしの直線距離は約%(km)skmです。"
NO_NEIGHBOURS = "ほかの市区町村で、合う事業は、ここにある一覧には載っていません。"
TOWNS_OF_PREFECTURE = "%(prefecture)sの市区町村の事業です。"
FEW_OF_MANY = "ここには一部だけを出しています。市区町村を選ぶと、もっと出ます。"
NEIGHBOUR = "となりの%(town)sの事業です。%(town)sに住む人だけのことがあります。住民票のことも電話で聞けます。"
OTHER_MUNICIPALITY = "%(town)sの事業です。%(town)sに住む人だけのことがあります。住民票のことも電話で聞けます。"
NATIONAL = "全国の窓口です。"

#: All of them, for who translates.
TEXTS = (
    ABOVE,
    OWN,
    NO_OWN,
    NO_OWN_OF_THESE,
    OWN_BY_POSITION,
    OFFICE_ELSEWHERE,
    WHICH_TOWN,
    PREFECTURE,
    NO_PREFECTURE,
    NO_PREFECTURE_OF_THESE,
    LEFT_OUT,
    LEADING_NUMBERS,
    NEIGHBOURS,
    FAR,
    NO_NEIGHBOURS,
    TOWNS_OF_PREFECTURE,
    FEW_OF_MANY,
    NEIGHBOUR,
    OTHER_MUNICIPALITY,
    NATIONAL,
)


@dataclass(frozen=True, slots=True)
class Note:
    """A text of :data:`TEXTS` and the values of its placeholders. As text it is Japanese."""

    text: str
    values: Mapping[str, str] = field(default_factory=dict)

    def __str__(self) -> str:
        return self.text % self.values if self.values else self.text
