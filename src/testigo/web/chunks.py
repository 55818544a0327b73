"""The body of one chunk, from the network into the file of its upload: never more than announced, never slower than
allowed, and not a byte of what does not begin as a photo does."""

import hashlib

from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect, Request

from testigo.errors import CannotWrite
from testigo.flows.receive import JPEG_START, check_sent_beginning
from testigo.web.bodies import pieces_of
from testigo.web.spool import Part
from testigo.web.tus import Checksum, mismatch


async def take_chunk(
    request: Request, part: Part, *, offset: int, most: int, checksum: Checksum | None, idle_s: float, whole_s: float
) -> int:
    """How many bytes came and lie in the file behind `offset`. A body that breaks off is kept as far as it came, unless
    it has a checksum to meet.

    Raises:
        BadPhoto: the upload begins, and neither as a JPEG nor as a sealed photo; nothing is in the file.
        CannotWrite: there is no room; nothing of the body is in the file.
        HTTPException: 413, more than `most` bytes came; 460, another hash than `checksum` says.
    """
    came, head, whole = 0, b"", hashlib.new(checksum.algorithm if checksum else "sha256", usedforsecurity=False)
    sniffing = offset == 0
    try:
        async for piece in pieces_of(request, idle_s=idle_s, whole_s=whole_s):
            if came + len(head) + len(piece) > most:
                raise HTTPException(413, f"expected at most {most} bytes more")
            if sniffing:
                head += piece
                if len(head) < len(JPEG_START):
                    continue
                check_sent_beginning(head)
                head, sniffing, piece = b"", False, head
            whole.update(piece)
            part.write(piece)
            came += len(piece)
    except (ClientDisconnect, TimeoutError):
        head = b""
    except CannotWrite:
        # It would take the last room on the disk, and is not told to anybody.
        part.cut(offset)
        raise
    if head:
        check_sent_beginning(head)
    if checksum is not None and whole.digest() != checksum.digest:
        part.cut(offset)
        raise mismatch()
    return came
