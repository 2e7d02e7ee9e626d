"""Streams whose tasks, updates and values contradict each other."""

from mutation import (
    Change,
    Mutant,
    doubled,
    with_data,
    with_frames,
    without,
)

from graphtape_contracts import Exchange, Frame

INTERRUPTS = [{"id": "a6b25ee581c2ddbcb29cad004d9a3b78", "value": "?"}]


def both(first: Change, second: Change) -> Change:
    """Make a change that applies *first*, then *second*."""

    def apply(exchange: Exchange) -> Exchange:
        return second(first(exchange))

    return apply


def moved(first: int, second: int) -> Change:
    """Make a change that moves the frame at the index *first* to the index *second* (from 0)."""

    def apply(frames: list[Frame]) -> list[Frame]:
        frames.insert(second, frames.pop(first))
        return frames

    return with_frames(apply)


MUTANTS = [
    Mutant(
        "tasks.start-first",
        "a start is missing",
        "python/mode-tools-tasks",
        without("tasks", nth=0),
    ),
    Mutant(
        "tasks.start-first",
        "a result is sent twice",
        "javascript-1.5.1/stream-mode-tasks",
        doubled("tasks", nth=-1),
    ),
    Mutant(
        "tasks.start-first",
        "a start is missing in debug",
        "aegra/stream-mode-debug",
        without("debug", 2),
    ),
    Mutant(
        "tasks.start-once",
        "a start is sent twice",
        "python/mode-tools-tasks",
        doubled("tasks", nth=0),
    ),
    Mutant(
        "tasks.name-stable",
        "a task ends with another name",
        "aegra/stream-mode-tasks",
        with_data("tasks", lambda data: data | {"name": "other"}, nth=1),
    ),
    Mutant(
        "tasks.no-result",
        "a failed task has a result",
        "javascript-1.5.1/stream-error-tasks",
        with_data("tasks", lambda data: data | {"result": {"steps": ["boom"]}}, nth=-1),
    ),
    Mutant(
        "tasks.no-result",
        "an interrupted task has a result",
        "python/interrupt-interrupting-all",
        both(
            with_data("tasks", lambda data: data | {"result": {"log": ["x"]}}, nth=-1),
            without("debug", nth=-1),
        ),
    ),
    Mutant(
        "tasks.failed-or-interrupted",
        "a failed task has interrupts",
        "aegra/stream-error-tasks",
        with_data("tasks", lambda data: data | {"interrupts": INTERRUPTS}, nth=-1),
    ),
    Mutant(
        "tasks.failure-shown",
        "the run ends with an error that no task had",
        "python/full-boom-all-tuple-noevents",
        with_data("error", lambda data: data | {"message": "another"}),
    ),
    Mutant(
        "tasks.failure-ends-run",
        "the error is missing",
        "python/full-boom-all-tuple-noevents",
        without("error"),
    ),
    Mutant(
        "tasks.unfinished",
        "the last result is missing",
        "python/mode-tools-tasks",
        without("tasks", nth=-1),
    ),
    Mutant(
        "debug.mirrors-tasks",
        "debug has another input than tasks",
        "python/commands-all",
        with_data("debug", lambda data: data | {"payload": data["payload"] | {"input": {}}}),
    ),
    Mutant(
        "debug.mirrors-tasks",
        "debug repeats a start",
        "python/commands-all",
        doubled("debug", nth=0),
    ),
    Mutant(
        "debug.complete",
        "a start is missing in debug only",
        "python/commands-all",
        without("debug", nth=0),
    ),
    Mutant(
        "debug.one-step",
        "a task ends in a later step",
        "javascript-1.5.1/stream-mode-debug",
        with_data("debug", lambda data: data | {"step": data["step"] + 1}, nth=1),
    ),
    Mutant(
        "debug.steps-monotonic",
        "the second step has number 0",
        "python/mode-tools-debug",
        both(
            with_data("debug", lambda data: data | {"step": 0}, nth=2),
            with_data("debug", lambda data: data | {"step": 0}, nth=3),
        ),
    ),
    Mutant(
        "debug.timestamps-monotonic",
        "a task ends years before it starts",
        "python/mode-tools-debug",
        with_data("debug", lambda data: data | {"timestamp": "2006-01-02T03:04:05+00:00"}, nth=1),
    ),
    Mutant(
        "updates.while-running",
        "an update is sent twice",
        "python/commands-all",
        doubled("updates", nth=0),
    ),
    Mutant(
        "updates.match-result",
        "an update is missing",
        "python/commands-all",
        without("updates", nth=0),
    ),
    Mutant(
        "updates.match-result",
        "an update differs from the result",
        "python/commands-all",
        with_data("updates", lambda data: {"start": {"log": ["other"]}}),
    ),
    Mutant(
        "updates.interrupts",
        "the update with the interrupt is missing",
        "python/interrupt-interrupting_twice-all",
        without("updates", nth=0),
    ),
    Mutant(
        "updates.none-after-interrupt",
        "a node runs after the graph stopped before it",
        "javascript-1.5.1/stream-interrupt-before",
        with_frames(lambda frames: [*frames, b'event: updates\ndata: {"agent":null}\n\n']),
    ),
    Mutant(
        "values.not-during-step",
        "values precede the result of the step",
        "python/commands-all",
        moved(7, 5),
    ),
    Mutant(
        "values.after-updates",
        "the values after a step are missing",
        "python/commands-all",
        without("values", nth=1),
    ),
    Mutant(
        "values.interrupts",
        "the values with the interrupt are missing",
        "python/interrupt-interrupting_twice-all",
        without("values", nth=1),
    ),
    Mutant(
        "values.interrupts",
        "values lack the interrupt",
        "javascript-1.5.1/keep-stream-interrupted",
        with_data("values", lambda data: {"steps": ["before"]}, nth=-1),
    ),
]
