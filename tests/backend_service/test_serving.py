"""The sockets that the service listens on."""

from __future__ import annotations

import asyncio
import socket

from backend_service.serving import _bind


def test_a_small_answer_leaves_at_once() -> None:
    """Without TCP_NODELAY a kept connection waits 40 ms for each answer that has a head and a body."""

    async def scenario() -> int:
        accepted: asyncio.Future[int] = asyncio.get_running_loop().create_future()

        def greet(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            accepted.set_result(writer.get_extra_info("socket").getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY))
            writer.close()

        server = await asyncio.start_server(greet, sock=_bind("127.0.0.1", 0, "--http-port"))
        async with server:
            _, writer = await asyncio.open_connection(*server.sockets[0].getsockname()[:2])
            is_at_once = await accepted
            writer.close()
        return is_at_once

    assert asyncio.run(scenario()) == 1
