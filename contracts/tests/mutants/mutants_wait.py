"""Invalid outputs of runs."""

from mutation import Mutant, with_body, with_output

_PLAIN = "python/http-wait-conn-close"
_INTERRUPTED = "python/wait-interrupt-interrupting-values"


MUTANTS = [
    Mutant("wait.one-value", "the body is empty", _PLAIN, with_body(b"")),
    Mutant("wait.one-value", "the body has only line feeds", _PLAIN, with_body(b"\n\n")),
    Mutant("wait.one-value", "the value is cut", _PLAIN, with_body(b'\n{"log":["before"')),
    Mutant("wait.one-value", "there are two values", "javascript/wait-plain", with_body(b"{}\n{}")),
    Mutant("wait.one-value", "a byte order mark", "aegra/wait-plain", with_body(b"\xef\xbb\xbf{}")),
    Mutant("wait.one-value", "NaN", "aegra/wait-plain", with_body(b'{"value":NaN}')),
    Mutant("wait.one-value", "Latin-1", _PLAIN, with_body(b'{"value":"\xe9"}')),
    Mutant("wait.nothing-after", "a line feed at the end", _PLAIN, with_body(b'\n{"log":[]}\n')),
    Mutant(
        "wait.keep-alive",
        "spaces keep the connection alive",
        "python/slow-8-wait",
        with_body(b' \n{"value":8,"out":"slept 8","log":[]}'),
    ),
    Mutant(
        "wait.error",
        "the state is next to the error",
        "python/wait-boom-values",
        with_output(lambda output: output | {"messages": []}),
    ),
    Mutant(
        "wait.error",
        "the error has no message",
        "aegra/wait-error",
        with_output(lambda output: {"__error__": {"error": "Error"}}),
    ),
    Mutant(
        "wait.error",
        "the class of the error is null",
        "javascript/wait-error",
        with_output(lambda output: {"__error__": output["__error__"] | {"error": None}}),
    ),
    Mutant(
        "wait.interrupts",
        "an interrupt has no id",
        _INTERRUPTED,
        with_output(lambda output: output | {"__interrupt__": [{"value": 1}]}),
    ),
    Mutant(
        "wait.interrupts",
        "an interrupt has no value",
        "javascript/keep-wait-interrupted",
        with_output(lambda output: {"__interrupt__": [{"id": "75c6d1344fb209ce8e70652d881a0d55"}]}),
    ),
    Mutant(
        "wait.own-keys",
        "the error is a string",
        "python/wait-boom-values",
        with_output(lambda output: {"__error__": "ValueError"}),
    ),
    Mutant(
        "wait.own-keys",
        "an interrupt is a string",
        _INTERRUPTED,
        with_output(lambda output: output | {"__interrupt__": ["go on?"]}),
    ),
    Mutant(
        "wait.own-keys",
        "the interrupts are an object",
        _INTERRUPTED,
        with_output(lambda output: output | {"__interrupt__": {}}),
    ),
    Mutant(
        "wait.without-values",
        "the state was not requested",
        "python/wait-mode-updates",
        with_output(lambda output: {"messages": []}),
    ),
    Mutant(
        "wait.without-values",
        "a list was not requested",
        "aegra/wait-mode-events",
        with_output(lambda output: []),
    ),
    Mutant(
        "wait.without-values",
        "null instead of {}",
        "aegra/wait-mode-updates",
        with_output(lambda output: None),
    ),
    Mutant(
        "wait.advertised",
        "a number instead of a string",
        "python/io-wait",
        with_output(lambda output: output | {"a": 5}),
        output_schema={
            "title": "OutS",
            "type": "object",
            "properties": {"a": {"title": "A", "type": "string"}},
            "required": ["a"],
        },
    ),
]
