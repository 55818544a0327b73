"""TOML files read key by key: every mistake is told with its file, its key, what was expected and what came."""

import tomllib
from collections.abc import Mapping
from typing import TypeVar

from testigo.errors import BadElection

T = TypeVar("T")


class Keys:
    """One table of a TOML file. Every key is taken once; `finish` refuses those that nobody asked for."""

    def __init__(self, values: Mapping[str, object], where: str) -> None:
        self._left = dict(values)
        self.where = where

    def text(self, key: str, default: str | None = None) -> str:
        """The text at this key."""
        return self._take(key, str, "a text", default)

    def number(self, key: str, default: int | None = None) -> int:
        """The whole number at this key."""
        return self._take(key, int, "a whole number", default)

    def flag(self, key: str, *, default: bool) -> bool:
        """The `true` or `false` at this key, the default where there is none."""
        found = self._left.pop(key, default)
        if not isinstance(found, bool):
            raise BadElection(f"{self.where}: {key}: expected true or false, came {found!r}")
        return found

    def optional_number(self, key: str) -> int | None:
        """The whole number at this key, None where the key is absent."""
        return self.number(key) if key in self._left else None

    def optional_text(self, key: str) -> str | None:
        """The text at this key, None where the key is absent."""
        return self.text(key) if key in self._left else None

    def texts(self, key: str, default: tuple[str, ...] | None = None) -> tuple[str, ...]:
        """The list of texts at this key; a single text stands for a list of one."""
        found = self._left.get(key)
        if isinstance(found, str):
            del self._left[key]
            return (found,)
        items = self._take(key, list, "a list of texts", None if default is None else list(default))
        return tuple(self._typed(item, str, "a text", f"{key}[{n}]") for n, item in enumerate(items))

    def numbers(self, key: str) -> tuple[float, ...]:
        """The list of numbers (millimetres) at this key."""
        items = self._take(key, list, "a list of numbers", None)
        for n, item in enumerate(items):
            if type(item) not in (int, float):
                raise BadElection(f"{self.where}: {key}[{n}]: expected a number, came {item!r}")
        return tuple(float(item) for item in items)

    def table(self, key: str, *, needed: bool = True) -> "Keys":
        """The table at this key; an empty one where it is absent and not needed."""
        return Keys(self._take(key, dict, "a table", None if needed else {}), f"{self.where}: {key}")

    def tables(self, key: str, *, needed: bool = False) -> tuple["Keys", ...]:
        """The list of tables at this key (`[[key]]`)."""
        items = self._take(key, list, f"a list of tables [[{key}]]", None if needed else [])
        if needed and not items:
            raise BadElection(f"{self.where}: expected at least one [[{key}]], there is none")
        named = [self._typed(item, dict, "a table", f"{key}[{n}]") for n, item in enumerate(items)]
        return tuple(Keys(item, f"{self.where}: {key}[{n + 1}]") for n, item in enumerate(named))

    def text_map(self, key: str) -> dict[str, tuple[str, ...]]:
        """The table at this key as names to texts; a single text stands for a list of one."""
        inner = self.table(key, needed=False)
        return {name: inner.texts(name) for name in tuple(inner._left)}

    def number_map(self, key: str) -> dict[str, int]:
        """The table at this key as names to whole numbers."""
        inner = self.table(key, needed=False)
        return {name: inner.number(name) for name in tuple(inner._left)}

    def rest(self) -> tuple[str, ...]:
        """The keys that nobody has taken yet, in the order of the file."""
        return tuple(self._left)

    def finish(self) -> None:
        """Holds when every key was known.

        Raises:
            BadElection: names the keys that mean nothing here.
        """
        if self._left:
            raise BadElection(f"{self.where}: unknown key {', '.join(self._left)}; check the spelling")

    def _take(self, key: str, kind: type[T], what: str, default: T | None) -> T:
        if key not in self._left:
            if default is None:
                raise BadElection(f"{self.where}: expected the key {key} ({what}), it is missing")
            return default
        return self._typed(self._left.pop(key), kind, what, key)

    def _typed(self, item: object, kind: type[T], what: str, key: str) -> T:
        if not isinstance(item, kind) or isinstance(item, bool):
            raise BadElection(f"{self.where}: {key}: expected {what}, came {item!r}")
        return item


def keys_of(text: str, where: str) -> Keys:
    """The keys of a TOML text.

    Raises:
        BadElection: the text is not TOML; names file, line and column.
    """
    try:
        return Keys(tomllib.loads(text), where)
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        raise BadElection(f"{where}: expected TOML, {error}") from None
