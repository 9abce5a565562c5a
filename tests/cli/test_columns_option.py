"""``--columns FILE.toml``: a list with headers of its own is read without code, and a wrong file says what is wrong."""

from __future__ import annotations

import json
from pathlib import Path

from tests.cli.test_commands import tsunagari
from tests.pdfs import table_pdf

TAUGHT = '[fields]\nimplementing_body = ["まち"]\nprogram_name = ["メニュー"]\ncontact = ["きくところ"]\n'


def own_list(folder: Path) -> Path:
    path = folder / "own.pdf"
    path.write_bytes(
        table_pdf(
            [[("札幌市", "つながり事業", "市民課 011-211-2962")]],
            header=(("まち", "メニュー", "きくところ"),),
            styles=(),
            widths=(100, 200, 300),
        )
    )
    return path


def test_a_list_is_refused_with_its_headers_and_read_with_taught_names(tmp_path: Path) -> None:
    path, columns = own_list(tmp_path), tmp_path / "mine.toml"
    columns.write_text(TAUGHT, encoding="utf-8")
    refused = tsunagari("parse", path)
    assert refused.returncode == 2
    assert "まち／メニュー／きくところ" in refused.stderr
    read = tsunagari("parse", "--columns", columns, path)
    assert read.returncode == 0
    line = json.loads(read.stdout)
    assert (line["prefecture"], line["municipality"], line["department"]) == ("北海道", "札幌市", "市民課")
    assert line["phone"] == "011-211-2962"


def test_the_taught_names_serve_an_import_too(tmp_path: Path) -> None:
    path, columns = own_list(tmp_path), tmp_path / "mine.toml"
    columns.write_text(TAUGHT, encoding="utf-8")
    done = tsunagari("import", "--data-dir", tmp_path / "data", "--year", 2022, "--columns", columns, path)
    assert done.returncode == 0
    assert "事業1件" in done.stdout


def test_a_file_of_names_that_is_wrong_or_missing_is_named(tmp_path: Path) -> None:
    path, columns = own_list(tmp_path), tmp_path / "mine.toml"
    columns.write_text('[fields]\ntelephone = ["TEL"]\n', encoding="utf-8")
    wrong = tsunagari("parse", "--columns", columns, path)
    assert wrong.returncode == 2
    assert "項目「telephone」はありません" in wrong.stderr
    missing = tsunagari("parse", "--columns", tmp_path / "none.toml", path)
    assert missing.returncode == 2
    assert "none.toml" in missing.stderr
