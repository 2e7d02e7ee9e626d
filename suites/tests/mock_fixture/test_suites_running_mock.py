"""The mock of the fixture: unusable recordings raise one UsageError."""

from contextlib import ExitStack
from pathlib import Path

import pytest

from graphtape_suites.mock_fixture.running_mock import run_mock
from graphtape_suites.mock_fixture.settings import MockSettings


def test_recordings_that_are_gone_are_a_usage_error(tmp_path: Path) -> None:
    gone = tmp_path / "gone.jsonl"
    settings = MockSettings((gone,), "none", "", fail_unused=False)

    with (
        pytest.raises(pytest.UsageError, match=r"graphtape_recordings: .*gone"),
        ExitStack() as stack,
    ):
        stack.enter_context(run_mock(settings))
