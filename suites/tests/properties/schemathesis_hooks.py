"""What Schemathesis does not ask, whatever the document allows. It is given this file by name."""

from typing import Any

import schemathesis

from graphtape_contracts.json_value import is_list, is_object


@schemathesis.hook  # pyright: ignore[reportUnknownMemberType]  # Not typed in Schemathesis.
def filter_case(_: schemathesis.HookContext, case: "schemathesis.Case[Any]") -> bool:
    """Ask for no delay of more than a second.

    A real server would wait for it, and keep a stream or a wait open so long. A delay that no date
    can express crashes it, and so the mock: 500, as the document says.
    """
    body: Any = case.body
    runs = body if is_list(body) else [body]
    return all(_is_soon(run.get("after_seconds")) for run in runs if is_object(run))


def _is_soon(delay: Any) -> bool:
    return not isinstance(delay, int | float) or abs(delay) <= 1
