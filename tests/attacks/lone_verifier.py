"""`verify_alone.py` in an interpreter without packages, kept running so that an attack does not pay for a start."""

import json
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Self

_SERVE = """
import contextlib, io, json, runpy, sys
program = runpy.run_path(sys.argv[1])
for line in sys.stdin:
    out = io.StringIO()
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(out):
        try:
            code = program["main"](json.loads(line))
        except SystemExit as left:
            code = left.code
    print(json.dumps([code, out.getvalue()]), flush=True)
"""


@dataclass(frozen=True)
class Ended:
    """How a call of the verifier ended."""

    exit_code: int
    text: str


class LoneVerifier:
    """Answers calls of `main` one after the other."""

    def __init__(self, program: Path) -> None:
        command = [sys.executable, "-I", "-S", "-c", _SERVE, str(program)]
        self._child = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._child.stdin.close()
        self._child.wait(10)
        self._child.stdout.close()

    def call(self, arguments: list[str]) -> Ended:
        self._child.stdin.write(json.dumps(arguments) + "\n")
        self._child.stdin.flush()
        return Ended(*json.loads(self._child.stdout.readline()))
