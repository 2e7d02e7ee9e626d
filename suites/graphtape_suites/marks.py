"""Names that the plugin and the suites share: the marker of checks, keys of the stash."""

from pathlib import Path

import pytest

CHECK_MARK = "graphtape_check"
"""The marker of a test of the suites; its argument is a `Check`."""
VERDICT_ATTRIBUTE = "graphtape_verdict"
"""The attribute of a test report that holds the verdict, as JSON text."""
FOLDER = pytest.StashKey[Path]()
"""The folder that the processes of this session share."""
STOPPED = pytest.StashKey[str]()
"""The reason why the session was stopped before the first check."""
