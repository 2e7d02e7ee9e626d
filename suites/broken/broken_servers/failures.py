"""Requests that must be refused and are not, and runs that fail without a word."""

import json

from broken_servers.answering import Change, answering
from broken_servers.changes import (
    asked,
    data,
    drop,
    each,
    event,
    header,
    refusals,
    status,
    then,
    value,
    waits,
    when,
)
from broken_servers.server import BrokenServer
from graphtape_contracts import Exchange, Frame, Headers, Response
from graphtape_contracts.json_value import is_object
from graphtape_mock.recordings.try_json import value_in

FAILING = ("failing", "tools")
UNKNOWN = "graphtape_unknown_field"
RUN = "/runs/01a20208-0000-7000-8000-000000000000"


def made_up(exchange: Exchange) -> Exchange:
    """Answer with a run that nobody made."""
    head: Headers
    if exchange.request.path.endswith("stream"):
        head = (("content-type", "text/event-stream"), ("content-location", RUN))
        content = f'event: metadata\r\ndata: {{"run_id":"{RUN[6:]}","attempt":1}}\r\n\r\n'.encode()
    else:
        head, content = (("content-type", "application/json"),), b"{}"
    return Exchange(exchange.request, Response(200, head), (Frame(0.0, content),))


def text_answer(code: int, text: str) -> Change:
    """Answer with a *code* and a plain text."""
    head = (("content-type", "text/plain; charset=utf-8"), ("content-length", str(len(text))))
    return lambda e: Exchange(e.request, Response(code, head), (Frame(0.0, text.encode()),))


def no_object(exchange: Exchange) -> bool:
    """Whether the body of the request is no JSON object."""
    return exchange.request.method == "POST" and not is_object(value_in(exchange.request.body))


def _failed_stream(exchange: Exchange) -> Exchange:
    """Answer with a stream that has nothing but an error, as if a run had failed."""
    told = event("error", {"error": "NotFound", "message": "no such assistant"})
    head = Response(200, (("content-type", "text/event-stream; charset=utf-8"),))
    return Exchange(exchange.request, head, (Frame(0.0, told),))


def _refused_with(code: int) -> Change:
    return when(lambda e: e.response.status == code, made_up)


FORBIDDEN = [{"type": "extra_forbidden", "loc": ["body", UNKNOWN], "msg": "not permitted"}]
"""What a strict model of pydantic says of an unknown field."""
BLAMED = f'{UNKNOWN!r} was unexpected\n\nFailed validating "additionalProperties" in schema'


def refused_with(detail: object) -> Change:
    """Refuse with 422 and a *detail*."""
    told = text_answer(422, json.dumps({"detail": detail}))
    return then(told, header("content-type", "application/json"))


SERVERS = [
    BrokenServer(
        "errors.refused",
        "a body that is no JSON object makes the server fail",
        answering(refusals(when(no_object, text_answer(500, "Internal Server Error")))),
    ),
    BrokenServer(
        "errors.refused",
        "wrong fields are answered with a made-up run",
        answering(_refused_with(422)),
    ),
    BrokenServer(
        "errors.refused",
        "unknown assistants are answered with a made-up run",
        answering(_refused_with(404)),
    ),
    BrokenServer(
        "errors.refused",
        "unknown assistants are an error event of a stream",
        answering(when(lambda e: e.response.status == 404, _failed_stream)),
    ),
    BrokenServer(
        "errors.refused",
        "GET is answered with 200",
        answering(when(lambda e: e.response.status == 405, status(200))),
    ),
    BrokenServer(
        "validation.malformed",
        "a run is made of whatever is sent",
        answering(refusals(when(lambda e: e.request.method == "POST", made_up))),
    ),
    BrokenServer(
        "validation.malformed-status",
        "malformed requests are answered with 418",
        answering(when(lambda e: e.response.status == 422, status(418))),
    ),
    BrokenServer(
        "validation.schema",
        "fields of a wrong type are answered with 400",
        answering(when(lambda e: asked(e).get("stream_resumable") == "perhaps", status(400))),
        profile="standard",
    ),
    BrokenServer(
        "validation.schema-reason",
        "a schema is blamed for what it allows",
        answering(when(lambda e: UNKNOWN in asked(e), refused_with(BLAMED))),
    ),
    BrokenServer(
        "validation.unknown-field",
        "unknown fields are refused",
        answering(when(lambda e: UNKNOWN in asked(e), refused_with(FORBIDDEN))),
    ),
    BrokenServer(
        "refusals.no-stream",
        "a refusal is an event stream",
        answering(refusals(header("content-type", "text/event-stream"))),
    ),
    BrokenServer(
        "refusals.no-run",
        "a refusal names a run",
        answering(refusals(header("content-location", RUN))),
    ),
    BrokenServer(
        "refusals.method",
        "runs are made by PUT, too",
        answering(when(lambda e: e.request.method == "PUT", made_up)),
    ),
    BrokenServer(
        "refusals.method-status",
        "another method is answered with 400",
        answering(when(lambda e: e.response.status == 405, status(400))),
    ),
    BrokenServer(
        "refusals.allow",
        "405 does not say what is allowed",
        answering(refusals(header("allow", None))),
    ),
    BrokenServer(
        "refusals.trailing-slash",
        "a slash at the end is answered with 404",
        answering(when(lambda e: e.response.status == 307, status(404))),
    ),
    BrokenServer(
        "refusals.body",
        "refusals say nothing",
        answering(refusals(when(lambda e: e.request.method == "POST", value(lambda _: {})))),
    ),
    BrokenServer(
        "refusals.server-fault",
        "unknown assistants make the server fail",
        answering(when(lambda e: e.response.status == 404, text_answer(500, "oh no"))),
    ),
    BrokenServer(
        "refusals.traceback",
        "refusals hold a traceback",
        answering(
            when(
                lambda e: e.response.status == 422,
                value(
                    lambda _: {
                        "detail": 'Traceback (most recent call last):\n  File "x.py", line 1, in y'
                    }
                ),
            )
        ),
    ),
    BrokenServer(
        "errors.masked",
        "errors show what may be secret",
        answering(each("error", data(lambda _: {"error": "IndexError", "message": "key sk-12"}))),
    ),
    BrokenServer(
        "errors.masked-output",
        "outputs show what may be secret",
        answering(
            waits(
                value(
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
        answering(each("error", drop)),
        FAILING,
    ),
    BrokenServer(
        "errors.any-wrong-field",
        "any wrong field makes the server fail",
        answering(when(lambda e: e.response.status == 422, text_answer(500, "oh no"))),
        live=True,
    ),
]
