"""Names that the plugin and the suites share: the pytest marker of checks, and stash keys."""

from __future__ import annotations  # Annotations name types that are imported on first use.

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from graphtape_mock.redaction.redactor import Redactor

CHECK_MARK = "graphtape_check"
"""The pytest marker of a test of the suites; its argument is a `Check`."""
VERDICT_ATTRIBUTE = "graphtape_verdict"
"""The attribute of a test report that holds the verdict, as JSON text."""
FOLDER = pytest.StashKey[Path]()
"""The key of the folder that the processes of this session share."""
STOPPED = pytest.StashKey[str]()
"""The key of the reason why the session was stopped before the first check."""
REDACTOR: pytest.StashKey[Redactor] = pytest.StashKey()
"""The key of the redactor of everything that the suites print or write."""
