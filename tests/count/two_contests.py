"""An election with two contests, two levels of areas, an incomplete register and an announced result."""

from testigo.core.election import election_from_toml

_TEXT = """
[election]
id = "example"
name = "Example"
date = "2031-05-04"
origin = "log.example/example"
language = "en"
licence = "CC BY 4.0"
[areas]
nation = "Examplia"
levels = ["state", "district"]
[register]
file = "stations.csv"
expected_stations = 40
[station]
pattern = "[A-Za-z0-9.]+"
[[contest]]
id = "president"
name = "President"
form = "sheet"
valid = "valid"
null = ["null", "spoilt"]
[[contest.choice]]
id = "ana"
name = "Ana"
colour = "#1b6ca8"
lines = ["ana.a", "ana.b"]
[[contest.choice]]
id = "bo"
name = "Bo"
colour = "#b5432a"
[[contest.choice]]
id = "cy"
name = "Cy"
colour = "#3b7d3a"
[[contest]]
id = "mayor"
name = "Mayor"
form = "sheet"
blank = "blank"
cast = "cast"
[[contest.choice]]
id = "dee"
name = "Dee"
colour = "#1b6ca8"
[[contest.choice]]
id = "eve"
name = "Eve"
colour = "#b5432a"
[policy]
disagreement = "precedence"
[[policy.basis]]
id = "photos"
from = "reading"
[[announced]]
id = "first"
name = "First bulletin"
contest = "president"
source = "Authority"
stations_ppm = 800000
votes = { bo = 90, ana = 30 }
[[announced.group]]
name = "others"
choices = ["cy"]
votes = 5
"""

TWO_CONTESTS = election_from_toml(_TEXT, "election.toml")
