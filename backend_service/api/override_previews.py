"""An impact preview as the API writes it, and what of it a commit carries back."""

from __future__ import annotations

import msgspec

from backend_service.api.places_and_times import ArrivalView, Id, Moment, Number, moment
from core.dispatch.commit_check import shown_of
from core.dispatch.decision import AffectedOrder, ImpactPreview, Outcome, OverrideMode
from core.dispatch.rationale import say
from core.dispatch.shown import Shown
from core.orders.order import ArrivalBand
from core.vocabulary import DriverId, OrderId


class OutcomeView(msgspec.Struct, kw_only=True):
    """What one plan leads to, over every order it touches; `cost` in minor units of the city's currency.

    `cost` is driving, expected lateness and customers' waiting; `waited_minutes` that waiting.
    """

    promises_broken: int
    promises_touched: int
    late_minutes: float
    longest_delay_minutes: float
    distance_m: float
    driving_s: float
    cost: int
    drivers_changed: int
    customers_to_tell: int
    waited_minutes: float


class AffectedView(msgspec.Struct, kw_only=True):
    """One customer whose time moves: the expected arrival now and in each counterfactual."""

    order_id: str
    promised_by_at: Moment
    now: ArrivalView | None
    as_is: ArrivalView | None
    replanned: ArrivalView | None


class ShownView(msgspec.Struct, kw_only=True):
    """What was shown of one outcome, to be sent back as it is when committing it.

    `shown_at` is when it was computed: what waiting for the commit makes later since then is not held against it.
    """

    position: Number
    promises: int
    late_minutes: float
    money: int
    arrivals: dict[Id, Moment] = {}
    hands: dict[Id, Id | None] = {}
    shown_at: Moment | None = None

    def shown(self) -> Shown:
        """Return what a commit is held against."""
        return Shown(
            position=self.position,
            promises=self.promises,
            late_minutes=self.late_minutes,
            money=self.money,
            arrivals={OrderId(name): at.timestamp() for name, at in self.arrivals.items()},
            hands={OrderId(k): None if v is None else DriverId(v) for k, v in self.hands.items()},
            shown_at=0.0 if self.shown_at is None else self.shown_at.timestamp(),
        )


class PreviewView(msgspec.Struct, kw_only=True):
    """What a change would do, computed on the state at `position`.

    `recommendation`, `as_is` and `replanned` compare with `present`, over the same drivers. With `breaches` it cannot
    be committed. Drivers and customers would be told `tell_after_s` after the commit.
    """

    order_id: str
    driver_id: str
    recommended_driver_id: str | None
    computed_at: Moment
    position: int
    present: OutcomeView
    recommendation: OutcomeView
    as_is: OutcomeView
    replanned: OutcomeView | None
    affected: list[AffectedView]
    breaches: list[str]
    said: list[str]
    shown_as_is: ShownView
    shown_replanned: ShownView | None
    tell_after_s: float
    took_ms: float


def preview_view(preview: ImpactPreview) -> PreviewView:
    """Return a preview as the API writes it."""
    has_replanned = preview.replanned is not None
    return PreviewView(
        order_id=preview.order_id,
        driver_id=preview.driver_id,
        recommended_driver_id=preview.recommended_driver_id,
        computed_at=moment(preview.computed_at),
        position=preview.position,
        present=_outcome(preview.present),
        recommendation=_outcome(preview.recommendation),
        as_is=_outcome(preview.as_is),
        replanned=None if preview.replanned is None else _outcome(preview.replanned),
        affected=[_affected(one) for one in preview.affected],
        breaches=[say(breach.statement) for breach in preview.breaches],
        said=[say(statement) for statement in preview.said],
        shown_as_is=_shown(preview, OverrideMode.AS_IS),
        shown_replanned=_shown(preview, OverrideMode.REPLANNED) if has_replanned else None,
        tell_after_s=preview.tell_after_s,
        took_ms=preview.took_ms,
    )


def _outcome(outcome: Outcome) -> OutcomeView:
    return OutcomeView(**msgspec.structs.asdict(outcome))


def _affected(one: AffectedOrder) -> AffectedView:
    return AffectedView(
        order_id=one.order_id,
        promised_by_at=moment(one.promised_by_at),
        now=_arrival(one.now),
        as_is=_arrival(one.as_is),
        replanned=_arrival(one.replanned),
    )


def _arrival(band: ArrivalBand | None) -> ArrivalView | None:
    return None if band is None else ArrivalView.of(band)


def _shown(preview: ImpactPreview, mode: OverrideMode) -> ShownView:
    shown = shown_of(preview, mode)
    return ShownView(
        position=shown.position,
        promises=shown.promises,
        late_minutes=shown.late_minutes,
        money=shown.money,
        arrivals={str(name): moment(at) for name, at in shown.arrivals.items()},
        hands={str(name): driver_id for name, driver_id in shown.hands.items()},
        shown_at=moment(shown.shown_at),
    )
