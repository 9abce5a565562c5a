"""What an administrator typed, as a sentence says what is wrong with it."""

from __future__ import annotations

import unicodedata


def fault_of_text(text: str, most: int, *, lines: bool = False) -> str:
    """What is wrong with a text, to be said after its name; empty: nothing. ``lines``: it may have several."""
    if len(text) > most:
        return f"は{most}文字までです（{len(text)}文字あります）。"
    allowed = "\r\n" if lines else ""
    # Cc and Cf: characters that nobody can see, some of which turn the text around them. Zl, Zp: line ends of their own.
    if any(unicodedata.category(char) in {"Cc", "Cf", "Zl", "Zp"} and char not in allowed for char in text):
        return "に、目に見えない文字が入っています。打ち直してください。"
    return ""
