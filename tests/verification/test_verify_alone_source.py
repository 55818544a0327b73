import ast
import importlib
import inspect
import sys

import pytest

from testigo.site.verify_alone import joined_source, verify_alone_source

START = "testigo.start"
SOURCE = verify_alone_source()
TREE = ast.parse(SOURCE)


def joined(**modules):
    sources = {f"testigo.{name}": text for name, text in modules.items()}
    return joined_source(sources.__getitem__, START)


def run(source):
    names = {"__name__": "alone"}
    exec(compile(source, "alone", "exec"), names)
    return names


def modules_within():
    return [line[2:] for line in SOURCE.splitlines() if line.startswith("# testigo.")]


def statements(tree):
    """What a module does, without imports and docstring, with names as the file gives them to two modules' own."""
    texts = []
    for node in tree.body:
        if not isinstance(node, ast.Import | ast.ImportFrom) and not (
            isinstance(node, ast.Expr) and node is tree.body[0]
        ):
            texts.append(ast.unparse(node))
    return texts


def test_the_file_holds_nothing_but_the_statements_of_the_modules_and_the_call_of_main():
    written = []
    for name in modules_within():
        written += statements(ast.parse(inspect.getsource(importlib.import_module(name))))
    alone = statements(TREE)
    assert alone[-1] == "if __name__ == '__main__':\n    sys.exit(main())"
    assert len(alone) == len(written) + 1
    renamed = [(ours, theirs) for ours, theirs in zip(alone, written, strict=False) if ours != theirs]
    for ours, theirs in renamed:
        endings = {f"_of_{name.rpartition('.')[2]}" for name in modules_within()}
        for ending in endings:
            ours = ours.replace(ending, "")
            theirs = theirs.replace(ending, "")
        assert ours == theirs


def test_every_module_of_the_verifier_is_in_the_file():
    assert {"testigo.verification.run", "testigo.core.decision", "testigo.tlog.ed25519"} <= set(modules_within())


def test_the_file_imports_the_standard_library_only():
    names = {
        alias.name if isinstance(node, ast.Import) else str(node.module)
        for node in ast.walk(TREE)
        if isinstance(node, ast.Import | ast.ImportFrom)
        for alias in node.names
    }
    assert {name.split(".")[0] for name in names} <= sys.stdlib_module_names


def test_no_name_is_given_twice_at_the_top_of_the_file():
    given = []
    for node in TREE.body:
        if isinstance(node, ast.ClassDef | ast.FunctionDef):
            given.append(node.name)
        elif isinstance(node, ast.Import | ast.ImportFrom):
            given += [alias.asname or alias.name for alias in node.names]
        elif isinstance(node, ast.AnnAssign | ast.Assign):
            targets = node.targets if isinstance(node, ast.Assign) else [node.target]
            given += [target.id for target in targets if isinstance(target, ast.Name)]
    assert sorted(given) == sorted(set(given))


def test_a_name_that_two_modules_use_is_kept_apart():
    a = "def _put(n: int) -> str:\n    return f'a{n}'\n\n\ndef a() -> str:\n    return f'{_put(1)} {_put(2)}'\n"
    b = '"""B."""\n\nfrom testigo.a import a\n\n_put = "b"\n\n\ndef both() -> str:\n    return a() + _put\n'
    names = run(joined(a=a, start=b))
    assert names["both"]() == "a1 a2b"
    assert {"_put_of_a", "_put_of_start"} <= set(names)


def test_an_imported_name_follows_the_one_that_it_stands_for():
    a = "total = 1\n"
    b = "from testigo.a import total as start\n\ntotal = start + 1\n"
    assert run(joined(a=a, start=b))["total_of_start"] == 2


def test_a_name_of_the_standard_library_is_kept_apart():
    a = "def open() -> int:\n    return 7\n"
    b = "from testigo.a import open as own\n\nfound = (own(), open)\n"
    assert run(joined(a=a, start=b))["found"] == (7, open)


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("import testigo.a\n", "expected `from ... import`"),
        ("def f():\n    import os\n", "expected imports at the top"),
        ("from testigo.a import f\n\none = f()\n\n\ndef g(one):\n    return one\n", "one would have to be renamed"),
    ],
)
def test_what_cannot_be_joined_is_refused(text, told):
    with pytest.raises(ValueError, match=told):
        joined(a="def f():\n    return 1\n\n\ndef one():\n    return f()\n", start=text)


def test_two_modules_that_need_each_other_are_refused():
    with pytest.raises(ValueError, match="do not need each other"):
        joined(a="from testigo.start import x\n\ny = 1\n", start="from testigo.a import y\n\nx = 1\n")
