"""Exchanges that belong together are compared, and those that do not are left in peace."""

from collections import defaultdict
from dataclasses import replace

import pytest
from captured import captured, captures
from mutation import asking, with_body, with_frames, with_header, with_request
from nesting import TOO_DEEP, more_nesting

from understudy_contracts import Exchange
from understudy_contracts.answer import Answer
from understudy_contracts.contract import read_call, relate
from understudy_contracts.exchange import End, Request
from understudy_contracts.finding import Finding
from understudy_contracts.json_value import is_object
from understudy_contracts.rule import Relation, Report
from understudy_contracts.rules import joins, relations, repetition


def _by_server() -> dict[str, list[Exchange]]:
    servers: dict[str, list[Exchange]] = defaultdict(list)
    for name, exchange in captures().items():
        servers[name.split("/")[0]].append(exchange)
    return servers


@pytest.mark.parametrize("server", sorted(_by_server()))
def test_what_one_server_sent_fits_together(server: str) -> None:
    assert relate(_by_server()[server], repeatable=True) == []


def test_an_exchange_that_is_given_twice_is_one_run() -> None:
    exchange = captured("python/mode-agent-messages-tuple")

    assert relate([exchange, exchange]) == []


def test_the_id_of_a_run_may_come_from_the_client() -> None:
    first, second = (
        with_header("content-location", "/runs/01a2020b-829e-7310-b70e-f7a23b32f635")(
            asking(run_id="01a2020b-829e-7310-b70e-f7a23b32f635")(captured(name))
        )
        for name in ("python/wait-mode-values", "python/wait-mode-updates")
    )

    assert relate([first, second]) == []


def _deep(depth: int) -> bytes:
    return b'{"value":' + b"[" * depth + b"]" * depth + b"}"


def test_what_is_nested_too_deeply_is_not_compared() -> None:
    waits = [captured("python/http-wait-conn-close"), captured("python/http-wait-http10")]
    streams = [captured("python/mode-agent-values"), captured("python/mode-agent-values+updates")]
    deep = [with_body(_deep(600 + n))(wait) for n, wait in enumerate(waits)]
    event = b"event: values\r\ndata: " + _deep(600) + b"\r\n\r\n"
    changed = [streams[0], with_frames(lambda frames: [*frames[:1], event])(streams[1])]

    assert relate([*deep, *changed], repeatable=True) == []


@pytest.fixture
def deep_answers() -> list[Answer]:
    """Give two answers whose inputs and outputs are nested as deeply as can just be read."""
    waits = [captured("python/http-wait-conn-close"), captured("python/http-wait-http10")]
    asked = b'{"assistant_id":"a","input":' + TOO_DEEP + b"}"
    sent = with_request(lambda request: replace(request, body=asked))
    deep = [with_body(b'{"__interrupt__":' + TOO_DEEP + b"}")(sent(wait)) for wait in waits]
    with more_nesting():
        answers = [Answer(n, e, read_call(e.request, e.response)) for n, e in enumerate(deep, 1)]
        assert all(is_object(answer.output) and answer.call.asked for answer in answers)
    return answers


@pytest.mark.parametrize(
    "rule", [*relations.RULES, *joins.RULES, *repetition.RULES], ids=lambda rule: rule.id
)
def test_a_relation_bears_whatever_is_nested(rule: Relation, deep_answers: list[Answer]) -> None:
    found: list[Finding] = []

    rule.judge(deep_answers, Report(rule, found))

    assert found == []


def test_an_id_that_was_sent_along_may_come_again() -> None:
    first, second = captured("python/wait-mode-values"), captured("python/wait-agent-default")
    id_ = first.body.partition(b'"id":"lc_run--')[2].partition(b'"')[0]
    sent = asking(input={"messages": [{"id": f"lc_run--{id_.decode()}"}]})(second)

    assert relate([first, with_body(first.body)(sent)]) == []


def test_nothing_is_asked_of_the_joined_output_of_a_run_whose_state_is_not_shown() -> None:
    updates = captured("python/wait-mode-updates")
    location = updates.response.header("location") or ""
    joined = replace(with_body(b'{"log":[]}')(updates), request=Request("GET", location))

    assert relate([updates, joined]) == []


@pytest.mark.parametrize(
    "late",
    [b'{"__error__":{"error":"HTTPException","message":"404: Run not found"}}', b'{"log":'],
)
def test_who_joins_too_late_or_leaves_early_may_get_another_output(late: bytes) -> None:
    waited = captured("python/wait-mode-values")
    location = waited.response.header("location") or ""
    end = End.CUT if late.endswith(b":") else End.COMPLETE
    joined = replace(waited, request=Request("GET", location), end=end)

    assert relate([waited, with_body(late)(joined)]) == []


def test_interrupts_are_not_compared_with_a_joined_output() -> None:
    waited = captured("python/wait-interrupt-interrupting-values")
    location = waited.response.header("location") or ""
    joined = replace(with_body(b"{}")(waited), request=Request("GET", location))

    assert relate([waited, joined]) == []
