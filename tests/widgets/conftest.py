"""What the web view needs before any QApplication is made: its scheme registered and its contexts shared."""

from widgets.live_map.scheme import register_scheme

register_scheme()
