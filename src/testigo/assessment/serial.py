"""An assessment as JSON (docs/formats/assessment.md), and two of them compared."""

import json
import math
from collections.abc import Iterator, Mapping, Sequence

from testigo.assessment.claims import LAYERS, Assessment, Claim, Layer, Method, Sentence, Value
from testigo.errors import BadAssessment

TOLERANCE = 1e-6
"""Libraries differ in the last bits; numbers may differ by this part of themselves."""


def assessment_json(assessment: Assessment) -> bytes:
    """The assessment as UTF-8 JSON, one line a claim; the same assessment gives the same bytes."""
    methods = {method.id: method for method in assessment.methods}
    lines = [
        '{"election": ' + _line(assessment.election),
        f'"log_size": {assessment.log_size}',
        '"version": ' + _line(assessment.version),
        '"methods": [\n' + ",\n".join(_line(_method(one)) for one in assessment.methods) + "\n]",
        '"claims": [\n'
        + ",\n".join(_line(_claim(one, methods[one.method], assessment.version)) for one in assessment.claims)
        + "\n]",
        '"sentences": [\n' + ",\n".join(_line(_sentence(one)) for one in assessment.sentences) + "\n]}\n",
    ]
    return ",\n".join(lines).encode()


def _line(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, allow_nan=False)


def _method(method: Method) -> dict[str, str]:
    return {
        "id": method.id,
        "layer": method.layer,
        "title": method.title,
        "assumption": method.assumption,
        "control": method.control,
        "source": method.source,
    }


def _claim(claim: Claim, method: Method, version: str) -> dict[str, object]:
    """Everything that the claim rests on stands in it, so that it can be quoted alone."""
    return {
        "id": claim.id,
        "method": claim.method,
        "layer": method.layer,
        "contest": claim.contest,
        "collection": claim.collection,
        "part": claim.part,
        "assumption": method.assumption,
        "n": claim.n,
        "seed": claim.seed,
        "version": version,
        "control": method.control,
        "values": claim.values,
    }


def _sentence(sentence: Sentence) -> dict[str, object]:
    return {"wording": sentence.wording, "values": sentence.values, "claims": list(sentence.claims)}


def assessment_from_json(data: bytes) -> Assessment:
    """The assessment that these bytes say.

    Raises:
        BadAssessment: they are not the JSON of an assessment.
    """
    try:
        read = json.loads(data)
        methods = tuple(Method(**{**one, "layer": _layer(one["layer"])}) for one in read["methods"])
        claims = tuple(
            Claim(one["method"], one["contest"], one["collection"], one["n"], one["values"], one["part"], one["seed"])
            for one in read["claims"]
        )
        sentences = tuple(Sentence(one["wording"], one["values"], tuple(one["claims"])) for one in read["sentences"])
        return Assessment(read["election"], read["log_size"], read["version"], methods, claims, sentences)
    except (ValueError, KeyError, TypeError, RecursionError) as error:
        raise BadAssessment(f"expected the JSON of an assessment, came something else: {error!r}") from None


def _layer(name: str) -> Layer:
    for layer in LAYERS:
        if layer == name:
            return layer
    raise ValueError(f"layer {name!r}")


def differences(stored: bytes, expected: bytes) -> list[str]:
    """Every place where two assessments differ by more than the tolerance, by its path; empty where they agree."""
    return list(_differ(json.loads(stored), json.loads(expected), "")) if stored != expected else []


def _differ(a: Value, b: Value, path: str) -> Iterator[str]:
    if isinstance(a, Mapping) and isinstance(b, Mapping):
        for key in dict.fromkeys((*b, *a)):
            if key not in a or key not in b:
                yield f"{path}.{key}: {'is missing' if key not in a else 'does not follow from the log'}"
            else:
                yield from _differ(a[key], b[key], f"{path}.{key}")
    elif isinstance(a, Sequence) and isinstance(b, Sequence) and not isinstance(a, str) and not isinstance(b, str):
        if len(a) != len(b):
            yield f"{path}: expected {len(b)} entries, came {len(a)}"
        for number, (one, other) in enumerate(zip(a, b, strict=False)):
            name = one["id"] if isinstance(one, Mapping) and "id" in one else number
            yield from _differ(one, other, f"{path}[{name}]")
    elif isinstance(a, float) and isinstance(b, float):
        if not math.isclose(a, b, rel_tol=TOLERANCE, abs_tol=1e-12):
            yield f"{path}: expected {b}, came {a}"
    elif type(a) is not type(b) or a != b:  # 1 is not true, though Python takes them for equal
        yield f"{path}: expected {b!r}, came {a!r}"
