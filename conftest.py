"""Development-time pytest configuration; nothing here is shipped."""

import signal
from collections.abc import Callable

import pytest
from captured import captured
from hypothesis import settings

from graphtape_contracts import Exchange

pytest_plugins = ["pytester"]

# The gate tries the same examples every time; whoever works on the code tries new ones.
settings.register_profile("quick", max_examples=20, deadline=None, derandomize=True)
settings.register_profile("ci", max_examples=200, deadline=None, derandomize=True)
settings.register_profile("dev", deadline=None)
settings.register_profile("deep", max_examples=10_000, deadline=None)
settings.load_profile("dev")  # Another one: pytest --hypothesis-profile=deep

# A shell that runs the tests in the background has them ignore Ctrl-C, and so would the programs
# that they start, some of which are to be ended by it.
signal.signal(signal.SIGINT, signal.default_int_handler)


@pytest.fixture(name="captured", scope="session")
def _captured() -> Callable[[str], Exchange]:
    """Read a capture by its name: `captured("python/mode-agent-values")`."""
    return captured
