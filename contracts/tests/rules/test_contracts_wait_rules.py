"""Unusual outputs that a graph may return."""

import pytest
from captured import captured
from mutation import with_body

from graphtape_contracts.checker import check
from graphtape_contracts.finding import Level

_SCHEMA = {"type": "object", "properties": {"a": {"type": "string"}}, "required": ["a", "b"]}


@pytest.mark.parametrize(
    "body",
    [
        b"10",
        b'"text"',
        b"[]",
        b'{"__error__":"x"}',
        b'{"__interrupt__":["x"]}',
        b'{"__interrupt__":[]}',
        b'{"__feedback__":{"up":"http://feedback.test"},"log":[]}',
        b"\n\n\n{}",
        b"[" * 100_000 + b"]" * 100_000,
    ],
    ids=lambda body: repr(body[:30]),
)
def test_any_json_may_be_the_output(body: bytes) -> None:
    findings = check(with_body(body)(captured("python/http-wait-conn-close")))

    assert [finding for finding in findings if finding.level is not Level.NOTE] == []


@pytest.mark.parametrize(
    ("name", "body"),
    [
        ("python/io-wait", b"{}"),
        ("python/io-wait", b'{"__error__":{"error":"ValueError","message":"boom"},"a":5}'),
        ("python/wait-mode-updates", b'{"__interrupt__":[],"__feedback__":{}}'),
    ],
)
def test_errors_and_interrupts_are_not_checked_against_the_output_schema(
    name: str, body: bytes
) -> None:
    findings = check(with_body(body)(captured(name)), output_schema=_SCHEMA)

    assert "wait.advertised" not in {finding.rule for finding in findings}
