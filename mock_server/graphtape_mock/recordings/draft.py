"""Atomic writes: a draft with a hidden name in the same folder, renamed when it is complete."""

import os
from collections.abc import Generator, Iterator
from contextlib import contextmanager, suppress
from errno import EEXIST
from itertools import chain, count
from pathlib import Path
from uuid import uuid4


def draft_of(path: Path) -> Path:
    """Return a hidden name in the folder of *path* that no other process uses."""
    return path.with_name(f".{path.name}.{uuid4().hex}")


def publish(draft: Path, path: Path) -> None:
    """Give the file *draft* the name *path*; raises FileExistsError if *path* exists."""
    try:
        os.link(draft, path)
    except FileExistsError:
        raise
    except OSError:  # This file system has no hard links.
        if path.exists():
            raise FileExistsError(EEXIST, os.strerror(EEXIST), str(path)) from None
        draft.rename(path)


@contextmanager
def replacing(path: Path) -> Generator[Path]:
    """Yield the path of a draft, which replaces *path* at the end and takes on its mode.

    If *path* is a symbolic link, its target is replaced. On an error *path* is unchanged and the
    draft is deleted.
    """
    path = path.resolve()
    draft = draft_of(path)
    try:
        yield draft
        with suppress(FileNotFoundError):
            draft.chmod(path.stat().st_mode)
        draft.replace(path)
    finally:
        draft.unlink(missing_ok=True)


def numbered(title: str) -> Iterator[str]:
    """Yield names for a file: *title*, then *title*-2, *title*-3 and so on."""
    return chain([title], (f"{title}-{number}" for number in count(2)))
