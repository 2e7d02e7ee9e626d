"""The errors for a request without a recorded response."""


class NotRecorded(LookupError):
    """No recording has a response to a request."""


class NotReplayable(NotRecorded):
    """A recording holds an event that the requested view can't be made of."""

    def __init__(self, reason: str, frame: int, event: str, recording: str | None = None) -> None:
        """Name the number of the *frame* in the recorded body, from 1, and the name of its event.

        *reason* says what was expected of the event and what was got.
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
