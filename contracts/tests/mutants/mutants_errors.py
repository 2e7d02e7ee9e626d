"""Failed runs whose messages reveal too much, or hide too much."""

from mutation import Change, Mutant, with_body, with_data, with_output

_TRACEBACK = 'Traceback (most recent call last):\n  File "graph.py", line 1, in node'
_MASK = "An internal error occurred"
_STACK = "boom\n    at node (file:///graph.mjs:12:3)"


def _everywhere(old: bytes, new: bytes) -> Change:
    return lambda exchange: with_body(exchange.body.replace(old, new))(exchange)


MUTANTS = [
    Mutant(
        "errors.masked",
        "the text of a ZeroDivisionError is shown",
        "python/error-zero-stream",
        with_data("error", lambda data: data | {"message": "division by zero"}),
    ),
    Mutant(
        "errors.masked",
        "the text of a ValueError is masked",
        "python/boom-updates",
        with_data("error", lambda data: data | {"message": _MASK}),
    ),
    Mutant(
        "errors.masked",
        "the result of a task masks the text of a TypeError",
        "python-cases/stream-error-tasks",
        _everywhere(b"boom: failed in the middle of the run", _MASK.encode()),
    ),
    Mutant(
        "errors.masked",
        "the result of a task shows the text of an IndexError",
        "python-cases/stream-error-debug",
        _everywhere(b"TypeError", b"IndexError"),
    ),
    Mutant(
        "errors.masked-output",
        "the text of an AssertionError is shown",
        "python/error-weird-wait",
        with_output(lambda _: {"__error__": {"error": "AssertionError", "message": "asserted"}}),
    ),
    Mutant(
        "errors.masked-output",
        "the text of a ValueError is masked",
        "python/error-value-wait",
        with_output(lambda _: {"__error__": {"error": "ValueError", "message": _MASK}}),
    ),
    Mutant(
        "errors.no-traceback",
        "a traceback in the message",
        "python/boom-updates",
        with_data("error", lambda data: data | {"message": _TRACEBACK}),
    ),
    Mutant(
        "errors.no-traceback",
        "a stack trace in the message",
        "javascript/stream-error-updates",
        with_data("error", lambda data: data | {"message": _STACK}),
    ),
    Mutant(
        "errors.no-traceback-output",
        "a stack trace in the message",
        "aegra/wait-error",
        with_output(lambda _: {"__error__": {"error": "Error", "message": _STACK}}),
    ),
]
