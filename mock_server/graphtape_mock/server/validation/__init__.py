"""Validation of requests, and the errors for invalid ones."""
