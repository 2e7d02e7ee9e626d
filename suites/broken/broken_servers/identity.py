"""Runs, tasks and interrupts that do not keep their ids."""

from broken_servers.answering import answering
from broken_servers.changes import data, each, nth, renewed
from broken_servers.server import BrokenServer

ANOTHER_RUN = "01a20208-0000-7000-8000-000000000000"

SERVERS = [
    BrokenServer(
        "identifiers.run",
        "the id of a run is a number",
        answering(each("metadata", data(lambda told: told | {"run_id": "17"}))),
    ),
    BrokenServer(
        "identifiers.run-located",
        "metadata names another run than the head",
        answering(each("metadata", data(lambda told: told | {"run_id": ANOTHER_RUN}))),
    ),
    BrokenServer(
        "identifiers.same-run",
        "a second attempt is another run",
        answering(
            nth(
                "metadata",
                0,
                lambda f: [f, *data(lambda told: {"run_id": ANOTHER_RUN, "attempt": 2})(f)],
            )
        ),
    ),
    BrokenServer(
        "identifiers.tasks",
        "the id of a task is a number",
        answering(each("tasks", data(lambda task: task | {"id": str(hash(task["id"]))}))),
    ),
    BrokenServer(
        "identifiers.interrupts",
        "the id of an interrupt is a word",
        answering(each("updates", data(lambda u: renewed(u, "id", lambda _: "first")))),
        ("interrupt",),
    ),
    BrokenServer(
        "messages-tuple.run",
        "chunks name another run",
        answering(
            each("messages", data(lambda pair: renewed(pair, "run_id", lambda _: ANOTHER_RUN)))
        ),
    ),
    BrokenServer(
        "messages-tuple.attempt",
        "chunks name another attempt",
        answering(each("messages", data(lambda pair: renewed(pair, "run_attempt", lambda _: 2)))),
    ),
]
