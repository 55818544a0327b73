"""What has run out is forgotten: nothing that joins a pass to a photo outlives its use, on a quiet night neither."""

from datetime import datetime

from testigo.private import Private
from testigo.web.spool import Spool

SWEEP_S = 60
"""How often a server does it, in seconds."""


def sweep(private: Private, spool: Spool, now: datetime) -> None:
    """Forgets what has run out, uploads with their bytes; and wipes bytes that a crash left behind.

    Raises:
        CannotWrite: the database or the disk does not answer; it is to be done again.
    """
    private.forget_over(now)
    for upload in private.expired_uploads(now):
        part = spool.hold(upload.secret)
        if part is not None:
            with part:
                part.wipe()
                private.drop_upload(upload.secret)
    spool.sweep(lambda secret: private.upload(secret) is not None)
