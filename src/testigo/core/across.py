"""Findings that need more than one station: they list and never remove anything from the count."""

from collections import defaultdict
from collections.abc import Iterable, Sequence

from testigo.core.catalogue import threshold_of, weight_of
from testigo.core.dossier import Finding, Outcome, PhotoSeen, choice_sum
from testigo.core.election import Election
from testigo.core.ids import Digest, StationCode
from testigo.core.register import StationRegister


def same_vectors(outcomes: Iterable[Outcome], election: Election) -> tuple[Finding, ...]:
    """AC-VECTOR: stations whose figures all equal another station's, where there are enough votes to mean something."""
    least = threshold_of("AC-VECTOR", election)
    contests = {contest.id: contest for contest in election.contests}
    groups: dict[tuple[str, tuple[tuple[str, int], ...]], list[StationCode]] = defaultdict(list)
    for outcome in outcomes:
        if outcome.counts and (choice_sum(contests[outcome.contest], outcome.counts) or 0) >= least:
            groups[outcome.contest, tuple(sorted(outcome.counts.items()))].append(outcome.station)
    weight = _listed("AC-VECTOR", election)
    return tuple(
        Finding("AC-VECTOR", station, f"the same figures as {', '.join(s for s in stations if s != station)}", weight)
        for stations in groups.values()
        if len(stations) > 1 and weight != "off"
        for station in sorted(stations)
    )


def same_photos(photos: Sequence[PhotoSeen], election: Election) -> tuple[Finding, ...]:
    """ID-SAME-PHOTO: one photo filed under two stations, one sheet photographed for two, or one picture twice.

    Pictures are compared by their 64-bit perceptual hashes only where no code tells the two apart: all sheets of a form
    look alike, and of 2,000 photographed drill sheets 7 pairs in a million differed in two bits or fewer.
    """
    weight = _listed("ID-SAME-PHOTO", election)
    if weight == "off":
        return ()
    found: dict[tuple[StationCode, str], set[Digest]] = defaultdict(set)
    sheets: dict[StationCode, list[PhotoSeen]] = defaultdict(list)
    for photo in photos:
        if photo.named:
            sheets[photo.named].append(photo)
        if len(photo.claimed) > 1:
            for station in photo.claimed:
                found[station, f"one photo filed under {', '.join(sorted(photo.claimed))}"].add(photo.photo)
    for station, seen in sheets.items():
        filed = sorted({claim for photo in seen for claim in photo.claimed} | {station})
        if len(filed) > 1:
            for place in filed:
                told = f"the sheet of {station} was filed under {', '.join(filed)}"
                found[place, told].update(photo.photo for photo in seen)
    for a, b in _alike([p for p in photos if p.claimed], threshold_of("ID-SAME-PHOTO", election)):
        places = sorted(set(a.claimed) | set(b.claimed))
        for place in places:
            found[place, f"the same picture filed under {', '.join(places)}"].update((a.photo, b.photo))
    return tuple(
        Finding("ID-SAME-PHOTO", station, told, weight, tuple(sorted(digests)))
        for (station, told), digests in sorted(found.items())
    )


def _alike(photos: Sequence[PhotoSeen], most: int) -> Iterable[tuple[PhotoSeen, PhotoSeen]]:
    unread = [photo for photo in photos if photo.named is None]
    for a in unread:
        for b in photos:
            if a is b or (b.named is None and a.photo >= b.photo):
                continue
            if set(a.claimed) != set(b.claimed) and (a.phash ^ b.phash).bit_count() <= most:
                yield a, b


def loose_photos(photos: Iterable[PhotoSeen], register: StationRegister, election: Election) -> tuple[Finding, ...]:
    """Photos that no station of the register can be given: unread, foreign, or naming an unknown station."""
    found = []
    for photo in photos:
        if photo.outcome == "foreign":
            code, saw = "ID-FOREIGN", "codes of no form of this election"
        elif photo.outcome == "nothing" and not photo.claimed:
            code, saw = "CO-UNREAD", "no code found"
        elif photo.named is not None and photo.named not in register.stations:
            code, saw = "ID-UNKNOWN", f"the code names {photo.named}"
        else:
            continue
        weight = _listed(code, election)
        if weight != "off":
            place = photo.named or StationCode("")
            found.append(Finding(code, place, f"photo {photo.photo[:12]}: {saw}", weight, (photo.photo,)))
    return tuple(sorted(found, key=lambda finding: (finding.code, finding.evidence)))


def _listed(code: str, election: Election) -> str:
    return "off" if weight_of(code, election) == "off" else "warn"
