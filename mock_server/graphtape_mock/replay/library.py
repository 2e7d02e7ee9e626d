"""A set of recordings, and which of them answers a request."""

import errno
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from graphtape_contracts import End, Exchange
from graphtape_contracts.json_value import Json
from graphtape_mock.recordings.assistant_id import assistant_key
from graphtape_mock.recordings.file import read
from graphtape_mock.recordings.recording import SUFFIX, Recording
from graphtape_mock.recordings.view import View
from graphtape_mock.replay.graph_output import output_keys
from graphtape_mock.replay.matching import (
    differences,
    match_form,
    match_key,
    record_command,
)
from graphtape_mock.replay.selection import can_show, request_body, view_of

MAX_DIFFERENCES = 5
"""How many of the differences to the nearest recording a miss tells."""


@dataclass(frozen=True, slots=True, eq=False)
class RecordedRun:
    """One run of a recording: all exchanges that ask for it, with different views."""

    name: str
    """The name of its recording."""
    match_form: Json
    """The canonical form of its request."""
    exchanges: tuple[Exchange, ...]
    output: tuple[str, ...] = ()
    """The keys of the output schema of its graph, as far as the recording has it."""

    def shows(self, body: Json) -> bool:
        """Whether it holds all that a request with this *body* asks to see."""
        return can_show(self.exchanges, view_of(body))


class NoMatch(LookupError):
    """No recording answers a request; `str` says which is nearest and how to record it."""

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


class UnknownRecording(LookupError):
    """A request names a recording that is not there."""

    def __init__(self, name: str, known: Iterable[str]) -> None:
        super().__init__(name)
        self.name, self.known = name, sorted(known)

    def __str__(self) -> str:
        return f"No recording is named {self.name!r}. There are: {', '.join(self.known)}"


class Library:
    """Recordings, and the order in which they were given out.

    Several recordings of one request are answered in order, those that can't show the stream
    modes asked for left out; the last of them again and again.
    """

    def __init__(self, recordings: Iterable[Recording]) -> None:
        self.recordings = tuple(recordings)
        self.runs = tuple(run for recording in self.recordings for run in _runs(recording))
        self.assistants = frozenset(str(run.match_form["assistant"]) for run in self.runs)
        """The UUIDs of the assistants whose runs were recorded."""
        self._by_key: dict[bytes, list[RecordedRun]] = defaultdict(list)
        self._by_name: dict[str, list[RecordedRun]] = defaultdict(list)
        self._given: dict[bytes, int] = defaultdict(int)
        self.used: set[str] = set()
        """The names of the recordings that were found so far."""
        for run in self.runs:
            self._by_key[match_key(run.match_form)].append(run)
            self._by_name[run.name].append(run)

    @property
    def names(self) -> set[str]:
        """The names of the recordings that answer anything."""
        return {run.name for run in self.runs}

    @property
    def unusable(self) -> list[str]:
        """The names of recordings that hold a run that was refused or not received whole."""
        return [
            recording.name
            for recording in self.recordings
            if not all(_answers(exchange) for exchange in recording.runs)
        ]

    def find(self, form: Json, body: Json, name: str | None = None) -> RecordedRun:
        """Return the run that answers a request with this canonical *form* and *body*.

        Where *name* is given, the recording of that name answers, whatever was asked.
        Raises NoMatch, and UnknownRecording for a *name* that is not there.
        """
        run = self._find(form, body, name)
        self.used.add(run.name)
        return run

    def peek(self, form: Json, body: Json, name: str | None = None) -> RecordedRun:
        """Return the run that `find` would, without its having been given out. See `find`."""
        return self._find(form, body, name, takes_turn=False)

    def _find(
        self, form: Json, body: Json, name: str | None, *, takes_turn: bool = True
    ) -> RecordedRun:
        key = match_key(form)
        candidates = self._by_key.get(key)
        if name is not None:
            if name not in self._by_name:
                raise UnknownRecording(name, self._by_name)
            pinned = self._by_name[name]
            return next((run for run in pinned if match_key(run.match_form) == key), pinned[0])
        if candidates is None:
            raise self._miss(form, body)
        if len(candidates) > 1:
            able = [run for run in candidates if run.shows(body)] or candidates
            place = min(self._given[key], len(able) - 1)
            if takes_turn:
                self._given[key] = place + 1
            return able[place]
        return candidates[0]

    def restart(self) -> None:
        """Begin again with the first of several recordings of one request."""
        self._given.clear()

    def changed(self, recording: Recording) -> "Library":
        """Return the library with *recording* in place of the one of its name, or added.

        Both go on in the order in which recordings were given out so far.
        """
        by_name = {known.name: known for known in self.recordings} | {recording.name: recording}
        library = Library(by_name.values())
        library._given, library.used = self._given, self.used
        return library

    def _miss(self, form: Json, body: Json) -> NoMatch:
        command = record_command(body)
        if not self.runs:
            return NoMatch(None, (), command)
        told = [(run, list(differences(run.match_form, form))) for run in self.runs]

        def distance(pair: tuple[RecordedRun, list[str]]) -> tuple[bool, int]:
            run, paths = pair
            return run.match_form["assistant"] != form["assistant"], len(paths)

        nearest, paths = min(told, key=distance)
        return NoMatch(nearest, paths, command)


def _runs(recording: Recording) -> Iterable[RecordedRun]:
    """Group the exchanges of a recording by the run they ask for.

    The same request with the same view a second time starts a new run.
    """
    groups: dict[bytes, list[tuple[set[tuple[str, View]], list[Exchange]]]] = defaultdict(list)
    forms: dict[bytes, Json] = {}
    for exchange in recording.runs:
        body = request_body(exchange)
        if not _answers(exchange):
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


def _answers(exchange: Exchange) -> bool:
    """Whether *exchange* can answer a request: a refusal or half a run can't."""
    return exchange.response.status == 200 and exchange.end is End.COMPLETE


def recording_files(paths: Iterable[Path]) -> list[Path]:
    """Return the recordings among *paths*: files as they are, and those in folders, sorted.

    Raises FileNotFoundError for a path that is not there.
    """
    found: list[Path] = []
    for path in paths:
        if path.is_dir():
            found += sorted(path.rglob(f"*{SUFFIX}"), key=lambda file: file.with_suffix(""))
        elif path.exists():
            found.append(path)
        else:
            raise FileNotFoundError(errno.ENOENT, "there is no such file or folder", str(path))
    return found


def load(paths: Iterable[Path]) -> Library:
    """Return the library of the recordings among *paths*, files or folders.

    Raises BrokenRecording, and OSError for what is not there or can't be read.
    """
    return Library(read(path) for path in recording_files(paths))
