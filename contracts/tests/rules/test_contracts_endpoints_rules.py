"""The rules check responses of the other endpoints, and ignore routes of an application."""

from dataclasses import replace
from typing import Any

import pytest
from captured import captured
from mutation import Change, asking, with_body, with_output, with_request, with_status

from graphtape_contracts import Exchange
from graphtape_contracts.checker import Checker, check, parse_head
from graphtape_contracts.rules import endpoints

SEARCH = "python/nb-assistants-search-graph"
OK = "python/nb-ok"
RUN = "python/nb-runs-background"
COUNT = "python/nb-threads-count"


def broken(exchange: Exchange) -> list[str]:
    return [finding.rule for finding in check(exchange, endpoints.RULES)]


def at(path: str) -> Change:
    """Make a change that sets the path of the request."""
    return with_request(lambda request: replace(request, path=path))


def test_a_search_that_selects_keys_may_omit_the_others() -> None:
    ids = with_output(lambda found: [{"assistant_id": found[0]["assistant_id"]}])(captured(SEARCH))

    assert broken(ids) == ["endpoints.assistants"]
    assert broken(asking(select=["assistant_id"])(ids)) == []


@pytest.mark.parametrize(
    ("name", "path", "rules"),
    [
        (SEARCH, "/mount/assistants/search", ["endpoints.json"]),
        (SEARCH, "/mount/assistants", []),
        (OK, "/mount/ok", []),
        (OK, "/ok?check_db=0", ["endpoints.json"]),
        (RUN, "/threads/mine/runs", []),
    ],
)
def test_under_a_prefix_paths_that_an_application_may_use_are_not_checked(
    name: str, path: str, rules: list[str]
) -> None:
    assert broken(at(path)(with_body(b"fine")(captured(name)))) == rules


def test_a_response_other_than_200_is_not_checked() -> None:
    assert broken(with_status(404)(with_body(b"")(captured(OK)))) == []


def test_a_response_to_an_unknown_request_is_not_checked() -> None:
    checker = Checker(parse_head(None, captured(SEARCH).response), endpoints.RULES)

    findings = [*checker.head(), *checker.feed(captured(COUNT).frames[0]), *checker.close()]

    assert findings == []


@pytest.mark.parametrize(
    "changed",
    [
        {"name": "My agent"},
        {"version": 2},
        {"metadata": {"created_by": "system", "owner": "me"}},
        {"metadata": {}},
    ],
)
def test_an_assistant_that_was_created_or_changed_may_have_any_id(changed: dict[str, Any]) -> None:
    made = with_output(lambda found: [found[0] | changed | {"assistant_id": "mine"}])(
        captured(SEARCH)
    )

    assert broken(made) == []


def test_a_response_without_a_run_needs_no_location() -> None:
    assert broken(with_output(lambda run: [run])(captured(RUN))) == ["endpoints.runs"]


def test_a_missing_list_is_reported_once() -> None:
    assert broken(with_output(lambda found: {"found": found})(captured(SEARCH))) == [
        "endpoints.assistants"
    ]


@pytest.mark.parametrize("body", [b"true", b"1.5", b'"39"'])
def test_a_count_must_be_an_integer(body: bytes) -> None:
    assert broken(with_body(body)(captured(COUNT))) == ["endpoints.count"]


def test_an_unreadable_count_is_reported_as_invalid_json_only() -> None:
    assert broken(with_body(b"")(captured(COUNT))) == ["endpoints.json"]
