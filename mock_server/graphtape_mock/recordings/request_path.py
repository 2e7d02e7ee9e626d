"""Checks the path of a request as HTTP sends it."""

import re

EXPECTED = "a path that starts with one /, of printable ASCII without space, # and \\"
"""What `is_request_path` expects, for messages."""

_PATH = re.compile(r"/(?!/)[!-~]*")
_NEVER = frozenset("#\\")


def is_request_path(path: str) -> bool:
    """Return whether *path*, which may have a query, is a path as HTTP sends it.

    Appended to a URL, such a path can't change the host, as `@other/` or `//other/` could.
    """
    return _PATH.fullmatch(path) is not None and _NEVER.isdisjoint(path)
