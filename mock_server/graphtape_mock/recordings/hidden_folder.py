"""The folder for files that must not be committed: drafts, failed runs, files with secrets."""

from contextlib import suppress
from pathlib import Path

HIDDEN = ".graphtape"
"""The name of the folder."""


def hidden_folder(beside: Path) -> Path:
    """Return the folder `.graphtape` in the folder *beside*, and create both if needed.

    Git ignores the folder, and other users can't read it. Raises OSError if it can't be written.
    """
    folder = beside / HIDDEN
    folder.parent.mkdir(parents=True, exist_ok=True)
    folder.mkdir(mode=0o700, exist_ok=True)
    with suppress(FileExistsError), (folder / ".gitignore").open("x", encoding="ascii") as ignore:
        ignore.write("*\n")
    return folder


def is_hidden(path: Path) -> bool:
    """Return whether *path* is a file in a folder `.graphtape`."""
    return path.parent.name == HIDDEN
