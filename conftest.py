"""Development-time pytest configuration; nothing here is shipped."""

import signal
from collections.abc import Callable

import pytest
from captured import captured, captures

from understudy_contracts import End, Exchange

pytest_plugins = ["pytester"]

# A shell that runs the tests in the background has them ignore Ctrl-C, and so would the programs
# that they start, some of which are to be ended by it.
signal.signal(signal.SIGINT, signal.default_int_handler)


@pytest.fixture(name="captured", scope="session")
def _captured() -> Callable[[str], Exchange]:
    """Read a capture by its name: `captured("python/mode-agent-values")`."""
    return captured


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Give a test with the argument `capture` every captured exchange, `stream_capture` every
    stream that is complete, and `capture_name` the name it goes by."""
    wanted = {"capture", "stream_capture"} & set(metafunc.fixturenames)
    for argument in wanted:
        whole = list(captures().items())
        if argument == "stream_capture":
            whole = [(n, e) for n, e in whole if e.is_stream and e.end is End.COMPLETE]
        ids = [name.replace("/", "-") for name, _ in whole]
        if "capture_name" in metafunc.fixturenames:
            named = [(exchange, name) for name, exchange in whole]
            metafunc.parametrize((argument, "capture_name"), named, ids=ids)
        else:
            metafunc.parametrize(argument, [exchange for _, exchange in whole], ids=ids)
