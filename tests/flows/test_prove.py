"""`prove`: a proof that anybody can check with the key alone."""

from dataclasses import replace

import pytest
from town import STATIONS, table

from testigo.core.ids import StationCode
from testigo.core.records import Result, decode_record
from testigo.errors import BadNote, NotFound
from testigo.flows.prove import prove
from testigo.flows.report import report
from testigo.flows.seal import seal
from testigo.ports import World
from testigo.tlog.policy import Policy, parse_policy
from testigo.tlog.proof import check_proof, parse_proof
from testigo.wiring import policy_text

T3 = StationCode("T3")


@pytest.fixture
def counted(world: World) -> World:
    """Every station but T8 has results, in two batches."""
    report(world, "north", "a.csv", table(STATIONS[:4]))
    seal(world)
    report(world, "north", "b.csv", table(STATIONS[:7]))
    seal(world)
    return world


def policy_of(world: World) -> Policy:
    return parse_policy(policy_text(world.signer.vkey), where="policy")


@pytest.mark.parametrize("station", STATIONS[:7])
def test_every_result_is_proven_by_the_checkpoint(counted: World, station: str) -> None:
    proven = prove(counted, StationCode(station))
    assert [one.contest for one in proven] == ["council", "mayor"]
    for one in proven:
        proof = parse_proof(one.proof)
        entry = proof.extra or b""
        assert check_proof(proof, entry, policy_of(counted)).size == counted.journal.heads()[-1].size
        record = decode_record(entry)
        assert isinstance(record, Result)
        assert (record.station, record.contest, proof.index) == (station, one.contest, one.number)
        assert counted.views.results()[record.station, record.contest][1] == record


def test_a_proof_proves_no_other_result(counted: World) -> None:
    one, other = (parse_proof(proven.proof) for proven in prove(counted, T3))
    for wrong, entry in (
        (one, other.extra),
        (replace(one, index=one.index ^ 1), one.extra),
        (replace(one, path=one.path[:-1]), one.extra),
        (replace(one, path=other.path), one.extra),
    ):
        with pytest.raises(BadNote):
            check_proof(wrong, entry or b"", policy_of(counted))


def test_a_result_that_was_replaced_is_not_proven_any_more(counted: World) -> None:
    report(counted, "north", "c.csv", table({"T3": (1, 2, 3, 4, 5)}))
    before = prove(counted, T3)
    seal(counted)
    council, mayor = prove(counted, T3)
    assert {one.number for one in before}.isdisjoint({council.number, mayor.number})
    record = decode_record(parse_proof(mayor.proof).extra or b"")
    assert isinstance(record, Result)
    assert dict(record.counts) == {"ANA": 1, "BEN": 2, "mvalid": 3}


def test_a_station_without_a_sealed_result_has_no_proof(counted: World) -> None:
    report(counted, "north", "c.csv", table(STATIONS))
    with pytest.raises(NotFound, match="station T8 has no sealed result; `testigo seal`"):
        prove(counted, StationCode("T8"))
    with pytest.raises(NotFound, match="the register has no such station"):
        prove(counted, StationCode("T9"))
