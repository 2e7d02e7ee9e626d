"""Related exchanges are compared with each other; unrelated ones are not."""

from collections import defaultdict
from dataclasses import replace

import pytest
from captured import assert_for_each, captured, captures
from mutation import asking, replaced, with_body, with_frames, with_header

from graphtape_contracts import Exchange
from graphtape_contracts.checker import check_related
from graphtape_contracts.exchange import End, Request
from graphtape_contracts.parsing.nesting import DEEPEST
from graphtape_contracts.rules import consistency


def _by_server() -> dict[str, list[Exchange]]:
    servers: dict[str, list[Exchange]] = defaultdict(list)
    for name, exchange in captures().items():
        servers[name.split("/")[0]].append(exchange)
    return servers


def test_captures_of_one_server_are_consistent() -> None:
    def fits_together(_: str, exchanges: list[Exchange]) -> None:
        assert check_related(exchanges, deterministic=True) == []

    assert_for_each(_by_server(), fits_together)


def test_an_exchange_that_is_passed_twice_is_one_run() -> None:
    exchange = captured("python/mode-agent-messages-tuple")

    assert check_related([exchange, exchange]) == []


def test_the_id_of_a_run_may_come_from_the_client() -> None:
    first, second = (
        with_header("content-location", "/runs/01a2020b-829e-7310-b70e-f7a23b32f635")(
            asking(run_id="01a2020b-829e-7310-b70e-f7a23b32f635")(captured(name))
        )
        for name in ("python/wait-mode-values", "python/wait-mode-updates")
    )

    assert check_related([first, second]) == []


def _with_nesting(levels: int) -> list[Exchange]:
    """Return a wait and a stream whose outputs differ at the nesting level *levels*."""
    inner = levels - 1
    outputs = [b'{"value":' + b"[" * inner + n + b"]" * inner + b"}" for n in (b"1", b"2")]
    answers: list[Exchange] = []
    for wait, modes, output in zip(
        ("conn-close", "http10"), ("values", "values+updates"), outputs, strict=True
    ):
        event = b"event: values\r\ndata: " + output + b"\r\n\r\n"
        stream = captured(f"python/mode-agent-{modes}")
        answers.append(with_body(output)(captured(f"python/http-wait-{wait}")))
        answers.append(with_body(stream.frames[0].raw + event)(stream))
    return answers


def test_deeply_nested_responses_are_not_compared() -> None:
    compared = check_related(_with_nesting(DEEPEST), deterministic=True)

    assert {finding.rule for finding in compared} >= {"consistency.output", "consistency.modes"}
    assert check_related(_with_nesting(DEEPEST + 1), deterministic=True) == []


@pytest.mark.parametrize(
    ("name", "broken"),
    [
        ("javascript-1.5.1/stream-custom", set[str]()),
        ("python-cases/stream-custom", {"consistency.subgraphs"}),
    ],
)
def test_javascript_shows_subgraphs_without_a_namespace_if_not_requested(
    name: str, broken: set[str]
) -> None:
    bare = captured(name)
    asked = asking(stream_subgraphs=True)(bare)
    named = replaced(b"event: custom", b"event: custom|child:1")(asked)

    found = check_related([bare, named], consistency.RULES, deterministic=True)

    assert {finding.rule for finding in found} == broken


def test_values_with_only_interrupts_are_not_compared() -> None:
    values = captured("python/mode-agent-values")
    interrupts = (
        values.frames[-1].raw.partition(b"data: ")[0] + b'data: {"__interrupt__":[]}\r\n\r\n'
    )
    more = with_frames(lambda frames: [frames[0], interrupts, *frames[1:]])(values)

    assert check_related([values, more], consistency.RULES, deterministic=True) == []


def test_an_id_in_the_request_may_be_in_several_runs() -> None:
    first, second = captured("python/wait-mode-values"), captured("python/wait-agent-default")
    id_ = first.body.partition(b'"id":"lc_run--')[2].partition(b'"')[0]
    sent = asking(input={"messages": [{"id": f"lc_run--{id_.decode()}"}]})(second)

    assert check_related([first, with_body(first.body)(sent)]) == []


def test_joined_output_is_not_compared_with_a_stream_without_state() -> None:
    updates = captured("python/wait-mode-updates")
    location = updates.response.header("location") or ""
    joined = replace(with_body(b'{"log":[]}')(updates), request=Request("GET", location))

    assert check_related([updates, joined]) == []


@pytest.mark.parametrize(
    "late",
    [b'{"__error__":{"error":"HTTPException","message":"404: Run not found"}}', b'{"log":'],
)
def test_a_client_that_joins_late_or_leaves_early_may_get_another_output(late: bytes) -> None:
    waited = captured("python/wait-mode-values")
    location = waited.response.header("location") or ""
    end = End.CUT if late.endswith(b":") else End.COMPLETE
    joined = replace(waited, request=Request("GET", location), end=end)

    assert check_related([waited, with_body(late)(joined)]) == []


def test_joined_output_is_not_compared_with_interrupts() -> None:
    waited = captured("python/wait-interrupt-interrupting-values")
    location = waited.response.header("location") or ""
    joined = replace(with_body(b"{}")(waited), request=Request("GET", location))

    assert check_related([waited, joined]) == []
