"""The redactor of a session knows all that the user gave."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from suites_run import SETTINGS

from graphtape_suites.runner.session_redactor import session_redactor


@pytest.mark.parametrize(
    ("settings", "secret"),
    [
        ({}, "key-of-mine"),
        ({"headers": ("x-company: hush-hush-1",)}, "hush-hush-1"),
        ({"headers": ("authorization: Bearer hush-hush-1",)}, "hush-hush-1"),
        ({"headers": ("no name",)}, "key-of-mine"),
        ({"url": "http://me:pass%20word@localhost/a"}, "pass word"),
        ({"url": "http://localhost/a?code=hush-hush-1&b="}, "hush-hush-1"),
        ({"url": "http://[hush-hush-1"}, "http://[hush-hush-1"),
    ],
)
def test_what_the_user_gave_is_a_secret(settings: dict[str, Any], secret: str) -> None:
    redactor = session_redactor(
        replace(SETTINGS, **settings), {"LANGGRAPH_API_KEY": '"key-of-mine"'}
    )

    assert redactor.redact_text(f"a {secret} b") == "a [redacted-1] b"


def test_headers_of_files_and_of_the_environment_are_secrets(tmp_path: Path) -> None:
    file = tmp_path / "headers"
    file.write_text("x-company: hush-hush-1\n")
    settings = replace(SETTINGS, header_files=(file,))

    redactor = session_redactor(settings, {"GRAPHTAPE_HEADERS": "x-team: hush-hush-2"})

    assert redactor.redact_text("hush-hush-1, hush-hush-2") == "[redacted-1], [redacted-2]"
