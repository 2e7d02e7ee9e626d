"""Files that outlive the session, each with a name of its own, in a folder that git ignores."""

import re
from collections.abc import Callable
from pathlib import Path

from graphtape_mock.recordings.draft import numbered
from graphtape_mock.recordings.hidden_folder import hidden_folder

_NOT_IN_FILE_NAMES = re.compile(r"[^\w.]+", re.ASCII)
"""Characters of test ids that `-` replaces in file names."""
_LONGEST_NAME = 120
"""In characters; the end of an id says more than its start."""


def keep(beside: Path, test: str, suffix: str, write: Callable[[Path], object]) -> Path:
    """Keep a file about the test with the id *test*; return its path.

    *write* is called with a path in the folder `.graphtape` in *beside*. If it raises
    FileExistsError, because that name is taken, it is called again with the next name. Raises
    OSError if nothing can be written there.
    """
    folder = hidden_folder(beside)
    names = (folder / f"{name}{suffix}" for name in numbered(file_name(test)))
    return next(path for path in names if _is_written(path, write))


def keep_text(beside: Path, test: str, suffix: str, text: str) -> Path:
    """Keep *text* in a file; see `keep`."""

    def write(path: Path) -> None:
        with path.open("x", encoding="utf-8") as file:
            file.write(text)

    return keep(beside, test, suffix, write)


def file_name(test: str) -> str:
    """Return a name for files about the test with the id *test*, without a suffix."""
    return _NOT_IN_FILE_NAMES.sub("-", test)[-_LONGEST_NAME:].strip("-.") or "test"


def _is_written(path: Path, write: Callable[[Path], object]) -> bool:
    try:
        write(path)
    except FileExistsError:
        return False
    return True
