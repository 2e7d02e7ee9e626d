"""Re-records files whose only changes are additions.

A recording is replaced only where something is new and nothing is gone: neither drift that breaks
clients, nor a way that the agent went when it was recorded and did not go this time. The new file
is written beside the old one, which stays as it is until the new one is whole.
"""

from graphtape_contracts import End, Exchange
from graphtape_mock.drift.compare_runs import compare
from graphtape_mock.drift.recording_drift import ExchangeDrift, RecordingDrift
from graphtape_mock.drift.severity import Severity
from graphtape_mock.record.recorder import redact_exchange
from graphtape_mock.recordings.draft import replacing
from graphtape_mock.recordings.file import RecordingWriter
from graphtape_mock.recordings.try_json import object_in
from graphtape_mock.redaction.redactor import Redactor


class NotUpdated(Exception):
    """A recording is not updated: why."""


def update(verdict: RecordingDrift, url: str, redactor: Redactor) -> bool:
    """Re-record the file of *verdict* from the responses of *url*, if something was added.

    Returns whether it did. Raises NotUpdated if there is more and less than was recorded, and
    OSError where the file can't be written.
    """
    if not any(drift.severity is Severity.ADDITIVE for drift in verdict.drifts):
        return False
    if verdict.unasked:
        raise NotUpdated("not all of it was asked again")
    exchanges = [_chosen(answered) for answered in verdict.exchanges]
    file = verdict.file.resolve()
    redacted = [redact_exchange(exchange, redactor) for exchange in exchanges]
    info = next((e for e in redacted if e.request.path == "/info"), None)
    server = {"url": url} | (object_in(info.body) if info else verdict.recording.server)
    with replacing(file) as draft:
        with RecordingWriter(draft, server=server, note=verdict.recording.note) as writer:
            for exchange in redacted:
                writer.add_exchange(exchange)
        draft.chmod(file.stat().st_mode)
    return True


def _chosen(answered: ExchangeDrift) -> Exchange:
    """Return the exchange to write: one whose response has everything that was recorded."""
    if not answered.answers:
        return answered.recorded
    for answer in answered.answers:
        if answer.end is End.COMPLETE and _shows_all(answered.recorded, answer):
            return answer
    raise NotUpdated(f"no answer to {answered.request} shows all that was recorded")


def _shows_all(recorded: Exchange, answer: Exchange) -> bool:
    """Return whether *answer* breaks no client and lacks nothing that was *recorded*."""
    if any(drift.severity is Severity.BREAKING for drift in compare(recorded, answer)):
        return False
    return not any(
        drift.severity is Severity.ADDITIVE
        or (drift.severity is Severity.BREAKING and drift.kind in ("widened", "retyped", "failure"))
        for drift in compare(answer, recorded)
    )
