"""One row of a review: what changed of a programme, beside the pictures of its row in the documents."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from tsunagari_indexer.changes import ChangeKind, ListingChange
from tsunagari_indexer.generation import Generation
from tsunagari_indexer.history import phones_text
from tsunagari_indexer.listings import Listing
from tsunagari_indexer.review import Review
from tsunagari_indexer.review_words import FIELD_WORDS
from tsunagari_indexer.row_evidence import NoPicture, RowEvidence
from tsunagari_indexer.row_pictures import PictureCache

PICTURES = "/admin/review/picture"
LISTINGS = "/admin/review/listing"
FINDINGS_ON_A_PAGE = 20
_WHY_NO_PICTURE = {
    NoPicture.TEXT: "文章だけの文書から読んだ行なので、画像はありません。",
    NoPicture.CORRECTED: "訂正した行なので、まちがいが写った画像は出しません。",
    NoPicture.FAILED: "この行の画像は作れませんでした。理由は、取り込みの指摘（参考）にあります。",
    NoPicture.LOST: "画像のファイルがありません。作り直すと、もう一度描かれます。",
    NoPicture.KEPT_BACK: "泊まるところや住所が写るかもしれない文書や行、文字認識で読んだ行の画像は作りません。原本を見てください。",
}


@dataclass(frozen=True, slots=True)
class RowPictureView:
    """Where a row stands (``where``), and its picture: ``src`` and its size in pixels, or ``why`` there is none."""

    where: str
    src: str = ""
    width: int = 0
    height: int = 0
    why: str = ""
    is_cut: bool = False


@dataclass(frozen=True, slots=True)
class CardView:
    """A programme (or measure, or network) as a generation has it."""

    id: str
    place: str
    name: str
    fiscal_year: int
    department: str
    phones: str
    picture: RowPictureView


@dataclass(frozen=True, slots=True)
class FieldView:
    """One field that changed."""

    label: str
    old: str
    new: str


@dataclass(frozen=True, slots=True)
class AskedView:
    """A finding that asks who is who: its number, and on which page of the findings it stands."""

    number: int
    page: int


@dataclass(frozen=True, slots=True)
class RowView:
    """One programme that changed. ``before`` and ``after`` are the pictures of its rows; ``asked`` are the findings that ask who it is.

    ``can_decide``: it is in the generation that is reviewed, so that something can be decided of it.
    """

    id: str
    place: str
    name: str
    fiscal_year: int
    evidence: str
    fields: tuple[FieldView, ...]
    before: RowPictureView | None
    after: RowPictureView | None
    asked: tuple[AskedView, ...] = ()
    can_decide: bool = True


class Rows:
    """Makes the rows of one review. ``then`` is the published generation, None where nothing is published."""

    def __init__(self, pictures: PictureCache, now: Generation, then: Generation | None) -> None:
        self.now = now
        self._now = RowEvidence(now, pictures)
        self._then = RowEvidence(then, pictures) if then else None
        self._then_generation = then

    def card(self, listing: Listing) -> CardView:
        """A programme of the generation that is reviewed."""
        return CardView(
            id=listing.id,
            place=place_of(listing),
            name=listing.program_name,
            fiscal_year=listing.fiscal_year,
            department=listing.department,
            phones=phones_text(listing.phones),
            picture=self.picture(listing),
        )

    def picture(self, listing: Listing) -> RowPictureView:
        """The picture of a programme's row in the generation that is reviewed."""
        return _picture(self.now, self._now, listing)

    def picture_then(self, listing: Listing) -> RowPictureView | None:
        """The picture of its row in the published one."""
        if self._then is None or self._then_generation is None:
            return None
        return _picture(self._then_generation, self._then, listing)

    def row(self, change: ListingChange, asked: Mapping[str, Sequence[AskedView]]) -> RowView:
        """One change."""
        listing = change.listing
        is_gone = change.kind in {ChangeKind.GONE, ChangeKind.REMOVED}
        numbers = {number for one in listing.ids for number in asked.get(one, ())}
        return RowView(
            id=listing.id,
            place=place_of(listing),
            name=listing.program_name,
            fiscal_year=listing.fiscal_year,
            evidence="" if change.kind is ChangeKind.NEW else change.evidence,
            fields=tuple(FieldView(FIELD_WORDS[one.field], one.old, one.new) for one in change.fields),
            before=self.picture_then(change.before) if change.before else None,
            # Its newest row is the one that the published generation shows already.
            after=self.picture(change.after) if change.after and not is_gone else None,
            asked=tuple(sorted(numbers, key=lambda one: one.number)),
            can_decide=change.after is not None,
        )


def asks(code: str) -> bool:
    """Whether a finding of this code asks who is who: first of all, or again because what was decided contradicts itself."""
    return code.startswith("identity-") or code == "decisions-contradict"


def asked_about(review: Review) -> Mapping[str, Sequence[AskedView]]:
    """The findings that ask who is who, by each id that they name."""
    found: dict[str, list[AskedView]] = {}
    for place, one in enumerate(review.findings):
        if one.is_open and asks(one.found.finding.code):
            for named in one.found.finding.value.split():
                found.setdefault(named, []).append(AskedView(one.number, place // FINDINGS_ON_A_PAGE + 1))
    return found


def place_of(listing: Listing) -> str:
    """The prefecture with the municipality, if one runs it."""
    return f"{listing.prefecture}{listing.municipality or ''}"


def _picture(generation: Generation, evidence: RowEvidence, listing: Listing) -> RowPictureView:
    document = generation.documents.get(listing.document)
    name = document.name if document else listing.document[:8]
    where = f"{listing.fiscal_year}年度（{name} {listing.page}ページ）"
    why = evidence.missing(listing)
    if why is not None or listing.picture is None:
        return RowPictureView(where, why=_WHY_NO_PICTURE[why or NoPicture.KEPT_BACK])
    at = listing.picture
    src = f"{PICTURES}/{generation.meta['name']}/{listing.id}"
    return RowPictureView(where, src, at.width, at.height, is_cut=at.is_cut)
