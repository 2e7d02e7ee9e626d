"""What the status of a response says about the request."""

_FROM_ELSEWHERE = frozenset((401, 403, 407, 408, 411, 413, 414, 415, 429, 431))
"""What a proxy or a guard in front of the server answers, whatever the body is."""


def blames_the_body(status: int) -> bool:
    """Return whether a response with this *status* says that the body of the request was wrong.

    Not if the server failed, has no such route, or something in front of it may have answered.
    """
    return 400 <= status < 500 and status not in _FROM_ELSEWHERE | {404, 405}


def blames_the_request(status: int) -> bool:
    """Return whether a response with this *status* says that the method, path or body was wrong."""
    return 400 <= status < 500 and status not in _FROM_ELSEWHERE
