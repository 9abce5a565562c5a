"""What is kept of a desk or line, and the closed lists of what it may be. :mod:`tsunagari_parsers.desks` reads the data."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from tsunagari_parsers.opening import Opening
from tsunagari_parsers.records import Provenance


class Standing(StrEnum):
    """Who says it."""

    OFFICIAL = "official"
    """The ministry, the police or the operator itself."""
    LOCAL = "local"
    """A prefecture or city that repeats it."""
    LIST = "list"
    """A transcript of the Cabinet Office's list of centres."""
    SECOND_HAND = "second_hand"
    """Anybody else."""


class DeskKind(StrEnum):
    """What sort of desk it is."""

    EMERGENCY = "emergency"
    WOMEN = "women"
    VIOLENCE = "violence"
    SEXUAL_VIOLENCE = "sexual_violence"
    POLICE = "police"
    CHILDREN = "children"
    MIND = "mind"
    ANYBODY = "anybody"
    RIGHTS = "rights"
    LAW = "law"
    RESIDENCE = "residence"
    MONEY = "money"
    RELAY = "relay"
    PORTAL = "portal"


class Way(StrEnum):
    """A way of reaching a desk without speaking."""

    CHAT = "chat"
    MAIL = "mail"
    FORM = "form"
    FAX = "fax"
    RELAY = "relay"
    APP = "app"
    WEB = "web"


class Matter(StrEnum):
    """A need, as the home page asks for it; ``DYING`` (somebody who wants to die) is no tile, and :attr:`Desk.any_matter` does not cover it."""

    FAMILY_VIOLENCE = "family_violence"
    SEXUAL_VIOLENCE = "sexual_violence"
    TONIGHT = "tonight"
    MONEY = "money"
    PERIOD = "period"
    PREGNANCY_BODY = "pregnancy_body"
    MIND = "mind"
    ALONE = "alone"
    PARENTING = "parenting"
    UNDER20 = "under20"
    LANGUAGE_STATUS = "language_status"
    UNSAID = "unsaid"
    DYING = "dying"


@dataclass(frozen=True, slots=True)
class Answered:
    """A need that a desk answers, and the words of its entry that say so."""

    matter: Matter
    because: str


@dataclass(frozen=True, slots=True)
class DeskSource:
    """Where something about a desk was read. ``seen`` is the day it was looked at; ``dated`` the source's own date, as text."""

    name: str
    standing: Standing
    seen: date
    url: str = ""
    dated: str = ""


@dataclass(frozen=True, slots=True)
class DeskPhone:
    """A number that somebody who counsels answers (role ``consultation``). ``free`` None: not known. ``opening`` None: that of its desk;
    ``own_hours`` True with no ``opening``: other hours than its desk's, and not known. ``languages`` are BCP 47 codes, Japanese left out."""

    number: str
    note: str = ""
    free: bool | None = None
    opening: Opening | None = None
    own_hours: bool = False
    languages: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class SilentWay:
    """One way without voice. ``url`` is empty where none was found in a source. ``opening`` None: its hours are not known, whatever its
    desk's phone does. ``registration``: only who has registered beforehand can use it. ``languages`` as of a phone."""

    way: Way
    note: str = ""
    url: str = ""
    opening: Opening | None = None
    registration: bool = False
    languages: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Desk:
    """A desk or line that helps today.

    ``prefecture`` is the JIS X 0401 code of the area it serves, or None for the whole country; ``municipality`` the name of the
    municipality whose own desk it is. ``hours`` and ``hours_seen`` are a source's words and its date; ``always_open`` is True
    only where a source of standing says 24 hours; ``opening`` is of its phones, or of the desk where it has none, and None where no
    hours are stated. ``languages`` are those of all its phones and ways, in which each says its own. ``for_children``: made for children;
    ``up_to_age`` the greatest age that it states. ``any_matter`` are the words that say that it takes any trouble. ``never_first``: not
    the first contact, whatever its hours. ``confirmed_on`` is the day (ISO 8601) on which somebody found that it stands, ``confirmed_by``
    the way in which they did; empty in the data files. A desk read from a list has its ``provenance`` and is a proposal until
    somebody has confirmed it; its id is its place in that list, and it has no address: such a column is not kept.
    """

    id: str
    name: str
    kind: DeskKind
    summary: str
    sources: tuple[DeskSource, ...]
    prefecture: str | None = None
    phones: tuple[DeskPhone, ...] = ()
    who: str = ""
    cost: str = ""
    hours: str = ""
    hours_seen: str = ""
    always_open: bool = False
    languages: tuple[str, ...] = ()
    silent_ways: tuple[SilentWay, ...] = ()
    notes: tuple[str, ...] = ()
    url: str = ""
    any_gender: bool = False
    for_children: bool = False
    up_to_age: int | None = None
    matters: tuple[Answered, ...] = ()
    any_matter: str = ""
    never_first: bool = False
    opening: Opening | None = None
    proposal: bool = False
    check_first: bool = False
    municipality: str = ""
    provenance: Provenance | None = None
    confirmed_on: str = ""
    confirmed_by: str = ""

    @property
    def seen(self) -> date | None:
        """The day on which any of its sources was last looked at; None for a desk read from a list, which has none yet."""
        return max((source.seen for source in self.sources), default=None)

    @property
    def for_dying(self) -> bool:
        """Whether it may be shown to somebody who wants to die."""
        return any(one.matter is Matter.DYING for one in self.matters)

    def answers(self, matter: Matter) -> bool:
        """Whether its entry says that it answers a need, by name or as any trouble."""
        named = any(one.matter is matter for one in self.matters)
        return named or (bool(self.any_matter) and matter is not Matter.DYING)
