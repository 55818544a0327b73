"""The one spelling of a record: RFC 8785 (JCS) for objects of integers, strings, lists and maps.

Numbers are integers within ±(2^53 - 1) and keys are ASCII, so Python's own encoder writes the bytes that
RFC 8785 asks for: keys sorted, no white space, the shortest escapes.
"""

import json
from typing import NoReturn

from testigo.errors import BadRecord

MAX_ENTRY_BYTES = 16 * 1024
MAX_INTEGER = 2**53 - 1


def canonical_bytes(value: object) -> bytes:
    """The canonical UTF-8 bytes of a value made of str, int, list, tuple and dict.

    Raises:
        BadRecord: a float, a boolean, null, a key that is not ASCII, or an integer out of range.
    """
    check_plain(value, "record")
    return spell(value)


def spell(value: object) -> bytes:
    """The bytes of a value that is known to be plain.

    Raises:
        BadRecord: a text is no Unicode.
    """
    try:
        return _ENCODE(value).encode()
    except UnicodeEncodeError:
        raise BadRecord("record: expected Unicode text, came half a surrogate pair") from None


def spelled_value(data: bytes) -> object:
    """The value whose one spelling these bytes are; that it is plain must be checked by who knows its shape.

    Raises:
        BadRecord: the bytes are not JSON, hold a number that is no integer, or are spelled otherwise.
    """
    value = trusted_value(data)
    if spell(value) != data:
        raise BadRecord("record: expected the one canonical spelling (RFC 8785), came another one")
    return value


def plain_value(data: bytes) -> object:
    """The value whose one spelling these bytes are, checked to be plain.

    Raises:
        BadRecord: the bytes are not JSON, hold something else than plain values, or are spelled otherwise.
    """
    value = spelled_value(data)
    check_plain(value, "record")
    return value


def trusted_value(data: bytes) -> object:
    """The value of bytes that we spelled ourselves.

    Raises:
        BadRecord: the bytes are not JSON.
    """
    try:
        return _DECODE(data.decode())
    except (ValueError, RecursionError) as error:
        raise BadRecord(f"record: expected canonical JSON, came bytes that do not parse: {error}") from None


def check_plain(value: object, where: str) -> None:
    """Holds when the value is made of integers, strings, lists and maps with ASCII keys only.

    Raises:
        BadRecord: names the place inside the value.
    """
    kind = type(value)
    if kind is str:
        return
    if kind is int:
        if not -MAX_INTEGER <= value <= MAX_INTEGER:  # type: ignore[operator]
            raise BadRecord(f"{where}: expected an integer within ±(2^53 - 1), came {value}")
    elif isinstance(value, list | tuple):
        for position, item in enumerate(value):
            check_plain(item, f"{where}[{position}]")
    elif isinstance(value, dict):
        for key, item in value.items():
            if type(key) is not str or not key.isascii():
                raise BadRecord(f"{where}: expected ASCII keys, came {key!r}")
            check_plain(item, f"{where}.{key}")
    else:
        raise BadRecord(f"{where}: expected an integer, a string, a list or a map, came {kind.__name__}")


def _refuse(text: str) -> NoReturn:
    raise BadRecord(f"record: expected integers and strings only, came the number {text}")


_ENCODE = json.JSONEncoder(sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode
_DECODE = json.JSONDecoder(parse_float=_refuse, parse_constant=_refuse).decode
