"""New files beside existing ones: drafts that replace them, and names that are free."""

from collections.abc import Generator, Iterator
from contextlib import contextmanager
from itertools import chain, count
from pathlib import Path
from uuid import uuid4

from graphtape_mock.recordings.recording import SUFFIX


def draft_of(path: Path) -> Path:
    """Return a hidden path in the folder of *path* that no other process uses."""
    return path.with_name(f".{path.name}.{uuid4().hex}")


@contextmanager
def replacing(path: Path) -> Generator[Path]:
    """Yield the path of a draft, which replaces *path* at the end of the block.

    If the block raises, *path* is unchanged and the draft is deleted.
    """
    draft = draft_of(path)
    try:
        yield draft
        draft.replace(path)
    finally:
        draft.unlink(missing_ok=True)


def numbered(folder: Path, title: str) -> Iterator[Path]:
    """Yield the files of recordings in *folder* named by *title*: `agent`, `agent-2`, ..."""
    names = chain([title], (f"{title}-{number}" for number in count(2)))
    return (folder / f"{name}{SUFFIX}" for name in names)
