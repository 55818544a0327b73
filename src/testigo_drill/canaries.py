"""Invented metadata in the drill's photos: if any of it is ever seen again, metadata was not removed."""

import numpy as np
from PIL import Image
from PIL.ExifTags import GPS, IFD, Base

CANARIES = (b"DRILL-CANARY-MAKER", b"DRILL-CANARY-PHONE", b"DRILL-CANARY-OWNER", b"DRILL-CANARY-PLACE")
"""Byte strings that stand in every photo with metadata, and must stand in nothing that is kept or published."""


def app1_segment(orientation: int, rng: np.random.Generator) -> bytes:
    """The APP1 segment of a JPEG with an invented device, owner, time and place; `orientation` is 1 to 8."""
    maker, phone, owner, place = (canary.decode() for canary in CANARIES)
    exif = Image.Exif()
    exif[Base.Make] = maker
    exif[Base.Model] = phone
    exif[Base.Artist] = f"{owner}-{int(rng.integers(1000, 9999))}"
    exif[Base.Orientation] = orientation
    exif[Base.DateTime] = f"2030:01:01 {int(rng.integers(18, 24)):02}:{int(rng.integers(60)):02}:00"
    # A point in the South Pacific, hundreds of miles from any land.
    exif.get_ifd(IFD.GPSInfo).update(
        {
            GPS.GPSLatitudeRef: "S",
            GPS.GPSLatitude: (48.0, 52.0, float(rng.integers(60))),
            GPS.GPSLongitudeRef: "W",
            GPS.GPSLongitude: (123.0, 23.0, float(rng.integers(60))),
            GPS.GPSAreaInformation: b"ASCII\0\0\0" + place.encode(),
        }
    )
    content = b"Exif\0\0" + exif.tobytes().removeprefix(b"Exif\0\0")
    return b"\xff\xe1" + (len(content) + 2).to_bytes(2, "big") + content
