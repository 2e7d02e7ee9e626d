"""The response headers of runs by dialect, observed on the servers named in `Dialect`.

This is data only: the mock builds responses from it, and the rules check responses against it.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from graphtape_contracts.dialect import Dialect

RUN_PATH = "/runs/{run_id}"
THREAD_RUN_PATH = "/threads/{thread_id}/runs/{run_id}"


@dataclass(frozen=True, slots=True, kw_only=True)
class RunHead:
    """The headers of the 200 response to a stateless run."""

    content_types: tuple[str, ...]
    """The media types that servers of the dialect send, the usual one first."""
    content_location: str
    """The path of the run, with the placeholder `{run_id}` and sometimes `{thread_id}`."""
    location: str | None
    """The path where a client joins the run; None if the header is absent."""
    cache_control: str | None = None
    x_accel_buffering: str | None = None


STREAM_HEADS: Mapping[Dialect, RunHead] = MappingProxyType(
    {
        Dialect.PYTHON: RunHead(
            content_types=("text/event-stream",),
            content_location=RUN_PATH,
            location=f"{RUN_PATH}/stream",
            cache_control="no-store",
            x_accel_buffering="no",
        ),
        Dialect.JAVASCRIPT: RunHead(
            content_types=("text/event-stream",),
            content_location=RUN_PATH,
            location=None,
            cache_control="no-cache",
        ),
        Dialect.AEGRA: RunHead(
            content_types=("text/event-stream",),
            content_location=THREAD_RUN_PATH,
            location=f"{THREAD_RUN_PATH}/stream",
            cache_control="no-cache",
            x_accel_buffering="no",
        ),
    }
)
"""The heads of `POST /runs/stream`, by dialect."""

WAIT_HEADS: Mapping[Dialect, RunHead] = MappingProxyType(
    {
        Dialect.PYTHON: RunHead(
            content_types=("application/json",),
            content_location=THREAD_RUN_PATH,
            location=f"{THREAD_RUN_PATH}/join",
        ),
        Dialect.JAVASCRIPT: RunHead(
            content_types=("text/plain", "application/json"),
            content_location=RUN_PATH,
            location=None,
        ),
        Dialect.AEGRA: RunHead(
            content_types=("application/json",),
            content_location=THREAD_RUN_PATH,
            location=f"{THREAD_RUN_PATH}/join",
        ),
    }
)
"""The heads of `POST /runs/wait`, by dialect."""
