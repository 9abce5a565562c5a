"""What the findings of an import mean, and what an administrator can do about each: data for the review and the guide.

The texts are in ``data/findings.toml``, in the order in which the guide has them.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from types import MappingProxyType

from tsunagari_indexer.errors import DataFileError

_NAME = "findings.toml"
_FIELDS = ("group", "title", "meaning", "action")


@dataclass(frozen=True, slots=True)
class FindingHelp:
    """What one code of findings says, in Japanese: ``title`` in a few words, what it means, what to do.

    ``group`` is the heading under which the guide has it.
    """

    code: str
    group: str
    title: str
    meaning: str
    action: str


@cache
def all_finding_help() -> Mapping[str, FindingHelp]:
    """Every code that is explained, in the order of the guide.

    Raises:
        DataFileError: an entry lacks a text, or has one that nobody reads.
    """
    return finding_help_of((files("tsunagari_indexer") / "data" / _NAME).read_text(encoding="utf-8"), where=_NAME)


def finding_help(code: str) -> FindingHelp | None:
    """What a finding with this code means; None: nobody has written it down."""
    return all_finding_help().get(code)


def finding_help_of(text: str, *, where: str) -> Mapping[str, FindingHelp]:
    """The explanations in a text of this form; ``where`` names it in errors.

    Raises:
        DataFileError: it is no TOML, or an entry is not four texts.
    """
    try:
        data = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise DataFileError(f"{where}：TOMLとして読めません（{error}）") from error
    return MappingProxyType({code: _entry(code, fields, where) for code, fields in data.items()})


def _entry(code: str, fields: object, where: str) -> FindingHelp:
    if not isinstance(fields, dict) or tuple(fields) != _FIELDS:
        raise DataFileError(f"{where}：{code}には、{'、'.join(_FIELDS)}がこの順に要ります")
    texts = [text.strip() for text in fields.values() if isinstance(text, str) and text.strip()]
    if len(texts) != len(_FIELDS):
        raise DataFileError(f"{where}：{code}に、空の文があります")
    return FindingHelp(code, *texts)
