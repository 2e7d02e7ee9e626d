"""Talking with live deployments: HTTP, what they say of themselves, and what may be spent."""
