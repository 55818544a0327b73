"""Sentences and claims: every sentence rests on claims, every claim on a method, every wording is there to be told."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from valley import FALSE_BULLETIN, STATIONS, TRUE_BULLETINS, Valley, bulletin, calibrated, one_claim, only

from testigo.assessment.claims import LAYERS, Assessment, Sentence
from testigo.assessment.methods import METHODS
from testigo.assessment.report import assess
from testigo.site.assessment import assessment_markdown, teller_of
from testigo.site.paths import LANGUAGES

TIE = {station: {"ANA": 5, "BEN": 5, "C1": 1, "C2": 0, "null": 0} for station in STATIONS}
VALLEYS = {
    "full": Valley(more=TRUE_BULLETINS),
    "open": Valley({"north": only(STATIONS[:9])}, more=FALSE_BULLETIN),
    "framed by nobody": Valley(expected=30, more=bulletin("night", (5_150_092, 4_445_978, 462_704))),
    "tie": Valley({"north": TIE}),
    "empty": Valley({}),
    "screened": Valley({"north": only(STATIONS[3:]), "south": only(STATIONS[:9])}, calibration=calibrated(2)),
}


@pytest.fixture(scope="module", params=VALLEYS)
def found(request: pytest.FixtureRequest) -> Iterator[Assessment]:
    return assess(VALLEYS[request.param].case())  # type: ignore[return-value]


def test_no_two_claims_have_the_same_id(found: Assessment) -> None:
    ids = [claim.id for claim in found.claims]
    assert sorted(set(ids)) == sorted(ids)


def test_every_claim_has_its_method_and_strong_layers_come_first(found: Assessment) -> None:
    assert {claim.method for claim in found.claims} == {method.id for method in found.methods}
    assert all(METHODS[method.id] == method for method in found.methods)
    places = [LAYERS.index(METHODS[claim.method].layer) for claim in found.claims]
    assert places == sorted(places)


def test_every_sentence_names_claims_that_exist_and_says_what_they_say(found: Assessment) -> None:
    for sentence in found.sentences:
        for name in sentence.claims:
            assert one_claim(found, name).values == sentence.values
    without = {sentence.wording for sentence in found.sentences if not sentence.claims}
    assert without <= {"nothing", "limits", "not-calibrated"}


def test_there_are_at_most_ten_sentences_and_the_last_tells_the_limits(found: Assessment) -> None:
    wordings = [sentence.wording for sentence in found.sentences]
    assert len(wordings) <= 10
    assert wordings[-1] in {"limits", "nothing"}


@pytest.mark.parametrize("language", [code for code, _ in LANGUAGES])
def test_every_sentence_is_told_without_a_gap(found: Assessment, language: str) -> None:
    teller = teller_of(Valley(more=FALSE_BULLETIN).election, language)
    for sentence in found.sentences:
        assert not re.search(r"%\(|\bNone\b", teller.sentence(sentence))


def test_every_wording_is_told_in_both_languages() -> None:
    source = Path(str(assess.__code__.co_filename)).with_name("sentences.py").read_text()
    teller = teller_of(Valley().election, "en")
    used = {
        name
        for name in re.findall(r'"([a-z]+(?:-[a-z]+)*)"', source)
        if name in WORDINGS or f'Sentence("{name}"' in source
    }
    assert {"lead", "tie", "certain", "open", "limits", "screens"} <= used
    for name in WORDINGS | used:
        told = {language: teller_of(Valley().election, language)._wording(name) for language, _ in LANGUAGES}
        assert len(set(told.values())) == len(LANGUAGES), f"{name} is told alike in two languages"
        assert len({frozenset(re.findall(r"%\((\w+)\)", text)) for text in told.values()}) == 1
    with pytest.raises(KeyError):
        teller._wording("nobody-says-so")


WORDINGS = {
    f"{wording}{fits}"
    for wording in ("inside", "needed", "needed-by-register", "certificate")
    for fits in ("", "-fits")
} | {"lead", "tie", "complete", "certain", "open", "frame-unknown", "tie-open", "agreement", "screens"}


def test_of_two_bulletins_the_one_that_cannot_be_true_is_told() -> None:
    told = bulletin("noon", (1, 6000, 300), ppm=750_000) + TRUE_BULLETINS
    (inside,) = [one for one in assess(Valley(more=told).case()).sentences if one.wording.startswith("inside")]
    assert inside.wording == "inside"
    assert inside.values["bulletin"] == "noon"


def test_a_sentence_about_votes_from_percentages_names_the_step() -> None:
    found = assess(VALLEYS["framed by nobody"].case())
    (sentence,) = [one for one in found.sentences if one.wording == "percent-first"]
    assert "percentages rounded to 0.1%" in teller_of(VALLEYS["framed by nobody"].election, "en").sentence(sentence)


def test_the_text_tells_every_sentence(full: Assessment, full_case: object) -> None:
    election = Valley(more=TRUE_BULLETINS).election
    for language, _ in LANGUAGES:
        text = assessment_markdown(full, election, language).decode()
        assert all(teller_of(election, language).sentence(sentence) in text for sentence in full.sentences)


def test_a_contest_without_results_says_only_that() -> None:
    assert assess(VALLEYS["empty"].case()).sentences == (Sentence("nothing", {"contest": "mayor"}, ()),)
