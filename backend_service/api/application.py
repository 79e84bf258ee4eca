"""Puts the API together: handlers, guards, problems, the OpenAPI document. It decides nothing."""

from __future__ import annotations

from typing import Any

from litestar import Litestar, Router
from litestar.connection import ASGIConnection
from litestar.datastructures import ResponseHeader, State
from litestar.di import Provide
from litestar.exceptions import NotFoundException
from litestar.handlers import BaseRouteHandler
from litestar.openapi import OpenAPIConfig
from litestar.openapi.plugins import JsonRenderPlugin
from litestar.openapi.spec import Components, License, SecurityScheme, Server, Tag
from litestar.types import Scope

from backend_service.api.admin import ADMIN_HANDLERS
from backend_service.api.allowed_methods import tell_methods
from backend_service.api.arrival_models import list_arrival_models, use_arrival_model
from backend_service.api.channels import CHANNEL_HANDLERS
from backend_service.api.closures import CLOSURE_HANDLERS
from backend_service.api.collaborators import ApiCollaborators
from backend_service.api.control_room import CONTROL_ROOM_HANDLERS
from backend_service.api.customer_page import customer_page
from backend_service.api.customer_tracking import TRACKING_HANDLERS
from backend_service.api.depots import DEPOT_HANDLERS
from backend_service.api.device_messages import take_message, take_message_by_path
from backend_service.api.devices import DEVICE_HANDLERS
from backend_service.api.driver_moves import MOVE_HANDLERS
from backend_service.api.driver_shift import SHIFT_HANDLERS
from backend_service.api.driving import DRIVING_HANDLERS
from backend_service.api.exact_bodies import ExactRequest
from backend_service.api.exchange import EXCHANGE_HANDLERS
from backend_service.api.fence_files import FENCE_FILE_HANDLERS
from backend_service.api.fence_trials import TRIAL_HANDLERS
from backend_service.api.fences import FENCE_HANDLERS
from backend_service.api.forecast_coverage import forecast_coverage
from backend_service.api.identification import provide_identity, provide_once
from backend_service.api.interventions import INTERVENTION_HANDLERS
from backend_service.api.near_vehicles import nearest_vehicles
from backend_service.api.observation import OBSERVATION_HANDLERS, OperationCollector, health
from backend_service.api.order_forecasts import order_forecasts
from backend_service.api.override_ledger import OVERRIDE_HANDLERS
from backend_service.api.people import PEOPLE_HANDLERS
from backend_service.api.places import PLACE_HANDLERS
from backend_service.api.policy import POLICY_HANDLERS
from backend_service.api.policy_proposals import PROPOSAL_HANDLERS
from backend_service.api.problems import EXCEPTION_HANDLERS
from backend_service.api.readings import take_readings
from backend_service.api.recoveries import RECOVERY_HANDLERS
from backend_service.api.request_limits import LARGEST_BODY, BodyDeadline
from backend_service.api.sign_ins import SIGN_IN_HANDLERS
from backend_service.api.stop_reports import STOP_HANDLERS
from backend_service.api.telemetry import take_batch, take_fix_by_id, take_fix_by_path
from backend_service.api.tracker_alarms import ALARM_HANDLERS
from backend_service.api.tracks import TRACK_HANDLERS
from backend_service.api.waves import WAVE_HANDLERS

_DESCRIPTION = """The REST API of Tower: orders, drivers, vehicles, geofences, decisions and telemetry.

Instants are RFC 3339 in UTC; positions are degrees (WGS 84); quantities are SI; money is in minor units. Errors are
RFC 9457 problems with a stable `code`. A write sent again under the same `Idempotency-Key` is carried out once."""

_BEARER = SecurityScheme(
    type="http",
    scheme="bearer",
    bearer_format="JWT",
    description="A token with one role: dispatcher, supervisor, administrator, driver or device. Where fixes are "
    "sent in batches, a device's own key does as well.",
)

_NOT_KEPT = ResponseHeader(
    name="Cache-Control", value="no-store", description="Answers hold personal data and keys: nobody keeps copies."
)


_TRACKERS = (take_fix_by_path, take_message_by_path, take_message)


def create_app(tower: ApiCollaborators) -> Litestar:
    """Return the API with all its doors; the caller serves it and starts the intake."""
    tower.metrics.register(OperationCollector(tower))
    versioned = Router(
        "/api/v1",
        route_handlers=_tagged(),
        dependencies={"identity": _provide(provide_identity), "idempotency_key": Provide(provide_once)},
        response_headers=[_NOT_KEPT],
    )
    return Litestar(
        route_handlers=[versioned, *_TRACKERS, *_public(), *tower.extra_handlers],
        openapi_config=_openapi(tower),
        **_shared(tower),
    )


def create_tracker_app(tower: ApiCollaborators) -> Litestar:
    """Return the door of a port of its own that unmodified phone apps and trackers post to."""
    return Litestar(route_handlers=[*_TRACKERS, take_fix_by_id], openapi_config=None, **_shared(tower))


def _shared(tower: ApiCollaborators) -> dict[str, Any]:
    return {
        "dependencies": {"tower": _provide(_collaborators)},
        "exception_handlers": EXCEPTION_HANDLERS,
        "state": State({"tower": tower}),
        "request_max_body_size": LARGEST_BODY,
        "request_class": ExactRequest,
        "before_send": [tell_methods],
        "middleware": [BodyDeadline],
        "logging_config": None,
        "debug": False,
        "signature_namespace": {"ApiCollaborators": ApiCollaborators, "Scope": Scope},
    }


def _collaborators(scope: Scope) -> ApiCollaborators:
    """Return whom the app asks: its state holds them."""
    tower: ApiCollaborators = scope["litestar_app"].state.tower
    return tower


def _provide(dependency: Any) -> Provide:
    return Provide(dependency, sync_to_thread=False)


def _tagged() -> list[Router]:
    return [
        Router("/", route_handlers=[take_batch, take_readings], tags=["Telemetry"]),
        Router("/", route_handlers=[*CONTROL_ROOM_HANDLERS, nearest_vehicles, order_forecasts], tags=["Control room"]),
        Router("/", route_handlers=list(PLACE_HANDLERS), tags=["Places"]),
        Router("/", route_handlers=list(TRACKING_HANDLERS), tags=["Customers"]),
        Router("/", route_handlers=[*SHIFT_HANDLERS, *STOP_HANDLERS], tags=["Driver"]),
        Router("/", route_handlers=list(MOVE_HANDLERS), tags=["Control room"]),
        Router("/", route_handlers=[*FENCE_HANDLERS, *TRIAL_HANDLERS, *FENCE_FILE_HANDLERS], tags=["Geofences"]),
        Router(
            "/", route_handlers=[*INTERVENTION_HANDLERS, *CLOSURE_HANDLERS, *OVERRIDE_HANDLERS], tags=["Interventions"]
        ),
        Router("/", route_handlers=[*POLICY_HANDLERS, *PROPOSAL_HANDLERS], tags=["Policy"]),
        Router("/", route_handlers=[*DEVICE_HANDLERS, *CHANNEL_HANDLERS], tags=["Devices and channels"]),
        Router("/", route_handlers=[*WAVE_HANDLERS, *DEPOT_HANDLERS], tags=["Waves"]),
        Router("/", route_handlers=[*DRIVING_HANDLERS, *ALARM_HANDLERS], tags=["Driving"]),
        Router("/", route_handlers=list(RECOVERY_HANDLERS), tags=["Disruptions"]),
        Router("/", route_handlers=list(TRACK_HANDLERS), tags=["Files"]),
        Router("/", route_handlers=list(ADMIN_HANDLERS), tags=["Administration"]),
        Router("/", route_handlers=list(EXCHANGE_HANDLERS), tags=["Files"]),
        Router("/", route_handlers=[*SIGN_IN_HANDLERS, *PEOPLE_HANDLERS], tags=["People"]),
        Router(
            "/",
            route_handlers=[*OBSERVATION_HANDLERS, forecast_coverage, list_arrival_models, use_arrival_model, health],
            tags=["Observation"],
        ),
    ]


def _public() -> list[Router]:
    """Return the addresses that monitoring expects at the root, and the page that customers open."""
    return [Router("/", route_handlers=[health, OBSERVATION_HANDLERS[0], customer_page], include_in_schema=False)]


async def _hidden(_: ASGIConnection[Any, Any, Any, State], __: BaseRouteHandler) -> None:
    raise NotFoundException


def _openapi(tower: ApiCollaborators) -> OpenAPIConfig:
    return OpenAPIConfig(
        title="Tower",
        version=tower.version,
        description=_DESCRIPTION,
        license=License(name="Apache-2.0", identifier="Apache-2.0"),
        servers=[Server(url="/")],
        security=[{"bearer": []}],
        components=Components(security_schemes={"bearer": _BEARER}),
        use_handler_docstrings=True,
        tags=[
            Tag(name="Telemetry", description="Where fixes come in."),
            Tag(name="Control room", description="Orders, decisions, routes, the fleet at a glance."),
            Tag(name="Customers", description="What customers see of their orders."),
            Tag(name="Places", description="Streets and places by name, and addresses on the ground."),
            Tag(name="Disruptions", description="What goes wrong on the way, and what is done about it."),
            Tag(name="Driver", description="The shift, and what happens in the field."),
            Tag(name="Geofences", description="Fences and who is inside."),
            Tag(name="Devices and channels", description="Devices on vehicles, what they tell, and limits on it."),
            Tag(name="Driving", description="Alarms of trackers; harshness, speeding and idling, and what counts."),
            Tag(name="Administration", description="Vehicles, devices, drivers, access, erasure."),
            Tag(name="Files", description="Orders, vehicles and drivers as CSV or JSON, in and out."),
            Tag(name="People", description="Signing in and out, accounts, sessions."),
            Tag(name="Observation", description="Health and metrics."),
        ],
        # The document is served by a handler that asks for a token; the framework's own pages stay shut.
        openapi_router=Router("/schema", route_handlers=[], guards=[_hidden], include_in_schema=False),
        render_plugins=[JsonRenderPlugin()],
    )
