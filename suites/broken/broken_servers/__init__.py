"""Broken servers. Each is the mock with one fault, which must make one requirement fail."""

from broken_servers import (
    concurrency,
    disconnect,
    endpoints,
    events,
    failures,
    framing,
    heads,
    identifiers,
    isolation,
    messages,
    notes,
    order,
    outputs,
    reconnect,
    requests,
    tasks,
    timing,
)
from broken_servers.concurrency import ALONE, mixed
from broken_servers.reconnect import events_after, joinable, resumable
from broken_servers.response_change import ResponseChange
from broken_servers.server import BrokenServer

EVERYTHING = ("tools", "agent", "subgraphs", "failing", "interrupt", "writer")

FAMILIES = (
    framing,
    heads,
    events,
    order,
    identifiers,
    messages,
    tasks,
    outputs,
    failures,
    endpoints,
    requests,
    isolation,
    concurrency,
    disconnect,
    reconnect,
    timing,
    notes,
)

SERVERS = [server for family in FAMILIES for server in family.SERVERS]
"""All broken servers."""

ONE_A_FAMILY = [
    next(server for server in family.SERVERS if server.is_offline)
    for family in FAMILIES
    if any(server.is_offline for server in family.SERVERS)
]
"""The first offline server of each family. The tests try these servers live, too."""

UNCHANGED = [
    BrokenServer(
        "", "responses are sent unchanged", ResponseChange(lambda exchange: exchange), EVERYTHING
    ),
    BrokenServer("", "runs wait for each other", mixed(lambda answers: answers), options=ALONE),
    BrokenServer("", "streams can be resumed", resumable(events_after)),
    BrokenServer(
        "",
        "runs can be joined",
        joinable(None),
        speed=20,
        profile="standard",
        options=("-k", "reconnect"),
    ),
]
"""Servers without a fault, built like the broken ones."""
