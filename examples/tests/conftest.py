"""Fixtures of the examples' tests: environments for client programs."""

from environments import javascript_with, npm_with, python_with, shared

__all__ = ["javascript_with", "npm_with", "python_with", "shared"]
