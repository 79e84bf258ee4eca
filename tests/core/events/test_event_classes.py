"""Every event that is defined can be read back: its module is among those that are looked through."""

import pkgutil
from importlib import import_module

from core import events
from core.events.envelope import Event, event_classes


def test_no_module_of_events_is_left_out() -> None:
    modules = [import_module(found.name) for found in pkgutil.iter_modules(events.__path__, "core.events.")]
    defined = {cls for cls in Event.__subclasses__() if cls.__module__ in {module.__name__ for module in modules}}

    assert defined <= set(event_classes().values())
