"""Secrets that are split over the frames of a stream: none is left, and nothing else changes."""

from collections.abc import Callable, Iterable
from itertools import pairwise
from typing import Any

import orjson
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from secrets_corpus import SECRETS

from graphtape_contracts import Frame, sse
from graphtape_mock.redaction.placeholders import Replaced
from graphtape_mock.redaction.redactor import Redactor
from graphtape_mock.redaction.split import (
    MOST_HELD_BYTES,
    MOST_HELD_FRAMES,
    LiveRedaction,
    redact_frames,
)

Make = Callable[[list[str]], list[tuple[str, Any]]]
"""Makes the events that stream the pieces of a text."""
Read = Callable[[list[Any]], str]
"""Returns the text that the data of such events add up to."""

METADATA = {"langgraph_node": "agent", "run_id": "r"}


def _contents(pieces: list[str]) -> list[tuple[str, Any]]:
    chunks = ({"content": piece, "type": "AIMessageChunk", "id": "m"} for piece in pieces)
    return [("messages", [chunk, METADATA]) for chunk in chunks]


def _read_contents(data: list[Any]) -> str:
    return "".join(chunk["content"] for chunk, _ in data)


def _blocks(pieces: list[str]) -> list[tuple[str, Any]]:
    """Two blocks in each chunk; the piece before the last is in a frame of its own."""
    events: list[tuple[str, Any]] = []
    for first in range(0, len(pieces), 2):
        blocks = [{"type": "text", "text": text, "index": 0} for text in pieces[first : first + 2]]
        events.append(("messages|sub:1", [{"content": blocks, "id": "m"}, METADATA]))
    return events


def _read_blocks(data: list[Any]) -> str:
    return "".join(block["text"] for chunk, _ in data for block in chunk["content"])


def _args(pieces: list[str]) -> list[tuple[str, Any]]:
    """Two calls in the first chunk, then the second of them goes on alone."""
    events: list[tuple[str, Any]] = []
    for number, piece in enumerate(pieces):
        call = {"name": None, "args": piece, "id": None, "index": 1}
        other = {"name": "f", "args": "{}", "id": "call_1", "index": 0}
        calls = [call] if number else [other, call]
        events.append(("messages", [{"content": "", "id": "m", "tool_call_chunks": calls}, {}]))
    return events


def _read_args(data: list[Any]) -> str:
    return "".join(chunk["tool_call_chunks"][-1]["args"] for chunk, _ in data)


def _events(pieces: list[str]) -> list[tuple[str, Any]]:
    return [
        (
            "events",
            {"event": "on_chat_model_stream", "run_id": "r", "data": {"chunk": {"content": piece}}},
        )
        for piece in pieces
    ]


def _read_events(data: list[Any]) -> str:
    return "".join(each["data"]["chunk"]["content"] for each in data)


def _custom(pieces: list[str]) -> list[tuple[str, Any]]:
    return [("custom", piece) for piece in pieces]


def _read_custom(data: list[Any]) -> str:
    return "".join(data)


def _custom_with_ids(pieces: list[str]) -> list[tuple[str, Any]]:
    return [("custom", {"id": f"e{n}", "a": {"b": piece}}) for n, piece in enumerate(pieces)]


def _read_custom_with_ids(data: list[Any]) -> str:
    return "".join(each["a"]["b"] for each in data)


def _partials(pieces: list[str]) -> list[tuple[str, Any]]:
    grown = ("".join(pieces[: end + 1]) for end in range(len(pieces)))
    return [("messages/partial", [{"content": text, "id": "m"}]) for text in grown]


def _read_partials(data: list[Any]) -> str:
    texts = [message["content"] for (message,) in data]
    assert all(later.startswith(text) for text, later in pairwise(texts))
    return texts[-1] if texts else ""


STREAMS: list[tuple[Make, Read]] = [
    (_contents, _read_contents),
    (_blocks, _read_blocks),
    (_args, _read_args),
    (_events, _read_events),
    (_custom, _read_custom),
    (_custom_with_ids, _read_custom_with_ids),
    (_partials, _read_partials),
]


def _frames(events: Iterable[tuple[str, Any]]) -> list[Frame]:
    body = b"".join(sse.encode_event(name, orjson.dumps(data).decode()) for name, data in events)
    return sse.decode(body)


def _data(frames: Iterable[Frame], kind: str) -> list[Any]:
    return [
        orjson.loads(frame.data)
        for frame in frames
        if frame.event and frame.event.partition("|")[0] == kind
        if frame.data and "on_chain_start" not in frame.data
    ]


def _live(redactor: Redactor, frames: list[Frame]) -> list[Frame]:
    live = LiveRedaction(redactor)
    return [*(out for frame in frames for out in live.feed(frame)), *live.close()]


def _afterwards(redactor: Redactor, frames: list[Frame]) -> list[Frame]:
    return list(redact_frames(frames, redactor))


def _both(redactor: Redactor, frames: list[Frame]) -> list[Frame]:
    written = _live(redactor, frames)
    redactor.keep_placeholders()
    return list(redact_frames(written, redactor))


WAYS = [_live, _afterwards, _both]
# Neither the texts around it nor the kinds of frames have a character of the value.
values = st.text("QXYZ!$é\"\\'/+😀", min_size=6, max_size=16)
around = st.text("abc \n{}", max_size=6)


def _cut(text: str, places: list[int]) -> list[str]:
    cuts = [0, *sorted(place % (len(text) + 1) for place in places), len(text)]
    return [text[start:end] for start, end in pairwise(cuts)]


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize(("make", "read"), STREAMS)
@given(values, around, around, st.lists(st.integers(0, 40), max_size=6), st.booleans())
@settings(deadline=None)
def test_a_given_value_is_never_left_however_it_is_split(
    make: Make,
    read: Read,
    way: Callable[[Redactor, list[Frame]], list[Frame]],
    value: str,
    before: str,
    after: str,
    places: list[int],
    twice: bool,
) -> None:
    text = before + value + after + (value if twice else "")
    events = make(_cut(text, places))
    kind = events[0][0].partition("|")[0]
    beside = [("updates", {"agent": None}), ("events", {"event": "on_chain_start"})]
    frames = _frames(event for pair in events for event in (pair, *beside))
    frames += sse.decode(sse.encode_comment())
    redactor = Redactor(secrets=[value])

    redacted = way(redactor, frames)

    joined = read(_data(redacted, kind))
    assert value not in joined
    # A value next to itself may get a placeholder more, or share one.
    assert joined.replace("[redacted-1]", "") == text.replace(value, "")
    assert len(redacted) == len(frames)
    assert value.encode() not in sse.encode(redacted)
    assert orjson.dumps(value)[1:-1] not in sse.encode(redacted)


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize(("make", "read"), STREAMS)
@given(st.text("hunter2- x", max_size=30), st.lists(st.integers(0, 40), max_size=6))
@settings(deadline=None)
def test_frames_without_a_secret_are_the_same_objects(
    make: Make,
    read: Read,
    way: Callable[[Redactor, list[Frame]], list[Frame]],
    text: str,
    places: list[int],
) -> None:
    del read
    frames = _frames(make(_cut(text, places)))

    redacted = way(Redactor(secrets=["hunter2-hunter2-hunter2-hunter2"]), frames)

    assert [id(frame) for frame in redacted] == [id(frame) for frame in frames]


@pytest.mark.parametrize(("make", "read"), STREAMS)
def test_a_key_of_a_known_format_is_found_once_its_message_is_complete(
    make: Make, read: Read
) -> None:
    left: list[str] = []
    for _, value in SECRETS[::5]:
        text = f"it is {value} there"
        events = make(_cut(text, list(range(5, len(text), 11))))
        redacted = redact_frames(_frames(events), Redactor())
        left.append(read(_data(redacted, events[0][0].partition("|")[0])))

    assert [text for text in left if "[redacted-1]" not in text] == []
    assert not any(value[-12:] in text for (_, value), text in zip(SECRETS[::5], left, strict=True))


def test_a_password_in_streamed_arguments_is_found_by_its_name() -> None:
    pieces = ['{"pass', 'word": "hun', 'ter2", "pin', '_secret": 12', '34, "q": 1}']
    frames = _frames(_args(pieces))

    redacted = redact_frames(frames, Redactor())

    assert orjson.loads(_read_args(_data(redacted, "messages"))) == {
        "password": "[redacted-1]",
        "pin_secret": "[redacted-2]",
        "q": 1,
    }


def test_what_continues_the_beginning_of_a_value_decides_when_a_frame_is_written() -> None:
    live = LiveRedaction(Redactor(secrets=["hunter2-hunter2"]))
    frames = _frames([*_contents(["I hunt", "ed it, hun"]), ("updates", {}), *_contents(["!"])])

    assert [live.feed(frame) for frame in frames] == [[], frames[:1], [], frames[1:]]
    assert live.close() == []


def test_the_texts_of_two_messages_are_not_joined() -> None:
    chunks = [{"content": "hunter2-", "id": "a"}, {"content": "hunter2", "id": "b"}]
    frames = _frames(("messages", [chunk, {}]) for chunk in chunks)

    assert _both(Redactor(secrets=["hunter2-hunter2"]), frames) == frames


def test_a_longer_value_that_begins_as_a_shorter_one_is_replaced_whole() -> None:
    frames = _frames(_contents(["hunter2", "-hunt", "er2 and hunter2 "]))

    redacted = _live(Redactor(secrets=["hunter2", "hunter2-hunter2"]), frames)

    assert _read_contents(_data(redacted, "messages")) == "[redacted-1] and [redacted-2] "


def test_a_text_that_does_not_go_on_holds_nothing_back_for_ever() -> None:
    live = LiveRedaction(Redactor(secrets=["hunter2-hunter2"]))
    live.feed(_frames(_contents(["hun"]))[0])
    other = _frames([("updates", {})])[0]

    written = [len(live.feed(other)) for _ in range(100)]

    assert sum(written) == 101
    assert max(written) <= 65


@pytest.mark.parametrize("size", [1, 60_000])
def test_what_is_held_back_is_bounded(size: int) -> None:
    live = LiveRedaction(Redactor(secrets=["hunter2-hunter2"]))
    held = 0
    for number in range(300 if size == 1 else 40):
        chunk = {"content": "x" * size + "hun", "id": f"m{number % 50}"}
        frame = _frames([("messages", [chunk, {}])])[0]
        held += 1 - len(live.feed(frame))

        assert held <= MOST_HELD_FRAMES
        assert held * size <= MOST_HELD_BYTES

    assert len(live.close()) == held


def test_a_growing_text_that_is_replaced_by_another_begins_again() -> None:
    texts = ["hunter2-", "hello", "hello hunter2-", "hello hunter2-hunter2"]
    frames = _frames(("messages/partial", [{"content": text, "id": "m"}]) for text in texts)

    redacted = _both(Redactor(secrets=["hunter2-hunter2"]), frames)

    assert [message["content"] for (message,) in _data(redacted, "messages/partial")] == [
        "hunter2-",
        "hello",
        "hello [redacted-1]",
        "hello [redacted-1]",
    ]


def test_other_secrets_of_a_frame_are_replaced_as_it_comes() -> None:
    chunk = {"content": "sk-abcdefgh12345678", "id": "m"}
    frame = _frames([("messages", [chunk, {"api_key": "x"}])])[0]

    (redacted,) = _live(Redactor(), [frame])

    assert orjson.loads(redacted.data or "") == [chunk, {"api_key": "[redacted-1]"}]


def test_placeholders_of_the_redactor_itself_stay() -> None:
    redactor = Redactor(secrets=["hunter2-hunter2"])
    redactor.redact_text("Bearer abc12345xyz")
    frames = _frames([*_contents(["hunter2-", "hunter2"]), ("updates", {"password": "x"})])

    redacted = _both(redactor, frames)

    assert _read_contents(_data(redacted, "messages")) == "[redacted-2]"
    assert _data(redacted, "updates") == [{"password": "[redacted-3]"}]
    assert redactor.replaced[1:] == (
        Replaced("given", "event 1 messages[0].content", 1),
        Replaced("named:password", "event 3 updates.password", 1),
    )
