"""`testigo assess`: what the records prove; the same for a publication, and worked out anew from a bundle."""

from collections.abc import Callable, Mapping, Sequence

from testigo.assessment.case import Case
from testigo.assessment.claims import Assessment
from testigo.assessment.report import assess
from testigo.assessment.serial import assessment_from_json, assessment_json, differences
from testigo.core.dossier import Dossier
from testigo.core.election import Election
from testigo.core.ids import Digest, StationCode
from testigo.core.records import Result
from testigo.core.state import State, dossiers, fold
from testigo.errors import TestigoError
from testigo.flows.tabulate import results_now
from testigo.ports import World
from testigo.site.assessment import assessment_markdown
from testigo.site.paths import LANGUAGES
from testigo.verification.batches import Leaves
from testigo.verification.files import BundleFiles
from testigo.verification.history import Replay
from testigo.verification.places import ASSESSMENT, CALIBRATION_FILE, REGISTER
from testigo.verification.report import Step, graded
from testigo.verification.rules import Rules

CLAIMS = "assessment.json"


def assess_now(world: World, progress: Callable[[str], None] = lambda _: None) -> Assessment:
    """The assessment of everything that is held now, also of what waits for the next seal."""
    progress("records")
    records = list(world.views.records())
    state = fold(records)
    held = dossiers(state, world.register, world.election.desk)
    return assess(case_of(world, state, held, results_now(world), [digest for digest, _ in records]), progress)


def case_of(
    world: World,
    state: State,
    held: Mapping[StationCode, Dossier],
    results: Mapping[tuple[StationCode, str], Result],
    digests: Sequence[Digest],
) -> Case:
    """What is assessed: the rules of this home, these results and this evidence."""
    ends = [head.size for head in world.journal.heads()]
    registered = state.registers.get(CALIBRATION_FILE)
    calibration = None if registered is None else world.blobs.open(registered.sha256)
    return Case(world.election, world.register, results, held, digests, ends, calibration)


def assessment_files(assessment: Assessment, election: Election) -> dict[str, bytes]:
    """The files of an assessment in a bundle, by their names: the claims, and texts made from them."""
    claims = assessment_json(assessment)
    return {CLAIMS: claims, **_texts(claims, election)}


def _texts(claims: bytes, election: Election) -> dict[str, bytes]:
    told = assessment_from_json(claims)
    return {_text_name(language): assessment_markdown(told, election, language) for language, _ in LANGUAGES}


def _text_name(language: str) -> str:
    return f"assessment.{language}.md"


def check_assessment(files: BundleFiles, leaves: Leaves, replayed: Replay, rules: Rules) -> Step:
    """Whether the claims of a bundle follow from its log, and its texts from the claims."""
    state = replayed.state
    calibration = None
    if CALIBRATION_FILE in state.registers:
        calibration = files.read(REGISTER + CALIBRATION_FILE)
    results = {key: result for key, (_, result) in state.results.items()}
    held = replayed.count.held if replayed.count is not None else dossiers(state, rules.register, rules.election.desk)
    case = Case(rules.election, rules.register, results, held, leaves.digests, leaves.ends, calibration)
    names = {name.removeprefix(ASSESSMENT) for name in files.names() if name.startswith(ASSESSMENT)}
    known = {CLAIMS, *(_text_name(language) for language, _ in LANGUAGES)}
    wrong = [f"{ASSESSMENT}{name}: no file of an assessment is called so" for name in sorted(names - known)]
    missing = [f"{ASSESSMENT}{name}: expected this file, it is missing" for name in sorted(known - names)]
    stored = files.read(ASSESSMENT + CLAIMS) if CLAIMS in names else None
    if stored is None:
        return graded("assessment", "", wrong=wrong, missing=missing)
    claims = 0
    try:
        told = assessment_from_json(stored)
        claims = len(told.claims)
        differ = differences(stored, assessment_json(assess(case)))
        if not differ and assessment_json(told) != stored:
            differ = [": expected the one spelling of these claims, came another"]
        wrong = [*(f"{ASSESSMENT}{CLAIMS}{place}" for place in differ), *wrong]
        # Claims that do not follow from the log may have any shape: only those that do are told anew.
        texts = {} if differ else _texts(stored, rules.election)
    except (TestigoError, ValueError, KeyError, TypeError, ArithmeticError) as error:
        return graded("assessment", "", wrong=[f"{ASSESSMENT}{CLAIMS}: {error}", *wrong])
    wrong += [
        f"{ASSESSMENT}{name}: does not say what the claims say"
        for name, text in sorted(texts.items())
        if name in names and files.read(ASSESSMENT + name) != text
    ]
    return graded("assessment", f"{claims} claims follow from the log", wrong=wrong, missing=missing)
