from itertools import combinations

import pytest
from log_maker import LOG, ORIGIN, WITNESSES, Pen, checkpoint_note

from testigo.errors import BadNote
from testigo.tlog.merkle import leaf_hash
from testigo.tlog.note import COSIGNATURE, ED25519, format_vkey, parse_vkey
from testigo.tlog.policy import Group, Policy, open_checkpoint, parse_policy

LOG_LINE = f"log {LOG.vkey}\n"
X = [Pen(f"x.example/{number}", COSIGNATURE) for number in range(3)]
Y = [Pen(f"y.example/{number}", COSIGNATURE) for number in range(3)]
SPEC = (
    LOG_LINE
    + "".join(f"witness X{number} {pen.vkey}\n" for number, pen in enumerate(X, 1))
    + "group X-witnesses 2 X1 X2 X3\n"
    + "".join(f"witness Y{number} {pen.vkey}\n" for number, pen in enumerate(Y, 1))
    + "group Y-witnesses any Y1 Y2 Y3\n\ngroup X-and-Y all X-witnesses Y-witnesses\nquorum X-and-Y\n"
)
W1, W2 = WITNESSES[0].vkey, WITNESSES[1].vkey


def policy_of(text: str) -> Policy:
    return parse_policy(text, where="policy.txt")


def test_the_policy_of_the_specification_is_read() -> None:
    policy = policy_of(SPEC)
    assert dict(policy.logs) == {ORIGIN: parse_vkey(LOG.vkey)}
    assert list(policy.witnesses) == ["X1", "X2", "X3", "Y1", "Y2", "Y3"]
    assert dict(policy.groups) == {
        "X-witnesses": Group(2, ("X1", "X2", "X3")),
        "Y-witnesses": Group(1, ("Y1", "Y2", "Y3")),
        "X-and-Y": Group(2, ("X-witnesses", "Y-witnesses")),
    }
    assert (policy.quorum, policy.requirements, len(policy.keys)) == ("X-and-Y", (), 7)


def test_a_quorum_of_groups_is_met_by_the_right_witnesses_alone() -> None:
    policy = policy_of(SPEC)
    names = list(policy.witnesses)
    for count in range(len(names) + 1):
        for signers in combinations(names, count):
            x, y = sum(name[0] == "X" for name in signers), sum(name[0] == "Y" for name in signers)
            assert policy.met_by(frozenset(policy.witnesses[name] for name in signers)) == (x >= 2 and y >= 1)


def test_a_log_is_no_witness_and_an_unknown_witness_does_not_count() -> None:
    policy = policy_of(SPEC)
    strangers = [parse_vkey(pen.vkey) for pen in (LOG, *WITNESSES)]
    assert not policy.met_by(frozenset([*strangers, policy.witnesses["X1"], policy.witnesses["Y1"]]))


def test_no_quorum_is_met_by_nobody() -> None:
    assert policy_of(LOG_LINE + "quorum none\n").met_by(frozenset())


def test_a_long_chain_of_groups_is_settled() -> None:
    chain = "".join(f"group g{number} all {f'g{number - 1}' if number else 'w'}\n" for number in range(3000))
    policy = policy_of(f"{LOG_LINE}witness w {W1}\n{chain}quorum g2999\n")
    assert policy.met_by(frozenset([parse_vkey(W1)]))
    assert not policy.met_by(frozenset())


def test_spaces_tabs_urls_comments_and_empty_lines_are_allowed() -> None:
    policy = policy_of(f"# Ñ\n \t\n\t log\t {LOG.vkey}  https://log.example/ \n  # log nonsense\nquorum none")
    assert (list(policy.logs), policy.quorum) == ([ORIGIN], "none")


def test_requirements_are_the_comments_of_exactly_that_shape() -> None:
    policy = policy_of(
        "# testigo: require timestamps 2\n#testigo: require a\n # testigo: require b\n# testigo: needs c\n"
        f"{LOG_LINE}quorum none\n# testigo: require objects\n"
    )
    assert policy.requirements == ("timestamps 2", "objects")


def test_a_comment_goes_on_to_the_newline_and_no_other_sign_ends_it() -> None:
    for sign in ("\u2028", "\u2029", "\u0085"):
        with pytest.raises(BadNote, match="expected a line `quorum"):
            policy_of(f"{LOG_LINE}# harmless{sign}quorum none\n")


def test_a_name_may_hold_any_letter_but_spaces() -> None:
    policy = policy_of(f"{LOG_LINE}witness señal\u00a0uno {W1}\nquorum señal\u00a0uno\n")
    assert list(policy.witnesses) == ["señal\u00a0uno"]


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "at least one line `log"),
        ("quorum none\n", "at least one line `log"),
        (LOG_LINE, "expected a line `quorum"),
        (f"{LOG_LINE}quorum none\nquorum none\n", "line 3: expected log, witness, group or one quorum"),
        (f"{LOG_LINE}quorum w\nwitness w {W1}\n", "line 2: quorum: expected a witness or group above"),
        (f"{LOG_LINE}quorum\n", "line 2: expected log"),
        (f"{LOG_LINE}quorum none now\n", "line 2: expected log"),
        (f"{LOG_LINE}Quorum none\n", "line 2: expected log"),
        (f"{LOG_LINE}{LOG_LINE}quorum none\n", "line 2: expected a new key"),
        (f"log {LOG.vkey} a b\nquorum none\n", "line 1: expected log"),
        ("log nonsense\nquorum none\n", "line 1: key: expected <name>"),
        (f"log {W1}\nquorum none\n", "line 1: expected a key of type 1, came type 4"),
        (f"{LOG_LINE}witness w {LOG.vkey}\nquorum w\n", "line 2: expected a key of type 4, came type 1"),
        (f"{LOG_LINE}witness {W1}\nquorum none\n", "line 2: expected log"),
        (f"{LOG_LINE}witness none {W1}\nquorum none\n", "line 2: expected a new name, came none"),
        (f"{LOG_LINE}witness w {W1}\nwitness w {W2}\nquorum w\n", "line 3: expected a new name, came w"),
        (f"{LOG_LINE}witness w {W1}\ngroup w all w\nquorum w\n", "line 3: expected a new name, came w"),
        (f"{LOG_LINE}witness w {W1}\nwitness v {W1}\nquorum w\n", "line 3: expected a new key"),
        (f"{LOG_LINE}witness w {W1}\ngroup g all\nquorum g\n", "line 3: expected log"),
        (f"{LOG_LINE}witness w {W1}\ngroup g all none\nquorum g\n", "line 3: expected witnesses or groups above"),
        (f"{LOG_LINE}witness w {W1}\ngroup g all g\nquorum g\n", "line 3: expected witnesses or groups above"),
        (f"{LOG_LINE}witness w {W1}\ngroup g 2 w w\nquorum g\n", "line 3: expected witnesses or groups above"),
        (f"{LOG_LINE}group g all w\nwitness w {W1}\nquorum g\n", "line 2: expected witnesses or groups above"),
        (f"{LOG_LINE}witness w {W1}\ngroup g 1 w\ngroup h 1 w\nquorum g\n", "line 4: .*none of them in another group"),
        (f"{LOG_LINE}witness w {W1}\ngroup g 0 w\nquorum g\n", "any, all or a number up to 1, came 0"),
        (f"{LOG_LINE}witness w {W1}\ngroup g 2 w\nquorum g\n", "any, all or a number up to 1, came 2"),
        (f"{LOG_LINE}witness w {W1}\ngroup g 01 w\nquorum g\n", "any, all or a number up to 1, came 01"),
        (f"{LOG_LINE}witness w {W1}\ngroup g some w\nquorum g\n", "any, all or a number up to 1, came some"),
        (f"log {LOG.vkey}\r\nquorum none\r\n", "line 1: expected no control characters .* came '\\\\r'"),
        (f"{LOG_LINE}# \x0bquorum none\n", "line 2: expected no control characters"),
        (f"{LOG_LINE}quorum none\x7f\n", "line 2: expected no control characters"),
        (f"{LOG_LINE}quorum\u00a0none\n", "line 2: expected log"),
    ],
)
def test_a_malformed_policy_is_refused_by_line(text: str, reason: str) -> None:
    with pytest.raises(BadNote, match=f"policy.txt.*{reason}"):
        policy_of(text)


def test_the_two_keys_of_one_log_name_are_not_mixed_up() -> None:
    other = Pen(ORIGIN, COSIGNATURE).key.public_key().public_bytes_raw()
    second = f"log {format_vkey(ORIGIN, ED25519, other)}\n"
    with pytest.raises(BadNote, match=f"line 2: expected one key for the log {ORIGIN}"):
        policy_of(f"{LOG_LINE}{second}quorum none\n")


def test_a_checkpoint_opens_with_the_witnesses_that_the_policy_knows() -> None:
    policy = policy_of(f"{LOG_LINE}witness w {W1}\nquorum w\n")
    hashes = [leaf_hash(b"one")]
    checkpoint, opened = open_checkpoint(checkpoint_note(hashes, LOG, *WITNESSES), policy)
    assert (checkpoint.size, len(opened.verified), len(opened.unknown)) == (1, 2, 2)
    with pytest.raises(BadNote, match=f"signature of the log {ORIGIN}"):
        open_checkpoint(checkpoint_note(hashes, WITNESSES[0]), policy)
    with pytest.raises(BadNote, match=r"signature of the log other\.example"):
        open_checkpoint(checkpoint_note(hashes, LOG, origin="other.example"), policy)


def test_a_witness_of_the_same_name_does_not_sign_for_the_log() -> None:
    namesake = Pen(ORIGIN, COSIGNATURE)
    policy = policy_of(f"{LOG_LINE}witness w {namesake.vkey}\nquorum w\n")
    assert open_checkpoint(checkpoint_note([], LOG, namesake), policy)[0].size == 0
    with pytest.raises(BadNote, match=f"signature of the log {ORIGIN}"):
        open_checkpoint(checkpoint_note([], namesake), policy)
