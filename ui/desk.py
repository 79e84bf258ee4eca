"""One desk from sign-in to closing: session, store, verbs and window, made in this order and nowhere else."""

from __future__ import annotations

from pathlib import Path
from types import TracebackType
from zoneinfo import ZoneInfo

from PySide6.QtCore import QObject, QSize, Signal
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QApplication

from app.connection import Phase
from app.feed_inbox import FeedInbox
from app.operations import Operations
from app.session import FeedClient
from app.store import Store
from core.invitation import Invitation
from core.timekeeping import Clock
from ui.desk_context import DeskContext, Person
from ui.desk_settings import SettingsFile, listen_for
from ui.invitation_file import InvitationFiles
from ui.main_window import MainWindow
from ui.panel_faults import panel_in
from ui.password_entry import PasswordEntry
from ui.phrasebook import Phrasebook
from ui.selection import Selection
from ui.sign_in import SignIn
from ui.window_opening import WindowOpening
from widgets.theme.appearance import apply_theme, set_still
from widgets.theme.tokens import Theme

_SIZE = QSize(1920, 1080)


class Desk(QObject):
    """Everything of one desk; at most one window of it is open.

    Attributes
    ----------
    sign_in : the window that asks for an invitation, while it is open
    window : the dispatcher's window, once signed in
    store, client : the session as it stands
    failures : tracebacks of the desk's own mistakes

    Parameters
    ----------
    wall : the machine's clock
    state_dir : where streets, tiles and a remembered invitation are kept
    address : connect here instead of where the invitation says
    size : of the window; as large as the screen, up to 1920x1080, by default
    """

    filled = Signal()
    """The first state is here; the window is made next."""
    opened = Signal()
    """The window is there, filled with the first state."""
    ended = Signal()
    """The person closed it."""

    def __init__(
        self,
        wall: Clock,
        state_dir: Path,
        *,
        address: str = "",
        size: QSize | None = None,
    ) -> None:
        super().__init__()
        self._wall, self._state_dir = wall, state_dir
        self._address, self._size = address, size
        self.settings = SettingsFile(state_dir / "settings.json", self)
        self._follow_settings()
        self._files = InvitationFiles(state_dir / "invitation", self)
        self._invitation: Invitation | None = None
        self.sign_in: SignIn | None = None
        self.window: MainWindow | None = None
        self._opening: WindowOpening | None = None
        self.store: Store | None = None
        self.client: FeedClient | None = None
        self.failures: list[str] = []

    def ask_sign_in(self) -> None:
        """Open the sign-in, filled with what is remembered on this desk."""
        known = self.settings.current
        by_password = PasswordEntry(service=known.service, name=known.user)
        self.sign_in = SignIn(self._files, address=self._address, prefers=known.transport, by_password=by_password)
        self.sign_in.choose_way(by_password=bool(known.user))
        by_password.answered.connect(lambda _: self._remember_person(by_password))
        self.sign_in.signed.connect(self.connect_with)
        self.sign_in.show()
        self._files.read_kept()

    def _remember_person(self, entry: PasswordEntry) -> None:
        """Keep where and as whom somebody signed in, never the password."""
        self.settings.change(service=entry.service.text().strip(), user=entry.name.text().strip())

    def address_of(self, invitation: Invitation) -> str:
        """Return where to connect with an invitation: as this desk was started, else as its person prefers."""
        preferred = invitation.address_for(self.settings.current.transport)
        return self._address or preferred or invitation.addresses[0]

    def connect_with(self, invitation: Invitation, address: str) -> None:
        """Start a session; the window opens when the first state is here."""
        self._end_session()
        self._invitation = invitation
        inbox = FeedInbox()
        self.store = Store(inbox, self._wall, self)
        self.client = FeedClient(invitation, inbox, self._wall, address=address)
        self.store.connection_changed.connect(self._follow_connection)
        self.store.advanced.connect(self._open_when_filled)
        self.store.connection_changed.connect(self._open_when_filled)
        self.client.start()

    def connect_over(self, transport: str) -> None:
        """Connect over `zeromq` or `websocket`; empty tries again as it was."""
        if self.client is None or self._invitation is None:
            return
        address = self._invitation.address_for(transport) if transport else self.client.address
        if address is not None:
            self.client.connect_to(address)
        elif self.window is not None:
            words = self.tr("The invitation has no address for {transport}.").format(transport=transport)
            self.window.command_bar.say(words, is_refusal=True)

    def note_failure(self, details: str, trace: TracebackType | None = None) -> None:
        """Count a failure of the desk's own and show it: in place of the panel that failed, else over the desk."""
        self.failures.append(details)
        if self.window is None:
            return
        panel = panel_in(trace)
        if panel is None or not self.window.stop_panel(panel, details):
            self.window.sheets.report.add_report(details)

    def _follow_settings(self) -> None:
        application = QApplication.instance()
        if isinstance(application, QApplication):
            listen_for(self.settings, "theme", lambda theme: apply_theme(application, Theme(str(theme))))
            listen_for(self.settings, "reduce_motion", lambda still: set_still(application, bool(still)))

    def close(self) -> None:
        """End the session and close what is open."""
        if self.window is not None:
            self.window.close()
        if self.sign_in is not None:
            self.sign_in.close()
        self._end_session()

    def _follow_connection(self) -> None:
        if self.store is None or self.sign_in is None:
            return
        connection = self.store.connection
        if connection.phase in (Phase.REFUSED, Phase.LOST) and connection.problem is not None:
            words = self.tr("Not signed in: {why}").format(why=connection.problem.detail)
            self.sign_in.show_problem(words)

    def _open_when_filled(self) -> None:
        store = self.store
        if self.window is not None or self._opening is not None or store is None or store.welcome is None:
            return
        if store.operation.position < store.welcome.position:
            return
        self._open_window(store)

    def _open_window(self, store: Store) -> None:
        assert store.welcome is not None and self.client is not None, "a window opens after the welcome"
        self.filled.emit()
        welcome = store.welcome
        zone, city = ZoneInfo(welcome.city.time_zone), welcome.city
        context = DeskContext(
            store=store,
            operations=Operations(self.client, store, self),
            selection=Selection(self),
            zone=zone,
            city=city,
            now=store.clock.now,
            person=Person(welcome.user_name, welcome.role),
            say=Phrasebook(lambda: store.operation, zone, city.currency, city.currency_decimals),
        )
        if self.sign_in is not None:
            self.sign_in.show_progress(self.tr("Opening the desk"))
        window = MainWindow(
            context,
            self._state_dir,
            self.connect_over,
            settings=self.settings,
            keeps_layout=self._size is None,
            in_steps=True,
        )
        self._opening = WindowOpening(window, self)
        self._opening.built.connect(self._show_window)
        self._opening.failed.connect(self._let_go_of_opening)

    def _show_window(self, window: MainWindow) -> None:
        self._opening, self.window = None, window
        window.closed.connect(self.ended)
        window.sign_in_asked.connect(self._sign_in_again)
        self._size_window(window)
        window.show()
        window.start()
        if self.sign_in is not None:
            self.sign_in.close()
            self.sign_in = None
        self.opened.emit()

    def _let_go_of_opening(self) -> None:
        opening, self._opening = self._opening, None
        if opening is not None:
            opening.give_up()

    def _size_window(self, window: MainWindow) -> None:
        screen = QGuiApplication.primaryScreen()
        room = _SIZE if screen is None else _SIZE.boundedTo(screen.availableSize())
        window.place(self._size or room)

    def _sign_in_again(self) -> None:
        if self.window is not None:
            self.window.closed.disconnect(self.ended)
            self.window.close()
            self.window.deleteLater()
            self.window = None
        self._end_session()
        self.ask_sign_in()

    def _end_session(self) -> None:
        self._let_go_of_opening()
        if self.client is not None:
            self.client.stop()
        if self.store is not None:
            self.store.deleteLater()
        self.client = self.store = None
