"""Requests are checked against the schema, with tolerance for newer servers."""

from dataclasses import replace

import pytest
from captured import captured
from mutation import asking, with_header, with_request, with_status

from graphtape_contracts import Exchange
from graphtape_contracts.checker import check
from graphtape_contracts.parsing.nesting import DEEPEST
from graphtape_contracts.rules import refusals, validation

_RULES = [*refusals.RULES, *validation.RULES]


def _broken(exchange: Exchange) -> set[str]:
    return {finding.rule for finding in check(exchange, _RULES)}


@pytest.mark.parametrize("modes", ["of-the-future", ["values", "of-the-future"]])
def test_a_newer_server_may_know_more_modes(modes: object) -> None:
    assert _broken(asking(stream_mode=modes)(captured("python/mode-agent-values"))) == set()


@pytest.mark.parametrize("modes", [["values", 5], {}])
def test_a_mode_that_is_not_a_string_is_always_invalid(modes: object) -> None:
    exchange = asking(stream_mode=modes)(captured("python/mode-agent-values"))

    assert _broken(exchange) == {"validation.schema"}


@pytest.mark.parametrize("status", [301, 401, 403, 404, 413, 429])
def test_a_proxy_may_refuse_a_request(status: int) -> None:
    refusal = captured("python-cases/bad-stream-config-string")

    assert _broken(with_status(status)(refusal)) == set()


def test_a_deeply_nested_request_may_be_refused_for_any_reason() -> None:
    body = b'{"assistant_id":"a","webhook":' + b"[" * DEEPEST + b"]" * DEEPEST + b"}"
    sent = with_request(lambda request: replace(request, body=body))

    assert _broken(sent(captured("python-cases/bad-stream-webhook-number"))) == set()


def test_a_response_of_a_proxy_may_have_another_type() -> None:
    refusal = with_header("server", "a proxy")(captured("python/http-stream-no-assistant"))

    assert _broken(with_status(400)(refusal)) == set()
