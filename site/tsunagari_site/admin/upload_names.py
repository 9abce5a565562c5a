"""Names of files that come from outside: taken as they are, or refused in words."""

from __future__ import annotations

import unicodedata

_MOST_NAME = 200
#: What a message shows of a name.
_SHOWN = 60


class UploadRefusedError(Exception):
    """What came is not taken; the message, in Japanese, says which file and why. ``status`` is the HTTP status to answer with."""

    def __init__(self, message: str, status: int = 400) -> None:
        super().__init__(message)
        self.status = status


def safe_name(name: str) -> str:
    """The name of a file in normal form C (Unicode, UAX 15). Nothing is left out or replaced in silence.

    Raises:
        UploadRefusedError: the name could lead elsewhere, cannot be shown as it is, or is of no kind that can be imported.
    """
    name = unicodedata.normalize("NFC", name)
    if not name.strip():
        raise UploadRefusedError("名前のないファイルは受け取れません。名前を付けて、もう一度送ってください")
    if set(name) & {"/", "\\"}:
        reason = "「/」や「\\」があります"
    elif any(unicodedata.category(character) in {"Cc", "Cf", "Cn", "Co", "Cs", "Zl", "Zp"} for character in name):
        reason = "目に見えない文字があります"
    elif name.startswith("."):
        reason = "「.」で始まっています"
    elif len(name) > _MOST_NAME:
        reason = f"{_MOST_NAME}文字を超えています"
    elif not name.casefold().endswith((".pdf", ".txt")):
        reason = "終わりが .pdf でも .txt でもありません"
    else:
        return name
    raise UploadRefusedError(f"「{shown(name)}」は、ファイルの名前の{reason}。名前を変えて、もう一度送ってください")


def shown(name: str) -> str:
    """A name as a message may show it: in one line, not too long, with no character that steers anything."""
    seen = "".join(one if one.isprintable() else "�" for one in name)
    return seen if len(seen) <= _SHOWN else seen[:_SHOWN] + "…"


def decoded(value: bytes, what: str) -> str:
    """The text of bytes in UTF-8, as the page asks browsers to send.

    Raises:
        UploadRefusedError: they are in no such encoding.
    """
    try:
        return value.decode("utf-8")
    except UnicodeDecodeError:
        raise UploadRefusedError(f"{what}を文字として読めません") from None
