"""The page that a customer opens by the link of an order: what `customer_tracking` tells, for people to read.

One document without a script, a picture or anything from elsewhere: it works on any phone, loads itself again for news,
and gives nothing of the customer away. Times are the site's own, and the zone is named.
"""

from __future__ import annotations

import base64
import hashlib
from datetime import datetime, tzinfo
from html import escape

from litestar import MediaType, Response, get

from backend_service.api.collaborators import Tower
from backend_service.api.customer_tracking import PAGE, TrackedOrderView, TrackedState, tracked
from backend_service.api.places_and_times import IdInPath
from core.refusals import NotFound
from core.vocabulary import Instant

AGAIN_AFTER_S = 30
"""The page loads itself anew after so long, until the order has ended."""

_STYLE = """
:root { color-scheme: light dark; font: 100%/1.5 system-ui, sans-serif }
body { margin: 0 auto; max-width: 34rem; padding: 1.5rem }
h1 { font-size: 1.6rem; line-height: 1.25; margin: 0 0 1rem }
.time { font-size: 1.9rem; font-weight: 650; margin: 0; font-variant-numeric: tabular-nums }
.late { border-left: .3rem solid #c77700; padding-left: .75rem }
ol { list-style: none; margin: 2rem 0; padding: 0 }
li { border-left: .2rem solid #8888; padding: .35rem 0 .35rem 1rem; opacity: .65 }
li.done { border-color: #2f7d4f; opacity: 1 }
li[aria-current] { border-color: #2563b8; font-weight: 650; opacity: 1 }
footer { font-size: .875rem; opacity: .75 }
"""
_STYLE_HASH = base64.b64encode(hashlib.sha256(_STYLE.encode()).digest()).decode()
_HEADERS = {
    "Cache-Control": "no-store",
    "Content-Security-Policy": f"default-src 'none'; style-src 'sha256-{_STYLE_HASH}'; base-uri 'none'; "
    "form-action 'none'; frame-ancestors 'none'",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "X-Robots-Tag": "noindex, nofollow",
}

_HEADINGS = {
    TrackedState.PREPARING: "Your order is being prepared",
    TrackedState.ON_THE_WAY: "Your order is on its way",
    TrackedState.AT_THE_DOOR: "Your order is at the door",
    TrackedState.DELIVERED: "Your order was delivered",
    TrackedState.NOT_DELIVERED: "Your order could not be delivered",
    TrackedState.CANCELLED: "Your order was cancelled",
}
_STEPS = {
    TrackedState.PREPARING: "Being prepared",
    TrackedState.ON_THE_WAY: "On its way",
    TrackedState.AT_THE_DOOR: "At the door",
    TrackedState.DELIVERED: "Delivered",
}
_NOT_TOLD_YET = " When it is likely to arrive is told here as soon as it is known."
_CALL = "Whoever you ordered from can tell you what happens next."


@get(PAGE + "{link:str}", media_type=MediaType.HTML, include_in_schema=False)
async def customer_page(link: IdInPath, tower: Tower) -> Response[str]:
    """Return how an order stands, for its customer to read; a wrong link finds a page that says so."""
    try:
        seen = tracked(tower, link)
    except NotFound:
        gone = "<h1>This link shows nothing</h1><p>It may be mistyped, or the order ended more than a day ago.</p>"
        return _answer(_document("Order not found", gone, loads_again=False), 404)
    body = told(seen, tower.clock.now(), tower.text_zone)
    return _answer(_document(_HEADINGS[seen.state], body, loads_again=seen.ended_at is None), 200)


def _answer(document: str, status_code: int) -> Response[str]:
    return Response(document, status_code=status_code, media_type=MediaType.HTML, headers=_HEADERS)


def _document(title: str, body: str, *, loads_again: bool) -> str:
    again = f'<meta http-equiv="refresh" content="{AGAIN_AFTER_S}">' if loads_again else ""
    return (
        '<!doctype html><html lang="en"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"{again}<title>{escape(title)}</title><style>{_STYLE}</style></head><body><main>{body}</main></body></html>"
    )


def told(seen: TrackedOrderView, now: Instant, zone: tzinfo) -> str:
    """Return what the page says of an order at an instant, as HTML; times are in `zone`."""
    today = datetime.fromtimestamp(now, zone)
    lines = [f"<h1>{_HEADINGS[seen.state]}</h1>"]
    if seen.ended_at is not None:
        lines.append(f'<p class="time">{_clock(seen.ended_at, zone, today)}</p>')
        if seen.state is not TrackedState.DELIVERED:
            lines.append(f"<p>{_CALL}</p>")
    else:
        lines += _expected(seen, zone, today)
    if seen.state in _STEPS:
        lines.append(_steps(seen.state))
    news = "" if seen.ended_at is not None else f" This page looks for news every {AGAIN_AFTER_S} seconds."
    lines.append(f"<footer><p>Times are those of {escape(_place_of(zone, today))}.{news}</p></footer>")
    return "".join(lines)


def _expected(seen: TrackedOrderView, zone: tzinfo, today: datetime) -> list[str]:
    arrival = seen.arrival
    promised = f"Promised by {_clock(seen.promise.by_at, zone, today)}."
    if seen.promise.from_at is not None:
        span = f"{_clock(seen.promise.from_at, zone, today)} and {_clock(seen.promise.by_at, zone, today)}"
        promised = f"Promised between {span}."
    if arrival is None:
        is_there = seen.state is TrackedState.AT_THE_DOOR
        return [f"<p>{promised}{'' if is_there else _NOT_TOLD_YET}</p>"]
    since = _clock(arrival.updated_at, zone, today)
    lines = [
        f'<p class="time">{_clock(arrival.from_at, zone, today)} to {_clock(arrival.until_at, zone, today)}</p>',
        f"<p>Four of five such orders arrive within this time. Known since {since}.</p>",
    ]
    if arrival.from_at > seen.promise.by_at:
        lines.append(f'<p class="late">This is later than promised, and we are sorry. {promised}</p>')
    elif arrival.until_at > seen.promise.by_at:
        lines.append(f'<p class="late">It may come later than promised. {promised}</p>')
    else:
        lines.append(f"<p>{promised}</p>")
    return lines


def _steps(state: TrackedState) -> str:
    names, at = list(_STEPS), list(_STEPS).index(state)
    items = []
    for number, name in enumerate(names):
        mark = ' aria-current="step"' if number == at else ' class="done"' if number < at else ""
        items.append(f"<li{mark}>{_STEPS[name]}</li>")
    return f'<ol aria-label="How far it is">{"".join(items)}</ol>'


def _clock(instant: datetime, zone: tzinfo, today: datetime) -> str:
    """Return the time of day of an instant, with the day if it is another than today."""
    at = instant.astimezone(zone)
    return f"{at:%H:%M}" if at.date() == today.date() else f"{at:%A, %d %B, %H:%M}"


def _place_of(zone: tzinfo, at: datetime) -> str:
    """Return a zone as people name it: Santiago (UTC-03:00)."""
    offset = at.strftime("%:z")
    name = str(zone)
    return f"{name.rpartition('/')[2].replace('_', ' ')} (UTC{offset})" if "/" in name else f"UTC{offset}"
