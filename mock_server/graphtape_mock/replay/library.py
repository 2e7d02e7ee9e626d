"""The library: a set of recordings, searched for the one that matches a request."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from graphtape_contracts import End, Exchange
from graphtape_contracts.json_value import Json
from graphtape_mock.console.text import escape
from graphtape_mock.recordings.assistant_id import assistant_key
from graphtape_mock.recordings.file import read
from graphtape_mock.recordings.recording import Recording
from graphtape_mock.recordings.recording_files import path_parts, recording_files, recording_names
from graphtape_mock.recordings.view import View
from graphtape_mock.replay.errors import NotRecorded
from graphtape_mock.replay.graph_output import output_keys
from graphtape_mock.replay.matching import (
    differences,
    match_form,
    match_key,
    record_command,
)
from graphtape_mock.replay.selection import can_show, request_body, view_of

MAX_NAMES = 20
"""The number of names that UnknownRecording lists."""
MAX_DIFFERENCES = 5
"""The number of differences to the nearest recording that NoMatch lists."""


@dataclass(frozen=True, slots=True, eq=False)
class RecordedRun:
    """One run of a recording: the exchanges of one run request, with different views."""

    name: str
    """The name of its recording."""
    match_form: Json
    """The canonical form of its request."""
    exchanges: tuple[Exchange, ...]
    output: tuple[str, ...] = ()
    """The keys of the output schema of its graph; empty if the recording lacks the schema."""

    def shows(self, body: Json) -> bool:
        """Return whether this run covers the view of a request with this *body*."""
        return can_show(self.exchanges, view_of(body))


class NoMatch(NotRecorded):
    """No recording matches; the message has the nearest one and a command that records the run."""

    def __init__(self, nearest: RecordedRun | None, paths: Sequence[str], command: str) -> None:
        super().__init__(nearest, paths, command)
        self.nearest, self.paths, self.command = nearest, tuple(paths), command

    def __str__(self) -> str:
        lines = ["No recording answers this request."]
        if self.nearest is not None:
            lines.append(f"The nearest is {self.nearest.name!r}, which differs in:")
            lines += [f"- {path}" for path in self.paths[:MAX_DIFFERENCES]]
            if len(self.paths) > MAX_DIFFERENCES:
                lines.append(f"- and {len(self.paths) - MAX_DIFFERENCES} more")
        lines.append(f"To record it: {self.command}")
        return "\n".join(lines)


class UnknownRecording(NotRecorded):
    """A request names a recording that does not exist."""

    def __init__(self, name: str, known: Iterable[str]) -> None:
        super().__init__(name)
        self.name, self.known = name, sorted(known)

    def __str__(self) -> str:
        more = f" and {len(self.known) - MAX_NAMES} more" if len(self.known) > MAX_NAMES else ""
        names = ", ".join(map(escape, self.known[:MAX_NAMES]))
        return f"No recording is named {self.name!r}. There are: {names}{more}"


class AmbiguousRecording(NotRecorded):
    """A request names a recording by a name that fits several files."""

    def __init__(self, name: str, files: Iterable[Path]) -> None:
        super().__init__(name)
        self.name, self.files = name, list(files)

    def __str__(self) -> str:
        files = ", ".join(escape(str(file)) for file in self.files[:MAX_NAMES])
        return f"Several recordings are named {self.name!r}: {files}. Name the folder, too."


class Library:
    """Recordings, searched by request.

    Recordings of the same request take turns, in order; those that do not cover the requested
    view are skipped, and the last one repeats.
    """

    def __init__(self, recordings: Iterable[Recording], files: Iterable[Path] = ()) -> None:
        """Search *recordings*, whose names differ; *files* has their files in the same order."""
        self.recordings = tuple(recordings)
        self.files = tuple(files)
        self.runs = tuple(run for recording in self.recordings for run in _runs(recording))
        self.assistants = frozenset(str(run.match_form["assistant"]) for run in self.runs)
        """The UUIDs of the assistants whose runs were recorded."""
        self._by_key: dict[bytes, list[RecordedRun]] = defaultdict(list)
        self._by_name: dict[str, list[RecordedRun]] = defaultdict(list)
        self._turns: dict[bytes, int] = defaultdict(int)
        self.used: set[str] = set()
        """The names of the recordings found so far."""
        for run in self.runs:
            self._by_key[match_key(run.match_form)].append(run)
            self._by_name[run.name].append(run)

    @property
    def names(self) -> set[str]:
        """The names of the recordings with at least one complete run."""
        return {run.name for run in self.runs}

    @property
    def unusable(self) -> list[str]:
        """The names of recordings with a run that was refused or not received completely."""
        return [
            recording.name
            for recording in self.recordings
            if not all(_is_complete(exchange) for exchange in recording.runs)
        ]

    def find(self, form: Json, body: Json, name: str | None = None) -> RecordedRun:
        """Return the recorded run for a request with this canonical *form* and *body*.

        With a *name* the run is from the recording of that name, even if the request differs.
        Raises NoMatch, and the errors of `resolve` for a *name*.
        """
        run = self._find(form, body, name)
        self.used.add(run.name)
        return run

    def peek(self, form: Json, body: Json, name: str | None = None) -> RecordedRun:
        """Return the run that `find` would return, without taking a turn or marking it as used."""
        return self._find(form, body, name, takes_turn=False)

    def repeats(self, form: Json, body: Json) -> bool:
        """Return whether `find` would repeat a recording, because all have had their turn."""
        key = match_key(form)
        return self._turns[key] >= len(_able(self._by_key.get(key, []), body))

    def resolve(self, name: str) -> str:
        """Return the full name of the recording that *name* means.

        *name* is in `names`, or is the end of the path of one file, without the suffix. Raises
        UnknownRecording if no recording fits, AmbiguousRecording if several do.
        """
        if name in self._by_name:
            return name
        fitting = {
            recording.name: file
            for recording, file in zip(self.recordings, self.files, strict=False)
            if recording.name in self._by_name
            and "/".join(("", *path_parts(file))).endswith(f"/{name}")
        }
        if not fitting:
            raise UnknownRecording(name, self._by_name)
        if len(fitting) > 1:
            raise AmbiguousRecording(name, fitting.values())
        return next(iter(fitting))

    def file_of(self, name: str) -> Path:
        """Return the file of the recording with that full *name*."""
        names = [recording.name for recording in self.recordings]
        return self.files[names.index(name)]

    def name_of(self, file: Path) -> str:
        """Return the full name of the recording in *file*."""
        return self.recordings[self.files.index(file)].name

    def _find(
        self, form: Json, body: Json, name: str | None, *, takes_turn: bool = True
    ) -> RecordedRun:
        key = match_key(form)
        candidates = self._by_key.get(key)
        if name is not None:
            pinned = self._by_name[self.resolve(name)]
            return next((run for run in pinned if match_key(run.match_form) == key), pinned[0])
        if candidates is None:
            raise self._miss(form, body)
        able = _able(candidates, body)
        place = min(self._turns[key], len(able) - 1)
        if takes_turn:
            self._turns[key] = place + 1
        return able[place]

    def restart(self) -> None:
        """Start all turns over: the first recording of each request is next."""
        self._turns.clear()

    def changed(self, recording: Recording, file: Path) -> "Library":
        """Return a copy of the library with the *recording* in *file* added or replaced.

        The two libraries share their turns and the names of used recordings.
        """
        recordings, files = list(self.recordings), list(self.files)
        if file in files:
            place = files.index(file)
            recordings[place] = replace(recording, name=recordings[place].name)
        else:
            files.append(file)
            recordings.append(replace(recording, name=recording_names(files)[-1]))
        library = Library(recordings, files)
        library._turns, library.used = self._turns, self.used
        return library

    def _miss(self, form: Json, body: Json) -> NoMatch:
        command = record_command(body)
        if not self.runs:
            return NoMatch(None, (), command)
        compared = [(run, list(differences(run.match_form, form))) for run in self.runs]

        def distance(pair: tuple[RecordedRun, list[str]]) -> tuple[bool, int]:
            run, paths = pair
            return run.match_form["assistant"] != form["assistant"], len(paths)

        nearest, paths = min(compared, key=distance)
        return NoMatch(nearest, paths, command)


def _runs(recording: Recording) -> Iterable[RecordedRun]:
    """Group the exchanges of a recording by their run request.

    A second exchange with the same request, path and view starts a new run.
    """
    groups: dict[bytes, list[tuple[set[tuple[str, View]], list[Exchange]]]] = defaultdict(list)
    forms: dict[bytes, Json] = {}
    for exchange in recording.runs:
        body = request_body(exchange)
        if not _is_complete(exchange):
            continue
        form = match_form(body, assistant_key(str(body.get("assistant_id", ""))))
        key = match_key(form)
        forms[key] = form
        shown = (exchange.request.path, view_of(body))
        group = next((g for g in groups[key] if shown not in g[0]), None)
        if group is None:
            group = (set[tuple[str, View]](), list[Exchange]())
            groups[key].append(group)
        group[0].add(shown)
        group[1].append(exchange)
    output = output_keys(recording.exchanges)
    for key, entries in groups.items():
        for _, exchanges in entries:
            yield RecordedRun(recording.name, forms[key], tuple(exchanges), output)


def _is_complete(exchange: Exchange) -> bool:
    """Return whether *exchange* can be replayed: not refused, and received to its end."""
    return exchange.response.status == 200 and exchange.end is End.COMPLETE


def _able(candidates: list[RecordedRun], body: Json) -> list[RecordedRun]:
    """Return the *candidates* that cover the view of a request; all if none does."""
    if len(candidates) == 1:
        return candidates
    return [run for run in candidates if run.shows(body)] or candidates


def load(paths: Iterable[Path]) -> Library:
    """Return the library of the recordings among *paths*, files or folders.

    Raises BrokenRecording, and OSError for files that do not exist or can't be read.
    """
    files = recording_files(paths)
    names = recording_names(files)
    recordings = (replace(read(file), name=n) for file, n in zip(files, names, strict=True))
    return Library(recordings, files)
