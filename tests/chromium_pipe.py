"""Chromium driven by mouse and keys over its debugging pipe (Chrome DevTools Protocol), with what was done counted."""

import base64
import contextlib
import json
import os
import select
import signal
import time
from pathlib import Path
from types import TracebackType
from typing import Any, Self

_FLAGS = (
    "--headless --no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking "
    "--disable-component-update --disable-sync --hide-scrollbars --remote-debugging-pipe"
)
# What the browser says of a question whose page went away while it was asked.
_GONE = ("Inspected target navigated", "Execution context was destroyed", "Cannot find context", "Cannot find default")
_KEYS = {
    "Enter": (13, "\r"), "Tab": (9, ""), "Delete": (46, ""), "Backspace": (8, ""),
    "ArrowLeft": (37, ""), "ArrowUp": (38, ""), "ArrowRight": (39, ""), "ArrowDown": (40, ""),
}  # fmt: skip


class PageGone(AssertionError):
    """The page was left for another one before it answered."""


class Browser:
    """One page in a browser. `presses` counts presses of the mouse (a drag is one) and of keys."""

    def __init__(self, chromium: str, profile: Path, *, width: int = 1280, height: int = 900) -> None:
        self.presses = {"mouse": 0, "keys": 0}
        self.problems: list[str] = []
        self._number = 0
        self._buffer = b""
        self._session: str | None = None
        inward, self._out = os.pipe()
        self._in, outward = os.pipe()
        arguments = [chromium, *_FLAGS.split(), f"--user-data-dir={profile}", f"--window-size={width},{height}"]
        silence = os.open(os.devnull, os.O_WRONLY)
        # A pipe end may itself have the number 3 or 4: first out of the way, then to its place.
        high = [(inward, 103), (outward, 104)]
        actions: list[tuple[Any, ...]] = [(os.POSIX_SPAWN_DUP2, end, place) for end, place in high]
        actions += [(os.POSIX_SPAWN_DUP2, 103, 3), (os.POSIX_SPAWN_DUP2, 104, 4)]
        actions += [(os.POSIX_SPAWN_DUP2, silence, 1), (os.POSIX_SPAWN_DUP2, silence, 2)]
        self._pid = os.posix_spawn(chromium, arguments, os.environ, file_actions=actions, setpgroup=0)
        for end in (inward, outward, silence):
            os.close(end)

    def __enter__(self) -> Self:
        target = self.command("Target.createTarget", url="about:blank")["targetId"]
        self._session = self.command("Target.attachToTarget", targetId=target, flatten=True)["sessionId"]
        for domain in ("Page", "Runtime", "Log"):
            self.command(f"{domain}.enable")
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        os.killpg(self._pid, signal.SIGKILL)
        os.waitpid(self._pid, 0)
        os.close(self._in)
        os.close(self._out)

    def command(self, method: str, **parameters: object) -> dict[str, Any]:
        """The result of one command of the protocol."""
        self._number += 1
        message: dict[str, object] = {"id": self._number, "method": method, "params": parameters}
        if self._session:
            message["sessionId"] = self._session
        os.write(self._out, json.dumps(message).encode() + b"\0")
        while True:
            came = self._message()
            if came.get("id") == self._number:
                if any(word in came.get("error", {}).get("message", "") for word in _GONE):
                    raise PageGone(f"{method}: {came['error']}")
                assert "error" not in came, f"{method}: {came['error']}"
                result: dict[str, Any] = came["result"]
                return result
            self._note(came)

    def open(self, url: str) -> None:
        """Goes to an address."""
        self.command("Page.navigate", url=url)

    def value(self, expression: str) -> Any:
        """What an expression is in the page."""
        told = self.command("Runtime.evaluate", expression=expression, returnByValue=True, awaitPromise=True)
        assert "exceptionDetails" not in told, told["exceptionDetails"]
        return told["result"].get("value")

    def wait_for(self, expression: str, *, seconds: float = 60) -> Any:
        """The value of an expression as soon as it is true, in this page or the one it is being left for."""
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            found = None
            with contextlib.suppress(PageGone):
                found = self.value(expression)
            if found:
                return found
            time.sleep(0.05)
        shown = self.value("document.body?.innerText")
        raise AssertionError(f"never true: {expression}\n{self.problems}\n{shown}")

    def mouse(self, *points: tuple[float, float]) -> None:
        """Presses at the first point, moves through the others and lets go at the last: a click, or a drag."""
        self.presses["mouse"] += 1
        self._mouse("mouseMoved", points[0])
        self._mouse("mousePressed", points[0])
        for point in points[1:]:
            self._mouse("mouseMoved", point, held=1)
        self._mouse("mouseReleased", points[-1])

    def click(self, expression: str) -> None:
        """Clicks in the middle of an element, after it was scrolled into sight and rests on a page that is loaded."""
        self.wait_for("document.readyState === 'complete'")
        seen: list[float] = []
        for _ in range(40):
            last, seen = (
                seen,
                self.value(
                    f"(e => {{ e.scrollIntoView({{block: 'nearest'}}); const b = e.getBoundingClientRect();"
                    f" return [b.x, b.y, b.width, b.height] }})({expression})"
                ),
            )
            if seen == last:
                break
            time.sleep(0.03)
        x, y, w, h = seen
        self.mouse((x + w / 2, y + h / 2))

    def keys(self, text: str) -> None:
        """Types a text, a press for each sign."""
        for sign in text:
            self.presses["keys"] += 1
            self.command("Input.dispatchKeyEvent", type="keyDown", text=sign, key=sign)
            self.command("Input.dispatchKeyEvent", type="keyUp", key=sign)

    def key(self, name: str, *, shift: bool = False, ctrl: bool = False) -> None:
        """Presses a key that has a name, with modifiers as one press."""
        self.presses["keys"] += 1
        code, text = _KEYS.get(name, (ord(name[0].upper()), ""))
        held = {"modifiers": 2 * ctrl + 8 * shift, "key": name, "code": name, "windowsVirtualKeyCode": code}
        self.command("Input.dispatchKeyEvent", type="keyDown" if text and not ctrl else "rawKeyDown", text=text, **held)
        self.command("Input.dispatchKeyEvent", type="keyUp", **held)

    def screenshot(self, path: Path) -> None:
        """The page as a PNG."""
        path.write_bytes(base64.b64decode(self.command("Page.captureScreenshot", format="png")["data"]))

    def _mouse(self, kind: str, point: tuple[float, float], *, held: int = 0) -> None:
        x, y = point
        button = {"buttons": held} if kind == "mouseMoved" else {"button": "left", "clickCount": 1}
        self.command("Input.dispatchMouseEvent", type=kind, x=x, y=y, **button)

    def _message(self) -> dict[str, Any]:
        while b"\0" not in self._buffer:
            assert select.select([self._in], [], [], 60)[0], "the browser does not answer"
            piece = os.read(self._in, 1 << 20)
            assert piece, "the browser ended"
            self._buffer += piece
        line, self._buffer = self._buffer.split(b"\0", 1)
        found: dict[str, Any] = json.loads(line)
        return found

    def _note(self, event: dict[str, Any]) -> None:
        """Keeps what a page should not say: exceptions and entries of the log, among them refusals of its policy."""
        if event.get("method") == "Runtime.exceptionThrown":
            self.problems.append(json.dumps(event["params"]["exceptionDetails"])[:600])
        if event.get("method") == "Log.entryAdded" and event["params"]["entry"]["level"] in ("error", "warning"):
            self.problems.append(event["params"]["entry"]["text"])
