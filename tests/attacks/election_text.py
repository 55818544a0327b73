"""A small election for bundles: two regions, 120 stations, one contest, photos before a party's table."""

ORIGIN = "log.example/small-1"
STATIONS = tuple(f"{number:04d}" for number in range(1, 121))

ELECTION = """
[election]
id = "small-1"
name = "A small election"
date = "2024-05-05"
origin = "log.example/small-1"
language = "en"
licence = "CC BY 4.0"

[areas]
nation = "The Land"
levels = ["region", "town"]

[register]
file = "stations.csv"

[station]
pattern = "^[0-9]{4}$"

[[contest]]
id = "mayor"
name = "Mayor"
form = "sheet"
valid = "valid"
null = ["null"]
cast = "cast"

[[contest.choice]]
id = "ANA"
name = "Ana"
colour = "#0072b2"

[[contest.choice]]
id = "BEN"
name = "Ben"
colour = "#d55e00"

[[source]]
id = "party"
name = "A party"
licence = "CC BY 4.0"
published_at = "party.example"

[source.columns]
station = ["STATION"]
ANA = "A"
BEN = "B"
null = "N"

[policy]
disagreement = "quarantine"

[[policy.basis]]
id = "desk"
from = "entry"

[[policy.basis]]
id = "photo"
from = "reading"

[[policy.basis]]
id = "party"
from = "report"
source = "party"
"""

FORM = """
[form]
id = "sheet"
name = "The sheet"
paper_mm = [210, 297]
fields = ["ANA", "BEN", "null", "valid", "cast"]

[[rule]]
code = "R1"
text = "ANA + BEN = valid"
"""


def stations_csv() -> str:
    """The register: 120 stations in two regions of three towns each."""
    lines = ["station,registered,region,region_name,town,town_name"]
    for place, station in enumerate(STATIONS):
        region = "N" if place < 60 else "S"
        town = place // 20
        lines.append(f"{station},400,{region},Region {region},t{town},Town {town}")
    return "\n".join(lines) + "\n"
