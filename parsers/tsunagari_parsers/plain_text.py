"""From the bytes of a file that is no PDF to its text, or to an error that says what the file seems to be."""

from __future__ import annotations

import codecs
import re

from tsunagari_parsers.errors import EmptyFileError, EncodingError, NotAPdfError, TextTooLargeError

#: Twenty-five years of the national list together are no larger (bytes).
LARGEST_TEXT = 2_000_000
#: A line of a text that a tool drew from a paper is never longer (characters).
LONGEST_LINE = 10_000
#: How much of a file is looked at to tell its encoding (bytes).
_LOOKED_AT = 1 << 16
#: So much of a text in the right encoding is Japanese or ASCII, and so much of it kana (shares of its characters).
_KNOWN_SHARE, _KANA_SHARE = 0.97, 0.04

_MARKUP = re.compile(r"\s*<(!doctype|html|\?xml|head|body|script)\b", re.IGNORECASE)
#: What a text may hold below the space: tab, line ends and page marks.
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0e-\x1f]")
_JAPANESE = re.compile(r"[\t\n\f\r\x20-\x7e\u2010-\u27ff\u3000-\u30ff\u4e00-\u9fff\uff01-\uff9f]")
_KANA = re.compile(r"[\u3041-\u3096\u30a1-\u30fc]")
#: By what they begin with; the longer ones first.
_BYTE_ORDER_MARKS = (
    (codecs.BOM_UTF32_LE, "UTF-32"),
    (codecs.BOM_UTF32_BE, "UTF-32"),
    (codecs.BOM_UTF16_LE, "UTF-16"),
    (codecs.BOM_UTF16_BE, "UTF-16"),
)
#: Python's codec, and the name that is told and that iconv knows. Windows calls Shift_JIS with its additions CP932.
_ENCODINGS = (
    ("iso2022_jp_ext", "ISO-2022-JP"),
    ("cp932", "Shift_JIS（CP932）"),
    ("euc_jp", "EUC-JP"),
    ("utf-16-le", "UTF-16LE"),
    ("utf-16-be", "UTF-16BE"),
)
#: What other files begin with, and what to say of them.
_OTHERS = (
    (b"PK\x03\x04", "Excel・Word・PowerPointか、ZIPのファイル"),
    (b"\xd0\xcf\x11\xe0", "Excel・Word・PowerPoint（古い形式）のファイル"),
    (b"{\\rtf", "リッチテキスト（RTF）のファイル"),
    (b"\x89PNG", "画像（PNG）"),
    (b"\xff\xd8\xff", "画像（JPEG）"),
    (b"GIF8", "画像（GIF）"),
    (b"II*\x00", "画像（TIFF）"),
    (b"MM\x00*", "画像（TIFF）"),
    (b"\x1f\x8b", "圧縮されたファイル（gzip）"),
    (b"7z\xbc\xaf", "圧縮されたファイル（7z）"),
)


def plain_text(content: bytes, name: str) -> str:
    """The text of a file in UTF-8, its line ends as \\n.

    Raises:
        UnreadableDocumentError: it is empty, too large, in another encoding, or no text at all; the message says which.
    """
    if not content.strip():
        raise EmptyFileError(name, f"ファイルが空です（{len(content)}バイト）")
    for begin, what in _OTHERS:
        if content.startswith(begin):
            raise NotAPdfError(name, f"{what}のようです")
    if len(content) > LARGEST_TEXT:
        raise TextTooLargeError(name, f"文章のファイルが{len(content):,}バイトあります（上限{LARGEST_TEXT:,}バイト）")
    try:
        text = content.decode("utf-8-sig").replace("\r\n", "\n").replace("\r", "\n")
    except UnicodeDecodeError as error:
        raise _not_utf8(content, name, error.start) from error
    if _MARKUP.match(text):
        raise NotAPdfError(name, "ウェブページ（HTML）かXMLのファイルのようです")
    if _CONTROL.search(text):
        raise _not_utf8(content, name, 0)
    if not text.strip():
        raise EmptyFileError(name, "空白しかありません")
    longest = max(map(len, text.split("\n")))
    if longest > LONGEST_LINE:
        raise TextTooLargeError(
            name,
            f"1行が{longest:,}文字あります（上限{LONGEST_LINE:,}文字）。改行のない文章からは、欄の区切りが分かりません",
        )
    return text


def likely_encoding(content: bytes) -> str | None:
    """The name of the encoding that bytes seem to be a Japanese text in, if it is another one than UTF-8; None: no text that one knows."""
    for mark, encoding in _BYTE_ORDER_MARKS:
        if content.startswith(mark):
            return encoding
    head = content[:_LOOKED_AT]
    best: tuple[float, str] | None = None
    for codec, encoding in _ENCODINGS:
        if codec == "iso2022_jp_ext" and b"\x1b$" not in head:
            continue
        try:
            text = codecs.getincrementaldecoder(codec)().decode(head)
        except UnicodeDecodeError:
            continue
        kana = len(_KANA.findall(text)) / max(len(text), 1)
        known = len(_JAPANESE.findall(text)) / max(len(text), 1)
        if known >= _KNOWN_SHARE and kana >= _KANA_SHARE and (best is None or kana > best[0]):
            best = kana, encoding
    return best[1] if best else None


def _not_utf8(content: bytes, name: str, at: int) -> EncodingError | NotAPdfError:
    encoding = likely_encoding(content)
    if encoding:
        code = re.sub(r"（.*", "", encoding).upper()
        told = f"文字コードが{encoding}のようです。UTF-8の文章だけを読めます"
        return EncodingError(name, f"{told}（変換の例：iconv -f {code} -t UTF-8 もとのファイル > 新しいファイル）")
    if at and _is_nearly_utf8(content):
        return EncodingError(name, f"UTF-8の文章のようですが、{at + 1:,}バイト目が壊れています")
    shown = content[:16].decode("ascii", errors="replace")
    return NotAPdfError(name, f"PDFでも、UTF-8の文章でもありません（先頭：{shown!r}）")


def _is_nearly_utf8(content: bytes) -> bool:
    text = content[:_LOOKED_AT].decode("utf-8", errors="replace")
    broken = text.count("\N{REPLACEMENT CHARACTER}")
    return broken <= max(1, (1 - _KNOWN_SHARE) * len(text)) and not _CONTROL.search(text)
