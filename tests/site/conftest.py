"""A publication of 60 stations made by the rules themselves: reports, photos, quarantine, a tie, unknown numbers."""

import base64
import hashlib
import random
from collections.abc import Callable, Mapping
from dataclasses import replace

import pytest

from testigo.assessment.case import Case
from testigo.assessment.report import assess
from testigo.core.across import loose_photos, same_vectors
from testigo.core.decision import decide, result_of
from testigo.core.dossier import Dossier, Evidence, Outcome, PhotoSeen
from testigo.core.election import election_from_toml
from testigo.core.ids import NATION, AreaId, Digest, FieldId, StationCode
from testigo.core.records import Rendition, Report, Result, Withhold
from testigo.core.register import Station, StationRegister, register_from_csv
from testigo.core.tabulation import tabulate, totals_bytes
from testigo.site.pages import site_files
from testigo.site.values import Published

ELECTION = """
[election]
id = "example"
name = "Example election <b>2031</b>"
date = "2031-05-04"
origin = "log.example/example"
language = "{language}"
licence = "CC BY 4.0"
[areas]
nation = "Examplia"
levels = ["state", "district", "centre"]
[register]
file = "stations.csv"
{expected}
[station]
pattern = "[A-Za-z0-9_./-]+"
[[contest]]
id = "president"
name = "President"
form = "sheet"
valid = "valid"
null = ["null"]
cast = "cast"
[[contest.choice]]
id = "ana"
name = "Ana Núñez"
colour = "#1b6ca8"
[[contest.choice]]
id = "bo"
name = "بو الأول"
colour = "#b5432a"
[[contest.choice]]
id = "cy"
name = "Cy & Co"
colour = "#3b7d3a"
[[source]]
id = "party"
name = "Party's table"
file = "party.csv"
licence = "CC BY 4.0"
published_at = "2031-05-05"
[source.columns]
station = "S"
[[source]]
id = "paper"
name = "Newspaper"
file = "paper.csv"
licence = "public domain"
published_at = "2031-05-06"
[source.columns]
station = "S"
[policy]
disagreement = "precedence"
[[policy.basis]]
id = "photos"
from = "reading"
[[policy.basis]]
id = "party"
from = "report"
source = "party"
[[announced]]
id = "first"
name = "First bulletin"
contest = "president"
source = "Authority, 5 May"
stations_ppm = 800000
votes = {{ ana = 100, bo = 999999 }}
[[announced.group]]
name = "others"
choices = ["cy"]
votes = 5
"""

NAMES = ("Ávila", "<script>alert(1)</script>", "ولاية الشمال")

ODD_STATION = StationCode("Z/.._1")


def digest_of(*parts: object) -> Digest:
    """A digest that these parts name."""
    return Digest(hashlib.sha256(repr(parts).encode()).hexdigest())


def proof_of(digest: Digest) -> bytes:
    """Bytes in the shape of a tlog-proof; no page checks its hashes."""
    number = int(digest[:3], 16)
    nodes = [base64.b64encode(hashlib.sha256(f"{digest}{n}".encode()).digest()).decode() for n in range(12)]
    path = "\n".join(nodes)
    return f"c2sp.org/tlog-proof@v1\nindex {number}\n{path}\n\nlog.example/example\n4096\n".encode()


def _stations_csv() -> str:
    rows = ["station,registered,state,state_name,district,district_name,centre,centre_name"]
    for n in range(60):
        state, district, centre = n // 20, n // 10 % 2, n // 5 % 2
        code = ODD_STATION if n == 59 else f"{state + 1}{district + 1}{centre + 1}.{n % 5 + 1:02d}"
        name = NAMES[state].replace('"', '""')
        registered = "" if n == 7 else "600"
        areas = f'{state + 1},"{name}",{district + 1},D{district + 1},{centre + 1},"School {n // 5}"'
        rows.append(f"{code},{registered},{areas}")
    return "\n".join(rows) + "\n"


def _dossiers(codes: list[StationCode], stations: dict[StationCode, object]) -> dict[StationCode, Dossier]:
    chance = random.Random(31)
    made = {}
    for n, code in enumerate(codes):
        if n in (3, 4, 33):
            continue
        a, b, c, null = (chance.randrange(5, 140) for _ in range(4))
        if 20 <= n < 40:
            a, b, c = (40, 40, 1)
        counts = {"ana": a, "bo": b, "cy": c, "valid": a + b + c, "null": null, "cast": a + b + c + null}
        if n in (11, 12):
            counts["valid"] += 9
        figures = {FieldId(field): votes for field, votes in counts.items()}
        evidence = [Evidence(digest_of("party", code), "report", "party", figures)]
        photos = []
        if n % 3 == 0:
            photo = digest_of("photo", code)
            seen = {**figures, FieldId("ana"): a + 1} if n == 6 else figures
            evidence.append(Evidence(digest_of("reading", code), "reading", "photo", seen, None, photo))
            photos.append(PhotoSeen(photo, (code,), code, (code,), "figures", n))
        if n == 5:
            evidence = []
            photos.append(PhotoSeen(digest_of("photo", code), (code,), None, (), "nothing", n))
        if n == 9:
            other = "<script>alert(2)</script>"
            photos.append(PhotoSeen(digest_of("more", code), (code,), code, (code, other), "figures", n))
        ordered = tuple(sorted(evidence, key=lambda one: one.digest))
        made[code] = Dossier(stations[code], ordered, tuple(photos), corrected=1 if n == 14 else 0)  # type: ignore[arg-type]
    return made


@pytest.fixture(scope="session")
def make_published() -> Callable[..., Published]:
    """Makes the publication for a language; `expected` is a line that tells the number of expected stations."""

    def make(language: str = "en", expected: str = "") -> Published:
        election = election_from_toml(ELECTION.format(language=language, expected=expected), "election.toml")
        register = register_from_csv(_stations_csv(), election, "stations.csv")
        codes = sorted(register.stations)
        dossiers = _dossiers(codes, dict(register.stations))
        outcomes: dict[StationCode, tuple[Outcome, ...]] = {
            code: tuple(decide(dossier, contest, election, {}) for contest in election.contests)
            for code, dossier in dossiers.items()
        }
        results: dict[tuple[StationCode, str], tuple[Digest, Result]] = {}
        for code, found in outcomes.items():
            for outcome in found:
                result = result_of(outcome)
                if result is not None:
                    results[code, outcome.contest] = (digest_of("result", code), result)
        across: dict[StationCode, tuple] = {}  # type: ignore[type-arg]
        for finding in same_vectors((o for found in outcomes.values() for o in found), election):
            across[finding.station] = (*across.get(finding.station, ()), finding)
        tabulation = tabulate((result for _, result in results.values()), dossiers, register, election)
        strays = [PhotoSeen(digest_of("stray"), (), StationCode("999"), ("999",), "figures", 1)]
        photos = [seen.photo for dossier in dossiers.values() for seen in dossier.photos]
        shown = {p: Rendition(p, digest_of("public", p), 123_456, "image/jpeg", "regions-1") for p in photos[::2]}
        shown |= {p: Rendition(p, p, 123_456, "image/jpeg", "none") for p in photos[::4]}
        in_force = {key: one for key, (_, one) in results.items()}
        digests = sorted({one.digest for dossier in dossiers.values() for one in dossier.evidence})
        return Published(
            election,
            register,
            {},
            tabulation,
            results,
            outcomes,
            dossiers,
            across,
            loose_photos(strays, register, election),
            (
                (digest_of("aside", 1), Report("paper", digest_of("t"), 17, aside="unknown-station", saw="99 <i>")),
                (digest_of("aside", 2), Report("paper", digest_of("t"), 1803, aside="not-a-number", saw="x1")),
            ),
            frozenset(),
            (),
            shown,
            {photos[1]: Withhold(photos[1], "privacy")},
            len(photos) + 1,
            4096,
            bytes(32),
            b"log.example/example\n4096\nAAAA\n\n\xe2\x80\x94 log.example/example AAAA\n",
            "log.example/example+00000000+AAAA",
            hashlib.sha256(totals_bytes(tabulation)).hexdigest(),
            assess(Case(election, register, in_force, dossiers, digests, [4096])),
            proof_of,
        )

    return make


@pytest.fixture(scope="session")
def published(make_published: Callable[..., Published]) -> Published:
    """The publication in English with a complete register."""
    return make_published()


@pytest.fixture(scope="session")
def thumbnails(published: Published) -> dict[Digest, str]:
    """Small images for the photos that have a public copy."""
    return {photo: f"t/{photo}.jpg" for photo in published.renditions}


@pytest.fixture(scope="session")
def files(published: Published, thumbnails: dict[Digest, str]) -> dict[str, bytes]:
    """The files of the site in English."""
    return dict(site_files(published, thumbnails=thumbnails))


@pytest.fixture(scope="session")
def arabic_files(make_published: Callable[..., Published]) -> dict[str, bytes]:
    """The files of an election in Arabic, for which there are no words yet; the register is not complete."""
    return dict(site_files(make_published("ar", "expected_stations = 30026")))


@pytest.fixture(scope="session")
def spanish_files(make_published: Callable[..., Published]) -> dict[str, bytes]:
    """The files of an election in Spanish, where the register is not complete."""
    return dict(site_files(make_published("es-VE", "expected_stations = 30026")))


@pytest.fixture(scope="session")
def make_flat(published: Published) -> Callable[..., Published]:
    """Makes a publication with one level of areas and two stations, one of them counted; `more` are missing ones."""

    def make(levels: str, more: Mapping[StationCode, Station] | None = None, second_contest: str = "") -> Published:
        text = (
            ELECTION.format(language="en", expected="").replace('levels = ["state", "district", "centre"]', levels)
            + second_contest
        )
        election = election_from_toml(text, "election.toml")
        counted = Station(StationCode("S1"), ("1",), None)
        stations = {StationCode("S1"): counted, StationCode("S2"): Station(StationCode("S2"), ("1",), None)}
        stations = stations if more is None else {StationCode("S1"): counted, **more}
        names = {NATION: "Examplia", AreaId("1"): "One", AreaId("2"): "Two"}
        register = StationRegister(stations, names, True, len(stations))
        figures = {FieldId("ana"): 5, FieldId("bo"): 4, FieldId("cy"): 3}
        dossier = Dossier(counted, (Evidence(digest_of("p"), "report", "party", figures),), ())
        outcome = decide(dossier, election.contests[0], election, {})
        result = result_of(outcome)
        assert result is not None
        held = {(counted.code, "president"): result}
        case = Case(election, register, held, {counted.code: dossier}, [digest_of("p")], [4096])
        return replace(
            published,
            election=election,
            register=register,
            tabulation=tabulate([result], [counted.code], register, election),
            results={(counted.code, "president"): (digest_of("r"), result)},
            outcomes={counted.code: (outcome,)},
            dossiers={counted.code: dossier},
            across={},
            loose=(),
            aside=(),
            assessment=assess(case),
        )

    return make
