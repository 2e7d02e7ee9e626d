"""Records runs of a live deployment: by command, and when a mock has no recording of a request."""
