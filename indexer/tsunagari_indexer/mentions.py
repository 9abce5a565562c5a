"""Mentions: how rule files say what a text speaks of, and what a mention is worth where it stands.

A rule file is TOML. Its patterns are regular expressions over the text with full-width ASCII made half-width; ``<name>`` in one
stands for the pattern of that name under ``[words]``. A scope (a block or a mark) holds for a mention that

- overlaps what one of its ``patterns`` matches,
- or is followed at once by what one of its ``after`` patterns matches,
- or is preceded at once, within the sentence, by what one of its ``before`` patterns matches.

What is a purpose, publicity, somebody else's service or the past is said by such scopes, once for all kinds that it concerns.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from tsunagari_parsers.text import fold_width

# `(?P<name>` is a group of the expression itself.
_WORD = re.compile(r"(?<!\?P)<([a-z_]+)>")
_SENTENCE_END = re.compile("[。\n]")
#: How far before a mention its sentence is read, in characters.
_REACH = 120
#: From here on characters are Japanese (CJK punctuation, kana, ideographs, full-width forms).
_JAPANESE = "\u3001"


@dataclass(frozen=True, slots=True)
class Scope:
    """Where a mention has a meaning of its own. ``kinds`` empty: for every kind."""

    name: str
    kinds: frozenset[str]
    patterns: tuple[re.Pattern[str], ...]
    before: tuple[re.Pattern[str], ...]
    after: tuple[re.Pattern[str], ...]


class ScopeReader:
    """The scopes of one text. What a scope's ``patterns`` match is looked for once for each text."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._spans: dict[int, list[tuple[int, int]]] = {}

    def holds(self, scope: Scope, kind: str, start: int, end: int) -> bool:
        """Whether a scope holds for the mention of a kind at these offsets."""
        if scope.kinds and kind not in scope.kinds:
            return False
        if id(scope) not in self._spans:
            self._spans[id(scope)] = spans(scope.patterns, self._text)
        if any(first < end and start < last for first, last in self._spans[id(scope)]):
            return True
        if any(pattern.match(self._text, end) for pattern in scope.after):
            return True
        if not scope.before:
            return False
        sentence = _SENTENCE_END.split(self._text[max(0, start - _REACH) : start])[-1]
        return any(pattern.search(sentence) for pattern in scope.before)


@dataclass(frozen=True, slots=True)
class Matchable:
    """A text as the patterns read it: full-width ASCII half-width, no layout space beside a Latin word. ``offsets`` lead back."""

    text: str
    offsets: tuple[int, ...]

    def span(self, start: int, end: int) -> tuple[int, int]:
        """Offsets in the original text, for offsets in this one."""
        return self.offsets[start], self.offsets[end - 1] + 1


def matchable(text: str) -> Matchable:
    """Prepare a text. PDFs put an ASCII space between Latin letters or digits and Japanese (「SNS 相談」「第 2 土曜日」); it says nothing."""
    folded = fold_width(text)
    kept = [at for at in range(len(text)) if not _is_layout_space(text, folded, at)]
    return Matchable("".join(folded[at] for at in kept), tuple(kept))


def spans(patterns: Sequence[re.Pattern[str]], text: str) -> list[tuple[int, int]]:
    """Where the patterns match, in the order of the patterns."""
    return [match.span() for pattern in patterns for match in pattern.finditer(text)]


def compiled(patterns: Sequence[str], words: Mapping[str, str]) -> tuple[re.Pattern[str], ...]:
    """The patterns with their words filled in.

    Raises:
        ValueError: an expression that is none, or a word that is not defined.
    """
    if isinstance(patterns, str):
        raise ValueError(f"not a list: {patterns}")
    return tuple(re.compile(_filled(pattern, words)) for pattern in patterns)


def read_scope(entry: Mapping[str, Sequence[str]], name: str, kinds: frozenset[str], words: Mapping[str, str]) -> Scope:
    """A scope from its table; ``kinds`` are those that it names.

    Raises:
        ValueError: as :func:`compiled`, or a scope that says nothing, and so would hold nowhere.
    """
    if not entry.keys() & {"patterns", "before", "after"}:
        raise ValueError(f"no patterns, before or after: {name}")
    return Scope(
        name,
        kinds,
        compiled(entry.get("patterns", ()), words),
        compiled([f"(?:{pattern})$" for pattern in entry.get("before", ())], words),
        compiled(entry.get("after", ()), words),
    )


def _is_layout_space(text: str, folded: str, at: int) -> bool:
    if text[at] not in " \u00a0" or not 0 < at < len(text) - 1:
        return False
    before, after = folded[at - 1], folded[at + 1]
    return (_is_latin(before) and after >= _JAPANESE) or (before >= _JAPANESE and _is_latin(after))


def _is_latin(char: str) -> bool:
    return char.isascii() and char.isalnum()


def _filled(pattern: str, words: Mapping[str, str]) -> str:
    def fill(match: re.Match[str]) -> str:
        if match[1] not in words:
            raise ValueError(f"<{match[1]}>")
        return f"(?:{_filled(words[match[1]], words)})"

    return _WORD.sub(fill, pattern)
