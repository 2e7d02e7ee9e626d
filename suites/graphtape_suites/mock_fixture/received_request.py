"""A request that the mock received from a test, and its response."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from graphtape_contracts.json_value import is_object
from graphtape_mock.recordings.assistant_id import assistant_key
from graphtape_mock.recordings.try_json import value_in
from graphtape_mock.redaction.redactor import Redactor
from graphtape_mock.server.journal import Entry


@dataclass(frozen=True, slots=True)
class ReceivedRequest:
    """One request."""

    method: str
    path: str
    """The path of the request, without the query."""
    body: Any
    """The JSON that was sent; None without a JSON body."""
    status: int | None
    """The status of the response; None if there is none yet, or a fault prevented it."""
    recording: str | None
    """The name of the recording that answered."""
    headers: dict[str, str] = field(repr=False)
    """The headers by lower-case name, with secrets redacted."""

    def __str__(self) -> str:
        assistant = f" of {self.assistant_id!r}" if self.assistant_id is not None else ""
        status = "no response" if self.status is None else str(self.status)
        by = f" by recording {self.recording!r}" if self.recording else ""
        return f"{self.method} {self.path}{assistant}: {status}{by}"

    @property
    def assistant_id(self) -> str | None:
        """The assistant to run, as the request names it."""
        found = self.body.get("assistant_id") if is_object(self.body) else None
        return found if isinstance(found, str) else None

    def is_for(self, path: str, assistant_id: str | None) -> bool:
        """Whether the request was sent to *path*, for *assistant_id* (name or UUID) if given."""
        if self.path != path:
            return False
        if assistant_id is None:
            return True
        requested = self.assistant_id
        return requested is not None and assistant_key(requested) == assistant_key(assistant_id)


def received_request(entry: Entry) -> ReceivedRequest:
    """Return the request of a journal *entry*, with secrets redacted."""
    headers = tuple((k.decode("latin-1"), v.decode("latin-1")) for k, v in entry.headers)
    return ReceivedRequest(
        entry.method,
        entry.path,
        value_in(entry.body) if entry.body is not None else None,
        entry.status,
        entry.recording,
        dict(Redactor().redact_headers(headers)),
    )


def list_requests(requests: Sequence[ReceivedRequest]) -> str:
    """Return one line per request, or `- nothing` without requests."""
    return "\n".join(f"- {request}" for request in requests) or "- nothing"
