"""What somebody typed, as a sentence says what is wrong with it."""

from __future__ import annotations

import unicodedata

#: The longest reason for a decision, in characters: it stands in the records, which are read line by line.
MAX_REASON = 1000
#: Cc and Cf: characters that nobody can see, some of which turn the text around them. Zl, Zp: line ends of their own.
_UNSEEN = frozenset({"Cc", "Cf", "Zl", "Zp"})


def fault_of_text(text: str, most: int, *, lines: bool = False) -> str:
    """What is wrong with a text, to be said after its name; empty: nothing. ``lines``: it may have several."""
    if len(text) > most:
        return f"は{most}文字までです（{len(text)}文字あります）。"
    if has_unseen(text, "\r\n" if lines else ""):
        return "に、目に見えない文字が入っています。打ち直してください。"
    return ""


def has_unseen(text: str, allowed: str) -> bool:
    """Whether a text has characters that nobody can see, apart from those that are allowed."""
    return any(unicodedata.category(char) in _UNSEEN and char not in allowed for char in text)
