"""Development-time pytest configuration; nothing here is shipped."""

import signal
from collections.abc import Callable

import pytest
from captured import captured
from hypothesis import settings

from graphtape_contracts import Exchange

pytest_plugins = ["pytester"]

# CI runs try the same examples every time; runs during development try new ones.
settings.register_profile("quick", max_examples=20, deadline=None, derandomize=True)
settings.register_profile("ci", max_examples=200, deadline=None, derandomize=True)
settings.register_profile("dev", deadline=None)
settings.register_profile("deep", max_examples=10_000, deadline=None)
settings.load_profile("dev")  # The default; --hypothesis-profile=deep selects another.

# Processes that a shell starts in the background ignore SIGINT, and so do their children. Some
# tests end a child with SIGINT, so restore the default handler.
signal.signal(signal.SIGINT, signal.default_int_handler)


@pytest.fixture(name="captured", scope="session")
def _captured() -> Callable[[str], Exchange]:
    """Read a capture by its name: `captured("python/mode-agent-values")`."""
    return captured
