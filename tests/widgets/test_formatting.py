"""Numbers and times read as the desk's design page says."""

from zoneinfo import ZoneInfo

import pytest
from PySide6.QtCore import QLocale

from widgets import formatting

SITE = ZoneInfo("America/Santiago")
AT_14_55 = 1795197300.0  # 2026-11-20 17:55:00 UTC, 14:55 in Coquimbo


@pytest.fixture(autouse=True)
def _english(qapp):
    before = QLocale()
    QLocale.setDefault(QLocale(QLocale.Language.English, QLocale.Country.UnitedStates))
    yield
    QLocale.setDefault(before)


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        (lambda: formatting.number(1850), "1,850"),
        (lambda: formatting.number(-2.44, 1), "−2.4"),
        (lambda: formatting.number(-0.01, 1), "0.0"),
        (lambda: formatting.number(None), "–"),
        (lambda: formatting.signed(11), "+11"),
        (lambda: formatting.signed(-6), "−6"),
        (lambda: formatting.signed(0), "0"),
        (lambda: formatting.signed(0.04, 1), "0.0"),
        (lambda: formatting.signed_minutes(660), "+11"),
        (lambda: formatting.signed_minutes(-396, 1), "−6.6"),
        (lambda: formatting.share(0.941), "94.1\u00a0%"),
        (lambda: formatting.money(-2450, with_sign=True), "−2,450"),
        (lambda: formatting.money(2450, 2), "24.50"),
        (lambda: formatting.money_with_code(2450, "CLP"), "CLP\u00a02,450"),
        (lambda: formatting.distance(600), "0.6\u00a0km"),
        (lambda: formatting.distance(80), "80\u00a0m"),
        (lambda: formatting.duration(40), "40\u00a0s"),
        (lambda: formatting.duration(540), "9\u00a0min"),
        (lambda: formatting.duration(4800), "1\u00a0h\u00a020"),
        (lambda: formatting.duration(3599), "1\u00a0h\u00a000"),
        (lambda: formatting.countdown(400), "6:40"),
        (lambda: formatting.countdown(-5), "−0:05"),
        (lambda: formatting.age(3.9), "0:03"),
        (lambda: formatting.age(407), "6:40"),
        (lambda: formatting.age(None), "–"),
        (lambda: formatting.clock_time(AT_14_55, SITE), "14:55"),
        (lambda: formatting.clock_time(AT_14_55 + 8, SITE, seconds=True), "14:55:08"),
        (lambda: formatting.day(AT_14_55, SITE), "Fri 20 Nov"),
        (lambda: formatting.zone_abbreviation(AT_14_55, SITE), "-03"),
        (lambda: formatting.time_range(AT_14_55 + 180, AT_14_55 + 1440, SITE), "14:58–15:19"),
        (lambda: formatting.time_range(None, AT_14_55, SITE), "–"),
    ],
)
def test_written_as_the_design_says(written, meant):
    assert written() == meant


def test_wide_band_shows_only_its_range():
    narrow = formatting.arrival(AT_14_55 - 300, AT_14_55, AT_14_55 + 600, SITE)
    wide = formatting.arrival(AT_14_55 - 300, AT_14_55, AT_14_55 + 960, SITE)
    assert (narrow, wide) == ("14:55", "14:50–15:11")
