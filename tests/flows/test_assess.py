"""`assess`: what is published can be worked out anew from the log, and nothing else passes."""

import hashlib
import json
import subprocess
import sys
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from town import STATIONS, TextReader, memory_world, sheet, table, write_town

from testigo.assessment.serial import assessment_from_json, assessment_json
from testigo.flows.assess import assess_now, check_assessment
from testigo.flows.calibrate import calibrate_home, keep_calibration
from testigo.flows.publish import BUNDLE, publish
from testigo.flows.report import report
from testigo.ports import World
from testigo.tlog.policy import Policy, parse_policy
from testigo.verification.folder import FolderFiles
from testigo.verification.places import ASSESSMENT, CALIBRATION_FILE, MANIFEST, REGISTER, TAG_MANIFEST
from testigo.verification.report import Step, VerificationReport
from testigo.verification.run import verify_bundle
from testigo.wiring import policy_text

CLAIMS = f"{ASSESSMENT}assessment.json"
ENGLISH = f"{ASSESSMENT}assessment.en.md"
Files = dict[str, bytes]


class Held:
    """A bundle in memory, its manifests as somebody who forges would write them."""

    def __init__(self, files: Mapping[str, bytes]) -> None:
        self.files = {name: data for name, data in files.items() if name not in (MANIFEST, TAG_MANIFEST)}
        for manifest, inside in ((MANIFEST, True), (TAG_MANIFEST, False)):
            listed = sorted(name for name in self.files if name.startswith("data/") == inside)
            self.files[manifest] = "".join(f"{self.sha256(name)}  {name}\n" for name in listed).encode()

    def names(self) -> tuple[str, ...]:
        return tuple(sorted(self.files))

    def read(self, name: str) -> bytes:
        return self.files[name]

    def sha256(self, name: str) -> str:
        return hashlib.sha256(self.files[name]).hexdigest()

    def size(self, name: str) -> int:
        return len(self.files[name])


def publish_to(world: World, out: Path) -> Path:
    with ThreadPoolExecutor(2) as executor:
        publish(world, out, TextReader(), executor, lambda step: None)
    return out / BUNDLE


def policy_of(world: World) -> Policy:
    return parse_policy(policy_text(world.signer.vkey), where="policy")


def bytes_below(folder: Path) -> Files:
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


@pytest.fixture(scope="module")
def published(tmp_path_factory: pytest.TempPathFactory) -> tuple[World, Path]:
    """The town with tables of north and south, one station quarantined, published."""
    folder = tmp_path_factory.mktemp("assessed")
    (folder / "home").mkdir()
    world = memory_world(write_town(folder / "election", bases=("north", "south")), folder / "home")
    report(world, "north", "a.csv", table(STATIONS[:7]))
    report(world, "south", "b.csv", table({"T1": (1, 2, 3, 4, 5)}))
    return world, publish_to(world, folder / "site")


@pytest.fixture
def files(published: tuple[World, Path]) -> Files:
    return bytes_below(published[1])


@pytest.fixture
def verified(published: tuple[World, Path]) -> Callable[[Mapping[str, bytes]], VerificationReport]:
    def verify(files: Mapping[str, bytes]) -> VerificationReport:
        return verify_bundle(Held(files), policy_of(published[0]), assessor=check_assessment)

    return verify


def assessment_step(found: VerificationReport) -> Step:
    (step,) = [step for step in found.steps if step.name == "assessment"]
    return step


def test_a_published_assessment_follows_from_the_log(
    files: Files, verified: Callable[[Mapping[str, bytes]], VerificationReport]
) -> None:
    found = verified(files)
    assert (found.exit_code, assessment_step(found).state) == (0, "ok")
    claims = len(assessment_from_json(files[CLAIMS]).claims)
    assert assessment_step(found).sentence == f"{claims} claims follow from the log"
    assert {name for name in files if name.startswith(ASSESSMENT)} == {
        CLAIMS,
        ENGLISH,
        f"{ASSESSMENT}assessment.es.md",
    }


def test_what_is_assessed_now_is_what_the_publication_says(published: tuple[World, Path]) -> None:
    world, bundle = published
    assert assessment_json(assess_now(world)) == (bundle / CLAIMS).read_bytes()


def test_a_quarantined_station_is_missing_in_the_published_claims(files: Files) -> None:
    claims = {claim.id: claim for claim in assessment_from_json(files[CLAIMS]).claims}
    values = claims["certainty/mayor/accepted/register"].values
    assert (values["stations"], values["stations_missing"], values["missing"]) == (6, 2, 600)


def first_of(method: str, value: Any) -> Any:
    return next(claim for claim in value["claims"] if claim["method"] == method)


FORGED: dict[str, tuple[Callable[[Any], object], str]] = {
    "a number changed by one": (
        lambda v: first_of("certainty", v)["values"].update(lead=first_of("certainty", v)["values"]["lead"] + 1),
        ".claims[certainty/mayor/accepted/register].values.lead: expected",
    ),
    "a whole number in other clothes": (
        lambda v: first_of("certainty", v)["values"].update(lead=float(first_of("certainty", v)["values"]["lead"])),
        ".values.lead: expected",
    ),
    "a claim removed": (lambda v: v["claims"].pop(2), ".claims: expected"),
    "a claim of its own": (lambda v: v["claims"].append(dict(v["claims"][0], part="x")), ".claims: expected"),
    "a key added": (lambda v: v.update(signed_by="nobody"), ".signed_by: does not follow from the log"),
    "a sentence changed": (lambda v: v["sentences"][0].update(wording="open"), ".sentences[0].wording: expected"),
    "a sentence that nobody can tell": (lambda v: v["sentences"][0].update(wording="x"), ".sentences[0].wording"),
    "sentences without values": (lambda v: v["sentences"][0].update(values=[1]), ".sentences[0].values"),
    "claims without values": (lambda v: first_of("certainty", v).update(values="x"), ".values: expected"),
    "a list for a table": (lambda v: first_of("certainty", v)["values"].update(caps=[7]), ".values.caps"),
    "a method that nobody knows": (lambda v: v["methods"][0].update(id="oracle"), ".id: expected"),
    "half a letter": (lambda v: v.update(election="\ud800"), "assessment.json"),
}


@pytest.mark.parametrize(("change", "told"), FORGED.values(), ids=FORGED.keys())
def test_forged_claims_fail_and_their_place_is_named(
    files: Files,
    verified: Callable[[Mapping[str, bytes]], VerificationReport],
    change: Callable[[Any], object],
    told: str,
) -> None:
    value = json.loads(files[CLAIMS])
    change(value)
    found = verified({**files, CLAIMS: json.dumps(value).encode()})
    step = assessment_step(found)
    assert (found.exit_code, step.state) == (1, "failed")
    assert step.sentence.startswith(CLAIMS)
    assert any(told in culprit for culprit in step.culprits), step.culprits


@pytest.mark.parametrize("data", [b"", b"{", b"\xff", b"null", b"[]", b"{}", b"[" * 200_000, b'{"claims": 1e999}'])
def test_claims_that_are_no_json_of_an_assessment_fail(
    files: Files, verified: Callable[[Mapping[str, bytes]], VerificationReport], data: bytes
) -> None:
    step = assessment_step(verified({**files, CLAIMS: data}))
    assert step.state == "failed"
    assert step.sentence.startswith(f"{CLAIMS}: expected the JSON of an assessment")


def test_claims_that_say_something_twice_fail(
    files: Files, verified: Callable[[Mapping[str, bytes]], VerificationReport]
) -> None:
    twice = files[CLAIMS].replace(b'{"election": ', b'{"election": "the hill", "election": ', 1)
    assert assessment_step(verified({**files, CLAIMS: twice})).state == "failed"


def test_a_number_in_the_last_bits_passes(
    files: Files, verified: Callable[[Mapping[str, bytes]], VerificationReport]
) -> None:
    def nudge(value: Any) -> None:
        values = first_of("certainty", value)["values"]
        assert isinstance(values["share_needed"], float)
        values["share_needed"] *= 1 + 1e-9

    value = json.loads(files[CLAIMS])
    nudge(value)
    spelled = assessment_json(assessment_from_json(json.dumps(value).encode()))
    assert spelled != files[CLAIMS]
    assert assessment_step(verified({**files, CLAIMS: spelled})).state == "ok"


def test_a_changed_text_fails(files: Files, verified: Callable[[Mapping[str, bytes]], VerificationReport]) -> None:
    changed = files[ENGLISH].replace(b"Ana", b"Ben", 1)
    assert changed != files[ENGLISH]
    step = assessment_step(verified({**files, ENGLISH: changed}))
    assert (step.state, step.culprits) == ("failed", (f"{ENGLISH}: does not say what the claims say",))


def test_a_file_too_many_fails(files: Files, verified: Callable[[Mapping[str, bytes]], VerificationReport]) -> None:
    for name in ("letter.txt", "assessment.fr.md", "deep/assessment.json"):
        found = verified({**files, f"{ASSESSMENT}{name}": b"dear"})
        step = assessment_step(found)
        assert (found.exit_code, step.state) == (1, "failed")
        assert step.culprits == (f"{ASSESSMENT}{name}: no file of an assessment is called so",)


@pytest.mark.parametrize("name", [CLAIMS, ENGLISH])
def test_a_missing_file_is_incomplete(
    files: Files, verified: Callable[[Mapping[str, bytes]], VerificationReport], name: str
) -> None:
    found = verified({path: data for path, data in files.items() if path != name})
    step = assessment_step(found)
    assert (found.exit_code, step.state) == (2, "incomplete")
    assert step.culprits == (f"{name}: expected this file, it is missing",)


def test_a_missing_file_does_not_hide_a_file_too_many(
    files: Files, verified: Callable[[Mapping[str, bytes]], VerificationReport]
) -> None:
    rest = {path: data for path, data in files.items() if path != CLAIMS}
    step = assessment_step(verified({**rest, f"{ASSESSMENT}letter.txt": b"dear"}))
    assert step.state == "failed"


def test_without_an_assessor_the_assessment_is_not_evaluated(published: tuple[World, Path], files: Files) -> None:
    found = verify_bundle(Held({**files, CLAIMS: b"{"}), policy_of(published[0]))
    assert (found.exit_code, assessment_step(found).state) == (0, "not evaluated")
    assert "testigo verify" in assessment_step(found).sentence


def test_the_lone_verifier_says_that_it_does_not_evaluate_it(published: tuple[World, Path], tmp_path: Path) -> None:
    world, bundle = published
    (tmp_path / "policy.txt").write_text(policy_text(world.signer.vkey))
    command = [sys.executable, "-I", "-S", str(bundle / "verify_alone.py"), str(bundle), "--policy", "policy.txt"]
    ended = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert (ended.returncode, ended.stderr) == (0, "")
    (line,) = [line for line in ended.stdout.splitlines() if "assessment" in line.split()]
    assert line.startswith("not evaluated")


@pytest.fixture
def screened(tmp_path: Path, photograph: Callable[..., object]) -> tuple[World, Path]:
    """The town with a calibration that was kept, published."""
    (tmp_path / "home").mkdir()
    world = memory_world(write_town(tmp_path / "election"), tmp_path / "home")
    report(world, "north", "a.csv", table(STATIONS))
    photograph(world, {"T1.jpg": sheet("T1")})
    keep_calibration(world, calibrate_home(world, clean=10, seed=5))
    return world, publish_to(world, tmp_path / "site")


def test_a_calibration_that_was_kept_lets_screens_appear_and_verifies(screened: tuple[World, Path]) -> None:
    world, bundle = screened
    found = verify_bundle(FolderFiles(bundle), policy_of(world), assessor=check_assessment)
    assert (found.exit_code, assessment_step(found).state) == (0, "ok")
    made = assessment_from_json((bundle / CLAIMS).read_bytes())
    screens = {method.id for method in made.methods if method.layer == "screen"}
    assert len(screens) > 1
    assert {claim.seed for claim in made.claims if claim.method in screens - {"fingerprint"}} == {"5"}


def test_another_calibration_than_the_registered_one_fails(screened: tuple[World, Path]) -> None:
    world, bundle = screened
    files = bytes_below(bundle)
    calibration = json.loads(files[REGISTER + CALIBRATION_FILE])
    calibration["seed"] = 6
    changed = {**files, REGISTER + CALIBRATION_FILE: json.dumps(calibration).encode()}
    found = verify_bundle(Held(changed), policy_of(world), assessor=check_assessment)
    assert found.exit_code == 1
    assert found.first_wrong is not None
    assert found.first_wrong.name == "register"
    assert CALIBRATION_FILE in found.first_wrong.sentence
