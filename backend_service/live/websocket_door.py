"""The feed over WebSocket, on the same port as REST: binary frames, one message each, subprotocol ``tower.v1``."""

from __future__ import annotations

from typing import Any

from litestar import WebSocket, websocket
from litestar.exceptions import WebSocketDisconnect
from litestar.handlers import WebsocketRouteHandler

from backend_service.live.feed import Feed
from backend_service.live.feed_session import ChannelClosed

PATH = "/api/v1/feed"
SUBPROTOCOL = "tower.v1"
_PROTOCOL_ERROR = 1002


class _WebSocketChannel:
    """One accepted WebSocket as a session's channel."""

    transport = "websocket"

    def __init__(self, socket: WebSocket[Any, Any, Any]) -> None:
        self._socket = socket

    async def receive(self) -> bytes:
        try:
            return await self._socket.receive_bytes()
        except WebSocketDisconnect as error:
            raise ChannelClosed from error

    async def send(self, frame: bytes) -> None:
        try:
            await self._socket.send_bytes(frame)
        except (WebSocketDisconnect, RuntimeError, OSError) as error:
            raise ChannelClosed from error


def websocket_door(feed: Feed) -> WebsocketRouteHandler:
    """Return the route handler to register with Litestar; uvicorn's per-message deflate should be off."""

    @websocket(PATH, opt={"exclude_from_auth": True})
    async def follow_feed(socket: WebSocket[Any, Any, Any]) -> None:
        if SUBPROTOCOL not in socket.scope.get("subprotocols", ()):
            await socket.accept()
            await socket.close(_PROTOCOL_ERROR, f"subprotocol {SUBPROTOCOL} is required")
            return
        await socket.accept(subprotocols=SUBPROTOCOL)
        await feed.serve(_WebSocketChannel(socket))
        if socket.connection_state != "disconnect":
            await socket.close()

    return follow_feed
