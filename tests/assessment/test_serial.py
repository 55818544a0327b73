"""An assessment as JSON: the same again, the same bytes twice, and every change found."""

import copy
import json
import random
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from testigo.assessment.case import Case
from testigo.assessment.claims import Assessment
from testigo.assessment.methods import METHODS
from testigo.assessment.report import assess
from testigo.assessment.serial import assessment_from_json, assessment_json, differences
from testigo.errors import BadAssessment

Change = Callable[[Any], object]


def test_what_is_written_is_read_again(mixed: Assessment) -> None:
    data = assessment_json(mixed)
    assert assessment_from_json(data) == mixed
    assert assessment_json(assessment_from_json(data)) == data


def test_a_claim_can_be_quoted_alone(mixed: Assessment) -> None:
    for claim in json.loads(assessment_json(mixed))["claims"]:
        method = METHODS[claim["method"]]
        assert (claim["layer"], claim["assumption"], claim["control"]) == (
            method.layer,
            method.assumption,
            method.control,
        )
        assert claim["version"] == mixed.version


def test_every_claim_has_a_line_of_its_own(mixed: Assessment) -> None:
    lines = assessment_json(mixed).decode().split("\n")
    assert len([line for line in lines if line.startswith('{"id"') and '"values"' in line]) == len(mixed.claims)


def test_the_same_case_gives_the_same_bytes_twice(mixed_case: Case) -> None:
    assert assessment_json(assess(replace(mixed_case))) == assessment_json(assess(replace(mixed_case)))


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_the_order_of_results_and_dossiers_does_not_matter(mixed_case: Case, mixed: Assessment, seed: int) -> None:
    chance = random.Random(seed)
    results, held = list(mixed_case.results.items()), list(mixed_case.held.items())
    chance.shuffle(results)
    chance.shuffle(held)
    shuffled = replace(mixed_case, results=dict(results), held=dict(held))
    assert assessment_json(assess(shuffled)) == assessment_json(mixed)


def test_the_order_of_evidence_of_different_sources_does_not_matter(mixed_case: Case, mixed: Assessment) -> None:
    held = {code: replace(dossier, evidence=dossier.evidence[::-1]) for code, dossier in mixed_case.held.items()}
    assert assessment_json(assess(replace(mixed_case, held=held))) == assessment_json(mixed)


def changed(assessment: Assessment, change: Change) -> tuple[bytes, list[str]]:
    good = assessment_json(assessment)
    value = json.loads(good)
    change(value)
    bad = json.dumps(value).encode()
    return bad, differences(bad, good)


def numbers_in(value: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """The path of every number."""
    if isinstance(value, dict | list):
        inside = value.items() if isinstance(value, dict) else enumerate(value)
        return [found for key, one in inside for found in numbers_in(one, (*path, key))]
    return [path] if isinstance(value, int | float) else []


def set_at(value: Any, path: tuple[Any, ...], change: Callable[[Any], Any]) -> None:
    for key in path[:-1]:
        value = value[key]
    value[path[-1]] = change(value[path[-1]])


@settings(max_examples=40)
@given(st.data())
def test_every_number_that_is_changed_is_found(mixed: Assessment, data: st.DataObject) -> None:
    path = data.draw(st.sampled_from(numbers_in(json.loads(assessment_json(mixed)))))
    by = data.draw(st.sampled_from([1, -1, 10]))
    _, found = changed(mixed, lambda value: set_at(value, path, lambda number: number + by))
    assert len(found) == 1
    assert str(path[-1]) in found[0]


def float_of(mixed: Assessment) -> tuple[Any, ...]:
    value = json.loads(assessment_json(mixed))
    claims = [number for number, claim in enumerate(value["claims"]) if claim["method"] == "agreement"]
    return ("claims", claims[0], "values", "high")


@pytest.mark.parametrize(("part", "found"), [(0.0, 0), (9e-7, 0), (-9e-7, 0), (2e-6, 1), (-2e-6, 1), (1e-3, 1)])
def test_numbers_that_are_not_whole_may_differ_by_a_millionth(mixed: Assessment, part: float, found: int) -> None:
    path = float_of(mixed)
    _, told = changed(mixed, lambda value: set_at(value, path, lambda number: number * (1 + part)))
    assert len(told) == found
    assert all("[agreement/mayor/north/south].values.high: expected 0.2487" in one for one in told)


CHANGES: dict[str, tuple[Change, str]] = {
    "a claim removed": (lambda v: v["claims"].pop(3), ".claims: expected"),
    "the last claim removed": (lambda v: v["claims"].pop(), ".claims: expected"),
    "a claim added": (lambda v: v["claims"].append(copy.deepcopy(v["claims"][0])), ".claims: expected"),
    "two claims exchanged": (lambda v: v["claims"].insert(0, v["claims"].pop(1)), ".id: expected"),
    "a key added to a claim": (lambda v: v["claims"][0].update(more=1), ".more: does not follow from the log"),
    "a key added to values": (lambda v: v["claims"][0]["values"].update(more=1), ".values.more: does not follow"),
    "a key added to all": (lambda v: v.update(more=1), ".more: does not follow from the log"),
    "a key removed": (lambda v: v["claims"][0]["values"].pop("lead"), ".values.lead: is missing"),
    "a text changed": (lambda v: v["claims"][0]["values"].update(leader="BEN"), ".values.leader: expected 'ANA'"),
    "a number as text": (lambda v: v["claims"][0]["values"].update(lead="1309"), ".values.lead: expected"),
    "a number as nothing": (lambda v: v["claims"][0]["values"].update(lead=None), ".values.lead: expected"),
    "a number as a list": (lambda v: v["claims"][0]["values"].update(lead=[]), ".values.lead: expected"),
    "whole numbers with a part": (lambda v: v["claims"][0]["values"].update(lead=1309.0000001), ".values.lead"),
    "the assumption changed": (lambda v: v["claims"][0].update(assumption="None."), ".assumption: expected"),
    "a seed changed": (lambda v: v["claims"][-1].update(seed="12"), ".seed: expected"),
    "a method removed": (lambda v: v["methods"].pop(), ".methods: expected"),
    "a layer changed": (lambda v: v["methods"][-1].update(layer="design"), ".layer: expected 'screen'"),
    "a sentence removed": (lambda v: v["sentences"].pop(), ".sentences: expected"),
    "a wording changed": (lambda v: v["sentences"][1].update(wording="open"), ".wording: expected 'certain'"),
    "a sentence that rests on others": (lambda v: v["sentences"][0].update(claims=[]), ".sentences[0].claims"),
    "another size of the log": (lambda v: v.update(log_size=1), ".log_size: expected"),
    "another election": (lambda v: v.update(election="hill"), ".election: expected 'valley', came 'hill'"),
    "another version": (lambda v: v.update(version="9"), ".version: expected"),
}


@pytest.mark.parametrize(("change", "told"), CHANGES.values(), ids=CHANGES.keys())
def test_every_kind_of_change_is_found_and_named(mixed: Assessment, change: Change, told: str) -> None:
    _, found = changed(mixed, change)
    assert any(told in one for one in found), found


def test_the_truth_is_not_one(mixed: Assessment) -> None:
    value = json.loads(assessment_json(mixed))
    path = next(path for path in numbers_in(value["claims"]) if at(value["claims"], path) == 1)
    _, found = changed(mixed, lambda v: set_at(v["claims"], path, lambda one: True))
    assert len(found) == 1


def at(value: Any, path: tuple[Any, ...]) -> Any:
    for key in path:
        value = value[key]
    return value


def test_nothing_differs_from_itself_in_another_spelling(mixed: Assessment) -> None:
    assert differences(assessment_json(mixed), assessment_json(mixed)) == []
    bad, found = changed(mixed, lambda value: None)
    assert (bad != assessment_json(mixed), found) == (True, [])


BROKEN = {
    "empty": b"",
    "no JSON": b"{",
    "no text": b"\xff",
    "a list": b"[]",
    "nothing": b"null",
    "no keys": b"{}",
    "too deep": b"[" * 100_000,
    "claims that are none": b'{"methods": [], "claims": 3, "sentences": []}',
    "claims of another shape": b'{"methods": [], "claims": [[]], "sentences": []}',
    "methods of another shape": b'{"methods": [{"layer": "design", "x": 1}], "claims": [], "sentences": []}',
    "a layer that is none": b'{"methods": [{"layer": "truth"}], "claims": [], "sentences": []}',
    "a number without end": b'{"methods": [], "claims": [], "sentences": [], "log_size": ' + b"9" * 5000 + b"}",
}


@pytest.mark.parametrize("data", BROKEN.values(), ids=BROKEN.keys())
def test_what_is_no_assessment_is_refused(data: bytes) -> None:
    with pytest.raises(BadAssessment, match="expected the JSON of an assessment"):
        assessment_from_json(data)
