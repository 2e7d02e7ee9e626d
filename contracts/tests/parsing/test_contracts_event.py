import pytest

from graphtape_contracts import Frame, sse
from graphtape_contracts.json_value import Absent
from graphtape_contracts.parsing.event import event_of, parse


def read(raw: bytes) -> Frame:
    return sse.decode(raw)[0]


def test_an_event_has_a_mode_a_namespace_and_a_value() -> None:
    event = event_of(read(b'event: updates|a:1|b:2\ndata: {"n":1}\n\n'), 7)

    assert event is not None
    assert (event.number, event.name, event.mode) == (7, "updates|a:1|b:2", "updates")
    assert (event.namespace, event.value) == (("a:1", "b:2"), {"n": 1})


@pytest.mark.parametrize("raw", [b": heartbeat\n\n", b"id: 1\n\n", b"event: a\ndata: 1\n"])
def test_a_comment_a_lone_id_and_a_torn_block_are_not_events(raw: bytes) -> None:
    assert event_of(read(raw), 1) is None


def test_data_without_a_name_is_an_event_without_a_name() -> None:
    event = event_of(read(b"data: 1\n\n"), 1)

    assert event is not None
    assert (event.name, event.mode, event.value) == ("", "", 1)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        (None, Absent.EMPTY),
        ("", Absent.EMPTY),
        (" \n", Absent.EMPTY),
        ("{", Absent.NOT_JSON),
        ("NaN", Absent.NOT_JSON),
        ("[-Infinity]", Absent.NOT_JSON),
        (b"\xff", Absent.NOT_JSON),
        ("[" * 200_000 + "]" * 200_000, Absent.TOO_DEEP),
        (b" null\n", None),
        ('"\\ud800"', "\ud800"),
        ("1e400", float("inf")),
        ("123456789012345678901234567890", 123456789012345678901234567890),
        ("1" * 300 + "0" * 5000, float("inf")),
    ],
    ids=lambda value: str(value)[:30],
)
def test_the_parser_accepts_what_json_parse_accepts(
    text: str | bytes | None, value: object
) -> None:
    assert parse(text) == value
