"""The forms of the ids on the wire, and where the head of an answer names its run."""

import re
from typing import TypeGuard

from graphtape_contracts.exchange import Response

UUID = "[0-9a-fA-F]{8}-(?:[0-9a-fA-F]{4}-){3}[0-9a-fA-F]{12}"
"""The pattern of a UUID of any version; task ids are of none."""

_UUID = re.compile(UUID)
_RUN = re.compile(rf"(?:/[^/?#]+)*?(?:/threads/{UUID})?/runs/({UUID})")


def is_uuid(value: object) -> TypeGuard[str]:
    """Whether *value* is a UUID written as usual."""
    return isinstance(value, str) and _UUID.fullmatch(value) is not None


def run_at(response: Response) -> str | None:
    """Return the id of the run that the Content-Location of a *response* leads to, if it does.

    Observed: `/runs/{id}` and `/threads/{id}/runs/{id}`. A prefix is accepted, for deployments
    that are mounted under a path.
    """
    match = _RUN.fullmatch(response.header("content-location") or "")
    return match[1] if match else None
