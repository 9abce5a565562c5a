"""Names of places as each language reads them: Japanese, Japanese with its reading, or romanised.

Romanised names follow the Hepburn spelling of road signs (国土交通省, 地図に関する標準的な表記: no long vowels, the kind of municipality
after a hyphen): Sapporo-shi, Otsu-shi. Kana do not tell 「おう」 of one word from 「お」 and 「う」 of two; both come out as "o".
"""

from __future__ import annotations

import re
from functools import cache

from tsunagari_parsers.places import Municipality, Prefecture
from tsunagari_site.i18n import Language

#: Readers of these know the characters better than any spelling of them.
_IN_CHARACTERS = frozenset({"ja", "zh-hans", "zh-hant"})
_ENDINGS = {"市": "shi", "区": "ku", "町": ("cho", "machi"), "村": ("mura", "son")}
_LONG = re.compile(r"o[ou](?=[^aeiou]|$)|uu")
_SOUNDS = """
あa いi うu えe おo かka きki くku けke こko さsa しshi すsu せse そso
たta ちchi つtsu てte とto なna にni ぬnu ねne のno はha ひhi ふfu へhe ほho
まma みmi むmu めme もmo やya ゆyu よyo らra りri るru れre ろro わwa をo んn
がga ぎgi ぐgu げge ごgo ざza じji ずzu ぜze ぞzo だda ぢji づzu でde どdo
ばba びbi ぶbu べbe ぼbo ぱpa ぴpi ぷpu ぺpe ぽpo
"""
_TABLE = {pair[0]: pair[1:] for pair in _SOUNDS.split()}
_SMALL = {"ゃ": "ya", "ゅ": "yu", "ょ": "yo"}


def place_label(place: Prefecture | Municipality, language: Language) -> str:
    """The name of a place for readers of a language; in easy Japanese with its reading in the notation of that catalogue."""
    if language.code in _IN_CHARACTERS:
        return place.name
    if language.code == "easy":
        return f"{{{place.name}|{_hiragana(place.kana)}}}"
    if isinstance(place, Prefecture):
        return place.english
    return romanised(place.name, _hiragana(place.kana))


def place_lang(place: Prefecture | Municipality, language: Language) -> str:
    """The language tag of :func:`place_label`."""
    del place
    return "ja" if language.tag == "ja" or language.code in _IN_CHARACTERS else "ja-Latn"


@cache
def romanised(name: str, kana: str) -> str:
    """A municipality's name in Latin letters, from its hiragana: 「札幌市」「さっぽろし」 is Sapporo-shi."""
    endings = _ENDINGS.get(name[-1], ())
    for ending in (endings,) if isinstance(endings, str) else endings:
        for reading in _READINGS[ending]:
            if kana.endswith(reading) and len(kana) > len(reading):
                return f"{_spell(kana[: -len(reading)]).capitalize()}-{ending}"
    return _spell(kana).capitalize()


_READINGS = {"shi": ("し",), "ku": ("く",), "cho": ("ちょう",), "machi": ("まち",), "mura": ("むら",), "son": ("そん",)}


def _spell(kana: str) -> str:
    letters = ""
    doubled = False
    for char in kana:
        if char == "っ":
            doubled = True
            continue
        if char in _SMALL and letters:
            # し+ゃ is sha, き+ゃ kya: the i of the syllable before gives way.
            stem = letters[:-1]
            letters = stem + (_SMALL[char][1:] if stem.endswith(("sh", "ch", "j")) else _SMALL[char])
            continue
        sound = _TABLE.get(char, "")
        if doubled and sound:
            sound = ("t" if sound.startswith("ch") else sound[0]) + sound
            doubled = False
        letters += sound
    return _LONG.sub(lambda found: found[0][0], letters)


def _hiragana(kana: str) -> str:
    return "".join(chr(ord(char) - 0x60) if "ァ" <= char <= "ヶ" else char for char in kana)
