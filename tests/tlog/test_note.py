from base64 import b64encode

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from log_maker import LOG, ORIGIN, WITNESSES, Pen, signed

from testigo.errors import BadNote
from testigo.tlog.merkle import EMPTY_ROOT
from testigo.tlog.note import (
    COSIGNATURE,
    ED25519,
    MAX_NOTE_BYTES,
    Checkpoint,
    Signature,
    Verified,
    cosignature_message,
    format_checkpoint,
    format_note,
    format_vkey,
    open_note,
    parse_checkpoint,
    parse_note,
    parse_vkey,
)

# The example of C2SP signed-note.
SPEC_VKEY = "example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k"
SPEC_NOTE = (
    "This is an example message.\n\n— example.com/foo "
    "Uw2QOkn8srV1yJGh2VYRlL1Tnagv1YEq6TfXppzi2ONncAlTgK7Ztg1ERYNZXsYjOBH3mFXmRKuwHjG1Yu72IneyaQM=\n"
).encode()
LOG_KEY = parse_vkey(LOG.vkey)
WITNESS_KEY = parse_vkey(WITNESSES[0].vkey)
TEXT = format_checkpoint(Checkpoint(ORIGIN, 5000, bytes(range(32))))
NOTE = signed(TEXT)
LINE = NOTE.decode().split("\n")[-2]
ROOT = b64encode(bytes(32)).decode()
names = st.text(min_size=1, max_size=20).filter(
    lambda name: not any(letter.isspace() or letter == "+" or letter < " " for letter in name)
)


def signed_as(name: str) -> str:
    return "text\n\n" + LINE.replace(ORIGIN, name) + "\n"


def test_the_note_of_the_specification_opens() -> None:
    key = parse_vkey(SPEC_VKEY)
    opened = open_note(SPEC_NOTE, [key])
    assert (opened.text, opened.verified, opened.unknown) == (
        b"This is an example message.\n",
        (Verified(key, None),),
        (),
    )


def test_a_key_is_written_as_it_was_read() -> None:
    key = parse_vkey(SPEC_VKEY)
    assert (key.name, key.key_id.hex(), key.type) == ("example.com/foo", "530d903a", ED25519)
    assert format_vkey(key.name, key.type, key.public) == SPEC_VKEY


@pytest.mark.parametrize(
    ("vkey", "reason"),
    [
        ("", "expected <name>"),
        (" " + SPEC_VKEY, "expected <name>"),
        (SPEC_VKEY + "\n", "expected <name>"),
        (SPEC_VKEY.replace("530d903a", "530D903A"), "expected <name>"),
        (SPEC_VKEY.replace("530d903a", "530d903b"), "id does not belong"),
        (SPEC_VKEY.replace("foo", "bar"), "id does not belong"),
        (SPEC_VKEY.replace("foo", "f+o"), "expected <name>"),
        (SPEC_VKEY.replace("foo", "f\u2003o"), "expected <name>"),
        (SPEC_VKEY[:-1], "base64"),
        (SPEC_VKEY[:-1] + "=", "one spelling"),
        (format_vkey("a", 6, LOG_KEY.public), "type 1 or 4"),
        (format_vkey("a", ED25519, LOG_KEY.public[1:]), "32 bytes"),
        (format_vkey("a", ED25519, bytes(32)), "no usable"),
        (format_vkey("a", COSIGNATURE, b"\x01" + bytes(31)), "no usable"),
        (format_vkey("a", ED25519, b"\xee" + b"\xff" * 30 + b"\x7f"), "no usable"),
    ],
)
def test_a_malformed_key_is_refused(vkey: str, reason: str) -> None:
    with pytest.raises(BadNote, match=reason):
        parse_vkey(vkey)


@pytest.mark.parametrize(
    ("note", "reason"),
    [
        ("", "text, an empty line"),
        ("\n\n", "text, an empty line"),
        (f"\n\n{LINE}\n", "text, an empty line"),
        (f"text\n{LINE}\n", "text, an empty line"),
        ("text\n\n", "text, an empty line"),
        (f"text\n\n{LINE}", "text, an empty line"),
        (f"text\n\n{LINE}\n\n", "text, an empty line"),
        (f"text\n\n{LINE}\n\nmore\n", "signature line"),
        (f"text\n\n{LINE}\nmore\n", "signature line"),
        (f"text\n\n {LINE}\n", "signature line"),
        (f"text\n\n{LINE} \n", "signature line"),
        (f"text\n\n{LINE.replace('— ', '- ')}\n", "signature line"),
        (f"text\n\n{LINE.replace('— ', '—  ')}\n", "signature line"),
        (signed_as("a b"), "signature line"),
        (signed_as("a+b"), "signature line"),
        (signed_as("a\u00a0b"), "signature line"),
        (signed_as("a\u2028b"), "signature line"),
        (f"text\n\n— {ORIGIN} \n", "signature line"),
        (f"text\n\n— {ORIGIN} AAA*\n", "signature line"),
        (f"text\n\n— {ORIGIN} AAAAA\n", "base64"),
        (f"text\n\n— {ORIGIN} AAAAAAB=\n", "one spelling"),
        (f"text\n\n— {ORIGIN} AAAAAA==\n", "too short"),
        (f"text\r\n\n{LINE}\n", "control characters"),
        (f"te\tx\n\n{LINE}\n", "control characters"),
        (f"text\0\n\n{LINE}\n", "control characters"),
        ("text\n\n" + f"{LINE}\n" * 101, "at most 100 signatures, came 101"),
        ("x" * MAX_NOTE_BYTES + f"\n\n{LINE}\n", "at most 65536 bytes"),
    ],
)
def test_a_malformed_note_is_refused(note: str, reason: str) -> None:
    with pytest.raises(BadNote, match=reason):
        parse_note(note.encode())


def test_bytes_that_are_not_utf_8_are_no_note() -> None:
    with pytest.raises(BadNote, match="byte 4 is none"):
        parse_note(b"text\xff\n\n" + LINE.encode() + b"\n")
    with pytest.raises(BadNote, match="UTF-8"):
        parse_checkpoint(b"log\xff\n0\n")


def test_the_last_empty_line_ends_the_text() -> None:
    assert parse_note(f"one\n\ntwo\n\n{LINE}\n".encode()).text == b"one\n\ntwo\n"
    assert parse_note(f"one\n\n\n{LINE}\n".encode()).text == b"one\n\n"


def test_a_hundred_signatures_are_read() -> None:
    assert len(parse_note(("text\n\n" + f"{LINE}\n" * 100).encode()).signatures) == 100


def test_a_note_of_64_kib_is_read() -> None:
    rest = f"\n\n{LINE}\n".encode()
    assert len(parse_note(b"x" * (MAX_NOTE_BYTES - len(rest)) + rest).signatures) == 1


lines_of_text = st.text(st.characters(min_codepoint=32, exclude_categories=["Cs"]), max_size=20)


@given(
    st.lists(lines_of_text, min_size=1, max_size=4).filter(lambda lines: any(lines)),
    st.lists(st.tuples(names, st.binary(min_size=4, max_size=4), st.binary(min_size=1, max_size=90)), min_size=1),
)
def test_a_note_is_read_as_it_was_written(lines: list[str], signatures: list[tuple[str, bytes, bytes]]) -> None:
    text = "".join(line + "\n" for line in lines).encode()
    note = format_note(text, signatures)
    read = parse_note(note)
    assert read.text == text
    assert read.signatures == tuple(Signature(*signature) for signature in signatures)
    assert format_note(read.text, [(one.name, one.key_id, one.signature) for one in read.signatures]) == note


@settings(max_examples=200)
@given(st.integers(0, len(NOTE) * 8 - 1))
def test_a_note_with_one_bit_changed_is_refused(bit: int) -> None:
    changed = bytearray(NOTE)
    changed[bit // 8] ^= 1 << bit % 8
    with pytest.raises(BadNote):
        open_note(bytes(changed), [LOG_KEY])


def test_signatures_of_unknown_keys_are_passed_over() -> None:
    note = signed(TEXT, LOG, *WITNESSES)
    opened = open_note(note, [LOG_KEY])
    assert [one.key for one in opened.verified] == [LOG_KEY]
    assert opened.unknown == tuple(witness.name for witness in WITNESSES)


def test_a_signature_type_of_the_future_is_passed_over() -> None:
    longer = (ORIGIN, b"\x06\x06\x06\x06", bytes(8 + 2420))
    opened = open_note(format_note(TEXT, [longer, LOG.line(TEXT)]), [LOG_KEY])
    assert (len(opened.verified), opened.unknown) == (1, (ORIGIN,))


def test_a_known_name_with_another_id_is_an_unknown_key() -> None:
    name, _, signature = LOG.line(TEXT)
    with pytest.raises(BadNote, match=f"none of the known keys signed it; it names {ORIGIN}"):
        open_note(format_note(TEXT, [(name, b"abcd", signature)]), [LOG_KEY])


def test_one_false_signature_under_a_known_key_refuses_the_whole_note() -> None:
    name, key_id, signature = WITNESSES[0].line(TEXT)
    for false in (bytes(72), signature[:-1], signature + b"!", signature[8:], LOG.line(TEXT)[2]):
        note = format_note(TEXT, [LOG.line(TEXT), (name, key_id, false)])
        with pytest.raises(BadNote, match=f"signature of {name} is false"):
            open_note(note, [LOG_KEY, WITNESS_KEY])


def test_a_second_signature_of_one_key_must_be_true_too() -> None:
    name, key_id, signature = LOG.line(TEXT)
    assert len(open_note(format_note(TEXT, [LOG.line(TEXT)] * 2), [LOG_KEY]).verified) == 1
    with pytest.raises(BadNote, match="is false"):
        open_note(format_note(TEXT, [LOG.line(TEXT), (name, key_id, signature[::-1])]), [LOG_KEY])


def test_a_note_that_nobody_known_signed_is_refused() -> None:
    with pytest.raises(BadNote, match="none of the known keys"):
        open_note(NOTE, [])


def test_keys_that_a_signature_cannot_tell_apart_are_refused() -> None:
    other = parse_vkey(Pen("other.example").vkey)
    same = type(other)(LOG_KEY.name, LOG_KEY.key_id, other.type, other.public)
    with pytest.raises(BadNote, match="one name and id"):
        open_note(NOTE, [LOG_KEY, same])
    assert open_note(NOTE, [LOG_KEY, LOG_KEY]).verified == (Verified(LOG_KEY, None),)


def test_a_cosignature_tells_its_time() -> None:
    assert cosignature_message(1679315147, b"text\n") == b"cosignature/v1\ntime 1679315147\ntext\n"
    note = format_note(TEXT, [WITNESSES[0].line(TEXT, time=1_679_315_147)])
    assert open_note(note, [WITNESS_KEY]).verified == (Verified(WITNESS_KEY, 1_679_315_147),)


def test_a_cosignature_of_another_time_is_refused() -> None:
    name, key_id, signature = WITNESSES[0].line(TEXT, time=1_679_315_147)
    later = (1_679_315_148).to_bytes(8, "big") + signature[8:]
    with pytest.raises(BadNote, match="is false"):
        open_note(format_note(TEXT, [(name, key_id, later)]), [WITNESS_KEY])
    with pytest.raises(BadNote, match="is false"):
        open_note(format_note(TEXT, [WITNESSES[0].line(TEXT, time=2**63)]), [WITNESS_KEY])


def test_a_log_signature_is_no_cosignature() -> None:
    both = Pen(ORIGIN), Pen(ORIGIN, COSIGNATURE)
    name, key_id, _ = both[1].line(TEXT)
    with pytest.raises(BadNote, match="is false"):
        open_note(format_note(TEXT, [(name, key_id, bytes(8) + both[0].line(TEXT)[2])]), [parse_vkey(both[1].vkey)])


@given(names, st.integers(0, 2**63 - 1), st.binary(min_size=32, max_size=32))
def test_a_checkpoint_is_read_as_it_was_written(origin: str, size: int, root: bytes) -> None:
    checkpoint = Checkpoint(origin, size, root)
    assert parse_checkpoint(format_checkpoint(checkpoint)) == checkpoint


def test_an_empty_log_has_a_checkpoint() -> None:
    text = f"{ORIGIN}\n0\n47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=\n".encode()
    assert parse_checkpoint(text) == Checkpoint(ORIGIN, 0, EMPTY_ROOT)


@pytest.mark.parametrize(
    "size", ["", "+5", "-1", "1_000", " 5", "5 ", "05", "00", "5.0", "٥", "0x5", str(2**63), "9" * 40]
)
def test_a_size_in_another_spelling_is_refused(size: str) -> None:
    with pytest.raises(BadNote, match="size in decimal on line 2"):
        parse_checkpoint(f"{ORIGIN}\n{size}\n{ROOT}\n".encode())


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "three lines"),
        (f"{ORIGIN}\n5\n{ROOT}", "three lines"),
        (f"{ORIGIN}\n5\n", "three lines"),
        (f"{ORIGIN}\n5\n{ROOT}\nextension\n", "three lines"),
        (f"{ORIGIN}\n5\n{ROOT}\n\n", "three lines"),
        (f"\n5\n{ROOT}\n", "origin on line 1"),
        (f"{ORIGIN}\n5\n\n", "32 bytes on line 3, came 0"),
        (f"{ORIGIN}\n5\nAAAA\n", "32 bytes on line 3, came 3"),
        (f"{ORIGIN}\n5\n{ROOT[:-1]}\n", "line 3: expected base64"),
        (f"{ORIGIN}\n5\n{ROOT[:-2]}B=\n", "one spelling"),
        (f"{ORIGIN}\n5\n {ROOT}\n", "line 3: expected base64"),
        (f"{ORIGIN}\n5\n{'é' * 43}=\n", "line 3: expected base64"),
    ],
)
def test_a_malformed_checkpoint_is_refused(text: str, reason: str) -> None:
    with pytest.raises(BadNote, match=reason):
        parse_checkpoint(text.encode())
