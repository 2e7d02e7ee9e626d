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
    Mutant("validation.malformed", "no body starts a run", _STREAM, _with_sent(b"")),
    Mutant(
        "validation.malformed",
        "half of a body starts a run",
        "javascript/wait-plain",
        _with_sent(b'{"assistant_id":"plain"'),
    ),
    Mutant(
        "validation.malformed",
        "a run of no assistant",
        "aegra/wait-plain",
        asking(assistant_id=None),
    ),
    Mutant("validation.malformed", "a run of assistant 5", _STREAM, asking(assistant_id=5)),
    Mutant("validation.malformed", "a config that is a text", _STREAM, asking(config="x")),
    Mutant("validation.malformed", "metadata that are a list", _STREAM, asking(metadata=[])),
    Mutant("validation.malformed", "an unknown end", _STREAM, asking(on_completion="nope")),
    Mutant(
        "validation.malformed",
        "a word for a boolean",
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
        "409 to an array",
        "python-cases/bad-wait-array",
        with_status(409),
    ),
    Mutant(
        "validation.malformed-status",
        "400 in place of 422",
        "aegra/bad-stream-config-string",
        with_status(400),
    ),
    Mutant(
        "validation.malformed-status",
        "422 in place of 400",
        "javascript-1.5.1/bad-stream-no-assistant",
        with_status(422),
    ),
    Mutant(
        "validation.malformed-status",
        "410 to what is no JSON",
        "javascript-embed/bad-stream-not-json",
        with_status(410),
    ),
    Mutant(
        "validation.schema",
        "400 to a number as a webhook",
        "python-cases/bad-wait-webhook-number",
        with_status(400),
    ),
    Mutant(
        "validation.schema",
        "a run with a number as a webhook",
        _STREAM,
        asking(webhook=5),
    ),
    Mutant(
        "validation.schema-reason",
        "an allowed request is refused",
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
