"""Expected failures: requirements that a deployment is known to fail, each with a reason."""

import tomllib
from collections.abc import Collection
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path
from typing import Any

from graphtape_contracts.json_value import is_list, is_object

_KEYS = {"reason", "scenarios"}


class BadExpectedFailure(ValueError):
    """An invalid file of expected failures; the message names file, entry and expected value."""


@dataclass(frozen=True, slots=True)
class ExpectedFailure:
    """A requirement that a deployment is known to fail."""

    requirement: str
    reason: str
    scenarios: frozenset[str] = frozenset()
    """The scenarios that fail; all others must pass. If empty, any scenarios may fail."""

    def covers(self, failed: Collection[str]) -> bool:
        """Whether failures in the scenarios *failed*, and in no others, would be expected."""
        return not self.scenarios or self.scenarios >= set(failed)


ExpectedFailures = dict[str, ExpectedFailure]
"""Expected failures by the id of the requirement."""


def read_expected_failures(
    file: Path | None, requirements: Collection[str], scenarios: Collection[str]
) -> ExpectedFailures:
    """Return the expected failures of a TOML file.

    An example of *file*:

        ["head.scheme"]
        reason = "a proxy rewrites the header"
        scenarios = ["wait.default"]    # optional

    *requirements* and *scenarios* are the known ids and names. Raises BadExpectedFailure, and
    OSError if the file can't be read.
    """
    if file is None:
        return {}
    try:
        content = tomllib.loads(file.read_text(encoding="utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise BadExpectedFailure(f"{file}: expected TOML, got {error}") from None
    return {
        requirement: _expectation(file, requirement, entry, requirements, scenarios)
        for requirement, entry in content.items()
    }


def _expectation(
    file: Path,
    requirement: str,
    entry: Any,
    requirements: Collection[str],
    scenarios: Collection[str],
) -> ExpectedFailure:
    where = f"{file}, {requirement!r}"
    _check_known(where, "the id of a rule or check", requirement, requirements)
    if not is_object(entry) or not isinstance(entry.get("reason"), str) or not entry["reason"]:
        raise BadExpectedFailure(f'{where}: expected a table with a "reason", got {entry!r}')
    if unknown := sorted(entry.keys() - _KEYS):
        raise BadExpectedFailure(f"{where}: expected reason and scenarios, got {unknown[0]!r}")
    named = entry.get("scenarios", [])
    if not is_list(named):
        raise BadExpectedFailure(f"{where}: expected a list of scenarios, got {named!r}")
    for scenario in named:
        _check_known(where, "the name of a scenario", scenario, scenarios)
    return ExpectedFailure(requirement, entry["reason"], frozenset(named))


def _check_known(where: str, expected: str, name: object, known: Collection[str]) -> None:
    if name not in known:
        near = get_close_matches(str(name), known, 3, 0.5)
        hint = f"; did you mean {' or '.join(near)}?" if near else ""
        raise BadExpectedFailure(f"{where}: expected {expected}, got {name!r}{hint}")
