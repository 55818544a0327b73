"""Every error a person can meet: class = exit code = HTTP status = stable code, on this one page.

The sentence of an error names the place (file, line, key), what was expected and what came.
They are caught in two places only, `cli.main` and (later) `web.app`; anything else that is raised is a bug.
"""


class TestigoError(Exception):
    """Base of what a user can meet; never raised itself.

    A sentence with gaps, `%(field)s`, and what stands in them can be told in the language of whoever asks.
    """

    code = "error"
    exit_code = 1
    http_status = 500

    def __init__(self, sentence: str, **gaps: object) -> None:
        super().__init__(sentence % gaps if gaps else sentence)
        self.sentence = sentence
        self.gaps = gaps


class BadUsage(TestigoError):
    """The command was called with arguments that do not fit together."""

    code = "usage"
    exit_code = 3
    http_status = 400


class BadElection(TestigoError):
    """A file of the election folder is wrong: names file, line or key, what was expected and what came."""

    code = "election"
    exit_code = 4
    http_status = 422


class BadTable(TestigoError):
    """A table cannot be taken in at all (single bad rows are set aside, not raised)."""

    code = "table"
    exit_code = 5
    http_status = 422


class BadPhoto(TestigoError):
    """A file is refused as a photo; `cause` is a stable word such as `broken`, `huge` or `foreign`."""

    code = "photo"
    exit_code = 6
    http_status = 422

    def __init__(self, cause: str, sentence: str) -> None:
        super().__init__(sentence)
        self.cause = cause


class BadRecord(TestigoError):
    """Bytes are not a record of the log in its one spelling."""

    code = "record"
    exit_code = 7
    http_status = 422


class BadNote(TestigoError):
    """A signed note, checkpoint, proof or policy file does not parse, or its signature does not verify."""

    code = "note"
    exit_code = 8
    http_status = 422


class BadHome(TestigoError):
    """The home is missing, belongs to another election, or is used by another writer."""

    code = "home"
    exit_code = 9
    http_status = 409


class BrokenStore(TestigoError):
    """What the store holds is not what it took in (bytes differ from their name, tile from its journal)."""

    code = "store"
    exit_code = 10
    http_status = 500


class NotFound(TestigoError):
    """Something that was asked for by name is not held."""

    code = "not-found"
    exit_code = 11
    http_status = 404


class NotAllowed(TestigoError):
    """Somebody asked for what their role or state does not allow; says why and what would."""

    code = "not-allowed"
    exit_code = 13
    http_status = 403


class Taken(TestigoError):
    """What was to be done was done meanwhile, or belongs to somebody else now; nothing was changed."""

    code = "taken"
    exit_code = 14
    http_status = 409


class TooMany(TestigoError):
    """More than a limit allows at once; the same may be asked again later."""

    code = "too-many"
    exit_code = 15
    http_status = 429


class BadAssessment(TestigoError):
    """An assessment, a calibration or an audit's folder cannot be understood, or does not fit the log."""

    code = "assessment"
    exit_code = 12
    http_status = 422


class CannotWrite(TestigoError):
    """The disk is full, or writing is not allowed; what was taken in before is safe."""

    code = "write"
    exit_code = 74
    http_status = 507
