"""A real browser for the tests of the report, controlled by the DevTools protocol over a pipe.

The protocol is JSON in both directions, each message ended by a NUL. The browser reads it from file
descriptor 3 and writes it to 4; a shell puts its standard input and output there.
"""

import json
import os
import subprocess
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path
from shutil import which
from threading import Timer
from typing import IO, Any, cast

import pytest

NAMES = ("chromium", "chromium-browser", "google-chrome")
REQUIRED = os.environ.get("GRAPHTAPE_BROWSER") == "required"

_LONGEST = 300.0
"""Seconds after which a browser that hangs is killed."""

_OPTIONS = (
    "--headless",
    "--remote-debugging-pipe",
    "--no-sandbox",  # The sandbox does not work for root; the pages are trusted.
    "--disable-gpu",
    "--disable-dev-shm-usage",
    "--no-first-run",
    # Requests to any host fail, so a test notices them.
    "--proxy-server=127.0.0.1:9",
    "--host-resolver-rules=MAP * ~NOTFOUND",
)


class Tab:
    """A page in the browser."""

    def __init__(self, to: IO[bytes], responses: IO[bytes]) -> None:
        """Open a tab through the two pipes of a browser."""
        self._to = to
        self._responses = responses
        self._count = 0
        self._session: str | None = None
        self.requested: list[str] = []
        """The URLs that the page requested."""
        self.errors: list[str] = []
        """Messages that the browser logged: errors, and violations of the content policy."""
        target = self.call("Target.createTarget", url="about:blank")["targetId"]
        attached = self.call("Target.attachToTarget", targetId=target, flatten=True)
        self._session = attached["sessionId"]
        for domain in ("Page", "Network", "Log", "Runtime"):
            self.call(f"{domain}.enable")

    def call(self, method: str, **parameters: Any) -> dict[str, Any]:
        """Call a DevTools *method* and return its result."""
        self._count += 1
        message = {"id": self._count, "method": method, "params": parameters}
        if self._session is not None:
            message["sessionId"] = self._session
        self._to.write(json.dumps(message).encode() + b"\0")
        self._to.flush()
        while (answer := self._read()).get("id") != self._count:
            self._note(answer)
        assert "error" not in answer, answer["error"]
        return cast(dict[str, Any], answer["result"])

    def open(self, path: Path, width: int, height: int, *, dark: bool = False) -> None:
        """Load the file *path* in a window of that size, and wait until it is loaded."""
        self.requested.clear()
        self.errors.clear()
        self.call(
            "Emulation.setDeviceMetricsOverride",
            width=width,
            height=height,
            deviceScaleFactor=1,
            mobile=width < 600,
        )
        scheme = {"name": "prefers-color-scheme", "value": "dark" if dark else "light"}
        self.call("Emulation.setEmulatedMedia", features=[scheme])
        self.call("Page.navigate", url=path.as_uri())
        while (event := self._read()).get("method") != "Page.loadEventFired":
            self._note(event)

    def evaluate(self, script: str) -> Any:
        """Return the value of a *script* in the page."""
        answer = self.call("Runtime.evaluate", expression=script, returnByValue=True)
        assert "exceptionDetails" not in answer, answer
        return answer["result"].get("value")

    def press(self, key: str) -> None:
        """Press a *key*, given by its name: `Tab`."""
        for kind in ("keyDown", "keyUp"):
            self.call("Input.dispatchKeyEvent", type=kind, key=key, code=key)

    def type(self, text: str) -> None:
        """Type *text* into the focused element."""
        self.call("Input.insertText", text=text)

    def _read(self) -> dict[str, Any]:
        message = bytearray()
        while (byte := self._responses.read(1)) != b"\0":
            assert byte, "the browser closed the pipe"
            message += byte
        return cast(dict[str, Any], json.loads(message))

    def _note(self, event: dict[str, Any]) -> None:
        parameters = event.get("params", {})
        if event.get("method") == "Network.requestWillBeSent":
            self.requested.append(parameters["request"]["url"])
        elif event.get("method") == "Log.entryAdded":
            self.errors.append(parameters["entry"]["text"])
        elif event.get("method") == "Runtime.exceptionThrown":
            self.errors.append(str(parameters["exceptionDetails"]))


def find_browser(*, required: bool = REQUIRED) -> str:
    """Return the browser's program; without one, skip the test, or fail it if *required*."""
    for name in NAMES:
        if (found := which(name)) is not None:
            return found
    expected = f"expected one of {', '.join(NAMES)} on PATH, got none: see suites/browser"
    if required:
        pytest.fail(expected)
    pytest.skip(expected)


@contextmanager
def browser(program: str, profile: Path) -> Generator[Tab]:
    """Start the browser *program* with an empty *profile*; yield a tab."""
    command = [program, *_OPTIONS, f"--user-data-dir={profile}"]
    shell = ["sh", "-c", 'exec "$@" 3<&0 4>&1 </dev/null >/dev/null 2>&1', "sh", *command]
    with subprocess.Popen(shell, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        watch = Timer(_LONGEST, process.kill)
        watch.start()
        try:
            yield Tab(process.stdin, process.stdout)
        finally:
            watch.cancel()
            process.terminate()
