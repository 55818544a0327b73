"""The bundle as a package: others' tools accept it, the lone verifier runs with nothing installed."""

import copy
import subprocess
import sys
from pathlib import Path

import bagit
import pytest
from bundle_maker import Signing, with_new_manifests
from small_election import small_bundle

from testigo.site.verify_alone import verify_alone_source


@pytest.fixture
def folder(honest, tmp_path):
    for name, data in honest.items():
        (tmp_path / "bundle" / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / "bundle" / name).write_bytes(data)
    (tmp_path / "policy.txt").write_text(Signing().policy)
    return tmp_path


def run_alone(folder, *arguments):
    command = [sys.executable, "-I", "-S", "bundle/verify_alone.py", *arguments]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)


def test_bagit_accepts_the_bundle_and_refuses_a_changed_one(folder):
    bag = bagit.Bag(str(folder / "bundle"))
    bag.validate()
    assert bag.info["External-Identifier"] == "testigo-small-1-303"
    (folder / "bundle/data/results/totals.json").write_bytes(b"{}")
    with pytest.raises(bagit.BagValidationError):
        bag.validate()


@pytest.mark.parametrize("manifest", ["manifest-sha256.txt", "tagmanifest-sha256.txt"])
def test_sha256sum_accepts_the_manifests(folder, manifest):
    subprocess.run(["sha256sum", "--strict", "-c", manifest], cwd=folder / "bundle", check=True, capture_output=True)


def test_the_same_log_gives_the_same_bytes(honest):
    assert small_bundle() == honest


def test_a_bundle_that_claims_no_totals_and_has_no_tables_is_accepted(accepted, unreleased):
    files = {name: data for name, data in copy.deepcopy(unreleased).files().items() if "tables" not in name}
    states = {step.name: step.state for step in accepted(with_new_manifests(files)).steps}
    assert (states["totals"], states["tables"]) == ("not evaluated", "not evaluated")


def test_the_bundle_carries_the_verifier_that_is_made_from_the_modules(honest):
    assert honest["verify_alone.py"].decode() == verify_alone_source()


def test_the_lone_verifier_runs_with_nothing_installed(folder):
    ended = run_alone(folder, "bundle", "--policy", "policy.txt")
    assert (ended.returncode, ended.stderr) == (0, "")
    assert ended.stdout.splitlines()[-1].startswith("VERIFIED: 303 records")


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["bundle"], "It must not come from the bundle"),
        ([], "It must not come from the bundle"),
        (["bundle", "--policy", "missing.txt"], "missing.txt: cannot be read"),
        (["bundle", "--policy", "bundle/bagit.txt"], "bagit.txt, line 1: expected log, witness, group"),
        (["nowhere", "--policy", "policy.txt"], "nowhere: expected the folder of a bundle"),
    ],
)
def test_a_wrong_call_ends_with_3_and_says_where_a_policy_comes_from(folder, arguments, told):
    ended = run_alone(folder, *arguments)
    assert (ended.returncode, ended.stdout) == (3, "")
    assert told in ended.stderr


def test_a_link_in_the_bundle_does_not_count_as_a_file(folder):
    outside = folder / "totals.json"
    (folder / "bundle/data/results/totals.json").rename(outside)
    (folder / "bundle/data/results/totals.json").symlink_to(outside)
    ended = run_alone(folder, "bundle", "--policy", "policy.txt")
    assert ended.returncode == 1
    assert "data/results/totals.json: expected this file, it is missing" in ended.stdout


def test_the_page_of_the_bundle_lists_the_steps_in_their_order(honest, accepted):
    page = (Path(__file__).resolve().parents[2] / "docs" / "formats" / "bundle.md").read_text("utf-8")
    table = page.partition("| step |")[2].partition("\n\n")[0]
    listed = [line.split("|")[1].strip() for line in table.splitlines()[2:]]
    assert listed == [step.name for step in accepted(honest).steps]
