"""What a sheet says of a short stay that must stay with administrators: who runs it, and where.

A sheet that offers a stay names its partners and its lodgings, because a ministry reads it. Published, the same words would
lead a violent partner to the door. The rules here would rather keep back too much than too little: a whole paragraph, whatever
else it says.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

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


def offers_stay(texts: Iterable[str]) -> bool:
    """Whether a sheet of these texts offers a place to sleep, as far as words tell."""
    words = sheet_words().stay
    return any(words.offers.search(words.aside.sub("", comparable(text))) for text in texts)


def named_bodies(partners: Iterable[str]) -> frozenset[str]:
    """The bodies that a list of partners names, in comparable form and without their legal form.

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
    return frozenset(found)


def tells_of_stay(text: str, bodies: frozenset[str]) -> bool:
    """Whether ``text``, of a sheet that offers a stay, names a lodging or a body that may run it."""
    words = sheet_words().stay
    plain = comparable(text)
    if words.lodgings.search(words.not_lodgings.sub("", plain)):
        return True
    return any(body in plain for body in bodies) or _names_body(plain)


def _names_body(plain: str) -> bool:
    forms = sheet_words().stay.forms.pattern
    return bool(
        re.search(rf"(?:{forms}){_NO_NAME}", plain) or re.search(r"(株式会社|有限会社|合同会社|協同組合)", plain)
    )


def _is_name(name: str, *, has_form: bool) -> bool:
    words = sheet_words()
    if len(name) < _SHORTEST_NAME or words.stay.lodgings.search(name):
        return False
    if has_form:
        return not re.fullmatch(r"[にへとのがをはやも等]?.{0,2}", name)
    if re.search(rf"(?:{words.stay.public.pattern})等?$", name):
        return False
    return not (len(name) <= _LONGEST_WORD and words.overview.done.search(name))
