"""A desk without a map that replays: ``replaying_desk.py INVITATION INSTANT...`` shows each past moment once, in order.

Session, store and the past are the desk's own; each line of output is a JSON object. It ends after the last moment.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from zoneinfo import ZoneInfo

from PySide6.QtCore import QObject, QTimer
from PySide6.QtWidgets import QApplication

from app.feed_inbox import FeedInbox
from app.operations import Operations
from app.session import FeedClient
from app.store import Store
from app.wall_clock import WallClock
from core.commands import HoldOrder
from core.invitation import parse
from core.wire import Problem
from ui.desk_context import DeskContext, Person
from ui.phrasebook import Phrasebook
from ui.replay.past import Past
from ui.selection import Selection

LOOKS_EVERY_MS = 50


class Replaying(QObject):
    """Shows the moments, tells what was on the board and the map in each, and tries to command in the last."""

    def __init__(self, application: QApplication, store: Store, client: FeedClient, moments: list[float]) -> None:
        super().__init__()
        self._application, self._store, self._client, self._moments = application, store, client, moments
        self._past: Past | None = None
        self._timer = QTimer(self, interval=LOOKS_EVERY_MS)
        self._timer.timeout.connect(self._open)
        self._timer.start()

    def _open(self) -> None:
        store, welcome = self._store, self._store.welcome
        if welcome is None or store.operation.position < welcome.position:
            return
        self._timer.stop()
        city, zone = welcome.city, ZoneInfo(welcome.city.time_zone)
        live = DeskContext(
            store=store,
            operations=Operations(self._client, store, self),
            selection=Selection(self),
            zone=zone,
            city=city,
            now=store.clock.now,
            person=Person(welcome.user_name, welcome.role),
            say=Phrasebook(lambda: store.operation, zone, city.currency, city.currency_decimals),
        )
        self._past = past = Past(live, self)
        past.shown.connect(self._tell)
        past.refused.connect(lambda why: _write({"refused": why}))
        past.seek(self._moments.pop(0))

    def _tell(self, at: float) -> None:
        assert self._past is not None
        past = self._past.store
        live = self._store.operation.orders.orders
        _write(
            {"at": at, "orders": sorted(past.operation.orders.orders), "seen": list(past.fleet.ids), "live": len(live)}
        )
        if self._moments:
            self._past.seek(self._moments.pop(0))
        else:
            self._try_to_command()

    def _try_to_command(self) -> None:
        assert self._past is not None
        order_id = next(iter(self._past.store.operation.orders.orders))
        pending = self._past.context.operations.command("Hold", HoldOrder(order_id=order_id, for_s=60.0))
        pending.refused.connect(self._end)

    def _end(self, problem: Problem) -> None:
        _write({"code": problem.code})
        self._application.quit()


def _write(told: dict[str, object]) -> None:
    sys.stdout.write(json.dumps(told) + "\n")
    sys.stdout.flush()


def main() -> int:
    """Show the moments."""
    invitation = parse(Path(sys.argv[1]).read_text("utf-8"))
    application = QApplication(sys.argv[:1])
    inbox = FeedInbox()
    store = Store(inbox, WallClock())
    client = FeedClient(invitation, inbox, WallClock(), address=invitation.address_for("zeromq"))
    replaying = Replaying(application, store, client, [float(text) for text in sys.argv[2:]])
    client.start()
    code = application.exec()
    client.stop()
    del replaying
    return code


if __name__ == "__main__":
    raise SystemExit(main())
