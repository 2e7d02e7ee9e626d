"""Unusual streams that are valid, and the findings in those that are not."""

import json
from collections.abc import Iterable
from dataclasses import replace

import pytest
from captured import captured
from hypothesis import given, settings
from hypothesis import strategies as st

from graphtape_contracts import End, sse
from graphtape_contracts.checker import check
from graphtape_contracts.dialect import Dialect
from graphtape_contracts.finding import Finding
from graphtape_contracts.rules import fields, framing

RULES = (*framing.RULES, *fields.RULES)
UNKNOWN = "javascript-embed/stream-default"


def judge(body: bytes, end: End = End.COMPLETE, *, dialect: Dialect | None = None) -> list[Finding]:
    exchange = replace(captured(UNKNOWN), frames=tuple(sse.decode(body)), end=end)
    return check(exchange, RULES, dialect=dialect)


def ids(findings: Iterable[Finding]) -> list[str]:
    return [finding.rule for finding in findings]


@pytest.mark.parametrize("separator", ["\u2028", "\u2029", "\u0085", "\ufeff"])
def test_unicode_separators_and_marks_in_data_are_ordinary_characters(separator: str) -> None:
    body = f'event: custom\r\ndata: "a{separator}b"\r\n\r\n'.encode()

    assert judge(body, dialect=Dialect.PYTHON) == []


def test_an_end_may_have_no_data() -> None:
    assert judge(b"event: end\n\n") == []


def test_an_empty_stream_is_complete() -> None:
    assert judge(b"") == []


def beginnings(body: bytes) -> list[bytes]:
    """Return every prefix of *body*: all bodies that may arrive if the stream is cut."""
    return [body[:length] for length in range(len(body) + 1)]


@pytest.mark.parametrize("end", [End.CUT, End.STOPPED, End.UNKNOWN])
def test_a_cut_stream_may_end_anywhere(end: End) -> None:
    event = 'event: custom\r\ndata: "é\u2028"\r\nid: 1-0\r\n\r\n'.encode()
    body = event + b": heartbeat\r\n\r\n" + event

    wrong = [
        (sent, findings)
        for sent in beginnings(body)
        if (findings := judge(sent, end, dialect=Dialect.PYTHON))
    ]

    assert wrong == []


def test_a_complete_stream_ends_only_after_a_block() -> None:
    event, comment = b"event: custom\r\ndata: 1\r\n\r\n", b": heartbeat\r\n\r\n"

    found = {sent: ids(judge(sent, dialect=Dialect.PYTHON)) for sent in beginnings(event + comment)}

    expected = dict.fromkeys(found, ["framing.complete"])
    expected |= dict.fromkeys((b"", event, event + comment), list[str]())
    # A lone CR ends the block too, but this server does not use it.
    expected |= dict.fromkeys((event[:-1], (event + comment)[:-1]), ["framing.line-ends"])
    assert found == expected


def test_a_lone_carriage_return_before_another_block_is_reported() -> None:
    body = b"event: custom\r\ndata: 1\r\n\revent: custom\r\ndata: 1\r\n\r\n"

    assert ids(judge(body, End.CUT, dialect=Dialect.PYTHON)) == ["framing.line-ends"]


@pytest.mark.parametrize("end", [End.CUT, End.STOPPED, End.UNKNOWN])
def test_the_lines_of_a_torn_block_are_not_checked(end: End) -> None:
    torn = b"event: custom\r\nretry\r\ndata: 1\r\n"

    assert judge(torn, end, dialect=Dialect.PYTHON) == []
    assert ids(judge(torn + b"\r\n", end, dialect=Dialect.PYTHON)) == ["fields.no-retry"]


def test_invalid_bytes_in_a_torn_block_are_reported() -> None:
    assert ids(judge(b'data: "\xff', End.CUT)) == ["framing.utf8"]


def test_a_torn_block_is_shown_and_counted() -> None:
    (finding,) = judge(b"event: custom\ndata: 1\n\nevent: cus")

    assert finding.rule == "framing.complete"
    assert finding.frame == 2
    assert finding.got == 'the end after "event: cus"'


@pytest.mark.parametrize("eol", ["\n", "\r\n"])
def test_an_unknown_server_may_end_lines_with_either(eol: sse.Eol) -> None:
    body = sse.encode_event("custom", "1", eol=eol) + sse.encode_comment(eol="\n")

    assert judge(body) == []


def test_a_finding_names_the_wrong_line_ends() -> None:
    (finding,) = judge(b"event: custom\rdata: 1\n\n", dialect=Dialect.PYTHON)

    assert (finding.expected, finding.got) == ("CRLF", "LF and CR")


@pytest.mark.parametrize(
    "text",
    [r"\ud83d\ude00", r"\uD83D\uDE00", r"\\ud83d", r"\\\\ude00", r"\n\u00e9\"", r"\ud83d\ude00x"],
)
def test_surrogate_pairs_and_escaped_backslashes_are_accepted(text: str) -> None:
    assert judge(f'event: custom\ndata: "{text}"\n\n'.encode()) == []


@pytest.mark.parametrize(
    "text", [r"\ud83d", r"\ude00", r"\ud83d\ud83d\ude00", r"\ud83dx\ude00", r"\\\ud83d"]
)
def test_a_lone_surrogate_is_reported_with_its_place(text: str) -> None:
    (finding,) = judge(f'event: custom\ndata: "{text}"\n\n'.encode())

    assert finding.rule == "framing.no-lone-surrogates"
    assert finding.got.startswith(r"a lone surrogate: \ud")


def test_invalid_json_is_reported_once() -> None:
    body = b'event: custom\ndata: {"a": \\ud83d\n\n'

    (finding,) = judge(body, dialect=Dialect.AEGRA)

    assert finding.rule == "framing.json"


@pytest.mark.parametrize("block", [b"retry: 5\n\n", b"id\n\n", b"\n", b"what: 5\n\n"])
def test_a_block_that_is_neither_event_nor_comment_is_reported(block: bytes) -> None:
    assert "framing.no-stray-blocks" in ids(judge(block + b"event: custom\ndata: 1\n\n"))


def test_unknown_servers_may_send_retries_and_fields_in_any_order() -> None:
    assert judge(b"id:5\ndata:1\nevent:custom\nretry:5\n\n") == []


def test_the_order_of_fields_depends_on_their_first_lines() -> None:
    body = b"event: custom\ndata: [\nid: 1\ndata: ]\n\n"

    assert judge(body, dialect=Dialect.JAVASCRIPT) == []


_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
)


@settings(deadline=None)
@given(
    blocks=st.lists(st.tuples(st.sampled_from(["values", "custom", "updates|a:1"]), _JSON)),
    beats=st.integers(0, 3),
    dialect=st.sampled_from(Dialect),
)
def test_encoded_events_comply_with_their_dialect(
    blocks: list[tuple[str, object]], beats: int, dialect: Dialect
) -> None:
    eol: sse.Eol = "\r\n" if dialect is Dialect.PYTHON else "\n"
    comment_eol: sse.Eol = "\n" if dialect is Dialect.JAVASCRIPT else "\r\n"
    body = b"".join(
        sse.encode_event(name, compact(value), eol=eol)
        + sse.encode_comment(eol=comment_eol) * beats
        for name, value in blocks
    )

    assert judge(body, dialect=dialect) == []


@settings(deadline=None)
@given(value=_JSON)
def test_json_is_compact_if_and_only_if_there_is_no_white_space_between_tokens(
    value: object,
) -> None:
    written = [compact(value), spaced(value)]

    found = [
        ids(judge(f"event: custom\r\ndata: {text}\r\n\r\n".encode(), dialect=Dialect.PYTHON))
        for text in written
    ]

    assert found == [[], [] if written[0] == written[1] else ["framing.compact"]]


def compact(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def spaced(value: object) -> str:
    return json.dumps(value, ensure_ascii=False)
