"""Romanised Japanese as katakana (ISO 3602, and the Hepburn spelling that people type): seiri, ibasho, Shiraoi."""

from __future__ import annotations

_ROWS = {
    "": "アイウエオ",
    "k": "カキクケコ",
    "s": "サシスセソ",
    "t": "タチツテト",
    "n": "ナニヌネノ",
    "h": "ハヒフヘホ",
    "m": "マミムメモ",
    "r": "ラリルレロ",
    "g": "ガギグゲゴ",
    "z": "ザジズゼゾ",
    "d": "ダヂヅデド",
    "b": "バビブベボ",
    "p": "パピプペポ",
}
_VOWELS = "aiueo"
_SMALL = {"a": "ャ", "u": "ュ", "o": "ョ", "e": "ェ"}

_SYLLABLES = {
    consonant + vowel: kana for consonant, row in _ROWS.items() for vowel, kana in zip(_VOWELS, row, strict=True)
}
_SYLLABLES |= {
    consonant + "y" + vowel: _ROWS[consonant][1] + small
    for consonant in "kstnhmrgzdbp"
    for vowel, small in _SMALL.items()
    if vowel != "e"
}
_SYLLABLES |= {
    "ya": "ヤ",
    "yu": "ユ",
    "yo": "ヨ",
    "wa": "ワ",
    "wo": "ヲ",
    "shi": "シ",
    "chi": "チ",
    "tsu": "ツ",
    "fu": "フ",
    "ji": "ジ",
}
_SYLLABLES |= {"fa": "ファ", "fi": "フィ", "fe": "フェ", "fo": "フォ", "ti": "ティ", "di": "ディ"}
_SYLLABLES |= {
    sound + vowel: kana + small
    for sound, kana in (("sh", "シ"), ("ch", "チ"), ("j", "ジ"))
    for vowel, small in _SMALL.items()
}
_LONGEST = max(map(len, _SYLLABLES))
_MACRONS = str.maketrans({"ā": "aa", "ī": "ii", "ū": "uu", "ē": "ee", "ō": "ou"})


def romaji_to_katakana(text: str) -> str | None:
    """The katakana of a romanised word, or None where the letters spell none (「pads」)."""
    letters = text.lower().translate(_MACRONS).replace("-", "")
    if not letters.isascii() or not letters.isalpha():
        return None
    kana: list[str] = []
    at = 0
    while at < len(letters):
        after = letters[at + 1 : at + 2]
        if letters[at] == after and letters[at] not in _VOWELS + "n":
            kana.append("ッ")
            at += 1
            continue
        if letters[at : at + 3] == "tch":
            kana.append("ッ")
            at += 1
            continue
        for length in range(_LONGEST, 0, -1):
            syllable = _SYLLABLES.get(letters[at : at + length])
            if syllable and len(letters[at : at + length]) == length:
                kana.append(syllable)
                at += length
                break
        else:
            if letters[at] not in "nm" or (after and after in _VOWELS):
                return None
            kana.append("ン")
            at += 1
    return "".join(kana)
