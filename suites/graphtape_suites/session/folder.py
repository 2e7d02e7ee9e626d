"""The folder that the processes of a session share: scenario results and deployment facts.

Each scenario leaves a recording of its exchanges there, for all workers of pytest-xdist and for the
report.
"""

import json
from collections.abc import Iterator, Sequence
from pathlib import Path

from graphtape_contracts import Exchange
from graphtape_contracts.catalogue import versions
from graphtape_contracts.json_value import Json
from graphtape_mock.recordings.file import RecordingWriter, read
from graphtape_mock.recordings.recording import SUFFIX
from graphtape_mock.recordings.try_json import object_in
from graphtape_mock.redaction.exchange import redact_exchange
from graphtape_suites.runner.target import Target
from graphtape_suites.scenarios import SCENARIOS, Scenario
from graphtape_suites.session.scenario_result import ScenarioResult

_DEPLOYMENT = "deployment.json"


def result_path(folder: Path, scenario: str) -> Path:
    """Return the path of the recording of a *scenario* in *folder*."""
    return folder / f"{scenario}{SUFFIX}"


def write_result(target: Target, path: Path, result: ScenarioResult) -> None:
    """Write *result* to the recording *path* and a JSON file beside it, without secrets."""
    redact = target.redactor.redact_text
    outcome = {
        "problem": redact(result.problem),
        "inapplicable": redact(result.inapplicable),
    }
    _json_beside(path).write_text(json.dumps(outcome), encoding="utf-8")
    write_exchanges(target, path, result.exchanges, result.about)


def write_exchanges(target: Target, path: Path, exchanges: Sequence[Exchange], note: str) -> None:
    """Write a recording of *exchanges* with *target* to *path*, without secrets.

    Raises FileExistsError if *path* exists.
    """
    server = {"url": target.url} | _info(target)
    with RecordingWriter(path, server=server, note=target.redactor.redact_text(note)) as writer:
        for exchange in exchanges:
            writer.add_exchange(redact_exchange(exchange, target.redactor))


def read_result(scenario: Scenario, path: Path) -> ScenarioResult:
    """Return the result of *scenario* that was written to the recording *path*."""
    outcome = object_in(_json_beside(path).read_bytes())
    return ScenarioResult(
        scenario.name,
        scenario.about,
        read(path).exchanges,
        str(outcome["problem"]),
        str(outcome["inapplicable"]),
    )


def read_results(folder: Path) -> Iterator[ScenarioResult]:
    """Yield the results in *folder*, in the order of the scenarios."""
    for name, scenario in SCENARIOS.items():
        path = result_path(folder, name)
        if path.exists():
            yield read_result(scenario, path)


def write_description(target: Target) -> None:
    """Write a description of the deployment, for the report, to the folder of the session."""
    description = {
        "url": target.url,
        "server": _info(target),
        "dialect": target.dialect or "",
        "contract": target.settings.contract or versions()[-1],
    }
    (target.folder / _DEPLOYMENT).write_text(json.dumps(description), encoding="utf-8")


def _info(target: Target) -> Json:
    """Return the deployment's response to `GET /info`, without secrets."""
    return object_in(target.redactor.redact(target.info.body))


def read_description(folder: Path) -> Json:
    """Return the description of the deployment; empty if the deployment was never reached."""
    path = folder / _DEPLOYMENT
    return object_in(path.read_bytes()) if path.exists() else {}


def _json_beside(path: Path) -> Path:
    return path.with_suffix(".json")
