"""The headers of graphtape itself."""

from collections.abc import Iterable

PIN_HEADER = b"x-graphtape-recording"
"""Request header with the name of the recording to replay."""
NEAREST_HEADER = b"x-graphtape-nearest"
"""Response header with the name of the nearest recording, replayed because none matches."""
FAULT_HEADER = b"x-graphtape-fault"
"""Response header that lists the injected faults."""


def header(headers: Iterable[tuple[bytes, bytes]], name: bytes) -> str | None:
    """Return the value of the first header *name* (in lower case); None if it is missing."""
    return next((value.decode("utf-8", "replace") for key, value in headers if key == name), None)
