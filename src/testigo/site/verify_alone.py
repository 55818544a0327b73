"""`verify_alone.py`: the verifier in one file of plain Python, made from the modules that the program itself runs.

No rule is written twice: the modules are put one after the other, their imports of each other are taken out, and a
name that two of them use gets the ending `_of_<module>` in both.
"""

import ast
import builtins
import io
import re
import tokenize
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from importlib.resources import files

PACKAGE = "testigo"
START = "testigo.verification.main"
_PLACEHOLDER = re.compile(r"\{[^{}]*\}")
_WORD = re.compile(r"(?<![\w.])[^\W\d]\w*")
_HEAD = '''\
#!/usr/bin/env python3
"""Checks that this bundle says what its signed log says. Python 3.11 or later, nothing else is needed.

    python3 -I verify_alone.py FOLDER_OF_THE_BUNDLE --policy POLICY_FILE

Made from the modules of testigo, in the order in which they need each other. You need not trust this copy: the same
program is in every release of testigo, as `testigo verify`.
"""
'''
_TAIL = '\n\nif __name__ == "__main__":\n    sys.exit(main())\n'


@dataclass(frozen=True, slots=True)
class Module:
    """A module as parsed. `imports` maps a local name to the module of the package and the name that it stands for."""

    name: str
    source: str
    tree: ast.Module
    imports: Mapping[str, tuple[str, str]]
    standard: tuple[ast.Import | ast.ImportFrom, ...]

    @property
    def needs(self) -> tuple[str, ...]:
        """The modules of the package that this one imports, in the order of its imports."""
        return tuple(dict.fromkeys(module for module, _ in self.imports.values()))


def verify_alone_source() -> str:
    """The text of `verify_alone.py`; the same text every time.

    Raises:
        ValueError: two modules use a name in a way that cannot be told apart by renaming; names it.
    """
    return joined_source(_read, START)


def _read(module: str) -> str:
    parts = module.split(".")[1:]
    return files(PACKAGE).joinpath(*parts[:-1], parts[-1] + ".py").read_text("utf-8")


def joined_source(read: Callable[[str], str], start: str) -> str:
    """One program from a module and all that it needs; `read` gives the source of a module by its name.

    Raises:
        ValueError: a name cannot be made unambiguous, or a module is imported as a whole; names it.
    """
    modules = _in_order(read, start)
    renamed = _renamed(modules)
    text = io.StringIO()
    text.write(_HEAD + "\n")
    text.write("\n".join(_standard_imports(modules)) + "\n")
    for module in modules:
        names = renamed[module.name]
        local = {name: renamed[source].get(own, own) for name, (source, own) in module.imports.items()}
        changes = {old: new for old, new in {**local, **names}.items() if old != new}
        _check_renames(module, changes)
        text.write(f"\n\n# {module.name}\n" + _body(module, changes))
    return text.getvalue() + _TAIL


def _in_order(read: Callable[[str], str], start: str) -> list[Module]:
    """Every module after those that it needs."""
    done: dict[str, Module] = {}
    begun: set[str] = set()

    def visit(name: str) -> None:
        if name in done:
            return
        if name in begun:
            raise ValueError(f"{name}: expected modules that do not need each other")
        begun.add(name)
        module = _parsed(name, read(name))
        for needed in module.needs:
            visit(needed)
        done[name] = module

    visit(start)
    return list(done.values())


def _parsed(name: str, source: str) -> Module:
    tree = ast.parse(source)
    imports: dict[str, tuple[str, str]] = {}
    standard: list[ast.Import | ast.ImportFrom] = []
    for node in ast.walk(tree):
        if not isinstance(node, ast.Import | ast.ImportFrom):
            continue
        if node not in tree.body:
            raise ValueError(f"{name}, line {node.lineno}: expected imports at the top of the module only")
        if isinstance(node, ast.ImportFrom) and str(node.module).split(".")[0] == PACKAGE:
            for alias in node.names:
                imports[alias.asname or alias.name] = (str(node.module), alias.name)
        elif isinstance(node, ast.Import) and any(alias.name.split(".")[0] == PACKAGE for alias in node.names):
            raise ValueError(f"{name}, line {node.lineno}: expected `from ... import`, came a whole module")
        else:
            standard.append(node)
    return Module(name, source, tree, imports, tuple(standard))


def _defined(module: Module) -> Iterator[tuple[str, bool]]:
    """The names that a module defines at its top, and whether it is a class."""
    for node in module.tree.body:
        if isinstance(node, ast.ClassDef | ast.FunctionDef):
            yield node.name, isinstance(node, ast.ClassDef)
        elif isinstance(node, ast.Assign | ast.AnnAssign):
            for target in node.targets if isinstance(node, ast.Assign) else [node.target]:
                for name in ast.walk(target):
                    if isinstance(name, ast.Name):
                        yield name.id, False


def _works_with_names(module: Module) -> bool:
    return any(isinstance(node, ast.Attribute) and node.attr == "__name__" for node in ast.walk(module.tree))


def _bound(node: ast.Import | ast.ImportFrom) -> Iterator[tuple[str, str]]:
    """The local names of an import of the standard library, and what each stands for."""
    for alias in node.names:
        if isinstance(node, ast.ImportFrom):
            yield alias.asname or alias.name, f"from {node.module} import {alias.name}"
        else:
            yield alias.asname or alias.name.split(".")[0], f"import {alias.name}"


def _renamed(modules: Sequence[Module]) -> dict[str, dict[str, str]]:
    """For each module its top-level names that others use too, and their new names.

    Classes keep theirs in a module that works with the names of classes.
    """
    owners: dict[str, set[str]] = defaultdict(set)
    fixed: Counter[str] = Counter()
    taken = {name for module in modules for node in module.standard for name, _ in _bound(node)} | set(dir(builtins))
    for module in modules:
        named = _works_with_names(module)
        for name, is_class in set(_defined(module)):
            owners[name].add(module.name)
            fixed[name] += is_class and named
            if is_class and named and name in taken:
                raise ValueError(f"{module.name}: the class {name} is called like something of the standard library")
    twice = sorted(name for name, count in fixed.items() if count > 1)
    if twice:
        raise ValueError(f"two modules have a class {twice[0]}: {', '.join(sorted(owners[twice[0]]))}")
    renamed: dict[str, dict[str, str]] = {}
    for module in modules:
        ending = "_of_" + module.name.rpartition(".")[2]
        named = _works_with_names(module)
        renamed[module.name] = {
            name: name + ending
            for name, is_class in _defined(module)
            if not (is_class and named) and (len(owners[name]) > 1 or name in taken)
        }
    new = [name for names in renamed.values() for name in names.values()]
    for name in new:
        if new.count(name) > 1 or name in owners or name in taken:
            raise ValueError(f"{name}: two modules of the same name use this name")
    return renamed


def _standard_imports(modules: Sequence[Module]) -> list[str]:
    """One import a name, sorted; none twice."""
    meaning: dict[str, str] = {}
    for module in modules:
        for node in module.standard:
            for name, told in _bound(node):
                full = told if told.split()[-1] == name or told.startswith("import ") else f"{told} as {name}"
                if meaning.setdefault(name, full) != full:
                    raise ValueError(f"{module.name}: {name} is {full} here and {meaning[name]} elsewhere")
    grouped: dict[str, set[str]] = defaultdict(set)
    for full in meaning.values():
        start, _, name = full.partition(" import ") if full.startswith("from ") else (full, "", "")
        grouped[start].add(name)
    plain = sorted(start for start in grouped if start.startswith("import "))
    named = sorted(start for start in grouped if start.startswith("from "))
    return plain + [f"{start} import {', '.join(sorted(grouped[start]))}" for start in named]


def _check_renames(module: Module, changes: Mapping[str, str]) -> None:
    """Refuses a rename that tokens alone cannot carry out.

    Raises:
        ValueError: the name is also an argument, a field, or is quoted.
    """

    def refuse(name: str | None, node: ast.AST, what: str) -> None:
        if name in changes:
            line = getattr(node, "lineno", 0)
            raise ValueError(f"{module.name}, line {line}: {name} would have to be renamed, it is {what} as well")

    for node in ast.walk(module.tree):
        if isinstance(node, ast.arg | ast.keyword):
            refuse(node.arg, node, "an argument")
        elif isinstance(node, ast.ClassDef):
            for part in ast.walk(node):
                if isinstance(part, ast.FunctionDef):
                    refuse(part.name, part, "a method")
                elif isinstance(part, ast.AnnAssign) and isinstance(part.target, ast.Name):
                    refuse(part.target.id, part, "a field")
        elif isinstance(node, ast.Constant) and isinstance(node.value, str):
            refuse(node.value, node, "a quoted name or a text")


def _body(module: Module, changes: Mapping[str, str]) -> str:
    """The module without its imports, its docstring as comments, its names changed."""
    lines = _with_names(module.source, changes).splitlines()
    keep = [True] * len(lines)
    first: ast.stmt | None = module.tree.body[0]
    comment: list[str] = []
    if isinstance(first, ast.Expr) and isinstance(first.value, ast.Constant) and isinstance(first.value.value, str):
        comment = [f"# {line}".rstrip() for line in first.value.value.strip().splitlines()]
    else:
        first = None
    for node in module.tree.body:
        if node is first or isinstance(node, ast.Import | ast.ImportFrom):
            keep[node.lineno - 1 : node.end_lineno] = [False] * ((node.end_lineno or node.lineno) - node.lineno + 1)
    code = "\n".join(line for line, kept in zip(lines, keep, strict=True) if kept).strip("\n")
    return "\n".join(comment) + "\n\n\n" + code + "\n" if code else "\n".join(comment) + "\n"


def _with_names(source: str, changes: Mapping[str, str]) -> str:
    """The source with these names changed where they stand alone, not behind a dot."""
    starts = [0]
    for line in source.splitlines(keepends=True):
        starts.append(starts[-1] + len(line))
    pieces: list[str] = []
    before, done = "", 0
    for token in tokenize.generate_tokens(io.StringIO(source).readline):
        text = token.string
        if token.type == tokenize.NAME and before != ".":
            text = changes.get(text, text)
        elif token.type == tokenize.STRING and "f" in text[: text.index(text[-1])].lower():
            text = _PLACEHOLDER.sub(lambda part: _in_expression(part[0], changes), text)
        if text != token.string:
            start = starts[token.start[0] - 1] + token.start[1]
            pieces += [source[done:start], text]
            done = start + len(token.string)
        before = token.string
    return "".join([*pieces, source[done:]])


def _in_expression(text: str, changes: Mapping[str, str]) -> str:
    """A replacement field of an f-string with its names changed; Python 3.11 has no tokens inside f-strings."""
    return _WORD.sub(lambda word: changes.get(word[0], word[0]), text)
