import json

from testigo.verification.report import Step, VerificationReport, graded, report_json, report_text, skipped

FINE = graded("entries", "300 entries in 2 bundles")
WRONG = graded("tiles", "", wrong=["tile 7: hash 3", "tile 8: hash 0"])
MISSING = graded("objects", "", missing=["object 1: missing"])


def test_wrong_things_weigh_more_than_missing_ones_and_what_was_skipped_weighs_nothing():
    assert VerificationReport((FINE, skipped("seen", "none given")), {"records": 3}).exit_code == 0
    assert VerificationReport((FINE, MISSING), {}).exit_code == 2
    assert VerificationReport((MISSING, WRONG), {}).exit_code == 1


def test_the_first_wrong_thing_is_named_before_what_is_missing():
    report = VerificationReport((MISSING, FINE, WRONG), {"records": 300})
    assert report.first_wrong is WRONG
    assert report.conclusion == "FAILED: tiles: tile 7: hash 3 (and 1 more) (looked at 300 records)"


def test_a_verified_report_says_its_numbers():
    report = VerificationReport((FINE,), {"records": 300, "results": 110})
    assert report_text(report).splitlines()[-1] == "VERIFIED: 300 records, 110 results"


def test_the_text_lists_the_culprits_and_counts_those_that_it_leaves_out():
    step = graded("objects", "", wrong=[f"object {n}" for n in range(50)])
    lines = report_text(VerificationReport((step,), {})).splitlines()
    assert lines[0] == "failed         objects      object 0 (and 49 more)"
    assert lines[-2].strip() == "- and 30 more"


def test_what_a_bundle_calls_its_files_cannot_steer_a_terminal():
    step = Step("objects", "failed", "data/\x1b[2J\n\u202eOK", ("data/\x1b[2J\n\u202eOK",))
    text = report_text(VerificationReport((step,), {}))
    assert "\x1b" not in text
    assert "\u202e" not in text
    assert text.count("\n") == 2


def test_the_json_says_the_same_as_the_text():
    report = VerificationReport((FINE, WRONG), {"records": 300})
    value = json.loads(report_json(report))
    assert value["verdict"] == "FAILED"
    assert value["exit_code"] == 1
    assert value["numbers"] == {"records": 300}
    assert value["steps"][1]["culprits"] == ["tile 7: hash 3", "tile 8: hash 0"]
