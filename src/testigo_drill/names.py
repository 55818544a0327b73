"""Invented names of areas: neutral, some with accents, one written from right to left."""

_FIRST = (
    "North", "Côte", "Silver", "Peña", "Stone", "Über", "Amber", "Ågard", "Willow", "São ", "Quiet", "Čar",
    "Copper", "Île-", "Maple", "Ñand", "Heron", "Öst", "Juniper", "Lún", "Marsh", "Près-", "Otter", "Sæ",
)  # fmt: skip
_SECOND = (
    "moor",
    "vale",
    "ford",
    "field",
    "haven",
    "bridge",
    "mead",
    "ridge",
    "lake",
    "holm",
    "well",
    "brook",
    "crest",
)
_RIGHT_TO_LEFT = "وادي النخيل"
_SPELLED_AGAIN = "Wadi an-Nakhil"
_CENTRES = ("School", "Library", "Hall", "Market", "Post Office", "Gymnasium")


def area_name(codes: tuple[str, ...]) -> str:
    """The name of the area with these codes, from the region down."""
    numbers = [int(code) - 1 for code in codes]
    if numbers == [0, 1]:
        return _RIGHT_TO_LEFT
    if len(numbers) == 3:
        return f"{_CENTRES[numbers[2] % len(_CENTRES)]} No. {numbers[2] + 1}"
    # Regions and districts walk through the words at different paces, so that few names repeat.
    place = sum(number * pace for number, pace in zip(numbers, (29, 7), strict=False)) + len(numbers) - 1
    return _FIRST[place % len(_FIRST)] + _SECOND[place // 3 % len(_SECOND)]


def observers_name(name: str, level: str) -> str:
    """How the observers' table writes this name of a `REG` or `DIST`: capitals, the level before it."""
    latin = name.replace(_RIGHT_TO_LEFT, _SPELLED_AGAIN)
    # Windows-1252 has not every letter.
    return f"{level}. {latin.upper()}".encode("cp1252", "ignore").decode("cp1252")
