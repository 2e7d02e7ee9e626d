"""Checks that rules can't make: isolation, timing, complete responses, the Python SDK."""
