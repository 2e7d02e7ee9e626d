"""Parsing of run requests: the bodies of POST /runs/stream, /runs/wait, /runs and /runs/batch.

    parse_run(body, catalogue) -> RunRequest                   # /runs/stream, /runs/wait
    parse_run(body, catalogue, background=True) -> RunRequest  # /runs
    parse_batch(body, catalogue) -> tuple[RunRequest, ...]     # /runs/batch

All raise ApiError with the status and, except for the wording of 422, the text of langgraph-api
0.16.7. Their results depend only on the bytes and on `catalogue.revision`; `RunRequestParser`
caches by both.
"""

from graphtape_contracts.json_value import Json
from graphtape_mock.replay.bounded_cache import BoundedCache
from graphtape_mock.replay.run_request import RunRequest
from graphtape_mock.server.assistant_catalogue import AssistantCatalogue
from graphtape_mock.server.json_size import size_of
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

MAX_CACHED = 256
"""The maximum number of cached run requests."""
MAX_CACHED_BYTES = 16 * 1024 * 1024
"""The maximum size of all cached run requests in memory, in bytes."""
MAX_CACHED_BODY = 16 * 1024
"""Bytes of the longest body whose request is cached; longer ones are parsed every time."""


class RunRequestParser:
    """Parses run requests; caches those of /runs/stream and /runs/wait."""

    def __init__(self, catalogue: AssistantCatalogue) -> None:
        self.catalogue = catalogue
        self._requests = BoundedCache[tuple[bytes, int], RunRequest](MAX_CACHED, MAX_CACHED_BYTES)

    def parse(self, body: bytes) -> RunRequest:
        """Return the request with this *body* to /runs/stream or /runs/wait; raises ApiError."""
        if len(body) > MAX_CACHED_BODY:
            return parse_run(body, self.catalogue)
        key = (body, self.catalogue.revision)
        request = self._requests.get(key)
        if request is None:
            request = parse_run(body, self.catalogue)
            # The size includes the canonical form that the engine keeps for the request.
            self._requests.add(key, request, len(body) + 2 * size_of(request.body))
        return request

    def parse_background(self, body: bytes) -> RunRequest:
        """Return the request with this *body* to /runs; raises ApiError."""
        return parse_run(body, self.catalogue, background=True)

    def parse_batch(self, body: bytes) -> tuple[RunRequest, ...]:
        """Return the requests in the *body* of a request to /runs/batch; raises ApiError."""
        return parse_batch(body, self.catalogue)


def parse_run(
    body: bytes, catalogue: AssistantCatalogue, *, background: bool = False
) -> RunRequest:
    """Return the request with this *body*; raises ApiError.

    With *background*, any `on_disconnect` is accepted: background runs do not declare it.
    """
    schema = "background-run-request.json" if background else "run-request.json"
    payload = read_json(body)
    if not is_plainly_valid(payload):
        validate(payload, schema)
    return _make_request(payload, catalogue)


def parse_batch(body: bytes, catalogue: AssistantCatalogue) -> tuple[RunRequest, ...]:
    """Return the requests in the *body* of a batch; raises ApiError."""
    payloads: list[Json] = parse_json_body(body, "run-batch-request.json")
    return tuple(_make_request(payload, catalogue) for payload in payloads)


def _make_request(body: Json, catalogue: AssistantCatalogue) -> RunRequest:
    effective: Json = body | {
        "config": strip_config(body.get("config", {})),
        "context": strip_configurable(body.get("context", {})),
        "metadata": strip_metadata(body.get("metadata", {})),
    }
    uuid = catalogue.canonical(body["assistant_id"])
    check_before_assistant(effective)
    assistant = catalogue.find(uuid)
    check_after_assistant(effective)
    # An assistant that a client created can outlive its graph, when the recordings are replaced.
    if assistant.graph_id not in catalogue.graphs:
        catalogue.resolve(assistant.graph_id)
    return RunRequest(
        body=body,
        assistant_id=body["assistant_id"],
        assistant=assistant.assistant_id,
        graph_id=assistant.graph_id,
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
    """Return the stream modes in *body*, with duplicates; ["values"] by default."""
    modes: str | list[str] = body.get("stream_mode") or ["values"]
    return [modes] if isinstance(modes, str) else modes
