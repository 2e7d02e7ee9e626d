"""Invalid responses of the other endpoints."""

from mutation import Mutant, with_body, with_header, with_output

_SEARCH = "python/nb-assistants-search-graph"


MUTANTS = [
    Mutant(
        "endpoints.json",
        "the response has the content type text/plain",
        "javascript-1.5.1/meta-threads-create",
        with_header("content-type", "text/plain; charset=UTF-8"),
    ),
    Mutant(
        "endpoints.json",
        "the body is an HTML page",
        "aegra/meta-info",
        with_body(b"<!doctype html>"),
    ),
    Mutant(
        "endpoints.ok",
        "the body is `true`",
        "python/nb-ok",
        with_output(lambda body: True),
    ),
    Mutant(
        "endpoints.info",
        "the flags are missing",
        "javascript-1.5.1/meta-info",
        with_output(lambda body: {"version": body["version"]}),
    ),
    Mutant(
        "endpoints.assistants",
        "the list of assistants is inside an object",
        "aegra/meta-assistants-search",
        with_output(lambda body: {"assistants": body}),
    ),
    Mutant(
        "endpoints.assistants",
        "the configuration is missing",
        "python/nb-assistant-by-id",
        with_output(lambda body: body | {"config": None}),
    ),
    Mutant(
        "endpoints.assistant-schemas",
        "a schema is a string",
        "python/nb-assistant-schemas",
        with_output(lambda body: body | {"output_schema": "{}"}),
    ),
    Mutant(
        "endpoints.assistant-graph",
        "an edge leads nowhere",
        "python/nb-assistant-graph",
        with_output(lambda body: body | {"edges": [{"source": "__start__"}]}),
    ),
    Mutant(
        "endpoints.threads",
        "the thread has no status",
        "javascript-1.5.1/meta-threads-create",
        with_output(lambda body: body | {"status": None}),
    ),
    Mutant(
        "endpoints.thread-state",
        "`next` is a string",
        "python/oncompletion-keep-threads_TID_state",
        with_output(lambda body: body | {"next": "agent"}),
    ),
    Mutant(
        "endpoints.runs",
        "the run has no thread",
        "aegra/meta-runs-create",
        with_output(lambda body: {k: v for k, v in body.items() if k != "thread_id"}),
    ),
    Mutant(
        "endpoints.assistant-id",
        "the assistant of the graph has a random id",
        _SEARCH,
        with_output(
            lambda body: [body[0] | {"assistant_id": "11111111-1111-4111-8111-111111111111"}]
        ),
    ),
    Mutant(
        "endpoints.run-location",
        "the head does not name the run",
        "javascript-1.5.1/meta-runs-create",
        with_header("content-location", None),
    ),
    Mutant(
        "endpoints.pagination",
        "the total is less than the number of results",
        _SEARCH,
        with_header("x-pagination-total", "0"),
    ),
    Mutant(
        "endpoints.count",
        "the count is inside an object",
        "python/nb-threads-count",
        with_output(lambda body: {"count": body}),
    ),
]
