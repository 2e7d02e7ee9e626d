"""The events of simulated runs of hand-written models."""

from typing import Any

import pytest
from hypothesis import given, settings

from graphtape_contracts.dialect import Dialect
from graphtape_contracts.json_value import is_object
from graphtape_suites.strategies.graph_models import run_models
from graphtape_suites.strategies.model.engine_events import Shown
from graphtape_suites.strategies.model.graph_model import Function, Graph, RunModel, Task, Writes
from graphtape_suites.strategies.model.servers import servers
from graphtape_suites.strategies.model.simulated_run import SimulatedRun

HIDING = Graph(
    {"out": 1, "hidden": 1},
    (
        (Task("both", (), Writes({"out": 2, "hidden": 2})),),
        (Task("one", (), Writes({"hidden": 3})),),
    ),
    unseen=frozenset({"hidden"}),
)


def shown(mode: str, *, whole: bool) -> list[Any]:
    (events_,) = SimulatedRun(RunModel(HIDING), 0, whole=whole).attempts
    return [m.value for m in events_ if isinstance(m, Shown) and m.mode == mode]


def test_by_default_only_the_output_is_shown() -> None:
    assert shown("values", whole=False) == [{"out": 1}, {"out": 2}]
    assert shown("updates", whole=False) == [{"both": {"out": 2}}, {"one": None}]


def test_the_whole_state_is_shown_on_request() -> None:
    assert shown("values", whole=True) == [
        {"out": 1, "hidden": 1},
        {"out": 2, "hidden": 2},
        {"out": 2, "hidden": 3},
    ]
    assert shown("updates", whole=True) == [
        {"both": {"out": 2, "hidden": 2}},
        {"one": {"hidden": 3}},
    ]


@pytest.mark.parametrize("whole", [True, False])
def test_the_result_of_a_task_has_every_key_it_wrote(whole: bool) -> None:
    results = [task["result"] for task in shown("tasks", whole=whole) if "result" in task]

    assert results == [{"out": 2, "hidden": 2}, {"hidden": 3}]


@pytest.mark.parametrize(
    ("dialect", "modes", "whole"),
    [
        (Dialect.PYTHON, {"values"}, False),
        (Dialect.PYTHON, {"values", "events"}, True),
        (Dialect.AEGRA, {"values"}, False),
        (Dialect.AEGRA, {"values", "events"}, True),
        (Dialect.JAVASCRIPT, {"values"}, True),
    ],
)
def test_servers_show_the_whole_state_as_observed(
    dialect: Dialect, modes: set[str], whole: bool
) -> None:
    @settings(max_examples=1, database=None)
    @given(servers(dialect))
    def check(server: Any) -> None:
        assert server.shows_whole_state(modes) is whole

    check()


@given(run_models())
@settings(max_examples=50, deadline=None)
def test_no_function_returns_the_keys_of_errors_or_interrupts(
    model: RunModel,
) -> None:
    output = model.graph.output if isinstance(model.graph, Function) else None

    assert not is_object(output) or not output.keys() & {"__error__", "__interrupt__"}
