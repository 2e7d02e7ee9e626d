"""Hooks of Schemathesis: requests not to send. The variable SCHEMATHESIS_HOOKS names this file."""

from typing import Any

import schemathesis

from graphtape_contracts.json_value import is_list, is_object


@schemathesis.hook  # pyright: ignore[reportUnknownMemberType]  # Not typed in Schemathesis.
def filter_case(_: schemathesis.HookContext, case: "schemathesis.Case[Any]") -> bool:
    """Return whether to send *case*: not if it delays a run by more than a second.

    A real server waits for the delay, and keeps the connection open. For a delay beyond the range
    of dates, both the server and the mock respond with 500, as the document says.
    """
    body: Any = case.body
    runs = body if is_list(body) else [body]
    return all(_is_soon(run.get("after_seconds")) for run in runs if is_object(run))


def _is_soon(delay: Any) -> bool:
    return not isinstance(delay, int | float) or abs(delay) <= 1
