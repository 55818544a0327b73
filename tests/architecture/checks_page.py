"""docs/checks.md, made from the catalogue: `python tests/architecture/checks_page.py` writes it anew."""

from pathlib import Path

from testigo.core.catalogue import CHECKS
from testigo.core.rows import CAUSES

PAGE = Path(__file__).resolve().parents[2] / "docs" / "checks.md"

HEAD = """# Checks

Every check passes, fails or cannot be evaluated (a figure that it needs is absent). A failure is a finding: it stands
on the station's page and in `findings.csv`. A check that *holds* puts a station whose accepted figures fail it in
quarantine; totals are shown with and without quarantine. A check that *warns* is listed and removes nothing. The paper
itself can be wrong: a finding is a place to look, not a verdict.

`[checks.weight]` in election.toml makes a check `hold`, `warn` or `off`; thresholds stand in `[checks]` by their key.
Unless it is given a weight there, CP-SOURCES holds where the policy's `disagreement` is `quarantine` and warns where it
is `precedence`. Checks that compare stations (ID-SAME-PHOTO, AC-VECTOR) never hold.

This page is made from `core/catalogue.py`.
"""

ROWS = """## Rows of a table that are set aside

`testigo report` keeps these rows apart, each with its line and cause; they are in the log and in `reports.csv`. Where
several causes hold, the first of this list is told.

"""

REFUSED = """
## Files that are refused as photos

`empty`, `foreign` (another kind of file, which is named), `polyglot` (a photo that is another kind of file as well),
`broken` (with the byte where it breaks), `huge` (more than 20 MB, 50 million pixels or 12,000 pixels a side; a PDF:
more than 20 pages), `slow` (not decoded in time), `unreadable` (the system cannot read the file),
`changed` (an upload whose bytes are not those that its sender announced), `sealed` (a sealed upload that does not
open).
"""


def page() -> str:
    """The page's text."""
    parts = [HEAD]
    for check in CHECKS:
        lines = [f"## {check.code}: {check.title}", "", check.meaning, "", f"To do: {check.advice}", ""]
        threshold = f"; threshold `{check.threshold}`, {check.default} unless set" if check.threshold else ""
        parts.append("\n".join([*lines, f"Weight: {check.weight}{threshold}.", ""]))
    parts.append(ROWS + "".join(f"- `{cause}`\n" for cause in CAUSES) + REFUSED)
    return "\n".join(parts)


if __name__ == "__main__":
    PAGE.write_text(page(), "utf-8")
