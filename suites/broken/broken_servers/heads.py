"""Answers whose status or headers mislead."""

import gzip

from broken_servers.answering import answering
from broken_servers.changes import body, header, header_again, runs, status, streams, then, waits
from broken_servers.server import BrokenServer
from graphtape_contracts import Exchange


def _with_length(exchange: Exchange) -> Exchange:
    return header("content-length", str(len(exchange.body)))(exchange)


def _absolute(path: str) -> str:
    return f"http://127.0.0.1:2024{path}"


SERVERS = [
    BrokenServer("head.status", "a run is answered with 201", answering(runs(status(201)))),
    BrokenServer(
        "head.stream-type",
        "a stream is plain text",
        answering(streams(header("content-type", "text/plain"))),
    ),
    BrokenServer(
        "head.stream-type",
        "the type of a stream has capitals",
        answering(streams(header("content-type", "Text/Event-Stream"))),
    ),
    BrokenServer(
        "head.charset",
        "a stream says that it is Latin-1",
        answering(streams(header("content-type", "text/event-stream; charset=latin-1"))),
    ),
    BrokenServer(
        "head.once",
        "a stream names two runs",
        answering(
            streams(header_again("content-location", "/runs/01a20208-0000-7000-8000-000000000000"))
        ),
    ),
    BrokenServer(
        "head.content-location-form",
        "Content-Location is a whole URL",
        answering(runs(header("content-location", _absolute))),
    ),
    BrokenServer(
        "head.content-location-form",
        "Content-Location names no run",
        answering(runs(header("content-location", "/runs/stream"))),
    ),
    BrokenServer(
        "head.content-location",
        "there is no Content-Location",
        answering(runs(header("content-location", None))),
    ),
    BrokenServer(
        "head.scheme",
        "the output of a run does not name its thread",
        answering(
            waits(header("content-location", lambda path: f"/runs/{path.rpartition('/')[2]}"))
        ),
    ),
    BrokenServer(
        "head.location",
        "Location is a whole URL",
        answering(runs(header("location", _absolute))),
    ),
    BrokenServer(
        "head.no-encoding",
        "streams are compressed",
        answering(streams(then(header("content-encoding", "gzip"), body(gzip.compress)))),
        live=True,  # The HTTP client undoes it.
    ),
    BrokenServer(
        "head.no-length", "a stream has a Content-Length", answering(streams(_with_length))
    ),
    BrokenServer(
        "head.cache-control",
        "a stream may be kept by caches",
        answering(streams(header("cache-control", "max-age=60"))),
    ),
    BrokenServer(
        "head.no-buffering",
        "proxies may hold a stream back",
        answering(streams(header("x-accel-buffering", None))),
    ),
    BrokenServer(
        "head.output-type",
        "an output says that it is HTML",
        answering(waits(header("content-type", "text/html"))),
    ),
]
