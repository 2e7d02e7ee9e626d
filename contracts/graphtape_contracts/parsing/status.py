"""Which part of a request was at fault, judging by the status of the response."""

_FROM_ELSEWHERE = frozenset((401, 403, 407, 408, 411, 413, 414, 415, 429, 431))
"""Statuses that a proxy or firewall in front of the server may send."""


def blames_the_body(status: int) -> bool:
    """Return whether *status* means that the body of the request was wrong.

    False for failures of the server, unknown routes, and statuses that a proxy may have sent.
    """
    return 400 <= status < 500 and status not in _FROM_ELSEWHERE | {404, 405}


def blames_the_request(status: int) -> bool:
    """Return whether *status* means that the method, path or body was wrong."""
    return 400 <= status < 500 and status not in _FROM_ELSEWHERE
