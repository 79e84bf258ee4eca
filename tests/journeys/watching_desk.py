"""A desk without a map in a process of its own: ``watching_desk.py INVITATION TRANSPORT`` tells what it shows.

The session, the store, the banner and the watch over exceptions are the desk's own; each line of output is a JSON
object. It ends when its input does.
"""

from __future__ import annotations

import json
import sys
import threading
from pathlib import Path
from zoneinfo import ZoneInfo

from PySide6.QtCore import QObject, QTimer
from PySide6.QtWidgets import QApplication, QWidget

from app.feed_inbox import FeedInbox
from app.operations import Operations
from app.session import FeedClient
from app.store import Store
from app.wall_clock import WallClock
from core.fleet.fleet import SignalState
from core.invitation import parse
from ui.condition_banner import ConditionBanner
from ui.desk_context import DeskContext, Person
from ui.exception_watch import ExceptionWatch
from ui.phrasebook import Phrasebook
from ui.selection import Selection

TELLS_EVERY_MS = 200


class Watching(QObject):
    """Tells what stands on the desk, several times a second."""

    def __init__(self, store: Store, client: FeedClient) -> None:
        super().__init__()
        self._store, self._client = store, client
        self._ground = QWidget()
        self._banner: ConditionBanner | None = None
        self._watch: ExceptionWatch | None = None
        self._raised: list[str] = []
        self._timer = QTimer(self)
        self._timer.timeout.connect(self._tell)
        self._timer.start(TELLS_EVERY_MS)

    def _open(self) -> None:
        store, welcome = self._store, self._store.welcome
        if welcome is None or store.operation.position < welcome.position:
            return
        city, zone = welcome.city, ZoneInfo(welcome.city.time_zone)
        context = DeskContext(
            store=store,
            operations=Operations(self._client, store, self),
            selection=Selection(self),
            zone=zone,
            city=city,
            now=store.clock.now,
            person=Person(welcome.user_name, welcome.role),
            say=Phrasebook(lambda: store.operation, zone, city.currency, city.currency_decimals),
        )
        self._banner, self._watch = ConditionBanner(context, parent=self._ground), ExceptionWatch(context, self)
        self._watch.raised.connect(self._raised.extend)
        self._watch.start()

    def _tell(self) -> None:
        if self._banner is None:
            self._open()
        if self._banner is None or self._watch is None:
            return
        store, fleet = self._store, self._store.fleet
        signals = [vehicle.signal for vehicle in store.operation.fleet.vehicles.values()]
        told = {
            "phase": store.connection.phase,
            "gaps": store.connection.gaps,
            "reconnects": store.connection.reconnects,
            "banner": "" if self._banner.isHidden() else self._banner.accessibleName(),
            "position": store.operation.position,
            "orders": len(store.operation.orders.orders),
            "fix_at": dict(zip(fleet.ids, fleet.fix_at.tolist(), strict=True)),
            "silent": signals.count(SignalState.SILENT),
            "exceptions": [item.key for item in self._watch.items],
            "raised": self._raised,
            "desks": store.counters.feed_clients,
        }
        sys.stdout.write(json.dumps(told) + "\n")
        sys.stdout.flush()


def main() -> int:
    """Watch until the input ends."""
    invitation = parse(Path(sys.argv[1]).read_text("utf-8"))
    application = QApplication(sys.argv[:1])
    inbox = FeedInbox()
    store = Store(inbox, WallClock())
    client = FeedClient(invitation, inbox, WallClock(), address=invitation.address_for(sys.argv[2]))
    watching = Watching(store, client)
    ending = QTimer(watching)
    ended = threading.Event()
    threading.Thread(target=lambda: (sys.stdin.read(), ended.set()), daemon=True).start()
    ending.timeout.connect(lambda: application.quit() if ended.is_set() else None)
    ending.start(TELLS_EVERY_MS)
    client.start()
    code = application.exec()
    client.stop()
    return code


if __name__ == "__main__":
    raise SystemExit(main())
