"""The headers that only graphtape knows."""

from collections.abc import Iterable

PIN_HEADER = b"x-graphtape-recording"
"""Request header that names the recording to answer from."""
NEAREST_HEADER = b"x-graphtape-nearest"
"""Response header that names the recording that answered what it was not made of."""
FAULT_HEADER = b"x-graphtape-fault"
"""Response header that says what was made to go wrong."""


def header(headers: Iterable[tuple[bytes, bytes]], name: bytes) -> str | None:
    """Return the value of the first of *headers* with a *name* in lower case."""
    return next((value.decode("utf-8", "replace") for key, value in headers if key == name), None)
