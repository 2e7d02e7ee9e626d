"""The errors for a request without a recorded response."""


class NotRecorded(LookupError):
    """No recording has a response to a request."""


class NotReplayable(NotRecorded):
    """A recording has an event from which the requested view can't be derived."""

    def __init__(self, reason: str, frame: int, event: str, recording: str | None = None) -> None:
        """Take the number of the *frame* in the recorded body, from 1, and the name of its event.

        *reason* gives the expected and the actual content of the event.
        """
        super().__init__(reason, frame, event, recording)
        self.reason, self.frame, self.event = reason, frame, event
        self.recording = recording

    def in_recording(self, name: str) -> "NotReplayable":
        """Return the same error with the name of the recording in its text."""
        return NotReplayable(self.reason, self.frame, self.event, name)

    def __str__(self) -> str:
        place = f"frame {self.frame} ({self.event})"
        if self.recording is None:
            return f"{place}: {self.reason}"
        return (
            f"Recording {self.recording!r} can't show this view of its run: {place}: "
            f"{self.reason}. Record it again with graphtape record."
        )
