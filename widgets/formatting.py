"""Numbers, durations, times and money as the desk writes them.

Minus is U+2212, thousands are grouped, times are 24 h in the zone of the site, ranges carry an en dash,
unknown is an en dash. Plus means worse and is always written on signed values. Nothing here knows the
present time: ages and durations are handed in as seconds.
"""

from __future__ import annotations

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from PySide6.QtCore import QCoreApplication, QLocale

MINUS = "\u2212"
EN_DASH = "\u2013"
UNKNOWN = EN_DASH
WIDE_BAND_SECONDS = 20 * 60
"""A band wider than this shows only its range: a single minute would pretend too much."""


def _language() -> QLocale:
    """Return the desk's language; the C locale, which groups nothing, gives way to English."""
    language = QLocale()
    is_c = language.language() is QLocale.Language.C
    return QLocale(QLocale.Language.English, QLocale.Country.UnitedStates) if is_c else language


def number(value: float | None, decimals: int = 0) -> str:
    """Return a number with groups and a true minus; unknown is an en dash."""
    if value is None:
        return UNKNOWN
    text = _language().toString(abs(float(value)), "f", decimals)
    return f"{MINUS}{text}" if _is_negative(value, decimals) else text


def signed(value: float | None, decimals: int = 0) -> str:
    """Return a number with its sign, `+11`, `−6`, `0`; unknown is an en dash."""
    text = number(value, decimals)
    return f"+{text}" if value is not None and round(value, decimals) > 0 else text


def _is_negative(value: float, decimals: int) -> bool:
    return round(value, decimals) < 0


def signed_minutes(seconds: float | None, decimals: int = 0) -> str:
    """Return seconds as signed minutes without unit: `+11` late, `−6` early."""
    return signed(None if seconds is None else seconds / 60, decimals)


def share(value: float | None, decimals: int = 1) -> str:
    """Return a share (0 to 1) as `94.1 %`."""
    return UNKNOWN if value is None else f"{number(value * 100, decimals)}\u00a0%"


def money(minor_units: int | None, minor_digits: int = 0, *, with_sign: bool = False) -> str:
    """Return an amount without its currency code, which stands in the column head.

    Parameters
    ----------
    minor_units : int, optional
        Amount in the smallest unit of the currency.
    minor_digits : int
        Decimals of the currency: 0 for CLP, 2 for EUR.
    """
    if minor_units is None:
        return UNKNOWN
    amount = minor_units / 10**minor_digits
    return signed(amount, minor_digits) if with_sign else number(amount, minor_digits)


def money_with_code(minor_units: int | None, code: str, minor_digits: int = 0) -> str:
    """Return an amount that stands alone: `CLP 2,450`."""
    return UNKNOWN if minor_units is None else f"{code}\u00a0{money(minor_units, minor_digits)}"


def distance(metres: float | None) -> str:
    """Return `80 m` below 100 m (to 10 m), `0.6 km` above."""
    if metres is None:
        return UNKNOWN
    if abs(metres) < 100:
        return f"{number(round(metres / 10) * 10)}\u00a0m"
    return f"{number(metres / 1000, 1)}\u00a0km"


def duration(seconds: float | None) -> str:
    """Return a rounded duration in words: `40 s`, `9 min`, `1 h 20`."""
    if seconds is None:
        return UNKNOWN
    total = abs(seconds)
    minutes = round(total / 60)
    if total < 60:
        words = QCoreApplication.translate("formatting", "{seconds} s").format(seconds=round(total))
    elif minutes < 60:
        words = QCoreApplication.translate("formatting", "{minutes} min").format(minutes=minutes)
    else:
        words = QCoreApplication.translate("formatting", "{hours} h {minutes:02d}").format(
            hours=minutes // 60, minutes=minutes % 60
        )
    return (MINUS if seconds < 0 else "") + words.replace(" ", "\u00a0")


def countdown(seconds: float | None) -> str:
    """Return minutes and seconds while counting: `6:40`, `62:05`; seconds are cut, not rounded."""
    if seconds is None:
        return UNKNOWN
    total = int(abs(seconds))
    sign = MINUS if seconds <= -1 else ""
    return f"{sign}{total // 60}:{total % 60:02d}"


def age(seconds: float | None) -> str:
    """Return an age as `0:03`, per second below one minute and per 10 s after, so that it ticks calmly."""
    if seconds is None:
        return UNKNOWN
    whole = max(0, int(seconds))
    return countdown(whole if whole < 60 else whole // 10 * 10)


def clock_time(at: float | None, zone: ZoneInfo, *, seconds: bool = False) -> str:
    """Return an instant as `14:55` in the zone of the site.

    Parameters
    ----------
    at : float, optional
        Epoch seconds, UTC.
    seconds : bool
        Write seconds: for events and the clock only.
    """
    if at is None:
        return UNKNOWN
    local = _local(at, zone)  # strftime would look for a module at each call, and a board writes thousands of times
    words = f"{local.hour:02d}:{local.minute:02d}"
    return f"{words}:{local.second:02d}" if seconds else words


def day(at: float, zone: ZoneInfo) -> str:
    """Return the day of an instant as `Fri 20 Nov`, in the zone of the site and the desk's language."""
    local = _local(at, zone)
    names = _language()
    short = QLocale.FormatType.ShortFormat
    return f"{names.dayName(local.isoweekday(), short)} {local.day} {names.monthName(local.month, short)}"


def time_of_days(at: float, now: float, zone: ZoneInfo) -> str:
    """Return an instant as `14:55`, with its day before it where that is not the day of `now`."""
    time, its_day = clock_time(at, zone), day(at, zone)
    return time if its_day == day(now, zone) else f"{its_day} {time}"


def zone_abbreviation(at: float, zone: ZoneInfo) -> str:
    """Return what the zone of the site calls its time then, for tool tips: `CLST`, `-03`."""
    return _local(at, zone).tzname() or zone.key


def time_range(low_at: float | None, high_at: float | None, zone: ZoneInfo) -> str:
    """Return `14:58–15:19`, or an en dash if an end is unknown."""
    if low_at is None or high_at is None:
        return UNKNOWN
    return f"{clock_time(low_at, zone)}{EN_DASH}{clock_time(high_at, zone)}"


def is_wide_band(p10_at: float, p90_at: float) -> bool:
    """Say whether a band is so wide that a single time would be more than is known."""
    return p90_at - p10_at > WIDE_BAND_SECONDS


def arrival(p10_at: float, p50_at: float, p90_at: float, zone: ZoneInfo) -> str:
    """Return the P50 time, or only the range when the band is wider than 20 min."""
    if is_wide_band(p10_at, p90_at):
        return time_range(p10_at, p90_at, zone)
    return clock_time(p50_at, zone)


def _local(at: float, zone: ZoneInfo) -> datetime:
    return datetime.fromtimestamp(at, UTC).astimezone(zone)
