"""Telephone numbers as Japanese documents write them."""

from __future__ import annotations

import re

from tsunagari_parsers.text import fold_width

#: Ten or eleven digits from 0, written with hyphens, brackets (also around the area code) or nothing between the groups.
NUMBER = re.compile(r"(?<![\d-])(?:\(0\d{1,4}\)-?|0\d{1,4}[-(]?)\d{1,4}[-)]?\d{3,5}(?![\d-])|(?<!\d)0\d{9,10}(?!\d)")
#: The digits of an extension, of several (「2211、2212」), of one that hangs behind a department's (「24-165」).
EXTENSION = r"\d{1,6}(?:-\d{1,5}(?![\d-]))?(?:\s*[、,・~/]\s*\d{1,6}(?![\d(-]))*"
_EXTENSION = re.compile(rf"[(\[]?\s*内線\s*(?:番号)?\s*[::]?\s*({EXTENSION})\s*[)\]]?")
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


#: Marks that stand for a hyphen between digits and nowhere else: long-vowel marks, dashes, box lines, the figure one.
_HYPHENS = re.compile(r"(?<=[\d)])\s*([ーｰ―—─━一])\s*(?=\d)")
#: Points between the groups of a number (「06.6210.9321」).
_POINTS = re.compile(r"(?<![\d.(-])0\d{1,4}(\.)\d{1,4}(\.)\d{4}(?![\d.-])")
#: A number whose signs are spread over the width of its cell.
_SPREAD = re.compile(r"(?<![\d-])(?:[\d()-] +){8,}[\d()-](?![\d-])")
#: Digits, hyphens and brackets with white space between, as a narrow column breaks a number.
_BROKEN = re.compile(r"(?<![\d-])\(?0[\d()-]*(?:\s+[()-]?\d[\d-]*(?:[()][\d-]+)?\)?)+(?![\d-])")


def mend_numbers(text: str) -> str:
    """The text with hyphens for the marks that stand for them between digits, and with numbers whole that a column has broken.

    Pieces are one number only where none of them is one alone: two numbers one below the other stay two.
    """
    folded = fold_width(text)
    signs = {match.start(1) for match in _HYPHENS.finditer(folded)}
    signs |= {at for match in _POINTS.finditer(folded) for at in (match.start(1), match.start(2))}
    folded = "".join("-" if at in signs else char for at, char in enumerate(folded))
    gone = {
        at
        for match in _BROKEN.finditer(folded)
        if _is_broken(match[0].split())
        for at in range(*match.span())
        if folded[at].isspace()
    }
    gone |= {at for match in _SPREAD.finditer(folded) for at in range(*match.span()) if folded[at] == " "}
    return "".join("-" if at in signs else char for at, char in enumerate(text) if at not in gone)


def _is_broken(pieces: list[str]) -> bool:
    return is_number("".join(pieces)) and not any(map(is_number, pieces))


def is_number(piece: str) -> bool:
    """Whether half-width text is one whole number that can be dialled."""
    return bool(NUMBER.fullmatch(piece)) and is_dialable(written(piece))


def find_numbers(text: str) -> list[str]:
    """The numbers in ``text``, half-width, groups joined by hyphens as the text groups them, in its order."""
    found = (written(match[0]) for match in NUMBER.finditer(fold_width(mend_numbers(text))))
    return [number for number in found if is_dialable(number)]


def written(matched: str) -> str:
    """What :data:`NUMBER` has matched, in this project's written form: 「03(3981)2187」 is ``03-3981-2187``."""
    return re.sub(r"-+", "-", matched.replace("(", "-").replace(")", "-")).strip("-")


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
    folded = fold_width(mend_numbers(text))
    if folded.count("(") != folded.count(")"):
        return folded.strip()  # Something was cut off, perhaps the end of an extension.
    left = _NOTE.sub("", _EXTENSION.sub("", folded))
    left = NUMBER.sub(lambda match: "" if is_dialable(written(match[0])) else match[0], left)
    left = re.sub(r"(?i)TEL|電話(?:番号)?", "", left)
    return re.sub(r"[\s::、,・/()\[\]]", "", left)
