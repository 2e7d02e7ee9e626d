"""Servers with wrong responses of other endpoints, or without CORS headers."""

from editing import with_header, with_output, with_status

from broken_servers.changes import runs, to, when
from broken_servers.failures import text_answer
from broken_servers.response_change import ResponseChange
from broken_servers.server import BrokenServer

SERVERS = [
    BrokenServer(
        "endpoints.json",
        "JSON claims to be HTML",
        ResponseChange(to("GET", "/info", with_header("content-type", "text/html"))),
    ),
    BrokenServer(
        "endpoints.ok",
        "a running deployment reports that it is not ok",
        ResponseChange(to("GET", "/ok", with_output(lambda _: {"ok": False}))),
    ),
    BrokenServer(
        "endpoints.info",
        "the version is missing",
        ResponseChange(to("GET", "/info", with_output(lambda info: {"flags": info["flags"]}))),
    ),
    BrokenServer(
        "endpoints.assistants",
        "assistants have no version",
        ResponseChange(
            to(
                "POST",
                "/assistants/search",
                with_output(
                    lambda all_: [{k: v for k, v in a.items() if k != "version"} for a in all_]
                ),
            )
        ),
    ),
    BrokenServer(
        "endpoints.assistant-id",
        "assistants get another id at each start",
        ResponseChange(
            to(
                "POST",
                "/assistants/search",
                with_output(
                    lambda all_: [
                        a | {"assistant_id": "01a20208-0000-7000-8000-000000000000"} for a in all_
                    ]
                ),
            )
        ),
        live=True,  # Clients then request that id.
    ),
    BrokenServer(
        "endpoints.assistant-schemas",
        "schemas are strings",
        ResponseChange(to("GET", "*/schemas", with_output(lambda s: s | {"input_schema": "any"}))),
    ),
    BrokenServer(
        "endpoints.assistant-graph",
        "the nodes of a graph have no ids",
        ResponseChange(to("GET", "*/graph", with_output(lambda graph: graph | {"nodes": [{}]}))),
    ),
    BrokenServer(
        "endpoints.pagination",
        "a search lacks its total",
        ResponseChange(to("POST", "/assistants/search", with_header("x-pagination-total", None))),
    ),
    BrokenServer(
        "endpoints.count",
        "a count is an object",
        ResponseChange(to("POST", "/assistants/count", with_output(lambda n: {"count": n}))),
    ),
    BrokenServer(
        "endpoints.threads",
        "threads have no status",
        ResponseChange(
            to(
                "POST",
                "/threads",
                with_output(lambda t: {k: v for k, v in t.items() if k != "status"}),
            )
        ),
        profile="standard",
    ),
    BrokenServer(
        "endpoints.runs",
        "background runs have no thread",
        ResponseChange(
            to(
                "POST",
                "/runs",
                when(
                    lambda e: e.request.path == "/runs",
                    with_output(lambda r: {k: v for k, v in r.items() if k != "thread_id"}),
                ),
            )
        ),
        profile="standard",
    ),
    BrokenServer(
        "endpoints.run-location",
        "background runs have no Content-Location",
        ResponseChange(
            when(lambda e: e.request.path == "/runs", with_header("content-location", None))
        ),
        profile="standard",
    ),
    BrokenServer(
        "endpoints.documented",
        "a route in the OpenAPI document does not exist",
        ResponseChange(to("GET", "/ok", text_answer(404, "Not Found"))),
    ),
    BrokenServer(
        "cors.origin",
        "pages of other origins cannot read runs",
        ResponseChange(runs(with_header("access-control-allow-origin", None))),
    ),
    BrokenServer(
        "cors.exposed",
        "pages of other origins cannot read the id of the run",
        ResponseChange(runs(with_header("access-control-expose-headers", None))),
    ),
    BrokenServer(
        "cors.preflight",
        "preflights are refused",
        ResponseChange(when(lambda e: e.request.method == "OPTIONS", with_status(403))),
    ),
    BrokenServer(
        "cors.preflight",
        "preflights do not allow the key",
        ResponseChange(
            when(
                lambda e: e.request.method == "OPTIONS",
                with_header("access-control-allow-headers", "content-type"),
            )
        ),
    ),
]
