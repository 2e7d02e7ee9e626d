"""Refusals with wrong content or in a wrong format."""

from mutation import Mutant, with_body, with_header, with_output, with_status

_UUID = "01a2021b-d09d-7742-adf5-1b8d94436810"
_TRACEBACK = b'{"detail":"Traceback (most recent call last):\\n  File \\"api.py\\", line 1"}'

MUTANTS = [
    Mutant(
        "refusals.no-stream",
        "the refusal has the content type of an event stream",
        "javascript/bad-stream-unknown-assistant",
        with_header("content-type", "text/event-stream"),
    ),
    Mutant(
        "refusals.no-run",
        "the refusal names a run",
        "python/http-stream-no-assistant",
        with_header("content-location", f"/runs/{_UUID}"),
    ),
    Mutant(
        "refusals.method",
        "GET is answered with 200",
        "python-cases/bad-wait-method-get",
        with_status(200),
    ),
    Mutant(
        "refusals.method-status",
        "DELETE is answered with 422",
        "python-cases/bad-stream-method-delete",
        with_status(422),
    ),
    Mutant(
        "refusals.allow",
        "405 without `allow`",
        "aegra/bad-stream-method-put",
        with_header("allow", None),
    ),
    Mutant(
        "refusals.allow",
        "405 that allows only GET",
        "python/http-stream-method-HEAD",
        with_header("allow", "GET"),
    ),
    Mutant(
        "refusals.trailing-slash",
        "404 instead of 307",
        "python/http-stream-trailing-slash",
        with_status(404),
    ),
    Mutant(
        "refusals.trailing-slash",
        "307 to the same path",
        "aegra/bad-wait-trailing-slash",
        with_header("location", "http://server.test/runs/wait/"),
    ),
    Mutant(
        "refusals.body",
        "the detail is a list",
        "python/http-stream-no-assistant",
        with_output(lambda _: {"detail": [{"type": "missing", "loc": ["body", "assistant_id"]}]}),
    ),
    Mutant(
        "refusals.body",
        "the refusal is a string",
        "python/http-wait-assistant-unknown-uuid",
        with_header("content-type", "text/plain"),
    ),
    Mutant(
        "refusals.body",
        "the refusal has no body",
        "javascript-1.5.1/bad-stream-not-json",
        with_body(b""),
    ),
    Mutant(
        "refusals.body",
        "the error is a string",
        "javascript-1.5.1/bad-stream-config-string",
        with_output(lambda output: output | {"error": "config"}),
    ),
    Mutant(
        "refusals.body",
        "an error without a message",
        "aegra/bad-stream-unknown-assistant",
        with_output(lambda _: {"error": "not_found"}),
    ),
    Mutant(
        "refusals.server-fault",
        "503 for a bad request",
        "javascript/bad-wait-no-assistant",
        with_status(503),
    ),
    Mutant(
        "refusals.traceback",
        "a traceback in the detail",
        "python/http-stream-body-bad-json",
        with_body(_TRACEBACK),
    ),
    Mutant(
        "refusals.traceback",
        "the text is a stack trace",
        "javascript/bad-stream-not-json",
        with_body(b"Error\n    at parse (file:///server.mjs:12:3)"),
    ),
]
