"""The path of a request as it goes over the wire."""

import re

EXPECTED = "a path that starts with one /, of printable ASCII without space, # and \\"
"""What `is_request_path` asks for, in words."""

_PATH = re.compile(r"/(?!/)[!-~]*")
_NEVER = frozenset("#\\")


def is_request_path(path: str) -> bool:
    """Return whether *path*, with its query, can only name a place on the host that is asked.

    Whatever is put after a host and could be read as another host, such as `@other/` or
    `//other/`, is none.
    """
    return _PATH.fullmatch(path) is not None and _NEVER.isdisjoint(path)
