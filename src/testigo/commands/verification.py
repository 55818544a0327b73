"""`testigo verify`: needs no home and no database."""

import sys
from pathlib import Path

from testigo.commands.options import JsonOption
from testigo.flows.assess import check_assessment
from testigo.verification.main import main as verify


def verify_command(
    bundle: Path,
    *,
    policy: Path,
    seen: Path | None = None,
    json_: JsonOption = False,
) -> None:
    """Check a bundle: log, records, results, totals, objects, tables. Exit 0 verified, 1 failed, 2 incomplete.

    Parameters
    ----------
    bundle
        The folder that holds bagit.txt.
    policy
        File with the log's key and what must hold, from outside the bundle.
    seen
        A checkpoint that you kept from an earlier day.
    json_
        Print JSON instead of text.
    """
    arguments = [str(bundle), "--policy", str(policy)]
    sys.exit(
        verify([*arguments, *(["--seen", str(seen)] if seen else []), *(["--json"] if json_ else [])], check_assessment)
    )
