"""Run inputs: those of the options, or the first assistant that the deployment lists."""

import json
from pathlib import Path
from typing import Any

import pytest
from suites_run import RECORDINGS, deployed, targeted

from graphtape_mock.record.requests import BadRecordingRequest
from graphtape_mock.recordings.assistant_id import default_id
from graphtape_suites.runner.input_schema import GREETING
from graphtape_suites.runner.run_inputs import file_named

HELLO = {"messages": [{"type": "human", "content": GREETING}]}


def _examples(folder: Path, **settings: Any) -> list[tuple[str, dict[str, Any]]]:
    with deployed() as deployment, targeted(folder, deployment.url, **settings) as target:
        return [(example.assistant, example.body) for example in target.run_inputs]


def test_the_first_assistant_gets_an_input_made_from_its_schema(tmp_path: Path) -> None:
    ((assistant, body),) = _examples(tmp_path)

    assert assistant in {default_id(name) for name in RECORDINGS}
    assert body == {"input": HELLO}


def test_each_assistant_that_is_named_is_run(tmp_path: Path) -> None:
    examples = _examples(tmp_path, assistants=("tools", "failing"))

    assert examples == [("tools", {"input": HELLO}), ("failing", {"input": HELLO})]


def test_an_input_is_run_on_each_assistant_that_is_named(tmp_path: Path) -> None:
    examples = _examples(tmp_path, assistants=("tools", "failing"), inputs=('{"a": 1}',))

    assert examples == [("tools", {"input": {"a": 1}}), ("failing", {"input": {"a": 1}})]


def test_an_input_is_run_on_the_first_assistant_where_none_is_named(tmp_path: Path) -> None:
    ((_, body),) = _examples(tmp_path, inputs=("5",))

    assert body == {"input": 5}


@pytest.mark.parametrize("at", ["@", ""])
@pytest.mark.parametrize("input_", [{"a": 1}, {"input": 1, "other": 2}])
def test_a_file_may_hold_one_input(tmp_path: Path, at: str, input_: dict[str, int]) -> None:
    path = tmp_path / "input.json"
    path.write_text(json.dumps(input_, indent=1))

    examples = _examples(tmp_path, assistants=("tools",), inputs=(f"{at}{path}",))

    assert examples == [("tools", {"input": input_})]


ENTRIES: list[dict[str, object]] = [
    {"assistant": "failing", "input": 1},
    {"input": 2, "body": {"context": {}}},
]


@pytest.mark.parametrize(
    "content", [json.dumps(ENTRIES), "\n".join(map(json.dumps, ENTRIES))], ids=["list", "lines"]
)
def test_a_file_may_hold_many(tmp_path: Path, content: str) -> None:
    path = tmp_path / "inputs.json"
    path.write_text(content)

    examples = _examples(tmp_path, assistants=("tools",), inputs=(str(path),))

    assert examples == [("failing", {"input": 1}), ("tools", {"input": 2, "context": {}})]


def test_a_file_with_one_entry_is_no_input(tmp_path: Path) -> None:
    path = tmp_path / "inputs.json"
    path.write_text(json.dumps(ENTRIES[0]))

    assert _examples(tmp_path, inputs=(str(path),)) == [("failing", {"input": 1})]


def test_a_command_is_given_no_input(tmp_path: Path) -> None:
    path = tmp_path / "inputs.json"
    body = {"command": {"goto": "x"}}
    path.write_text(json.dumps([{"assistant": "tools", "body": body}]))

    assert _examples(tmp_path, inputs=(str(path),)) == [("tools", body)]


def test_a_file_of_something_else_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "inputs.json"
    path.write_text("what is this")

    with pytest.raises(BadRecordingRequest, match="expected JSON"):
        _examples(tmp_path, assistants=("tools",), inputs=(str(path),))


def test_the_mock_runs_what_was_recorded(tmp_path: Path) -> None:
    with targeted(tmp_path) as target:
        assert sorted(example.name or "" for example in target.run_inputs) == sorted(RECORDINGS)


def test_json_is_no_name_of_a_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    Path("{}").touch()
    Path("there").touch()

    assert file_named("{}") is None
    assert file_named("5") is None
    assert file_named("there") == Path("there")
    assert file_named("@nowhere") == Path("nowhere")
