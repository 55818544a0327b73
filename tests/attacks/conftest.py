"""The honest bundle, made once, and both verifiers."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import pytest
from bundle_maker import BundleMaker, Signing
from lone_verifier import Ended, LoneVerifier
from memory_files import MemoryFiles
from small_election import small_bundle, small_log

from testigo.site.verify_alone import verify_alone_source
from testigo.tlog.policy import parse_policy
from testigo.verification.report import VerificationReport
from testigo.verification.run import verify_bundle

Files = Mapping[str, bytes]


@pytest.fixture(scope="session")
def honest() -> Files:
    return small_bundle()


@pytest.fixture(scope="session")
def unreleased() -> BundleMaker:
    """The log of the honest bundle without its release; take a copy."""
    return small_log(BundleMaker())


@dataclass(frozen=True)
class Verifiers:
    """The verifier of the program, and the one that travels with bundles, in an interpreter without any package."""

    lone: LoneVerifier
    folder: Path

    def here(self, files: Files, *, policy: str = "", seen: bytes | None = None) -> VerificationReport:
        parsed = parse_policy(policy or Signing().policy, where="policy")
        return verify_bundle(MemoryFiles(files), parsed, seen=seen)

    def on_its_own(self, files: Files, *, policy: str = "", seen: bytes | None = None) -> Ended:
        bundle = self.folder / "bundle"
        for name, data in files.items():
            (bundle / name).parent.mkdir(parents=True, exist_ok=True)
            (bundle / name).write_bytes(data)
        (self.folder / "policy").write_text(policy or Signing().policy)
        arguments = [str(bundle), "--policy", str(self.folder / "policy")]
        if seen is not None:
            (self.folder / "seen").write_bytes(seen)
            arguments += ["--seen", str(self.folder / "seen")]
        return self.lone.call(arguments)


@pytest.fixture(scope="session")
def lone(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LoneVerifier]:
    path = tmp_path_factory.mktemp("alone") / "verify_alone.py"
    path.write_text(verify_alone_source(), "utf-8")
    with LoneVerifier(path) as verifier:
        yield verifier


@pytest.fixture
def verifiers(lone: LoneVerifier, tmp_path: Path) -> Verifiers:
    return Verifiers(lone, tmp_path)


@pytest.fixture
def refused(verifiers: Verifiers) -> Callable[..., None]:
    """Both verifiers end with the exit code (1) and name the culprit, in the sentence about the first wrong thing."""

    def check(
        files: Files, culprit: str, *, step: str, exit_code: int = 1, policy: str = "", seen: bytes | None = None
    ) -> None:
        report = verifiers.here(files, policy=policy, seen=seen)
        wrong = report.first_wrong
        assert wrong is not None
        assert (wrong.name, report.exit_code) == (step, exit_code), report
        assert culprit in wrong.culprits[0], wrong
        ended = verifiers.on_its_own(files, policy=policy, seen=seen)
        assert ended.exit_code == exit_code, ended
        last = ended.text.splitlines()[-1]
        assert last.startswith(report.verdict)
        assert culprit in last

    return check


@pytest.fixture
def accepted(verifiers: Verifiers) -> Callable[..., VerificationReport]:
    """The verifier finds nothing wrong and nothing missing."""

    def check(files: Files, *, policy: str = "", seen: bytes | None = None) -> VerificationReport:
        report = verifiers.here(files, policy=policy, seen=seen)
        assert report.first_wrong is None, report.first_wrong
        assert report.conclusion.startswith("VERIFIED: ")
        return report

    return check
