from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from log_maker import LOG, ORIGIN, WITNESSES, Pen, checkpoint_note, entries_of

from testigo.errors import BadNote
from testigo.tlog.merkle import leaf_hash, levels_of
from testigo.tlog.note import Checkpoint
from testigo.tlog.policy import Policy, parse_policy
from testigo.tlog.proof import HEADER, MAX_PROOF_BYTES, Proof, check_proof, format_proof, parse_proof

ENTRIES = entries_of(300)
HASHES = [leaf_hash(entry) for entry in ENTRIES]
LEVELS = levels_of(HASHES)
ALONE = parse_policy(f"log {LOG.vkey}\nquorum none\n", where="policy")
WITNESSED = parse_policy(f"log {LOG.vkey}\nwitness w {WITNESSES[0].vkey}\nquorum w\n", where="policy")
NODE = "A" * 43 + "="


def proof_of(number: int, *pens: Pen, origin: str = ORIGIN) -> Proof:
    return Proof(number, LEVELS.path(number), checkpoint_note(HASHES, *pens, origin=origin), ENTRIES[number])


PROOF = format_proof(proof_of(255))


def test_a_proof_leads_from_the_entry_to_the_signed_checkpoint() -> None:
    assert check_proof(parse_proof(PROOF), ENTRIES[255], ALONE) == Checkpoint(ORIGIN, 300, LEVELS.root())


def test_a_proof_is_laid_out_as_the_specification_says() -> None:
    proof = Proof(0, (), b"log\n1\nroot\n\nsignature\n", b"hint")
    assert format_proof(proof) == (b"c2sp.org/tlog-proof@v1\nextra aGludA==\nindex 0\n\nlog\n1\nroot\n\nsignature\n")
    assert format_proof(replace(proof, extra=None)) == (
        b"c2sp.org/tlog-proof@v1\nindex 0\n\nlog\n1\nroot\n\nsignature\n"
    )


@given(
    st.integers(0, 2**62),
    st.lists(st.binary(min_size=32, max_size=32), max_size=63).map(tuple),
    st.binary(max_size=500),
    st.none() | st.binary(max_size=300),
)
def test_a_proof_is_read_as_it_was_written(
    index: int, path: tuple[bytes, ...], checkpoint: bytes, extra: bytes | None
) -> None:
    proof = Proof(index, path, checkpoint, extra)
    assert parse_proof(format_proof(proof)) == proof


@settings(max_examples=200)
@given(st.integers(0, len(PROOF) * 8 - 1))
def test_a_proof_with_one_bit_changed_fails_or_differs_in_its_hint_alone(bit: int) -> None:
    changed = bytearray(PROOF)
    changed[bit // 8] ^= 1 << bit % 8
    try:
        proof = parse_proof(bytes(changed))
        check_proof(proof, ENTRIES[255], ALONE)
    except BadNote:
        return
    assert replace(proof, extra=None) == replace(parse_proof(PROOF), extra=None)
    assert proof.extra != ENTRIES[255]


@pytest.mark.parametrize("other", [0, 254, 256, 299])
def test_a_proof_proves_no_other_entry(other: int) -> None:
    with pytest.raises(BadNote, match="another root"):
        check_proof(parse_proof(PROOF), ENTRIES[other], ALONE)


@pytest.mark.parametrize("number", [0, 254, 256, 300, 2**63])
def test_a_proof_proves_no_other_place(number: int) -> None:
    with pytest.raises(BadNote, match="inclusion"):
        check_proof(replace(parse_proof(PROOF), index=number), ENTRIES[255], ALONE)


def test_the_entry_in_the_proof_is_a_hint_that_proves_nothing() -> None:
    check_proof(replace(proof_of(7), extra=b"something else"), ENTRIES[7], ALONE)
    with pytest.raises(BadNote, match="another root"):
        check_proof(replace(proof_of(7), extra=b"something else"), b"something else", ALONE)


def test_a_proof_needs_the_witnesses_of_the_policy() -> None:
    check_proof(proof_of(7, LOG, WITNESSES[0]), ENTRIES[7], WITNESSED)
    for pens in ((LOG,), (LOG, WITNESSES[1])):
        with pytest.raises(BadNote, match="quorum w of the policy is not met"):
            check_proof(proof_of(7, *pens), ENTRIES[7], WITNESSED)


def test_a_witness_does_not_stand_in_for_the_log() -> None:
    with pytest.raises(BadNote, match=f"signature of the log {ORIGIN}"):
        check_proof(proof_of(7, WITNESSES[0]), ENTRIES[7], WITNESSED)


def test_one_log_does_not_sign_for_another() -> None:
    other = Pen("log.example/other")
    both = parse_policy(f"log {LOG.vkey}\nlog {other.vkey}\nquorum none\n", where="policy")
    check_proof(proof_of(7, other, origin=other.name), ENTRIES[7], both)
    for policy, pen, origin in ((both, other, ORIGIN), (both, LOG, other.name), (ALONE, LOG, other.name)):
        refused(proof_of(7, pen, origin=origin), policy, f"signature of the log {origin}")


def refused(proof: Proof, policy: Policy, reason: str) -> None:
    with pytest.raises(BadNote, match=reason):
        check_proof(proof, ENTRIES[7], policy)


def test_the_longest_path_and_the_longest_proof_are_read() -> None:
    head = f"{HEADER}\nindex 1\n{(NODE + chr(10)) * 63}\n".encode()
    assert len(parse_proof(head + b"x" * (MAX_PROOF_BYTES - len(head))).path) == 63


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "expected the line"),
        ("c2sp.org/tlog-proof@v2\nindex 0\n\nlog\n", "expected the line"),
        (f"{HEADER}\nindex 0\n", "expected the line"),
        (f"{HEADER}\n\nlog\n", "no index"),
        (f"{HEADER}\nextra AAAA\n\nlog\n", "no index"),
        (f"{HEADER}\nindex 00\n\nlog\n", "index <number>"),
        (f"{HEADER}\nindex -1\n\nlog\n", "index <number>"),
        (f"{HEADER}\nindex +1\n\nlog\n", "index <number>"),
        (f"{HEADER}\nindex 1_0\n\nlog\n", "index <number>"),
        (f"{HEADER}\nindex  1\n\nlog\n", "index <number>"),
        (f"{HEADER}\nindex 1 \n\nlog\n", "index <number>"),
        (f"{HEADER}\r\nindex 1\n\nlog\n", "expected the line"),
        (f"{HEADER}\nindex {'9' * 20}\n\nlog\n", "index <number>"),
        (f"{HEADER}\nindex 1\nextra AAAA\n\nlog\n", "hash 1: expected base64"),
        (f"{HEADER}\nextra AAAA\nextra AAAA\nindex 1\n\nlog\n", "index <number>"),
        (f"{HEADER}\nextra AA*A\nindex 1\n\nlog\n", "extra: expected base64"),
        (f"{HEADER}\nindex 1\n{NODE[:-1]}\n\nlog\n", "hash 1: expected base64"),
        (f"{HEADER}\nindex 1\n{NODE}\nAAAA\n\nlog\n", "hashes of 32 bytes"),
        (f"{HEADER}\nindex 1\n{NODE[:-2]}B=\n\nlog\n", "one spelling"),
        (f"{HEADER}\nindex é\n\nlog\n", "ASCII"),
        (f"{HEADER}\nindex 1\n" + f"{NODE}\n" * 64 + "\nlog\n", "at most 63 hashes, came 64"),
        (f"{HEADER}\nindex 1\n\n" + "x" * 262_144, "at most 262144 bytes"),
    ],
)
def test_a_malformed_proof_is_refused(text: str, reason: str) -> None:
    with pytest.raises(BadNote, match=reason):
        parse_proof(text.encode())
