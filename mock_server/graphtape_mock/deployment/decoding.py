"""Decodes the body of a response by its content-encoding, and detects a body that is cut."""

import zlib
from collections.abc import Iterable, Iterator

import httpx

from graphtape_mock.deployment.errors import DeploymentError

_LARGEST_PIECE = 1 << 20
"""The maximum number of bytes to decode at once, so that a small body can't fill the memory."""
_ZLIB_OR_GZIP = zlib.MAX_WBITS | 32
_DEFLATED = 8
_PLAIN = frozenset(("identity", ""))


def encodings_of(headers: httpx.Headers) -> list[str]:
    """Return the encodings that *headers* name, in the order in which they were applied."""
    listed = headers.get_list("content-encoding", split_commas=True)
    return [name for one in listed if (name := one.strip().lower()) not in _PLAIN]


def undecoded(encodings: Iterable[str], known: Iterable[str]) -> str:
    """Return the *encodings* that are not *known*, joined by commas; empty if all are."""
    return ", ".join(one for one in encodings if one not in set(known))


def decoded(response: httpx.Response, encodings: list[str]) -> Iterator[bytes]:
    """Yield the body of *response*, decoded. Raises DeploymentError if it breaks off."""
    if encodings in (["gzip"], ["deflate"]):  # httpx does not notice if these are cut.
        return _inflated(response.iter_raw(), encodings[0])
    return response.iter_bytes()


def _inflated(pieces: Iterator[bytes], encoding: str) -> Iterator[bytes]:
    if not (waiting := next(filter(None, pieces), b"")):
        return
    # Some servers send deflate without the zlib header.
    raw = encoding == "deflate" and waiting[0] & 0x0F != _DEFLATED
    decompressor = zlib.decompressobj(-zlib.MAX_WBITS if raw else _ZLIB_OR_GZIP)
    try:
        while waiting:
            if piece := decompressor.decompress(waiting, _LARGEST_PIECE):
                yield piece
            if decompressor.eof:
                return
            waiting = decompressor.unconsumed_tail or next(filter(None, pieces), b"")
    except zlib.error as error:
        raise DeploymentError(f"expected a body of {encoding}, got an error: {error}") from None
    raise DeploymentError(f"the response is cut: its {encoding} is not complete")
