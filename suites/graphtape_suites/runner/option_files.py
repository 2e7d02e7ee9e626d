"""Checks of the files that options name, before the first run."""

import json
from contextlib import suppress
from pathlib import Path

import pytest

from graphtape_suites.runner.options import EXPECTED_INI


def check_option_files(config: pytest.Config) -> None:
    """Raise UsageError, naming the option, for a file that can't be read or written."""
    if report := config.getoption("--graphtape-report"):
        _check_report(Path(report))
    if expected := config.getoption("--graphtape-expected-failures"):
        _check_file("--graphtape-expected-failures", Path(expected))
    elif expected := config.getini(EXPECTED_INI):
        base = config.inipath.parent if config.inipath else config.rootpath
        _check_file(EXPECTED_INI, base / expected)
    for file in config.getoption("--graphtape-header-file") or ():
        _check_file("--graphtape-header-file", Path(file))
    for option in ("--graphtape-cert", "--graphtape-cert-key", "--graphtape-cacert"):
        if file := config.getoption(option):
            _check_file(option, file)
    if config.getoption("--graphtape-cert-key") and not config.getoption("--graphtape-cert"):
        raise pytest.UsageError("--graphtape-cert-key: expected --graphtape-cert as well, got none")
    for text in config.getoption("--graphtape-input") or ():
        if text.startswith("@") or not _is_json(text):
            _check_file("--graphtape-input", Path(text.removeprefix("@")))


def _check_report(path: Path) -> None:
    if path.is_dir():
        raise pytest.UsageError(f"--graphtape-report: expected a file, got the folder {path}")
    is_new = not path.exists()
    try:
        path.open("ab").close()
        if is_new:
            path.unlink()
    except OSError as error:
        raise pytest.UsageError(
            f"--graphtape-report: {path} can't be written: {error.strerror}"
        ) from None


def _check_file(option: str, path: Path) -> None:
    if path.is_dir():
        raise pytest.UsageError(f"{option}: expected a file, got the folder {path}")
    if not path.exists():
        raise pytest.UsageError(f"{option}: {path}: no such file")


def _is_json(text: str) -> bool:
    """Whether *text* is JSON or starts like it; then a mistake is reported as a JSON error."""
    if text.lstrip()[:1] in ("{", "[", '"'):
        return True
    with suppress(ValueError):
        json.loads(text)
        return True
    return False
