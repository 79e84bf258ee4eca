"""Runs a composed service until it is asked to end: opens its doors, writes what a desk needs to find them."""

from __future__ import annotations

import asyncio
import logging
import os
import signal
import socket
import ssl
import sys
from contextlib import AsyncExitStack, suppress
from pathlib import Path

import msgspec
import uvicorn

from backend_service.api.application import create_tracker_app
from backend_service.clocks import SteadyClock, WallClock, operation_clock
from backend_service.composition import RunningService, running_service
from backend_service.durable_files import write_durably
from backend_service.garbage import SetAside
from backend_service.hasty_http import HastyHttp
from backend_service.ingestion.gateway_door import GatewayDoor
from backend_service.ingestion.proof import device_in_service, senders_for
from backend_service.ingestion.teltonika_door import TeltonikaDoor
from backend_service.invitations import write_demo_access, write_first_invitation
from backend_service.live.zeromq_door import ZeroMqDoor
from backend_service.settings import Settings
from backend_service.workers.rhythm import run_live
from core.refusals import Fault

logger = logging.getLogger(__name__)

STOP_SECONDS = 5.0
_TURN_S = 0.0005
"""How long a thread that writes may go on once the event loop wants its turn: with Python's usual 5 ms, a request of
2 ms that meets two writes takes 12."""


class OpenDoors(msgspec.Struct, frozen=True, kw_only=True):
    """Where a running service is found; written as ``ready.json`` once every door is open."""

    pid: int
    http: str
    feed: str
    zmq: str | None
    tracker: str | None
    starts_at: float
    speed: float
    teltonika: str | None = None
    gateway: str | None = None
    mqtt: str | None = None


def serve(settings: Settings, demo_access: bool) -> int:
    """Run until SIGINT or SIGTERM; return the exit code.

    Raises
    ------
    Fault
        ``data.in_use``, ``door.port_taken``, ``log.*``: with what to do.
    """
    logging.basicConfig(level=logging.INFO, stream=sys.stderr, format="%(asctime)s %(levelname)s %(name)s: %(message)s")
    logging.getLogger("httpx").setLevel(logging.WARNING)
    sys.setswitchinterval(_TURN_S)
    with suppress(KeyboardInterrupt):
        asyncio.run(_serve(settings, demo_access))
    return 0


async def _serve(settings: Settings, demo_access: bool) -> None:
    wall = WallClock()
    clock = operation_clock(wall, speed=settings.speed, starts_at=settings.starts_at)
    steady = SteadyClock() if clock is wall else None  # one that runs at its own speed nobody can set
    ending = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, ending.set)
    async with AsyncExitStack() as stack:
        service = await stack.enter_async_context(running_service(settings, clock=clock, wall=wall, steady=steady))
        settings.ready_path.unlink(missing_ok=True)
        doors = await _open_doors(service, stack)
        service.addresses.feed, service.addresses.zmq = doors.feed, doors.zmq
        if demo_access:
            write_demo_access(service.settings, service.authority, service.curve_keys, doors.feed, doors.zmq)
        else:
            write_first_invitation(service.settings, service.authority, service.curve_keys, doors.feed, doors.zmq)
        stack.callback(SetAside().close)
        stack.push_async_callback(_cancel, asyncio.create_task(run_live(service.rhythm, clock), name="workers"))
        _announce(settings, doors)
        await ending.wait()
        logger.info("ending: finishing what is under way")
    settings.ready_path.unlink(missing_ok=True)


async def _open_doors(service: RunningService, stack: AsyncExitStack) -> OpenDoors:
    settings = service.settings
    check_certificate(settings)
    http = _bind(settings.host, settings.http_port, "--http-port")
    await _start_http(service.application, http, stack, settings)
    secure = "s" if settings.certificate else ""
    zmq_address = None
    if settings.zmq_port is not None:
        door = ZeroMqDoor(service.feed, f"tcp://{settings.host}:{settings.zmq_port}", service.curve_keys)
        await door.open()
        stack.push_async_callback(door.close)
        zmq_address = door.address
    tracker = None
    if settings.tracker_port is not None:
        tracker = _bind(settings.host, settings.tracker_port, "--tracker-port")
        await _start_http(create_tracker_app(service.api), tracker, stack, settings, settings.device_authority)
    teltonika, gateway = await _open_teltonika(service, stack), _open_gateway(service, stack)
    if service.mqtt is not None:
        service.mqtt.open()
        stack.push_async_callback(service.mqtt.close)
    return OpenDoors(
        pid=os.getpid(),
        http=f"http{secure}://{_address(http)}",
        feed=f"ws{secure}://{_address(http)}/api/v1/feed",
        zmq=zmq_address,
        tracker=f"http{secure}://{_address(tracker)}" if tracker else None,
        starts_at=service.started_at,
        speed=settings.speed,
        teltonika=teltonika,
        gateway=gateway,
        mqtt=service.mqtt.address if service.mqtt else None,
    )


async def _open_teltonika(service: RunningService, stack: AsyncExitStack) -> str | None:
    settings = service.settings
    if settings.teltonika_port is None:
        return None
    trackers = _bind(settings.host, settings.teltonika_port, "--teltonika")
    door = TeltonikaDoor(
        service.api.reception,
        lambda imei: device_in_service(service.bus.operation.fleet, imei),
        tls=_tracker_tls(settings),
    )
    await door.open(trackers)
    stack.push_async_callback(door.close)
    return f"tcp://{_address(trackers)}"


def _tracker_tls(settings: Settings) -> ssl.SSLContext | None:
    if settings.tracker_authority is None or settings.certificate is None:
        return None
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(settings.certificate, settings.private_key, password="")
    context.verify_mode = ssl.CERT_REQUIRED
    _load_authority(context, settings.tracker_authority)
    return context


def _load_authority(context: ssl.SSLContext, authority: Path) -> None:
    try:
        context.load_verify_locations(authority)
    except (OSError, ssl.SSLError) as error:
        raise Fault(
            "door.certificate", f"{authority} cannot be used ({error.strerror or error}). Name a PEM certificate."
        ) from error


def _open_gateway(service: RunningService, stack: AsyncExitStack) -> str | None:
    settings, api = service.settings, service.api
    if settings.gateway_port is None:
        return None
    door = GatewayDoor(
        api.reception,
        lambda credential: senders_for(credential, api.authority, api.device_keys, api.bus.operation.fleet),
        f"tcp://{settings.host}:{settings.gateway_port}",
        service.curve_keys,
    )
    door.open()
    stack.push_async_callback(door.close)
    return door.address


def _bind(host: str, port: int, option: str) -> socket.socket:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    # The event loop sends small answers at once (TCP_NODELAY) only where it reads the protocol off the socket.
    door = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    door.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        door.bind((host, port))
    except OSError as error:
        door.close()
        raise Fault(
            "door.port_taken", f"{host}:{port} cannot be opened ({error.strerror}). Choose another by {option}."
        ) from error
    return door


def _address(door: socket.socket) -> str:
    host, port = door.getsockname()[:2]
    return f"[{host}]:{port}" if ":" in host else f"{host}:{port}"


def check_certificate(settings: Settings) -> None:
    """Return if the certificate and the authority of devices can be used, or if there are none.

    Raises
    ------
    Fault
        ``door.certificate``
    """
    if settings.certificate is None:
        return
    try:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(settings.certificate, settings.private_key, password="")  # else it asks the terminal
    except (OSError, ssl.SSLError) as error:
        raise Fault(
            "door.certificate",
            f"{settings.certificate} and {settings.private_key} cannot be used ({error.strerror or error}). "
            "Name a PEM certificate and its own PEM key, both readable and without a passphrase.",
        ) from error
    if settings.device_authority is not None:
        _load_authority(context, settings.device_authority)


async def _start_http(
    application: object,
    door: socket.socket,
    stack: AsyncExitStack,
    settings: Settings,
    authority: Path | None = None,
) -> None:
    """Serve an application; with an authority only to who shows a certificate that it signed."""
    config = uvicorn.Config(
        application,  # type: ignore[arg-type]
        log_level="warning",
        access_log=False,
        lifespan="on",
        http=HastyHttp,
        ws="websockets-sansio",
        ws_max_size=1_000_000,
        ws_per_message_deflate=False,
        timeout_keep_alive=30,
        timeout_graceful_shutdown=2,
        ssl_certfile=settings.certificate,
        ssl_keyfile=settings.private_key,
        ssl_ca_certs=authority,
        ssl_cert_reqs=ssl.CERT_NONE if authority is None else ssl.CERT_REQUIRED,
    )
    server = uvicorn.Server(config)
    serving = asyncio.create_task(server._serve([door]), name="http")
    while not server.started:
        if serving.done():
            await serving
            raise Fault("door.not_opened", "The HTTP door did not open.")
        await asyncio.sleep(0.01)

    async def close() -> None:
        server.should_exit = True
        await asyncio.wait({serving}, timeout=STOP_SECONDS)

    stack.push_async_callback(close)


async def _cancel(task: asyncio.Task[None]) -> None:
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)


def _announce(settings: Settings, doors: OpenDoors) -> None:
    write_durably(settings.ready_path, msgspec.json.encode(doors), is_private=False)
    logger.info("ready: REST and WebSocket %s, ZeroMQ %s, trackers %s", doors.http, doors.zmq, doors.tracker)
