"""Requests that are accepted but should be refused, or the reverse."""

from dataclasses import replace

from mutation import (
    Change,
    Mutant,
    asking,
    with_output,
    with_request,
    with_status,
)

_STREAM = "python/http-stream-conn-close"
_REFUSED_FOR_NO_REASON = (
    '{"log":1} is not of type "string"\n\nFailed validating "type" in schema["properties"]'
)


def _with_sent(body: bytes) -> Change:
    return with_request(lambda request: replace(request, body=body))


MUTANTS = [
    Mutant("validation.malformed", "an array starts a run", _STREAM, _with_sent(b"[]")),
    Mutant("validation.malformed", "an empty body starts a run", _STREAM, _with_sent(b"")),
    Mutant(
        "validation.malformed",
        "incomplete JSON starts a run",
        "javascript/wait-plain",
        _with_sent(b'{"assistant_id":"plain"'),
    ),
    Mutant(
        "validation.malformed",
        "a run without an assistant",
        "aegra/wait-plain",
        asking(assistant_id=None),
    ),
    Mutant(
        "validation.malformed",
        "a run with a number as the assistant",
        _STREAM,
        asking(assistant_id=5),
    ),
    Mutant("validation.malformed", "a config that is a string", _STREAM, asking(config="x")),
    Mutant("validation.malformed", "metadata that are a list", _STREAM, asking(metadata=[])),
    Mutant(
        "validation.malformed", "an unknown `on_completion`", _STREAM, asking(on_completion="nope")
    ),
    Mutant(
        "validation.malformed",
        "a word instead of a boolean",
        "javascript-1.5.1/wait-plain",
        asking(stream_subgraphs="nope"),
    ),
    Mutant(
        "validation.malformed",
        "a mode that is a number",
        "python/http-wait-conn-close",
        asking(stream_mode=5),
    ),
    Mutant(
        "validation.malformed-status",
        "409 for an array",
        "python-cases/bad-wait-array",
        with_status(409),
    ),
    Mutant(
        "validation.malformed-status",
        "400 instead of 422",
        "aegra/bad-stream-config-string",
        with_status(400),
    ),
    Mutant(
        "validation.malformed-status",
        "422 instead of 400",
        "javascript-1.5.1/bad-stream-no-assistant",
        with_status(422),
    ),
    Mutant(
        "validation.malformed-status",
        "410 for invalid JSON",
        "javascript-embed/bad-stream-not-json",
        with_status(410),
    ),
    Mutant(
        "validation.schema",
        "400 for a number as the webhook",
        "python-cases/bad-wait-webhook-number",
        with_status(400),
    ),
    Mutant(
        "validation.schema",
        "a run with a number as the webhook",
        _STREAM,
        asking(webhook=5),
    ),
    Mutant(
        "validation.schema-reason",
        "a valid request is refused",
        "python/http-stream-assistant-unknown-name",
        with_output(lambda _: {"detail": _REFUSED_FOR_NO_REASON}),
    ),
    Mutant(
        "validation.unknown-field",
        "pydantic forbids a field",
        "aegra/bad-wait-input-array",
        with_output(
            lambda _: {"detail": [{"type": "extra_forbidden", "loc": ["body", "if_not_exists"]}]}
        ),
    ),
    Mutant(
        "validation.unknown-field",
        "zod forbids a field",
        "javascript-1.5.1/bad-wait-webhook-number",
        with_output(
            lambda output: (
                output
                | {
                    "error": {
                        "issues": [{"code": "unrecognized_keys", "keys": ["extra"], "path": []}]
                    }
                }
            )
        ),
    ),
]
