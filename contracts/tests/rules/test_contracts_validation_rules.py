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
def test_no_server_knows_modes_that_are_no_words(modes: object) -> None:
    exchange = asking(stream_mode=modes)(captured("python/mode-agent-values"))

    assert _broken(exchange) == {"validation.schema"}


@pytest.mark.parametrize("status", [301, 401, 403, 404, 413, 429])
def test_something_in_front_of_the_server_may_refuse_a_request(status: int) -> None:
    refusal = captured("python-cases/bad-stream-config-string")

    assert _broken(with_status(status)(refusal)) == set()


def test_what_is_nested_too_deeply_is_refused_for_whatever_reason() -> None:
    body = b'{"assistant_id":"a","webhook":' + b"[" * DEEPEST + b"]" * DEEPEST + b"}"
    sent = with_request(lambda request: replace(request, body=body))

    assert _broken(sent(captured("python-cases/bad-stream-webhook-number"))) == set()


def test_a_proxy_may_say_that_the_answer_is_of_its_own_kind() -> None:
    refusal = with_header("server", "a proxy")(captured("python/http-stream-no-assistant"))

    assert _broken(with_status(400)(refusal)) == set()
