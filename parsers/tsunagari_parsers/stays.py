"""What a sheet says of a short stay that must stay with administrators: who runs it, and where.

A sheet that offers a stay names its partners and its lodgings, because a ministry reads it. Published, the same words would
lead a violent partner to the door. The rules here would rather keep back too much than too little: a whole paragraph, whatever
else it says. No list has the names of all bodies and places, so that their shapes count as well: what stands in quotation marks,
what something is entrusted to, a municipality, a ward or a station that is not the sheet's own.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache

from tsunagari_parsers.places import municipalities_named
from tsunagari_parsers.sheet_headings import sheet_words
from tsunagari_parsers.text import comparable

#: What parts the names in a list of partners; 「・」 stands within names too and is tried both ways.
_BETWEEN_NAMES = re.compile(r"[\s、，,/／（）()「」『』【】＜＞<>◆◇○●■□：:；;。]+")
#: After 「NPO法人」 these do not begin a name: 「NPO法人に委託」「受託NPO法人3団体」.
_NO_NAME = r"(?![にへとのがをはやも等な、。・()0-9]|及び|又は|または|各|$)"
#: Shorter names would be found in any text.
_SHORTEST_NAME = 3
#: A word of up to so many characters that says what is done (自立支援) is no name.
_LONGEST_WORD = 6

_QUOTED = re.compile(r"「([^「」]*)」|『([^『』]*)』|[“\"]([^“”\"]*)[”\"]")
_RUN_BY = re.compile(
    r"(?P<who>[^、。，,()「」『』:;・]+?)"
    r"(?:(?:に|へ)(?:業務|事業|運営|実施)?を?(?:再?委託|依頼|委任)|(?:が|の)(?:運営|受託|所有|管理|開設|保有)(?!に|方針|体制)|(?:と|との)(?:契約|協定|委託契約|賃貸))"
)
_LABELLED_BODY = re.compile(
    r"(?:委託先|受託者|受託団体|実施団体|運営団体|運営主体|運営者|実施者|協力団体|連携先|連携団体)(?:は|:|が)"
)
_PARTICLES = re.compile(r"[をはがにでもへ]|から|より|として|など|及び|または|又は|と(?=[^と]{3})")
_WARD = re.compile(r"(?P<name>[一-鿿々ぁ-んァ-ヺー]{1,5})区(?![分別域切画間割民役長市])")
_NO_WARD = re.compile(r"(?:当|本|各|同|他|他の|地|学|行政|特別|全|市|管|校|選挙|[都県府道]内の?|市内の?|[0-9])$")
_TOWN = re.compile(r"(?P<name>[一-鿿々ヶァ-ヺ]{1,5})町(?![村民内立長役])")
_NO_TOWN = re.compile(r"(?:当|本|各|同|他|市|全|県|下)$")
_LONGEST_PLACE = 8


@dataclass(frozen=True, slots=True)
class Kept:
    """What of a sheet must not be said: ``bodies`` as :func:`named_bodies` gives them; ``own`` are the names of who runs the programme."""

    bodies: frozenset[str]
    own: tuple[str, ...] = ()


def offers_stay(texts: Iterable[str]) -> bool:
    """Whether a sheet of these texts offers a place to sleep, as far as words tell."""
    words = sheet_words().stay
    return any(words.offers.search(words.aside.sub("", comparable(text))) for text in texts)


def named_bodies(partners: Iterable[str]) -> frozenset[str]:
    """The bodies that a list of partners names, in comparable form, without their legal form, and as people shorten them.

    Bodies that every area has (社会福祉協議会, ハローワーク …) are left out: their names tell nobody where a stay is.
    """
    words = sheet_words().stay
    found = set()
    for text in partners:
        tokens = _BETWEEN_NAMES.split(text)
        for token in [*tokens, *(part for one in tokens for part in re.split("[・･]", one))]:
            plain = comparable(token).strip("・-")
            name = words.forms.sub("", plain)
            if _is_name(name, has_form=name != plain):
                found.add(name)
                short = re.sub(rf"(?:{words.endings.pattern})$", "", name)
                if len(short) >= _SHORTEST_NAME and not _is_common(short):
                    found.add(short)
    return frozenset(found)


def tells_of_stay(text: str, bodies: frozenset[str]) -> bool:
    """Whether ``text``, of a sheet that offers a stay, names a lodging or a body that may run it."""
    words = sheet_words().stay
    plain = comparable(text)
    if words.lodgings.search(words.not_lodgings.sub("", plain)):
        return True
    return any(body in plain for body in bodies) or _names_body(plain)


def may_tell_of_stay(text: str, kept: Kept) -> bool:
    """Whether ``text`` names a lodging or a body, or holds what has the shape of such a name or of a place."""
    if tells_of_stay(text, kept.bodies):
        return True
    plain = comparable(text)
    return _quotes_name(plain) or _is_run_by_name(plain) or _names_place(plain, kept.own)


def _names_body(plain: str) -> bool:
    forms = sheet_words().stay.forms.pattern
    return bool(
        re.search(rf"(?:{forms}){_NO_NAME}", plain) or re.search(r"(株式会社|有限会社|合同会社|協同組合)", plain)
    )


def _quotes_name(plain: str) -> bool:
    titles = re.compile(rf"(?:{sheet_words().stay.titles.pattern})$")
    for match in _QUOTED.finditer(plain):
        quoted = next(filter(None, match.groups()), "")
        # A word of somebody is longer than a name.
        is_title = titles.search(quoted) and (len(quoted) > _LONGEST_WORD or not re.search(r"[ぁ-ん]$", quoted))
        if quoted and not is_title and not _is_common(quoted):
            return True
    return False


def _is_run_by_name(plain: str) -> bool:
    if _LABELLED_BODY.search(plain):
        return True
    nobody = re.compile(rf"(?:{sheet_words().stay.nobody.pattern}|{sheet_words().stay.public.pattern})等?$")
    return any(
        not nobody.search(who) and not _is_common(who)
        for match in _RUN_BY.finditer(plain)
        if (who := _PARTICLES.split(match["who"])[-1])
    )


def _names_place(plain: str, own: Iterable[str]) -> bool:
    """Whether a municipality, ward or town is named that is not the sheet's own."""
    text = plain
    for name in sorted(own, key=len, reverse=True):
        text = text.replace(comparable(name), "〇") if name else text
    if any(not _NO_WARD.search(match["name"]) for match in _WARD.finditer(text)):
        return True
    if any(not _NO_TOWN.search(match["name"]) for match in _TOWN.finditer(text)):
        return True
    for match in re.finditer(r"[市町村]", text):
        for length in range(2, _LONGEST_PLACE):
            begin = match.end() - length
            # 「関係機関市町村」 names 関市 to nobody.
            is_within = length == 2 and begin > 0 and re.match(r"[一-鿿]", text[begin - 1])
            if begin >= 0 and not is_within and municipalities_named(text[begin : match.end()]):
                return True
    return False


def _is_name(name: str, *, has_form: bool) -> bool:
    words = sheet_words()
    if len(name) < _SHORTEST_NAME or (words.stay.lodgings.search(name) and not has_form):
        return False
    if has_form:
        return not re.fullmatch(r"[にへとのがをはやも等]?.{0,2}", name)
    if re.search(rf"(?:{words.stay.public.pattern})等?$", name):
        return False
    return not (len(name) <= _LONGEST_WORD and words.overview.done.search(name))


@cache
def _common() -> re.Pattern[str]:
    return re.compile(rf"(?:{sheet_words().stay.common.pattern}|[0-9()・]|年|月|回)+")


def _is_common(text: str) -> bool:
    """Whether a text is made of words that name nobody."""
    return bool(_common().fullmatch(text))
