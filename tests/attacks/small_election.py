"""The records of a small election: a party's table of 120 stations, photos of 24 of them, one corrected row."""

import hashlib

from bundle_maker import BundleMaker, digest_of
from election_text import STATIONS

from testigo.core.ids import Digest, StationCode
from testigo.core.records import Act, Photo, Reading, Record, Rendition, Report, Supersede, Withhold

PHOTOGRAPHED = STATIONS[:24]
WITHHELD = STATIONS[5]
TABLE = Digest("ab" * 32)


def object_of(station: str) -> bytes:
    """The bytes of a station's photo; nobody decodes them here."""
    return f"photo of the sheet of {station} ".encode() * 9


def sha256_of(data: bytes) -> Digest:
    return Digest(hashlib.sha256(data).hexdigest())


def counts_of(station: str, extra: int = 0) -> dict:
    ana, ben = 100 + int(station) + extra, 90 + int(station) * 7 % 50
    return {"ANA": ana, "BEN": ben, "null": 3}


def report_of(station: str, extra: int = 0, row: int | None = None) -> Report:
    return Report("party", TABLE, row or int(station) + 1, StationCode(station), counts_of(station, extra))


def photo_of(station: str) -> list[Record]:
    """The photo of a sheet, its public copy and its reading."""
    data = object_of(station)
    photo = Photo(sha256_of(data), len(data), "image/jpeg", 3000, 4000, 1, "jpeg-strip-1", 1, StationCode(station))
    counts = counts_of(station)
    valid = counts["ANA"] + counts["BEN"]
    read = {**counts, "valid": valid, "cast": valid + 3}
    reading = Reading(
        photo.sha256, "codes", "1", "figures", f"{int(station) * 0x0F0F0F0F0F0F % 2**64:016x}", "sheet", 1,
        StationCode(station), (), read,
    )  # fmt: skip
    return [photo, Rendition(photo.sha256, photo.sha256, photo.size, photo.media, "none"), reading]


def small_log(maker: BundleMaker) -> BundleMaker:
    """The log up to its release: rules; table and photos; a correction, a photo that is withheld, and their results."""
    maker.seal(maker.registers(), decided=False)
    for station in PHOTOGRAPHED:
        maker.objects[sha256_of(object_of(station))] = object_of(station)
    photos = [record for station in PHOTOGRAPHED for record in photo_of(station)]
    aside = Report("party", TABLE, 999, None, None, "bad-station", 'station = "?"')
    maker.seal([*(report_of(station) for station in STATIONS[:110]), aside, *photos, Act("table", {"rows": 111})])
    old, new = report_of(STATIONS[100]), report_of(STATIONS[100], extra=5, row=500)
    corrected = [new, Supersede(digest_of(old), digest_of(new), "party published other figures")]
    maker.seal([*corrected, Withhold(sha256_of(object_of(WITHHELD)), "privacy")])
    return maker


def small_bundle() -> dict[str, bytes]:
    """The bundle that every attack starts from."""
    maker = small_log(BundleMaker())
    maker.release()
    return maker.files()
