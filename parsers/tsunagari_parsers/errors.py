"""What can go wrong while a document is read. Every message names the document, the page and the value that it can."""

from __future__ import annotations

from functools import partial


class ParserError(Exception):
    """The root of this stage's errors."""


class DeskDataError(ParserError):
    """A data file of desks and lines says something that cannot be."""


class ColumnDataError(ParserError):
    """The data file that gives columns their meaning is malformed."""


class PictureError(ParserError):
    """A picture of a page or a row cannot be made; the message names the page."""


class OcrUnavailableError(ParserError):
    """Pictures are to be read, and what reads them is not installed."""


class UnreadableDocumentError(ParserError):
    """A document from which nothing could be read; ``code`` is stable, the message is for an administrator.

    Nothing is imported from such a document: an empty success would let a year's list vanish in silence.
    """

    code = "unreadable"
    advice = ""

    def __init__(self, document: str, reason: str, *, page: int | None = None) -> None:
        self.document = document
        self.page = page
        self.reason = reason
        place = f"{document}（{page}ページ）" if page else document
        super().__init__(f"{place}：[{self.code}] {reason}{self.advice}")

    def __reduce__(self) -> tuple[partial[UnreadableDocumentError], tuple[str, str]]:
        """What pickling needs: errors are raised in one process and told in another."""
        return partial(type(self), page=self.page), (self.document, self.reason)


class EmptyFileError(UnreadableDocumentError):
    """A file of no bytes."""

    code = "empty"
    advice = "。ダウンロードし直してください"


class NotAPdfError(UnreadableDocumentError):
    """A file that does not begin as ISO 32000-1 says a PDF does."""

    code = "not-pdf"
    advice = "。PDFか、UTF-8の文章を指定してください"


class EncodingError(UnreadableDocumentError):
    """A text that is not in UTF-8."""

    code = "encoding"
    advice = "。メモ帳では「名前を付けて保存」の「文字コード」でUTF-8を選べます"


class TextTooLargeError(UnreadableDocumentError):
    """A text of more bytes, or with longer lines, than one drawn from a paper can have."""

    code = "too-large"
    advice = "。一覧や個票の文章か確かめ、正しいものなら、ファイルを分けてください"


class TruncatedPdfError(UnreadableDocumentError):
    """A PDF whose end is missing."""

    code = "truncated"
    advice = "。ダウンロードし直してください"


class DamagedPdfError(UnreadableDocumentError):
    """A PDF with its end in place whose structure cannot be followed."""

    code = "damaged"
    advice = "。公開元から取り直してください"


class EncryptedPdfError(UnreadableDocumentError):
    """A PDF that asks for a password."""

    code = "encrypted"
    advice = "。パスワードを外したPDFを指定してください"


class NoTextLayerError(UnreadableDocumentError):
    """A PDF of pictures only."""

    code = "image-only"
    advice = "。文字を含むPDFを公開元に求めるか、--ocr を付けて文字認識（OCR）で読んでください"


class NoTableError(UnreadableDocumentError):
    """A PDF with text in which no page holds a table."""

    code = "no-table"
    advice = "。事業の一覧のPDFか確かめてください"


class UnknownLayoutError(UnreadableDocumentError):
    """Tables that no known layout recognises; the message gives the headers that were found."""

    code = "unknown-layout"
    advice = "。事業の一覧のPDFか確かめてください"


class AmbiguousLayoutError(UnreadableDocumentError):
    """Two layouts of the same rank recognise the document."""

    code = "ambiguous-layout"


class NoRecordsError(UnreadableDocumentError):
    """A known layout, but not one record came out."""

    code = "no-records"
    advice = "。一覧の中身が空でないか確かめてください"


class LostRowsError(UnreadableDocumentError):
    """Rows that became neither a record nor a named skip: a fault of the layout, never passed over."""

    code = "lost-rows"


class TooLargeError(UnreadableDocumentError):
    """A document that needs more memory than it may have, or a file of more bytes."""

    code = "too-large"
    advice = (
        "。小さく見えても、開くと大きくふくらむPDFがあります。公開元のPDFか確かめ、正しいものなら上限を上げてください"
    )


class TooSlowError(UnreadableDocumentError):
    """A document that takes longer than it may."""

    code = "too-slow"
    advice = "。壊れたPDFか、一覧ではないPDFかもしれません。公開元のPDFか確かめ、正しいものなら上限を上げてください"


class TooManyPagesError(UnreadableDocumentError):
    """A document of more pages than it may have."""

    code = "too-many-pages"
    advice = "。一覧のPDFか確かめ、正しいものなら、分けるか、上限を上げてください"


class ReaderCrashedError(UnreadableDocumentError):
    """The process that read the document ended without a word of its own."""

    code = "reader-crashed"
    advice = "。公開元から取り直し、それでも同じなら、PDFを開発者に送ってください"


class OcrFailedError(UnreadableDocumentError):
    """A page's picture could not be read: the program that reads pictures failed, or took too long."""

    code = "ocr-failed"
    advice = "。もう一度試し、それでも同じなら、文字を含むPDFを公開元に求めてください"
