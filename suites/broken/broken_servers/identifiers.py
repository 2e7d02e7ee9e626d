"""Runs, tasks and interrupts whose ids are wrong or change."""

from broken_servers.changes import data, each, nth, with_key
from broken_servers.response_change import ResponseChange
from broken_servers.server import BrokenServer

ANOTHER_RUN = "01a20208-0000-7000-8000-000000000000"

SERVERS = [
    BrokenServer(
        "identifiers.run",
        "the id of a run is a number",
        ResponseChange(each("metadata", data(lambda value: value | {"run_id": "17"}))),
    ),
    BrokenServer(
        "identifiers.run-located",
        "metadata names another run than the head",
        ResponseChange(each("metadata", data(lambda value: value | {"run_id": ANOTHER_RUN}))),
    ),
    BrokenServer(
        "identifiers.same-run",
        "a second attempt has another run id",
        ResponseChange(
            nth(
                "metadata",
                0,
                lambda f: [f, *data(lambda value: {"run_id": ANOTHER_RUN, "attempt": 2})(f)],
            )
        ),
    ),
    BrokenServer(
        "identifiers.tasks",
        "the id of a task is a number",
        ResponseChange(each("tasks", data(lambda task: task | {"id": str(hash(task["id"]))}))),
    ),
    BrokenServer(
        "identifiers.interrupts",
        "the id of an interrupt is a word",
        ResponseChange(each("updates", data(lambda u: with_key(u, "id", lambda _: "first")))),
        ("interrupt",),
    ),
    BrokenServer(
        "messages-tuple.run",
        "chunks name another run",
        ResponseChange(
            each("messages", data(lambda pair: with_key(pair, "run_id", lambda _: ANOTHER_RUN)))
        ),
    ),
    BrokenServer(
        "messages-tuple.attempt",
        "chunks name another attempt",
        ResponseChange(
            each("messages", data(lambda pair: with_key(pair, "run_attempt", lambda _: 2)))
        ),
    ),
]
