"""docs/formats/records.md, made from core/records.py: `python tests/architecture/records_page.py` prints it."""

import inspect
import re

from testigo.core.canonical import MAX_ENTRY_BYTES, MAX_INTEGER
from testigo.core.records import KINDS, MAX_COUNT, Act, encode_record, shape_of

_SPELLED = {
    "text": "string",
    "number": "integer, 0 or more",
    "digest": "64 lower-case hexadecimal digits",
    "counts": f"map of field to ballots, 0 to {MAX_COUNT}",
    "texts": "list of strings, absent when empty",
    "digests": "list of digests, absent when empty",
    "detail": "map of integers and strings",
}
_HEAD = f"""# Records

What a leaf of the log holds. This page is made from `src/testigo/core/records.py`; a test compares the two.

An entry is the UTF-8 spelling of one JSON map under RFC 8785, of integers (within ±{MAX_INTEGER}), strings, lists and
maps with ASCII keys; at most {MAX_ENTRY_BYTES} bytes. `k` is the kind and `v` its version. There are no floats, no
booleans and no nulls: a value that is not there is absent. Readers hash the bytes as stored and refuse a record in
another spelling. A kind or version that a reader does not know is counted and reported, never dropped in silence.

No record holds a time, a person, a device or an address. Inside a batch, records stand in the order of their leaf
hashes, so nothing tells in which order they came in. What a record names (another record by its leaf hash, a photo by
its hash) stands in the same batch or an earlier one.

For example: `{encode_record(Act("table", {"rows": 2, "source": "party"})).decode()}`
"""


def records_page() -> str:
    """The page."""
    parts = [_HEAD]
    for kind, (record_class, version) in KINDS.items():
        parts.append(f"\n## {kind} (version {version})\n\n{_told(record_class)}\n")
        parts.append("\n| field | spelling | always |\n|---|---|---|\n")
        for shape in shape_of(record_class):
            always = "" if shape.optional else "yes"
            parts.append(f"| `{shape.name}` | {_SPELLED[shape.kind]} | {always} |\n")
    return "".join(parts)


def _told(record_class: type) -> str:
    return re.sub(r"[ \n]+\n", "\n\n", inspect.getdoc(record_class) or "")


if __name__ == "__main__":
    print(records_page(), end="")
