"""Responses with a wrong status or wrong headers."""

from dataclasses import replace

from mutation import Change, Mutant, with_header, with_response, with_status

_VALUES = "python/mode-agent-values"
_WAIT = "python/wait-mode-values"
_JAVASCRIPT = "javascript/stream-default"
_ID = "01a2021a-ff2e-775a-b3e7-411d3384fb79"


def _twice(name: str) -> Change:
    """Send the header *name* twice."""
    return with_response(
        lambda response: replace(
            response, headers=(*response.headers, (name, response.header(name) or ""))
        )
    )


MUTANTS = [
    Mutant("head.status", "a run is answered with 201", _WAIT, with_status(201)),
    Mutant(
        "head.stream-type",
        "a stream in upper case",
        _VALUES,
        with_header("content-type", "Text/Event-Stream"),
    ),
    Mutant("head.stream-type", "no type at all", _VALUES, with_header("content-type", None)),
    Mutant(
        "head.charset",
        "Latin-1",
        _VALUES,
        with_header("content-type", "text/event-stream; charset=iso-8859-1"),
    ),
    Mutant("head.once", "two types", _VALUES, _twice("content-type")),
    Mutant("head.once", "two locations", _WAIT, _twice("location")),
    Mutant(
        "head.content-location-form",
        "the run has no UUID",
        _VALUES,
        with_header("content-location", "/runs/5"),
    ),
    Mutant(
        "head.content-location-form",
        "the path of the stream",
        "javascript/stream-default",
        with_header("content-location", f"/runs/{_ID}/stream"),
    ),
    Mutant(
        "head.content-location", "no run is named", _WAIT, with_header("content-location", None)
    ),
    Mutant(
        "head.scheme",
        "LangGraph.js names a thread",
        "javascript/wait-docs",
        with_header("content-location", f"/threads/{_ID}/runs/{_ID}"),
    ),
    Mutant("head.location", "another run", _VALUES, with_header("location", f"/runs/{_ID}/stream")),
    Mutant("head.location", "no location", _WAIT, with_header("location", None)),
    Mutant(
        "head.location",
        "a whole URL",
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
    Mutant("head.no-length", "a length", _VALUES, with_header("content-length", "1000")),
    Mutant(
        "head.cache-control", "an hour", _JAVASCRIPT, with_header("cache-control", "max-age=3600")
    ),
    Mutant("head.cache-control", "nothing", _VALUES, with_header("cache-control", None)),
    Mutant("head.no-buffering", "nothing", _VALUES, with_header("x-accel-buffering", None)),
    Mutant("head.output-type", "HTML", _WAIT, with_header("content-type", "text/html")),
    Mutant(
        "head.output-type",
        "text on langgraph-api",
        _WAIT,
        with_header("content-type", "text/plain; charset=UTF-8"),
    ),
]
