"""Patterns of the ids that servers send, and the run id in the head of a response."""

import re
from typing import TypeGuard

from graphtape_contracts.exchange import Response

UUID_START = "[0-9a-fA-F]{8}-"
UUID = UUID_START + "(?:[0-9a-fA-F]{4}-){3}[0-9a-fA-F]{12}"
"""The pattern of a UUID with any version digit; the ids of tasks have no valid version."""

LOWER_UUID = "[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}"
"""The pattern of a UUID in lower case, as servers write it."""

MODEL_CALL_ID = "(?:lc_)?run--?[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-"
"""The start of the message id that LangChain generates for each model call (UUID version 7)."""

MODEL_MESSAGE_ID = rf"(?:lc_run--|run-+){UUID}(?:-\d+)?"
"""The id of a message that a model generated: it contains the id of LangChain's own run."""

HEX_ID = "[0-9a-f]{32}"
"""The pattern of an id of 32 hexadecimal digits, such as that of an interrupt."""

_UUID = re.compile(UUID)
_RUN = re.compile(rf"(?:/[^/?#]+)*?(?:/threads/{UUID})?/runs/({UUID})")


def is_uuid(value: object) -> TypeGuard[str]:
    """Return whether *value* is a UUID with hyphens, in either case."""
    return isinstance(value, str) and _UUID.fullmatch(value) is not None


def run_at(response: Response) -> str | None:
    """Return the run id in the Content-Location of *response*, or None.

    Observed: `/runs/{id}` and `/threads/{id}/runs/{id}`. Any prefix is accepted, for deployments
    mounted under a path.
    """
    match = _RUN.fullmatch(response.header("content-location") or "")
    return match[1] if match else None
