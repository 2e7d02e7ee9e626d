import asyncio
from collections.abc import Iterator

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from starlette.requests import ClientDisconnect
from starlette.types import Message

from graphtape_mock.server.errors import ApiError
from graphtape_mock.server.request_body import BODY_LIMIT, read_body

DISCONNECT: Message = {"type": "http.disconnect"}


def chunks(*pieces: bytes) -> list[Message]:
    *first, last = pieces
    more = [{"type": "http.request", "body": piece, "more_body": True} for piece in first]
    return [*more, {"type": "http.request", "body": last}]


def read(
    messages: list[Message], limit: int = BODY_LIMIT, headers: tuple[tuple[bytes, bytes], ...] = ()
) -> bytes:
    left: Iterator[Message] = iter(messages)

    async def receive() -> Message:
        return next(left)

    return asyncio.run(read_body(receive, limit, headers))


@given(pieces=st.lists(st.binary(max_size=20), min_size=1, max_size=5))
@settings(deadline=None)
def test_a_body_is_its_chunks_joined(pieces: list[bytes]) -> None:
    assert read(chunks(*pieces)) == b"".join(pieces)


@pytest.mark.parametrize("pieces", [(b"12345",), (b"123", b"45")])
def test_a_body_may_be_as_long_as_the_limit(pieces: tuple[bytes, ...]) -> None:
    headers = ((b"host", b"x"), (b"content-length", b"5"))

    assert read(chunks(*pieces), 5, headers) == b"12345"


@pytest.mark.parametrize(
    ("messages", "headers"),
    [
        ([], ((b"content-length", b"6"),)),
        (chunks(b"123456"), ()),
        (chunks(b"123", b"456", b"never read")[:2], ()),
    ],
    ids=["announced", "at once", "in chunks"],
)
def test_a_longer_body_is_refused_as_soon_as_that_is_certain(
    messages: list[Message], headers: tuple[tuple[bytes, bytes], ...]
) -> None:
    with pytest.raises(ApiError) as caught:
        read(messages, 5, headers)

    assert caught.value.status == 413
    assert caught.value.detail == "Request body too large (limit: 5 bytes)"


@pytest.mark.parametrize("before", [[], chunks(b"1", b"2")[:1]])
def test_a_client_that_goes_away_is_noticed(before: list[Message]) -> None:
    with pytest.raises(ClientDisconnect):
        read([*before, DISCONNECT])
