"""Unusual heads that are valid."""

from dataclasses import replace

import pytest
from captured import captured
from mutation import Change, with_header, with_request

from graphtape_contracts.checker import check, check_body, parse_head
from graphtape_contracts.exchange import End, Request
from graphtape_contracts.rules import cors
from graphtape_contracts.rules import head as head_rules

VALUES = "python/mode-agent-values"
WAIT = "python/wait-mode-values"
UNKNOWN = "javascript-embed/stream-default"
PREFLIGHT = "python/http-stream-cors-preflight"
ID = "01a2021a-ff2e-775a-b3e7-411d3384fb79"


def judge(base: str, *changes: Change) -> set[str]:
    exchange = captured(base)
    for change in changes:
        exchange = change(exchange)
    return {finding.rule for finding in check(exchange, (*head_rules.RULES, *cors.RULES))}


@pytest.mark.parametrize(
    ("base", "change"),
    [
        (VALUES, with_header("content-type", "text/event-stream")),
        (VALUES, with_header("content-type", 'text/event-stream;charset="UTF8"; v=1')),
        (VALUES, with_header("content-encoding", "identity")),
        (VALUES, with_header("cache-control", "private, No-Cache, max-age=0")),
        (WAIT, with_header("content-type", "application/json; charset=utf-8")),
        ("javascript/wait-docs", with_header("content-type", "application/json")),
        (UNKNOWN, with_header("content-location", f"/api/runs/{ID}")),
        (UNKNOWN, with_header("content-location", f"/api/threads/{ID}/runs/{ID.upper()}")),
        ("javascript-1.5.1/cors-stream", with_header("access-control-expose-headers", "*")),
        (PREFLIGHT, with_header("access-control-allow-methods", "*")),
        (PREFLIGHT, with_header("access-control-allow-headers", "*")),
        (PREFLIGHT, with_header("access-control-allow-origin", None)),
    ],
)
def test_equivalent_spellings_are_accepted(base: str, change: Change) -> None:
    assert judge(base, change) == set()


def test_locations_may_start_with_the_path_where_a_server_is_mounted() -> None:
    run = f"/threads/{ID}/runs/{ID}"
    changes = with_header("content-location", run), with_header("location", f"/api{run}/stream")

    assert judge(UNKNOWN, *changes) == set()


@pytest.mark.parametrize("location", [f"//other.test/runs/{ID}/stream", "stream"])
def test_a_location_that_is_not_a_path_of_the_run_is_reported(location: str) -> None:
    run = with_header("content-location", f"/runs/{ID}")

    assert judge(UNKNOWN, run, with_header("location", location)) == {"head.location"}


@pytest.mark.parametrize("location", ["", f"http://server.test/run/{ID}", f"/runs/{ID}?a=b"])
def test_a_location_without_a_run_id_is_reported_for_one_header_only(location: str) -> None:
    found = judge(VALUES, with_header("content-location", location))

    assert found == {"head.content-location-form"}


def test_a_run_without_any_location_is_reported_once() -> None:
    found = judge(VALUES, with_header("content-location", None))

    assert found == {"head.content-location"}


def test_an_origin_may_be_allowed_by_name() -> None:
    (origin,) = [
        value
        for name, value in captured("python/http-stream-cors-simple").request.headers
        if name == "origin"
    ]

    found = judge(
        "python/http-stream-cors-simple", with_header("access-control-allow-origin", origin)
    )

    assert found == set()


def test_an_unknown_server_need_not_allow_origins() -> None:
    assert judge("javascript-embed/cors-stream") == set()


def test_a_preflight_for_a_private_network_may_be_refused() -> None:
    assert judge("python/http-stream-cors-preflight-pna") == set()


@pytest.mark.parametrize("method", ["GET", "OPTIONS"])
def test_only_a_response_to_a_run_must_have_status_200(method: str) -> None:
    no_content = captured("javascript-1.5.1/cors-preflight-stream").response.status
    asks = with_request(lambda request: replace(request, method=method))

    assert no_content == 204
    assert judge("javascript-1.5.1/cors-preflight-stream", asks) == set()


def test_a_transcript_without_a_request_is_checked_by_its_head() -> None:
    exchange = captured(VALUES)
    head = parse_head(None, replace(exchange.response, status=202))

    found = check_body(head, exchange.frames, End.COMPLETE, (*head_rules.RULES, *cors.RULES))

    assert [finding.rule for finding in found] == ["head.status"]


def test_a_finding_in_a_preflight_lists_the_refused_headers() -> None:
    exchange = captured(PREFLIGHT)
    headers = (*exchange.request.headers, ("x-more", "1"))
    asked = Request("OPTIONS", "/runs/wait", headers)
    changed = with_header("access-control-allow-headers", "accept")(exchange)

    (finding,) = check(replace(changed, request=asked), cors.RULES)

    assert finding.got == 'without ["content-type","x-api-key"]'
