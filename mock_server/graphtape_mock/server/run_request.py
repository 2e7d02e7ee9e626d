"""Run requests: the body of POST /runs/stream, /runs/wait, /runs and /runs/batch, understood.

    parse_run(body, catalogue) -> RunRequest                   # /runs/stream, /runs/wait
    parse_run(body, catalogue, background=True) -> RunRequest  # /runs
    parse_batch(body, catalogue) -> tuple[RunRequest, ...]     # /runs/batch

All raise Refusal with the status and, but for the wording of 422, the text of langgraph-api
0.16.7. What they return depends on the bytes and on `catalogue.revision` alone, so it can be
cached by both.
"""

from dataclasses import dataclass
from typing import Any

from graphtape_contracts.json_value import Json
from graphtape_mock.server.assistant import Assistant
from graphtape_mock.server.assistant_catalogue import AssistantCatalogue
from graphtape_mock.server.validation.fast_path import is_plainly_valid
from graphtape_mock.server.validation.json_body import (
    parse_json_body,
    read_json,
    strip_config,
    strip_configurable,
    strip_metadata,
    validate,
)
from graphtape_mock.server.validation.run_checks import (
    check_after_assistant,
    check_before_assistant,
)


@dataclass(frozen=True, slots=True)
class RunRequest:
    """A request for a run that a server accepts."""

    body: Json
    """As sent."""
    assistant_id: str
    """As sent: a graph name, or a UUID in any spelling."""
    resolved: Assistant
    input: Any
    command: Json | None
    """None where it is empty, which the server takes for absent."""
    config: Json
    """Without the keys that the server strips."""
    context: Json
    """Without the keys that the server strips."""
    metadata: Json
    """Without the keys that the server strips."""
    stream_modes: tuple[str, ...]
    """Duplicates collapsed, in the order of the request; ("values",) where none was asked for."""
    subgraphs: bool
    resumable: bool
    interrupt_before: Any
    """Any JSON: the field is not declared, so nothing is checked."""
    interrupt_after: Any
    on_disconnect: str
    """`continue` or `cancel`."""
    on_completion: str
    """`delete` or `keep`."""
    after_seconds: float
    webhook: str | None
    feedback_keys: tuple[str, ...]
    durability: str
    """`async`, `sync` or `exit`."""

    @property
    def assistant(self) -> str:
        """The canonical UUID of the assistant."""
        return self.resolved.assistant_id

    @property
    def graph_id(self) -> str:
        """The graph that runs."""
        return self.resolved.graph_id


def parse_run(
    body: bytes, catalogue: AssistantCatalogue, *, background: bool = False
) -> RunRequest:
    """Understand the *body* of a request for a run; raises Refusal.

    Only a run in the *background* may name any `on_disconnect`: there it is not declared.
    """
    schema = "background-run-request.json" if background else "run-request.json"
    payload = read_json(body)
    if not is_plainly_valid(payload):
        validate(payload, schema)
    return _admit(payload, catalogue)


def parse_batch(body: bytes, catalogue: AssistantCatalogue) -> tuple[RunRequest, ...]:
    """Understand the *body* of a request for a batch of runs; raises Refusal."""
    payloads: list[Json] = parse_json_body(body, "run-batch-request.json")
    return tuple(_admit(payload, catalogue) for payload in payloads)


def _admit(body: Json, catalogue: AssistantCatalogue) -> RunRequest:
    effective: Json = body | {
        "config": strip_config(body.get("config", {})),
        "context": strip_configurable(body.get("context", {})),
        "metadata": strip_metadata(body.get("metadata", {})),
    }
    assistant = catalogue.canonical(body["assistant_id"])
    check_before_assistant(effective)
    resolved = catalogue.find(assistant)
    check_after_assistant(effective)
    return RunRequest(
        body=body,
        assistant_id=body["assistant_id"],
        resolved=resolved,
        input=body.get("input"),
        command=body.get("command") or None,
        config=effective["config"],
        context=effective["context"],
        metadata=effective["metadata"],
        stream_modes=tuple(dict.fromkeys(requested_modes(body))),
        subgraphs=body.get("stream_subgraphs", False),
        resumable=body.get("stream_resumable", False),
        interrupt_before=body.get("interrupt_before"),
        interrupt_after=body.get("interrupt_after"),
        on_disconnect=body.get("on_disconnect", "continue"),
        on_completion=body.get("on_completion", "delete"),
        after_seconds=body.get("after_seconds", 0),
        webhook=body.get("webhook"),
        feedback_keys=tuple(body.get("feedback_keys", ())),
        durability=body.get(
            "durability", "async" if body.get("checkpoint_during", True) else "exit"
        ),
    )


def requested_modes(body: Json) -> list[str]:
    """Return the stream modes that *body* asks for, duplicates and all."""
    modes: str | list[str] = body.get("stream_mode") or ["values"]
    return [modes] if isinstance(modes, str) else modes
