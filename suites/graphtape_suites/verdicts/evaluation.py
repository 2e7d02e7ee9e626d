"""Evaluation of a rule over all exchanges of the scenarios that it applies to."""

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace

from graphtape_contracts.catalogue import dialects_of
from graphtape_contracts.checker import check_related
from graphtape_contracts.finding import Finding
from graphtape_contracts.json_value import is_object
from graphtape_contracts.parsing.event import parse
from graphtape_contracts.parsing.exchange_head import Kind
from graphtape_contracts.rule import AnyRule, CrossExchangeRule
from graphtape_contracts.rules import validation
from graphtape_suites.checks.check import NotExercised, fail_check, not_applicable
from graphtape_suites.scenarios import Scenario
from graphtape_suites.session.session import CheckedExchange, Session
from graphtape_suites.verdicts.results import ScenarioVerdict, numbered

_NUMBERED = re.compile(r"\bexchange (\d+)\b")
"""Matches a reference to an exchange in the text of a finding, such as `exchange 3`."""
_MOST_SHOWN = 5
"""The maximum number of scenarios, and of findings per scenario, that a failure lists."""

SHOWING: dict[str, tuple[str, ...]] = {
    "messages": ("messages/metadata", "messages/partial", "messages/complete"),
    "messages-tuple": ("messages",),
    "message-assembly": ("messages", "messages/partial"),
    "tasks": ("tasks",),
    "debug": ("debug",),
    "langchain": ("events",),
    "updates": ("updates",),
    "values": ("values",),
    "errors": ("error",),
}
"""The events that each family of rules needs; without any of them, a rule is not applicable."""

_JOINING = {
    "reconnect.resumed": Kind.JOIN_STREAM,
    "reconnect.complete": Kind.JOIN_STREAM,
    "reconnect.output": Kind.JOIN,
}
"""The kind of response that each rule needs; without one, the rule is not applicable."""


@dataclass
class Evaluation:
    """The verdicts on one rule, scenario by scenario."""

    scenarios: list[ScenarioVerdict] = field(default_factory=list[ScenarioVerdict])

    @property
    def failed(self) -> list[str]:
        """The names of the scenarios in which the rule failed."""
        return [verdict.scenario for verdict in self.scenarios if verdict.failed]

    def __str__(self) -> str:
        """Return a description of the failures in several lines."""
        return "\n".join(_lines(self.scenarios))


EvaluateRule = Callable[[AnyRule], None]
"""A function that evaluates a rule, and raises CheckFailed if exchanges violate the rule."""


def rule_evaluator(session: Session, store: Callable[[Evaluation], object]) -> EvaluateRule:
    """Return a function that evaluates rules over the scenarios of *session*.

    *store* is called with each evaluation.
    """

    def evaluate_rule(rule: AnyRule) -> None:
        evaluation = evaluate(rule, session)
        store(evaluation)
        if evaluation.failed:
            fail_check(str(evaluation))

    return evaluate_rule


def evaluate(rule: AnyRule, session: Session) -> Evaluation:
    """Evaluate *rule* over the scenarios of *session*.

    Raises NotExercised if a problem prevented the scenarios from running. If the rule is not
    applicable, skips the test.
    """
    target = session.target
    if all(rule.id != checked.id for checked in target.rules):
        not_applicable(f"not in contract {target.settings.contract} at this level")
    if rule.dialects is not None and target.dialect not in rule.dialects:
        dialect = target.dialect or "unknown"
        not_applicable(f"a rule for {dialects_of(rule)}; the dialect of this server is {dialect}")
    if (
        isinstance(rule, CrossExchangeRule)
        and rule.deterministic
        and not target.settings.deterministic
    ):
        not_applicable(
            "a rule for deterministic deployments: if equal requests always get equal responses, "
            "add --graphtape-deterministic"
        )
    applicable = {
        s: _applicable(rule, session.checked(s)) for s in session.scenarios if _may_show(rule, s)
    }
    if not any(applicable.values()):
        _nothing_shown(rule, session)
    kinds = {
        checked.head.kind for exchanges in applicable.values() for checked in exchanges.values()
    }
    if rule.id in _JOINING and _JOINING[rule.id] not in kinds:
        not_applicable("no run could be joined")
    if not any(
        _shows(rule, checked) for exchanges in applicable.values() for checked in exchanges.values()
    ):
        names = " or ".join(_showing(rule))
        not_applicable(f"no run had an event {names}: add a --graphtape-input that leads to one")
    if isinstance(rule, CrossExchangeRule):
        return Evaluation(list(_related(rule, session, applicable)))
    return Evaluation(
        [_verdict(rule, scenario, seen) for scenario, seen in applicable.items() if seen]
    )


_Seen = dict[int, CheckedExchange]
"""Exchanges of a scenario by their number in it, counted from 1."""


def _may_show(rule: AnyRule, scenario: Scenario) -> bool:
    # A scenario of invalid requests makes no runs, unless the server wrongly accepts them.
    makes_runs = scenario.runs or rule in validation.RULES
    return bool(makes_runs or rule.kinds & {Kind.REFUSAL, Kind.OTHER})


def _applicable(rule: AnyRule, checked: Sequence[CheckedExchange]) -> _Seen:
    return {n: one for n, one in enumerate(checked, 1) if rule.applies(one.head)}


def _showing(rule: AnyRule) -> tuple[str, ...]:
    """Return names of events; *rule* needs at least one of them. Empty if it needs no event."""
    family, _, name = rule.id.partition(".")
    if family != "data":
        return SHOWING.get(family, ())
    return () if name == "advertised" else (name.replace("messages-", "messages/"),)


def _shows(rule: AnyRule, checked: CheckedExchange) -> bool:
    """Whether *checked* has an event that *rule* needs, or violates the rule by lacking one."""
    names = _showing(rule)
    if not names or any(finding.rule == rule.id for finding in checked.findings):
        return True
    if not checked.exchange.is_stream:
        return "error" not in names or _failed(checked)
    return not checked.modes.isdisjoint(names)


def _failed(checked: CheckedExchange) -> bool:
    output = parse(checked.exchange.body)
    return is_object(output) and "__error__" in output


def _nothing_shown(rule: AnyRule, session: Session) -> None:
    """Raise NotExercised if a scenario that could show *rule* broke off, else skip the test."""
    results = [session.run(s) for s in session.scenarios if _may_show(rule, s)]
    if failed := [one for one in results if one.problem]:
        raise NotExercised(f"{failed[0].scenario} did not run to its end: {failed[0].problem}")
    kinds = " or ".join(sorted(rule.kinds))
    profile = session.target.settings.profile.name
    not_applicable(f"no response in the profile {profile} is of the kind {kinds}")


def _verdict(rule: AnyRule, scenario: Scenario, seen: _Seen) -> ScenarioVerdict:
    findings: list[Finding] = []
    failed = 0
    for number, checked in seen.items():
        found = [finding for finding in checked.findings if finding.rule == rule.id]
        findings += numbered(found, number)
        failed += bool(found)
    return ScenarioVerdict(scenario.name, len(seen), failed, tuple(findings))


def _related(
    rule: CrossExchangeRule, session: Session, applicable: dict[Scenario, _Seen]
) -> Iterator[ScenarioVerdict]:
    """Evaluate a rule that compares exchanges of all scenarios; yield a verdict per scenario."""
    places = [(s, number, one) for s, seen in applicable.items() for number, one in seen.items()]
    found: dict[str, list[Finding]] = {scenario.name: [] for scenario, _, _ in places}
    exchanges = [checked.exchange for _, _, checked in places]
    target = session.target

    def placed(match: re.Match[str]) -> str:
        if not 0 < int(match[1]) <= len(places):
            return match[0]  # The text is the deployment's, not the rule's.
        scenario, number, _ = places[int(match[1]) - 1]
        return f"exchange {number} of {scenario.name}"

    for finding in check_related(exchanges, (rule,), dialect=target.dialect, deterministic=True):
        scenario, number, _ = places[(finding.exchange or 1) - 1]
        expected, got = (_NUMBERED.sub(placed, text) for text in (finding.expected, finding.got))
        renamed = replace(finding, exchange=number, expected=expected, got=got)
        found[scenario.name].append(renamed)
    for scenario, seen in applicable.items():
        if seen:
            findings = tuple(found[scenario.name])
            failed = len({finding.exchange for finding in findings})
            yield ScenarioVerdict(scenario.name, len(seen), failed, findings)


def _lines(scenarios: Sequence[ScenarioVerdict]) -> Iterator[str]:
    checked = sum(verdict.exchanges for verdict in scenarios)
    passed = checked - sum(verdict.failed for verdict in scenarios)
    yield f"passed in {passed} of {checked} exchanges"
    failed = [verdict for verdict in scenarios if verdict.failed]
    for verdict in failed[:_MOST_SHOWN]:
        yield f"\nin {verdict.scenario}, {verdict.failed} of {verdict.exchanges} exchanges:"
        yield from map(str, verdict.findings[:_MOST_SHOWN])
        if len(verdict.findings) > _MOST_SHOWN:
            yield f"and {len(verdict.findings) - _MOST_SHOWN} more"
    if further := failed[_MOST_SHOWN:]:
        yield f"\nalso in {', '.join(verdict.scenario for verdict in further)}"
