"""The seam of what is never public: invitations, sessions, passes, claims, drafts, notes, uploads under way, reports.

Secrets arrive here as SHA-256 of 256 random bits. No address, device, name, file name or time of arrival has a place:
times are ends of validity alone. The twins are held to the same words by `tests/contracts`.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal, Protocol

from testigo.core.backup import Rows
from testigo.core.ids import Digest, StationCode
from testigo.core.roles import Role

ClaimKind = Literal["entry", "ruling"]
UploadState = Literal["open", "promised", "refused"]


@dataclass(frozen=True, slots=True)
class Session:
    """A member of staff who is signed in."""

    role: Role
    alias: str


@dataclass(frozen=True, slots=True)
class Passkey:
    """What signs somebody in. `secret` is the hash of its id, `key` its public key as COSE (RFC 9052) in hexadecimal
    digits, `uses` the count of signatures that it told last; many always tell 0.
    """

    secret: Digest
    role: Role
    alias: str
    key: str
    uses: int = 0


@dataclass(frozen=True, slots=True)
class Claim:
    """A photo in somebody's hands."""

    photo: Digest
    kind: ClaimKind
    alias: str


@dataclass(frozen=True, slots=True)
class Upload:
    """A photo on its way. `owner` is the hash of the pass, `length` its bytes, `sha256` what the sender says they are.

    `state` is `promised` with the promise in `text`, or `refused` with the cause in it.
    """

    secret: Digest
    owner: Digest
    length: int
    sha256: Digest | None
    station: StationCode | None
    page: int
    orient: int
    expires: datetime
    offset: int = 0
    state: UploadState = "open"
    text: str = ""


@dataclass(frozen=True, slots=True)
class Problem:
    """What somebody reported; `station` None where it is about none."""

    id: str
    station: StationCode | None
    kind: str
    text: str


@dataclass(frozen=True, slots=True)
class Score:
    """What somebody made of a sheet whose answer is known: `right` of so many `fields`; `training` if they knew it."""

    alias: str
    photo: Digest
    training: bool
    fields: int
    right: int


@dataclass(frozen=True, slots=True)
class Work:
    """How many sheets somebody keyed in so many seconds, those apart whose time nobody knows."""

    alias: str
    sheets: int
    seconds: int


class Private(Protocol):
    """The private store. What must happen once (enrol, sign in, spend, claim, advance) happens once, also between
    processes.
    """

    def invite(self, secret: Digest, role: Role, alias: str | None, until: datetime) -> None:
        """Keeps an invitation."""

    def enrol(self, invitation: Digest, secret: Digest, uploads: int, now: datetime, until: datetime) -> int | None:
        """How many uploads the pass has left that a volunteer's invitation was used for, in one step with its use.

        Whoever asks again with the same pass, as when the answer was lost, is told again, and no link between the two
        is kept for it. None where there is no such invitation of a volunteer, or it has run out.
        """

    def sign_in(self, invitation: Digest, secret: Digest, now: datetime, until: datetime) -> Session | None:
        """The session that an invitation of staff was used for, in one step with its use; the same session again for
        whoever asks again. None where there is no such invitation of staff, or it has run out.
        """

    def forget_over(self, now: datetime) -> None:
        """Forgets invitations, passes, sessions, challenges and claims whose time is over."""

    def spend(self, secret: Digest, now: datetime) -> bool:
        """Whether the pass had an upload left, which it has not any more."""

    def passes_left(self, secret: Digest, now: datetime) -> int | None:
        """How many uploads a pass has left; None where there is no such pass or it has run out."""

    def open_session(self, secret: Digest, role: Role, alias: str, until: datetime) -> None:
        """Keeps a session."""

    def session(self, secret: Digest, now: datetime) -> Session | None:
        """The session; None where there is none or it has run out."""

    def end_session(self, secret: Digest) -> None:
        """Ends a session; one that is not there is ended already."""

    def end_sessions_of(self, alias: str) -> None:
        """Ends every session of this person, and forgets their passkeys, as when a device was lost."""

    def keep_challenge(self, secret: Digest, alias: str, now: datetime, until: datetime) -> bool:
        """Whether there was room for the challenge; `alias` is for whom, empty for whoever signs in."""

    def use_challenge(self, secret: Digest, alias: str, now: datetime) -> bool:
        """Whether there was such a challenge for this person; it is gone afterwards."""

    def keep_passkey(self, passkey: Passkey) -> bool:
        """Whether the passkey is kept: not one whose id is known already."""

    def passkey(self, secret: Digest) -> Passkey | None:
        """The passkey, None where there is none."""

    def used_passkey(self, secret: Digest, uses: int) -> bool:
        """Whether the passkey may tell this count: more than the last, or always 0. A copy of it tells less."""

    def claim(self, photo: Digest, kind: ClaimKind, alias: str, now: datetime, until: datetime) -> bool:
        """Whether the photo is in this person's hands until then; not where it is in another's, who still has time."""

    def release(self, photo: Digest, kind: ClaimKind, alias: str) -> None:
        """Lets the photo go, if this person holds it."""

    def claims(self, now: datetime) -> tuple[Claim, ...]:
        """The claims that have not run out, by photo, kind and alias."""

    def save_draft(self, photo: Digest, alias: str, text: str) -> None:
        """Keeps what somebody has typed so far, in the place of what was kept before."""

    def draft(self, photo: Digest, alias: str) -> str | None:
        """What somebody has typed so far, None where nothing is kept."""

    def drop_draft(self, photo: Digest, alias: str) -> None:
        """Forgets it."""

    def keep_note(self, photo: Digest, alias: str, text: str) -> None:
        """Keeps what somebody noted on the problem of a sheet, in the place of what was kept before."""

    def notes(self, photo: Digest) -> Mapping[str, str]:
        """What was noted on a sheet, by alias."""

    def drop_notes(self, photo: Digest) -> None:
        """Forgets what was noted on a sheet."""

    def open_upload(self, upload: Upload) -> None:
        """Keeps an upload that begins."""

    def upload(self, secret: Digest) -> Upload | None:
        """The upload, also one that has run out; None where there is none."""

    def advance(self, secret: Digest, from_offset: int, to_offset: int) -> bool:
        """Whether the upload stood at `from_offset`, and stands at `to_offset` now."""

    def finish(self, secret: Digest, state: UploadState, text: str) -> None:
        """Says what became of an upload."""

    def drop_upload(self, secret: Digest) -> None:
        """Forgets an upload."""

    def expired_uploads(self, now: datetime) -> tuple[Upload, ...]:
        """Uploads whose time is over, by secret."""

    def open_uploads(self, owner: Digest, now: datetime) -> int:
        """How many uploads of a pass are under way."""

    def spool_bytes(self) -> int:
        """How many bytes all uploads under way will take at most."""

    def report_problem(self, problem: Problem) -> None:
        """Keeps a report."""

    def problems(self) -> Sequence[Problem]:
        """Every report that is open, by id."""

    def close_problem(self, id_: str) -> None:
        """Forgets a report; one that is not there is closed already."""

    def put_setting(self, name: str, text: str) -> None:
        """Keeps a setting, in the place of what it was."""

    def setting(self, name: str) -> str | None:
        """A setting, None where it was never put."""

    def keep_score(self, score: Score) -> None:
        """Keeps a score; of one person and photo the first one stays."""

    def scores(self) -> tuple[Score, ...]:
        """Every score, by alias and photo."""

    def add_work(self, alias: str, seconds: int) -> None:
        """Adds a sheet that took so long."""

    def work(self) -> tuple[Work, ...]:
        """What everybody keyed, by alias."""

    def rows(self) -> Rows:
        """All that is kept, by table and in the order of keys, as it stood at one moment; nobody has to wait for it."""

    def replace(self, rows: Rows) -> None:
        """Keeps these rows and no others, all of them or none of the change.

        Raises:
            BrokenStore: they have other tables or columns than this store.
        """
