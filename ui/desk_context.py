"""What every panel is given: the store, the verbs, the selection, and whose desk it is."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from app.operations import Operations
from app.store import Store
from core.dispatch.decision import Statement
from core.vocabulary import Instant, Role
from core.wire import CityCard
from ui.selection import Selection


@dataclass(frozen=True, slots=True)
class Person:
    """Who is signed in."""

    name: str
    role: Role


@dataclass(frozen=True, slots=True, kw_only=True)
class DeskContext:
    """The collaborators of a panel; made once per sign-in.

    Parameters
    ----------
    store : what the desk knows
    operations : the user's verbs
    selection : what is selected, everywhere
    zone : time zone of the site, in which every time is shown
    city : name, bounds, currency
    now : operation time, epoch seconds
    person : who is signed in
    say : a statement in the reader's language
    """

    store: Store
    operations: Operations
    selection: Selection
    zone: ZoneInfo
    city: CityCard
    now: Callable[[], Instant]
    person: Person
    say: Callable[[Statement], str]
