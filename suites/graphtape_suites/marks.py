"""Names that the plugin and the suites share: the marker of checks, keys of the stash."""

from __future__ import annotations  # Annotations name types that are imported on first use.

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from graphtape_mock.redaction.redactor import Redactor

CHECK_MARK = "graphtape_check"
"""The marker of a test of the suites; its argument is a `Check`."""
VERDICT_ATTRIBUTE = "graphtape_verdict"
"""The attribute of a test report that holds the verdict, as JSON text."""
FOLDER = pytest.StashKey[Path]()
"""The folder that the processes of this session share."""
STOPPED = pytest.StashKey[str]()
"""The reason why the session was stopped before the first check."""
REDACTOR: pytest.StashKey[Redactor] = pytest.StashKey()
"""The redactor of everything that the suites print or write in this session."""
