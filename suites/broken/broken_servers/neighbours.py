"""Routes around runs that tell something else, and answers that browsers can't read."""

from broken_servers.answering import answering
from broken_servers.changes import header, runs, status, to, value, when
from broken_servers.failures import text_answer
from broken_servers.server import BrokenServer

SERVERS = [
    BrokenServer(
        "endpoints.json",
        "what is JSON says that it is HTML",
        answering(to("GET", "/info", header("content-type", "text/html"))),
    ),
    BrokenServer(
        "endpoints.ok",
        "a deployment that answers is not well",
        answering(to("GET", "/ok", value(lambda _: {"ok": False}))),
    ),
    BrokenServer(
        "endpoints.info",
        "the version is not told",
        answering(to("GET", "/info", value(lambda info: {"flags": info["flags"]}))),
    ),
    BrokenServer(
        "endpoints.assistants",
        "assistants have no version",
        answering(
            to(
                "POST",
                "/assistants/search",
                value(lambda all_: [{k: v for k, v in a.items() if k != "version"} for a in all_]),
            )
        ),
    ),
    BrokenServer(
        "endpoints.assistant-id",
        "assistants get another id at each start",
        answering(
            to(
                "POST",
                "/assistants/search",
                value(
                    lambda all_: [
                        a | {"assistant_id": "01a20208-0000-7000-8000-000000000000"} for a in all_
                    ]
                ),
            )
        ),
        live=True,  # Clients then ask for that id.
    ),
    BrokenServer(
        "endpoints.assistant-schemas",
        "schemas are texts",
        answering(to("GET", "*/schemas", value(lambda s: s | {"input_schema": "any"}))),
    ),
    BrokenServer(
        "endpoints.assistant-graph",
        "the nodes of a graph have no ids",
        answering(to("GET", "*/graph", value(lambda graph: graph | {"nodes": [{}]}))),
    ),
    BrokenServer(
        "endpoints.pagination",
        "a search tells no total",
        answering(to("POST", "/assistants/search", header("x-pagination-total", None))),
    ),
    BrokenServer(
        "endpoints.count",
        "a count is an object",
        answering(to("POST", "/assistants/count", value(lambda n: {"count": n}))),
    ),
    BrokenServer(
        "endpoints.threads",
        "threads have no status",
        answering(
            to("POST", "/threads", value(lambda t: {k: v for k, v in t.items() if k != "status"}))
        ),
        profile="standard",
    ),
    BrokenServer(
        "endpoints.runs",
        "runs in the background have no thread",
        answering(
            to(
                "POST",
                "/runs",
                when(
                    lambda e: e.request.path == "/runs",
                    value(lambda r: {k: v for k, v in r.items() if k != "thread_id"}),
                ),
            )
        ),
        profile="standard",
    ),
    BrokenServer(
        "endpoints.run-location",
        "runs in the background are not located",
        answering(when(lambda e: e.request.path == "/runs", header("content-location", None))),
        profile="standard",
    ),
    BrokenServer(
        "endpoints.documented",
        "what the OpenAPI document claims is not there",
        answering(to("GET", "/ok", text_answer(404, "Not Found"))),
    ),
    BrokenServer(
        "cors.origin",
        "pages of other origins may not read runs",
        answering(runs(header("access-control-allow-origin", None))),
    ),
    BrokenServer(
        "cors.exposed",
        "pages of other origins are not told the run",
        answering(runs(header("access-control-expose-headers", None))),
    ),
    BrokenServer(
        "cors.preflight",
        "preflights are refused",
        answering(when(lambda e: e.request.method == "OPTIONS", status(403))),
    ),
    BrokenServer(
        "cors.preflight",
        "preflights do not allow the key",
        answering(
            when(
                lambda e: e.request.method == "OPTIONS",
                header("access-control-allow-headers", "content-type"),
            )
        ),
    ),
]
