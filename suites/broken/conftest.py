"""What is told when the broken servers were tried: which promises each of them breaks."""

import pytest
from trying import FOUND


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Print by server the promise that is named, and what is broken along with it."""
    if FOUND:
        terminalreporter.section("broken servers: what the suites found")
    for server, found in FOUND.items():
        told = "found" if server.promise in found else "MISSED"
        also = ", ".join(promise for promise in found if promise != server.promise)
        terminalreporter.line(f"{told}  {server}" + (f"  (also {also})" if also else ""))
