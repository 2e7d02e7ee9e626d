"""How a rule is judged: over every exchange that the scenarios made and that it is about."""

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
from graphtape_suites.runner.session import CheckedExchange, Session
from graphtape_suites.scenarios import Scenario
from graphtape_suites.verdicts.results import ScenarioVerdict, numbered

_NUMBERED = re.compile(r"\bexchange (\d+)\b")
"""How relations name the exchange that another is compared with."""
_MOST_TOLD = 5
"""Scenarios, and findings of one scenario, that a failure tells."""

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
"""The events without which the rules of a family have nothing to judge."""

_JOINING = {
    "reconnect.resumed": Kind.JOIN_STREAM,
    "reconnect.complete": Kind.JOIN_STREAM,
    "reconnect.output": Kind.JOIN,
}
"""The answers without which rules have nothing to compare."""


@dataclass
class Evaluation:
    """What is to be said of a rule."""

    scenarios: list[ScenarioVerdict] = field(default_factory=list[ScenarioVerdict])

    @property
    def failed(self) -> list[str]:
        """The names of the scenarios in which it was not kept."""
        return [verdict.scenario for verdict in self.scenarios if verdict.broken]

    def __str__(self) -> str:
        """Return how the rule was broken, as a text of several lines."""
        return "\n".join(_told(self.scenarios))


Judge = Callable[[AnyRule], None]
"""Judges a rule; raises PromiseBroken where it is not kept."""


def judge_by(session: Session, keep: Callable[[Evaluation], object]) -> Judge:
    """Return what judges rules over what the scenarios of *session* show.

    *keep* is told what was found, scenario by scenario.
    """

    def judge_and_keep(rule: AnyRule) -> None:
        ruling = evaluate(rule, session)
        keep(ruling)
        if ruling.failed:
            fail_check(str(ruling))

    return judge_and_keep


def evaluate(rule: AnyRule, session: Session) -> Evaluation:
    """Judge *rule* over what the scenarios of *session* show.

    Raises NotExercised where it should have been tried and was not; skips the test where it is not
    applicable.
    """
    target = session.target
    if all(rule.id != judged.id for judged in target.rules):
        not_applicable(f"no promise of the contract {target.settings.contract} at this level")
    if rule.dialects is not None and target.dialect not in rule.dialects:
        whose = target.dialect or "no known"
        not_applicable(f"a promise of {dialects_of(rule)}; this is a server of {whose} dialect")
    if (
        isinstance(rule, CrossExchangeRule)
        and rule.deterministic
        and not target.settings.deterministic
    ):
        not_applicable(
            "holds where the same request gets the same answer; if so, say --graphtape-deterministic"
        )
    about = {s: _about(rule, session.judged(s)) for s in session.scenarios if _may_show(rule, s)}
    if not any(about.values()):
        _nothing_shown(rule, session)
    kinds = {judged.head.kind for seen in about.values() for judged in seen.values()}
    if rule.id in _JOINING and _JOINING[rule.id] not in kinds:
        not_applicable("nobody could join a run")
    if not any(_shows(rule, judged) for seen in about.values() for judged in seen.values()):
        names = " or ".join(_showing(rule))
        not_applicable(f"no run showed an event {names}: does an example make one?")
    if isinstance(rule, CrossExchangeRule):
        return Evaluation(list(_related(rule, session, about)))
    return Evaluation([_verdict(rule, scenario, seen) for scenario, seen in about.items() if seen])


_Seen = dict[int, CheckedExchange]
"""Exchanges of a scenario by their number in it, counted from 1."""


def _may_show(rule: AnyRule, scenario: Scenario) -> bool:
    # Wrong requests make no runs, unless that is what is wrong about the server.
    makes_runs = scenario.runs or rule in validation.RULES
    return bool(makes_runs or rule.kinds & {Kind.REFUSAL, Kind.OTHER})


def _about(rule: AnyRule, judged: Sequence[CheckedExchange]) -> _Seen:
    return {n: one for n, one in enumerate(judged, 1) if rule.applies(one.head)}


def _showing(rule: AnyRule) -> tuple[str, ...]:
    """Return the names of the events of which *rule* needs one; empty if it needs none."""
    family, _, about = rule.id.partition(".")
    if family != "data":
        return SHOWING.get(family, ())
    return () if about == "advertised" else (about.replace("messages-", "messages/"),)


def _shows(rule: AnyRule, judged: CheckedExchange) -> bool:
    """Whether *judged* has what *rule* is about, or breaks it by having nothing of it."""
    names = _showing(rule)
    if not names or any(finding.rule == rule.id for finding in judged.findings):
        return True
    if not judged.exchange.is_stream:
        return "error" not in names or _failed(judged)
    return not judged.modes.isdisjoint(names)


def _failed(judged: CheckedExchange) -> bool:
    output = parse(judged.exchange.body)
    return is_object(output) and "__error__" in output


def _nothing_shown(rule: AnyRule, session: Session) -> None:
    """Say why there is nothing that *rule* could judge."""
    played = [session.played(s) for s in session.scenarios if _may_show(rule, s)]
    if failed := [one for one in played if one.problem]:
        raise NotExercised(f"{failed[0].scenario} could not be played: {failed[0].problem}")
    kinds = " or ".join(sorted(rule.kinds))
    profile = session.target.settings.profile.name
    not_applicable(f"nothing that the profile {profile} tries is answered with a {kinds}")


def _verdict(rule: AnyRule, scenario: Scenario, seen: _Seen) -> ScenarioVerdict:
    findings: list[Finding] = []
    fail_check = 0
    for number, judged in seen.items():
        found = [finding for finding in judged.findings if finding.rule == rule.id]
        findings += numbered(found, number)
        fail_check += bool(found)
    return ScenarioVerdict(scenario.name, len(seen), fail_check, tuple(findings))


def _related(
    rule: CrossExchangeRule, session: Session, about: dict[Scenario, _Seen]
) -> Iterator[ScenarioVerdict]:
    """Judge the exchanges of all scenarios together; tell the findings where they belong."""
    places = [(s, number, one) for s, seen in about.items() for number, one in seen.items()]
    found: dict[str, list[Finding]] = {scenario.name: [] for scenario, _, _ in places}
    exchanges = [judged.exchange for _, _, judged in places]
    target = session.target

    def placed(match: re.Match[str]) -> str:
        if not 0 < int(match[1]) <= len(places):
            return match[0]  # The words of the deployment, not of the rule.
        scenario, number, _ = places[int(match[1]) - 1]
        return f"exchange {number} of {scenario.name}"

    for finding in check_related(exchanges, (rule,), dialect=target.dialect, deterministic=True):
        scenario, number, _ = places[(finding.exchange or 1) - 1]
        expected, got = (_NUMBERED.sub(placed, text) for text in (finding.expected, finding.got))
        told = replace(finding, exchange=number, expected=expected, got=got)
        found[scenario.name].append(told)
    for scenario, seen in about.items():
        if seen:
            findings = tuple(found[scenario.name])
            fail_check = len({finding.exchange for finding in findings})
            yield ScenarioVerdict(scenario.name, len(seen), fail_check, findings)


def _told(scenarios: Sequence[ScenarioVerdict]) -> Iterator[str]:
    judged = sum(verdict.exchanges for verdict in scenarios)
    kept = judged - sum(verdict.broken for verdict in scenarios)
    yield f"kept in {kept} of {judged} exchanges"
    fail_check = [verdict for verdict in scenarios if verdict.broken]
    for verdict in fail_check[:_MOST_TOLD]:
        yield f"\nin {verdict.scenario}, {verdict.broken} of {verdict.exchanges} exchanges:"
        yield from map(str, verdict.findings[:_MOST_TOLD])
        if len(verdict.findings) > _MOST_TOLD:
            yield f"and {len(verdict.findings) - _MOST_TOLD} more"
    if further := fail_check[_MOST_TOLD:]:
        yield f"\nalso in {', '.join(verdict.scenario for verdict in further)}"
