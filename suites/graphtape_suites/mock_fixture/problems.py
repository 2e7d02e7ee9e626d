"""Problems that fail a test: requests that match no recording, faults that can't be applied."""

from collections.abc import Iterable, Iterator
from pathlib import Path

from graphtape_mock.console.text import escape
from graphtape_mock.recordings.try_json import object_in
from graphtape_mock.replay.matching import BODY_FILE, INPUT_FILE, files_of_command
from graphtape_mock.server.journal import Entry
from graphtape_suites.printing.kept_file import keep_text

_ADVICE = (
    "To record it: pytest --graphtape-record new_episodes --graphtape-upstream URL\n"
    "To accept this response: graphtape_mock.allow_unmatched()"
)


def new_problems(
    entries: Iterable[tuple[int, Entry]],
    reported: set[tuple[int, str]],
    *,
    with_misses: bool,
    folder: Path,
    test: str,
) -> Iterator[str]:
    """Yield a message for each new problem in *entries*, and add the problem to *reported*.

    *entries* are numbered entries of the journal. Misses are included only if *with_misses*. An
    input that is too long for a command line is kept in the folder `.graphtape` in *folder*, in a
    file named for the *test*.
    """
    for number, entry in entries:
        request = f"request {number}, {entry.method} {escape(entry.path)}"
        if entry.miss and with_misses and (number, entry.miss) not in reported:
            reported.add((number, entry.miss))
            miss = _with_files(entry, folder, test)
            yield f"{request}, matches no recording (status {entry.status}):\n{miss}\n{_ADVICE}"
        if entry.problem and (number, entry.problem) not in reported:
            reported.add((number, entry.problem))
            yield f"{request}: {entry.problem}"


def _with_files(entry: Entry, folder: Path, test: str) -> str:
    """Return the message of a miss, after writing the files that its command reads."""
    message = entry.miss
    if entry.body is None or (INPUT_FILE not in message and BODY_FILE not in message):
        return message
    for name, text in files_of_command(object_in(entry.body)).items():
        try:
            path = keep_text(folder, test, f".{name}", text)
        except OSError as error:
            message += f"\n({name} can't be kept: {error})"
        else:
            message = message.replace(f"@{name}", f"@{path.relative_to(folder)}")
    return message
