"""The options of a disruption as the desk says them: what, why, and what each does to lateness, promises, customers."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication

from core.disruption.disruption import Recovery, RecoveryOption, RecoveryOptions
from ui.desk_context import DeskContext
from widgets.formatting import clock_time, number, signed
from widgets.parts.option_list import OptionLine

_LEAST_SHOWN_MIN = 0.5


def _tr(text: str) -> str:
    return QCoreApplication.translate("recovery", text)


def option_lines(context: DeskContext, found: RecoveryOptions) -> list[OptionLine]:
    """Return one line for each option, with the digit that chooses it."""
    return [_line(context, number, option) for number, option in enumerate(found.options, start=1)]


def _line(context: DeskContext, place: int, option: RecoveryOption) -> OptionLine:
    minutes, promises = _minutes(option), option.impact.promises
    return OptionLine(
        str(place),
        context.say(option.what),
        context.say(option.why),
        (
            _tr("{minutes} min").format(minutes=signed(minutes)) if minutes else "·",
            signed(promises) if promises else "·",
            number(option.impact.customers) if option.impact.customers else "·",
        ),
        ("p1" if minutes > 0 else "", "p1" if promises > 0 else "", ""),
        is_recommended=place == 1,
    )


def _minutes(option: RecoveryOption) -> float:
    minutes = option.impact.late_minutes
    return minutes if abs(minutes) >= _LEAST_SHOWN_MIN else 0.0


def standing_words(context: DeskContext, found: RecoveryOptions) -> str:
    """Return what comes of doing nothing, and as of when."""
    time = clock_time(found.made_at, context.zone, seconds=True)
    stands = found.as_it_stands
    if not stands.promises_touched:
        return _tr("As of {time}").format(time=time)
    if not stands.promises_broken:
        return _tr("As it stands every promise holds · {time}").format(time=time)
    words = _tr("As it stands {broken} of {touched} promises break, {minutes} min late in all · {time}")
    return words.format(
        broken=number(stands.promises_broken),
        touched=number(stands.promises_touched),
        minutes=number(stands.late_minutes),
        time=time,
    )


def recovered_words(context: DeskContext, recovery: Recovery) -> str:
    """Return what the platform did by itself, or what somebody asked a supervisor to look at, and when."""
    time = clock_time(recovery.chosen_at, context.zone, seconds=True)
    if recovery.is_open_review:
        words = _tr("{who} asked for a look at {time}").format(who=recovery.chosen_by, time=time)
        return f"{words}: {recovery.note}" if recovery.note else words
    what = context.say(recovery.option.what)
    return _tr("The platform did this by itself at {time}: {what}").format(time=time, what=what)


def chosen_words(context: DeskContext, option: RecoveryOption) -> str:
    """Return what is said once an option is chosen."""
    return _tr("Chosen: {what}").format(what=context.say(option.what))
