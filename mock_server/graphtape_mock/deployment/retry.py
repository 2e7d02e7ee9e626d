"""Decides when to retry a request that the deployment refused for now."""

import re
from datetime import UTC
from email.utils import parsedate_to_datetime

from graphtape_contracts import Response

RETRIED = frozenset((429, 503))
"""The statuses that ask the client to come back later."""
MOST_RETRIES = 5
"""The maximum number of retries of one request."""

_DEFAULT_DELAY = 1.0
"""Seconds before a retry where the response has no Retry-After."""
_SECONDS = re.compile(r"[0-9]+(\.[0-9]+)?")


def retry_delay(response: Response, now: float) -> float | None:
    """Return the seconds that *response* asks to wait before a retry; None if it asks for none.

    Retry-After is a number or a date; *now* is in seconds since 1970.
    """
    if response.status not in RETRIED:
        return None
    value = (response.header("retry-after") or "").strip()
    if _SECONDS.fullmatch(value):
        return float(value)
    try:
        date = parsedate_to_datetime(value)
        return max(0.0, date.replace(tzinfo=date.tzinfo or UTC).timestamp() - now)
    except (ValueError, OverflowError):
        return _DEFAULT_DELAY
