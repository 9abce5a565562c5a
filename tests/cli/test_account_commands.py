"""``tsunagari account``: a password is never an argument and never printed; and nothing is served to nobody."""

from __future__ import annotations

import os
import pty
import subprocess
import sys
from pathlib import Path

import pytest
from tests.cli.test_commands import tsunagari
from tests.conftest import ROOT

from tsunagari.serving import build_site, check_host
from tsunagari.settings import Settings, SettingsError
from tsunagari_indexer.accounts import accounts, signed_in_as
from tsunagari_indexer.ledger import Ledger

PASSWORD = "うちの犬は、3匹とも元気です"
MAIN = [sys.executable, "-c", "from tsunagari.cli import main; main()"]


def account(root: Path, *arguments: str, given: str | None = None) -> subprocess.CompletedProcess[str]:
    """The command, with standard input ``given`` or none at all."""
    return subprocess.run(
        [*MAIN, "account", *arguments, "--data-dir", str(root)],
        input=given,
        stdin=subprocess.DEVNULL if given is None else None,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
        cwd=ROOT,
        env=os.environ | {"PYTHONWARNINGS": "error", "COLUMNS": "200"},
    )


def typed(root: Path, *arguments: str, lines: list[str]) -> tuple[int, str]:
    """The command on a terminal, where somebody types: its exit code and all that the terminal showed."""
    ours, theirs = pty.openpty()
    command = [*MAIN, "account", *arguments, "--data-dir", str(root)]
    # In a session of its own there is no other terminal that could be asked.
    process = subprocess.Popen(command, stdin=theirs, stdout=theirs, stderr=theirs, cwd=ROOT, start_new_session=True)
    os.close(theirs)
    shown, waiting = b"", list(lines)
    while True:
        try:
            part = os.read(ours, 4096)
        except OSError:  # Linux's word for the end of a terminal.
            break
        shown += part
        # Each question ends with a full-width colon; echo is off by then.
        if waiting and shown.decode(errors="ignore").count("：") > len(lines) - len(waiting):
            os.write(ours, waiting.pop(0).encode() + b"\n")
    code = process.wait(timeout=60)
    os.close(ours)
    return code, shown.decode()


def may_sign_in(root: Path, name: str, password: str) -> bool:
    with Ledger.open(root / "ledger.sqlite") as ledger:
        return signed_in_as(ledger, name, password) is not None


def test_an_account_is_made_listed_changed_and_disabled(tmp_path: Path) -> None:
    done = account(tmp_path, "add", "担当", "--password-stdin", given=f"{PASSWORD}\n")
    assert (done.returncode, done.stdout, done.stderr) == (0, "アカウント「担当」を作りました。\n", "")
    assert may_sign_in(tmp_path, "担当", PASSWORD)
    listed = account(tmp_path, "list")
    assert listed.stdout.startswith("担当  作った日 20")
    assert listed.stdout.endswith("使えます\n")
    changed = account(tmp_path, "password", "担当", "--password-stdin", given=PASSWORD[::-1])
    assert (changed.returncode, changed.stdout) == (0, "「担当」のパスワードを決め直しました。\n")
    assert not may_sign_in(tmp_path, "担当", PASSWORD)
    assert may_sign_in(tmp_path, "担当", PASSWORD[::-1])
    assert account(tmp_path, "disable", "担当").stdout == "アカウント「担当」を止めました。\n"
    assert "止めた日" in account(tmp_path, "list").stdout
    assert not may_sign_in(tmp_path, "担当", PASSWORD[::-1])
    back = account(tmp_path, "password", "担当", "--password-stdin", given=PASSWORD)
    assert "また使えるようになりました" in back.stdout
    assert may_sign_in(tmp_path, "担当", PASSWORD)


def test_a_password_is_asked_for_twice_without_showing_it(tmp_path: Path) -> None:
    code, shown = typed(tmp_path, "add", "担当", lines=[PASSWORD, PASSWORD])
    assert code == 0, shown
    assert "パスワード（12文字以上。画面には出ません）：" in shown
    assert "もう一度：" in shown
    assert PASSWORD not in shown
    assert may_sign_in(tmp_path, "担当", PASSWORD)


def test_two_passwords_that_differ_make_nothing(tmp_path: Path) -> None:
    code, shown = typed(tmp_path, "add", "担当", lines=[PASSWORD, PASSWORD + "x"])
    assert code == 1
    assert "2回のパスワードが同じではありません" in shown
    assert PASSWORD not in shown
    assert not (tmp_path / "ledger.sqlite").exists()


@pytest.mark.parametrize(
    ("arguments", "given", "said"),
    [
        (["add", "担当", "--password-stdin"], "短い\n", "パスワードは12文字以上にしてください"),
        (["add", "担当", "--password-stdin"], "", "パスワードは12文字以上にしてください"),
        (["add", "担当"], None, "--password-stdin を付けてください"),
        (["add", " ", "--password-stdin"], PASSWORD, "名前は1文字から40文字まで"),
        (["password", "いない人", "--password-stdin"], PASSWORD, "「いない人」という名前のアカウントはありません"),
        (["disable", "いない人"], None, "「いない人」という名前のアカウントはありません"),
    ],
)
def test_what_cannot_be_is_refused_in_one_line(
    tmp_path: Path, arguments: list[str], given: str | None, said: str
) -> None:
    done = account(tmp_path, *arguments, given=given)
    assert done.returncode == 1
    assert done.stdout == ""
    assert done.stderr.startswith("tsunagari: ")
    assert done.stderr.count("\n") == 1
    assert said in done.stderr
    assert "短い" not in done.stderr
    assert PASSWORD not in done.stderr


def test_no_command_takes_a_password_as_an_argument(tmp_path: Path) -> None:
    for arguments in (["add", "担当", PASSWORD], ["add", "担当", "--password", PASSWORD]):
        done = account(tmp_path, *arguments)
        assert done.returncode == 2
        assert not (tmp_path / "ledger.sqlite").exists()


def test_the_same_name_twice_is_refused(tmp_path: Path) -> None:
    for code in (0, 1):
        assert account(tmp_path, "add", "担当", "--password-stdin", given=PASSWORD).returncode == code
    with Ledger.open(tmp_path / "ledger.sqlite") as ledger:
        assert len(accounts(ledger)) == 1


def test_an_empty_list_says_so_and_the_help_names_every_command(tmp_path: Path) -> None:
    assert account(tmp_path, "list").stdout == "アカウントはありません。\n"
    shown = tsunagari("account", "--help").stdout
    for command in ("add", "password", "disable", "list"):
        assert command in shown
    assert "account" in tsunagari("--help").stdout


def test_the_site_does_not_start_for_administrators_of_whom_there_is_none(tmp_path: Path) -> None:
    done = tsunagari("serve", "--data-dir", tmp_path, "--port", "0", TSUNAGARI_ADMIN="1")
    assert done.returncode == 1
    assert "tsunagari account add 名前" in done.stderr
    assert done.stderr.count("\n") == 1
    account(tmp_path, "add", "担当", "--password-stdin", given=PASSWORD)
    build_site(Settings(admin=True), tmp_path)
    account(tmp_path, "disable", "担当")
    with pytest.raises(SettingsError, match="アカウントがありません"):
        build_site(Settings(admin=True), tmp_path)


@pytest.mark.parametrize(
    ("host", "refused"),
    [("127.0.0.1", False), ("127.9.9.9", False), ("::1", False), ("localhost", False), ("::", True), ("192.0.2.1", True), ("example.jp", True)],
)  # fmt: skip
def test_a_cookie_that_crosses_plain_http_stays_on_this_machine(host: str, refused: bool) -> None:
    check_host(Settings(admin=True), host)
    check_host(Settings(admin_insecure_cookie=True), host)
    chosen = Settings(admin=True, admin_insecure_cookie=True)
    if refused:
        with pytest.raises(SettingsError, match="TSUNAGARI_ADMIN_INSECURE_COOKIE"):
            check_host(chosen, host)
    else:
        check_host(chosen, host)


@pytest.mark.parametrize("name", ["TSUNAGARI_ADMIN", "TSUNAGARI_ADMIN_INSECURE_COOKIE"])
def test_a_switch_is_0_or_1_and_off_by_itself(name: str) -> None:
    field = name.removeprefix("TSUNAGARI_").lower()
    for text, value in (("", False), ("0", False), ("1", True)):
        assert getattr(Settings.from_environment({name: text}), field) is value
    assert getattr(Settings.from_environment({}), field) is False
    for wrong in ("yes", "true", "2", " 1"):
        with pytest.raises(SettingsError, match=f"{name}「{wrong}」は0か1"):
            Settings.from_environment({name: wrong})
