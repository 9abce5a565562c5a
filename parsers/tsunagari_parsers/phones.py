"""Telephone numbers as Japanese documents write them."""

from __future__ import annotations

import re

from tsunagari_parsers.text import fold_width

#: Ten or eleven digits from 0, written with hyphens, brackets (also around the area code) or nothing between the groups.
NUMBER = re.compile(r"(?<![\d-])(?:\(0\d{1,4}\)|0\d{1,4}[-(]?)\d{1,4}[-)]?\d{3,5}(?![\d-])|(?<!\d)0\d{9,10}(?!\d)")
_EXTENSION = re.compile(r"[(\[]?\s*内線\s*(?:番号)?\s*[::]?\s*(\d{1,6}(?:\s*[、,・~/]\s*\d{1,6})*)\s*[)\]]?")
_NOTE = re.compile(r"[(\[]?\s*(直通|代表|夜間|休日|予約専用)\s*[)\]]?")
_SHORT = re.compile(r"#\d{4}|1\d{2}")


def is_dialable(number: str) -> bool:
    """Whether a number in this project's written form (``06-6210-9321``, ``#8008``, ``110``) can be dialled in Japan."""
    if _SHORT.fullmatch(number):
        return True
    # Eleven digits begin with 050 to 090 or 0800, ten with anything else (総務省, 電気通信番号計画).
    digits = number.replace("-", "")
    length = r"0[5-9]0\d{8}|0800\d{7}" if len(digits) == 11 else r"0(?![5-9]0)\d{9}"
    return bool(re.fullmatch(length, digits) and re.fullmatch(r"\d+(-\d+)*", number))


def find_numbers(text: str) -> list[str]:
    """The numbers in ``text``, half-width, groups joined by hyphens as the text groups them, in its order."""
    found = (written(match[0]) for match in NUMBER.finditer(fold_width(text)))
    return [number for number in found if is_dialable(number)]


def written(matched: str) -> str:
    """What :data:`NUMBER` has matched, in this project's written form: 「03(3981)2187」 is ``03-3981-2187``."""
    return matched.replace("(", "-").replace(")", "-").strip("-")


def find_extension(text: str) -> str | None:
    """The extension that ``text`` gives (「内線2211」「（内線：237）」), or None."""
    match = _EXTENSION.search(fold_width(text))
    return match[1].strip() if match else None


def find_note(text: str) -> str | None:
    """What the text says of the line itself (直通, 代表 …), or None."""
    match = _NOTE.search(fold_width(text))
    return match[1] if match else None


def remainder(text: str) -> str:
    """What is left of ``text`` without numbers, extension, note and punctuation: empty when all of it was understood."""
    folded = fold_width(text)
    if folded.count("(") != folded.count(")"):
        return folded.strip()  # Something was cut off, perhaps the end of an extension.
    left = _NOTE.sub("", _EXTENSION.sub("", folded))
    left = NUMBER.sub(lambda match: "" if is_dialable(written(match[0])) else match[0], left)
    left = re.sub(r"(?i)TEL|電話(?:番号)?", "", left)
    return re.sub(r"[\s::、,・/()\[\]]", "", left)
