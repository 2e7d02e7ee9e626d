"""Records runs of a live deployment: by command, or when a request matches no recording."""
