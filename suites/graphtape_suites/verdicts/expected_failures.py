"""Expected failures: promises that a deployment is known to break, each with its reason."""

import tomllib
from collections.abc import Collection
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path
from typing import Any

from graphtape_contracts.json_value import is_list, is_object

_KEYS = {"reason", "scenarios"}


class BadExpectedFailure(ValueError):
    """A file of expected failures that can't be used: which file and entry, what was wrong."""


@dataclass(frozen=True, slots=True)
class ExpectedFailure:
    """A promise that is known to be broken."""

    requirement: str
    reason: str
    scenarios: frozenset[str] = frozenset()
    """Where it is broken; in others it is to be kept. Empty: anywhere."""

    def covers(self, broken: Collection[str]) -> bool:
        """Whether a promise that is *broken* in these scenarios is broken as expected."""
        return not self.scenarios or self.scenarios >= set(broken)


ExpectedFailures = dict[str, ExpectedFailure]
"""By the id of the promise."""


def read_expected_failures(
    file: Path | None, promises: Collection[str], scenarios: Collection[str]
) -> ExpectedFailures:
    """Return what stands in a TOML *file* such as

        ["head.scheme"]
        reason = "the proxy in front of it rewrites the header"
        scenarios = ["wait.default"]    # may be left out

    *promises* and *scenarios* are those that there are. Raises BadExpectedFailure, and OSError where
    the file can't be read.
    """
    if file is None:
        return {}
    try:
        content = tomllib.loads(file.read_text(encoding="utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise BadExpectedFailure(f"{file}: expected TOML, got {error}") from None
    return {
        promise: _expectation(file, promise, entry, promises, scenarios)
        for promise, entry in content.items()
    }


def _expectation(
    file: Path, promise: str, entry: Any, promises: Collection[str], scenarios: Collection[str]
) -> ExpectedFailure:
    where = f"{file}, {promise!r}"
    _check_known(where, "the id of a promise", promise, promises)
    if not is_object(entry) or not isinstance(entry.get("reason"), str) or not entry["reason"]:
        raise BadExpectedFailure(f'{where}: expected a table with a "reason" in it, got {entry!r}')
    if unknown := sorted(entry.keys() - _KEYS):
        raise BadExpectedFailure(f"{where}: expected reason and scenarios, got {unknown[0]!r}")
    named = entry.get("scenarios", [])
    if not is_list(named):
        raise BadExpectedFailure(f"{where}: expected a list of scenarios, got {named!r}")
    for scenario in named:
        _check_known(where, "the name of a scenario", scenario, scenarios)
    return ExpectedFailure(promise, entry["reason"], frozenset(named))


def _check_known(where: str, what: str, name: object, known: Collection[str]) -> None:
    if name not in known:
        near = get_close_matches(str(name), known, 3, 0.5)
        hint = f"; did you mean {' or '.join(near)}?" if near else ""
        raise BadExpectedFailure(f"{where}: expected {what}, got {name!r}{hint}")
