"""Where Hypothesis keeps its own files, such as tables of Unicode, while a property is checked."""

import os
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path

from hypothesis import configuration

_VARIABLE = "HYPOTHESIS_STORAGE_DIRECTORY"


@contextmanager
def hypothesis_files_in(folder: Path) -> Generator[None]:
    """Keep the files of Hypothesis in *folder*, unless the user has chosen a place for them.

    Otherwise Hypothesis would make a folder in the user's project. The old place is restored
    afterwards, for tests of the user's own.
    """
    chosen: Path | None = vars(configuration)["__hypothesis_home_directory"]
    if chosen is not None or _VARIABLE in os.environ:
        yield
        return
    configuration.set_hypothesis_home_dir(folder / "hypothesis")
    try:
        yield
    finally:
        configuration.set_hypothesis_home_dir(None)
