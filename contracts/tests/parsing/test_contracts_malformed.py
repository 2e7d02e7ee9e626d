"""A request is malformed only if every server refuses it."""

import json
from typing import Any

import pytest

from graphtape_contracts.exchange import Request
from graphtape_contracts.parsing.malformed import why_malformed


def _request(body: bytes, *headers: tuple[str, str]) -> Request:
    return Request("POST", "/runs/stream", headers, body)


@pytest.mark.parametrize(
    "body",
    [b"", b" ", b"{", b"{'a': 1}", b"{}x", b"null", b'"text"', b"[{}]", b"{}", b'{"input": {}}'],
)
def test_a_body_that_is_not_an_object_with_an_assistant_is_malformed(body: bytes) -> None:
    assert why_malformed(_request(body)) is not None


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("assistant_id", 5),
        ("assistant_id", ["agent"]),
        ("config", []),
        ("metadata", "x"),
        ("stream_mode", 5),
        ("stream_subgraphs", "nope"),
        ("stream_subgraphs", 5),
        ("on_completion", "nope"),
        ("on_completion", ["keep"]),
    ],
)
def test_a_value_that_no_server_accepts_is_malformed(field: str, value: Any) -> None:
    body = {"assistant_id": "agent"} | {field: value}

    assert why_malformed(_request(json.dumps(body).encode())) is not None


@pytest.mark.parametrize(
    "fields",
    [
        {},
        {"config": None, "metadata": None, "stream_subgraphs": None, "on_completion": None},
        {"stream_subgraphs": "true"},
        {"stream_subgraphs": 1},
        {"stream_mode": "unknown-mode"},
        {"stream_mode": None},
        {"input": [1], "command": 5, "webhook": 5, "unknown": 5},
        {"input": float("nan")},
    ],
    ids=str,
)
def test_a_value_that_some_servers_accept_is_not_malformed(fields: dict[str, Any]) -> None:
    body = {"assistant_id": "agent"} | fields

    assert why_malformed(_request(json.dumps(body).encode())) is None


@pytest.mark.parametrize(
    "body",
    [
        b'\xef\xbb\xbf{"assistant_id": "agent"}',
        '{"assistant_id": "agent"}'.encode("utf-16"),
        '{"assistant_id": "agent"}'.encode("utf-16-le"),
        b'{"assistant_id": "\xff"}',
        b'{"assistant_id": "agent", "input": "\\ud800"}',
        b'{"assistant_id": "agent", "input": ' + b"9" * 5000 + b"}",
        b"[" * 100_000,
    ],
    ids=["BOM", "UTF-16", "UTF-16-LE", "not UTF-8", "lone surrogate", "huge", "deep"],
)
def test_bytes_that_servers_decode_differently_are_not_malformed(body: bytes) -> None:
    assert why_malformed(_request(body)) is None


@pytest.mark.parametrize("header", ["transfer-encoding", "content-encoding"])
def test_an_encoded_body_is_ignored(header: str) -> None:
    assert why_malformed(_request(b"\x1f\x8b", (header, "gzip"))) is None
