"""What the page and the desk tell each other over the web channel.

The desk only says *that* something changed; the page fetches it. A page that is slow or not loaded yet so never
has a queue: it fetches the newest state when it can.
"""

from PySide6.QtCore import QObject, Signal, Slot


class PageBridge(QObject):
    """The object the page knows as `desk`.

    Signals to the page
    -------------------
    changed : name of a part of the state that has changed
    view_asked : JSON of one movement of the view
    paint_asked : number to give back once everything is painted

    Signals from the page
    ---------------------
    loaded : the page runs and its first view is painted
    clicked, zone_double_clicked, vehicle_clicked : an object, a zone, a vehicle's row and generation
    follow_ended : the user dragged the map
    edited : deed, handle and place of a hand on the edited shape
    menu_asked : where the right button was pressed: pixels of the page, and a place of the unit square
    painted : the number of a `paint_asked`
    frames_counted : frames/s of the last second in which anything moved
    """

    changed = Signal(str)
    view_asked = Signal(str)
    paint_asked = Signal(int)
    loaded = Signal()
    clicked = Signal(str, str)
    vehicle_clicked = Signal(int, int)
    zone_double_clicked = Signal(str)
    follow_ended = Signal()
    edited = Signal(str, str, float, float)
    menu_asked = Signal(float, float, float, float)
    painted = Signal(int)
    frames_counted = Signal(float)

    @Slot()
    def report_loaded(self) -> None:
        """The page runs."""
        self.loaded.emit()

    @Slot(str, str)
    def report_click(self, kind: str, object_id: str) -> None:
        """An object was clicked."""
        self.clicked.emit(kind, object_id)

    @Slot(int, int)
    def report_vehicle_click(self, slot: int, generation: int) -> None:
        """A vehicle was clicked."""
        self.vehicle_clicked.emit(slot, generation)

    @Slot(str)
    def report_zone_double_click(self, zone_id: str) -> None:
        """A zone was clicked twice."""
        self.zone_double_clicked.emit(zone_id)

    @Slot()
    def report_follow_ended(self) -> None:
        """The user dragged the map while it followed."""
        self.follow_ended.emit()

    @Slot(str, str, float, float)
    def report_edit(self, deed: str, handle: str, x: float, y: float) -> None:
        """A hand did something to the edited shape, at a place of the unit square."""
        self.edited.emit(deed, handle, x, y)

    @Slot(float, float, float, float)
    def report_menu(self, left: float, top: float, x: float, y: float) -> None:
        """The right button was pressed at `left`, `top` of the page, a place of the unit square."""
        self.menu_asked.emit(left, top, x, y)

    @Slot(int)
    def report_painted(self, number: int) -> None:
        """Everything known when `number` was asked is painted."""
        self.painted.emit(number)

    @Slot(float)
    def report_frames(self, frames_per_second: float) -> None:
        """Frames drawn in the last second."""
        self.frames_counted.emit(frames_per_second)
