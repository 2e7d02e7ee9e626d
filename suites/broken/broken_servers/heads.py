"""Responses with a wrong status or wrong headers."""

import gzip

from editing import with_body, with_header, with_status

from broken_servers.changes import repeated_header, runs, streams, then, waits
from broken_servers.response_change import ResponseChange
from broken_servers.server import BrokenServer
from graphtape_contracts import Exchange


def _with_length(exchange: Exchange) -> Exchange:
    return with_header("content-length", str(len(exchange.body)))(exchange)


def _absolute(path: str) -> str:
    return f"http://127.0.0.1:2024{path}"


SERVERS = [
    BrokenServer(
        "head.status", "a run is answered with 201", ResponseChange(runs(with_status(201)))
    ),
    BrokenServer(
        "head.stream-type",
        "a stream is plain text",
        ResponseChange(streams(with_header("content-type", "text/plain"))),
    ),
    BrokenServer(
        "head.stream-type",
        "the type of a stream has capitals",
        ResponseChange(streams(with_header("content-type", "Text/Event-Stream"))),
    ),
    BrokenServer(
        "head.charset",
        "a stream claims to be Latin-1",
        ResponseChange(streams(with_header("content-type", "text/event-stream; charset=latin-1"))),
    ),
    BrokenServer(
        "head.once",
        "a stream names two runs",
        ResponseChange(
            streams(
                repeated_header("content-location", "/runs/01a20208-0000-7000-8000-000000000000")
            )
        ),
    ),
    BrokenServer(
        "head.content-location-form",
        "Content-Location is an absolute URL",
        ResponseChange(runs(with_header("content-location", _absolute))),
    ),
    BrokenServer(
        "head.content-location-form",
        "Content-Location names no run",
        ResponseChange(runs(with_header("content-location", "/runs/stream"))),
    ),
    BrokenServer(
        "head.content-location",
        "Content-Location is missing",
        ResponseChange(runs(with_header("content-location", None))),
    ),
    BrokenServer(
        "head.scheme",
        "the output of a run does not name its thread",
        ResponseChange(
            waits(with_header("content-location", lambda path: f"/runs/{path.rpartition('/')[2]}"))
        ),
    ),
    BrokenServer(
        "head.location",
        "Location is an absolute URL",
        ResponseChange(runs(with_header("location", _absolute))),
    ),
    BrokenServer(
        "head.no-encoding",
        "streams are compressed",
        ResponseChange(
            streams(then(with_header("content-encoding", "gzip"), with_body(gzip.compress)))
        ),
        live=True,  # The HTTP client decompresses the body.
    ),
    BrokenServer(
        "head.no-length", "a stream has a Content-Length", ResponseChange(streams(_with_length))
    ),
    BrokenServer(
        "head.cache-control",
        "a stream may be cached",
        ResponseChange(streams(with_header("cache-control", "max-age=60"))),
    ),
    BrokenServer(
        "head.no-buffering",
        "proxies may buffer a stream",
        ResponseChange(streams(with_header("x-accel-buffering", None))),
    ),
    BrokenServer(
        "head.output-type",
        "an output claims to be HTML",
        ResponseChange(waits(with_header("content-type", "text/html"))),
    ),
]
