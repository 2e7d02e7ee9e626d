"""Runs the drivers, which call client programs, and masks the results of the calls."""

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from client_cases import Call, is_ordered
from environments import run
from masking import Mask
from transcript import Transcript

DRIVERS = Path(__file__).parent / "drivers"

AT_ONCE = 16
"""Concurrent calls: an idle server takes up to a second to start a run."""

_REFUSAL = re.compile(r'"(?:[^"\\]|\\.)*Failed validating(?:[^"\\]|\\.)*"')
"""The text of a schema validation error, which a mock may word differently."""


@dataclass(frozen=True, slots=True)
class Driver:
    """A program that makes calls with one client and prints the results."""

    command: tuple[str, ...]
    """The start of the command. URL, file of calls and number of concurrent calls are added."""

    def drive(
        self, url: str, calls: Sequence[Call], folder: Path, at_once: int = AT_ONCE
    ) -> list[list[list[Any]]]:
        """Make all *calls* on the server at *url*; return a list of results for each call.

        A result is a list of kind and value. Temporary files are written into *folder*.
        """
        file = folder / f"{urlsplit(url).port}.json"
        file.write_text(json.dumps(calls))
        printed = run([*self.command, url, str(file), str(min(at_once, len(calls)))])
        came: list[list[list[Any]]] = [[] for _ in calls]
        # `splitlines` would also split at U+2028, which JavaScript does not escape.
        for line in printed.removesuffix("\n").split("\n"):
            number, *thing = json.loads(line)
            came[number].append(thing)
        return came


def transcribe_call(
    call: Call, came: list[list[Any]], urls: Sequence[str], kept: frozenset[str]
) -> Transcript:
    """Return the results of a *call*, with the hosts of *urls* and all ids but *kept* masked.

    *urls* includes the URL of the recorded server, because recordings contain it.
    """
    ordered = is_ordered(call)
    mask = Mask(kept, numbered=ordered)
    host = re.compile("|".join(re.escape(urlsplit(url).netloc) for url in urls))
    lines = (json.dumps(thing, ensure_ascii=False, separators=(",", ":")) for thing in came)
    shown = (_REFUSAL.sub('"<refusal>"', host.sub("<host>", line)) for line in lines)
    return Transcript(tuple(mask.hide(line) for line in shown), ordered)
