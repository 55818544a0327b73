"""The modules of the log are put into one file for verifiers, so they need nothing but the standard library."""

import ast
import sys
from collections import Counter
from pathlib import Path

import testigo.tlog

MODULES = sorted(Path(testigo.tlog.__file__).parent.glob("*.py"))
OWN = {"testigo.errors", *(f"testigo.tlog.{path.stem}" for path in MODULES)}


def test_the_log_needs_nothing_but_the_standard_library() -> None:
    for path in MODULES:
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.ImportFrom):
                module = str(node.module)
                assert node.level == 0, path
                assert module in OWN or module.split(".")[0] in sys.stdlib_module_names, (path, module)
            elif isinstance(node, ast.Import):
                assert {alias.name for alias in node.names} <= sys.stdlib_module_names, path


def test_no_two_modules_of_the_log_define_the_same_name() -> None:
    defined: Counter[str] = Counter()
    for path in MODULES:
        for node in ast.parse(path.read_text("utf-8")).body:
            if isinstance(node, ast.ClassDef | ast.FunctionDef):
                defined[node.name] += 1
            elif isinstance(node, ast.Assign | ast.AnnAssign):
                targets = node.targets if isinstance(node, ast.Assign) else [node.target]
                defined.update(target.id for target in targets if isinstance(target, ast.Name))
    assert [name for name, count in defined.items() if count > 1] == []
