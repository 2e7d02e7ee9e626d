"""Finds and orders the files of recordings, and names the recordings."""

import errno
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from graphtape_mock.recordings.recording import SUFFIX


def recording_files(paths: Iterable[Path]) -> list[Path]:
    """Return the recordings among *paths*: files as they are, and those in folders, sorted.

    `agent-2` comes before `agent-10`. Hidden files, and files in hidden folders, are left out,
    unless they are among *paths*. A file that several paths lead to is returned once. Raises
    FileNotFoundError for a path that does not exist, and OSError for one that is neither a file nor
    a folder.
    """
    found: dict[Path, Path] = {}
    for path in paths:
        if path.is_dir():
            files = sorted(_visible(path), key=_place)
        elif path.exists():
            files = [path]
        else:
            raise FileNotFoundError(errno.ENOENT, "there is no such file or folder", str(path))
        for file in files:
            if file.exists() and not file.is_file():  # Might never end.
                problem = "it is a pipe, a device or a socket, not a file"
                raise OSError(errno.EINVAL, problem, str(file))
            found.setdefault(file.resolve(), file)
    return list(found.values())


def _visible(folder: Path) -> Iterator[Path]:
    for file in folder.rglob(f"*{SUFFIX}"):
        is_hidden = any(part.startswith(".") for part in file.relative_to(folder).parts)
        if not is_hidden and not file.is_dir():
            yield file


_NUMBER = re.compile(r"([0-9]+)")


def _place(file: Path) -> list[list[str | int]]:
    """Return the sort key of *file*: the parts of its path, with digits as numbers."""
    split = (_NUMBER.split(part) for part in path_parts(file))
    return [[int(one) if n % 2 else one for n, one in enumerate(part)] for part in split]


def path_parts(file: Path) -> tuple[str, ...]:
    """Return the parts of the path of the recording *file*, without the suffix."""
    return (*file.parent.parts, file.name.removesuffix(SUFFIX))


def recording_names(files: Sequence[Path]) -> list[str]:
    """Return a name for each of *files*: the end of its path, as long as needed to be unique.

    `recordings/agent.jsonl` alone is `agent`. With `recordings/billing/agent.jsonl` as well, the
    names are `recordings/agent` and `billing/agent`.
    """
    parts = [path_parts(file) for file in files]
    names = [""] * len(files)
    length = 0
    while unnamed := [number for number, name in enumerate(names) if not name]:
        length += 1
        ends = ["/".join(part[-length:]) for part in parts]
        count = Counter(ends)
        for number in unnamed:
            if count[ends[number]] == 1 or length >= len(parts[number]):
                names[number] = ends[number]
    return names
