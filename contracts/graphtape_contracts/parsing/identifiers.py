"""The patterns of ids on the wire, and the run that the head of a response names."""

import re
from typing import TypeGuard

from graphtape_contracts.exchange import Response

UUID_START = "[0-9a-fA-F]{8}-"
UUID = UUID_START + "(?:[0-9a-fA-F]{4}-){3}[0-9a-fA-F]{12}"
"""The pattern of a UUID of any version; the ids of tasks have none."""

LOWER_UUID = "[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}"
"""The pattern of a UUID as servers write it: in lower case."""

MODEL_CALL_ID = "(?:lc_)?run--?[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-"
"""The start of the id that LangChain gives to the message of one model call: UUID version 7."""

MODEL_MESSAGE_ID = rf"(?:lc_run--|run-+){UUID}(?:-\d+)?"
"""The id of a message that a model made in a run: it holds the id of LangChain's own run."""

HEX_ID = "[0-9a-f]{32}"
"""The pattern of ids of 32 hexadecimal digits, such as those of interrupts."""

_UUID = re.compile(UUID)
_RUN = re.compile(rf"(?:/[^/?#]+)*?(?:/threads/{UUID})?/runs/({UUID})")


def is_uuid(value: object) -> TypeGuard[str]:
    """Return whether *value* is a UUID with hyphens, in either case."""
    return isinstance(value, str) and _UUID.fullmatch(value) is not None


def run_at(response: Response) -> str | None:
    """Return the id of the run that the Content-Location of *response* names, or None.

    Observed: `/runs/{id}` and `/threads/{id}/runs/{id}`. A prefix is accepted, for deployments
    that are mounted under a path.
    """
    match = _RUN.fullmatch(response.header("content-location") or "")
    return match[1] if match else None
