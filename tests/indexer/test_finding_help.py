"""Every finding that an import can give is explained to the administrator who meets it."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

import pytest
from tests.conftest import ROOT

from tsunagari_indexer.errors import DataFileError
from tsunagari_indexer.finding_help import all_finding_help, finding_help, finding_help_of

_CODE = re.compile(r"[a-z]+(-[a-z]+)+")
#: Words of the same form in the same code that are no codes of findings.
_OTHERS = {
    # What becomes of a document that cannot be read: docs/operating.md has these.
    *("ambiguous-layout", "image-only", "lost-rows", "no-records", "no-table", "not-pdf", "ocr-failed"),
    *("reader-crashed", "too-large", "too-many-pages", "too-slow", "unknown-layout"),
    # The audit log's.
    *("account-added", "account-disabled", "account-enabled", "account-password", "word-added", "word-taken-back"),
    # A distribution's name.
    "sudachidict-core",
    # National lines.
    *("line-kokoro", "line-yorisoi"),
}


def _modules() -> Iterator[ast.Module]:
    for folder in ("parsers/tsunagari_parsers", "indexer/tsunagari_indexer"):
        for path in sorted((ROOT / folder).rglob("*.py")):
            yield ast.parse(path.read_text(encoding="utf-8"))
    # Pictures of rows are drawn where both stages are at hand.
    yield ast.parse((ROOT / "cli" / "tsunagari" / "picturing.py").read_text(encoding="utf-8"))


def _codes(module: ast.Module) -> Iterator[str]:
    """All words of the form of a code, and constants that are handed to a finding by their name."""
    constants = {
        node.targets[0].id: node.value.value
        for node in module.body
        if isinstance(node, ast.Assign)
        and isinstance(node.targets[0], ast.Name)
        and isinstance(node.value, ast.Constant)
    }
    for node in ast.walk(module):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and _CODE.fullmatch(node.value):
            yield node.value
        if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Name) or node.func.id != "Finding":
            continue
        code = node.args[1]
        if isinstance(code, ast.Constant):
            yield str(code.value)
        elif isinstance(code, ast.Name) and code.id in constants:
            yield str(constants[code.id])
        else:
            # A name within a function: the word itself is written where the function is called.
            assert isinstance(code, ast.Name), ast.unparse(node)
            assert code.id == "code", ast.unparse(node)


def _all_codes() -> frozenset[str]:
    return frozenset(code for module in _modules() for code in _codes(module)) - _OTHERS


def test_every_finding_that_can_be_given_is_explained_and_no_explanation_is_of_none() -> None:
    found = _all_codes()
    assert {"area-code", "identity-likely", "corrected", "added_word_left_out", "no-row-picture"} <= found
    assert sorted(found - set(all_finding_help())) == []
    assert sorted(set(all_finding_help()) - found) == []


def test_the_codes_that_are_no_findings_are_still_there() -> None:
    written = {code for module in _modules() for code in _codes(module)}
    assert sorted(_OTHERS - written) == []


def test_an_explanation_says_what_it_is_what_it_means_and_what_to_do() -> None:
    known = finding_help("identity-likely")
    assert known is not None
    assert (known.title, known.group) == ("前の年の事業と同じかもしれない", "同じ事業かどうか")
    assert finding_help("nobody-knows") is None
    for one in all_finding_help().values():
        assert len(one.title) <= 30, one
        assert not one.title.endswith("。"), one
        for text in (one.meaning, one.action):
            assert text.endswith("。"), one
            assert text.count("。") <= 3, one
            assert len(text) <= 110, one
            assert "|" not in text, one
            # The pages say it too, and they have no options of commands.
            assert "--" not in text, one


def test_no_two_findings_have_the_same_title() -> None:
    titles = [one.title for one in all_finding_help().values()]
    assert sorted({title for title in titles if titles.count(title) > 1}) == []


def test_findings_of_one_group_stand_together() -> None:
    groups = [one.group for one in all_finding_help().values()]
    begins = [group for before, group in zip(["", *groups], groups, strict=False) if group != before]
    assert len(begins) == len(set(begins))


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("[a]\ngroup = 'x'\ntitle = 'y'\nmeaning = 'z'\n", "x.toml：aには"),
        ("[a]\ngroup = 'x'\ntitle = ' '\nmeaning = 'z'\naction = 'w'\n", "x.toml：aに、空の文があります"),
        ("[a]\ngroup = 'x'\ntitle = 1\nmeaning = 'z'\naction = 'w'\n", "x.toml：aに、空の文があります"),
        ("a = 1", "x.toml：aには"),
        ("[a", "x.toml：TOMLとして読めません"),
    ],
)
def test_a_broken_explanation_stops_with_its_code(text: str, said: str) -> None:
    with pytest.raises(DataFileError, match=re.escape(said)):
        finding_help_of(text, where="x.toml")
