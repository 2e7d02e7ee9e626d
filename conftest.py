"""Development-time pytest configuration; nothing here is shipped."""

import signal
from collections.abc import Callable

import pytest
from captured import captured, captures, python_accepts
from hypothesis import settings

from understudy_contracts import End, Exchange

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


def _is_whole_stream(name: str, exchange: Exchange) -> bool:
    return exchange.is_stream and exchange.end is End.COMPLETE


_SELECTIONS: dict[str, Callable[[str, Exchange], bool]] = {
    "capture": lambda name, exchange: True,
    "stream_capture": _is_whole_stream,
    "replayable_capture": lambda name, exchange: (
        _is_whole_stream(name, exchange) and python_accepts(name)
    ),
}


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Give a test the captures that it names among its arguments.

    `capture` is every captured exchange, `stream_capture` every stream that is complete, and
    `replayable_capture` those whose request the mock takes; `capture_name` is what it is called.
    """
    for argument in _SELECTIONS.keys() & set(metafunc.fixturenames):
        whole = [(n, e) for n, e in captures().items() if _SELECTIONS[argument](n, e)]
        ids = [name.replace("/", "-") for name, _ in whole]
        if "capture_name" in metafunc.fixturenames:
            named = [(exchange, name) for name, exchange in whole]
            metafunc.parametrize((argument, "capture_name"), named, ids=ids)
        else:
            metafunc.parametrize(argument, [exchange for _, exchange in whole], ids=ids)
