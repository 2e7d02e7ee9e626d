"""Settings of the suites, read from options, the environment and ini settings."""

import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from graphtape_mock.deployment.limits import BODY_BYTES, Limits
from graphtape_mock.deployment.tls import TlsFiles
from graphtape_suites.runner.options import (
    EXPECTED_INI,
    HEADER_FILE_INI,
    URL_INI,
    URL_VARIABLE,
    Number,
)
from graphtape_suites.runner.profile import PROFILES, Profile


@dataclass(frozen=True, slots=True)
class Settings:
    """The settings of a session."""

    url: str | None
    """The deployment to check; None for the mock, empty if an empty URL was given."""
    headers: tuple[str, ...]
    """Lines of the form `NAME: VALUE`."""
    assistants: tuple[str, ...]
    inputs: tuple[str, ...]
    profile: Profile
    level: str
    dialect: str | None
    contract: str | None
    max_runs: int
    max_seconds: float
    concurrency: int
    timeout: float
    repeat: int
    deterministic: bool
    expected_failures: Path | None
    recordings: tuple[Path, ...]
    """The recordings of the mock; empty for the bundled recordings."""
    header_files: tuple[Path, ...] = ()
    """Files with header lines of the form `NAME: VALUE`."""
    tls: TlsFiles = field(default_factory=TlsFiles)
    max_bytes: int = BODY_BYTES

    @property
    def limits(self) -> Limits:
        """The limits of the connection to the deployment."""
        return Limits(self.timeout, self.max_seconds, self.max_bytes, prefix="--graphtape-")


MOCK_RUNS = 100_000
"""The maximum number of runs of the mock, which cost nothing."""
_MOCK_SECONDS = 3600.0
_MOCK_CONCURRENCY = 8


def settings_of(config: pytest.Config, environment: Mapping[str, str] = os.environ) -> Settings:
    """Return the settings. Options override the environment, which overrides ini settings."""

    def option(name: str) -> Any:
        return config.getoption(name)

    url = option("--graphtape-url")
    if url is None:
        # An empty value does not mean the mock: in CI, somebody forgot to set the variable.
        url = environment.get(URL_VARIABLE, config.getini(URL_INI) or None)
    live = url is not None
    profile = PROFILES[option("--graphtape-profile")]
    expected = option("--graphtape-expected-failures")
    if expected is None and config.getini(EXPECTED_INI):
        base = config.inipath.parent if config.inipath else config.rootpath
        expected = base / config.getini(EXPECTED_INI)
    return Settings(
        url=url,
        headers=tuple(option("--graphtape-header")),
        assistants=tuple(option("--graphtape-assistant")),
        inputs=tuple(option("--graphtape-input")),
        profile=profile,
        level=option("--graphtape-level"),
        dialect=option("--graphtape-dialect"),
        contract=option("--graphtape-contract"),
        max_runs=_or_default(option("--graphtape-max-runs"), profile.runs if live else MOCK_RUNS),
        max_seconds=_or_default(
            option("--graphtape-max-time"), profile.seconds if live else _MOCK_SECONDS
        ),
        concurrency=_or_default(
            option("--graphtape-concurrency"), 1 if live else _MOCK_CONCURRENCY
        ),
        timeout=option("--graphtape-timeout"),
        repeat=option("--graphtape-repeat"),
        deterministic=option("--graphtape-deterministic") or not live,
        expected_failures=None if expected is None else Path(expected),
        recordings=tuple(config.getini("graphtape_recordings")),
        header_files=tuple(
            Path(file)
            for file in (*config.getini(HEADER_FILE_INI), *option("--graphtape-header-file"))
        ),
        tls=TlsFiles(
            option("--graphtape-cert"),
            option("--graphtape-cert-key"),
            option("--graphtape-cacert"),
        ),
        max_bytes=_or_default(option("--graphtape-max-bytes"), BODY_BYTES),
    )


def _or_default(value: Number | None, default: Number) -> Number:
    return default if value is None else value
