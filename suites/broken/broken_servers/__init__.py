"""Broken servers: each is the mock with one thing wrong, for the promise that this breaks."""

from broken_servers import (
    events,
    failures,
    framing,
    heads,
    identity,
    leaving,
    memory,
    messages,
    neighbours,
    notes,
    order,
    outputs,
    requests,
    resuming,
    tasks,
    timing,
    together,
)
from broken_servers.answering import answering
from broken_servers.resuming import joinable, resumable, what_follows
from broken_servers.server import BrokenServer
from broken_servers.together import ALONE, mixed

EVERYTHING = ("tools", "agent", "subgraphs", "failing", "interrupt", "writer")

FAMILIES = (
    framing,
    heads,
    events,
    order,
    identity,
    messages,
    tasks,
    outputs,
    failures,
    neighbours,
    requests,
    memory,
    together,
    leaving,
    resuming,
    timing,
    notes,
)

SERVERS = [server for family in FAMILIES for server in family.SERVERS]
"""All of them."""

ONE_A_FAMILY = [
    next(server for server in family.SERVERS if server.is_offline)
    for family in FAMILIES
    if any(server.is_offline for server in family.SERVERS)
]
"""Those that are tried offline and live."""

WHOLE = [
    BrokenServer(
        "", "answers are sent as they are", answering(lambda exchange: exchange), EVERYTHING
    ),
    BrokenServer("", "runs wait for each other", mixed(lambda answers: answers), options=ALONE),
    BrokenServer("", "streams can be resumed", resumable(what_follows)),
    BrokenServer(
        "",
        "runs can be joined",
        joinable(None),
        speed=20,
        profile="standard",
        options=("-k", "joins"),
    ),
]
"""What the broken servers do, but for what is wrong about them."""
