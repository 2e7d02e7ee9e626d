"""Names that the plugin and the suites share: the pytest marker of checks, and stash keys."""

from pathlib import Path

import pytest

CHECK_MARK = "graphtape_check"
"""The pytest marker of a test of the suites; its argument is a `Check`."""
VERDICT_ATTRIBUTE = "graphtape_verdict"
"""The attribute of a test report that holds the verdict, as JSON text."""
FOLDER = pytest.StashKey[Path]()
"""The key of the folder that the processes of this session share."""
STOPPED = pytest.StashKey[str]()
"""The key of the reason why the session was stopped before the first check."""
