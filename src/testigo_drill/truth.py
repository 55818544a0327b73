"""What is true of a drill, as JSON: what every station must come to, what every photo shows, and the totals."""

import json
from collections import Counter
from collections.abc import Iterable

from testigo_drill.canaries import CANARIES
from testigo_drill.election import CHOICES, Figures
from testigo_drill.plan import DrillPlan
from testigo_drill.troubles import Course


def truth_json(
    plan: DrillPlan, *, stations: int, seed: int, grades: tuple[float, float, float], written: bool = False
) -> str:
    """The truth as JSON text.

    `stations` holds by code the figures that the sheet states, the expected `status` (`counted`, `quarantined`,
    `missing`, `counted-if-read`, `quarantined-if-read`) and `basis` (`sheet`, `second`, `either`, null), and the kind
    of trouble or null. Where two sheets of a station differ, the figures are those of the first. `totals` sums the
    figures of each status by choice.
    """
    kinds = {code: happening.kind for happening in plan.happenings for code in happening.stations}
    listed = [course for course in plan.courses if course.status is not None]
    truth = {
        "drill": {"stations": stations, "seed": seed, "grades": list(grades)} | ({"written": True} if written else {}),
        "stations": {
            course.code: {
                "figures": {} if course.figures is None else course.figures.by_field(),
                "status": course.status,
                "basis": course.basis,
                "grade": course.shots[0].grade if course.shots else None,
                "in_second": course.row is not None,
                "trouble": kinds.get(course.code or ""),
            }
            for course in listed
        },
        "photos": {
            name: {"station": shot.station, "content": shot.content, "grade": shot.grade, "claim": shot.claim}
            for name, shot in plan.photos
        },
        "troubles": [
            {"kind": one.kind, "what": one.what, "stations": list(one.stations), "photos": list(one.photos)}
            for one in plan.happenings
        ],
        "statuses": dict(sorted(Counter(str(course.status) for course in listed).items())),
        "totals": {
            status: _totals(course for course in listed if course.status == status)
            for status in ("counted", "counted-if-read", "quarantined")
        },
        "canaries": [canary.decode() for canary in CANARIES],
    }
    return json.dumps(truth, ensure_ascii=False, indent=1) + "\n"


def _totals(courses: Iterable[Course]) -> dict[str, int]:
    total = dict.fromkeys([choice for choice, _ in CHOICES] + ["valid", "blank", "null", "cast"], 0)
    for course in courses:
        for field, ballots in ({} if course.figures is None else _by_choice(course.figures)).items():
            total[field] += ballots
    return total


def _by_choice(figures: Figures) -> dict[str, int]:
    others = {"valid": figures.valid, "blank": figures.blank, "null": figures.null, "cast": figures.cast}
    return figures.of_choices() | others
