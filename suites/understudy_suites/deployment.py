"""What the fixtures of the plugin give to a test."""

from typing import NamedTuple


class MockDeployment(NamedTuple):
    """A mock that answers on a real socket."""

    url: str
