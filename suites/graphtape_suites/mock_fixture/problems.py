"""Problems that fail a test: requests that match no recording, faults that can't be applied."""

from collections.abc import Iterable, Iterator
from pathlib import Path

import orjson

from graphtape_mock.console.text import escape
from graphtape_mock.recordings.try_json import object_in
from graphtape_mock.redaction.redactor import redact_json
from graphtape_mock.replay.library import RECORD_HINT
from graphtape_mock.replay.matching import record_command
from graphtape_mock.server.journal import Entry
from graphtape_suites.printing.kept_file import keep_text

_LONGEST_COMMAND = 2000
"""The longest command that has the input of the run in it, in characters."""
_ADVICE = (
    "To record it: pytest --graphtape-record new_episodes --graphtape-upstream URL\n"
    "To accept this response: graphtape_mock.allow_unmatched()"
)


def new_problems(
    entries: Iterable[Entry],
    reported: set[tuple[int, str]],
    *,
    with_misses: bool,
    folder: Path,
    test: str,
) -> Iterator[str]:
    """Yield a message for each problem in journal *entries* that is not in *reported*; add it.

    Misses are included only *with_misses*. An input that is too long for a command line is kept in
    the folder `.graphtape` in *folder*, in a file named for the *test*.
    """
    for number, entry in enumerate(entries, 1):
        request = f"request {number}, {entry.method} {escape(entry.path)}"
        if entry.miss and with_misses and (number, entry.miss) not in reported:
            reported.add((number, entry.miss))
            miss = _with_short_command(entry, folder, test)
            yield f"{request}, matches no recording (status {entry.status}):\n{miss}\n{_ADVICE}"
        if entry.problem and (number, entry.problem) not in reported:
            reported.add((number, entry.problem))
            yield f"{request}: {entry.problem}"


def _with_short_command(entry: Entry, folder: Path, test: str) -> str:
    """Return the message of a miss; a long command reads the input from a file."""
    message, hint, command = entry.miss.partition(RECORD_HINT)
    if len(command) <= _LONGEST_COMMAND or entry.body is None:
        return entry.miss
    body = object_in(entry.body)
    input_ = orjson.dumps(redact_json(body.get("input"))).decode()
    try:
        path = keep_text(folder, test, ".json", input_)
    except OSError as error:
        return f"{message}(The input of the run can't be kept in a file: {error})"
    return f"{message}{hint}{record_command(body, input_file=str(path.relative_to(folder)))}"
