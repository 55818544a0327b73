"""The verifier as a program: `verify_alone.py` is this file with everything that it needs, in one piece."""

import argparse
import gc
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import NoReturn

from testigo.errors import TestigoError
from testigo.tlog.policy import parse_policy
from testigo.verification.folder import FolderFiles
from testigo.verification.report import report_json, report_text
from testigo.verification.run import Assessor, verify_bundle

USAGE_EXIT = 3
WHERE_POLICIES_COME_FROM = (
    "A policy is a text file with the log's public key. It must not come from the bundle or from where you got the "
    "bundle: whoever forges a bundle can forge its keys. Take it from where the publisher announced it before "
    "the count (a newspaper, a paper that observers signed, several people whom you trust) and compare."
)


class _Arguments(argparse.ArgumentParser):
    def error(self, message: str) -> NoReturn:
        """Ends with exit code 3, and says where a policy comes from."""
        self.print_usage(sys.stderr)
        self.exit(USAGE_EXIT, f"{self.prog}: {message}\n{WHERE_POLICIES_COME_FROM}\n")


def main(arguments: Sequence[str] | None = None, assessor: Assessor | None = None) -> int:
    """The exit code: 0 verified, 1 failed, 2 incomplete, 3 called wrongly."""
    parser = _Arguments(prog="verify_alone.py", description="Checks that a bundle says what its signed log says.")
    parser.add_argument("bundle", type=Path, help="the folder that holds bagit.txt")
    parser.add_argument("--policy", type=Path, required=True, help="keys and requirements, from outside the bundle")
    parser.add_argument("--seen", type=Path, help="a checkpoint that you kept from an earlier day")
    parser.add_argument("--json", action="store_true", help="the report as JSON")
    given = parser.parse_args(arguments)
    # All records are kept to the end and none is part of a cycle: looking for garbage would only cost time.
    gc.disable()
    try:
        policy = parse_policy(given.policy.read_text("utf-8"), where=str(given.policy))
        seen = None if given.seen is None else given.seen.read_bytes()
    except OSError as error:
        parser.error(f"{error.filename}: cannot be read: {error.strerror}")
    except UnicodeDecodeError:
        parser.error(f"{given.policy}: expected a policy in UTF-8")
    except TestigoError as error:
        parser.error(str(error))
    if not given.bundle.is_dir():
        parser.error(f"{given.bundle}: expected the folder of a bundle, there is none")
    if not (given.bundle / "bagit.txt").exists() and (given.bundle / "bundle" / "bagit.txt").exists():
        parser.error(f"{given.bundle}: expected the folder of a bundle; its bundle is in {given.bundle / 'bundle'}")
    try:
        report = verify_bundle(FolderFiles(given.bundle), policy, seen=seen, assessor=assessor)
    except (MemoryError, OverflowError, RecursionError, ValueError, OSError) as error:
        sys.stdout.write(
            f"FAILED: the bundle holds something that cannot be worked on: {type(error).__name__}: {error}\n"
        )
        return 1
    sys.stdout.write(report_json(report) if given.json else report_text(report))
    return report.exit_code
