"""The package: BagIt manifests (RFC 8493), and no file that no rule explains."""

import re

from testigo.verification.files import BundleFiles
from testigo.verification.places import (
    ASSESSMENT,
    CHECKPOINT,
    HISTORY,
    MANIFEST,
    OBJECTS,
    PAYLOAD,
    REGISTER,
    TABLES,
    TAG_MANIFEST,
    TILES,
    TIMESTAMPS,
    TOTALS,
)
from testigo.verification.report import Step, graded

_LINE = re.compile(r"([0-9a-f]{64})  ([^\r\n]+)")
TAGS = frozenset({"bagit.txt", "bag-info.txt", "README.txt", "verify_alone.py", MANIFEST})
"""The files beside the payload; the tag manifest lists them."""

_EXPLAINED = (ASSESSMENT, TILES, HISTORY, OBJECTS, REGISTER, TABLES, TIMESTAMPS)


def check_manifests(files: BundleFiles) -> Step:
    """Whether the manifests list every file with its hash; a missing object is the business of the step `objects`."""
    names = files.names()
    payload = {name for name in names if name.startswith(PAYLOAD)}
    tags = {name for name in names if not name.startswith(PAYLOAD)} - {TAG_MANIFEST}
    wrong = [
        f"{name}: nothing in a bundle is called so"
        for name in sorted(payload)
        if name not in (CHECKPOINT, TOTALS) and not name.startswith(_EXPLAINED)
    ]
    for manifest, listed_in in ((MANIFEST, payload), (TAG_MANIFEST, tags)):
        if manifest not in names:
            wrong.append(f"{manifest}: expected this file, it is missing")
            continue
        try:
            listed = _listed(files.read(manifest))
        except ValueError as error:
            wrong.append(f"{manifest}: {error}")
            continue
        wrong += [f"{name}: {manifest} does not list it" for name in sorted(listed_in - listed.keys())]
        for name, sha256 in sorted(listed.items()):
            if name in listed_in:
                if files.sha256(name) != sha256:
                    wrong.append(f"{name}: its hash is not the one in {manifest}")
            elif not name.startswith(OBJECTS):
                wrong.append(f"{name}: {manifest} lists it, it is missing")
    wrong += [f"{name}: nothing beside the payload of a bundle is called so" for name in sorted(tags - TAGS)]
    return graded("manifests", f"{len(payload)} payload files and {len(tags)} others as listed", wrong=wrong)


def _listed(manifest: bytes) -> dict[str, str]:
    """Path to hash.

    Raises:
        ValueError: a line is not a hash, two spaces and a path, or a path stands twice.
    """
    listed: dict[str, str] = {}
    for number, line in enumerate(manifest.decode("utf-8").removesuffix("\n").split("\n"), 1):
        found = _LINE.fullmatch(line)
        if found is None or found[2] in listed:
            raise ValueError(f"line {number}: expected a SHA-256, two spaces and a path, each path once")
        listed[found[2]] = found[1]
    return listed
