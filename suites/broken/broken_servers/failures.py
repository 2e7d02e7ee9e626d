"""Servers that accept invalid requests, or refuse requests in a wrong way."""

import json

from editing import Change, with_header, with_output, with_status

from broken_servers.changes import asked, data, drop, each, event, refusals, then, waits, when
from broken_servers.response_change import ResponseChange
from broken_servers.server import BrokenServer
from graphtape_contracts import Exchange, Frame, Headers, Response
from graphtape_contracts.json_value import is_object
from graphtape_mock.recordings.try_json import value_in

FAILING = ("failing", "tools")
UNKNOWN = "graphtape_unknown_field"
RUN = "/runs/01a20208-0000-7000-8000-000000000000"


def made_up(exchange: Exchange) -> Exchange:
    """Replace the response with a successful run that the mock never made."""
    head: Headers
    if exchange.request.path.endswith("stream"):
        head = (("content-type", "text/event-stream"), ("content-location", RUN))
        content = f'event: metadata\r\ndata: {{"run_id":"{RUN[6:]}","attempt":1}}\r\n\r\n'.encode()
    else:
        head, content = (("content-type", "application/json"),), b"{}"
    return Exchange(exchange.request, Response(200, head), (Frame(0.0, content),))


def text_answer(code: int, text: str) -> Change:
    """Return a change that replaces the response with a status *code* and a plain *text*."""
    head = (("content-type", "text/plain; charset=utf-8"), ("content-length", str(len(text))))
    return lambda e: Exchange(e.request, Response(code, head), (Frame(0.0, text.encode()),))


def no_object(exchange: Exchange) -> bool:
    """Whether the request is a POST whose body is not a JSON object."""
    return exchange.request.method == "POST" and not is_object(value_in(exchange.request.body))


def _failed_stream(exchange: Exchange) -> Exchange:
    """Replace the response with a stream of one `error` event, as if a run had failed."""
    error = event("error", {"error": "NotFound", "message": "no such assistant"})
    head = Response(200, (("content-type", "text/event-stream; charset=utf-8"),))
    return Exchange(exchange.request, head, (Frame(0.0, error),))


def _refused_with(code: int) -> Change:
    return when(lambda e: e.response.status == code, made_up)


FORBIDDEN = [{"type": "extra_forbidden", "loc": ["body", UNKNOWN], "msg": "not permitted"}]
"""The error of a strict pydantic model for an unknown field."""
BLAMED = f'{UNKNOWN!r} was unexpected\n\nFailed validating "additionalProperties" in schema'


def refused_with(detail: object) -> Change:
    """Return a change that replaces the response with a 422 refusal with this *detail*."""
    refusal = text_answer(422, json.dumps({"detail": detail}))
    return then(refusal, with_header("content-type", "application/json"))


SERVERS = [
    BrokenServer(
        "errors.refused",
        "a body that is not a JSON object crashes the server",
        ResponseChange(refusals(when(no_object, text_answer(500, "Internal Server Error")))),
    ),
    BrokenServer(
        "errors.refused",
        "wrong fields start a run",
        ResponseChange(_refused_with(422)),
    ),
    BrokenServer(
        "errors.refused",
        "unknown assistants start a run",
        ResponseChange(_refused_with(404)),
    ),
    BrokenServer(
        "errors.refused",
        "unknown assistants get a stream with an error event",
        ResponseChange(when(lambda e: e.response.status == 404, _failed_stream)),
    ),
    BrokenServer(
        "errors.refused",
        "GET is answered with 200",
        ResponseChange(when(lambda e: e.response.status == 405, with_status(200))),
    ),
    BrokenServer(
        "validation.malformed",
        "any request starts a run",
        ResponseChange(refusals(when(lambda e: e.request.method == "POST", made_up))),
    ),
    BrokenServer(
        "validation.malformed-status",
        "malformed requests are answered with 418",
        ResponseChange(when(lambda e: e.response.status == 422, with_status(418))),
    ),
    BrokenServer(
        "validation.schema",
        "fields of a wrong type are answered with 400",
        ResponseChange(
            when(lambda e: asked(e).get("stream_resumable") == "perhaps", with_status(400))
        ),
        profile="standard",
    ),
    BrokenServer(
        "validation.schema-reason",
        "a refusal cites a schema that allows the field",
        ResponseChange(when(lambda e: UNKNOWN in asked(e), refused_with(BLAMED))),
    ),
    BrokenServer(
        "validation.unknown-field",
        "unknown fields are refused",
        ResponseChange(when(lambda e: UNKNOWN in asked(e), refused_with(FORBIDDEN))),
    ),
    BrokenServer(
        "refusals.no-stream",
        "a refusal is an event stream",
        ResponseChange(refusals(with_header("content-type", "text/event-stream"))),
    ),
    BrokenServer(
        "refusals.no-run",
        "a refusal names a run",
        ResponseChange(refusals(with_header("content-location", RUN))),
    ),
    BrokenServer(
        "refusals.method",
        "PUT starts a run",
        ResponseChange(when(lambda e: e.request.method == "PUT", made_up)),
    ),
    BrokenServer(
        "refusals.method-status",
        "another method is answered with 400",
        ResponseChange(when(lambda e: e.response.status == 405, with_status(400))),
    ),
    BrokenServer(
        "refusals.allow",
        "405 lists no allowed methods",
        ResponseChange(refusals(with_header("allow", None))),
    ),
    BrokenServer(
        "refusals.trailing-slash",
        "a slash at the end is answered with 404",
        ResponseChange(when(lambda e: e.response.status == 307, with_status(404))),
    ),
    BrokenServer(
        "refusals.body",
        "refusals have an empty body",
        ResponseChange(
            refusals(when(lambda e: e.request.method == "POST", with_output(lambda _: {})))
        ),
    ),
    BrokenServer(
        "refusals.server-fault",
        "unknown assistants crash the server",
        ResponseChange(when(lambda e: e.response.status == 404, text_answer(500, "oh no"))),
    ),
    BrokenServer(
        "refusals.traceback",
        "refusals hold a traceback",
        ResponseChange(
            when(
                lambda e: e.response.status == 422,
                with_output(
                    lambda _: {
                        "detail": 'Traceback (most recent call last):\n  File "x.py", line 1, in y'
                    }
                ),
            )
        ),
    ),
    BrokenServer(
        "errors.masked",
        "errors show possible secrets",
        ResponseChange(
            each("error", data(lambda _: {"error": "IndexError", "message": "key sk-12"}))
        ),
    ),
    BrokenServer(
        "errors.masked-output",
        "outputs show possible secrets",
        ResponseChange(
            waits(
                with_output(
                    lambda o: (
                        {"__error__": {"error": "IndexError", "message": "key sk-12"}}
                        if "__error__" in o
                        else o
                    )
                )
            )
        ),
    ),
    BrokenServer(
        "consistency.outcome",
        "streams swallow the error of a run",
        ResponseChange(each("error", drop)),
        FAILING,
    ),
    BrokenServer(
        "errors.any-wrong-field",
        "any wrong field crashes the server",
        ResponseChange(when(lambda e: e.response.status == 422, text_answer(500, "oh no"))),
        live=True,
    ),
]
