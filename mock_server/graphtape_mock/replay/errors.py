"""Base class of the errors for a request without a recorded response."""


class NotRecorded(LookupError):
    """No recording has a response to a request."""
