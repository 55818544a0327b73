"""The command line: names the commands, and turns an error of the user's into one sentence and its exit code."""

import gc
import sys

from cyclopts import App, CycloptsError

from testigo import __version__
from testigo.errors import BadUsage, CannotWrite, TestigoError
from testigo.terminal import warn

app = App(
    name="testigo",
    version=__version__,
    help="Counts an election from photographs of its polling-station tally sheets, and lets anyone check the count.",
    help_format="plaintext",
)
COMMANDS = (
    ("setup", "home:setup_command", "Make a home for an election: keys, policy file, database, log."),
    ("report", "tables:report_command", "Take in a table that a source published."),
    ("intake", "photos:intake_command", "Take in photos and scans; metadata is removed first."),
    ("read", "photos:read_command", "Read the photos that were not read yet."),
    ("tabulate", "totals:tabulate_command", "Totals by choice and area."),
    ("reconcile", "totals:reconcile_command", "Sources against each other, cell by cell."),
    ("compare", "totals:compare_command", "The announced result beside the documented votes."),
    ("calibrate", "calibrate:calibrate_command", "How often screens raise false alarms in elections like this one."),
    ("assess", "assess:assess_command", "What the sheets prove, and what they do not."),
    ("audit", "audit:app", "Draw papers to look up, and what they say of the count."),
    ("sample", "sample:app", "A quick count: how many stations, which ones by a public seed, and what they say."),
    ("seal", "home:seal_command", "Close the batch: what waits becomes signed leaves of the log."),
    ("publish", "publication:publish_command", "Write the public site and the bundle."),
    ("verify", "verification:verify_command", "Check a bundle that somebody published."),
    ("prove", "publication:prove_command", "The proof that a station's result is in the log."),
    ("withhold", "publication:withhold_command", "Stop showing a photo; a public record says so."),
    ("rebuild", "home:rebuild_command", "Make the database anew from the log."),
    ("serve", "serve:serve_command", "Serve the election's people: phones, clerks, adjudicators, stewards."),
    ("known", "known:known_command", "Take sheets with known answers, to learn on and to measure clerks."),
    ("invite", "serve:invite_command", "Make one-time links for people; a sheet of them to print."),
    ("rekey", "home:rekey_command", "A new key that phones seal photos for; the older ones still open."),
    ("backup", "backup:backup_command", "One file of what the log and the blobs do not hold; nothing has to stop."),
    ("restore", "backup:restore_command", "Put such a file back into a home."),
    ("form", "form:app", "Draw a form: what stands where on a sheet, in a page on this machine."),
    ("drill", "drill:drill_command", "Make a synthetic election whose truth is known."),
)
for position, (name, place, summary) in enumerate(COMMANDS):
    app.command(f"testigo.commands.{place}", name=name, help=summary, sort_key=position)


def main() -> None:
    """Runs one command."""
    # Records by the hundred thousand are not garbage: looking for some less often saves up to a tenth of a command.
    gc.set_threshold(50_000, 20, 50)
    try:
        app(exit_on_error=False)
    except CycloptsError:
        sys.exit(BadUsage.exit_code)
    except TestigoError as error:
        warn(f"testigo: {error}")
        sys.exit(error.exit_code)
    except BrokenPipeError:
        sys.stderr.close()
        sys.exit(1)
    except OSError as error:
        place = f"{error.filename}: " if error.filename else ""
        warn(
            f"testigo: {place}cannot be read or written: {error.strerror or error}; what was taken in before is safe: "
            "mend this and run the same command again"
        )
        sys.exit(CannotWrite.exit_code)
    except KeyboardInterrupt:
        warn("testigo: stopped; the same command goes on where it was")
        sys.exit(130)
