"""Annotations: workflow commands that GitHub shows at the lines of files."""

COMMANDS = ("error", "warning", "notice")
"""The workflow commands for annotations, the most severe first."""


def annotation(
    command: str, message: str, *, file: str = "", line: int | None = None, title: str = ""
) -> str:
    """Return the workflow *command* that shows *message* at a *line* of *file*."""
    place = {"file": file, "line": "" if line is None else str(line), "title": title}
    properties = ",".join(f"{key}={_property(value)}" for key, value in place.items() if value)
    return f"::{command} {properties}::{_data(message)}"


def _data(value: str) -> str:
    """Return *value* with line ends escaped, because a workflow command is one line."""
    return value.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(value: str) -> str:
    return _data(value).replace(":", "%3A").replace(",", "%2C")
