"""Bodies come decoded; one that is cut, or can't be decoded, says so."""

import gzip
import zlib
from collections.abc import Callable, Generator, Iterable, Iterator
from contextlib import contextmanager

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scripted_deployment import END, STREAM_HEAD, answer, chunk, deployed, event, say

from graphtape_contracts import End, Frame, Request
from graphtape_mock.deployment.body import ResponseBody
from graphtape_mock.deployment.connection import DeploymentConnection
from graphtape_mock.deployment.decoding import decoded, encodings_of, undecoded
from graphtape_mock.deployment.errors import DeploymentError

RUN = Request("POST", "/runs/stream", (), b"{}")
EVENTS = event("metadata", {"run_id": "1"}) + event("values", {"a": 1})


def raw_deflate(data: bytes) -> bytes:
    packer = zlib.compressobj(wbits=-zlib.MAX_WBITS)
    return packer.compress(data) + packer.flush()


PACKED: dict[str, Callable[[bytes], bytes]] = {
    "gzip": gzip.compress,
    "deflate": zlib.compress,
    "Deflate": raw_deflate,
}


class _Pieces(httpx.SyncByteStream):
    def __init__(self, pieces: Iterable[bytes]) -> None:
        self._pieces = pieces

    def __iter__(self) -> Iterator[bytes]:
        return iter(self._pieces)


def read(encoding: str, pieces: Iterable[bytes]) -> bytes:
    response = httpx.Response(200, stream=_Pieces(pieces))
    return b"".join(decoded(response, [encoding.lower()]))


@given(st.binary(max_size=3000), st.sampled_from([*PACKED]), st.integers(1, 50))
def test_a_packed_body_is_unpacked_however_it_is_cut(body: bytes, name: str, size: int) -> None:
    packed = PACKED[name](body)
    pieces = [packed[at : at + size] for at in range(0, len(packed), size)]

    assert read(name, [b"", *pieces, b""]) == body


@given(st.binary(min_size=1), st.sampled_from([*PACKED]), st.data())
def test_a_packed_body_that_is_cut_is_noticed(body: bytes, name: str, data: st.DataObject) -> None:
    packed = PACKED[name](body)
    cut = packed[: data.draw(st.integers(1, len(packed) - 1))]

    with pytest.raises(DeploymentError, match=r"not complete|got an error"):
        read(name, [cut])


def test_an_empty_body_is_empty() -> None:
    assert read("gzip", []) == b""


def test_bytes_after_the_end_are_not_read() -> None:
    pieces = iter([gzip.compress(b"a") + b"rest", b"more"])

    assert read("gzip", pieces) == b"a"
    assert list(pieces) == [b"more"]


def test_a_bomb_is_unpacked_in_pieces() -> None:
    response = httpx.Response(200, stream=_Pieces([gzip.compress(bytes(10_000_000))]))

    sizes = [len(piece) for piece in decoded(response, ["gzip"])]

    assert sum(sizes) == 10_000_000
    assert max(sizes) <= 1 << 20


@pytest.mark.parametrize(
    ("header", "encodings"),
    [("", []), ("identity", []), ("GZip", ["gzip"]), ("gzip, br", ["gzip", "br"])],
)
def test_a_header_lists_encodings(header: str, encodings: list[str]) -> None:
    assert encodings_of(httpx.Headers({"content-encoding": header})) == encodings


def test_what_nobody_knows_is_not_decoded() -> None:
    assert undecoded(["gzip", "br", "x"], ["gzip"]) == "br, x"
    assert undecoded(["gzip"], ["gzip"]) == ""


@contextmanager
def answered(encoding: bytes, body: bytes) -> Generator[tuple[ResponseBody, list[Frame], str]]:
    """Ask for a run that is answered by *body*; yield body, frames, and the encoding shown."""
    head = STREAM_HEAD.replace(b"connection", b"content-encoding: %s\r\nconnection" % encoding)
    with (
        deployed({"POST /runs/stream": say(head, chunk(body), END)}) as deployment,
        DeploymentConnection(deployment.url) as upstream,
        upstream.open(RUN) as response,
    ):
        reading = ResponseBody(RUN, response)
        frames = [f for piece in reading.chunks() for f in reading.frames_of(piece)]
        shown = response.response.header("content-encoding") or ""
        yield reading, frames, shown


def test_a_decoded_body_has_no_encoding_left() -> None:
    with answered(b"gzip", gzip.compress(EVENTS)) as (body, frames, shown):
        assert [frame.event for frame in frames] == ["metadata", "values"]
        assert (body.end, body.reason, body.undecoded, shown) == (End.COMPLETE, "", "", "")


def test_a_body_that_breaks_off_in_its_encoding_is_cut() -> None:
    with answered(b"gzip", gzip.compress(EVENTS)[:-12]) as (body, _, _):
        assert body.end is End.CUT
        assert "gzip" in body.reason


def test_a_body_that_is_not_what_it_says_is_cut() -> None:
    with answered(b"gzip", b"not gzip at all") as (body, frames, _):
        assert (body.end, frames) == (End.CUT, [])


def test_a_body_that_can_not_be_decoded_keeps_its_encoding_and_says_so() -> None:
    with answered(b"pack200-gzip", b"...") as (body, _, shown):
        assert (body.undecoded, shown) == ("pack200-gzip", "pack200-gzip")
        assert "pack200-gzip" in body.reason
        assert body.end is End.COMPLETE


def test_a_body_that_is_packed_twice_is_unpacked() -> None:
    with answered(b"gzip, gzip", gzip.compress(gzip.compress(EVENTS))) as (body, frames, _):
        assert (len(frames), body.undecoded) == (2, "")


def test_a_description_that_can_not_be_decoded_is_an_error() -> None:
    packed = answer(200, b"...", b"content-encoding: pack200-gzip")
    with (
        deployed({"GET /info": say(packed)}) as deployment,
        DeploymentConnection(deployment.url) as upstream,
        pytest.raises(DeploymentError, match="pack200-gzip"),
    ):
        upstream.fetch("GET", "/info")
