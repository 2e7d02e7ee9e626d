"""Reasons why a mutant may be a legal exchange, which the contract accepts.

Each reason is a condition on the mutation, not on the findings.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from mutating import Mutation

from graphtape_contracts.dialect import Dialect, detect
from graphtape_contracts.json_value import Path, is_object
from graphtape_contracts.parsing.event import parse
from graphtape_contracts.parsing.exchange_head import StreamOptions, stream_options


@dataclass(frozen=True)
class Reason:
    """A reason why some mutants are legal."""

    kinds: tuple[str, ...]
    why: str
    holds: Callable[[Mutation], object]


DROP, TWICE, SWAP = "drop an event", "send an event twice", "swap two events"
RENAME, TRUNCATE = "take another mode's name", "truncate a frame"
KEY, TYPE, VALUE = "drop a key", "change the type of a value", "change a value"
HEADER, HEADER_VALUE, STATUS = "drop a header", "change a header", "change the status"


def _asked(mutation: Mutation) -> StreamOptions | None:
    return stream_options(mutation.base.request)


def _shows(mutation: Mutation, mode: str) -> bool:
    asked = _asked(mutation)
    return asked is not None and mode in asked.modes


def _dialect(mutation: Mutation) -> Dialect | None:
    return detect(mutation.base.response)


def _is_twinned(mutation: Mutation) -> bool:
    """Whether `debug` must repeat the events of `tasks`, by the dialect of the server."""
    promised = _dialect(mutation) in (Dialect.PYTHON, Dialect.JAVASCRIPT)
    return promised and _shows(mutation, "tasks") and not _is_nested(mutation)


def _is_nested(mutation: Mutation) -> bool:
    return "|" in (mutation.frame.event or "")


def _mode(*modes: str) -> Callable[[Mutation], bool]:
    return lambda mutation: mutation.mode in modes


def _is_refusal(mutation: Mutation) -> bool:
    return not mutation.base.is_stream and mutation.base.response.status != 200


def _is_output(mutation: Mutation) -> bool:
    return not mutation.base.is_stream and mutation.base.response.status == 200


def _begins_with_error(mutation: Mutation) -> bool:
    names = [frame.event for frame in mutation.mutant.frames if frame.event]
    return not names or names[0] in ("error", "end")


def _ends_early(mutation: Mutation) -> bool:
    """Whether the run failed, was interrupted, was cancelled or was retried."""
    events = [frame for frame in mutation.base.frames if frame.event]
    interrupted = any('"__interrupt__"' in (frame.data or "") for frame in events)
    names = [frame.event for frame in events]
    return interrupted or "error" in names or names.count("metadata") != 1


def _namespace(name: str | None) -> list[str]:
    return (name or "").split("|")[1:]


def _pair(mutation: Mutation) -> set[str]:
    """Return the modes of the two swapped events."""
    return {mutation.mode, str(mutation.new).split("|")[0]}


def _other_value(mutation: Mutation) -> Any:
    """Return the data of the event after the changed one."""
    assert mutation.at is not None
    return next(
        parse(frame.data)
        for frame in mutation.base.frames[mutation.at + 1 :]
        if frame.event is not None
    )


def _is_followed(mutation: Mutation, name: str) -> bool:
    assert mutation.at is not None
    return any(frame.event == name for frame in mutation.base.frames[mutation.at + 1 :])


def _next_value(mutation: Mutation) -> Any:
    return _other_value(mutation) if mutation.kind == SWAP else None


def _is_loose_type(mutation: Mutation) -> bool:
    """Whether a content type is legal: of an unknown server, or text or JSON with parameters."""
    type_ = str(mutation.new).split(";")[0]
    return _dialect(mutation) is None or type_ in ("text/plain", "application/json")


_OWN_HEADERS = (
    "access-control-allow-headers",
    "connection",
    "content-length",
    "date",
    "server",
    "transfer-encoding",
    "x-request-id",
)


_TASK = ("input", "result", "metadata", "error", "triggers", "interrupts.*.value")
_CHECKPOINT = ("config", "parent_config", "values", "tasks", "next.*", "metadata")
_LANGCHAIN = ("data", "metadata", "tags")
_MESSAGE = tuple(
    f"*.{key}"
    for key in (
        "content",
        "additional_kwargs",
        "response_metadata",
        "name",
        "type",
        "tool_calls",
        "invalid_tool_calls",
        "tool_call_chunks",
        "usage_metadata",
        "artifact",
        "status",
        "tool_call_id",
    )
)
_OPEN: dict[str, tuple[str, ...]] = {
    "metadata": ("region",),
    "messages": (*_MESSAGE, "0.id", "0.chunk_position", "1"),
    "messages/partial": _MESSAGE,
    "messages/complete": _MESSAGE,
    "messages/metadata": ("*.metadata",),
    "tasks": _TASK,
    "debug": (
        "step",
        "timestamp",
        "type",
        *(f"payload.{place}" for place in (*_TASK, *_CHECKPOINT)),
    ),
    "checkpoints": _CHECKPOINT,
    "events": _LANGCHAIN,
    "error": ("error", "message"),
    "end": ("status",),
}
"""The paths in the data of each mode that no client relies on, including all paths below."""


def _fits(path: Path, place: str) -> bool:
    """Whether *path* is at or below *place*, in which `*` matches any key or index."""
    parts = place.split(".")
    return len(path) >= len(parts) and all(
        part in ("*", str(key)) for part, key in zip(parts, path, strict=False)
    )


_FREE_MODES = ("custom", "telemetry")
_SPEECH = ("messages", "messages/partial", "messages/complete")

REASONS: tuple[Reason, ...] = (
    Reason(
        (DROP, TWICE, SWAP),
        "a graph may write anything to `custom`, and an unknown server may send any mode",
        lambda m: m.mode in _FREE_MODES or str(m.new).split("|")[0] in _FREE_MODES,
    ),
    Reason(
        (DROP, TWICE),
        "a step may change nothing, and a state may recur",
        _mode("values"),
    ),
    Reason(
        (DROP, TWICE),
        "a node may run again or not at all: only `tasks` shows it, in two dialects",
        lambda m: (
            m.mode == "updates"
            and (not _shows(m, "tasks") or _dialect(m) in (None, Dialect.AEGRA) or _is_nested(m))
        ),
    ),
    Reason(
        (DROP, TWICE),
        "a model may say anything; chunks are added up only if their sum is in the stream",
        _mode(*_SPEECH),
    ),
    Reason((DROP, TWICE), "a chain may stream any number of events", _mode("events")),
    Reason((DROP, TWICE), "the engine may make a checkpoint at any time", _mode("checkpoints")),
    Reason(
        (DROP, TWICE),
        "`debug` is compared with `tasks` only if both are requested and the dialect repeats them",
        lambda m: m.mode == "debug" and (not _is_twinned(m) or m.value["type"] == "checkpoint"),
    ),
    Reason(
        (DROP,),
        "the stream of a cancelled run ends without an error",
        lambda m: m.mode == "error",
    ),
    Reason(
        (DROP,),
        "a run that could not start has only the `error`; a cancelled run may have no events",
        lambda m: m.mode == "metadata" and _begins_with_error(m),
    ),
    Reason(
        (DROP,),
        "a task may stay unfinished if a run ends early, or in a subgraph",
        lambda m: m.mode == "tasks" and (_ends_early(m) or _is_nested(m)),
    ),
    Reason(
        (DROP,),
        "a run may be cancelled between an event of `tasks` and its repetition in `debug`",
        lambda m: m.mode == "debug" and not _is_followed(m, "tasks"),
    ),
    Reason(
        (SWAP,),
        "concurrent graphs and their subgraphs may interleave in any order",
        lambda m: _namespace(m.frame.event) != _namespace(m.new),
    ),
    Reason(
        (SWAP,),
        "events of different modes may be in any order, except starts and results",
        lambda m: (
            len(_pair(m)) == 2
            and bool(_pair(m) & {"events", "checkpoints", "debug", *_SPEECH, "messages/metadata"})
            and _pair(m) != {"messages/metadata", "messages/partial"}
            and not (_pair(m) == {"debug", "tasks"} and _is_twinned(m))
        ),
    ),
    Reason(
        (SWAP,),
        "updates and values are ordered by the tasks around them, in two dialects",
        lambda m: (
            _pair(m) in ({"updates", "values"}, {"updates", "tasks"}, {"values", "tasks"})
            and (not _shows(m, "tasks") or _dialect(m) in (None, Dialect.AEGRA) or _is_nested(m))
        ),
    ),
    Reason(
        (SWAP,),
        "states, updates and checkpoints may have any content",
        lambda m: _pair(m) in ({"values"}, {"updates"}, {"checkpoints"}),
    ),
    Reason(
        (SWAP,),
        "the events of one model or chain may be in any order, if their sum is not in the stream",
        lambda m: _pair(m) in ({"messages"}, {"events"}),
    ),
    Reason(
        (RENAME,),
        "a graph may write any JSON to `custom`",
        lambda m: m.new == "custom" and (_asked(m) is None or _shows(m, "custom")),
    ),
    Reason(
        (RENAME,),
        "a state may be any JSON",
        lambda m: m.new == "values",
    ),
    Reason(
        (RENAME,),
        "an update is any object, of a node of any name: only `tasks` shows it, in two dialects",
        lambda m: (
            m.new == "updates"
            and is_object(m.value)
            and (not _shows(m, "tasks") or _dialect(m) in (None, Dialect.AEGRA) or _is_nested(m))
        ),
    ),
    Reason(
        (RENAME,),
        "a message may come in one piece",
        lambda m: {m.mode, m.new} == {"messages/complete", "messages/partial"},
    ),
    Reason(
        (DROP, SWAP),
        "a static interrupt is reported as an empty `__interrupt__`, or not at all",
        lambda m: {"__interrupt__": []} in (m.value, _next_value(m)),
    ),
    Reason(
        (TRUNCATE,),
        "a refusal may give its reason in any words",
        _is_refusal,
    ),
    Reason(
        (TRUNCATE, HEADER, HEADER_VALUE, STATUS),
        "the body of a response to a preflight has no meaning",
        lambda m: m.base.request.method == "OPTIONS",
    ),
    Reason(
        (HEADER, HEADER_VALUE),
        "the HTTP library checks the headers of HTTP; other headers belong to the server",
        lambda m: m.old in _OWN_HEADERS,
    ),
    Reason(
        (HEADER, HEADER_VALUE),
        "a refusal may be of any type",
        lambda m: m.old == "content-type" and _is_refusal(m),
    ),
    Reason(
        (HEADER, HEADER_VALUE),
        "clients read an output as JSON whatever its type is; known dialects have a fixed type",
        lambda m: m.old == "content-type" and _is_output(m) and _is_loose_type(m),
    ),
    Reason(
        (HEADER_VALUE,),
        "other headers may be exposed, too",
        lambda m: "content-location" in str(m.new).lower(),
    ),
    Reason(
        (HEADER, HEADER_VALUE),
        "CORS headers matter only for requests with an Origin",
        lambda m: (
            m.old.startswith("access-control-")
            and (_is_refusal(m) or "origin" not in dict(m.base.request.headers))
        ),
    ),
    Reason(
        (HEADER, HEADER_VALUE),
        "`vary` is optional",
        lambda m: m.old == "vary",
    ),
    Reason(
        (KEY, TYPE, VALUE),
        "a state, an update and an output are the graph's own: any JSON",
        lambda m: m.mode in ("values", "updates", *_FREE_MODES) or _is_output(m),
    ),
    Reason((KEY, TYPE, VALUE), "a refusal may give its reason in any words", _is_refusal),
    Reason(
        (KEY, TYPE, VALUE),
        "the part may have any value, or some servers leave it out or extend it",
        lambda m: m.mode in _OPEN and any(_fits(m.path, place) for place in _OPEN[m.mode]),
    ),
    Reason(
        (STATUS,),
        "the HTTP library follows a redirect, which says nothing about a run",
        lambda m: m.new == 302,
    ),
    Reason(
        (STATUS,),
        "the status of a refusal depends on the server and on the error",
        lambda m: _is_refusal(m) and m.new in (204, 404, 422),
    ),
)


def explain(mutation: Mutation) -> str | None:
    """Return why the contract may accept *mutation*; None if it must detect it."""
    found = (r.why for r in REASONS if mutation.kind in r.kinds and r.holds(mutation))
    return next(found, None)
