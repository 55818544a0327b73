"""Where a bundle keeps what (docs/formats/bundle.md)."""

import re

LOG = "data/log/"
CHECKPOINT = "data/log/checkpoint"
TILES = "data/log/tile/"
ENTRY_TILES = "data/log/tile/entries/"
HISTORY = "data/checkpoints/"
OBJECTS = "data/objects/"
REGISTER = "data/register/"
TOTALS = "data/results/totals.json"
TABLES = "data/tables/"
ASSESSMENT = "data/assessment/"
TIMESTAMPS = "data/timestamps/"
MANIFEST = "manifest-sha256.txt"
TAG_MANIFEST = "tagmanifest-sha256.txt"
PAYLOAD = "data/"

ELECTION_FILE = "election.toml"
STATIONS_FILE = "stations.csv"
CALIBRATION_FILE = "calibration.json"
BOUNDARIES_FILE = "boundaries.geojson"

_CLEAN = re.compile(r"(?:[A-Za-z0-9_-][A-Za-z0-9_.-]*/)*[A-Za-z0-9_-][A-Za-z0-9_.-]*\Z")


def object_name(sha256: str) -> str:
    """Where the bytes of this hash lie."""
    return f"{OBJECTS}{sha256[:2]}/{sha256[2:4]}/{sha256}"


def form_name(form_id: str) -> str:
    """The name in the register of a form's file."""
    return f"forms/{form_id}/form.toml"


def reference_name(form_id: str, picture: str) -> str:
    """The name in the register of the picture of a form's blank."""
    return f"forms/{form_id}/{picture}"


def is_clean(name: str) -> bool:
    """Whether a name stays below its folder: parts of letters, digits, `_ . -`, none of them beginning with a dot."""
    return _CLEAN.match(name) is not None


def is_rule(name: str) -> bool:
    """Whether a registered file of this name is one of the rules of the count: election, stations, a form."""
    return name in (ELECTION_FILE, STATIONS_FILE) or name.startswith("forms/")
