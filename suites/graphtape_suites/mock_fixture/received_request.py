"""A request that the mock received from a test, and its response."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from graphtape_contracts import Headers
from graphtape_contracts.json_value import is_object
from graphtape_mock.console.text import escape, shorten
from graphtape_mock.recordings.assistant_id import assistant_key
from graphtape_mock.recordings.try_json import value_in
from graphtape_mock.redaction.redactor import Redactor
from graphtape_mock.server.journal import Entry

_LONGEST_REPR = 1000
"""In columns."""


class SentHeaders(dict[str, str]):
    """Headers as they were sent; their `repr` shows placeholders for secrets."""

    def __init__(self, headers: Headers, redactor: Redactor) -> None:
        super().__init__(headers)
        self._redactor = redactor

    def __repr__(self) -> str:
        return repr(dict(self._redactor.redact_headers(tuple(self.items()))))


@dataclass(frozen=True, slots=True, repr=False)
class ReceivedRequest:
    """One request, as it was sent; its `repr` and `str` show placeholders for secrets."""

    method: str
    path: str
    """The path of the request, without the query."""
    body: Any
    """The JSON that was sent; None without a JSON body."""
    status: int | None
    """The status of the response; None if there is none yet, or a fault prevented it."""
    recording: str | None
    """The name of the recording that answered."""
    headers: dict[str, str]
    """The headers by lower-case name."""
    _redactor: Redactor = field(compare=False)

    def __repr__(self) -> str:
        text = self._redactor.redact_text(
            f"ReceivedRequest(method={self.method!r}, path={self.path!r}, body={self.body!r}, "
            f"status={self.status!r}, recording={self.recording!r})"
        )
        return shorten(escape(text), _LONGEST_REPR)

    def __str__(self) -> str:
        assistant = f" of {self.assistant_id!r}" if self.assistant_id is not None else ""
        status = "no response" if self.status is None else str(self.status)
        by = f" by recording {self.recording!r}" if self.recording else ""
        text = self._redactor.redact_text(f"{self.method} {self.path}{assistant}: {status}{by}")
        return shorten(escape(text), _LONGEST_REPR)

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


def received_request(entry: Entry, redactor: Redactor) -> ReceivedRequest:
    """Return the request of a journal *entry*; *redactor* redacts it wherever it is printed."""
    return ReceivedRequest(
        entry.method,
        entry.path,
        value_in(entry.body) if entry.body is not None else None,
        entry.status,
        entry.recording,
        SentHeaders(_headers(entry), redactor),
        redactor,
    )


def sent_secrets(entries: Sequence[Entry]) -> tuple[str, ...]:
    """Return the values of the secret headers of *entries*, in the order of their first use."""
    secret = Redactor().names_secret
    values = [value for entry in entries for name, value in _headers(entry) if secret(name)]
    # A value may have a scheme, as in `Bearer abc`.
    found = (one for value in values for one in (value, value.partition(" ")[2]) if one)
    return tuple(dict.fromkeys(found))


def list_requests(requests: Sequence[ReceivedRequest]) -> str:
    """Return one line per request, or `- nothing` without requests."""
    return "\n".join(f"- {request}" for request in requests) or "- nothing"


def _headers(entry: Entry) -> Headers:
    return tuple((k.decode("latin-1"), v.decode("latin-1")) for k, v in entry.headers)
