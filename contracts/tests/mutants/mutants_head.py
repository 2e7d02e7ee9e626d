"""Responses with a wrong status or wrong headers."""

from dataclasses import replace

from mutation import Change, Mutant, with_header, with_response, with_status

_VALUES = "python/mode-agent-values"
_WAIT = "python/wait-mode-values"
_JAVASCRIPT = "javascript/stream-default"
_ID = "01a2021a-ff2e-775a-b3e7-411d3384fb79"


def _twice(name: str) -> Change:
    """Make a change that repeats the header *name*."""
    return with_response(
        lambda response: replace(
            response, headers=(*response.headers, (name, response.header(name) or ""))
        )
    )


MUTANTS = [
    Mutant("head.status", "a run is answered with 201", _WAIT, with_status(201)),
    Mutant(
        "head.stream-type",
        "the content type is in upper case",
        _VALUES,
        with_header("content-type", "Text/Event-Stream"),
    ),
    Mutant(
        "head.stream-type",
        "the content type is missing",
        _VALUES,
        with_header("content-type", None),
    ),
    Mutant(
        "head.charset",
        "Latin-1",
        _VALUES,
        with_header("content-type", "text/event-stream; charset=iso-8859-1"),
    ),
    Mutant("head.once", "two content types", _VALUES, _twice("content-type")),
    Mutant("head.once", "two locations", _WAIT, _twice("location")),
    Mutant(
        "head.content-location-form",
        "the run id is not a UUID",
        _VALUES,
        with_header("content-location", "/runs/5"),
    ),
    Mutant(
        "head.content-location-form",
        "the content-location is the path of the stream",
        "javascript/stream-default",
        with_header("content-location", f"/runs/{_ID}/stream"),
    ),
    Mutant(
        "head.content-location",
        "the content-location is missing",
        _WAIT,
        with_header("content-location", None),
    ),
    Mutant(
        "head.scheme",
        "LangGraph.js includes a thread",
        "javascript/wait-docs",
        with_header("content-location", f"/threads/{_ID}/runs/{_ID}"),
    ),
    Mutant(
        "head.location",
        "the location is that of another run",
        _VALUES,
        with_header("location", f"/runs/{_ID}/stream"),
    ),
    Mutant("head.location", "the location is missing", _WAIT, with_header("location", None)),
    Mutant(
        "head.location",
        "the location is a full URL",
        _WAIT,
        with_response(
            lambda response: replace(
                response,
                headers=tuple(
                    (k, f"http://server.test{v}" if k == "location" else v)
                    for k, v in response.headers
                ),
            )
        ),
    ),
    Mutant("head.no-encoding", "gzip", _VALUES, with_header("content-encoding", "gzip")),
    Mutant("head.no-length", "a content-length", _VALUES, with_header("content-length", "1000")),
    Mutant(
        "head.cache-control",
        "the response may be cached for an hour",
        _JAVASCRIPT,
        with_header("cache-control", "max-age=3600"),
    ),
    Mutant("head.cache-control", "nothing", _VALUES, with_header("cache-control", None)),
    Mutant("head.no-buffering", "nothing", _VALUES, with_header("x-accel-buffering", None)),
    Mutant("head.output-type", "HTML", _WAIT, with_header("content-type", "text/html")),
    Mutant(
        "head.output-type",
        "text/plain on langgraph-api",
        _WAIT,
        with_header("content-type", "text/plain; charset=UTF-8"),
    ),
]
