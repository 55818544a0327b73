"""What became of a photo: received with a promise or refused with a cause, as it is kept and as it is told."""

from testigo.core.promise import parse_promise
from testigo.errors import BadPhoto, CannotWrite
from testigo.flows.receive import Received, Sent, opened, receive
from testigo.private import Upload
from testigo.terminal import warn
from testigo.tlog.note import parse_note
from testigo.web.deployment import Deployment
from testigo.web.spool import NOT_KEPT


def received_by(deployment: Deployment, data: bytes, sent: Sent) -> Received:
    """The promise for a photo that came whole.

    Raises:
        BadPhoto: it is refused.
        CannotWrite: there is no room, or bucket or database do not answer; nothing is promised. Its sentence names no
            place: that is told to whoever runs the server, without a word on who sent the photo.
    """
    try:
        return receive(
            deployment.world, deployment.reader, deployment.promises, opened(deployment.opener, data), sent,
            deployment.clock(),
        )  # fmt: skip
    except CannotWrite as error:
        warn(f"testigo: {error}")
        raise CannotWrite("the photo could not be kept; try again later") from None
    except OSError as error:
        raise CannotWrite(NOT_KEPT, why=error.strerror) from None


def refusal_text(error: BadPhoto) -> str:
    """A refusal as the private store keeps it: the cause, and the sentence behind it."""
    return f"{error.cause}\n{error}"


def told_upload(upload: Upload) -> dict[str, str | None]:
    """The state of an upload for the phone: `waiting`, `promised` or `refused`. What does not apply is None."""
    told: dict[str, str | None] = {"state": "waiting", "sha256": None, "promise": None, "code": None, "sentence": None}
    if upload.state == "promised":
        promise = parse_promise(parse_note(upload.text.encode()).text)
        told |= {"state": "promised", "sha256": promise.sha256, "promise": upload.text}
    elif upload.state == "refused":
        cause, _, sentence = upload.text.partition("\n")
        told |= {"state": "refused", "code": cause, "sentence": sentence}
    return told
