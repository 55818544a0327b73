"""The body of a request, piece by piece, from a sender who may not let the server wait."""

import asyncio
from collections.abc import AsyncIterator

from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect, Request

from testigo.errors import BadUsage

IDLE_S = 30.0
WHOLE_S = 600.0


async def pieces_of(request: Request, *, idle_s: float = IDLE_S, whole_s: float = WHOLE_S) -> AsyncIterator[bytes]:
    """The pieces as they come.

    Raises:
        TimeoutError: nothing came for `idle_s` seconds, or the whole took more than `whole_s`.
        ClientDisconnect: the sender hung up.
    """
    loop = asyncio.get_running_loop()
    end = loop.time() + whole_s
    pieces = request.stream()
    while True:
        async with asyncio.timeout_at(min(end, loop.time() + idle_s)):
            piece = await anext(pieces, None)
        if piece is None:
            return
        yield piece


async def whole_of(request: Request, most: int) -> bytes:
    """The whole body, of at most `most` bytes.

    Raises:
        BadUsage: it is longer; nothing more of it is read.
        HTTPException: 408, it did not come to its end in time.
    """
    body = bytearray()
    try:
        async for piece in pieces_of(request):
            body += piece
            if len(body) > most:
                raise BadUsage("expected at most %(most)s bytes", most=most)
    except (ClientDisconnect, TimeoutError):
        raise HTTPException(408, "the request's body did not come to its end") from None
    return bytes(body)
