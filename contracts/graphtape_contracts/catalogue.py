"""The catalogue of rules: finds them by id, selects them by version and level, writes RULES.md.

A version of the contract is named after the minor version of the LangGraph API server that it was
written for. Its file in `versions/` freezes the rules and their levels, so that a user who pins a
version is not checked against later rules.
"""

import json
from collections.abc import Iterable, Iterator
from dataclasses import replace
from difflib import get_close_matches
from importlib import resources

from graphtape_contracts.finding import Level
from graphtape_contracts.rule import AnyRule, CrossExchangeRule
from graphtape_contracts.rules import FAMILIES, RULES


class UnknownRule(LookupError):
    """There is no rule with this id."""

    def __init__(self, id_: str) -> None:
        super().__init__(id_)
        self.id = id_

    def __str__(self) -> str:
        near = get_close_matches(self.id, [rule.id for rule in RULES], 3, 0.5)
        hint = f"; did you mean {' or '.join(near)}?" if near else ""
        return f"expected the id of a rule, got {self.id!r}{hint}"


class UnknownVersion(LookupError):
    """There is no such version of the contract."""

    def __init__(self, version: str) -> None:
        super().__init__(version)
        self.version = version

    def __str__(self) -> str:
        return f"expected a version of the contract ({', '.join(versions())}), got {self.version!r}"


def find_rule(id_: str) -> AnyRule:
    """Return the rule with this id. Raises UnknownRule."""
    for rule in RULES:
        if rule.id == id_:
            return rule
    raise UnknownRule(id_)


def versions() -> list[str]:
    """Return the names of all versions of the contract, the newest last."""
    folder = resources.files("graphtape_contracts") / "versions"
    names = [f.name.removesuffix(".json") for f in folder.iterdir() if f.name.endswith(".json")]
    return sorted(names, key=lambda name: [int(part) for part in name.split(".")])


def frozen_levels(version: str) -> dict[str, Level]:
    """Return the level of each rule of *version*, by rule id. Raises UnknownVersion."""
    if version not in versions():
        raise UnknownVersion(version)
    file = resources.files("graphtape_contracts") / "versions" / f"{version}.json"
    levels: dict[str, str] = json.loads(file.read_text(encoding="utf-8"))
    return {id_: Level(level) for id_, level in levels.items()}


def select_rules(version: str | None = None, level: Level = Level.NOTE) -> tuple[AnyRule, ...]:
    """Return the rules of *version*, by default the newest, of this *level* and stricter.

    Raises UnknownVersion.
    """
    rules: Iterable[AnyRule] = RULES
    if version is not None:
        levels = frozen_levels(version)
        rules = (replace(rule, level=levels[rule.id]) for rule in RULES if rule.id in levels)
    return tuple(rule for rule in rules if rule.level.rank <= level.rank)


def dialects_of(rule: AnyRule) -> str:
    """Return the names of the dialects of *rule*, or `every server`."""
    return "every server" if rule.dialects is None else ", ".join(sorted(rule.dialects))


def subject_of(rule: AnyRule) -> str:
    """Return the kinds of exchanges that *rule* checks as a text: `stream, join stream`."""
    if isinstance(rule, CrossExchangeRule):
        same = " whose responses are deterministic" if rule.deterministic else ""
        return f"several exchanges with one deployment{same}"
    return ", ".join(kind.value for kind in sorted(rule.kinds))


def markdown() -> str:
    """Return the catalogue as a page of Markdown, with a table for each family."""
    return "\n".join(_page()) + "\n"


def family_of(id_: str) -> str:
    """Return the family in the id of a rule: `message-assembly` of `message-assembly.chunks`."""
    return id_.partition(".")[0]


def _page() -> Iterator[str]:
    yield "# Rules"
    yield ""
    yield (
        f"The {len(RULES)} rules of the contract, version {versions()[-1]}. `contracts/refresh` "
        "generates this page from the catalogue."
    )
    yield ""
    yield "- MUST: every real server complies, and clients break without it."
    yield "- SHOULD: the servers listed comply, and some clients suffer without it."
    yield "- NOTE: a deviation is legitimate, but worth a look."
    described: set[str] = set()
    for module in FAMILIES:
        family = family_of(module.RULES[0].id)
        if family in described:
            continue  # Several modules share this family; its rules are listed already.
        described.add(family)
        yield ""
        yield f"## {family}"
        for part in FAMILIES:
            if family_of(part.RULES[0].id) == family:
                yield ""
                yield f"{(part.__doc__ or '').strip().splitlines()[0]}"
                yield ""
                yield "| id | level | statement | servers | source |"
                yield "| --- | --- | --- | --- | --- |"
                yield from map(_row, part.RULES)


def _row(rule: AnyRule) -> str:
    cells = [f"`{rule.id}`", rule.level.value, rule.statement, dialects_of(rule), rule.source]
    return f"| {' | '.join(cell.replace('|', chr(92) + '|') for cell in cells)} |"
