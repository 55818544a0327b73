"""Clerks and adjudicators of a drill: they key what truly stands on a photo, with slips, over HTTP and nothing else."""

import random
import re
import secrets
import time
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from http.client import HTTPConnection, HTTPException
from urllib.parse import urlencode

from testigo_drill.crowd import Waits

_PICK = re.compile(r'name="pick\.([^"]+)" value="other"')
_BUSY_S = 1.0


@dataclass(frozen=True, slots=True)
class Paper:
    """What truly stands on a photo."""

    station: str
    figures: Mapping[str, int]


@dataclass(slots=True)
class Worked:
    """What one person did: sheets done, and seconds that each page and each saving took."""

    sheets: int = 0
    seconds: list[float] = field(default_factory=list)


class Desk:
    """Somebody at a desk, with a session of their own."""

    def __init__(self, host: str, port: int, invitation: str, seed: int) -> None:
        self._host, self._port = host, port
        self._chance = random.Random(seed)
        self._cookie = ""
        self._invitation = invitation
        # As the page's form does: whose answer was lost comes in with the same session again.
        self._session = secrets.token_urlsafe(32)
        self.worked = Worked()

    def key(self, papers: Mapping[str, Paper], slips: float, done: Callable[[], bool]) -> Worked:
        """Keys sheets until `done` says that none will come any more; a slip is one figure too high by one."""
        while not done():
            photo = self._given("/desk")
            if photo is None or photo not in papers:
                # What is no sheet, or not known yet, is left to others.
                if photo is not None:
                    self._ask("POST", f"/desk/{photo}/leave", {})
                time.sleep(_BUSY_S)
                continue
            paper = papers[photo]
            figures = dict(paper.figures)
            if self._chance.random() < slips:
                figures[self._chance.choice(sorted(figures))] += 1
            typed = {"station": paper.station, "problem": ""} | {f"f.{name}": str(n) for name, n in figures.items()}
            if self._ask("POST", f"/desk/{photo}", typed)[0] == 303:
                self.worked.sheets += 1
        return self.worked

    def settle(self, papers: Mapping[str, Paper], done: Callable[[], bool]) -> Worked:
        """Settles what differs by what is truly on the photo."""
        while not done():
            photo = self._given("/rulings")
            if photo is None or photo not in papers:
                time.sleep(_BUSY_S)
                continue
            status, _, page = self._ask("GET", f"/rulings/{photo}", None)
            if status != 200:
                continue
            picks = {"reason": "as it stands on the paper"}
            for name in _PICK.findall(page):
                truth = papers[photo].station if name == "station" else papers[photo].figures.get(name, "")
                picks |= {f"pick.{name}": "other", f"other.{name}": str(truth)}
            if self._ask("POST", f"/rulings/{photo}", picks)[0] == 303:
                self.worked.sheets += 1
        return self.worked

    def _given(self, place: str) -> str | None:
        """The photo that this person is given, with its page and its picture loaded; None where nothing waits."""
        status, location, _ = self._ask("GET", place, None)
        if status != 303:
            return None
        self._ask("GET", location, None)
        self._ask("GET", f"{location}/image", None)
        return location.rpartition("/")[2]

    def _ask(self, method: str, path: str, fields: Mapping[str, str] | None) -> tuple[int, str, str]:
        if not self._cookie and path != self._invitation:
            self._ask("POST", self._invitation, {"session": self._session})
        headers = {"Origin": f"http://{self._host}:{self._port}", "Content-Type": "application/x-www-form-urlencoded"}
        if self._cookie:
            headers["Cookie"] = self._cookie
        start = time.monotonic()
        connection = HTTPConnection(self._host, self._port, timeout=60)
        try:
            connection.request(method, path, None if fields is None else urlencode(fields), headers)
            answer = connection.getresponse()
            told = answer.read()
            if answer.getheader("set-cookie"):
                self._cookie = str(answer.getheader("set-cookie")).partition(";")[0]
            self.worked.seconds.append(time.monotonic() - start)
            return answer.status, answer.getheader("location") or "", told.decode("utf-8", "replace")
        except (OSError, HTTPException):
            # The server is being started again.
            time.sleep(_BUSY_S)
            return 0, "", ""
        finally:
            connection.close()


def work_all(
    host: str,
    port: int,
    clerks: Sequence[str],
    adjudicators: Sequence[str],
    papers: Mapping[str, Paper],
    *,
    slips: float,
    seed: int,
    done: Callable[[], bool],
) -> tuple[list[Worked], list[Worked]]:
    """What clerks and adjudicators did, given the paths of their invitations. `papers` may grow while they work."""
    with ThreadPoolExecutor(len(clerks) + len(adjudicators)) as people:
        keyed = [
            people.submit(Desk(host, port, link, seed + n).key, papers, slips, done) for n, link in enumerate(clerks)
        ]
        settled = [
            people.submit(Desk(host, port, link, seed - 1 - n).settle, papers, done)
            for n, link in enumerate(adjudicators)
        ]
        return [one.result() for one in keyed], [one.result() for one in settled]


def waits_at_desks(worked: Sequence[Worked]) -> Waits:
    """How long people waited for each answer of the server."""
    seconds = sorted(second for one in worked for second in one.seconds)
    if not seconds:
        return Waits(0.0, 0.0, 0.0)
    return Waits(seconds[len(seconds) // 2], seconds[len(seconds) * 19 // 20], seconds[-1])
