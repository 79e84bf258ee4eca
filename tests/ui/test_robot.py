"""What the robot writes down about a desk."""

from typing import Any

import pytest
from PySide6.QtWidgets import QApplication

from ui.robot import Deeds, robot_report
from widgets.stall_watchdog import StallWatchdog


def test_report_tells_what_the_desk_saw(desk_scene: Any, qapp: QApplication) -> None:
    desk_scene.driver("042")
    desk_scene.wait(30.0)
    report: Any = robot_report(
        desk_scene.store, StallWatchdog(), Deeds(accepted=3, overridden=1, undone=1, released=1), []
    )
    assert report["feed"] == {"transport_seconds": {"zeromq": pytest.approx(30.0, abs=0.1)}, "gaps": 0, "reconnects": 0}
    # the one fix of the driver was received in the instant in which it arrived
    assert report["latency_ms"]["fix_to_desk"] == {"p50": 0.0, "p99": 0.0}
    assert report["latency_ms"]["order_to_recommendation"] == {"p50": None, "p99": None}
    assert report["stalls"] == {"count": 0, "longest_ms": 0.0, "worst_sources": {}}
    assert tuple(report[deed] for deed in ("accepted", "overridden", "undone", "released")) == (3, 1, 1, 1)


def test_report_of_a_desk_that_never_opened_is_empty(qapp: QApplication) -> None:
    report: Any = robot_report(None, StallWatchdog(), Deeds(remarks=["the desk did not open"]), ["Traceback"])
    assert report["feed"]["transport_seconds"] == {}
    assert report["remarks"] == ["the desk did not open"]
    assert report["errors"] == ["Traceback"]
