"""Replaces recordings if additions are the only changes.

A recording is replaced only if something is new and nothing is missing: no change is breaking, and
the agent took every recorded path again. The old file is replaced when the new one is complete.
"""

from dataclasses import replace

from graphtape_contracts import End, Exchange
from graphtape_mock.drift.compare_runs import compare
from graphtape_mock.drift.recording_drift import ExchangeDrift, RecordingDrift
from graphtape_mock.drift.severity import Severity
from graphtape_mock.recordings.draft import replacing
from graphtape_mock.recordings.redacted import write_redacted
from graphtape_mock.recordings.try_json import object_in
from graphtape_mock.redaction.redactor import Redactor


class NotUpdated(Exception):
    """A recording was not updated; the message says why."""


def update(verdict: RecordingDrift, url: str, redactor: Redactor) -> bool:
    """Update the recording of *verdict* from the responses of *url*, if something was added.

    Returns whether the recording was updated. Raises NotUpdated if something is missing, or OSError
    if the file can't be written.
    """
    if not any(drift.severity is Severity.ADDITIVE for drift in verdict.drifts):
        return False
    if verdict.unasked:
        raise NotUpdated("not all of its requests were repeated")
    exchanges = [_chosen(answered) for answered in verdict.exchanges]
    info = next((e for e in exchanges if e.request.path == "/info"), None)
    server = {"url": url} | (object_in(info.body) if info else verdict.recording.server)
    renewed = replace(verdict.recording, exchanges=tuple(exchanges), server=server, recorded_at="")
    with replacing(verdict.file) as draft:
        if found := ", ".join(map(str, write_redacted(renewed, draft, redactor))):
            raise NotUpdated(f"the new responses may hold a secret ({found})")
    return True


def _chosen(answered: ExchangeDrift) -> Exchange:
    """Return the exchange for the new file, whose response shows all that was recorded.

    If the request was not repeated, returns the recorded exchange. Raises NotUpdated if each new
    response lacks something.
    """
    if not answered.answers:
        return answered.recorded
    for answer in answered.answers:
        if answer.end is End.COMPLETE and _shows_all(answered.recorded, answer):
            return answer
    raise NotUpdated(f"no response to {answered.request} shows all that was recorded")


def _shows_all(recorded: Exchange, answer: Exchange) -> bool:
    """Return whether *answer* has everything that was *recorded*, and no breaking change."""
    if any(drift.severity is Severity.BREAKING for drift in compare(recorded, answer)):
        return False
    return not any(
        drift.severity is Severity.ADDITIVE
        or (drift.severity is Severity.BREAKING and drift.kind in ("widened", "retyped", "failure"))
        for drift in compare(answer, recorded)
    )
