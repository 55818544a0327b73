from hashlib import sha512
from itertools import product

import pytest
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from hypothesis import given, settings
from hypothesis import strategies as st

from testigo.tlog.ed25519 import is_safe_key, verify_ed25519

L = 2**252 + 27742317777372353535851937790883648493
P = 2**255 - 19
SEED = bytes(range(32))
KEY = Ed25519PrivateKey.from_private_bytes(SEED)
PUBLIC = KEY.public_key().public_bytes_raw()
SECRET = int.from_bytes(sha512(SEED).digest()[:32], "little") & (2**254 - 8) | 2**254
RFC_SEED = bytes.fromhex("9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60")
RFC_PUBLIC = bytes.fromhex("d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a")
RFC_SECRET = int.from_bytes(sha512(RFC_SEED).digest()[:32], "little") & (2**254 - 8) | 2**254

# RFC 8032, section 7.1: public key, message, signature.
RFC_VECTORS = (
    (
        "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a",
        "",
        "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701cf9b46b"
        "d25bf5f0595bbe24655141438e7a100b",
    ),
    (
        "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c",
        "72",
        "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e458f3613d0f11d8c"
        "387b2eaeb4302aeeb00d291612bb0c00",
    ),
    (
        "fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025",
        "af82",
        "6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac18ff9b538d16f290ae67f760984dc659"
        "4a7c15e9716ed28dc027beceea1ec40a",
    ),
)
ORDER_8 = (
    "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05",
    "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc85",
    "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a",
    "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac03fa",
)
SMALL_ORDER = tuple(
    bytes.fromhex(point) for point in (*ORDER_8, "01" + "00" * 31, "ec" + "ff" * 30 + "7f", "00" * 32, "00" * 31 + "80")
)
NOT_CANONICAL = (
    *((P + y).to_bytes(32, "little") for y in range(19)),
    *((P + y | 1 << 255).to_bytes(32, "little") for y in range(19)),
    bytes.fromhex("01" + "00" * 30 + "80"),
    bytes.fromhex("ec" + "ff" * 31),
)


def agreed(public: bytes, message: bytes, signature: bytes) -> bool:
    """What the `cryptography` package says."""
    try:
        Ed25519PublicKey.from_public_bytes(public).verify(signature, message)
    except (InvalidSignature, ValueError):
        return False
    return True


def with_first_half(first: bytes, message: bytes) -> bytes:
    """The signature whose second half would fit if `first` encoded the neutral element."""
    challenge = int.from_bytes(sha512(first + PUBLIC + message).digest(), "little")
    return first + (challenge * SECRET % L).to_bytes(32, "little")


@pytest.mark.parametrize(("public", "message", "signature"), RFC_VECTORS)
def test_the_signatures_of_the_rfc_verify(public: str, message: str, signature: str) -> None:
    assert verify_ed25519(bytes.fromhex(public), bytes.fromhex(message), bytes.fromhex(signature))
    assert is_safe_key(bytes.fromhex(public))


@settings(max_examples=40)
@given(st.binary(min_size=32, max_size=32), st.binary(max_size=200))
def test_what_the_library_signs_verifies(seed: bytes, message: bytes) -> None:
    key = Ed25519PrivateKey.from_private_bytes(seed)
    public = key.public_key().public_bytes_raw()
    assert is_safe_key(public)
    assert verify_ed25519(public, message, key.sign(message))
    assert not verify_ed25519(public, message + b"!", key.sign(message))


@settings(max_examples=80)
@given(st.integers(0, 64 * 8 - 1))
def test_a_signature_with_one_bit_changed_is_refused(bit: int) -> None:
    signature = bytearray(KEY.sign(b"message"))
    signature[bit // 8] ^= 1 << bit % 8
    assert not verify_ed25519(PUBLIC, b"message", bytes(signature))
    assert not agreed(PUBLIC, b"message", bytes(signature))


@settings(max_examples=60)
@given(st.binary(min_size=32, max_size=32), st.binary(min_size=64, max_size=64))
def test_noise_is_judged_as_the_library_judges_it(public: bytes, signature: bytes) -> None:
    assert verify_ed25519(public, b"message", signature) == agreed(public, b"message", signature)


def test_a_second_spelling_of_the_scalar_is_refused() -> None:
    signature = KEY.sign(b"message")
    scalar = int.from_bytes(signature[32:], "little")
    for other in (scalar + L, scalar + 2 * L, scalar | 1 << 255, L, 2**256 - 1):
        respelt = signature[:32] + other.to_bytes(32, "little")
        assert not verify_ed25519(PUBLIC, b"message", respelt)
        assert not agreed(PUBLIC, b"message", respelt)


@pytest.mark.parametrize("point", SMALL_ORDER, ids=bytes.hex)
def test_a_first_half_of_small_order_is_judged_as_the_library_judges_it(point: bytes) -> None:
    signature = with_first_half(point, b"message")
    verdict = verify_ed25519(PUBLIC, b"message", signature)
    assert verdict == agreed(PUBLIC, b"message", signature) == (point == SMALL_ORDER[4])


@pytest.mark.parametrize("point", NOT_CANONICAL, ids=bytes.hex)
def test_a_first_half_in_a_second_spelling_is_refused(point: bytes) -> None:
    signature = with_first_half(point, b"message")
    assert not verify_ed25519(PUBLIC, b"message", signature)
    assert not agreed(PUBLIC, b"message", signature)


@pytest.mark.parametrize("point", SMALL_ORDER, ids=bytes.hex)
def test_a_key_of_small_order_is_not_safe(point: bytes) -> None:
    assert not is_safe_key(point)


@pytest.mark.parametrize("point", NOT_CANONICAL, ids=bytes.hex)
def test_a_key_in_a_second_spelling_is_refused(point: bytes) -> None:
    assert not is_safe_key(point)
    assert not verify_ed25519(point, b"message", with_first_half(SMALL_ORDER[4], b"message"))


def test_a_key_of_small_order_would_sign_anything_so_none_is_read_in_a_second_spelling() -> None:
    anything = PUBLIC + (SECRET % L).to_bytes(32, "little")
    messages = [b"message %d" % number for number in range(8)]
    for point in SMALL_ORDER:
        verdicts = [verify_ed25519(point, message, anything) for message in messages]
        assert verdicts == [agreed(point, message, anything) for message in messages]
    assert all(verify_ed25519(SMALL_ORDER[4], message, anything) for message in messages)
    for point in NOT_CANONICAL:
        assert not any(verify_ed25519(point, message, anything) for message in messages)


def test_keys_and_first_halves_with_a_part_of_small_order_are_judged_as_the_library_judges_them() -> None:
    """The equation with the cofactor would accept all of these; RFC 8032 allows both, and we follow the library."""
    verdicts = []
    for key_part, half_part in product(SMALL_ORDER, repeat=2):
        public, first = plus(PUBLIC, key_part), plus(RFC_PUBLIC, half_part)
        challenge = int.from_bytes(sha512(first + public + b"message").digest(), "little")
        signature = first + ((RFC_SECRET + challenge * SECRET) % L).to_bytes(32, "little")
        verdicts.append(verify_ed25519(public, b"message", signature))
        assert verdicts[-1] == agreed(public, b"message", signature), (key_part.hex(), half_part.hex())
    assert len(set(verdicts)) == 2


def plus(point: bytes, other: bytes) -> bytes:
    """The sum of two points, by the addition law of RFC 8032, section 5.1, in plain coordinates."""
    d = -121665 * pow(121666, -1, P)
    (x1, y1), (x2, y2) = coordinates(point), coordinates(other)
    shared = d * x1 * x2 * y1 * y2
    x = (x1 * y2 + x2 * y1) * pow(1 + shared, -1, P) % P
    y = (y1 * y2 + x1 * x2) * pow(1 - shared, -1, P) % P
    return (y | (x & 1) << 255).to_bytes(32, "little")


def coordinates(point: bytes) -> tuple[int, int]:
    number = int.from_bytes(point, "little")
    y = number & (2**255 - 1)
    square = (y * y - 1) * pow(-121665 * pow(121666, -1, P) * y * y + 1, -1, P) % P
    x = pow(square, (P + 3) // 8, P)
    x = x if x * x % P == square else x * pow(2, (P - 1) // 4, P) % P
    return (x if x & 1 == number >> 255 else P - x) % P, y


def test_bytes_that_are_no_point_are_no_key() -> None:
    no_point = next(y.to_bytes(32, "little") for y in range(2, 99) if not is_safe_key(y.to_bytes(32, "little")))
    assert not verify_ed25519(no_point, b"message", KEY.sign(b"message"))


@pytest.mark.parametrize("length", [0, 31, 33, 64])
def test_keys_and_signatures_of_another_length_are_refused(length: int) -> None:
    assert not is_safe_key(b"\x02" * length)
    assert not verify_ed25519(b"\x02" * length, b"message", KEY.sign(b"message"))
    if length != 64:
        assert not verify_ed25519(PUBLIC, b"message", b"\x02" * length)
