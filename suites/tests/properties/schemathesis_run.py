"""Runs Schemathesis as users do, by the command `st run`, and reads its report."""

import base64
import json
import os
import subprocess
import sys
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent

CHECKS = (
    "not_a_server_error",
    "status_code_conformance",
    "content_type_conformance",
    "response_headers_conformance",
    "response_schema_conformance",
    "negative_data_rejection",
    "positive_data_acceptance",
    "use_after_free",
    "ensure_resource_availability",
)
"""The checks of Schemathesis to run."""

LEFT_OUT = {
    "unsupported_method": "The API has methods that are not in the document: the mock responds "
    "with 501, but the check expects 405. On /ok and /info all servers respond with 404.",
    "allow_header_conformance": "Servers list the methods of the first route that matches the "
    "path, not those of all routes (observed on langgraph-api 0.16.7).",
    "missing_required_header": "The document requires no header of a request.",
    "ignored_auth": "The document asks for no credentials.",
    "object_level_authorization": "The document asks for no credentials.",
}
"""The checks of Schemathesis that are not run, with the reason."""


@dataclass(frozen=True, slots=True)
class Failure:
    """A response that fails a check."""

    check: str
    operation: str
    """Method and path, such as `GET /ok`."""
    answer: str
    """Status and body."""
    message: str

    def __str__(self) -> str:
        return f"{self.operation}: {self.check}: {self.message}\n  answered {self.answer[:2000]}"


@dataclass(frozen=True, slots=True)
class Outcome:
    """The result of a run of Schemathesis."""

    failures: tuple[Failure, ...]
    errors: tuple[str, ...]
    """Errors of Schemathesis itself."""
    answers: Counter[tuple[str, int]]
    """The number of responses by operation and status."""


def run_schemathesis(document: str | Path, folder: Path, *options: str) -> Outcome:
    """Run Schemathesis with a *document* (a URL or a file) and further *options* of `st run`.

    It writes to *folder*. It has one worker, since more crash the parser of CPython 3.11.
    """
    report = folder / "report.ndjson"
    command: list[str | Path] = [
        Path(sys.executable).with_name("st"),
        *("--config-file", HERE / "schemathesis.toml", "run", document),
        *("--checks", ",".join(CHECKS), "--continue-on-failure", "--seed", "1"),
        *("--generation-database", "none", "--report", "ndjson", "--report-ndjson-path", report),
        *options,
    ]
    hooks = {"SCHEMATHESIS_HOOKS": "schemathesis_hooks", "PYTHONPATH": str(HERE)}
    done = subprocess.run(command, cwd=folder, env=os.environ | hooks, capture_output=True)
    assert report.exists(), done.stdout.decode()
    return _read(report)


def _read(report: Path) -> Outcome:
    failures: list[Failure] = []
    errors: list[str] = []
    answers: Counter[tuple[str, int]] = Counter()
    for line in report.read_text().splitlines():
        ((name, event),) = json.loads(line).items()
        if name.endswith("Error"):
            errors.append(line)
        elif name == "ScenarioFinished":
            recorder: dict[str, Any] = event["recorder"]
            for case_id, interaction in recorder.get("interactions", {}).items():
                if (response := interaction.get("response")) is None:
                    continue  # No response: an error event has the reason.
                answers[_operation(recorder["cases"][case_id]), response["status_code"]] += 1
                failures += _failures(recorder.get("checks", {}).get(case_id, []), response)
    return Outcome(tuple(failures), tuple(errors), answers)


def _operation(case: dict[str, Any]) -> str:
    return f"{case['value']['method']} {case['value']['path']}"


def _failures(checks: list[dict[str, Any]], response: dict[str, Any]) -> list[Failure]:
    body = base64.b64decode(response["content"]["$base64"]) if response["content"] else b""
    answer = f"{response['status_code']} {body.decode(errors='replace')}"
    failed = [check for check in checks if check["status"] != "success"]
    told = [check["failure_info"]["failure"] for check in failed]
    return [
        Failure(check["name"], failure["operation"], answer, failure["message"])
        for check, failure in zip(failed, told, strict=True)
    ]
